//! `groupby` and `tee`: several iterators over one.

use super::{check_class, finish, more, set_state, state, Res, Step};
use crate::builtins::common::{check_self, fail};
use crate::builtins::convert;
use crate::object::layout::{Array, NativeIter};
use crate::object::native::{Args, IterDef, NativeDef};
use crate::object::raise::Raised;
use crate::object::{call, classes, compare, iter, list, none, record, tuple};
use taipan_gc::{Cx, Handle};

pub(super) const TEE_COPY: NativeDef = NativeDef::new("__copy__", tee_copy, "self, /");

static GROUPBY: IterDef = IterDef { class: classes::ITER_GROUPBY, next: groupby_next };
static GROUPER: IterDef = IterDef { class: classes::ITER_GROUPER, next: grouper_next };
static TEE: IterDef = IterDef { class: classes::ITER_TEE, next: tee_next };

// ---- groupby: the iterator; storage of the parts below; the number of the group that may go on ----

const KEY_FUNCTION: usize = 0;
/// The key of the group given last; empty before the first.
const TARGET: usize = 1;
/// The key of the item read last, and the item; empty before the first, and the item once a group took it.
const CURRENT: usize = 2;
const ITEM: usize = 3;
const PARTS: usize = 4;

pub(super) fn groupby<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    check_class(cx, args, classes::ITER_GROUPBY)?;
    let items = iter::iter(cx, args.at(cx, 1))?;
    let parts = record::new_array(cx, PARTS)?;
    set_part(cx, parts, KEY_FUNCTION, args.at(cx, 2));
    iter::new_native(cx, &GROUPBY, Some(items), Some(parts.any()), 0)
}

/// The parts of an iterator.
fn parts_of<'s>(cx: &Cx<'s>, iter: Handle<'_, NativeIter>) -> Option<Handle<'s, Array>> {
    let found = more(cx, iter)?;
    record::storage_of(cx, found)
}

fn part<'s>(cx: &Cx<'s>, parts: Handle<'_, Array>, n: usize) -> Option<Handle<'s>> {
    record::array_get(parts.get(cx), n).map(|v| cx.root(v))
}

fn set_part(cx: &Cx<'_>, parts: Handle<'_, Array>, n: usize, value: Handle<'_>) {
    record::array_set(cx, parts.get(cx), n, Some(value.get(cx)));
}

/// Reads the next item and its key; whether there is one.
fn advance(cx: &mut Cx<'_>, items: Handle<'_>, parts: Handle<'_, Array>) -> Result<bool, Raised> {
    cx.scoped(|cx| {
        let Some(item) = iter::next(cx, items)? else { return Ok(false) };
        let key = match part(cx, parts, KEY_FUNCTION) {
            Some(function) if !function.get(cx).value().is_none() => call::call(cx, function, &[item])?,
            _ => item,
        };
        set_part(cx, parts, ITEM, item);
        set_part(cx, parts, CURRENT, key);
        Ok(true)
    })
}

fn groupby_next<'s>(cx: &mut Cx<'s>, iter: Handle<'s, NativeIter>) -> Step<'s> {
    let (Some(items), Some(parts)) = (state(cx, iter), parts_of(cx, iter)) else { return Ok(None) };
    // The groups given so far are over.
    let number = iter.get(cx).count.get() + 1;
    iter.get(cx).count.set(number);
    loop {
        let fresh = cx.scoped(|cx| match (part(cx, parts, CURRENT), part(cx, parts, TARGET)) {
            (None, _) => Ok::<_, Raised>(false),
            (Some(_), None) => Ok(true),
            (Some(current), Some(target)) => Ok(!compare::equal(cx, target, current)?),
        })?;
        if fresh {
            break;
        }
        if !advance(cx, items, parts)? {
            return Ok(None);
        }
        cx.poll();
    }
    let Some(key) = part(cx, parts, CURRENT) else { return Ok(None) };
    set_part(cx, parts, TARGET, key);
    let group = iter::new_native(cx, &GROUPER, Some(iter.any()), Some(key), number)?;
    Ok(Some(tuple::new(cx, &[key, group])?.any()))
}

/// `itertools._grouper(parent, key)`: groups are made by their parent alone.
pub(super) fn grouper<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    check_class(cx, args, classes::ITER_GROUPER)?;
    fail!(cx, TYPE_ERROR, "cannot create 'itertools._grouper' instances");
}

