//! The backup trace of `refcount`: finds cyclic garbage when asked to.

use crate::header::{Header, FLAG_FINALIZED};
use crate::manager::{drop_payload, Memory};
use crate::marker::{is_marked, Marker};
use crate::shape::{visit_slots, Visitor};
use crate::tracing;
use crate::value::Value;

pub(super) fn collect(memory: &mut Memory) {
    memory.cache.settle();
    if !register_finalizable(memory) {
        // Without memory for the list nothing can be told finalizable from plain: collect another time.
        memory.finalization.registered = Vec::new();
        return;
    }
    let mut marker = Marker::counted();
    let due = tracing::mark_all(memory, &mut marker);
    for value in memory.finalization.pending.iter().rev().take(due) {
        // SAFETY: pending objects are alive; the list owns a count of each.
        unsafe { (*value.header()).retain() };
    }
    memory.finalization.registered = Vec::new();
    release_edges_of_dead(memory);
    drop_dead(memory);
    // SAFETY: marking is complete, and dead payloads are dropped.
    unsafe { memory.large.sweep() };
    rebuild_free_lists(memory);
    memory.allocated_since = 0;
    memory.stats.live_objects = marker.objects;
    memory.stats.live_bytes = marker.bytes;
}

/// Counting managers keep no list of finalizable objects: find those whose finalizer has not run. Whether there was memory.
fn register_finalizable(memory: &mut Memory) -> bool {
    let Memory { blocks, large, shapes, finalization, .. } = memory;
    let mut room = true;
    let mut each = |object: *mut Header| {
        // SAFETY: each_object shows allocated objects.
        unsafe {
            if shapes.get((*object).shape()).finalize.is_some() && !(*object).has(FLAG_FINALIZED) {
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

struct ReleaseLive;

impl Visitor for ReleaseLive {
    fn slot(&mut self, slot: &mut Value) {
        if slot.is_ref() {
            // SAFETY: slots of allocated objects refer to allocated ones: nothing has been freed yet. The count can't reach zero: what
            // is marked is reachable by another edge.
            unsafe {
                if is_marked(slot.header()) {
                    (*slot.header()).release();
                }
            }
        }
    }

    fn uncounted(&mut self, _: &mut Value) {}
}

/// Dead objects give up their counts of live ones.
fn release_edges_of_dead(memory: &mut Memory) {
    let mut each = |object: *mut Header| {
        // SAFETY: each_object shows allocated objects, and nothing is freed in this pass.
        unsafe {
            if !is_marked(object) {
                visit_slots(&memory.shapes, object, &mut ReleaseLive);
            }
        }
    };
    memory.blocks.each_object(&mut each);
    memory.large.each_object(&mut each);
}

/// Drops the payloads of dead objects; nothing is freed in this pass.
fn drop_dead(memory: &mut Memory) {
    let Memory { blocks, large, shapes, stats, .. } = memory;
    let mut each = |object: *mut Header| {
        // SAFETY: each_object shows allocated objects; a dead one was not dropped before, for it would have been freed at once.
        unsafe {
            if !is_marked(object) {
                drop_payload(shapes, stats, object);
            }
        }
    };
    blocks.each_object(&mut each);
    large.each_object(&mut each);
}

fn rebuild_free_lists(memory: &mut Memory) {
    memory.cache.reset();
    let mut released = false;
    for block in memory.blocks.used().to_vec() {
        let class = memory.blocks.class(block);
        let mut list = memory.cache.bin(class).free;
        // SAFETY: marking is complete.
        let count = unsafe { memory.blocks.sweep(block, &mut list, memory.zeal.poison) };
        if count == memory.blocks.cells(block) {
            memory.blocks.release(block);
            released = true;
        } else {
            memory.cache.bin(class).free = list;
        }
    }
    if released {
        memory.blocks.retain_used();
    }
}
