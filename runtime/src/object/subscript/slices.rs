//! Slices of builtin sequences.

use crate::object::layout::List;
use crate::object::number::{as_index_big, index_clamped};
use crate::object::raise::{type_error, value_error, Raised};
use crate::object::{bytes, class, int, iter, list, names, range as ranges, shapes, str, tuple};
use crate::text::TextBuf;
use num_bigint::BigInt;
use num_traits::{Signed, Zero};
use taipan_gc::{Cx, Handle};

/// A slice fitted to a length: indices `start`, `start + step`, …, `count` of them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bounds {
    /// First index.
    pub start: i64,
    /// The bound not reached (as `slice.indices` gives it).
    pub stop: i64,
    /// Distance, not zero.
    pub step: i64,
    /// How many indices.
    pub count: usize,
}

impl Bounds {
    /// Fits bounds to a length; the step is not zero.
    #[inline]
    pub fn fit(start: Option<i64>, stop: Option<i64>, step: i64, len: usize) -> Bounds {
        let (len, step) = (len as i64, step.max(-i64::MAX));
        let (low, high) = if step < 0 { (-1, len - 1) } else { (0, len) };
        let fit = |given: Option<i64>, default: i64| match given {
            None => default,
            Some(at) if at < 0 => at.saturating_add(len).max(low),
            Some(at) => at.min(high),
        };
        let (from, to) = if step < 0 { (high, low) } else { (low, high) };
        let (start, stop) = (fit(start, from), fit(stop, to));
        let count = match step {
            1 => (stop - start).max(0),
            -1 => (start - stop).max(0),
            _ if step < 0 && stop < start => (start - stop - 1) / -step + 1,
            _ if step > 0 && start < stop => (stop - start - 1) / step + 1,
            _ => 0,
        };
        Bounds { start, stop, step, count: count as usize }
    }

    /// The n-th index.
    #[inline]
    pub fn at(self, n: usize) -> usize {
        (self.start + n as i64 * self.step) as usize
    }
}

/// Fits a slice to a length. May call `__index__`.
pub fn slice_bounds(cx: &mut Cx<'_>, slice: Handle<'_>, len: usize) -> Result<Bounds, Raised> {
    cx.scoped(|cx| {
        let Some([start, stop, step]) = super::slice_parts(cx, slice) else {
            return Err(type_error(cx, "a slice is required"));
        };
        let step = match bound(cx, step)? {
            Some(0) => return Err(value_error(cx, "slice step cannot be zero")),
            step => step.unwrap_or(1),
        };
        let (start, stop) = (bound(cx, start)?, bound(cx, stop)?);
        Ok(Bounds::fit(start, stop, step, len))
    })
}

fn bound(cx: &mut Cx<'_>, value: Handle<'_>) -> Result<Option<i64>, Raised> {
    if value.get(cx).value().is_none() {
        return Ok(None);
    }
    check_bound(cx, value)?;
    index_clamped(cx, value).map(Some)
}

fn check_bound(cx: &mut Cx<'_>, value: Handle<'_>) -> Result<(), Raised> {
    let fits =
        int::is(cx, value.get(cx)) || class::lookup(cx, class::of(cx, value.get(cx)), names::INDEX).is_some();
    match fits {
        true => Ok(()),
        false => Err(type_error(cx, "slice indices must be integers or None or have an __index__ method")),
    }
}

/// `x[slice]` of a builtin sequence.
pub(super) fn get<'s>(cx: &mut Cx<'s>, x: Handle<'_>, slice: Handle<'_>) -> Result<Handle<'s>, Raised> {
    let x = cx.root(x.get(cx));
    let len = super::builtin_len(cx, x.get(cx));
    let Some(len) = len else { return range_slice(cx, x, slice) };
    let bounds = slice_bounds(cx, slice, len)?;
    // `__index__` may have changed a list's length.
    let len = super::builtin_len(cx, x.get(cx)).unwrap_or(0);
    let bounds = if bounds.count > 0 && bounds.at(bounds.count - 1).max(bounds.at(0)) >= len {
        slice_bounds(cx, slice, len)?
    } else {
        bounds
    };
    if let Some(source) = list::of(cx, x.get(cx)).map(|l| cx.root(l)) {
        let made = list::with_capacity(cx, bounds.count)?;
        for n in 0..bounds.count {
            let value = list::values(cx, source.get(cx))[bounds.at(n)];
            list::push_within(cx, made.get(cx), value);
        }
        return Ok(made.any());
    }
    if let Some(source) = tuple::of(cx, x.get(cx)).map(|t| cx.root(t)) {
        let whole = bounds.step == 1 && bounds.count == tuple::len(source.get(cx));
        if whole && x.get(cx).shape() == Some(shapes::TUPLE) {
            return Ok(cx.root(x.get(cx)));
        }
        let item = |cx: &Cx<'s>, n: usize| tuple::values(source.get(cx))[bounds.at(n)];
        return Ok(tuple::from_fn(cx, bounds.count, item)?.any());
    }
    if let Some(source) = str::of(cx, x.get(cx)) {
        let text = str::text(source);
        let mut buffer = TextBuf::new();
        for n in 0..bounds.count {
            buffer.push(text.get(bounds.at(n)).unwrap_or(0));
        }
        let text = buffer.finish();
        return Ok(str::from_owned(cx, &text)?.any());
    }
    let content: Vec<u8> = bytes::of(cx, x.get(cx))
        .map(|b| (0..bounds.count).map(|n| bytes::content(b)[bounds.at(n)]).collect())
        .unwrap_or_default();
    Ok(bytes::new(cx, &content)?.any())
}

