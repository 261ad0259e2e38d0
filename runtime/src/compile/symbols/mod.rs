//! Builds the scopes of a source: one walk over the syntax tree that notes which names each block binds, uses and
//! declares. Which variable a use means is found out afterwards, in [`resolve`](super::resolve).
//!
//! Follows CPython's symtable in the order of its visits, because errors such as *used prior to global declaration*
//! depend on it.

mod expr;

use super::scope::{address, flag, mangle, Scope, ScopeId, ScopeKind, Scopes};
use crate::syntax::Fault;
use ruff_python_ast::{self as ast, ExceptHandler, Expr, Mod, Parameters, Pattern, Stmt};
use ruff_text_size::TextRange;

type Done = Result<(), Fault>;

/// The walk's state.
pub(super) struct Walk {
    scopes: Scopes,
    current: ScopeId,
    future_annotations: bool,
}

/// Builds the scopes of a tree; the module's is the first.
pub(super) fn build(root: &Mod, future_annotations: bool) -> Result<Scopes, Fault> {
    let mut scopes = Scopes::default();
    scopes.all.push(Scope::new(ScopeKind::Module, None, None));
    let mut walk = Walk { scopes, current: ScopeId(0), future_annotations };
    match root {
        Mod::Module(module) => walk.body(&module.body)?,
        Mod::Expression(expression) => walk.expr(&expression.body)?,
    }
    Ok(walk.scopes)
}

impl Walk {
    fn scope(&mut self) -> &mut Scope {
        self.scopes.get_mut(self.current)
    }

    fn mangled(&self, name: &str) -> Box<str> {
        mangle(self.scopes.get(self.current).class_name.as_deref(), name)
    }

    fn add(&mut self, name: &str, flags: u16) {
        let name = self.mangled(name);
        self.scope().symbol(&name).flags |= flags;
    }

    fn bind(&mut self, name: &str, at: TextRange) -> Done {
        if name == "__debug__" {
            return Err(Fault::new("cannot assign to __debug__", at));
        }
        self.add(name, flag::BOUND);
        Ok(())
    }

    fn enter<T>(&mut self, node: &T, kind: ScopeKind, class_name: Option<Box<str>>) -> ScopeId {
        let outer = self.current;
        let inherited = self.scopes.get(outer).class_name.clone();
        let in_iterable = self.scopes.get(outer).in_iterable;
        let mut scope = Scope::new(kind, Some(outer), class_name.or(inherited));
        scope.in_iterable = in_iterable;
        self.scopes.all.push(scope);
        self.current = ScopeId(self.scopes.all.len() - 1);
        self.scopes.by_node.insert(address(node), self.current);
        outer
    }

    fn body(&mut self, body: &[Stmt]) -> Done {
        body.iter().try_for_each(|stmt| self.stmt(stmt))
    }

