//! The points where anything may happen: polls, collections, the drain of the zero queue, finalizers, and the end of the heap.
//!
//! All take `&mut Cx`, so that no `Local` exists. Finalizers may do all of this again; how deep they nest is bounded, and what
//! is due beyond that waits for the outermost.

use crate::cache::FreeCell;
use crate::cx::release_stack;
use crate::header::{Header, ShapeId, FLAG_FINALIZED, FLAG_LARGE, FLAG_QUEUED};
use crate::heap::Core;
use crate::limits::HeapFull;
use crate::manager::{push_zero, CollectKind, Memory};
use crate::object::{Any, Local};
use crate::protocol::signals::{COLLECT, FINALIZERS};
use crate::refs;
use crate::shape::{tail_len, visit_slots, Brief, FinalizeFn, Tail, Visitor};
use crate::space::{class_bytes, size_class};
use crate::value::Value;
use crate::Cx;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::ptr::NonNull;

/// Finalizers run inside each other this deep: then what became due waits, so that no chain of them overflows the stack.
const MAX_FINALIZER_DEPTH: u32 = 16;

/// How often finalizers at the heap's end may make objects with finalizers.
const MAX_CLOSE_ROUNDS: usize = 16;

const OTHER_SIZE: &str = "an object's shape has another size than its cell";

