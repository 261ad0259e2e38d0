//! Running a model with loom in every order that matters, and what a model needs besides the heap.

use super::word::shadow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::time::Duration;

pub(crate) use loom::thread;

/// How far an exploration goes.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// So often a thread may lose the processor where it could go on; `None`: as often as it likes.
    pub preemptions: Option<usize>,
    /// For each scenario; what has not been explored by then is not.
    pub time: Duration,
}

impl Default for Bounds {
    /// Two preemptions, which is where nearly all mistakes show, and a minute.
    fn default() -> Bounds {
        Bounds { preemptions: Some(2), time: Duration::from_secs(60) }
    }
}

/// Explores a model of one's own; how many executions there were.
///
/// # Panics
/// When it goes wrong.
pub fn explore(bounds: &Bounds, model: impl Fn() + Send + Sync + 'static) -> usize {
    let count = Tally::default();
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = bounds.preemptions;
    builder.checkpoint_interval = 200;
    builder.max_duration = Some(bounds.time);
    builder.max_branches = 10_000;
    let counter = count.clone();
    builder.check(move || {
        counter.add();
        shadow::begin();
        model();
    });
    count.get()
}

/// A number that all threads of a model count up, and that is no part of it: loom does not see it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally(Arc<AtomicUsize>);

impl Tally {
    /// One more.
    pub(crate) fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// How many there were.
    pub(crate) fn get(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}
