//! Bytes objects.

use super::layout::Bytes;
use super::{class, classes, retrying, shapes};
use crate::object::raise::Raised;
use std::cell::Cell;
use taipan_gc::shape::tail_len;
use taipan_gc::{Cx, Handle, HeapFull, Local};

const TAIL: usize = 16;

/// Allocates a bytes object. Never collects.
pub fn alloc<'a>(cx: &'a Cx<'_>, content: &[u8]) -> Result<Local<'a, Bytes>, HeapFull> {
    let full = HeapFull { requested: content.len() };
    let count = u32::try_from(content.len()).map_err(|_| full)?;
    let size = (TAIL + content.len()).next_multiple_of(8);
    // SAFETY: the fresh cell has `size` bytes; header, length, hash and tail are written before anyone sees it.
    unsafe {
        let object = (*cx.core()).alloc(size, shapes::BYTES, 0)?;
        let words = object as *mut u32;
        *words.add(2) = count;
        *words.add(3) = 0;
        std::ptr::copy_nonoverlapping(content.as_ptr(), (object as *mut u8).add(TAIL), content.len());
        Ok(cx.newborn(object))
    }
}

/// A new bytes object of content that does not lie in the heap.
pub fn new<'s>(cx: &mut Cx<'s>, content: &[u8]) -> Result<Handle<'s, Bytes>, Raised> {
    retrying(cx, |cx| alloc(cx, content))
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
    retrying(cx, |cx| {
        let full = HeapFull { requested: len };
        let count = u32::try_from(len).map_err(|_| full)?;
        let size = (TAIL + len).next_multiple_of(8);
        // SAFETY: the fresh cell has `size` bytes, all written before anyone sees it but the header, which `alloc` writes.
        unsafe {
            let object = (*cx.core()).alloc(size, shapes::BYTES, 0)?;
            let words = object as *mut u32;
            *words.add(2) = count;
            *words.add(3) = 0;
            std::ptr::write_bytes((object as *mut u8).add(TAIL), 0, size - TAIL);
            Ok(cx.newborn(object))
        }
    })
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
