//! [`Signals`]: the one atomic word of a mutator. Polls load it relaxed; whoever wants something of the mutator sets a bit.

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
        // Release: what the raiser did before is visible to who takes the bit.
        self.0.fetch_or(bits, Ordering::Release);
    }

    /// Takes these bits back; which of them were set.
    pub fn take(&self, bits: u32) -> u32 {
        self.0.fetch_and(!bits, Ordering::Acquire) & bits
    }
}
