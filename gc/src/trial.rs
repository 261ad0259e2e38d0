//! Trial deletion: which of some suspects live, found without looking at anything else. For managers that count.
//!
//! The references that the suspects hold among themselves are taken off their counts. One whose count is not zero then is referred to from elsewhere: it
//! lives, and what it reaches gets its counts back (Christopher, "Reference count garbage collection", 1984; CPython's collector does it with
//! copies of the counts). The others are referred to by each other alone. That is exact whatever the suspects are, so a manager is free to choose them:
//! what was allocated lately, or what a marking has not met beside which the program went on.
//!
//! The work is in proportion to the suspects, and no table grows with their references: where the stack of what is to be looked at can't grow, the
//! suspects are gone through again instead.
//!
//! The order of things is that of [`tracing`](crate::tracing). Leaves out classes, which their shapes count: only a trace from the roots finds
//! them dead.

use crate::brief::Brief;
use crate::finalize::Finalization;
use crate::header::{Header, ShapeId, FLAG_LOG, FLAG_MARKED, FLAG_WEAK};
use crate::limits::Stats;
use crate::manager::{drop_payload, Memory};
use crate::marker::is_marked;
use crate::shape::{due_finalizer, object_size, visit_as, visit_slots, ShapeTable, Visitor};
use crate::space::{is_young, BlockRef, BlockSpace, ChunkMap};
use crate::value::Value;
use crate::weak::{leave_tables, IdentityTable, WeakTable};
use crate::zero::push_zero;

/// In the header of a suspect: it is known to live. Newborns bear this flag otherwise, and there are none during a collection.
const LIVES: u8 = FLAG_LOG;

/// Which objects of the blocks that a trial goes through are suspects.
pub(crate) trait Suspicion: Copy {
    /// Whether it is only some objects of the blocks; then large ones may be suspects, too.
    const SOME: bool;

    /// Whether this object of a block that is gone through is one.
    ///
    /// # Safety
    /// It is an object of the heap, or was one when the trial began and is small.
    unsafe fn holds(&self, chunks: &ChunkMap, object: *mut Header) -> bool;

    /// Calls `each` with every suspect of a block.
    fn each_in(&self, blocks: &BlockSpace, block: BlockRef, each: &mut impl FnMut(*mut Header));
}

/// All objects of the blocks gone through are suspects: those, and only those, are [young](BlockSpace::set_young).
#[derive(Clone, Copy)]
pub(crate) struct Young;

impl Suspicion for Young {
    const SOME: bool = false;

    #[inline(always)]
    unsafe fn holds(&self, chunks: &ChunkMap, object: *mut Header) -> bool {
        // SAFETY: it lies in a chunk.
        chunks.holds(object) && unsafe { is_young(object) }
    }

    #[inline(always)]
    fn each_in(&self, blocks: &BlockSpace, block: BlockRef, each: &mut impl FnMut(*mut Header)) {
        blocks.each_object_in(block, each);
    }
}

/// All objects without a mark are suspects; all blocks are gone through.
#[derive(Clone, Copy)]
pub(crate) struct Unmarked;

impl Suspicion for Unmarked {
    const SOME: bool = true;

    #[inline(always)]
    unsafe fn holds(&self, chunks: &ChunkMap, object: *mut Header) -> bool {
        // SAFETY: by contract; where the map does not know, the header tells large objects from small ones.
        unsafe {
            match chunks.holds(object) {
                true => !crate::space_mark::is_marked(object),
                false => !is_marked(object),
            }
        }
    }

    #[inline(always)]
    fn each_in(&self, blocks: &BlockSpace, block: BlockRef, each: &mut impl FnMut(*mut Header)) {
        blocks.each_unmarked_in(block, each);
    }
}

/// Some suspect of the block refers to what is none.
const OUTSIDE: u8 = 1;
/// For some of them more may have to be done at its death than to release what it refers to.
const SPECIAL: u8 = 2;
/// They are not all of one shape.
const MIXED: u8 = 4;

