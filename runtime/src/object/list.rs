//! Lists: a length and an array that grows by half.

use super::layout::{Array, List, Tuple};
use super::tuple::{alloc_values, array_put, array_slot, array_values};
use super::{class, classes, instance, retrying, shapes};
use crate::object::raise::Raised;
use taipan_gc::{refs, CollectKind, Cx, Handle, HeapFull, Local, Value};

/// A new list of what the handles hold.
pub fn new<'s>(cx: &mut Cx<'s>, items: &[Handle<'_>]) -> Result<Handle<'s, List>, Raised> {
    let list = with_capacity(cx, items.len())?;
    for item in items {
        push(cx, list, item.get(cx).value())?;
    }
    Ok(list)
}

/// A new, empty list with room for `capacity` items.
pub fn with_capacity<'s>(cx: &mut Cx<'s>, capacity: usize) -> Result<Handle<'s, List>, Raised> {
    use super::layout::ListInit;
    let list = retrying(cx, |cx| cx.alloc(ListInit { items: None, len: std::cell::Cell::new(0) }))?;
    if capacity > 0 {
        reserve(cx, list, capacity)?;
    }
    Ok(list)
}

/// A new list of strings.
pub fn of_texts<'s>(cx: &mut Cx<'s>, texts: &[String]) -> Result<Handle<'s, List>, Raised> {
    let list = with_capacity(cx, texts.len())?;
    for text in texts {
        cx.scoped(|cx| {
            let text = super::str::new(cx, text)?.any();
            append(cx, list, text)
        })?;
    }
    Ok(list)
}

/// The value as a list, subclasses included.
#[inline]
pub fn of<'a>(cx: &Cx<'_>, value: Local<'a>) -> Option<Local<'a, List>> {
    let is = match value.shape() {
        Some(shapes::LIST) => true,
        Some(_) => class::kind_of(cx, value) == classes::KIND_LIST,
        None => false,
    };
    // SAFETY: lists and instances of subclasses start with a `List`.
    is.then(|| unsafe { Local::from_value(value.value()) })
}

/// A handle's value as a list.
#[inline]
pub fn of_handle<'s>(cx: &Cx<'_>, value: Handle<'s>) -> Option<Handle<'s, List>> {
    of(cx, value.get(cx))?;
    // SAFETY: just checked; an object's kind never changes.
    Some(unsafe { value.cast() })
}

/// Number of items.
#[inline]
pub fn len(list: Local<'_, List>) -> usize {
    list.len.get()
}

/// The items.
#[inline]
pub fn values<'a>(cx: &'a Cx<'_>, list: Local<'a, List>) -> &'a [Value] {
    match list.items.get(cx) {
        Some(array) => &array_values(array)[..list.len.get()],
        None => &[],
    }
}

/// An item.
#[inline]
pub fn item<'a>(cx: &'a Cx<'_>, list: Local<'a, List>, index: usize) -> Option<Local<'a>> {
    // SAFETY: items of a live list are live.
    values(cx, list).get(index).map(|&v| unsafe { Local::from_value(v) })
}

/// Replaces an item that exists.
#[inline]
pub fn set(cx: &Cx<'_>, list: Local<'_, List>, index: usize, value: Local<'_>) {
    assert!(index < list.len.get(), "list index out of range");
    if let Some(array) = list.items.get(cx) {
        array_put(cx, array, index, value.value());
    }
}

/// Makes room for `more` items after those there are.
pub fn reserve(cx: &mut Cx<'_>, list: Handle<'_, List>, more: usize) -> Result<(), Raised> {
    if try_reserve(cx, list.get(cx), more).is_err() {
        cx.collect(CollectKind::Full);
        try_reserve(cx, list.get(cx), more)?;
    }
    Ok(())
}

/// Makes room without collecting.
pub(crate) fn try_reserve(cx: &Cx<'_>, list: Local<'_, List>, more: usize) -> Result<(), HeapFull> {
    let len = list.len.get();
    let full = HeapFull { requested: more.saturating_mul(8) };
    let wanted = len.checked_add(more).filter(|&n| n <= u32::MAX as usize).ok_or(full)?;
    let old = list.items.get(cx);
    if old.is_some_and(|a| a.len.get() as usize >= wanted) {
        return Ok(());
    }
    // By half, where CPython adds an eighth: its arrays often grow in place, ours are copied each time, because locals may refer to them.
    let more = if len < 1 << 16 { len >> 1 } else { len >> 2 };
    let capacity = if len == 0 { wanted } else { wanted.max((len + more + 3) & !3).min(u32::MAX as usize) };
    let fresh: Local<'_, Array> = alloc_values(cx, shapes::ARRAY, capacity, |_| Value::HOLE)?;
    if let Some(old) = old {
        move_items(cx, old, fresh, len);
    }
    list_put_items(cx, list, Some(fresh));
    Ok(())
}

