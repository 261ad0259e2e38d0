//! [`Heap`]: memory, its manager and the host's data, owned together; and how a thread enters it.

use crate::aside::Aside;
use crate::cache::AllocCache;
use crate::events::{Collection, Record};
use crate::finalize::Finalization;
use crate::header::Header;
use crate::limits::{HeapConfig, HeapFull, OutOfRange, Stats, Zeal};
use crate::manager::{CollectKind, Discipline, Facts, Manager, Memory, OVERDRAFT_BYTES};
use crate::managers;
use crate::pressure::{Pressure, PressureFn};
use crate::protocol::mailbox::Releases;
use crate::protocol::signals::{Signals, COLLECT, FINALIZERS};
use crate::roots::{Roots, TicketTable, ValueStack};
use crate::shape::{due_finalizer, Shape, ShapeTable};
use crate::space::{BlockSpace, LargeSpace, PINNED};
use crate::sync::{ids, set_inside, Arc};
use crate::types::TypeTable;
use crate::value::Value;
use crate::weak::{IdentityTable, WeakTable};
use crate::{Cx, ShapeId};
use std::any::Any as StdAny;
use std::time::Instant;

/// Called before and after each collection, at a `&mut` point: it may do whatever a finalizer may. See also [`Observer`](crate::Observer).
pub type CollectionHook = for<'s> fn(&mut Cx<'s>, &Collection);

/// Called after each allocation while it is set, with the bytes and the shape of the object, which is not initialised yet. It may look at the heap,
/// and neither allocate nor store.
pub type AllocationHook = fn(&Cx<'_>, usize, ShapeId);

/// Everything of a heap. Behind a raw pointer, because locals, handles and the VM's registers all look into it.
pub struct Core {
    /// What the manager works on.
    pub memory: Memory,
    /// The manager.
    pub manager: Box<dyn Manager>,
    /// Whether references are counted.
    pub counted: bool,
    /// Tag of this heap's handles.
    pub id: u32,
    pub(crate) facts: Facts,
    /// What makes of a class that of pinned objects: nothing, where none moves or the manager pins none.
    pub(crate) pinned: usize,
    pub(crate) types: TypeTable,
    pub(crate) host: Option<Box<dyn StdAny + Send>>,
    pub(crate) host_ptr: *mut (),
    pub(crate) releases: Arc<Releases>,
    pub(crate) collecting: bool,
    pub(crate) closing: bool,
    pub(crate) closed: bool,
    /// How many finalizers run inside each other.
    pub(crate) finalizer_depth: u32,
    /// Whether a manager that counts may collect by itself.
    pub(crate) automatic: bool,
    /// Called before and after each collection.
    pub(crate) collection_hook: Option<CollectionHook>,
    /// Called after each allocation.
    pub(crate) allocation_hook: Option<AllocationHook>,
}

/// A heap with its memory manager. Threads [`enter`](Heap::enter) it one at a time.
pub struct Heap {
    core: Box<Core>,
}

// SAFETY: all raw pointers inside refer to memory that the heap owns; objects are Send by the bound on `Object`; only the thread that
// has entered touches it, and entering takes `&mut Heap`.
unsafe impl Send for Heap {}

impl std::fmt::Debug for Heap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Heap")
            .field("manager", &self.core.facts.name)
            .field("stats", &self.core.memory.stats)
            .finish()
    }
}

/// Why a heap could not be made or entered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum HeapError {
    /// There is no manager of this name.
    UnknownManager {
        /// The name asked for.
        name: String,
    },
    /// The system has no memory.
    NoMemory,
    /// This thread has already entered a heap; leave it first.
    AlreadyEntered,
    /// A setting of the heap makes no sense.
    OutOfRange(OutOfRange),
    /// The heap is closed.
    Closed,
}

impl std::fmt::Display for HeapError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            HeapError::UnknownManager { name } => {
                write!(f, "unknown memory manager '{name}' (there are: ")?;
                for (i, facts) in managers::all().iter().enumerate() {
                    write!(f, "{}{}", if i == 0 { "" } else { ", " }, facts.name)?;
                }
                f.write_str(")")
            }
            HeapError::NoMemory => f.write_str("the system has no memory for a heap"),
            HeapError::OutOfRange(what) => what.fmt(f),
            HeapError::Closed => f.write_str("the heap is closed"),
            HeapError::AlreadyEntered => {
                f.write_str("this thread has already entered a heap: leave it before entering another")
            }
        }
    }
}

impl std::error::Error for HeapError {}

/// Marks this thread as inside a heap, until dropped.
#[derive(Debug)]
pub struct Entered {
    before: bool,
}