/// What a trial has found.
#[derive(Clone, Copy, Default, Debug)]
pub(crate) struct Verdict {
    /// Dead objects that count as [containers](crate::Shape::container).
    pub(crate) containers: u64,
    /// Suspects that live.
    pub(crate) objects: u64,
    /// And their bytes.
    pub(crate) bytes: usize,
}

/// A trial of suspects.
pub(crate) struct Trial<S> {
    suspicion: S,
    /// The blocks to go through; afterwards those that still have objects.
    blocks: Vec<BlockRef>,
    /// What is known of the suspects in each: the flags below.
    notes: Vec<u8>,
    chunks: ChunkMap,
    /// Objects that live, and whose references have not got their counts back.
    stack: Vec<*mut Header>,
    /// So many at most.
    limit: usize,
    overflowed: bool,
}

/// Takes the counts off that suspects give each other.
struct Subtract<'a, S> {
    trial: &'a Trial<S>,
    /// Whether there are references to others.
    outside: bool,
}

impl<S: Suspicion> Visitor for Subtract<'_, S> {
    #[inline(always)]
    fn slot(&mut self, slot: &mut Value) {
        if slot.is_ref() {
            // SAFETY: slots of allocated objects own counts of allocated ones.
            unsafe {
                if self.trial.holds(slot.header()) {
                    (*slot.header()).release();
                } else {
                    self.outside = true;
                }
            }
        }
    }

    fn uncounted(&mut self, _: &mut Value) {}
}

/// Gives what an object that lives refers to its count back, and has it looked at.
struct AddBack<'a, S>(&'a mut Trial<S>);

impl<S: Suspicion> Visitor for AddBack<'_, S> {
    #[inline(always)]
    fn slot(&mut self, slot: &mut Value) {
        // SAFETY: as above; the holder is a suspect, so the count was taken off before.
        unsafe {
            if slot.is_ref() && self.0.holds(slot.header()) {
                let object = slot.header();
                (*object).retain();
                if !(*object).has(LIVES) && self.0.has_room() {
                    (*object).set(LIVES);
                    self.0.stack.push(object);
                }
            }
        }
    }

    fn uncounted(&mut self, _: &mut Value) {}
}

/// Takes the counts back that a dead object owned of others than suspects; those of suspects are off already.
struct ReleaseOthers<'a, S> {
    trial: &'a Trial<S>,
    zero: &'a mut Vec<*mut Header>,
}

impl<S: Suspicion> Visitor for ReleaseOthers<'_, S> {
    #[inline(always)]
    fn slot(&mut self, slot: &mut Value) {
        // SAFETY: as above. A dead suspect may have been freed already, if it is small.
        unsafe {
            if slot.is_ref() && !self.trial.holds(slot.header()) && (*slot.header()).release_to_queue() {
                push_zero(self.zero, slot.header());
            }
        }
    }

    fn uncounted(&mut self, _: &mut Value) {}
}

impl<S: Suspicion> Trial<S> {
    /// A trial of the suspects in these blocks.
    pub(crate) fn new(suspicion: S, blocks: Vec<BlockRef>, memory: &Memory) -> Trial<S> {
        let chunks = memory.blocks.chunk_map();
        // Under stress it is short.
        let limit = match memory.zeal.collect_every {
            0 => usize::MAX,
            _ => memory.stats.collections as usize % 5 * 8,
        };
        let mut notes = Vec::new();
        if notes.try_reserve_exact(blocks.len()).is_ok() {
            notes.resize(blocks.len(), 0);
        }
        Trial { suspicion, blocks, notes, chunks, stack: Vec::new(), limit, overflowed: false }
    }

    /// The blocks gone through that still have objects.
    pub(crate) fn into_blocks(self) -> Vec<BlockRef> {
        self.blocks
    }

