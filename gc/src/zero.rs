//! The zero queue of counting managers: objects whose count reached zero, and those born with none, until the next drain.
//!
//! What natives make lies on the queue until somebody refers to it. Of an embedder's type whose end leaves no trace it is a *newborn*, marked by
//! [`FLAG_LOG`]: its slots own no counts yet. Most newborns die
//! at the next drain, and then nothing has ever been counted for them: their cells are free at once. One that somebody refers to, or that is about
//! to be written to, or whose end others may notice, is *settled*: its slots get their counts. (The idea is that of counting only what outlives a
//! nursery: Blackburn & McKinley, "Ulterior reference counting", 2003; here the queue is the nursery, and nothing is copied.)
//!
//! - Z1: an object with [`FLAG_QUEUED`] has one entry, on the queue or among those held back; no other object has one.
//! - Z2: an object with [`FLAG_LOG`] is queued, not held back, and was not written to since it was made. So what its slots refer to is older than it is.
//! - Z3: the slots of an object own counts, but those of an object with [`FLAG_LOG`].

use crate::cache::FreeCell;
use crate::header::{Header, COUNT_STUCK, FLAG_LOG, FLAG_QUEUED};
use crate::manager::Memory;
use crate::protocol::signals::DRAIN;
use crate::shape::ShapeTable;
use crate::value::Value;

/// So many entries may wait for the next drain; then newborns are settled, and those that others refer to leave the queue.
const MOST_NEWBORNS: usize = 1 << 20;

/// The queue grows by so many entries at least: enough for all that an object with a bitmap of slots lets go of.
pub(crate) const ROOM: usize = u64::BITS as usize;

/// Puts an object on the zero queue that is marked as lying there. Without memory its count sticks instead: a full collection finds it.
#[inline(always)]
pub(crate) fn push_zero(zero: &mut Vec<*mut Header>, object: *mut Header) {
    if zero.len() == zero.capacity() && !grow(zero, object) {
        return;
    }
    // SAFETY: there is room.
    unsafe {
        zero.as_mut_ptr().add(zero.len()).write(object);
        zero.set_len(zero.len() + 1);
    }
}

/// Makes room for an object on the zero queue; whether there is.
#[cold]
#[inline(never)]
fn grow(zero: &mut Vec<*mut Header>, object: *mut Header) -> bool {
    let grown = zero.try_reserve(ROOM).is_ok();
    if !grown {
        // SAFETY: the caller's object is alive. Stuck is always allowed: only a trace frees it then.
        unsafe {
            (*object).set_count(COUNT_STUCK);
            (*object).clear(FLAG_QUEUED);
        }
    }
    grown
}

/// Gives the slots of a newborn their counts: Z3.
///
/// # Safety
/// The object has `FLAG_LOG`.
#[inline(always)]
unsafe fn settle(shapes: &ShapeTable, object: *mut Header) {
    // SAFETY: by contract.
    unsafe {
        (*object).clear(FLAG_LOG);
        count_slots(shapes, object);
    }
}

/// Gives the slots of an object that was a newborn their counts.
///
/// # Safety
/// They own none yet.
#[inline(always)]
unsafe fn count_slots(shapes: &ShapeTable, object: *mut Header) {
    // SAFETY: by contract; a newborn's slots are those of the bitmap, and hold valid values.
    unsafe {
        let mut slots = (*shapes.brief_in_place((*object).shape())).slots;
        while slots != 0 {
            let slot = *(object as *const Value).add(slots.trailing_zeros() as usize);
            slots &= slots - 1;
            if slot.is_ref() {
                (*slot.header()).retain();
            }
        }
    }
}

impl Memory {
    /// Puts a newborn on the queue, whose header says that it lies there. Returns it, for who has nothing else to do then.
    #[inline(always)]
    pub(crate) fn push_newborn(&mut self, object: *mut Header) -> *mut Header {
        if self.zero.len() == self.zero.capacity() {
            return self.push_newborn_slow(object);
        }
        self.newborns += 1;
        push_zero(&mut self.zero, object);
        object
    }

