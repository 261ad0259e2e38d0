//! Padding: `center`, `ljust`, `rjust`, `zfill`, `expandtabs`.
//!
//! Widths come from scripts, so all growth is fallible. Leaves out format specifications.

use crate::text::buf::{TextBuf, TextOwned};
use crate::text::error::{TextError, TextResult};
use crate::text::view::Text;

fn padded(text: Text<'_>, left: usize, right: usize, fill: u32) -> TextResult<TextOwned> {
    let mut buf = TextBuf::try_with_capacity(0)?;
    buf.try_repeat(fill, left)?;
    buf.try_push_text(text)?;
    buf.try_repeat(fill, right)?;
    Ok(buf.finish())
}

/// How many characters are missing to `width`.
fn missing(text: Text<'_>, width: i64) -> usize {
    usize::try_from(width).unwrap_or(0).saturating_sub(text.len())
}

/// `text.center(width, fill)`.
pub fn center(text: Text<'_>, width: i64, fill: u32) -> TextResult<TextOwned> {
    let margin = missing(text, width);
    // An odd margin puts the extra character left if the width is odd, too.
    let left = margin / 2 + (margin & usize::try_from(width).unwrap_or(0) & 1);
    padded(text, left, margin - left, fill)
}

/// `text.ljust(width, fill)`.
pub fn ljust(text: Text<'_>, width: i64, fill: u32) -> TextResult<TextOwned> {
    padded(text, 0, missing(text, width), fill)
}

/// `text.rjust(width, fill)`.
pub fn rjust(text: Text<'_>, width: i64, fill: u32) -> TextResult<TextOwned> {
    padded(text, missing(text, width), 0, fill)
}

/// `text.zfill(width)`: zeros after the sign.
pub fn zfill(text: Text<'_>, width: i64) -> TextResult<TextOwned> {
    let zeros = missing(text, width);
    let mut buf = TextBuf::try_with_capacity(0)?;
    let sign = text.get(0).filter(|&c| c == u32::from(b'+') || c == u32::from(b'-'));
    if zeros > 0 {
        if let Some(sign) = sign {
            buf.try_push(sign)?;
            buf.try_repeat(u32::from(b'0'), zeros)?;
            buf.try_push_text(text.piece(1, text.len()).as_text())?;
            return Ok(buf.finish());
        }
    }
    padded(text, zeros, 0, u32::from(b'0'))
}

/// How long a text becomes when its tabs are expanded; at least so long that it can't be made.
pub fn expanded_len(text: impl Iterator<Item = u32>, size: usize) -> usize {
    let (mut len, mut column) = (0usize, 0usize);
    for c in text {
        let width = match c {
            9 if size == 0 => 0,
            9 => size - column % size,
            _ => 1,
        };
        len = len.saturating_add(width);
        column = if c == 10 || c == 13 { 0 } else { column.saturating_add(width) };
    }
    len
}

/// `text.expandtabs(size)`; a size of zero or less removes the tabs.
pub fn expand_tabs(text: Text<'_>, size: i64) -> TextResult<TextOwned> {
    let size = usize::try_from(size).unwrap_or(0);
    let mut buf = TextBuf::try_with_capacity(0)?;
    let mut column: usize = 0;
    for c in text.iter() {
        if c == u32::from(b'\t') {
            if size > 0 {
                let spaces = size - column % size;
                column = column
                    .checked_add(spaces)
                    .filter(|&column| i64::try_from(column).is_ok())
                    .ok_or_else(|| TextError::overflow("new string is too long"))?;
                buf.try_repeat(u32::from(b' '), spaces)?;
            }
        } else {
            buf.try_push(c)?;
            column += 1;
            if c == u32::from(b'\n') || c == u32::from(b'\r') {
                column = 0;
            }
        }
    }
    Ok(buf.finish())
}
