//! The marker shared by all tracing: an explicit stack in front of two prefetch queues.
//!
//! An object waits in a first queue while its mark bit is on its way from memory, and, if it was unmarked, in a second one while the
//! object itself is (after Cher, Hosking & Vitek, "Software prefetching for mark-sweep garbage collection", 2004). Most references lead
//! to objects that are marked already; of those only the mark bits are ever read, which are small enough for the caches.
//!
//! The values of a long object are pushed a few at a time, so that the stack doesn't hold them all at once. When the stack can't grow,
//! what would be pushed is left out and the marker remembers that it overflowed; marked objects are then visited again until nothing was
//! left out. So marking never fails, it only gets slower.

use crate::ahead::{prefetch, BitsAhead, ObjectsAhead, Queue};
use crate::brief::Brief;
use crate::header::{Header, ShapeId, FLAG_LARGE, FLAG_LOG, FLAG_MARKED};
use crate::holders::{self, Holders, Part};
use crate::shape::{object_size, visit_head, visit_slots, visit_tail, ShapeTable, Visitor};
use crate::space::{BlockSpace, ChunkMap};
use crate::space_mark as space;
use crate::value::Value;

/// Objects with more values than this are visited by slices of this length.
pub(crate) const SLICE: usize = 256;

/// A marking in progress.
#[derive(Debug)]
pub struct Marker {
    stack: Vec<*mut Header>,
    bits: BitsAhead,
    ahead: ObjectsAhead,
    /// References that keep nothing alive, of what was visited.
    uncounted: Vec<*mut Value>,
    /// Long objects, with the number of their values that were pushed.
    long: Vec<(*mut Header, usize)>,
    /// Marked objects that somebody has left to be visited.
    unvisited: Vec<*mut Header>,
    chunks: ChunkMap,
    /// What was pushed last for a slot: lists often hold the same object many times over.
    last: *mut Header,
    counted: bool,
    /// Whether visited objects get the log flag.
    logs: bool,
    /// Whether the mutator runs between the parts of the marking.
    interrupted: bool,
    /// Objects visited with [unlogged](crate::Shape::unlogged) references, when `logs`.
    unlogged: Vec<*mut Header>,
    /// One of them could not be noted.
    lost: bool,
    overflowed: bool,
    limit: usize,
    /// Who refers into blocks that are to be emptied, if somebody wants to know.
    holders: Option<Holders>,
    /// Objects marked so far.
    pub objects: u64,
    /// Bytes of the objects marked so far.
    pub bytes: u64,
}

impl Default for Marker {
    fn default() -> Marker {
        Marker {
            stack: Vec::new(),
            bits: Queue::EMPTY,
            ahead: Queue::EMPTY,
            uncounted: Vec::new(),
            long: Vec::new(),
            unvisited: Vec::new(),
            chunks: ChunkMap::default(),
            last: std::ptr::null_mut(),
            counted: false,
            logs: false,
            interrupted: false,
            unlogged: Vec::new(),
            lost: false,
            overflowed: false,
            limit: usize::MAX,
            holders: None,
            objects: 0,
            bytes: 0,
        }
    }
}

/// Shows the marker only what is not marked yet.
struct Unmarked<'a>(&'a mut Marker);

impl Visitor for Unmarked<'_> {
    fn slot(&mut self, slot: &mut Value) {
        // SAFETY: slots of allocated objects refer to allocated ones.
        if slot.is_ref() && unsafe { !is_marked(slot.header()) } {
            self.0.push(slot.header());
        }
    }

    /// Noted when its object was visited first.
    fn uncounted(&mut self, _: &mut Value) {}
}

impl Visitor for Marker {
    #[inline(always)]
    fn slot(&mut self, slot: &mut Value) {
        if slot.is_ref() && slot.header() != self.last {
            let pushed = self.push(slot.header());
            self.last = if pushed { slot.header() } else { std::ptr::null_mut() };
        }
    }

    #[inline(always)]
    fn uncounted(&mut self, slot: &mut Value) {
        // Where counts decide, a reference that owns none may be stale. Where the mutator goes on, the slot may be gone at the end: it is looked at
        // once more then.
        if self.counted || self.interrupted || !slot.is_ref() {
            return;
        }
        match self.uncounted.try_reserve(1) {
            Ok(()) => self.uncounted.push(slot),
            // Without memory it may as well keep what it refers to.
            Err(_) => self.slot(slot),
        }
    }
}

impl Marker {
    /// A marker for a heap under a counting manager.
    pub fn counted() -> Marker {
        Marker { counted: true, ..Marker::default() }
    }

