//! Expressions that are control flow: `and`, `or`, comparisons, `if`–`else`, and conditions of statements, which jump
//! without making a bool first.

use super::fold;
use super::ir::{Arg, Label, Reg};
use super::unit::{Compiler, Dest, Done, Val};
use crate::bytecode::{Const, Op};
use crate::syntax::Fault;
use ruff_python_ast::{self as ast, BoolOp, CmpOp, Expr, UnaryOp};
use ruff_text_size::{Ranged, TextRange};

impl<'t> Compiler<'t> {
    /// Jumps to `to` when the truth of an expression is `when`, else goes on.
    pub(super) fn condition(&mut self, expr: &'t Expr, to: Label, when: bool) -> Done {
        let at = expr.range();
        match expr {
            Expr::UnaryOp(node) if node.op == UnaryOp::Not => self.condition(&node.operand, to, !when),
            Expr::BoolOp(node) => self.bool_condition(node, to, when),
            Expr::Compare(node) if node.ops.len() == 1 => {
                let temps = self.unit.temps;
                let left = self.operand(&node.left, &node.comparators[0])?;
                let right = self.comparand(node.ops[0], &node.comparators[0])?;
                self.compare_jump(node.ops[0], left, right, to, when, at)?;
                self.unit.temps = temps;
                Ok(())
            }
            Expr::Compare(node) => self.chain_condition(node, to, when),
            Expr::If(node) => {
                let (other, end) = (self.label(), self.label());
                self.condition(&node.test, other, false)?;
                self.condition(&node.body, to, when)?;
                self.jump(at, end);
                self.bind(other);
                self.condition(&node.orelse, to, when)?;
                self.bind(end);
                Ok(())
            }
            _ => {
                let temps = self.unit.temps;
                match self.value(expr)? {
                    Val::Const(value) => {
                        if fold::truth(&value) == when {
                            self.jump(at, to);
                        }
                    }
                    Val::Reg(reg) => {
                        let op = if when { Op::JumpIfTrue } else { Op::JumpIfFalse };
                        self.emit_jump(at, op, reg, 0, 0, to);
                    }
                }
                self.unit.temps = temps;
                Ok(())
            }
        }
    }

    fn bool_condition(&mut self, node: &'t ast::ExprBoolOp, to: Label, when: bool) -> Done {
        let Some((last, others)) = node.values.split_last() else { return Ok(()) };
        // The outcome that one operand alone decides.
        let decisive = node.op == BoolOp::Or;
        if when == decisive {
            others.iter().try_for_each(|value| self.condition(value, to, when))?;
            return self.condition(last, to, when);
        }
        let end = self.label();
        others.iter().try_for_each(|value| self.condition(value, end, decisive))?;
        self.condition(last, to, when)?;
        self.bind(end);
        Ok(())
    }

    /// `and` and `or` as values.
    pub(super) fn bool_op(&mut self, node: &'t ast::ExprBoolOp, dest: Dest) -> Result<Reg, Fault> {
        let temps = self.unit.temps;
        let end = self.label();
        let op = match node.op {
            BoolOp::And => Op::JumpIfFalseOrDrop,
            BoolOp::Or => Op::JumpIfTrueOrDrop,
        };
        let Some((last, others)) = node.values.split_last() else {
            return Err(Fault::new("invalid syntax", node));
        };
        for value in others {
            let reg = self.temp(value)?;
            self.emit_jump(value.range(), op, reg, 0, 0, end);
            self.unit.temps = temps;
        }
        let reg = self.temp(last)?;
        self.bind(end);
        self.deliver(Val::Reg(reg), dest, node.range)
    }

    /// `body if test else orelse`
    pub(super) fn conditional(&mut self, node: &'t ast::ExprIf, dest: Dest) -> Result<Reg, Fault> {
        let temps = self.unit.temps;
        let (other, end) = (self.label(), self.label());
        let dest = if let Dest::Any = dest { Dest::Temp } else { dest };
        self.condition(&node.test, other, false)?;
        self.expr(&node.body, dest)?;
        self.jump(node.range, end);
        self.bind(other);
        self.unit.temps = temps;
        let reg = self.expr(&node.orelse, dest)?;
        self.bind(end);
        Ok(reg)
    }

