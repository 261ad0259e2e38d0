//! Displays, f-strings, and collecting into containers under construction.

use crate::bytecode::Op;
use crate::object::layout::{Dict, List, ListInit};
use crate::object::raise::{type_error, Raised};
use crate::object::{attr, class, dict, iter, list, names, retrying, set, shapes, str, tuple};
use crate::text::TextBuf;
use crate::vm::calls::value_at;
use crate::vm::frame::Counting;
use crate::vm::step::{born, register, step, step_plain};
use taipan_gc::{refs, CollectKind, Cx, Handle, Local, ShapeId, Value};

/// Allocates a tuple or array of `count` registers; their values move into it.
///
/// # Safety
/// `from` is a run of `count` temporaries of the running frame.
unsafe fn build_values<D: Counting>(
    cx: &mut Cx<'_>,
    shape: ShapeId,
    from: *mut Value,
    count: usize,
) -> Result<Value, Raised> {
    // SAFETY: the fresh cell has room for header, length and the values; the registers give their counts to it.
    unsafe {
        let size = 16 + count * 8;
        let object = match (*cx.core()).alloc(size, shape, 1) {
            Ok(object) => object,
            Err(_) => {
                cx.collect(CollectKind::Full);
                (*cx.core()).alloc(size, shape, 1)?
            }
        };
        let words = object as *mut u32;
        *words.add(2) = count as u32;
        *words.add(3) = 0;
        let values = (object as *mut Value).add(2);
        for n in 0..count {
            *values.add(n) = *from.add(n);
            if D::COUNTED {
                *from.add(n) = Value::HOLE;
            }
        }
        Ok(Value::from_bits(object as u64))
    }
}

/// A tuple of temporaries.
#[inline]
pub(in crate::vm) fn build_tuple<D: Counting>(
    cx: &mut Cx<'_>,
    from: *mut Value,
    count: usize,
) -> Result<Value, Raised> {
    if count == 0 {
        return step(cx, [], |cx, []| Ok(tuple::new(cx, &[])?.any()));
    }
    // SAFETY: the loop passes a run of temporaries.
    unsafe { build_values::<D>(cx, shapes::TUPLE, from, count) }
}

/// A list of temporaries.
#[inline]
pub(in crate::vm) fn build_list<D: Counting>(
    cx: &mut Cx<'_>,
    from: *mut Value,
    count: usize,
) -> Result<Value, Raised> {
    step(cx, [], |cx, []| {
        let list = retrying(cx, |cx| cx.alloc(ListInit { items: None, len: std::cell::Cell::new(0) }))?;
        if count > 0 {
            // SAFETY: the loop passes a run of temporaries.
            let mut array = unsafe { build_values::<D>(cx, shapes::ARRAY, from, count)? };
            let local = list.get(cx);
            // SAFETY: the slot of the list is empty and takes over the array's only count. The list may be old: making the array may collect.
            unsafe {
                refs::move_in(cx.core(), local.value().header(), local.items.as_ptr(), &mut array, 1);
            }
            local.len.set(count);
        }
        Ok(list.any())
    })
}

/// The register at this stack index.
fn at<'s>(cx: &Cx<'s>, index: usize) -> Handle<'s> {
    // SAFETY: the loop passes registers in use.
    unsafe { register(cx, index) }
}

/// A set, dict or string of registers.
pub(in crate::vm) fn build(cx: &mut Cx<'_>, op: Op, index: usize, count: usize) -> Result<Value, Raised> {
    step(cx, [], |cx, []| match op {
        Op::BuildSet => {
            let made = set::new(cx)?;
            for n in 0..count {
                let item = at(cx, index + n);
                set::add(cx, made, item)?;
            }
            Ok(made.any())
        }
        Op::BuildMap => {
            let made = dict::new(cx)?;
            dict::expect(cx, made.get(cx), count);
            for n in 0..count {
                let (key, value) = (at(cx, index + 2 * n), at(cx, index + 2 * n + 1));
                if !dict::quick_set(cx, made.get(cx), key.get(cx), value.get(cx)) {
                    dict::set(cx, made, key, value)?;
                }
            }
            Ok(made.any())
        }
        _ => {
            let mut buffer = TextBuf::new();
            for n in 0..count {
                let part = at(cx, index + n);
                if let Some(part) = str::of(cx, part.get(cx)) {
                    buffer.push_text(str::text(part));
                }
            }
            let text = buffer.finish();
            Ok(str::from_owned(cx, &text)?.any())
        }
    })
}

