//! Assignments of every kind, and `del`.

use super::expr::{binary_ops, in_place_ops};
use super::ir::Reg;
use super::scope::ScopeKind;
use super::unit::{Compiler, Dest, Done, Place, Val};
use crate::bytecode::{Const, Op};
use crate::syntax::Fault;
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange};
use std::collections::HashSet;

impl<'t> Compiler<'t> {
    /// Stores a register in a variable.
    pub(super) fn store_name(&mut self, name: &str, value: Reg, at: TextRange) -> Done {
        let name = self.mangled(name);
        match self.place(&name) {
            Place::Local(reg) if reg == value => {}
            Place::Local(reg) => {
                self.emit(at, Op::Move, reg, value, 0);
            }
            Place::Cell(cell) => {
                self.emit(at, Op::StoreCell, cell, value, 0);
            }
            Place::Global => self.emit_name(at, Op::StoreGlobal, value, 0, 0, &name),
            Place::Namespace | Place::NamespaceOrCell(_) => {
                self.emit_name(at, Op::StoreName, Reg::local(0), value, 0, &name);
            }
        }
        Ok(())
    }

    /// Defines a variable with what `make` produces, straight in its register if it has one.
    pub(super) fn define(
        &mut self,
        name: &str,
        at: TextRange,
        make: impl FnOnce(&mut Self, Dest) -> Result<Reg, Fault>,
    ) -> Done {
        let temps = self.unit.temps;
        let dest = match self.place(&self.mangled(name)) {
            Place::Local(reg) => Dest::To(reg),
            _ => Dest::Any,
        };
        let value = make(self, dest)?;
        self.store_name(name, value, at)?;
        self.unit.temps = temps;
        Ok(())
    }

    /// Stores a register in a target.
    pub(super) fn store(&mut self, target: &'t Expr, value: Reg) -> Done {
        let temps = self.unit.temps;
        match target {
            Expr::Name(node) => self.store_name(&node.id, value, node.range)?,
            Expr::Attribute(node) => {
                let object = self.any(&node.value)?;
                let name = self.mangled(&node.attr);
                let at = self.attribute_range(node);
                self.emit_name(at, Op::SetAttr, object, value, 0, &name);
            }
            Expr::Subscript(node) => {
                let object = self.operand(&node.value, &node.slice)?;
                let object = self.in_register(object, node.range)?;
                if let Expr::Slice(slice) = &*node.slice {
                    let first = self.slice_parts(slice)?;
                    self.emit(node.range, Op::SetSlice, object, first, value);
                } else {
                    let index = self.any(&node.slice)?;
                    self.emit(node.range, Op::SetItem, object, index, value);
                }
            }
            Expr::Tuple(node) => self.unpack(&node.elts, value, node.range)?,
            Expr::List(node) => self.unpack(&node.elts, value, node.range)?,
            Expr::Starred(node) => {
                return Err(Fault::new("starred assignment target must be in a list or tuple", node));
            }
            other => return Err(Fault::new("cannot assign to expression", other)),
        }
        self.unit.temps = temps;
        Ok(())
    }

    /// Unpacks a register into targets.
    fn unpack(&mut self, targets: &'t [Expr], value: Reg, at: TextRange) -> Done {
        let mut starred = targets.iter().enumerate().filter(|(_, target)| target.is_starred_expr());
        let star = starred.next().map(|(index, _)| index);
        if starred.next().is_some() {
            return Err(Fault::new("multiple starred expressions in assignment", at));
        }
        if targets.len() > 200 {
            let message = if star.is_some() {
                "too many expressions in star-unpacking assignment"
            } else {
                "too many targets in an unpacking assignment (the limit of Taipan is 200)"
            };
            return Err(Fault::new(message, at));
        }
        if let (None, Some(first)) = (star, self.run_of_locals(targets)) {
            self.emit(at, Op::Unpack, first, value, targets.len() as u32);
            return Ok(());
        }
        let first = self.unit.temps;
        for _ in targets {
            self.new_temp(at)?;
        }
        let run = Reg::temp(first);
        match star {
            None => self.emit(at, Op::Unpack, run, value, targets.len() as u32),
            Some(before) => {
                let after = (targets.len() - before - 1) as u32;
                self.emit_ext(at, Op::UnpackStar, run, value, before as u32, after)
            }
        };
        for (index, target) in targets.iter().enumerate() {
            let target = if let Expr::Starred(inner) = target { &inner.value } else { target };
            self.store(target, run.next(index))?;
        }
        Ok(())
    }

