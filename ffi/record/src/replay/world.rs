//! What a recording's names mean in this run: values, handles, pointers, payloads, slots, buffers, memory.
//!
//! A name that means the same in both runs, as most do under the same manager, takes no room. Leaves out: calling the library.

use super::host::Group;
use crate::kinds::{is_local, Space};
use std::collections::{HashMap, HashSet};

/// A payload of this run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Payload {
    pub(super) base: usize,
    pub(super) size: usize,
}

/// A slot outside of payloads: memory of the replay's own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    pub(super) at: usize,
    /// The payload whose trace function shows it; 0: not known yet.
    pub(super) owner: usize,
}

/// Bytes that the program wrote, and so the replay does.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bytes {
    pub(super) at: usize,
    pub(super) len: usize,
    /// Whose they are, if they go with a heap.
    pub(super) context: u64,
}

/// A type, as far as it is known.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Type {
    pub(super) size: usize,
    pub(super) is_traced: bool,
}

/// See the head of this file. Keys are as recorded.
#[derive(Debug, Default)]
pub(super) struct World {
    values: HashMap<u64, u64>,
    handles: HashMap<(Space, u64), u64>,
    /// The library's pointers, as long as they are good.
    pub(super) objects: HashMap<u64, u64>,
    /// How many of each link are to be given back.
    pub(super) remotes: HashMap<u64, u64>,
    /// The contexts of heaps.
    pub(super) contexts: HashMap<u64, u64>,
    pub(super) payloads: HashMap<u64, Payload>,
    /// Their numbers, by their addresses here.
    pub(super) numbers: HashMap<usize, u64>,
    /// All that the host has asked for.
    pub(super) known: HashSet<u64>,
    /// By their identity here.
    pub(super) types: HashMap<u64, Type>,
    pub(super) cells: HashMap<u64, Cell>,
    /// The cells of payloads.
    pub(super) shown: HashMap<usize, Vec<usize>>,
    pub(super) buffers: HashMap<u64, Bytes>,
    pub(super) memory: HashMap<u64, Bytes>,
    pub(super) groups: HashMap<u64, &'static Group>,
    /// What each group answered last, where that is all that is known.
    pub(super) last: HashMap<u64, u64>,
    /// How many bodies of each cause were used.
    pub(super) used: HashMap<crate::recording::Cause, usize>,
    /// The bodies of trace functions that were gone through.
    pub(super) traced: HashSet<u32>,
}

impl World {
    /// What a recorded value is here.
    pub(super) fn value(&self, recorded: u64) -> u64 {
        match is_local(recorded) {
            true => self.values.get(&recorded).copied().unwrap_or(recorded),
            false => recorded,
        }
    }

    /// A recorded value is this one; whether both are locals, or the same immediate.
    pub(super) fn bind_value(&mut self, recorded: u64, now: u64) -> bool {
        if is_local(recorded) {
            match recorded == now {
                true => self.values.remove(&recorded),
                false => self.values.insert(recorded, now),
            };
        }
        is_local(recorded) && is_local(now) || recorded == now
    }

    /// What a recorded handle is here.
    pub(super) fn handle(&self, space: Space, recorded: u64) -> u64 {
        self.handles.get(&(space, recorded)).copied().unwrap_or(recorded)
    }

    /// A recorded handle is this one; whether both are some.
    pub(super) fn bind_handle(&mut self, space: Space, recorded: u64, now: u64) -> bool {
        match recorded == now {
            true => self.handles.remove(&(space, recorded)),
            false => self.handles.insert((space, recorded), now),
        };
        // A name of two halves is none if the first is 0.
        let none = |word: u64| match space {
            Space::Name => word as u32 == 0,
            Space::Scope => word >> 32 == 0,
            _ => word == 0,
        };
        none(recorded) == none(now)
    }

    /// A recorded pointer is this one; whether both are some.
    pub(super) fn bind_object(&mut self, recorded: u64, now: u64) -> bool {
        if recorded != 0 && now != 0 {
            self.objects.insert(recorded, now);
        }
        (recorded == 0) == (now == 0)
    }

    /// A recorded payload is this one; its size if it is known.
    pub(super) fn bind_payload(&mut self, recorded: u64, base: usize, size: Option<usize>) -> bool {
        if recorded != 0 && base != 0 {
            let before = self.payloads.get(&recorded).filter(|before| before.base == base);
            let size = size.or(before.map(|before| before.size)).unwrap_or(0);
            self.payloads.insert(recorded, Payload { base, size });
            self.known.insert(recorded);
            self.numbers.insert(base, recorded);
        }
        (recorded == 0) == (base == 0)
    }

    /// A payload is gone, and with it the slots that it showed.
    pub(super) fn end_payload(&mut self, base: usize) {
        if let Some(number) = self.numbers.remove(&base) {
            self.payloads.remove(&number);
        }
        if self.shown.remove(&base).is_some() {
            self.cells.retain(|_, cell| cell.owner != base);
        }
    }

    /// The slot at a recorded address outside of payloads.
    pub(super) fn cell(&mut self, recorded: u64) -> usize {
        let fresh = || Cell { at: Box::leak(Box::new(0_u64)) as *mut u64 as usize, owner: 0 };
        self.cells.entry(recorded).or_insert_with(fresh).at
    }

    /// Whose slot it is.
    pub(super) fn own_cell(&mut self, recorded: u64, owner: usize) {
        let Some(cell) = self.cells.get_mut(&recorded) else { return };
        let before = std::mem::replace(&mut cell.owner, owner);
        let at = cell.at;
        if before != owner {
            if let Some(shown) = self.shown.get_mut(&before) {
                shown.retain(|shown| *shown != at);
            }
            self.shown.entry(owner).or_default().push(at);
        }
    }

    /// A slot was copied to another address, and what is there now is something else.
    pub(super) fn move_cell(&mut self, from: u64, to: u64) {
        if let Some(cell) = self.cells.remove(&from) {
            self.cells.insert(to, cell);
        }
    }

    /// A heap is gone.
    pub(super) fn end_heap(&mut self, heap: u64) {
        self.objects.remove(&heap);
        if let Some(context) = self.contexts.remove(&heap) {
            self.objects.remove(&context);
            self.buffers.retain(|_, bytes| bytes.context != context);
        }
    }
}
