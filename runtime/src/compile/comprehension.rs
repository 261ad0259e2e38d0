//! Comprehensions and generator expressions: a hidden function that is called with the first iterator and the cells of its free variables.
//!
//! The function needs no closure, so one serves all evaluations: it is made once for the function around it. A generator expression that is the only
//! argument of a builtin that consumes it (`set(x for x in y)`) is compiled twice: as it stands, and as a *collector*, a function that
//! goes through the items and does the builtin's work besides, so that nothing is suspended and resumed for each item. Which one runs is decided
//! by what the name refers to. Programs can't tell one from the other: what the builtin's instructions raise has no level for the expression in its
//! traceback, and StopIteration that leaves the expression becomes RuntimeError (PEP 479).

use super::calls::Callee;
use super::ir::{Label, Reg};
use super::scope::ScopeId;
use super::unit::{nowhere, Compiler, Dest, Done, Place, Val};
use crate::bytecode::code::FLAG_COLLECTOR;
use crate::bytecode::{Const, Driver, Op, Params};
use crate::syntax::Fault;
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange};

/// What the innermost loop does with each element.
#[derive(Clone, Copy)]
enum Kind<'t> {
    List(&'t Expr),
    Set(&'t Expr),
    Dict(&'t Expr, &'t Expr),
    Generator(&'t Expr),
    /// A generator expression together with its consumer.
    Collected(Driver, &'t Expr),
}

/// A hidden function to be made and called.
struct Hidden<'t> {
    scope: ScopeId,
    name: &'static str,
    kind: Kind<'t>,
    generators: &'t [ast::Comprehension],
    first: &'t ast::Comprehension,
    at: TextRange,
}

/// Where elements go.
#[derive(Clone, Copy)]
struct Sink<'t> {
    kind: Kind<'t>,
    /// What is being built.
    result: Option<Reg>,
    /// Where `any` and `all` know their answer.
    found: Label,
}

/// Functions of comprehensions from this number on are made anew each time.
const UNKEPT: u32 = 255;

/// Generator expressions nested deeper than this are not compiled twice, since each level doubles the code.
const MAX_COLLECTING: usize = 3;

impl<'t> Compiler<'t> {
    pub(super) fn comprehension(&mut self, expr: &'t Expr, dest: Dest) -> Result<Reg, Fault> {
        let at = match expr {
            // The only argument of a call: its parentheses are the call's.
            Expr::Generator(node) if !node.parenthesized => self.call_parens.unwrap_or(node.range),
            _ => expr.range(),
        };
        let (scope, name, kind, generators) = match expr {
            Expr::ListComp(node) => {
                (self.scope_of(node)?, "<listcomp>", Kind::List(&node.elt), &node.generators)
            }
            Expr::SetComp(node) => {
                (self.scope_of(node)?, "<setcomp>", Kind::Set(&node.elt), &node.generators)
            }
            Expr::Generator(node) => {
                (self.scope_of(node)?, "<genexpr>", Kind::Generator(&node.elt), &node.generators)
            }
            Expr::DictComp(ast::ExprDictComp { key: Some(key), value, generators, .. }) => {
                let Expr::DictComp(node) = expr else { return Err(Fault::new("invalid syntax", at)) };
                (self.scope_of(node)?, "<dictcomp>", Kind::Dict(key, value), generators)
            }
            _ => return Err(Fault::new("invalid syntax", at)),
        };
        let Some(first) = generators.first() else { return Err(Fault::new("invalid syntax", at)) };
        let is_async = self.scopes.get(scope).is_async;
        let awaited = is_async && !matches!(kind, Kind::Generator(_));
        if awaited && !self.may_await() {
            return Err(Fault::new("asynchronous comprehension outside of an asynchronous function", at));
        }
        let base = self.unit.temps;
        let dest_of_call = if awaited { Dest::Any } else { dest };
        let hidden = Hidden { scope, name, kind, generators, first, at };
        let result = self.call_hidden(hidden, dest_of_call, at)?;
        if !awaited {
            return Ok(result);
        }
        self.unit.temps = base;
        self.delegate_await(result, 0, dest, at)
    }

    /// Makes the hidden function and calls it, the call being at `call_at`.
    fn call_hidden(&mut self, hidden: Hidden<'t>, dest: Dest, call_at: TextRange) -> Result<Reg, Fault> {
        let Hidden { scope, name, kind, generators, first, at } = hidden;
        // So that its flags come out as those of a (perhaps asynchronous) generator.
        self.scopes.get_mut(scope).is_generator = matches!(kind, Kind::Generator(_));
        let code = self.nested(scope, name, at, |this| {
            let cells = this.unit.frees.len() as u16;
            this.unit.params = Params { positional: 1 + cells, ..Params::default() };
            if matches!(kind, Kind::Collected(..)) {
                this.unit.flags |= FLAG_COLLECTOR;
            }
            this.comprehension_body(kind, generators, at)
        })?;
        let function = self.new_temp(at)?;
        let number = self.unit.inner.min(UNKEPT);
        self.unit.inner += 1;
        self.emit_const(at, Op::MakeInner, function, number, 0, Const::Code(Box::new(code)));
        let temps = self.unit.temps;
        let iterable = self.any(&first.iter)?;
        self.unit.temps = temps;
        let iterator = self.new_temp(at)?;
        let op = if first.is_async { Op::GetAIter } else { Op::GetIter };
        self.emit(at, op, iterator, iterable, 0);
        let given = 1 + self.cells_for(scope, at)?;
        self.arguments(Callee { function, method: false, given }, &[], &[], dest, call_at)
    }

    /// For the call of something that is called like a builtin that consumes a generator, with nothing but a generator expression: both.
    pub(super) fn collected(
        &mut self,
        node: &'t ast::ExprCall,
    ) -> Result<Option<(Driver, &'t ast::ExprGenerator)>, Fault> {
        let Expr::Name(name) = &*node.func else { return Ok(None) };
        let ([Expr::Generator(items)], true) = (&*node.arguments.args, node.arguments.keywords.is_empty())
        else {
            return Ok(None);
        };
        let scope = self.scope_of(items)?;
        let fits = self.collecting < MAX_COLLECTING
            && !self.scopes.get(scope).is_async
            && matches!(self.place(&self.mangled(&name.id)), Place::Global);
        Ok(Driver::of_builtin(&name.id).filter(|_| fits).map(|driver| (driver, items)))
    }

    /// Such a call: as one function that goes through the items and consumes them, if the callee is that builtin; else as it stands.
    pub(super) fn collect_call(
        &mut self,
        node: &'t ast::ExprCall,
        driver: Driver,
        items: &'t ast::ExprGenerator,
        dest: Dest,
    ) -> Result<Reg, Fault> {
        let (call_at, temps) = (node.range(), self.unit.temps);
        let at = if items.parenthesized { items.range } else { node.arguments.range };
        let Some(first) = items.generators.first() else { return Err(Fault::new("invalid syntax", at)) };
        let (otherwise, done) = (self.label(), self.label());
        let callee = self.temp(&node.func)?;
        self.emit_jump(call_at, Op::JumpUnlessDriven, callee, driver as u32, 0, otherwise);
        let scope = self.scope_of(items)?;
        let kind = Kind::Collected(driver, &items.elt);
        let hidden = Hidden { scope, name: "<genexpr>", kind, generators: &items.generators, first, at };
        self.collecting += 1;
        let to = if driver == Driver::Gathered {
            self.call_hidden(hidden, Dest::Temp, call_at)?;
            self.unit.temps = temps;
            let to = self.register(dest, call_at)?;
            self.emit(call_at, Op::Call, callee, 1, to);
            to
        } else {
            self.emit(call_at, Op::Clear, callee, 0, 0);
            self.unit.temps = temps;
            self.call_hidden(hidden, dest, call_at)?
        };
        self.jump(call_at, done);
        self.bind(otherwise);
        self.unit.temps = temps + 1;
        let args = &node.arguments.args;
        let callee = Callee { function: callee, method: false, given: 0 };
        let plain = self.arguments(callee, args, &[], dest, call_at);
        self.collecting -= 1;
        debug_assert_eq!(plain.as_ref().ok(), Some(&to));
        self.bind(done);
        plain
    }

    fn comprehension_body(
        &mut self,
        kind: Kind<'t>,
        generators: &'t [ast::Comprehension],
        at: TextRange,
    ) -> Done {
        let build = match kind {
            Kind::List(_) | Kind::Collected(Driver::List | Driver::Tuple | Driver::Gathered, _) => {
                Some(Op::BuildList)
            }
            Kind::Set(_) | Kind::Collected(Driver::Set, _) => Some(Op::BuildSet),
            Kind::Dict(..) => Some(Op::BuildMap),
            _ => None,
        };
        let mut sink = Sink { kind, result: None, found: self.label() };
        if let Some(op) = build {
            let hidden = self.new_hidden(at)?;
            let none = self.new_temp(at)?;
            self.unit.temps -= 1;
            self.emit(at, op, hidden, none, 0);
            sink.result = Some(hidden);
        } else if let Kind::Collected(Driver::Sum, _) = kind {
            let total = self.new_hidden(at)?;
            sink.result = Some(self.load(Const::Int(0), Dest::To(total), at)?);
        }
        self.generator_loop(sink, generators, Some(Reg::local(0)), at)?;
        match (kind, sink.result) {
            (Kind::Collected(Driver::Tuple, _), Some(result)) => {
                self.emit(nowhere(), Op::ListToTuple, result, result, 0);
                self.emit(at, Op::Return, result, 0, 0);
            }
            (Kind::Collected(driver @ (Driver::Any | Driver::All), _), _) => {
                let found = driver == Driver::Any;
                self.return_value(Val::Const(Const::Bool(!found)), at)?;
                self.unit.temps = 0;
                self.bind(sink.found);
                self.return_value(Val::Const(Const::Bool(found)), at)?;
                self.unit.temps = 0;
            }
            (_, Some(result)) => {
                self.emit(at, Op::Return, result, 0, 0);
            }
            (_, None) => {
                self.emit(at, Op::ReturnNone, 0, 0, 0);
            }
        };
        Ok(())
    }

    /// One `for` of a comprehension and all that follow it.
    fn generator_loop(
        &mut self,
        sink: Sink<'t>,
        generators: &'t [ast::Comprehension],
        iterator: Option<Reg>,
        at: TextRange,
    ) -> Done {
        let Some((generator, inner)) = generators.split_first() else {
            return self.element(sink);
        };
        let (hidden, iterator) = match iterator {
            Some(given) => (None, given),
            None => {
                let hidden = self.new_hidden(at)?;
                let iterable = self.any(&generator.iter)?;
                let op = if generator.is_async { Op::GetAIter } else { Op::GetIter };
                self.emit(at, op, hidden, iterable, 0);
                self.unit.temps = 0;
                (Some(hidden), hidden)
            }
        };
        let (again, done) = (self.here(), self.label());
        let header = if generator.is_async {
            Some(self.async_next(iterator, &generator.target, at)?)
        } else {
            self.next_item(iterator, &generator.target, at, done)?;
            None
        };
        for condition in &generator.ifs {
            let on = self.label();
            self.condition(condition, on, true)?;
            self.jump(condition.range(), again);
            self.bind(on);
        }
        self.generator_loop(sink, inner, None, at)?;
        self.jump(at, again);
        if let Some(header) = header {
            self.async_end(header, at)?;
        }
        self.bind(done);
        if let Some(hidden) = hidden {
            self.emit(at, Op::Clear, hidden, 0, 0);
            self.unit.hidden -= 1;
        }
        Ok(())
    }

    fn element(&mut self, sink: Sink<'t>) -> Done {
        let temps = self.unit.temps;
        match (sink.kind, sink.result) {
            (Kind::List(element), Some(result)) => {
                let value = self.any(element)?;
                self.emit(element.range(), Op::ListAppend, result, value, 0);
            }
            (Kind::Set(element), Some(result)) => {
                let value = self.any(element)?;
                self.emit(element.range(), Op::SetAdd, result, value, 0);
            }
            (Kind::Dict(key, value), Some(result)) => {
                let at = TextRange::new(key.range().start(), value.range().end());
                let key = self.operand(key, value)?;
                let key = self.in_register(key, at)?;
                let value = self.any(value)?;
                self.emit(at, Op::MapInsert, result, key, value);
            }
            (Kind::Collected(Driver::Any | Driver::All, element), _) => {
                let value = self.any(element)?;
                let any = matches!(sink.kind, Kind::Collected(Driver::Any, _));
                let op = if any { Op::JumpIfTrue } else { Op::JumpIfFalse };
                self.emit_jump(nowhere(), op, value, 0, 0, sink.found);
            }
            (Kind::Collected(driver, element), Some(result)) => {
                let value = self.any(element)?;
                match driver {
                    Driver::Set => self.emit(nowhere(), Op::SetAdd, result, value, 0),
                    Driver::Sum => self.emit(nowhere(), Op::Add, result, result, value),
                    _ => self.emit(nowhere(), Op::ListAppend, result, value, 0),
                };
            }
            (Kind::Generator(element), _) => {
                let value = self.any(element)?;
                self.unit.temps = temps;
                let sent = self.new_temp(element.range())?;
                self.emit(element.range(), Op::Yield, sent, value, 0);
                self.emit(element.range(), Op::Clear, sent, 0, 0);
            }
            _ => {}
        }
        self.unit.temps = temps;
        Ok(())
    }
}
