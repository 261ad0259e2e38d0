//! [`Mailbox`]: what other threads hand to the mutator, which takes it at its next poll.
//!
//! [`Releases`] are owned references that they give up, on their way to the zero queue: counts are not atomic and belong to the mutator's thread. The
//! language's tasks go through another one. Invariants, explored by loom on this very struct: every item posted before `close` is taken exactly once
//! (R1); a post whose `Signals` bit the mutator has seen is in the batch that it takes (R2); after `close` a post is refused, and says so
//! (R3).

use super::signals::Signals;
use crate::roots::Ticket;
use crate::sync::fault::{seeded, Fault};
use crate::sync::{lock, Arc, Mutex, MutexGuard};

#[derive(Debug)]
struct Queue<T> {
    items: Vec<T>,
    closed: bool,
}

/// A mailbox of the mutator.
#[derive(Debug)]
pub struct Mailbox<T> {
    queue: Mutex<Queue<T>>,
    signals: Arc<Signals>,
    bit: u32,
}

/// The mailbox of released tickets. A post that is refused has nothing to release any more: the heap is closed.
pub type Releases = Mailbox<Ticket>;

impl<T> Mailbox<T> {
    /// An open, empty mailbox that raises a bit on `signals`.
    pub fn new(signals: Arc<Signals>, bit: u32) -> Mailbox<T> {
        Mailbox { queue: Mutex::new(Queue { items: Vec::new(), closed: false }), signals, bit }
    }

    /// Hands something over, which is made only if the heap is not closed; whether it was. From any thread.
    pub fn post(&self, make: impl FnOnce() -> T) -> bool {
        let mut queue = self.lock();
        if queue.closed && !seeded(Fault::PostAfterClose) {
            return false;
        }
        if seeded(Fault::RaiseBeforePush) {
            drop(queue);
            self.signals.raise(self.bit);
            self.lock().items.push(make());
            return true;
        }
        queue.items.push(make());
        drop(queue);
        // After the push: whoever sees the bit finds the item.
        if !seeded(Fault::NoRaise) {
            self.signals.raise(self.bit);
        }
        true
    }

    /// Takes what was posted, if the signal says that something was; the mutator's half of the protocol.
    pub fn take_signalled(&self) -> Option<Vec<T>> {
        if seeded(Fault::TakeBeforeBit) {
            let items = self.take();
            return (self.signals.take(self.bit) != 0).then_some(items);
        }
        // The bit first: a post after that raises it again.
        (self.signals.take(self.bit) != 0).then(|| self.take())
    }

    /// Takes everything posted so far. On the mutator's thread.
    pub fn take(&self) -> Vec<T> {
        std::mem::take(&mut self.lock().items)
    }

    /// Whether posts are refused.
    pub fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Refuses posts from now on and takes what is left.
    pub fn close(&self) -> Vec<T> {
        if seeded(Fault::CloseInTwoSteps) {
            let items = self.take();
            self.lock().closed = true;
            return items;
        }
        let mut queue = self.lock();
        queue.closed = true;
        std::mem::take(&mut queue.items)
    }

    fn lock(&self) -> MutexGuard<'_, Queue<T>> {
        // A panic while holding the lock can't leave the queue half-changed.
        lock(&self.queue)
    }
}
