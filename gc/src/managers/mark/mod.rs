//! `mark`: stop-the-world mark and sweep that never moves; the readable reference tracer.
//!
//! # Idea
//! When as many bytes have been handed out as were alive after the last collection (twice as many in a small heap), mark everything
//! reachable, then sweep blocks into free lists, lazily, as allocation asks for cells.
//! # Layout
//! Small objects in blocks of equal cells, large ones by themselves. Mark bits in the chunks' side tables.
//! # Barrier
//! None.
//! # Phases
//! Mark from the roots; clear dead weak references; mark what due finalizers need; drop dead payloads; free large
//! objects; queue the blocks for sweeping.
//! # Invariants
//! - M1: outside `collect`, a cell on a free list has a zero header and is unreachable; one in a bin's run is unreachable.
//! - S1, S2 of [`sweep`](crate::sweep).
//! # Cost
//! A collection costs the live objects plus the mark tables; sweeping costs each cell of a block once per collection, when
//! the block is next needed.
//! # Not done
//! Bump allocation in the gaps of a block, increments, concurrency, decommitting chunks.

mod alloc;
mod collect;

use crate::header::Header;
use crate::limits::HeapFull;
use crate::manager::{CollectKind, Discipline, Facts, Manager, Memory};
use crate::sweep::Sweeper;

/// The manager.
#[derive(Debug, Default)]
pub struct Mark {
    sweeper: Sweeper,
}

// SAFETY: see the invariants on the module's page.
unsafe impl Manager for Mark {
    fn facts(&self) -> Facts {
        Facts {
            name: "mark",
            summary: "tracing, non-moving mark and sweep, stop the world",
            discipline: Discipline::Traced,
            prompt: false,
            cycles: true,
            collects: true,
            moves: false,
            marks_beside: false,
        }
    }

    fn start(&mut self, memory: &mut Memory) {
        memory.collect_at = collect::RULE.with(memory.growth).allowance(0);
    }

    fn refill(&mut self, memory: &mut Memory, class: usize) -> Result<(), HeapFull> {
        alloc::refill(self, memory, class)
    }

    fn alloc_large(&mut self, memory: &mut Memory, size: usize) -> Result<*mut Header, HeapFull> {
        alloc::alloc_large(self, memory, size)
    }

    fn collect(&mut self, memory: &mut Memory, kind: CollectKind) {
        collect::collect(self, memory, kind);
    }

    fn each_object(&mut self, memory: &mut Memory, each: &mut dyn FnMut(*mut Header)) {
        self.sweeper.finish(memory);
        memory.each_object(each);
    }
}
