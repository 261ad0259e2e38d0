//! The old generation of `cycle`: everything is marked in slices, between which the program runs, and what has not been met is tried.
//!
//! The program tells the marker of nothing: no store and no death. So the marks are a guess: an unmarked object may live, because it was made since or its only
//! reference has moved behind the marker, and a marked one may be dead. But all that was dead when the marking began is unmarked, and a [trial](crate::trial) of the unmarked
//! objects tells exactly which of them live. What it costs is in proportion to what was dead and to what happened meanwhile, not to the heap.
//!
//! What the marker has yet to look at may die and be freed. Its cell is a cell of the same class still, so that whatever lies in it can be looked at: no
//! block is given back before the marking ends, nor is the memory of large objects.

use super::Cycle;
use crate::counting;
use crate::manager::{CollectKind, Memory};
use crate::marker::{is_marked, Marker};
use crate::tracing;
use crate::trial::{Trial, Unmarked};
use std::time::{Duration, Instant};

/// How long a slice may take, before the last one.
const SLICE: Duration = Duration::from_micros(400);
/// Steps of the marker, and blocks to sweep, between looks at the clock.
const STEPS: usize = 1024;
const BLOCKS: usize = 8;
/// Chunks whose marks are cleared between them: 64 KiB each.
const CHUNKS: usize = 4;

/// How far the collection is.
#[derive(Debug, Default)]
pub(super) enum Phase {
    #[default]
    Idle,
    /// Marks of the last trace are still needed: blocks wait to be swept.
    Sweeping,
    /// They are cleared, up to this chunk.
    Clearing(usize),
    /// With the number of shapes when it began.
    Marking(Box<Marker>, usize),
}

impl Phase {
    /// Whether a collection is under way.
    pub(super) fn is_running(&self) -> bool {
        !matches!(self, Phase::Idle)
    }

    /// Begins one.
    pub(super) fn begin(&mut self) {
        *self = Phase::Sweeping;
    }
}

/// Goes on with a collection for about as long as a slice takes; whether it is over.
pub(super) fn advance(manager: &mut Cycle, memory: &mut Memory) -> bool {
    let start = Instant::now();
    // Under stress every slice is small, and not as small as the last one.
    let stressed = memory.zeal.collect_every != 0;
    let few = 1 + memory.stats.collections as usize % 251 * 32;
    let (steps, blocks) = if stressed { (few, 1 + few / 256) } else { (STEPS, BLOCKS) };
    loop {
        match &mut manager.old {
            Phase::Idle => return true,
            Phase::Sweeping if manager.sweeper.is_done() => manager.old = Phase::Clearing(0),
            Phase::Clearing(from) if memory.blocks.clear_some_marks(*from, CHUNKS) => *from += CHUNKS,
            Phase::Clearing(_) => {
                let mut marker = Box::new(Marker::counted());
                tracing::begin_cleared(memory, &mut marker);
                memory.large.keep_freed();
                manager.old = Phase::Marking(marker, memory.shapes.len());
            }
            Phase::Sweeping => drop(manager.sweeper.sweep_some(memory, blocks)),
            Phase::Marking(marker, _) => {
                marker.prepare(&memory.blocks);
                // SAFETY: what was pushed is a cell still, and whatever lies in it is valid.
                if unsafe { marker.drain_some(&memory.shapes, steps) } {
                    finish(manager, memory);
                    return true;
                }
            }
        }
        if stressed || start.elapsed() >= SLICE {
            return false;
        }
    }
}

/// All is marked that the marker will find: tries what is not.
fn finish(manager: &mut Cycle, memory: &mut Memory) {
    let Phase::Marking(marker, shapes) = std::mem::take(&mut manager.old) else { return };
    // SAFETY: classes of shapes are allocated.
    let classes = memory.shapes.any_unmarked_class(shapes, |class| unsafe { is_marked(class) });
    let mut blocks = Vec::new();
    let tried = if classes || blocks.try_reserve_exact(memory.blocks.used().len()).is_err() {
        None
    } else {
        blocks.extend_from_slice(memory.blocks.used());
        // SAFETY: at a collection no `Local` exists; all blocks are gone through.
        unsafe { Trial::new(Unmarked, blocks, memory).run(memory) }
    };
    memory.blocks.end_marking();
    memory.large.purge();
    manager.generations.clear(memory);
    let Some(verdict) = tried else {
        // Only a trace from the roots finds dead classes.
        return counting::collect(memory, &mut manager.sweeper, &mut manager.empties, CollectKind::Auto);
    };
    memory.stats.collected_objects += verdict.containers;
    memory.stats.live_objects = marker.objects + verdict.objects;
    memory.stats.live_bytes = marker.bytes + verdict.bytes as u64;
}

/// Forgets what was marked.
pub(super) fn abandon(manager: &mut Cycle, memory: &mut Memory) {
    manager.old = Phase::Idle;
    memory.large.purge();
}
