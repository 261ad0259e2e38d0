//! Arithmetic and comparison.

use crate::bytecode::Op;
use crate::object::compare::{self, CompareOp};
use crate::object::number::{self, BinaryOp};
use crate::object::raise::Raised;
use crate::object::shapes;
use crate::vm::run::has_shape;
use crate::vm::step::{step, step_plain};
use taipan_gc::{Cx, Value};

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
    step(cx, [x, y], |cx, [x, y]| compare::rich(cx, op, x, y))
}

/// A comparison as a truth value.
#[inline(never)]
pub(in crate::vm) fn compare_truth(
    cx: &mut Cx<'_>,
    op: CompareOp,
    x: Value,
    y: Value,
) -> Result<bool, Raised> {
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
    step_plain(cx, [x], |cx, [x]| compare::truth(cx, x))
}
