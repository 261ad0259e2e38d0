//! Arithmetic with Python's rules: floor division, correctly rounded true division, powers.
//!
//! Errors carry CPython's messages. Leaves out `int ** negative int`, which is float arithmetic.

use super::{Int, IntRef};
use crate::text::error::{TextError, TextResult};
use crate::text::float::compose;
use num_bigint::{BigInt, BigUint, Sign};
use num_integer::{Integer, Roots};
use num_traits::{One, Signed, ToPrimitive, Zero};
use std::cmp::Ordering;

fn zero_division(message: &str) -> TextError {
    TextError::ZeroDivision(message.to_owned())
}

/// `a + b`.
pub fn add(a: IntRef<'_>, b: IntRef<'_>) -> Int {
    match (a, b) {
        (IntRef::Small(a), IntRef::Small(b)) => Int::from_i128(i128::from(a) + i128::from(b)),
        (IntRef::Big(big), IntRef::Small(small)) | (IntRef::Small(small), IntRef::Big(big)) => {
            Int::from_big(big + small)
        }
        (IntRef::Big(a), IntRef::Big(b)) => Int::from_big(a + b),
    }
}

/// `a - b`.
pub fn subtract(a: IntRef<'_>, b: IntRef<'_>) -> Int {
    match (a, b) {
        (IntRef::Small(a), IntRef::Small(b)) => Int::from_i128(i128::from(a) - i128::from(b)),
        (IntRef::Big(a), IntRef::Small(b)) => Int::from_big(a - b),
        (IntRef::Small(a), IntRef::Big(b)) => Int::from_big(a - b),
        (IntRef::Big(a), IntRef::Big(b)) => Int::from_big(a - b),
    }
}

/// `a * b`; a `MemoryError` if the result would have more than `limit_bits`.
pub fn multiply(a: IntRef<'_>, b: IntRef<'_>, limit_bits: u64) -> TextResult<Int> {
    if let (IntRef::Small(a), IntRef::Small(b)) = (a, b) {
        return Ok(Int::from_i128(i128::from(a) * i128::from(b)));
    }
    if bit_length(a).saturating_add(bit_length(b)) > limit_bits.max(128) {
        return Err(TextError::Memory);
    }
    Ok(Int::from_big(match (a, b) {
        (IntRef::Small(small), IntRef::Big(big)) | (IntRef::Big(big), IntRef::Small(small)) => big * small,
        _ => &*a.as_big() * &*b.as_big(),
    }))
}

/// `-a`.
pub fn negate(a: IntRef<'_>) -> Int {
    match a {
        IntRef::Small(a) => Int::from_i128(-i128::from(a)),
        IntRef::Big(a) => Int::from_big(-a),
    }
}

/// The order of two ints.
pub fn compare(a: IntRef<'_>, b: IntRef<'_>) -> Ordering {
    match (a, b) {
        (IntRef::Small(a), IntRef::Small(b)) => a.cmp(&b),
        (IntRef::Big(a), IntRef::Big(b)) => a.cmp(b),
        (IntRef::Small(a), IntRef::Big(b)) => BigInt::from(a).cmp(b),
        (IntRef::Big(a), IntRef::Small(b)) => a.cmp(&BigInt::from(b)),
    }
}

/// `a.bit_length()`.
pub fn bit_length(a: IntRef<'_>) -> u64 {
    match a {
        IntRef::Small(a) => u64::from(64 - a.unsigned_abs().leading_zeros()),
        IntRef::Big(a) => a.bits(),
    }
}

fn floor_both(a: IntRef<'_>, b: IntRef<'_>) -> (Int, Int) {
    match (a, b) {
        (IntRef::Small(a), IntRef::Small(b)) => {
            let (quotient, rest) = i128::from(a).div_mod_floor(&i128::from(b));
            (Int::from_i128(quotient), Int::from_i128(rest))
        }
        _ => {
            let (a, b) = (a.as_big(), b.as_big());
            let (quotient, rest) = match narrow_quotient(a.magnitude(), b.magnitude()) {
                Some((quotient, rest)) => with_signs(&a, &b, quotient, rest),
                None => a.div_mod_floor(&b),
            };
            (Int::from_big(quotient), Int::from_big(rest))
        }
    }
}

