//! [`Signals`]: the one atomic word of a mutator. Polls load it relaxed; whoever wants something of the mutator sets a bit.
//!
//! Invariants, explored by loom: a bit raised is taken exactly once, whatever other bits are raised or taken meanwhile (R4); what the raiser
//! did before is visible to who took the bit (R5).

use crate::sync::fault::{seeded, Fault};
use crate::sync::{AtomicU32, Ordering};

/// A collection is due.
pub const COLLECT: u32 = 1;
/// Another thread asks the mutator to stop what it runs.
pub const INTERRUPT: u32 = 2;
/// Finalizers are due, or another thread released references.
pub const FINALIZERS: u32 = 4;
/// Another thread waits for a safepoint.
pub const STOP: u32 = 8;
/// Another thread waits for its turn.
pub const SWITCH: u32 = 16;
/// Polls are counted: the mutator's own bit, see [`Cx::set_fuel`](crate::Cx::set_fuel).
pub const FUEL: u32 = 32;
/// A drain has left something for the next poll: the mutator's own bit, see [`HeapConfig::drain_portion`](crate::HeapConfig::drain_portion).
pub const DRAIN: u32 = 64;

/// Another thread has posted work for the language: a task.
pub const TASKS: u32 = 128;

/// The word.
#[derive(Debug)]
pub struct Signals(AtomicU32);

impl Default for Signals {
    fn default() -> Signals {
        Signals(AtomicU32::new(0))
    }
}

impl Signals {
    /// Whether anything is asked of the mutator: the poll.
    #[inline(always)]
    pub fn pending(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }

    /// Asks something of the mutator. From any thread.
    pub fn raise(&self, bits: u32) {
        if seeded(Fault::RaiseNotAtomic) {
            return self.0.store(self.pending() | bits, Ordering::Release);
        }
        if seeded(Fault::RaiseRelaxed) {
            self.0.fetch_or(bits, Ordering::Relaxed);
            return;
        }
        // Release: what the raiser did before is visible to who takes the bit.
        self.0.fetch_or(bits, Ordering::Release);
    }

    /// Takes these bits back; which of them were set.
    pub fn take(&self, bits: u32) -> u32 {
        if seeded(Fault::TakeNotAtomic) {
            let before = self.0.load(Ordering::Acquire);
            self.0.store(before & !bits, Ordering::Release);
            return before & bits;
        }
        if seeded(Fault::TakeRelaxed) {
            return self.0.fetch_and(!bits, Ordering::Relaxed) & bits;
        }
        self.0.fetch_and(!bits, Ordering::Acquire) & bits
    }
}
