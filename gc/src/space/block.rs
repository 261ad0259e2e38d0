//! The block space: 32 KiB blocks of equal cells, handed out whole and swept into free lists.

use super::chunk::{Chunk, ChunkMap, BLOCK_BYTES, BLOCK_MARKS, CHUNK_BYTES, END_BLOCK, FIRST_BLOCK};
use super::class::{class_bytes, is_pinned_class, CLASSES};
use super::map::BlockMap;
use super::youth::is_old;
use crate::cache::{Bin, FreeCell};
use crate::header::Header;
use crate::raw::RawMemory;
use crate::shape::ShapeTable;
use crate::sync::word::MarkWord;
use std::ops::Range;

/// A block in use, by chunk and number within it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BlockRef {
    chunk: u32,
    block: u32,
}

/// Where cells begin in a block of each class: one bit for every 8 bytes, as mark bits.
static STARTS: [[u64; BLOCK_MARKS]; CLASSES] = {
    let mut starts = [[0; BLOCK_MARKS]; CLASSES];
    let mut class = 2;
    while class < CLASSES {
        let step = class_bytes(class) / 8;
        let (mut granule, end) = (0, BLOCK_BYTES / 8 / step * step);
        while granule < end {
            starts[class][granule / 64] |= 1 << (granule % 64);
            granule += step;
        }
        class += 1;
    }
    starts
};

/// So many chunks come in pages of the usual size: a small heap should not be resident in whole huge pages of which it uses a part.
const SMALL_PAGED: usize = 2;

/// With so many chunks a heap is no small one. From then on each new chunk has a part of those change to a huge page.
const LARGE_HEAP: usize = 4;

/// All chunks of a heap and which of their blocks are free.
#[derive(Debug, Default)]
pub struct BlockSpace {
    chunks: Vec<Chunk>,
    raw: RawMemory,
    /// So many of them may have marks.
    marked: usize,
    free: Vec<BlockRef>,
    used: Vec<BlockRef>,
    /// Whether all chunks come in pages of the usual size.
    small_pages: bool,
    /// So many free blocks are kept back.
    kept: usize,
    /// Whether those may be taken now.
    spends_kept: bool,
}

impl BlockSpace {
    /// No blocks yet; chunks will come from there.
    pub(crate) fn new(raw: RawMemory) -> BlockSpace {
        // What pages memory lies in is its owner's business, if that is not the system.
        let mut space = BlockSpace::default();
        (space.raw, space.small_pages) = (raw, !raw.is_system());
        space
    }

    /// Bytes of the blocks in use.
    pub fn bytes(&self) -> usize {
        self.used.len() * BLOCK_BYTES
    }

    /// The blocks in use, in an order that does not depend on addresses.
    pub fn used(&self) -> &[BlockRef] {
        &self.used
    }

    /// Takes a free block for cells of `class`; its bytes are garbage, also where headers will be (see
    /// [`settle`](crate::cache::AllocCache::settle)). `None` when the system has no memory.
    pub fn take(&mut self, class: usize) -> Option<BlockRef> {
        if self.free.len() <= self.kept && self.grow().is_none() && !self.spends_kept {
            return None;
        }
        self.used.try_reserve(1).ok()?;
        let block = self.free.pop()?;
        self.chunks[block.chunk as usize].begin_block(block.block as usize, class);
        self.used.push(block);
        if is_pinned_class(class) {
            self.set_all_old(block, false);
        }
        Some(block)
    }

    /// Does without huge pages, for a manager that goes through the heap only when it is asked to: who marks it misses the TLB less often in them, but the system takes
    /// as long to hand one out as for some hundred allocations.
    pub(crate) fn use_small_pages(&mut self) {
        self.small_pages = true;
    }

