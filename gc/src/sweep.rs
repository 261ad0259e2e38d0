//! [`Sweeper`]: lazy sweeping, shared by the managers that mark. After a trace the blocks wait; allocation sweeps one when it needs cells.
//!
//! Cells are handed out block by block, so that pacing counts them as allocated when they are. Under counting managers cells that die
//! meanwhile in a block that waits are marked; the sweep leaves them to whoever freed them.
//!
//! - S1: a block either waits, with the marks of the last trace valid for it, or is swept; cells are handed out only from swept ones. Of a block of a pinned class it is
//!   the [bits of old objects](crate::space) that say what is alive, so such a block may wait while marks are cleared and set.
//! - S2: what a trace found dead has been dropped before its cell is swept.

use crate::cache::{Bin, FreeCell};
use crate::header::Header;
use crate::limits::HeapFull;
use crate::manager::Memory;
use crate::space::{class_bytes, is_pinned_class, BlockRef, BlockSpace, ALL_CLASSES, BLOCK_BYTES};

/// The blocks that wait, per class.
#[derive(Debug)]
pub struct Sweeper {
    /// Blocks to be swept.
    waiting: Vec<Vec<BlockRef>>,
    /// Blocks that were swept early, with their free lists and the lengths of those.
    ready: Vec<Vec<(BlockRef, *mut FreeCell, usize)>>,
}

// SAFETY: the free lists belong to the heap whose manager owns the sweeper, and are used only with it.
unsafe impl Send for Sweeper {}

impl Default for Sweeper {
    fn default() -> Sweeper {
        Sweeper { waiting: vec![Vec::new(); ALL_CLASSES], ready: vec![Vec::new(); ALL_CLASSES] }
    }
}

impl Sweeper {
    /// Has all blocks wait: a trace is complete, and what it found dead is dropped. [`finish`](Self::finish) was called before it, and none waits but for
    /// [its young objects](Self::wait).
    ///
    /// # Safety
    /// No unmarked object is used again.
    pub unsafe fn start(&mut self, memory: &mut Memory) {
        // SAFETY: by contract.
        unsafe { memory.large.sweep() };
        memory.cache.reset();
        for ready in &mut self.ready {
            ready.clear();
        }
        self.waiting.iter_mut().for_each(Vec::clear);
        for &block in memory.blocks.used() {
            self.waiting[memory.blocks.class(block)].push(block);
        }
    }

    /// Has a block of a pinned class wait: its young objects are dead, and dropped.
    pub(crate) fn wait(&mut self, blocks: &BlockSpace, block: BlockRef) {
        debug_assert!(is_pinned_class(blocks.class(block)));
        self.waiting[blocks.class(block)].push(block);
    }

    /// Makes sure that the bin of `class` has a cell: from a swept block, or a fresh one. Which that is.
    pub fn refill(&mut self, memory: &mut Memory, class: usize) -> Result<BlockRef, HeapFull> {
        if let Some(block) = self.refill_from_swept(memory, class) {
            return Ok(block);
        }
        match memory.refill_with_block(class) {
            Err(full) if self.finish(memory) => {
                // Sweeping everything may have emptied blocks of other classes.
                memory.refill_with_block(class).map_err(|_| full)
            }
            result => result,
        }
    }

    /// As [`refill`](Self::refill), but from a swept block only.
    pub(crate) fn refill_from_swept(&mut self, memory: &mut Memory, class: usize) -> Option<BlockRef> {
        let (block, bin, bytes) = self.take_swept(&memory.blocks, class, memory.zeal.poison)?;
        *memory.cache.bin(class) = bin;
        memory.note_allocation(bytes);
        Some(block)
    }

