//! `gen`: a copying nursery in front of a marked and swept old space.
//!
//! # Idea
//! Most objects die young (Ungar, 1984). New ones are bumped through the blocks of a nursery; when it is full, what is still reachable is copied into the old space,
//! all at once, and the nursery's blocks are used again. The old space is collected as `mark` does it, when it has grown enough. While nearly everything
//! survives, there is no nursery: objects are old from birth ([pretenuring](pretenure)). Old blocks of which little is alive are emptied into others when that is worth
//! it, against fragmentation ([sparse], [relocate]). Objects of [pinned](crate::Shape::pinned) shapes are born, survive and die [where they are](pinned).
//! # Layout
//! Blocks of equal cells for both; bits in the chunk's table say which blocks are young, and which are to be emptied. Large objects are old from birth. Old objects carry
//! [`FLAG_LOG`](crate::header::FLAG_LOG) unless they are remembered. Pinned objects lie in blocks of their own, young and old ones together; a bit for each of their cells
//! says which are old, and the bit of young blocks that some may not be.
//! # Barrier
//! A store into an old object that is not remembered yet remembers the object: once until the next collection, whatever is stored. Of long arrays the [slots]
//! are remembered, as long as they are few. Initialising stores and stores into young objects pay a test.
//! # Phases
//! Minor: from the roots, the remembered objects and slots, and those with [unlogged](crate::Shape::unlogged) references, copy young objects and leave forwarding
//! addresses behind, and make pinned ones old; the side tables follow; dead payloads are dropped. Major: sweep what waits, choose sparse blocks, clear the marks, mark in slices, each after a
//! minor collection, and between them in a [thread](crate::beside) where the embedder wants one, and note who refers into sparse blocks; then drop dead payloads, copy what is alive
//! in those blocks and rewrite all references to it, and have the old space swept lazily. One that is asked for marks in one go, and chooses sparse blocks by their marks.
//! # Invariants
//! - N1: outside `collect`, an old object that refers to a young one is remembered, or the slot is, or its shape has unlogged references and it is listed
//!   for that.
//! - N2: an old object carries the log flag exactly when it is not remembered; one of which slots are remembered carries it.
//! - N3: no young object is large; after `collect` there is none at all.
//! - N4: a cell of the old space that is at hand for copies has a zero header.
//! - N5: while objects are pretenured there is no young one, and N1 and N2 need not hold; they do again when that ends.
//! - N6: when marking is complete, what a marked object refers to is marked.
//! - N7: when a marking that notes holders is complete, a marked object that refers into a sparse block is noted, or lies in one itself.
//! - N8: a block bears the bit of sparse ones exactly when it is to be emptied; none of its cells is at hand then.
//! - N9: outside `collect`, a block of pinned objects bears the bit of young ones exactly when it is listed as one that may have some, and in all others every object
//!   is old.
//! - S1, S2 of [`sweep`](crate::sweep).
//! # Cost
//! Pinned objects that die young cost a part of a sweep, or nothing in a block where all do; their old blocks are never emptied into others. A minor collection costs the survivors, the roots, the remembered objects and the entries of the side tables; a major one what `mark`'s does, and another look at
//! what was written to meanwhile. Emptying sparse blocks costs a slower marking; while the program waits their objects, half a MiB of them at most, their holders, the roots and
//! the entries of the side tables; and, where the marking was made in one go, a walk through the heap. It needs room for the copies, and leaves blocks as they are without it. A minor collection needs no memory of its own but room for the survivors; without it young objects stay where they are and
//! become old there.
//! # Not done
//! Emptying sparse blocks in slices, aging, side tables split by age, a bound on minor collections and on the last look.

mod alloc;
mod barrier;
mod collect;
mod forward;
mod major;
mod minor;
mod pinned;
mod pretenure;
mod relocate;
mod slots;
mod sparse;

use crate::beside::Beside;
use crate::events::Extent;
use crate::header::Header;
use crate::limits::HeapFull;
use crate::manager::{CollectKind, Discipline, Facts, Manager, Memory};
use crate::refs::Written;
use crate::space::BlockRef;
use crate::sweep::Sweeper;

/// The manager.
#[derive(Debug, Default)]
pub struct Gen {
    sweeper: Sweeper,
    /// Cells of old blocks for the next survivors.
    old: alloc::OldCells,
    /// The blocks of the nursery.
    young: Vec<BlockRef>,
    /// The blocks of pinned objects in which some may be young.
    pinned: Vec<BlockRef>,
    remembered: barrier::Remembered,
    /// So many of the objects with a finalizer, and with a drop, were old after the last collection: those first in the lists.
    old_registered: usize,
    old_droppable: usize,
    pacing: collect::Pacing,
    pretenuring: pretenure::Pretenuring,
    major: major::Major,
    beside: Beside,
    sparse: sparse::Sparse,
}

// SAFETY: the cells and objects that it points to belong to the heap that owns it, and are used only with it.
unsafe impl Send for Gen {}

// SAFETY: see the invariants on the module's page.
unsafe impl Manager for Gen {
    fn facts(&self) -> Facts {
        Facts {
            name: "gen",
            summary: "tracing, copying nursery before a mark and sweep old space",
            discipline: Discipline::Traced,
            prompt: false,
            cycles: true,
            collects: true,
            moves: true,
            marks_beside: true,
        }
    }

    fn start(&mut self, memory: &mut Memory) {
        self.pacing.start(memory.growth);
        memory.collect_at = self.pacing.next(false, false);
    }

    fn refill(&mut self, memory: &mut Memory, class: usize) -> Result<(), HeapFull> {
        alloc::refill(self, memory, class)
    }

    fn alloc_large(&mut self, memory: &mut Memory, size: usize) -> Result<*mut Header, HeapFull> {
        alloc::alloc_large(self, memory, size)
    }

    /// Large objects become old where they are.
    fn keeps_large_in_place(&self) -> bool {
        true
    }

    /// In blocks of their own.
    fn pins(&self) -> bool {
        true
    }

    fn log(&mut self, memory: &mut Memory, holder: *mut Header, written: Written) {
        barrier::log(self, memory, holder, written);
    }

    fn collect(&mut self, memory: &mut Memory, kind: CollectKind) {
        collect::collect(self, memory, kind);
    }

    fn extent(&self, memory: &Memory, kind: CollectKind) -> Option<Extent> {
        Some(collect::extent(self, memory, kind))
    }

    fn is_collecting(&self) -> bool {
        self.major.is_running()
    }

    fn close(&mut self, memory: &mut Memory) {
        self.beside.close(memory);
    }

    fn each_object(&mut self, memory: &mut Memory, each: &mut dyn FnMut(*mut Header)) {
        self.sweeper.finish(memory);
        memory.each_object(each);
    }

    fn check(&mut self, memory: &mut Memory, when: &str) {
        barrier::check(self, memory, when);
    }
}