    /// A marker that gives what it visits [the log flag](crate::header::FLAG_LOG), so that the write barrier tells of stores into it, and lists objects
    /// with unlogged references.
    pub(crate) fn logging() -> Marker {
        Marker { logs: true, ..Marker::default() }
    }

    /// The mutator may go on between calls of [`drain_some`](Self::drain_some), or not any more.
    pub(crate) fn set_interrupted(&mut self, interrupted: bool) {
        self.interrupted = interrupted;
    }

    /// The objects with unlogged references that were visited; and whether some are missing for want of memory.
    pub(crate) fn take_unlogged(&mut self) -> (Vec<*mut Header>, bool) {
        (std::mem::take(&mut self.unlogged), std::mem::take(&mut self.lost))
    }

    /// Hands over what is to be marked next, so that another thread does it; empty if there is nothing.
    pub(crate) fn take_stack(&mut self) -> Vec<*mut Header> {
        std::mem::take(&mut self.stack)
    }

    /// Goes on where another thread has stopped: with this stack, and with objects that it has marked and left to be visited. `lost`: something could not be noted.
    pub(crate) fn take_over(
        &mut self,
        stack: Vec<*mut Header>,
        unvisited: &mut Vec<*mut Header>,
        lost: bool,
    ) {
        debug_assert!(self.stack.is_empty());
        (self.stack, self.last) = (stack, std::ptr::null_mut());
        self.overflowed |= lost;
        if self.unvisited.is_empty() {
            std::mem::swap(&mut self.unvisited, unvisited);
        } else if self.unvisited.try_reserve(unvisited.len()).is_ok() {
            self.unvisited.append(unvisited);
        } else {
            // They are marked: a walk through the heap finds them.
            unvisited.clear();
            self.overflowed = true;
        }
    }

    /// Pushes what marked objects refer to now that the mutator has run: these, which were written to, and those with unlogged references. The
    /// barrier tells of stores into them again.
    ///
    /// # Safety
    /// As [`rescan`](Self::rescan); no object that was marked has been freed.
    pub(crate) unsafe fn revisit(&mut self, shapes: &ShapeTable, written: impl Iterator<Item = *mut Header>) {
        // SAFETY: by contract.
        unsafe {
            let mut coming: ObjectsAhead = Queue::EMPTY;
            for object in written {
                prefetch(object.cast());
                self.push_slots(shapes, coming.put(object));
            }
            loop {
                let object = coming.take();
                if object.is_null() {
                    break;
                }
                self.push_slots(shapes, object);
            }
            let unlogged = std::mem::take(&mut self.unlogged);
            unlogged.iter().for_each(|&object| self.push_slots(shapes, object));
            self.unlogged = unlogged;
        }
    }

    unsafe fn push_slots(&mut self, shapes: &ShapeTable, object: *mut Header) {
        if !object.is_null() {
            // SAFETY: by the contract of `revisit`.
            unsafe {
                (*object).set(FLAG_LOG);
                self.push_references(shapes, object);
            }
        }
    }

    /// Has this marker note who refers into blocks that are to be emptied, if there is memory for a list of them.
    pub(crate) fn note_holders(&mut self, holders: Option<Holders>) {
        self.holders = holders;
    }

    /// Whether it does.
    #[inline(always)]
    pub(crate) fn is_noting(&self) -> bool {
        self.holders.is_some()
    }

    /// Those that were noted, when all is marked: all there are. `None` if that was given up.
    pub(crate) fn take_holders(&mut self) -> Option<Holders> {
        self.holders.take()
    }

    /// Whether this object lies in a block that is to be emptied.
    #[inline(always)]
    pub(crate) fn moves(&self, object: *mut Header) -> bool {
        // SAFETY: what lies in a chunk has a class.
        self.chunks.holds(object) && unsafe { crate::space::is_sparse(object) }
    }

    /// Has `add` note a holder, or, if that is not possible, gives up noting them.
    #[inline(always)]
    pub(crate) fn note(&mut self, add: impl FnOnce(&mut Holders) -> bool) {
        if self.holders.as_mut().is_some_and(|holders| !add(holders)) {
            self.note_holders(None);
        }
    }

    /// A marker whose stack holds `limit` objects at most, to test the overflow.
    pub fn bounded(self, limit: usize) -> Marker {
        Marker { limit: limit.max(1), ..self }
    }

