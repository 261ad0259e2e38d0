//! Weak references and stable identities: two side tables keyed by address, which a moving manager rekeys.
//!
//! An object has at most one weak entry, however many weak references look through it; the header flag says whether
//! it has one, so that death costs a look-up only for objects that are weakly referenced.

use crate::header::{Header, FLAG_IDENTITY, FLAG_WEAK};
use crate::roots::{Ticket, TicketTable};
use crate::value::Value;
use crate::watch::Watchers;
use hashbrown::HashMap;
use std::collections::VecDeque;

/// The weak table.
#[derive(Debug, Default)]
pub struct WeakTable {
    targets: TicketTable,
    by_address: Rekeyed<Ticket>,
    /// Objects that look through a weak reference and may be told of its end. Each watched object has an entry in this table too.
    pub watchers: Watchers,
}

/// A map by address with a spare table of the same capacity, so that rekeying it during a collection needs no memory.
#[derive(Debug)]
pub(crate) struct Rekeyed<V> {
    map: HashMap<usize, V>,
    spare: HashMap<usize, V>,
}

impl<V> Default for Rekeyed<V> {
    fn default() -> Rekeyed<V> {
        Rekeyed { map: HashMap::new(), spare: HashMap::new() }
    }
}

impl<V: Copy> Rekeyed<V> {
    /// Makes room for one more entry, now and while rekeying; `false` without memory.
    pub(crate) fn reserve(&mut self) -> bool {
        let wanted = self.map.len() + 1;
        self.map.try_reserve(1).is_ok() && self.spare.try_reserve(wanted).is_ok()
    }

    pub(crate) fn get(&self, object: *mut Header) -> Option<V> {
        self.map.get(&(object as usize)).copied()
    }

    /// There is room: see [`reserve`](Self::reserve).
    pub(crate) fn insert(&mut self, object: *mut Header, value: V) {
        self.map.insert(object as usize, value);
    }

    pub(crate) fn remove(&mut self, object: *mut Header) -> Option<V> {
        self.map.remove(&(object as usize))
    }

    /// Asks `fate` for each entry's new address and calls `done` with the outcome.
    pub(crate) fn rekey(
        &mut self,
        mut fate: impl FnMut(*mut Header) -> Option<*mut Header>,
        mut done: impl FnMut(usize, V, Option<*mut Header>),
    ) {
        let Rekeyed { map, spare } = self;
        map.retain(|&address, &mut value| {
            let now = fate(address as *mut Header);
            done(address, value, now);
            match now {
                Some(object) if object as usize == address => true,
                Some(object) => {
                    // There is room: the spare table has the capacity of the whole map.
                    spare.insert(object as usize, value);
                    false
                }
                None => false,
            }
        });
        if spare.is_empty() {
            return;
        }
        spare.extend(map.drain());
        std::mem::swap(map, spare);
    }
}

impl WeakTable {
    /// The ticket of the object's entry, made at need; `None` without memory.
    ///
    /// # Safety
    /// `object` is an allocated object of this heap.
    pub unsafe fn ticket(&mut self, object: *mut Header) -> Option<Ticket> {
        if let Some(ticket) = self.by_address.get(object) {
            return Some(ticket);
        }
        if !self.by_address.reserve() {
            return None;
        }
        let ticket = self.targets.insert(Value::from_header(object))?;
        self.by_address.insert(object, ticket);
        // SAFETY: the caller's object is alive, and has its entry now.
        unsafe { (*object).set(FLAG_WEAK) };
        Some(ticket)
    }

    /// The target, while it lives.
    pub fn get(&self, ticket: Ticket) -> Option<Value> {
        self.targets.get(ticket)
    }

    /// The object dies: weak references to it find nothing from now on. Those who must be told go to `notices`, if they live: if `lives`
    /// says so.
    ///
    /// # Safety
    /// `object` still has its header.
    pub unsafe fn clear(
        &mut self,
        object: *mut Header,
        notices: &mut VecDeque<Value>,
        lives: impl Fn(*mut Header) -> bool,
    ) {
        if let Some(ticket) = self.by_address.remove(object) {
            self.targets.remove(ticket);
        }
        self.watchers.died(object, &mut |watcher| lives(watcher).then_some(watcher), notices);
        // SAFETY: a dying object still has its header.
        unsafe { (*object).clear(FLAG_WEAK) };
    }

