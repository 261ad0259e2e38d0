//! [`Pool`]: memory for payloads that lie outside the heap, in blocks of a few sizes that are used again and again.
//!
//! A payload is made and freed with its object, mostly in great numbers and of few types; a general allocator takes three times as long. What the
//! pool has got serves it until the heap ends. Large blocks, and those of unusual alignment, come and go one by one.

use std::alloc::Layout;
use std::cell::{Cell, RefCell};
use taipan_gc::RawMemory;

/// Blocks have a multiple of so many bytes, and this alignment.
const UNIT: usize = 16;
/// Most bytes of a block from the pool.
const MOST: usize = 1024;
/// Bytes taken at a time.
const CHUNK: usize = 32 << 10;

const CHUNK_LAYOUT: Layout = match Layout::from_size_align(CHUNK, 64) {
    Ok(layout) => layout,
    Err(_) => unreachable!(),
};

/// Free blocks by size.
#[derive(Debug)]
pub(crate) struct Pool {
    /// Free blocks of each size, each with the next in its first word.
    free: [Cell<*mut u8>; MOST / UNIT + 1],
    /// What is left of the newest chunk.
    fresh: Cell<*mut u8>,
    left: Cell<usize>,
    chunks: RefCell<Vec<*mut u8>>,
    raw: RawMemory,
}

impl Pool {
    /// Blocks out of this memory.
    pub(crate) fn new(raw: RawMemory) -> Pool {
        Pool {
            free: [const { Cell::new(std::ptr::null_mut()) }; MOST / UNIT + 1],
            fresh: Cell::new(std::ptr::null_mut()),
            left: Cell::new(0),
            chunks: RefCell::default(),
            raw,
        }
    }

    /// Memory of this layout, which is garbage; null if there is none.
    #[inline(always)]
    pub(crate) fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.size() > MOST || layout.align() > UNIT {
            return self.raw.alloc(layout);
        }
        let list = &self.free[layout.size().div_ceil(UNIT)];
        let block = list.get();
        if block.is_null() {
            return self.cut(layout.size().div_ceil(UNIT) * UNIT);
        }
        // SAFETY: a free block's first word is the next one.
        list.set(unsafe { *block.cast::<*mut u8>() });
        block
    }

    /// A block from the newest chunk, or from a new one.
    #[cold]
    #[inline(never)]
    fn cut(&self, size: usize) -> *mut u8 {
        if self.left.get() < size {
            let mut chunks = self.chunks.borrow_mut();
            if chunks.try_reserve(1).is_err() {
                return std::ptr::null_mut();
            }
            let chunk = self.raw.alloc(CHUNK_LAYOUT);
            if chunk.is_null() {
                return chunk;
            }
            chunks.push(chunk);
            self.fresh.set(chunk);
            self.left.set(CHUNK);
        }
        let block = self.fresh.get();
        self.left.set(self.left.get() - size);
        // SAFETY: within the chunk, or at its end.
        self.fresh.set(unsafe { block.add(size) });
        block
    }

    /// Gives a block back.
    ///
    /// # Safety
    /// It came from [`alloc`](Self::alloc) of this pool with this layout, and nobody uses it again.
    #[inline(always)]
    pub(crate) unsafe fn free(&self, block: *mut u8, layout: Layout) {
        if layout.size() > MOST || layout.align() > UNIT {
            // SAFETY: by contract.
            return unsafe { self.raw.free(block, layout) };
        }
        let list = &self.free[layout.size().div_ceil(UNIT)];
        // SAFETY: by contract the block is ours now, and has room for a word.
        unsafe { block.cast::<*mut u8>().write(list.get()) };
        list.set(block);
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        for chunk in self.chunks.get_mut().drain(..) {
            // SAFETY: allocated with this layout; the heap, whose objects used the blocks, has ended.
            unsafe { self.raw.free(chunk, CHUNK_LAYOUT) };
        }
    }
}
