//! Ranges of ints of any size.

use super::layout::{Range, RangeInit};
use super::raise::Raised;
use super::{int, retrying, shapes};
use crate::text::int::IntRef;
use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{Signed, ToPrimitive, Zero};
use taipan_gc::{Cx, Handle, Local};

/// A new range of three exact ints; the step is not 0.
pub fn new<'s>(
    cx: &mut Cx<'s>,
    start: Handle<'_>,
    stop: Handle<'_>,
    step: Handle<'_>,
) -> Result<Handle<'s, Range>, Raised> {
    retrying(cx, |cx| {
        cx.alloc(RangeInit { start: Some(start.get(cx)), stop: Some(stop.get(cx)), step: Some(step.get(cx)) })
    })
}

/// The value as a range.
#[inline]
pub fn of(value: Local<'_>) -> Option<Local<'_, Range>> {
    // SAFETY: the shape says so.
    (value.shape() == Some(shapes::RANGE)).then(|| unsafe { Local::from_value(value.value()) })
}

/// A handle's value as a range.
pub fn of_handle<'s>(cx: &Cx<'_>, value: Handle<'s>) -> Option<Handle<'s, Range>> {
    of(value.get(cx))?;
    // SAFETY: just checked.
    Some(unsafe { value.cast() })
}

/// Start, stop and step.
pub fn bounds<'a>(cx: &'a Cx<'_>, range: Local<'a, Range>) -> (IntRef<'a>, IntRef<'a>, IntRef<'a>) {
    let number = |part: Option<Local<'a>>| part.and_then(|p| int::view(cx, p)).unwrap_or(IntRef::Small(0));
    (number(range.start.get(cx)), number(range.stop.get(cx)), number(range.step.get(cx)))
}

/// The bounds, if all three are immediates.
#[inline]
pub fn small_bounds(cx: &Cx<'_>, range: Local<'_, Range>) -> Option<(i64, i64, i64)> {
    let _ = cx;
    let part = |word: taipan_gc::Value| word.as_int();
    Some((part(range.start.raw())?, part(range.stop.raw())?, part(range.step.raw())?))
}

/// Number of items of a range of immediates.
pub fn small_length((start, stop, step): (i64, i64, i64)) -> i64 {
    if step > 0 && start < stop {
        (stop - start - 1) / step + 1
    } else if step < 0 && start > stop {
        (start - stop - 1) / -step + 1
    } else {
        0
    }
}

/// Number of items.
pub fn length(cx: &Cx<'_>, range: Local<'_, Range>) -> BigInt {
    if let Some(small) = small_bounds(cx, range) {
        return BigInt::from(small_length(small));
    }
    let (start, stop, step) = bounds(cx, range);
    let (start, stop, step) = (start.to_big(), stop.to_big(), step.to_big());
    let distance = if step.is_negative() { start - stop } else { stop - start };
    if !distance.is_positive() {
        return BigInt::zero();
    }
    (distance - 1u32).div_floor(&step.abs()) + 1u32
}

/// The `index`-th item, whether in range or not.
pub fn item(cx: &Cx<'_>, range: Local<'_, Range>, index: &BigInt) -> BigInt {
    let (start, _, step) = bounds(cx, range);
    start.to_big() + step.to_big() * index
}

/// Whether an int is among the items.
pub fn contains(cx: &Cx<'_>, range: Local<'_, Range>, number: IntRef<'_>) -> bool {
    position(cx, range, number).is_some()
}

/// The index of an int among the items.
pub fn position(cx: &Cx<'_>, range: Local<'_, Range>, number: IntRef<'_>) -> Option<BigInt> {
    let (start, stop, step) = bounds(cx, range);
    let (number, start, stop, step) = (number.to_big(), start.to_big(), stop.to_big(), step.to_big());
    let inside =
        if step.is_negative() { stop < number && number <= start } else { start <= number && number < stop };
    if !inside {
        return None;
    }
    let (index, rest) = (number - start).div_rem(&step);
    rest.is_zero().then_some(index)
}

/// Whether two ranges have the same items.
pub fn equal(cx: &Cx<'_>, a: Local<'_, Range>, b: Local<'_, Range>) -> bool {
    let (x, y) = (length(cx, a), length(cx, b));
    if x != y {
        return false;
    }
    let ((start, _, step), (other_start, _, other_step)) = (bounds(cx, a), bounds(cx, b));
    x.is_zero()
        || (start.to_big() == other_start.to_big()
            && (x == BigInt::from(1) || step.to_big() == other_step.to_big()))
}

/// The length as a size, if it fits one.
pub fn size(cx: &Cx<'_>, range: Local<'_, Range>) -> Option<usize> {
    length(cx, range).to_usize().filter(|&n| n <= isize::MAX as usize)
}