impl Cx<'_> {
    /// A poll: runs what is due (collection, finalizers, releases of other threads). Cheap when nothing is.
    #[inline]
    pub fn poll(&mut self) {
        let memory = &self.core_ref().memory;
        if memory.signals.pending() & (COLLECT | FINALIZERS) != 0 || !memory.zero.is_empty() {
            self.poll_slow();
        }
    }

    #[cold]
    #[inline(never)]
    fn poll_slow(&mut self) {
        self.drain();
        let signals = self.core_ref().memory.signals.clone();
        if signals.take(COLLECT) != 0 {
            // Over the limit, only finding all garbage will do.
            let over = !self.core_ref().memory.fits_strictly(0);
            self.collect(if over { CollectKind::Full } else { CollectKind::Auto });
        } else if let Some(tickets) = self.core_ref().releases.clone().take_signalled() {
            for ticket in tickets {
                self.remove_owned(ticket);
            }
            self.drain();
            self.run_finalizers();
        }
    }

    /// Collects now, and runs the finalizers that are due.
    pub fn collect(&mut self, kind: CollectKind) {
        self.take_releases();
        self.drain();
        self.core_mut().collect_garbage(kind);
        self.drain();
        self.run_finalizers();
    }

    /// Makes sure that `bytes` fit the limit, collecting if need be; the overdraft stays in reserve for fragmentation.
    pub fn reserve(&mut self, bytes: usize) -> Result<(), HeapFull> {
        if self.core_ref().memory.fits_strictly(bytes) {
            return Ok(());
        }
        self.collect(CollectKind::Full);
        if self.core_ref().memory.has_kept(bytes) {
            return Ok(());
        }
        // What the finalizers of the first collection let go of.
        self.collect(CollectKind::Full);
        if self.core_ref().memory.has_kept(bytes) {
            return Ok(());
        }
        self.core_mut().memory.has_failed();
        Err(HeapFull { requested: bytes })
    }

    fn take_releases(&mut self) {
        for ticket in self.core_ref().releases.clone().take() {
            self.remove_owned(ticket);
        }
    }

    /// Frees what the zero queue holds and, iteratively, what only that kept alive; finalizers run on the way. Counting managers only
    /// ever queue.
    #[inline]
    pub fn drain(&mut self) {
        if !self.core_ref().memory.zero.is_empty() {
            self.drain_slow();
        }
    }

    #[inline(never)]
    fn drain_slow(&mut self) {
        self.drain_zero();
        if self.core_ref().finalizer_depth == 0 {
            self.run_finalizers();
        }
    }

    /// The drain without the finalizers that were postponed.
    fn drain_zero(&mut self) {
        loop {
            let core = self.core_mut();
            // SAFETY: no `Local` exists.
            let Some((object, finalize)) = (unsafe { free_queued(&mut core.memory) }) else {
                return;
            };
            if core.finalizer_depth >= MAX_FINALIZER_DEPTH {
                core.postpone(object);
            } else {
                self.finalize(object, finalize);
            }
        }
    }

    /// Runs one object's finalizer. The scope holds it meanwhile; leaving the scope re-checks its count.
    fn finalize(&mut self, object: *mut Header, finalize: FinalizeFn) {
        struct Depth(NonNull<Core>);
        impl Drop for Depth {
            fn drop(&mut self) {
                // SAFETY: the core outlives every context; the borrow ends here.
                unsafe { (*self.0.as_ptr()).finalizer_depth -= 1 };
            }
        }
        // SAFETY: the caller's object is allocated, and its finalizer runs now.
        unsafe { (*object).set(FLAG_FINALIZED) };
        let core = self.core_mut();
        core.memory.stats.finalizers += 1;
        core.finalizer_depth += 1;
        let closing = core.closing;
        let _depth = Depth(self.core_ptr());
        self.scoped(|cx| {
            // SAFETY: allocated, and rooted before anything else runs.
            let handle = cx.root(unsafe { Local::<Any>::from_value(Value::from_header(object)) });
            if closing {
                // Nobody is left to see a panic but its hook, and the other finalizers are still owed.
                let _ = catch_unwind(AssertUnwindSafe(|| finalize(cx, handle)));
            } else {
                finalize(cx, handle);
            }
        });
    }

    fn run_finalizers(&mut self) {
        while self.core_ref().finalizer_depth < MAX_FINALIZER_DEPTH {
            let Some(value) = self.core_mut().memory.finalization.pending.pop_front() else {
                return;
            };
            let header = value.header();
            // SAFETY: pending objects are kept alive by the list.
            let (shape, done) = unsafe { ((*header).shape(), (*header).has(FLAG_FINALIZED)) };
            let finalize = self.core_ref().memory.shapes.get(shape).finalize;
            if let Some(finalize) = finalize.filter(|_| !done) {
                self.run_pending(value, finalize);
            } else if self.core_ref().counted {
                // SAFETY: the list owned a count.
                unsafe { refs::release(self.core(), value) };
            }
            self.drain_zero();
        }
    }

    /// Runs the finalizer of an object that was on the list; the scope takes the list's count over.
    fn run_pending(&mut self, value: Value, finalize: FinalizeFn) {
        self.scoped(|cx| {
            let index = cx.core_mut().memory.roots.stack.push(value);
            // SAFETY: the object is on the stack.
            let object = unsafe { (*cx.core_ref().memory.roots.stack.slot(index)).header() };
            cx.finalize(object, finalize);
        });
    }

    /// Charges (or, when negative, discharges) memory outside the heap that objects own. Discharging more than was charged leaves zero.
    pub fn external(&self, delta: i64) {
        let memory = &mut self.core_mut().memory;
        memory.stats.external_bytes = memory.stats.external_bytes.saturating_add_signed(delta);
        if delta > 0 {
            memory.note_external(delta as usize);
        }
    }

    /// As [`external`](Self::external) for memory about to be allocated, unless it does not fit the limit.
    pub fn charge(&self, bytes: usize) -> Result<(), HeapFull> {
        let memory = &mut self.core_mut().memory;
        if memory.fails_now() || !memory.fits(bytes) {
            return Err(HeapFull { requested: bytes });
        }
        self.external(bytes as i64);
        Ok(())
    }

    /// Ends the heap: each finalizer exactly once, then each drop.
    pub(crate) fn close(&mut self) {
        self.core_mut().closing = true;
        self.core_mut().memory.zeal.fail_at = 0;
        for ticket in self.core_ref().releases.clone().close() {
            self.remove_owned(ticket);
        }
        release_stack(self.core_ptr(), 0);
        for ticket in self.core_ref().memory.roots.owned.tickets() {
            self.remove_owned(ticket);
        }
        self.drain();
        self.run_finalizers();
        // Cycles, leaks, and what finalizers left behind.
        self.finalize_all();
        self.core_mut().drop_payloads();
    }

    /// Runs every finalizer that has not run, of live objects too: for the end of a heap, while its embedder's data still stand.
    pub fn finalize_all(&mut self) {
        // A finalizer that makes finalizable objects can't go on for ever.
        for _ in 0..MAX_CLOSE_ROUNDS {
            let due = self.core_mut().unfinalized();
            if due.is_empty() {
                break;
            }
            for object in due {
                self.core_mut().postpone(object);
            }
            self.core_mut().memory.finalization.registered.clear();
            self.run_finalizers();
            self.drain();
        }
    }
}

/// Frees what is on the zero queue until it is empty or an object's finalizer must run: that one is returned, off the queue.
///
/// # Safety
/// No `Local` exists.
unsafe fn free_queued(memory: &mut Memory) -> Option<(*mut Header, FinalizeFn)> {
    // Neither changes while cells are freed.
    let stressed = memory.zeal.poison || memory.cache.is_hidden();
    // SAFETY: queued objects are allocated; one is freed only when taken off the queue, which nothing refers to: its count is zero and
    // no `Local` exists.
    unsafe {
        let mut object = pop_dead(&mut memory.zero);
        while !object.is_null() {
            let shape = (*object).shape();
            let brief = memory.shapes.brief(shape);
            let simple = !stressed && (*object).is_plain_of(shape);
            if simple && brief.is_plain() {
                object = free_alike(memory, object, shape, brief);
            } else if simple && brief.is_plain_tail() && !(*object).has(FLAG_LARGE) {
                free_tail(memory, object, shape);
                object = pop_dead(&mut memory.zero);
            } else {
                if let Some(finalize) = free_slow(memory, object) {
                    return Some((object, finalize));
                }
                object = pop_dead(&mut memory.zero);
            }
        }
    }
    None
}

