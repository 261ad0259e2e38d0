//! [`Owned`] and [`Weak`]: references that outlive scopes, and stable identities.
//!
//! Both are tickets (index and generation) into a table of their heap, plain data that other threads and other languages may keep. A
//! ticket that is stale, or of another heap, finds nothing.

use crate::header::FLAG_LARGE;
use crate::limits::HeapFull;
use crate::object::{Any, Local};
use crate::refs;
use crate::roots::Ticket;
use crate::space::is_pinned;
use crate::value::Value;
use crate::Cx;
use std::marker::PhantomData;

/// An owned reference: it outlives scopes, keeps its object alive, and must be given back with [`Cx::disown`].
pub struct Owned<T = Any> {
    ticket: Ticket,
    heap: u32,
    marker: PhantomData<fn() -> *const T>,
}

/// A weak reference: it does not keep its object alive.
pub struct Weak<T = Any> {
    ticket: Ticket,
    heap: u32,
    marker: PhantomData<fn() -> *const T>,
}

macro_rules! ticket_reference {
    ($name:ident) => {
        impl<T> Clone for $name<T> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<T> Copy for $name<T> {}

        impl<T> std::fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({}.{})"), self.ticket.index, self.ticket.generation)
            }
        }

        impl<T> $name<T> {
            /// Index and generation, to be kept outside Rust.
            pub fn ticket(self) -> Ticket {
                self.ticket
            }

            /// A reference from its parts. A wrong ticket finds nothing.
            pub fn from_ticket(cx: &Cx<'_>, ticket: Ticket) -> $name {
                $name { ticket, heap: cx.core_ref().id, marker: PhantomData }
            }
        }
    };
}
ticket_reference!(Owned);
ticket_reference!(Weak);

