//! The layout of numbers: sign, prefix, zero padding, groups of digits, padding.
//!
//! Leaves out where the digits come from.

use super::parse::{Align, FormatSpec, Grouping, Sign};
use crate::text::buf::{TextBuf, TextOwned, SIZE_LIMIT};
use crate::text::error::{TextError, TextResult};

/// The parts of a number, all ASCII except for the one character of `c`.
pub(super) struct Parts<'a> {
    /// Whether a minus comes first.
    pub(super) negative: bool,
    /// `0x` and the like.
    pub(super) prefix: &'a str,
    /// The digits to group and to extend with zeros.
    pub(super) digits: &'a str,
    /// What follows: the point and its digits, the exponent, the percent sign; or `inf`.
    pub(super) rest: &'a str,
    /// The character of presentation type `c`.
    pub(super) character: Option<u32>,
    /// How many digits make a group.
    pub(super) group: usize,
}

/// Groups digits, with leading zeros up to `min_width` (which counts separators, too).
fn grouped(digits: &str, group: usize, separator: char, min_width: usize) -> TextResult<String> {
    if min_width > SIZE_LIMIT {
        return Err(TextError::Memory);
    }
    let mut reversed = String::new();
    reversed.try_reserve(min_width.max(digits.len()).saturating_mul(2))?;
    let mut left = digits.chars().rev();
    let mut in_group = 0;
    loop {
        let next = left.next();
        // A separator is written only if a digit follows, even when it takes one zero too many.
        if next.is_none() && reversed.len() >= min_width {
            break;
        }
        if in_group == group {
            reversed.push(separator);
            in_group = 0;
        }
        reversed.push(next.unwrap_or('0'));
        in_group += 1;
    }
    Ok(reversed.chars().rev().collect())
}

/// Lays a number out.
pub(super) fn lay_out(parts: &Parts<'_>, spec: &FormatSpec) -> TextResult<TextOwned> {
    let sign = match (parts.negative, spec.sign) {
        (true, _) => "-",
        (_, Sign::Plus) => "+",
        (_, Sign::Space) => " ",
        _ => "",
    };
    let around = sign.len() + parts.prefix.len() + parts.rest.len() + usize::from(parts.character.is_some());
    let zeros = spec.fill == u32::from('0') && spec.align == Align::Numeric;
    let separator = match spec.grouping {
        Grouping::Comma => Some(','),
        Grouping::Underscore => Some('_'),
        Grouping::None => None,
    };
    let min_width = if zeros { spec.width.saturating_sub(around) } else { 0 };
    let groups;
    let digits = match separator {
        // Infinities and NaNs have no digits, and so no groups.
        Some(separator) if !parts.digits.is_empty() => {
            groups = grouped(parts.digits, parts.group, separator, min_width)?;
            groups.as_str()
        }
        _ => parts.digits,
    };
    let padding = spec.width.saturating_sub(around + digits.len());
    let (before, between, after) = match spec.align {
        Align::Left => (0, 0, padding),
        Align::Right => (padding, 0, 0),
        Align::Center => (padding / 2, 0, padding - padding / 2),
        Align::Numeric => (0, padding, 0),
    };
    let mut buf = TextBuf::try_with_capacity(around + digits.len())?;
    buf.try_repeat(spec.fill, before)?;
    buf.push_str(sign);
    buf.push_str(parts.prefix);
    buf.try_repeat(spec.fill, between)?;
    buf.try_reserve(digits.len() + parts.rest.len())?;
    buf.push_str(digits);
    buf.push_str(parts.rest);
    if let Some(character) = parts.character {
        buf.try_push(character)?;
    }
    buf.try_repeat(spec.fill, after)?;
    Ok(buf.finish())
}
