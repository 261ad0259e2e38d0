//! Ints as text: decimal under CPython's digit limit, and the bases that need none.
//!
//! Leaves out padding and grouping (see `format_spec`).

use super::{digits_error, IntRef};
use crate::text::error::TextResult;

/// `str(value)`, or the `ValueError` if it has more than `max_digits` digits (0: no limit).
pub fn to_decimal(value: IntRef<'_>, max_digits: usize) -> TextResult<String> {
    let big = match value {
        IntRef::Small(small) => return Ok(small.to_string()),
        IntRef::Big(big) => big,
    };
    if max_digits > 0 {
        // n bits make at least (n - 1) * log10(2) digits: refuse hopeless cases before the work.
        let at_least = (big.bits().saturating_sub(1) as f64 * std::f64::consts::LOG10_2) as usize;
        if at_least > max_digits {
            return Err(digits_error(max_digits, None));
        }
    }
    let written = big.to_string();
    let digits = written.trim_start_matches('-').len();
    if max_digits > 0 && digits > max_digits {
        return Err(digits_error(max_digits, None));
    }
    Ok(written)
}

/// The decimal digits of a machine word, written into the end of a buffer that is long enough for any.
pub fn small_to_decimal(value: i64, buffer: &mut [u8; 20]) -> &str {
    let mut rest = value.unsigned_abs();
    let mut at = buffer.len();
    loop {
        at -= 1;
        buffer[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0 {
        at -= 1;
        buffer[at] = b'-';
    }
    // Only ASCII was written.
    std::str::from_utf8(&buffer[at..]).unwrap_or_default()
}

/// The digits in base 2, 8 or 16 (or any to 36), lower case, without prefix; `-` for negatives.
pub fn to_radix(value: IntRef<'_>, radix: u32) -> String {
    let radix = radix.clamp(2, 36);
    match value {
        IntRef::Small(small) => {
            let sign = if small < 0 { "-" } else { "" };
            let magnitude = small.unsigned_abs();
            match radix {
                2 => format!("{sign}{magnitude:b}"),
                8 => format!("{sign}{magnitude:o}"),
                16 => format!("{sign}{magnitude:x}"),
                _ => num_bigint::BigInt::from(small).to_str_radix(radix),
            }
        }
        IntRef::Big(big) => big.to_str_radix(radix),
    }
}