impl Entered {
    /// Enters; fails when this thread is inside a heap already.
    #[inline]
    pub fn new() -> Result<Entered, HeapError> {
        if set_inside(true) {
            Err(HeapError::AlreadyEntered)
        } else {
            Ok(Entered { before: false })
        }
    }

    /// Steps out of the heap, if any, until dropped.
    #[inline]
    pub(crate) fn outside() -> Entered {
        Entered { before: set_inside(false) }
    }

    /// For a heap that closes, whatever heap this thread is in: its finalizers and drops must not enter another.
    pub(crate) fn closing() -> Entered {
        Entered { before: set_inside(true) }
    }
}

impl Drop for Entered {
    #[inline]
    fn drop(&mut self) {
        set_inside(self.before);
    }
}

impl Heap {
    /// A heap under one of our managers, by name; see [`managers::all`].
    pub fn new(manager: &str, config: &HeapConfig) -> Result<Heap, HeapError> {
        let make = managers::find(manager)
            .ok_or_else(|| HeapError::UnknownManager { name: manager.chars().take(64).collect() })?;
        Heap::with_manager(make(), config)
    }

    /// A heap under any manager.
    pub fn with_manager(manager: Box<dyn Manager>, config: &HeapConfig) -> Result<Heap, HeapError> {
        config.check().map_err(HeapError::OutOfRange)?;
        let signals = Arc::new(Signals::default());
        let facts = manager.facts();
        let pinned = if manager.pins() { PINNED } else { 0 };
        let stack = ValueStack::new(config.stack_slots).ok_or(HeapError::NoMemory)?;
        let id = ids::next_heap().ok_or(HeapError::NoMemory)?;
        // In one piece, where it stays: it is large for a stack.
        let mut core = Box::new(Core {
            memory: Memory {
                cache: AllocCache::new(),
                raw: config.raw_memory,
                shapes: ShapeTable::new(),
                blocks: BlockSpace::new(config.raw_memory),
                large: LargeSpace::new(config.raw_memory),
                roots: Roots { stack, owned: TicketTable::default() },
                weak: WeakTable::default(),
                identity: IdentityTable::default(),
                zero: Vec::new(),
                newborns: 0,
                held: Vec::new(),
                // A drain that frees nothing never ends.
                portion: config.drain_portion.map_or(usize::MAX, |portion| portion.max(1)),
                finalization: Finalization::default(),
                stats: Stats::default(),
                limit: config.heap_limit,
                pressure: Pressure::new(config.soft_limit),
                fuel: 0,
                zeal: config.zeal,
                allocated_since: 0,
                collect_at: usize::MAX,
                zeal_clock: 0,
                overdraft: OVERDRAFT_BYTES,
                patience: 0,
                failed: false,
                aside: Aside::default(),
                signals: signals.clone(),
                foreign_bytes: 0,
                record: Record::default(),
                thresholds: config.thresholds(),
                growth: config.heap_growth,
                marking_thread: config.marking_thread,
                marked_beside: false,
                generations: [0; 2],
            },
            manager,
            counted: facts.discipline == Discipline::Counted,
            id,
            facts,
            pinned,
            types: TypeTable::default(),
            host: None,
            host_ptr: std::ptr::null_mut(),
            releases: Arc::new(Releases::new(signals, FINALIZERS)),
            collecting: false,
            closing: false,
            closed: false,
            finalizer_depth: 0,
            automatic: true,
            collection_hook: None,
            allocation_hook: None,
        });
        let started = &mut *core;
        started.memory.cache.hide(config.zeal.counts_allocations());
        started.manager.start(&mut started.memory);
        Ok(Heap { core })
    }

