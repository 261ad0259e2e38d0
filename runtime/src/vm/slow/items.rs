//! Items, slices, iteration, unpacking.

use crate::bytecode::Instr;
use crate::object::dict::{self, Quick};
use crate::object::layout::{Dict, List, NativeIter, SeqIter};
use crate::object::raise::{type_error, value_error, Raised};
use crate::object::{class, classes, iter, list, names, shapes, subscript};
use crate::vm::frame::machine;
use crate::vm::generator;
use crate::vm::run::has_shape;
use crate::vm::step::{born, owned, register, release, retain, step, step_plain};
use taipan_gc::header::Header;
use taipan_gc::{Cx, Handle, Local, Value};

/// First word of the items of a tuple or array.
pub(super) const TAIL_WORD: usize = 2;

fn index(key: Value, len: usize) -> Option<usize> {
    let at = key.as_int()?;
    let at = if at < 0 { at + len as i64 } else { at };
    (at >= 0 && (at as usize) < len).then_some(at as usize)
}

/// An item of a list or tuple under an immediate index.
#[inline(always)]
pub(in crate::vm) fn quick_item(x: Value, key: Value) -> Option<Value> {
    if !key.is_int() {
        return None;
    }
    // SAFETY: the shapes say what the objects are; the index is in bounds.
    unsafe {
        if has_shape(x, shapes::LIST) {
            let list = &*((x.bits() + 8) as *const List);
            let at = index(key, list.len.get())?;
            let items = list.items.raw().bits() as *const Value;
            return Some(*items.add(TAIL_WORD + at));
        }
        if has_shape(x, shapes::TUPLE) {
            let at = index(key, *(x.bits() as *const u32).add(2) as usize)?;
            return Some(*(x.bits() as *const Value).add(TAIL_WORD + at));
        }
    }
    None
}

/// The slot of a list's item and the array that holds it.
#[inline(always)]
pub(in crate::vm) fn quick_slot(x: Value, key: Value) -> Option<(*mut Header, *mut Value)> {
    if !key.is_int() || !has_shape(x, shapes::LIST) {
        return None;
    }
    // SAFETY: as in `quick_item`.
    unsafe {
        let list = &*((x.bits() + 8) as *const List);
        let at = index(key, list.len.get())?;
        let items = list.items.raw().bits();
        Some((items as *mut Header, (items as *mut Value).add(TAIL_WORD + at)))
    }
}

/// The items of a list or tuple.
///
/// # Safety
/// The value is valid, and nothing changes it while the slice is used.
#[inline(always)]
pub(super) unsafe fn items<'a>(x: Value) -> Option<&'a [Value]> {
    // SAFETY: the shapes say what the objects are.
    unsafe {
        if has_shape(x, shapes::TUPLE) {
            let len = *(x.bits() as *const u32).add(2) as usize;
            return Some(std::slice::from_raw_parts((x.bits() as *const Value).add(TAIL_WORD), len));
        }
        if has_shape(x, shapes::LIST) {
            let list = &*((x.bits() + 8) as *const List);
            let len = list.len.get();
            if len == 0 {
                return Some(&[]);
            }
            let array = list.items.raw().bits() as *const Value;
            return Some(std::slice::from_raw_parts(array.add(TAIL_WORD), len));
        }
    }
    None
}

/// The `count` items of a tuple or list of just that length.
#[inline(always)]
pub(in crate::vm) fn quick_items(x: Value, count: usize) -> Option<*const Value> {
    // SAFETY: the loop passes a register's value; only the address of the items is kept.
    let found = unsafe { items(x)? };
    (found.len() == count).then_some(found.as_ptr())
}

/// The next item of a forward iterator over a list or tuple; `None` at the end too.
#[inline(always)]
pub(in crate::vm) fn quick_next(iter: Value) -> Option<Value> {
    if !has_shape(iter, shapes::SEQ_ITER) {
        return None;
    }
    // SAFETY: the shape says so.
    let iter = unsafe { &*((iter.bits() + 8) as *const SeqIter) };
    if iter.reversed.get() {
        return None;
    }
    let (at, sequence) = (iter.at.get(), iter.sequence.raw());
    let value = if iter.is_list.get() && sequence.is_ref() {
        // SAFETY: the flag says so.
        unsafe {
            let list = &*((sequence.bits() + 8) as *const List);
            if at as usize >= list.len.get() {
                return None;
            }
            *(list.items.raw().bits() as *const Value).add(TAIL_WORD + at as usize)
        }
    } else {
        quick_item(sequence, Value::int(at as i64)?)?
    };
    iter.at.set(at + 1);
    Some(value)
}

