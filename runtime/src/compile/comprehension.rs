//! Comprehensions and generator expressions: a hidden function that is called with the first iterator.

use super::calls::Callee;
use super::ir::Reg;
use super::unit::{Compiler, Dest, Done};
use crate::bytecode::{Op, Params};
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
}

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
        let is_generator = matches!(kind, Kind::Generator(_));
        let is_async = self.scopes.get(scope).is_async;
        if is_generator {
            // So that its flags come out as those of a (perhaps asynchronous) generator.
            self.scopes.get_mut(scope).is_generator = true;
        } else if is_async && !self.may_await() {
            return Err(Fault::new("asynchronous comprehension outside of an asynchronous function", at));
        }
        let Some(first) = generators.first() else { return Err(Fault::new("invalid syntax", at)) };
        let base = self.unit.temps;
        let code = self.nested(scope, name, at, |this| {
            this.unit.params = Params { positional: 1, ..Params::default() };
            this.comprehension_body(kind, generators, at)
        })?;
        let function = self.make_function(code, scope, base, 0, Dest::Temp, at)?;
        let temps = self.unit.temps;
        let iterable = self.any(&first.iter)?;
        self.unit.temps = temps;
        let iterator = self.new_temp(at)?;
        let op = if first.is_async { Op::GetAIter } else { Op::GetIter };
        self.emit(at, op, iterator, iterable, 0);
        let awaited = is_async && !is_generator;
        let callee = Callee { function, method: false, given: 1 };
        let result = self.arguments(callee, &[], &[], if awaited { Dest::Any } else { dest }, at)?;
        if !awaited {
            return Ok(result);
        }
        self.unit.temps = base;
        self.delegate_await(result, 0, dest, at)
    }

    fn comprehension_body(
        &mut self,
        kind: Kind<'t>,
        generators: &'t [ast::Comprehension],
        at: TextRange,
    ) -> Done {
        let build = match kind {
            Kind::List(_) => Some(Op::BuildList),
            Kind::Set(_) => Some(Op::BuildSet),
            Kind::Dict(..) => Some(Op::BuildMap),
            Kind::Generator(_) => None,
        };
        let mut result = None;
        if let Some(op) = build {
            let hidden = self.new_hidden(at)?;
            let none = self.new_temp(at)?;
            self.unit.temps -= 1;
            self.emit(at, op, hidden, none, 0);
            result = Some(hidden);
        }
        self.generator_loop(kind, generators, Some(Reg::local(0)), result, at)?;
        match result {
            Some(result) => self.emit(at, Op::Return, result, 0, 0),
            None => self.emit(at, Op::ReturnNone, 0, 0, 0),
        };
        Ok(())
    }

    /// One `for` of a comprehension and all that follow it.
    fn generator_loop(
        &mut self,
        kind: Kind<'t>,
        generators: &'t [ast::Comprehension],
        iterator: Option<Reg>,
        result: Option<Reg>,
        at: TextRange,
    ) -> Done {
        let Some((generator, inner)) = generators.split_first() else {
            return self.element(kind, result);
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
        self.generator_loop(kind, inner, None, result, at)?;
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

    fn element(&mut self, kind: Kind<'t>, result: Option<Reg>) -> Done {
        let temps = self.unit.temps;
        match (kind, result) {
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
