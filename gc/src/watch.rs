//! Watchers: objects that look at another one weakly, and may be told when it dies.
//!
//! A language's weak references are such objects. The table knows, for each watched object, who watches it, in an order of the watchers'
//! own making: those that need not be told first, then those that must be, each newest first. It keeps nobody alive: a watcher that dies
//! leaves it, and when a watched object dies, only those watchers that are still alive are told (as Python's `weakref` does).
//!
//! What it leaves out: the way to the watched object, which is a [`Weak`](crate::Weak) that the watcher keeps; and telling, which is
//! the drain's business: see [`Cx::poll`](crate::Cx::poll).

use crate::header::Header;
use crate::value::Value;
use crate::weak::Rekeyed;
use std::collections::VecDeque;

/// No link.
const NIL: u32 = u32::MAX;

/// One watcher, in the list of those of its object.
#[derive(Debug)]
struct Link {
    watcher: *mut Header,
    watched: *mut Header,
    previous: u32,
    next: u32,
    /// Whether it is told of the death.
    told: bool,
}

/// The list of an object's watchers.
#[derive(Clone, Copy, Debug)]
struct List {
    first: u32,
    /// How many of them are told.
    told: u32,
    /// Objects that die together are reported in the order in which they were first watched, so that runs replay.
    serial: u64,
}

/// Who watches whom.
#[derive(Debug, Default)]
pub struct Watchers {
    links: Vec<Link>,
    free: Vec<u32>,
    lists: Rekeyed<List>,
    by_watcher: Rekeyed<u32>,
    serial: u64,
    /// How many watchers must be told.
    told: usize,
    /// Room for the watched objects of a collection that have died.
    dead: Vec<(u64, u32)>,
}

impl Watchers {
    /// Makes room for one more watcher, here and in the queue of notices; `false` without memory.
    fn reserve(&mut self, notices: &mut VecDeque<Value>) -> bool {
        // Every list and every link may die in the same collection.
        let most = self.links.len() + 1;
        self.links.try_reserve(1).is_ok()
            && self.free.try_reserve(most).is_ok()
            && self.lists.reserve()
            && self.by_watcher.reserve()
            && self.dead.try_reserve(most).is_ok()
            && notices.try_reserve(most).is_ok()
    }

    /// Has `watcher` watch `watched`; it watches nothing so far. `told`: whether it is told of the death. `false` without memory.
    pub(crate) fn watch(
        &mut self,
        watched: *mut Header,
        watcher: *mut Header,
        told: bool,
        notices: &mut VecDeque<Value>,
    ) -> bool {
        debug_assert!(self.by_watcher.get(watcher).is_none(), "a watcher watches one object");
        if !self.reserve(notices) {
            return false;
        }
        let list = match self.lists.get(watched) {
            Some(list) => list,
            None => {
                self.serial += 1;
                List { first: NIL, told: 0, serial: self.serial }
            }
        };
        let (previous, next) = self.place(list, told);
        let link = Link { watcher, watched, previous, next, told };
        let at = match self.free.pop() {
            Some(at) => {
                self.links[at as usize] = link;
                at
            }
            None => {
                self.links.push(link);
                self.links.len() as u32 - 1
            }
        };
        if next != NIL {
            self.links[next as usize].previous = at;
        }
        if previous != NIL {
            self.links[previous as usize].next = at;
        }
        let first = if previous == NIL { at } else { list.first };
        self.lists.insert(watched, List { first, told: list.told + told as u32, ..list });
        self.by_watcher.insert(watcher, at);
        self.told += told as usize;
        true
    }

    /// Between which links a new one goes.
    fn place(&self, list: List, told: bool) -> (u32, u32) {
        let (mut previous, mut next) = (NIL, list.first);
        while told && next != NIL && !self.links[next as usize].told {
            (previous, next) = (next, self.links[next as usize].next);
        }
        (previous, next)
    }

