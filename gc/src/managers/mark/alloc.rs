//! Allocation of `mark`: refilling from swept blocks, sweeping lazily, then fresh blocks.

use super::Mark;
use crate::header::Header;
use crate::limits::HeapFull;
use crate::manager::Memory;
use crate::space::class_bytes;

pub(super) fn refill(mark: &mut Mark, memory: &mut Memory, class: usize) -> Result<(), HeapFull> {
    if refill_from_swept(mark, memory, class) {
        return Ok(());
    }
    match memory.refill_with_block(class) {
        Err(full) if finish_sweep(mark, memory) => {
            // Sweeping everything may have emptied blocks of other classes.
            memory.refill_with_block(class).map_err(|_| full)
        }
        result => result,
    }
}

fn refill_from_swept(mark: &mut Mark, memory: &mut Memory, class: usize) -> bool {
    let (mut list, mut count) = mark.ready[class].pop().unwrap_or((std::ptr::null_mut(), 0));
    while count == 0 {
        let Some(block) = mark.unswept[class].pop() else {
            return false;
        };
        if memory.blocks.is_unmarked(block) && !memory.zeal.poison {
            // All of it is dead: bump through it, and touch each cell only when it is allocated.
            memory.bump_through(block);
            return true;
        }
        // SAFETY: blocks are queued after a complete marking (M2).
        count = unsafe { memory.blocks.sweep(block, &mut list, memory.zeal.poison) };
    }
    memory.cache.bin(class).free = list;
    memory.note_allocation(count * class_bytes(class));
    true
}

pub(super) fn alloc_large(
    mark: &mut Mark,
    memory: &mut Memory,
    size: usize,
) -> Result<*mut Header, HeapFull> {
    match memory.alloc_large(size) {
        Err(full) if finish_sweep(mark, memory) => memory.alloc_large(size).map_err(|_| full),
        result => result,
    }
}

/// Sweeps all queued blocks and gives empty ones back; whether any was.
pub(super) fn finish_sweep(mark: &mut Mark, memory: &mut Memory) -> bool {
    let mut released = false;
    for class in 0..mark.unswept.len() {
        while let Some(block) = mark.unswept[class].pop() {
            if memory.blocks.is_unmarked(block) {
                if memory.zeal.poison {
                    let mut list = std::ptr::null_mut();
                    // SAFETY: as in `refill_from_swept`.
                    unsafe { memory.blocks.sweep(block, &mut list, true) };
                }
                memory.blocks.release(block);
                released = true;
                continue;
            }
            let mut list = std::ptr::null_mut();
            // SAFETY: as in `refill_from_swept`.
            let count = unsafe { memory.blocks.sweep(block, &mut list, memory.zeal.poison) };
            if count > 0 {
                mark.ready[class].push((list, count));
            }
        }
    }
    if released {
        memory.blocks.retain_used();
    }
    released
}
