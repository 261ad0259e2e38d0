//! [`Empties`]: blocks that counting has emptied, for the managers that count.
//!
//! A cell that counting frees goes to the front of its class's list, whatever block it lies in: it is in the cache, and the next object of its size
//! takes it. So nobody knows when a block has become empty, and what one size has let go of would be lost to all others. When the heap is about to
//! grow by a chunk, blocks of the class to which most was given back are looked at, some at a time: free cells have zero headers. Blocks without
//! objects are given back. The others wait, and are swept by their headers when their class needs cells, lowest address first.
//!
//! Leaves out: giving chunks back to the system.
//!
//! - E1: a block that waits is swept only when its class has no cell at hand: then no free cell of it is on a list.
//! - E2: while blocks of a class wait, none of its cells lies ready with the [`Sweeper`].

use crate::manager::Memory;
use crate::space::{class_bytes, BlockRef, BLOCK_BYTES, CLASSES};
use crate::sweep::Sweeper;

/// So many blocks are looked at before the heap grows, and so many given back: some ten microseconds, or two hundred where they are empty.
const MOST_SEEN: usize = 256;
const MOST_GIVEN: usize = 64;

/// As long as less was given back nobody looks, and as long as it is less than a sixteenth of the heap.
const LEAST: usize = 256 << 10;

/// Blocks that may be empty.
#[derive(Debug)]
pub struct Empties {
    /// Blocks that wait to be swept by their headers, per class.
    waiting: Vec<Vec<BlockRef>>,
    /// How many cells of each class had been given back when a search in it began that is over.
    seen: [u64; CLASSES],
    search: Option<Search>,
}

/// A search in the blocks of a class.
#[derive(Clone, Copy, Debug)]
struct Search {
    class: usize,
    /// Cells given back when it began.
    given: u64,
    /// Of the blocks, in the order in which they came into use, so many have not been looked at.
    left: usize,
}

impl Default for Empties {
    fn default() -> Empties {
        Empties { waiting: vec![Vec::new(); CLASSES], seen: [0; CLASSES], search: None }
    }
}

impl Empties {
    /// All blocks are about to be swept after a trace.
    pub(crate) fn clear(&mut self, memory: &Memory) {
        self.waiting.iter_mut().for_each(Vec::clear);
        (0..CLASSES).for_each(|class| self.end_search(class, memory.cache.given(class)));
    }

    /// No cells of this class are left to find but those that were given back since so many had been.
    fn end_search(&mut self, class: usize, given: u64) {
        self.seen[class] = given;
        self.search = self.search.filter(|search| search.class != class);
    }

    /// Puts the free cells of a block that waits into the bin of its class, which is empty; whether there was one.
    pub(crate) fn refill(&mut self, memory: &mut Memory, class: usize) -> bool {
        while let Some(block) = self.waiting[class].pop() {
            // A trial may have given it back meanwhile.
            if memory.blocks.class(block) != class {
                continue;
            }
            let bin = memory.blocks.free_bin(block, memory.zeal.poison);
            if !bin.is_empty() {
                *memory.cache.bin(class) = bin;
                return true;
            }
        }
        self.end_search(class, memory.cache.given(class));
        false
    }

    /// Before a block is taken: looks for blocks without objects and gives them back, if the heap would grow by a chunk otherwise. Whether it did.
    pub(crate) fn search(&mut self, memory: &mut Memory, sweeper: &mut Sweeper) -> bool {
        if !memory.fits(BLOCK_BYTES) {
            return self.make_room(memory, sweeper, BLOCK_BYTES);
        }
        if memory.zeal.poison {
            // Under stress as soon as may be, and a few at a time.
            return self.search_some(memory, sweeper, BLOCK_BYTES, 3) > 0;
        }
        let least = LEAST.max(memory.blocks.bytes() / 16);
        !memory.blocks.has_free() && self.search_some(memory, sweeper, least, MOST_SEEN) > 0
    }

    /// As [`search`](Self::search), until `bytes` fit the limit.
    pub(crate) fn make_room(&mut self, memory: &mut Memory, sweeper: &mut Sweeper, bytes: usize) -> bool {
        let mut found = 0;
        sweeper.finish(memory);
        while !memory.fits(bytes) && self.choose(memory, BLOCK_BYTES).is_some() {
            found += self.search_some(memory, sweeper, BLOCK_BYTES, usize::MAX);
        }
        found > 0
    }

    /// The class to look at: that of a search that is not over, or that to which most was given back since it was looked at, if that is enough.
    fn choose(&mut self, memory: &Memory, least: usize) -> Option<Search> {
        if self.search.is_none() {
            let since = |class| (memory.cache.given(class) - self.seen[class]) as usize * class_bytes(class);
            let class = (0..CLASSES).max_by_key(|&class| since(class)).filter(|&class| since(class) >= least);
            self.search =
                class.map(|class| Search { class, given: memory.cache.given(class), left: usize::MAX });
        }
        self.search
    }

    /// Looks at so many blocks of a class to which so many bytes were given back; how many blocks were given back.
    fn search_some(
        &mut self,
        memory: &mut Memory,
        sweeper: &mut Sweeper,
        least: usize,
        most: usize,
    ) -> usize {
        let Some(search) = self.choose(memory, least) else { return 0 };
        let Some(end) = self.have_wait(memory, sweeper, search.class) else {
            self.end_search(search.class, search.given);
            return 0;
        };
        let (waiting, blocks) = (&mut self.waiting[search.class], &mut memory.blocks);
        let (mut left, mut found) = (search.left.min(end), 0);
        let stop = left.saturating_sub(most);
        while left > stop && found < MOST_GIVEN {
            left -= 1;
            // SAFETY: cells of a used block have a header, zero when free.
            if blocks.all_cells(waiting[left], |cell| unsafe { (*cell).is_free() }) {
                blocks.discard(waiting.swap_remove(left), memory.zeal.poison);
                found += 1;
            }
        }
        if found > 0 {
            blocks.retain_used();
            memory.discount(found * BLOCK_BYTES);
        }
        match left {
            0 => self.end_search(search.class, search.given),
            _ => self.search = Some(Search { left, ..search }),
        }
        found
    }

    /// Has all blocks of a class wait, in the order in which they came into use, and forgets its cells; how many those are. `None` when some wait to be swept
    /// after a trace, or there is no memory for the list.
    fn have_wait(&mut self, memory: &mut Memory, sweeper: &mut Sweeper, class: usize) -> Option<usize> {
        let blocks = &memory.blocks;
        let of_class = || blocks.used().iter().copied().filter(|&block| blocks.class(block) == class);
        let waiting = &mut self.waiting[class];
        waiting.try_reserve(of_class().count()).ok()?;
        if !sweeper.forget_ready(class) {
            return None;
        }
        waiting.clear();
        waiting.extend(of_class());
        memory.cache.give_up(class);
        Some(waiting.len())
    }
}
