//! The predicates: `isalpha`, `isupper`, `isidentifier` and their kin.
//!
//! Each is the Unicode property of all characters, with CPython's answer for the empty string.

use crate::text::unicode as u;
use crate::text::view::Text;

fn all(text: Text<'_>, property: fn(u32) -> bool) -> bool {
    !text.is_empty() && text.iter().all(property)
}

/// `text.isalpha()`.
pub fn is_alpha(text: Text<'_>) -> bool {
    all(text, u::is_alpha)
}

/// `text.isdigit()`.
pub fn is_digit(text: Text<'_>) -> bool {
    all(text, u::is_digit)
}

/// `text.isdecimal()`.
pub fn is_decimal(text: Text<'_>) -> bool {
    all(text, u::is_decimal)
}

/// `text.isnumeric()`.
pub fn is_numeric(text: Text<'_>) -> bool {
    all(text, u::is_numeric)
}

/// `text.isalnum()`.
pub fn is_alnum(text: Text<'_>) -> bool {
    all(text, u::is_alnum)
}

/// `text.isspace()`.
pub fn is_space(text: Text<'_>) -> bool {
    all(text, u::is_space)
}

/// `text.isprintable()`; true for the empty string.
pub fn is_printable(text: Text<'_>) -> bool {
    text.iter().all(u::is_printable)
}

/// `text.isascii()`; true for the empty string.
pub fn is_ascii(text: Text<'_>) -> bool {
    matches!(text, Text::Ascii(_))
}

/// `text.isidentifier()`; keywords count.
pub fn is_identifier(text: Text<'_>) -> bool {
    text.get(0).is_some_and(u::is_id_start) && text.iter().skip(1).all(u::is_id_continue)
}

/// `text.isupper()`: no lower or title case, and some upper case.
pub fn is_upper(text: Text<'_>) -> bool {
    !text.iter().any(|c| u::is_lower(c) || u::is_title(c)) && text.iter().any(u::is_upper)
}

/// `text.islower()`: no upper or title case, and some lower case.
pub fn is_lower(text: Text<'_>) -> bool {
    !text.iter().any(|c| u::is_upper(c) || u::is_title(c)) && text.iter().any(u::is_lower)
}

/// `text.istitle()`: capitals exactly at the starts of words, and at least one word.
pub fn is_title(text: Text<'_>) -> bool {
    let (mut any, mut inside_word) = (false, false);
    for c in text.iter() {
        let capital = u::is_upper(c) || u::is_title(c);
        let small = u::is_lower(c);
        if (capital && inside_word) || (small && !capital && !inside_word) {
            return false;
        }
        inside_word = capital || small;
        any |= inside_word;
    }
    any
}