    /// Runs `body` with this thread inside the heap.
    pub fn enter<R>(&mut self, body: impl for<'s> FnOnce(&mut Cx<'s>) -> R) -> Result<R, HeapError> {
        if self.core.closed {
            return Err(HeapError::Closed);
        }
        let _entered = Entered::new()?;
        // SAFETY: `&mut self` keeps everyone else out of the core meanwhile.
        let mut cx = unsafe { Cx::from_core(&mut *self.core) };
        Ok(cx.scoped(|cx| body(cx)))
    }

    /// Runs `body` as the last thing on this heap, unless it is closed, whatever heap this thread is in; panics of finalizers are contained
    /// from here on.
    pub fn shut_down(&mut self, body: impl for<'s> FnOnce(&mut Cx<'s>)) {
        if self.core.closed {
            return;
        }
        let _entered = Entered::closing();
        self.core.closing = true;
        // SAFETY: the heap is ours alone.
        let mut cx = unsafe { Cx::from_core(&mut *self.core) };
        cx.scoped(|cx| body(cx));
    }

    /// Ends the heap, as dropping it does: every finalizer that is owed runs, everything is dropped and given back; it can't be entered any
    /// more. Gives what it has done in all its life: its bytes are zero, external ones as far as their owners have discharged them.
    pub fn close(&mut self) -> Stats {
        if !std::mem::replace(&mut self.core.closed, true) {
            let _entered = Entered::closing();
            // SAFETY: the heap is ours alone.
            let mut cx = unsafe { Cx::from_core(&mut *self.core) };
            cx.close();
            self.core.host = None;
        }
        self.core.stats()
    }

    pub(crate) fn core_ref(&self) -> &Core {
        &self.core
    }

    pub(crate) fn core_ref_mut(&mut self) -> &mut Core {
        &mut self.core
    }

    /// The core, for the layers built on the heap (VM, C ABI).
    pub fn core(&mut self) -> *mut Core {
        &mut *self.core
    }

    /// What this heap's manager promises.
    pub fn facts(&self) -> Facts {
        self.core.facts
    }

    /// Statistics.
    pub fn stats(&self) -> Stats {
        self.core.stats()
    }

    /// Registers a static shape; for languages, before the first object. See [`ShapeTable::add_static`].
    ///
    /// # Safety
    /// The shape describes the objects that will be allocated with its id.
    pub unsafe fn add_static_shape(&mut self, shape: Shape) -> ShapeId {
        self.core.memory.shapes.add_static(shape)
    }

    /// Keeps the first `slots` of the value stack, None at first, for roots of the embedder's own that no scope pops. Before anything else
    /// is rooted.
    pub fn keep_roots(&mut self, slots: usize) {
        for _ in 0..slots {
            self.core.memory.roots.stack.push(Value::NONE);
        }
    }

    /// The stress modes as they are now: what counts down does so in here.
    pub fn zeal(&self) -> Zeal {
        self.core.memory.zeal
    }

    /// Changes the stress modes.
    pub fn set_zeal(&mut self, zeal: Zeal) {
        self.core.set_zeal(zeal);
    }

    /// Changes the hard and the soft limit; what the heap takes already stays.
    pub fn set_limits(&mut self, hard: Option<usize>, soft: Option<usize>) {
        self.core.memory.limit = hard;
        self.core.memory.pressure.set_limit(soft);
    }

    /// Has `told` called when the heap stays above its soft limit; see [`pressure`](crate::pressure).
    pub fn on_pressure(&mut self, told: Option<PressureFn>) {
        self.core.memory.pressure.set_told(told);
    }

    /// Gives the heap fuel; see [`Cx::set_fuel`].
    pub fn set_fuel(&mut self, fuel: Option<u64>) {
        self.core.set_fuel(fuel);
    }

    /// The fuel that is left; see [`Cx::fuel`].
    pub fn fuel(&self) -> Option<u64> {
        self.core.fuel()
    }

    /// Gives the heap data of the embedder's own, dropped with it.
    pub fn set_host<T: StdAny + Send>(&mut self, host: Box<T>) {
        let host = self.core.host.insert(host);
        self.core.host_ptr = std::ptr::from_mut(&mut **host).cast();
    }

    /// Other threads' way to interrupt what runs on this heap.
    pub fn signals(&self) -> Arc<Signals> {
        self.core.memory.signals.clone()
    }

    /// Other threads' way to give up owned references.
    pub fn releases(&self) -> Arc<Releases> {
        self.core.releases.clone()
    }
}

impl Drop for Heap {
    fn drop(&mut self) {
        self.close();
    }
}

impl Core {
    pub(crate) fn stats(&self) -> Stats {
        self.memory.stats_now()
    }

    /// Changes the stress modes.
    pub fn set_zeal(&mut self, zeal: Zeal) {
        self.memory.zeal = zeal;
        self.hide_cells();
    }

    /// Has every allocation take the slow path, if anybody wants to know of each.
    pub(crate) fn hide_cells(&mut self) {
        let wanted = self.memory.zeal.counts_allocations() || self.allocation_hook.is_some();
        self.memory.cache.hide(wanted);
    }

    /// Makes room for one more object in the lists that tracing managers keep of those whose shape has a drop or a finalizer. One that exists
    /// must be on them, so this comes before allocating.
    #[inline]
    pub fn reserve_lists(&mut self) -> Result<(), HeapFull> {
        let full = HeapFull { requested: 16 };
        if self.counted {
            return Ok(());
        }
        if self.memory.fails_now() {
            return Err(full);
        }
        let lists = &mut self.memory.finalization;
        lists.droppable.try_reserve(1).map_err(|_| full)?;
        lists.registered.try_reserve(1).map_err(|_| full)
    }

    /// Puts an object on the lists that its shape wants it on, once (counting managers remember when it was made, if it has a finalizer), after [`reserve_lists`](Self::reserve_lists).
    ///
    /// # Safety
    /// The object is alive.
    #[inline]
    pub unsafe fn register_reserved(&mut self, object: *mut Header) {
        let born = self.memory.finalization.made();
        // SAFETY: by contract.
        unsafe { self.register_born(object, born) };
    }