/// `!s`, `!r`, `!a`
pub(in crate::vm) fn convert(cx: &mut Cx<'_>, value: Value, conversion: usize) -> Result<Value, Raised> {
    step(cx, [value], |cx, [value]| {
        let text = match conversion {
            1 => crate::builtins::repr::str_of(cx, value)?,
            2 => crate::builtins::repr::repr(cx, value)?,
            _ => crate::builtins::repr::ascii(cx, value)?,
        };
        Ok(text.any())
    })
}

/// `format(value, spec)`
pub(in crate::vm) fn format(cx: &mut Cx<'_>, value: Value, spec: Value) -> Result<Value, Raised> {
    step(cx, [value, spec], |cx, [value, spec]| Ok(crate::builtins::format::format(cx, value, spec)?.any()))
}

/// `format(value, "")`
pub(in crate::vm) fn format_plain(cx: &mut Cx<'_>, value: Value) -> Result<Value, Raised> {
    step(cx, [value], |cx, [value]| {
        if str::is_exact(value.get(cx).value(), value.get(cx).shape()) {
            return Ok(value);
        }
        let spec = crate::object::root_handle(cx, crate::object::Root::EmptyStr);
        Ok(crate::builtins::format::format(cx, value, spec)?.any())
    })
}

/// Shows the value of an expression typed at the prompt: its repr, unless it is None.
pub(in crate::vm) fn display(cx: &mut Cx<'_>, value: Value) -> Result<(), Raised> {
    step_plain(cx, [value], |cx, [value]| {
        if value.get(cx).value().is_none() {
            return Ok(());
        }
        let text = crate::builtins::repr::repr(cx, value)?;
        let builtins = super::builtins(cx);
        let print = names::intern(cx, "print")?;
        let print = dict::get_name(cx, builtins.get(cx), names::local(cx, print)).map(|p| cx.root(p));
        match print {
            Some(print) => crate::object::call::call(cx, print, &[text.any()]).map(drop),
            None => Ok(()),
        }
    })
}

/// The container at this stack index.
fn container<'s, T>(cx: &Cx<'s>, index: usize) -> Handle<'s, T> {
    // SAFETY: the compiler appends only to the containers that it has built there.
    unsafe { register(cx, index) }
}

/// Appends to a list under construction.
#[inline]
pub(in crate::vm) fn list_append(cx: &mut Cx<'_>, index: usize, value: Value) -> Result<(), Raised> {
    let target: Handle<'_, List> = container(cx, index);
    let local = target.get(cx);
    if list::make_room(cx, local).is_some() {
        list::push_within(cx, local, value);
        return Ok(());
    }
    step_plain(cx, [value], |cx, [value]| list::append(cx, container(cx, index), value))
}

