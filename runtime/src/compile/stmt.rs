//! Statements, and the ways out of them.

use super::ir::{Label, Reg};
use super::scope::ScopeKind;
use super::unit::{Block, Compiler, Dest, Done, Entered, Val};
use crate::bytecode::{Const, Op};
use crate::syntax::{Fault, Mode};
use ruff_python_ast::{self as ast, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

impl<'t> Compiler<'t> {
    pub(super) fn body(&mut self, body: &'t [Stmt]) -> Done {
        body.iter().try_for_each(|stmt| self.stmt(stmt))
    }

    fn stmt(&mut self, stmt: &'t Stmt) -> Done {
        let at = stmt.range();
        self.check_budget(at)?;
        debug_assert_eq!(self.unit.temps, 0, "a statement starts without temporaries");
        match stmt {
            Stmt::Expr(node) => self.expression(node),
            Stmt::Assign(node) => self.assign(node),
            Stmt::AugAssign(node) => self.augmented(node),
            Stmt::AnnAssign(node) => self.annotated(node),
            Stmt::If(node) => self.if_statement(node),
            Stmt::For(node) if node.is_async => self.async_for(node),
            Stmt::For(node) => self.for_loop(node),
            Stmt::While(node) => self.while_loop(node),
            Stmt::Return(node) => self.return_statement(node),
            Stmt::FunctionDef(node) => self.function(node),
            Stmt::ClassDef(node) => self.class(node),
            Stmt::Try(node) => self.try_statement(node),
            Stmt::With(node) => self.with(node, 0),
            Stmt::Raise(node) => self.raise(node),
            Stmt::Assert(node) => self.assert(node),
            Stmt::Delete(node) => node.targets.iter().try_for_each(|target| self.delete(target)),
            Stmt::Import(node) => self.import(node),
            Stmt::ImportFrom(node) => self.import_from(node),
            Stmt::Match(node) => self.match_statement(node),
            Stmt::Break(_) => self.leave_loop(at, true),
            Stmt::Continue(_) => self.leave_loop(at, false),
            Stmt::Pass(_) | Stmt::Global(_) | Stmt::Nonlocal(_) => Ok(()),
            Stmt::TypeAlias(_) | Stmt::IpyEscapeCommand(_) => Err(Fault::new("invalid syntax", at)),
        }
    }

    fn expression(&mut self, node: &'t ast::StmtExpr) -> Done {
        if self.mode == Mode::Single && self.scope_kind() == ScopeKind::Module {
            let value = self.any(&node.value)?;
            self.emit(node.range, Op::Display, value, 0, 0);
            self.unit.temps = 0;
            return Ok(());
        }
        self.discard(&node.value)
    }

    fn if_statement(&mut self, node: &'t ast::StmtIf) -> Done {
        let end = self.label();
        let mut test = Some(&*node.test);
        let mut body = &node.body;
        let mut clauses = node.elif_else_clauses.iter();
        loop {
            let next = self.label();
            if let Some(test) = test {
                self.condition(test, next, false)?;
            }
            self.body(body)?;
            let following = clauses.next();
            if following.is_some() {
                let last = body.last().map_or(node.range, |stmt| stmt.range());
                self.jump(last, end);
            }
            self.bind(next);
            let Some(clause) = following else { break };
            test = clause.test.as_ref();
            body = &clause.body;
        }
        self.bind(end);
        Ok(())
    }

    fn while_loop(&mut self, node: &'t ast::StmtWhile) -> Done {
        let (again, other, done) = (self.here(), self.label(), self.label());
        self.condition(&node.test, other, false)?;
        self.loop_body(&node.body, again, done, None, node.test.range())?;
        self.bind(other);
        self.body(&node.orelse)?;
        self.bind(done);
        Ok(())
    }

    fn for_loop(&mut self, node: &'t ast::StmtFor) -> Done {
        let at = node.range;
        let iterable = self.any(&node.iter)?;
        self.unit.temps = 0;
        let iterator = self.new_hidden(at)?;
        self.emit(at, Op::GetIter, iterator, iterable, 0);
        let (again, other, done) = (self.here(), self.label(), self.label());
        self.next_item(iterator, &node.target, at, other)?;
        self.loop_body(&node.body, again, done, Some(iterator), at)?;
        self.bind(other);
        self.emit(at, Op::Clear, iterator, 0, 0);
        self.unit.hidden -= 1;
        self.body(&node.orelse)?;
        self.bind(done);
        Ok(())
    }

    /// The body of a loop and the jump back.
    pub(super) fn loop_body(
        &mut self,
        body: &'t [Stmt],
        again: Label,
        done: Label,
        iterator: Option<Reg>,
        at: TextRange,
    ) -> Done {
        self.enter(Block::Loop { again, done, iterator }, at)?;
        self.body(body)?;
        self.unit.blocks.pop();
        self.jump(at, again);
        Ok(())
    }

    fn raise(&mut self, node: &'t ast::StmtRaise) -> Done {
        let Some(exception) = &node.exc else {
            self.emit(node.range, Op::RaiseCurrent, 0, 0, 0);
            return Ok(());
        };
        match &node.cause {
            Some(cause) => {
                let exception = self.operand(exception, cause)?;
                let exception = self.in_register(exception, node.range)?;
                let cause = self.any(cause)?;
                self.emit(node.range, Op::RaiseFrom, exception, cause, 0);
            }
            None => {
                let exception = self.any(exception)?;
                self.emit(node.range, Op::Raise, exception, 0, 0);
            }
        }
        self.unit.temps = 0;
        Ok(())
    }

    fn assert(&mut self, node: &'t ast::StmtAssert) -> Done {
        let at = node.test.range();
        let holds = self.label();
        self.condition(&node.test, holds, true)?;
        let error = self.new_temp(at)?;
        self.emit(at, Op::LoadAssertionError, error, 0, 0);
        if let Some(message) = &node.msg {
            self.temp(message)?;
            self.emit(at, Op::Call, error, 1, error);
        }
        self.emit(at, Op::Raise, error, 0, 0);
        self.unit.temps = 0;
        self.bind(holds);
        Ok(())
    }

    // ---- blocks and the ways out of them ----

    /// Enters a block.
    pub(super) fn enter(&mut self, block: Block<'t>, at: TextRange) -> Done {
        if self.unit.blocks.len() >= 20 {
            return Err(Fault::new("too many statically nested blocks", at));
        }
        self.unit.blocks.push(Entered { block, outer_handler: self.unit.handler });
        Ok(())
    }

    fn leave_loop(&mut self, at: TextRange, is_break: bool) -> Done {
        let index = self.unit.blocks.iter().rposition(|entered| matches!(entered.block, Block::Loop { .. }));
        let Some(index) = index else {
            let message = if is_break { "'break' outside loop" } else { "'continue' not properly in loop" };
            return Err(Fault::new(message, at));
        };
        let Block::Loop { again, done, iterator } = self.unit.blocks[index].block else { return Ok(()) };
        self.unwinding(index + 1, at)?;
        if is_break {
            if let Some(iterator) = iterator {
                self.emit(at, Op::Clear, iterator, 0, 0);
            }
            self.jump(at, done);
        } else {
            self.jump(at, again);
        }
        self.resume();
        Ok(())
    }

    fn return_statement(&mut self, node: &'t ast::StmtReturn) -> Done {
        let at = node.range;
        if !matches!(self.scope_kind(), ScopeKind::Function) {
            return Err(Fault::new("'return' outside function", at));
        }
        let scope = self.scopes.get(self.unit.scope);
        if node.value.is_some() && scope.is_async && scope.is_generator {
            return Err(Fault::new("'return' with value in async generator", at));
        }
        let runs_code =
            |entered: &Entered<'_>| matches!(entered.block, Block::Finally { .. } | Block::With { .. });
        if self.unit.blocks.iter().any(runs_code) {
            return self.return_through(node.value.as_deref(), at);
        }
        let value = match &node.value {
            Some(value) => self.value(value)?,
            None => Val::Const(Const::None),
        };
        let clears = |entered: &Entered<'_>| matches!(entered.block, Block::Handler { name: Some(_), .. });
        let value = match value {
            Val::Reg(reg) if !reg.is_temp() && self.unit.blocks.iter().any(clears) => {
                let copy = self.new_temp(at)?;
                self.emit(at, Op::Move, copy, reg, 0);
                Val::Reg(copy)
            }
            value => value,
        };
        let has_handlers =
            self.unit.blocks.iter().any(|entered| !matches!(entered.block, Block::Loop { .. }));
        if has_handlers {
            self.unwinding(0, at)?;
        }
        self.return_value(value, at)?;
        if has_handlers {
            self.resume();
        }
        self.unit.temps = 0;
        Ok(())
    }

    /// Returns through `finally` clauses and `with` exits: the value waits in a hidden local meanwhile.
    fn return_through(&mut self, value: Option<&'t Expr>, at: TextRange) -> Done {
        let constant = match value {
            Some(value) => self.folded(value)?,
            None => Some(Const::None),
        };
        let held = constant.is_none();
        let value = match (value, constant) {
            (Some(value), None) => Val::Reg(self.hold(value)?),
            (_, constant) => Val::Const(constant.unwrap_or(Const::None)),
        };
        self.unwinding(0, at)?;
        self.return_value(value, at)?;
        self.resume();
        if held {
            self.unit.hidden -= 1;
        }
        self.unit.temps = 0;
        Ok(())
    }

    /// Writes what leaving all blocks from `index` on takes, innermost first. The blocks count as left until
    /// [`resume`](Self::resume).
    fn unwinding(&mut self, index: usize, at: TextRange) -> Done {
        let handler = self.unit.handler;
        let blocks = self.unit.blocks.clone();
        self.unit.left.push((handler, blocks));
        while self.unit.blocks.len() > index {
            let Some(entered) = self.unit.blocks.pop() else { break };
            self.unit.handler = entered.outer_handler;
            match entered.block {
                Block::Loop { iterator: Some(iterator), .. } => {
                    self.emit(at, Op::Clear, iterator, 0, 0);
                }
                Block::Loop { .. } | Block::Try => {}
                Block::Finally { body } => self.body(body)?,
                Block::Handler { exception, saved, name, at } => self.end_handler(exception, saved, name, at),
                Block::Handling { exception, saved } => {
                    self.emit(at, Op::PopExc, saved, 0, 0);
                    self.emit(at, Op::Clear, exception, 0, 0);
                }
                Block::With { exit, is_async, at } => self.exit_normally(exit, is_async, at)?,
            }
        }
        Ok(())
    }

    /// Restores what [`unwinding`](Self::unwinding) left: the code after the jump is inside the blocks.
    fn resume(&mut self) {
        if let Some((handler, blocks)) = self.unit.left.pop() {
            self.unit.handler = handler;
            self.unit.blocks = blocks;
        }
    }

    /// Evaluates an expression for a statement that keeps it in a new hidden local.
    pub(super) fn hold(&mut self, expr: &'t Expr) -> Result<Reg, Fault> {
        let hidden = self.new_hidden(expr.range())?;
        self.expr(expr, Dest::To(hidden))?;
        Ok(hidden)
    }
}