    /// As [`register_reserved`](Self::register_reserved), for an object that turns out to be finalizable only now, and was made when so many others
    /// [had been](crate::finalize::Finalization::made).
    ///
    /// # Safety
    /// As there.
    #[inline]
    pub unsafe fn register_born(&mut self, object: *mut Header, born: u32) {
        // SAFETY: by contract.
        let shape = self.memory.shapes.get(unsafe { (*object).shape() });
        if self.counted {
            if shape.finalize.is_some() {
                self.memory.finalization.remember(object, born);
            }
            return;
        }
        if shape.drop.is_some() || shape.external.is_some() {
            self.memory.finalization.droppable.push(object);
        }
        if shape.finalize.is_some() {
            self.memory.finalization.registered.push(object);
        }
    }

    /// Makes the finalizer of an object due later. Without memory for the list, under a counting manager the object lives until the heap
    /// closes; a tracing one has it on its list of registered ones.
    pub(crate) fn postpone(&mut self, object: *mut Header) {
        if self.counted {
            // SAFETY: the object is alive. The list owns the count; without memory nobody does.
            unsafe { (*object).retain() };
        }
        self.memory.finalization.push_pending(object);
        self.memory.signals.raise(FINALIZERS);
    }

    /// Runs the manager's collection and books its pause. Only at `&mut` points with an empty zero queue.
    pub(crate) fn collect_garbage(&mut self, kind: CollectKind) {
        if self.collecting {
            return;
        }
        self.collecting = true;
        debug_assert!(self.memory.zero.is_empty(), "a collection with objects on the zero queue");
        self.memory.signals.take(COLLECT);
        let zeal = self.memory.zeal;
        if zeal.verify {
            crate::verify::check(self, "before a collection");
        }
        if kind == CollectKind::Full {
            self.memory.shapes.forget_kept();
        }
        let starting = self.starting(kind);
        self.memory.record.extent = None;
        self.memory.record.tell(&starting);
        let start = Instant::now();
        self.manager.collect(&mut self.memory, kind);
        if kind == CollectKind::Full {
            self.memory.blocks.give_back_chunks();
        }
        let pause = start.elapsed();
        self.memory.record.pauses.record(pause);
        self.count_collection();
        let stopped = self.stopped(&starting, pause.as_nanos() as u64);
        self.memory.record.timeline.note(stopped.heap_after);
        self.memory.record.tell(&stopped);
        self.memory.allocated_since = 0;
        self.memory.grow_patience();
        if zeal.verify {
            crate::verify::check(self, "after a collection");
        }
        self.collecting = false;
        if self.memory.finalization.any_due() {
            self.memory.signals.raise(FINALIZERS);
        }
    }

    /// Every allocated object with a finalizer that has not run: oldest first under a tracing manager, else oldest block first.
    pub(crate) fn unfinalized(&mut self) -> Vec<*mut Header> {
        let mut found = Vec::new();
        let shapes: *const ShapeTable = &self.memory.shapes;
        if !self.counted {
            // Tracing managers have a list of them.
            let registered = self.memory.finalization.registered.iter().copied();
            // SAFETY: the list holds allocated objects.
            found.extend(registered.filter(|&object| unsafe { due_finalizer(&*shapes, object).is_some() }));
            return found;
        }
        self.manager.each_object(&mut self.memory, &mut |object| {
            // SAFETY: each_object shows live objects and does not change the shapes.
            unsafe {
                if due_finalizer(&*shapes, object).is_some() {
                    found.push(object);
                }
            }
        });
        found
    }

    /// Drops every payload that has a drop. The heap is closing.
    pub(crate) fn drop_payloads(&mut self) {
        // Tracing managers have a list of them.
        let mut found = std::mem::take(&mut self.memory.finalization.droppable);
        if self.counted {
            let shapes: *const ShapeTable = &self.memory.shapes;
            self.manager.each_object(&mut self.memory, &mut |object| {
                // SAFETY: as in `unfinalized`.
                let shape = unsafe { (*shapes).get((*object).shape()) };
                if shape.drop.is_some() || shape.external.is_some() {
                    found.push(object);
                }
            });
        }
        for object in found {
            // SAFETY: allocated, not yet dropped (the dead ones were freed when they were dropped), and never used again.
            unsafe { self.memory.drop_payload(object) };
        }
    }

    /// The value on the stack at this index.
    #[inline(always)]
    pub fn stack_value(&self, index: usize) -> Value {
        // SAFETY: indices of handles lie below the top of the stack.
        unsafe { *self.memory.roots.stack.slot(index) }
    }
}
