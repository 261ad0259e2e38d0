//! The marker shared by all tracing: an explicit stack in front of a prefetch queue.
//!
//! Objects go through a small ring before they are visited, so that their header and mark bit are on their way from memory meanwhile
//! (Cher, Hosking & Vitek, "Software prefetching for mark-sweep garbage collection", 2004).

use crate::header::{Header, FLAG_LARGE, FLAG_MARKED};
use crate::shape::{object_size, visit_slots, ShapeTable, Visitor};
use crate::space_mark as space;
use crate::value::Value;

const RING: usize = 16;

/// A marking in progress.
#[derive(Debug, Default)]
pub struct Marker {
    stack: Vec<*mut Header>,
    ring: [usize; RING],
    at: usize,
    counted: bool,
    /// Objects marked so far.
    pub objects: u64,
    /// Bytes of the objects marked so far.
    pub bytes: u64,
}

impl Visitor for Marker {
    #[inline(always)]
    fn slot(&mut self, slot: &mut Value) {
        if slot.is_ref() {
            self.push(slot.header());
        }
    }

    #[inline(always)]
    fn uncounted(&mut self, slot: &mut Value) {
        // Where counts decide, a reference that owns none may be stale.
        if !self.counted {
            self.slot(slot);
        }
    }
}

impl Marker {
    /// A marker for a heap under a counting manager.
    pub fn counted() -> Marker {
        Marker { counted: true, ..Marker::default() }
    }

    #[inline(always)]
    fn push(&mut self, object: *mut Header) {
        self.stack.push(object);
    }

    /// Marks everything reachable from what was pushed.
    ///
    /// # Safety
    /// Every object pushed is valid, and all that is reachable from it.
    pub unsafe fn drain(&mut self, shapes: &ShapeTable) {
        let mut empty = 0;
        while empty < RING {
            let next = self.stack.pop().unwrap_or(std::ptr::null_mut());
            if next.is_null() {
                empty += 1;
            } else {
                empty = 0;
                prefetch(next);
            }
            let object = std::mem::replace(&mut self.ring[self.at], next as usize) as *mut Header;
            self.at = (self.at + 1) % RING;
            // SAFETY: by contract.
            if !object.is_null() && unsafe { mark(object) } {
                // Its children may be all that is left.
                empty = 0;
                self.objects += 1;
                // SAFETY: by contract.
                unsafe {
                    self.bytes += object_size(shapes, object) as u64;
                    visit_slots(shapes, object, self);
                }
            }
        }
    }
}

#[inline(always)]
fn prefetch(object: *mut Header) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: prefetching has no effect but on the caches, whatever the address.
    unsafe {
        use std::arch::x86_64::{_mm_prefetch, _MM_HINT_T0};
        _mm_prefetch(object as *const i8, _MM_HINT_T0);
        _mm_prefetch(space::mark_address(object) as *const i8, _MM_HINT_T0);
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = object;
}

/// Marks the object; whether it was unmarked.
///
/// # Safety
/// `object` is a valid object of a block or the large-object space.
#[inline(always)]
pub unsafe fn mark(object: *mut Header) -> bool {
    // SAFETY: by contract.
    unsafe {
        if (*object).has(FLAG_LARGE) {
            let fresh = !(*object).has(FLAG_MARKED);
            (*object).set(FLAG_MARKED);
            fresh
        } else {
            space::mark(object)
        }
    }
}

/// Whether the object is marked.
///
/// # Safety
/// `object` is a valid object of a block or the large-object space.
#[inline(always)]
pub unsafe fn is_marked(object: *mut Header) -> bool {
    // SAFETY: by contract.
    unsafe {
        if (*object).has(FLAG_LARGE) {
            (*object).has(FLAG_MARKED)
        } else {
            space::is_marked(object)
        }
    }
}
