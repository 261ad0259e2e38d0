//! `arena`: nothing is ever collected; the heap goes as a whole. The cost floor, and the manager of short-lived isolates.
//!
//! # Idea
//! Allocation bumps through runs of cells; everything lives until the heap closes. Then every finalizer runs, every payload is dropped, and
//! the chunks are freed.
//! # Layout
//! Runs of equal cells and large objects, out of the chunks of a `bumpalo::Bump`, or of memory that the host gives. A heap starts with none, and the runs of a class grow with
//! their number, so that a small heap is small. What is set aside is a piece of memory that nobody touches as long as there is other.
//! # Barrier
//! None.
//! # Phases
//! None: a collection does nothing.
//! # Invariants
//! - A1: every cell of a run that was allocated holds an object until the heap closes; a cell that was not has a zero header, or lies in the
//!   untouched part of a bin's run.
//! # Cost
//! An allocation is a bump; a first touch of memory costs a page fault per 4 KiB. Garbage costs memory and nothing else.
//! # Not done
//! Giving memory back before the end. A heap limit is reached by garbage, too.

mod alloc;
mod collect;

use crate::header::Header;
use crate::limits::HeapFull;
use crate::manager::{CollectKind, Discipline, Facts, Manager, Memory};
use crate::space::CLASSES;
use bumpalo::Bump;

/// Memory for cells of one size, or for one large object.
#[derive(Clone, Copy, Debug)]
struct Run {
    start: *mut u8,
    bytes: usize,
    cell: usize,
}

/// The manager.
#[derive(Debug)]
pub struct Arena {
    bump: Bump,
    /// In its place, where the heap's memory is not the system's.
    chunks: Option<alloc::Chunks>,
    /// In the order of their making.
    runs: Vec<Run>,
    /// The first so many of them, by address: an index for the verifier, made anew at each walk.
    by_address: Vec<Run>,
    /// For what is set aside, where there is no other memory.
    kept: alloc::Kept,
    /// How often a class's runs have become twice as long.
    doublings: [u8; CLASSES],
}

// SAFETY: the runs belong to the heap that owns the manager, and are used only with it.
unsafe impl Send for Arena {}

impl Default for Arena {
    fn default() -> Arena {
        Arena {
            bump: Bump::new(),
            chunks: None,
            kept: alloc::Kept::default(),
            runs: Vec::new(),
            by_address: Vec::new(),
            doublings: [0; CLASSES],
        }
    }
}

impl Run {
    /// Whether a cell of the run starts there.
    fn has_cell(&self, object: *mut Header) -> bool {
        let offset = (object as usize).wrapping_sub(self.start as usize);
        offset < self.bytes && offset.is_multiple_of(self.cell)
    }
}

// SAFETY: see the invariants on the module's page.
unsafe impl Manager for Arena {
    fn facts(&self) -> Facts {
        Facts {
            name: "arena",
            summary: "bump allocation, nothing is collected before the heap closes",
            discipline: Discipline::Traced,
            prompt: false,
            cycles: false,
            collects: false,
            moves: false,
            marks_beside: false,
        }
    }

    fn start(&mut self, memory: &mut Memory) {
        self.chunks = (!memory.raw.is_system()).then(|| alloc::Chunks::new(memory.raw));
    }

    fn set_aside(&mut self, _: &mut Memory, bytes: usize) -> bool {
        alloc::set_aside(self, bytes)
    }

    fn refill(&mut self, memory: &mut Memory, class: usize) -> Result<(), HeapFull> {
        alloc::refill(self, memory, class)
    }

    fn alloc_large(&mut self, memory: &mut Memory, size: usize) -> Result<*mut Header, HeapFull> {
        alloc::alloc_large(self, memory, size)
    }

    fn collect(&mut self, memory: &mut Memory, _kind: CollectKind) {
        collect::collect(memory);
    }

    fn each_object(&mut self, memory: &mut Memory, each: &mut dyn FnMut(*mut Header)) {
        memory.cache.settle();
        for run in &self.runs {
            for at in (0..run.bytes).step_by(run.cell) {
                let cell = run.start.wrapping_add(at) as *mut Header;
                // SAFETY: the cells of a run have a header, zero where there is no object (A1).
                if !unsafe { (*cell).is_free() } {
                    each(cell);
                }
            }
        }
        self.by_address.clone_from(&self.runs);
        self.by_address.sort_unstable_by_key(|run| run.start);
    }

    fn contains(&self, _: &Memory, object: *mut Header) -> bool {
        let before = self.by_address.partition_point(|run| run.start as usize <= object as usize);
        let indexed = before.checked_sub(1).and_then(|at| self.by_address.get(at));
        let later = self.runs.get(self.by_address.len()..).unwrap_or_default();
        indexed.is_some_and(|run| run.has_cell(object)) || later.iter().any(|run| run.has_cell(object))
    }
}
