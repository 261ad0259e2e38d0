//! The steps that stop-the-world traces share: marking with weak references and finalizers in their order, and
//! dropping what died.
//!
//! A class that nothing refers to any more lives as long as there are objects of it. Their edges to it are not slots but go through
//! the shape, so when marking has left classes of shapes out, the marked objects are asked for their shapes. That walk is
//! needed only when classes may have died; afterwards their shapes die with them.
//!
//! The order is PEP 442's for traced death: weak references to the dead are cleared, finalizers become due once, what they can
//! reach stays until they have run.

use crate::finalize::Due;
use crate::header::{Header, ShapeId};
use crate::manager::{CollectKind, Memory};
use crate::marker::{is_marked, Marker};
use crate::shape::due_finalizer;
use crate::sweep::Sweeper;
use hashbrown::HashSet;

/// Marks everything reachable; clears dead weak references; makes finalizers and notices to watchers due, and says how many.
pub fn mark_all(memory: &mut Memory, marker: &mut Marker) -> Due {
    begin(memory, marker);
    finish(memory, marker)
}

/// The first part of [`mark_all`]: from here on the marker may [drain](Marker::drain_some).
pub(crate) fn begin(memory: &mut Memory, marker: &mut Marker) {
    memory.blocks.clear_marks();
    begin_cleared(memory, marker);
}

/// As [`begin`], when the [marks of all blocks](crate::space::BlockSpace::clear_some_marks) are clear.
pub(crate) fn begin_cleared(memory: &mut Memory, marker: &mut Marker) {
    memory.large.clear_marks();
    push_roots(memory, marker);
}

/// Pushes the roots; once more, if the mutator has run since.
pub(crate) fn push_roots(memory: &mut Memory, marker: &mut Marker) {
    marker.prepare(&memory.blocks);
    memory.visit_kept_roots(marker);
    for &object in &memory.held {
        marker.push(object);
    }
}

/// The last part of [`mark_all`], after which the marking is complete.
pub(crate) fn finish(memory: &mut Memory, marker: &mut Marker) -> Due {
    memory.cache.settle();
    drain(memory, marker);
    mark_classes(memory, marker);
    // SAFETY: the tables hold allocated objects; all of them lie in blocks or the large-object space.
    let fate = |object: *mut Header| unsafe { is_marked(object) }.then_some(object);
    let before = memory.finalization.notices.len();
    memory.weak.update(fate, &mut memory.finalization.notices);
    let notices = memory.finalization.notices.len() - before;
    let Memory { finalization, shapes, .. } = memory;
    // SAFETY: as above.
    let finalizers = finalization
        .collect_dead(|object| unsafe { !is_marked(object) && due_finalizer(shapes, object).is_some() });
    if finalizers > 0 {
        memory.finalization.visit(marker);
    }
    // Those that could not become due for want of memory stay alive.
    for &object in &memory.finalization.registered {
        // SAFETY: as above.
        if unsafe { !is_marked(object) && due_finalizer(&memory.shapes, object).is_some() } {
            marker.push(object);
        }
    }
    drain(memory, marker);
    mark_classes(memory, marker);
    // What has nothing to finalize any more (a generator that has ended) just dies.
    // SAFETY: as above.
    memory.finalization.registered.retain(|&object| unsafe { is_marked(object) });
    marker.forget_dead();
    // SAFETY: classes of shapes are allocated.
    memory.shapes.retire(|class| unsafe { is_marked(class) });
    memory.weak.update_watchers(fate);
    memory.identity.update(fate);
    memory.blocks.end_marking();
    Due { finalizers, notices }
}

/// How many objects are unmarked that a language counts as [containers](crate::Shape::container). Costs a walk through the heap.
pub fn count_dead(memory: &Memory) -> u64 {
    let mut dead = 0;
    let mut ask = |object: *mut Header| {
        // SAFETY: each_object shows allocated objects.
        unsafe {
            if !is_marked(object) && memory.shapes.get((*object).shape()).container {
                dead += 1;
            }
        }
    };
    memory.blocks.each_object(&mut ask);
    memory.large.each_object(&mut ask);
    dead
}

