//! `tuple`.

use super::common::{binary, fail, is_exactly, no_keywords, self_tuple, with_comparisons, Res};
use super::repr;
use crate::object::layout::Tuple;
use crate::object::native::{Args, NativeDef};
use crate::object::number::{self, BinaryOp};
use crate::object::raise::Raised;
use crate::object::{
    bool, class, classes, compare, instance, int, iter, list, none, root_handle, shapes, subscript, tuple,
    Root,
};
use taipan_gc::{Cx, Handle};

/// Methods of `tuple`.
pub(super) const METHODS: &[NativeDef] = with_comparisons!(
    NativeDef::new_static("__new__", new, "cls, /, *args, **kwargs"),
    NativeDef::new("__repr__", repr_of, "self, /"),
    NativeDef::new("__len__", len, "self, /"),
    NativeDef::new("__getitem__", getitem, "self, key, /"),
    NativeDef::new("__contains__", contains, "self, key, /"),
    NativeDef::new("__iter__", iter_of, "self, /"),
    NativeDef::new("__hash__", hash, "self, /"),
    NativeDef::new("__add__", |cx, args| binary(cx, args, BinaryOp::Add, false), "self, value, /"),
    NativeDef::new("__mul__", |cx, args| binary(cx, args, BinaryOp::Mul, false), "self, value, /"),
    NativeDef::new("__rmul__", |cx, args| binary(cx, args, BinaryOp::Mul, true), "self, value, /"),
    NativeDef::new("__getnewargs__", getnewargs, "self, /"),
    NativeDef::new("index", index, "self, value, start=0, stop=9223372036854775807, /"),
    NativeDef::new("count", count, "self, value, /"),
);

fn new<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let class = class::new_target(cx, args, classes::TUPLE)?;
    let exact = is_exactly(cx, class, classes::TUPLE);
    if exact {
        no_keywords(cx, args, "tuple")?;
    }
    if args.rest_len() > 1 {
        fail!(cx, TYPE_ERROR, "tuple expected at most 1 argument, got {}", args.rest_len());
    }
    let content = match args.rest_len() {
        0 => root_handle(cx, Root::EmptyTuple),
        _ => from_iterable(cx, args.rest(cx, 0))?.any(),
    };
    if exact {
        return Ok(content);
    }
    let made = instance::new(cx, class)?;
    instance::put_word(cx, made.get(cx), 1, content.get(cx));
    Ok(made)
}

/// A tuple of an iterable's items; an exact tuple as it is.
pub(super) fn from_iterable<'s>(cx: &mut Cx<'s>, items: Handle<'s>) -> Result<Handle<'s, Tuple>, Raised> {
    if items.get(cx).shape() == Some(shapes::TUPLE) {
        if let Some(same) = tuple::of_handle(cx, items) {
            return Ok(same);
        }
    }
    cx.scoped_keep(|cx| {
        let items = iter::to_list(cx, items)?;
        let len = list::len(items.get(cx));
        tuple::from_fn(cx, len, |cx, n| list::values(cx, items.get(cx))[n])
    })
}

fn repr_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    self_tuple(cx, args)?;
    repr::container(cx, args.at(cx, 0))
}

fn len<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_tuple(cx, args)?;
    let len = tuple::len(own.get(cx));
    int::from_usize(cx, len)
}

fn getitem<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_tuple(cx, args)?;
    match subscript::get_builtin(cx, own.any(), args.at(cx, 1))? {
        Some(found) => Ok(found),
        None => Ok(none(cx)),
    }
}

/// The first item in a range that equals `value`.
fn find(
    cx: &mut Cx<'_>,
    own: Handle<'_, Tuple>,
    value: Handle<'_>,
    from: usize,
    to: usize,
) -> Result<Option<usize>, Raised> {
    for n in from..to.min(tuple::len(own.get(cx))) {
        let equal = cx.scoped(|cx| {
            let item = tuple::item(own.get(cx), n).map(|v| cx.root(v));
            item.map_or(Ok(false), |item| compare::equal(cx, item, value))
        })?;
        if equal {
            return Ok(Some(n));
        }
    }
    Ok(None)
}

fn contains<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_tuple(cx, args)?;
    let found = find(cx, own, args.at(cx, 1), 0, usize::MAX)?.is_some();
    Ok(bool(cx, found))
}

fn iter_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_tuple(cx, args)?;
    iter::new_sequence_iter(cx, own.any(), 0, false)
}

fn hash<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_tuple(cx, args)?;
    let hash = compare::hash_builtin(cx, own.any())?;
    int::from_i64(cx, hash.unwrap_or(0))
}

fn getnewargs<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_tuple(cx, args)?;
    Ok(tuple::new(cx, &[own.any()])?.any())
}

fn clamped(cx: &mut Cx<'_>, index: Handle<'_>, len: usize) -> Result<usize, Raised> {
    let index = number::index_clamped(cx, index)?;
    let index = if index < 0 { index.saturating_add(len as i64).max(0) } else { index.min(len as i64) };
    Ok(index as usize)
}

fn index<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_tuple(cx, args)?;
    let len = tuple::len(own.get(cx));
    let from = match args.get(cx, 2) {
        Some(start) => clamped(cx, start, len)?,
        None => 0,
    };
    let to = match args.get(cx, 3) {
        Some(stop) => clamped(cx, stop, len)?,
        None => len,
    };
    match find(cx, own, args.at(cx, 1), from, to)? {
        Some(at) => int::from_usize(cx, at),
        None => fail!(cx, VALUE_ERROR, "tuple.index(x): x not in tuple"),
    }
}

fn count<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_tuple(cx, args)?;
    let (mut count, mut from) = (0, 0);
    while let Some(at) = find(cx, own, args.at(cx, 1), from, usize::MAX)? {
        count += 1;
        from = at + 1;
    }
    int::from_usize(cx, count)
}
