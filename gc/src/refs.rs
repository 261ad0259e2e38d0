//! The one module that writes references into the heap. Counts and barriers are inside; raw stores to slots of initialised objects
//! happen nowhere else.

use crate::header::{Header, FLAG_LOG};
use crate::object::CorePtr;
use crate::sync::word;
use crate::value::Value;
use crate::zero::push_zero;

/// What is about to be written in an object.
#[derive(Clone, Copy, Debug)]
pub enum Written {
    /// This slot of its own.
    Own(*mut Value),
    /// This slot, one of so many in a row outside the object. They stay there until something else is written.
    Outside(*mut Value, usize),
    /// Any of its slots; they may move.
    Anything,
}

/// Adds a reference to what `value` refers to, if anything.
///
/// # Safety
/// The value is valid.
#[inline(always)]
pub unsafe fn retain(value: Value) {
    if value.is_ref() {
        // SAFETY: by contract.
        unsafe { (*value.header()).retain() };
    }
}

/// Adds a reference from a slot or a root to what `value` refers to, which leaves the zero queue if it has just got there.
///
/// # Safety
/// The value is valid, and the heap is counted.
#[inline(always)]
pub unsafe fn adopt(core: CorePtr, value: Value) {
    if value.is_ref() {
        // SAFETY: by contract.
        unsafe {
            (*core).memory.adopt(value.header());
        }
    }
}

/// Takes a reference away; an object left without any goes to the zero queue.
///
/// # Safety
/// The value is valid, the caller owned a count of it, and the heap is counted.
#[inline(always)]
pub unsafe fn release(core: CorePtr, value: Value) {
    if value.is_ref() {
        // SAFETY: by contract.
        unsafe {
            if (*value.header()).release_to_queue() {
                push_zero(&mut (*core).memory.zero, value.header());
            }
        }
    }
}

/// Writes a slot of an object that a thread which marks beside the program may be looking at.
///
/// # Safety
/// The slot is initialised.
#[inline(always)]
unsafe fn store(slot: *mut Value, value: Value) {
    // SAFETY: by contract, and a value is a word.
    unsafe { word::write(slot.cast(), value.bits()) };
}

/// As [`store`]; what was there.
///
/// # Safety
/// As there.
#[inline(always)]
unsafe fn replace(slot: *mut Value, value: Value) -> Value {
    // SAFETY: by contract.
    unsafe {
        let old = *slot;
        store(slot, value);
        old
    }
}

/// Stores `value` in a slot of `holder`.
///
/// # Safety
/// `slot` is an initialised slot of the live object `holder`; `value` is valid; both belong to the heap of `core`.
#[inline(always)]
pub unsafe fn put(core: CorePtr, holder: *mut Header, slot: *mut Value, value: Value) {
    // SAFETY: by contract.
    unsafe {
        about_to_write_slot(core, holder, slot);
        if (*core).counted {
            adopt(core, value);
            let old = std::ptr::replace(slot, value);
            release(core, old);
        } else {
            store(slot, value);
        }
    }
}

/// As [`put`], if the store is all that there is to do: no counts are kept, and no barrier waits. Whether it was.
///
/// # Safety
/// As there.
#[inline(always)]
pub unsafe fn put_quickly(core: CorePtr, holder: *mut Header, slot: *mut Value, value: Value) -> bool {
    // SAFETY: by contract.
    unsafe {
        let is_plain = !(*core).counted && !(*holder).has(FLAG_LOG);
        if is_plain {
            store(slot, value);
        }
        is_plain
    }
}

/// The barrier alone, for containers whose slots are not words of the object: `holder` is about to be written to.
///
/// # Safety
/// `holder` is a live object of the heap of `core`.
#[inline(always)]
pub(crate) unsafe fn about_to_write(core: CorePtr, holder: *mut Header) {
    // SAFETY: by contract.
    unsafe {
        if (*holder).has(FLAG_LOG) {
            log_any(core, holder);
        }
    }
}

/// As [`about_to_write`], for a slot of the object's own.
///
/// # Safety
/// As there.
#[inline(always)]
unsafe fn about_to_write_slot(core: CorePtr, holder: *mut Header, slot: *mut Value) {
    // SAFETY: by contract.
    unsafe {
        if (*holder).has(FLAG_LOG) {
            log_slot(core, holder, slot);
        }
    }
}

/// As [`about_to_write`], for a slot which is one of `len` that lie in a row outside the object, and do so until the barrier is told of something
/// else.
///
/// # Safety
/// As there.
#[inline(always)]
pub(crate) unsafe fn about_to_write_outside(
    core: CorePtr,
    holder: *mut Header,
    slot: *mut Value,
    len: usize,
) {
    // SAFETY: by contract.
    unsafe {
        if (*holder).has(FLAG_LOG) {
            log_outside(core, holder, slot, len);
        }
    }
}

/// The value with a count for the slot it is about to fill, after [`about_to_write`].
///
/// # Safety
/// The value is valid.
#[inline(always)]
pub(crate) unsafe fn counted(core: CorePtr, value: Value) -> Value {
    // SAFETY: by contract.
    unsafe {
        if (*core).counted {
            adopt(core, value);
        }
    }
    value
}

/// Gives up the count of a slot that held the value.
///
/// # Safety
/// The slot owned one, if the heap counts.
#[inline(always)]
pub(crate) unsafe fn uncounted(core: CorePtr, value: Value) {
    // SAFETY: by contract.
    unsafe {
        if (*core).counted {
            release(core, value);
        }
    }
}

