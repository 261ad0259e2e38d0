//! `range`.

use super::common::{fail, string, Res};
use super::{convert, repr};
use crate::object::compare::CompareOp;
use crate::object::layout::{Range, RangeInit};
use crate::object::native::{wrong_self, Args, NativeDef};
use crate::object::raise::Raised;
use crate::object::{bool, compare, int, iter, none, range as ranges, retrying, str, subscript};
use num_bigint::BigInt;
use num_traits::Zero;
use taipan_gc::{Cx, Handle};

/// Methods of `range`.
pub(super) const METHODS: &[NativeDef] = &[
    NativeDef::new_static("__new__", new, "cls, /, *args"),
    NativeDef::new("__repr__", repr_of, "self, /"),
    NativeDef::new("__len__", len, "self, /"),
    NativeDef::new("__bool__", is_true, "self, /"),
    NativeDef::new("__getitem__", getitem, "self, key, /"),
    NativeDef::new("__contains__", contains, "self, key, /"),
    NativeDef::new("__iter__", iter_of, "self, /"),
    NativeDef::new("__reversed__", reversed, "self, /"),
    NativeDef::new("__eq__", |cx, args| super::common::rich(cx, args, CompareOp::Eq), "self, value, /"),
    NativeDef::new("__ne__", |cx, args| super::common::rich(cx, args, CompareOp::Ne), "self, value, /"),
    NativeDef::new("__hash__", hash, "self, /"),
    NativeDef::new("index", index, "self, value, /"),
    NativeDef::new("count", count, "self, value, /"),
    NativeDef::getter("start", |cx, args| part(cx, args, 0)),
    NativeDef::getter("stop", |cx, args| part(cx, args, 1)),
    NativeDef::getter("step", |cx, args| part(cx, args, 2)),
];

fn new<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let mut given = Vec::new();
    for argument in args.rest_all(cx) {
        given.push(convert::index(cx, argument)?);
    }
    let (start, stop, step) = match given[..] {
        [] => fail!(cx, TYPE_ERROR, "range expected at least 1 argument, got 0"),
        [stop] => (int::from_i64(cx, 0)?, stop, int::from_i64(cx, 1)?),
        [start, stop] => (start, stop, int::from_i64(cx, 1)?),
        [start, stop, step] => (start, stop, step),
        _ => fail!(cx, TYPE_ERROR, "range expected at most 3 arguments, got {}", given.len()),
    };
    if int::to_i64(cx, step.get(cx)) == Some(0) {
        fail!(cx, VALUE_ERROR, "range() arg 3 must not be zero");
    }
    let range = retrying(cx, |cx| {
        cx.alloc(RangeInit { start: Some(start.get(cx)), stop: Some(stop.get(cx)), step: Some(step.get(cx)) })
    })?;
    Ok(range.any())
}

fn self_range<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Result<Handle<'s, Range>, Raised> {
    match args.at(cx, 0).downcast::<Range>(cx) {
        Some(range) => Ok(range),
        None => Err(wrong_self(cx, args, "range")),
    }
}

fn parts<'s>(cx: &Cx<'s>, range: Handle<'_, Range>) -> [Handle<'s>; 3] {
    let local = range.get(cx);
    [&local.start, &local.stop, &local.step]
        .map(|s| s.get(cx).map(|v| cx.root(v)).unwrap_or_else(|| none(cx)))
}

fn part<'s>(cx: &mut Cx<'s>, args: &Args<'s>, n: usize) -> Res<'s> {
    let range = self_range(cx, args)?;
    Ok(parts(cx, range)[n])
}

fn repr_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let range = self_range(cx, args)?;
    let [start, stop, step] = parts(cx, range);
    let mut shown = Vec::new();
    for part in [start, stop, step] {
        let part = repr::repr(cx, part)?;
        shown.push(str::lossy(part.get(cx)));
    }
    if int::to_i64(cx, step.get(cx)) == Some(1) {
        shown.pop();
    }
    string(cx, &format!("range({})", shown.join(", ")))
}

fn len<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let range = self_range(cx, args)?;
    let len = subscript::len(cx, range.any())?;
    int::from_usize(cx, len)
}

fn is_true<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let range = self_range(cx, args)?;
    let empty = ranges::length(cx, range.get(cx)).is_zero();
    Ok(bool(cx, !empty))
}

fn getitem<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let range = self_range(cx, args)?;
    subscript::get(cx, range.any(), args.at(cx, 1))
}

/// The index of the first item that equals `value`, whatever that is.
fn find(cx: &mut Cx<'_>, range: Handle<'_, Range>, value: Handle<'_>) -> Result<Option<BigInt>, Raised> {
    let local = value.get(cx);
    let exact = local.value().is_int()
        || local.value().is_bool()
        || local.shape() == Some(crate::object::shapes::BIGINT);
    if let Some(number) = int::view(cx, local).filter(|_| exact) {
        return Ok(ranges::position(cx, range.get(cx), number));
    }
    let mut at = 0usize;
    let mut found = None;
    iter::for_each(cx, range.any(), |cx, item| {
        if found.is_none() && compare::equal(cx, item, value)? {
            found = Some(BigInt::from(at));
        }
        at += 1;
        Ok(())
    })?;
    Ok(found)
}

fn contains<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let range = self_range(cx, args)?;
    let found = find(cx, range, args.at(cx, 1))?.is_some();
    Ok(bool(cx, found))
}

fn index<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let range = self_range(cx, args)?;
    let value = args.at(cx, 1);
    match find(cx, range, value)? {
        Some(at) => int::new(cx, at),
        None if int::is(cx, value.get(cx)) => {
            let shown = repr::repr(cx, value)?;
            fail!(cx, VALUE_ERROR, "{} is not in range", str::lossy(shown.get(cx)));
        }
        None => fail!(cx, VALUE_ERROR, "sequence.index(x): x not in sequence"),
    }
}

fn count<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let range = self_range(cx, args)?;
    let found = find(cx, range, args.at(cx, 1))?.is_some();
    int::from_i64(cx, i64::from(found))
}

fn iter_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let range = self_range(cx, args)?;
    iter::iter(cx, range.any())
}

fn reversed<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let range = self_range(cx, args)?;
    match iter::reversed_builtin(cx, range.any())? {
        Some(found) => Ok(found),
        None => Ok(none(cx)),
    }
}

fn hash<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let range = self_range(cx, args)?;
    let hash = compare::hash(cx, range.any())?;
    int::from_i64(cx, hash)
}