/// The next pair of an `enumerate` over a list or tuple, owned; `None` when there is more to it, and at the end.
#[inline]
pub(in crate::vm) fn quick_enumerate(cx: &Cx<'_>, iter: Value) -> Option<Value> {
    // SAFETY: the caller has seen the shape; the pair is initialised at once, and the item is alive.
    unsafe {
        let iter = &*((iter.bits() + 8) as *const NativeIter);
        if iter.def.class != classes::ENUMERATE || !iter.more.is_empty() {
            return None;
        }
        let number = Value::int(iter.count.get())?;
        let inner = iter.state.raw();
        let sequence =
            has_shape(inner, shapes::SEQ_ITER).then(|| &*((inner.bits() + 8) as *const SeqIter))?;
        let at = Value::int(sequence.at.get() as i64).filter(|_| !sequence.reversed.get())?;
        let item = quick_item(sequence.sequence.raw(), at)?;
        let pair = (*cx.core()).alloc((TAIL_WORD + 2) * 8, shapes::TUPLE, 1).ok()? as *mut Value;
        sequence.at.set(sequence.at.get() + 1);
        iter.count.set(iter.count.get() + 1);
        retain(cx, item);
        *pair.add(1) = Value::from_bits(2);
        *pair.add(TAIL_WORD) = number;
        *pair.add(TAIL_WORD + 1) = item;
        Some(Value::from_bits(pair as u64))
    }
}

/// `x[key]`
#[inline(never)]
pub(in crate::vm) fn get_item(cx: &mut Cx<'_>, x: Value, key: Value) -> Result<Value, Raised> {
    if has_shape(x, shapes::DICT) {
        // SAFETY: the shape says so; both are in registers.
        let (dict, key): (Local<'_, Dict>, Local<'_>) =
            unsafe { (Local::from_value(x), Local::from_value(key)) };
        if let Some(Quick::Found(entry)) = dict::quick(cx, dict, key) {
            if let Some(value) = dict::entry_value(cx, dict, entry) {
                retain(cx, value.value());
                return Ok(value.value());
            }
        }
    }
    step(cx, [x, key], |cx, [x, key]| subscript::get(cx, x, key))
}

