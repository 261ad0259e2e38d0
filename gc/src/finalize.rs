//! Finalization: which objects have a finalizer, and which are waiting for it to run.
//!
//! Finalizers run only at `&mut` points, once per object (PEP 442). Under counting managers an object whose count
//! reaches zero is finalized by the drain of the zero queue and then re-checked; if it is still dead its weak references are cleared, and
//! those of their holders that live and want to know are told. A trace clears the weak references of what it found dead, moves their
//! holders to `notices` and the finalizable objects to `pending`, keeps what they reach alive until they have run, and frees
//! them in the next trace if nothing resurrected them. These are CPython's two orders.

use crate::header::Header;
use crate::shape::Visitor;
use crate::value::Value;
use hashbrown::HashMap;
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
    /// Watchers that are to be told, in order. Each owns a count under counting managers.
    pub notices: VecDeque<Value>,
    /// In which order finalizable objects were made, under counting managers, as far as somebody wanted that remembered.
    order: HashMap<usize, (u64, u64)>,
    /// Lowest and highest address in it: most objects that die lie outside, and are not looked up.
    span: (usize, usize),
    serial: u64,
}

/// How much is due: so many entries of [`Finalization::pending`] and of [`Finalization::notices`].
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Due {
    /// Finalizers.
    pub finalizers: usize,
    /// Watchers to be told.
    pub notices: usize,
}

impl Finalization {
    pub(crate) fn visit(&mut self, visitor: &mut dyn Visitor) {
        for value in self.pending.iter_mut().chain(&mut self.notices) {
            visitor.slot(value);
        }
    }

    /// How many finalizable objects were made so far, as far as somebody wanted that remembered; it wraps around.
    pub fn made(&self) -> u32 {
        self.serial as u32
    }

    /// Remembers that a finalizable object was made after so many others: those of a dead cycle are finalized in that order. Without memory it
    /// is one of those whose order nobody knows.
    pub(crate) fn remember(&mut self, object: *mut Header, born: u32) {
        if self.order.try_reserve(1).is_ok() {
            // Among those that had as many before them, the one that was made last is the one that was counted as it was made.
            let later = self.made().wrapping_sub(born) as u64;
            let serial = if later == 0 { u64::MAX } else { self.serial };
            let (at, (low, high)) = (object as usize, self.span);
            self.span = if self.order.is_empty() { (at, at) } else { (low.min(at), high.max(at)) };
            self.order.insert(at, (self.serial - later, serial));
            self.serial += 1;
        }
    }

    /// The object dies.
    #[inline]
    pub(crate) fn forget(&mut self, object: *mut Header) {
        let at = object as usize;
        if at >= self.span.0 && at <= self.span.1 {
            self.order.remove(&at);
        }
    }

    /// Brings the registered objects in the order of their making; those of which it is not known come last, as they are.
    pub(crate) fn sort_registered(&mut self) {
        let order = &self.order;
        if !order.is_empty() {
            self.registered
                .sort_by_key(|object| order.get(&(*object as usize)).copied().unwrap_or((u64::MAX, 0)));
        }
    }

    /// How much is due.
    pub(crate) fn due(&self) -> Due {
        Due { finalizers: self.pending.len(), notices: self.notices.len() }
    }

    /// Whether a finalizer or a notice is due.
    pub(crate) fn any_due(&self) -> bool {
        !self.pending.is_empty() || !self.notices.is_empty()
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