    pub(super) fn assign(&mut self, node: &'t ast::StmtAssign) -> Done {
        let temps = self.unit.temps;
        match &node.targets[..] {
            [Expr::Name(target)] => {
                return self.define(&target.id, target.range, |this, dest| this.expr(&node.value, dest));
            }
            [Expr::Tuple(ast::ExprTuple { elts, .. }) | Expr::List(ast::ExprList { elts, .. })] => {
                if let Some(values) = parallel(elts, &node.value) {
                    if values.len() <= self.run_limit().min(8) {
                        return self.assign_parallel(elts, values);
                    }
                }
                let value = self.any(&node.value)?;
                self.store(&node.targets[0], value)?;
            }
            [target] => {
                let value = self.operand(&node.value, target)?;
                let value = self.in_register(value, node.range)?;
                self.store(target, value)?;
            }
            targets => self.assign_many(targets, &node.value)?,
        }
        self.unit.temps = temps;
        Ok(())
    }

    /// `a = b = value`, from left to right.
    fn assign_many(&mut self, targets: &'t [Expr], value: &'t Expr) -> Done {
        let at = value.range();
        if let Some(constant) = self.folded(value)? {
            for target in targets {
                let temps = self.unit.temps;
                match target {
                    Expr::Name(name) => {
                        self.define(&name.id, name.range, |this, dest| {
                            this.load(constant.clone(), dest, at)
                        })?;
                    }
                    _ => {
                        let reg = self.load(constant.clone(), Dest::Any, at)?;
                        self.store(target, reg)?;
                    }
                }
                self.unit.temps = temps;
            }
            return Ok(());
        }
        if let Some((register, others)) = self.first_local(targets) {
            self.expr(value, Dest::To(register))?;
            return others.iter().try_for_each(|target| self.store(target, register));
        }
        let hidden = self.new_hidden(at)?;
        self.expr(value, Dest::To(hidden))?;
        for target in targets {
            self.store(target, hidden)?;
        }
        self.emit(at, Op::Clear, hidden, 0, 0);
        self.unit.hidden -= 1;
        Ok(())
    }

    /// The first target's register, if it is a local that storing the others cannot rebind, and the others.
    fn first_local(&self, targets: &'t [Expr]) -> Option<(Reg, &'t [Expr])> {
        let (first, others) = targets.split_first()?;
        let register = self.distinct_locals(std::slice::from_ref(first))?[0];
        let harmless = |target: &Expr| match target {
            Expr::Name(name) => {
                !matches!(self.place(&self.mangled(&name.id)), Place::Local(reg) if reg == register)
            }
            Expr::Attribute(_) | Expr::Subscript(_) => true,
            _ => false,
        };
        (!self.is_walrus_target(register) && others.iter().all(harmless)).then_some((register, others))
    }

    /// `a, b = c, d` without a tuple: every value is evaluated before the first is stored.
    fn assign_parallel(&mut self, targets: &'t [Expr], values: &'t [Expr]) -> Done {
        let temps = self.unit.temps;
        let locals = self.distinct_locals(targets);
        let mut pending: Vec<Option<Val>> = Vec::new();
        let last = values.iter().rposition(|value| !matches!(self.folded(value), Ok(Some(_))));
        for (index, value) in values.iter().enumerate() {
            let at = value.range();
            if let Some(constant) = self.folded(value)? {
                pending.push(Some(Val::Const(constant)));
                continue;
            }
            match &locals {
                // The last value can go where it belongs: all others are safe in temporaries.
                Some(locals) if last == Some(index) => {
                    self.expr(value, Dest::To(locals[index]))?;
                    pending.push(None);
                }
                _ => {
                    let reg = self.expr(value, Dest::Temp)?;
                    debug_assert!(reg.is_temp(), "{at:?}");
                    pending.push(Some(Val::Reg(reg)));
                }
            }
        }
        for (target, value) in targets.iter().zip(pending) {
            let Some(value) = value else { continue };
            match (target, value) {
                (Expr::Name(name), Val::Const(value)) => {
                    self.define(&name.id, name.range, |this, dest| this.load(value, dest, name.range))?;
                }
                (target, value) => {
                    let above = self.unit.temps;
                    let reg = self.in_register(value, target.range())?;
                    self.store(target, reg)?;
                    self.unit.temps = above;
                }
            }
        }
        self.unit.temps = temps;
        Ok(())
    }