    /// Adds a chunk.
    fn grow(&mut self) -> Option<()> {
        self.free.try_reserve(END_BLOCK).ok()?;
        self.chunks.try_reserve(1).ok()?;
        let huge = !self.small_pages && self.chunks.len() >= SMALL_PAGED;
        self.chunks.push(Chunk::new(self.raw, huge)?);
        let part =
            self.chunks.len().checked_sub(LARGE_HEAP).filter(|&part| part < SMALL_PAGED * Chunk::PARTS);
        if let Some(part) = part.filter(|_| !self.small_pages) {
            self.chunks[part / Chunk::PARTS].make_huge(part % Chunk::PARTS);
        }
        let chunk = self.chunks.len() as u32 - 1;
        self.free.extend((FIRST_BLOCK..END_BLOCK).rev().map(|block| BlockRef { chunk, block: block as u32 }));
        Some(())
    }

    /// Keeps so many free blocks back, as long as they may not be spent.
    pub(crate) fn keep(&mut self, blocks: usize, spends: bool) {
        (self.kept, self.spends_kept) = (blocks, spends);
    }

    /// Whether the blocks that are to be kept back are there.
    pub(crate) fn has_kept(&mut self) -> bool {
        self.set_aside(0)
    }

    /// Makes sure that the next `blocks` blocks can be taken; whether they can.
    pub(crate) fn set_aside(&mut self, blocks: usize) -> bool {
        while self.free.len() < blocks + self.kept {
            if self.grow().is_none() {
                return false;
            }
        }
        self.used.try_reserve(blocks).is_ok()
    }

    /// Says whether a block belongs to a nursery.
    pub(crate) fn set_young(&self, block: BlockRef, young: bool) {
        self.chunks[block.chunk as usize].set_young(block.block as usize, young);
    }

    /// Whether a block belongs to a nursery.
    pub(crate) fn is_young_block(&self, block: BlockRef) -> bool {
        self.chunks[block.chunk as usize].is_young(block.block as usize)
    }

    /// Whether an object is young, wherever it lies: in a block of a nursery, and not old where that is told by the object.
    pub(crate) fn is_young(&self, object: *mut Header) -> bool {
        let chunk = self.chunks.iter().find(|c| c.address() == object as usize & !(CHUNK_BYTES - 1));
        let block = (object as usize & (CHUNK_BYTES - 1)) / BLOCK_BYTES;
        chunk.is_some_and(|c| {
            // SAFETY: a cell of a block of a pinned class.
            let is_old = || is_pinned_class(c.class(block)) && unsafe { is_old(object) };
            c.is_young(block) && !is_old()
        })
    }

    /// Says whether a block is to be emptied.
    pub(crate) fn set_sparse(&self, block: BlockRef, sparse: bool) {
        self.chunks[block.chunk as usize].set_sparse(block.block as usize, sparse);
    }

    /// Whether a block is to be emptied.
    pub(crate) fn is_sparse_block(&self, block: BlockRef) -> bool {
        self.chunks[block.chunk as usize].is_sparse(block.block as usize)
    }

    /// Gives a block back whose objects are dead or copied.
    pub(crate) fn discard(&mut self, block: BlockRef, poison: bool) {
        if poison {
            // SAFETY: the block is ours, and nobody uses its objects again.
            unsafe { std::ptr::write_bytes(self.start(block), crate::cache::POISON, BLOCK_BYTES) };
        }
        self.release(block);
    }

    /// First byte of the block.
    pub fn start(&self, block: BlockRef) -> *mut u8 {
        self.chunks[block.chunk as usize].block_start(block.block as usize)
    }

    /// Size class of the block's cells.
    pub fn class(&self, block: BlockRef) -> usize {
        self.chunks[block.chunk as usize].class(block.block as usize)
    }

    /// A bin that bumps through the whole of a fresh block.
    pub fn fresh_bin(&self, block: BlockRef) -> Bin {
        let (start, size) = (self.start(block), class_bytes(self.class(block)));
        // SAFETY: the end of the last whole cell lies within the block.
        let limit = unsafe { start.add(BLOCK_BYTES / size * size) };
        Bin { free: std::ptr::null_mut(), cursor: start, limit }
    }

