//! Hashes: CPython's functions for numbers, tuples and ranges; text hashes are our own.

use super::super::layout::BoundMethod;
use super::super::names;
use super::super::protocol::{is_static, nested, own_method};
use super::super::raise::{type_error, Raised};
use super::super::{buffer, bytes, call, class, classes, int, range, set, shapes, str, tuple};
use super::{num, Num};
use crate::text::hash::{hash_bytes, hash_float, hash_i64};
use crate::text::int::IntRef;
use taipan_gc::{Cx, Handle, HeapFull, Local, Value};

/// `hash(value)`
#[inline]
pub fn hash(cx: &mut Cx<'_>, value: Handle<'_>) -> Result<i64, Raised> {
    if let Some(hash) = hash_quick(value.get(cx)) {
        return Ok(hash);
    }
    hash_slow(cx, value)
}

/// The hash of an int that is immediate, or of a string.
#[inline]
pub(crate) fn hash_quick(value: Local<'_>) -> Option<i64> {
    let word = value.value();
    if let Some(i) = word.as_int() {
        return Some(if i == -1 { -2 } else { i });
    }
    if str::is_exact(word, value.shape()) {
        // SAFETY: the shape says so.
        return Some(i64::from(str::hash(unsafe { Local::from_value(word) })));
    }
    None
}

fn hash_slow(cx: &mut Cx<'_>, value: Handle<'_>) -> Result<i64, Raised> {
    if !is_static(value.get(cx)) {
        if let Some(method) = own_method(cx, value.get(cx), names::HASH) {
            if method.value().is_none() {
                return Err(unhashable(cx, value));
            }
            return cx.scoped(|cx| hash_by_method(cx, value));
        }
    }
    match hash_builtin(cx, value)? {
        Some(hash) => Ok(hash),
        None => Err(unhashable(cx, value)),
    }
}

#[cold]
fn unhashable(cx: &mut Cx<'_>, value: Handle<'_>) -> Raised {
    let name = class::type_name(cx, value.get(cx));
    type_error(cx, format!("unhashable type: '{name}'"))
}

fn hash_by_method(cx: &mut Cx<'_>, value: Handle<'_>) -> Result<i64, Raised> {
    let Some(result) = call::call_special(cx, value, names::HASH, &[])? else {
        return Err(unhashable(cx, value));
    };
    let hash = int::view(cx, result.get(cx)).map(|number| match number.to_i64() {
        Some(-1) => -2,
        Some(hash) => hash,
        None => number.hash(),
    });
    match hash {
        Some(hash) => Ok(hash),
        None => Err(type_error(cx, "__hash__ method should return an integer")),
    }
}

/// The hash of the core types, `object` included: `int.__hash__` and so on. `None`: such values can't be hashed.
pub fn hash_builtin(cx: &mut Cx<'_>, value: Handle<'_>) -> Result<Option<i64>, Raised> {
    let local = value.get(cx);
    match num(cx, local) {
        Some(Num::Int(i)) => return Ok(Some(i.hash())),
        Some(Num::Float(x)) => return Ok(Some(hash_float(x).unwrap_or(0))),
        None => {}
    }
    if let Some(string) = str::of(cx, local) {
        return Ok(Some(i64::from(str::hash(string))));
    }
    if let Some(bytes) = bytes::of(cx, local) {
        return Ok(Some(hash_bytes(bytes::content(bytes))));
    }
    if tuple::of(cx, local).is_some() {
        return nested(cx, "", |cx| hash_tuple(cx, value)).map(Some);
    }
    if let Some(set) = set::of(cx, local) {
        return Ok(set::is_frozen(cx, local).then(|| set::frozen_hash(cx, set)));
    }
    match local.shape() {
        None => Ok(Some(0x6e6f_6e65)),
        Some(shapes::LIST | shapes::DICT | shapes::SLICE | shapes::MAPPING_PROXY) => Ok(None),
        Some(shapes::DICT_VIEW) if class::of(cx, local).is(classes::local(cx, classes::DICT_VALUES)) => {
            Ok(Some(identity_hash(cx, local)?))
        }
        Some(shapes::DICT_VIEW) => Ok(None),
        Some(shapes::MEMORY_VIEW) => match buffer::view::of_handle(cx, value) {
            Some(view) => buffer::hash(cx, view).map(Some),
            None => Ok(None),
        },
        Some(shapes::RANGE) => Ok(range::of(local).map(|range| hash_range(cx, range))),
        Some(shapes::BOUND_METHOD) => hash_method(cx, local).map(Some),
        _ => match class::kind_of(cx, local) {
            classes::KIND_LIST | classes::KIND_DICT => Ok(None),
            _ => Ok(Some(identity_hash(cx, local)?)),
        },
    }
}

