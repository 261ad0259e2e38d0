//! Arithmetic and comparison.

use crate::bytecode::Op;
use crate::object::compare::{self, CompareOp};
use crate::object::number::{self, BinaryOp};
use crate::object::raise::Raised;
use crate::object::shapes;
use crate::vm::run::has_shape;
use crate::vm::step::{born, step, step_plain};
use taipan_gc::{Cx, Local, Value};

/// Both operands as floats, when at least one is a float and the other a number.
#[inline(always)]
pub(in crate::vm) fn floats(x: Value, y: Value) -> Option<(f64, f64)> {
    if x.is_float() {
        if y.is_float() {
            return Some((x.float_unchecked(), y.float_unchecked()));
        }
        if y.is_int() {
            return Some((x.float_unchecked(), y.int_unchecked() as f64));
        }
    } else if x.is_int() && y.is_float() {
        return Some((x.int_unchecked() as f64, y.float_unchecked()));
    }
    None
}

/// Both operands as ints.
#[inline(always)]
fn ints(x: Value, y: Value) -> Option<(i64, i64)> {
    x.both_int(y).then(|| (x.int_unchecked(), y.int_unchecked()))
}

/// `/`: 48-bit ints are exact as floats, so their quotient is correctly rounded.
#[inline(always)]
pub(in crate::vm) fn quick_true_div(x: Value, y: Value) -> Option<Value> {
    let (a, b) = match ints(x, y) {
        Some((a, b)) => (a as f64, b as f64),
        None => {
            let (a, b) = (x.float_or_nan(), y.float_or_nan());
            if a.is_nan() || b.is_nan() {
                floats(x, y)?
            } else {
                (a, b)
            }
        }
    };
    (b != 0.0).then(|| Value::float(a / b))
}

/// `//` of ints.
#[inline(always)]
pub(in crate::vm) fn quick_floor_div(x: Value, y: Value) -> Option<Value> {
    let (a, b) = ints(x, y)?;
    if b == 0 {
        return None;
    }
    let quotient = a / b;
    Value::int(quotient - i64::from(a % b != 0 && (a ^ b) < 0))
}

/// `%` of ints.
#[inline(always)]
pub(in crate::vm) fn quick_mod(x: Value, y: Value) -> Option<Value> {
    let (a, b) = ints(x, y)?;
    if b == 0 {
        return None;
    }
    let rest = a % b;
    Some(Value::int_wrapping(if rest != 0 && (rest ^ b) < 0 { rest + b } else { rest }))
}

/// `**` of a positive float.
#[inline(always)]
pub(in crate::vm) fn quick_pow(x: Value, y: Value) -> Option<Value> {
    if let Some((a, b)) = ints(x, y) {
        return if b == 2 { x.mul_ints(x) } else { small_power(a, b) };
    }
    let (a, b) = floats(x, y)?;
    if a <= 0.0 || a.is_nan() || b.is_nan() {
        return None;
    }
    let power = a.powf(b);
    power.is_finite().then(|| Value::float(power))
}

fn small_power(a: i64, b: i64) -> Option<Value> {
    let power = a.checked_pow(u32::try_from(b).ok().filter(|&b| b < 64)?)?;
    Value::int(power)
}

macro_rules! bitwise {
    ($name:ident, $op:tt, $doc:literal) => {
        #[doc = $doc]
        #[inline(always)]
        pub(in crate::vm) fn $name(x: Value, y: Value) -> Option<Value> {
            let (a, b) = ints(x, y)?;
            Some(Value::int_wrapping(a $op b))
        }
    };
}
bitwise!(quick_and, &, "`&` of ints.");
bitwise!(quick_or, |, "`|` of ints.");
bitwise!(quick_xor, ^, "`^` of ints.");

/// `<<` of ints, when it fits.
#[inline(always)]
pub(in crate::vm) fn quick_shl(x: Value, y: Value) -> Option<Value> {
    let (a, b) = ints(x, y)?;
    if !(0..48).contains(&b) {
        return None;
    }
    let shifted = (a as i128) << b;
    Value::int(i64::try_from(shifted).ok()?)
}

/// `>>` of ints.
#[inline(always)]
pub(in crate::vm) fn quick_shr(x: Value, y: Value) -> Option<Value> {
    let (a, b) = ints(x, y)?;
    (b >= 0).then(|| Value::int_wrapping(a >> b.min(63)))
}

/// Any binary operation.
#[inline(never)]
pub(in crate::vm) fn binary(
    cx: &mut Cx<'_>,
    op: BinaryOp,
    inplace: bool,
    x: Value,
    y: Value,
) -> Result<Value, Raised> {
    {
        // SAFETY: the operands are in registers, and this doesn't collect.
        let (x, y) = unsafe { (Local::from_value(x), Local::from_value(y)) };
        let quick = number::quick_big(cx, op, x, y).or_else(|| number::quick_join(cx, op, inplace, x, y));
        if let Some(result) = quick {
            return Ok(born(cx, result));
        }
    }
    step(
        cx,
        [x, y],
        |cx, [x, y]| {
            if inplace {
                number::inplace(cx, op, x, y)
            } else {
                number::binary(cx, op, x, y)
            }
        },
    )
}