    /// Marks the object and what it reaches at the next [`drain`](Self::drain). Whether there was room for it; if not, the marking has
    /// [overflowed](Self::take_overflow).
    #[inline(always)]
    pub fn push(&mut self, object: *mut Header) -> bool {
        let room = self.stack.len() < self.stack.capacity() || self.grow();
        if room {
            self.stack.push(object);
        }
        room
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) -> bool {
        let wanted = self.stack.capacity().clamp(64, 1 << 20);
        let grown = if self.stack.capacity() == 0 && self.limit < wanted {
            self.stack.try_reserve_exact(self.limit).is_ok()
        } else {
            self.stack.capacity() < self.limit && self.stack.try_reserve(wanted).is_ok()
        };
        self.overflowed |= !grown;
        grown
    }

    /// Whether something could not be pushed since the last call.
    pub fn take_overflow(&mut self) -> bool {
        std::mem::take(&mut self.overflowed)
    }

    /// Marks what a marked object refers to and is unmarked; part of recovering from an overflow.
    ///
    /// # Safety
    /// `object` is valid, and all that is reachable from it.
    pub unsafe fn rescan(&mut self, shapes: &ShapeTable, object: *mut Header) {
        // SAFETY: by contract.
        unsafe {
            visit_slots(shapes, object, &mut Unmarked(self));
            self.drain(shapes);
        }
    }

    /// Makes holes of the references that have kept nothing alive, where their objects are dead; when all is marked.
    pub(crate) fn forget_dead(&mut self) {
        for slot in self.uncounted.drain(..) {
            // SAFETY: a slot of an object that this marking has visited, and which still lies where it was; dead objects are not freed yet.
            unsafe {
                if !is_marked((*slot).header()) {
                    *slot = Value::HOLE;
                }
            }
        }
    }

    /// Learns where small objects lie; before anything is marked.
    pub(crate) fn prepare(&mut self, blocks: &BlockSpace) {
        self.chunks = blocks.chunk_map();
        if !self.chunks.is_complete() {
            // It can't tell what is to move.
            self.note_holders(None);
        }
    }

    /// Marks everything reachable from what was pushed.
    ///
    /// # Safety
    /// Every object pushed is valid, and all that is reachable from it.
    pub unsafe fn drain(&mut self, shapes: &ShapeTable) {
        // SAFETY: by contract.
        unsafe { self.drain_some(shapes, usize::MAX) };
    }

    /// Marks on, from what was pushed, for so many steps, each of which takes an object off the stack; whether nothing is left.
    ///
    /// # Safety
    /// As [`drain`](Self::drain).
    pub(crate) unsafe fn drain_some(&mut self, shapes: &ShapeTable, mut steps: usize) -> bool {
        // SAFETY: by contract; the shape of free cells is always there.
        unsafe {
            let mut last = (ShapeId::FREE, shapes.brief(ShapeId::FREE));
            loop {
                while let Some(next) = self.stack.pop() {
                    if steps == 0 {
                        self.stack.push(next);
                        return false;
                    }
                    steps -= 1;
                    prefetch(space::mark_address(next));
                    let object = self.bits.put(next);
                    if !object.is_null() {
                        self.look(shapes, object, &mut last);
                    }
                }
                // Nothing else to put into the queues: work them off.
                if self.push_slice(shapes) {
                    continue;
                }
                if let Some(next) = self.unvisited.pop() {
                    if steps == 0 {
                        self.unvisited.push(next);
                        return false;
                    }
                    steps -= 1;
                    self.visit(shapes, next, &mut last);
                    continue;
                }
                let object = self.bits.take();
                if !object.is_null() {
                    self.look(shapes, object, &mut last);
                    continue;
                }
                let object = self.ahead.take();
                if object.is_null() {
                    return true;
                }
                self.visit(shapes, object, &mut last);
            }
        }
    }

    /// Marks an object whose mark bit has arrived, and visits one that has arrived itself.
    #[inline(always)]
    unsafe fn look(&mut self, shapes: &ShapeTable, object: *mut Header, last: &mut (ShapeId, Brief)) {
        // SAFETY: by the contract of `drain`.
        unsafe {
            let fresh = if self.chunks.holds(object) { space::mark(object) } else { mark(object) };
            if fresh {
                prefetch(object.cast());
                // The end of most objects, if it lies in the next cache line.
                prefetch(object.cast::<u8>().wrapping_add(32));
                let arrived = self.ahead.put(object);
                if !arrived.is_null() {
                    self.visit(shapes, arrived, last);
                }
            }
        }
    }