    /// Finds the dead, makes their finalizers and notices to watchers due, and frees the others. The zero queue is empty before; what only the
    /// dead referred to is on it afterwards. `None`, and nothing has happened: there is no memory, or chunks lie too far from each other to be known by
    /// address.
    ///
    /// # Safety
    /// No `Local` exists, all counts are right, and the blocks are those of the suspicion.
    pub(crate) unsafe fn run(&mut self, memory: &mut Memory) -> Option<Verdict> {
        if !self.chunks.is_complete() || self.notes.len() < self.blocks.len() {
            return None;
        }
        debug_assert!(memory.zero.is_empty(), "a trial with objects on the zero queue");
        memory.cache.settle();
        self.subtract(memory);
        for &object in &memory.held {
            // SAFETY: entries are allocated, and live until they are taken up.
            if unsafe { self.is_dead(object) } {
                self.reach(&memory.shapes, object);
            }
        }
        self.reach_counted(memory);
        self.spare_due(memory);
        Some(self.free(memory))
    }

    #[inline(always)]
    unsafe fn holds(&self, object: *mut Header) -> bool {
        // SAFETY: by the callers' contract.
        unsafe { self.suspicion.holds(&self.chunks, object) }
    }

    /// Whether an object of a block that is gone through is a suspect that is not known to live.
    #[inline(always)]
    unsafe fn is_dead_here(&self, object: *mut Header) -> bool {
        // SAFETY: the callers' object is allocated.
        unsafe { !(*object).has(LIVES) && (!S::SOME || self.holds(object)) }
    }

    /// Whether an allocated object is a suspect that is not known to live.
    unsafe fn is_dead(&self, object: *mut Header) -> bool {
        // SAFETY: by the callers' contract.
        unsafe { self.holds(object) && !(*object).has(LIVES) }
    }

    /// Takes the counts off that the suspects give each other, and notes what they are like.
    fn subtract(&mut self, memory: &Memory) {
        let Memory { blocks, large, shapes, .. } = memory;
        for at in 0..self.blocks.len() {
            let mut subtract = Subtract { trial: self, outside: false };
            let (mut last, mut notes, mut seen) = ((ShapeId::FREE, Brief::FREE), 0, 0);
            self.suspicion.each_in(blocks, self.blocks[at], &mut |object| {
                // SAFETY: suspects are allocated objects of known shapes.
                unsafe {
                    let shape = (*object).shape();
                    if shape != last.0 {
                        last = (shape, shapes.brief(shape));
                        seen += 1;
                    }
                    if (*object).is_in_side_tables() || !last.1.dies_plainly() {
                        notes |= SPECIAL;
                    }
                    visit_as(shapes, object, last.1, &mut subtract);
                }
            });
            notes |= if subtract.outside { OUTSIDE } else { 0 } | if seen > 1 { MIXED } else { 0 };
            self.notes[at] = notes;
        }
        if S::SOME {
            let mut subtract = Subtract { trial: self, outside: false };
            large.each_object(&mut |object| {
                // SAFETY: allocated.
                unsafe {
                    if subtract.trial.holds(object) {
                        visit_slots(shapes, object, &mut subtract);
                    }
                }
            });
        }
    }

    /// Calls `each` with every suspect, but those in blocks whose notes lack this flag, if there is one.
    #[inline(always)]
    fn each(&mut self, memory: &Memory, wanted: u8, mut each: impl FnMut(&mut Trial<S>, *mut Header)) {
        let Memory { blocks, large, .. } = memory;
        let suspicion = self.suspicion;
        for at in 0..self.blocks.len() {
            if wanted == 0 || self.notes[at] & wanted != 0 {
                suspicion.each_in(blocks, self.blocks[at], &mut |object| each(self, object));
            }
        }
        if S::SOME {
            large.each_object(&mut |object| {
                // SAFETY: allocated.
                if unsafe { self.holds(object) } {
                    each(self, object);
                }
            });
        }
    }

    /// Whether one more object fits on the stack; if not, the suspects are gone through again.
    #[inline(always)]
    fn has_room(&mut self) -> bool {
        let room = self.stack.len() < self.limit
            && (self.stack.len() < self.stack.capacity() || self.stack.try_reserve(64).is_ok());
        self.overflowed |= !room;
        room
    }

    /// The object lives, and so does what it reaches.
    #[inline(always)]
    fn reach(&mut self, shapes: &ShapeTable, object: *mut Header) {
        let mut next = Some(object);
        while let Some(object) = next {
            // SAFETY: suspects are allocated; on the stack is what has the flag already.
            unsafe {
                (*object).set(LIVES);
                visit_slots(shapes, object, &mut AddBack(self));
            }
            next = self.stack.pop();
        }
    }

