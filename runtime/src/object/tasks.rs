//! Tasks: work that other threads have posted, done on the heap's thread at its next poll. What CPython calls pending calls.
//!
//! They run one after the other, in the order in which they were posted, and never inside each other.

use super::raise::Raised;
use super::{finalizers, none, rt};
use std::fmt;
use taipan_gc::protocol::mailbox::Mailbox;
use taipan_gc::Cx;

/// What a task does.
type Body = Box<dyn for<'s> FnOnce(&mut Cx<'s>) -> Result<(), Raised> + Send>;

/// Work for the heap's thread.
pub struct Task(Body);

impl Task {
    /// A task. An exception that it raises is reported as one that nobody can handle.
    pub fn new(body: impl for<'s> FnOnce(&mut Cx<'s>) -> Result<(), Raised> + Send + 'static) -> Task {
        Task(Box::new(body))
    }
}

impl fmt::Debug for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Task")
    }
}

/// Where tasks are posted.
pub type Tasks = Mailbox<Task>;

/// Runs what was posted by now, unless a task is running: then its end is waited for. May collect.
#[cold]
pub fn run(cx: &mut Cx<'_>) {
    if rt(cx).in_task.replace(true) {
        return;
    }
    let posted = rt(cx).tasks.take_signalled();
    for task in posted.into_iter().flatten() {
        cx.scoped(|cx| {
            let place = none(cx);
            finalizers::aside(cx, place, task.0);
        });
    }
    rt(cx).in_task.set(false);
}
