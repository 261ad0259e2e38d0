//! `yield`, `yield from`, `await`, and the loops and blocks of `async`.

use super::ir::{Label, Reg};
use super::scope::ScopeKind;
use super::unit::{Compiler, Dest, Done};
use crate::bytecode::{Const, Op};
use crate::syntax::Fault;
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::TextRange;

/// The part of an `async for` that fetches the next item: where a `StopAsyncIteration` is caught.
pub(super) struct AsyncNext {
    handler: Label,
}

impl<'t> Compiler<'t> {
    /// Whether `await` may stand here.
    pub(super) fn may_await(&self) -> bool {
        let scope = self.scopes.get(self.unit.scope);
        match scope.kind {
            ScopeKind::Function => scope.is_async,
            ScopeKind::Comprehension => {
                // A generator expression may await by itself; other comprehensions where their function may.
                scope.is_async || scope.is_generator
            }
            _ => false,
        }
    }

    fn check_yield(&self, at: TextRange) -> Done {
        match self.scope_kind() {
            ScopeKind::Module | ScopeKind::Class => Err(Fault::new("'yield' outside function", at)),
            _ => Ok(()),
        }
    }

    pub(super) fn check_await(&self, what: &str, at: TextRange) -> Done {
        let outside = matches!(self.scope_kind(), ScopeKind::Module | ScopeKind::Class);
        if !outside && self.may_await() {
            return Ok(());
        }
        let message = match what {
            "'await'" if outside => "'await' outside function".to_owned(),
            what => format!("{what} outside async function"),
        };
        Err(Fault::new(message, at))
    }

    pub(super) fn yield_value(&mut self, node: &'t ast::ExprYield, dest: Dest) -> Result<Reg, Fault> {
        let at = node.range;
        self.check_yield(at)?;
        let temps = self.unit.temps;
        let value = match &node.value {
            Some(value) => self.any(value)?,
            None => self.load(Const::None, Dest::Any, at)?,
        };
        self.unit.temps = temps;
        let to = self.register(dest, at)?;
        self.emit(at, Op::Yield, to, value, 0);
        Ok(to)
    }

    pub(super) fn yield_from(&mut self, node: &'t ast::ExprYieldFrom, dest: Dest) -> Result<Reg, Fault> {
        let at = node.range;
        self.check_yield(at)?;
        if self.scopes.get(self.unit.scope).is_async {
            return Err(Fault::new("'yield from' inside async function", at));
        }
        let temps = self.unit.temps;
        let iterable = self.any(&node.value)?;
        self.unit.temps = temps;
        let iterator = self.new_hidden(at)?;
        self.emit(at, Op::GetYieldFromIter, iterator, iterable, 0);
        self.delegate(iterator, dest, at)
    }

    pub(super) fn await_value(&mut self, node: &'t ast::ExprAwait, dest: Dest) -> Result<Reg, Fault> {
        let at = node.range;
        self.check_await("'await'", at)?;
        let temps = self.unit.temps;
        let awaitable = self.any(&node.value)?;
        self.unit.temps = temps;
        self.delegate_await(awaitable, 0, dest, at)
    }

    /// Awaits an evaluated value; `how` is `GetAwaitable`'s operand.
    pub(super) fn delegate_await(
        &mut self,
        value: Reg,
        how: u32,
        dest: Dest,
        at: TextRange,
    ) -> Result<Reg, Fault> {
        let iterator = self.new_hidden(at)?;
        self.emit(at, Op::GetAwaitable, iterator, value, how);
        self.delegate(iterator, dest, at)
    }

    /// Delegates to an iterator in the last hidden local, which is given up.
    fn delegate(&mut self, iterator: Reg, dest: Dest, at: TextRange) -> Result<Reg, Fault> {
        let sent = self.new_hidden(at)?;
        self.load(Const::None, Dest::To(sent), at)?;
        let to = self.register(dest, at)?;
        self.emit(at, Op::Delegate, to, iterator, sent);
        self.emit(at, Op::Clear, sent, 0, 0);
        self.emit(at, Op::Clear, iterator, 0, 0);
        self.unit.hidden -= 2;
        Ok(to)
    }

    /// `ForIter` into a target.
    pub(super) fn next_item(&mut self, iterator: Reg, target: &'t Expr, at: TextRange, done: Label) -> Done {
        let temps = self.unit.temps;
        if let Expr::Name(name) = target {
            self.define(&name.id, name.range, |this, dest| {
                let to = this.register(dest, at)?;
                this.emit_jump(at, Op::ForIter, to, iterator, 0, done);
                Ok(to)
            })?;
        } else {
            let item = self.new_temp(at)?;
            self.emit_jump(at, Op::ForIter, item, iterator, 0, done);
            self.store(target, item)?;
        }
        self.unit.temps = temps;
        Ok(())
    }

    /// The next item of an asynchronous iterator into a target; [`async_end`](Self::async_end) must follow the loop.
    pub(super) fn async_next(
        &mut self,
        iterator: Reg,
        target: &'t Expr,
        at: TextRange,
    ) -> Result<AsyncNext, Fault> {
        let handler = self.label();
        let before = self.protect(handler);
        let temps = self.unit.temps;
        let awaitable = self.new_hidden(at)?;
        self.emit(at, Op::GetANext, awaitable, iterator, 0);
        let item = self.delegate(awaitable, Dest::Temp, at)?;
        self.unit.handler = before;
        self.store(target, item)?;
        self.unit.temps = temps;
        Ok(AsyncNext { handler })
    }

    /// Catches the end of the iteration, after the loop's last instruction; goes on behind it.
    pub(super) fn async_end(&mut self, next: AsyncNext, at: TextRange) -> Done {
        self.bind(next.handler);
        let (exception, saved) = self.hidden_pair(at)?;
        let other = self.label();
        self.emit(at, Op::PushExc, exception, saved, 0);
        let ended = self.new_temp(at)?;
        self.emit(at, Op::IsStopAsyncIteration, ended, exception, 0);
        self.emit_jump(at, Op::JumpIfTrue, ended, 0, 0, other);
        self.unit.temps -= 1;
        self.emit(at, Op::PopExc, saved, 0, 0);
        self.emit(at, Op::Reraise, exception, 0, 0);
        self.bind(other);
        self.emit(at, Op::PopExc, saved, 0, 0);
        self.emit(at, Op::Clear, exception, 0, 0);
        self.unit.hidden -= 2;
        Ok(())
    }

    /// `async for`
    pub(super) fn async_for(&mut self, node: &'t ast::StmtFor) -> Done {
        let at = node.range;
        self.check_await("'async for'", at)?;
        let temps = self.unit.temps;
        let iterable = self.any(&node.iter)?;
        self.unit.temps = temps;
        let iterator = self.new_hidden(at)?;
        self.emit(at, Op::GetAIter, iterator, iterable, 0);
        let (again, done) = (self.here(), self.label());
        let next = self.async_next(iterator, &node.target, at)?;
        self.loop_body(&node.body, again, done, Some(iterator), at)?;
        self.async_end(next, at)?;
        self.emit(at, Op::Clear, iterator, 0, 0);
        self.unit.hidden -= 1;
        self.body(&node.orelse)?;
        self.bind(done);
        Ok(())
    }
}
