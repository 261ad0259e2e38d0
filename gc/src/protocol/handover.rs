//! [`Handover`]: work that goes to and fro between the mutator, which lends it, and one other thread, which does a part of it.
//!
//! Invariants, explored by loom on this very struct: the work is in one hand at a time, and what the one did to it the other sees (R8); taking it back ends, whether
//! the other thread has begun, is at it, or has given it back (R9); after `end` the other thread ends, once what it had is taken back (R10).

use crate::sync::fault::{seeded, Fault};
use crate::sync::{lock, wait, AtomicU32, Condvar, Mutex, Ordering};

/// Where the work is.
#[derive(Debug)]
enum Turn<T> {
    /// With the mutator.
    Home,
    /// On its way to the other thread.
    Lent(T),
    /// With the other thread.
    Away,
    /// On its way back.
    Done(T),
    /// Nothing will be lent any more.
    Ended,
}

/// The struct between the two threads.
#[derive(Debug)]
pub struct Handover<T> {
    turn: Mutex<Turn<T>>,
    changed: Condvar,
    /// Whether the mutator waits for the work.
    wanted: AtomicU32,
}

impl<T> Default for Handover<T> {
    fn default() -> Handover<T> {
        Handover { turn: Mutex::new(Turn::Home), changed: Condvar::new(), wanted: AtomicU32::new(0) }
    }
}

impl<T> Handover<T> {
    /// Lends the work. On the mutator's thread, which has it.
    pub fn lend(&self, work: T) {
        let mut turn = lock(&self.turn);
        debug_assert!(matches!(*turn, Turn::Home), "the work is lent once");
        *turn = Turn::Lent(work);
        drop(turn);
        self.changed.notify_all();
    }

    /// Waits until the other thread has begun with what was lent, which takes it some time: for tests. On the mutator's thread.
    pub fn wait_until_begun(&self) {
        let mut turn = lock(&self.turn);
        while matches!(*turn, Turn::Lent(_)) {
            turn = wait(&self.changed, turn);
        }
    }

    /// Takes the work back, which was lent; waits for the other thread if that is at it, until it looks [whether it is wanted](Self::is_wanted). On the mutator's
    /// thread.
    pub fn take_back(&self) -> T {
        // Only a hint: the lock is what orders the two.
        self.wanted.store(1, Ordering::Relaxed);
        let mut turn = lock(&self.turn);
        loop {
            match std::mem::replace(&mut *turn, Turn::Home) {
                Turn::Lent(work) | Turn::Done(work) => {
                    self.wanted.store(0, Ordering::Relaxed);
                    return work;
                }
                other => *turn = other,
            }
            turn = wait(&self.changed, turn);
        }
    }

    /// Lends nothing any more: the other thread ends. On the mutator's thread, which has the work.
    pub fn end(&self) {
        *lock(&self.turn) = Turn::Ended;
        if !seeded(Fault::EndSilently) {
            self.changed.notify_all();
        }
    }

    /// Waits for work; `None` when there will be none any more. On the other thread.
    pub fn next(&self) -> Option<T> {
        let mut turn = lock(&self.turn);
        loop {
            match std::mem::replace(&mut *turn, Turn::Away) {
                Turn::Lent(work) => {
                    drop(turn);
                    self.changed.notify_all();
                    return Some(work);
                }
                Turn::Ended => {
                    *turn = Turn::Ended;
                    return None;
                }
                other => *turn = other,
            }
            turn = wait(&self.changed, turn);
        }
    }

    /// Whether to give the work back soon. On the other thread.
    #[inline]
    pub fn is_wanted(&self) -> bool {
        self.wanted.load(Ordering::Relaxed) != 0
    }

    /// Gives the work back. On the other thread, which has it.
    pub fn give_back(&self, work: T) {
        let mut turn = lock(&self.turn);
        debug_assert!(matches!(*turn, Turn::Away), "the work is given back once");
        *turn = Turn::Done(work);
        drop(turn);
        if !seeded(Fault::GiveBackSilently) {
            self.changed.notify_all();
        }
    }
}
