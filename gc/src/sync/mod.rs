//! The seam: the only place that names std's or loom's synchronisation.
//!
//! Built with `--cfg loom` the same names are loom's, so that loom explores the shipped protocol structs.

#[cfg(loom)]
pub mod explore;
pub mod fault;
pub(crate) mod ids;
pub(crate) mod word;

pub use ids::{seat, seat_outside, this_thread};
/// For tables that are worked out once and never change: who comes first makes them, which is no protocol of ours.
pub use std::sync::LazyLock;

#[cfg(not(loom))]
pub(crate) use ids::set_inside;

#[cfg(not(loom))]
pub(crate) use std::sync::atomic::AtomicU32;
// For the layers above, too.
#[cfg(not(loom))]
pub use std::sync::{
    atomic::{AtomicU64, Ordering},
    Arc, Condvar, Mutex, MutexGuard,
};
#[cfg(not(loom))]
pub(crate) use std::thread::JoinHandle;

#[cfg(loom)]
pub(crate) use loom::sync::atomic::AtomicU32;
#[cfg(loom)]
pub use loom::sync::{
    atomic::{AtomicU64, Ordering},
    Arc, Condvar, Mutex, MutexGuard,
};
#[cfg(loom)]
pub(crate) use loom::thread::JoinHandle;

#[cfg(loom)]
loom::thread_local! {
    /// Whether this thread of the model is inside a heap.
    static ENTERED: std::cell::Cell<bool> = std::cell::Cell::new(false);
}

/// Says whether this thread of the model is inside a heap; what held before.
#[cfg(loom)]
pub(crate) fn set_inside(inside: bool) -> bool {
    ENTERED.with(|entered| entered.replace(inside))
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

/// Waits until the condition variable is told of something.
#[cfg(not(loom))]
pub fn wait<'a, T>(changed: &Condvar, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
    changed.wait(guard).unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Waits until the condition variable is told of something.
#[cfg(loom)]
pub fn wait<'a, T>(changed: &Condvar, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
    changed.wait(guard).unwrap()
}

/// A thread that runs `body`; `None` when the system has none. It calls nothing of the embedder's, so it takes little stack.
#[cfg(not(loom))]
pub(crate) fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Option<JoinHandle<()>> {
    std::thread::Builder::new().name(name.into()).stack_size(128 << 10).spawn(body).ok()
}

/// A thread of the model.
#[cfg(loom)]
pub(crate) fn spawn(_: &str, body: impl FnOnce() + 'static) -> Option<JoinHandle<()>> {
    Some(loom::thread::spawn(body))
}
