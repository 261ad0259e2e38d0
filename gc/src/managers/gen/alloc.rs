//! Allocation of `gen`: fresh blocks for the nursery; cells among old objects, too, for those that are [pinned](super::pinned); cells of swept and fresh old blocks for survivors, and for what is pretenured.

use super::{pinned, Gen};
use crate::cache::Bin;
use crate::header::Header;
use crate::limits::HeapFull;
use crate::manager::Memory;
use crate::space::{class_bytes, is_pinned_class, BlockSpace, BLOCK_BYTES, CLASSES};
use crate::sweep::Sweeper;

pub(super) fn refill(gen: &mut Gen, memory: &mut Memory, class: usize) -> Result<(), HeapFull> {
    if gen.pretenuring.is_on() {
        let block = gen.sweeper.refill(memory, class)?;
        if is_pinned_class(class) {
            memory.blocks.set_all_old(block, true);
        }
        gen.pretenuring.note(memory.cache.bin(class));
        return Ok(());
    }
    if is_pinned_class(class) {
        return pinned::refill(gen, memory, class);
    }
    let full = HeapFull { requested: BLOCK_BYTES };
    gen.young.try_reserve(1).map_err(|_| full)?;
    let block = match memory.refill_with_block(class) {
        Err(full) if gen.sweeper.finish(memory) => {
            // Sweeping everything may have emptied blocks.
            memory.refill_with_block(class).map_err(|_| full)?
        }
        result => result?,
    };
    memory.blocks.set_young(block, true);
    gen.young.push(block);
    Ok(())
}

/// A large object, which is old and remembered, because its first stores are not logged.
pub(super) fn alloc_large(gen: &mut Gen, memory: &mut Memory, size: usize) -> Result<*mut Header, HeapFull> {
    let object = gen.sweeper.alloc_large(memory, size)?;
    if !gen.pretenuring.is_on() {
        gen.remembered.add(object);
    }
    Ok(object)
}

/// Cells of the old space that wait for survivors, by class.
#[derive(Debug)]
pub(super) struct OldCells {
    bins: [Bin; CLASSES],
}

impl Default for OldCells {
    fn default() -> OldCells {
        OldCells { bins: [Bin::EMPTY; CLASSES] }
    }
}

impl OldCells {
    /// Forgets the cells; the next sweep finds them again.
    pub(super) fn reset(&mut self) {
        self.bins = [Bin::EMPTY; CLASSES];
    }

    /// A cell of this class; null when the system has no memory.
    #[inline(always)]
    pub(super) fn take(
        &mut self,
        class: usize,
        blocks: &mut BlockSpace,
        sweeper: &mut Sweeper,
        poison: bool,
    ) -> *mut Header {
        let cell = self.bins[class].take(class_bytes(class));
        if !cell.is_null() {
            return cell;
        }
        self.take_slow(class, blocks, sweeper, poison)
    }

    #[cold]
    #[inline(never)]
    fn take_slow(
        &mut self,
        class: usize,
        blocks: &mut BlockSpace,
        sweeper: &mut Sweeper,
        poison: bool,
    ) -> *mut Header {
        let bin = match sweeper.take_swept(blocks, class, poison) {
            Some((_, bin, _)) => bin,
            None => match blocks.take(class) {
                Some(block) => blocks.fresh_bin(block),
                None => return std::ptr::null_mut(),
            },
        };
        // Walks see free cells then (N4).
        bin.settle(class_bytes(class));
        self.bins[class] = bin;
        self.bins[class].take(class_bytes(class))
    }
}
