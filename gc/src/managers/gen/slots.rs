//! Which slots of long arrays were written to, so that an array is not looked at as a whole because a few of its slots have changed.
//!
//! While its writes are noted here an array keeps the log flag, so that each is told. They are a list and no cards: what is to be looked at is exact, at random
//! places too. The list is bounded by a part of the array's length; an array that is written to more often is looked at as a whole.

use crate::ahead::prefetch;
use crate::header::{Header, FLAG_LARGE};
use crate::refs::Written;
use crate::shape::{tail_len, ShapeTable, Tail};
use crate::value::Value;
use hashbrown::HashMap;

/// An array with fewer slots is looked at as a whole.
const MIN_LEN: usize = 4096;
/// So many slots further on in the list is fetched from memory.
const AHEAD: usize = 16;
/// Looking at so many slots in a row costs what looking at one of the list does.
const ROW: usize = 8;

/// An array that was written to.
#[derive(Debug)]
struct Array {
    object: *mut Header,
    slots: Vec<*mut Value>,
}

/// The arrays that were written to, and where. Whoever writes elsewhere in such an object, or moves its slots, has it [dropped](Self::drop_array).
#[derive(Debug, Default)]
pub(super) struct Slots {
    /// In the order of their first writes.
    arrays: Vec<Array>,
    by_address: HashMap<*mut Header, usize>,
    /// Which was written to last: most writes follow another one to the same array.
    last: usize,
}

/// The slot that is written to, if it is one of many in a row, and how many these are.
///
/// # Safety
/// This is about to be written in the live object.
unsafe fn in_row(shapes: &ShapeTable, object: *mut Header, written: Written) -> Option<(*mut Value, usize)> {
    match written {
        Written::Outside(slot, len) => Some((slot, len)),
        // SAFETY: by contract.
        Written::Own(slot) => unsafe {
            let large = (*object).has(FLAG_LARGE);
            let values = large && shapes.get((*object).shape()).tail == Tail::Values;
            values.then(|| (slot, tail_len(object)))
        },
        Written::Anything => None,
    }
}

impl Slots {
    /// Notes a write; whether that is enough. If not the object has to be looked at as a whole, and nothing of it is noted any more.
    ///
    /// # Safety
    /// This is about to be written in the live object, which bears the log flag.
    pub(super) unsafe fn note(&mut self, shapes: &ShapeTable, object: *mut Header, written: Written) -> bool {
        // SAFETY: by contract.
        let row = unsafe { in_row(shapes, object, written) };
        if let Some((slot, len)) = row.filter(|&(_, len)| len >= MIN_LEN) {
            if let Some(array) = self.array(object) {
                if array.slots.len() < len / ROW && array.slots.try_reserve(1).is_ok() {
                    array.slots.push(slot);
                    return true;
                }
            }
        }
        self.drop_array(object);
        false
    }

    /// The array's list, made at need; `None` without memory.
    fn array(&mut self, object: *mut Header) -> Option<&mut Array> {
        if self.arrays.get(self.last).is_none_or(|array| array.object != object) {
            self.last = match self.by_address.get(&object) {
                Some(&at) => at,
                None => {
                    self.by_address.try_reserve(1).ok()?;
                    self.arrays.try_reserve(1).ok()?;
                    self.arrays.push(Array { object, slots: Vec::new() });
                    self.by_address.insert(object, self.arrays.len() - 1);
                    self.arrays.len() - 1
                }
            };
        }
        self.arrays.get_mut(self.last)
    }

    /// Forgets the slots of an object.
    pub(super) fn drop_array(&mut self, object: *mut Header) {
        if let Some(&at) = self.by_address.get(&object) {
            self.arrays[at].slots = Vec::new();
        }
    }

    /// Whether this slot of an object is noted.
    pub(super) fn covers(&self, object: *mut Header, slot: *mut Value) -> bool {
        self.by_address.get(&object).is_some_and(|&at| self.arrays[at].slots.contains(&slot))
    }

    /// Calls `each` with the arrays and their slots that are noted, some of them more than once.
    ///
    /// # Safety
    /// The objects are allocated; `each` writes nothing else than what the slot refers to now.
    pub(super) unsafe fn each(&self, mut each: impl FnMut(*mut Header, &mut Value)) {
        for array in &self.arrays {
            for (at, &slot) in array.slots.iter().enumerate() {
                if let Some(&later) = array.slots.get(at + AHEAD) {
                    prefetch(later.cast());
                }
                // SAFETY: by contract; slots stay where they are, or the array is dropped.
                unsafe { each(array.object, &mut *slot) };
            }
        }
    }

    /// Adds what others have noted of the objects that are wanted, and leaves them nothing; calls `whole` with those that it can't note.
    pub(super) fn take_over(
        &mut self,
        others: &mut Slots,
        wanted: impl Fn(*mut Header) -> bool,
        mut whole: impl FnMut(*mut Header),
    ) {
        others.by_address.clear();
        for Array { object, slots } in others.arrays.drain(..).filter(|array| wanted(array.object)) {
            let Some(array) = self.array(object) else {
                whole(object);
                continue;
            };
            if array.slots.is_empty() {
                array.slots = slots;
            } else if array.slots.try_reserve(slots.len()).is_ok() {
                array.slots.extend(slots);
            } else {
                whole(object);
            }
        }
    }
}