    /// Who watches the object, in their order.
    pub(crate) fn of(&self, watched: *mut Header) -> impl Iterator<Item = *mut Header> + '_ {
        let mut at = self.lists.get(watched).map_or(NIL, |list| list.first);
        std::iter::from_fn(move || {
            let link = self.links.get(at as usize)?;
            at = link.next;
            Some(link.watcher)
        })
    }

    /// Whether somebody must be told of the object's death.
    pub(crate) fn must_tell(&self, watched: *mut Header) -> bool {
        self.lists.get(watched).is_some_and(|list| list.told > 0)
    }

    /// Whether somebody must be told of anybody's death.
    pub fn any_told(&self) -> bool {
        self.told > 0
    }

    /// The watcher dies, or has seen enough.
    pub(crate) fn forget(&mut self, watcher: *mut Header) {
        if let Some(at) = self.by_watcher.remove(watcher) {
            self.unlink(at);
        }
    }

    fn give_back(&mut self, at: u32) {
        let link = &mut self.links[at as usize];
        self.told -= link.told as usize;
        link.watcher = std::ptr::null_mut();
        // There is room: see `reserve`.
        self.free.push(at);
    }

    fn unlink(&mut self, at: u32) {
        let Link { watched, previous, next, told, .. } = self.links[at as usize];
        self.give_back(at);
        if next != NIL {
            self.links[next as usize].previous = previous;
        }
        if previous != NIL {
            self.links[previous as usize].next = next;
        }
        let Some(list) = self.lists.get(watched) else { return };
        let first = if previous == NIL { next } else { list.first };
        if first == NIL {
            self.lists.remove(watched);
        } else {
            self.lists.insert(watched, List { first, told: list.told - told as u32, ..list });
        }
    }

    /// The object has died: nobody watches it any more. `fate` gives the present address of a watcher that lives; those of them that must
    /// be told go to `notices`, in their order.
    pub(crate) fn died(
        &mut self,
        watched: *mut Header,
        fate: &mut dyn FnMut(*mut Header) -> Option<*mut Header>,
        notices: &mut VecDeque<Value>,
    ) {
        if let Some(list) = self.lists.remove(watched) {
            self.report(list.first, fate, notices);
        }
    }

    fn report(
        &mut self,
        first: u32,
        fate: &mut dyn FnMut(*mut Header) -> Option<*mut Header>,
        notices: &mut VecDeque<Value>,
    ) {
        let mut at = first;
        while at != NIL {
            let Link { watcher, next, told, .. } = self.links[at as usize];
            self.give_back(at);
            self.by_watcher.remove(watcher);
            if let Some(now) = fate(watcher).filter(|_| told) {
                notices.push_back(Value::from_header(now));
            }
            at = next;
        }
    }

    /// As [`died`](Self::died), for all watched objects that a trace has not found: `fate` gives the present address of what lives.
    pub(crate) fn update(
        &mut self,
        fate: &mut dyn FnMut(*mut Header) -> Option<*mut Header>,
        notices: &mut VecDeque<Value>,
    ) {
        let (lists, links, dead) = (&mut self.lists, &mut self.links, &mut self.dead);
        lists.rekey(&mut *fate, |_, list, now| match now {
            Some(watched) => {
                let mut at = list.first;
                while at != NIL {
                    links[at as usize].watched = watched;
                    at = links[at as usize].next;
                }
            }
            None => dead.push((list.serial, list.first)),
        });
        let mut dead = std::mem::take(&mut self.dead);
        dead.sort_unstable();
        for (_, first) in dead.drain(..) {
            self.report(first, fate, notices);
        }
        self.dead = dead;
    }

    /// Forgets the watchers that a trace has not found, when it knows all that lives.
    pub(crate) fn update_watchers(&mut self, mut fate: impl FnMut(*mut Header) -> Option<*mut Header>) {
        for at in 0..self.links.len() as u32 {
            let watcher = self.links[at as usize].watcher;
            if !watcher.is_null() && fate(watcher).is_none() {
                self.by_watcher.remove(watcher);
                self.unlink(at);
            }
        }
        let links = &mut self.links;
        self.by_watcher.rekey(fate, |_, at, now| {
            if let Some(now) = now {
                links[at as usize].watcher = now;
            }
        });
    }

    /// All watchers, in no order.
    pub(crate) fn watchers(&self) -> impl Iterator<Item = (*mut Header, *mut Header)> + '_ {
        let used = self.links.iter().filter(|link| !link.watcher.is_null());
        used.map(|link| (link.watcher, link.watched))
    }
}
