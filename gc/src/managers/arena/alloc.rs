//! Allocation of `arena`: runs of cells out of bumpalo's chunks, longer ones for classes that are much asked for.

use super::{Arena, Run};
use crate::header::Header;
use crate::limits::HeapFull;
use crate::manager::Memory;
use crate::space::{class_bytes, BLOCK_BYTES};
use std::alloc::Layout;

/// Bytes of a class's first run; each is twice as long as the one before, up to a block's length.
const FIRST_RUN: usize = 512;

/// Alignment of everything handed out.
const ALIGN: usize = 16;

pub(super) fn refill(arena: &mut Arena, memory: &mut Memory, class: usize) -> Result<(), HeapFull> {
    let cell = class_bytes(class);
    let wanted = (FIRST_RUN << arena.doublings[class]).clamp(cell, BLOCK_BYTES.max(cell));
    let bytes = wanted / cell * cell;
    let start = take(arena, memory, bytes, cell)?;
    if FIRST_RUN << arena.doublings[class] < BLOCK_BYTES {
        arena.doublings[class] += 1;
    }
    let bin = memory.cache.bin(class);
    (bin.cursor, bin.limit) = (start, start.wrapping_add(bytes));
    memory.note_allocation(bytes);
    Ok(())
}

pub(super) fn alloc_large(
    arena: &mut Arena,
    memory: &mut Memory,
    size: usize,
) -> Result<*mut Header, HeapFull> {
    let start = take(arena, memory, size, size)?;
    // SAFETY: fresh memory of that size.
    unsafe { std::ptr::write_bytes(start, 0, size) };
    memory.note_allocation(size);
    Ok(start as *mut Header)
}

/// Takes memory for cells of `cell` bytes from the chunks.
fn take(arena: &mut Arena, memory: &mut Memory, bytes: usize, cell: usize) -> Result<*mut u8, HeapFull> {
    let full = HeapFull { requested: bytes };
    if !memory.fits(bytes) || arena.runs.try_reserve(1).is_err() {
        return Err(full);
    }
    let layout = Layout::from_size_align(bytes, ALIGN).map_err(|_| full)?;
    let start = arena.bump.try_alloc_layout(layout).map_err(|_| full)?.as_ptr();
    arena.runs.push(Run { start, bytes, cell });
    memory.foreign_bytes += bytes;
    Ok(start)
}
