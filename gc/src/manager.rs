//! [`Manager`]: what a memory manager is, and [`Memory`]: what it manages.
//!
//! A manager decides where cells come from and when and how garbage is found. All that managers share (shapes, spaces, roots, weak table,
//! finalization lists, zero queue, statistics) is in [`Memory`], which every call hands to it. Managers import neither
//! the heap nor each other, so one in a crate of its own plugs in as ours do.

use crate::aside::Aside;
use crate::cache::AllocCache;
use crate::events::{Extent, Record};
use crate::finalize::Finalization;
use crate::header::{Header, FLAG_LARGE};
use crate::limits::{HeapFull, Stats, Thresholds, Zeal};
use crate::pressure::Pressure;
use crate::protocol::signals::{Signals, COLLECT};
use crate::raw::RawMemory;
use crate::refs::Written;
use crate::roots::Roots;
use crate::shape::{ShapeTable, Visitor};
use crate::space::{BlockRef, BlockSpace, LargeSpace, BLOCK_BYTES};
use crate::sync::Arc;
use crate::value::Value;
use crate::weak::{leave_tables, IdentityTable, WeakTable};
use std::panic::{catch_unwind, AssertUnwindSafe};

/// How references are kept track of: the VM's loop is compiled once for each.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Discipline {
    /// Registers, scope slots and slots of objects own counts.
    Counted,
    /// Nothing is counted; liveness is found by tracing from the roots.
    Traced,
}

/// What a manager promises.
#[derive(Clone, Copy, Debug)]
pub struct Facts {
    /// Its name, for `Heap::new` and the command line.
    pub name: &'static str,
    /// One line for people.
    pub summary: &'static str,
    /// Counted or traced.
    pub discipline: Discipline,
    /// Whether acyclic garbage is finalized as soon as its last reference goes.
    pub prompt: bool,
    /// Whether it finds cyclic garbage by itself.
    pub cycles: bool,
    /// Whether a collection finds garbage at all; else everything lives until the heap closes.
    pub collects: bool,
    /// Whether objects may move.
    pub moves: bool,
    /// Whether it marks in a thread beside the program where that is [asked for](crate::HeapConfig::marking_thread).
    pub marks_beside: bool,
}

/// What a collection is asked to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CollectKind {
    /// As the manager's own pacing would.
    Auto,
    /// Find all garbage.
    Full,
}

/// What all managers work on.
#[derive(Debug)]
pub struct Memory {
    /// Cells at hand.
    pub cache: AllocCache,
    /// Where memory comes from; a manager that keeps spaces by itself asks there, too.
    pub raw: RawMemory,
    /// Layouts.
    pub shapes: ShapeTable,
    /// Blocks of small objects.
    pub blocks: BlockSpace,
    /// Large objects.
    pub large: LargeSpace,
    /// Stack and owned references.
    pub roots: Roots,
    /// Weak references.
    pub weak: WeakTable,
    /// Stable identities.
    pub identity: IdentityTable,
    /// Objects whose count reached zero, or that were born with none (counting managers).
    pub zero: Vec<*mut Header>,
    /// How many of them are newborns; see [`zero`](crate::zero).
    pub(crate) newborns: usize,
    /// Entries of the zero queue that wait: at the bottom what a drain has left to the next poll, above it what waits for the finalizers that run, because
    /// what died before comes after them. To a collection they are alive.
    pub(crate) held: Vec<*mut Header>,
    /// Most objects that one drain frees; see [`HeapConfig::drain_portion`](crate::HeapConfig::drain_portion).
    pub(crate) portion: usize,
    /// Finalizers.
    pub finalization: Finalization,
    /// Statistics.
    pub stats: Stats,
    /// Most bytes, see [`HeapConfig::heap_limit`](crate::HeapConfig::heap_limit).
    pub limit: Option<usize>,
    /// The soft limit.
    pub pressure: Pressure,
    /// Polls that may still be passed; see [`Cx::set_fuel`](crate::Cx::set_fuel).
    pub fuel: u64,
    /// Stress modes.
    pub zeal: Zeal,
    /// Bytes handed to the cache since the last collection; pacing counts them.
    pub allocated_since: usize,
    /// A collection is requested when this many bytes were handed out since the last one. Managers set it; at first it is out of reach.
    pub collect_at: usize,
    /// Allocations counted by zeal.
    pub zeal_clock: u64,
    /// Allocation may go this far above the limit: natives that can't collect in mid-work.
    pub overdraft: usize,
    /// Past the limit, a collection is requested when this many bytes were handed out since the last one. An allocation that fails resets
    /// it: whoever hears of it lets go of objects.
    pub patience: usize,
    /// Whether an allocation has failed since the last poll.
    pub(crate) failed: bool,
    /// What is set aside, see [`Cx::set_aside`](crate::Cx::set_aside).
    pub(crate) aside: Aside,
    /// The word that polls read.
    pub signals: Arc<Signals>,
    /// Bytes of spaces that a manager of another crate keeps by itself.
    pub foreign_bytes: usize,
    /// What is remembered of collections, and of the heap's size.
    pub record: Record,
    /// When managers with generations collect which.
    pub thresholds: Thresholds,
    /// See [`HeapConfig::heap_growth`](crate::HeapConfig::heap_growth).
    pub growth: Option<u32>,
    /// See [`HeapConfig::marking_thread`](crate::HeapConfig::marking_thread).
    pub marking_thread: bool,
    /// Whether another thread may be looking at objects: a manager's that marks beside the program. What it may look at is written with atomic stores then.
    pub marked_beside: bool,
    /// So many collections of the first generation were there since the last one of the second, and so many of that since the last one of the third.
    pub generations: [u32; 2],
}

