//! Empties [sparse](super::sparse) blocks at the end of a major collection: copies their objects, and rewrites all references to them.
//!
//! As in a minor collection copies are found by their [old places](super::forward). Unlike there nothing is found by copying: what
//! is alive is marked, and so are the copies.

use super::alloc::OldCells;
use super::forward::{forwarded, leave, take_copy};
use super::Gen;
use crate::header::Header;
use crate::holders::Holders;
use crate::manager::Memory;
use crate::marker::is_marked;
use crate::shape::{object_size, visit_slots, ShapeTable, Visitor};
use crate::space::{BlockRef, BlockSpace, ChunkMap};
use crate::space_mark::mark;
use crate::sweep::Sweeper;
use crate::value::Value;

/// Rewrites references to objects that have moved.
struct Moved<'a> {
    chunks: &'a ChunkMap,
}

impl Moved<'_> {
    /// Whether the object has moved: all in sparse blocks have.
    #[inline(always)]
    fn has_moved(&self, object: *mut Header) -> bool {
        // SAFETY: what lies in a chunk has a class.
        self.chunks.holds(object) && unsafe { crate::space::is_sparse(object) }
    }

    /// Where a live object is from now on.
    #[inline(always)]
    fn now(&self, object: *mut Header) -> *mut Header {
        match self.has_moved(object) {
            true => {
                // SAFETY: it lies in a sparse block.
                let copy = unsafe { forwarded(object) };
                debug_assert!(copy.is_some(), "an object of a sparse block was not copied");
                copy.unwrap_or(object)
            }
            false => object,
        }
    }

    fn update(&self, objects: &mut [*mut Header]) {
        objects.iter_mut().for_each(|object| *object = self.now(*object));
    }
}

impl Visitor for Moved<'_> {
    #[inline(always)]
    fn slot(&mut self, slot: &mut Value) {
        if slot.is_ref() && self.has_moved(slot.header()) {
            *slot = Value::from_header(self.now(slot.header()));
        }
    }

    #[inline(always)]
    fn uncounted(&mut self, slot: &mut Value) {
        self.slot(slot);
    }
}

/// What copying needs.
struct Copying<'a> {
    shapes: &'a ShapeTable,
    blocks: &'a mut BlockSpace,
    sweeper: &'a mut Sweeper,
    old: &'a mut OldCells,
    poison: bool,
    /// The object that was copied last.
    last: *mut Header,
    bytes: usize,
}

impl Copying<'_> {
    /// Copies the marked objects of a block.
    fn empty(&mut self, block: BlockRef) {
        let class = self.blocks.class(block);
        for object in self.blocks.marked_in(block) {
            // SAFETY: a marked object is valid. There is a cell: room was made for all of them.
            unsafe {
                let size = object_size(self.shapes, object);
                let copy = self.old.take(class, self.blocks, self.sweeper, self.poison);
                std::ptr::copy_nonoverlapping(object as *const u64, copy as *mut u64, size / 8);
                mark(copy);
                leave(object, copy, &mut self.last);
                self.bytes += size;
            }
        }
    }
}

/// Copies what is alive in these blocks, for which there is room, and rewrites all references to it: those of the holders, if they are known, or else of
/// all objects. `false`, and nothing has happened: there is no memory to tell what lies where.
pub(super) fn empty(
    gen: &mut Gen,
    memory: &mut Memory,
    sparse: &[BlockRef],
    holders: Option<&Holders>,
) -> bool {
    let chunks = memory.blocks.chunk_map();
    if !chunks.is_complete() {
        return false;
    }
    let mut copying = Copying {
        shapes: &memory.shapes,
        blocks: &mut memory.blocks,
        sweeper: &mut gen.sweeper,
        old: &mut gen.old,
        poison: memory.zeal.poison,
        last: std::ptr::null_mut(),
        bytes: 0,
    };
    sparse.iter().for_each(|&block| copying.empty(block));
    let Copying { last, bytes, .. } = copying;
    let mut moved = Moved { chunks: &chunks };
    update_tables(memory, &mut moved);
    gen.remembered.update(|object| moved.now(object));
    update_copies(&memory.shapes, last, &mut moved);
    match holders {
        // SAFETY: what the marking has visited is valid. What has moved itself was seen to.
        Some(holders) => unsafe {
            holders.visit(&memory.shapes, |object| !Moved { chunks: &chunks }.has_moved(object), &mut moved);
        },
        None => visit_all(memory, &mut moved),
    }
    memory.stats.evacuated_bytes += bytes as u64;
    if memory.zeal.verify {
        check(memory, &moved);
    }
    true
}

/// Roots and side tables.
fn update_tables(memory: &mut Memory, moved: &mut Moved<'_>) {
    memory.visit_roots(moved);
    moved.update(&mut memory.held);
    moved.update(&mut memory.finalization.registered);
    moved.update(&mut memory.finalization.droppable);
    memory.weak.update(|object| Some(moved.now(object)), &mut memory.finalization.notices);
    memory.weak.update_watchers(|object| Some(moved.now(object)));
    memory.identity.update(|object| Some(moved.now(object)));
}

/// The references of the copies, of which this was the last one's old place.
fn update_copies(shapes: &ShapeTable, mut last: *mut Header, moved: &mut Moved<'_>) {
    while !last.is_null() {
        // SAFETY: the list holds objects that were copied.
        unsafe {
            visit_slots(shapes, take_copy(&mut last), moved);
        }
    }
}

/// The references of all marked objects that have not moved.
fn visit_all(memory: &mut Memory, visitor: &mut impl Visitor) {
    let Memory { blocks, large, shapes, .. } = memory;
    for &block in blocks.used().iter().filter(|&&block| !blocks.is_sparse_block(block)) {
        for object in blocks.marked_in(block) {
            // SAFETY: marked objects are valid.
            unsafe { visit_slots(shapes, object, visitor) };
        }
    }
    large.each_object(&mut |object| {
        // SAFETY: as above; each_object shows allocated objects.
        unsafe {
            if is_marked(object) {
                visit_slots(shapes, object, visitor);
            }
        }
    });
}

/// Checks N7.
///
/// # Panics
/// When it doesn't hold.
fn check(memory: &mut Memory, moved: &Moved<'_>) {
    struct Stayed<'a>(&'a Moved<'a>);
    impl Visitor for Stayed<'_> {
        fn slot(&mut self, slot: &mut Value) {
            let stays = !slot.is_ref() || !self.0.has_moved(slot.header());
            assert!(stays, "N7: a reference to an object that has moved was not rewritten");
        }

        fn uncounted(&mut self, slot: &mut Value) {
            self.slot(slot);
        }
    }
    visit_all(memory, &mut Stayed(moved));
    memory.visit_roots(&mut Stayed(moved));
}
