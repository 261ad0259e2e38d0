//! Decimal digits in Python's notation: `repr`, and the `e`, `f`, `g` styles.
//!
//! Leaves out signs, padding and grouping: those belong to the format specification.

use crate::text::error::{TextError, TextResult};
use std::fmt::Write;

/// Beyond this many digits after the point (or significant digits), a float has only zeros.
const EXACT_DIGITS: usize = 1100;

/// The notation of a float.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// The shortest digits that read back equal: `repr`.
    Shortest,
    /// `precision` digits after the point, with exponent: `e`.
    Exponent,
    /// `precision` digits after the point: `f`.
    Fixed,
    /// `precision` significant digits, with exponent if it is large or small: `g`.
    General,
}

/// How to write a float.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FloatStyle {
    /// The notation.
    pub notation: Notation,
    /// Its precision; unused for [`Notation::Shortest`].
    pub precision: usize,
    /// The flag `#`: keep the point, and the trailing zeros of `g`.
    pub alternate: bool,
    /// Mark an integer as float by `.0` (as `repr` does).
    pub add_dot_zero: bool,
    /// Capital `E`, `INF`, `NAN`.
    pub capital: bool,
}

/// `repr(value)`.
pub fn repr(value: f64) -> String {
    let style = FloatStyle {
        notation: Notation::Shortest,
        precision: 0,
        alternate: false,
        add_dot_zero: true,
        capital: false,
    };
    // The shortest digits are 17 at most: this can't run out of memory.
    to_text(value, style).unwrap_or_default()
}

/// Decimal digits and where the point is: `0.d1d2d3… * 10**point`.
struct Digits {
    digits: String,
    point: i64,
}

/// The digits that Rust writes as `d.ddde±x`.
fn scientific(written: &str) -> Digits {
    let (mantissa, exponent) = written.split_once('e').unwrap_or((written, "0"));
    let digits = mantissa.chars().filter(char::is_ascii_digit).collect();
    Digits { digits, point: exponent.parse::<i64>().unwrap_or(0) + 1 }
}

/// The shortest digits that read back as `magnitude`, and of those the nearest.
fn shortest(magnitude: f64) -> Digits {
    let written = format!("{magnitude:e}");
    // Where two are equally near, Python takes the even one and Rust the larger. That takes a
    // value with some 18 decimal digits in all, hence a fraction of 26 bits at most.
    let (mantissa, exponent) = super::decompose(magnitude);
    let lowest_bit = exponent + i64::from(mantissa.trailing_zeros());
    if (-26..0).contains(&lowest_bit) {
        let count = written.bytes().take_while(|&b| b != b'e').filter(u8::is_ascii_digit).count();
        let nearest = format!("{magnitude:.*e}", count.saturating_sub(1));
        if nearest.parse() == Ok(magnitude) {
            return scientific(&nearest);
        }
    }
    scientific(&written)
}

/// `value` in this style; negative values (and -0.0) start with `-`.
pub fn to_text(value: f64, style: FloatStyle) -> TextResult<String> {
    let mut out = String::new();
    if !value.is_finite() {
        out.push_str(match (value.is_nan(), value < 0.0) {
            (true, _) => "nan",
            (_, true) => "-inf",
            _ => "inf",
        });
        if style.capital {
            out.make_ascii_uppercase();
        }
        return Ok(out);
    }
    if value.is_sign_negative() {
        out.push('-');
    }
    let magnitude = value.abs();
    let precision = style.precision;
    let exact = precision.min(EXACT_DIGITS);
    match style.notation {
        Notation::Fixed => {
            let start = out.len();
            let _ = write!(out, "{magnitude:.exact$}");
            push_zeros(&mut out, precision - exact)?;
            finish_plain(&mut out, start, style);
        }
        Notation::Exponent => {
            let mut found = scientific(&format!("{magnitude:.exact$e}"));
            push_zeros(&mut found.digits, precision - exact)?;
            push_exponential(&mut out, &found, style);
        }
        Notation::Shortest => {
            let found = shortest(magnitude);
            if found.point <= -4 || found.point > 16 {
                push_exponential(&mut out, &found, style);
            } else {
                push_plain(&mut out, &found, style);
            }
        }
        Notation::General => {
            let precision = precision.max(1);
            let exact = precision.min(EXACT_DIGITS);
            let mut found = scientific(&format!("{magnitude:.*e}", exact - 1));
            if style.alternate {
                push_zeros(&mut found.digits, precision - exact)?;
            } else {
                let kept = found.digits.trim_end_matches('0').len().max(1);
                found.digits.truncate(kept);
            }
            // With a forced `.0` the last digit before the point needs room as well.
            let limit = i64::try_from(precision).unwrap_or(i64::MAX) - i64::from(style.add_dot_zero);
            if found.point <= -4 || found.point > limit {
                push_exponential(&mut out, &found, style);
            } else {
                push_plain(&mut out, &found, style);
            }
        }
    }
    Ok(out)
}

fn push_zeros(out: &mut String, count: usize) -> TextResult<()> {
    if count > crate::text::buf::SIZE_LIMIT {
        return Err(TextError::Memory);
    }
    out.try_reserve(count)?;
    out.extend(std::iter::repeat_n('0', count));
    Ok(())
}

/// Adds the point that the style demands to a number without exponent.
fn finish_plain(out: &mut String, start: usize, style: FloatStyle) {
    if !out[start..].contains('.') {
        if style.add_dot_zero {
            out.push_str(".0");
        } else if style.alternate {
            out.push('.');
        }
    }
}

/// Writes without exponent.
fn push_plain(out: &mut String, found: &Digits, style: FloatStyle) {
    let start = out.len();
    let digits = found.digits.as_str();
    let count = i64::try_from(digits.len()).unwrap_or(i64::MAX);
    if found.point <= 0 {
        out.push_str("0.");
        out.extend(std::iter::repeat_n('0', found.point.unsigned_abs() as usize));
        out.push_str(digits);
    } else if found.point >= count {
        out.push_str(digits);
        out.extend(std::iter::repeat_n('0', (found.point - count) as usize));
    } else {
        let (before, after) = digits.split_at(found.point as usize);
        out.push_str(before);
        out.push('.');
        out.push_str(after);
    }
    finish_plain(out, start, style);
}

/// Writes with exponent, which has two digits at least.
fn push_exponential(out: &mut String, found: &Digits, style: FloatStyle) {
    let (first, rest) = found.digits.split_at(found.digits.len().min(1));
    out.push_str(first);
    if !rest.is_empty() || style.alternate {
        out.push('.');
        out.push_str(rest);
    }
    let exponent = found.point - 1;
    out.push(if style.capital { 'E' } else { 'e' });
    out.push(if exponent < 0 { '-' } else { '+' });
    let _ = write!(out, "{:02}", exponent.abs());
}