/// Quotient and rest of big numbers of nearly the same size, whose quotient takes one word: long division would normalise, and so copy, both.
fn narrow_quotient(a: &BigUint, b: &BigUint) -> Option<(u64, BigUint)> {
    let (a_bits, b_bits) = (a.bits(), b.bits());
    let shift = b_bits.checked_sub(64).filter(|&shift| shift > 0)?;
    if a_bits < b_bits || a_bits - b_bits > 56 {
        return None;
    }
    // With the divisor rounded up the estimate is too small by one at most, as the quotient is far below 2^63.
    let estimate = bits_from(a, shift) / (bits_from(b, shift) + 1);
    let mut quotient = u64::try_from(estimate).ok()?;
    let mut rest = a - b * quotient;
    while rest >= *b {
        rest -= b;
        quotient += 1;
    }
    Some((quotient, rest))
}

/// The bits of `a` from bit `shift` on; there are no more than 128.
fn bits_from(a: &BigUint, shift: u64) -> u128 {
    let mut digits = a.iter_u64_digits();
    let skipped = (shift / 64) as usize;
    let (low, within) = (digits.nth(skipped), shift % 64);
    let [low, middle, high] = [low, digits.next(), digits.next()].map(|d| u128::from(d.unwrap_or(0)));
    let top = if within == 0 { 0 } else { high << (128 - within) };
    (low | middle << 64) >> within | top
}

/// Floor division of numbers whose magnitudes have this quotient and rest.
fn with_signs(a: &BigInt, b: &BigInt, quotient: u64, rest: BigUint) -> (BigInt, BigInt) {
    let differ = a.is_negative() != b.is_negative();
    let (quotient, rest) = match differ && !rest.is_zero() {
        true => (u128::from(quotient) + 1, b.magnitude() - rest),
        false => (u128::from(quotient), rest),
    };
    let quotient = BigInt::from(quotient);
    (if differ { -quotient } else { quotient }, BigInt::from_biguint(b.sign(), rest))
}

/// `a // b`.
pub fn floor_divide(a: IntRef<'_>, b: IntRef<'_>) -> TextResult<Int> {
    divide_modulo(a, b).map(|both| both.0)
}

/// `a % b`: has the sign of `b`.
pub fn modulo(a: IntRef<'_>, b: IntRef<'_>) -> TextResult<Int> {
    if b.is_zero() {
        return Err(zero_division("integer modulo by zero"));
    }
    Ok(floor_both(a, b).1)
}

/// `divmod(a, b)`.
pub fn divide_modulo(a: IntRef<'_>, b: IntRef<'_>) -> TextResult<(Int, Int)> {
    if b.is_zero() {
        return Err(zero_division("integer division or modulo by zero"));
    }
    Ok(floor_both(a, b))
}

/// The magnitude of `a` as 64 bits, whether lower bits were lost, and by how much it was shifted.
fn leading_bits(a: &BigUint) -> (u64, bool, i64) {
    let shift = a.bits().saturating_sub(64);
    let top = (a >> shift).to_u64().unwrap_or(u64::MAX);
    let sticky = a.trailing_zeros().is_some_and(|zeros| zeros < shift);
    (top, sticky, i64::try_from(shift).unwrap_or(i64::MAX))
}

/// `float(a)`: correctly rounded.
pub fn to_float(a: IntRef<'_>) -> TextResult<f64> {
    match a {
        IntRef::Small(a) => Ok(a as f64),
        IntRef::Big(big) => {
            let (top, sticky, shift) = leading_bits(big.magnitude());
            let value = compose(top, sticky, shift)
                .ok_or_else(|| TextError::overflow("int too large to convert to float"))?;
            Ok(if big.is_negative() { -value } else { value })
        }
    }
}

/// `a / b`: correctly rounded, even where neither operand is a float.
pub fn true_divide(a: IntRef<'_>, b: IntRef<'_>) -> TextResult<f64> {
    if b.is_zero() {
        return Err(zero_division("division by zero"));
    }
    const EXACT: u64 = 1 << 53;
    if let (IntRef::Small(a), IntRef::Small(b)) = (a, b) {
        if a.unsigned_abs() <= EXACT && b.unsigned_abs() <= EXACT {
            return Ok(a as f64 / b as f64);
        }
    }
    let negative = a.is_negative() != b.is_negative();
    let (over, under) = (a.to_big().into_parts().1, b.to_big().into_parts().1);
    if over.is_zero() {
        return Ok(if negative { -0.0 } else { 0.0 });
    }
    let too_large = || TextError::overflow("integer division result too large for a float");
    let signed_bits = |n: &BigUint| i64::try_from(n.bits()).unwrap_or(i64::MAX / 4);
    // Scale so that the quotient has 63 or 64 bits: more than a float has, and a sticky bit.
    let scale = 63 - (signed_bits(&over) - signed_bits(&under));
    if scale < -1100 {
        return Err(too_large());
    }
    if scale > 1300 {
        return Ok(if negative { -0.0 } else { 0.0 });
    }
    let (over, under) = if scale >= 0 {
        (over << scale.unsigned_abs(), under)
    } else {
        (over, under << scale.unsigned_abs())
    };
    let (quotient, rest) = over.div_rem(&under);
    let (top, sticky, shift) = leading_bits(&quotient);
    let value = compose(top, sticky || !rest.is_zero(), shift - scale).ok_or_else(too_large)?;
    Ok(if negative { -value } else { value })
}

