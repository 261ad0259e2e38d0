//! `slice`.

use super::common::{fail, string, Res};
use super::{convert, repr};
use crate::object::compare::CompareOp;
use crate::object::layout::{Slice, SliceInit};
use crate::object::native::{wrong_self, Args, NativeDef};
use crate::object::raise::Raised;
use crate::object::{int, none, retrying, str, subscript, tuple};
use num_traits::Signed;
use taipan_gc::{Cx, Handle};

/// Methods of `slice`.
pub(super) const METHODS: &[NativeDef] = &[
    NativeDef::new_static("__new__", new, "cls, /, *args"),
    NativeDef::new("__repr__", repr_of, "self, /"),
    NativeDef::new("__eq__", |cx, args| super::common::rich(cx, args, CompareOp::Eq), "self, value, /"),
    NativeDef::new("__ne__", |cx, args| super::common::rich(cx, args, CompareOp::Ne), "self, value, /"),
    NativeDef::new("indices", indices, "self, length, /"),
    NativeDef::getter("start", |cx, args| part(cx, args, 0)),
    NativeDef::getter("stop", |cx, args| part(cx, args, 1)),
    NativeDef::getter("step", |cx, args| part(cx, args, 2)),
];

fn new<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let nothing = none(cx);
    let given = args.rest_all(cx);
    let (start, stop, step) = match given[..] {
        [] => fail!(cx, TYPE_ERROR, "slice expected at least 1 argument, got 0"),
        [stop] => (nothing, stop, nothing),
        [start, stop] => (start, stop, nothing),
        [start, stop, step] => (start, stop, step),
        _ => fail!(cx, TYPE_ERROR, "slice expected at most 3 arguments, got {}", given.len()),
    };
    let slice = retrying(cx, |cx| {
        cx.alloc(SliceInit { start: Some(start.get(cx)), stop: Some(stop.get(cx)), step: Some(step.get(cx)) })
    })?;
    Ok(slice.any())
}

fn parts<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Result<[Handle<'s>; 3], Raised> {
    let Some(slice) = args.at(cx, 0).downcast::<Slice>(cx) else { return Err(wrong_self(cx, args, "slice")) };
    let local = slice.get(cx);
    Ok([&local.start, &local.stop, &local.step]
        .map(|s| s.get(cx).map(|v| cx.root(v)).unwrap_or_else(|| none(cx))))
}

fn part<'s>(cx: &mut Cx<'s>, args: &Args<'s>, n: usize) -> Res<'s> {
    Ok(parts(cx, args)?[n])
}

fn repr_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let mut shown = Vec::new();
    for part in parts(cx, args)? {
        let part = repr::repr(cx, part)?;
        shown.push(str::lossy(part.get(cx)));
    }
    string(cx, &format!("slice({})", shown.join(", ")))
}

fn indices<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let len = convert::index_big(cx, args.at(cx, 1))?;
    if len.is_negative() {
        fail!(cx, VALUE_ERROR, "length should not be negative");
    }
    parts(cx, args)?;
    let [start, stop, step] = subscript::big_bounds(cx, args.at(cx, 0), &len)?;
    let items = [int::new(cx, start)?, int::new(cx, stop)?, int::new(cx, step)?];
    Ok(tuple::new(cx, &items)?.any())
}
