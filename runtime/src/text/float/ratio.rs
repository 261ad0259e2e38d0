//! Exact conversions between floats and ints, and rounding to decimal digits.
//!
//! Leaves out float arithmetic (`//`, `%`, `**`), which needs no text.

use super::decompose;
use crate::text::error::{TextError, TextResult};
use crate::text::int::Int;
use num_bigint::BigInt;

/// `int(value)`: towards zero.
pub fn truncate_to_int(value: f64) -> TextResult<Int> {
    if value.is_nan() {
        return Err(TextError::value("cannot convert float NaN to integer"));
    }
    if value.is_infinite() {
        return Err(TextError::overflow("cannot convert float infinity to integer"));
    }
    if value.abs() < 9e18 {
        return Ok(Int::Small(value as i64));
    }
    let (mantissa, exponent) = decompose(value.abs());
    let big = BigInt::from(mantissa) << exponent.unsigned_abs();
    Ok(Int::from_big(if value < 0.0 { -big } else { big }))
}

/// `round(value)`: to the nearest int, ties to even.
pub fn round_to_int(value: f64) -> TextResult<Int> {
    truncate_to_int(value.round_ties_even())
}

/// `value.as_integer_ratio()`.
pub fn as_integer_ratio(value: f64) -> TextResult<(Int, Int)> {
    if value.is_nan() {
        return Err(TextError::value("cannot convert NaN to integer ratio"));
    }
    if value.is_infinite() {
        return Err(TextError::overflow("cannot convert Infinity to integer ratio"));
    }
    if value == 0.0 {
        return Ok((Int::Small(0), Int::Small(1)));
    }
    let (mantissa, exponent) = decompose(value.abs());
    let shared = mantissa.trailing_zeros();
    let (mantissa, exponent) = (mantissa >> shared, exponent + i64::from(shared));
    let scale = |n: BigInt, by: i64| n << by.max(0).unsigned_abs();
    let numerator = scale(BigInt::from(mantissa), exponent);
    let denominator = scale(BigInt::from(1), -exponent);
    let numerator = if value < 0.0 { -numerator } else { numerator };
    Ok((Int::from_big(numerator), Int::from_big(denominator)))
}

/// `round(value, digits)`: correctly rounded from the exact decimal value, ties to even.
pub fn round_to_digits(value: f64, digits: i64) -> TextResult<f64> {
    if !value.is_finite() || value == 0.0 || digits > 323 {
        return Ok(value);
    }
    if digits < -308 {
        return Ok(0.0 * value);
    }
    let magnitude = value.abs();
    let rounded: f64 = if let Ok(digits) = usize::try_from(digits) {
        format!("{magnitude:.digits$}").parse().unwrap_or(magnitude)
    } else {
        round_left_of_point(magnitude, digits.unsigned_abs() as usize)
    };
    if rounded.is_infinite() {
        return Err(TextError::overflow("rounded value too large to represent"));
    }
    Ok(rounded.copysign(value))
}

/// Rounds to a multiple of `10**places`.
fn round_left_of_point(magnitude: f64, places: usize) -> f64 {
    let whole = magnitude.trunc();
    let has_fraction = whole != magnitude;
    // One leading zero, for a carry, and enough of them to cut `places` digits off.
    let written = format!("{whole:.0}");
    let padded = format!("{:0>width$}", written, width = written.len().max(places) + 1);
    let (kept, cut) = padded.split_at(padded.len() - places);
    let mut kept: Vec<u8> = kept.bytes().collect();
    let tail = cut.bytes().skip(1).any(|b| b != b'0') || has_fraction;
    let odd = kept.last().is_some_and(|b| b % 2 == 1);
    let up = match cut.bytes().next().unwrap_or(b'0') {
        b'6'..=b'9' => true,
        b'5' => tail || odd,
        _ => false,
    };
    if up {
        for digit in kept.iter_mut().rev() {
            if *digit < b'9' {
                *digit += 1;
                break;
            }
            *digit = b'0';
        }
    }
    let kept: String = kept.into_iter().map(char::from).collect();
    format!("{kept}e{places}").parse().unwrap_or(magnitude)
}
