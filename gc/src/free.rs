//! What the drain does with dead objects: releases what they refer to, and gives their cells back.
//!
//! What dies together is often of one shape: then what to release and where to put the cells is known without waiting for headers. Whatever needs
//! more (a finalizer, those who watch, a drop, a stress mode) takes the slow way, or is handed back to the [drain](crate::drain) first.

use crate::cache::FreeCell;
use crate::header::{Header, ShapeId, FLAG_LARGE, FLAG_QUEUED, FLAG_WEAK};
use crate::manager::Memory;
use crate::shape::{
    due_finalizer, set_tail_len, tail_len, visit_head, visit_tail, Brief, FinalizeFn, Shape, Tail, Visitor,
};
use crate::space::{class_bytes, size_class};
use crate::value::Value;
use crate::weak::leave_tables;
use crate::zero::push_zero;

const OTHER_SIZE: &str = "an object's shape has another size than its cell";

/// What must happen before a dead object is freed.
pub(crate) enum Last {
    /// Its finalizer must run.
    Finalize(FinalizeFn),
    /// Those who watch it must be told.
    Tell,
}

/// Frees what is on the zero queue until it is empty, about `left` objects are freed, or something must happen before: that object is returned, off
/// the queue.
///
/// # Safety
/// No `Local` exists.
pub(crate) unsafe fn free_queued(memory: &mut Memory, left: &mut usize) -> Option<(*mut Header, Last)> {
    // Neither changes while cells are freed.
    let stressed = memory.is_stressed();
    // SAFETY: queued objects are allocated; one is freed only when taken off the queue, which nothing refers to: its count is zero and
    // no `Local` exists.
    unsafe {
        let mut object = pop_dead(&mut memory.zero);
        while !object.is_null() {
            if *left == 0 {
                push_zero(&mut memory.zero, object);
                break;
            }
            let shape = (*object).shape();
            let brief = memory.shapes.brief(shape);
            let simple = !stressed && (*object).is_plain_of(shape);
            if simple && brief.is_plain() {
                object = free_alike(memory, object, shape, brief, left);
            } else if simple && brief.is_plain_tail() && !(*object).has(FLAG_LARGE) {
                *left -= 1;
                free_tail(memory, object, shape);
                object = pop_dead(&mut memory.zero);
            } else if simple && brief.is_conditional() && due_finalizer(&memory.shapes, object).is_none() {
                *left -= 1;
                memory.finalization.forget(object);
                object = free_one(memory, object, brief);
            } else {
                *left -= 1;
                if let Some(last) = free_slow(memory, object) {
                    return Some((object, last));
                }
                object = pop_dead(&mut memory.zero);
            }
        }
    }
    None
}

/// Takes the last object without references off the queue, or null; those that have got one just leave the queue.
///
/// # Safety
/// Queued objects are allocated.
#[inline(always)]
unsafe fn pop_dead(zero: &mut Vec<*mut Header>) -> *mut Header {
    while let Some(object) = zero.pop() {
        // SAFETY: by contract.
        unsafe {
            if (*object).count() == 0 {
                return object;
            }
            (*object).clear(FLAG_QUEUED);
        }
    }
    std::ptr::null_mut()
}

/// Frees a dead object and those that die with it or follow it on the queue, as long as all are of one shape and no more than are `left`: what dies
/// together often is alike, and what to release and where to put the cells is then known without waiting for headers. Returns the next dead object, off
/// the queue, or null when the queue is empty.
///
/// # Safety
/// No `Local` exists; the object is off the queue and has no references; its shape is plain and this is its brief; no stress mode is on.
unsafe fn free_alike(
    memory: &mut Memory,
    mut object: *mut Header,
    shape: ShapeId,
    brief: Brief,
    left: &mut usize,
) -> *mut Header {
    let class = brief.class as usize;
    let Memory { zero, cache, stats, .. } = memory;
    let (mut free, mut cells, most) = (cache.bin(class).free, 0, *left);
    // SAFETY: as in `free_queued`. Slots of an object own a count of a valid object.
    unsafe {
        loop {
            let mut next = release_slots(zero, object, brief.slots);
            debug_assert!(crate::space_class_of(object) == class, "{OTHER_SIZE}");
            free = FreeCell::make(object, 0, free, false);
            cells += 1;
            if next.is_null() {
                next = pop_dead(zero);
            }
            if next.is_null() || !(*next).is_plain_of(shape) || cells == most {
                cache.bin(class).free = free;
                stats.allocated_bytes += cells as u64 * brief.cell as u64;
                *left -= cells;
                return next;
            }
            object = next;
        }
    }
}

/// Frees one dead object of a shape that the brief tells all about. Returns the next one to free, off the queue, or null.
///
/// # Safety
/// As [`free_alike`]; the object's finalizer has nothing to do.
unsafe fn free_one(memory: &mut Memory, object: *mut Header, brief: Brief) -> *mut Header {
    let class = brief.class as usize;
    // SAFETY: as in `free_alike`.
    unsafe {
        let next = release_slots(&mut memory.zero, object, brief.slots);
        memory.give_cell(object, class);
        if next.is_null() {
            return pop_dead(&mut memory.zero);
        }
        next
    }
}

