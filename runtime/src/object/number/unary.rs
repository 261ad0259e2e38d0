//! Unary operators and conversions between numbers.

use super::scalar::{float_of, number, Number};
use crate::object::int::{self, view};
use crate::object::names::{self, NameId};
use crate::object::raise::text_error as raise_text;
use crate::object::raise::{raise, type_error, Raised};
use crate::object::{call, class, classes, float};
use crate::text::int::{self as text_int, Int};
use taipan_gc::{Cx, Handle};

/// `-x`
pub fn negate<'s>(cx: &mut Cx<'s>, x: Handle<'_>) -> Result<Handle<'s>, Raised> {
    unary(cx, x, names::NEG, "-", |n| match n {
        Number::Int(i) => Some(Number::Int(text_int::negate(i.view()))),
        Number::Float(x) => Some(Number::Float(-x)),
    })
}

/// `+x`
pub fn positive<'s>(cx: &mut Cx<'s>, x: Handle<'_>) -> Result<Handle<'s>, Raised> {
    unary(cx, x, names::POS, "+", Some)
}

/// `~x`
pub fn invert<'s>(cx: &mut Cx<'s>, x: Handle<'_>) -> Result<Handle<'s>, Raised> {
    unary(cx, x, names::INVERT, "~", |n| match n {
        Number::Int(i) => Some(Number::Int(text_int::invert(i.view()))),
        Number::Float(_) => None,
    })
}

/// `abs(x)`
pub fn absolute<'s>(cx: &mut Cx<'s>, x: Handle<'_>) -> Result<Handle<'s>, Raised> {
    unary(cx, x, names::ABS, "abs()", |n| match n {
        Number::Int(i) if i.view().is_negative() => Some(Number::Int(text_int::negate(i.view()))),
        Number::Float(x) => Some(Number::Float(x.abs())),
        other => Some(other),
    })
}

fn unary<'s>(
    cx: &mut Cx<'s>,
    x: Handle<'_>,
    name: NameId,
    sign: &str,
    apply: impl Fn(Number) -> Option<Number>,
) -> Result<Handle<'s>, Raised> {
    let user = x.get(cx).shape().is_some_and(|s| s.0 >= taipan_gc::STATIC_SHAPES);
    if user {
        if let Some(found) = call::call_special(cx, x, name, &[])? {
            return Ok(found);
        }
    }
    match number(cx, x.get(cx)).and_then(apply) {
        Some(Number::Int(i)) => int::from_int(cx, i),
        Some(Number::Float(x)) => Ok(float(cx, x)),
        None => {
            let given = class::type_name(cx, x.get(cx));
            let what = if sign == "abs()" { "abs()".to_owned() } else { format!("unary {sign}") };
            Err(type_error(cx, format!("bad operand type for {what}: '{given}'")))
        }
    }
}

/// `operator.index(x)`: an int, by `__index__` if need be.
pub fn as_index(cx: &mut Cx<'_>, x: Handle<'_>) -> Result<Int, Raised> {
    if let Some(found) = view(cx, x.get(cx)) {
        return Ok(found.to_int());
    }
    let Some(found) = call_index(cx, x)? else {
        let given = class::type_name(cx, x.get(cx));
        return Err(type_error(cx, format!("'{given}' object cannot be interpreted as an integer")));
    };
    Ok(found)
}

/// What `__index__` returns; `None` when there is none.
fn call_index(cx: &mut Cx<'_>, x: Handle<'_>) -> Result<Option<Int>, Raised> {
    cx.scoped(|cx| {
        let Some(found) = call::call_special(cx, x, names::INDEX, &[])? else { return Ok(None) };
        match view(cx, found.get(cx)) {
            Some(int) => Ok(Some(int.to_int())),
            None => {
                let given = class::type_name(cx, found.get(cx));
                Err(type_error(cx, format!("__index__ returned non-int (type {given})")))
            }
        }
    })
}

/// As [`as_index`], as a big int.
pub fn as_index_big(cx: &mut Cx<'_>, x: Handle<'_>) -> Result<num_bigint::BigInt, Raised> {
    Ok(as_index(cx, x)?.view().to_big())
}

/// As [`as_index`], as 64 bits; OverflowError beyond.
pub fn index_i64(cx: &mut Cx<'_>, x: Handle<'_>) -> Result<i64, Raised> {
    let index = as_index(cx, x)?;
    match index {
        Int::Small(index) => Ok(index),
        Int::Big(_) => {
            let given = class::type_name(cx, x.get(cx));
            let message = format!("cannot fit '{given}' into an index-sized integer");
            Err(raise(cx, classes::OVERFLOW_ERROR, message))
        }
    }
}

/// As [`as_index`], clamped to 64 bits (slice bounds).
pub fn index_clamped(cx: &mut Cx<'_>, x: Handle<'_>) -> Result<i64, Raised> {
    Ok(match as_index(cx, x)? {
        Int::Small(index) => index,
        big if big.view().is_negative() => i64::MIN,
        Int::Big(_) => i64::MAX,
    })
}

/// `float(x)` for numbers: floats, ints, `__float__`, `__index__`. TypeError "must be real number, not …".
pub fn as_float(cx: &mut Cx<'_>, x: Handle<'_>) -> Result<f64, Raised> {
    match try_float(cx, x)? {
        Some(found) => Ok(found),
        None => {
            let given = class::type_name(cx, x.get(cx));
            Err(type_error(cx, format!("must be real number, not {given}")))
        }
    }
}

/// As [`as_float`]; `None` for what is no number.
pub fn try_float(cx: &mut Cx<'_>, x: Handle<'_>) -> Result<Option<f64>, Raised> {
    if let Some(found) = float_of(cx, x.get(cx)) {
        return Ok(Some(found));
    }
    if let Some(found) = view(cx, x.get(cx)).map(text_int::to_float) {
        return found.map(Some).map_err(|error| raise_text(cx, error));
    }
    cx.scoped(|cx| {
        if let Some(found) = call::call_special(cx, x, names::FLOAT, &[])? {
            return match float_of(cx, found.get(cx)) {
                Some(found) => Ok(Some(found)),
                None => {
                    let (class, given) =
                        (class::type_name(cx, x.get(cx)), class::type_name(cx, found.get(cx)));
                    Err(type_error(cx, format!("{class}.__float__ returned non-float (type {given})")))
                }
            };
        }
        match call_index(cx, x)? {
            Some(found) => text_int::to_float(found.view()).map(Some).map_err(|error| raise_text(cx, error)),
            None => Ok(None),
        }
    })
}
