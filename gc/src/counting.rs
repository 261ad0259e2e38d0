//! The backup trace that counting managers share: finds the garbage that counts can't see, in one stop-the-world pass.
//!
//! The roots of a heap are complete, so a trace from them is exact, and cheaper than looking for cycles among all objects (CPython subtracts
//! the counts inside its generations, because its roots are not known). What is dead gives its counts of live objects back.
//!
//! Order: see [`finalize`](crate::finalize). Objects that a finalizer might still reach live until the next trace.

use crate::empties::Empties;
use crate::header::Header;
use crate::manager::{drop_payload, CollectKind, Memory};
use crate::marker::{is_marked, Marker};
use crate::shape::{due_finalizer, visit_slots, ShapeTable, Visitor};
use crate::sweep::Sweeper;
use crate::tracing;
use crate::value::Value;

/// Finds and frees all garbage, but what due finalizers may reach. The zero queue is empty, and no `Local` exists.
pub fn collect(memory: &mut Memory, sweeper: &mut Sweeper, empties: &mut Empties, kind: CollectKind) {
    empties.clear(memory);
    // Marks of waiting blocks are about to be cleared.
    sweeper.finish(memory);
    memory.cache.settle();
    if !register_finalizable(memory) {
        // Without memory for the list nothing can be told finalizable from plain: collect another time.
        memory.finalization.registered = Vec::new();
        return;
    }
    memory.finalization.sort_registered();
    let mut marker = Marker::counted();
    let due = tracing::mark_all(memory, &mut marker);
    let lists = &memory.finalization;
    let (finalizers, notices) = (lists.pending.iter().rev(), lists.notices.iter().rev());
    for value in finalizers.take(due.finalizers).chain(notices.take(due.notices)) {
        // SAFETY: they are alive; the lists own a count of each.
        unsafe { (*value.header()).retain() };
    }
    memory.finalization.registered = Vec::new();
    memory.stats.collected_objects = give_up_dead(memory);
    // SAFETY: marking is complete, and dead payloads are dropped.
    unsafe { sweeper.start(memory) };
    if kind == CollectKind::Full {
        // Somebody asked, or a limit is near: memory is given back now.
        sweeper.finish(memory);
    }
    memory.allocated_since = 0;
    memory.stats.live_objects = marker.objects;
    memory.stats.live_bytes = marker.bytes;
}

/// Counting managers keep no list of finalizable objects: find those whose finalizer has not run. Whether there was memory.
fn register_finalizable(memory: &mut Memory) -> bool {
    let Memory { blocks, large, shapes, finalization, .. } = memory;
    if !shapes.any_finalizer() {
        return true;
    }
    let mut room = true;
    let mut each = |object: *mut Header| {
        // SAFETY: each_object shows allocated objects of known shapes.
        unsafe {
            let plain = shapes.brief((*object).shape()).is_plain();
            if !plain && due_finalizer(shapes, object).is_some() {
                room = room && finalization.registered.try_reserve(1).is_ok();
                if room {
                    finalization.registered.push(object);
                }
            }
        }
    };
    blocks.each_object(&mut each);
    large.each_object(&mut each);
    room
}

/// Takes the counts of live objects back.
struct ReleaseLive;

impl Visitor for ReleaseLive {
    fn slot(&mut self, slot: &mut Value) {
        if slot.is_ref() {
            // SAFETY: slots of allocated objects refer to allocated ones: nothing is freed before the sweep. The count can't reach
            // zero: what is marked is reachable by another edge.
            unsafe {
                if is_marked(slot.header()) {
                    (*slot.header()).release();
                }
            }
        }
    }

    fn uncounted(&mut self, _: &mut Value) {}
}

/// Dead objects give up their counts of live ones and their payloads are dropped; nothing is freed in this pass. How many of them count as
/// containers.
fn give_up_dead(memory: &mut Memory) -> u64 {
    let Memory { blocks, large, shapes, stats, finalization, .. } = memory;
    let shapes: &ShapeTable = shapes;
    let mut containers = 0;
    let mut each = |object: *mut Header| {
        // SAFETY: each_object shows allocated objects. A dead one was not dropped before, for it would have been freed at once.
        unsafe {
            if is_marked(object) {
                return;
            }
            visit_slots(shapes, object, &mut ReleaseLive);
            let shape = shapes.get((*object).shape());
            containers += shape.container as u64;
            if shape.finalize.is_some() {
                finalization.forget(object);
            }
            drop_payload(shapes, stats, object);
        }
    };
    blocks.each_object(&mut each);
    large.each_object(&mut each);
    containers
}