/// What an instruction computes, and whether in place.
pub(in crate::vm) fn operation(op: Op) -> Option<(BinaryOp, bool)> {
    Some(match op {
        Op::Add | Op::AddK => (BinaryOp::Add, false),
        Op::Sub | Op::SubK => (BinaryOp::Sub, false),
        Op::Mul | Op::MulK => (BinaryOp::Mul, false),
        Op::TrueDiv | Op::TrueDivK => (BinaryOp::TrueDiv, false),
        Op::FloorDiv | Op::FloorDivK => (BinaryOp::FloorDiv, false),
        Op::Mod | Op::ModK => (BinaryOp::Mod, false),
        Op::Pow | Op::PowK => (BinaryOp::Pow, false),
        Op::And | Op::AndK => (BinaryOp::And, false),
        Op::Or | Op::OrK => (BinaryOp::Or, false),
        Op::Xor | Op::XorK => (BinaryOp::Xor, false),
        Op::Shl | Op::ShlK => (BinaryOp::Shl, false),
        Op::Shr | Op::ShrK => (BinaryOp::Shr, false),
        Op::MatMul => (BinaryOp::MatMul, false),
        Op::IAdd | Op::IAddK => (BinaryOp::Add, true),
        Op::ISub | Op::ISubK => (BinaryOp::Sub, true),
        Op::IMul | Op::IMulK => (BinaryOp::Mul, true),
        Op::ITrueDiv => (BinaryOp::TrueDiv, true),
        Op::IFloorDiv => (BinaryOp::FloorDiv, true),
        Op::IMod => (BinaryOp::Mod, true),
        Op::IPow => (BinaryOp::Pow, true),
        Op::IAnd => (BinaryOp::And, true),
        Op::IOr => (BinaryOp::Or, true),
        Op::IXor => (BinaryOp::Xor, true),
        Op::IShl => (BinaryOp::Shl, true),
        Op::IShr => (BinaryOp::Shr, true),
        Op::IMatMul => (BinaryOp::MatMul, true),
        _ => return None,
    })
}

/// Negation, plus, inversion.
#[inline(never)]
pub(in crate::vm) fn unary(cx: &mut Cx<'_>, op: Op, x: Value) -> Result<Value, Raised> {
    step(cx, [x], |cx, [x]| match op {
        Op::Neg => number::negate(cx, x),
        Op::Pos => number::positive(cx, x),
        _ => number::invert(cx, x),
    })
}

/// A comparison with any result.
#[inline(never)]
pub(in crate::vm) fn compare(cx: &mut Cx<'_>, op: CompareOp, x: Value, y: Value) -> Result<Value, Raised> {
    if let Some(holds) = quick_equality(cx, op, x, y) {
        return Ok(Value::bool(holds));
    }
    step(cx, [x, y], |cx, [x, y]| compare::rich(cx, op, x, y))
}

/// `==` and `!=` where no code need run.
#[inline]
fn quick_equality(cx: &Cx<'_>, op: CompareOp, x: Value, y: Value) -> Option<bool> {
    // SAFETY: the operands are in registers, and this doesn't collect.
    let (x, y): (Local<'_>, Local<'_>) = unsafe { (Local::from_value(x), Local::from_value(y)) };
    let equal = match op {
        CompareOp::Eq | CompareOp::Ne => {
            compare::equal_instances(cx, x, y).or_else(|| compare::equal_strings(x, y))?
        }
        _ => return None,
    };
    Some(equal == (op == CompareOp::Eq))
}

/// A comparison as a truth value.
#[inline(never)]
pub(in crate::vm) fn compare_truth(
    cx: &mut Cx<'_>,
    op: CompareOp,
    x: Value,
    y: Value,
) -> Result<bool, Raised> {
    if let Some(holds) = quick_equality(cx, op, x, y) {
        return Ok(holds);
    }
    step_plain(cx, [x, y], |cx, [x, y]| {
        let result = compare::rich(cx, op, x, y)?;
        match result.get(cx).value() {
            Value::TRUE => Ok(true),
            Value::FALSE => Ok(false),
            _ => compare::truth(cx, result),
        }
    })
}

/// `is`
#[inline(always)]
pub(in crate::vm) fn identical(x: Value, y: Value) -> bool {
    x == y
}

/// Truth of immediates; `None` for objects.
#[inline(always)]
pub(in crate::vm) fn quick_truth(x: Value) -> Option<bool> {
    if x.is_int() {
        return Some(x.int_unchecked() != 0);
    }
    if x.is_float() {
        return Some(x.float_unchecked() != 0.0);
    }
    if !x.is_ref() {
        return Some(x == Value::TRUE);
    }
    if has_shape(x, shapes::LIST) {
        // SAFETY: the shape says so.
        return Some(unsafe { &*((x.bits() + 8) as *const crate::object::layout::List) }.len.get() != 0);
    }
    None
}

/// Truth of anything.
#[inline(never)]
pub(in crate::vm) fn truth(cx: &mut Cx<'_>, x: Value) -> Result<bool, Raised> {
    // SAFETY: a register's value, and this doesn't collect.
    if compare::is_always_true(cx, unsafe { Local::from_value(x) }) {
        return Ok(true);
    }
    step_plain(cx, [x], |cx, [x]| compare::truth(cx, x))
}
