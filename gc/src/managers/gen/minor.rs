//! The minor collection of `gen`: copies what is reachable out of the nursery, and makes pinned objects old where they are.
//!
//! The list of copies whose references still lead to the nursery lies in their [old places](super::forward). Pinned objects have none: those whose references have to be
//! looked at lie on a stack, and when that can't grow, all old ones in the blocks that have young ones are looked at again, as in the [marker](crate::marker).

use super::alloc::OldCells;
use super::forward::{forwarded, leave, take_copy};
use super::{pinned, Gen};
use crate::ahead::prefetch;
use crate::finalize::Finalization;
use crate::header::{Header, FLAG_LOG};
use crate::limits::Stats;
use crate::manager::{drop_payload, Memory};
use crate::shape::{due_finalizer, object_size, visit_slots, ShapeTable, Visitor};
use crate::space::{
    class_bytes, class_of, is_old, is_pinned, make_old, size_class, BlockRef, BlockSpace, ChunkMap,
    BLOCK_BYTES,
};
use crate::sweep::Sweeper;
use crate::value::Value;

/// So many slots wait for their objects to come from memory; a power of two.
const AHEAD: usize = 16;
/// So many pinned objects fit the stack under stress, so that its overflow gets its share.
const FEW: usize = 8;

/// Copies young objects that slots refer to, and rewrites the slots; those that are pinned stay.
struct Evacuation<'a> {
    shapes: &'a ShapeTable,
    blocks: &'a mut BlockSpace,
    chunks: ChunkMap,
    sweeper: &'a mut Sweeper,
    old: &'a mut OldCells,
    poison: bool,
    /// Slots whose objects are on their way from memory, the next one to be replaced being the oldest.
    waiting: [*mut Value; AHEAD],
    next: usize,
    /// The last young object that was copied and whose copy has not been looked at.
    grey: *mut Header,
    /// Pinned objects that have been reached and not looked at; how many there may be, and whether there were more.
    reached: Vec<*mut Header>,
    most: usize,
    overflowed: bool,
    /// The blocks in which pinned objects are young.
    pinned: &'a [BlockRef],
    /// Copies with unlogged references, and whether one could not be noted.
    unlogged: &'a mut Vec<*mut Header>,
    lost: bool,
    bytes: usize,
}

impl Visitor for Evacuation<'_> {
    #[inline(always)]
    fn slot(&mut self, slot: &mut Value) {
        if slot.is_ref() && self.is_young(slot.header()) {
            // SAFETY: what is young lies in a block.
            if unsafe { is_pinned(slot.header()) } {
                return self.reach(slot.header());
            }
            debug_assert!(!self.waiting.contains(&std::ptr::from_mut(slot)), "a slot waits twice");
            prefetch(slot.header().cast());
            let oldest = std::mem::replace(&mut self.waiting[self.next % AHEAD], slot);
            self.next += 1;
            self.settle(oldest);
        }
    }

    #[inline(always)]
    fn uncounted(&mut self, slot: &mut Value) {
        self.slot(slot);
    }
}

