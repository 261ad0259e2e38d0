//! The storage of deques: a ring in an array of the heap, a power of two long.
//!
//! The record's first slot holds the array. Its numbers: where the first item is; the length in the low half and a count of changes
//! in the high half, which iterators compare; the maximal length, or -1.

use crate::builtins::common::fail;
use crate::object::layout::{Array, Record};
use crate::object::raise::Raised;
use crate::object::record::{array_get, array_set, new_array, storage};
use taipan_gc::{Cx, Handle, Local};

const LEAST_ROOM: usize = 8;

pub(super) fn len(deque: Local<'_, Record>) -> usize {
    (deque.y.get() & 0xffff_ffff) as usize
}

/// A number that every change of the length changes.
pub(super) fn changes(deque: Local<'_, Record>) -> i64 {
    deque.y.get() >> 32
}

fn set_len(deque: Local<'_, Record>, len: usize) {
    let changes = changes(deque).wrapping_add(1) & 0x7fff_ffff;
    deque.y.set(changes << 32 | len as i64);
}

/// Most items, if there is a bound.
pub(super) fn maxlen(deque: Local<'_, Record>) -> Option<usize> {
    usize::try_from(deque.z.get()).ok()
}

/// Where in the ring the n-th item is.
fn place(deque: Local<'_, Record>, ring: Local<'_, Array>, n: usize) -> usize {
    (deque.x.get() as usize + n) & (ring.len.get() as usize - 1)
}

/// The n-th item.
pub(super) fn item<'a>(cx: &'a Cx<'_>, deque: Local<'a, Record>, n: usize) -> Option<Local<'a>> {
    if n >= len(deque) {
        return None;
    }
    let ring = storage(cx, deque)?;
    array_get(ring, place(deque, ring, n))
}

/// Replaces the n-th item, which exists.
pub(super) fn set(cx: &Cx<'_>, deque: Local<'_, Record>, n: usize, value: Local<'_>) {
    if let Some(ring) = storage(cx, deque).filter(|_| n < len(deque)) {
        array_set(cx, ring, place(deque, ring, n), Some(value));
    }
}

/// Makes room for one more.
fn grow(cx: &mut Cx<'_>, deque: Handle<'_, Record>) -> Result<(), Raised> {
    let used = len(deque.get(cx));
    let room = storage(cx, deque.get(cx)).map_or(0, |ring| ring.len.get() as usize);
    if used < room {
        return Ok(());
    }
    if used >= 1 << 31 {
        fail!(cx, MEMORY_ERROR, "");
    }
    cx.scoped(|cx| {
        let fresh = new_array(cx, (room * 2).max(LEAST_ROOM))?;
        for n in 0..used {
            let value = item(cx, deque.get(cx), n);
            array_set(cx, fresh.get(cx), n, value);
        }
        let local = deque.get(cx);
        local.put(cx, Record::a, Some(fresh.get(cx).any()));
        local.x.set(0);
        Ok(())
    })
}

/// Appends at the right, whatever the bound.
fn push_right(cx: &mut Cx<'_>, deque: Handle<'_, Record>, value: Handle<'_>) -> Result<(), Raised> {
    grow(cx, deque)?;
    let local = deque.get(cx);
    let used = len(local);
    if let Some(ring) = storage(cx, local) {
        array_set(cx, ring, place(local, ring, used), Some(value.get(cx)));
        set_len(local, used + 1);
    }
    Ok(())
}

/// Appends at the right; a full deque loses its first item.
pub(super) fn append(cx: &mut Cx<'_>, deque: Handle<'_, Record>, value: Handle<'_>) -> Result<(), Raised> {
    match maxlen(deque.get(cx)) {
        Some(0) => return Ok(()),
        Some(most) if len(deque.get(cx)) >= most => {
            pop_left(cx, deque);
        }
        _ => {}
    }
    push_right(cx, deque, value)
}

/// Appends at the left; a full deque loses its last item.
pub(super) fn append_left(
    cx: &mut Cx<'_>,
    deque: Handle<'_, Record>,
    value: Handle<'_>,
) -> Result<(), Raised> {
    match maxlen(deque.get(cx)) {
        Some(0) => return Ok(()),
        Some(most) if len(deque.get(cx)) >= most => {
            pop(cx, deque);
        }
        _ => {}
    }
    grow(cx, deque)?;
    let local = deque.get(cx);
    if let Some(ring) = storage(cx, local) {
        let room = ring.len.get() as i64;
        local.x.set((local.x.get() + room - 1) & (room - 1));
        array_set(cx, ring, local.x.get() as usize, Some(value.get(cx)));
        set_len(local, len(local) + 1);
    }
    Ok(())
}

/// Takes the last item out.
pub(super) fn pop<'s>(cx: &Cx<'s>, deque: Handle<'_, Record>) -> Option<Handle<'s>> {
    let local = deque.get(cx);
    let last = len(local).checked_sub(1)?;
    let ring = storage(cx, local)?;
    let at = place(local, ring, last);
    let found = cx.root(array_get(ring, at)?);
    array_set(cx, ring, at, None);
    set_len(local, last);
    Some(found)
}

/// Takes the first item out.
pub(super) fn pop_left<'s>(cx: &Cx<'s>, deque: Handle<'_, Record>) -> Option<Handle<'s>> {
    let local = deque.get(cx);
    let left = len(local).checked_sub(1)?;
    let ring = storage(cx, local)?;
    let at = place(local, ring, 0);
    let found = cx.root(array_get(ring, at)?);
    array_set(cx, ring, at, None);
    local.x.set(place(local, ring, 1) as i64);
    set_len(local, left);
    Some(found)
}

/// Moves the items round by so many places to the right (to the left, if negative).
pub(super) fn rotate(cx: &mut Cx<'_>, deque: Handle<'_, Record>, by: i64) -> Result<(), Raised> {
    let count = len(deque.get(cx)) as i64;
    if count < 2 {
        return Ok(());
    }
    let right = by.rem_euclid(count);
    let (steps, to_right) = if right <= count / 2 { (right, true) } else { (count - right, false) };
    for _ in 0..steps {
        cx.scoped(|cx| match to_right {
            true => pop(cx, deque).map_or(Ok(()), |item| append_left(cx, deque, item)),
            false => pop_left(cx, deque).map_or(Ok(()), |item| push_right(cx, deque, item)),
        })?;
    }
    Ok(())
}

/// Empties the deque.
pub(super) fn clear(cx: &Cx<'_>, deque: Handle<'_, Record>) {
    let local = deque.get(cx);
    set_len(local, 0);
    local.x.set(0);
    local.put(cx, Record::a, None);
}
