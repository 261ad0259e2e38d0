//! Expressions: values into registers.
//!
//! An expression is evaluated for a [`Dest`]. Operands go to the next free temporaries, which are free again when the
//! instruction that reads them is written, so that a result in a fresh temporary always lands in the one that was
//! next at the start. A destination is written by the last instruction only: it may be an operand, and an exception
//! leaves it alone.

use super::fold;
use super::ir::Reg;
use super::unit::{Compiler, Dest, Done, Place, Val};
use crate::bytecode::{Const, Op};
use crate::syntax::{big_integer, code_points, may_hold_surrogates, Fault};
use ruff_python_ast::{self as ast, Expr, Number, Operator, UnaryOp};
use ruff_text_size::{Ranged, TextRange};

impl<'t> Compiler<'t> {
    /// Evaluates an expression; constants come back without any code.
    pub(super) fn value(&mut self, expr: &'t Expr) -> Result<Val, Fault> {
        match expr {
            Expr::BinOp(node) => self.binary(node, Dest::Any),
            Expr::UnaryOp(node) => self.unary(node, Dest::Any),
            _ => match self.constant(expr)? {
                Some(value) => Ok(Val::Const(value)),
                None => Ok(Val::Reg(self.expr(expr, Dest::Any)?)),
            },
        }
    }

    /// Evaluates an expression into the next temporary.
    pub(super) fn temp(&mut self, expr: &'t Expr) -> Result<Reg, Fault> {
        let expected = Reg::temp(self.unit.temps);
        let reg = self.expr(expr, Dest::Temp)?;
        debug_assert_eq!(reg, expected, "a value belongs in the next temporary");
        Ok(reg)
    }

    /// Evaluates an expression into any register.
    pub(super) fn any(&mut self, expr: &'t Expr) -> Result<Reg, Fault> {
        self.expr(expr, Dest::Any)
    }

    /// Evaluates an expression that an operand evaluated after it may rebind: such a local is copied.
    pub(super) fn operand(&mut self, expr: &'t Expr, later: &Expr) -> Result<Val, Fault> {
        let value = self.value(expr)?;
        self.settle(value, later, expr.range())
    }

    /// Copies a local whose variable `later` may rebind.
    pub(super) fn settle(&mut self, value: Val, later: &Expr, at: TextRange) -> Result<Val, Fault> {
        match value {
            Val::Reg(reg) if self.is_walrus_target(reg) && !is_simple(later) => {
                let copy = self.new_temp(at)?;
                self.emit(at, Op::Move, copy, reg, 0);
                Ok(Val::Reg(copy))
            }
            value => Ok(value),
        }
    }

    /// Makes sure that a value is in a register.
    pub(super) fn in_register(&mut self, value: Val, at: TextRange) -> Result<Reg, Fault> {
        match value {
            Val::Const(value) => self.load(value, Dest::Any, at),
            Val::Reg(reg) => Ok(reg),
        }
    }

    /// Puts an evaluated value where `dest` says.
    pub(super) fn deliver(&mut self, value: Val, dest: Dest, at: TextRange) -> Result<Reg, Fault> {
        match (value, dest) {
            (Val::Const(value), dest) => self.load(value, dest, at),
            (Val::Reg(reg), Dest::Any) => Ok(reg),
            (Val::Reg(reg), Dest::Temp) if reg.is_temp() => Ok(reg),
            (Val::Reg(reg), Dest::To(to)) if to == reg => Ok(reg),
            (Val::Reg(reg), dest) => {
                if reg.is_temp() {
                    self.unit.temps -= 1;
                }
                let to = self.register(dest, at)?;
                self.emit(at, Op::Move, to, reg, 0);
                Ok(to)
            }
        }
    }

