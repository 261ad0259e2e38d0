//! `refcount`: prompt reclamation by reference counts; cycles stay until the heap closes or a drain is asked for.
//!
//! # Idea
//! Registers, scope slots and slots of objects own counts. An object whose count reaches zero goes to the zero queue, which is
//! drained at the next `&mut` point: its slots are released, its cell goes to the front of its size class's free list. What natives make
//! is born there, without counts of its own: most of it dies there, and has never been counted ([`zero`](crate::zero)).
//! # Layout
//! As `mark`: blocks of equal cells, large objects by themselves; in pages of the usual size.
//! # Barrier
//! Retain the new value, release the old one (in the writing module); the log flag marks newborns, which are settled before.
//! # Phases
//! None in normal running. A collection (asked for by the host, by zeal, or because the heap's limit is reached) is a backup
//! trace: mark from the roots, finalize and free what is unmarked, sweep as cells are needed.
//! # Invariants
//! - C1: outside a drain, an object's count is the number of slots (but those of newborns), registers and owned references that refer to it; or
//!   it is zero and the object is queued; or it is stuck.
//! - Z1 to Z3 of [`zero`](crate::zero).
//! - C2: a cell on a free list has a zero header.
//! - S1, S2 of [`sweep`](crate::sweep); E1, E2 of [`empties`](crate::empties).
//! # Cost
//! A few instructions per reference made or dropped; freeing is proportional to what dies. No pause but the drain of what
//! died at once, or of a [portion](crate::HeapConfig::drain_portion) of it.
//! # Not done
//! Cyclic garbage without a request, pages per owner, giving chunks back to the system.

mod alloc;
mod collect;

use crate::empties::Empties;
use crate::header::Header;
use crate::limits::HeapFull;
use crate::manager::{CollectKind, Discipline, Facts, Manager, Memory};
use crate::sweep::Sweeper;

/// The manager.
#[derive(Debug, Default)]
pub struct RefCount {
    sweeper: Sweeper,
    empties: Empties,
}

// SAFETY: see the invariants on the module's page.
unsafe impl Manager for RefCount {
    fn facts(&self) -> Facts {
        Facts {
            name: "refcount",
            summary: "prompt reference counting; cycles live until the heap closes or a full collection is asked for",
            discipline: Discipline::Counted,
            prompt: true,
            cycles: false,
            collects: true,
            moves: false,
            marks_beside: false,
        }
    }

    fn start(&mut self, memory: &mut Memory) {
        memory.blocks.use_small_pages();
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
