//! `try` in all its forms, and `with`.
//!
//! A handler starts with `PushExc`, which puts the exception and the one that was being handled before into two hidden
//! locals; every way out of the handler restores the latter with `PopExc`, an exception included: the handler's own
//! code is covered by a cleanup that does so and raises on. `finally` clauses and `with` exits are written once for each
//! way out.

use super::ir::{Label, Reg};
use super::unit::{Block, Compiler, Dest, Done};
use crate::bytecode::{Const, Op};
use crate::syntax::Fault;
use ruff_python_ast::{self as ast, ExceptHandler};
use ruff_text_size::{Ranged, TextRange};

impl<'t> Compiler<'t> {
    pub(super) fn try_statement(&mut self, node: &'t ast::StmtTry) -> Done {
        if node.finalbody.is_empty() {
            return self.try_except(node);
        }
        let at = node.range;
        let (caught, end) = (self.label(), self.label());
        self.enter(Block::Finally { body: &node.finalbody }, at)?;
        let outside = self.protect(caught);
        if node.handlers.is_empty() {
            self.body(&node.body)?;
            self.body(&node.orelse)?;
        } else {
            self.try_except(node)?;
        }
        self.unit.blocks.pop();
        self.unit.handler = outside;
        self.body(&node.finalbody)?;
        let last = node.finalbody.last().map_or(at, |stmt| stmt.range());
        self.jump(last, end);
        // Reached by an exception: the clause runs, then the exception goes on.
        self.bind(caught);
        let (exception, saved) = self.hidden_pair(at)?;
        self.emit(at, Op::PushExc, exception, saved, 0);
        let cleanup = self.label();
        self.enter(Block::Handling { exception, saved }, at)?;
        let outside = self.protect(cleanup);
        self.body(&node.finalbody)?;
        self.unit.blocks.pop();
        self.unit.handler = outside;
        self.emit(at, Op::PopExc, saved, 0, 0);
        self.emit(at, Op::Reraise, exception, 0, 0);
        self.cleanup(cleanup, saved, at)?;
        self.unit.hidden -= 2;
        self.bind(end);
        Ok(())
    }

    /// An exception out of a handler: the exception `saved` by it is restored, and the new one goes on.
    fn cleanup(&mut self, label: Label, saved: Reg, at: TextRange) -> Done {
        self.bind(label);
        let (exception, other) = self.hidden_pair(at)?;
        self.emit(at, Op::PushExc, exception, other, 0);
        self.emit(at, Op::PopExc, saved, 0, 0);
        self.emit(at, Op::Reraise, exception, 0, 0);
        self.unit.hidden -= 2;
        Ok(())
    }

    fn try_except(&mut self, node: &'t ast::StmtTry) -> Done {
        let at = node.range;
        let (caught, end, cleanup) = (self.label(), self.label(), self.label());
        self.enter(Block::Try, at)?;
        let outside = self.protect(caught);
        self.body(&node.body)?;
        self.unit.blocks.pop();
        self.unit.handler = outside;
        self.body(&node.orelse)?;
        self.jump(node.body.last().map_or(at, |stmt| stmt.range()), end);
        self.bind(caught);
        let (exception, saved) = self.hidden_pair(at)?;
        self.emit(at, Op::PushExc, exception, saved, 0);
        let outside = self.protect(cleanup);
        let count = node.handlers.len();
        for (index, ExceptHandler::ExceptHandler(handler)) in node.handlers.iter().enumerate() {
            let next = self.label();
            match &handler.type_ {
                Some(kind) => {
                    let class = self.any(kind)?;
                    self.unit.temps = 0;
                    let matches = self.new_temp(kind.range())?;
                    self.emit(handler.range, Op::ExcMatch, matches, exception, class);
                    self.emit_jump(kind.range(), Op::JumpIfFalse, matches, 0, 0, next);
                    self.unit.temps = 0;
                }
                None if index + 1 < count => {
                    return Err(Fault::new("default 'except:' must be last", handler))
                }
                None => {}
            }
            self.handler(handler, exception, saved, outside)?;
            self.jump(handler.body.last().map_or(handler.range, |stmt| stmt.range()), end);
            self.unit.handler = self.covering(cleanup);
            self.bind(next);
        }
        self.emit(at, Op::Reraise, exception, 0, 0);
        self.unit.handler = outside;
        self.cleanup(cleanup, saved, at)?;
        self.unit.hidden -= 2;
        self.bind(end);
        Ok(())
    }

