//! Iteration: `iter()` and `next()` over builtin and user-defined objects.

use super::layout::{
    Dict, DictView, Generator, List, NativeIter, NativeIterInit, Range, RangeIter, RangeIterInit, SeqIter,
    SeqIterInit, TableIter, TableIterInit,
};
use super::names;
use super::native::IterDef;
use super::raise::{catch, raise, type_error, Raised};
use super::{
    attr, bytes, call, class, classes, dict, int, list, retrying, rt, shapes, str, subscript, table, tuple,
};
use std::cell::Cell;
use taipan_gc::{Cx, Handle, Local, Value};

/// `iter(x)`
pub fn iter<'s>(cx: &mut Cx<'s>, x: Handle<'_>) -> Result<Handle<'s>, Raised> {
    let user = x.get(cx).shape().is_some_and(|s| s.0 >= taipan_gc::STATIC_SHAPES);
    if !user {
        if let Some(found) = iter_builtin(cx, x)? {
            return Ok(found);
        }
    } else if let Some(method) = attr::special(cx, x.get(cx), names::ITER) {
        if method.shape() == Some(shapes::NATIVE) {
            if let Some(found) = iter_builtin(cx, x)? {
                return Ok(found);
            }
        }
    }
    if class::lookup(cx, class::of(cx, x.get(cx)), names::ITER).is_some_and(|i| i.value().is_none()) {
        return Err(not_iterable(cx, x));
    }
    if let Some(found) = call::call_special(cx, x, names::ITER, &[])? {
        if is_iterator(cx, found.get(cx)) {
            return Ok(found);
        }
        let given = class::type_name(cx, found.get(cx));
        return Err(type_error(cx, format!("iter() returned non-iterator of type '{given}'")));
    }
    let has_items = attr::special(cx, x.get(cx), names::GETITEM).is_some();
    if has_items && class::as_class(cx, x.get(cx)).is_none() {
        return new_sequence_iter(cx, x, 0, false);
    }
    Err(not_iterable(cx, x))
}

#[cold]
fn not_iterable(cx: &mut Cx<'_>, x: Handle<'_>) -> Raised {
    let given = class::type_name(cx, x.get(cx));
    type_error(cx, format!("'{given}' object is not iterable"))
}

/// Whether the value has `__next__`.
pub fn is_iterator(cx: &Cx<'_>, x: Local<'_>) -> bool {
    match x.shape() {
        Some(s) if (shapes::RANGE_ITER.0..=shapes::NATIVE_ITER.0).contains(&s.0) => true,
        Some(shapes::GENERATOR) => true,
        _ => class::lookup(cx, class::of(cx, x), names::NEXT).is_some(),
    }
}

/// The iterator as the builtin types define it; `None` for what is no builtin iterable.
pub fn iter_builtin<'s>(cx: &mut Cx<'s>, x: Handle<'_>) -> Result<Option<Handle<'s>>, Raised> {
    let local = x.get(cx);
    match local.shape() {
        Some(shapes::RANGE) => return range_iter(cx, x).map(Some),
        Some(shapes::GENERATOR) => {
            let generator = local.downcast::<Generator>(cx).is_some_and(|g| g.flavour.get() == 0);
            return Ok(generator.then(|| cx.root(local)));
        }
        Some(s) if (shapes::RANGE_ITER.0..=shapes::NATIVE_ITER.0).contains(&s.0) => return Ok(Some(cx.root(local))),
        Some(shapes::DICT_VIEW) => {
            let Some(view) = local.downcast::<DictView>(cx) else { return Ok(None) };
            let (Some(dict), what) = (view.dict.get(cx).map(|d| cx.root(d)), view.what.get()) else {
                return Ok(None);
            };
            return new_table_iter(cx, dict, what, false).map(Some);
        }
        Some(shapes::MAPPING_PROXY) => {
            let inner = super::casts::wrapped(cx, local).map(|w| cx.root(w));
            return inner.map(|w| iter(cx, w)).transpose();
        }
        _ => {}
    }
    if let Some(table) = dict::table_of(cx, local).map(|t| cx.root(t)) {
        return new_table_iter(cx, table, table::KEYS, false).map(Some);
    }
    let sequence = list::of(cx, local).is_some()
        || tuple::of(cx, local).is_some()
        || str::of(cx, local).is_some()
        || bytes::of(cx, local).is_some();
    if !sequence {
        return Ok(None);
    }
    // Iterate over the exact tuple or string inside an instance of a subclass.
    let inner = match class::kind_of(cx, local) {
        classes::KIND_TUPLE | classes::KIND_STR | classes::KIND_BYTES => class::boxed_value(cx, local),
        _ => Some(local),
    };
    let inner = cx.root(inner.unwrap_or(local));
    new_sequence_iter(cx, inner, 0, false).map(Some)
}

