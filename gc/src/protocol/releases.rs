//! [`Releases`]: owned references given up by other threads, on their way to the mutator's zero queue.
//!
//! Counts are not atomic and belong to the mutator's thread. Another thread that gives up an owned reference posts its ticket; the mutator
//! takes all tickets at its next poll. Invariants, explored by loom on this very struct: every ticket posted before `close` is taken exactly once (R1); a post
//! whose `Signals` bit the mutator has seen is in the batch that it takes (R2); after `close` a post is refused, never lost silently (R3).

use super::signals::{Signals, FINALIZERS};
use crate::roots::Ticket;
use crate::sync::fault::{seeded, Fault};
use crate::sync::{lock, Arc, Mutex, MutexGuard};

#[derive(Debug, Default)]
struct Queue {
    tickets: Vec<Ticket>,
    closed: bool,
}

/// The mailbox of released tickets.
#[derive(Debug)]
pub struct Releases {
    queue: Mutex<Queue>,
    signals: Arc<Signals>,
}

impl Releases {
    /// An open, empty mailbox that raises [`FINALIZERS`] on `signals`.
    pub fn new(signals: Arc<Signals>) -> Releases {
        Releases { queue: Mutex::new(Queue::default()), signals }
    }

    /// Gives up a reference. From any thread. `false` when the heap is closed, which released it already.
    pub fn post(&self, ticket: Ticket) -> bool {
        let mut queue = self.lock();
        if queue.closed && !seeded(Fault::PostAfterClose) {
            return false;
        }
        if seeded(Fault::RaiseBeforePush) {
            drop(queue);
            self.signals.raise(FINALIZERS);
            self.lock().tickets.push(ticket);
            return true;
        }
        queue.tickets.push(ticket);
        drop(queue);
        // After the push: whoever sees the bit finds the ticket.
        if !seeded(Fault::NoRaise) {
            self.signals.raise(FINALIZERS);
        }
        true
    }

    /// Takes what was posted, if the signal says that something was; the mutator's half of the protocol.
    pub fn take_signalled(&self) -> Option<Vec<Ticket>> {
        if seeded(Fault::TakeBeforeBit) {
            let tickets = self.take();
            return (self.signals.take(FINALIZERS) != 0).then_some(tickets);
        }
        // The bit first: a post after that raises it again.
        (self.signals.take(FINALIZERS) != 0).then(|| self.take())
    }

    /// Takes everything posted so far. On the mutator's thread.
    pub fn take(&self) -> Vec<Ticket> {
        std::mem::take(&mut self.lock().tickets)
    }

    /// Refuses posts from now on and takes what is left.
    pub fn close(&self) -> Vec<Ticket> {
        if seeded(Fault::CloseInTwoSteps) {
            let tickets = self.take();
            self.lock().closed = true;
            return tickets;
        }
        let mut queue = self.lock();
        queue.closed = true;
        std::mem::take(&mut queue.tickets)
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        // A panic while holding the lock can't leave the queue half-changed.
        lock(&self.queue)
    }
}