    /// The handler that was made for a label, plus 1.
    fn covering(&self, label: Label) -> u32 {
        self.unit.targets.iter().rposition(|target| target.label == label).map_or(0, |index| index as u32 + 1)
    }

    /// One `except` clause, after its class has matched.
    fn handler(
        &mut self,
        handler: &'t ast::ExceptHandlerExceptHandler,
        exception: Reg,
        saved: Reg,
        outside: u32,
    ) -> Done {
        let at = handler.type_.as_ref().map_or(handler.range, |kind| kind.range());
        let name = handler.name.as_ref().map(|name| name.as_str());
        let covering = self.unit.handler;
        // What leaves the clause early is outside of the whole statement.
        self.unit.handler = outside;
        self.enter(Block::Handler { exception, saved, name, at }, at)?;
        self.unit.handler = covering;
        match name {
            None => self.body(&handler.body)?,
            Some(name) => {
                self.store_name(name, exception, at)?;
                let unbind = self.label();
                self.protect(unbind);
                self.body(&handler.body)?;
                self.unit.handler = covering;
                let after = self.label();
                self.jump(at, after);
                // An exception out of the clause: the name goes, then the exception goes on to the cleanup.
                self.bind(unbind);
                let (inner, other) = self.hidden_pair(at)?;
                self.emit(at, Op::PushExc, inner, other, 0);
                self.emit(at, Op::PopExc, other, 0, 0);
                self.unbind(name, at);
                self.emit(at, Op::Reraise, inner, 0, 0);
                self.unit.hidden -= 2;
                self.bind(after);
            }
        }
        self.unit.blocks.pop();
        self.unit.handler = outside;
        self.end_handler(exception, saved, name, at);
        Ok(())
    }

    /// Leaves an `except` clause without an exception.
    pub(super) fn end_handler(&mut self, exception: Reg, saved: Reg, name: Option<&str>, at: TextRange) {
        self.emit(at, Op::PopExc, saved, 0, 0);
        self.emit(at, Op::Clear, exception, 0, 0);
        if let Some(name) = name {
            self.unbind(name, at);
        }
    }

    /// `name = None; del name`, as at the end of an `except … as name`.
    fn unbind(&mut self, name: &str, at: TextRange) {
        let mangled = self.mangled(name);
        match self.place(&mangled) {
            super::unit::Place::Local(reg) => {
                self.emit(at, Op::Clear, reg, 0, 0);
            }
            super::unit::Place::Cell(cell) => {
                self.emit(at, Op::DeleteCell, cell, 1, 0);
            }
            _ => {
                let temps = self.unit.temps;
                if let Ok(none) = self.load(Const::None, Dest::Any, at) {
                    // Storing into a known kind of place cannot fail.
                    let _ = self.store_name(name, none, at);
                }
                self.unit.temps = temps;
                self.delete_name(name, at, false);
            }
        }
    }

    // ---- with ----

