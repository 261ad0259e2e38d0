//! Bit operations: ints as infinite two's complement numbers.
//!
//! Leaves out `to_bytes` and `from_bytes`.

use super::{Int, IntRef};
use crate::text::error::{TextError, TextResult};
use num_bigint::BigInt;

/// `a & b`.
pub fn and(a: IntRef<'_>, b: IntRef<'_>) -> Int {
    match (a, b) {
        (IntRef::Small(a), IntRef::Small(b)) => Int::Small(a & b),
        _ => Int::from_big(a.to_big() & b.to_big()),
    }
}

/// `a | b`.
pub fn or(a: IntRef<'_>, b: IntRef<'_>) -> Int {
    match (a, b) {
        (IntRef::Small(a), IntRef::Small(b)) => Int::Small(a | b),
        _ => Int::from_big(a.to_big() | b.to_big()),
    }
}

/// `a ^ b`.
pub fn xor(a: IntRef<'_>, b: IntRef<'_>) -> Int {
    match (a, b) {
        (IntRef::Small(a), IntRef::Small(b)) => Int::Small(a ^ b),
        _ => Int::from_big(a.to_big() ^ b.to_big()),
    }
}

/// `~a`.
pub fn invert(a: IntRef<'_>) -> Int {
    match a {
        IntRef::Small(a) => Int::Small(!a),
        IntRef::Big(a) => Int::from_big(-(a + BigInt::from(1))),
    }
}

/// `a.bit_count()`.
pub fn bit_count(a: IntRef<'_>) -> u64 {
    match a {
        IntRef::Small(a) => u64::from(a.unsigned_abs().count_ones()),
        IntRef::Big(a) => a.iter_u64_digits().map(|digit| u64::from(digit.count_ones())).sum(),
    }
}

fn check_count(by: IntRef<'_>) -> TextResult<()> {
    if by.is_negative() {
        return Err(TextError::value("negative shift count"));
    }
    Ok(())
}

/// `a << by`; a `MemoryError` if the result would have more than `limit_bits`.
pub fn shift_left(a: IntRef<'_>, by: IntRef<'_>, limit_bits: u64) -> TextResult<Int> {
    check_count(by)?;
    if a.is_zero() {
        return Ok(Int::Small(0));
    }
    let by = by.to_i64().ok_or_else(|| TextError::overflow("too many digits in integer"))?.unsigned_abs();
    if super::bit_length(a).saturating_add(by) > limit_bits.max(64) {
        return Err(TextError::Memory);
    }
    match a {
        IntRef::Small(a) if by < 64 => Ok(Int::from_i128(i128::from(a) << by)),
        _ => Ok(Int::from_big(a.to_big() << by)),
    }
}

/// `a >> by`: rounds down.
pub fn shift_right(a: IntRef<'_>, by: IntRef<'_>) -> TextResult<Int> {
    check_count(by)?;
    let gone = Int::Small(if a.is_negative() { -1 } else { 0 });
    let Some(by) = by.to_i64().map(i64::unsigned_abs) else { return Ok(gone) };
    Ok(match a {
        IntRef::Small(a) => Int::Small(a >> by.min(63)),
        IntRef::Big(a) if by > a.bits() => gone,
        IntRef::Big(a) => Int::from_big(a >> by),
    })
}