/// `x[key] = value`
#[inline(never)]
pub(in crate::vm) fn set_item(cx: &mut Cx<'_>, x: Value, key: Value, value: Value) -> Result<(), Raised> {
    if has_shape(x, shapes::DICT) {
        // SAFETY: the shape says so; all are in registers.
        let (dict, key, value): (Local<'_, Dict>, Local<'_>, Local<'_>) =
            unsafe { (Local::from_value(x), Local::from_value(key), Local::from_value(value)) };
        if dict::quick_set(cx, dict, key, value) {
            return Ok(());
        }
    }
    step_plain(cx, [x, key, value], |cx, [x, key, value]| subscript::set(cx, x, key, value))
}

/// `del x[key]`
pub(in crate::vm) fn del_item(cx: &mut Cx<'_>, x: Value, key: Value) -> Result<(), Raised> {
    step_plain(cx, [x, key], |cx, [x, key]| subscript::delete(cx, x, key))
}

/// `item in container`
pub(in crate::vm) fn contains(cx: &mut Cx<'_>, container: Value, item: Value) -> Result<bool, Raised> {
    {
        // SAFETY: both are in registers, and this doesn't collect.
        let (container, item) = unsafe { (Local::from_value(container), Local::from_value(item)) };
        if let Some(found) = crate::builtins::quick::contains(cx, container, item) {
            return Ok(found);
        }
    }
    step_plain(cx, [container, item], |cx, [container, item]| subscript::contains(cx, container, item))
}

/// `iter(x)`
pub(in crate::vm) fn get_iter(cx: &mut Cx<'_>, x: Value) -> Result<Value, Raised> {
    // SAFETY: a register's value, and this doesn't collect.
    if let Some(made) = iter::quick_iter(cx, unsafe { Local::from_value(x) }).map(|made| born(cx, made)) {
        return Ok(made);
    }
    if let Some(made) = generator::iterator_of(cx, x) {
        return Ok(made);
    }
    step(cx, [x], iter_of)
}

fn iter_of<'s>(cx: &mut Cx<'s>, [x]: [Handle<'s>; 1]) -> Result<Handle<'s>, Raised> {
    iter::iter(cx, x)
}

/// The next item, or `None` at the end.
pub(in crate::vm) fn for_iter(cx: &mut Cx<'_>, iter: Value) -> Result<Option<Value>, Raised> {
    step_plain(cx, [iter], |cx, [iter]| Ok(iter::next(cx, iter)?.map(|value| owned(cx, value))))
}

/// Unpack and UnpackStar over anything iterable. Consumes the source register, if it is a temporary.
pub(in crate::vm) fn unpack(
    cx: &mut Cx<'_>,
    base: usize,
    i: Instr,
    after: Option<usize>,
) -> Result<(), Raised> {
    cx.scoped(|cx| {
        let before = i.c();
        // SAFETY: the register is in use; its value is moved to a root of this scope, because the targets may overlap it.
        let source: Handle<'_> = unsafe { register(cx, base + i.b()) };
        let kept = cx.root(source.get(cx));
        let found = take_items(cx, kept, before, after)?;
        // SAFETY: code of a frame that runs is alive. The loop has the number, too; handing it on costs each of its turns.
        let first_temp =
            machine(cx).innermost().map_or(0, |frame| unsafe { (*frame.code).first_temp as usize });
        if i.b() >= first_temp {
            clear_register(cx, base + i.b());
        }
        for (n, value) in found.into_iter().enumerate() {
            let value = owned(cx, value);
            // SAFETY: the targets are registers of the running frame.
            let old = unsafe { std::ptr::replace(super::super::calls::slot(cx, base + i.a() + n), value) };
            release(cx, old);
        }
        Ok(())
    })
}

fn clear_register(cx: &Cx<'_>, index: usize) {
    super::super::calls::give_up(cx, index, index + 1);
}

/// The values for the targets: `before` items; with `after`, a list of what lies between and that many of the last ones, too.
fn take_items<'s>(
    cx: &mut Cx<'s>,
    source: Handle<'s>,
    before: usize,
    after: Option<usize>,
) -> Result<Vec<Handle<'s>>, Raised> {
    let class = class::of(cx, source.get(cx));
    let iterable = class::lookup(cx, class, names::ITER).is_some_and(|i| !i.value().is_none())
        || class::lookup(cx, class, names::GETITEM).is_some();
    if !iterable {
        let given = class::type_name(cx, source.get(cx));
        return Err(type_error(cx, format!("cannot unpack non-iterable {given} object")));
    }
    let it = iter::iter(cx, source)?;
    let mut found = Vec::new();
    while found.len() < before {
        match iter::next(cx, it)? {
            Some(item) => found.push(item),
            None => break,
        }
    }
    let Some(after) = after else {
        if found.len() < before {
            let message = format!("not enough values to unpack (expected {before}, got {})", found.len());
            return Err(value_error(cx, message));
        }
        if iter::next(cx, it)?.is_some() {
            return Err(value_error(cx, format!("too many values to unpack (expected {before})")));
        }
        return Ok(found);
    };
    let star = list::with_capacity(cx, 0)?;
    if found.len() == before {
        iter::extend_list(cx, star, it)?;
    }
    let rest = list::len(star.get(cx));
    if found.len() < before || rest < after {
        let (least, got) = (before + after, found.len() + rest);
        let message = format!("not enough values to unpack (expected at least {least}, got {got})");
        return Err(value_error(cx, message));
    }
    let middle = rest - after;
    found.push(star.any());
    for at in middle..rest {
        found.push(cx.root(list::item(cx, star.get(cx), at).unwrap_or(Local::NONE)));
    }
    list::splice(cx, star, middle, rest, &[])?;
    Ok(found)
}

/// `len(x)`
pub(in crate::vm) fn len(cx: &mut Cx<'_>, x: Value) -> Result<Value, Raised> {
    step(cx, [x], |cx, [x]| {
        let len = subscript::len(cx, x)?;
        crate::object::int::from_usize(cx, len)
    })
}
