//! The seam: the only place that names std's or loom's synchronisation.
//!
//! Built with `--cfg loom` the same names are loom's, so that loom explores the shipped protocol structs.

#[cfg(loom)]
pub mod explore;
pub mod fault;
pub(crate) mod ids;
pub(crate) mod word;

pub use ids::this_thread;

#[cfg(not(loom))]
pub(crate) use std::sync::atomic::AtomicU32;
// For the layers above, too.
#[cfg(not(loom))]
pub use std::sync::{
    atomic::{AtomicU64, Ordering},
    Arc, Mutex, MutexGuard,
};

#[cfg(loom)]
pub(crate) use loom::sync::atomic::AtomicU32;
#[cfg(loom)]
pub use loom::sync::{
    atomic::{AtomicU64, Ordering},
    Arc, Mutex, MutexGuard,
};

#[cfg(not(loom))]
thread_local! {
    /// Whether this thread is inside a heap.
    pub(crate) static ENTERED: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

#[cfg(loom)]
loom::thread_local! {
    /// Whether this thread of the model is inside a heap.
    pub(crate) static ENTERED: std::cell::Cell<bool> = std::cell::Cell::new(false);
}

/// Locks, also after a panic of another holder: for data that no panic leaves half-changed.
#[cfg(not(loom))]
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Locks; loom ends the model when a holder panics.
#[cfg(loom)]
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap()
}
