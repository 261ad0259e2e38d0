//! The large-object space: objects over 8 KiB, one allocation each. They never move; their mark is a header flag.

use crate::header::{Header, FLAG_MARKED};
use hashbrown::HashMap;
use std::alloc::Layout;

/// All large objects of a heap.
#[derive(Debug, Default)]
pub struct LargeSpace {
    objects: Vec<(*mut Header, usize)>,
    index: HashMap<usize, usize>,
    bytes: usize,
}

impl LargeSpace {
    /// Bytes of all large objects.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Allocates `size` bytes, zeroed. The caller writes the header, setting `FLAG_LARGE`. `None` when the system has no memory.
    pub fn alloc(&mut self, size: usize) -> Option<*mut Header> {
        let layout = Layout::from_size_align(size, 16).ok()?;
        self.objects.try_reserve(1).ok()?;
        self.index.try_reserve(1).ok()?;
        // SAFETY: the size is above MAX_SMALL, so not zero.
        let object = unsafe { std::alloc::alloc_zeroed(layout) } as *mut Header;
        if object.is_null() {
            return None;
        }
        self.index.insert(object as usize, self.objects.len());
        self.objects.push((object, size));
        self.bytes += size;
        Some(object)
    }

    /// Frees one object, whose payload has been dropped; how many bytes it took.
    ///
    /// # Safety
    /// `object` is a large object of this space and nothing refers to it any more.
    pub unsafe fn free(&mut self, object: *mut Header) -> usize {
        let Some(at) = self.index.remove(&(object as usize)) else {
            return 0;
        };
        let (_, size) = self.objects.swap_remove(at);
        if let Some(&(moved, _)) = self.objects.get(at) {
            self.index.insert(moved as usize, at);
        }
        // SAFETY: allocated here with this layout; unreferenced by contract.
        unsafe { self.dealloc(object, size) };
        size
    }

    unsafe fn dealloc(&mut self, object: *mut Header, size: usize) {
        self.bytes -= size;
        // SAFETY: by the callers; the layout was valid in `alloc`.
        unsafe { std::alloc::dealloc(object as *mut u8, Layout::from_size_align_unchecked(size, 16)) };
    }

    /// Clears every mark.
    pub fn clear_marks(&self) {
        for &(object, _) in &self.objects {
            // SAFETY: objects in the list are alive, and the flag is their mark.
            unsafe { (*object).clear(FLAG_MARKED) };
        }
    }

    /// Frees the unmarked objects, whose payloads have been dropped.
    ///
    /// # Safety
    /// Marking is complete: an unmarked object is unreachable.
    pub unsafe fn sweep(&mut self) {
        let objects = std::mem::take(&mut self.objects);
        self.index.clear();
        for (object, size) in objects {
            // SAFETY: objects in the list are alive; the unmarked ones are unreachable by contract.
            unsafe {
                if (*object).has(FLAG_MARKED) {
                    self.index.insert(object as usize, self.objects.len());
                    self.objects.push((object, size));
                } else {
                    self.dealloc(object, size);
                }
            }
        }
    }

    /// Calls `each` with every large object, oldest first as far as frees allow.
    pub fn each_object(&self, each: &mut dyn FnMut(*mut Header)) {
        for &(object, _) in &self.objects {
            debug_assert!(object.is_aligned());
            each(object);
        }
    }

    /// Whether `object` is a large object of this space.
    pub fn contains(&self, object: *mut Header) -> bool {
        self.index.contains_key(&(object as usize))
    }
}

impl Drop for LargeSpace {
    fn drop(&mut self) {
        for (object, size) in std::mem::take(&mut self.objects) {
            // SAFETY: the heap is gone; nothing refers to its objects.
            unsafe { self.dealloc(object, size) };
        }
    }
}