    #[cold]
    #[inline(never)]
    fn push_newborn_slow(&mut self, object: *mut Header) -> *mut Header {
        if self.zero.len() >= MOST_NEWBORNS {
            self.settle_newborns();
        }
        if self.zero.len() > self.zero.capacity() / 2 && self.zero.try_reserve(1).is_err() {
            // SAFETY: Z3. A count that sticks is no entry's.
            unsafe { settle(&self.shapes, object) };
        }
        self.newborns += 1;
        push_zero(&mut self.zero, object);
        object
    }

    /// Settles all newborns, so that those which others refer to leave the queue: for a long time without a drain.
    fn settle_newborns(&mut self) {
        let Memory { zero, shapes, .. } = self;
        for &object in zero.iter() {
            // SAFETY: entries are allocated.
            unsafe {
                if (*object).has(FLAG_LOG) {
                    settle(shapes, object);
                }
            }
        }
        // SAFETY: as above.
        zero.retain(|&object| unsafe {
            let dead = (*object).count() == 0;
            if !dead {
                (*object).clear(FLAG_QUEUED);
            }
            dead
        });
        self.newborns = 0;
    }

    /// Gives an object a reference, from a slot or a root. A fresh one usually gets its first at once: then it leaves the queue again while its
    /// entry is still hot, instead of being looked at by the next drain.
    ///
    /// # Safety
    /// As [`Header::retain`].
    #[inline(always)]
    pub(crate) unsafe fn adopt(&mut self, object: *mut Header) {
        // SAFETY: by contract.
        unsafe {
            if !(*object).has(FLAG_QUEUED) {
                (*object).retain();
            } else if (*object).has(FLAG_LOG) {
                self.adopt_newborn(object);
            } else if self.take_off(object) {
                (*object).retain_off_queue();
            } else {
                (*object).retain();
            }
        }
    }

    /// As [`adopt`](Self::adopt), for a newborn.
    ///
    /// # Safety
    /// As there.
    #[inline(never)]
    unsafe fn adopt_newborn(&mut self, object: *mut Header) {
        // SAFETY: by contract.
        unsafe {
            if self.take_off(object) {
                self.newborns -= 1;
                (*object).retain_off_queue();
                count_slots(&self.shapes, object);
            } else {
                (*object).retain();
            }
        }
    }

    /// Takes an object's entry off the queue if it is one of the last two; whether it was.
    #[inline(always)]
    fn take_off(&mut self, object: *mut Header) -> bool {
        let (entries, len) = (self.zero.as_mut_ptr(), self.zero.len());
        // SAFETY: the entries looked at are among the queue's.
        unsafe {
            // Arguments of a constructor are adopted in the order of their making: the first of two is the last but one.
            if len >= 1 && *entries.add(len - 1) == object {
                self.zero.set_len(len - 1);
                return true;
            }
            if len >= 2 && *entries.add(len - 2) == object {
                *entries.add(len - 2) = *entries.add(len - 1);
                self.zero.set_len(len - 1);
                return true;
            }
        }
        false
    }

    /// Gives the slots of a newborn their counts.
    ///
    /// # Safety
    /// The object has `FLAG_LOG`; the heap counts.
    #[inline]
    pub(crate) unsafe fn settle(&mut self, object: *mut Header) {
        self.newborns -= 1;
        // SAFETY: by contract.
        unsafe { settle(&self.shapes, object) };
    }

