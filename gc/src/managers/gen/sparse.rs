//! Which old blocks `gen` empties: those in which little is alive, so that their memory comes back.
//!
//! A block of equal cells can only be used again for objects of its class, as long as one of them lives. Where a program has dropped most of what it
//! made, in no order, every block keeps a few, and none is ever empty. Their objects are [moved](super::relocate) into the free cells of other blocks.
//!
//! A marking in slices is told beforehand, when all is swept and the free cells of each block are counted, and [notes](crate::holders) on its way who refers to
//! what will move: nobody has to look for that while the program waits. A marking in one go, which takes its time anyway, is over first: its marks tell
//! what is alive, and a walk through the heap finds the holders.

use super::{relocate, Gen};
use crate::holders::Holders;
use crate::manager::Memory;
use crate::marker::Marker;
use crate::space::{class_bytes, BlockRef, BlockSpace, BLOCK_BYTES, CLASSES};
use crate::sweep::Sweeper;

/// A block with more bytes alive is not sparse.
const MOST_ALIVE: usize = BLOCK_BYTES / 4;
/// It is worth it when so many bytes of sparse blocks are free, and such a part of all blocks.
const WORTH_BYTES: usize = 1 << 20;
const WORTH_PART: usize = 8;
/// So many bytes at most are moved at the end of a marking in slices, an object counting as [`OBJECT`] at least: the program waits.
const MOST_MOVED: usize = 512 << 10;
const OBJECT: usize = 64;
/// Levels of sparseness.
const LEVELS: usize = 16;
/// After a marking that could not note all holders so many others, at most, note none.
const MAX_PATIENCE: u32 = 15;

/// The blocks that are to be emptied.
#[derive(Debug, Default)]
pub(super) struct Sparse {
    /// Those with their bit set, and of which no cell is handed out.
    blocks: Vec<BlockRef>,
    /// So many markings in slices note no holders; and how many did not the last time.
    skip: u32,
    patience: u32,
}

/// A block that may be chosen, with the number of its objects, or one with which it is not sparse.
type Candidate = (BlockRef, usize);

impl Sparse {
    /// Chooses blocks before a marking in slices, when all is swept; a list for their holders, if any was chosen.
    pub(super) fn choose_ahead(&mut self, memory: &Memory, sweeper: &mut Sweeper) -> Option<Holders> {
        self.forget(&memory.blocks);
        let stressed = memory.zeal.collect_every != 0;
        if self.skip > 0 && !stressed {
            self.skip -= 1;
            return None;
        }
        let blocks = &memory.blocks;
        let ready = sweeper.ready().filter(|&(block, _)| !blocks.is_pinned_block(block));
        let ready = ready.map(|(block, free)| (block, blocks.cells(block) - free));
        self.blocks = match stressed {
            true => every_other(memory, ready),
            false => sparsest(blocks, ready, MOST_MOVED),
        };
        self.keep_back(blocks, sweeper);
        (!self.blocks.is_empty()).then(Holders::new)
    }

    /// Chooses blocks after a marking in one go.
    fn choose_marked(&mut self, memory: &Memory, sweeper: &mut Sweeper) {
        self.forget(&memory.blocks);
        let blocks = &memory.blocks;
        let most = |block| MOST_ALIVE / class_bytes(blocks.class(block));
        let movable = blocks.used().iter().filter(|&&block| !blocks.is_pinned_block(block));
        let marked = movable.map(|&block| (block, blocks.count_marked_in(block, most(block))));
        let marked = marked.filter(|&(_, objects)| objects > 0);
        self.blocks = match memory.zeal.collect_every != 0 {
            true => every_other(memory, marked),
            false => sparsest(blocks, marked, usize::MAX),
        };
        self.keep_back(blocks, sweeper);
    }

    fn keep_back(&self, blocks: &BlockSpace, sweeper: &mut Sweeper) {
        if !self.blocks.is_empty() {
            self.blocks.iter().for_each(|&block| blocks.set_sparse(block, true));
            sweeper.keep_back(|block| blocks.is_sparse_block(block));
        }
    }

    /// Empties none of them.
    pub(super) fn forget(&mut self, blocks: &BlockSpace) {
        self.blocks.drain(..).for_each(|block| blocks.set_sparse(block, false));
    }