    /// Pushes what a marked object refers to.
    #[inline(always)]
    unsafe fn visit(&mut self, shapes: &ShapeTable, object: *mut Header, last: &mut (ShapeId, Brief)) {
        self.objects += 1;
        // SAFETY: by the contract of `drain`, the object and its shape are valid.
        unsafe {
            let shape = (*object).shape();
            if shape != last.0 {
                let brief = shapes.brief(shape);
                // To note holders takes care with all objects.
                *last = (shape, if self.is_noting() { brief.unfixed() } else { brief });
            }
            let brief = last.1;
            if self.logs && !(*object).has(FLAG_LOG) {
                (*object).set(FLAG_LOG);
            }
            if !brief.is_fixed() || self.stack.capacity() - self.stack.len() < 64 {
                return self.visit_any(shapes, object);
            }
            self.bytes += brief.size as u64;
            // Written whether it is a reference or not, and counted if it is: no branch to mispredict.
            let mut end = self.stack.as_mut_ptr().add(self.stack.len());
            let mut slots = brief.slots;
            while slots != 0 {
                let slot = *(object as *const Value).add(slots.trailing_zeros() as usize);
                slots &= slots - 1;
                end.write(slot.header());
                end = end.add(slot.is_ref() as usize);
            }
            self.stack.set_len(end.offset_from(self.stack.as_ptr()) as usize);
        }
    }

    /// As [`visit`](Self::visit), for all layouts, and when the stack has to grow.
    #[inline(never)]
    unsafe fn visit_any(&mut self, shapes: &ShapeTable, object: *mut Header) {
        // SAFETY: by the contract of `drain`.
        unsafe {
            self.bytes += object_size(shapes, object) as u64;
            let brief = shapes.brief((*object).shape());
            if self.logs && !brief.is_fixed() && shapes.get((*object).shape()).unlogged {
                match self.unlogged.try_reserve(1) {
                    Ok(()) => self.unlogged.push(object),
                    Err(_) => {
                        self.lost = true;
                        // Nor will it be looked at again.
                        self.note_holders(None);
                    }
                }
            }
            self.push_references(shapes, object);
        }
    }

    /// Pushes what an object refers to now, the values of a long one later.
    unsafe fn push_references(&mut self, shapes: &ShapeTable, object: *mut Header) {
        // SAFETY: by the contract of `drain`.
        unsafe {
            let is_fixed = shapes.brief((*object).shape()).is_fixed();
            let is_long = !is_fixed && self.long.try_reserve(1).is_ok();
            match (is_long, self.is_noting()) {
                (true, false) => visit_head(shapes, object, self),
                (false, false) => visit_slots(shapes, object, self),
                (true, true) => {
                    holders::show(self, object, Part::Head, |noting| visit_head(shapes, object, noting))
                }
                (false, true) => {
                    holders::show(self, object, Part::Whole, |noting| visit_slots(shapes, object, noting))
                }
            }
            if is_long {
                self.long.push((object, 0));
            }
        }
    }

    /// Pushes the next few values of a long object; whether there was one.
    unsafe fn push_slice(&mut self, shapes: &ShapeTable) -> bool {
        let Some((object, from)) = self.long.pop() else { return false };
        // SAFETY: by the contract of `drain`. There is room for what was just taken off.
        unsafe {
            let next = from + SLICE;
            let more = match self.is_noting() {
                true => self.note_slice(shapes, object, from),
                false => visit_tail(shapes, object, from, next, self),
            };
            if more {
                self.long.push((object, next));
            }
        }
        true
    }
}

impl Marker {
    /// As [`push_slice`](Self::push_slice), while holders are noted: whether there are more values.
    #[cold]
    #[inline(never)]
    unsafe fn note_slice(&mut self, shapes: &ShapeTable, object: *mut Header, from: usize) -> bool {
        holders::show(self, object, Part::of_tail(from), |noting| {
            // SAFETY: by the contract of `drain`.
            unsafe { visit_tail(shapes, object, from, from + SLICE, noting) }
        })
    }
}

/// Marks the object; whether it was unmarked.
///
/// # Safety
/// `object` is a valid object of a block or the large-object space.
#[inline(always)]
pub unsafe fn mark(object: *mut Header) -> bool {
    // SAFETY: by contract.
    unsafe {
        if (*object).has(FLAG_LARGE) {
            let fresh = !(*object).has(FLAG_MARKED);
            (*object).set(FLAG_MARKED);
            fresh
        } else {
            space::mark(object)
        }
    }
}

/// Whether the object is marked.
///
/// # Safety
/// `object` is a valid object of a block or the large-object space.
#[inline(always)]
pub unsafe fn is_marked(object: *mut Header) -> bool {
    // SAFETY: by contract.
    unsafe {
        if (*object).has(FLAG_LARGE) {
            (*object).has(FLAG_MARKED)
        } else {
            space::is_marked(object)
        }
    }
}