fn grouper_next<'s>(cx: &mut Cx<'s>, iter: Handle<'s, NativeIter>) -> Step<'s> {
    let (Some(parent), Some(key)) = (state(cx, iter), more(cx, iter)) else { return Ok(None) };
    let Some(parent) = parent.downcast::<NativeIter>(cx) else { return Ok(None) };
    if parent.get(cx).count.get() != iter.get(cx).count.get() {
        return Ok(None);
    }
    let (Some(items), Some(parts)) = (state(cx, parent), parts_of(cx, parent)) else { return Ok(None) };
    if part(cx, parts, ITEM).is_none() && !advance(cx, items, parts)? {
        return Ok(None);
    }
    let (Some(current), Some(item)) = (part(cx, parts, CURRENT), part(cx, parts, ITEM)) else {
        return Ok(None);
    };
    if !compare::equal(cx, key, current)? {
        return Ok(None);
    }
    record::array_set(cx, parts.get(cx), ITEM, None);
    Ok(Some(item))
}

// ---- tee: a node, which is a list that is empty before it is read, then holds an item and the next node; and the iterator ----

pub(super) fn tee<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let n = match args.get(cx, 1) {
        Some(n) => convert::index_i64(cx, n)?,
        None => 2,
    };
    if n < 0 {
        fail!(cx, VALUE_ERROR, "n must be >= 0");
    }
    crate::object::check_room(cx, n as usize)?;
    let mut all = Vec::new();
    if n > 0 {
        // One that is a tee already is the first itself.
        let items = iter::iter(cx, args.at(cx, 0))?;
        let first = if is_tee(cx, items) { items } else { new_tee(cx, items)? };
        all.push(first);
        for _ in 1..n {
            let copy = copy_tee(cx, first)?;
            all.push(copy);
        }
    }
    Ok(tuple::new(cx, &all)?.any())
}

pub(super) fn tee_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    check_class(cx, args, classes::ITER_TEE)?;
    new_tee(cx, args.at(cx, 1))
}

fn is_tee(cx: &Cx<'_>, value: Handle<'_>) -> bool {
    value.downcast::<NativeIter>(cx).is_some_and(|i| i.get(cx).def.class == classes::ITER_TEE)
}

/// A tee over an iterable; a copy of one that is a tee already.
fn new_tee<'s>(cx: &mut Cx<'s>, iterable: Handle<'s>) -> Res<'s> {
    let items = iter::iter(cx, iterable)?;
    if is_tee(cx, items) {
        return copy_tee(cx, items);
    }
    let node = list::with_capacity(cx, 0)?;
    iter::new_native(cx, &TEE, Some(node.any()), Some(items), 0)
}

fn copy_tee<'s>(cx: &mut Cx<'s>, of: Handle<'s>) -> Res<'s> {
    let Some(of) = of.downcast::<NativeIter>(cx) else { return Ok(none(cx)) };
    let (node, items) = (state(cx, of), more(cx, of));
    iter::new_native(cx, &TEE, node, items, 0)
}

fn tee_copy<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    check_self(cx, args)?;
    copy_tee(cx, args.at(cx, 0))
}

fn tee_next<'s>(cx: &mut Cx<'s>, iter: Handle<'s, NativeIter>) -> Step<'s> {
    let (Some(node), Some(items)) = (state(cx, iter), more(cx, iter)) else { return Ok(None) };
    let Some(node) = list::of_handle(cx, node) else { return Ok(None) };
    if list::len(node.get(cx)) == 0 {
        let Some(item) = iter::next(cx, items)? else { return Ok(None) };
        if list::len(node.get(cx)) > 0 {
            fail!(cx, RUNTIME_ERROR, "cannot re-enter the tee iterator");
        }
        let next = list::with_capacity(cx, 0)?;
        list::append(cx, node, item)?;
        list::append(cx, node, next.any())?;
    }
    let part = |cx: &Cx<'s>, n| list::item(cx, node.get(cx), n).map(|v| cx.root(v));
    let (Some(item), Some(next)) = (part(cx, 0), part(cx, 1)) else {
        finish(cx, iter);
        return Ok(None);
    };
    set_state(cx, iter, next);
    Ok(Some(item))
}
