//! Chunks: 4 MiB of address space, aligned to 4 MiB, cut into 32 KiB blocks.
//!
//! The head of a chunk holds the tables of all its blocks: the size class of each, one mark bit for every 8 bytes, and for pinned objects a [bit](super::youth)
//! for every 16. Metadata never lies inside a block, so that tables of different blocks don't fight for the same cache sets.

use super::pages::{self, HUGE_BYTES};
use crate::header::Header;
use crate::raw::RawMemory;
use crate::sync::word::MarkWord;
use std::alloc::Layout;
use std::cell::Cell;
use std::ptr::NonNull;

/// Bytes of a chunk, and its alignment.
pub const CHUNK_BYTES: usize = 4 << 20;
/// Bytes of a block.
pub const BLOCK_BYTES: usize = 32 << 10;

const BLOCKS: usize = CHUNK_BYTES / BLOCK_BYTES;
const MARK_WORDS: usize = CHUNK_BYTES / 8 / 64;
/// Words of the mark bits of a block.
pub(crate) const BLOCK_MARKS: usize = BLOCK_BYTES / 8 / 64;

/// In the table of classes: the block belongs to a nursery.
const YOUNG: u16 = 0x8000;
/// In the table of classes: the block is to be emptied, because little of it is alive.
const SPARSE: u16 = 0x4000;
const FLAGS: u16 = YOUNG | SPARSE;

/// The tables at the head of a chunk.
#[repr(C)]
pub(crate) struct ChunkHead {
    /// The size class of each block, and [`YOUNG`] or [`SPARSE`].
    classes: [Cell<u16>; BLOCKS],
    marks: [MarkWord; MARK_WORDS],
}

/// First block that does not belong to the head.
pub(crate) const FIRST_BLOCK: usize = std::mem::size_of::<ChunkHead>().div_ceil(BLOCK_BYTES);
/// Where the bits of pinned objects begin, behind the tables: those of a block are initialised when it is taken for such objects.
pub(super) const OLD_BITS: usize = std::mem::size_of::<ChunkHead>();
/// Words of them for each block.
pub(super) const BLOCK_OLD: usize = BLOCK_BYTES / 16 / 64;
const _: () = assert!(OLD_BITS + (BLOCKS - FIRST_BLOCK) * BLOCK_OLD * 8 <= FIRST_BLOCK * BLOCK_BYTES);
/// One past the last block.
pub(crate) const END_BLOCK: usize = BLOCKS;

/// An owned chunk.
#[derive(Debug)]
pub(crate) struct Chunk {
    start: NonNull<u8>,
    /// Where it came from.
    raw: RawMemory,
    /// Whether its tables are initialised.
    is_ready: bool,
}

const LAYOUT: Layout = match Layout::from_size_align(CHUNK_BYTES, CHUNK_BYTES) {
    Ok(layout) => layout,
    Err(_) => panic!("chunk layout"),
};

thread_local! {
    /// The first chunk of the last heap that was closed on this thread: a program that makes a heap for each request does not wait for the system to
    /// map it, nor to hand out each page of its tables.
    static SPARE: Cell<Option<Chunk>> = const { Cell::new(None) };
}

impl Chunk {
    /// A new chunk, nothing of which is initialised or even touched. `None` when the system has no memory.
    /// `huge`: in huge pages, where the system has them; only for its own memory.
    pub(crate) fn new(raw: RawMemory, huge: bool) -> Option<Chunk> {
        // A thread that ends has no spare any more. It is the system's.
        let may_be_spare = !huge && raw.is_system();
        let spare = if may_be_spare { SPARE.try_with(Cell::take).ok().flatten() } else { None };
        let chunk = match spare {
            Some(chunk) => chunk,
            None => Chunk { start: NonNull::new(raw.alloc(LAYOUT))?, raw, is_ready: false },
        };
        if huge {
            // SAFETY: the chunk is ours.
            unsafe { pages::advise(chunk.start.as_ptr(), CHUNK_BYTES) };
        }
        Some(chunk)
    }

    /// Initialises the table of classes, unless it is: before the first block is used. The system hands out the first (huge) page of a new chunk then, which
    /// takes it some hundred microseconds.
    #[inline]
    pub(crate) fn make_ready(&mut self) {
        if !std::mem::replace(&mut self.is_ready, true) {
            // SAFETY: the table begins the head, which lies within the chunk, and zero is valid for it.
            unsafe { std::ptr::write_bytes(self.start.as_ptr(), 0, BLOCKS) };
        }
    }

