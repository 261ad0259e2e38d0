//! Arithmetic of ints and floats.

use super::BinaryOp;
use crate::object::int::{alloc, from_int, view};
use crate::object::raise::text_error as raise_text;
use crate::object::raise::{raise, Raised};
use crate::object::{class, classes, float, heap_limit, immediate, limits, shapes};
use crate::text::int::{self, Int, IntRef};
use taipan_gc::{Cx, Handle, Local, Value};

/// Results of more bits than this are refused: MemoryError, as when CPython runs out of memory.
const LIMIT_BITS: u64 = 1 << 33;

/// A number, copied out of the heap.
pub(super) enum Number {
    Int(Int),
    Float(f64),
}

/// The value as a number, if it is an int or a float.
pub(super) fn number(cx: &Cx<'_>, value: Local<'_>) -> Option<Number> {
    if let Some(x) = float_of(cx, value) {
        return Some(Number::Float(x));
    }
    view(cx, value).map(|i| Number::Int(i.to_int()))
}

/// The value as a float, if it is one, subclasses included.
pub(crate) fn float_of(cx: &Cx<'_>, value: Local<'_>) -> Option<f64> {
    if let Some(x) = value.value().as_float() {
        return Some(x);
    }
    if value.shape().is_some() && class::kind_of(cx, value) == classes::KIND_FLOAT {
        return class::boxed_value(cx, value)?.value().as_float();
    }
    None
}

/// The operation on two numbers; `None` when they don't support it.
pub(super) fn apply<'s>(
    cx: &mut Cx<'s>,
    op: BinaryOp,
    a: Number,
    b: Number,
) -> Result<Option<Handle<'s>>, Raised> {
    match (a, b) {
        (Number::Int(a), Number::Int(b)) => ints(cx, op, a.view(), b.view()),
        (Number::Float(a), Number::Float(b)) => floats(cx, op, a, b),
        (Number::Int(a), Number::Float(b)) => {
            let a = widen(cx, &a)?;
            floats(cx, op, a, b)
        }
        (Number::Float(a), Number::Int(b)) => {
            let b = widen(cx, &b)?;
            floats(cx, op, a, b)
        }
    }
}

fn widen(cx: &mut Cx<'_>, value: &Int) -> Result<f64, Raised> {
    int::to_float(value.view()).map_err(|error| raise_text(cx, error))
}

/// About how many turns of a loop take as long: nothing but for really big ints.
fn effort(op: BinaryOp, a: IntRef<'_>, b: IntRef<'_>, limit_bits: u64) -> u64 {
    let words = |n: IntRef<'_>| int::bit_length(n) / 64;
    let (x, y) = match op {
        BinaryOp::Mul | BinaryOp::FloorDiv | BinaryOp::Mod | BinaryOp::TrueDiv => (words(a), words(b)),
        BinaryOp::Pow => {
            let exponent = b.to_i64().and_then(|n| u64::try_from(n).ok()).unwrap_or(u64::MAX);
            let result = int::bit_length(a).saturating_mul(exponent).min(limit_bits) / 64;
            (result, result)
        }
        _ => return 0,
    };
    // Between the effort of the school's method and that of the best known.
    x.max(y).saturating_mul(x.min(y).isqrt()) / 64
}

fn ints<'s>(
    cx: &mut Cx<'s>,
    op: BinaryOp,
    a: IntRef<'_>,
    b: IntRef<'_>,
) -> Result<Option<Handle<'s>>, Raised> {
    let limit = heap_limit(cx).map_or(LIMIT_BITS, |bytes| LIMIT_BITS.min((bytes as u64).saturating_mul(8)));
    limits::burn(cx, effort(op, a, b, limit))?;
    let result = match op {
        BinaryOp::Add => Ok(int::add(a, b)),
        BinaryOp::Sub => Ok(int::subtract(a, b)),
        BinaryOp::Mul => int::multiply(a, b, limit),
        BinaryOp::FloorDiv => int::floor_divide(a, b),
        BinaryOp::Mod => int::modulo(a, b),
        BinaryOp::And => Ok(int::and(a, b)),
        BinaryOp::Or => Ok(int::or(a, b)),
        BinaryOp::Xor => Ok(int::xor(a, b)),
        BinaryOp::Shl => int::shift_left(a, b, limit),
        BinaryOp::Shr => int::shift_right(a, b),
        BinaryOp::TrueDiv => {
            let quotient = int::true_divide(a, b).map_err(|error| raise_text(cx, error))?;
            return Ok(Some(float(cx, quotient)));
        }
        BinaryOp::Pow if b.is_negative() => {
            let widened = int::to_float(a).and_then(|x| int::to_float(b).map(|y| (x, y)));
            let (x, y) = widened.map_err(|error| raise_text(cx, error))?;
            return floats(cx, op, x, y);
        }
        BinaryOp::Pow => int::power(a, b, limit),
        BinaryOp::MatMul => return Ok(None),
    };
    let result = result.map_err(|error| raise_text(cx, error))?;
    from_int(cx, result).map(Some)
}