    /// All suspects live that somebody else refers to, or a suspect that lives.
    fn reach_counted(&mut self, memory: &Memory) {
        let shapes = &memory.shapes;
        loop {
            self.overflowed = false;
            self.each(memory, 0, |trial, object| {
                // SAFETY: suspects are allocated.
                let header = unsafe { &*object };
                if header.count() > 0 && !header.has(LIVES) {
                    trial.reach(shapes, object);
                }
            });
            if !self.overflowed {
                return;
            }
        }
    }

    /// Clears weak references to the dead and makes their watchers' notices due, then the finalizers of the dead; what those may reach is
    /// spared.
    fn spare_due(&mut self, memory: &mut Memory) {
        // Under counting managers nothing is registered between collections.
        let (mut referred, mut due) = (false, Vec::new());
        let shapes = &memory.shapes;
        self.each(memory, SPECIAL, |trial, object| {
            // SAFETY: suspects are allocated.
            unsafe {
                if (*object).has(LIVES) {
                    return;
                }
                referred |= (*object).has(FLAG_WEAK);
                if !shapes.brief((*object).shape()).is_plain() && due_finalizer(shapes, object).is_some() {
                    match due.try_reserve(1) {
                        Ok(()) => due.push(object),
                        Err(_) => trial.reach(shapes, object),
                    }
                }
            }
        });
        let Memory { finalization, weak, .. } = memory;
        finalization.registered = due;
        if referred {
            let before = finalization.notices.len();
            // SAFETY: the tables hold allocated objects.
            let fate = |object: *mut Header| unsafe { !self.is_dead(object) }.then_some(object);
            weak.update(fate, &mut finalization.notices);
            // SAFETY: the list owns a count of each.
            finalization.notices.iter().skip(before).for_each(|value| unsafe { (*value.header()).retain() });
        }
        if finalization.registered.is_empty() {
            return;
        }
        finalization.sort_registered();
        let before = finalization.pending.len();
        // SAFETY: as above.
        finalization.collect_dead(|object| unsafe { self.is_dead(object) });
        for value in finalization.pending.iter().skip(before) {
            // SAFETY: the list owns a count of each.
            unsafe { (*value.header()).retain() };
        }
        // What could not become due for want of memory lives, too.
        let left = std::mem::take(&mut finalization.registered);
        let due = finalization.pending.iter().skip(before).map(|value| value.header());
        for object in due.chain(left) {
            // SAFETY: as above.
            if unsafe { self.is_dead(object) } {
                self.reach(&memory.shapes, object);
            }
        }
        self.reach_counted(memory);
    }

    /// Frees the dead; blocks that hold nothing else are given back.
    fn free(&mut self, memory: &mut Memory) -> Verdict {
        let poison = memory.zeal.poison;
        let Memory { blocks, large, shapes, cache, stats, weak, identity, finalization, zero, .. } = memory;
        let alike = (ShapeId::FREE, Brief::FREE, false);
        let verdict = Verdict::default();
        let mut grave = Grave { shapes, stats, weak, identity, finalization, zero, alike, verdict };
        let (suspicion, mut kept) = (self.suspicion, 0);
        for at in 0..self.blocks.len() {
            let block = self.blocks[at];
            let class = blocks.class(block);
            // SAFETY: cells have a header, zero when free. A block of which all are dead has no cell on a free list.
            if blocks.all_cells(block, |cell| unsafe { !(*cell).is_free() && self.is_dead_here(cell) }) {
                match self.notes[at] {
                    // SAFETY: all cells are objects, of one shape.
                    0 => unsafe { grave.bury_alike(blocks.start(block) as *mut Header, blocks.cells(block)) },
                    // SAFETY: dead, and buried once.
                    _ => suspicion.each_in(blocks, block, &mut |object| unsafe { grave.bury(self, object) }),
                }
                continue;
            }
            suspicion.each_in(blocks, block, &mut |object| {
                // SAFETY: what is not known to live by now is dead, and buried once.
                unsafe {
                    if (*object).has(LIVES) {
                        (*object).clear(LIVES);
                        grave.verdict.keep(shapes, object);
                    } else {
                        grave.bury(self, object);
                        cache.give(object, class, poison);
                    }
                }
            });
            // Those to be given back gather at the end; until then their objects are suspects.
            self.blocks.swap(kept, at);
            self.notes.swap(kept, at);
            kept += 1;
        }
        if S::SOME {
            // Freed in the end: what is large is asked whether it is a suspect.
            large.each_object(&mut |object| {
                // SAFETY: allocated, and buried once.
                unsafe {
                    if self.is_dead(object) {
                        grave.bury(self, object);
                    }
                }
            });
            large.each_object(&mut |object| {
                // SAFETY: as above; the flag is the mark of large objects.
                unsafe {
                    if (*object).has(LIVES) {
                        (*object).clear(LIVES);
                        (*object).set(FLAG_MARKED);
                        grave.verdict.keep(shapes, object);
                    }
                }
            });
            // SAFETY: the large objects without a mark are dead, and buried.
            unsafe { large.sweep() };
        }
        let verdict = grave.verdict;
        if kept < self.blocks.len() {
            self.blocks.drain(kept..).for_each(|block| blocks.discard(block, poison));
            blocks.retain_used();
        }
        verdict
    }
}

