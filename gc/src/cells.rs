//! Allocation by the core: a cell of the cache, or what its manager finds. Pinned objects have cells of [classes of their own](crate::space::PINNED), where the manager pins any.

use crate::header::{Header, ShapeId, FLAG_LARGE};
use crate::heap::Core;
use crate::limits::HeapFull;
use crate::space::{class_bytes, is_pinned_class, size_class, MAX_SMALL};
use crate::Cx;

impl Core {
    /// Allocates `size` bytes and writes the header. Under counting managers the object has `count` counts. The rest of the
    /// memory is garbage; it must be initialised before the next `&mut` point. Never collects. The shape is not one of [pinned](crate::Shape::pinned) objects.
    #[inline(always)]
    pub fn alloc(&mut self, size: usize, shape: ShapeId, count: u32) -> Result<*mut Header, HeapFull> {
        self.alloc_with(size, Header::new(count, shape))
    }

    /// As [`alloc`](Self::alloc), for a shape of [pinned](crate::Shape::pinned) objects.
    #[inline(always)]
    pub fn alloc_pinned(&mut self, size: usize, shape: ShapeId, count: u32) -> Result<*mut Header, HeapFull> {
        let header = Header::new(count, shape);
        match self.alloc_at_hand::<true>(size, header.word()) {
            Some(object) => Ok(object),
            None => self.alloc_slow(size, header),
        }
    }

    /// As [`alloc`](Self::alloc), for an object that natives make: under counting managers it has no count, and is marked as lying on the
    /// zero queue, where the caller puts it once it is initialised.
    #[inline(always)]
    pub(crate) fn alloc_newborn(&mut self, size: usize, shape: ShapeId) -> Result<*mut Header, HeapFull> {
        let header = if self.counted { Header::queued(shape) } else { Header::new(0, shape) };
        self.alloc_with(size, header)
    }

    #[inline(always)]
    pub(crate) fn alloc_with(&mut self, size: usize, header: Header) -> Result<*mut Header, HeapFull> {
        match self.alloc_at_hand::<false>(size, header.word()) {
            Some(object) => Ok(object),
            None => self.alloc_slow(size, header),
        }
    }

    /// Allocates from what is at hand, if that is enough, and writes the header. `PINNED` is what the shape says.
    #[inline(always)]
    pub(crate) fn alloc_at_hand<const PINNED: bool>(
        &mut self,
        size: usize,
        header: u64,
    ) -> Option<*mut Header> {
        if size > MAX_SMALL {
            return None;
        }
        let class = if PINNED { self.class_of(size, true) } else { size_class(size) };
        self.take_at_hand(class, header)
    }

    /// The class of cells for objects of so many bytes, [`MAX_SMALL`] at most, by what the shape says.
    #[inline(always)]
    pub fn class_of(&self, size: usize, pinned: bool) -> usize {
        size_class(size) | if pinned { self.pinned } else { 0 }
    }

    /// As [`alloc`](Self::alloc), if there is a cell at hand, for who knows the [class](Self::class_of) because he asks often.
    #[inline(always)]
    pub fn alloc_here(&mut self, class: usize, shape: ShapeId, count: u32) -> Option<*mut Header> {
        self.take_at_hand(class, Header::new(count, shape).word())
    }

    #[inline(always)]
    fn take_at_hand(&mut self, class: usize, header: u64) -> Option<*mut Header> {
        debug_assert!(
            self.pinned == 0 || self.is_pinned(&Header::of_word(header)) == is_pinned_class(class),
            "another class than the shape says"
        );
        let cell = self.memory.cache.take(class);
        if cell.is_null() {
            return None;
        }
        // SAFETY: the cell is ours and big enough for a header.
        unsafe { *(cell as *mut u64) = header };
        Some(cell)
    }

    /// Whether the object's shape is one of pinned ones.
    fn is_pinned(&self, header: &Header) -> bool {
        self.memory.shapes.get(header.shape()).pinned
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn alloc_slow(&mut self, size: usize, header: Header) -> Result<*mut Header, HeapFull> {
        debug_assert!(size >= 16, "an object has at least two words");
        if self.memory.fails_now() {
            return Err(HeapFull { requested: size });
        }
        if self.memory.zeal.collect_every != 0 {
            self.memory.zeal_clock += 1;
            if self.memory.zeal_clock.is_multiple_of(self.memory.zeal.collect_every as u64) {
                self.memory.request_collection();
            }
        }
        let large = size > MAX_SMALL;
        let cell = match large {
            true => self.manager.alloc_large(&mut self.memory, size),
            false => {
                let pinned = self.is_pinned(&header);
                self.take_small(self.class_of(size, pinned))
            }
        };
        let cell = cell.inspect_err(|_| self.memory.has_failed())?;
        // SAFETY: the cell is ours and big enough for a header.
        unsafe {
            cell.write(header);
            if large {
                (*cell).set(FLAG_LARGE);
            }
        }
        if let Some(hook) = self.allocation_hook {
            // SAFETY: the cell has its header; this thread is inside the heap, and `self` is not used again.
            unsafe { hook(&Cx::from_core(self), size, (*cell).shape()) };
        }
        Ok(cell)
    }

    fn take_small(&mut self, class: usize) -> Result<*mut Header, HeapFull> {
        if self.memory.cache.bin(class).is_empty() {
            self.manager.refill(&mut self.memory, class)?;
        }
        Ok(self.memory.cache.bin(class).take(class_bytes(class)))
    }
}