    /// The first register of targets that are local variables in registers behind each other.
    fn run_of_locals(&self, targets: &[Expr]) -> Option<Reg> {
        let registers = self.distinct_locals(targets)?;
        let &first = registers.first()?;
        let behind = |(n, &register): (usize, &Reg)| register == first.next(n);
        registers.iter().enumerate().all(behind).then_some(first)
    }

    /// The registers of targets that are all different local variables.
    fn distinct_locals(&self, targets: &[Expr]) -> Option<Vec<Reg>> {
        let mut seen = HashSet::new();
        let mut registers = Vec::new();
        for target in targets {
            let Expr::Name(name) = target else { return None };
            match self.place(&self.mangled(&name.id)) {
                Place::Local(reg) if seen.insert(reg) => registers.push(reg),
                _ => return None,
            }
        }
        Some(registers)
    }

    // ---- augmented ----

    pub(super) fn augmented(&mut self, node: &'t ast::StmtAugAssign) -> Done {
        let temps = self.unit.temps;
        let at = node.range;
        let ops = in_place_ops(node.op);
        debug_assert_eq!(binary_ops(node.op).1.is_none(), node.op == ast::Operator::MatMult);
        match &*node.target {
            Expr::Name(target) => {
                let old = self.name(&target.id, target.range, Dest::Any)?;
                let old = self.settle(Val::Reg(old), &node.value, target.range)?;
                let value = self.value(&node.value)?;
                self.define(&target.id, target.range, |this, dest| {
                    this.operate(ops, (old, value), temps, dest, at)
                })?;
            }
            Expr::Attribute(target) => {
                let (object, hidden) = self.kept(&target.value)?;
                let name = self.mangled(&target.attr);
                let mark = self.attribute_range(target);
                let old = self.new_temp(at)?;
                self.emit_name(mark, Op::GetAttr, old, object, 0, &name);
                let value = self.value(&node.value)?;
                let result = self.operate(ops, (Val::Reg(old), value), temps, Dest::Any, at)?;
                self.emit_name(mark, Op::SetAttr, object, result, 0, &name);
                self.drop_kept(hidden, at);
            }
            Expr::Subscript(target) => {
                let (object, first) = self.kept(&target.value)?;
                let (index, second) = match self.folded(&target.slice)? {
                    Some(constant) => (Val::Const(constant), None),
                    None => {
                        let (index, hidden) = self.kept(&target.slice)?;
                        (Val::Reg(index), hidden)
                    }
                };
                let item = (Op::GetItem, Some(Op::GetItemK));
                let old =
                    self.operate(item, (Val::Reg(object), index.clone()), temps, Dest::Any, target.range)?;
                let value = self.value(&node.value)?;
                let result = self.operate(ops, (Val::Reg(old), value), temps, Dest::Any, at)?;
                let index = self.in_register(index, at)?;
                self.emit(target.range, Op::SetItem, object, index, result);
                self.drop_kept(second, at);
                self.drop_kept(first, at);
            }
            other => return Err(Fault::new("illegal expression for augmented assignment", other)),
        }
        self.unit.temps = temps;
        Ok(())
    }

    /// Evaluates an operand that is read more than once: in its own register if it is a local, else in a hidden one.
    pub(super) fn kept(&mut self, expr: &'t Expr) -> Result<(Reg, Option<Reg>), Fault> {
        if let Expr::Name(node) = expr {
            let name = self.mangled(&node.id);
            if let Place::Local(reg) = self.place(&name) {
                if !self.is_walrus_target(reg) {
                    self.name(&node.id, node.range, Dest::Any)?;
                    return Ok((reg, None));
                }
            }
        }
        let hidden = self.new_hidden(expr.range())?;
        self.expr(expr, Dest::To(hidden))?;
        Ok((hidden, Some(hidden)))
    }

    /// Ends the use of what [`kept`](Self::kept) gave.
    pub(super) fn drop_kept(&mut self, hidden: Option<Reg>, at: TextRange) {
        if let Some(hidden) = hidden {
            self.emit(at, Op::Clear, hidden, 0, 0);
            self.unit.hidden -= 1;
        }
    }

    // ---- annotated ----

