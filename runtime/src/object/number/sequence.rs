//! `+` and `*` of sequences, `|` of dicts, operators of sets.

use super::{index_i64, BinaryOp};
use crate::object::int::view;
use crate::object::layout::{Dict, Tuple};
use crate::object::raise::{raise, raise_with, Raised};
use crate::object::{
    attr, buffer, bytes, check_size, classes, dict, list, names, set, shapes, str, tuple, MAX_ITEMS,
};
use crate::text::TextBuf;
use taipan_gc::{Cx, Handle, Local, Value};

/// The operation on builtin containers; `None` when they don't support it.
pub(super) fn apply<'s>(
    cx: &mut Cx<'s>,
    op: BinaryOp,
    a: Handle<'_>,
    b: Handle<'_>,
) -> Result<Option<Handle<'s>>, Raised> {
    match op {
        BinaryOp::Add => concat(cx, a, b),
        BinaryOp::Mul => {
            if is_sequence(cx, a.get(cx)) {
                return repeat(cx, a, b);
            }
            if is_sequence(cx, b.get(cx)) {
                return repeat(cx, b, a);
            }
            Ok(None)
        }
        BinaryOp::Or if dict::of(cx, a.get(cx)).is_some() && dict::of(cx, b.get(cx)).is_some() => {
            let Some(first) = dict::of(cx, a.get(cx)).map(|d| cx.root(d)) else { return Ok(None) };
            let made = dict::copy(cx, first)?;
            dict::update(cx, made, b)?;
            Ok(Some(made.any()))
        }
        BinaryOp::And | BinaryOp::Or | BinaryOp::Xor | BinaryOp::Sub => sets(cx, op, a, b),
        _ => Ok(None),
    }
}

/// Longer ones are joined with more care for memory.
const QUICK_ITEMS: usize = 1 << 12;

/// `+` of two exact lists, tuples or ASCII strings, without collecting; `None` for everything else, and without memory.
pub(crate) fn quick_join<'a>(
    cx: &'a Cx<'_>,
    op: BinaryOp,
    in_place: bool,
    a: Local<'a>,
    b: Local<'a>,
) -> Option<Local<'a>> {
    if op != BinaryOp::Add || a.shape()? != b.shape()? {
        return None;
    }
    match a.shape()? {
        shapes::LIST if !in_place => {
            let (a, b) = (list::values(cx, list::of(cx, a)?), list::values(cx, list::of(cx, b)?));
            (a.len() + b.len() < QUICK_ITEMS).then(|| list::alloc_joined(cx, a, b))?
        }
        shapes::TUPLE => {
            let (a, b) = (tuple::values(tuple::of(cx, a)?), tuple::values(tuple::of(cx, b)?));
            let item = |n: usize| if n < a.len() { a[n] } else { b[n - a.len()] };
            let len = a.len() + b.len();
            let fits = (1..QUICK_ITEMS).contains(&len);
            let made: Local<'a, Tuple> =
                fits.then(|| tuple::alloc_values(cx, shapes::TUPLE, len, item).ok())??;
            Some(made.any())
        }
        shapes::STR_ASCII => {
            let (a, b) = (str::ascii(str::of(cx, a)?)?, str::ascii(str::of(cx, b)?)?);
            let fits = a.len() + b.len() < QUICK_ITEMS * 8;
            Some(fits.then(|| str::alloc_joined(cx, a, b).ok())??.any())
        }
        _ => None,
    }
}

fn sets<'s>(
    cx: &mut Cx<'s>,
    op: BinaryOp,
    a: Handle<'_>,
    b: Handle<'_>,
) -> Result<Option<Handle<'s>>, Raised> {
    let (Some(a), Some(b)) =
        (set::of(cx, a.get(cx)).map(|s| cx.root(s)), set::of(cx, b.get(cx)).map(|s| cx.root(s)))
    else {
        return Ok(None);
    };
    let made: Handle<'s, Dict> = match op {
        BinaryOp::And => set::intersection(cx, a, b)?,
        BinaryOp::Or => set::union(cx, a, b)?,
        BinaryOp::Xor => set::symmetric_difference(cx, a, b)?,
        _ => set::difference(cx, a, b)?,
    };
    Ok(Some(made.any()))
}

/// Whether `*` repeats the value.
pub(super) fn is_sequence(cx: &Cx<'_>, value: Local<'_>) -> bool {
    str::of(cx, value).is_some()
        || list::of(cx, value).is_some()
        || tuple::of(cx, value).is_some()
        || bytes::of(cx, value).is_some()
}

/// Bytes of the content of a str or of bytes; 0 for everything else.
fn text_size(cx: &Cx<'_>, value: Local<'_>) -> usize {
    match str::of(cx, value) {
        Some(string) => str::text(string).size(),
        None => bytes::of(cx, value).map_or(0, |b| bytes::content(b).len()),
    }
}