    /// Makes a block ready for cells of `class`. Its mark bits are initialised here and not with the chunk: a small heap uses few blocks of it.
    pub(crate) fn begin_block(&mut self, block: usize, class: usize) {
        self.make_ready();
        let marks = std::mem::offset_of!(ChunkHead, marks) + block * BLOCK_MARKS * 8;
        // SAFETY: the bits of the block lie within the head, zero is valid for them, and nobody reads them of a block that is free.
        unsafe { std::ptr::write_bytes(self.start.as_ptr().add(marks), 0, BLOCK_MARKS * 8) };
        self.set_class(block, class);
    }

    /// Whether any block was ever used.
    pub(crate) fn is_ready(&self) -> bool {
        self.is_ready
    }

    /// How many parts of a chunk [`make_huge`](Self::make_huge) can be told of.
    pub(crate) const PARTS: usize = CHUNK_BYTES / HUGE_BYTES;

    /// Puts a part of the chunk into a huge page.
    pub(crate) fn make_huge(&self, part: usize) {
        debug_assert!(part < Self::PARTS);
        // SAFETY: the part lies within the chunk.
        unsafe { pages::collapse(self.start.as_ptr().add(part * HUGE_BYTES), HUGE_BYTES) };
    }

    /// Gives the memory back to the system, as nothing in it is in use, and keeps the addresses.
    pub(crate) fn give_back(&mut self) {
        self.is_ready = false;
        // SAFETY: the chunk is ours, and by contract nothing in it is in use: it is as it was when it was new.
        unsafe { pages::give_back(self.start.as_ptr(), CHUNK_BYTES) };
    }

    /// Keeps the chunk for this thread's next heap, instead of the one that was kept before; it is the system's.
    pub(crate) fn keep(mut self) {
        debug_assert!(self.raw.is_system());
        self.is_ready = false;
        let _ = SPARE.try_with(|spare| spare.set(Some(self)));
    }

    pub(crate) fn block_start(&self, block: usize) -> *mut u8 {
        debug_assert!((FIRST_BLOCK..END_BLOCK).contains(&block));
        // SAFETY: the block lies within the chunk.
        unsafe { self.start.as_ptr().add(block * BLOCK_BYTES) }
    }

    pub(crate) fn address(&self) -> usize {
        self.start.as_ptr() as usize
    }

    fn head(&self) -> &ChunkHead {
        debug_assert!(self.is_ready);
        // SAFETY: `make_ready` initialised the classes, `begin_block` the marks of blocks in use, and only shared references ever touch them.
        unsafe { self.start.cast::<ChunkHead>().as_ref() }
    }

    pub(crate) fn class(&self, block: usize) -> usize {
        (self.head().classes[block].get() & !FLAGS) as usize
    }

    pub(crate) fn is_young(&self, block: usize) -> bool {
        self.head().classes[block].get() & YOUNG != 0
    }

    pub(crate) fn set_young(&self, block: usize, young: bool) {
        let class = &self.head().classes[block];
        class.set(class.get() & !YOUNG | if young { YOUNG } else { 0 });
    }

    pub(crate) fn is_sparse(&self, block: usize) -> bool {
        self.head().classes[block].get() & SPARSE != 0
    }

    pub(crate) fn set_sparse(&self, block: usize, sparse: bool) {
        let class = &self.head().classes[block];
        class.set(class.get() & !SPARSE | if sparse { SPARSE } else { 0 });
    }

    pub(crate) fn set_class(&self, block: usize, class: usize) {
        self.head().classes[block].set(class as u16);
    }

    /// The mark bits of a block.
    pub(crate) fn marks(&self, block: usize) -> &[MarkWord] {
        &self.head().marks[block * BLOCK_MARKS..][..BLOCK_MARKS]
    }

    pub(crate) fn clear_marks(&self) {
        for word in &self.head().marks {
            word.store(0);
        }
    }
}

impl Drop for Chunk {
    fn drop(&mut self) {
        // SAFETY: allocated in `new` with this layout.
        unsafe { self.raw.free(self.start.as_ptr(), LAYOUT) };
    }
}