/// Initialises a slot of a fresh holder.
///
/// # Safety
/// `slot` is an uninitialised (or hole) slot of a holder allocated since the last `&mut` point.
#[inline(always)]
pub unsafe fn init(core: CorePtr, slot: *mut Value, value: Value) {
    // SAFETY: by contract.
    unsafe {
        if (*core).counted {
            adopt(core, value);
        }
        *slot = value;
    }
}

/// Takes the value out of a slot, leaving a hole; the caller owns its count.
///
/// # Safety
/// As [`put`].
#[inline(always)]
pub unsafe fn take(core: CorePtr, holder: *mut Header, slot: *mut Value) -> Value {
    // SAFETY: by contract.
    unsafe {
        about_to_write_slot(core, holder, slot);
        replace(slot, Value::HOLE)
    }
}

/// Moves `count` slots within `holder` (they may overlap); counts move with them, and slots left behind keep stale words that
/// the caller must overwrite with [`init`] or [`wipe`].
///
/// # Safety
/// Both runs are slots of the live object `holder`.
#[inline]
pub unsafe fn move_slots(core: CorePtr, holder: *mut Header, from: *mut Value, to: *mut Value, count: usize) {
    // SAFETY: by contract.
    unsafe {
        about_to_write(core, holder);
        if !(*core).memory.marked_beside {
            return std::ptr::copy(from, to, count);
        }
        // One word after the other, beginning where nothing is overwritten that is still to be moved.
        let forwards = from >= to;
        for n in 0..count {
            let n = if forwards { n } else { count - 1 - n };
            store(to.add(n), *from.add(n));
        }
    }
}

/// Puts what slots of `holder` hold back into them in another order.
///
/// # Safety
/// They are slots of the live object, as many as there are values, which are a permutation of theirs.
#[inline]
pub unsafe fn permute(
    core: CorePtr,
    holder: *mut Header,
    slots: *mut Value,
    values: impl Iterator<Item = Value>,
) {
    // SAFETY: by contract.
    unsafe {
        about_to_write(core, holder);
        for (n, value) in values.enumerate() {
            store(slots.add(n), value);
        }
    }
}

/// Puts `count` slots of `holder` into the opposite order.
///
/// # Safety
/// They are slots of the live object.
#[inline]
pub unsafe fn reverse(core: CorePtr, holder: *mut Header, slots: *mut Value, count: usize) {
    // SAFETY: by contract.
    unsafe {
        about_to_write(core, holder);
        for n in 0..count / 2 {
            let (a, b) = (slots.add(n), slots.add(count - 1 - n));
            store(a, replace(b, *a));
        }
    }
}

/// Exchanges what two slots of `holder` hold.
///
/// # Safety
/// They are slots of the live object.
#[inline]
pub unsafe fn swap(core: CorePtr, holder: *mut Header, a: *mut Value, b: *mut Value) {
    // SAFETY: by contract.
    unsafe {
        about_to_write_slot(core, holder, a);
        about_to_write_slot(core, holder, b);
        store(a, replace(b, *a));
    }
}

/// Moves `count` values out of slots of `holder`, which become holes, to `to`, where counts are owned as they were in the slots.
///
/// # Safety
/// `slots` is a run of slots of the live object `holder`; `to` is as long, lies elsewhere, and holds nothing that owns a count.
#[inline]
pub unsafe fn move_out(core: CorePtr, holder: *mut Header, slots: *mut Value, to: *mut Value, count: usize) {
    // SAFETY: by contract.
    unsafe {
        about_to_write(core, holder);
        for n in 0..count {
            *to.add(n) = replace(slots.add(n), Value::HOLE);
        }
    }
}

/// Moves `count` values from `from`, which become holes, into slots of `holder` that are holes; counts move along.
///
/// # Safety
/// As [`move_out`], the other way round; the values are valid and belong to the heap of `core`.
#[inline]
pub unsafe fn move_in(core: CorePtr, holder: *mut Header, slots: *mut Value, from: *mut Value, count: usize) {
    // SAFETY: by contract.
    unsafe {
        about_to_write(core, holder);
        for n in 0..count {
            debug_assert!((*slots.add(n)).is_hole());
            store(slots.add(n), std::ptr::replace(from.add(n), Value::HOLE));
        }
    }
}

/// Makes `count` slots holes without releasing what they held, because [`move_slots`] moved it elsewhere.
///
/// # Safety
/// The slots belong to a live object and their values have been moved out.
#[inline]
pub unsafe fn wipe(slots: *mut Value, count: usize) {
    for i in 0..count {
        // SAFETY: by contract.
        unsafe { store(slots.add(i), Value::HOLE) };
    }
}

// The slow halves, apart so that their arguments take few instructions in every function that stores.

#[cold]
#[inline(never)]
unsafe fn log_slot(core: CorePtr, holder: *mut Header, slot: *mut Value) {
    // SAFETY: by the callers' contract.
    unsafe { log(core, holder, Written::Own(slot)) };
}

#[cold]
#[inline(never)]
unsafe fn log_outside(core: CorePtr, holder: *mut Header, slot: *mut Value, len: usize) {
    // SAFETY: by the callers' contract.
    unsafe { log(core, holder, Written::Outside(slot, len)) };
}

#[cold]
#[inline(never)]
unsafe fn log_any(core: CorePtr, holder: *mut Header) {
    // SAFETY: by the callers' contract.
    unsafe { log(core, holder, Written::Anything) };
}

#[inline(always)]
unsafe fn log(core: CorePtr, holder: *mut Header, written: Written) {
    // SAFETY: by the callers' contract.
    unsafe {
        let memory = &mut (*core).memory;
        match (*core).counted {
            true => memory.settle(holder),
            false => (*core).manager.log(memory, holder, written),
        }
    }
}
