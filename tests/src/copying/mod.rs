//! `copying`: a semispace manager that moves every object, large ones too, at every collection.
//!
//! # Idea
//! Allocate by bumping through pages; at a collection copy what is reachable into fresh pages, leave forwarding addresses behind, and
//! give the old pages back, filled with a pattern.
//! # Layout
//! Pages of equal cells from the system's allocator, none of the heap's own spaces; large objects are allocations of their own. All of
//! it is charged as foreign bytes.
//! # Barrier
//! None.
//! # Phases
//! Copy from the roots, with each object the class of its shape; rewrite the weak table; copy what due finalizers need; retire the shapes of
//! classes that died; rewrite the roots, the lists and the identity table; drop what stayed behind; free the old space.
//! # Invariants
//! - S1: outside `collect` every object lies in a page or large allocation of the list, and no header is a forwarding mark (shape 0,
//!   new address in word 1).
//! - S2: after `collect` no object has the address it had before.
//! - S3: the unused rest of a page is zero, so that a walk sees free cells.
//! # Cost
//! A collection copies everything alive, and holds it twice meanwhile (the peak says so). For tests, not for speed.
//! # Not done
//! Pinning, generations; when the system has no memory in the middle of a copy, the process ends.

mod alloc;
mod collect;

use std::collections::HashMap;
use taipan_gc::header::Header;
use taipan_gc::manager::{CollectKind, Discipline, Facts, Manager, Memory};
use taipan_gc::HeapFull;

/// The manager.
#[derive(Debug, Default)]
pub struct Copying {
    space: alloc::Space,
    /// Where each page or large object starts, for `contains`.
    starts: HashMap<usize, alloc::Region>,
}

// SAFETY: the regions belong to the heap that owns the manager, and are used only with it.
unsafe impl Send for Copying {}

// SAFETY: see the invariants on the module's page.
unsafe impl Manager for Copying {
    fn facts(&self) -> Facts {
        Facts {
            name: "copying",
            summary: "moves every object at every collection (for tests)",
            discipline: Discipline::Traced,
            prompt: false,
            cycles: true,
            collects: true,
            moves: true,
            marks_beside: false,
        }
    }

    fn start(&mut self, memory: &mut Memory) {
        memory.collect_at = collect::MIN_THRESHOLD;
    }

    fn refill(&mut self, memory: &mut Memory, class: usize) -> Result<(), HeapFull> {
        alloc::refill(self, memory, class)
    }

    fn alloc_large(&mut self, memory: &mut Memory, size: usize) -> Result<*mut Header, HeapFull> {
        alloc::alloc_large(self, memory, size)
    }

    fn collect(&mut self, memory: &mut Memory, _kind: CollectKind) {
        collect::collect(self, memory);
    }

    fn each_object(&mut self, _memory: &mut Memory, each: &mut dyn FnMut(*mut Header)) {
        self.space.each_object(each);
    }

    fn contains(&self, _memory: &Memory, object: *mut Header) -> bool {
        // A large object starts anywhere, also in what would be the page of another.
        let page = object as usize & !(alloc::PAGE_BYTES - 1);
        [page, object as usize].iter().any(|start| self.starts.get(start).is_some_and(|r| r.is_cell(object)))
    }
}
