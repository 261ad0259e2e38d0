//! The major collection of `gen`: marks the old space in slices, between which the program runs, and has it swept.
//!
//! A slice runs only when there is no young object, so the marker never meets one. Stores into objects that are marked already are learnt from the write
//! barrier, and those objects are looked at again (incremental update: Steele, 1975; Dijkstra et al., 1978). When nothing is left to mark, the
//! roots and what was written to are gone through once more; if that leads to little, the marking is complete, else there are more slices first. New objects
//! are born white: those that are reachable are found then.

use super::collect::Pacing;
use super::slots::Slots;
use super::{sparse, Gen};
use crate::beside::Beside;
use crate::header::Header;
use crate::holders;
use crate::manager::{CollectKind, Memory};
use crate::marker::{is_marked, Marker};
use crate::refs::Written;
use crate::shape::{visit_slots, ShapeTable, Visitor};
use crate::tracing;
use crate::value::Value;
use hashbrown::HashSet;
use std::time::{Duration, Instant};

/// How long a slice may take, before the last one.
const SLICE: Duration = Duration::from_micros(400);
/// Where a thread marks meanwhile, and for what it leaves to the mutator.
const SHORT_SLICE: Duration = Duration::from_micros(50);
/// Steps of the marker, and blocks to sweep, between looks at the clock.
const STEPS: usize = 1024;
const BLOCKS: usize = 8;
/// Chunks whose marks are cleared between them: 64 KiB each.
const CHUNKS: usize = 4;
/// So often roots and what was written to are looked at again and what they lead to is marked in slices; after that the program waits.
const LOOKS: u32 = 4;

/// A major collection that is under way, if any.
#[derive(Debug, Default)]
pub(super) struct Major {
    phase: Phase,
    /// Marked objects that were written to since they were looked at.
    dirty: HashSet<*mut Header>,
    /// Slots of marked long arrays that were.
    slots: Slots,
    /// One could not be noted.
    lost: bool,
    /// How often the roots were looked at again.
    looks: u32,
    /// Bytes of the heap when marking began.
    begun_at: usize,
}

#[derive(Debug, Default)]
enum Phase {
    #[default]
    Idle,
    /// Marks of the last collection are still needed: blocks wait to be swept.
    Sweeping,
    /// They are cleared, up to this chunk.
    Clearing(usize),
    Marking(Box<Marker>),
}

impl Major {
    /// Whether one is under way.
    pub(super) fn is_running(&self) -> bool {
        !matches!(self.phase, Phase::Idle)
    }

    /// An object that has been looked at was, or is about to be, written to.
    pub(super) fn note_store(&mut self, holder: *mut Header) {
        // SAFETY: the barrier's objects are alive, and lie in a block or among the large ones.
        if matches!(self.phase, Phase::Marking(_)) && unsafe { is_marked(holder) } {
            // Its slots may move by what comes now.
            self.slots.drop_array(holder);
            match self.dirty.try_reserve(1) {
                Ok(()) => drop(self.dirty.insert(holder)),
                Err(_) => self.lose(),
            }
        }
    }

    /// As [`note_store`](Self::note_store), of one place; whether noting that is enough.
    ///
    /// # Safety
    /// This is about to be written in the live object, which bears the log flag.
    pub(super) unsafe fn note_write(
        &mut self,
        shapes: &ShapeTable,
        holder: *mut Header,
        written: Written,
    ) -> bool {
        // SAFETY: by contract.
        unsafe {
            matches!(self.phase, Phase::Marking(_))
                && is_marked(holder)
                && self.slots.note(shapes, holder, written)
        }
    }

    /// As [`note_store`](Self::note_store), of the slots that somebody else has noted.
    pub(super) fn note_slots(&mut self, others: &mut Slots) {
        let marking = matches!(self.phase, Phase::Marking(_));
        let mut slots = std::mem::take(&mut self.slots);
        // SAFETY: the barrier's objects are alive, and lie in a block or among the large ones.
        let wanted = |array: *mut Header| marking && unsafe { is_marked(array) };
        slots.take_over(others, wanted, |array| self.note_store(array));
        self.slots = slots;
    }

    /// Pushes what the roots, and objects that were written to, refer to now; `last`: for the last time, because the program waits.
    fn look_again(&mut self, memory: &mut Memory, last: bool) {
        let Phase::Marking(marker) = &mut self.phase else { return };
        self.looks += 1;
        marker.set_interrupted(!last);
        tracing::push_roots(memory, marker);
        // SAFETY: marked objects are not freed before the marking ends.
        unsafe {
            marker.revisit(&memory.shapes, self.dirty.drain());
            let shapes = &memory.shapes;
            std::mem::take(&mut self.slots)
                .each(|array, slot| holders::show_slot(marker, shapes, array, slot));
        }
    }

    /// Has a thread mark until the next collection, if a marking is under way.
    pub(super) fn lend(&mut self, beside: &mut Beside, memory: &mut Memory) {
        if let Phase::Marking(marker) = &mut self.phase {
            beside.lend(memory, marker);
        }
    }

    /// Has the marking back from the thread.
    pub(super) fn take_back(&mut self, beside: &mut Beside, memory: &mut Memory) {
        if let Phase::Marking(marker) = &mut self.phase {
            beside.take_back(memory, marker);
        }
    }

    /// Whether a thread gets on with the marking, and the heap has grown little since that began: the mutator may leave it to the thread.
    pub(super) fn is_helped(&self, beside: &Beside, pacing: &Pacing, memory: &Memory) -> bool {
        beside.progress() > 0 && memory.bytes() < self.begun_at.saturating_add(pacing.patience())
    }

