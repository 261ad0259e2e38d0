//! `cycle`: `refcount`, and cycles are found by themselves: CPython's semantics.
//!
//! # Idea
//! As `refcount`: an object whose count reaches zero goes to the zero queue, which is drained at the next `&mut` point. What only cycles keep is found as most
//! garbage is, young: when the heap has grown by a little, the blocks that it grew by are [tried](crate::trial). When it has grown much, everything
//! is marked in slices beside the program, and what was not met is tried.
//! # Layout
//! As `refcount`; a bit in the chunk's table says which blocks are [young].
//! # Barrier
//! As `refcount`: retain the new value, release the old one (in the writing module). The marker needs none.
//! # Phases
//! Counting, all the time. Young: take the counts off that the suspects own of each other, give them back to what lives; clear weak references
//! to the dead and make notices and finalizers due; free the others. [Old](old): sweep what waits, mark in slices, try the unmarked objects. Full (asked for, at
//! a limit, or because classes may have died): a stop-the-world trace from the roots. What a finalizer may reach lives until the next collection
//! that looks at it, which an explicit full collection runs at once.
//! # Invariants
//! - C1, C2 of `refcount`; S1, S2 of [`sweep`](crate::sweep); Y1, Y2 of [`young`].
//! - C3: while marking runs no block is given back, nor a large object's memory.
//! # Cost
//! As `refcount`; growth is looked at twice, once for each young generation; and per growth by a fifth one marking. Garbage in cycles takes no more
//! than what may be allocated before the collection that finds it.
//! # Not done
//! Cycles that were made of reused cells are found by the marking alone; the trial at its end is one pause, in proportion to what is dead.

mod alloc;
mod collect;
mod old;
mod young;

use crate::empties::Empties;
use crate::events::Extent;
use crate::header::Header;
use crate::limits::HeapFull;
use crate::manager::{CollectKind, Discipline, Facts, Manager, Memory};
use crate::sweep::Sweeper;

/// The manager.
#[derive(Debug, Default)]
pub struct Cycle {
    sweeper: Sweeper,
    empties: Empties,
    generations: young::Generations,
    old: old::Phase,
    pacing: collect::Pacing,
}

// SAFETY: what the marker points to belongs to the heap that owns it, and is used only with it.
unsafe impl Send for Cycle {}

// SAFETY: see the invariants on the module's page.
unsafe impl Manager for Cycle {
    fn facts(&self) -> Facts {
        Facts {
            name: "cycle",
            summary:
                "prompt reference counting, and cycles are found young, or by marking beside the program",
            discipline: Discipline::Counted,
            prompt: true,
            cycles: true,
            collects: true,
            moves: false,
            marks_beside: false,
        }
    }

    fn start(&mut self, memory: &mut Memory) {
        self.pace(memory);
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

    fn extent(&self, memory: &Memory, kind: CollectKind) -> Option<Extent> {
        Some(collect::extent(self, memory, kind))
    }

    fn is_collecting(&self) -> bool {
        self.old.is_running()
    }

    fn pace(&mut self, memory: &mut Memory) {
        memory.collect_at = collect::interval(self, memory);
    }

    fn each_object(&mut self, memory: &mut Memory, each: &mut dyn FnMut(*mut Header)) {
        self.sweeper.finish(memory);
        memory.each_object(each);
    }

    fn check(&mut self, memory: &mut Memory, when: &str) {
        young::check(&self.generations, memory, when);
    }
}
