//! [`Beside`]: marking in a thread of the heap's own, while the program runs.
//!
//! The thread has the [marker](crate::marker)'s stack from one collection to the next, and nobody else marks meanwhile: the [handover](crate::protocol::handover) says
//! whose turn it is. It looks at small objects of blocks that were in use, and no nursery's, when it was given the stack: such objects stay where they are, and the mutator
//! has finished making them. It reads their headers, their slots and the slots in their tails, which the mutator stores atomically, and where those lie it knows from
//! [copies](crate::layouts). Everything else it notes for the mutator: large objects, whose mark is in the header, pinned ones, in whose blocks others are being made, and objects that only a trace callback can show. References
//! to young objects it leaves out: who holds one was written to since, which the write barrier has told, so that the manager looks at it again (as between slices of marking).
//!
//! Left out: several threads, sweeping beside the program, and marking while new objects are old from birth.

use crate::ahead::{prefetch, BitsAhead, ObjectsAhead, Queue};
use crate::header::Header;
use crate::layouts::Layouts;
use crate::manager::Memory;
use crate::marker::Marker;
use crate::protocol::handover::Handover;
use crate::shape::{tail_len, Tail};
use crate::space::{is_old, is_pinned, BlockMap};
use crate::space_mark as space;
use crate::sync::word;
use crate::sync::{spawn, Arc, JoinHandle};
use crate::value::Value;

/// Objects between two looks at whether the stack is wanted back: some microseconds.
const STEPS: usize = 128;

/// What the thread works on.
#[derive(Debug)]
struct Job {
    stack: Vec<*mut Header>,
    bits: BitsAhead,
    ahead: ObjectsAhead,
    blocks: BlockMap,
    layouts: Layouts,
    /// Marked objects that only the mutator may look at.
    unvisited: Vec<*mut Header>,
    /// What was referred to and lies in none of the blocks: large objects, pinned and young ones.
    elsewhere: Vec<*mut Header>,
    /// Objects that it has visited, and their bytes.
    objects: u64,
    bytes: u64,
    /// There was no memory to note something.
    lost: bool,
}

// SAFETY: the objects belong to the heap that lends the job; by the protocol the other thread touches only what the mutator lets it, as the module's page says.
unsafe impl Send for Job {}

impl Job {
    fn new() -> Job {
        Job {
            stack: Vec::new(),
            bits: Queue::EMPTY,
            ahead: Queue::EMPTY,
            blocks: BlockMap::default(),
            layouts: Layouts::default(),
            unvisited: Vec::new(),
            elsewhere: Vec::new(),
            objects: 0,
            bytes: 0,
            lost: false,
        }
    }

    /// Marks until nothing is left, or the job is wanted back.
    fn work(&mut self, is_wanted: impl Fn() -> bool) {
        // SAFETY: what lies in the blocks of the map is allocated and stays there while the thread has the job; nobody else marks.
        unsafe {
            while self.step() && !is_wanted() {}
            // What is on its way is marked or about to be: none of it may wait here.
            loop {
                let object = self.bits.take();
                if object.is_null() {
                    break;
                }
                push(&mut self.stack, object, &mut self.lost);
            }
            loop {
                let object = self.ahead.take();
                if object.is_null() {
                    break;
                }
                self.visit(object);
            }
        }
    }

    /// Marks some more; whether there may be something left.
    ///
    /// # Safety
    /// As in [`work`](Self::work).
    unsafe fn step(&mut self) -> bool {
        // SAFETY: by contract.
        unsafe {
            for _ in 0..STEPS {
                let object = match self.stack.pop() {
                    Some(next) if !self.blocks.holds(next) => {
                        push(&mut self.elsewhere, next, &mut self.lost);
                        continue;
                    }
                    Some(next) => {
                        prefetch(space::mark_address(next));
                        self.bits.put(next)
                    }
                    None => match self.bits.take() {
                        object if object.is_null() => match self.ahead.take() {
                            object if object.is_null() => return false,
                            object => {
                                self.visit(object);
                                continue;
                            }
                        },
                        object => object,
                    },
                };
                if !object.is_null() && space::mark(object) {
                    prefetch(object.cast());
                    prefetch(object.cast::<u8>().wrapping_add(32));
                    let arrived = self.ahead.put(object);
                    if !arrived.is_null() {
                        self.visit(arrived);
                    }
                }
            }
            true
        }
    }

    /// Pushes what a marked object refers to.
    ///
    /// # Safety
    /// As in [`work`](Self::work); the object lies in a block of the map.
    #[inline(always)]
    unsafe fn visit(&mut self, object: *mut Header) {
        // SAFETY: by contract; the layout is that of the object's shape, so the slots are its own.
        unsafe {
            let Some(layout) = self.layouts.get((*object).shape_shared()) else {
                return push(&mut self.unvisited, object, &mut self.lost);
            };
            self.objects += 1;
            self.bytes += layout.size as u64;
            let words = object.cast::<u64>();
            let mut slots = layout.slots;
            while slots != 0 {
                self.refer(word::read(words.add(slots.trailing_zeros() as usize)));
                slots &= slots - 1;
            }
            if layout.tail != Tail::None {
                // It did not overflow when the object was made.
                self.bytes += layout.tail.bytes(tail_len(object)).unwrap_or(0) as u64;
            }
            if layout.tail == Tail::Values {
                let tail = words.add(layout.size as usize / 8);
                for at in 0..tail_len(object) {
                    self.refer(word::read(tail.add(at)));
                }
            }
        }
    }

