//! Floats as text and as ratios: repr, parsing, hex, rounding, formatting with precision.
//!
//! Rust's formatter gives correctly rounded digits, both the shortest and to a precision, and its
//! parser is correctly rounded, too; here they get Python's notation. Leaves out `math`, whose
//! functions belong to the C library, and locales.

mod digits;
mod hex;
mod parse;
mod ratio;

pub use digits::{repr, to_text, FloatStyle, Notation};
pub use hex::{from_hex, to_hex};
pub use parse::{parse_float_bytes, parse_float_text};
pub use ratio::{as_integer_ratio, round_to_digits, round_to_int, truncate_to_int};

/// A finite, non-negative `value` as `mantissa * 2**exponent`, with an integer mantissa.
pub fn decompose(value: f64) -> (u64, i64) {
    let bits = value.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as i64;
    let fraction = bits & ((1 << 52) - 1);
    if exponent == 0 {
        (fraction, -1074)
    } else {
        (fraction | 1 << 52, exponent - 1075)
    }
}

/// The float nearest to `mantissa * 2**exponent`, ties to even; `None` if too large. `sticky` says
/// that the true mantissa is a little more than the given one, which then must have 55 bits or more.
pub fn compose(mantissa: u64, sticky: bool, exponent: i64) -> Option<f64> {
    if mantissa == 0 {
        return Some(0.0);
    }
    let width = i64::from(64 - mantissa.leading_zeros());
    let lowest = (exponent.saturating_add(width) - 53).max(-1074);
    if lowest > 971 {
        return None;
    }
    let shift = lowest.saturating_sub(exponent);
    let kept = if shift <= 0 {
        // Then the mantissa has 53 bits or fewer, so nothing is lost on the left.
        mantissa << shift.unsigned_abs().min(63)
    } else if shift > 64 {
        0
    } else {
        let wide = u128::from(mantissa);
        let (kept, rest, half) = (wide >> shift, wide & ((1 << shift) - 1), 1u128 << (shift - 1));
        let up = rest > half || (rest == half && (sticky || kept & 1 == 1));
        (kept + u128::from(up)) as u64
    };
    // The implicit bit adds one to the exponent field, and so does a carry out of the mantissa.
    let bits = (((lowest + 1074) as u64) << 52) + kept;
    let value = f64::from_bits(bits);
    value.is_finite().then_some(value)
}
