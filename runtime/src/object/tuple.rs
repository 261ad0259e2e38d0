//! Tuples, and the arrays that lists and tables keep their items in: a length and that many values.

use super::layout::{Array, Tuple};
use super::{class, classes, retrying, root, shapes, Root};
use crate::object::raise::Raised;
use taipan_gc::shape::tail_len;
use taipan_gc::{refs, Cx, Handle, HeapFull, Local, ShapeId, Value};

const TAIL: usize = 16;

/// Allocates a tail object of `len` values, filled by `fill`. Never collects.
pub(crate) fn alloc_values<'a, T>(
    cx: &'a Cx<'_>,
    shape: ShapeId,
    len: usize,
    fill: impl Fn(usize) -> Value,
) -> Result<Local<'a, T>, HeapFull> {
    let full = HeapFull { requested: len.saturating_mul(8) };
    let count = u32::try_from(len).map_err(|_| full)?;
    // SAFETY: the fresh cell has room for header, length and `len` values, all written before anyone sees it.
    unsafe {
        let object = (*cx.core()).alloc(TAIL + len * 8, shape, 0)?;
        let words = object as *mut u32;
        *words.add(2) = count;
        *words.add(3) = 0;
        let values = (object as *mut u8).add(TAIL) as *mut Value;
        for i in 0..len {
            refs::init(cx.core(), values.add(i), fill(i));
        }
        Ok(cx.newborn(object))
    }
}

/// `()`, which is there from the start.
pub(crate) fn empty<'a>(cx: &'a Cx<'_>) -> Local<'a, Tuple> {
    // SAFETY: the first thing that is made in a heap.
    unsafe { Local::from_value(root(cx, Root::EmptyTuple).value()) }
}

/// A new tuple of what the handles hold.
pub fn new<'s>(cx: &mut Cx<'s>, items: &[Handle<'_>]) -> Result<Handle<'s, Tuple>, Raised> {
    from_fn(cx, items.len(), |cx, i| items[i].get(cx).value())
}

/// A new tuple; `item` gives the values, which must be rooted, and is called without anything being freed in between.
pub(crate) fn from_fn<'s>(
    cx: &mut Cx<'s>,
    len: usize,
    item: impl Fn(&Cx<'s>, usize) -> Value,
) -> Result<Handle<'s, Tuple>, Raised> {
    if len == 0 {
        return Ok(cx.root(empty(cx)));
    }
    retrying(cx, |cx| alloc_values(cx, shapes::TUPLE, len, |i| item(cx, i)))
}

/// The values of a tuple.
#[inline]
pub fn values<'a>(tuple: Local<'a, Tuple>) -> &'a [Value] {
    let object = tuple.value().bits() as *mut u8;
    // SAFETY: a tuple's tail holds `len` values and never changes.
    unsafe { std::slice::from_raw_parts(object.add(TAIL) as *const Value, tail_len(object as *mut _)) }
}

/// Number of items.
#[inline]
pub fn len(tuple: Local<'_, Tuple>) -> usize {
    tuple.len.get() as usize
}

/// An item of a tuple that is known to be one.
#[inline]
pub fn item<'a>(tuple: Local<'a, Tuple>, index: usize) -> Option<Local<'a>> {
    // SAFETY: items of a live tuple are live.
    values(tuple).get(index).map(|&v| unsafe { Local::from_value(v) })
}

/// An item of a value, if that is a tuple and long enough.
pub fn get<'a>(cx: &'a Cx<'_>, value: Local<'a>, index: usize) -> Option<Local<'a>> {
    item(of(cx, value)?, index)
}

/// The value as a tuple: an exact one, or the value of an instance of a subclass.
#[inline]
pub fn of<'a>(cx: &'a Cx<'_>, value: Local<'a>) -> Option<Local<'a, Tuple>> {
    match value.shape() {
        // SAFETY: the shape says so.
        Some(shapes::TUPLE) => Some(unsafe { Local::from_value(value.value()) }),
        Some(_) if class::kind_of(cx, value) == classes::KIND_TUPLE => {
            // SAFETY: instances of this kind hold an exact tuple.
            class::boxed_value(cx, value).map(|v| unsafe { Local::from_value(v.value()) })
        }
        _ => None,
    }
}

/// A handle's value as a tuple.
pub fn of_handle<'s>(cx: &Cx<'s>, value: Handle<'s>) -> Option<Handle<'s, Tuple>> {
    let tuple = of(cx, value.get(cx))?;
    Some(cx.root(tuple))
}

/// The values of an array, used or not.
#[inline]
pub(crate) fn array_values<'a>(array: Local<'a, Array>) -> &'a [Value] {
    let object = array.value().bits() as *mut u8;
    // SAFETY: an array's tail holds `len` values; whoever changes them holds no such slice.
    unsafe { std::slice::from_raw_parts(object.add(TAIL) as *const Value, tail_len(object as *mut _)) }
}

/// Address of a value of an array.
#[inline]
pub(crate) fn array_slot(array: Local<'_, Array>, index: usize) -> *mut Value {
    debug_assert!(index <= array.len.get() as usize);
    ((array.value().bits() as usize + TAIL) as *mut Value).wrapping_add(index)
}

/// Stores into an array.
#[inline]
pub(crate) fn array_put(cx: &Cx<'_>, array: Local<'_, Array>, index: usize, value: Value) {
    assert!(index < array.len.get() as usize, "array index out of range");
    // SAFETY: in range; the array is live; the value comes from this heap.
    unsafe { refs::put(cx.core(), array.value().bits() as *mut _, array_slot(array, index), value) };
}

/// A tuple's items, rooted; MemoryError when they are too many.
pub fn handles<'s>(cx: &Cx<'s>, tuple: Handle<'_, Tuple>) -> Result<Vec<Handle<'s>>, Raised> {
    let tuple = tuple.get(cx);
    Ok(cx.root_all(len(tuple), |n| item(tuple, n).unwrap_or(Local::NONE))?)
}