fn concat<'s>(cx: &mut Cx<'s>, a: Handle<'_>, b: Handle<'_>) -> Result<Option<Handle<'s>>, Raised> {
    let size = text_size(cx, a.get(cx)).saturating_add(text_size(cx, b.get(cx)));
    check_size(cx, size)?;
    let (la, lb) = (a.get(cx), b.get(cx));
    if let (Some(x), Some(y)) = (str::of(cx, la), str::of(cx, lb)) {
        let len = x.len.get() as usize + y.len.get() as usize;
        let mut buffer = TextBuf::new();
        let pushed = buffer.try_reserve(len);
        if pushed.is_err() {
            return Err(memory(cx));
        }
        buffer.push_text(str::text(x));
        buffer.push_text(str::text(y));
        let text = buffer.finish();
        return Ok(Some(str::from_owned(cx, &text)?.any()));
    }
    if let (Some(x), Some(y)) = (tuple::of(cx, la), tuple::of(cx, lb)) {
        let (x, y) = (cx.root(x), cx.root(y));
        let first = tuple::len(x.get(cx));
        let len = first + tuple::len(y.get(cx));
        let item = |cx: &Cx<'s>, n: usize| pick(cx, x, y, first, n);
        return Ok(Some(tuple::from_fn(cx, len, item)?.any()));
    }
    if let (Some(x), Some(y)) = (list::of(cx, la), list::of(cx, lb)) {
        let (x, y) = (cx.root(x), cx.root(y));
        let (first, second) = (list::len(x.get(cx)), list::len(y.get(cx)));
        let made = list::with_capacity(cx, first + second)?;
        for n in 0..first {
            let value = list::values(cx, x.get(cx))[n];
            list::push(cx, made, value)?;
        }
        for n in 0..second {
            let value = list::values(cx, y.get(cx))[n];
            list::push(cx, made, value)?;
        }
        return Ok(Some(made.any()));
    }
    concat_bytes(cx, a, b)
}

/// Bytes and what is bytes-like behind them; `None`: they are not.
pub fn concat_bytes<'s>(cx: &mut Cx<'s>, a: Handle<'_>, b: Handle<'_>) -> Result<Option<Handle<'s>>, Raised> {
    let Some(x) = bytes::of(cx, a.get(cx)) else { return Ok(None) };
    if let Some(y) = bytes::of(cx, b.get(cx)) {
        let joined = [bytes::content(x), bytes::content(y)].concat();
        return Ok(Some(bytes::new(cx, &joined)?.any()));
    }
    if !buffer::is_plain(cx, b) {
        return Ok(None);
    }
    let x = cx.root(x);
    let Some(y) = buffer::content(cx, b, false)? else { return Ok(None) };
    let joined = [bytes::content(x.get(cx)), &y].concat();
    Ok(Some(bytes::new(cx, &joined)?.any()))
}

fn pick(cx: &Cx<'_>, x: Handle<'_, Tuple>, y: Handle<'_, Tuple>, first: usize, n: usize) -> Value {
    if n < first {
        tuple::values(x.get(cx))[n]
    } else {
        tuple::values(y.get(cx))[n - first]
    }
}

#[cold]
fn memory(cx: &mut Cx<'_>) -> Raised {
    raise_with(cx, classes::MEMORY_ERROR, &[])
}

/// How often a sequence is to be repeated; `None` if that is no number.
pub fn repetitions(cx: &mut Cx<'_>, times: Handle<'_>) -> Result<Option<usize>, Raised> {
    if view(cx, times.get(cx)).is_none() && attr::special(cx, times.get(cx), names::INDEX).is_none() {
        return Ok(None);
    }
    Ok(Some(index_i64(cx, times)?.max(0) as usize))
}

/// The length of a text that is repeated.
pub fn repeated_len(cx: &mut Cx<'_>, len: usize, times: usize, what: &str) -> Result<usize, Raised> {
    match len.checked_mul(times).filter(|&len| i64::try_from(len).is_ok()) {
        Some(len) => Ok(len),
        None => Err(raise(cx, classes::OVERFLOW_ERROR, format!("repeated {what} too long"))),
    }
}

fn repeat<'s>(
    cx: &mut Cx<'s>,
    sequence: Handle<'_>,
    times: Handle<'_>,
) -> Result<Option<Handle<'s>>, Raised> {
    let Some(count) = repetitions(cx, times)? else { return Ok(None) };
    let local = sequence.get(cx);
    if let Some(text) = str::of(cx, local) {
        repeated_len(cx, text.len.get() as usize, count, "string is")?;
    } else if let Some(content) = bytes::of(cx, local) {
        repeated_len(cx, bytes::content(content).len(), count, "bytes are")?;
    }
    let local = sequence.get(cx);
    let size = text_size(cx, local).saturating_mul(count);
    check_size(cx, size)?;
    let local = sequence.get(cx);
    if let Some(text) = str::of(cx, local).map(|text| cx.root(text)) {
        return Ok(Some(str::repeated(cx, text, count)?.any()));
    }
    if let Some(content) = bytes::of(cx, local).map(|content| cx.root(content)) {
        return Ok(Some(bytes::repeated(cx, content, count)?.any()));
    }
    if let Some(tuple) = tuple::of(cx, local).map(|t| cx.root(t)) {
        let len = tuple::len(tuple.get(cx));
        let Some(total) = len.checked_mul(count).filter(|&n| n < MAX_ITEMS) else { return Err(memory(cx)) };
        let item = |cx: &Cx<'s>, n: usize| tuple::values(tuple.get(cx))[n % len];
        return Ok(Some(tuple::from_fn(cx, total, item)?.any()));
    }
    let Some(list) = list::of(cx, local).map(|l| cx.root(l)) else { return Ok(None) };
    let len = list::len(list.get(cx));
    let Some(total) = len.checked_mul(count).filter(|&n| n < MAX_ITEMS) else { return Err(memory(cx)) };
    let made = list::with_capacity(cx, total)?;
    for n in 0..total {
        let value = list::values(cx, list.get(cx))[n % len];
        list::push_within(cx, made.get(cx), value);
    }
    Ok(Some(made.any()))
}
