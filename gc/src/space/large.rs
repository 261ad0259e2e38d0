//! The large-object space: objects over 8 KiB, one allocation each. They never move; their mark is a header flag.

use super::pages;
use crate::header::{Header, ShapeId, FLAG_LARGE, FLAG_MARKED};
use crate::raw::RawMemory;
use hashbrown::HashMap;
use std::alloc::Layout;

/// All large objects of a heap.
#[derive(Debug, Default)]
pub struct LargeSpace {
    raw: RawMemory,
    objects: Vec<(*mut Header, usize)>,
    index: HashMap<usize, usize>,
    bytes: usize,
    /// Whether what is freed stays where it is, as a free cell, until [`purge`](Self::purge).
    keeps: bool,
}

impl LargeSpace {
    /// No objects yet; memory will come from there.
    pub(crate) fn new(raw: RawMemory) -> LargeSpace {
        let mut space = LargeSpace::default();
        space.raw = raw;
        space
    }

    /// Bytes of all large objects.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Allocates `size` bytes, zeroed. The caller writes the header, setting `FLAG_LARGE`. `None` when the system has no memory.
    pub fn alloc(&mut self, size: usize) -> Option<*mut Header> {
        let layout = Layout::from_size_align(size, 16).ok()?;
        self.objects.try_reserve(1).ok()?;
        self.index.try_reserve(1).ok()?;
        // The size is above MAX_SMALL, so not zero.
        let object = self.raw.alloc_zeroed(layout) as *mut Header;
        if object.is_null() {
            return None;
        }
        if self.raw.is_system() {
            // SAFETY: just allocated, and not touched yet.
            unsafe { pages::advise(object as *mut u8, size) };
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
        if self.keeps {
            // SAFETY: the object is ours; the header of a free cell, and its flags still say what it was.
            unsafe {
                object.write(Header::new(0, ShapeId::FREE));
                (*object).set(FLAG_LARGE | FLAG_MARKED);
            }
            return 0;
        }
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

    /// Has what is freed stay where it is, because a marking that the program interrupts may still look at it.
    pub(crate) fn keep_freed(&mut self) {
        self.keeps = true;
    }

    /// Gives back what was freed and kept, and keeps it no longer.
    pub(crate) fn purge(&mut self) {
        if std::mem::take(&mut self.keeps) {
            // SAFETY: free cells are dead.
            unsafe { self.retain(|header| !header.is_free()) };
        }
    }

    unsafe fn dealloc(&mut self, object: *mut Header, size: usize) {
        self.bytes -= size;
        // SAFETY: by the callers; the layout was valid in `alloc`.
        unsafe { self.raw.free(object as *mut u8, Layout::from_size_align_unchecked(size, 16)) };
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
        // SAFETY: by contract.
        unsafe { self.retain(|header| header.has(FLAG_MARKED)) };
    }

    /// Frees those that are not to be kept.
    ///
    /// # Safety
    /// Nothing refers to them.
    unsafe fn retain(&mut self, keep: impl Fn(&Header) -> bool) {
        let mut kept = 0;
        self.index.clear();
        for at in 0..self.objects.len() {
            let (object, size) = self.objects[at];
            // SAFETY: what is in the list has a header; what is not kept is unreachable by contract.
            unsafe {
                if keep(&*object) {
                    self.index.insert(object as usize, kept);
                    self.objects[kept] = (object, size);
                    kept += 1;
                } else {
                    self.dealloc(object, size);
                }
            }
        }
        self.objects.truncate(kept);
    }

    /// Calls `each` with every large object, oldest first as far as frees allow.
    pub fn each_object(&self, each: &mut dyn FnMut(*mut Header)) {
        for &(object, _) in &self.objects {
            // SAFETY: what is in the list has a header.
            if !self.keeps || unsafe { !(*object).is_free() } {
                each(object);
            }
        }
    }

    /// Whether `object` is a large object of this space.
    pub fn contains(&self, object: *mut Header) -> bool {
        let known = self.index.get(&(object as usize)).map(|&at| self.objects[at].0);
        // SAFETY: what is in the list has a header.
        known.is_some_and(|object| unsafe { !(*object).is_free() })
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