    /// The right side of a comparison; `in [1, 2]` looks in a tuple, `in {1, 2}` in a frozenset.
    fn comparand(&mut self, op: CmpOp, expr: &'t Expr) -> Result<Val, Fault> {
        if matches!(op, CmpOp::In | CmpOp::NotIn) {
            match expr {
                Expr::List(node) => {
                    if let Some(items) = self.constants(&node.elts)? {
                        return Ok(Val::Const(Const::Tuple(items.into())));
                    }
                }
                Expr::Set(node) => {
                    if let Some(items) = self.constants(&node.elts)? {
                        return Ok(Val::Const(Const::FrozenSet(items.into())));
                    }
                }
                _ => {}
            }
        }
        self.value(expr)
    }

    /// Compares two evaluated operands into a register.
    fn compare_into(&mut self, op: CmpOp, left: Reg, right: Reg, to: Reg, at: TextRange) {
        let op = match op {
            CmpOp::Eq => Op::Eq,
            CmpOp::NotEq => Op::Ne,
            CmpOp::Lt => Op::Lt,
            CmpOp::LtE => Op::Le,
            CmpOp::Gt => Op::Gt,
            CmpOp::GtE => Op::Ge,
            CmpOp::Is => Op::Is,
            CmpOp::IsNot => Op::IsNot,
            CmpOp::In => Op::In,
            CmpOp::NotIn => Op::NotIn,
        };
        self.emit(at, op, to, left, right);
    }

    /// Compares two evaluated operands and jumps.
    fn compare_jump(
        &mut self,
        op: CmpOp,
        left: Val,
        right: Val,
        to: Label,
        when: bool,
        at: TextRange,
    ) -> Done {
        if let (CmpOp::Is | CmpOp::IsNot, Val::Const(Const::None)) = (op, &right) {
            let left = self.in_register(left, at)?;
            self.emit_jump(at, Op::JumpIfNone, left, when == (op == CmpOp::Is), 0, to);
            return Ok(());
        }
        let Some((plain, short)) = fused(op) else {
            let left = self.in_register(left, at)?;
            let right = self.in_register(right, at)?;
            let outcome = self.new_temp(at)?;
            self.compare_into(op, left, right, outcome, at);
            self.emit_jump(at, if when { Op::JumpIfTrue } else { Op::JumpIfFalse }, outcome, 0, 0, to);
            return Ok(());
        };
        let left = self.in_register(left, at)?;
        if let Val::Const(value @ (Const::Int(_) | Const::Float(_) | Const::Str(_))) = &right {
            if let Some(id) = self.unit.constants.short_id(value) {
                self.emit_jump(at, short, left, Arg(id), when, to);
                return Ok(());
            }
        }
        let right = self.in_register(right, at)?;
        self.emit_jump(at, plain, left, right, when, to);
        Ok(())
    }

    /// A comparison as a value.
    pub(super) fn compare(&mut self, node: &'t ast::ExprCompare, dest: Dest) -> Result<Reg, Fault> {
        let at = node.range;
        let temps = self.unit.temps;
        if let ([op], [right]) = (&*node.ops, &*node.comparators) {
            let left = self.operand(&node.left, right)?;
            let right = self.comparand(*op, right)?;
            let left = self.in_register(left, at)?;
            let right = self.in_register(right, at)?;
            self.unit.temps = temps;
            let to = self.register(dest, at)?;
            self.compare_into(*op, left, right, to, at);
            return Ok(to);
        }
        let end = self.label();
        let mut shared = Shared::default();
        let mut left = self.operand(&node.left, &node.comparators[0])?;
        let last = node.ops.len() - 1;
        for (index, (op, right)) in node.ops.iter().zip(&node.comparators).enumerate() {
            let value =
                if index == last { self.comparand(*op, right)? } else { self.shared(&mut shared, right)? };
            let (a, b) = (self.in_register(left, at)?, self.in_register(value.clone(), at)?);
            self.unit.temps = temps;
            let outcome = self.new_temp(at)?;
            self.compare_into(*op, a, b, outcome, at);
            if index < last {
                self.emit_jump(at, Op::JumpIfFalseOrDrop, outcome, 0, 0, end);
                self.unit.temps = temps;
            }
            left = value;
        }
        self.bind(end);
        self.release(shared, at);
        self.deliver(Val::Reg(Reg::temp(temps)), dest, at)
    }

