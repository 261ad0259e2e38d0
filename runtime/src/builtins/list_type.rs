//! `list`.

use super::common::{binary, fail, is_exactly, no_keywords, self_list, with_comparisons, Res};
use super::{convert, quick, repr, sort};
use crate::object::layout::List;
use crate::object::native::{Args, NativeDef};
use crate::object::number::{self, BinaryOp};
use crate::object::raise::Raised;
use crate::object::{bool, class, classes, compare, instance, int, iter, list, none, str, subscript};
use taipan_gc::{Cx, Handle};

/// Methods of `list`.
pub(super) const METHODS: &[NativeDef] = with_comparisons!(
    NativeDef::new_static("__new__", new, "cls, /, *args, **kwargs"),
    NativeDef::new("__init__", init, "self, /, *args, **kwargs"),
    NativeDef::new("__repr__", repr_of, "self, /"),
    NativeDef::new("__len__", len, "self, /"),
    NativeDef::new("__getitem__", getitem, "self, index, /"),
    NativeDef::new("__setitem__", setitem, "self, key, value, /"),
    NativeDef::new("__delitem__", delitem, "self, key, /"),
    NativeDef::new("__contains__", contains, "self, key, /"),
    NativeDef::new("__iter__", iter_of, "self, /"),
    NativeDef::new("__reversed__", reversed, "self, /"),
    NativeDef::new("__add__", |cx, args| binary(cx, args, BinaryOp::Add, false), "self, value, /"),
    NativeDef::new("__mul__", |cx, args| binary(cx, args, BinaryOp::Mul, false), "self, value, /"),
    NativeDef::new("__rmul__", |cx, args| binary(cx, args, BinaryOp::Mul, true), "self, value, /"),
    NativeDef::new("__iadd__", iadd, "self, value, /"),
    NativeDef::new("__imul__", imul, "self, value, /"),
    NativeDef::new("append", append, "self, object, /").quickly(quick::append),
    NativeDef::new("extend", extend_method, "self, iterable, /"),
    NativeDef::new("insert", insert, "self, index, object, /"),
    NativeDef::new("pop", pop, "self, index=-1, /").quickly(quick::pop),
    NativeDef::new("remove", remove, "self, value, /"),
    NativeDef::new("index", index, "self, value, start=0, stop=9223372036854775807, /"),
    NativeDef::new("count", count, "self, value, /"),
    NativeDef::new("reverse", reverse, "self, /"),
    NativeDef::new("clear", clear, "self, /"),
    NativeDef::new("copy", copy, "self, /"),
    NativeDef::new("sort", sort_method, "self, /, *, key=None, reverse=False"),
);

fn new<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let class = class::new_target(cx, args, classes::LIST)?;
    if is_exactly(cx, class, classes::LIST) {
        return Ok(list::with_capacity(cx, 0)?.any());
    }
    instance::new(cx, class)
}

fn init<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_list(cx, args)?;
    no_keywords(cx, args, "list")?;
    if args.rest_len() > 1 {
        fail!(cx, TYPE_ERROR, "list expected at most 1 argument, got {}", args.rest_len());
    }
    if list::len(own.get(cx)) > 0 {
        list::clear(cx, own.get(cx));
    }
    if args.rest_len() == 1 {
        iter::extend_list(cx, own, args.rest(cx, 0))?;
    }
    Ok(none(cx))
}

fn repr_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_list(cx, args)?;
    repr::container(cx, own.any())
}

fn len<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_list(cx, args)?;
    let len = list::len(own.get(cx));
    int::from_usize(cx, len)
}

fn getitem<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_list(cx, args)?;
    match subscript::get_builtin(cx, own.any(), args.at(cx, 1))? {
        Some(found) => Ok(found),
        None => Ok(none(cx)),
    }
}

fn setitem<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_list(cx, args)?;
    subscript::set_builtin(cx, own.any(), args.at(cx, 1), args.at(cx, 2))?;
    Ok(none(cx))
}

fn delitem<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_list(cx, args)?;
    subscript::delete_builtin(cx, own.any(), args.at(cx, 1))?;
    Ok(none(cx))
}

/// The first item from `from` on, before `to`, that equals `value`.
fn find(
    cx: &mut Cx<'_>,
    own: Handle<'_, List>,
    value: Handle<'_>,
    from: usize,
    to: usize,
) -> Result<Option<usize>, Raised> {
    let mut n = from;
    // Comparing may change the list.
    while n < to.min(list::len(own.get(cx))) {
        let equal = cx.scoped(|cx| {
            let item = list::item(cx, own.get(cx), n).map(|v| cx.root(v));
            item.map_or(Ok(false), |item| compare::equal(cx, item, value))
        })?;
        if equal {
            return Ok(Some(n));
        }
        n += 1;
    }
    Ok(None)
}

fn contains<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_list(cx, args)?;
    let found = find(cx, own, args.at(cx, 1), 0, usize::MAX)?.is_some();
    Ok(bool(cx, found))
}

