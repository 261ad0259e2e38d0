//! The collections of `gen`: when which, and the major one.

use super::{minor, pretenure, Gen};
use crate::header::FLAG_LOG;
use crate::manager::{CollectKind, Memory};
use crate::marker::{is_marked, Marker};
use crate::space::BLOCK_BYTES;
use crate::tracing;

/// Sizes of the nursery in bytes. It grows when much survives: then objects get more time to die.
const MIN_NURSERY: usize = 4 << 20;
const MAX_NURSERY: usize = 32 << 20;

/// An old space smaller than this is not worth collecting.
const MIN_OLD: usize = 16 << 20;

/// When to collect.
#[derive(Debug)]
pub(super) struct Pacing {
    nursery: usize,
    /// A major collection is due when the heap takes so many bytes, external ones included.
    major_at: usize,
}

impl Default for Pacing {
    fn default() -> Pacing {
        Pacing { nursery: MIN_NURSERY, major_at: MIN_OLD }
    }
}

impl Pacing {
    /// Bytes of the nursery.
    pub(super) fn nursery(&self) -> usize {
        self.nursery
    }

    /// Of `young` bytes so many survived.
    fn adapt(&mut self, survived: usize, young: usize) {
        if pretenure::is_most(survived, young) {
            // Time is not what they lack.
        } else if survived > young / 8 {
            self.nursery = (self.nursery * 2).min(MAX_NURSERY);
        } else if survived < young / 256 {
            self.nursery = (self.nursery / 2).max(MIN_NURSERY);
        }
    }
}

pub(super) fn collect(gen: &mut Gen, memory: &mut Memory, kind: CollectKind) {
    memory.stats.collected_objects = 0;
    // Under stress all kinds get their share.
    let turn = (memory.zeal.collect_every != 0).then_some(memory.stats.collections % 8);
    if gen.pretenuring.is_on() {
        major(gen, memory, kind);
    } else {
        collect_young(gen, memory, kind, turn == Some(3));
        if turn == Some(5) {
            gen.pretenuring.force();
        }
    }
    memory.roots.stack.wipe_stale();
    memory.allocated_since = 0;
    memory.collect_at = match gen.pretenuring.is_on() {
        true => allowance(memory.stats.live_bytes as usize),
        false => gen.pacing.nursery,
    };
}

/// Empties the nursery, and collects the old space when that is due, or if `all`.
fn collect_young(gen: &mut Gen, memory: &mut Memory, kind: CollectKind, all: bool) {
    let young = gen.young.len() * BLOCK_BYTES;
    let survived = match kind {
        // Who asks for all garbage wants to know how much there was: everything is looked at where it is.
        CollectKind::Full => None,
        CollectKind::Auto => minor::evacuate(gen, memory),
    };
    match survived {
        Some(survived) => {
            gen.pacing.adapt(survived, young);
            gen.pretenuring.begin(survived, young);
        }
        None => grow_old(gen, memory),
    }
    if survived.is_none() || all || memory.bytes() >= gen.pacing.major_at {
        major(gen, memory, kind);
    }
}

/// Makes all objects old where they are. A major collection must follow: until then nobody knows their blocks' free cells.
fn grow_old(gen: &mut Gen, memory: &mut Memory) {
    for block in gen.young.drain(..) {
        memory.blocks.set_young(block, false);
    }
    gen.remembered.clear();
    let (mut unlogged, mut lost) = (Vec::new(), false);
    memory.cache.settle();
    let Memory { blocks, large, shapes, .. } = memory;
    let mut age = |object: *mut crate::header::Header| {
        // SAFETY: each_object shows allocated objects.
        let shape = unsafe {
            (*object).set(FLAG_LOG);
            (*object).shape()
        };
        if shapes.get(shape).unlogged {
            lost |= unlogged.try_reserve(1).is_err();
            if !lost {
                unlogged.push(object);
            }
        }
    };
    blocks.each_object(&mut age);
    large.each_object(&mut age);
    gen.remembered.add_unlogged(unlogged, lost);
}

/// Marks the old space, when there is no young object, and has it swept.
fn major(gen: &mut Gen, memory: &mut Memory, kind: CollectKind) {
    // Marks of unswept blocks are about to be cleared.
    gen.sweeper.finish(memory);
    let mut marker = Marker::default();
    tracing::mark_all(memory, &mut marker);
    if gen.pretenuring.end() {
        // What was allocated meanwhile is not known to the remembered set.
        grow_old(gen, memory);
    }
    if kind == CollectKind::Full {
        // Somebody asked: worth a walk.
        memory.stats.collected_objects = tracing::count_dead(memory);
    }
    tracing::drop_dead(memory);
    // SAFETY: the list holds allocated objects.
    gen.remembered.retain_unlogged(|object| unsafe { is_marked(object) });
    gen.old.reset();
    // SAFETY: marking is complete, and dead payloads are dropped.
    unsafe { gen.sweeper.start(memory) };
    gen.old_registered = memory.finalization.registered.len();
    gen.old_droppable = memory.finalization.droppable.len();
    memory.stats.live_objects = marker.objects;
    memory.stats.live_bytes = marker.bytes;
    let live = marker.bytes.saturating_add(memory.stats.external_bytes) as usize;
    gen.pacing.major_at = live.saturating_add(allowance(live));
}

/// How much the old space may grow before the next major collection, with `live` bytes alive: as under `mark`, the work of marking L live bytes is paid for by at least
/// L promoted ones.
fn allowance(live: usize) -> usize {
    live.saturating_mul(2).min(SMALL_HEAP).max(live).max(MIN_OLD)
}

/// Up to this size space is cheaper than time.
const SMALL_HEAP: usize = 32 << 20;