    /// Goes through the queue, youngest first: newborns that nobody refers to and whose end nobody notices are freed; others are settled;
    /// what somebody refers to leaves the queue. All that refers to a newborn and owns no count of it is younger (Z2), so has been settled or freed before.
    ///
    /// # Safety
    /// No `Local` exists.
    #[inline(never)]
    pub(crate) unsafe fn sort_out_newborns(&mut self) {
        self.newborns = 0;
        let stressed = self.is_stressed();
        let Memory { zero, shapes, cache, .. } = self;
        let (len, entries) = (zero.len(), zero.as_mut_ptr());
        let (mut at, mut kept) = (len, len);
        // SAFETY: entries are allocated, and `at` and `kept` are numbers of them; what is freed here nobody refers to, as said above.
        unsafe {
            while at > 0 {
                at -= 1;
                let object = *entries.add(at);
                let header = &*object;
                if header.count() > 0 {
                    if header.has(FLAG_LOG) {
                        settle(shapes, object);
                    }
                    header.clear(FLAG_QUEUED);
                    continue;
                }
                let shape = header.shape();
                let (word, brief) = (Header::newborn(shape).word(), &*shapes.brief_in_place(shape));
                if header.word() != word || !brief.is_plain() || stressed {
                    if header.has(FLAG_LOG) {
                        settle(shapes, object);
                    }
                    kept -= 1;
                    *entries.add(kept) = object;
                    continue;
                }
                // What was made together often is alike: then where the cells go is known.
                let class = brief.class as usize;
                let before = at + 1;
                let mut free = FreeCell::make(object, 0, cache.shown_bin(class).free, false);
                while at > 0 && (**entries.add(at - 1)).word() == word {
                    at -= 1;
                    free = FreeCell::make(*entries.add(at), 0, free, false);
                }
                cache.give_chain(class, free, (before - at) as u64);
            }
        }
        zero.drain(..kept);
    }

    /// Queues an object whose count is zero, once.
    ///
    /// # Safety
    /// `object` is an allocated object of this heap, which counts.
    #[inline]
    pub unsafe fn queue_zero(&mut self, object: *mut Header) {
        // SAFETY: by contract.
        unsafe {
            if !(*object).has(FLAG_QUEUED) {
                (*object).set(FLAG_QUEUED);
                push_zero(&mut self.zero, object);
            }
        }
    }

    /// Whether the zero queue is empty and nothing that was put off is due.
    #[inline(always)]
    pub(crate) fn is_settled(&self) -> bool {
        self.zero.is_empty() && !self.finalization.any_due()
    }

    /// Leaves the entries of the zero queue to the next poll; whether there was memory for that.
    pub(crate) fn put_off(&mut self) -> bool {
        let room = self.held.try_reserve(self.zero.len()).is_ok();
        if room {
            self.held.append(&mut self.zero);
            self.signals.raise(DRAIN);
        }
        room
    }

    /// Takes up what was put off, as the zero queue, which is empty.
    pub(crate) fn go_on(&mut self) {
        debug_assert!(self.zero.is_empty());
        self.signals.take(DRAIN);
        std::mem::swap(&mut self.zero, &mut self.held);
    }

    /// Holds the entries of the zero queue back, until [`take_up`](Self::take_up) with what this returns. Without memory they don't wait.
    pub(crate) fn hold_back(&mut self) -> usize {
        if self.newborns > 0 {
            // SAFETY: finalizers run at `&mut` points, where no `Local` exists.
            unsafe { self.sort_out_newborns() };
        }
        let before = self.held.len();
        if self.held.try_reserve(self.zero.len()).is_ok() {
            self.held.append(&mut self.zero);
        }
        before
    }

    /// Puts the entries that were held back on the zero queue again, below what has come meanwhile.
    pub(crate) fn take_up(&mut self, before: usize) {
        let entries = self.held.len() - before;
        if entries == 0 {
            return;
        }
        if self.zero.try_reserve(entries).is_err() {
            // As when a queue can't grow: they stick, and a trace finds them.
            for object in self.held.drain(before..) {
                // SAFETY: entries are allocated.
                unsafe {
                    (*object).set_count(COUNT_STUCK);
                    (*object).clear(FLAG_QUEUED);
                }
            }
            return;
        }
        self.zero.splice(0..0, self.held.drain(before..));
    }
}