/// An iterator over a sequence from index `at`, backwards if `reversed`.
pub fn new_sequence_iter<'s>(
    cx: &mut Cx<'s>,
    sequence: Handle<'_>,
    at: isize,
    reversed: bool,
) -> Result<Handle<'s>, Raised> {
    let made = retrying(cx, |cx| {
        cx.alloc(SeqIterInit {
            sequence: Some(sequence.get(cx)),
            at: Cell::new(at),
            reversed: Cell::new(reversed),
        })
    })?;
    Ok(made.any())
}

/// An iterator over a dict or set.
pub fn new_table_iter<'s>(
    cx: &mut Cx<'s>,
    table: Handle<'_, Dict>,
    what: u8,
    reversed: bool,
) -> Result<Handle<'s>, Raised> {
    let made = retrying(cx, |cx| {
        let table = table.get(cx);
        let at = if reversed { table.fill.get() } else { 0 };
        cx.alloc(TableIterInit {
            table: Some(table),
            at: Cell::new(at),
            used: Cell::new(table.used.get()),
            mutations: Cell::new(table.mutations.get()),
            what: Cell::new(what),
            reversed: Cell::new(reversed),
        })
    })?;
    Ok(made.any())
}

/// An iterator written in Rust.
pub fn new_native_iter<'s>(
    cx: &mut Cx<'s>,
    def: &'static IterDef,
    state: Option<Handle<'_>>,
    more: Option<Handle<'_>>,
    count: i64,
) -> Result<Handle<'s>, Raised> {
    let made = retrying(cx, |cx| {
        cx.alloc(NativeIterInit {
            def,
            state: state.map(|s| s.get(cx)),
            more: more.map(|m| m.get(cx)),
            count: Cell::new(count),
        })
    })?;
    Ok(made.any())
}

/// An iterator over a range; through plain numbers when all of them are immediate.
pub fn range_iter<'s>(cx: &mut Cx<'s>, range: Handle<'_>) -> Result<Handle<'s>, Raised> {
    let small = subscript::range_parts(cx, range.get(cx)).filter(|r| {
        let last = r.start as i128 + (r.len as i128) * r.step as i128;
        let fits = |n: i128| (i128::from(taipan_gc::INT_MIN)..=i128::from(taipan_gc::INT_MAX)).contains(&n);
        fits(i128::from(r.start)) && fits(last)
    });
    if let Some(parts) = small {
        let made = retrying(cx, |cx| {
            cx.alloc(RangeIterInit {
                next: Cell::new(parts.start),
                step: Cell::new(parts.step),
                left: Cell::new(parts.len),
            })
        })?;
        return Ok(made.any());
    }
    new_native_iter(cx, &BIG_RANGE, Some(range), None, 0)
}

/// Iterator over a range beyond 48 bits.
static BIG_RANGE: IterDef = IterDef { class: classes::RANGE_ITER, next: next_of_big_range };

fn next_of_big_range<'s>(cx: &mut Cx<'s>, iter: Handle<'s, NativeIter>) -> Result<Option<Handle<'s>>, Raised> {
    let at = iter.get(cx).count.get();
    let Some(range) = iter.get(cx).state.get(cx).map(|r| cx.root(r)) else { return Ok(None) };
    let index = int::from_i64(cx, at)?;
    match subscript::range_item(cx, range, index)? {
        Some(found) => {
            iter.get(cx).count.set(at + 1);
            Ok(Some(found))
        }
        None => Ok(None),
    }
}

