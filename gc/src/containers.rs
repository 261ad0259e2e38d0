//! [`SlotVec`] and [`SlotMap`]: containers of references inside a payload.
//!
//! A payload may own Rust memory that holds references only through these. They are made empty by an allocation, written only through their
//! holder (`holder.push(&cx, Type::items, value)`), and shown to the manager by the trace function that the derive writes. Iteration goes by
//! index or by key: no slice or iterator is handed out that a store could pull the memory away from.
//!
//! Left out: sorting and range operations; a script-level list is a heap object with a tail instead.

use crate::limits::HeapFull;
use crate::object::{Any, Local, Payload};
use crate::refs;
use crate::shape::Visitor;
use crate::space::advise_huge;
use crate::value::Value;
use crate::Cx;
use hashbrown::HashMap;
use std::cell::UnsafeCell;
use std::hash::Hash;
use std::marker::PhantomData;

/// A growable array of references inside a payload.
pub struct SlotVec<T = Any> {
    values: UnsafeCell<Vec<Value>>,
    marker: PhantomData<fn() -> *const T>,
}

/// A map from plain keys to references inside a payload.
pub struct SlotMap<K, T = Any> {
    values: UnsafeCell<HashMap<K, Value>>,
    marker: PhantomData<fn() -> *const T>,
}

/// A container field of type `C` in objects of type `H`; the derive makes one constant per container. Not a [`Field`](crate::Field), which could
/// be `put`.
#[derive(Debug)]
pub struct ContainerField<H, C> {
    offset: usize,
    marker: PhantomData<fn(H) -> C>,
}

impl<H, C> Clone for ContainerField<H, C> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<H, C> Copy for ContainerField<H, C> {}

impl<H, C> ContainerField<H, C> {
    /// The field at this byte offset.
    ///
    /// # Safety
    /// `H` has a `C` there.
    pub const unsafe fn at(offset: usize) -> ContainerField<H, C> {
        ContainerField { offset, marker: PhantomData }
    }

    /// The container in a live object.
    #[inline(always)]
    fn of(self, holder: Local<'_, H>) -> *const C {
        (holder.value().bits() as usize + 8 + self.offset) as *const C
    }
}

impl<T> std::fmt::Debug for SlotVec<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SlotVec({})", self.len())
    }
}

impl<K, T> std::fmt::Debug for SlotMap<K, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SlotMap({})", self.len())
    }
}

impl<T> SlotVec<T> {
    pub(crate) fn empty() -> SlotVec<T> {
        SlotVec { values: UnsafeCell::new(Vec::new()), marker: PhantomData }
    }

    #[inline(always)]
    fn values(&self) -> &Vec<Value> {
        // SAFETY: one thread uses a heap, and no `&mut` to the vector outlives the method that makes it, none of which runs other code.
        unsafe { &*self.values.get() }
    }

    /// How many there are.
    #[inline]
    pub fn len(&self) -> usize {
        self.values().len()
    }

    /// Whether there are none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.values().is_empty()
    }

    /// The reference at an index, if there is one.
    #[inline]
    pub fn get<'a>(&self, cx: &'a Cx<'_>, at: usize) -> Option<Local<'a, T>> {
        let _ = cx;
        let value = *self.values().get(at)?;
        // SAFETY: the vector of a live holder holds live values until the next `&mut` point, which `cx` excludes.
        unsafe { Local::from_slot(value) }
    }

    /// Bytes of memory that it owns.
    pub fn external_bytes(&self) -> usize {
        self.values().capacity() * size_of::<Value>()
    }

    /// Shows every reference to the visitor.
    ///
    /// # Safety
    /// At a `&mut` point; what the visitor writes is what the references refer to now.
    pub unsafe fn trace(&self, visitor: &mut dyn Visitor) {
        // SAFETY: at a `&mut` point nobody else looks into it.
        for value in unsafe { &mut *self.values.get() } {
            visitor.slot(value);
        }
    }
}

impl<K, T> SlotMap<K, T> {
    pub(crate) fn empty() -> SlotMap<K, T> {
        SlotMap { values: UnsafeCell::new(HashMap::new()), marker: PhantomData }
    }

    fn values(&self) -> &HashMap<K, Value> {
        // SAFETY: as `SlotVec::values`. Code of the key type runs during look-ups, but has no context to reach this map with.
        unsafe { &*self.values.get() }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.values().len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.values().is_empty()
    }

    /// Bytes of memory that it owns, not counting what keys own.
    pub fn external_bytes(&self) -> usize {
        map_bytes(self.values())
    }

    /// Shows every reference to the visitor.
    ///
    /// # Safety
    /// As [`SlotVec::trace`].
    pub unsafe fn trace(&self, visitor: &mut dyn Visitor) {
        // SAFETY: at a `&mut` point nobody else looks into it.
        for value in unsafe { &mut *self.values.get() }.values_mut() {
            visitor.slot(value);
        }
    }
}

/// About what a map takes: a control byte beside each entry.
fn map_bytes<K>(map: &HashMap<K, Value>) -> usize {
    map.capacity() * (size_of::<(K, Value)>() + 1)
}

impl<K: Hash + Eq, T> SlotMap<K, T> {
    /// The reference with this key, if there is one.
    pub fn get<'a>(&self, cx: &'a Cx<'_>, key: &K) -> Option<Local<'a, T>> {
        let _ = cx;
        // SAFETY: as `SlotVec::get`.
        self.values().get(key).map(|&value| unsafe { Local::from_value(value) })
    }

