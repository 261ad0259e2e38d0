//! Arrays as sequences: items, slices, concatenation, comparison, iteration.

use super::methods::{extend_with, has};
use super::{content, item, items, kind, of, own, plain, put, replace};
use crate::builtins::common::{fail, not_implemented, Res};
use crate::builtins::convert;
use crate::object::buffer::pinned;
use crate::object::compare::CompareOp;
use crate::object::layout::{NativeIter, Record};
use crate::object::native::{Args, IterDef};
use crate::object::raise::Raised;
use crate::object::subscript::{slice_bounds, Bounds};
use crate::object::{bool, class, classes, compare, int, iter, names, none, shapes};
use std::cmp::Ordering;
use taipan_gc::{Cx, Handle};

static ITER: IterDef = IterDef { class: classes::ARRAY_ITER, next };

/// How many items.
fn len_of(cx: &Cx<'_>, array: Handle<'_, Record>) -> usize {
    super::len(array.get(cx))
}

/// An index, or a slice.
enum Key {
    At(usize),
    Slice(Bounds),
}

fn key(cx: &mut Cx<'_>, own: Handle<'_, Record>, key: Handle<'_>, message: &str) -> Result<Key, Raised> {
    if key.get(cx).shape() == Some(shapes::SLICE) {
        let bounds = slice_bounds(cx, key, len_of(cx, own))?;
        // `__index__` may have changed the length.
        let whole = bounds.count == 0 || bounds.at(0).max(bounds.at(bounds.count - 1)) < len_of(cx, own);
        return Ok(Key::Slice(if whole { bounds } else { slice_bounds(cx, key, len_of(cx, own))? }));
    }
    let at = match key.get(cx).value().as_int() {
        Some(at) => at,
        None => {
            let class = class::of(cx, key.get(cx));
            if !int::is(cx, key.get(cx)) && class::lookup(cx, class, names::INDEX).is_none() {
                fail!(cx, TYPE_ERROR, "array indices must be integers");
            }
            crate::object::number::index_i64(cx, key)?
        }
    };
    let count = len_of(cx, own) as i64;
    let at = if at < 0 { at + count } else { at };
    if !(0..count).contains(&at) {
        fail!(cx, INDEX_ERROR, "{message}");
    }
    Ok(Key::At(at as usize))
}

pub(super) fn getitem<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    match key(cx, own, args.at(cx, 1), "array index out of range")? {
        Key::At(at) => {
            let (kind, item) = (kind(own.get(cx)), item(cx, own.get(cx), at));
            items::load(cx, kind, item)
        }
        Key::Slice(bounds) => {
            let (kind, all) = (kind(own.get(cx)), content(cx, own.get(cx)));
            let size = kind.size();
            let picked: Vec<u8> =
                (0..bounds.count).flat_map(|n| &all[bounds.at(n) * size..][..size]).copied().collect();
            plain(cx, kind, &picked)
        }
    }
}

pub(super) fn setitem<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let value = args.at(cx, 2);
    match key(cx, own, args.at(cx, 1), "array assignment index out of range")? {
        Key::At(at) => {
            let kind = kind(own.get(cx));
            let fresh = items::store(cx, kind, value)?;
            // `__index__` of the value may have changed the length.
            if at < len_of(cx, own) {
                put(cx, own.get(cx), at, fresh);
            }
        }
        Key::Slice(bounds) => assign(cx, own, bounds, value)?,
    }
    Ok(none(cx))
}

fn assign(cx: &mut Cx<'_>, own: Handle<'_, Record>, bounds: Bounds, value: Handle<'_>) -> Result<(), Raised> {
    let Some(other) = of(cx, value) else {
        let given = class::type_name(cx, value.get(cx));
        fail!(cx, TYPE_ERROR, "can only assign array (not \"{given}\") to array slice");
    };
    let (kind, size) = (kind(own.get(cx)), kind(own.get(cx)).size());
    if super::kind(other.get(cx)) != kind {
        fail!(cx, TYPE_ERROR, "bad argument type for built-in operation");
    }
    let (mut all, with) = (content(cx, own.get(cx)), content(cx, other.get(cx)));
    if with.is_empty() || with.len() / size != bounds.count {
        pinned::check_resize(cx, own)?;
    }
    if bounds.step == 1 {
        let from = bounds.start as usize * size;
        all.splice(from..from + bounds.count * size, with);
        return replace(cx, own, &all);
    }
    let count = with.len() / size;
    if count != bounds.count {
        let message =
            format!("attempt to assign array of size {count} to extended slice of size {}", bounds.count);
        fail!(cx, VALUE_ERROR, "{message}");
    }
    for (n, item) in with.chunks_exact(size).enumerate() {
        all[bounds.at(n) * size..][..size].copy_from_slice(item);
    }
    replace(cx, own, &all)
}

