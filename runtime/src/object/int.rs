//! Integers: immediates of 48 bits, and big ints for everything else. One number has one form.

use super::layout::{digit_bytes, BigIntObject, BigIntObjectInit};
use super::raise::Raised;
use super::{class, classes, immediate, shapes};
use crate::text::int::{Int, IntRef};
use num_bigint::BigInt;
use num_traits::ToPrimitive;
use taipan_gc::{Cx, Handle, HeapFull, Local, Value};

/// The int, in its one form.
pub fn new<'s>(cx: &mut Cx<'s>, value: BigInt) -> Result<Handle<'s>, Raised> {
    match value.to_i64().and_then(Value::int) {
        Some(small) => Ok(immediate(cx, small)),
        None => new_big(cx, value),
    }
}

fn new_big<'s>(cx: &mut Cx<'s>, value: BigInt) -> Result<Handle<'s>, Raised> {
    cx.reserve(size_of::<BigIntObject>() + 8 + digit_bytes(&value))?;
    let local = cx.alloc(BigIntObjectInit { value })?;
    Ok(cx.root(local.any()))
}

/// As [`new`], never collecting.
pub fn alloc<'a>(cx: &'a Cx<'_>, value: BigInt) -> Result<Local<'a>, HeapFull> {
    match value.to_i64().and_then(Value::int).and_then(Local::immediate) {
        Some(small) => Ok(small),
        None => Ok(cx.alloc(BigIntObjectInit { value })?.any()),
    }
}

/// An int of machine size.
#[inline]
pub fn from_i64<'s>(cx: &mut Cx<'s>, value: i64) -> Result<Handle<'s>, Raised> {
    match Value::int(value) {
        Some(small) => Ok(immediate(cx, small)),
        None => new_big(cx, BigInt::from(value)),
    }
}

/// A size.
#[inline]
pub fn from_usize<'s>(cx: &mut Cx<'s>, value: usize) -> Result<Handle<'s>, Raised> {
    from_u64(cx, value as u64)
}

/// An unsigned int of machine size.
pub fn from_u64<'s>(cx: &mut Cx<'s>, value: u64) -> Result<Handle<'s>, Raised> {
    match i64::try_from(value) {
        Ok(value) => from_i64(cx, value),
        Err(_) => new_big(cx, BigInt::from(value)),
    }
}

/// An int that was computed.
pub fn from_int<'s>(cx: &mut Cx<'s>, value: Int) -> Result<Handle<'s>, Raised> {
    match value {
        Int::Small(small) => from_i64(cx, small),
        Int::Big(big) => new(cx, big),
    }
}

/// The number of an int, of True and False, or of an instance of a subclass of int.
#[inline]
pub fn view<'a>(cx: &'a Cx<'_>, value: Local<'a>) -> Option<IntRef<'a>> {
    let word = value.value();
    if let Some(small) = word.as_int() {
        return Some(IntRef::Small(small));
    }
    if word.is_bool() {
        return Some(IntRef::Small(i64::from(word == Value::TRUE)));
    }
    match value.shape()? {
        shapes::BIGINT => {
            // SAFETY: the shape says that the payload behind the header is one; the object lives as long as 'a and does not change.
            let object = unsafe { &*((word.bits() as usize + 8) as *const BigIntObject) };
            Some(IntRef::Big(&object.value))
        }
        shape if shape.0 < taipan_gc::STATIC_SHAPES => None,
        _ if class::kind_of(cx, value) == classes::KIND_INT => view(cx, class::boxed_value(cx, value)?),
        _ => None,
    }
}

/// The number, if the value is an int of any kind.
pub fn to_big(cx: &Cx<'_>, value: Local<'_>) -> Option<BigInt> {
    view(cx, value).map(IntRef::to_big)
}

/// The number, if the value is an int of any kind that fits.
#[inline]
pub fn to_i64(cx: &Cx<'_>, value: Local<'_>) -> Option<i64> {
    view(cx, value)?.to_i64()
}

/// A copy of the number, if the value is an int of any kind.
pub fn to_int(cx: &Cx<'_>, value: Local<'_>) -> Option<Int> {
    view(cx, value).map(IntRef::to_int)
}

/// Whether the value is an int, True, False, or an instance of a subclass of int.
pub fn is(cx: &Cx<'_>, value: Local<'_>) -> bool {
    view(cx, value).is_some()
}

/// The int that a float truncates to; OverflowError or ValueError for infinities and NaN.
pub fn from_float<'s>(cx: &mut Cx<'s>, value: f64) -> Result<Handle<'s>, Raised> {
    match crate::text::float::truncate_to_int(value) {
        Ok(int) => from_int(cx, int),
        Err(error) => Err(super::raise::text_error(cx, error)),
    }
}
