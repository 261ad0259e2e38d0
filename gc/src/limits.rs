//! Limits, statistics and zeal: what a host may set about a heap, and what it may read.

use crate::raw::RawMemory;

/// The heap's limit is reached, or the system has no memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HeapFull {
    /// Bytes asked for.
    pub requested: usize,
}

impl std::fmt::Display for HeapFull {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the heap is full: {} more bytes do not fit its limit", self.requested)
    }
}

impl std::error::Error for HeapFull {}

/// How to make a heap.
#[derive(Clone, Debug)]
pub struct HeapConfig {
    /// Most bytes that blocks, large objects and external memory may take together: the hard limit. `None`: none.
    pub heap_limit: Option<usize>,
    /// Above so many of these bytes the heap asks for full collections and tells its host; see [`pressure`](crate::pressure). `None`: never.
    pub soft_limit: Option<usize>,
    /// Slots of the value stack: 8 bytes of address space each, committed as they are touched. A native that roots the items of a container
    /// needs as many.
    pub stack_slots: usize,
    /// Under counting managers: most objects that one drain frees, so that it takes a bounded time, however much has died at once; the next poll goes on.
    /// What waits is dead: nobody reaches it but through weak references. `None`: all that is dead is freed, and finalized, at once.
    pub drain_portion: Option<usize>,
    /// How much the heap may grow between two collections of all of it, in percent of what the last one found alive: the share in the [rule](crate::pacing) of
    /// managers that collect by themselves, 1 to [`Thresholds::MAX_GROWTH`]. A heap with a growth is collected for each MiB at the least, and gets no extra for being
    /// small. `None`: as the manager has it, which is 100 and several times that in a small heap (`mark`, `gen`), or [`Thresholds::old_growth`] (`cycle`).
    pub heap_growth: Option<u32>,
    /// Under a manager that marks in slices between which the program runs (`gen`): whether a thread of the heap's own marks meanwhile, so that the slices get short. It begins with the first
    /// marking and ends with the heap. Worth it where a processor is free and not nearly everything survives: with it nothing is pretenured. Other managers have nothing to do for it.
    pub marking_thread: bool,
    /// Where the memory for objects comes from.
    pub raw_memory: RawMemory,
    /// Stress modes.
    pub zeal: Zeal,
}

impl HeapConfig {
    /// The thresholds that a heap begins with.
    pub(crate) fn thresholds(&self) -> Thresholds {
        let old_growth = self.heap_growth.unwrap_or(Thresholds::DEFAULT.old_growth);
        Thresholds { old_growth, ..Thresholds::DEFAULT }
    }

    pub(crate) fn check(&self) -> Result<(), OutOfRange> {
        match self.heap_growth {
            Some(growth) if growth == 0 || growth > Thresholds::MAX_GROWTH => {
                Err(OutOfRange { what: "heap_growth is not between 1 and 10000 percent" })
            }
            _ => Ok(()),
        }
    }
}

impl Default for HeapConfig {
    fn default() -> HeapConfig {
        HeapConfig {
            heap_limit: None,
            soft_limit: None,
            stack_slots: 1 << 26,
            drain_portion: None,
            heap_growth: None,
            marking_thread: false,
            raw_memory: RawMemory::default(),
            zeal: Zeal::default(),
        }
    }
}

/// When managers with generations collect which of them; what a manager does not have it ignores. See [`Cx::set_thresholds`](crate::Cx::set_thresholds).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Thresholds {
    /// Bytes by which the heap grows before the young generation is collected (`cycle`).
    pub young_bytes: usize,
    /// So many collections of the young generation later the one behind it is collected, too (`cycle`).
    pub middle_after: u32,
    /// The old generation is collected when the heap has grown by so many percent since the last time, and by 2 to 4 MiB at least (`cycle`); the share in the
    /// [rule](crate::pacing).
    pub old_growth: u32,
}

impl Default for Thresholds {
    fn default() -> Thresholds {
        Thresholds::DEFAULT
    }
}

