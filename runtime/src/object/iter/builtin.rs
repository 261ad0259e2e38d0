//! Iterators over the core types.

use super::super::layout::{
    Dict, NativeIter, RangeIter, RangeIterInit, SeqIter, SeqIterInit, TableIter, TableIterInit,
};
use super::super::native::IterDef;
use super::super::raise::{self, raise, Raised};
use super::super::{
    bytes, call, casts, class, classes, dict, immediate, int, list, names, protocol, range, retrying, set,
    shapes, str, table, tuple,
};
use crate::text::int as numbers;
use num_traits::ToPrimitive;
use std::cell::Cell;
use taipan_gc::{Cx, Handle, Local, Value};

/// See [`iter_builtin`](super::iter_builtin).
pub(super) fn iter<'s>(cx: &mut Cx<'s>, value: Handle<'_>) -> Result<Option<Handle<'s>>, Raised> {
    let local = value.get(cx);
    if list::of(cx, local).is_some() {
        return new_sequence_iter(cx, value, 0, false).map(Some);
    }
    if let Some(exact) = exact_sequence(cx, value) {
        return new_sequence_iter(cx, exact, 0, false).map(Some);
    }
    if let Some(table) = dict::of(cx, local).or_else(|| set::of(cx, local)) {
        let table = cx.root(table);
        return new_table_iter(cx, table, table::KEYS, false).map(Some);
    }
    match local.shape() {
        Some(shapes::RANGE) => match range::of_handle(cx, value) {
            Some(range) => range_iter(cx, range, false).map(Some),
            None => Ok(None),
        },
        Some(shapes::DICT_VIEW) => match dict::view_parts(cx, local) {
            Some((dict, what)) => {
                let dict = cx.root(dict);
                new_table_iter(cx, dict, what, false).map(Some)
            }
            None => Ok(None),
        },
        Some(shapes::MAPPING_PROXY) => {
            let inner = cx.root(casts::wrapped(cx, local).unwrap_or(Local::NONE));
            super::iter(cx, inner).map(Some)
        }
        Some(
            shapes::RANGE_ITER
            | shapes::SEQ_ITER
            | shapes::TABLE_ITER
            | shapes::NATIVE_ITER
            | shapes::GENERATOR,
        ) if super::is_iterator(cx, local) => Ok(Some(cx.root(local))),
        _ => Ok(None),
    }
}

/// The iterator of the commonest types, without collecting; `None` for others, and when there is no memory.
#[inline]
pub(crate) fn quick_iter<'a>(cx: &'a Cx<'_>, value: Local<'a>) -> Option<Local<'a>> {
    match value.shape()? {
        shapes::LIST | shapes::TUPLE => {
            let made = cx.alloc(SeqIterInit {
                sequence: Some(value),
                at: Cell::new(0),
                reversed: Cell::new(false),
                is_list: Cell::new(list::of(cx, value).is_some()),
            });
            Some(made.ok()?.any())
        }
        shapes::RANGE => {
            let (start, stop, step) = range::small_bounds(cx, range::of(value)?)?;
            let left = range::small_length((start, stop, step));
            let made = cx.alloc(RangeIterInit {
                next: Cell::new(start),
                step: Cell::new(step),
                left: Cell::new(left),
            });
            Some(made.ok()?.any())
        }
        shapes::GENERATOR => is_generator(cx, value).then_some(value),
        shapes::RANGE_ITER | shapes::SEQ_ITER | shapes::NATIVE_ITER | shapes::TABLE_ITER => Some(value),
        _ => None,
    }
}

/// As [`quick_iter`], from the end.
pub(crate) fn quick_reversed<'a>(cx: &'a Cx<'_>, value: Local<'a>) -> Option<Local<'a>> {
    let last = match value.shape()? {
        shapes::LIST => list::len(list::of(cx, value)?) as isize - 1,
        shapes::TUPLE => tuple::len(tuple::of(cx, value)?) as isize - 1,
        shapes::RANGE => {
            let (start, stop, step) = range::small_bounds(cx, range::of(value)?)?;
            let left = range::small_length((start, stop, step));
            let made = cx.alloc(RangeIterInit {
                next: Cell::new(start + (left - 1) * step),
                step: Cell::new(-step),
                left: Cell::new(left),
            });
            return Some(made.ok()?.any());
        }
        _ => return None,
    };
    let made = cx.alloc(SeqIterInit {
        sequence: Some(value),
        at: Cell::new(last),
        reversed: Cell::new(true),
        is_list: Cell::new(list::of(cx, value).is_some()),
    });
    Some(made.ok()?.any())
}