impl Verdict {
    /// A suspect lives.
    #[inline(always)]
    unsafe fn keep(&mut self, shapes: &ShapeTable, object: *mut Header) {
        self.objects += 1;
        // SAFETY: by the callers' contract it is an object of a known shape.
        self.bytes += unsafe { object_size(shapes, object) };
    }
}

/// Where the dead leave what others know of them.
struct Grave<'a> {
    shapes: &'a ShapeTable,
    stats: &'a mut Stats,
    weak: &'a mut WeakTable,
    identity: &'a mut IdentityTable,
    finalization: &'a mut Finalization,
    zero: &'a mut Vec<*mut Header>,
    /// A shape, and whether its objects are containers: what dies together is often alike.
    alike: (ShapeId, Brief, bool),
    verdict: Verdict,
}

impl Grave<'_> {
    /// Turns to another shape.
    #[inline(always)]
    unsafe fn meet(&mut self, shape: ShapeId) {
        if shape != self.alike.0 {
            // SAFETY: by the callers' contract it is the shape of an object.
            self.alike = (shape, unsafe { self.shapes.brief(shape) }, self.shapes.get(shape).container);
        }
    }

    /// Gives up all that a dead object owns but its cell.
    ///
    /// # Safety
    /// The object is dead and not buried yet.
    #[inline(always)]
    unsafe fn bury<S: Suspicion>(&mut self, trial: &Trial<S>, object: *mut Header) {
        // SAFETY: by contract.
        unsafe {
            let shape = (*object).shape();
            self.meet(shape);
            let (_, brief, container) = self.alike;
            self.verdict.containers += container as u64;
            visit_as(self.shapes, object, brief, &mut ReleaseOthers { trial, zero: self.zero });
            if !brief.dies_plainly() || (*object).is_in_side_tables() {
                self.bury_slow(object);
            }
        }
    }

    /// As [`bury`](Self::bury), for so many objects of one shape that own nothing.
    ///
    /// # Safety
    /// As there; this is one of them.
    unsafe fn bury_alike(&mut self, object: *mut Header, count: usize) {
        // SAFETY: by contract.
        unsafe { self.meet((*object).shape()) };
        self.verdict.containers += if self.alike.2 { count as u64 } else { 0 };
    }

    #[cold]
    #[inline(never)]
    unsafe fn bury_slow(&mut self, object: *mut Header) {
        // SAFETY: as above; the object still has its header and its payload.
        unsafe {
            let shape = self.shapes.get((*object).shape());
            if shape.finalize.is_some() {
                self.finalization.forget(object);
            }
            if shape.notify.is_some() {
                self.weak.watchers.forget(object);
            }
            // Those who must be told know already.
            leave_tables(self.weak, self.identity, &mut self.finalization.notices, object);
            drop_payload(self.shapes, self.stats, object);
        }
    }
}
