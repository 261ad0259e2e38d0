//! Comparing lists, tuples, dicts, sets, views: item by item, which may run Python code that changes them meanwhile.

use super::super::layout::Dict;
use super::super::protocol::nested;
use super::super::{bool, casts, dict, iter, limits, list, set, subscript, table, tuple};
use super::{equal, equal_quick, rich, test, CompareOp, Raised};
use taipan_gc::{Cx, Handle, Local};

const DOING: &str = " in comparison";

fn item<'a>(cx: &'a Cx<'_>, sequence: Local<'a>, index: usize) -> Option<Local<'a>> {
    match list::of(cx, sequence) {
        Some(list) => list::item(cx, list, index),
        None => tuple::get(cx, sequence, index),
    }
}

fn length(cx: &Cx<'_>, sequence: Local<'_>) -> usize {
    match list::of(cx, sequence) {
        Some(list) => list::len(list),
        None => tuple::of(cx, sequence).map_or(0, tuple::len),
    }
}

/// Two lists or two tuples.
pub(super) fn sequences<'s>(
    cx: &mut Cx<'s>,
    op: CompareOp,
    a: Handle<'_>,
    b: Handle<'_>,
) -> Result<Handle<'s>, Raised> {
    if op.is_equality() && length(cx, a.get(cx)) != length(cx, b.get(cx)) {
        return Ok(bool(cx, op == CompareOp::Ne));
    }
    nested(cx, DOING, |cx| {
        let difference = first_difference(cx, a, b)?;
        let sides = match (item(cx, a.get(cx), difference), item(cx, b.get(cx), difference)) {
            (Some(x), Some(y)) => Some((cx.root(x), cx.root(y))),
            _ => None,
        };
        match (sides, op) {
            (Some(_), CompareOp::Eq) => Ok(bool(cx, false)),
            (Some(_), CompareOp::Ne) => Ok(bool(cx, true)),
            (Some((x, y)), _) => rich(cx, op, x, y),
            (None, _) => {
                let order = length(cx, a.get(cx)).cmp(&length(cx, b.get(cx)));
                Ok(bool(cx, op.holds(Some(order))))
            }
        }
    })
}

/// Index of the first items that differ, or of the end of the shorter sequence.
fn first_difference(cx: &mut Cx<'_>, a: Handle<'_>, b: Handle<'_>) -> Result<usize, Raised> {
    let mut at = 0;
    loop {
        let (Some(x), Some(y)) = (item(cx, a.get(cx), at), item(cx, b.get(cx), at)) else { return Ok(at) };
        let same = match equal_quick(cx, x, y) {
            Some(answer) => answer,
            None => cx.scoped(|cx| {
                let sides = match (item(cx, a.get(cx), at), item(cx, b.get(cx), at)) {
                    (Some(x), Some(y)) => (cx.root(x), cx.root(y)),
                    _ => return Ok(false),
                };
                test(cx, CompareOp::Eq, sides.0, sides.1)
            })?,
        };
        if !same {
            return Ok(at);
        }
        at += 1;
    }
}

/// Two dicts.
pub(super) fn dicts<'s>(
    cx: &mut Cx<'s>,
    op: CompareOp,
    a: Handle<'_, Dict>,
    b: Handle<'_, Dict>,
) -> Result<Option<Handle<'s>>, Raised> {
    if !op.is_equality() {
        return Ok(None);
    }
    let same = dict::len(a.get(cx)) == dict::len(b.get(cx)) && nested(cx, DOING, |cx| entries_in(cx, a, b))?;
    Ok(Some(bool(cx, same == (op == CompareOp::Eq))))
}

/// Whether every entry of `a` is in `b`, with an equal value.
fn entries_in(cx: &mut Cx<'_>, a: Handle<'_, Dict>, b: Handle<'_, Dict>) -> Result<bool, Raised> {
    let mut at = 0;
    while let Some(entry) = table::next(cx, a.get(cx), at) {
        at = entry + 1;
        let same = cx.scoped(|cx| {
            let local = a.get(cx);
            let hash = table::hash(cx, local, entry);
            let (key, value) =
                (cx.root(table::key(cx, local, entry)), cx.root(table::value(cx, local, entry)));
            let Some(found) = table::find(cx, b, key, hash)? else { return Ok(false) };
            let other = cx.root(table::value(cx, b.get(cx), found));
            equal(cx, value, other)
        })?;
        if !same {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether the value is a set, or a view of keys or items.
pub(crate) fn is_set_like(cx: &Cx<'_>, value: Local<'_>) -> bool {
    set::of(cx, value).is_some() || dict::view_parts(cx, value).is_some_and(|(_, what)| what != table::VALUES)
}

/// The table of a set or of a view of keys, which can be searched for items.
fn table_of<'s>(cx: &Cx<'s>, value: Handle<'_>) -> Option<Handle<'s, Dict>> {
    let local = value.get(cx);
    if let Some(set) = set::of(cx, local) {
        return Some(cx.root(set));
    }
    let (dict, what) = dict::view_parts(cx, local)?;
    (what == table::KEYS).then(|| cx.root(dict))
}

/// Sets and views of keys or items.
pub(super) fn sets<'s>(
    cx: &mut Cx<'s>,
    op: CompareOp,
    a: Handle<'_>,
    b: Handle<'_>,
) -> Result<Option<Handle<'s>>, Raised> {
    let (x, y) = (size(cx, a.get(cx)), size(cx, b.get(cx)));
    let answer = match op {
        CompareOp::Eq => x == y && subset(cx, a, b)?,
        CompareOp::Ne => !(x == y && subset(cx, a, b)?),
        CompareOp::Lt => x < y && subset(cx, a, b)?,
        CompareOp::Le => x <= y && subset(cx, a, b)?,
        CompareOp::Gt => x > y && subset(cx, b, a)?,
        CompareOp::Ge => x >= y && subset(cx, b, a)?,
    };
    Ok(Some(bool(cx, answer)))
}

fn size(cx: &Cx<'_>, value: Local<'_>) -> usize {
    let table = set::of(cx, value).or_else(|| dict::view_parts(cx, value).map(|(dict, _)| dict));
    table.map_or(0, table::len)
}

fn subset(cx: &mut Cx<'_>, a: Handle<'_>, b: Handle<'_>) -> Result<bool, Raised> {
    cx.scoped(|cx| {
        if let (Some(a), Some(b)) = (table_of(cx, a), table_of(cx, b)) {
            return set::is_subset(cx, a, b);
        }
        let items = iter::iter(cx, a)?;
        loop {
            let inside = cx.scoped(|cx| match iter::next(cx, items)? {
                Some(item) => subscript::contains(cx, b, item).map(Some),
                None => Ok(None),
            })?;
            match inside {
                Some(true) => limits::tick(cx)?,
                Some(false) => return Ok(false),
                None => return Ok(true),
            }
        }
    })
}

/// Mapping proxies compare as what they show.
pub(super) fn proxies<'s>(
    cx: &mut Cx<'s>,
    op: CompareOp,
    a: Handle<'_>,
    b: Handle<'_>,
) -> Result<Option<Handle<'s>>, Raised> {
    let (a, b) = (unwrapped(cx, a), unwrapped(cx, b));
    nested(cx, DOING, |cx| rich(cx, op, a, b).map(Some))
}

fn unwrapped<'s>(cx: &Cx<'s>, value: Handle<'_>) -> Handle<'s> {
    let local = value.get(cx);
    let is_proxy = local.shape() == Some(super::shapes::MAPPING_PROXY);
    let inner = if is_proxy { casts::wrapped(cx, local) } else { None };
    cx.root(inner.unwrap_or(local))
}