/// ListExtend, SetAdd, SetUpdate, MapUpdate.
pub(in crate::vm) fn collect_into(cx: &mut Cx<'_>, op: Op, index: usize, value: Value) -> Result<(), Raised> {
    if op == Op::SetAdd {
        // SAFETY: the verifier has seen that a set is under construction there, and nothing here collects.
        let (set, item): (Local<'_, Dict>, Local<'_>) =
            unsafe { (Local::from_value(value_at(cx, index)), Local::from_value(value)) };
        if set::quick_add(cx, set, item) {
            return Ok(());
        }
    }
    step_plain(cx, [value], |cx, [value]| match op {
        Op::ListExtend => {
            let target: Handle<'_, List> = container(cx, index);
            let class = class::of(cx, value.get(cx));
            let iterable = class::lookup(cx, class, names::ITER).is_some()
                || class::lookup(cx, class, names::GETITEM).is_some();
            if !iterable {
                let given = class::type_name(cx, value.get(cx));
                return Err(type_error(cx, format!("Value after * must be an iterable, not {given}")));
            }
            let items = iter::to_list(cx, value)?;
            for n in 0..list::len(items.get(cx)) {
                cx.scoped(|cx| {
                    let item = list::item(cx, items.get(cx), n).map(|v| cx.root(v));
                    item.map_or(Ok(()), |item| list::append(cx, target, item))
                })?;
            }
            Ok(())
        }
        Op::SetAdd => set::add(cx, container(cx, index), value),
        Op::SetUpdate => {
            let target: Handle<'_, Dict> = container(cx, index);
            let items = iter::to_list(cx, value)?;
            for n in 0..list::len(items.get(cx)) {
                cx.scoped(|cx| {
                    let item = list::item(cx, items.get(cx), n).map(|v| cx.root(v));
                    item.map_or(Ok(()), |item| set::add(cx, target, item))
                })?;
            }
            Ok(())
        }
        _ => {
            let mapping = class::is_instance(cx, value.get(cx), crate::object::classes::DICT)
                || attr::get_opt(cx, value, names::KEYS)?.is_some();
            if !mapping {
                let given = class::type_name(cx, value.get(cx));
                return Err(type_error(cx, format!("'{given}' object is not a mapping")));
            }
            dict::update(cx, container(cx, index), value)
        }
    })
}

/// Inserts into a dict under construction.
pub(in crate::vm) fn map_insert(
    cx: &mut Cx<'_>,
    index: usize,
    key: Value,
    value: Value,
) -> Result<(), Raised> {
    {
        // SAFETY: the verifier has seen that a dict is under construction there, and nothing here collects.
        let (dict, key, value): (Local<'_, Dict>, Local<'_>, Local<'_>) = unsafe {
            (Local::from_value(value_at(cx, index)), Local::from_value(key), Local::from_value(value))
        };
        if dict::quick_set(cx, dict, key, value) {
            return Ok(());
        }
    }
    step_plain(cx, [key, value], |cx, [key, value]| dict::set(cx, container(cx, index), key, value))
}

/// Adds `**` arguments of a call.
pub(in crate::vm) fn map_merge(
    cx: &mut Cx<'_>,
    index: usize,
    from: Value,
    callee: Value,
) -> Result<(), Raised> {
    step_plain(cx, [from, callee], |cx, [from, callee]| {
        let target: Handle<'_, Dict> = container(cx, index);
        let mapping = class::is_instance(cx, from.get(cx), crate::object::classes::DICT)
            || attr::get_opt(cx, from, names::KEYS)?.is_some();
        if !mapping {
            let what = super::callee_name(cx, callee);
            let given = class::type_name(cx, from.get(cx));
            return Err(type_error(cx, format!("{what} argument after ** must be a mapping, not {given}")));
        }
        let fresh = dict::new(cx)?;
        dict::update(cx, fresh, from)?;
        let mut at = 0;
        // Nobody else has `fresh`, so it stays as it is while keys are compared.
        loop {
            let more = cx.scoped(|cx| {
                let Some((key, value)) = dict::next_entry(cx, fresh.get(cx), &mut at) else {
                    return Ok(false);
                };
                let (key, value) = (cx.root(key), cx.root(value));
                let Some(text) = str::of(cx, key.get(cx)).map(str::lossy) else {
                    return Err(type_error(cx, "keywords must be strings"));
                };
                if dict::get(cx, target, key)?.is_some() {
                    let what = super::callee_name(cx, callee);
                    let message = format!("{what} got multiple values for keyword argument '{text}'");
                    return Err(type_error(cx, message));
                }
                dict::set(cx, target, key, value)?;
                Ok(true)
            })?;
            if !more {
                return Ok(());
            }
        }
    })
}

/// `tuple(list)`
pub(in crate::vm) fn list_to_tuple(cx: &mut Cx<'_>, index: usize) -> Result<Value, Raised> {
    let source: Handle<'_, List> = container(cx, index);
    if let Some(made) = list::into_tuple(cx, source.get(cx)).map(|made| born(cx, made)) {
        return Ok(made);
    }
    step(cx, [], |cx, []| {
        let source: Handle<'_, List> = container(cx, index);
        let len = list::len(source.get(cx));
        Ok(tuple::from_fn(cx, len, |cx, n| list::values(cx, source.get(cx))[n])?.any())
    })
}