    /// Loads a constant.
    pub(super) fn load(&mut self, value: Const, dest: Dest, at: TextRange) -> Result<Reg, Fault> {
        let to = self.register(dest, at)?;
        match value {
            Const::None => self.emit(at, Op::LoadImm, to, 0, 0),
            Const::Bool(true) => self.emit(at, Op::LoadImm, to, 1, 0),
            Const::Bool(false) => self.emit(at, Op::LoadImm, to, 2, 0),
            Const::Int(small) if i16::try_from(small).is_ok() => {
                self.emit(at, Op::LoadInt, to, u32::from(small as i16 as u16), 0)
            }
            value => {
                let id = self.unit.constants.id(value);
                self.emit(at, Op::LoadK, to, id, 0)
            }
        };
        Ok(to)
    }

    /// Evaluates an expression.
    pub(super) fn expr(&mut self, expr: &'t Expr, dest: Dest) -> Result<Reg, Fault> {
        let at = expr.range();
        if let Some(value) = self.constant(expr)? {
            return self.load(value, dest, at);
        }
        match expr {
            Expr::Name(node) => self.name(&node.id, at, dest),
            Expr::BinOp(node) => {
                let value = self.binary(node, dest)?;
                self.deliver(value, dest, at)
            }
            Expr::UnaryOp(node) => {
                let value = self.unary(node, dest)?;
                self.deliver(value, dest, at)
            }
            Expr::Attribute(node) => {
                let temps = self.unit.temps;
                let object = self.any(&node.value)?;
                self.unit.temps = temps;
                let to = self.register(dest, at)?;
                let name = self.mangled(&node.attr);
                let at = self.attribute_range(node);
                self.emit_name(at, Op::GetAttr, to, object, 0, &name);
                Ok(to)
            }
            Expr::Subscript(node) => self.subscript(node, dest),
            Expr::Call(node) => self.call(node, dest),
            Expr::BoolOp(node) => self.bool_op(node, dest),
            Expr::Compare(node) => self.compare(node, dest),
            Expr::If(node) => self.conditional(node, dest),
            Expr::Named(node) => self.named(node, dest),
            Expr::Lambda(node) => self.lambda(node, dest),
            Expr::List(node) => self.list(&node.elts, at, dest),
            Expr::Tuple(node) => self.tuple(&node.elts, at, dest),
            Expr::Set(node) => self.set(&node.elts, at, dest),
            Expr::Dict(node) => self.dict(node, dest),
            Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) => {
                self.comprehension(expr, dest)
            }
            Expr::FString(node) => self.f_string(node, dest),
            Expr::Slice(node) => self.slice(node, dest),
            Expr::Yield(node) => self.yield_value(node, dest),
            Expr::YieldFrom(node) => self.yield_from(node, dest),
            Expr::Await(node) => self.await_value(node, dest),
            Expr::Starred(_) => Err(Fault::new("can't use starred expression here", at)),
            _ => Err(Fault::new("invalid syntax", at)),
        }
    }

    /// Evaluates an expression for its effects.
    pub(super) fn discard(&mut self, expr: &'t Expr) -> Done {
        let temps = self.unit.temps;
        if let Val::Reg(reg) = self.value(expr)? {
            if reg.is_temp() {
                self.emit(expr.range(), Op::Clear, reg, 0, 0);
            }
        }
        self.unit.temps = temps;
        Ok(())
    }

    /// Reads a variable.
    pub(super) fn name(&mut self, name: &str, at: TextRange, dest: Dest) -> Result<Reg, Fault> {
        let name = self.mangled(name);
        let place = self.place(&name);
        if let Place::Local(reg) = place {
            self.emit(at, Op::CheckLocal, reg, 0, 0);
            return self.deliver(Val::Reg(reg), dest, at);
        }
        let to = self.register(dest, at)?;
        match place {
            Place::Cell(cell) => {
                self.emit(at, Op::LoadCell, to, cell, 0);
            }
            Place::Namespace => self.emit_name(at, Op::LoadName, to, Reg::local(0), 0, &name),
            Place::NamespaceOrCell(cell) => {
                self.emit_name(at, Op::LoadNameOrCell, to, Reg::local(0), cell, &name);
            }
            Place::Global | Place::Local(_) => self.emit_name(at, Op::LoadGlobal, to, 0, 0, &name),
        }
        Ok(to)
    }

    /// `name := value`
    fn named(&mut self, node: &'t ast::ExprNamed, dest: Dest) -> Result<Reg, Fault> {
        let Expr::Name(target) = &*node.target else {
            return Err(Fault::new("cannot use assignment expressions with expression", &*node.target));
        };
        let name = self.mangled(&target.id);
        if let Place::Local(reg) = self.place(&name) {
            self.expr(&node.value, Dest::To(reg))?;
            return self.deliver(Val::Reg(reg), dest, node.range);
        }
        // The value is needed twice, and reading a temporary consumes it.
        let hidden = self.new_hidden(node.range)?;
        self.expr(&node.value, Dest::To(hidden))?;
        self.store_name(&target.id, hidden, node.range)?;
        let to = self.register(dest, node.range)?;
        self.emit(node.range, Op::Move, to, hidden, 0);
        self.emit(node.range, Op::Clear, hidden, 0, 0);
        self.unit.hidden -= 1;
        Ok(to)
    }

    fn binary(&mut self, node: &'t ast::ExprBinOp, dest: Dest) -> Result<Val, Fault> {
        let temps = self.unit.temps;
        let left = self.operand(&node.left, &node.right)?;
        let right = self.value(&node.right)?;
        if let (Val::Const(left), Val::Const(right)) = (&left, &right) {
            if let Some(value) = fold::binary(node.op, left, right) {
                return Ok(Val::Const(value));
            }
        }
        self.operate(binary_ops(node.op), (left, right), temps, dest, node.range).map(Val::Reg)
    }

    /// Writes a binary operation on evaluated operands; temporaries from `temps` on are theirs.
    pub(super) fn operate(
        &mut self,
        (plain, short): (Op, Option<Op>),
        (left, right): (Val, Val),
        temps: usize,
        dest: Dest,
        at: TextRange,
    ) -> Result<Reg, Fault> {
        let left = self.in_register(left, at)?;
        let (op, right) = match (short, right) {
            (Some(short), Val::Const(value)) if is_short_operand(&value) => {
                match self.unit.constants.short_id(&value) {
                    Some(id) => (short, super::ir::Arg(id)),
                    None => (plain, self.load(value, Dest::Any, at)?.into()),
                }
            }
            (_, right) => (plain, self.in_register(right, at)?.into()),
        };
        self.unit.temps = temps;
        let to = self.register(dest, at)?;
        self.emit(at, op, to, left, right.0);
        Ok(to)
    }

    fn unary(&mut self, node: &'t ast::ExprUnaryOp, dest: Dest) -> Result<Val, Fault> {
        let temps = self.unit.temps;
        let value = self.value(&node.operand)?;
        if let Val::Const(value) = &value {
            if let Some(value) = fold::unary(node.op, value) {
                return Ok(Val::Const(value));
            }
        }
        let op = match node.op {
            UnaryOp::Not => Op::Not,
            UnaryOp::USub => Op::Neg,
            UnaryOp::UAdd => Op::Pos,
            UnaryOp::Invert => Op::Invert,
        };
        let operand = self.in_register(value, node.range)?;
        self.unit.temps = temps;
        let to = self.register(dest, node.range)?;
        self.emit(node.range, op, to, operand, 0);
        Ok(Val::Reg(to))
    }

    fn subscript(&mut self, node: &'t ast::ExprSubscript, dest: Dest) -> Result<Reg, Fault> {
        let temps = self.unit.temps;
        let object = self.operand(&node.value, &node.slice)?;
        let object = self.in_register(object, node.range)?;
        if let Expr::Slice(slice) = &*node.slice {
            let first = self.slice_parts(slice)?;
            self.unit.temps = temps;
            let to = self.register(dest, node.range)?;
            self.emit(node.range, Op::GetSlice, to, object, first);
            return Ok(to);
        }
        let index = self.value(&node.slice)?;
        self.operate((Op::GetItem, Some(Op::GetItemK)), (Val::Reg(object), index), temps, dest, node.range)
    }

    /// A slice as an object.
    fn slice(&mut self, node: &'t ast::ExprSlice, dest: Dest) -> Result<Reg, Fault> {
        let temps = self.unit.temps;
        let first = self.slice_parts(node)?;
        self.unit.temps = temps;
        let to = self.register(dest, node.range)?;
        self.emit(node.range, Op::BuildSlice, to, first, 0);
        Ok(to)
    }

    /// The three parts of a slice in the next temporaries; the first of them.
    pub(super) fn slice_parts(&mut self, node: &'t ast::ExprSlice) -> Result<Reg, Fault> {
        let first = Reg::temp(self.unit.temps);
        for part in [&node.lower, &node.upper, &node.step] {
            match part {
                Some(part) => self.temp(part)?,
                None => self.load(Const::None, Dest::Temp, node.range)?,
            };
        }
        Ok(first)
    }

    /// The part of an attribute access that a traceback marks: all of it, or its last line.
    pub(super) fn attribute_range(&self, node: &ast::ExprAttribute) -> TextRange {
        if self.lines.line(node.range.start()) == self.lines.line(node.attr.range.start()) {
            return node.range;
        }
        node.attr.range
    }

    // ---- constants ----

    /// The value of an expression that is a constant as it stands: a literal or a tuple of such.
    pub(super) fn constant(&self, expr: &Expr) -> Result<Option<Const>, Fault> {
        Ok(Some(match expr {
            Expr::NoneLiteral(_) => Const::None,
            Expr::BooleanLiteral(node) => Const::Bool(node.value),
            Expr::EllipsisLiteral(_) => Const::Ellipsis,
            Expr::NumberLiteral(node) => self.number(node)?,
            Expr::StringLiteral(node) => self.string(&node.value),
            Expr::BytesLiteral(node) => {
                Const::Bytes(node.value.iter().flat_map(|part| part.value.to_vec()).collect())
            }
            Expr::Name(node) if node.id == "__debug__" => Const::Bool(true),
            Expr::Tuple(node) => {
                return self.constants(&node.elts).map(|items| items.map(|all| Const::Tuple(all.into())))
            }
            _ => return Ok(None),
        }))
    }

    /// The values of expressions that are all constants, operations on constants included.
    pub(super) fn constants(&self, exprs: &[Expr]) -> Result<Option<Vec<Const>>, Fault> {
        let mut values = Vec::new();
        for expr in exprs {
            match self.folded(expr)? {
                Some(value) => values.push(value),
                None => return Ok(None),
            }
        }
        Ok(Some(values))
    }

    /// The value of a constant expression, operations included.
    pub(super) fn folded(&self, expr: &Expr) -> Result<Option<Const>, Fault> {
        match expr {
            Expr::UnaryOp(node) => {
                Ok(self.folded(&node.operand)?.and_then(|value| fold::unary(node.op, &value)))
            }
            Expr::BinOp(node) => {
                let Some(right) = self.folded(&node.right)? else { return Ok(None) };
                let Some(left) = self.folded(&node.left)? else { return Ok(None) };
                Ok(fold::binary(node.op, &left, &right))
            }
            _ => self.constant(expr),
        }
    }

    fn number(&self, node: &ast::ExprNumberLiteral) -> Result<Const, Fault> {
        Ok(match &node.value {
            Number::Int(value) => match value.as_i64() {
                Some(small) => Const::Int(small),
                None => fold::integer(big_integer(self.source(node.range), node.range)?),
            },
            Number::Float(value) => Const::Float(*value),
            Number::Complex { imag, .. } => Const::Imaginary(*imag),
        })
    }

    /// The value of a string literal, all its parts together.
    pub(super) fn string(&self, value: &ast::StringLiteralValue) -> Const {
        let suspect = |part: &ast::StringLiteral| {
            may_hold_surrogates(&part.value, self.source(part.range)) && !is_raw(part)
        };
        if !value.iter().any(suspect) {
            return Const::Str(value.to_str().into());
        }
        let mut points = Vec::new();
        for part in value {
            if suspect(part) {
                points.extend(code_points(self.source(part.content_range()), &part.value, false));
            } else {
                points.extend(part.value.chars().map(u32::from));
            }
        }
        text(points)
    }

    /// The source of a node.
    pub(super) fn source(&self, range: TextRange) -> &'t str {
        self.lines.text().get(range.start().to_usize()..range.end().to_usize()).unwrap_or("")
    }
}