    /// Calls `each` with every allocated object. No bin holds an unsettled run.
    pub fn each_object(&self, each: &mut dyn FnMut(*mut Header)) {
        for &block in &self.used {
            self.each_object_in(block, &mut *each);
        }
    }

    /// As [`each_object`](Self::each_object), in one block.
    #[inline(always)]
    pub(crate) fn each_object_in(&self, block: BlockRef, mut each: impl FnMut(*mut Header)) {
        for cell in self.cells_of(block) {
            // SAFETY: cells of a used block have a header, zero when free.
            if !unsafe { (*cell).is_free() } {
                each(cell);
            }
        }
    }

    /// As [`each_object_in`](Self::each_object_in), of a block that may have a run of cells without headers, whose addresses these are.
    pub(crate) fn each_object_beside(
        &self,
        block: BlockRef,
        untouched: Range<usize>,
        each: &mut dyn FnMut(*mut Header),
    ) {
        let start = self.start(block) as usize;
        let is_here = (start..start + BLOCK_BYTES).contains(&untouched.start);
        let (from, to) = if is_here { (untouched.start, untouched.end) } else { (usize::MAX, usize::MAX) };
        let size = class_bytes(self.class(block));
        let skipped = to.saturating_sub(from) / size;
        let before = (from.saturating_sub(start) / size).min(BLOCK_BYTES / size);
        for at in (0..before).chain(before + skipped..BLOCK_BYTES / size) {
            let cell = (start + at * size) as *mut Header;
            // SAFETY: cells of a used block that are not in such a run have a header, zero when free.
            if !unsafe { (*cell).is_free() } {
                each(cell);
            }
        }
    }

    /// As [`each_object_in`](Self::each_object_in), without those that are marked.
    #[inline(always)]
    pub(crate) fn each_unmarked_in(&self, block: BlockRef, mut each: impl FnMut(*mut Header)) {
        let start = self.start(block);
        let marks = self.marks(block);
        for (at, (marks, starts)) in marks.iter().zip(&STARTS[self.class(block)]).enumerate() {
            let mut unmarked = starts & !marks.load();
            while unmarked != 0 {
                let granule = at * 64 + unmarked.trailing_zeros() as usize;
                unmarked &= unmarked - 1;
                // SAFETY: the cell lies within the block, and has a header, zero when free.
                unsafe {
                    let cell = start.add(granule * 8) as *mut Header;
                    if !(*cell).is_free() {
                        each(cell);
                    }
                }
            }
        }
    }

    /// The objects of a block that are marked now.
    #[inline(always)]
    pub(crate) fn marked_in(&self, block: BlockRef) -> impl Iterator<Item = *mut Header> {
        let start = self.start(block);
        let marks: [u64; BLOCK_MARKS] = std::array::from_fn(|at| self.marks(block)[at].load());
        (0..BLOCK_MARKS).flat_map(move |at| {
            let mut marked = marks[at];
            std::iter::from_fn(move || {
                let granule = at * 64 + marked.trailing_zeros() as usize;
                if marked == 0 {
                    return None;
                }
                marked &= marked - 1;
                // SAFETY: the cell lies within the block.
                Some(unsafe { start.add(granule * 8) } as *mut Header)
            })
        })
    }

    /// How many objects of a block are marked; at least more than `enough`, if there are.
    pub(crate) fn count_marked_in(&self, block: BlockRef, enough: usize) -> usize {
        let mut count = 0;
        let mut words = self.marks(block).iter();
        while let Some(word) = words.next().filter(|_| count <= enough) {
            count += word.load().count_ones() as usize;
        }
        count
    }

    /// Clears the mark bits of a block.
    pub(crate) fn clear_marks_of(&self, block: BlockRef) {
        self.marks(block).iter().for_each(|word| word.store(0));
    }