    /// A swept block with its free cells, and how many bytes they are.
    pub(crate) fn take_swept(
        &mut self,
        blocks: &BlockSpace,
        class: usize,
        poison: bool,
    ) -> Option<(BlockRef, Bin, usize)> {
        loop {
            let (block, list, count) = match self.ready[class].pop() {
                Some(ready) => ready,
                None => {
                    let block = self.waiting[class].pop()?;
                    if blocks.is_dead(block) && !poison {
                        // All of it is dead: bump through it, and touch each cell only when it is allocated.
                        return Some((block, blocks.fresh_bin(block), BLOCK_BYTES));
                    }
                    let mut list = std::ptr::null_mut();
                    // SAFETY: blocks wait after a complete trace (S1, S2).
                    let count = unsafe { blocks.sweep(block, &mut list, poison) };
                    (block, list, count)
                }
            };
            if count > 0 {
                return Some((block, Bin { free: list, ..Bin::EMPTY }, count * class_bytes(class)));
            }
        }
    }

    /// The blocks that were swept and of which nothing has been handed out since, with the numbers of their free cells.
    pub(crate) fn ready(&self) -> impl Iterator<Item = (BlockRef, usize)> + Clone + '_ {
        self.ready.iter().flatten().map(|&(block, _, count)| (block, count))
    }

    /// Hands out no cells of these blocks before they are swept anew.
    pub(crate) fn keep_back(&mut self, is_kept_back: impl Fn(BlockRef) -> bool) {
        for ready in &mut self.ready {
            ready.retain(|&(block, ..)| !is_kept_back(block));
        }
    }

    /// A large object; its space has been swept.
    pub fn alloc_large(&mut self, memory: &mut Memory, size: usize) -> Result<*mut Header, HeapFull> {
        match memory.alloc_large(size) {
            Err(full) if self.finish(memory) => memory.alloc_large(size).map_err(|_| full),
            result => result,
        }
    }

    /// Sweeps all blocks that wait and gives empty ones back; whether any was.
    pub fn finish(&mut self, memory: &mut Memory) -> bool {
        self.sweep_some(memory, usize::MAX)
    }

    /// Makes sure that no cell of a class lies ready, so that those that do are found by their headers; whether that could be: no block of the class may wait.
    pub(crate) fn forget_ready(&mut self, class: usize) -> bool {
        if self.waiting[class].is_empty() {
            self.ready[class].clear();
        }
        self.waiting[class].is_empty()
    }

    /// Gives back the blocks that wait and of which nothing is alive, without a look at their cells.
    pub(crate) fn give_back_unmarked(&mut self, memory: &mut Memory) {
        let (blocks, poison) = (&mut memory.blocks, memory.zeal.poison);
        for waiting in &mut self.waiting {
            waiting.retain(|&block| {
                let dead = blocks.is_dead(block);
                if dead {
                    blocks.discard(block, poison);
                }
                !dead
            });
        }
        blocks.retain_used();
    }

    /// Whether no block waits.
    pub(crate) fn is_done(&self) -> bool {
        self.waiting.iter().all(Vec::is_empty)
    }

    /// As [`finish`](Self::finish), but `most` blocks at most.
    pub(crate) fn sweep_some(&mut self, memory: &mut Memory, mut most: usize) -> bool {
        let mut released = false;
        for class in 0..self.waiting.len() {
            while let Some(block) = self.waiting[class].pop_if(|_| most > 0) {
                most -= 1;
                released |= self.sweep_block(memory, class, block);
            }
        }
        if released {
            memory.blocks.retain_used();
        }
        released
    }

    /// Sweeps a block that waits no more, and gives it back if it is empty; whether it was.
    fn sweep_block(&mut self, memory: &mut Memory, class: usize, block: BlockRef) -> bool {
        let mut list = std::ptr::null_mut();
        let dead = memory.blocks.is_dead(block);
        if !dead || memory.zeal.poison {
            // SAFETY: blocks wait after a complete trace (S1, S2).
            let count = unsafe { memory.blocks.sweep(block, &mut list, memory.zeal.poison) };
            if !dead && count > 0 {
                self.ready[class].push((block, list, count));
            }
        }
        if dead {
            memory.blocks.release(block);
        }
        dead
    }
}