    /// A `with` statement from its `index`-th item on.
    pub(super) fn with(&mut self, node: &'t ast::StmtWith, index: usize) -> Done {
        let Some(item) = node.items.get(index) else { return self.body(&node.body) };
        let at = node.range;
        if node.is_async {
            self.check_await("'async with'", at)?;
        }
        let exit = self.hold(&item.context_expr)?;
        self.new_hidden(at)?;
        let (enter_name, exit_name) = match node.is_async {
            true => ("__aenter__", "__aexit__"),
            false => ("__enter__", "__exit__"),
        };
        let run = Reg::temp(0);
        for _ in 0..4 {
            self.new_temp(at)?;
        }
        self.emit_name(at, Op::LoadSpecial, run, exit, 0, enter_name);
        self.emit_name(at, Op::LoadSpecial, run.next(2), exit, 0, exit_name);
        self.emit(at, Op::Move, exit, run.next(2), 0);
        self.emit(at, Op::Move, exit.next(1), run.next(3), 0);
        self.emit(at, Op::CallMethod, run, 0, run);
        self.unit.temps = 0;
        let entered = match node.is_async {
            true => self.delegate_await(run, 1, Dest::Temp, at)?,
            false => self.new_temp(at)?,
        };
        let (caught, end) = (self.label(), self.label());
        self.enter(Block::With { exit, is_async: node.is_async, at }, at)?;
        let outside = self.protect(caught);
        match &item.optional_vars {
            Some(target) => self.store(target, entered)?,
            None => {
                self.emit(at, Op::Clear, entered, 0, 0);
            }
        }
        self.unit.temps = 0;
        self.with(node, index + 1)?;
        self.unit.blocks.pop();
        self.unit.handler = outside;
        self.exit_normally(exit, node.is_async, at)?;
        self.jump(at, end);
        self.exit_with_exception(caught, exit, node.is_async, at)?;
        self.bind(end);
        self.unit.hidden -= 2;
        Ok(())
    }

    /// Copies the exit pair to temporaries, for a call with three arguments.
    fn exit_pair(&mut self, exit: Reg, at: TextRange) -> Result<Reg, Fault> {
        let run = Reg::temp(self.unit.temps);
        for _ in 0..5 {
            self.new_temp(at)?;
        }
        self.emit(at, Op::Move, run, exit, 0);
        self.emit(at, Op::Move, run.next(1), exit.next(1), 0);
        Ok(run)
    }

    /// `exit(None, None, None)`; the pair is given up.
    pub(super) fn exit_normally(&mut self, exit: Reg, is_async: bool, at: TextRange) -> Done {
        let temps = self.unit.temps;
        let run = self.exit_pair(exit, at)?;
        self.emit(at, Op::Clear, exit, 0, 0);
        self.emit(at, Op::Clear, exit.next(1), 0, 0);
        for index in 2..5 {
            self.emit(at, Op::LoadImm, run.next(index), 0, 0);
        }
        self.emit(at, Op::CallMethod, run, 3, run);
        self.unit.temps = temps;
        let result = match is_async {
            true => self.delegate_await(run, 2, Dest::Temp, at)?,
            false => run,
        };
        self.emit(at, Op::Clear, result, 0, 0);
        self.unit.temps = temps;
        Ok(())
    }

    /// `exit(type, value, traceback)`: a true result swallows the exception.
    fn exit_with_exception(&mut self, caught: Label, exit: Reg, is_async: bool, at: TextRange) -> Done {
        self.bind(caught);
        let (exception, saved) = self.hidden_pair(at)?;
        self.emit(at, Op::PushExc, exception, saved, 0);
        let (cleanup, swallowed) = (self.label(), self.label());
        let outside = self.protect(cleanup);
        let run = self.exit_pair(exit, at)?;
        self.emit(at, Op::ExcParts, run.next(2), exception, 0);
        self.emit(at, Op::CallMethod, run, 3, run);
        self.unit.temps = 0;
        let result = match is_async {
            true => self.delegate_await(run, 2, Dest::Temp, at)?,
            false => run,
        };
        self.emit_jump(at, Op::JumpIfTrue, result, 0, 0, swallowed);
        self.unit.temps = 0;
        self.unit.handler = outside;
        self.emit(at, Op::PopExc, saved, 0, 0);
        self.emit(at, Op::Reraise, exception, 0, 0);
        self.bind(swallowed);
        self.emit(at, Op::PopExc, saved, 0, 0);
        self.emit(at, Op::Clear, exception, 0, 0);
        self.emit(at, Op::Clear, exit, 0, 0);
        self.emit(at, Op::Clear, exit.next(1), 0, 0);
        let after = self.label();
        self.jump(at, after);
        self.cleanup(cleanup, saved, at)?;
        self.bind(after);
        self.unit.hidden -= 2;
        Ok(())
    }
}
