//! The marker shared by all tracing: an explicit stack in front of a prefetch queue.
//!
//! Objects go through a small ring before they are visited, so that their header and mark bit are on their way from memory meanwhile
//! (Cher, Hosking & Vitek, "Software prefetching for mark-sweep garbage collection", 2004).
//!
//! When the stack can't grow, what would be pushed is left out and the marker remembers that it overflowed; marked objects are then
//! visited again until nothing was left out. So marking never fails, it only gets slower.

use crate::header::{Header, FLAG_LARGE, FLAG_MARKED};
use crate::shape::{object_size, visit_slots, ShapeTable, Visitor};
use crate::space_mark as space;
use crate::value::Value;

const RING: usize = 16;

/// A marking in progress.
#[derive(Debug)]
pub struct Marker {
    stack: Vec<*mut Header>,
    ring: [usize; RING],
    at: usize,
    counted: bool,
    overflowed: bool,
    limit: usize,
    /// Objects marked so far.
    pub objects: u64,
    /// Bytes of the objects marked so far.
    pub bytes: u64,
}

impl Default for Marker {
    fn default() -> Marker {
        Marker {
            stack: Vec::new(),
            ring: [0; RING],
            at: 0,
            counted: false,
            overflowed: false,
            limit: usize::MAX,
            objects: 0,
            bytes: 0,
        }
    }
}

/// Shows the marker only what is not marked yet.
struct Unmarked<'a>(&'a mut Marker);

impl Visitor for Unmarked<'_> {
    fn slot(&mut self, slot: &mut Value) {
        // SAFETY: slots of allocated objects refer to allocated ones.
        if slot.is_ref() && unsafe { !is_marked(slot.header()) } {
            self.0.push(slot.header());
        }
    }

    fn uncounted(&mut self, slot: &mut Value) {
        if !self.0.counted {
            self.slot(slot);
        }
    }
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

    /// A marker whose stack holds `limit` objects at most, to test the overflow.
    pub fn bounded(self, limit: usize) -> Marker {
        Marker { limit: limit.max(1), ..self }
    }

    /// Marks the object and what it reaches at the next [`drain`](Self::drain).
    #[inline(always)]
    pub fn push(&mut self, object: *mut Header) {
        if self.stack.len() == self.stack.capacity() && !self.grow() {
            return;
        }
        self.stack.push(object);
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) -> bool {
        let wanted = self.stack.capacity().clamp(64, 1 << 20);
        let grown = if self.stack.capacity() == 0 && self.limit < wanted {
            self.stack.try_reserve_exact(self.limit).is_ok()
        } else {
            self.stack.capacity() < self.limit && self.stack.try_reserve(wanted).is_ok()
        };
        self.overflowed |= !grown;
        grown
    }

    /// Whether something could not be pushed since the last call.
    pub fn take_overflow(&mut self) -> bool {
        std::mem::take(&mut self.overflowed)
    }

    /// Marks what a marked object refers to and is unmarked; part of recovering from an overflow.
    ///
    /// # Safety
    /// `object` is valid, and all that is reachable from it.
    pub unsafe fn rescan(&mut self, shapes: &ShapeTable, object: *mut Header) {
        // SAFETY: by contract.
        unsafe {
            visit_slots(shapes, object, &mut Unmarked(self));
            self.drain(shapes);
        }
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