    #[inline(always)]
    pub(super) fn marks(&self, block: BlockRef) -> &[MarkWord] {
        self.chunks[block.chunk as usize].marks(block.block as usize)
    }

    /// Whether all cells of a block are as asked. Those of a used block have a header, zero when free.
    #[inline(always)]
    pub(crate) fn all_cells(&self, block: BlockRef, is_so: impl FnMut(*mut Header) -> bool) -> bool {
        self.cells_of(block).all(is_so)
    }

    #[inline(always)]
    pub(super) fn cells_of(&self, block: BlockRef) -> impl DoubleEndedIterator<Item = *mut Header> + use<> {
        let (start, size) = (self.start(block), class_bytes(self.class(block)));
        // SAFETY: the cell lies within the block.
        (0..BLOCK_BYTES / size).map(move |i| unsafe { start.add(i * size) } as *mut Header)
    }

    /// Whether `object` is the start of a cell of a used block.
    pub fn contains(&self, object: *mut Header) -> bool {
        let address = object as usize;
        let mut ready = self.chunks.iter().filter(|chunk| chunk.is_ready());
        let Some(chunk) = ready.find(|c| c.address() == address & !(CHUNK_BYTES - 1)) else {
            return false;
        };
        let offset = address & (CHUNK_BYTES - 1);
        let block = offset / BLOCK_BYTES;
        block >= FIRST_BLOCK && {
            let class = chunk.class(block);
            class != 0 && (offset % BLOCK_BYTES).is_multiple_of(class_bytes(class))
        }
    }

    /// Has a map see which blocks hold objects that are no nursery's; whether it could.
    pub(crate) fn show_old_blocks(&self, map: &mut BlockMap) -> bool {
        map.see(&self.chunks)
    }

    /// Where the chunks are.
    pub(crate) fn chunk_map(&self) -> ChunkMap {
        ChunkMap::of(&self.chunks)
    }

    /// Clears every mark bit.
    pub fn clear_marks(&mut self) {
        self.clear_some_marks(0, usize::MAX);
    }

    /// Clears the mark bits of so many chunks from one on; whether there are more. Those of chunks that no marking has seen are clear, and are not touched.
    pub(crate) fn clear_some_marks(&mut self, from: usize, most: usize) -> bool {
        let end = self.marked.min(self.chunks.len());
        let to = from.saturating_add(most).min(end);
        let chunks = self.chunks[from.min(to)..to].iter();
        chunks.filter(|chunk| chunk.is_ready()).for_each(Chunk::clear_marks);
        if to == end {
            // Whatever is marked from here on may lie anywhere.
            self.marked = usize::MAX;
        }
        to < end
    }

    /// A marking is over: chunks that come now have no marks.
    pub(crate) fn end_marking(&mut self) {
        self.marked = self.chunks.len();
    }

    /// Whether nothing in the block is alive: no object of it is marked, or old if they are pinned.
    pub fn is_dead(&self, block: BlockRef) -> bool {
        match self.is_pinned_block(block) {
            true => !self.any_old(block),
            false => self.marks(block).iter().all(|word| word.load() == 0),
        }
    }

    /// Pushes the free and the unmarked cells of a block on `list`, so that it starts with the lowest address; how
    /// many there were. Payloads have been dropped. Where objects are pinned, it is the old ones that stay.
    ///
    /// # Safety
    /// Marking is complete: an unmarked object of the block is unreachable; or, if pinned, one that is not old.
    pub unsafe fn sweep(&self, block: BlockRef, list: &mut *mut FreeCell, poison: bool) -> usize {
        let marks = self.marks(block);
        // SAFETY: by contract; cells that are asked for lie in the block.
        unsafe {
            match self.is_pinned_block(block) {
                true => self.sweep_but(block, list, poison, |_, cell| is_old(cell)),
                false => self.sweep_but(block, list, poison, |granule, _| {
                    marks[granule / 64].load() >> (granule % 64) & 1 != 0
                }),
            }
        }
    }