/// Numbers up to so many bits are made without asking for room first.
const QUICK_BITS: u64 = 1 << 15;

/// The commonest operations on ints of which one is big or the result is, if nothing can go wrong; never collects.
pub(crate) fn quick_big<'a>(cx: &'a Cx<'_>, op: BinaryOp, a: Local<'a>, b: Local<'a>) -> Option<Local<'a>> {
    let is_int = |value: Local<'_>| value.value().is_int() || value.shape() == Some(shapes::BIGINT);
    if !is_int(a) || !is_int(b) {
        return None;
    }
    let (a, b) = (view(cx, a)?, view(cx, b)?);
    if int::bit_length(a) + int::bit_length(b) > QUICK_BITS {
        return None;
    }
    let result = match op {
        BinaryOp::Add => int::add(a, b),
        BinaryOp::Sub => int::subtract(a, b),
        BinaryOp::Mul => int::multiply(a, b, QUICK_BITS).ok()?,
        BinaryOp::FloorDiv => int::floor_divide(a, b).ok()?,
        BinaryOp::Mod => int::modulo(a, b).ok()?,
        _ => return None,
    };
    match result {
        Int::Small(small) => match Value::int(small).and_then(Local::immediate) {
            Some(local) => Some(local),
            None => alloc(cx, small.into()).ok(),
        },
        Int::Big(big) => alloc(cx, big).ok(),
    }
}

fn floats<'s>(cx: &mut Cx<'s>, op: BinaryOp, a: f64, b: f64) -> Result<Option<Handle<'s>>, Raised> {
    let zero = |cx: &mut Cx<'s>, message| Err(raise(cx, classes::ZERO_DIVISION_ERROR, message));
    let result = match op {
        BinaryOp::Add => a + b,
        BinaryOp::Sub => a - b,
        BinaryOp::Mul => a * b,
        BinaryOp::TrueDiv if b == 0.0 => return zero(cx, "float division by zero"),
        BinaryOp::TrueDiv => a / b,
        BinaryOp::FloorDiv if b == 0.0 => return zero(cx, "float floor division by zero"),
        BinaryOp::FloorDiv => divmod(a, b).0,
        BinaryOp::Mod if b == 0.0 => return zero(cx, "float modulo"),
        BinaryOp::Mod => divmod(a, b).1,
        BinaryOp::Pow => power(cx, a, b)?,
        _ => return Ok(None),
    };
    Ok(Some(immediate(cx, Value::float(result))))
}

/// `divmod` of floats, `b` not zero, as CPython computes it.
pub(crate) fn divmod(a: f64, b: f64) -> (f64, f64) {
    let mut rest = a % b;
    let mut quotient = (a - rest) / b;
    if rest != 0.0 {
        if (b < 0.0) != (rest < 0.0) {
            rest += b;
            quotient -= 1.0;
        }
    } else {
        rest = 0.0_f64.copysign(b);
    }
    let floored = if quotient != 0.0 {
        let floor = quotient.floor();
        if quotient - floor > 0.5 {
            floor + 1.0
        } else {
            floor
        }
    } else {
        0.0_f64.copysign(a / b)
    };
    (floored, rest)
}

fn power(cx: &mut Cx<'_>, a: f64, b: f64) -> Result<f64, Raised> {
    if a == 0.0 && b < 0.0 {
        let message = "0.0 cannot be raised to a negative power";
        return Err(raise(cx, classes::ZERO_DIVISION_ERROR, message));
    }
    if a < 0.0 && a.is_finite() && b.is_finite() && b.floor() != b {
        let message = "complex numbers are not supported by Taipan: a negative number to a fractional power";
        return Err(raise(cx, classes::VALUE_ERROR, message));
    }
    let result = a.powf(b);
    if result.is_infinite() && a.is_finite() && b.is_finite() {
        return Err(overflow(cx));
    }
    Ok(result)
}

fn overflow(cx: &mut Cx<'_>) -> Raised {
    let (errno, text) = (34i32, "Numerical result out of range");
    let made = crate::object::str::new(cx, text).map(|text| {
        let errno = immediate(cx, Value::int32(errno));
        crate::object::raise::raise_with(cx, classes::OVERFLOW_ERROR, &[errno, text.any()])
    });
    match made {
        Ok(raised) | Err(raised) => raised,
    }
}