    /// Some store is not known.
    pub(super) fn lose(&mut self) {
        self.lost = true;
    }
}

/// Begins a major collection or goes on with it, for about as long as a slice takes. There is no young object.
pub(super) fn advance(gen: &mut Gen, memory: &mut Memory) {
    if !memory.fits_strictly(0) || gen.major.lost {
        // No time is left, or what was marked can't be relied on.
        return complete(gen, memory, CollectKind::Auto);
    }
    let (start, mut looked) = (Instant::now(), false);
    // Under stress every slice is small, and not as small as the last one.
    let stressed = memory.zeal.collect_every != 0;
    let few = 1 + memory.stats.collections as usize % 251 * 32;
    let (steps, blocks) = if stressed { (few, 1 + few / 256) } else { (STEPS, BLOCKS) };
    loop {
        match &mut gen.major.phase {
            Phase::Idle => gen.major.phase = Phase::Sweeping,
            Phase::Sweeping if gen.sweeper.is_done() => gen.major.phase = Phase::Clearing(0),
            Phase::Clearing(from) if memory.blocks.clear_some_marks(*from, CHUNKS) => *from += CHUNKS,
            Phase::Clearing(_) => {
                let mut marker = Box::new(Marker::logging());
                marker.set_interrupted(true);
                marker.note_holders(gen.sparse.choose_ahead(memory, &mut gen.sweeper));
                tracing::begin_cleared(memory, &mut marker);
                let is_noting = marker.is_noting();
                gen.major.phase = Phase::Marking(marker);
                gen.major.begun_at = memory.bytes();
                if gen.beside.is_ready(memory) && !is_noting {
                    // The rest of this slice is the thread's.
                    return;
                }
            }
            Phase::Sweeping => drop(gen.sweeper.sweep_some(memory, blocks)),
            Phase::Marking(marker) => {
                marker.prepare(&memory.blocks);
                // SAFETY: what was pushed is not freed before the marking ends, and nothing moves.
                if !unsafe { marker.drain_some(&memory.shapes, steps) } {
                    // There is more.
                } else if looked || gen.major.looks == LOOKS {
                    return complete(gen, memory, CollectKind::Auto);
                } else {
                    gen.major.look_again(memory, false);
                    looked = true;
                }
            }
        }
        let is_helped = gen.major.is_helped(&gen.beside, &gen.pacing, memory);
        if stressed || start.elapsed() >= if is_helped { SHORT_SLICE } else { SLICE } {
            return;
        }
    }
}

/// Completes the major collection that is under way, or does a whole one. There is no young object.
pub(super) fn complete(gen: &mut Gen, memory: &mut Memory, kind: CollectKind) {
    let (mut marker, in_one_go) = mark(gen, memory, kind);
    gen.pretenuring.end();
    tracing::finish_dead(memory, &marker, kind);
    sparse::evacuate(gen, memory, &mut marker, in_one_go);
    gen.old.reset();
    memory.blocks.make_marked_old();
    // SAFETY: the marking is complete, and dead payloads are dropped.
    unsafe { tracing::begin_sweep(memory, &mut gen.sweeper, kind) };
    gen.old_registered = memory.finalization.registered.len();
    gen.old_droppable = memory.finalization.droppable.len();
    gen.pacing.plan_major(marker.bytes.saturating_add(memory.stats.external_bytes) as usize);
}

/// Marks all that is alive; the remembered set knows about all of it afterwards. Whether it was done in one go.
fn mark(gen: &mut Gen, memory: &mut Memory, kind: CollectKind) -> (Box<Marker>, bool) {
    let mut major = std::mem::take(&mut gen.major);
    // A full one finds also what has become garbage since the marking began.
    let goes_on = kind == CollectKind::Auto && !major.lost;
    if goes_on {
        major.look_again(memory, true);
    }
    let (mut marker, in_one_go) = match major.phase {
        Phase::Marking(marker) if goes_on => (marker, false),
        _ => {
            gen.sparse.forget(&memory.blocks);
            // Marks of unswept blocks are about to be cleared.
            gen.sweeper.finish(memory);
            let mut marker = Box::new(Marker::logging());
            tracing::begin(memory, &mut marker);
            (marker, true)
        }
    };
    tracing::finish(memory, &mut marker);
    if memory.zeal.verify {
        check_closed(memory);
    }
    let (unlogged, lost) = marker.take_unlogged();
    gen.remembered.set_unlogged(unlogged, lost);
    (marker, in_one_go)
}

/// Checks N6.
///
/// # Panics
/// When it doesn't hold.
fn check_closed(memory: &mut Memory) {
    struct Marked;
    impl Visitor for Marked {
        fn slot(&mut self, slot: &mut Value) {
            // SAFETY: slots of marked objects refer to allocated ones.
            let alive = !slot.is_ref() || unsafe { is_marked(slot.header()) };
            assert!(alive, "N6: a marked object refers to a dead one");
        }

        fn uncounted(&mut self, slot: &mut Value) {
            self.slot(slot);
        }
    }
    let Memory { blocks, large, shapes, .. } = memory;
    let mut check = |object: *mut Header| {
        // SAFETY: each_object shows allocated objects; nothing has been swept.
        unsafe {
            if is_marked(object) {
                visit_slots(shapes, object, &mut Marked);
            }
        }
    };
    blocks.each_object(&mut check);
    large.each_object(&mut check);
}