/// See [`Memory::drop_payload`].
///
/// # Safety
/// As there.
#[inline]
pub(crate) unsafe fn drop_payload(shapes: &ShapeTable, stats: &mut Stats, object: *mut Header) {
    // SAFETY: by contract.
    unsafe {
        let payload = (object as *mut u8).add(8);
        let shape = shapes.get((*object).shape());
        if let Some(external) = shape.external {
            stats.external_bytes = stats.external_bytes.saturating_sub(external(payload) as u64);
        }
        if let Some(drop) = shape.drop {
            // A panic must not leave lists half-walked; the panic hook has told of it.
            if catch_unwind(AssertUnwindSafe(|| drop(payload))).is_err() {
                stats.drop_panics += 1;
            }
        }
    }
}

/// How far natives may overdraw a limit between two `&mut` points.
pub const OVERDRAFT_BYTES: usize = 256 << 10;

impl Memory {
    /// Bytes that count against the limit.
    pub fn bytes(&self) -> usize {
        // What embedders charge is theirs to say, and may be anything.
        let own = self.blocks.bytes() + self.large.bytes() + self.foreign_bytes;
        own.saturating_add(self.stats.external_bytes as usize)
    }

    /// The statistics, those included that are worked out when somebody asks.
    pub(crate) fn stats_now(&self) -> Stats {
        let heap_bytes = self.bytes() as u64;
        let Record { pauses, timeline, .. } = &self.record;
        Stats {
            // What counting gives back is handed out again.
            allocated_bytes: self.stats.allocated_bytes + self.cache.given_bytes(),
            heap_bytes,
            peak_bytes: self.stats.peak_bytes.max(heap_bytes),
            pause_total_ns: pauses.total_ns(),
            pause_max_ns: pauses.max_ns(),
            average_bytes: timeline.average(),
            ..self.stats
        }
    }

    /// Whether `more` bytes fit the limit, overdraft included.
    pub fn fits(&self, more: usize) -> bool {
        match self.limit {
            None => true,
            Some(limit) => {
                let wanted = self.bytes().saturating_add(self.aside.bytes).saturating_add(more);
                self.aside.taking || wanted <= limit.saturating_add(self.overdraft)
            }
        }
    }

    /// Whether `more` bytes fit the limit without touching the overdraft.
    pub fn fits_strictly(&self, more: usize) -> bool {
        let wanted = || self.bytes().saturating_add(self.aside.bytes).saturating_add(more);
        self.limit.is_none_or(|limit| wanted() <= limit)
    }

    /// Books `bytes` as made ready for allocation, keeps the peak, and requests a collection when one is due or the limit is passed.
    /// Managers call it when they refill.
    pub fn note_allocation(&mut self, bytes: usize) {
        self.allocated_since = self.allocated_since.saturating_add(bytes);
        self.stats.allocated_bytes += bytes as u64;
        self.stats.heap_bytes = self.bytes() as u64;
        self.stats.peak_bytes = self.stats.peak_bytes.max(self.stats.heap_bytes);
        self.record.timeline.note(self.stats.heap_bytes);
        let past = !self.fits_strictly(0) && self.allocated_since >= self.patience;
        if past || self.is_pressed() || self.allocated_since >= self.collect_at {
            self.request_collection();
        }
    }

    /// After an allocation that failed: whoever hears of it lets go of objects, which the next poll looks for.
    pub(crate) fn has_failed(&mut self) {
        self.patience = 0;
        self.failed = true;
        self.request_collection();
    }

    /// After a collection: while the heap stays past its limit, the next one waits for more and more allocation. Otherwise a heap that is
    /// nearly full of live objects would do nothing but collect.
    pub(crate) fn grow_patience(&mut self) {
        let most = self.stats.live_bytes as usize / 16;
        self.patience = match self.fits_strictly(0) {
            true => 0,
            false => (self.patience * 2).max(BLOCK_BYTES).min(most),
        };
    }

