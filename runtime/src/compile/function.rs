//! Functions, lambdas and classes: nested units and the code that makes objects of them.

use super::assemble;
use super::calls::Callee;
use super::ir::Reg;
use super::scope::{flag, ScopeId, ScopeKind, Symbol};
use super::unit::{Compiler, Dest, Done, Unit, Val};
use crate::bytecode::code::{
    Parts, FLAG_ASYNC_GENERATOR, FLAG_COMPREHENSION, FLAG_COROUTINE, FLAG_GENERATOR, FLAG_NAMESPACE,
    PART_ANNOTATIONS, PART_CLOSURE, PART_DEFAULTS, PART_KEYWORD_DEFAULTS,
};
use crate::bytecode::{CodeUnit, Const, Op, Params};
use crate::syntax::{ErrorKind, Fault};
use ruff_python_ast::{self as ast, Decorator, Expr, Parameters, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

impl<'t> Compiler<'t> {
    /// The scope that the symbol table made for a node.
    pub(super) fn scope_of<T: Ranged>(&self, node: &T) -> Result<ScopeId, Fault> {
        self.scopes.of(node).ok_or_else(|| Fault::new("internal error: a scope is missing", node.range()))
    }

    /// `__qualname__` of something called `name` that is defined here.
    fn qualified(&self, name: &str) -> Box<str> {
        let unit = &self.unit;
        let declared_global = self.scopes.get(unit.scope).flags(&self.mangled(name)) & flag::GLOBAL != 0;
        match self.scope_kind() {
            _ if declared_global => name.into(),
            ScopeKind::Module => name.into(),
            ScopeKind::Class => format!("{}.{name}", unit.qualname).into(),
            _ => format!("{}.<locals>.{name}", unit.qualname).into(),
        }
    }

    /// Compiles a nested unit; `body` writes its code.
    pub(super) fn nested(
        &mut self,
        scope: ScopeId,
        name: &str,
        at: TextRange,
        body: impl FnOnce(&mut Self) -> Done,
    ) -> Result<CodeUnit, Fault> {
        let namespace = self.scopes.get(scope).kind == ScopeKind::Class;
        let qualname = self.qualified(name);
        let unit = Unit::new(&self.scopes, scope, name, qualname, namespace);
        self.outer.push(std::mem::replace(&mut self.unit, unit));
        self.unit.first_line = self.lines.line(at.start());
        self.unit.flags = self.kind_flags(scope);
        let written = self.prologue(at).and_then(|()| body(self));
        let Some(outer) = self.outer.pop() else {
            return Err(Fault::new("internal error: no unit around a nested one", at));
        };
        let finished = std::mem::replace(&mut self.unit, outer);
        written?;
        assemble::finish(finished, self.lines, &self.filename, at)
    }

    fn kind_flags(&self, scope: ScopeId) -> u32 {
        let scope = self.scopes.get(scope);
        let kind = match (scope.is_async, scope.is_generator) {
            (true, true) => FLAG_ASYNC_GENERATOR,
            (true, false) => FLAG_COROUTINE,
            (false, true) => FLAG_GENERATOR,
            (false, false) => 0,
        };
        match scope.kind {
            ScopeKind::Class => FLAG_NAMESPACE,
            ScopeKind::Comprehension => kind | FLAG_COMPREHENSION,
            _ => kind,
        }
    }

    /// Makes the cells and fetches those of the closure.
    pub(super) fn prologue(&mut self, at: TextRange) -> Done {
        let start = TextRange::at(at.start(), 0.into());
        for cell in self.unit.cells.clone() {
            self.emit(start, Op::MakeCell, cell, 0, 0);
        }
        let given = self.scope_kind() == ScopeKind::Comprehension;
        for (index, free) in self.unit.frees.clone().into_iter().enumerate() {
            match given {
                true => self.emit(start, Op::TakeCell, free, 0, 0),
                false => self.emit(start, Op::LoadClosure, free, index as u32, 0),
            };
        }
        Ok(())
    }

    /// Makes a function of a unit. The temporaries of defaults, keyword defaults and annotations are those from
    /// `first` on, those of `parts` in use.
    pub(super) fn make_function(
        &mut self,
        code: CodeUnit,
        scope: ScopeId,
        first: usize,
        parts: Parts,
        dest: Dest,
        at: TextRange,
    ) -> Result<Reg, Fault> {
        let mut parts = parts;
        while self.unit.temps < first + 3 {
            self.new_temp(at)?;
        }
        match self.cells_for(scope, at)? {
            0 => {
                self.new_temp(at)?;
            }
            cells => {
                parts |= PART_CLOSURE;
                let run = Reg::temp(first + 3);
                self.emit(at, Op::BuildTuple, run, run, cells as u32);
            }
        }
        self.unit.temps = first;
        let to = self.register(dest, at)?;
        let parts = u32::from(parts);
        self.emit_const(at, Op::MakeFunction, to, Reg::temp(first), parts, Const::Code(Box::new(code)));
        Ok(to)
    }

    /// The cells of a nested scope's free variables in the next temporaries; how many.
    pub(super) fn cells_for(&mut self, scope: ScopeId, at: TextRange) -> Result<usize, Fault> {
        let free = |s: &&Symbol| s.has(flag::FREE) && !s.has(flag::CELL);
        let names: Vec<Box<str>> =
            self.scopes.get(scope).symbols.iter().filter(free).map(|s| s.name.clone()).collect();
        for name in &names {
            let Some(cell) = self.unit.registers.get(name).copied() else {
                return Err(Fault::new(format!("internal error: no cell for '{name}'"), at));
            };
            let temp = self.new_temp(at)?;
            self.emit(at, Op::Move, temp, cell, 0);
        }
        Ok(names.len())
    }

    pub(super) fn function(&mut self, def: &'t ast::StmtFunctionDef) -> Done {
        let at = self.statement_range(def, &def.name, if def.is_async { "async" } else { "def" });
        let start = def.decorator_list.first().map_or(at.start(), |decorator| decorator.range.start());
        self.define(&def.name, at, |this, dest| {
            this.decorated(&def.decorator_list, at, dest, |this, dest| {
                let first = this.unit.temps;
                let parts = this.defaults(&def.parameters, at)? | this.annotations(def, first, at)?;
                let scope = this.scope_of(def)?;
                let code = this.nested(scope, &def.name, TextRange::new(start, at.end()), |this| {
                    this.unit.params = params(&def.parameters, at)?;
                    this.function_body(&def.body, at)
                })?;
                this.make_function(code, scope, first, parts, dest, at)
            })
        })
    }

    /// The range of a definition without its decorators: from its keyword on.
    fn statement_range(&self, node: &impl Ranged, name: &ast::Identifier, keyword: &str) -> TextRange {
        let header = TextRange::new(node.start(), name.range.start());
        match self.source(header).rfind(keyword) {
            Some(at) => TextRange::new(node.start() + TextSize::new(at as u32), node.end()),
            None => TextRange::new(name.range.start(), node.end()),
        }
    }

    fn function_body(&mut self, body: &'t [Stmt], at: TextRange) -> Done {
        let rest = match docstring(body) {
            Some(literal) => {
                if let Const::Str(doc) = self.string(&literal.value) {
                    self.unit.doc = Some(doc);
                }
                &body[1..]
            }
            None => body,
        };
        self.body(rest)?;
        let end = body.last().map_or(at, |last| TextRange::at(last.end(), 0.into()));
        let end = self.last_line(body, end);
        self.emit(end, Op::ReturnNone, 0, 0, 0);
        Ok(())
    }

    /// The place of the implicit `return None`: CPython blames the last statement.
    fn last_line(&self, body: &[Stmt], otherwise: TextRange) -> TextRange {
        body.last().map_or(otherwise, |last| last.range())
    }

    /// Applies decorators, which are evaluated first, to what `make` makes.
    fn decorated(
        &mut self,
        decorators: &'t [Decorator],
        at: TextRange,
        dest: Dest,
        make: impl FnOnce(&mut Self, Dest) -> Result<Reg, Fault>,
    ) -> Result<Reg, Fault> {
        if decorators.is_empty() {
            return make(self, dest);
        }
        let first = self.unit.temps;
        for decorator in decorators {
            self.temp(&decorator.expression)?;
        }
        make(self, Dest::Temp)?;
        for (index, decorator) in decorators.iter().enumerate().rev() {
            self.unit.temps = first + index;
            let function = Reg::temp(first + index);
            let to = match index {
                0 => self.register(dest, at)?,
                _ => self.new_temp(at)?,
            };
            self.emit(decorator.expression.range(), Op::Call, function, 1, to);
            if index == 0 {
                return Ok(to);
            }
        }
        Err(Fault::new("internal error: no decorator", at))
    }

    /// Evaluates the defaults into the next two temporaries; says which of them are in use.
    fn defaults(&mut self, parameters: &'t Parameters, at: TextRange) -> Result<Parts, Fault> {
        let mut parts = 0;
        let positional: Vec<&'t Expr> = parameters
            .posonlyargs
            .iter()
            .chain(&parameters.args)
            .filter_map(|p| p.default.as_deref())
            .collect();
        if positional.is_empty() {
            self.new_temp(at)?;
        } else {
            self.tuple_of(&positional, at)?;
            parts |= PART_DEFAULTS;
        }
        let mut pairs = Vec::new();
        for parameter in &parameters.kwonlyargs {
            if let Some(default) = &parameter.default {
                pairs.push((self.mangled(&parameter.parameter.name), &**default));
            }
        }
        if pairs.is_empty() {
            self.new_temp(at)?;
            return Ok(parts);
        }
        self.map_of(pairs, at, |this, expr| this.temp(expr))?;
        Ok(parts | PART_KEYWORD_DEFAULTS)
    }

    /// A tuple of values in the next temporary.
    fn tuple_of(&mut self, values: &[&'t Expr], at: TextRange) -> Done {
        let mut constants = Vec::new();
        for value in values {
            constants.extend(self.folded(value)?);
        }
        if constants.len() == values.len() {
            self.load(Const::Tuple(constants.into()), Dest::Temp, at)?;
            return Ok(());
        }
        if values.len() <= self.run_limit() {
            let temps = self.unit.temps;
            for value in values {
                self.temp(value)?;
            }
            self.unit.temps = temps;
            let to = self.new_temp(at)?;
            self.emit(at, Op::BuildTuple, to, to, values.len() as u32);
            return Ok(());
        }
        let list = self.new_temp(at)?;
        self.emit(at, Op::BuildList, list, list, 0);
        for value in values {
            let temps = self.unit.temps;
            let value = self.any(value)?;
            self.emit(at, Op::ListAppend, list, value, 0);
            self.unit.temps = temps;
        }
        self.emit(at, Op::ListToTuple, list, list, 0);
        Ok(())
    }

    /// A dict of named values in the next temporary.
    fn map_of(
        &mut self,
        pairs: Vec<(Box<str>, &'t Expr)>,
        at: TextRange,
        mut value: impl FnMut(&mut Self, &'t Expr) -> Result<Reg, Fault>,
    ) -> Done {
        let temps = self.unit.temps;
        let at_once = if pairs.len() * 2 <= self.run_limit() { pairs.len() } else { 0 };
        let map = Reg::temp(temps);
        if at_once == 0 {
            self.new_temp(at)?;
            self.emit(at, Op::BuildMap, map, map, 0);
        }
        let count = pairs.len();
        for (name, expr) in pairs {
            let before = self.unit.temps;
            let key = self.load(Const::Str(name), Dest::Temp, at)?;
            let value = value(self, expr)?;
            if at_once == 0 {
                self.emit(at, Op::MapInsert, map, key, value);
                self.unit.temps = before;
            }
        }
        if at_once != 0 {
            self.unit.temps = temps;
            self.new_temp(at)?;
            self.emit(at, Op::BuildMap, map, map, count as u32);
        }
        Ok(())
    }

    /// Evaluates the annotations, if any, into the temporary after the defaults.
    fn annotations(
        &mut self,
        def: &'t ast::StmtFunctionDef,
        first: usize,
        at: TextRange,
    ) -> Result<Parts, Fault> {
        debug_assert_eq!(self.unit.temps, first + 2);
        let parameters = &*def.parameters;
        let plain = parameters.args.iter().chain(&parameters.posonlyargs).map(|p| &p.parameter);
        let all = plain
            .chain(parameters.vararg.as_deref())
            .chain(parameters.kwonlyargs.iter().map(|p| &p.parameter))
            .chain(parameters.kwarg.as_deref());
        let mut pairs = Vec::new();
        for parameter in all {
            if let Some(annotation) = &parameter.annotation {
                pairs.push((self.mangled(&parameter.name), &**annotation));
            }
        }
        if let Some(returns) = &def.returns {
            pairs.push(("return".into(), &**returns));
        }
        if pairs.is_empty() {
            return Ok(0);
        }
        self.map_of(pairs, at, |this, expr| this.annotation(expr))?;
        Ok(PART_ANNOTATIONS)
    }

    pub(super) fn lambda(&mut self, node: &'t ast::ExprLambda, dest: Dest) -> Result<Reg, Fault> {
        let at = node.range;
        let first = self.unit.temps;
        let parts = match &node.parameters {
            Some(parameters) => self.defaults(parameters, at)?,
            None => 0,
        };
        let scope = self.scope_of(node)?;
        let code = self.nested(scope, "<lambda>", at, |this| {
            if let Some(parameters) = &node.parameters {
                this.unit.params = params(parameters, at)?;
            }
            let value = this.any(&node.body)?;
            this.emit(node.body.range(), Op::Return, value, 0, 0);
            this.unit.temps = 0;
            Ok(())
        })?;
        self.make_function(code, scope, first, parts, dest, at)
    }

    pub(super) fn class(&mut self, class: &'t ast::StmtClassDef) -> Done {
        let at = self.statement_range(class, &class.name, "class");
        let start = class.decorator_list.first().map_or(at.start(), |decorator| decorator.range.start());
        self.check_keywords(class.keywords())?;
        self.define(&class.name, at, |this, dest| {
            this.decorated(&class.decorator_list, at, dest, |this, dest| {
                let function = this.new_temp(at)?;
                this.emit(at, Op::LoadBuildClass, function, 0, 0);
                let first = this.unit.temps;
                let scope = this.scope_of(class)?;
                let code = this.nested(scope, &class.name, TextRange::new(start, at.end()), |this| {
                    this.class_body(&class.body, at)
                })?;
                this.make_function(code, scope, first, 0, Dest::Temp, at)?;
                this.load(Const::Str(class.name.as_str().into()), Dest::Temp, at)?;
                let callee = Callee { function, method: false, given: 2 };
                this.arguments(callee, class.bases(), class.keywords(), dest, at)
            })
        })
    }

    fn class_body(&mut self, body: &'t [Stmt], at: TextRange) -> Done {
        let start = TextRange::at(at.start(), 0.into());
        let scope = self.scopes.get(self.unit.scope);
        self.unit.attribute_hint = u16::try_from(scope.attributes.len()).unwrap_or(u16::MAX);
        let class_cell = match scope.flags("__class__") & flag::CELL {
            0 => None,
            _ => self.unit.registers.get("__class__").copied(),
        };
        let namespace = Reg::local(0);
        let name = self.new_temp(start)?;
        self.emit_name(start, Op::LoadName, name, namespace, 0, "__name__");
        self.emit_name(start, Op::StoreName, namespace, name, 0, "__module__");
        self.unit.temps = 0;
        let qualname = self.load(Const::Str(self.unit.qualname.clone()), Dest::Temp, start)?;
        self.emit_name(start, Op::StoreName, namespace, qualname, 0, "__qualname__");
        self.unit.temps = 0;
        if has_annotations(body) {
            self.emit(start, Op::SetupAnnotations, namespace, 1, 0);
        }
        let rest = self.module_docstring(body)?;
        self.body(rest)?;
        let end = self.last_line(body, at);
        let Some(cell) = class_cell else {
            self.emit(end, Op::ReturnNone, 0, 0, 0);
            return Ok(());
        };
        let copy = self.new_temp(end)?;
        self.emit(end, Op::Move, copy, cell, 0);
        self.emit_name(end, Op::StoreName, namespace, copy, 0, "__classcell__");
        self.emit(end, Op::Move, copy, cell, 0);
        self.emit(end, Op::Return, copy, 0, 0);
        self.unit.temps = 0;
        Ok(())
    }

    /// Stores the docstring of a module or class body as `__doc__`; returns the statements after it.
    pub(super) fn module_docstring(&mut self, body: &'t [Stmt]) -> Result<&'t [Stmt], Fault> {
        let Some(literal) = docstring(body) else { return Ok(body) };
        let value = self.string(&literal.value);
        if let Const::Str(doc) = &value {
            self.unit.doc = Some(doc.clone());
        }
        let at = literal.range;
        let reg = self.load(value, Dest::Temp, at)?;
        self.store_name("__doc__", reg, at)?;
        self.unit.temps = 0;
        Ok(&body[1..])
    }

    /// Returns an evaluated value from the current unit.
    pub(super) fn return_value(&mut self, value: Val, at: TextRange) -> Done {
        if let Val::Const(Const::None) = value {
            self.emit(at, Op::ReturnNone, 0, 0, 0);
            return Ok(());
        }
        let reg = self.in_register(value, at)?;
        self.emit(at, Op::Return, reg, 0, 0);
        Ok(())
    }
}

/// The docstring of a body.
fn docstring(body: &[Stmt]) -> Option<&ast::ExprStringLiteral> {
    match body.first() {
        Some(Stmt::Expr(ast::StmtExpr { value, .. })) => value.as_string_literal_expr(),
        _ => None,
    }
}

fn params(parameters: &Parameters, at: TextRange) -> Result<Params, Fault> {
    let number = |count: usize| {
        u16::try_from(count).map_err(|_| Fault::new("too many parameters", at).of_kind(ErrorKind::Overflow))
    };
    Ok(Params {
        positional_only: number(parameters.posonlyargs.len())?,
        positional: number(parameters.posonlyargs.len() + parameters.args.len())?,
        keyword_only: number(parameters.kwonlyargs.len())?,
        var_positional: parameters.vararg.is_some(),
        var_keyword: parameters.kwarg.is_some(),
    })
}

/// Whether a module's or class's own statements annotate a variable.
pub(super) fn has_annotations(body: &[Stmt]) -> bool {
    body.iter().any(|stmt| match stmt {
        Stmt::AnnAssign(_) => true,
        Stmt::For(node) => has_annotations(&node.body) || has_annotations(&node.orelse),
        Stmt::While(node) => has_annotations(&node.body) || has_annotations(&node.orelse),
        Stmt::If(node) => {
            has_annotations(&node.body)
                || node.elif_else_clauses.iter().any(|clause| has_annotations(&clause.body))
        }
        Stmt::With(node) => has_annotations(&node.body),
        Stmt::Match(node) => node.cases.iter().any(|case| has_annotations(&case.body)),
        Stmt::Try(node) => {
            let handlers =
                node.handlers.iter().any(|ast::ExceptHandler::ExceptHandler(h)| has_annotations(&h.body));
            handlers
                || has_annotations(&node.body)
                || has_annotations(&node.orelse)
                || has_annotations(&node.finalbody)
        }
        _ => false,
    })
}