/// The hash of `object`: by identity, and stable when objects move.
pub fn identity_hash(cx: &Cx<'_>, value: Local<'_>) -> Result<i64, HeapFull> {
    let id = cx.id(value)?;
    Ok((id & i64::MAX as u64 >> 2) as i64)
}

fn hash_method(cx: &Cx<'_>, value: Local<'_>) -> Result<i64, Raised> {
    let Some(method) = value.downcast::<BoundMethod>(cx) else { return Ok(0) };
    let mut hash = 0;
    for part in [&method.function, &method.receiver] {
        if let Some(part) = part.get(cx) {
            hash = ((hash * 31) & (i64::MAX >> 8)) ^ identity_hash(cx, part)?;
        }
    }
    Ok(hash)
}

/// Folds hashes as tuples do (xxHash, as CPython since 3.8).
struct TupleHash(u64);

impl TupleHash {
    const PRIME_1: u64 = 11_400_714_785_074_694_791;
    const PRIME_2: u64 = 14_029_467_366_897_019_727;
    const PRIME_5: u64 = 2_870_177_450_012_600_261;

    fn add(&mut self, hash: i64) {
        let mixed = self.0.wrapping_add((hash as u64).wrapping_mul(Self::PRIME_2));
        self.0 = mixed.rotate_left(31).wrapping_mul(Self::PRIME_1);
    }

    fn finish(self, len: usize) -> i64 {
        let hash = self.0.wrapping_add(len as u64 ^ (Self::PRIME_5 ^ 3_527_539));
        if hash == u64::MAX {
            1_546_275_796
        } else {
            hash as i64
        }
    }
}

fn hash_tuple(cx: &mut Cx<'_>, value: Handle<'_>) -> Result<i64, Raised> {
    let mut folded = TupleHash(TupleHash::PRIME_5);
    let len = tuple::of(cx, value.get(cx)).map_or(0, tuple::len);
    for at in 0..len {
        let Some(item) = tuple::get(cx, value.get(cx), at) else { break };
        let hash = match hash_quick(item) {
            Some(hash) => hash,
            None => cx.scoped(|cx| {
                let item = cx.root(tuple::get(cx, value.get(cx), at).unwrap_or(Local::NONE));
                hash_slow(cx, item)
            })?,
        };
        folded.add(hash);
    }
    Ok(folded.finish(len))
}

/// Ranges hash as `(length, start, step)`, with None for what does not matter.
fn hash_range(cx: &Cx<'_>, range: Local<'_, super::super::layout::Range>) -> i64 {
    let none = hash_i64(Value::NONE.bits() as i64);
    let length = range::length(cx, range);
    let (start, _, step) = range::bounds(cx, range);
    let length_view = IntRef::Big(&length);
    let mut folded = TupleHash(TupleHash::PRIME_5);
    folded.add(length_view.hash());
    folded.add(if length_view.is_zero() { none } else { start.hash() });
    folded.add(if length_view.to_i64().is_some_and(|n| n < 2) { none } else { step.hash() });
    folded.finish(3)
}
