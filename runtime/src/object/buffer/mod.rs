//! Buffers: bytes that several objects look at. [`pinned`] has bytes that never move, [`view`] is `memoryview`, [`items`] what views are of.
//!
//! Here is what is asked of bytes-like values: bytes, arrays, views.

pub mod items;
pub mod pinned;
pub mod view;

use super::raise::{raise, value_error, Raised};
use super::{bytes, classes, record};
use crate::text::hash::hash_bytes;
use taipan_gc::{Cx, Handle, HeapFull, Local};
use view::View;

/// Whether the value is bytes-like.
pub fn is(cx: &Cx<'_>, value: Handle<'_>) -> bool {
    let local = value.get(cx);
    bytes::of(cx, local).is_some()
        || view::of(local).is_some()
        || record::of(cx, value, classes::ARRAY).is_some()
}

/// Whether the value is bytes-like, not released, and its items lie one behind the other.
pub fn is_plain(cx: &Cx<'_>, value: Handle<'_>) -> bool {
    match view::of(value.get(cx)) {
        Some(view) => !view.is_released() && view.form().is_contiguous(),
        None => is(cx, value),
    }
}

/// How many bytes a bytes-like value has; 0 for others.
pub fn size(cx: &Cx<'_>, value: Handle<'_>) -> usize {
    let local = value.get(cx);
    if let Some(found) = bytes::of(cx, local) {
        return found.len.get() as usize;
    }
    if let Some(found) = view::of(local) {
        return found.form().bytes();
    }
    let array = record::of(cx, value, classes::ARRAY).map(|array| array.get(cx));
    array.map_or(0, |array| array.x.get() as usize * view::format_of(array).size())
}

/// The bytes of a bytes-like value, copied; `None`: it is none. Fails for views that are released and, unless `gathers`, for those whose items don't
/// lie one behind the other.
pub fn content(cx: &mut Cx<'_>, value: Handle<'_>, gathers: bool) -> Result<Option<Vec<u8>>, Raised> {
    if let Some(found) = bytes::of(cx, value.get(cx)) {
        return Ok(Some(copied(bytes::content(found).iter().copied())?));
    }
    if let Some(array) = record::of(cx, value, classes::ARRAY) {
        let array = array.get(cx);
        let used = array.x.get() as usize * view::format_of(array).size();
        let cells = array.a.get(cx).map_or(&[][..], pinned::cells);
        return Ok(Some(copied(cells[..used].iter().map(|cell| cell.get()))?));
    }
    let Some(found) = view::of_handle(cx, value) else { return Ok(None) };
    if !view::form(cx, found)?.is_contiguous() && !gathers {
        return Err(raise(cx, classes::BUFFER_ERROR, "memoryview: underlying buffer is not C-contiguous"));
    }
    Ok(Some(view::content(cx, found.get(cx))?))
}

fn copied(bytes: impl ExactSizeIterator<Item = u8>) -> Result<Vec<u8>, HeapFull> {
    let mut all = Vec::new();
    all.try_reserve_exact(bytes.len()).map_err(|_| HeapFull { requested: bytes.len() })?;
    all.extend(bytes);
    Ok(all)
}

/// `view == other`; `None`: the other is not bytes-like.
pub fn equal(cx: &mut Cx<'_>, view: Handle<'_, View>, other: Handle<'_>) -> Result<Option<bool>, Raised> {
    let same = view.get(cx).any().is(other.get(cx));
    let is_released = |view: Local<'_, View>| view.is_released();
    if is_released(view.get(cx)) || view::of(other.get(cx)).is_some_and(is_released) {
        return Ok(Some(same));
    }
    cx.scoped(|cx| {
        let Some(other) = view::open(cx, other)? else { return Ok(None) };
        let (a, b) = (view::form(cx, view)?, view::form(cx, other)?);
        let mut is_equal = a.len == b.len;
        for at in 0..a.len {
            // What runs in between may release a view; then its items are gone.
            if !is_equal || is_released(view.get(cx)) || is_released(other.get(cx)) {
                break;
            }
            let (x, y) = (view::item(cx, view.get(cx), at), view::item(cx, other.get(cx), at));
            is_equal = items::equal(cx, (a.format, x), (b.format, y))?;
            super::limits::tick(cx)?;
        }
        view::release(cx, other)?;
        Ok(Some(is_equal))
    })
}

/// `hash(view)`
pub fn hash(cx: &mut Cx<'_>, view: Handle<'_, View>) -> Result<i64, Raised> {
    if let Some(hash) = view.get(cx).known_hash() {
        return Ok(hash);
    }
    let form = view::form(cx, view)?;
    if !form.is_readonly {
        return Err(value_error(cx, "cannot hash writable memoryview object"));
    }
    if !form.format.is_bytes() {
        return Err(value_error(cx, "memoryview: hashing is restricted to formats 'B', 'b' or 'c'"));
    }
    let hash = hash_bytes(&view::content(cx, view.get(cx))?);
    view.get(cx).keep_hash(hash);
    Ok(hash)
}
