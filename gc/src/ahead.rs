//! Prefetching: short queues in which things wait while what they need is on its way from memory.

use crate::header::Header;

/// References whose mark bit is on its way.
pub(crate) type BitsAhead = Queue<16>;
/// Objects that are on their way.
pub(crate) type ObjectsAhead = Queue<32>;

/// The last few things put in; a full one gives the oldest back.
#[derive(Debug)]
pub(crate) struct Queue<const N: usize> {
    entries: [*mut Header; N],
    first: usize,
    len: usize,
}

impl<const N: usize> Queue<N> {
    pub(crate) const EMPTY: Queue<N> = Queue { entries: [std::ptr::null_mut(); N], first: 0, len: 0 };

    /// Puts `object` in; the oldest entry if there was no room, else null.
    #[inline(always)]
    pub(crate) fn put(&mut self, object: *mut Header) -> *mut Header {
        if self.len < N {
            self.entries[(self.first + self.len) % N] = object;
            self.len += 1;
            return std::ptr::null_mut();
        }
        let oldest = std::mem::replace(&mut self.entries[self.first % N], object);
        self.first = (self.first + 1) % N;
        oldest
    }

    /// The oldest entry, or null.
    #[inline(always)]
    pub(crate) fn take(&mut self) -> *mut Header {
        if self.len == 0 {
            return std::ptr::null_mut();
        }
        self.len -= 1;
        let oldest = self.entries[self.first % N];
        self.first = (self.first + 1) % N;
        oldest
    }
}

/// Has the cache line at an address fetched.
#[inline(always)]
pub(crate) fn prefetch(address: *const u8) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: prefetching has no effect but on the caches, whatever the address.
    unsafe {
        use std::arch::x86_64::{_mm_prefetch, _MM_HINT_T0};
        _mm_prefetch(address.cast(), _MM_HINT_T0);
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = address;
}