impl Evacuation<'_> {
    /// Whether an object lies among young ones; if it is pinned, its own age is another question.
    #[inline(always)]
    fn is_young(&self, object: *mut Header) -> bool {
        match self.chunks.holds(object) {
            // SAFETY: it lies in a chunk.
            true => unsafe { crate::space::is_young(object) },
            false => !self.chunks.is_complete() && self.blocks.is_young(object),
        }
    }

    /// Where an object is from now on, if it is alive as far as is known.
    fn fate(&self, object: *mut Header) -> Option<*mut Header> {
        // SAFETY: what is young lies in a block.
        unsafe {
            match self.is_young(object) {
                true if is_pinned(object) => is_old(object).then_some(object),
                true => forwarded(object),
                false => Some(object),
            }
        }
    }

    /// Makes a pinned object old, which lies among young ones.
    #[inline(never)]
    fn reach(&mut self, object: *mut Header) {
        // SAFETY: by contract it is one.
        unsafe {
            if !make_old(object) {
                return;
            }
            prefetch(object.cast());
            self.bytes += class_bytes(class_of(object));
        }
        if self.reached.len() < self.most && self.reached.try_reserve(1).is_ok() {
            self.reached.push(object);
        } else {
            self.overflowed = true;
            self.note_unlogged(object);
        }
    }

    /// Where a young object is from now on, which is alive.
    ///
    /// # Safety
    /// The object lies among young ones and is allocated.
    unsafe fn keep(&mut self, object: *mut Header) -> *mut Header {
        // SAFETY: by contract.
        unsafe {
            if is_pinned(object) {
                self.reach(object);
                return object;
            }
            self.forward(object)
        }
    }

    /// The new address of a young object, which is copied at the first time.
    ///
    /// # Safety
    /// The object lies in the nursery and is allocated.
    #[inline(always)]
    unsafe fn forward(&mut self, object: *mut Header) -> *mut Header {
        // SAFETY: by contract. There is a cell: as many blocks as the nursery has were set aside.
        unsafe {
            if let Some(copy) = forwarded(object) {
                return copy;
            }
            let shape = (*object).shape();
            let brief = self.shapes.brief(shape);
            let (size, class) = match brief.is_fixed() {
                true => (brief.size as usize, brief.class as usize),
                false => {
                    let size = object_size(self.shapes, object);
                    (size, size_class(size))
                }
            };
            let copy = self.old.take(class, self.blocks, self.sweeper, self.poison);
            std::ptr::copy_nonoverlapping(object as *const u64, copy as *mut u64, size / 8);
            (*copy).set(FLAG_LOG);
            leave(object, copy, &mut self.grey);
            self.bytes += size;
            copy
        }
    }

    /// As [`slot`](Visitor::slot), at once: a slot that waits must not come a second time.
    #[inline(always)]
    fn slot_now(&mut self, slot: &mut Value) {
        if slot.is_ref() && self.is_young(slot.header()) {
            // SAFETY: just checked.
            *slot = Value::from_header(unsafe { self.keep(slot.header()) });
        }
    }

    /// Gives a slot that has waited for its object the new address; nothing for null.
    #[inline(always)]
    fn settle(&mut self, slot: *mut Value) {
        if !slot.is_null() {
            // SAFETY: slots stay where they are during a collection, and this one referred to a young object when it began to wait.
            unsafe { *slot = Value::from_header(self.forward((*slot).header())) };
        }
    }

    /// Copies all that slots seen so far and the copies refer to.
    fn drain(&mut self) {
        self.drain_stack();
        while std::mem::take(&mut self.overflowed) {
            self.look_again();
        }
    }

    /// As [`drain`](Self::drain), but for what the stack had no room for.
    fn drain_stack(&mut self) {
        loop {
            self.visit_copies();
            // The oldest slot that waits; a copy follows it, if it is the first of its object.
            let Some(at) =
                (0..AHEAD).map(|n| (self.next + n) % AHEAD).find(|&at| !self.waiting[at].is_null())
            else {
                return;
            };
            let slot = std::mem::replace(&mut self.waiting[at], std::ptr::null_mut());
            self.settle(slot);
        }
    }

    /// Looks at the copies and the pinned objects whose references still lead to the nursery.
    fn visit_copies(&mut self) {
        loop {
            while !self.grey.is_null() {
                // SAFETY: the list holds young objects that were copied.
                unsafe {
                    let copy = take_copy(&mut self.grey);
                    self.visit(copy);
                }
            }
            let Some(object) = self.reached.pop() else { return };
            // SAFETY: they are alive, and old now.
            unsafe {
                (*object).set(FLAG_LOG);
                self.visit(object);
            }
        }
    }

    /// Looks at the references of an object that has become old.
    ///
    /// # Safety
    /// It is a valid one.
    #[inline(always)]
    unsafe fn visit(&mut self, object: *mut Header) {
        let shapes = self.shapes;
        // SAFETY: by contract.
        unsafe { visit_slots(shapes, object, self) };
        self.note_unlogged(object);
    }

    /// Lists an object that has become old, if it has unlogged references.
    #[inline(always)]
    fn note_unlogged(&mut self, object: *mut Header) {
        let shapes = self.shapes;
        // SAFETY: it is a valid one.
        let is_unlogged =
            unsafe { !shapes.brief((*object).shape()).is_fixed() && shapes.get((*object).shape()).unlogged };
        if is_unlogged {
            match self.unlogged.try_reserve(1) {
                Ok(()) => self.unlogged.push(object),
                Err(_) => self.lost = true,
            }
        }
    }

    /// Looks at the pinned objects for which the stack had no room, and at the others that are old in their blocks. No slot waits; nor does any when the
    /// next object comes, which may have been looked at by then.
    #[cold]
    fn look_again(&mut self) {
        for &block in self.pinned {
            for object in self.blocks.old_in(block) {
                let shapes = self.shapes;
                // SAFETY: an old object; none is remembered any more.
                unsafe {
                    (*object).set(FLAG_LOG);
                    visit_slots(shapes, object, self);
                }
                self.drain_stack();
            }
        }
    }
}

/// Empties the nursery; how many bytes survived. `None`, and nothing has happened: there is no room for what may survive, or something was not
/// remembered.
pub(super) fn evacuate(gen: &mut Gen, memory: &mut Memory) -> Option<usize> {
    let most = gen.young.len();
    if gen.remembered.is_lost() || !memory.fits(most * BLOCK_BYTES) || !memory.blocks.set_aside(most) {
        return None;
    }
    let classes = young_classes(memory)?;
    let survived = copy(gen, memory, &classes);
    // Nursery and survivors were there at the same time.
    memory.stats.peak_bytes = memory.stats.peak_bytes.max(memory.bytes() as u64);
    pinned::end_minor(gen, memory);
    memory.cache.reset();
    for block in gen.young.drain(..) {
        memory.blocks.discard(block, memory.zeal.poison);
    }
    memory.blocks.retain_used();
    Some(survived)
}