/// `next(x)`; `None` at the end.
pub fn next<'s>(cx: &mut Cx<'s>, x: Handle<'_>) -> Result<Option<Handle<'s>>, Raised> {
    let x = cx.root(x.get(cx));
    match x.get(cx).shape() {
        Some(shapes::RANGE_ITER) => Ok(next_of_range(cx, x)),
        Some(shapes::SEQ_ITER) => next_of_sequence(cx, x),
        Some(shapes::TABLE_ITER) => next_of_table(cx, x),
        Some(shapes::NATIVE_ITER) => {
            let Some(iter) = x.downcast::<NativeIter>(cx) else { return Ok(None) };
            let step = iter.get(cx).def.next;
            step(cx, iter)
        }
        Some(shapes::GENERATOR) => {
            let Some(generator) = x.downcast::<Generator>(cx) else { return Ok(None) };
            let sent = super::none(cx);
            (rt(cx).hooks.resume)(cx, generator, sent, false)
        }
        _ => match call::call_special(cx, x, names::NEXT, &[]) {
            Ok(Some(found)) => Ok(Some(found)),
            Ok(None) => {
                let given = class::type_name(cx, x.get(cx));
                Err(type_error(cx, format!("'{given}' object is not an iterator")))
            }
            Err(raised) => catch(cx, raised, classes::STOP_ITERATION).map(|()| None),
        },
    }
}

fn next_of_range<'s>(cx: &mut Cx<'s>, x: Handle<'_>) -> Option<Handle<'s>> {
    let iter = x.get(cx).downcast::<RangeIter>(cx)?;
    let left = iter.left.get();
    if left <= 0 {
        return None;
    }
    let value = iter.next.get();
    iter.left.set(left - 1);
    iter.next.set(value.wrapping_add(iter.step.get()));
    Some(super::immediate(cx, Value::int_wrapping(value)))
}

fn next_of_sequence<'s>(cx: &mut Cx<'s>, x: Handle<'s>) -> Result<Option<Handle<'s>>, Raised> {
    let Some(iter) = x.downcast::<SeqIter>(cx) else { return Ok(None) };
    let (at, reversed) = (iter.get(cx).at.get(), iter.get(cx).reversed.get());
    let Some(sequence) = iter.get(cx).sequence.get(cx).map(|s| cx.root(s)) else { return Ok(None) };
    let found = if at < 0 { None } else { item_at(cx, sequence, at as usize)? };
    let local = iter.get(cx);
    match found {
        Some(found) => {
            local.at.set(if reversed { at - 1 } else { at + 1 });
            Ok(Some(found))
        }
        None => {
            local.put(cx, SeqIter::sequence, None);
            Ok(None)
        }
    }
}

/// The n-th item of any sequence; `None` past its end.
fn item_at<'s>(cx: &mut Cx<'s>, sequence: Handle<'_>, n: usize) -> Result<Option<Handle<'s>>, Raised> {
    let local = sequence.get(cx);
    if let Some(list) = list::of(cx, local) {
        return Ok(list::item(cx, list, n).map(|v| cx.root(v)));
    }
    if let Some(tuple) = tuple::of(cx, local) {
        return Ok(tuple::item(tuple, n).map(|v| cx.root(v)));
    }
    if let Some(text) = str::of(cx, local) {
        let point = str::text(text).get(n);
        return point.map(|p| str::from_point(cx, p).map(|s| s.any())).transpose();
    }
    if let Some(content) = bytes::of(cx, local) {
        return Ok(bytes::content(content).get(n).map(|&b| super::immediate(cx, Value::int32(i32::from(b)))));
    }
    let index = int::from_usize(cx, n)?;
    match subscript::get(cx, sequence, index) {
        Ok(found) => Ok(Some(found)),
        Err(raised) => match catch(cx, raised, classes::INDEX_ERROR) {
            Ok(()) => Ok(None),
            Err(raised) => catch(cx, raised, classes::STOP_ITERATION).map(|()| None),
        },
    }
}