    /// Leaves those for which there is room elsewhere, and makes sure of that; whether there are any.
    fn make_room(&mut self, memory: &mut Memory, sweeper: &Sweeper) -> bool {
        let mut free = [0; CLASSES];
        for (block, cells) in sweeper.ready().filter(|&(block, _)| !memory.blocks.is_pinned_block(block)) {
            free[memory.blocks.class(block)] += cells;
        }
        let (mut fresh, mut fitting) = (0, 0);
        for &block in &self.blocks {
            let (class, objects) =
                (memory.blocks.class(block), memory.blocks.count_marked_in(block, usize::MAX));
            if free[class] < objects {
                if !memory.fits((fresh + 1) * BLOCK_BYTES) {
                    break;
                }
                fresh += 1;
                free[class] += memory.blocks.cells(block);
            }
            free[class] -= objects;
            fitting += 1;
        }
        if !memory.blocks.set_aside(fresh) {
            fitting = 0;
        }
        self.blocks.drain(fitting..).for_each(|block| memory.blocks.set_sparse(block, false));
        fitting > 0
    }

    /// Some holder was not noted.
    fn give_up(&mut self, blocks: &BlockSpace) {
        self.forget(blocks);
        self.patience = (self.patience * 2 + 1).min(MAX_PATIENCE);
        self.skip = self.patience;
    }

    /// Whether these are the blocks with their bit set, for the verifier.
    pub(super) fn agrees(&self, blocks: &BlockSpace) -> bool {
        let marked = blocks.used().iter().filter(|&&block| blocks.is_sparse_block(block)).count();
        marked == self.blocks.len() && self.blocks.iter().all(|&block| blocks.is_sparse_block(block))
    }
}

/// Under stress: every other one, the others the next time.
fn every_other(memory: &Memory, candidates: impl Iterator<Item = Candidate>) -> Vec<BlockRef> {
    let mut chosen = Vec::new();
    for (at, (block, _)) in candidates.enumerate() {
        if (at as u64 + memory.stats.collections).is_multiple_of(2) && chosen.try_reserve(1).is_ok() {
            chosen.push(block);
        }
    }
    chosen
}

/// The sparsest ones, `most` bytes of objects in all; none if that is not worth it.
fn sparsest(
    blocks: &BlockSpace,
    candidates: impl Iterator<Item = Candidate> + Clone,
    most: usize,
) -> Vec<BlockRef> {
    let level = |bytes: usize| bytes * LEVELS / (MOST_ALIVE + 1);
    let sparse = candidates.filter_map(|(block, objects)| {
        let cell = class_bytes(blocks.class(block));
        let cost = objects * cell.max(OBJECT);
        (objects * cell <= MOST_ALIVE).then_some((block, level(objects * cell), cost))
    });
    let (mut costs, mut count) = ([0; LEVELS], 0);
    for (_, level, cost) in sparse.clone() {
        costs[level] += cost;
        count += 1;
    }
    let free = count * (BLOCK_BYTES - MOST_ALIVE);
    let mut chosen = Vec::new();
    if free < WORTH_BYTES || free < blocks.bytes() / WORTH_PART || chosen.try_reserve_exact(count).is_err() {
        return chosen;
    }
    // All of the levels below this one, and as much of it as there is room for.
    let (mut whole, mut room) = (0, most);
    while whole < LEVELS && costs[whole] <= room {
        room -= costs[whole];
        whole += 1;
    }
    for (block, level, cost) in sparse {
        if level == whole && cost <= room {
            room -= cost;
            chosen.push(block);
        } else if level < whole {
            chosen.push(block);
        }
    }
    chosen
}

/// Empties the blocks that were chosen before the marking, or are chosen now that it is over, if it was made in one go. The dead are dropped, and nothing has
/// been swept since; there is no young object.
pub(super) fn evacuate(gen: &mut Gen, memory: &mut Memory, marker: &mut Marker, in_one_go: bool) {
    let holders = marker.take_holders();
    if in_one_go {
        // Cells at hand may lie in any block.
        gen.old.reset();
        memory.cache.reset();
        gen.sparse.choose_marked(memory, &mut gen.sweeper);
    } else if holders.is_none() && !gen.sparse.blocks.is_empty() {
        gen.sparse.give_up(&memory.blocks);
    }
    if gen.sparse.blocks.is_empty() || !gen.sparse.make_room(memory, &gen.sweeper) {
        return;
    }
    let chosen = std::mem::take(&mut gen.sparse.blocks);
    if relocate::empty(gen, memory, &chosen, holders.as_ref()) {
        gen.sparse.patience = 0;
        // They and the copies were there at the same time.
        memory.stats.peak_bytes = memory.stats.peak_bytes.max(memory.bytes() as u64);
        for &block in &chosen {
            memory.blocks.clear_marks_of(block);
            memory.blocks.discard(block, memory.zeal.poison);
        }
        memory.blocks.retain_used();
        // The copies bear marks, and may lie in chunks that have come since the marking.
        memory.blocks.end_marking();
    } else {
        gen.sparse.blocks = chosen;
        gen.sparse.forget(&memory.blocks);
    }
}
