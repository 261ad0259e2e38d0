//! Finalization: which objects have a finalizer, and which are waiting for it to run.
//!
//! Finalizers run only at `&mut` points, once per object (PEP 442). Under counting managers an object whose count
//! reaches zero is finalized by the drain of the zero queue and then re-checked. A trace clears the weak references of what it
//! found dead, moves its finalizable objects to `pending`, keeps what they reach alive until they have run, and frees
//! them in the next trace if nothing resurrected them.

use crate::header::Header;
use crate::shape::Visitor;
use crate::value::Value;

/// The lists of the finalization protocol.
#[derive(Debug, Default)]
pub struct Finalization {
    /// Objects whose shape has a finalizer that has not run, in the order of their making (tracing managers only).
    pub registered: Vec<*mut Header>,
    /// Objects whose shape has a drop (tracing managers only: counting ones drop when they free).
    pub droppable: Vec<*mut Header>,
    /// Dead objects whose finalizer is due, in order. Each owns a count under counting managers.
    pub pending: Vec<Value>,
}

impl Finalization {
    pub(crate) fn visit(&mut self, visitor: &mut dyn Visitor) {
        for value in &mut self.pending {
            visitor.slot(value);
        }
    }

    /// Moves every registered object that `is_dead` to the pending ones, oldest first; whether there was any.
    pub fn collect_dead(&mut self, mut is_dead: impl FnMut(*mut Header) -> bool) -> bool {
        let before = self.pending.len();
        let pending = &mut self.pending;
        self.registered.retain(|&object| {
            let dead = is_dead(object);
            if dead {
                pending.push(Value::from_header(object));
            }
            !dead
        });
        self.pending.len() > before
    }
}
