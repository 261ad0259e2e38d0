//! Roots: the value stack (VM registers and scope slots) and owned references.
//!
//! The value stack is one reservation that never moves, so the VM may keep raw pointers to its registers; a `Handle` is an index
//! into it. Above `top` everything is a hole under counting managers. Under tracing ones stale values may lie there until the next
//! collection wipes them, so that no slot ever holds a value older than the last collection that saw it.

use crate::shape::Visitor;
use crate::value::Value;
use std::alloc::Layout;

/// The value stack.
#[derive(Debug)]
pub struct ValueStack {
    base: *mut Value,
    top: usize,
    high: usize,
    soft: usize,
    capacity: usize,
}

/// Slots kept back for natives below the hard end of the stack.
const RESERVE: usize = 16 * 1024;

impl ValueStack {
    /// A stack for `slots` values before [`has_room`](Self::has_room) says no. Memory is committed as it is touched.
    pub(crate) fn new(slots: usize) -> Option<ValueStack> {
        let capacity = slots.checked_add(RESERVE)?;
        // Handles are 32-bit indices.
        u32::try_from(capacity).ok()?;
        let layout = Layout::array::<Value>(capacity).ok()?;
        // SAFETY: the size is not zero; all-zero words are holes.
        let base = unsafe { std::alloc::alloc_zeroed(layout) } as *mut Value;
        (!base.is_null()).then_some(ValueStack { base, top: 0, high: 0, soft: slots, capacity })
    }

    /// Index of the first slot not in use.
    #[inline(always)]
    pub fn top(&self) -> usize {
        self.top
    }

    /// Sets the index of the first slot not in use. Under counting managers the slots given up must be holes.
    #[inline(always)]
    pub fn set_top(&mut self, top: usize) {
        debug_assert!(top <= self.capacity);
        self.top = top;
        if top > self.high {
            self.high = top;
        }
    }

    /// The end of the slots before the limit that natives' reserve lies behind.
    #[inline(always)]
    pub fn room(&self) -> usize {
        self.soft
    }

    /// Whether `slots` more fit before the limit that natives' reserve lies behind.
    #[inline(always)]
    pub fn has_room(&self, slots: usize) -> bool {
        self.top.saturating_add(slots) <= self.soft
    }

    /// Whether the slots below `end` lie before the limit that natives' reserve lies behind.
    #[inline(always)]
    pub fn has_room_until(&self, end: usize) -> bool {
        end <= self.soft
    }

    /// Address of a slot.
    #[inline(always)]
    pub fn slot(&self, index: usize) -> *mut Value {
        debug_assert!(index <= self.capacity);
        self.base.wrapping_add(index)
    }

    /// Pushes a value without touching counts and returns its index.
    ///
    /// # Panics
    /// When even the reserve is used up: a native roots without bound in one scope.
    #[inline(always)]
    pub fn push(&mut self, value: Value) -> usize {
        let at = self.top;
        assert!(at < self.capacity, "the value stack is full: open a scope inside loops that root values");
        // SAFETY: within the reservation.
        unsafe { *self.base.add(at) = value };
        self.set_top(at + 1);
        at
    }

    /// The values in use.
    pub fn values(&self) -> &[Value] {
        // SAFETY: initialised (zeroed) memory of at least `top` values.
        unsafe { std::slice::from_raw_parts(self.base, self.top) }
    }

    fn visit(&mut self, visitor: &mut dyn Visitor) {
        for i in 0..self.top {
            // SAFETY: within the reservation.
            visitor.slot(unsafe { &mut *self.base.add(i) });
        }
    }

    /// Wipes the stale values above the top; part of every collection of a tracing manager.
    pub fn wipe_stale(&mut self) {
        for i in self.top..self.high {
            // SAFETY: within the reservation.
            unsafe { *self.base.add(i) = Value::HOLE };
        }
        self.high = self.top;
    }
}

impl Drop for ValueStack {
    fn drop(&mut self) {
        // SAFETY: allocated in `new` with this layout, which was valid there.
        unsafe {
            std::alloc::dealloc(
                self.base as *mut u8,
                Layout::array::<Value>(self.capacity).unwrap_unchecked(),
            )
        };
    }
}