fn copy(gen: &mut Gen, memory: &mut Memory, classes: &[*mut Header]) -> usize {
    let mut unlogged = Vec::new();
    let Memory { roots, shapes, finalization, weak, identity, blocks, zeal, stats, .. } = memory;
    let chunks = blocks.chunk_map();
    let mut evacuation = Evacuation {
        shapes,
        chunks,
        blocks,
        sweeper: &mut gen.sweeper,
        old: &mut gen.old,
        poison: zeal.poison,
        waiting: [std::ptr::null_mut(); AHEAD],
        next: 0,
        grey: std::ptr::null_mut(),
        reached: Vec::new(),
        most: if zeal.collect_every != 0 { FEW } else { usize::MAX },
        overflowed: false,
        pinned: &gen.pinned,
        unlogged: &mut unlogged,
        lost: false,
        bytes: 0,
    };
    roots.visit(&mut evacuation);
    finalization.visit(&mut evacuation);
    for &class in classes {
        // SAFETY: found in the nursery.
        unsafe { evacuation.keep(class) };
    }
    gen.remembered.visit_written(evacuation.shapes, &mut evacuation, &mut gen.major);
    // The next ones may be among those: none of their slots waits any more.
    evacuation.drain();
    gen.remembered.visit_unlogged(evacuation.shapes, &mut evacuation);
    evacuation.drain();
    gen.remembered.each_slot(|slot| evacuation.slot_now(slot), &mut gen.major);
    evacuation.drain();
    weak.update(|object| evacuation.fate(object), &mut finalization.notices);
    finish_finalizers(finalization, &mut evacuation, gen.old_registered);
    weak.update_watchers(|object| evacuation.fate(object));
    identity.update(|object| evacuation.fate(object));
    drop_dead(finalization, &evacuation, stats, gen.old_droppable);
    gen.old_registered = finalization.registered.len();
    gen.old_droppable = finalization.droppable.len();
    let (bytes, lost) = (evacuation.bytes, evacuation.lost);
    if !classes.is_empty() {
        shapes.visit_classes(&mut Moved(blocks));
    }
    gen.remembered.add_unlogged(unlogged, lost);
    bytes
}

/// Classes of shapes in the nursery; `None` without memory for the list.
fn young_classes(memory: &mut Memory) -> Option<Vec<*mut Header>> {
    struct Young<'a> {
        blocks: &'a BlockSpace,
        found: Vec<*mut Header>,
        full: bool,
    }
    impl Visitor for Young<'_> {
        fn slot(&mut self, slot: &mut Value) {
            if self.blocks.is_young(slot.header()) {
                match self.found.try_reserve(1) {
                    Ok(()) => self.found.push(slot.header()),
                    Err(_) => self.full = true,
                }
            }
        }

        fn uncounted(&mut self, _: &mut Value) {}
    }
    let mut young = Young { blocks: &memory.blocks, found: Vec::new(), full: false };
    memory.shapes.visit_classes(&mut young);
    (!young.full).then_some(young.found)
}

/// Rewrites slots whose objects have been copied.
struct Moved<'a>(&'a BlockSpace);

impl Visitor for Moved<'_> {
    fn slot(&mut self, slot: &mut Value) {
        if self.0.is_young(slot.header()) {
            // SAFETY: just checked; the copy is what the slot refers to from now on.
            if let Some(copy) = unsafe { forwarded(slot.header()) } {
                *slot = Value::from_header(copy);
            }
        }
    }

    fn uncounted(&mut self, _: &mut Value) {}
}

/// Makes finalizers of dead young objects due, in the order of their making, and keeps what they need.
fn finish_finalizers(lists: &mut Finalization, evacuation: &mut Evacuation<'_>, old: usize) {
    let old = old.min(lists.registered.len());
    for at in old..lists.registered.len() {
        let object = lists.registered[at];
        // SAFETY: dead, and still intact in the nursery.
        unsafe {
            if evacuation.fate(object).is_none() && due_finalizer(evacuation.shapes, object).is_some() {
                let copy = evacuation.keep(object);
                // Without memory for the list it lives on.
                if lists.push_pending(copy) {
                    lists.registered[at] = std::ptr::null_mut();
                }
            }
        }
    }
    evacuation.drain();
    // What has nothing to finalize any more (a generator that has ended) just dies.
    let mut kept = old;
    for at in old..lists.registered.len() {
        let object = lists.registered[at];
        if let Some(now) = if object.is_null() { None } else { evacuation.fate(object) } {
            lists.registered[kept] = now;
            kept += 1;
        }
    }
    lists.registered.truncate(kept);
}

/// Drops the payloads of dead young objects.
fn drop_dead(lists: &mut Finalization, evacuation: &Evacuation<'_>, stats: &mut Stats, old: usize) {
    let old = old.min(lists.droppable.len());
    let mut kept = old;
    for at in old..lists.droppable.len() {
        let object = lists.droppable[at];
        match evacuation.fate(object) {
            Some(now) => {
                lists.droppable[kept] = now;
                kept += 1;
            }
            // SAFETY: unreachable, and its payload, still in the nursery, was not dropped before.
            None => unsafe { drop_payload(evacuation.shapes, stats, object) },
        }
    }
    lists.droppable.truncate(kept);
}