    fn exprs<'e>(&mut self, exprs: impl IntoIterator<Item = &'e Expr>) -> Done {
        exprs.into_iter().try_for_each(|expr| self.expr(expr))
    }

    fn stmt(&mut self, stmt: &Stmt) -> Done {
        match stmt {
            Stmt::FunctionDef(def) => self.function(def),
            Stmt::ClassDef(class) => self.class(class),
            Stmt::Return(node) => self.exprs(node.value.as_deref()),
            Stmt::Delete(node) => self.exprs(&node.targets),
            Stmt::Assign(node) => {
                self.exprs(&node.targets)?;
                self.expr(&node.value)
            }
            Stmt::AugAssign(node) => {
                self.expr(&node.target)?;
                self.expr(&node.value)
            }
            Stmt::AnnAssign(node) => self.annotated(node),
            Stmt::For(node) => {
                self.expr(&node.target)?;
                self.expr(&node.iter)?;
                self.body(&node.body)?;
                self.body(&node.orelse)
            }
            Stmt::While(node) => {
                self.expr(&node.test)?;
                self.body(&node.body)?;
                self.body(&node.orelse)
            }
            Stmt::If(node) => {
                self.expr(&node.test)?;
                self.body(&node.body)?;
                for clause in &node.elif_else_clauses {
                    self.exprs(clause.test.as_ref())?;
                    self.body(&clause.body)?;
                }
                Ok(())
            }
            Stmt::With(node) => {
                for item in &node.items {
                    self.expr(&item.context_expr)?;
                    self.exprs(item.optional_vars.as_deref())?;
                }
                self.body(&node.body)
            }
            Stmt::Match(node) => self.match_statement(node),
            Stmt::Raise(node) => {
                self.exprs(node.exc.as_deref())?;
                self.exprs(node.cause.as_deref())
            }
            Stmt::Try(node) => self.try_statement(node),
            Stmt::Assert(node) => {
                self.expr(&node.test)?;
                self.exprs(node.msg.as_deref())
            }
            Stmt::Import(node) => node.names.iter().try_for_each(|alias| self.alias(alias)),
            Stmt::ImportFrom(node) => node.names.iter().try_for_each(|alias| self.alias(alias)),
            Stmt::Global(node) => {
                node.names.iter().try_for_each(|name| self.declare(name, node.range, flag::GLOBAL))
            }
            Stmt::Nonlocal(node) => {
                node.names.iter().try_for_each(|name| self.declare(name, node.range, flag::NONLOCAL))
            }
            Stmt::Expr(node) => self.expr(&node.value),
            Stmt::TypeAlias(node) => Err(Fault::new("the type statement is not supported by Taipan", node)),
            Stmt::IpyEscapeCommand(node) => Err(Fault::new("invalid syntax", node)),
            Stmt::Pass(_) | Stmt::Break(_) | Stmt::Continue(_) => Ok(()),
        }
    }

    fn alias(&mut self, alias: &ast::Alias) -> Done {
        let name = match &alias.asname {
            Some(name) => name.as_str(),
            None => alias.name.as_str().split('.').next().unwrap_or(""),
        };
        if name == "*" {
            return Ok(());
        }
        self.bind(name, alias.range)
    }

    /// A `global` or `nonlocal` for one name.
    fn declare(&mut self, name: &ast::Identifier, at: TextRange, how: u16) -> Done {
        let what = if how == flag::GLOBAL { "global" } else { "nonlocal" };
        if how == flag::NONLOCAL && self.scopes.get(self.current).kind == ScopeKind::Module {
            return Err(Fault::new("nonlocal declaration not allowed at module level", at));
        }
        let mangled = self.mangled(name);
        let symbol = self.scope().symbol(&mangled);
        let problem = if symbol.has(flag::PARAMETER) {
            format!("name '{name}' is parameter and {what}")
        } else if symbol.has(flag::USED) {
            format!("name '{name}' is used prior to {what} declaration")
        } else if symbol.has(flag::ANNOTATED) {
            format!("annotated name '{name}' can't be {what}")
        } else if symbol.has(flag::BOUND) {
            format!("name '{name}' is assigned to before {what} declaration")
        } else if symbol.has((flag::GLOBAL | flag::NONLOCAL) & !how) {
            format!("name '{name}' is nonlocal and global")
        } else {
            symbol.flags |= how;
            symbol.declared = at;
            if how == flag::GLOBAL {
                self.scopes.get_mut(ScopeId(0)).symbol(&mangled).flags |= flag::GLOBAL;
            }
            return Ok(());
        };
        Err(Fault::new(problem, at))
    }

    fn annotated(&mut self, node: &ast::StmtAnnAssign) -> Done {
        if let Expr::Name(target) = &*node.target {
            let name = self.mangled(&target.id);
            let at_module = self.scopes.get(self.current).kind == ScopeKind::Module;
            let flags = self.scope().flags(&name);
            if node.simple && !at_module && flags & (flag::GLOBAL | flag::NONLOCAL) != 0 {
                let what = if flags & flag::GLOBAL != 0 { "global" } else { "nonlocal" };
                return Err(Fault::new(format!("annotated name '{}' can't be {what}", target.id), node));
            }
            if node.simple || node.value.is_some() {
                self.bind(&target.id, target.range)?;
            }
            if node.simple {
                self.add(&target.id, flag::ANNOTATED);
            }
        } else {
            self.expr(&node.target)?;
        }
        if !self.future_annotations {
            self.expr(&node.annotation)?;
        }
        self.exprs(node.value.as_deref())
    }

    fn try_statement(&mut self, node: &ast::StmtTry) -> Done {
        if node.is_star {
            return Err(Fault::new("'except*' is not supported by Taipan", node));
        }
        self.body(&node.body)?;
        self.body(&node.orelse)?;
        for ExceptHandler::ExceptHandler(handler) in &node.handlers {
            self.exprs(handler.type_.as_deref())?;
            if let Some(name) = &handler.name {
                self.bind(name, handler.range)?;
            }
            self.body(&handler.body)?;
        }
        self.body(&node.finalbody)
    }

    fn match_statement(&mut self, node: &ast::StmtMatch) -> Done {
        self.expr(&node.subject)?;
        for case in &node.cases {
            self.pattern(&case.pattern)?;
            self.exprs(case.guard.as_deref())?;
            self.body(&case.body)?;
        }
        Ok(())
    }

    fn pattern(&mut self, pattern: &Pattern) -> Done {
        match pattern {
            Pattern::MatchValue(node) => self.expr(&node.value),
            Pattern::MatchSingleton(_) => Ok(()),
            Pattern::MatchSequence(node) => node.patterns.iter().try_for_each(|inner| self.pattern(inner)),
            Pattern::MatchMapping(node) => {
                self.exprs(&node.keys)?;
                node.patterns.iter().try_for_each(|inner| self.pattern(inner))?;
                node.rest.iter().try_for_each(|name| self.bind(name, name.range))
            }
            Pattern::MatchClass(node) => {
                self.expr(&node.cls)?;
                node.arguments.patterns.iter().try_for_each(|inner| self.pattern(inner))?;
                node.arguments.keywords.iter().try_for_each(|keyword| self.pattern(&keyword.pattern))
            }
            Pattern::MatchStar(node) => node.name.iter().try_for_each(|name| self.bind(name, name.range)),
            Pattern::MatchAs(node) => {
                node.pattern.iter().try_for_each(|inner| self.pattern(inner))?;
                node.name.iter().try_for_each(|name| self.bind(name, name.range))
            }
            Pattern::MatchOr(node) => node.patterns.iter().try_for_each(|inner| self.pattern(inner)),
        }
    }

    fn function(&mut self, def: &ast::StmtFunctionDef) -> Done {
        if let Some(parameters) = &def.type_params {
            return Err(Fault::new("type parameters are not supported by Taipan", parameters.range));
        }
        self.bind(&def.name, def.name.range)?;
        self.defaults(&def.parameters)?;
        if !self.future_annotations {
            self.exprs(def.parameters.iter().filter_map(ast::AnyParameterRef::annotation))?;
            self.exprs(def.returns.as_deref())?;
        }
        self.exprs(def.decorator_list.iter().map(|decorator| &decorator.expression))?;
        let outer = self.enter(def, ScopeKind::Function, None);
        self.scope().is_async = def.is_async;
        self.parameters(&def.parameters)?;
        self.body(&def.body)?;
        self.current = outer;
        Ok(())
    }

    fn defaults(&mut self, parameters: &Parameters) -> Done {
        let positional = parameters.posonlyargs.iter().chain(&parameters.args);
        self.exprs(positional.filter_map(|parameter| parameter.default.as_deref()))?;
        self.exprs(parameters.kwonlyargs.iter().filter_map(|parameter| parameter.default.as_deref()))
    }

    /// The parameters in the order of their registers.
    fn parameters(&mut self, parameters: &Parameters) -> Done {
        let plain = parameters.posonlyargs.iter().chain(&parameters.args).chain(&parameters.kwonlyargs);
        let starred = parameters.vararg.iter().chain(&parameters.kwarg).map(|parameter| &**parameter);
        for parameter in plain.map(|parameter| &parameter.parameter).chain(starred) {
            let name = self.mangled(&parameter.name);
            if &*name == "__debug__" {
                return Err(Fault::new("cannot assign to __debug__", parameter.name.range));
            }
            let symbol = self.scope().symbol(&name);
            if symbol.has(flag::PARAMETER) {
                let message = format!("duplicate argument '{}' in function definition", parameter.name);
                return Err(Fault::new(message, parameter.range));
            }
            symbol.flags |= flag::PARAMETER;
            self.scope().first_parameter.get_or_insert(name);
        }
        Ok(())
    }

    fn class(&mut self, class: &ast::StmtClassDef) -> Done {
        if let Some(parameters) = &class.type_params {
            return Err(Fault::new("type parameters are not supported by Taipan", parameters.range));
        }
        self.bind(&class.name, class.name.range)?;
        self.exprs(class.bases())?;
        self.exprs(class.keywords().iter().map(|keyword| &keyword.value))?;
        self.exprs(class.decorator_list.iter().map(|decorator| &decorator.expression))?;
        let outer = self.enter(class, ScopeKind::Class, Some(class.name.as_str().into()));
        self.body(&class.body)?;
        self.current = outer;
        Ok(())
    }
}
