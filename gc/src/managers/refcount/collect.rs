//! The backup trace of `refcount`: finds cyclic garbage when asked to.

use crate::header::{Header, FLAG_FINALIZED};
use crate::manager::Memory;
use crate::marker::{is_marked, Marker};
use crate::shape::{visit_slots, Visitor};
use crate::tracing;
use crate::value::Value;

pub(super) fn collect(memory: &mut Memory) {
    register_finalizable(memory);
    let mut marker = Marker::counted();
    tracing::mark_all(memory, &mut marker);
    for value in &memory.finalization.pending {
        // SAFETY: pending objects are alive; the list owns a count of each.
        unsafe { (*value.header()).retain() };
    }
    memory.finalization.registered.clear();
    release_edges_of_dead(memory);
    // SAFETY: marking is complete, and dead payloads are dropped.
    unsafe { memory.large.sweep() };
    rebuild_free_lists(memory);
    memory.roots.stack.wipe_stale();
    memory.stats.live_objects = marker.objects;
    memory.stats.live_bytes = marker.bytes;
}

/// Counting managers keep no list of finalizable objects: find those whose finalizer has not run.
fn register_finalizable(memory: &mut Memory) {
    let Memory { blocks, large, shapes, finalization, .. } = memory;
    let mut each = |object: *mut Header| {
        // SAFETY: each_object shows allocated objects.
        unsafe {
            if shapes.get((*object).shape()).finalize.is_some() && !(*object).has(FLAG_FINALIZED) {
                finalization.registered.push(object);
            }
        }
    };
    blocks.each_object(&mut each);
    large.each_object(&mut each);
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

/// Dead objects give up their counts of live ones, their payloads, weak and identity entries.
fn release_edges_of_dead(memory: &mut Memory) {
    let mut dead = Vec::new();
    let mut each = |object: *mut Header| {
        // SAFETY: each_object shows allocated objects.
        if unsafe { !is_marked(object) } {
            dead.push(object);
        }
    };
    memory.blocks.each_object(&mut each);
    memory.large.each_object(&mut each);
    for &object in &dead {
        // SAFETY: allocated, and nothing is freed in this pass.
        unsafe { visit_slots(&memory.shapes, object, &mut ReleaseLive) };
    }
    for &object in &dead {
        // SAFETY: dead and not dropped before: a dropped object is freed at once.
        unsafe { memory.drop_payload(object) };
    }
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