/// The exact tuple, string or bytes object of a value.
fn exact_sequence<'s>(cx: &Cx<'s>, value: Handle<'_>) -> Option<Handle<'s>> {
    let local = value.get(cx);
    if let Some(tuple) = tuple::of(cx, local) {
        return Some(cx.root(tuple.any()));
    }
    if let Some(string) = str::of(cx, local) {
        return Some(cx.root(string.any()));
    }
    bytes::of(cx, local).map(|bytes| cx.root(bytes.any()))
}

/// An iterator over numbered items, from index `at` on, up or down.
pub fn new_sequence_iter<'s>(
    cx: &mut Cx<'s>,
    sequence: Handle<'_>,
    at: isize,
    reversed: bool,
) -> Result<Handle<'s>, Raised> {
    let made = retrying(cx, |cx| {
        cx.alloc(SeqIterInit {
            sequence: Some(sequence.get(cx)),
            at: Cell::new(at),
            reversed: Cell::new(reversed),
            is_list: Cell::new(list::of(cx, sequence.get(cx)).is_some()),
        })
    })?;
    Ok(made.any())
}

/// An iterator over a dict or set.
pub fn new_table_iter<'s>(
    cx: &mut Cx<'s>,
    table: Handle<'_, Dict>,
    what: u8,
    reversed: bool,
) -> Result<Handle<'s>, Raised> {
    let made = retrying(cx, |cx| {
        let table = table.get(cx);
        let (used, fill) = (table.used.get(), table::end(cx, table) as u32);
        cx.alloc(TableIterInit {
            table: Some(table),
            at: Cell::new(if reversed { fill } else { 0 }),
            used: Cell::new(used),
            left: Cell::new(used),
            what: Cell::new(what),
            reversed: Cell::new(reversed),
        })
    })?;
    Ok(made.any())
}

fn range_iter<'s>(
    cx: &mut Cx<'s>,
    range: Handle<'_, super::super::layout::Range>,
    reversed: bool,
) -> Result<Handle<'s>, Raised> {
    if let Some((start, stop, step)) = range::small_bounds(cx, range.get(cx)) {
        let left = range::small_length((start, stop, step));
        let (first, step) = if reversed { (start + (left - 1) * step, -step) } else { (start, step) };
        let made = retrying(cx, |cx| {
            cx.alloc(RangeIterInit { next: Cell::new(first), step: Cell::new(step), left: Cell::new(left) })
        })?;
        return Ok(made.any());
    }
    let local = range.get(cx);
    let length = range::length(cx, local);
    let (start, _, step) = range::bounds(cx, local);
    let (first, step) = if reversed {
        (range::item(cx, local, &(&length - 1u32)), -step.to_big())
    } else {
        (start.to_big(), step.to_big())
    };
    let first = int::new(cx, first)?;
    let step = int::new(cx, step)?;
    super::new_native(cx, &BIG_RANGE, Some(first), Some(step), length.to_i64().unwrap_or(i64::MAX))
}

static BIG_RANGE: IterDef = IterDef { class: classes::RANGE_ITER, next: next_of_big_range };

fn next_of_big_range<'s>(
    cx: &mut Cx<'s>,
    iterator: Handle<'s, NativeIter>,
) -> Result<Option<Handle<'s>>, Raised> {
    let local = iterator.get(cx);
    let left = local.count.get();
    let (Some(at), Some(step), true) = (local.state.get(cx), local.more.get(cx), left > 0) else {
        return Ok(None);
    };
    let following = match (int::view(cx, at), int::view(cx, step)) {
        (Some(at), Some(step)) => numbers::add(at, step),
        _ => return Ok(None),
    };
    let item = cx.root(at);
    let following = int::from_int(cx, following)?;
    let local = iterator.get(cx);
    local.count.set(left - 1);
    local.put(cx, NativeIter::state, Some(following.get(cx)));
    Ok(Some(item))
}

