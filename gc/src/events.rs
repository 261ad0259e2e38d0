//! [`Collection`]: what is told of a collection when it starts and when it stops, and who is told.
//!
//! There are two listeners. The [hook](crate::CollectionHook) is the language's: it is called at `&mut` points, round a collection with its finalizers, and
//! may do what a finalizer may. An [`Observer`] is the host's: it is called round each pause, inside which nobody can touch the heap. It is for recording,
//! and what it takes of time is not the pause's. Leaves out what lies between collections: see [`timeline`](crate::timeline).

use crate::heap::CollectionHook;
use crate::limits::{OutOfRange, Thresholds};
use crate::manager::{CollectKind, Memory};
use crate::pauses::Pauses;
use crate::timeline::Timeline;
use crate::{Core, Cx, Heap};
use std::panic::{catch_unwind, AssertUnwindSafe};

/// Which end of a collection is told of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Phase {
    /// Before it.
    Start,
    /// After it; for the [hook](crate::CollectionHook), when what it made due has run.
    Stop,
}

/// How much of the heap a collection has looked at, under a manager with generations.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Extent {
    /// The young generation.
    Minor,
    /// Besides, what has survived one such collection, where that is a generation of its own.
    Middle,
    /// All generations, or a part of what that takes.
    Major,
}

/// A collection that starts or has stopped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Collection {
    /// Which of both.
    pub phase: Phase,
    /// What was asked for.
    pub kind: CollectKind,
    /// What it has come to, or when it starts, what it will if there is room; `None` where the manager has no generations.
    pub extent: Option<Extent>,
    /// When it started: nanoseconds since the heap was made.
    pub started_ns: u64,
    /// How long it took, in nanoseconds; 0 when it starts.
    pub pause_ns: u64,
    /// Bytes of blocks, large objects and external memory when it started. Blocks that are to be swept count until they are.
    pub heap_before: u64,
    /// Such bytes when it stopped; when it starts, those now.
    pub heap_after: u64,
    /// Bytes that the last trace of the whole heap found alive.
    pub live_bytes: u64,
}

/// What the collections of one generation have come to.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Generation {
    /// How many there were.
    pub collections: u64,
    /// [Objects that they collected](crate::Stats::collected_objects).
    pub collected: u64,
}

/// A host's function that is told of each collection. It can't enter a heap. One that panics is not called again.
pub type Observer = Box<dyn FnMut(&Collection) + Send>;

/// What a heap remembers of its collections.
#[derive(Default)]
pub struct Record {
    /// How long they took.
    pub pauses: Pauses,
    /// The heap's size over time.
    pub timeline: Timeline,
    /// What the collection that runs has come to; managers with generations say so.
    pub extent: Option<Extent>,
    /// The collections by what they have looked at: young, middle, and old or all.
    pub(crate) generations: [Generation; 3],
    observer: Option<Observer>,
}

impl std::fmt::Debug for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Record({} collections)", self.pauses.count())
    }
}

impl Record {
    /// Tells the observer, if there is one.
    pub(crate) fn tell(&mut self, collection: &Collection) {
        let Some(observer) = &mut self.observer else { return };
        // A panic must not leave a collection half begun; the panic hook has told of it.
        if catch_unwind(AssertUnwindSafe(|| observer(collection))).is_err() {
            self.observer = None;
        }
    }
}

impl Extent {
    /// The oldest generation that is looked at, of three.
    pub fn generation(self) -> usize {
        match self {
            Extent::Minor => 0,
            Extent::Middle => 1,
            Extent::Major => 2,
        }
    }
}

impl Core {
    /// Counts a collection that has stopped.
    pub(crate) fn count_collection(&mut self) {
        let Memory { stats, record, .. } = &mut self.memory;
        let generation = record.extent.map_or(2, Extent::generation);
        record.generations[generation].collections += 1;
        record.generations[generation].collected += stats.collected_objects;
        stats.collections += 1;
        stats.collected_objects_total += stats.collected_objects;
    }

    /// A collection that starts now.
    pub(crate) fn starting(&self, kind: CollectKind) -> Collection {
        let bytes = self.memory.bytes() as u64;
        Collection {
            phase: Phase::Start,
            kind,
            extent: self.manager.extent(&self.memory, kind),
            started_ns: self.memory.record.timeline.now_ns(),
            pause_ns: 0,
            heap_before: bytes,
            heap_after: bytes,
            live_bytes: self.memory.stats.live_bytes,
        }
    }

    /// The same after it has stopped.
    pub(crate) fn stopped(&self, start: &Collection, pause_ns: u64) -> Collection {
        Collection {
            phase: Phase::Stop,
            extent: self.memory.record.extent,
            pause_ns,
            heap_after: self.memory.bytes() as u64,
            live_bytes: self.memory.stats.live_bytes,
            ..*start
        }
    }
}

impl Heap {
    /// How long collections took.
    pub fn pauses(&self) -> &Pauses {
        &self.core_ref().memory.record.pauses
    }

    /// The heap's size over time; [`keep_timeline`](Self::keep_timeline) has it kept.
    pub fn timeline(&self) -> &Timeline {
        &self.core_ref().memory.record.timeline
    }

    /// Keeps how big the heap is from here on, in at most `samples` slices of time; 0 stops that. Whether there is memory for them.
    pub fn keep_timeline(&mut self, samples: usize) -> bool {
        self.core_ref_mut().memory.record.timeline.keep_samples(samples)
    }

    /// Has a function called at the start and the end of each collection, or none. It replaces the one before.
    pub fn on_collection(&mut self, observer: Option<Observer>) {
        self.core_ref_mut().memory.record.observer = observer;
    }
}

impl Cx<'_> {
    /// Has a function called before and after each collection, or none.
    pub fn set_collection_hook(&self, hook: Option<CollectionHook>) {
        self.core_mut().collection_hook = hook;
    }

    /// Has a function called at the start and the end of each collection, or none; see [`Heap::on_collection`].
    pub fn on_collection(&self, observer: Option<Observer>) {
        self.core_mut().memory.record.observer = observer;
    }

    /// How long collections took.
    pub fn pauses(&self) -> &Pauses {
        &self.core_ref().memory.record.pauses
    }

    /// The collections of each generation: young, middle, and old or of the whole heap. Where a manager has none all are of the last.
    pub fn generations(&self) -> [Generation; 3] {
        self.core_ref().memory.record.generations
    }

    /// What has happened since the last collection of each generation: bytes allocated, collections of the young one, of the middle one.
    pub fn since_collections(&self) -> (usize, [u32; 2]) {
        let memory = &self.core_ref().memory;
        (memory.allocated_since, memory.generations)
    }

    /// When which generation is collected.
    pub fn thresholds(&self) -> Thresholds {
        self.core_ref().memory.thresholds
    }

    /// Changes when which generation is collected; managers without generations don't care.
    pub fn set_thresholds(&self, thresholds: Thresholds) -> Result<(), OutOfRange> {
        thresholds.check()?;
        let core = self.core_mut();
        core.memory.thresholds = thresholds;
        core.manager.pace(&mut core.memory);
        Ok(())
    }
}