fn range_slice<'s>(cx: &mut Cx<'s>, range: Handle<'_>, slice: Handle<'_>) -> Result<Handle<'s>, Raised> {
    let range = cx.root(range.get(cx));
    let Some(range) = ranges::of_handle(cx, range) else { return Err(type_error(cx, "a slice is required")) };
    let len = ranges::length(cx, range.get(cx));
    let [from, to, step] = big_bounds(cx, slice, &len)?;
    let distance = ranges::bounds(cx, range.get(cx)).2.to_big() * step;
    let (from, to) = (ranges::item(cx, range.get(cx), &from), ranges::item(cx, range.get(cx), &to));
    let (start, stop, step) = (int::new(cx, from)?, int::new(cx, to)?, int::new(cx, distance)?);
    Ok(ranges::new(cx, start, stop, step)?.any())
}

/// Start, stop and step of a slice fitted to a length of any size, as `slice.indices` gives them. May call `__index__`.
pub fn big_bounds(cx: &mut Cx<'_>, slice: Handle<'_>, len: &BigInt) -> Result<[BigInt; 3], Raised> {
    let Some([start, stop, step]) = super::slice_parts(cx, slice) else {
        return Err(type_error(cx, "a slice is required"));
    };
    let step = big_bound(cx, step)?.unwrap_or_else(|| BigInt::from(1));
    if step.is_zero() {
        return Err(value_error(cx, "slice step cannot be zero"));
    }
    let back = step.is_negative();
    let (lower, upper) = if back { (BigInt::from(-1), len - 1) } else { (BigInt::zero(), len.clone()) };
    let clamp = |given: Option<BigInt>, default: &BigInt| match given {
        None => default.clone(),
        Some(n) if n.is_negative() => (n + len).max(lower.clone()),
        Some(n) => n.min(upper.clone()),
    };
    let start = clamp(big_bound(cx, start)?, if back { &upper } else { &lower });
    let stop = clamp(big_bound(cx, stop)?, if back { &lower } else { &upper });
    Ok([start, stop, step])
}

/// A bound as an integer; `None` for None.
fn big_bound(cx: &mut Cx<'_>, value: Handle<'_>) -> Result<Option<BigInt>, Raised> {
    if value.get(cx).value().is_none() {
        return Ok(None);
    }
    check_bound(cx, value)?;
    as_index_big(cx, value).map(Some)
}

/// `list[slice] = values`
pub(super) fn assign(
    cx: &mut Cx<'_>,
    target: Handle<'_, List>,
    slice: Handle<'_>,
    values: Handle<'_>,
) -> Result<(), Raised> {
    let iterable = class::lookup(cx, class::of(cx, values.get(cx)), names::ITER).is_some()
        || class::lookup(cx, class::of(cx, values.get(cx)), names::GETITEM).is_some();
    let len = list::len(target.get(cx));
    let bounds = slice_bounds(cx, slice, len)?;
    if !iterable {
        let message = if bounds.step == 1 {
            "can only assign an iterable"
        } else {
            "must assign iterable to extended slice"
        };
        return Err(type_error(cx, message));
    }
    // A copy: the values may be the list itself.
    let items = iter::to_list(cx, values)?;
    let count = list::len(items.get(cx));
    // Gathering them may have changed the list's length; plain slices stay where they were.
    let len = list::len(target.get(cx));
    if bounds.step == 1 {
        let from = (bounds.start as usize).min(len);
        let to = (from + bounds.count).min(len);
        let item = |cx: &Cx<'_>, n: usize| list::values(cx, items.get(cx))[n];
        return list::splice_with(cx, target, from, to, count, item);
    }
    let bounds = slice_bounds(cx, slice, len)?;
    if count != bounds.count {
        let message =
            format!("attempt to assign sequence of size {count} to extended slice of size {}", bounds.count);
        return Err(value_error(cx, message));
    }
    for n in 0..count {
        let Some(item) = list::item(cx, items.get(cx), n) else { break };
        list::set(cx, target.get(cx), bounds.at(n), item);
    }
    Ok(())
}

/// `del list[slice]`
pub(super) fn delete(cx: &mut Cx<'_>, target: Handle<'_, List>, slice: Handle<'_>) -> Result<(), Raised> {
    let len = list::len(target.get(cx));
    let bounds = slice_bounds(cx, slice, len)?;
    if bounds.count == 0 {
        return Ok(());
    }
    if bounds.step == 1 {
        let from = bounds.start as usize;
        return list::splice(cx, target, from, from + bounds.count, &[]);
    }
    let mut doomed: Vec<usize> = (0..bounds.count).map(|n| bounds.at(n)).collect();
    doomed.sort_unstable();
    for &at in doomed.iter().rev() {
        list::splice(cx, target, at, at + 1, &[])?;
    }
    Ok(())
}
