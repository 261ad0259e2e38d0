//! What the drain does with dead objects: releases what they refer to, and gives their cells back.
//!
//! What dies together is often of one shape: then what to release and where to put the cells is known without waiting for headers. Whatever needs
//! more (a finalizer, those who watch, a drop, a stress mode) takes the slow way, or is handed back to the [drain](crate::drain) first.

use crate::brief::Brief;
use crate::cache::FreeCell;
use crate::header::{Header, FLAG_LARGE, FLAG_QUEUED, FLAG_WEAK};
use crate::manager::Memory;
use crate::shape::{
    due_finalizer, set_tail_len, tail_len, visit_head, visit_tail, FinalizeFn, Shape, Tail, Visitor,
};
use crate::space::size_class;
use crate::value::Value;
use crate::weak::leave_tables;
use crate::zero::{push_zero, ROOM};

const OTHER_SIZE: &str = "an object's shape has another size than its cell";

/// What must happen before a dead object is freed.
pub(crate) enum Last {
    /// Its finalizer must run.
    Finalize(FinalizeFn),
    /// Those who watch it must be told.
    Tell,
}

/// Frees a dead object, the only one, if it is plain; what dies with it makes a batch on the zero queue. Whether it is freed. Most often a program lets go of one
/// at a time.
///
/// # Safety
/// As [`free_batch`]; nothing refers to the object, and the queue has no other entry.
#[inline(always)]
pub(crate) unsafe fn free_single(memory: &mut Memory, object: *mut Header) -> bool {
    let unusual = memory.newborns > 0 || drains_with_care(memory);
    let Memory { zero, cache, shapes, .. } = memory;
    if unusual || zero.capacity() < ROOM {
        return false;
    }
    // SAFETY: as in `free_batch`; there is room for all that an object with a bitmap can let go of.
    unsafe {
        if !(*object).is_simply_dead() {
            return false;
        }
        let brief = &*shapes.brief_in_place((*object).shape());
        if !brief.is_plain() {
            return false;
        }
        let mut slots = brief.slots;
        let mut entries = 0;
        while slots != 0 {
            let slot = *(object as *const Value).add(slots.trailing_zeros() as usize);
            slots &= slots - 1;
            if slot.is_ref() && (*slot.header()).release_to_queue() {
                // The first of them is the next to die. If the object has an entry, it is overwritten.
                zero.as_mut_ptr().add(entries).write(slot.header());
                entries += 1;
            }
        }
        zero.set_len(entries);
        cache.give(object, brief.class as usize, false);
    }
    true
}

/// Frees what is on the zero queue, which is a batch: what came first is freed first. Whether all of it is; what is left is in the order that
/// [`free_queued`] wants.
///
/// # Safety
/// No `Local` exists, and there are no newborns.
#[inline(always)]
pub(crate) unsafe fn free_batch(memory: &mut Memory) -> bool {
    let len = memory.zero.len();
    if drains_with_care(memory) {
        memory.zero.reverse();
        return false;
    }
    let mut at = 0;
    while at < len {
        // SAFETY: queued objects are allocated; one is freed only when its turn comes, and nothing refers to it: its count is zero and no `Local`
        // exists. The queue does not get shorter than it was.
        let rest = unsafe { free_simple::<false>(memory, *memory.zero.as_ptr().add(at), len, &mut 0) };
        at += 1;
        if !rest.is_null() {
            leave_rest(&mut memory.zero, at, len, rest);
            return false;
        }
    }
    memory.zero.clear();
    true
}

/// Whether somebody wants to see each object that is freed, or only so many may be.
#[inline(always)]
fn drains_with_care(memory: &Memory) -> bool {
    memory.portion != usize::MAX || memory.is_stressed()
}

/// Turns a batch of `len` entries, of which `done` are, and what lies on it into the stack that [`free_queued`] wants.
#[cold]
#[inline(never)]
fn leave_rest(zero: &mut Vec<*mut Header>, done: usize, len: usize, next: *mut Header) {
    zero[done..len].reverse();
    zero.drain(..done);
    // There is room: one entry has gone at least.
    push_zero(zero, next);
}

/// Frees what is on the zero queue, a stack, until it is empty, about `left` objects are freed, or something must happen before: that object is returned, off
/// the queue.
///
/// # Safety
/// No `Local` exists.
pub(crate) unsafe fn free_queued(memory: &mut Memory, left: &mut usize) -> Option<(*mut Header, Last)> {
    let stressed = memory.is_stressed();
    // SAFETY: as in `free_batch`.
    unsafe {
        while let Some(mut object) = memory.zero.pop() {
            // Under stress somebody wants to see each.
            if !stressed {
                object = free_simple::<true>(memory, object, 0, left);
            }
            if object.is_null() {
                return None;
            }
            if (*object).count() > 0 {
                (*object).clear(FLAG_QUEUED);
                continue;
            }
            if *left == 0 {
                push_zero(&mut memory.zero, object);
                return None;
            }
            *left -= 1;
            if let Some(last) = free_slow(memory, object) {
                return Some((object, last));
            }
        }
    }
    None
}

/// Takes the last object off the queue, or null when only its first `floor` entries are left.
#[inline(always)]
fn pop_above(zero: &mut Vec<*mut Header>, floor: usize) -> *mut Header {
    if zero.len() <= floor {
        return std::ptr::null_mut();
    }
    zero.pop().unwrap_or(std::ptr::null_mut())
}

