//! `range`.

use super::common::{fail, string, Res};
use super::{convert, repr};
use crate::object::compare::CompareOp;
use crate::object::layout::{Range, RangeInit, RangeIterInit};
use crate::object::native::{wrong_self, Args, NativeDef};
use crate::object::raise::Raised;
use crate::object::{bool, compare, int, iter, none, retrying, str, subscript, tuple};
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive, Zero};
use std::cell::Cell;
use taipan_gc::{Cx, Handle};

/// Methods of `range`.
pub const METHODS: &[NativeDef] = &[
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
    make(cx, start, stop, step)
}

/// A range with these bounds, which are exact integers.
pub(super) fn make<'s>(cx: &mut Cx<'s>, start: Handle<'_>, stop: Handle<'_>, step: Handle<'_>) -> Res<'s> {
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
    [&local.start, &local.stop, &local.step].map(|s| s.get(cx).map(|v| cx.root(v)).unwrap_or_else(|| none(cx)))
}

/// Start, stop and step as big ints.
fn numbers(cx: &Cx<'_>, range: Handle<'_, Range>) -> [BigInt; 3] {
    parts(cx, range).map(|p| int::to_big(cx, p.get(cx)).unwrap_or_default())
}

fn length(start: &BigInt, stop: &BigInt, step: &BigInt) -> BigInt {
    let distance = if step.is_negative() { start - stop } else { stop - start };
    if distance.is_positive() {
        (distance - 1) / step.abs() + 1
    } else {
        BigInt::zero()
    }
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
    let [start, stop, step] = numbers(cx, range);
    Ok(bool(cx, !length(&start, &stop, &step).is_zero()))
}

fn getitem<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let range = self_range(cx, args)?;
    subscript::get(cx, range.any(), args.at(cx, 1))
}

/// Where a number is in the range.
fn position(cx: &Cx<'_>, range: Handle<'_, Range>, value: &BigInt) -> Option<BigInt> {
    let [start, stop, step] = numbers(cx, range);
    let inside = if step.is_negative() {
        *value <= start && *value > stop
    } else {
        *value >= start && *value < stop
    };
    let (quotient, rest) = (value - start).div_mod_floor(&step);
    (inside && rest.is_zero()).then_some(quotient)
}

/// The index of the first item that equals `value`, whatever that is.
fn find(cx: &mut Cx<'_>, range: Handle<'_, Range>, value: Handle<'_>) -> Result<Option<BigInt>, Raised> {
    let local = value.get(cx);
    let exact = local.value().is_int() || local.value().is_bool() || local.shape() == Some(crate::object::shapes::BIGINT);
    if exact {
        let value = int::to_big(cx, local).unwrap_or_default();
        return Ok(position(cx, range, &value));
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
        None if int::is_int(cx, value.get(cx)) => {
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
    let [start, stop, step] = numbers(cx, range);
    let len = length(&start, &stop, &step);
    let last = &start + (&len - 1) * &step;
    if let (Some(left), Some(next), Some(step)) = (len.to_i64(), last.to_i64(), step.to_i64()) {
        let fits = |n: i64| taipan_gc::Value::int(n).is_some();
        if let (true, Some(back)) = (fits(next) && start.to_i64().is_some_and(fits), step.checked_neg()) {
            let made = retrying(cx, |cx| {
                cx.alloc(RangeIterInit { next: Cell::new(next), step: Cell::new(back), left: Cell::new(left) })
            })?;
            return Ok(made.any());
        }
    }
    let (first, end) = (int::new(cx, last)?, int::new(cx, &start - &step)?);
    let back = int::new(cx, -step)?;
    let backwards = make(cx, first, end, back)?;
    iter::range_iter(cx, backwards)
}

fn hash<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let range = self_range(cx, args)?;
    let [start, stop, step] = numbers(cx, range);
    let len = length(&start, &stop, &step);
    let nothing = none(cx);
    let items = [
        int::new(cx, len.clone())?,
        if len.is_zero() { nothing } else { int::new(cx, start)? },
        if len <= BigInt::from(1) { nothing } else { int::new(cx, step)? },
    ];
    let items = tuple::new(cx, &items)?;
    let hash = compare::hash(cx, items.any())?;
    int::from_i64(cx, hash)
}