    /// A chained comparison as a condition.
    fn chain_condition(&mut self, node: &'t ast::ExprCompare, to: Label, when: bool) -> Done {
        let at = node.range;
        let temps = self.unit.temps;
        let (fails, end) = (self.label(), self.label());
        let mut shared = Shared::default();
        let mut left = self.operand(&node.left, &node.comparators[0])?;
        let last = node.ops.len() - 1;
        for (index, (op, right)) in node.ops.iter().zip(&node.comparators).enumerate() {
            let value =
                if index == last { self.comparand(*op, right)? } else { self.shared(&mut shared, right)? };
            self.compare_jump(*op, left, value.clone(), fails, false, at)?;
            self.unit.temps = temps;
            left = value;
        }
        // All hold here, and not all at `fails`; either way the shared operands are dropped.
        self.clear(&shared, at);
        self.jump(at, if when { to } else { end });
        self.bind(fails);
        self.release(shared, at);
        if !when {
            self.jump(at, to);
        }
        self.bind(end);
        Ok(())
    }

    /// Evaluates an operand that two comparisons read: reading a temporary would consume it.
    fn shared(&mut self, shared: &mut Shared, expr: &'t Expr) -> Result<Val, Fault> {
        let at = expr.range();
        if let Some(value) = self.constant(expr)? {
            return Ok(Val::Const(value));
        }
        if let Expr::Name(_) = expr {
            let temps = self.unit.temps;
            let reg = self.any(expr)?;
            if reg.is_local() && !self.is_walrus_target(reg) {
                return Ok(Val::Reg(reg));
            }
            if reg.is_temp() {
                let hidden = self.shared_register(shared, at)?;
                self.emit(at, Op::Move, hidden, reg, 0);
                self.unit.temps = temps;
                return Ok(Val::Reg(hidden));
            }
        }
        let hidden = self.shared_register(shared, at)?;
        self.expr(expr, Dest::To(hidden))?;
        Ok(Val::Reg(hidden))
    }

    /// The next of two hidden locals that take turns.
    fn shared_register(&mut self, shared: &mut Shared, at: TextRange) -> Result<Reg, Fault> {
        let index = shared.used % 2;
        shared.used += 1;
        if let Some(reg) = shared.registers[index] {
            return Ok(reg);
        }
        let reg = self.new_hidden(at)?;
        shared.registers[index] = Some(reg);
        Ok(reg)
    }

    fn clear(&mut self, shared: &Shared, at: TextRange) {
        for reg in shared.registers.iter().flatten() {
            self.emit(at, Op::Clear, *reg, 0, 0);
        }
    }

    fn release(&mut self, shared: Shared, at: TextRange) {
        self.clear(&shared, at);
        self.unit.hidden -= shared.registers.iter().flatten().count();
    }
}

/// The hidden locals of a chained comparison.
#[derive(Default)]
struct Shared {
    registers: [Option<Reg>; 2],
    used: usize,
}

/// The compare-and-jump of an operator, and its form with a constant on the right.
fn fused(op: CmpOp) -> Option<(Op, Op)> {
    Some(match op {
        CmpOp::Eq => (Op::JumpEq, Op::JumpEqK),
        CmpOp::NotEq => (Op::JumpNe, Op::JumpNeK),
        CmpOp::Lt => (Op::JumpLt, Op::JumpLtK),
        CmpOp::LtE => (Op::JumpLe, Op::JumpLeK),
        CmpOp::Gt => (Op::JumpGt, Op::JumpGtK),
        CmpOp::GtE => (Op::JumpGe, Op::JumpGeK),
        CmpOp::Is | CmpOp::IsNot | CmpOp::In | CmpOp::NotIn => return None,
    })
}
