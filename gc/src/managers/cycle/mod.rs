//! `cycle`: `refcount`, and cycles are found by themselves: CPython's semantics.
//!
//! # Idea
//! As `refcount`: an object whose count reaches zero goes to the zero queue, which is drained at the next `&mut` point. Whenever the heap has
//! grown by half of what was alive and 4 MiB, a trace from the roots finds what only cycles keep.
//! # Layout
//! As `refcount`.
//! # Barrier
//! As `refcount`: retain the new value, release the old one (in the writing module).
//! # Phases
//! Counting, all the time. Stop the world: mark from the roots; clear weak references to the dead and tell their holders; finalize; give up
//! the counts that the dead own; drop them; rebuild the free lists. What a finalizer may reach is looked at again by the next trace, which
//! an explicit full collection runs at once.
//! # Invariants
//! - C1, C2 of `refcount`; S1, S2 of [`sweep`](crate::sweep).
//! - C3: the heap grows by no more than half of what the last trace found alive and 4 MiB before the next trace is asked for, unless
//!   collection is switched off.
//! # Cost
//! As `refcount`; and per trace the live objects, a look at each header, and the sweep of each block.
//! # Not done
//! Young cycles by subtraction over newly allocated blocks, increments, CPython's thresholds by number of objects.

mod alloc;
mod collect;

use crate::header::Header;
use crate::limits::HeapFull;
use crate::manager::{CollectKind, Discipline, Facts, Manager, Memory};
use crate::sweep::Sweeper;

/// The manager.
#[derive(Debug, Default)]
pub struct Cycle {
    sweeper: Sweeper,
}

// SAFETY: see the invariants on the module's page.
unsafe impl Manager for Cycle {
    fn facts(&self) -> Facts {
        Facts {
            name: "cycle",
            summary: "prompt reference counting, and cycles are found by a trace when the heap has grown",
            discipline: Discipline::Counted,
            prompt: true,
            cycles: true,
            collects: true,
            moves: false,
        }
    }

    fn start(&mut self, memory: &mut Memory) {
        memory.collect_at = collect::MIN_GROWTH;
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
