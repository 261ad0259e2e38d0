//! The points where anything may happen: polls, collections, the drain of the zero queue, finalizers, and the end of the heap.
//!
//! All take `&mut Cx`, so that no `Local` exists. Finalizers may do all of this again; how deep they nest is bounded, and what
//! is due beyond that waits for the outermost.
//!
//! Programs can see the order in which objects die, by finalizers and by weak references that call back, so it is CPython's: what lost its
//! last reference first dies first, and what dies with an object dies right after it, in the order of its references, before what was
//! released later. The queue is a stack, therefore: a batch is turned round before it is drained, and references of a dying object are
//! pushed last first. While a finalizer runs the rest of the batch is held back.

use crate::cx::release_stack;
use crate::finalize::Due;
use crate::free::{free_batch, free_queued, free_single, Last};
use crate::header::{Header, FLAG_FINALIZED, FLAG_QUEUED};
use crate::heap::Core;
use crate::limits::HeapFull;
use crate::manager::CollectKind;
use crate::object::{Any, Local};
use crate::protocol::signals::{COLLECT, DRAIN, FINALIZERS};
use crate::shape::{due_finalizer, FinalizeFn};
use crate::value::Value;
use crate::Cx;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::ptr::NonNull;
use std::time::{Duration, Instant};

/// Finalizers run inside each other this deep: then what became due waits, so that no chain of them overflows the stack.
const MAX_FINALIZER_DEPTH: u32 = 16;

/// How often finalizers at the heap's end may make objects with finalizers.
const MAX_CLOSE_ROUNDS: usize = 16;