    /// Asks `fate` for each target's new address; `None` clears it. Those who must be told, and live by now, go to `notices`. When the
    /// trace knows all that lives, it calls [`update_watchers`](Self::update_watchers) as well.
    pub fn update(
        &mut self,
        mut fate: impl FnMut(*mut Header) -> Option<*mut Header>,
        notices: &mut VecDeque<Value>,
    ) {
        self.watchers.update(&mut fate, notices);
        let targets = &mut self.targets;
        self.by_address.rekey(fate, |address, ticket, now| match now {
            Some(object) => {
                if let Some(slot) = targets.slot(ticket) {
                    *slot = Value::from_header(object);
                }
            }
            None => {
                targets.remove(ticket);
                // SAFETY: dead but not yet freed; a resurrected object may get a new entry.
                unsafe { (*(address as *mut Header)).clear(FLAG_WEAK) };
            }
        });
    }

    /// Asks `fate` for each watcher's new address; `None` forgets it.
    pub fn update_watchers(&mut self, fate: impl FnMut(*mut Header) -> Option<*mut Header>) {
        self.watchers.update_watchers(fate);
    }

    /// The objects that are weakly referenced, in no order.
    pub fn targets(&self) -> impl Iterator<Item = *mut Header> + '_ {
        self.by_address.map.keys().map(|&address| address as *mut Header)
    }

    /// How many objects are weakly referenced.
    pub fn len(&self) -> usize {
        self.by_address.map.len()
    }

    /// Whether no object is weakly referenced.
    pub fn is_empty(&self) -> bool {
        self.by_address.map.is_empty()
    }
}

/// An object that dies leaves the side tables; those who must be told of its death have been.
///
/// # Safety
/// `object` still has its header.
#[inline]
pub(crate) unsafe fn leave_tables(
    weak: &mut WeakTable,
    identity: &mut IdentityTable,
    notices: &mut VecDeque<Value>,
    object: *mut Header,
) {
    // SAFETY: by contract.
    unsafe {
        if (*object).has(FLAG_WEAK | FLAG_IDENTITY) {
            weak.clear(object, notices, |_| false);
            identity.remove(object);
            (*object).clear(FLAG_IDENTITY);
        }
    }
}

/// The identity table: `id()` and identity hashes, given out in the order of asking, so that runs replay.
#[derive(Debug)]
pub struct IdentityTable {
    ids: Rekeyed<u64>,
    next: u64,
}

/// Ids start here and grow by 16: they look like addresses to programs that format them, and are none.
const FIRST_ID: u64 = 0x1_0000;

impl Default for IdentityTable {
    fn default() -> IdentityTable {
        IdentityTable { ids: Rekeyed::default(), next: FIRST_ID }
    }
}

impl IdentityTable {
    /// The object's id; `None` without memory.
    ///
    /// # Safety
    /// `object` is an allocated object of this heap.
    pub unsafe fn id(&mut self, object: *mut Header) -> Option<u64> {
        // SAFETY: by contract.
        let header = unsafe { &*object };
        if header.has(FLAG_IDENTITY) {
            return self.ids.get(object);
        }
        if !self.ids.reserve() {
            return None;
        }
        let id = self.next;
        self.next += 16;
        self.ids.insert(object, id);
        // SAFETY: the table has its entry now.
        unsafe { header.set(FLAG_IDENTITY) };
        Some(id)
    }

    /// The object dies.
    pub fn remove(&mut self, object: *mut Header) {
        self.ids.remove(object);
    }

    /// Asks `fate` for each object's new address; `None` forgets it.
    pub fn update(&mut self, fate: impl FnMut(*mut Header) -> Option<*mut Header>) {
        self.ids.rekey(fate, |_, _, _| {});
    }

    /// The objects that have an id, in no order.
    pub fn objects(&self) -> impl Iterator<Item = *mut Header> + '_ {
        self.ids.map.keys().map(|&address| address as *mut Header)
    }
}