/// Releases what a dying object's slots hold. The first child that lost its last reference is returned, to be freed next without a stop on the queue;
/// the others are queued.
///
/// # Safety
/// The object is valid and unreferenced; `slots` is the bitmap of its shape, which has no others.
#[inline(always)]
unsafe fn release_slots(zero: &mut Vec<*mut Header>, object: *mut Header, mut slots: u64) -> *mut Header {
    let mut next: *mut Header = std::ptr::null_mut();
    while slots != 0 {
        let last = 63 - slots.leading_zeros() as usize;
        // SAFETY: by contract; slots of an object own a count of a valid object.
        unsafe {
            let slot = *(object as *const Value).add(last);
            slots ^= 1 << last;
            if slot.is_ref() && (*slot.header()).release_to_queue() {
                if !next.is_null() {
                    push_zero(zero, next);
                }
                next = slot.header();
            }
        }
    }
    next
}

/// Frees a small object that is nothing but a tail.
///
/// # Safety
/// Nothing refers to the object, and no side table has an entry of it; no stress mode is on.
unsafe fn free_tail(memory: &mut Memory, object: *mut Header, shape: ShapeId) {
    // SAFETY: by contract the object is valid; its tail begins behind two words, and its values own counts of valid objects.
    unsafe {
        let len = tail_len(object);
        let Shape { tail, forward, .. } = *memory.shapes.get(shape);
        let before = memory.zero.len();
        let size = match tail {
            Tail::Bytes(shift) => ((len << shift) + 7) & !7,
            _ => len * 8,
        };
        if tail == Tail::Values {
            for n in 0..len {
                let value = *(object as *const Value).add(2 + n);
                if value.is_ref() && (*value.header()).release_to_queue() {
                    push_zero(&mut memory.zero, value.header());
                }
            }
            if forward {
                memory.zero[before..].reverse();
            }
        }
        let class = size_class(16 + size);
        debug_assert!(crate::space_class_of(object) == class, "{OTHER_SIZE}");
        let bin = memory.cache.bin(class);
        bin.free = FreeCell::make(object, 0, bin.free, false);
        memory.stats.allocated_bytes += class_bytes(class) as u64;
    }
}

/// Takes the counts back that a dying object owned.
struct Releaser<'a> {
    zero: &'a mut Vec<*mut Header>,
}

impl Visitor for Releaser<'_> {
    #[inline(always)]
    fn slot(&mut self, slot: &mut Value) {
        if slot.is_ref() {
            // SAFETY: slots of an object own a count of a valid object.
            unsafe {
                if (*slot.header()).release_to_queue() {
                    push_zero(self.zero, slot.header());
                }
            }
        }
    }

    fn uncounted(&mut self, _: &mut Value) {}
}

/// So many values of a large object are released at a time; what dies with them dies before the others are released.
const PORTION: usize = 1024;

/// Releases the last values of a large object that is nothing but a tail, and puts it below them on the queue again; whether it was that long.
///
/// # Safety
/// Nothing refers to the object, its finalizer has run and its watchers have been told.
unsafe fn release_end(memory: &mut Memory, object: *mut Header, shape: &Shape) -> bool {
    // SAFETY: by contract the object is valid. Its size is the large-object space's to know.
    unsafe {
        if !(*object).has(FLAG_LARGE)
            || shape.tail != Tail::Values
            || shape.forward
            || tail_len(object) <= PORTION
        {
            return false;
        }
        // From here on it is not what it was.
        leave_tables(&mut memory.weak, &mut memory.identity, &mut memory.finalization.notices, object);
        let kept = tail_len(object) - PORTION;
        (*object).set(FLAG_QUEUED);
        push_zero(&mut memory.zero, object);
        visit_tail(&memory.shapes, object, kept, usize::MAX, &mut Releaser { zero: &mut memory.zero });
        set_tail_len(object, kept);
        true
    }
}

/// Releases what the object refers to and gives its cell back, unless something must happen before.
///
/// # Safety
/// Nothing refers to the object.
#[inline(never)]
unsafe fn free_slow(memory: &mut Memory, object: *mut Header) -> Option<Last> {
    // SAFETY: by contract the object is valid and unreferenced.
    unsafe {
        let id = (*object).shape();
        (*object).clear(FLAG_QUEUED);
        memory.shapes.refresh(id);
        let shape = *memory.shapes.get(id);
        if shape.finalize.is_some() {
            if let Some(due) = due_finalizer(&memory.shapes, object) {
                return Some(Last::Finalize(due));
            }
            memory.finalization.forget(object);
        }
        if (*object).has(FLAG_WEAK) && memory.weak.watchers.must_tell(object) {
            return Some(Last::Tell);
        }
        if shape.notify.is_some() {
            memory.weak.watchers.forget(object);
        }
        if release_end(memory, object, &shape) {
            return None;
        }
        // Pushed in the opposite of the order in which they die.
        let mut releaser = Releaser { zero: &mut memory.zero };
        let before = releaser.zero.len();
        visit_tail(&memory.shapes, object, 0, usize::MAX, &mut releaser);
        if shape.forward {
            releaser.zero[before..].reverse();
        }
        let before = releaser.zero.len();
        visit_head(&memory.shapes, object, &mut releaser);
        releaser.zero[before..].reverse();
        let external = memory.stats.external_bytes;
        memory.drop_payload(object);
        memory.discount((external - memory.stats.external_bytes) as usize);
        memory.free_cell(object);
    }
    None
}
