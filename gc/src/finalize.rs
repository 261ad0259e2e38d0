//! Finalization: which objects have a finalizer, and which are waiting for it to run.
//!
//! Finalizers run only at `&mut` points, once per object (PEP 442). Under counting managers an object whose count
//! reaches zero is finalized by the drain of the zero queue and then re-checked. A trace clears the weak references of what it
//! found dead, moves its finalizable objects to `pending`, keeps what they reach alive until they have run, and frees
//! them in the next trace if nothing resurrected them.

use crate::header::Header;
use crate::shape::Visitor;
use crate::value::Value;
use std::collections::VecDeque;

/// The lists of the finalization protocol.
#[derive(Debug, Default)]
pub struct Finalization {
    /// Objects whose shape has a finalizer that has not run, in the order of their making (tracing managers only).
    pub registered: Vec<*mut Header>,
    /// Objects whose shape has a drop (tracing managers only: counting ones drop when they free).
    pub droppable: Vec<*mut Header>,
    /// Dead objects whose finalizer is due, in order. Each owns a count under counting managers.
    pub pending: VecDeque<Value>,
}

impl Finalization {
    pub(crate) fn visit(&mut self, visitor: &mut dyn Visitor) {
        for value in &mut self.pending {
            visitor.slot(value);
        }
    }

    /// Makes a finalizer due, after those that are; `false` without memory.
    pub fn push_pending(&mut self, object: *mut Header) -> bool {
        let room = self.pending.try_reserve(1).is_ok();
        if room {
            self.pending.push_back(Value::from_header(object));
        }
        room
    }

    /// Moves every registered object that `is_dead` to the pending ones, oldest first; how many there were. Without memory the rest
    /// stays registered, and alive, until the next collection.
    pub fn collect_dead(&mut self, mut is_dead: impl FnMut(*mut Header) -> bool) -> usize {
        let before = self.pending.len();
        let pending = &mut self.pending;
        self.registered.retain(|&object| {
            let due = is_dead(object) && pending.try_reserve(1).is_ok();
            if due {
                pending.push_back(Value::from_header(object));
            }
            !due
        });
        self.pending.len() - before
    }
}