    pub(super) fn annotated(&mut self, node: &'t ast::StmtAnnAssign) -> Done {
        let temps = self.unit.temps;
        if let Some(value) = &node.value {
            match &*node.target {
                Expr::Name(target) => {
                    self.define(&target.id, target.range, |this, dest| this.expr(value, dest))?;
                }
                target => {
                    let value = self.operand(value, target)?;
                    let value = self.in_register(value, node.range)?;
                    self.store(target, value)?;
                }
            }
            self.unit.temps = temps;
        }
        let evaluated = matches!(self.scope_kind(), ScopeKind::Module | ScopeKind::Class);
        match &*node.target {
            Expr::Name(target) if node.simple => {
                if evaluated {
                    let annotation = self.annotation(&node.annotation)?;
                    let at = node.range;
                    let map = self.name("__annotations__", at, Dest::Any)?;
                    let name = self.mangled(&target.id);
                    let key = self.load(Const::Str(name), Dest::Any, at)?;
                    self.emit(at, Op::SetItem, map, key, annotation);
                    self.unit.temps = temps;
                }
                return Ok(());
            }
            Expr::Attribute(target) if node.value.is_none() => self.discard(&target.value)?,
            Expr::Subscript(target) if node.value.is_none() => {
                self.discard(&target.value)?;
                self.discard(&target.slice)?;
            }
            _ => {}
        }
        if evaluated && !self.future_annotations {
            self.discard(&node.annotation)?;
        }
        Ok(())
    }

    /// Evaluates an annotation into the next temporary; to its source under the `annotations` future.
    pub(super) fn annotation(&mut self, expr: &'t Expr) -> Result<Reg, Fault> {
        let at = expr.range();
        if self.future_annotations {
            let source = self.source(at).split_whitespace().collect::<Vec<_>>().join(" ");
            return self.load(Const::Str(source.into()), Dest::Temp, at);
        }
        if let Expr::Starred(starred) = expr {
            // `*args: *Ts` takes the one item of Ts.
            let temps = self.unit.temps;
            let value = self.any(&starred.value)?;
            self.unit.temps = temps;
            let item = self.new_temp(at)?;
            self.emit(at, Op::Unpack, item, value, 1);
            return Ok(item);
        }
        self.temp(expr)
    }

    // ---- del ----

    pub(super) fn delete(&mut self, target: &'t Expr) -> Done {
        let temps = self.unit.temps;
        let at = target.range();
        match target {
            Expr::Name(node) => self.delete_name(&node.id, at, true),
            Expr::Attribute(node) => {
                let object = self.any(&node.value)?;
                let name = self.mangled(&node.attr);
                let mark = self.attribute_range(node);
                self.emit_name(mark, Op::DelAttr, object, 0, 0, &name);
            }
            Expr::Subscript(node) => {
                let object = self.operand(&node.value, &node.slice)?;
                let object = self.in_register(object, at)?;
                let index = self.any(&node.slice)?;
                self.emit(at, Op::DelItem, object, index, 0);
            }
            Expr::Tuple(node) => node.elts.iter().try_for_each(|inner| self.delete(inner))?,
            Expr::List(node) => node.elts.iter().try_for_each(|inner| self.delete(inner))?,
            other => return Err(Fault::new("cannot delete expression", other)),
        }
        self.unit.temps = temps;
        Ok(())
    }

    /// `del name`; with `checked` an unbound variable is an error.
    pub(super) fn delete_name(&mut self, name: &str, at: TextRange, checked: bool) {
        let name = self.mangled(name);
        match self.place(&name) {
            Place::Local(reg) => {
                if checked {
                    self.emit(at, Op::CheckLocal, reg, 0, 0);
                }
                self.emit(at, Op::DeleteLocal, reg, 0, 0);
            }
            Place::Cell(cell) => {
                self.emit(at, Op::DeleteCell, cell, i32::from(!checked), 0);
            }
            Place::Global => self.emit_name(at, Op::DeleteGlobal, 0, 0, 0, &name),
            Place::Namespace | Place::NamespaceOrCell(_) => {
                self.emit_name(at, Op::DeleteName, Reg::local(0), 0, 0, &name);
            }
        }
    }
}

/// The values of a display that is assigned to as many targets.
fn parallel<'e>(targets: &[Expr], value: &'e Expr) -> Option<&'e [Expr]> {
    let values = match value {
        Expr::Tuple(node) => &node.elts,
        Expr::List(node) => &node.elts,
        _ => return None,
    };
    let plain = |exprs: &[Expr]| !exprs.iter().any(Expr::is_starred_expr);
    (values.len() == targets.len() && plain(values) && plain(targets)).then_some(values)
}