/// `base ** exponent` for an exponent that is not negative (a negative one makes a float).
/// A `MemoryError` if the result would have more than `limit_bits`.
pub fn power(base: IntRef<'_>, exponent: IntRef<'_>, limit_bits: u64) -> TextResult<Int> {
    match base.to_i64() {
        _ if exponent.is_zero() => return Ok(Int::Small(1)),
        Some(small @ (0 | 1)) => return Ok(Int::Small(small)),
        Some(-1) => {
            let odd = match exponent {
                IntRef::Small(e) => e & 1 == 1,
                IntRef::Big(e) => e.is_odd(),
            };
            return Ok(Int::Small(if odd { -1 } else { 1 }));
        }
        _ => {}
    }
    let exponent = exponent.to_i64().and_then(|e| u32::try_from(e).ok()).ok_or(TextError::Memory)?;
    // |base| >= 2**(n - 1), so the power has more than (n - 1) * exponent bits.
    let at_least = (bit_length(base) - 1).saturating_mul(u64::from(exponent));
    if at_least > limit_bits {
        return Err(TextError::Memory);
    }
    if let IntRef::Small(small) = base {
        if let Some(result) = small.checked_pow(exponent) {
            return Ok(Int::Small(result));
        }
    }
    Ok(Int::from_big(base.to_big().pow(exponent)))
}

/// `pow(base, exponent, modulus)`.
pub fn power_modulo(base: IntRef<'_>, exponent: IntRef<'_>, modulus: IntRef<'_>) -> TextResult<Int> {
    if modulus.is_zero() {
        return Err(TextError::value("pow() 3rd argument cannot be 0"));
    }
    let modulus = modulus.to_big();
    let size = BigInt::from_biguint(Sign::Plus, modulus.magnitude().clone());
    let (mut base, mut exponent) = (base.to_big().mod_floor(&size), exponent.to_big());
    if exponent.is_negative() {
        let found = base.extended_gcd(&size);
        if !found.gcd.is_one() {
            return Err(TextError::value("base is not invertible for the given modulus"));
        }
        base = found.x.mod_floor(&size);
        exponent = -exponent;
    }
    let result = base.modpow(&exponent, &size);
    // The result has the sign of the modulus.
    Ok(Int::from_big(result.mod_floor(&modulus)))
}

/// `math.isqrt(a)`.
pub fn isqrt(a: IntRef<'_>) -> TextResult<Int> {
    if a.is_negative() {
        return Err(TextError::value("isqrt() argument must be nonnegative"));
    }
    Ok(match a {
        IntRef::Small(a) => Int::Small(a.sqrt()),
        IntRef::Big(a) => Int::from_big(a.sqrt()),
    })
}

/// `math.gcd(a, b)`.
pub fn gcd(a: IntRef<'_>, b: IntRef<'_>) -> Int {
    match (a, b) {
        (IntRef::Small(a), IntRef::Small(b)) => {
            Int::from_i128(i128::from(a.unsigned_abs().gcd(&b.unsigned_abs())))
        }
        _ => Int::from_big(a.to_big().gcd(&b.to_big())),
    }
}

/// `round(a, digits)`: to a multiple of `10**-digits`, ties to even; positive digits change nothing.
pub fn round_int(a: IntRef<'_>, digits: i64) -> Int {
    if digits >= 0 {
        return a.to_int();
    }
    let places = digits.unsigned_abs();
    // 10**places is more than twice the number if it has two more digits: it rounds to zero.
    if places > bit_length(a) / 3 + 2 {
        return Int::Small(0);
    }
    let unit = BigInt::from(10).pow(places as u32);
    let (mut quotient, rest) = a.to_big().div_mod_floor(&unit);
    let twice: BigInt = rest * 2;
    if twice > unit || (twice == unit && quotient.is_odd()) {
        quotient += 1;
    }
    Int::from_big(quotient * unit)
}