pub(super) fn delitem<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let bounds = match key(cx, own, args.at(cx, 1), "array assignment index out of range")? {
        Key::At(at) => Bounds { start: at as i64, stop: at as i64 + 1, step: 1, count: 1 },
        Key::Slice(bounds) => bounds,
    };
    pinned::check_resize(cx, own)?;
    let (size, all) = (kind(own.get(cx)).size(), content(cx, own.get(cx)));
    let mut goes = vec![false; all.len() / size];
    (0..bounds.count).for_each(|n| goes[bounds.at(n)] = true);
    let kept: Vec<u8> = all
        .chunks_exact(size)
        .zip(goes)
        .filter(|(_, goes)| !goes)
        .flat_map(|(item, _)| item)
        .copied()
        .collect();
    replace(cx, own, &kept)?;
    Ok(none(cx))
}

pub(super) fn len<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    int::from_usize(cx, len_of(cx, own))
}

pub(super) fn contains<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let found = has(cx, own, args.at(cx, 1))?;
    Ok(bool(cx, found))
}

pub(super) fn add<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let Some(other) = of(cx, args.at(cx, 1)) else {
        let given = class::type_name(cx, args.at(cx, 1).get(cx));
        fail!(cx, TYPE_ERROR, "can only append array (not \"{given}\") to array");
    };
    if kind(other.get(cx)) != kind(own.get(cx)) {
        fail!(cx, TYPE_ERROR, "bad argument type for built-in operation");
    }
    let mut all = content(cx, own.get(cx));
    all.extend(content(cx, other.get(cx)));
    plain(cx, kind(own.get(cx)), &all)
}

pub(super) fn iadd<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    if of(cx, args.at(cx, 1)).is_none() {
        let given = class::type_name(cx, args.at(cx, 1).get(cx));
        fail!(cx, TYPE_ERROR, "can only extend array with array (not \"{given}\")");
    }
    extend_with(cx, own, args.at(cx, 1))?;
    Ok(own.any())
}

/// The items so many times over.
fn repeated(cx: &mut Cx<'_>, own: Handle<'_, Record>, times: Handle<'_>) -> Result<Vec<u8>, Raised> {
    let times = convert::index_i64(cx, times)?.max(0) as usize;
    let all = content(cx, own.get(cx));
    let mut result = Vec::new();
    let fits = all.len().checked_mul(times).filter(|&n| n <= u32::MAX as usize);
    if fits.is_none_or(|n| result.try_reserve_exact(n).is_err()) {
        return Err(convert::memory_error(cx));
    }
    // However often nothing is repeated, it is done at once.
    let times = if all.is_empty() { 0 } else { times };
    (0..times).for_each(|_| result.extend_from_slice(&all));
    Ok(result)
}

pub(super) fn mul<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let all = repeated(cx, own, args.at(cx, 1))?;
    plain(cx, kind(own.get(cx)), &all)
}

pub(super) fn imul<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let all = repeated(cx, own, args.at(cx, 1))?;
    replace(cx, own, &all)?;
    Ok(own.any())
}

fn rich<'s>(cx: &mut Cx<'s>, args: &Args<'s>, op: CompareOp) -> Res<'s> {
    let own = own(cx, args)?;
    let Some(other) = of(cx, args.at(cx, 1)) else { return Ok(not_implemented(cx)) };
    let (a, b) = (len_of(cx, own), len_of(cx, other));
    if a != b && matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(bool(cx, op == CompareOp::Ne));
    }
    for at in 0.. {
        if at >= len_of(cx, own).min(len_of(cx, other)) {
            break;
        }
        let (mine, theirs) = (item(cx, own.get(cx), at), item(cx, other.get(cx), at));
        let (kind, other_kind) = (kind(own.get(cx)), kind(other.get(cx)));
        let mine = items::load(cx, kind, mine)?;
        let theirs = items::load(cx, other_kind, theirs)?;
        if !compare::equal(cx, mine, theirs)? {
            return match op {
                CompareOp::Eq => Ok(bool(cx, false)),
                CompareOp::Ne => Ok(bool(cx, true)),
                _ => compare::rich(cx, op, mine, theirs),
            };
        }
    }
    let order: Ordering = len_of(cx, own).cmp(&len_of(cx, other));
    Ok(bool(cx, op.holds(Some(order))))
}

pub(super) fn eq<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    rich(cx, args, CompareOp::Eq)
}

pub(super) fn ne<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    rich(cx, args, CompareOp::Ne)
}

pub(super) fn lt<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    rich(cx, args, CompareOp::Lt)
}

pub(super) fn le<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    rich(cx, args, CompareOp::Le)
}

pub(super) fn gt<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    rich(cx, args, CompareOp::Gt)
}

pub(super) fn ge<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    rich(cx, args, CompareOp::Ge)
}

pub(super) fn iter_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    iter::new_native(cx, &ITER, Some(own.any()), None, 0)
}

fn next<'s>(cx: &mut Cx<'s>, iter: Handle<'s, NativeIter>) -> Result<Option<Handle<'s>>, Raised> {
    let array = iter.get(cx).state.get(cx).map(|s| cx.root(s)).and_then(|s| of(cx, s));
    let Some(array) = array else { return Ok(None) };
    let at = iter.get(cx).count.get() as usize;
    if at >= len_of(cx, array) {
        iter.get(cx).put(cx, NativeIter::state, None);
        return Ok(None);
    }
    iter.get(cx).count.set(at as i64 + 1);
    let (kind, item) = (kind(array.get(cx)), item(cx, array.get(cx), at));
    items::load(cx, kind, item).map(Some)
}
