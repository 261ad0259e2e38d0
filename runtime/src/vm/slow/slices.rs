//! Slicing without a slice object: lists and tuples under immediate bounds at once, everything else through the object model.

use super::items::{items, TAIL_WORD};
use crate::object::layout::{List, Slice, SliceInit};
use crate::object::raise::Raised;
use crate::object::subscript::{self, Bounds};
use crate::object::{retrying, shapes};
use crate::vm::frame::Counting;
use crate::vm::run::has_shape;
use crate::vm::step::{register, step, step_plain};
use taipan_gc::{refs, Core, Cx, Handle, Value};

/// Bounds of the slice whose parts are these three values, if they are immediate.
fn quick_bounds(parts: [Value; 3], len: usize) -> Option<Bounds> {
    let part = |value: Value| match value.as_int() {
        Some(at) => Some(Some(at)),
        None => value.is_none().then_some(None),
    };
    let step = part(parts[2])?.unwrap_or(1);
    (step != 0).then_some(())?;
    Some(Bounds::fit(part(parts[0])?, part(parts[1])?, step, len))
}

/// `x[slice]` of a list or tuple, when there is a free cell for it; the result is owned.
///
/// # Safety
/// `parts` are three registers in use.
pub(in crate::vm) unsafe fn quick_slice<D: Counting>(
    cx: &Cx<'_>,
    x: Value,
    parts: *const Value,
) -> Option<Value> {
    // SAFETY: by contract; nothing runs meanwhile.
    unsafe {
        let source = items(x)?;
        let bounds = quick_bounds([*parts, *parts.add(1), *parts.add(2)], source.len())?;
        let is_list = has_shape(x, shapes::LIST);
        if !is_list && (bounds.count == 0 || bounds.count == source.len()) {
            return None;
        }
        let core = cx.core();
        let count = bounds.count;
        if count == 0 {
            let list = (*core).alloc(LIST_SIZE, shapes::LIST, 1).ok()? as *mut Value;
            *list.add(1) = Value::HOLE;
            *list.add(2) = Value::from_bits(0);
            return Some(Value::from_bits(list as u64));
        }
        let shape = if is_list { shapes::ARRAY } else { shapes::TUPLE };
        let made = (*core).alloc((TAIL_WORD + count) * 8, shape, 1).ok()? as *mut Value;
        *made.add(1) = Value::from_bits(count as u64);
        let mut at = bounds.start;
        for n in 0..count {
            let value = source[at as usize];
            if D::COUNTED {
                refs::retain(value);
            }
            *made.add(TAIL_WORD + n) = value;
            at += bounds.step;
        }
        let made = Value::from_bits(made as u64);
        if !is_list {
            return Some(made);
        }
        let Ok(list) = (*core).alloc(LIST_SIZE, shapes::LIST, 1) else {
            if D::COUNTED {
                refs::release(core, made);
            }
            return None;
        };
        let words = list as *mut Value;
        *words.add(1) = made;
        *words.add(2) = Value::from_bits(count as u64);
        Some(Value::from_bits(list as u64))
    }
}

/// Bytes of a list: header, items, length.
const LIST_SIZE: usize = 8 + size_of::<List>();

/// `x[slice] = value` for a list and a list or tuple of just as many items. `false`: it was not done.
///
/// # Safety
/// `parts` are three registers in use.
pub(in crate::vm) unsafe fn quick_set_slice(
    core: *mut Core,
    x: Value,
    parts: *const Value,
    value: Value,
) -> bool {
    // SAFETY: by contract; stores run nothing.
    unsafe {
        if !has_shape(x, shapes::LIST) || x == value {
            return false;
        }
        let (Some(target), Some(source)) = (items(x), items(value)) else { return false };
        let Some(bounds) = quick_bounds([*parts, *parts.add(1), *parts.add(2)], target.len()) else {
            return false;
        };
        if bounds.count != source.len() {
            return false;
        }
        let list = &*((x.bits() + 8) as *const List);
        let array = list.items.raw();
        for (n, &value) in source.iter().enumerate() {
            let slot = (array.bits() as *mut Value).add(TAIL_WORD + bounds.at(n));
            refs::put(core, array.header(), slot, value);
        }
        true
    }
}

/// A slice object of the three registers at `index`.
fn slice_of<'s>(cx: &mut Cx<'s>, index: usize) -> Result<Handle<'s, Slice>, Raised> {
    // SAFETY: the registers are in use.
    let [start, stop, step]: [Handle<'_>; 3] = [0, 1, 2].map(|n| unsafe { register(cx, index + n) });
    retrying(cx, |cx| {
        cx.alloc(SliceInit { start: Some(start.get(cx)), stop: Some(stop.get(cx)), step: Some(step.get(cx)) })
    })
}

/// A slice of the three registers at `index`.
pub(in crate::vm) fn build_slice(cx: &mut Cx<'_>, index: usize) -> Result<Value, Raised> {
    step(cx, [], |cx, []| Ok(slice_of(cx, index)?.any()))
}

/// `x[slice]`, the parts in the three registers at `index`.
#[cold]
#[inline(never)]
pub(in crate::vm) fn get_slice(cx: &mut Cx<'_>, x: Value, index: usize) -> Result<Value, Raised> {
    step(cx, [x], |cx, [x]| {
        let slice = slice_of(cx, index)?;
        subscript::get(cx, x, slice.any())
    })
}

/// `x[slice] = value`
#[cold]
#[inline(never)]
pub(in crate::vm) fn set_slice(cx: &mut Cx<'_>, x: Value, index: usize, value: Value) -> Result<(), Raised> {
    step_plain(cx, [x, value], |cx, [x, value]| {
        let slice = slice_of(cx, index)?;
        subscript::set(cx, x, slice.any(), value)
    })
}
