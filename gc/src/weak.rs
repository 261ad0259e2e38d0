//! Weak references and stable identities: two side tables keyed by address, which a moving manager rekeys.
//!
//! An object has at most one weak entry, however many weak references look through it; the header flag says whether
//! it has one, so that death costs a look-up only for objects that are weakly referenced.

use crate::header::{Header, FLAG_IDENTITY, FLAG_WEAK};
use crate::roots::{Ticket, TicketTable};
use crate::value::Value;
use hashbrown::HashMap;

/// The weak table.
#[derive(Debug, Default)]
pub struct WeakTable {
    targets: TicketTable,
    by_address: HashMap<usize, Ticket>,
}

impl WeakTable {
    /// The ticket of the object's entry, made at need; `None` without memory.
    pub fn ticket(&mut self, object: *mut Header) -> Option<Ticket> {
        if let Some(&ticket) = self.by_address.get(&(object as usize)) {
            return Some(ticket);
        }
        self.by_address.try_reserve(1).ok()?;
        let ticket = self.targets.insert(Value::from_header(object))?;
        self.by_address.insert(object as usize, ticket);
        // SAFETY: the caller's object is alive.
        unsafe { (*object).set(FLAG_WEAK) };
        Some(ticket)
    }

    /// The target, while it lives.
    pub fn get(&self, ticket: Ticket) -> Option<Value> {
        self.targets.get(ticket)
    }

    /// The object dies: weak references to it find nothing from now on.
    pub fn clear(&mut self, object: *mut Header) {
        if let Some(ticket) = self.by_address.remove(&(object as usize)) {
            self.targets.remove(ticket);
        }
        // SAFETY: a dying object still has its header.
        unsafe { (*object).clear(FLAG_WEAK) };
    }

    /// Asks `fate` for each target's new address; `None` clears it.
    pub fn update(&mut self, mut fate: impl FnMut(*mut Header) -> Option<*mut Header>) {
        for (address, ticket) in std::mem::take(&mut self.by_address) {
            match fate(address as *mut Header) {
                Some(object) => {
                    if let Some(slot) = self.targets.slot(ticket) {
                        *slot = Value::from_header(object);
                    }
                    self.by_address.insert(object as usize, ticket);
                }
                None => {
                    self.targets.remove(ticket);
                    // SAFETY: dead but not yet freed; a resurrected object may get a new entry.
                    unsafe { (*(address as *mut Header)).clear(FLAG_WEAK) };
                }
            }
        }
    }

    /// How many objects are weakly referenced.
    pub fn len(&self) -> usize {
        self.by_address.len()
    }

    /// Whether no object is weakly referenced.
    pub fn is_empty(&self) -> bool {
        self.by_address.is_empty()
    }
}

/// The identity table: `id()` and identity hashes, given out in the order of asking, so that runs replay.
#[derive(Debug)]
pub struct IdentityTable {
    ids: HashMap<usize, u64>,
    next: u64,
}

/// Ids start here and grow by 16: they look like addresses to programs that format them, and are none.
const FIRST_ID: u64 = 0x1_0000;

impl Default for IdentityTable {
    fn default() -> IdentityTable {
        IdentityTable { ids: HashMap::new(), next: FIRST_ID }
    }
}

impl IdentityTable {
    /// The object's id; `None` without memory.
    pub fn id(&mut self, object: *mut Header) -> Option<u64> {
        // SAFETY: the caller's object is alive.
        let header = unsafe { &*object };
        if header.has(FLAG_IDENTITY) {
            return self.ids.get(&(object as usize)).copied();
        }
        self.ids.try_reserve(1).ok()?;
        let id = self.next;
        self.next += 16;
        self.ids.insert(object as usize, id);
        header.set(FLAG_IDENTITY);
        Some(id)
    }

    /// The object dies.
    pub fn remove(&mut self, object: *mut Header) {
        self.ids.remove(&(object as usize));
    }

    /// Asks `fate` for each object's new address; `None` forgets it.
    pub fn update(&mut self, mut fate: impl FnMut(*mut Header) -> Option<*mut Header>) {
        for (address, id) in std::mem::take(&mut self.ids) {
            if let Some(object) = fate(address as *mut Header) {
                self.ids.insert(object as usize, id);
            }
        }
    }
}