fn iter_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_list(cx, args)?;
    iter::new_sequence_iter(cx, own.any(), 0, false)
}

fn reversed<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_list(cx, args)?;
    let last = list::len(own.get(cx)) as isize - 1;
    iter::new_sequence_iter(cx, own.any(), last, true)
}

fn iadd<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_list(cx, args)?;
    iter::extend_list(cx, own, args.at(cx, 1))?;
    Ok(own.any())
}

fn imul<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_list(cx, args)?;
    let Some(product) = number::binary_builtin(cx, BinaryOp::Mul, own.any(), args.at(cx, 1))? else {
        return Ok(super::common::not_implemented(cx));
    };
    if let Some(product) = list::of_handle(cx, product) {
        list::clear(cx, own.get(cx));
        iter::extend_list(cx, own, product.any())?;
    }
    Ok(own.any())
}

fn append<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_list(cx, args)?;
    list::append(cx, own, args.at(cx, 1))?;
    Ok(none(cx))
}

fn extend_method<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_list(cx, args)?;
    iter::extend_list(cx, own, args.at(cx, 1))?;
    Ok(none(cx))
}

/// An index counted from the end when negative, clamped to the list.
fn clamped(cx: &mut Cx<'_>, index: Handle<'_>, own: Handle<'_, List>) -> Result<usize, Raised> {
    let index = number::index_clamped(cx, index)?;
    Ok(fit(cx, index, own))
}

/// An index from the front, at most the length.
fn fit(cx: &Cx<'_>, index: i64, own: Handle<'_, List>) -> usize {
    let len = list::len(own.get(cx)) as i64;
    let index = if index < 0 { index.saturating_add(len).max(0) } else { index.min(len) };
    index as usize
}

fn insert<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_list(cx, args)?;
    let index = convert::index_i64(cx, args.at(cx, 1))?;
    let at = fit(cx, index, own);
    list::splice(cx, own, at, at, &[args.at(cx, 2)])?;
    Ok(none(cx))
}

fn pop<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_list(cx, args)?;
    let index = match args.get(cx, 1) {
        Some(index) => number::index_i64(cx, index)?,
        None => -1,
    };
    let len = list::len(own.get(cx));
    if len == 0 {
        fail!(cx, INDEX_ERROR, "pop from empty list");
    }
    let index = if index < 0 { index + len as i64 } else { index };
    if index < 0 || index >= len as i64 {
        fail!(cx, INDEX_ERROR, "pop index out of range");
    }
    let at = index as usize;
    let item = list::item(cx, own.get(cx), at).map(|v| cx.root(v)).unwrap_or_else(|| none(cx));
    list::splice(cx, own, at, at + 1, &[])?;
    Ok(item)
}

fn remove<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_list(cx, args)?;
    match find(cx, own, args.at(cx, 1), 0, usize::MAX)? {
        Some(at) if at < list::len(own.get(cx)) => {
            list::splice(cx, own, at, at + 1, &[])?;
            Ok(none(cx))
        }
        _ => fail!(cx, VALUE_ERROR, "list.remove(x): x not in list"),
    }
}

fn index<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_list(cx, args)?;
    let from = match args.get(cx, 2) {
        Some(start) => clamped(cx, start, own)?,
        None => 0,
    };
    let to = match args.get(cx, 3) {
        Some(stop) => clamped(cx, stop, own)?,
        None => usize::MAX,
    };
    let value = args.at(cx, 1);
    match find(cx, own, value, from, to)? {
        Some(at) => int::from_usize(cx, at),
        None => {
            let shown = repr::repr(cx, value)?;
            fail!(cx, VALUE_ERROR, "{} is not in list", str::lossy(shown.get(cx)));
        }
    }
}

fn count<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_list(cx, args)?;
    let value = args.at(cx, 1);
    let (mut count, mut from) = (0, 0);
    while let Some(at) = find(cx, own, value, from, usize::MAX)? {
        count += 1;
        from = at + 1;
    }
    int::from_usize(cx, count)
}

fn reverse<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_list(cx, args)?;
    list::reverse(cx, own.get(cx));
    Ok(none(cx))
}

fn clear<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_list(cx, args)?;
    list::clear(cx, own.get(cx));
    Ok(none(cx))
}

fn copy<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_list(cx, args)?;
    let len = list::len(own.get(cx));
    let made = list::with_capacity(cx, len)?;
    list::splice_with(cx, made, 0, 0, len, |cx, n| list::values(cx, own.get(cx))[n])?;
    Ok(made.any())
}

fn sort_method<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_list(cx, args)?;
    let reverse = match args.get(cx, 2) {
        Some(reverse) => convert::index_i32(cx, reverse)? != 0,
        None => false,
    };
    sort::sort(cx, own, args.some(cx, 1), reverse)?;
    Ok(none(cx))
}