    /// As [`sweep`](Self::sweep): pushes the cells that are not alive, by the number of 8 bytes before them in the block and their addresses.
    ///
    /// # Safety
    /// They are free or dead.
    #[inline(always)]
    unsafe fn sweep_but(
        &self,
        block: BlockRef,
        list: &mut *mut FreeCell,
        poison: bool,
        is_alive: impl Fn(usize, *mut Header) -> bool,
    ) -> usize {
        let (start, size) = (self.start(block), class_bytes(self.class(block)));
        let mut count = 0;
        let mut head = *list;
        for i in (0..BLOCK_BYTES / size).rev() {
            // SAFETY: the cell lies within the block.
            let cell = unsafe { start.add(i * size) } as *mut Header;
            if !is_alive(i * size / 8, cell) {
                // SAFETY: the cell is at least 16 bytes of the block; it is free, or dead by contract.
                head = unsafe { FreeCell::make(cell, size, head, poison) };
                count += 1;
            }
        }
        *list = head;
        count
    }

    /// A bin of the free cells of a block, lowest address first. None of them is on a list, nor in a run.
    pub(crate) fn free_bin(&self, block: BlockRef, poison: bool) -> Bin {
        let (mut free, size) = (std::ptr::null_mut(), class_bytes(self.class(block)));
        for cell in self.cells_of(block).rev() {
            // SAFETY: cells of a used block have a header, zero when free, and are at least 16 bytes.
            unsafe {
                if (*cell).is_free() {
                    free = FreeCell::make(cell, size, free, poison);
                }
            }
        }
        Bin { free, ..Bin::EMPTY }
    }

    /// Whether the next block that is taken needs no chunk more.
    pub(crate) fn has_free(&self) -> bool {
        !self.free.is_empty()
    }

    /// How many cells the block has.
    pub fn cells(&self, block: BlockRef) -> usize {
        BLOCK_BYTES / class_bytes(self.class(block))
    }

    /// Gives a block without objects back.
    pub fn release(&mut self, block: BlockRef) {
        self.chunks[block.chunk as usize].set_class(block.block as usize, 0);
        self.free.push(block);
    }

    /// Gives the memory of the chunks of which no block is in use back to the system; but that of the first, which the next objects need.
    pub(crate) fn give_back_chunks(&mut self) {
        let mut free = Vec::new();
        // Of other memory than the system's only whole allocations can be given back, and blocks are known by the chunk's place.
        if !self.raw.is_system() {
            return;
        }
        if free.try_reserve_exact(self.chunks.len()).is_err() {
            return;
        }
        free.resize(self.chunks.len(), 0);
        self.free.iter().for_each(|block| free[block.chunk as usize] += 1);
        let chunks = self.chunks.iter_mut().zip(free).skip(1);
        let empty = chunks.filter(|(chunk, free)| chunk.is_ready() && *free == END_BLOCK - FIRST_BLOCK);
        empty.for_each(|(chunk, _)| chunk.give_back());
    }

    /// Forgets released blocks in the list of used ones. One pass after any number of releases.
    pub fn retain_used(&mut self) {
        let chunks = &self.chunks;
        self.used.retain(|b| chunks[b.chunk as usize].class(b.block as usize) != 0);
    }

    /// Sum of the sizes of all allocated objects.
    pub fn object_bytes(&self, shapes: &ShapeTable) -> usize {
        let mut bytes = 0;
        // SAFETY: `each_object` hands out valid objects.
        self.each_object(&mut |object| bytes += unsafe { crate::shape::object_size(shapes, object) });
        bytes
    }
}

impl Drop for BlockSpace {
    fn drop(&mut self) {
        // The first one was not huge when it was made.
        if let Some(first) = self.chunks.drain(..).next().filter(|_| self.raw.is_system()) {
            first.keep();
        }
    }
}