/// What follows a marking: the dead are counted if somebody asked for all garbage, their payloads dropped, the blocks have to be swept, and what lives is booked.
///
/// # Safety
/// The marking is complete, and the sweeper was [finished](Sweeper::finish) before it.
pub unsafe fn reclaim(memory: &mut Memory, sweeper: &mut Sweeper, marker: &Marker, kind: CollectKind) {
    finish_dead(memory, marker, kind);
    // SAFETY: by contract, and dead payloads are dropped.
    unsafe { begin_sweep(memory, sweeper, kind) };
}

/// The last part of [`reclaim`].
///
/// # Safety
/// As [`Sweeper::start`].
pub(crate) unsafe fn begin_sweep(memory: &mut Memory, sweeper: &mut Sweeper, kind: CollectKind) {
    // SAFETY: by contract.
    unsafe { sweeper.start(memory) };
    if kind == CollectKind::Full {
        // Who asked for it wants the memory.
        sweeper.give_back_unmarked(memory);
    }
}

/// The first part of [`reclaim`]: without the sweeping, before which somebody may want to move what is marked.
pub(crate) fn finish_dead(memory: &mut Memory, marker: &Marker, kind: CollectKind) {
    // Somebody asked: worth a walk.
    memory.stats.collected_objects = if kind == CollectKind::Full { count_dead(memory) } else { 0 };
    drop_dead(memory);
    memory.stats.live_objects = marker.objects;
    memory.stats.live_bytes = marker.bytes;
}

/// Marks the classes of marked objects, and what they reach.
fn mark_classes(memory: &mut Memory, marker: &mut Marker) {
    // SAFETY: classes of shapes are allocated objects, as are those that each_object shows.
    let marked = |object: *mut Header| unsafe { is_marked(object) };
    while memory.shapes.any_unmarked_class(usize::MAX, marked) {
        let mut found: HashSet<u32> = HashSet::new();
        let mut room = true;
        let Memory { blocks, large, shapes, .. } = memory;
        let mut ask = |object: *mut Header| {
            if marked(object) {
                // SAFETY: as above.
                let shape = unsafe { (*object).shape() };
                if shapes.unmarked_class(shape, marked).is_some() {
                    room = room && found.try_reserve(1).is_ok();
                    if room {
                        found.insert(shape.0);
                    }
                }
            }
        };
        blocks.each_object(&mut ask);
        large.each_object(&mut ask);
        if !room {
            // Another time: all classes live.
            memory.shapes.visit_classes(marker);
            drain(memory, marker);
            return;
        }
        if found.is_empty() {
            return;
        }
        for id in found.into_iter().map(ShapeId) {
            if let Some(class) = memory.shapes.unmarked_class(id, marked) {
                memory.shapes.keep_class(id);
                marker.push(class.header());
            }
        }
        drain(memory, marker);
    }
}

/// Marks all that is reachable from what the marker holds, also when its stack can't grow.
fn drain(memory: &Memory, marker: &mut Marker) {
    // SAFETY: roots and what they reach are valid objects.
    unsafe { marker.drain(&memory.shapes) };
    while marker.take_overflow() {
        let mut again = |object: *mut Header| {
            // SAFETY: each_object shows allocated objects; dead ones are not marked and not looked into.
            unsafe {
                if is_marked(object) {
                    marker.rescan(&memory.shapes, object);
                }
            }
        };
        memory.blocks.each_object(&mut again);
        memory.large.each_object(&mut again);
    }
}

/// Drops the payloads of droppable objects that are not marked.
pub fn drop_dead(memory: &mut Memory) {
    let mut droppable = std::mem::take(&mut memory.finalization.droppable);
    droppable.retain(|&object| {
        // SAFETY: the list holds allocated objects whose payload has not been dropped; unmarked ones are unreachable.
        unsafe {
            let alive = is_marked(object);
            if !alive {
                memory.drop_payload(object);
            }
            alive
        }
    });
    memory.finalization.droppable = droppable;
}