/// Moves items from a fully owned array to a fresh one; counts move along.
fn move_items(cx: &Cx<'_>, old: Local<'_, Array>, fresh: Local<'_, Array>, len: usize) {
    let _ = cx;
    // SAFETY: both arrays have at least `len` values; the fresh one holds holes; the old one is left with holes.
    unsafe {
        std::ptr::copy_nonoverlapping(array_slot(old, 0), array_slot(fresh, 0), len);
        refs::wipe(array_slot(old, 0), len);
    }
}

fn list_put_items(cx: &Cx<'_>, list: Local<'_, List>, items: Option<Local<'_, Array>>) {
    list.put(cx, List::items, items);
}

/// Appends a value, which must be rooted.
#[inline]
pub(crate) fn push(cx: &mut Cx<'_>, list: Handle<'_, List>, value: Value) -> Result<(), Raised> {
    let local = list.get(cx);
    let room = local.items.get(cx).is_some_and(|a| (a.len.get() as usize) > local.len.get());
    if !room {
        reserve(cx, list, 1)?;
    }
    push_within(cx, list.get(cx), value);
    Ok(())
}

/// Appends a value; there is room.
#[inline]
pub(crate) fn push_within(cx: &Cx<'_>, list: Local<'_, List>, value: Value) {
    let len = list.len.get();
    if let Some(array) = list.items.get(cx) {
        array_put(cx, array, len, value);
        list.len.set(len + 1);
    }
}

/// Appends.
#[inline]
pub fn append(cx: &mut Cx<'_>, list: Handle<'_, List>, item: Handle<'_>) -> Result<(), Raised> {
    let local = list.get(cx);
    let room = local.items.get(cx).is_some_and(|a| (a.len.get() as usize) > local.len.get());
    if !room {
        reserve(cx, list, 1)?;
    }
    push_within(cx, list.get(cx), item.get(cx).value());
    Ok(())
}

/// A tuple of the items, which move out of the list, without collecting. `None` when the list is empty, or without memory.
pub(crate) fn into_tuple<'a>(cx: &'a Cx<'_>, list: Local<'_, List>) -> Option<Local<'a, Tuple>> {
    let (array, len) = (list.items.get(cx)?, list.len.get());
    if len == 0 {
        return None;
    }
    let tuple: Local<'a, Tuple> = alloc_values(cx, shapes::TUPLE, len, |_| Value::HOLE).ok()?;
    list.len.set(0);
    // SAFETY: a fresh tuple is laid out as an array; its values are holes until the items move in, with their counts.
    unsafe {
        let to = array_slot(Local::from_value(tuple.value()), 0);
        refs::move_out(cx.core(), array.value().header(), array_slot(array, 0), to, len);
    }
    Some(tuple)
}

/// A new list of the items of two others, without collecting; `None` without memory.
pub(crate) fn alloc_joined<'a>(cx: &'a Cx<'_>, a: &[Value], b: &[Value]) -> Option<Local<'a>> {
    use super::layout::ListInit;
    let len = a.len() + b.len();
    let array = match len {
        0 => None,
        _ => {
            let item = |n: usize| if n < a.len() { a[n] } else { b[n - a.len()] };
            Some(alloc_values(cx, shapes::ARRAY, len, item).ok()?)
        }
    };
    Some(cx.alloc(ListInit { items: array, len: std::cell::Cell::new(len) }).ok()?.any())
}

/// Makes room for one more item, without collecting; `None` when there is no memory.
#[inline]
pub(crate) fn make_room(cx: &Cx<'_>, list: Local<'_, List>) -> Option<()> {
    let room = list.items.get(cx).is_some_and(|a| (a.len.get() as usize) > list.len.get());
    if room {
        return Some(());
    }
    // A list that begins to grow is likely to go on.
    try_reserve(cx, list, if list.len.get() == 0 { 4 } else { 1 }).ok()
}

/// Takes an item that exists out of the list.
pub(crate) fn take<'a>(cx: &'a Cx<'_>, list: Local<'_, List>, at: usize) -> Option<Local<'a>> {
    let (array, len) = (list.items.get(cx)?, list.len.get());
    assert!(at < len, "list index out of range");
    // SAFETY: all slots lie within the array; the item leaves its slot with a count, which is given up without freeing it, as nothing collects; what
    // follows moves down by one, and the slot behind it is wiped.
    unsafe {
        let (holder, slot) = (array.value().header(), array_slot(array, at));
        let value = refs::take(cx.core(), holder, slot);
        refs::move_slots(cx.core(), holder, slot.add(1), slot, len - at - 1);
        refs::wipe(array_slot(array, len - 1), 1);
        list.len.set(len - 1);
        if (*cx.core()).counted {
            refs::release(cx.core(), value);
        }
        Some(Local::from_value(value))
    }
}

