//! `repr` of strings and bytes, and `ascii`.
//!
//! The quotes are single unless the string has single and no double ones. Leaves out other types.

use crate::text::buf::{TextBuf, TextOwned};
use crate::text::codec::escape;
use crate::text::error::TextResult;
use crate::text::unicode::is_printable;
use crate::text::view::Text;

/// `repr(text)`.
pub fn repr(text: Text<'_>) -> TextResult<TextOwned> {
    quote(text, is_printable)
}

/// `ascii(text)` of a string.
pub fn ascii(text: Text<'_>) -> TextResult<TextOwned> {
    quote(text, |_| false)
}

/// `ascii(object)`, given `repr(object)`: only escapes what is not ASCII.
pub fn ascii_of_repr(repr: Text<'_>) -> TextResult<String> {
    match repr {
        Text::Ascii(s) => Ok(s.to_owned()),
        Text::Wide(points) => {
            let mut out = String::new();
            out.try_reserve(points.len())?;
            for &c in points {
                out.try_reserve(10)?;
                if c < 128 {
                    out.push(c as u8 as char);
                } else {
                    out.push_str(&escape(c));
                }
            }
            Ok(out)
        }
    }
}

fn quote(text: Text<'_>, shows: fn(u32) -> bool) -> TextResult<TextOwned> {
    let has = |quote: u8| text.iter().any(|c| c == u32::from(quote));
    let quote = if has(b'\'') && !has(b'"') { b'"' } else { b'\'' };
    let mut buf = TextBuf::try_with_capacity(text.len().saturating_add(2))?;
    buf.push(u32::from(quote));
    for c in text.iter() {
        buf.try_reserve(12)?;
        match u8::try_from(c) {
            Ok(byte) if byte < 0x80 => push_escaped(byte, quote, |s| buf.push(u32::from(s))),
            _ if shows(c) => buf.try_push(c)?,
            _ => buf.push_str(&escape(c)),
        }
    }
    buf.push(u32::from(quote));
    Ok(buf.finish())
}

/// Pushes an ASCII byte as it appears between such quotes.
fn push_escaped(byte: u8, quote: u8, mut push: impl FnMut(u8)) {
    let letter = match byte {
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        b'\\' => b'\\',
        _ if byte == quote => byte,
        0x20..=0x7e => return push(byte),
        _ => return escape(u32::from(byte)).bytes().for_each(push),
    };
    push(b'\\');
    push(letter);
}

/// `repr(bytes)`.
pub fn repr_bytes(bytes: &[u8]) -> TextResult<String> {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { b'"' } else { b'\'' };
    let mut out = String::new();
    out.try_reserve(bytes.len().saturating_add(3))?;
    out.push('b');
    out.push(quote as char);
    for &byte in bytes {
        out.try_reserve(4)?;
        push_escaped(byte, quote, |b| out.push(b as char));
    }
    out.push(quote as char);
    Ok(out)
}