    /// The keys now, in no order.
    pub fn keys(&self) -> Vec<K>
    where
        K: Clone,
    {
        self.values().keys().cloned().collect()
    }
}

impl<'a, H: Payload> Local<'a, H> {
    /// Calls `change` with the vector of a field, the write barrier before it and the accounting after it.
    #[inline(always)]
    fn with_vec<T, R>(
        self,
        cx: &Cx<'_>,
        field: ContainerField<H, SlotVec<T>>,
        change: impl FnOnce(&mut Vec<Value>) -> R,
    ) -> R {
        // SAFETY: the field lies in this live object. The borrow ends with `change`, which is one of the functions below: none runs other code.
        unsafe {
            refs::about_to_write(cx.core(), self.value().header());
            let values = &mut *(*field.of(self)).values.get();
            let before = values.capacity();
            let result = change(values);
            let grown = values.capacity() as i64 - before as i64;
            if grown != 0 {
                cx.external(grown * size_of::<Value>() as i64);
            }
            result
        }
    }

    /// Appends to a vector of this object.
    pub fn push<T>(
        self,
        cx: &Cx<'_>,
        field: ContainerField<H, SlotVec<T>>,
        value: Local<'_, T>,
    ) -> Result<(), HeapFull> {
        let room = self.with_vec(cx, field, |values| {
            let more = if values.len() == values.capacity() { values.capacity().max(4) } else { 0 };
            let full = HeapFull { requested: more * size_of::<Value>() };
            let core = cx.core();
            // SAFETY: the context's core is valid; the borrow ends with the condition.
            if more > 0 && unsafe { (*core).memory.fails_now() || !(*core).memory.fits(full.requested) } {
                return Err(full);
            }
            values.try_reserve_exact(more).map_err(|_| full)?;
            if more > 0 {
                // SAFETY: the range is the vector's.
                unsafe { advise_huge(values.as_mut_ptr().cast(), values.capacity() * size_of::<Value>()) };
            }
            Ok(())
        });
        room?;
        self.with_vec(cx, field, |values| {
            // SAFETY: a local is valid; the slot's count is the vector's.
            values.push(unsafe { refs::counted(cx.core(), value.value()) });
        });
        Ok(())
    }

    /// Replaces an element of a vector of this object; `false` when there is none at the index.
    pub fn set_at<T>(
        self,
        cx: &Cx<'_>,
        field: ContainerField<H, SlotVec<T>>,
        at: usize,
        value: Local<'_, T>,
    ) -> bool {
        // SAFETY: as `with_vec`; a local is valid, and the slot's count is the vector's.
        unsafe {
            let values = &mut *(*field.of(self)).values.get();
            let len = values.len();
            let Some(slot) = values.get_mut(at) else { return false };
            refs::about_to_write_outside(cx.core(), self.value().header(), slot, len);
            let old = std::mem::replace(slot, refs::counted(cx.core(), value.value()));
            refs::uncounted(cx.core(), old);
        }
        true
    }

    /// Takes the last element off a vector of this object.
    pub fn pop<'c, T>(self, cx: &'c Cx<'_>, field: ContainerField<H, SlotVec<T>>) -> Option<Local<'c, T>> {
        let value = self.with_vec(cx, field, Vec::pop)?;
        // SAFETY: the vector owned a count; what loses its last one lives until the next `&mut` point.
        unsafe {
            refs::uncounted(cx.core(), value);
            Some(Local::from_value(value))
        }
    }

    /// Shortens a vector of this object.
    pub fn truncate<T>(self, cx: &Cx<'_>, field: ContainerField<H, SlotVec<T>>, len: usize) {
        while self.with_vec(cx, field, |values| values.len()) > len {
            self.pop(cx, field);
        }
    }

    /// Puts a reference into a map of this object.
    pub fn insert<K: Hash + Eq, T>(
        self,
        cx: &Cx<'_>,
        field: ContainerField<H, SlotMap<K, T>>,
        key: K,
        value: Local<'_, T>,
    ) -> Result<(), HeapFull> {
        // SAFETY: as `with_vec`; code of the key type has no context to reach this map with.
        unsafe {
            let core = cx.core();
            refs::about_to_write(core, self.value().header());
            let map = &mut *(*field.of(self)).values.get();
            let before = map_bytes(map);
            if map.len() == map.capacity() {
                let full = HeapFull { requested: before.max(size_of::<(K, Value)>() * 4) };
                if (*core).memory.fails_now() || !(*core).memory.fits(full.requested) {
                    return Err(full);
                }
                map.try_reserve(1).map_err(|_| full)?;
            }
            let grown = map_bytes(map) as i64 - before as i64;
            let old = map.insert(key, refs::counted(core, value.value()));
            if let Some(old) = old {
                refs::uncounted(core, old);
            }
            if grown != 0 {
                cx.external(grown);
            }
        }
        Ok(())
    }

    /// Takes a reference out of a map of this object.
    pub fn remove<'c, K: Hash + Eq, T>(
        self,
        cx: &'c Cx<'_>,
        field: ContainerField<H, SlotMap<K, T>>,
        key: &K,
    ) -> Option<Local<'c, T>> {
        // SAFETY: as `insert` and `pop`.
        unsafe {
            refs::about_to_write(cx.core(), self.value().header());
            let map = &mut *(*field.of(self)).values.get();
            let value = map.remove(key)?;
            refs::uncounted(cx.core(), value);
            Some(Local::from_value(value))
        }
    }
}