/// The next item of a range of small ints.
#[inline]
pub(super) fn next_of_range<'s>(cx: &Cx<'s>, iterator: Handle<'_, RangeIter>) -> Option<Handle<'s>> {
    let local = iterator.get(cx);
    let left = local.left.get();
    if left <= 0 {
        return None;
    }
    let at = local.next.get();
    local.left.set(left - 1);
    local.next.set(at.wrapping_add(local.step.get()));
    Some(immediate(cx, Value::int_wrapping(at)))
}

/// The next item of a sequence.
pub(super) fn next_of_sequence<'s>(
    cx: &mut Cx<'s>,
    iterator: Handle<'_, SeqIter>,
) -> Result<Option<Handle<'s>>, Raised> {
    let local = iterator.get(cx);
    let Some(sequence) = local.sequence.get(cx) else { return Ok(None) };
    let at = local.at.get();
    let advance = if local.reversed.get() { -1 } else { 1 };
    let index = usize::try_from(at).unwrap_or(usize::MAX);
    let found = if let Some(list) = list::of(cx, sequence) {
        list::item(cx, list, index).map(|item| cx.root(item))
    } else {
        match sequence.shape() {
            Some(shapes::TUPLE) => tuple::get(cx, sequence, index).map(|item| cx.root(item)),
            Some(shapes::STR_ASCII | shapes::STR_WIDE) => {
                match str::of(cx, sequence).and_then(|s| str::text(s).get(index)) {
                    Some(point) => Some(str::from_point(cx, point)?.any()),
                    None => None,
                }
            }
            Some(shapes::BYTES) => {
                let byte = bytes::of(cx, sequence).and_then(|b| bytes::content(b).get(index).copied());
                byte.map(|byte| immediate(cx, Value::int32(i32::from(byte))))
            }
            _ => next_by_getitem(cx, iterator, at)?,
        }
    };
    let local = iterator.get(cx);
    match found {
        Some(item) => {
            local.at.set(at.saturating_add(advance));
            Ok(Some(item))
        }
        None => {
            local.put(cx, SeqIter::sequence, None);
            Ok(None)
        }
    }
}

fn next_by_getitem<'s>(
    cx: &mut Cx<'s>,
    iterator: Handle<'_, SeqIter>,
    at: isize,
) -> Result<Option<Handle<'s>>, Raised> {
    if at < 0 {
        return Ok(None);
    }
    let Some(sequence) = iterator.get(cx).sequence.get(cx).map(|s| cx.root(s)) else { return Ok(None) };
    let index = int::from_i64(cx, at as i64)?;
    match call::call_special(cx, sequence, names::GETITEM, &[index]) {
        Ok(item) => Ok(item),
        Err(raised) if raise::pending_is(cx, classes::INDEX_ERROR) => {
            raise::catch(cx, raised, classes::INDEX_ERROR).map(|()| None)
        }
        Err(raised) => raise::catch(cx, raised, classes::STOP_ITERATION).map(|()| None),
    }
}