fn is_raw(part: &ast::StringLiteral) -> bool {
    matches!(part.flags.prefix(), ast::str_prefix::StringLiteralPrefix::Raw { .. })
}

/// A string constant from code points.
pub(super) fn text(points: Vec<u32>) -> Const {
    match points.iter().map(|point| char::from_u32(*point)).collect::<Option<String>>() {
        Some(text) => Const::Str(text.into()),
        None => Const::Wide(points.into()),
    }
}

/// Whether evaluating an expression can't rebind a variable.
fn is_simple(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::Name(_)
            | Expr::NumberLiteral(_)
            | Expr::StringLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::EllipsisLiteral(_)
    )
}

/// Whether a constant may be an 8-bit constant operand.
fn is_short_operand(value: &Const) -> bool {
    matches!(value, Const::Int(_) | Const::Float(_) | Const::Str(_))
}

/// The opcode of an operator, and its form with a constant on the right.
pub(super) fn binary_ops(op: Operator) -> (Op, Option<Op>) {
    match op {
        Operator::Add => (Op::Add, Some(Op::AddK)),
        Operator::Sub => (Op::Sub, Some(Op::SubK)),
        Operator::Mult => (Op::Mul, Some(Op::MulK)),
        Operator::MatMult => (Op::MatMul, None),
        Operator::Div => (Op::TrueDiv, Some(Op::TrueDivK)),
        Operator::Mod => (Op::Mod, Some(Op::ModK)),
        Operator::Pow => (Op::Pow, Some(Op::PowK)),
        Operator::LShift => (Op::Shl, Some(Op::ShlK)),
        Operator::RShift => (Op::Shr, Some(Op::ShrK)),
        Operator::BitOr => (Op::Or, Some(Op::OrK)),
        Operator::BitXor => (Op::Xor, Some(Op::XorK)),
        Operator::BitAnd => (Op::And, Some(Op::AndK)),
        Operator::FloorDiv => (Op::FloorDiv, Some(Op::FloorDivK)),
    }
}

/// The opcode of an augmented assignment, and its form with a constant on the right.
pub(super) fn in_place_ops(op: Operator) -> (Op, Option<Op>) {
    match op {
        Operator::Add => (Op::IAdd, Some(Op::IAddK)),
        Operator::Sub => (Op::ISub, Some(Op::ISubK)),
        Operator::Mult => (Op::IMul, Some(Op::IMulK)),
        Operator::MatMult => (Op::IMatMul, None),
        Operator::Div => (Op::ITrueDiv, None),
        Operator::Mod => (Op::IMod, None),
        Operator::Pow => (Op::IPow, None),
        Operator::LShift => (Op::IShl, None),
        Operator::RShift => (Op::IShr, None),
        Operator::BitOr => (Op::IOr, None),
        Operator::BitXor => (Op::IXor, None),
        Operator::BitAnd => (Op::IAnd, None),
        Operator::FloorDiv => (Op::IFloorDiv, None),
    }
}
