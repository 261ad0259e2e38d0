//! `float("…")`: white space, underscores, digits of any script, infinities and NaNs.
//!
//! Leaves out hexadecimal floats (see `hex`).

use crate::text::error::{TextError, TextResult};
use crate::text::int::to_ascii_number;
use crate::text::str_ops::repr;
use crate::text::view::Text;

/// `float(text)`.
pub fn parse_float_text(text: Text<'_>) -> TextResult<f64> {
    if let Some(value) = to_ascii_number(text).and_then(|s| parse(&s)) {
        return Ok(value);
    }
    let shown = repr::repr(text)?;
    Err(TextError::Value(format!("could not convert string to float: {}", shown.as_text().to_string_lossy())))
}

/// `float(bytes)`.
pub fn parse_float_bytes(bytes: &[u8]) -> TextResult<f64> {
    if let Some(value) = std::str::from_utf8(bytes).ok().filter(|s| s.is_ascii()).and_then(parse) {
        return Ok(value);
    }
    Err(TextError::Value(format!("could not convert string to float: {}", repr::repr_bytes(bytes)?)))
}

/// White space for C's `isspace`.
pub(super) fn is_c_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// `inf`, `infinity` or `nan` in any case, without sign.
pub(super) fn parse_special(s: &str) -> Option<f64> {
    if s.eq_ignore_ascii_case("inf") || s.eq_ignore_ascii_case("infinity") {
        Some(f64::INFINITY)
    } else if s.eq_ignore_ascii_case("nan") {
        Some(f64::NAN)
    } else {
        None
    }
}

/// Splits off a sign: whether negative, and the rest.
pub(super) fn split_sign(s: &str) -> (bool, &str) {
    match s.as_bytes().first() {
        Some(b'-') => (true, &s[1..]),
        Some(b'+') => (false, &s[1..]),
        _ => (false, s),
    }
}

fn parse(s: &str) -> Option<f64> {
    let s = s.trim_matches(|c: char| c.is_ascii() && is_c_space(c as u8));
    let (negative, rest) = split_sign(s);
    let magnitude = match parse_special(rest) {
        Some(value) => value,
        None => parse_digits(rest)?,
    };
    Some(if negative { -magnitude } else { magnitude })
}

/// Checks Python's grammar, which is stricter than Rust's, then lets Rust convert.
fn parse_digits(s: &str) -> Option<f64> {
    let bytes = s.as_bytes();
    for (i, &b) in bytes.iter().enumerate() {
        let digit_at = |i: Option<usize>| i.and_then(|i| bytes.get(i)).is_some_and(u8::is_ascii_digit);
        if b == b'_' && !(digit_at(i.checked_sub(1)) && digit_at(Some(i + 1))) {
            return None;
        }
    }
    let plain: String = s.chars().filter(|&c| c != '_').collect();
    let (mantissa, exponent) = match plain.find(['e', 'E']) {
        Some(at) => (&plain[..at], Some(&plain[at + 1..])),
        None => (plain.as_str(), None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.len() + fraction.len() == 0 || !digits(whole) || !digits(fraction) {
        return None;
    }
    if let Some(exponent) = exponent {
        let (_, exponent) = split_sign(exponent);
        if exponent.is_empty() || !digits(exponent) {
            return None;
        }
    }
    plain.parse().ok()
}
