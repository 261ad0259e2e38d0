//! Taking bytes apart and joining them.

use super::case::is_space;
use super::{made, part, self_bytes};
use crate::builtins::common::{fail, Res};
use crate::builtins::convert::{bytes_argument, index_i32, index_i64};
use crate::object::layout::Bytes;
use crate::object::native::Args;
use crate::object::{attr, buffer, bytes, check_size, class, compare, iter, list, names, tuple};
use memchr::memmem;
use taipan_gc::{Cx, Handle};

type Span = (usize, usize);

fn list_of<'s>(cx: &mut Cx<'s>, data: Handle<'_, Bytes>, spans: &[Span]) -> Res<'s> {
    let list = list::with_capacity(cx, spans.len())?;
    for &(start, end) in spans {
        cx.scoped(|cx| {
            let piece = part(cx, data, start, end)?;
            list::append(cx, list, piece)
        })?;
    }
    Ok(list.any())
}

/// Spans between separators; from the right when `backward`.
fn spans_between(data: &[u8], separator: &[u8], limit: usize, backward: bool) -> Vec<Span> {
    let mut spans = Vec::new();
    if backward {
        let mut end = data.len();
        for at in memmem::rfind_iter(data, separator).take(limit) {
            spans.push((at + separator.len(), end));
            end = at;
        }
        spans.push((0, end));
        spans.reverse();
    } else {
        let mut start = 0;
        for at in memmem::find_iter(data, separator).take(limit) {
            spans.push((start, at));
            start = at + separator.len();
        }
        spans.push((start, data.len()));
    }
    spans
}

/// Spans between runs of white space.
fn spans_of_words(data: &[u8], limit: usize, backward: bool) -> Vec<Span> {
    let len = data.len();
    // Reading from the right turns the one case into the other.
    let space = |i: usize| is_space(data[if backward { len - 1 - i } else { i }]);
    let mut spans = Vec::new();
    let mut at = 0;
    loop {
        while at < len && space(at) {
            at += 1;
        }
        if at == len {
            break;
        }
        let start = at;
        if spans.len() == limit {
            at = len;
        } else {
            while at < len && !space(at) {
                at += 1;
            }
        }
        spans.push(if backward { (len - at, len - start) } else { (start, at) });
        if at == len {
            break;
        }
    }
    if backward {
        spans.reverse();
    }
    spans
}

fn split_by<'s>(cx: &mut Cx<'s>, args: &Args<'s>, backward: bool) -> Res<'s> {
    let data = self_bytes(cx, args)?;
    let limit = match args.get(cx, 2) {
        Some(limit) => usize::try_from(index_i64(cx, limit)?).unwrap_or(usize::MAX),
        None => usize::MAX,
    };
    let spans = match args.some(cx, 1) {
        None => spans_of_words(bytes::content(data.get(cx)), limit, backward),
        Some(separator) => {
            let separator = bytes_argument(cx, separator)?;
            if separator.is_empty() {
                fail!(cx, VALUE_ERROR, "empty separator");
            }
            spans_between(bytes::content(data.get(cx)), &separator, limit, backward)
        }
    };
    list_of(cx, data, &spans)
}

pub(in crate::builtins) fn split<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    split_by(cx, args, false)
}

pub(in crate::builtins) fn rsplit<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    split_by(cx, args, true)
}

pub(in crate::builtins) fn splitlines<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let data = self_bytes(cx, args)?;
    let keep = match args.get(cx, 1) {
        Some(keep) if keep.get(cx).value().is_bool() => compare::truth(cx, keep)?,
        Some(keep) => index_i32(cx, keep)? != 0,
        None => false,
    };
    let content = bytes::content(data.get(cx));
    let (mut spans, mut at) = (Vec::new(), 0);
    while at < content.len() {
        let start = at;
        while at < content.len() && !matches!(content[at], b'\n' | b'\r') {
            at += 1;
        }
        let mut end = at;
        if at < content.len() {
            at += if content[at..].starts_with(b"\r\n") { 2 } else { 1 };
            end = if keep { at } else { end };
        }
        spans.push((start, end));
    }
    list_of(cx, data, &spans)
}