/// The next item of a dict or set.
pub(super) fn next_of_table<'s>(
    cx: &mut Cx<'s>,
    iterator: Handle<'_, TableIter>,
) -> Result<Option<Handle<'s>>, Raised> {
    let local = iterator.get(cx);
    let Some(table) = local.table.get(cx) else { return Ok(None) };
    let is_set = set::of(cx, table.any()).is_some();
    if table.used.get() != local.used.get() {
        local.used.set(u32::MAX);
        let what = if is_set { "Set changed size" } else { "dictionary changed size" };
        return Err(raise(cx, classes::RUNTIME_ERROR, format!("{what} during iteration")));
    }
    let at = local.at.get() as usize;
    let found =
        if local.reversed.get() { table::previous(cx, table, at) } else { table::next(cx, table, at) };
    let Some(entry) = found else {
        local.put(cx, TableIter::table, None);
        return Ok(None);
    };
    let left = local.left.get();
    if left == 0 && !is_set {
        local.put(cx, TableIter::table, None);
        return Err(raise(cx, classes::RUNTIME_ERROR, "dictionary keys changed during iteration"));
    }
    local.left.set(left.saturating_sub(1));
    local.at.set(if local.reversed.get() { entry } else { entry + 1 } as u32);
    match local.what.get() {
        table::KEYS => Ok(Some(cx.root(table::key(cx, table, entry)))),
        table::VALUES => Ok(Some(cx.root(table::value(cx, table, entry)))),
        _ => {
            let (key, value) =
                (cx.root(table::key(cx, table, entry)), cx.root(table::value(cx, table, entry)));
            dict::pair(cx, key, value).map(Some)
        }
    }
}

/// See [`reversed_builtin`](super::reversed_builtin).
pub(super) fn reversed<'s>(cx: &mut Cx<'s>, value: Handle<'_>) -> Result<Option<Handle<'s>>, Raised> {
    let local = value.get(cx);
    if let Some(list) = list::of(cx, local) {
        let last = list::len(list) as isize - 1;
        return new_sequence_iter(cx, value, last, true).map(Some);
    }
    if let Some(exact) = exact_sequence(cx, value) {
        let len = super::super::subscript::len_builtin(cx, exact)?.unwrap_or(0);
        return new_sequence_iter(cx, exact, len as isize - 1, true).map(Some);
    }
    if let Some(dict) = dict::of(cx, local) {
        let dict = cx.root(dict);
        return new_table_iter(cx, dict, table::KEYS, true).map(Some);
    }
    if let Some((dict, what)) = dict::view_parts(cx, local) {
        let dict = cx.root(dict);
        return new_table_iter(cx, dict, what, true).map(Some);
    }
    if let Some(range) = range::of_handle(cx, value) {
        return range_iter(cx, range, true).map(Some);
    }
    if local.shape() == Some(shapes::MAPPING_PROXY) {
        let inner = cx.root(casts::wrapped(cx, local).unwrap_or(Local::NONE));
        return reversed(cx, inner);
    }
    Ok(None)
}

/// Whether stepping the iterator over this value runs no Python code and can be skipped in favour of reading it directly.
pub(super) fn is_plain(cx: &Cx<'_>, value: Local<'_>) -> bool {
    protocol::own_method(cx, value, names::ITER).is_none()
}

/// How many items an iterator of a core type has left.
pub(crate) fn items_left(cx: &Cx<'_>, value: Local<'_>) -> Option<usize> {
    if let Some(iterator) = value.downcast::<RangeIter>(cx) {
        return usize::try_from(iterator.left.get()).ok();
    }
    if let Some(iterator) = value.downcast::<TableIter>(cx) {
        return Some(if iterator.table.is_empty() { 0 } else { iterator.left.get() as usize });
    }
    let iterator = value.downcast::<SeqIter>(cx)?;
    let Some(sequence) = iterator.sequence.get(cx) else { return Some(0) };
    let at = iterator.at.get();
    if iterator.reversed.get() {
        return Some(usize::try_from(at + 1).unwrap_or(0));
    }
    let len = match list::of(cx, sequence) {
        Some(list) => list::len(list),
        None => match sequence.shape()? {
            shapes::TUPLE => tuple::len(tuple::of(cx, sequence)?),
            shapes::STR_ASCII | shapes::STR_WIDE => str::of(cx, sequence)?.len.get() as usize,
            shapes::BYTES => bytes::of(cx, sequence)?.len.get() as usize,
            _ => return None,
        },
    };
    Some(len.saturating_sub(at as usize))
}

/// Whether the value is an instance of the class `generator`.
pub(super) fn is_generator(cx: &Cx<'_>, value: Local<'_>) -> bool {
    value.shape() == Some(shapes::GENERATOR)
        && class::of(cx, value).is(classes::local(cx, classes::GENERATOR))
}