    /// Whether a full collection has made room for `more` bytes: by the blocks it gave back, or by cells inside blocks that it kept.
    pub(crate) fn has_kept(&self, more: usize) -> bool {
        let inside =
            (self.blocks.bytes() + self.large.bytes()).saturating_sub(self.stats.live_bytes as usize);
        self.fits_strictly(more) || self.fits(more) && self.fits_strictly(more.saturating_sub(inside))
    }

    /// Memory that counting has given back to the system is not growth.
    pub(crate) fn discount(&mut self, bytes: usize) {
        self.allocated_since = self.allocated_since.saturating_sub(bytes);
        self.record.timeline.note(self.bytes() as u64);
    }

    /// Books external bytes as [`note_allocation`](Self::note_allocation) does, but not as bytes of the heap's own.
    pub(crate) fn note_external(&mut self, bytes: usize) {
        self.note_allocation(bytes);
        self.stats.allocated_bytes -= bytes as u64;
    }

    /// Counts one fallible step under zeal; whether it must fail. Every allocation and every growing side table asks.
    pub(crate) fn fails_now(&mut self) -> bool {
        if self.zeal.fail_at == 0 || self.aside.taking {
            return false;
        }
        self.zeal.fail_at -= 1;
        if self.zeal.fail_at != 0 {
            return false;
        }
        if self.zeal.fail_more > 0 {
            (self.zeal.fail_at, self.zeal.fail_more) = (1, self.zeal.fail_more - 1);
        }
        self.stats.injected_failures += 1;
        true
    }

    /// Whether a stress mode wants to see each cell that is allocated or freed.
    pub(crate) fn is_stressed(&self) -> bool {
        self.zeal.poison || self.cache.is_hidden()
    }

    /// Asks for a collection at the next poll.
    pub fn request_collection(&self) {
        self.signals.raise(COLLECT);
    }

    /// Refills a bin with a whole fresh block.
    pub fn refill_with_block(&mut self, class: usize) -> Result<BlockRef, HeapFull> {
        let full = HeapFull { requested: BLOCK_BYTES };
        if !self.fits(BLOCK_BYTES) {
            return Err(full);
        }
        let block = self.blocks.take(class).ok_or(full)?;
        self.bump_through(block);
        Ok(block)
    }

    /// Lets allocation bump through the whole of a block without objects.
    pub(crate) fn bump_through(&mut self, block: BlockRef) {
        let fresh = self.blocks.fresh_bin(block);
        let bin = self.cache.bin(self.blocks.class(block));
        (bin.cursor, bin.limit) = (fresh.cursor, fresh.limit);
        self.note_allocation(BLOCK_BYTES);
    }

    /// Allocates a large object.
    pub fn alloc_large(&mut self, size: usize) -> Result<*mut Header, HeapFull> {
        let full = HeapFull { requested: size };
        if !self.fits(size) {
            return Err(full);
        }
        let object = self.large.alloc(size).ok_or(full)?;
        self.note_allocation(size);
        Ok(object)
    }

    /// Calls `each` with every allocated object of the blocks and of the large-object space.
    pub fn each_object(&mut self, each: &mut dyn FnMut(*mut Header)) {
        let Memory { cache, blocks, large, .. } = self;
        for &block in blocks.used() {
            // The cells of an untouched run have no headers, and to give them some would touch their pages.
            blocks.each_object_beside(block, cache.bin(blocks.class(block)).untouched(), &mut *each);
        }
        large.each_object(each);
    }

    /// Shows every root to the visitor: stack, owned references, classes of shapes, due finalizers.
    pub fn visit_roots(&mut self, visitor: &mut dyn Visitor) {
        self.roots.visit(visitor);
        self.shapes.visit_classes(visitor);
        self.finalization.visit(visitor);
    }

    /// As [`visit_roots`](Self::visit_roots), without the classes that only their objects keep alive: a trace finds those on its way, asking
    /// the shape of each object that it visits, and [retires](ShapeTable::retire) the shapes of the others.
    pub fn visit_kept_roots(&mut self, visitor: &mut dyn Visitor) {
        self.roots.visit(visitor);
        self.shapes.visit_kept_classes(visitor);
        self.finalization.visit(visitor);
    }

    /// Gives the cell of a dead object back. Its slots have been released and its payload dropped.
    ///
    /// # Safety
    /// Nothing refers to the object any more.
    #[inline]
    pub unsafe fn free_cell(&mut self, object: *mut Header) {
        // SAFETY: by contract the object is dead; it still has its header.
        unsafe {
            // Those who must be told have been: see the drain.
            leave_tables(&mut self.weak, &mut self.identity, &mut self.finalization.notices, object);
            if (*object).has(FLAG_LARGE) {
                let bytes = self.large.free(object);
                self.discount(bytes);
            } else {
                self.give_cell(object, crate::space_class_of(object));
            }
        }
    }