fn partition_from<'s>(cx: &mut Cx<'s>, args: &Args<'s>, backward: bool) -> Res<'s> {
    let data = self_bytes(cx, args)?;
    let separator = bytes_argument(cx, args.at(cx, 1))?;
    if separator.is_empty() {
        fail!(cx, VALUE_ERROR, "empty separator");
    }
    let content = bytes::content(data.get(cx));
    let len = content.len();
    let at = if backward { memmem::rfind(content, &separator) } else { memmem::find(content, &separator) };
    let spans = match at {
        Some(at) => [(0, at), (at, at + separator.len()), (at + separator.len(), len)],
        None if backward => [(0, 0), (0, 0), (0, len)],
        None => [(0, len), (0, 0), (0, 0)],
    };
    let mut parts = Vec::with_capacity(3);
    for (start, end) in spans {
        parts.push(part(cx, data, start, end)?);
    }
    Ok(tuple::new(cx, &parts)?.any())
}

pub(in crate::builtins) fn partition<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    partition_from(cx, args, false)
}

pub(in crate::builtins) fn rpartition<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    partition_from(cx, args, true)
}

fn strip_ends<'s>(cx: &mut Cx<'s>, args: &Args<'s>, left: bool, right: bool) -> Res<'s> {
    let data = self_bytes(cx, args)?;
    let dropped = match args.some(cx, 1) {
        Some(dropped) => Some(bytes_argument(cx, dropped)?),
        None => None,
    };
    let drops = |b: u8| dropped.as_ref().map_or_else(|| is_space(b), |d| d.contains(&b));
    let content = bytes::content(data.get(cx));
    let (mut start, mut end) = (0, content.len());
    while left && start < end && drops(content[start]) {
        start += 1;
    }
    while right && start < end && drops(content[end - 1]) {
        end -= 1;
    }
    part(cx, data, start, end)
}

pub(in crate::builtins) fn strip<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    strip_ends(cx, args, true, true)
}

pub(in crate::builtins) fn lstrip<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    strip_ends(cx, args, true, false)
}

pub(in crate::builtins) fn rstrip<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    strip_ends(cx, args, false, true)
}

pub(in crate::builtins) fn join<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let separator = self_bytes(cx, args)?;
    let iterable = args.at(cx, 1);
    let local = iterable.get(cx);
    if attr::special(cx, local, names::ITER).is_none() && attr::special(cx, local, names::GETITEM).is_none() {
        fail!(cx, TYPE_ERROR, "can only join an iterable");
    }
    let items = iter::to_vec(cx, iterable)?;
    let gap = bytes::content(separator.get(cx)).len();
    let parts = items.iter().map(|&item| buffer::size(cx, item));
    let size = parts.fold(0, |size: usize, part| size.saturating_add(part).saturating_add(gap));
    check_size(cx, size)?;
    let mut out = Vec::new();
    for (i, item) in items.iter().enumerate() {
        // A view that CPython can't take is no bytes-like object, for whatever reason.
        let gathered = match bytes::of(cx, item.get(cx)) {
            None if buffer::is_plain(cx, *item) => buffer::content(cx, *item, false)?,
            _ => None,
        };
        let exact = bytes::of(cx, item.get(cx)).map(bytes::content);
        let Some(part) = exact.or(gathered.as_deref()) else {
            let given = class::type_name(cx, item.get(cx));
            fail!(cx, TYPE_ERROR, "sequence item {i}: expected a bytes-like object, {given} found");
        };
        let gap = if i > 0 { bytes::content(separator.get(cx)) } else { &[] };
        if out.try_reserve(gap.len() + part.len()).is_err() {
            return Err(crate::builtins::convert::memory_error(cx));
        }
        out.extend_from_slice(gap);
        out.extend_from_slice(part);
    }
    Ok(bytes::new(cx, &out)?.any())
}

pub(in crate::builtins) fn replace<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let old = bytes_argument(cx, args.at(cx, 1))?;
    let new = bytes_argument(cx, args.at(cx, 2))?;
    let limit = match args.get(cx, 3) {
        Some(limit) => usize::try_from(index_i64(cx, limit)?).unwrap_or(usize::MAX),
        None => usize::MAX,
    };
    let data = bytes::content(self_bytes(cx, args)?.get(cx));
    let places = if old.is_empty() { data.len() + 1 } else { memmem::find_iter(data, &old).count() };
    let size = data.len().saturating_add(places.min(limit).saturating_mul(new.len()));
    check_size(cx, size)?;
    made(cx, args, |data| {
        let mut out = Vec::new();
        let mut start = 0;
        let places: Vec<usize> = if old.is_empty() {
            (0..=data.len()).take(limit).collect()
        } else {
            memmem::find_iter(data, &old).take(limit).collect()
        };
        for at in places {
            out.try_reserve(at - start + new.len())?;
            out.extend_from_slice(&data[start..at]);
            out.extend_from_slice(&new);
            start = at + old.len();
        }
        out.try_reserve(data.len() - start)?;
        out.extend_from_slice(&data[start..]);
        Ok(out)
    })
}
