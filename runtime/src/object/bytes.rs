//! Bytes objects.

use super::layout::Bytes;
use super::tail::{self, TAIL};
use super::{class, classes, retrying, shapes};
use crate::object::raise::Raised;
use std::cell::Cell;
use taipan_gc::shape::tail_len;
use taipan_gc::{Cx, Handle, HeapFull, Local};

/// Allocates bytes. Never collects.
pub fn alloc<'a>(cx: &'a Cx<'_>, content: &[u8]) -> Result<Local<'a, Bytes>, HeapFull> {
    tail::alloc(cx, shapes::BYTES, content.len(), content.len(), std::iter::once(content))
}

/// A new bytes object of content that does not lie in the heap.
pub fn new<'s>(cx: &mut Cx<'s>, content: &[u8]) -> Result<Handle<'s, Bytes>, Raised> {
    retrying(cx, |cx| alloc(cx, content))
}

/// These bytes, so many times over.
pub(crate) fn repeated<'s>(
    cx: &mut Cx<'s>,
    bytes: Handle<'_, Bytes>,
    times: usize,
) -> Result<Handle<'s, Bytes>, Raised> {
    retrying(cx, |cx| {
        let piece = content(bytes.get(cx));
        let all = piece.len().checked_mul(times).ok_or(HeapFull { requested: usize::MAX })?;
        let times = if all == 0 { 0 } else { times };
        tail::alloc(cx, shapes::BYTES, all, all, std::iter::repeat_n(piece, times))
    })
}

/// The bytes.
#[inline]
pub fn content<'a>(bytes: Local<'a, Bytes>) -> &'a [u8] {
    let object = bytes.value().bits() as *mut u8;
    // SAFETY: the tail holds `len` bytes and never changes.
    unsafe { std::slice::from_raw_parts(object.add(TAIL), tail_len(object as *mut _)) }
}

/// Storage of so many zero bytes, which programs never see: [`cells`] are written.
pub fn new_storage<'s>(cx: &mut Cx<'s>, len: usize) -> Result<Handle<'s, Bytes>, Raised> {
    retrying(cx, |cx| tail::alloc(cx, shapes::BYTES, len, len, std::iter::empty()))
}

/// The bytes of storage that [`new_storage`] made and no one else has.
#[inline]
pub fn cells<'a>(storage: Local<'a, Bytes>) -> &'a [Cell<u8>] {
    let object = storage.value().bits() as *mut u8;
    // SAFETY: the tail holds `len` bytes; this thread alone reads and writes them, through cells.
    unsafe { std::slice::from_raw_parts(object.add(TAIL) as *const Cell<u8>, tail_len(object as *mut _)) }
}

/// The value as bytes: exact ones, or the value of an instance of a subclass.
pub fn of<'a>(cx: &'a Cx<'_>, value: Local<'a>) -> Option<Local<'a, Bytes>> {
    match value.shape() {
        // SAFETY: the shape says so.
        Some(shapes::BYTES) => Some(unsafe { Local::from_value(value.value()) }),
        Some(_) if class::kind_of(cx, value) == classes::KIND_BYTES => {
            // SAFETY: instances of this kind hold exact bytes.
            class::boxed_value(cx, value).map(|v| unsafe { Local::from_value(v.value()) })
        }
        _ => None,
    }
}