impl Thresholds {
    /// Those that a heap begins with.
    pub const DEFAULT: Thresholds = Thresholds { young_bytes: 1 << 20, middle_after: 10, old_growth: 20 };
    /// The smallest growth in bytes before a collection: collecting has a cost of its own.
    pub const MIN_YOUNG: usize = 64 << 10;
    /// The most percent.
    pub const MAX_GROWTH: u32 = 10_000;

    pub(crate) fn check(&self) -> Result<(), OutOfRange> {
        if self.young_bytes < Thresholds::MIN_YOUNG {
            Err(OutOfRange { what: "young_bytes is less than 65536" })
        } else if self.old_growth == 0 || self.old_growth > Thresholds::MAX_GROWTH {
            Err(OutOfRange { what: "old_growth is not between 1 and 10000 percent" })
        } else {
            Ok(())
        }
    }
}

/// A setting that makes no sense; what was set before stays.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OutOfRange {
    /// Which, and what the range is.
    pub what: &'static str,
}

impl std::fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "out of range: {}", self.what)
    }
}

impl std::error::Error for OutOfRange {}

/// Stress modes: they make rare moments frequent.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Zeal {
    /// Ask for a collection at the next poll after every n-th allocation. 0: off.
    pub collect_every: u32,
    /// Verify the heap before and after each collection.
    pub verify: bool,
    /// Fill freed memory with a pattern.
    pub poison: bool,
    /// Fail the n-th fallible step from now: an allocation, or the growth of a side table. 0: off. It counts down, so what is left of
    /// [`u64::MAX`] tells how many steps there were.
    pub fail_at: u64,
    /// So many further steps in a row fail, too: what collects and tries again fails again.
    pub fail_more: u32,
}

impl Zeal {
    /// No stress.
    pub const OFF: Zeal = Zeal { collect_every: 0, verify: false, poison: false, fail_at: 0, fail_more: 0 };

    /// Whether every allocation must take the slow path to be counted.
    pub(crate) fn counts_allocations(&self) -> bool {
        self.collect_every != 0 || self.fail_at != 0
    }
}

/// What a heap has done so far. Counts are exact; bytes of allocation are counted as cells are made ready for it (block by block, and
/// cell by cell as counting managers free them), not when they are used.
#[derive(Clone, Copy, Default, Debug)]
pub struct Stats {
    /// Collections run.
    pub collections: u64,
    /// Time of all collections together, in nanoseconds.
    pub pause_total_ns: u64,
    /// Longest collection, in nanoseconds.
    pub pause_max_ns: u64,
    /// Bytes made ready for allocation.
    pub allocated_bytes: u64,
    /// Objects that the last collection found alive.
    pub live_objects: u64,
    /// Bytes that the last collection found alive.
    pub live_bytes: u64,
    /// Bytes of blocks, large objects and external memory now.
    pub heap_bytes: u64,
    /// Most bytes of blocks, large objects and external memory so far.
    pub peak_bytes: u64,
    /// Bytes of blocks, large objects and external memory on average since the heap was made, weighted by time; changes of less than
    /// 64 KiB are not looked at.
    pub average_bytes: u64,
    /// Bytes of memory outside the heap that its objects own.
    pub external_bytes: u64,
    /// Bytes of objects that were moved out of blocks in which little was alive (`gen`).
    pub evacuated_bytes: u64,
    /// Objects that the last full collection found dead, as far as their [shapes](crate::Shape::container) say that they count; what
    /// finalizers resurrected left out. 0 after one that was not full, and under managers that don't collect.
    pub collected_objects: u64,
    /// Sum of these over all collections.
    pub collected_objects_total: u64,
    /// Objects that a [thread beside the program](HeapConfig::marking_thread) has marked, in all collections.
    pub marked_beside: u64,
    /// Finalizers run.
    pub finalizers: u64,
    /// Watchers told of a death.
    pub notices: u64,
    /// Payloads whose drop panicked; the panics go no further.
    pub drop_panics: u64,
    /// How often the host was told that the heap stays above its soft limit.
    pub pressures: u64,
    /// Steps that [`Zeal::fail_at`] made fail.
    pub injected_failures: u64,
}
