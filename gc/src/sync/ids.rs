//! The one counter of the process: tags by which handles know their heap. Not part of any protocol, so loom does not see it.

use std::sync::atomic::{AtomicU32, Ordering};

/// Tags are never reused, or a stale owned reference could fit another heap. Zero is never given out.
static NEXT: AtomicU32 = AtomicU32::new(1);

/// A fresh tag; `None` after 2^32 - 1 heaps.
pub(crate) fn next_heap() -> Option<u32> {
    NEXT.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |id| id.checked_add(1)).ok()
}
