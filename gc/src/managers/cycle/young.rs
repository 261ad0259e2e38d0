//! The young generations of `cycle`: blocks out of which cells were handed out lately, as many lists of them as there are generations.
//!
//! A block enters the first generation when its cells are handed out. After a collection of a generation what is left of its blocks belongs to the
//! next one; what is left of the last one's is old. A cell that counting has freed and that is used again does not make its block young: the heap has not
//! grown by it.
//!
//! - Y1: the blocks of the first list, and only those, are marked as young; during a collection those of all generations that it looks at.
//! - Y2: a block is in one list at most.

use super::Cycle;
use crate::manager::Memory;
use crate::space::BlockRef;
use crate::sweep::Sweeper;
use crate::trial::{Trial, Verdict, Young};

/// Generations of young blocks.
pub(super) const GENERATIONS: usize = 2;

/// The blocks that are not old.
#[derive(Debug, Default)]
pub(super) struct Generations {
    blocks: [Vec<BlockRef>; GENERATIONS],
}

impl Generations {
    /// Cells of this block are about to be handed out. Without memory it is old.
    pub(super) fn add(&mut self, memory: &Memory, block: BlockRef) {
        let first = &mut self.blocks[0];
        if first.try_reserve(1).is_ok() {
            memory.blocks.set_young(block, true);
            first.push(block);
        }
    }

    /// Forgets blocks that were given back.
    pub(super) fn forget_released(&mut self, memory: &Memory) {
        self.blocks.iter_mut().for_each(|list| list.retain(|&block| memory.blocks.class(block) != 0));
    }

    /// All blocks are old.
    pub(super) fn clear(&mut self, memory: &Memory) {
        self.blocks[0].iter().for_each(|&block| memory.blocks.set_young(block, false));
        self.blocks.iter_mut().for_each(Vec::clear);
    }

    /// Under stress any blocks are young: a trial is exact whatever it is given.
    fn stress(&mut self, memory: &mut Memory, sweeper: &mut Sweeper) {
        // What waits to be swept is no object any more.
        sweeper.finish(memory);
        self.clear(memory);
        let turn = memory.stats.collections as usize;
        for at in (0..memory.blocks.used().len()).filter(|at| !(at + turn).is_multiple_of(3)) {
            self.add(memory, memory.blocks.used()[at]);
        }
    }

    /// The blocks of the generations up to `last`, which are young now (Y1).
    fn take(&mut self, memory: &Memory, last: usize) -> Vec<BlockRef> {
        let mut taken = std::mem::take(&mut self.blocks[0]);
        for older in &mut self.blocks[1..=last] {
            if taken.try_reserve(older.len()).is_ok() {
                older.iter().for_each(|&block| memory.blocks.set_young(block, true));
                taken.append(older);
            }
        }
        taken
    }

    /// These blocks grow older: they belong to this generation, if there is one and memory for the list.
    fn give(&mut self, memory: &Memory, mut blocks: Vec<BlockRef>, generation: usize) {
        blocks.iter().for_each(|&block| memory.blocks.set_young(block, false));
        if let Some(list) = self.blocks.get_mut(generation) {
            if list.try_reserve(blocks.len()).is_ok() {
                list.append(&mut blocks);
            }
        }
        blocks.clear();
        // The list that the next ones enter needs no memory again.
        self.blocks[0] = blocks;
    }
}

/// Checks Y1 and Y2.
///
/// # Panics
/// When they don't hold; `when` goes into the message.
pub(super) fn check(generations: &Generations, memory: &Memory, when: &str) {
    let listed = |block: &BlockRef| generations.blocks.iter().flatten().filter(|&b| b == block).count();
    for block in memory.blocks.used() {
        let young = memory.blocks.is_young_block(*block);
        assert!(young == generations.blocks[0].contains(block), "Y1 {when}: a block and the list disagree");
        assert!(listed(block) <= 1, "Y2 {when}: a block is in two generations");
    }
}

/// Frees what is dead in the generations up to `last`, cycles of it too. Without memory nothing is.
pub(super) fn collect(manager: &mut Cycle, memory: &mut Memory, last: usize) -> Verdict {
    if memory.zeal.collect_every != 0 {
        manager.generations.stress(memory, &mut manager.sweeper);
    }
    let mut trial = Trial::new(Young, manager.generations.take(memory, last), memory);
    // SAFETY: at a collection no `Local` exists; the blocks are those that are young (Y1).
    let verdict = unsafe { trial.run(memory) }.unwrap_or_default();
    manager.generations.give(memory, trial.into_blocks(), last + 1);
    if memory.zeal.collect_every != 0 {
        // Some of these were never handed out.
        manager.generations.clear(memory);
    }
    verdict
}
