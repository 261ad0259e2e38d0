//! Allocation of `arena`: runs of cells out of bumpalo's chunks, longer ones for classes that are much asked for. bumpalo has its memory from the process's
//! allocator; where a heap is to have its memory from elsewhere, [`Chunks`] stand in.

use super::{Arena, Run};
use crate::header::Header;
use crate::limits::HeapFull;
use crate::manager::Memory;
use crate::raw::RawMemory;
use crate::space::{class_bytes, BLOCK_BYTES};
use std::alloc::Layout;

/// Bytes of a class's first run; each is twice as long as the one before, up to a block's length.
const FIRST_RUN: usize = 512;

/// Alignment of everything handed out.
const ALIGN: usize = 16;

/// Memory from elsewhere, taken in chunks, each twice as long as the one before, and given back with the heap.
#[derive(Debug)]
pub(super) struct Chunks {
    raw: RawMemory,
    all: Vec<(*mut u8, Layout)>,
    /// What is left of the newest one.
    cursor: *mut u8,
    left: usize,
    next_bytes: usize,
}

/// Bytes of the first chunk, and most of any that is not for one large object.
const FIRST_CHUNK: usize = 64 << 10;
const LAST_CHUNK: usize = 1 << 20;

impl Chunks {
    pub(super) fn new(raw: RawMemory) -> Chunks {
        Chunks { raw, all: Vec::new(), cursor: std::ptr::null_mut(), left: 0, next_bytes: FIRST_CHUNK }
    }

    /// Memory of a layout of [`ALIGN`]; `None` if there is none.
    fn take(&mut self, layout: Layout) -> Option<*mut u8> {
        let bytes = layout.size().checked_next_multiple_of(ALIGN)?;
        if bytes > FIRST_CHUNK {
            return self.get(layout);
        }
        if bytes > self.left {
            let chunk = Layout::from_size_align(self.next_bytes, ALIGN).ok()?;
            self.cursor = self.get(chunk)?;
            self.left = chunk.size();
            self.next_bytes = (2 * self.next_bytes).min(LAST_CHUNK);
        }
        let start = self.cursor;
        self.cursor = start.wrapping_add(bytes);
        self.left -= bytes;
        Some(start)
    }

    fn get(&mut self, layout: Layout) -> Option<*mut u8> {
        self.all.try_reserve(1).ok()?;
        let start = self.raw.alloc(layout);
        if start.is_null() {
            return None;
        }
        self.all.push((start, layout));
        Some(start)
    }
}

impl Drop for Chunks {
    fn drop(&mut self) {
        for (start, layout) in self.all.drain(..) {
            // SAFETY: it came from there for this layout; the heap is gone.
            unsafe { self.raw.free(start, layout) };
        }
    }
}

/// Memory that is kept back for what is set aside.
#[derive(Debug)]
pub(super) struct Kept {
    cursor: *mut u8,
    left: usize,
}

impl Default for Kept {
    fn default() -> Kept {
        Kept { cursor: std::ptr::null_mut(), left: 0 }
    }
}

impl Kept {
    /// A part of it, aligned as cells within a run are.
    fn take(&mut self, bytes: usize) -> Option<*mut u8> {
        let bytes = bytes.checked_next_multiple_of(8)?;
        self.left = self.left.checked_sub(bytes)?;
        let start = self.cursor;
        self.cursor = start.wrapping_add(bytes);
        Some(start)
    }
}

pub(super) fn set_aside(arena: &mut Arena, bytes: usize) -> bool {
    let bytes = arena.kept.left + bytes;
    let start = Layout::from_size_align(bytes, ALIGN).ok().and_then(|layout| fresh(arena, layout));
    let is_there = start.is_some();
    if let Some(cursor) = start {
        arena.kept = Kept { cursor, left: bytes };
    }
    is_there
}

pub(super) fn refill(arena: &mut Arena, memory: &mut Memory, class: usize) -> Result<(), HeapFull> {
    let cell = class_bytes(class);
    let wanted = (FIRST_RUN << arena.doublings[class]).clamp(cell, BLOCK_BYTES.max(cell));
    let bytes = wanted / cell * cell;
    let start = match take(arena, memory, bytes, cell) {
        Ok(start) => start,
        // One cell alone, so that nobody else gets what is set aside.
        Err(_) if memory.aside.taking => return refill_kept(arena, memory, class, cell),
        Err(full) => return Err(full),
    };
    if FIRST_RUN << arena.doublings[class] < BLOCK_BYTES {
        arena.doublings[class] += 1;
    }
    let bin = memory.cache.bin(class);
    (bin.cursor, bin.limit) = (start, start.wrapping_add(bytes));
    memory.note_allocation(bytes);
    Ok(())
}

/// Gives the bin a cell of what is kept back.
fn refill_kept(arena: &mut Arena, memory: &mut Memory, class: usize, cell: usize) -> Result<(), HeapFull> {
    let start = take_kept(arena, memory, cell)?;
    let bin = memory.cache.bin(class);
    (bin.cursor, bin.limit) = (start, start.wrapping_add(cell));
    memory.note_allocation(cell);
    Ok(())
}

pub(super) fn alloc_large(
    arena: &mut Arena,
    memory: &mut Memory,
    size: usize,
) -> Result<*mut Header, HeapFull> {
    let start = match take(arena, memory, size, size) {
        Err(_) if memory.aside.taking => take_kept(arena, memory, size)?,
        taken => taken?,
    };
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
    let start = fresh(arena, layout).ok_or(full)?;
    note_run(arena, memory, Run { start, bytes, cell });
    Ok(start)
}

/// Takes memory for one cell from what is kept back.
fn take_kept(arena: &mut Arena, memory: &mut Memory, cell: usize) -> Result<*mut u8, HeapFull> {
    let full = HeapFull { requested: cell };
    arena.runs.try_reserve(1).map_err(|_| full)?;
    let start = arena.kept.take(cell).ok_or(full)?;
    note_run(arena, memory, Run { start, bytes: cell, cell });
    Ok(start)
}

/// Memory from wherever the heap has it.
fn fresh(arena: &mut Arena, layout: Layout) -> Option<*mut u8> {
    match &mut arena.chunks {
        None => Some(arena.bump.try_alloc_layout(layout).ok()?.as_ptr()),
        Some(chunks) => chunks.take(layout),
    }
}

/// Adds a run, for which there is room.
fn note_run(arena: &mut Arena, memory: &mut Memory, run: Run) {
    arena.runs.push(run);
    memory.foreign_bytes += run.bytes;
}
