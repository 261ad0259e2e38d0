//! Objects that are a length, a hash and bytes behind them: strings and bytes. Leaves out what the bytes mean.

use taipan_gc::{Cx, HeapFull, Local, ShapeId};

/// Where the bytes begin.
pub(super) const TAIL: usize = 16;

/// A new object that says it has `len` items; their `size` bytes are the pieces, one behind the other. Never collects.
///
/// The caller chooses `T` as the shape says.
#[inline]
pub(super) fn alloc<'a, 'p, T>(
    cx: &'a Cx<'_>,
    shape: ShapeId,
    len: usize,
    size: usize,
    pieces: impl Iterator<Item = &'p [u8]>,
) -> Result<Local<'a, T>, HeapFull> {
    let full = HeapFull { requested: size };
    let count = u32::try_from(len).map_err(|_| full)?;
    let cell = size.checked_add(TAIL).and_then(|size| size.checked_next_multiple_of(8)).ok_or(full)?;
    // SAFETY: the fresh cell has room for header, length, hash and the pieces, all written before anyone sees it.
    unsafe {
        let object = (*cx.core()).alloc(cell, shape, 0)?;
        let words = object as *mut u32;
        *words.add(2) = count;
        *words.add(3) = 0;
        let (mut to, mut room) = ((object as *mut u8).add(TAIL), size);
        for piece in pieces {
            assert!(piece.len() <= room, "the pieces are longer than they should be");
            std::ptr::copy_nonoverlapping(piece.as_ptr(), to, piece.len());
            to = to.add(piece.len());
            room -= piece.len();
        }
        std::ptr::write_bytes(to, 0, room);
        Ok(cx.newborn(object))
    }
}