impl Cx<'_> {
    /// An owned reference to the value.
    pub fn own<T>(&self, local: Local<'_, T>) -> Result<Owned<T>, HeapFull> {
        let core = self.core_mut();
        if core.memory.fails_now() {
            return Err(HeapFull { requested: 16 });
        }
        let ticket = core.memory.roots.owned.insert(local.value()).ok_or(HeapFull { requested: 16 })?;
        if core.counted {
            // SAFETY: a local is valid.
            unsafe { refs::adopt(self.core(), local.value()) };
        }
        Ok(Owned { ticket, heap: core.id, marker: PhantomData })
    }

    /// Makes room for so many owned references more; whether there is memory. They are then made without asking the system for any.
    pub fn reserve_owned(&self, more: usize) -> bool {
        self.core_mut().memory.roots.owned.reserve(more)
    }

    /// What an owned reference refers to; `None` when it was given back, or belongs to another heap.
    #[inline]
    pub fn owned<T>(&self, owned: Owned<T>) -> Option<Local<'_, T>> {
        if owned.heap != self.core_ref().id {
            return None;
        }
        // SAFETY: the table roots it.
        self.core_ref().memory.roots.owned.get(owned.ticket).map(|v| unsafe { Local::from_value(v) })
    }

    /// Gives an owned reference back; `false` when that had been done before.
    pub fn disown<T>(&self, owned: Owned<T>) -> bool {
        owned.heap == self.core_ref().id && self.remove_owned(owned.ticket)
    }

    pub(crate) fn remove_owned(&self, ticket: Ticket) -> bool {
        let core = self.core_mut();
        let Some(value) = core.memory.roots.owned.remove(ticket) else {
            return false;
        };
        if core.counted {
            // SAFETY: the table owned a count.
            unsafe { refs::release(self.core(), value) };
        }
        true
    }

    /// A weak reference to an object; `None` for immediates, which never die.
    pub fn downgrade<T>(&self, local: Local<'_, T>) -> Result<Option<Weak<T>>, HeapFull> {
        let core = self.core_mut();
        if !local.value().is_ref() {
            return Ok(None);
        }
        if core.memory.fails_now() {
            return Err(HeapFull { requested: 32 });
        }
        // SAFETY: a local refers to a live object.
        let ticket = unsafe { core.memory.weak.ticket(local.value().header()) };
        let ticket = ticket.ok_or(HeapFull { requested: 32 })?;
        Ok(Some(Weak { ticket, heap: core.id, marker: PhantomData }))
    }

    /// The object of a weak reference, while it lives.
    pub fn upgrade<T>(&self, weak: Weak<T>) -> Option<Local<'_, T>> {
        if weak.heap != self.core_ref().id {
            return None;
        }
        // SAFETY: the table is cleared when the target dies.
        self.core_ref().memory.weak.get(weak.ticket).map(|v| unsafe { Local::from_value(v) })
    }

    /// Has `watcher` watch an object: the weak reference that it looks through from now on. `None` for immediates, which never die. When
    /// the object dies while the watcher lives, the watcher's shape's [`notify`](crate::Shape::notify) runs at that `&mut` point, once, if it
    /// is to be `told`. The object does not keep its watchers alive, nor they it.
    ///
    /// # Panics
    /// When the watcher's shape has no `notify`, or it watches something already.
    pub fn watch<T>(
        &self,
        watched: Local<'_, T>,
        watcher: Local<'_>,
        told: bool,
    ) -> Result<Option<Weak<T>>, HeapFull> {
        let Some(weak) = self.downgrade(watched)? else { return Ok(None) };
        let memory = &mut self.core_mut().memory;
        let shape = watcher.shape().map(|shape| memory.shapes.get(shape));
        assert!(shape.is_some_and(|shape| shape.notify.is_some()), "not a shape of watchers");
        let (watched, watcher) = (watched.value().header(), watcher.value().header());
        let full = HeapFull { requested: 64 };
        if memory.fails_now() {
            return Err(full);
        }
        let notices = &mut memory.finalization.notices;
        if !memory.weak.watchers.watch(watched, watcher, told, notices) {
            return Err(full);
        }
        Ok(Some(weak))
    }

    /// Ends that the object watches another.
    pub fn unwatch(&self, watcher: Local<'_>) {
        if watcher.value().is_ref() {
            self.core_mut().memory.weak.watchers.forget(watcher.value().header());
        }
    }

    /// Whether any watcher must be told of a death.
    pub fn has_told_watchers(&self) -> bool {
        self.core_ref().memory.weak.watchers.any_told()
    }

    /// Who watches the object: those that are not told first, then the others, each newest first.
    pub fn watchers<'a, T>(&'a self, watched: Local<'_, T>) -> impl Iterator<Item = Local<'a>> + 'a {
        let watchers = &self.core_ref().memory.weak.watchers;
        let watched = watched.value();
        let found = watched.is_ref().then(|| watchers.of(watched.header()));
        // SAFETY: a watcher in the table is allocated; one whose last reference is gone is freed at a `&mut` point.
        found.into_iter().flatten().map(|watcher| unsafe { Local::from_value(Value::from_header(watcher)) })
    }

    /// Whether the object stays at its address as long as it lives: so does what has no address. Until it is told so, nobody may hand an address out.
    pub fn never_moves<T>(&self, local: Local<'_, T>) -> bool {
        let core = self.core_ref();
        match local.header() {
            Some(header) if core.facts.moves => match header.has(FLAG_LARGE) {
                true => core.manager.keeps_large_in_place(),
                // SAFETY: a manager that pins has all small objects in blocks.
                false => core.pinned != 0 && unsafe { is_pinned(local.value().header()) },
            },
            _ => true,
        }
    }

    /// Whether objects of [pinned shapes](crate::Shape::pinned) stay where they are: all do, or the manager pins those.
    pub fn can_pin(&self) -> bool {
        !self.core_ref().facts.moves || self.core_ref().pinned != 0
    }

    /// A number that identifies the object as long as it lives, under moving managers too.
    pub fn id<T>(&self, local: Local<'_, T>) -> Result<u64, HeapFull> {
        let value = local.value();
        if !value.is_ref() {
            return Ok(value.bits());
        }
        let memory = &mut self.core_mut().memory;
        if memory.fails_now() {
            return Err(HeapFull { requested: 32 });
        }
        // SAFETY: a local refers to a live object.
        unsafe { memory.identity.id(value.header()) }.ok_or(HeapFull { requested: 32 })
    }
}