impl Cx<'_> {
    /// A poll: runs what is due (collection, finalizers, releases of other threads). Cheap when nothing is.
    #[inline]
    pub fn poll(&mut self) {
        if self.core_ref().memory.signals.pending() & (COLLECT | FINALIZERS | DRAIN) != 0 {
            self.poll_slow();
        } else {
            self.drain();
        }
    }

    #[cold]
    #[inline(never)]
    fn poll_slow(&mut self) {
        self.drain();
        // Looked at again: the drain has a say in them.
        let pending = self.core_ref().memory.signals.pending();
        if pending & DRAIN != 0 {
            self.drain_more();
        }
        if pending & COLLECT != 0 {
            self.collect_signalled();
        } else if pending & FINALIZERS != 0 {
            if let Some(tickets) = self.core_ref().releases.take_signalled() {
                for ticket in tickets {
                    self.remove_owned(ticket);
                }
                self.drain();
                self.run_finalizers();
            }
        }
    }

    /// The collection that somebody has requested.
    #[inline(never)]
    fn collect_signalled(&mut self) {
        let core = self.core_mut();
        core.memory.signals.take(COLLECT);
        // Over a limit, and where somebody lacked room, only finding all garbage will do.
        let failed = std::mem::take(&mut core.memory.failed);
        let over = failed || !core.memory.fits_strictly(0) || core.memory.is_pressed();
        let wanted = core.automatic || !core.counted || core.memory.zeal.collect_every != 0;
        match (over, wanted) {
            (true, _) => self.collect(CollectKind::Full),
            (false, true) => self.collect(CollectKind::Auto),
            (false, false) => {}
        }
    }

    /// Collects now, and runs the finalizers that are due.
    pub fn collect(&mut self, kind: CollectKind) {
        self.take_releases();
        self.drain_for(kind);
        let hook = self.core_ref().collection_hook.filter(|_| !self.core_ref().closing);
        let told = hook.map(|hook| (hook, self.core_ref().starting(kind)));
        if let Some((hook, starting)) = &told {
            hook(self, starting);
            self.drain_for(kind);
        }
        let paused = self.pauses().total_ns();
        let before = self.core_ref().memory.finalization.due();
        let finalized = self.collect_and_finalize(kind, before);
        if kind == CollectKind::Full && finalized {
            // All garbage, and that is by now what finalizers have not resurrected, too.
            let collected = self.core_ref().memory.stats.collected_objects;
            self.collect_and_finalize(kind, before);
            self.core_mut().memory.stats.collected_objects += collected;
        }
        self.relieve(kind);
        if let Some((hook, starting)) = &told {
            let stopped = self.core_ref().stopped(starting, self.pauses().total_ns() - paused);
            hook(self, &stopped);
            self.drain();
        }
    }

    /// Works off what is put off, for about as long as `budget`: what drains have left, a collection in slices that is under way, and one that is more than
    /// half due, so that none comes between two steps. Whether nothing is left. For programs that know when they have time, as between two frames.
    ///
    /// A portion of a drain or a slice takes well below a millisecond; `mark` has no slices, and its collection takes what it takes.
    pub fn step(&mut self, budget: Duration) -> bool {
        let start = Instant::now();
        loop {
            self.drain();
            let Core { memory, manager, automatic, counted, .. } = self.core_ref();
            let due = memory.allocated_since >= memory.collect_at / 2 && (*automatic || !counted);
            if memory.signals.pending() & DRAIN != 0 {
                self.drain_more();
            } else if manager.is_collecting() || due {
                self.collect(CollectKind::Auto);
            } else {
                return true;
            }
            if start.elapsed() >= budget || self.core_ref().finalizer_depth > 0 {
                return false;
            }
        }
    }

    /// Switches the collections that a counting manager runs by itself on or off; on at first. At its limits the heap collects in any case, and
    /// tracing managers always do: without it they would only grow.
    pub fn set_automatic(&self, on: bool) {
        self.core_mut().automatic = on;
    }

    /// Collects, and runs what is due beyond what was before. Whether there were finalizers among that.
    fn collect_and_finalize(&mut self, kind: CollectKind, before: Due) -> bool {
        self.core_mut().collect_garbage(kind);
        let finalizers = self.core_ref().memory.finalization.due().finalizers;
        self.drain_for(kind);
        self.run_due(before);
        finalizers > before.finalizers
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
        for ticket in self.core_ref().releases.take() {
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
        let memory = &mut self.core_mut().memory;
        // SAFETY: no `Local` exists; the queue has an entry.
        unsafe {
            let first = *memory.zero.as_ptr();
            if memory.zero.len() == 1 && free_single(memory, first) && memory.is_settled() {
                return;
            }
        }
        self.drain_all();
    }

    /// Lets an object die whose last reference is gone, and what dies with it: as a [drain](Self::drain) when it is on the zero queue.
    ///
    /// # Safety
    /// The heap is counted, the object's count is zero.
    #[inline(never)]
    pub unsafe fn let_die(&mut self, object: *mut Header) {
        let memory = &mut self.core_mut().memory;
        // SAFETY: by contract, and no `Local` exists.
        unsafe {
            // One that has an entry may lie among those that wait.
            let alone = memory.zero.is_empty() && !(*object).has(FLAG_QUEUED);
            if alone && free_single(memory, object) {
                if memory.is_settled() {
                    return;
                }
            } else {
                memory.queue_zero(object);
            }
        }
        self.drain_all();
    }

    #[inline(never)]
    fn drain_all(&mut self) {
        self.drain_batch();
        self.run_finalizers();
    }

    /// Goes on with what a drain has left, unless a finalizer runs.
    #[inline(never)]
    fn drain_more(&mut self) {
        if self.core_ref().finalizer_depth == 0 {
            self.core_mut().memory.go_on();
            self.drain_queue();
            self.run_finalizers();
        }
    }

    /// Drains all, in one go, also what earlier drains have left.
    pub(crate) fn drain_whole(&mut self) {
        let portion = std::mem::replace(&mut self.core_mut().memory.portion, usize::MAX);
        self.drain();
        if self.core_ref().memory.signals.pending() & DRAIN != 0 {
            self.drain_more();
        }
        self.core_mut().memory.portion = portion;
    }

    /// The drain that a collection needs.
    fn drain_for(&mut self, kind: CollectKind) {
        match kind {
            CollectKind::Auto => self.drain(),
            CollectKind::Full => self.drain_whole(),
        }
    }

    /// The drain without the finalizers that were postponed.
    #[inline(always)]
    fn drain_batch(&mut self) {
        self.sort_out_newborns();
        // SAFETY: no `Local` exists.
        if !unsafe { free_batch(&mut self.core_mut().memory) } {
            self.drain_queue();
        }
    }

    /// Drains what is on the zero queue, a stack, or a portion of it. While a finalizer runs all that it lets go of is freed.
    #[inline(never)]
    fn drain_queue(&mut self) {
        let core = self.core_ref();
        let mut left = if core.finalizer_depth == 0 { core.memory.portion } else { usize::MAX };
        loop {
            // Those that finalizers have made.
            self.sort_out_newborns();
            let core = self.core_mut();
            // SAFETY: no `Local` exists.
            let Some((object, last)) = (unsafe { free_queued(&mut core.memory, &mut left) }) else {
                if core.memory.zero.is_empty() || core.memory.put_off() {
                    return;
                }
                left = usize::MAX;
                continue;
            };
            match last {
                Last::Finalize(_) if core.finalizer_depth >= MAX_FINALIZER_DEPTH => core.postpone(object),
                Last::Finalize(finalize) => self.finalize(object, finalize),
                Last::Tell => self.tell_watchers(object),
            }
        }
    }

    #[inline(always)]
    fn sort_out_newborns(&mut self) {
        let memory = &mut self.core_mut().memory;
        if memory.newborns > 0 {
            // SAFETY: at a `&mut` point no `Local` exists.
            unsafe { memory.sort_out_newborns() };
        }
    }

    /// Runs a finalizer or tells a watcher: its object is held by a scope meanwhile, and leaving that re-checks the count.
    fn run_guarded(&mut self, object: *mut Header, body: FinalizeFn) {
        struct Depth(NonNull<Core>);
        impl Drop for Depth {
            fn drop(&mut self) {
                // SAFETY: the core outlives every context; the borrow ends here.
                unsafe { (*self.0.as_ptr()).finalizer_depth -= 1 };
            }
        }
        let core = self.core_mut();
        core.finalizer_depth += 1;
        let closing = core.closing;
        let _depth = Depth(self.core_ptr());
        let _rest = Rest::hold_back(self.core_ptr());
        self.scoped(|cx| {
            // SAFETY: allocated, and rooted before anything else runs.
            let handle = cx.root(unsafe { Local::<Any>::from_value(Value::from_header(object)) });
            if closing {
                // Nobody is left to see a panic but its hook, and the other finalizers are still owed.
                let _ = catch_unwind(AssertUnwindSafe(|| body(cx, handle)));
            } else {
                body(cx, handle);
            }
        });
    }

    /// Runs one object's finalizer.
    #[inline(never)]
    fn finalize(&mut self, object: *mut Header, finalize: FinalizeFn) {
        // SAFETY: the caller's object is allocated, and its finalizer runs now.
        unsafe { (*object).set(FLAG_FINALIZED) };
        self.core_mut().memory.stats.finalizers += 1;
        self.run_guarded(object, finalize);
    }

    /// Clears the weak references to an object that has died, and tells its watchers. It lives until they know, though they can't reach it.
    #[inline(never)]
    fn tell_watchers(&mut self, object: *mut Header) {
        let _rest = Rest::hold_back(self.core_ptr());
        self.scoped(|cx| {
            // SAFETY: allocated, and rooted before anything else runs.
            cx.root(unsafe { Local::<Any>::from_value(Value::from_header(object)) });
            let core = cx.core_mut();
            let notices = &mut core.memory.finalization.notices;
            let before = notices.len();
            // SAFETY: the object has its header; watchers leave the table before they are freed. A watcher without references dies too.
            unsafe {
                core.memory.weak.clear(object, notices, |watcher| (*watcher).count() > 0);
                for watcher in notices.iter().skip(before) {
                    (*watcher.header()).retain();
                }
            }
            cx.run_notices(before);
        });
    }

    /// Runs what is due, if no finalizer is running: each of them is to find the others done or not begun.
    fn run_finalizers(&mut self) {
        if self.core_ref().finalizer_depth == 0 && self.core_ref().memory.finalization.any_due() {
            self.run_due(Due::default());
        }
    }

    /// Tells the watchers and runs the finalizers that have become due since so many were, unless they nest too deep: then the outermost does.
    #[inline(never)]
    fn run_due(&mut self, before: Due) {
        while self.core_ref().finalizer_depth < MAX_FINALIZER_DEPTH {
            self.run_notices(before.notices);
            let Some(value) = self.core_mut().memory.finalization.pending.remove(before.finalizers) else {
                return;
            };
            // SAFETY: pending objects are kept alive by the list.
            let finalize = unsafe { due_finalizer(&self.core_ref().memory.shapes, value.header()) };
            self.run_listed(value, |cx, object| {
                if let Some(finalize) = finalize {
                    cx.finalize(object, finalize);
                }
            });
        }
    }

    /// Tells the watchers that have become due since so many were, unless they nest too deep.
    fn run_notices(&mut self, before: usize) {
        while self.core_ref().finalizer_depth < MAX_FINALIZER_DEPTH {
            let Some(value) = self.core_mut().memory.finalization.notices.remove(before) else {
                return;
            };
            // SAFETY: the list kept the watcher alive.
            let shape = unsafe { (*value.header()).shape() };
            let notify = self.core_ref().memory.shapes.get(shape).notify;
            self.core_mut().memory.stats.notices += 1;
            self.run_listed(value, |cx, object| {
                if let Some(notify) = notify {
                    cx.run_guarded(object, notify);
                }
            });
        }
    }

    /// Runs what is due for an object that was on a list; the scope takes the list's count over.
    fn run_listed(&mut self, value: Value, body: impl FnOnce(&mut Cx<'_>, *mut Header)) {
        self.scoped(|cx| {
            let index = cx.core_mut().memory.roots.stack.push(value);
            // SAFETY: the object is on the stack.
            let object = unsafe { (*cx.core_ref().memory.roots.stack.slot(index)).header() };
            body(cx, object);
        });
        self.drain_batch();
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
        self.core_mut().memory.zeal.fail_more = 0;
        for ticket in self.core_ref().releases.close() {
            self.remove_owned(ticket);
        }
        release_stack(self.core_ptr(), 0);
        for ticket in self.core_ref().memory.roots.owned.tickets() {
            self.remove_owned(ticket);
        }
        self.drain_whole();
        self.run_finalizers();
        // Cycles, leaks, and what finalizers left behind.
        self.finalize_all();
        self.core_mut().drop_payloads();
        let Core { manager, memory, .. } = self.core_mut();
        manager.close(memory);
        memory.record.timeline.close(memory.bytes() as u64);
        (memory.blocks, memory.large, memory.foreign_bytes) = Default::default();
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
            self.drain_whole();
        }
    }
}

/// The rest of the zero queue, held back until dropped.
struct Rest {
    core: NonNull<Core>,
    before: usize,
}

impl Rest {
    fn hold_back(core: NonNull<Core>) -> Rest {
        // SAFETY: the core outlives every context; the borrow ends here.
        let before = unsafe { (*core.as_ptr()).memory.hold_back() };
        Rest { core, before }
    }
}

impl Drop for Rest {
    fn drop(&mut self) {
        // SAFETY: as above.
        unsafe { (*self.core.as_ptr()).memory.take_up(self.before) };
    }
}