/// Frees an object that was taken off the queue, if it has no references, and what dies with it: all that comes on the queue above its first `floor` entries.
/// Returns the first object that needs more than that or, if that is `LIMITED`, exceeds `left`; null when all are freed.
///
/// # Safety
/// No `Local` exists, and no stress mode is on.
#[inline(always)]
unsafe fn free_simple<const LIMITED: bool>(
    memory: &mut Memory,
    mut object: *mut Header,
    floor: usize,
    left: &mut usize,
) -> *mut Header {
    // SAFETY: as in `free_batch`.
    unsafe {
        while !object.is_null() {
            if !(*object).is_simply_dead() {
                if (*object).count() == 0 {
                    return object;
                }
                (*object).clear(FLAG_QUEUED);
                object = pop_above(&mut memory.zero, floor);
                continue;
            }
            if LIMITED && *left == 0 {
                return object;
            }
            let brief = &*memory.shapes.brief_in_place((*object).shape());
            if brief.is_plain() {
                object = free_alike::<LIMITED>(memory, object, brief, floor, left);
            } else {
                if !free_other(memory, object, brief) {
                    return object;
                }
                if LIMITED {
                    *left -= 1;
                }
                object = pop_above(&mut memory.zero, floor);
            }
        }
    }
    object
}

/// Frees a dead object and those that die with it or follow it on the queue, as long as all are of one shape and no more than are `left`: what dies
/// together often is alike, and what to release and where to put the cells is then known without waiting for headers. Returns the next object, off
/// the queue, or null when the queue has none above its first `floor` entries.
///
/// # Safety
/// As [`free_simple`]; nothing refers to the object and no side table has an entry of it, its shape is plain and this is its brief, and some are left.
#[inline(always)]
unsafe fn free_alike<const LIMITED: bool>(
    memory: &mut Memory,
    mut object: *mut Header,
    brief: &Brief,
    floor: usize,
    left: &mut usize,
) -> *mut Header {
    let (class, slots) = (brief.class as usize, brief.slots);
    let Memory { zero, cache, .. } = memory;
    let (mut free, mut cells) = (cache.shown_bin(class).free, 0);
    // SAFETY: as in `free_batch`. Slots of an object own a count of a valid object.
    unsafe {
        let shape = (*object).shape();
        loop {
            let mut next = release_slots(zero, object, slots);
            debug_assert!(crate::space_class_of(object) == class, "{OTHER_SIZE}");
            free = FreeCell::make(object, 0, free, false);
            cells += 1;
            if LIMITED {
                *left -= 1;
            }
            if next.is_null() {
                next = pop_above(zero, floor);
            }
            if next.is_null() || !(*next).is_simply_dead_of(shape) || (LIMITED && *left == 0) {
                cache.give_chain(class, free, cells);
                return next;
            }
            object = next;
        }
    }
}

/// Frees a dead object whose shape is not plain, if that is simple nevertheless; whether it was. What dies with it goes on the queue.
///
/// # Safety
/// As [`free_alike`].
#[inline(never)]
unsafe fn free_other(memory: &mut Memory, object: *mut Header, brief: &Brief) -> bool {
    // SAFETY: as in `free_batch`.
    unsafe {
        if brief.is_plain_tail() && !(*object).has(FLAG_LARGE) {
            free_tail(memory, object);
        } else if brief.is_conditional() && due_finalizer(&memory.shapes, object).is_none() {
            memory.finalization.forget(object);
            let next = release_slots(&mut memory.zero, object, brief.slots);
            memory.give_cell(object, brief.class as usize);
            if !next.is_null() {
                push_zero(&mut memory.zero, next);
            }
        } else {
            return false;
        }
    }
    true
}

/// Releases what a dying object's slots hold. The first child that lost its last reference is returned, to be freed next without a stop on the queue;
/// the others are queued, to be freed in their order.
///
/// # Safety
/// The object is valid and unreferenced; `slots` is the bitmap of its shape, which has no others.
#[inline(always)]
unsafe fn release_slots(zero: &mut Vec<*mut Header>, object: *mut Header, mut slots: u64) -> *mut Header {
    let mut next: *mut Header = std::ptr::null_mut();
    let before = zero.len();
    while slots != 0 {
        // SAFETY: by contract; slots of an object own a count of a valid object.
        unsafe {
            let slot = *(object as *const Value).add(slots.trailing_zeros() as usize);
            slots &= slots - 1;
            if slot.is_ref() && (*slot.header()).release_to_queue() {
                if next.is_null() {
                    next = slot.header();
                } else {
                    push_below(zero, before, slot.header());
                }
            }
        }
    }
    next
}

/// Puts an object on the zero queue, below those that have come since it had so many entries.
#[inline(always)]
fn push_below(zero: &mut Vec<*mut Header>, before: usize, object: *mut Header) {
    #[cold]
    #[inline(never)]
    fn rotate(zero: &mut [*mut Header]) {
        zero.rotate_right(1);
    }
    push_zero(zero, object);
    if zero.len() > before + 1 {
        rotate(&mut zero[before..]);
    }
}

/// Frees a small object that is nothing but a tail.
///
/// # Safety
/// Nothing refers to the object, and no side table has an entry of it; no stress mode is on.
#[inline(always)]
unsafe fn free_tail(memory: &mut Memory, object: *mut Header) {
    // SAFETY: by contract the object is valid; its tail begins behind two words, and its values own counts of valid objects.
    unsafe {
        let len = tail_len(object);
        let Shape { tail, forward, .. } = *memory.shapes.get((*object).shape());
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
        memory.cache.give(object, class, false);
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
