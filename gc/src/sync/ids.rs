//! The counters of the process: tags by which handles know their heap, and heaps their thread. Not part of any protocol, so loom does
//! not see them.

use std::cell::Cell;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// Tags are never reused, or a stale owned reference could fit another heap. Zero is never given out.
static NEXT: AtomicU32 = AtomicU32::new(1);

/// A fresh tag; `None` after 2^32 - 1 heaps.
pub(crate) fn next_heap() -> Option<u32> {
    NEXT.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |id| id.checked_add(1)).ok()
}

static NEXT_THREAD: AtomicU64 = AtomicU64::new(1);

thread_local! {
    static THREAD: Cell<u64> = const { Cell::new(0) };
}

/// A number that no other thread of the process has, had or gets. Unlike the standard library's it takes no memory that a thread which
/// was not made by it never gives back.
pub fn this_thread() -> u64 {
    let known = THREAD.get();
    if known != 0 {
        return known;
    }
    let fresh = NEXT_THREAD.fetch_add(1, Ordering::Relaxed);
    THREAD.set(fresh);
    fresh
}