    /// Gives a small cell of this class back to the cache, from where it is allocated again.
    ///
    /// # Safety
    /// As [`free_cell`](Self::free_cell); no side table has an entry of it.
    #[inline(always)]
    pub(crate) unsafe fn give_cell(&mut self, cell: *mut Header, class: usize) {
        // SAFETY: by contract.
        unsafe {
            self.cache.give(cell, class, self.zeal.poison);
        }
    }

    /// Calls the drop of the object's shape, if it has one, and discharges the external bytes that the payload owned.
    ///
    /// # Safety
    /// The object is dead and its payload has not been dropped.
    #[inline]
    pub unsafe fn drop_payload(&mut self, object: *mut Header) {
        // SAFETY: by contract.
        unsafe { drop_payload(&self.shapes, &mut self.stats, object) };
    }

    /// Whether `value` is an immediate or refers to the start of a cell of our spaces.
    pub fn is_plausible(&self, value: Value) -> bool {
        !value.is_ref() || self.blocks.contains(value.header()) || self.large.contains(value.header())
    }
}

/// A memory manager.
///
/// # Safety
/// The heap trusts it: cells handed out are unused, `collect` frees or moves only what is unreachable from the roots and rewrites
/// every slot and side table when it moves objects, and `each_object` shows exactly the objects that are allocated.
pub unsafe trait Manager: Send {
    /// What it promises.
    fn facts(&self) -> Facts;

    /// Called once, before the first allocation.
    fn start(&mut self, memory: &mut Memory) {
        let _ = memory;
    }

    /// Keeps memory back for `bytes` more that are set aside; whether there is any. For managers whose cells lie in blocks the heap keeps blocks back.
    fn set_aside(&mut self, memory: &mut Memory, bytes: usize) -> bool {
        let _ = (memory, bytes);
        true
    }

    /// Makes sure that the bin of `class` has a cell. Never collects.
    fn refill(&mut self, memory: &mut Memory, class: usize) -> Result<(), HeapFull>;

    /// A zeroed cell of `size` bytes for an object too big for the size classes. Never collects.
    fn alloc_large(&mut self, memory: &mut Memory, size: usize) -> Result<*mut Header, HeapFull> {
        memory.alloc_large(size)
    }

    /// Whether objects too big for the size classes stay where they are, although others move. Who gives out the address of an object's bytes asks
    /// ([`Cx::never_moves`](crate::Cx::never_moves)); what may move is copied then, so `false` is always right.
    fn keeps_large_in_place(&self) -> bool {
        !self.facts().moves
    }

    /// Whether small objects of [pinned shapes](crate::Shape::pinned) stay where they are, although others move. [`refill`](Self::refill) is asked for classes with
    /// the bit [`PINNED`](crate::space::PINNED) then.
    fn pins(&self) -> bool {
        false
    }

    /// The slow half of the write barrier, where references are not counted: `holder`, which has [`FLAG_LOG`](crate::header::FLAG_LOG), is about to be written to.
    fn log(&mut self, memory: &mut Memory, holder: *mut Header, written: Written) {
        let _ = (memory, holder, written);
    }

    /// Finds and frees garbage. The zero queue is empty; no `Local` exists.
    fn collect(&mut self, memory: &mut Memory, kind: CollectKind);

    /// What a collection of this kind would look at now, under a manager with generations.
    fn extent(&self, memory: &Memory, kind: CollectKind) -> Option<Extent> {
        let _ = (memory, kind);
        None
    }

    /// Whether a collection is under way that the program interrupts.
    fn is_collecting(&self) -> bool {
        false
    }

    /// The heap is about to give its memory back: what the manager does beside the program ends here.
    fn close(&mut self, memory: &mut Memory) {
        let _ = memory;
    }

    /// The [thresholds](Thresholds) have changed.
    fn pace(&mut self, memory: &mut Memory) {
        let _ = memory;
    }

    /// Calls `each` with every allocated object, in an order that does not depend on addresses.
    fn each_object(&mut self, memory: &mut Memory, each: &mut dyn FnMut(*mut Header)) {
        memory.each_object(each);
    }

    /// Checks the manager's own invariants, for the [verifier](crate::verify).
    ///
    /// # Panics
    /// When one does not hold; `when` goes into the message.
    fn check(&mut self, memory: &mut Memory, when: &str) {
        let _ = (memory, when);
    }

    /// Whether `object` is one that `each_object` would show.
    fn contains(&self, memory: &Memory, object: *mut Header) -> bool {
        memory.is_plausible(Value::from_header(object))
    }
}

/// Makes a manager.
pub type ManagerFactory = fn() -> Box<dyn Manager>;