fn next_of_table<'s>(cx: &mut Cx<'s>, x: Handle<'s>) -> Result<Option<Handle<'s>>, Raised> {
    let Some(iter) = x.downcast::<TableIter>(cx) else { return Ok(None) };
    let local = iter.get(cx);
    let Some(table) = local.table.get(cx).map(|t| cx.root(t)) else { return Ok(None) };
    let is_set = super::set::of(cx, table.get(cx).any()).is_some();
    if table.get(cx).used.get() != local.used.get() {
        // The iterator is spoilt for good.
        local.used.set(u32::MAX);
        let what = if is_set { "Set" } else { "dictionary" };
        return Err(raise(cx, classes::RUNTIME_ERROR, format!("{what} changed size during iteration")));
    }
    let (at, what) = (local.at.get(), local.what.get());
    let entry = if local.reversed.get() {
        (0..at).rev().find(|&e| table::key_of(cx, table.get(cx), e).is_some())
    } else {
        table::next(cx, table.get(cx), at)
    };
    let Some(entry) = entry else {
        local.put(cx, TableIter::table, None);
        return Ok(None);
    };
    if table.get(cx).mutations.get() != local.mutations.get() && !is_set {
        local.used.set(u32::MAX);
        return Err(raise(cx, classes::RUNTIME_ERROR, "dictionary keys changed during iteration"));
    }
    local.at.set(if local.reversed.get() { entry } else { entry + 1 });
    let key = table::key_of(cx, table.get(cx), entry).map(|k| cx.root(k));
    let value = table::value_of(cx, table.get(cx), entry).map(|v| cx.root(v));
    match (what, key, value) {
        (table::KEYS, key, _) => Ok(key),
        (table::VALUES, _, value) => Ok(value),
        (_, Some(key), Some(value)) => Ok(Some(tuple::new(cx, &[key, value])?.any())),
        _ => Ok(None),
    }
}

/// Calls `each` with every item, each in a scope of its own.
pub fn for_each(
    cx: &mut Cx<'_>,
    x: Handle<'_>,
    mut each: impl for<'t> FnMut(&mut Cx<'t>, Handle<'t>) -> Result<(), Raised>,
) -> Result<(), Raised> {
    cx.scoped(|cx| {
        let it = iter(cx, x)?;
        loop {
            let more = cx.scoped(|cx| match next(cx, it)? {
                Some(item) => each(cx, item).map(|()| true),
                None => Ok(false),
            })?;
            if !more {
                return Ok(());
            }
            cx.poll();
        }
    })
}

/// `list(x)`
pub fn to_list<'s>(cx: &mut Cx<'s>, x: Handle<'_>) -> Result<Handle<'s, List>, Raised> {
    let made = list::with_capacity(cx, 0)?;
    extend(cx, made, x)?;
    Ok(made)
}

/// `target.extend(x)`
pub fn extend(cx: &mut Cx<'_>, target: Handle<'_, List>, x: Handle<'_>) -> Result<(), Raised> {
    let exact = matches!(x.get(cx).shape(), Some(shapes::LIST | shapes::TUPLE));
    if exact {
        let len = subscript::len(cx, x)?;
        list::reserve(cx, target, len)?;
        for n in 0..len {
            let local = x.get(cx);
            let value = match list::of(cx, local) {
                Some(list) => list::values(cx, list).get(n).copied(),
                None => tuple::get(cx, local, n).map(|v| v.value()),
            };
            if let Some(value) = value {
                list::push(cx, target, value)?;
            }
        }
        return Ok(());
    }
    for_each(cx, x, |cx, item| list::append(cx, target, item))
}

/// All items, rooted.
pub fn to_vec<'s>(cx: &mut Cx<'s>, x: Handle<'_>) -> Result<Vec<Handle<'s>>, Raised> {
    let items = to_list(cx, x)?;
    let len = list::len(items.get(cx));
    Ok((0..len).filter_map(|n| list::item(cx, items.get(cx), n).map(|v| cx.root(v))).collect())
}

/// `operator.length_hint(x)`, or 0.
pub fn length_hint(cx: &mut Cx<'_>, x: Handle<'_>) -> usize {
    let local = x.get(cx);
    if let Some(iter) = local.downcast::<RangeIter>(cx) {
        return iter.left.get().max(0) as usize;
    }
    if local.downcast::<Range>(cx).is_some() || list::of(cx, local).is_some() || tuple::of(cx, local).is_some() {
        return subscript::len(cx, x).unwrap_or(0);
    }
    0
}
