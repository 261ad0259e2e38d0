//! `int("…", base)`: prefixes, underscores, white space, digits of any script.
//!
//! Leaves out int literals in source, which the parser reads.

use super::{digits_error, Int};
use crate::text::error::{TextError, TextResult};
use crate::text::str_ops::repr;
use crate::text::unicode::{decimal_value, is_space};
use crate::text::view::Text;
use num_bigint::BigInt;
use std::borrow::Cow;

/// A text with its digits and white space turned to ASCII; `None` if other characters remain.
///
/// As in CPython, ASCII characters stay as they are (so that U+001C to U+001F are white space for
/// `strip` but not for `int`).
pub fn to_ascii_number(text: Text<'_>) -> Option<Cow<'_, str>> {
    match text {
        Text::Ascii(s) => Some(Cow::Borrowed(s)),
        Text::Wide(points) => points
            .iter()
            .map(|&c| match decimal_value(c) {
                _ if c < 128 => Some(c as u8 as char),
                Some(digit) => char::from_digit(digit, 10),
                None => is_space(c).then_some(' '),
            })
            .collect::<Option<String>>()
            .map(Cow::Owned),
    }
}

/// `int(text, base)`; `max_digits` is the limit of `sys.set_int_max_str_digits` (0: none).
pub fn parse_int_text(text: Text<'_>, base: i64, max_digits: usize) -> TextResult<Int> {
    let checked = check_base(base)?;
    if let Some(s) = to_ascii_number(text) {
        if let Some(value) = parse(&s, checked, max_digits)? {
            return Ok(value);
        }
    }
    let shown = repr::repr(text)?;
    Err(literal_error(base, shown.as_text().to_string_lossy()))
}

/// `int(bytes, base)`.
pub fn parse_int_bytes(bytes: &[u8], base: i64, max_digits: usize) -> TextResult<Int> {
    let checked = check_base(base)?;
    if let Some(s) = std::str::from_utf8(bytes).ok().filter(|s| s.is_ascii()) {
        if let Some(value) = parse(s, checked, max_digits)? {
            return Ok(value);
        }
    }
    Err(literal_error(base, repr::repr_bytes(bytes)?))
}

fn check_base(base: i64) -> TextResult<u32> {
    match u32::try_from(base) {
        Ok(base @ (0 | 2..=36)) => Ok(base),
        _ => Err(TextError::value("int() base must be >= 2 and <= 36, or 0")),
    }
}

fn literal_error(base: i64, shown: String) -> TextError {
    // CPython cuts the representation, not the string.
    let shown: String = shown.chars().take(200).collect();
    TextError::Value(format!("invalid literal for int() with base {base}: {shown}"))
}

/// The base that a prefix selects.
fn prefix_base(s: &str) -> Option<u32> {
    match s.as_bytes() {
        [b'0', b'x' | b'X', ..] => Some(16),
        [b'0', b'o' | b'O', ..] => Some(8),
        [b'0', b'b' | b'B', ..] => Some(2),
        _ => None,
    }
}

/// The value, or `None` if `s` is no int literal of that base.
fn parse(s: &str, base: u32, max_digits: usize) -> TextResult<Option<Int>> {
    let s = s.trim_matches(|c: char| matches!(c, ' ' | '\t'..='\r'));
    let (negative, mut rest) = match s.as_bytes().first() {
        Some(b'-') => (true, &s[1..]),
        Some(b'+') => (false, &s[1..]),
        _ => (false, s),
    };
    let mut only_zeros = false;
    let actual = match (base, prefix_base(rest)) {
        (0, Some(found)) => found,
        (0, None) => {
            // An old-style octal such as 017 is an error, but 000 is not.
            only_zeros = rest.starts_with('0');
            10
        }
        (base, _) => base,
    };
    if prefix_base(rest) == Some(actual) {
        rest = &rest[2..];
        rest = rest.strip_prefix('_').unwrap_or(rest);
    }
    let Some(digits) = check_digits(rest, actual, max_digits)? else { return Ok(None) };
    if only_zeros && digits.bytes().any(|b| b != b'0') {
        return Ok(None);
    }
    let magnitude = match i64::from_str_radix(&digits, actual) {
        Ok(small) => Int::Small(if negative { -small } else { small }),
        Err(_) => match BigInt::parse_bytes(digits.as_bytes(), actual) {
            Some(big) => Int::from_big(if negative { -big } else { big }),
            None => return Ok(None),
        },
    };
    Ok(Some(magnitude))
}

/// The digits without underscores; `None` if they are none or misplaced.
fn check_digits(s: &str, base: u32, max_digits: usize) -> TextResult<Option<String>> {
    let mut digits = String::new();
    digits.try_reserve(s.len())?;
    let mut previous = '_';
    let mut good = true;
    for c in s.chars() {
        if c == '_' {
            if previous == '_' {
                return Ok(None);
            }
        } else if c.is_digit(base) {
            digits.push(c);
        } else {
            // What follows the digits is noticed only after they were counted.
            good = false;
            break;
        }
        previous = c;
    }
    if previous == '_' {
        return Ok(None);
    }
    if !base.is_power_of_two() && max_digits > 0 && digits.len() > max_digits {
        return Err(digits_error(max_digits, Some(digits.len())));
    }
    Ok(good.then_some(digits))
}