/// Replaces the items `from..to` by `with`; the one way to insert, remove and splice.
pub fn splice(
    cx: &mut Cx<'_>,
    list: Handle<'_, List>,
    from: usize,
    to: usize,
    with: &[Handle<'_>],
) -> Result<(), Raised> {
    splice_with(cx, list, from, to, with.len(), |cx, n| with[n].get(cx).value())
}

/// As [`splice`], with `count` values that `item` gives; they are rooted, and not in this list alone.
pub(crate) fn splice_with<'s>(
    cx: &mut Cx<'s>,
    list: Handle<'_, List>,
    from: usize,
    to: usize,
    count: usize,
    item: impl Fn(&Cx<'s>, usize) -> Value,
) -> Result<(), Raised> {
    let removed = to - from;
    if count > removed {
        reserve(cx, list, count - removed)?;
    }
    let local = list.get(cx);
    let len = local.len.get();
    assert!(from <= to && to <= len, "splice out of range");
    let Some(array) = local.items.get(cx) else { return Ok(()) };
    // The last one dies first, as in CPython.
    for i in (from..to).rev() {
        array_put(cx, array, i, Value::HOLE);
    }
    let (tail, moved) = (len - to, from + count);
    // SAFETY: both runs lie within the array, in which there is room; the slots left behind are wiped or filled below.
    unsafe {
        let holder = array.value().bits() as *mut _;
        refs::move_slots(cx.core(), holder, array_slot(array, to), array_slot(array, moved), tail);
        if moved < to {
            refs::wipe(array_slot(array, moved + tail), to - moved);
        } else {
            refs::wipe(array_slot(array, to), (moved - to).min(tail));
        }
    }
    local.len.set(len - removed + count);
    for i in 0..count {
        array_put(cx, array, from + i, item(cx, i));
    }
    Ok(())
}

/// Empties the list. What it held is released after it is empty.
pub fn clear(cx: &Cx<'_>, list: Local<'_, List>) {
    list.len.set(0);
    list_put_items(cx, list, None);
}

/// Reverses in place.
pub fn reverse(cx: &Cx<'_>, list: Local<'_, List>) {
    if let Some(array) = list.items.get(cx) {
        // SAFETY: the items lie within the array.
        unsafe { refs::reverse(cx.core(), array.value().header(), array_slot(array, 0), list.len.get()) };
    }
}

/// Exchanges two items.
pub fn swap(cx: &Cx<'_>, list: Local<'_, List>, a: usize, b: usize) {
    assert!(a < list.len.get() && b < list.len.get(), "list index out of range");
    if let Some(array) = list.items.get(cx) {
        // SAFETY: as in `reverse`.
        unsafe { refs::swap(cx.core(), array.value().header(), array_slot(array, a), array_slot(array, b)) };
    }
}

/// Takes the storage out of the list, leaving it empty (sorting does so, to notice mutation).
pub fn take_items<'s>(cx: &Cx<'s>, list: Handle<'_, List>) -> (Option<Handle<'s, Array>>, usize) {
    let local = list.get(cx);
    let (items, len) = (local.items.get(cx).map(|a| cx.root(a)), local.len.get());
    local.len.set(0);
    list_put_items(cx, local, None);
    (items, len)
}

/// Puts storage back that [`take_items`] took out; `len` items of it are in use.
pub fn restore_items(cx: &Cx<'_>, list: Handle<'_, List>, items: Option<Handle<'_, Array>>, len: usize) {
    let local = list.get(cx);
    list_put_items(cx, local, items.map(|a| a.get(cx)));
    local.len.set(len);
}

/// An item of storage that was taken out.
pub fn array_item<'a>(array: Local<'a, Array>, index: usize) -> Local<'a> {
    // SAFETY: values of a live array are live.
    unsafe { Local::from_value(array_values(array)[index]) }
}

/// Puts the items of storage in the order of `permutation` (the n-th item becomes the one that was at `permutation[n]`).
pub fn permute(cx: &Cx<'_>, array: Local<'_, Array>, permutation: &[u32]) {
    let old: Vec<Value> = array_values(array)[..permutation.len()].to_vec();
    let values = permutation.iter().map(|&from| old[from as usize]);
    // SAFETY: the array is that long, by the slicing above.
    unsafe { refs::permute(cx.core(), array.value().header(), array_slot(array, 0), values) };
}

/// Makes a list of any instance kind: the builtin part of a fresh instance of a subclass is empty already.
pub fn new_of_class<'s>(
    cx: &mut Cx<'s>,
    class: Handle<'_, super::layout::Class>,
) -> Result<Handle<'s>, Raised> {
    instance::new(cx, class)
}