    /// Pushes what a slot refers to, if anything.
    ///
    /// # Safety
    /// These are the bits of a value.
    #[inline(always)]
    unsafe fn refer(&mut self, bits: u64) {
        // SAFETY: by contract.
        let value = unsafe { Value::from_bits(bits) };
        if value.is_ref() {
            let is_near = self.blocks.holds(value.header());
            let list = if is_near { &mut self.stack } else { &mut self.elsewhere };
            push(list, value.header(), &mut self.lost);
        }
    }
}

#[inline(always)]
fn push(list: &mut Vec<*mut Header>, object: *mut Header, lost: &mut bool) {
    match list.len() < list.capacity() || list.try_reserve(1).is_ok() {
        true => list.push(object),
        false => *lost = true,
    }
}

/// The thread.
#[derive(Debug)]
struct Worker {
    handover: Arc<Handover<Box<Job>>>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    fn start() -> Option<Worker> {
        let handover = Arc::new(Handover::default());
        let theirs: Arc<Handover<Box<Job>>> = handover.clone();
        let thread = spawn("taipan-marker", move || {
            while let Some(mut job) = theirs.next() {
                job.work(|| theirs.is_wanted());
                theirs.give_back(job);
            }
        })?;
        Some(Worker { handover, thread: Some(thread) })
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.handover.end();
        if let Some(thread) = self.thread.take() {
            // It runs nothing that panics.
            let _ = thread.join();
        }
    }
}

/// Marking beside the program, where the embedder [wants it](crate::HeapConfig::marking_thread). The thread begins when there is something to mark for the first time.
#[derive(Debug, Default)]
pub(crate) struct Beside {
    /// While it is not with the thread.
    job: Option<Box<Job>>,
    worker: Option<Worker>,
    is_lent: bool,
    /// The system has no thread to give.
    is_refused: bool,
    /// Objects that the thread visited when it had its last turn.
    progress: u64,
}

impl Beside {
    /// Has the thread mark what is on the marker's stack, until it is [taken back](Self::take_back). There is no young object, and none is old from birth.
    pub(crate) fn lend(&mut self, memory: &mut Memory, marker: &mut Marker) {
        debug_assert!(!self.is_lent);
        self.progress = 0;
        // Who refers into sparse blocks only the mutator notes.
        if !memory.marking_thread || self.is_refused || marker.is_noting() {
            return;
        }
        let stack = marker.take_stack();
        let mut job = self.job.take().unwrap_or_else(|| Box::new(Job::new()));
        let is_ready = !stack.is_empty()
            && memory.blocks.show_old_blocks(&mut job.blocks)
            && job.layouts.see(&memory.shapes);
        if self.worker.is_none() && is_ready {
            self.worker = Worker::start();
            self.is_refused = self.worker.is_none();
        }
        match &self.worker {
            Some(worker) if is_ready => {
                job.stack = stack;
                (memory.marked_beside, self.is_lent) = (true, true);
                worker.handover.lend(job);
                if memory.zeal.collect_every != 0 {
                    // The next collection is near: nearer than the thread.
                    worker.handover.wait_until_begun();
                }
            }
            _ => {
                marker.take_over(stack, &mut Vec::new(), false);
                self.job = Some(job);
            }
        }
    }

    /// Has what the thread has done, and whatever is left to do, back in the marker. Before anything is collected or moved.
    pub(crate) fn take_back(&mut self, memory: &mut Memory, marker: &mut Marker) {
        let Some(mut job) = self.recall(memory) else { return };
        marker.take_over(std::mem::take(&mut job.stack), &mut job.unvisited, std::mem::take(&mut job.lost));
        self.progress = std::mem::take(&mut job.objects);
        marker.objects += self.progress;
        marker.bytes += std::mem::take(&mut job.bytes);
        memory.stats.marked_beside += self.progress;
        // Chunks may have come for young objects; whoever holds those is looked at again.
        let chunks = memory.blocks.chunk_map();
        for object in job.elsewhere.drain(..) {
            let is_small = match chunks.is_complete() {
                true => chunks.holds(object),
                false => memory.blocks.contains(object),
            };
            let is_left_out = match is_small {
                // SAFETY: small objects lie in chunks, and have a class there.
                true => unsafe { is_pinned(object) && is_old(object) },
                false => true,
            };
            if is_left_out {
                marker.push(object);
            }
        }
        self.job = Some(job);
    }

    /// The job, which the thread has no more, if it was lent.
    fn recall(&mut self, memory: &mut Memory) -> Option<Box<Job>> {
        let worker = self.worker.as_ref().filter(|_| self.is_lent)?;
        let job = worker.handover.take_back();
        (memory.marked_beside, self.is_lent) = (false, false);
        Some(job)
    }

    /// Whether there is a thread to lend to.
    pub(crate) fn is_ready(&self, memory: &Memory) -> bool {
        memory.marking_thread && self.worker.is_some()
    }

    /// How many objects the thread has visited when it had its turn before the last collection.
    pub(crate) fn progress(&self) -> u64 {
        self.progress
    }

    /// Ends the thread. Nothing of what it has marked is kept.
    pub(crate) fn close(&mut self, memory: &mut Memory) {
        self.recall(memory);
        self.worker = None;
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        // Only where a heap was not closed in order.
        if let Some(worker) = self.worker.as_ref().filter(|_| self.is_lent) {
            worker.handover.take_back();
        }
    }
}