/// Takes the last object without references off the queue, or null; those that have got one just leave the queue.
///
/// # Safety
/// Queued objects are allocated.
#[inline(always)]
unsafe fn pop_dead(zero: &mut Vec<*mut Header>) -> *mut Header {
    while let Some(object) = zero.pop() {
        // SAFETY: by contract.
        unsafe {
            if (*object).count() == 0 {
                return object;
            }
            (*object).clear(FLAG_QUEUED);
        }
    }
    std::ptr::null_mut()
}

/// Frees a dead object and those that die with it or follow it on the queue, as long as all are of one shape: what dies together often is, and
/// what to release and where to put the cells is then known without waiting for headers. Returns the first dead object that is not, off the
/// queue, or null when the queue is empty.
///
/// # Safety
/// No `Local` exists; the object is off the queue and has no references; its shape is plain and this is its brief; no stress mode is on.
unsafe fn free_alike(
    memory: &mut Memory,
    mut object: *mut Header,
    shape: ShapeId,
    brief: Brief,
) -> *mut Header {
    let class = brief.class as usize;
    let Memory { zero, cache, stats, .. } = memory;
    let (mut free, mut cells) = (cache.bin(class).free, 0);
    // SAFETY: as in `free_queued`. Slots of an object own a count of a valid object.
    unsafe {
        loop {
            // The last child that lost its last reference is freed next, without a stop on the queue.
            let mut next: *mut Header = std::ptr::null_mut();
            let mut slots = brief.slots;
            while slots != 0 {
                let slot = *(object as *const Value).add(slots.trailing_zeros() as usize);
                slots &= slots - 1;
                if slot.is_ref() && (*slot.header()).release_to_queue() {
                    if !next.is_null() {
                        push_zero(zero, next);
                    }
                    next = slot.header();
                }
            }
            debug_assert!(crate::space_class_of(object) == class, "{OTHER_SIZE}");
            free = FreeCell::make(object, 0, free, false);
            cells += 1;
            if next.is_null() {
                next = pop_dead(zero);
            }
            if next.is_null() || !(*next).is_plain_of(shape) {
                cache.bin(class).free = free;
                stats.allocated_bytes += cells * brief.cell as u64;
                return next;
            }
            object = next;
        }
    }
}

/// Frees a small object that is nothing but a tail.
///
/// # Safety
/// Nothing refers to the object, and no side table has an entry of it; no stress mode is on.
unsafe fn free_tail(memory: &mut Memory, object: *mut Header, shape: ShapeId) {
    // SAFETY: by contract the object is valid; its tail begins behind two words, and its values own counts of valid objects.
    unsafe {
        let len = tail_len(object);
        let tail = memory.shapes.get(shape).tail;
        let size = match tail {
            Tail::Bytes(shift) => ((len << shift) + 7) & !7,
            _ => len * 8,
        };
        if tail == Tail::Values {
            for n in 0..len {
                let value = *(object as *const Value).add(2 + n);
                if value.is_ref() && (*value.header()).release_to_queue() {
                    push_zero(&mut memory.zero, value.header());
                }
            }
        }
        let class = size_class(16 + size);
        debug_assert!(crate::space_class_of(object) == class, "{OTHER_SIZE}");
        let bin = memory.cache.bin(class);
        bin.free = FreeCell::make(object, 0, bin.free, false);
        memory.stats.allocated_bytes += class_bytes(class) as u64;
    }
}

/// Releases what the object refers to and gives its cell back, unless its finalizer must run first.
///
/// # Safety
/// Nothing refers to the object.
#[inline(never)]
unsafe fn free_slow(memory: &mut Memory, object: *mut Header) -> Option<FinalizeFn> {
    struct Releaser<'a> {
        zero: &'a mut Vec<*mut Header>,
    }
    impl Visitor for Releaser<'_> {
        #[inline(always)]
        fn slot(&mut self, slot: &mut Value) {
            if slot.is_ref() {
                // SAFETY: slots of an object own a count of a valid object.
                unsafe {
                    if (*slot.header()).release_to_queue() {
                        push_zero(self.zero, slot.header());
                    }
                }
            }
        }

        fn uncounted(&mut self, _: &mut Value) {}
    }
    // SAFETY: by contract the object is valid and unreferenced.
    unsafe {
        let id = (*object).shape();
        (*object).clear(FLAG_QUEUED);
        memory.shapes.refresh(id);
        if let Some(finalize) = memory.shapes.get(id).finalize {
            if !(*object).has(FLAG_FINALIZED) {
                return Some(finalize);
            }
        }
        visit_slots(&memory.shapes, object, &mut Releaser { zero: &mut memory.zero });
        memory.drop_payload(object);
        memory.free_cell(object);
    }
    None
}