/// Tells by address whether an object lies in a chunk: one bit for each 4 MiB between the lowest and the highest chunk.
#[derive(Debug, Default)]
pub(crate) struct ChunkMap {
    first: usize,
    bits: Vec<u64>,
    complete: bool,
}

/// A heap whose chunks are spread wider than this goes without a map.
const MAX_SPAN: usize = 1 << 24;

impl ChunkMap {
    /// A map of these chunks; one that knows none when they are spread too wide, or there is no memory.
    pub(crate) fn of(chunks: &[Chunk]) -> ChunkMap {
        let numbers = || chunks.iter().map(|chunk| chunk.address() / CHUNK_BYTES);
        let (Some(first), Some(last)) = (numbers().min(), numbers().max()) else {
            return ChunkMap { complete: true, ..ChunkMap::default() };
        };
        let words = (last - first) / 64 + 1;
        let mut bits = Vec::new();
        if words > MAX_SPAN / 64 || bits.try_reserve_exact(words).is_err() {
            return ChunkMap::default();
        }
        bits.resize(words, 0);
        for number in numbers() {
            bits[(number - first) / 64] |= 1 << ((number - first) % 64);
        }
        ChunkMap { first, bits, complete: true }
    }

    /// Whether it knows all chunks.
    pub(crate) fn is_complete(&self) -> bool {
        self.complete
    }

    /// Whether the object certainly lies in a chunk. If not, its header knows.
    #[inline(always)]
    pub(crate) fn holds(&self, object: *mut Header) -> bool {
        let at = (object as usize / CHUNK_BYTES).wrapping_sub(self.first);
        self.bits.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 != 0)
    }
}

#[inline(always)]
unsafe fn head_of<'a>(object: *mut Header) -> &'a ChunkHead {
    // SAFETY: by the callers' contract the object lies in a chunk, whose head is at its aligned start.
    unsafe { &*((object as usize & !(CHUNK_BYTES - 1)) as *const ChunkHead) }
}

/// The size class of the block that holds this small object.
///
/// # Safety
/// `object` is a cell of a live chunk.
#[inline(always)]
pub(crate) unsafe fn class_of(object: *mut Header) -> usize {
    // SAFETY: by contract.
    unsafe { (block_entry(object) & !FLAGS) as usize }
}

/// Whether a small object lies in a nursery.
///
/// # Safety
/// `object` is a cell of a live chunk.
#[inline(always)]
pub(crate) unsafe fn is_young(object: *mut Header) -> bool {
    // SAFETY: by contract.
    unsafe { block_entry(object) & YOUNG != 0 }
}

/// Whether a small object lies in a block that is to be emptied.
///
/// # Safety
/// `object` is a cell of a live chunk.
#[inline(always)]
pub(crate) unsafe fn is_sparse(object: *mut Header) -> bool {
    // SAFETY: by contract.
    unsafe { block_entry(object) & SPARSE != 0 }
}

#[inline(always)]
unsafe fn block_entry(object: *mut Header) -> u16 {
    // SAFETY: by the callers' contract.
    unsafe { head_of(object).classes[(object as usize & (CHUNK_BYTES - 1)) / BLOCK_BYTES].get() }
}

/// Sets the mark bit of a small object; whether it was clear.
///
/// # Safety
/// `object` is a cell of a live chunk.
#[inline(always)]
pub(crate) unsafe fn mark(object: *mut Header) -> bool {
    let granule = (object as usize & (CHUNK_BYTES - 1)) / 8;
    // SAFETY: by contract.
    unsafe { head_of(object).marks[granule / 64].set_bit(granule % 64) }
}

/// Whether the mark bit of a small object is set.
///
/// # Safety
/// `object` is a cell of a live chunk.
#[inline(always)]
pub(crate) unsafe fn is_marked(object: *mut Header) -> bool {
    let granule = (object as usize & (CHUNK_BYTES - 1)) / 8;
    // SAFETY: by contract.
    unsafe { head_of(object).marks[granule / 64].load() >> (granule % 64) & 1 != 0 }
}

/// The cache line of the mark bit, to prefetch.
#[inline(always)]
pub(crate) fn mark_address(object: *mut Header) -> *const u8 {
    let chunk = object as usize & !(CHUNK_BYTES - 1);
    let granule = (object as usize & (CHUNK_BYTES - 1)) / 8;
    (chunk + std::mem::offset_of!(ChunkHead, marks) + granule / 64 * 8) as *const u8
}
