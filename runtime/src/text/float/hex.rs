//! `float.hex` and `float.fromhex`.
//!
//! Leaves out nothing of either, except CPython's limit on absurdly long strings.

use super::parse::{is_c_space, parse_special, split_sign};
use super::{compose, decompose};
use crate::text::error::{TextError, TextResult};
use crate::text::view::Text;

/// `value.hex()`.
pub fn to_hex(value: f64) -> String {
    if !value.is_finite() {
        return super::repr(value);
    }
    let sign = if value.is_sign_negative() { "-" } else { "" };
    if value == 0.0 {
        return format!("{sign}0x0.0p+0");
    }
    let (mantissa, exponent) = decompose(value.abs());
    let (lead, fraction) = (mantissa >> 52, mantissa & ((1 << 52) - 1));
    format!("{sign}0x{lead}.{fraction:013x}p{:+}", exponent + 52)
}

/// `float.fromhex(text)`.
pub fn from_hex(text: Text<'_>) -> TextResult<f64> {
    let invalid = || TextError::value("invalid hexadecimal floating-point string");
    let Text::Ascii(s) = text else { return Err(invalid()) };
    let s = s.trim_matches(|c: char| is_c_space(c as u8));
    let (negative, rest) = split_sign(s);
    let magnitude = match parse_special(rest) {
        Some(value) => value,
        None => {
            let number = split_number(rest).ok_or_else(invalid)?;
            number
                .to_float()
                .ok_or_else(|| TextError::overflow("hexadecimal value too large to represent as a float"))?
        }
    };
    Ok(if negative { -magnitude } else { magnitude })
}

/// The parts of a hexadecimal number.
struct HexNumber<'a> {
    whole: &'a str,
    fraction: &'a str,
    exponent: i64,
}

fn split_number(s: &str) -> Option<HexNumber<'_>> {
    let s = s.strip_prefix("0x").or_else(|| s.strip_prefix("0X")).unwrap_or(s);
    let (digits, exponent) = match s.find(['p', 'P']) {
        Some(at) => (&s[..at], parse_exponent(&s[at + 1..])?),
        None => (s, 0),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let hex = |s: &str| s.bytes().all(|b| b.is_ascii_hexdigit());
    (whole.len() + fraction.len() > 0 && hex(whole) && hex(fraction)).then_some(HexNumber {
        whole,
        fraction,
        exponent,
    })
}

/// A decimal exponent, saturating far beyond what any float can use.
fn parse_exponent(s: &str) -> Option<i64> {
    let (negative, digits) = split_sign(s);
    if digits.is_empty() {
        return None;
    }
    let mut exponent: i64 = 0;
    for b in digits.bytes() {
        if !b.is_ascii_digit() {
            return None;
        }
        exponent = exponent.saturating_mul(10).saturating_add(i64::from(b - b'0')).min(i64::MAX / 4);
    }
    Some(if negative { -exponent } else { exponent })
}

impl HexNumber<'_> {
    fn to_float(&self) -> Option<f64> {
        let mut mantissa: u64 = 0;
        let mut sticky = false;
        let fraction_digits = i64::try_from(self.fraction.len()).unwrap_or(i64::MAX / 16);
        let mut exponent = self.exponent - 4 * fraction_digits;
        for digit in self.whole.chars().chain(self.fraction.chars()) {
            let digit = u64::from(digit.to_digit(16).unwrap_or(0));
            if mantissa >> 60 == 0 {
                mantissa = mantissa << 4 | digit;
            } else {
                // No room: remember only whether something was there.
                sticky |= digit != 0;
                exponent += 4;
            }
        }
        compose(mantissa, sticky, exponent)
    }
}
