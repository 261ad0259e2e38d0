//! Ranges: arithmetic progressions of ints of any size.

use crate::object::layout::Range;
use crate::object::raise::{raise, Raised};
use crate::object::{classes, int};
use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive, Zero};
use taipan_gc::{Cx, Handle, Local};

/// A range whose numbers fit 64 bits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RangeParts {
    /// First number.
    pub start: i64,
    /// Distance, not zero.
    pub step: i64,
    /// How many numbers.
    pub len: i64,
}

/// Start, stop and step.
fn bounds(cx: &Cx<'_>, range: Local<'_>) -> Option<(BigInt, BigInt, BigInt)> {
    let range = range.downcast::<Range>(cx)?;
    let part = |value: Option<Local<'_>>| int::to_big(cx, value?);
    Some((part(range.start.get(cx))?, part(range.stop.get(cx))?, part(range.step.get(cx))?))
}

/// The range in 64-bit numbers, if it fits.
pub fn range_parts(cx: &Cx<'_>, range: Local<'_>) -> Option<RangeParts> {
    let range = range.downcast::<Range>(cx)?;
    let part = |value: Option<Local<'_>>| int::to_i64(cx, value?);
    let (start, stop, step) =
        (part(range.start.get(cx))?, part(range.stop.get(cx))?, part(range.step.get(cx))?);
    let (span, distance) = if step > 0 {
        (i128::from(stop) - i128::from(start), i128::from(step))
    } else {
        (i128::from(start) - i128::from(stop), -i128::from(step))
    };
    let len = if span <= 0 { 0 } else { (span + distance - 1) / distance };
    Some(RangeParts { start, step, len: i64::try_from(len).ok()? })
}

fn big_len(start: &BigInt, stop: &BigInt, step: &BigInt) -> BigInt {
    let span = if step.is_positive() { stop - start } else { start - stop };
    if !span.is_positive() {
        return BigInt::zero();
    }
    (span - 1) / step.abs() + 1
}

/// `len(range)`
pub(super) fn len(cx: &mut Cx<'_>, range: Handle<'_>) -> Result<usize, Raised> {
    if let Some(parts) = range_parts(cx, range.get(cx)) {
        return Ok(parts.len as usize);
    }
    let len = bounds(cx, range.get(cx)).and_then(|(a, b, c)| big_len(&a, &b, &c).to_i64());
    match len {
        Some(len) => Ok(len as usize),
        None => Err(raise(cx, classes::OVERFLOW_ERROR, "Python int too large to convert to C ssize_t")),
    }
}

/// `range[index]`; `None` out of range.
pub fn range_item<'s>(
    cx: &mut Cx<'s>,
    range: Handle<'_>,
    index: Handle<'_>,
) -> Result<Option<Handle<'s>>, Raised> {
    let (Some((start, stop, step)), Some(mut index)) =
        (bounds(cx, range.get(cx)), int::to_big(cx, index.get(cx)))
    else {
        return Ok(None);
    };
    let len = big_len(&start, &stop, &step);
    if index.is_negative() {
        index += &len;
    }
    if index.is_negative() || index >= len {
        return Ok(None);
    }
    int::new(cx, start + index * step).map(Some)
}

/// Whether an int is in the range; `None` for other values, which must be searched for.
pub fn range_contains(cx: &mut Cx<'_>, range: Handle<'_>, item: Handle<'_>) -> Result<Option<bool>, Raised> {
    let (Some((start, stop, step)), Some(number)) =
        (bounds(cx, range.get(cx)), int::to_big(cx, item.get(cx)))
    else {
        return Ok(None);
    };
    let inside =
        if step.is_positive() { number >= start && number < stop } else { number <= start && number > stop };
    Ok(Some(inside && ((number - start) % step).is_zero()))
}

/// Whether two ranges are the same sequence.
pub fn ranges_equal(cx: &mut Cx<'_>, a: Handle<'_>, b: Handle<'_>) -> Result<bool, Raised> {
    let (Some(x), Some(y)) = (bounds(cx, a.get(cx)), bounds(cx, b.get(cx))) else { return Ok(false) };
    let (la, lb) = (big_len(&x.0, &x.1, &x.2), big_len(&y.0, &y.1, &y.2));
    let one = BigInt::from(1);
    Ok(la == lb && (la.is_zero() || (x.0 == y.0 && (la == one || x.2 == y.2))))
}
