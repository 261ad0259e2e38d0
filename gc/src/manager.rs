//! [`Manager`]: what a memory manager is, and [`Memory`]: what it manages.
//!
//! A manager decides where cells come from and when and how garbage is found. All that managers share (shapes, spaces, roots, weak table,
//! finalization lists, zero queue, statistics) is in [`Memory`], which every call hands to it. Managers import neither
//! the heap nor each other, so one in a crate of its own plugs in as ours do.

use crate::cache::AllocCache;
use crate::finalize::Finalization;
use crate::header::{Header, FLAG_IDENTITY, FLAG_LARGE, FLAG_QUEUED, FLAG_WEAK};
use crate::limits::{HeapFull, Stats, Zeal};
use crate::protocol::signals::{Signals, COLLECT};
use crate::roots::Roots;
use crate::shape::{ShapeTable, Visitor};
use crate::space::{BlockSpace, LargeSpace, BLOCK_BYTES};
use crate::sync::Arc;
use crate::value::Value;
use crate::weak::{IdentityTable, WeakTable};

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
    /// Whether objects may move.
    pub moves: bool,
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
    /// Finalizers.
    pub finalization: Finalization,
    /// Statistics.
    pub stats: Stats,
    /// Most bytes, see [`HeapConfig::heap_limit`](crate::HeapConfig::heap_limit).
    pub limit: Option<usize>,
    /// Stress modes.
    pub zeal: Zeal,
    /// Bytes handed to the cache since the last collection; pacing counts them.
    pub allocated_since: usize,
    /// Allocation may go this far above the limit: natives that can't collect in mid-work.
    pub overdraft: usize,
    /// The word that polls read.
    pub signals: Arc<Signals>,
    /// Bytes of spaces that a manager of another crate keeps by itself.
    pub foreign_bytes: usize,
}

/// How far natives may overdraw a limit between two `&mut` points.
pub const OVERDRAFT_BYTES: usize = 256 << 10;

impl Memory {
    /// Bytes that count against the limit.
    pub fn bytes(&self) -> usize {
        self.blocks.bytes() + self.large.bytes() + self.foreign_bytes + self.stats.external_bytes as usize
    }

    /// Whether `more` bytes fit the limit, overdraft included.
    pub fn fits(&self, more: usize) -> bool {
        match self.limit {
            None => true,
            Some(limit) => self.bytes().saturating_add(more) <= limit.saturating_add(self.overdraft),
        }
    }

    /// Books `bytes` as handed out for allocation, and keeps the peak. Managers call it when they refill.
    pub fn note_allocation(&mut self, bytes: usize) {
        self.allocated_since += bytes;
        self.stats.allocated_bytes += bytes as u64;
        self.stats.heap_bytes = self.bytes() as u64;
        self.stats.peak_bytes = self.stats.peak_bytes.max(self.stats.heap_bytes);
    }

    /// Asks for a collection at the next poll.
    pub fn request_collection(&self) {
        self.signals.raise(COLLECT);
    }

    /// Refills a bin with a whole fresh block.
    pub fn refill_with_block(&mut self, class: usize) -> Result<(), HeapFull> {
        let full = HeapFull { requested: BLOCK_BYTES };
        if !self.fits(BLOCK_BYTES) {
            return Err(full);
        }
        let block = self.blocks.take(class).ok_or(full)?;
        let fresh = self.blocks.fresh_bin(block);
        let bin = self.cache.bin(class);
        (bin.cursor, bin.limit) = (fresh.cursor, fresh.limit);
        self.note_allocation(BLOCK_BYTES);
        Ok(())
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

    /// Shows every root to the visitor: stack, owned references, classes of shapes, due finalizers.
    pub fn visit_roots(&mut self, visitor: &mut dyn Visitor) {
        self.roots.visit(visitor);
        self.shapes.visit_classes(visitor);
        self.finalization.visit(visitor);
    }

    /// Queues an object whose count is zero, once.
    #[inline]
    pub fn queue_zero(&mut self, object: *mut Header) {
        // SAFETY: the caller's object is alive.
        let header = unsafe { &*object };
        if !header.has(FLAG_QUEUED) {
            header.set(FLAG_QUEUED);
            self.zero.push(object);
        }
    }

    /// Gives the cell of a dead object back: its slots are released, its payload dropped.
    ///
    /// # Safety
    /// Nothing refers to the object any more.
    #[inline]
    pub unsafe fn free_cell(&mut self, object: *mut Header) {
        // SAFETY: by contract the object is dead; it still has its header.
        unsafe {
            let header = &*object;
            if header.has(FLAG_WEAK | FLAG_IDENTITY) {
                self.weak.clear(object);
                self.identity.remove(object);
            }
            if header.has(FLAG_LARGE) {
                self.large.free(object);
            } else {
                self.cache.give(object, crate::space_class_of(object), self.zeal.poison);
            }
        }
    }

    /// Calls the drop of the object's shape, if it has one.
    ///
    /// # Safety
    /// The object is dead and its payload has not been dropped.
    pub unsafe fn drop_payload(&mut self, object: *mut Header) {
        // SAFETY: by contract.
        unsafe {
            if let Some(drop) = self.shapes.get((*object).shape()).drop {
                drop((object as *mut u8).add(8));
            }
        }
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

    /// Makes sure that the bin of `class` has a cell. Never collects.
    fn refill(&mut self, memory: &mut Memory, class: usize) -> Result<(), HeapFull>;

    /// A zeroed cell of `size` bytes for an object too big for the size classes. Never collects.
    fn alloc_large(&mut self, memory: &mut Memory, size: usize) -> Result<*mut Header, HeapFull> {
        memory.alloc_large(size)
    }

    /// The slow half of the write barrier: `holder`, which has [`FLAG_LOG`](crate::header::FLAG_LOG), is about to be written to.
    fn log(&mut self, memory: &mut Memory, holder: *mut Header) {
        let _ = (memory, holder);
    }

    /// Finds and frees garbage. The zero queue is empty; no `Local` exists.
    fn collect(&mut self, memory: &mut Memory, kind: CollectKind);

    /// Calls `each` with every allocated object, in an order that does not depend on addresses.
    fn each_object(&mut self, memory: &mut Memory, each: &mut dyn FnMut(*mut Header)) {
        memory.blocks.each_object(each);
        memory.large.each_object(each);
    }

    /// Whether `object` is one that `each_object` would show.
    fn contains(&self, memory: &Memory, object: *mut Header) -> bool {
        memory.is_plausible(Value::from_header(object))
    }
}

/// Makes a manager.
pub type ManagerFactory = fn() -> Box<dyn Manager>;
