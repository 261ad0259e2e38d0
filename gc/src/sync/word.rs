//! Words of side tables that several threads may touch. Today one thread does: the accesses are relaxed loads and stores, which
//! cost what plain ones do, and a concurrent marker can make them read-modify-write in this one place.

use std::sync::atomic::{AtomicU64, Ordering};

/// 64 mark bits.
#[derive(Debug)]
#[repr(transparent)]
pub(crate) struct MarkWord(AtomicU64);

impl MarkWord {
    #[inline(always)]
    pub(crate) fn load(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    #[inline(always)]
    pub(crate) fn store(&self, bits: u64) {
        self.0.store(bits, Ordering::Relaxed);
    }

    /// Sets one bit; whether it was clear.
    #[inline(always)]
    pub(crate) fn set_bit(&self, bit: usize) -> bool {
        let old = self.load();
        self.store(old | 1 << bit);
        old >> bit & 1 == 0
    }
}