/// Index and generation of an entry of the owned or of the weak table.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Ticket {
    /// Which entry.
    pub index: u32,
    /// Which use of the entry: a ticket of an earlier use is stale and finds nothing.
    pub generation: u32,
}

#[derive(Debug)]
struct Entry {
    value: Value,
    generation: u32,
}

/// A table of values by ticket. Entries are reused; a stale ticket never finds another's value.
#[derive(Debug, Default)]
pub struct TicketTable {
    entries: Vec<Entry>,
    free: Vec<u32>,
}

impl TicketTable {
    /// Makes room for so many values more; whether there is memory.
    pub(crate) fn reserve(&mut self, more: usize) -> bool {
        let entries = self.entries.try_reserve(more).is_ok();
        entries && self.free.try_reserve(self.entries.len() + more).is_ok()
    }

    /// Adds a value (its count is the caller's business); `None` without memory.
    pub fn insert(&mut self, value: Value) -> Option<Ticket> {
        if let Some(index) = self.free.pop() {
            let entry = &mut self.entries[index as usize];
            entry.value = value;
            return Some(Ticket { index, generation: entry.generation });
        }
        u32::try_from(self.entries.len()).ok()?;
        self.entries.try_reserve(1).ok()?;
        self.free.try_reserve(self.entries.len() + 1).ok()?;
        self.entries.push(Entry { value, generation: 1 });
        Some(Ticket { index: self.entries.len() as u32 - 1, generation: 1 })
    }

    /// The value, unless the ticket is stale.
    pub fn get(&self, ticket: Ticket) -> Option<Value> {
        let entry = self.entries.get(ticket.index as usize)?;
        (entry.generation == ticket.generation && !entry.value.is_hole()).then_some(entry.value)
    }

    /// The slot, unless the ticket is stale.
    pub fn slot(&mut self, ticket: Ticket) -> Option<&mut Value> {
        let entry = self.entries.get_mut(ticket.index as usize)?;
        (entry.generation == ticket.generation && !entry.value.is_hole()).then_some(&mut entry.value)
    }

    /// Removes and returns the value, unless the ticket is stale.
    pub fn remove(&mut self, ticket: Ticket) -> Option<Value> {
        let entry = self.entries.get_mut(ticket.index as usize)?;
        if entry.generation != ticket.generation || entry.value.is_hole() {
            return None;
        }
        // After 2^32 uses an entry retires, so that no stale ticket ever fits again.
        if let Some(next) = entry.generation.checked_add(1) {
            entry.generation = next;
            self.free.push(ticket.index);
        }
        Some(std::mem::replace(&mut entry.value, Value::HOLE))
    }

    /// How many values the table holds.
    pub fn len(&self) -> usize {
        self.values().count()
    }

    /// Whether the table holds nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The tickets in use.
    pub fn tickets(&self) -> Vec<Ticket> {
        let used = self.entries.iter().enumerate().filter(|(_, e)| !e.value.is_hole());
        used.map(|(i, e)| Ticket { index: i as u32, generation: e.generation }).collect()
    }

    /// The values in use.
    pub fn values(&self) -> impl Iterator<Item = Value> + '_ {
        self.entries.iter().map(|e| e.value).filter(|v| !v.is_hole())
    }

    /// Calls `each` with the index and the value of every entry in use.
    pub(crate) fn each(&self, each: &mut dyn FnMut(usize, Value)) {
        for (at, entry) in self.entries.iter().enumerate().filter(|(_, entry)| !entry.value.is_hole()) {
            each(at, entry.value);
        }
    }

    fn visit(&mut self, visitor: &mut dyn Visitor) {
        for entry in &mut self.entries {
            visitor.slot(&mut entry.value);
        }
    }
}

/// All roots but the shapes' classes and the finalization queues.
#[derive(Debug)]
pub struct Roots {
    /// VM registers and scope slots.
    pub stack: ValueStack,
    /// Owned references, which outlive scopes.
    pub owned: TicketTable,
}

impl Roots {
    pub(crate) fn visit(&mut self, visitor: &mut dyn Visitor) {
        self.stack.visit(visitor);
        self.owned.visit(visitor);
    }
}
