//! Making strings of strings: `replace`, `translate`, `join`, repetition.
//!
//! Sizes are computed before anything is allocated, so that a hostile one is an error at once.
//! Leaves out the translation tables themselves, which are objects: `translate` asks a closure.

use super::search::{positions, Direction};
use crate::text::buf::{TextBuf, TextOwned};
use crate::text::error::{TextError, TextResult};
use crate::text::view::Text;

/// `text.replace(old, new, count)`; no `count` means all.
pub fn replace(text: Text<'_>, old: Text<'_>, new: Text<'_>, count: Option<usize>) -> TextResult<TextOwned> {
    let limit = count.unwrap_or(usize::MAX);
    let length = text.len();
    if old.is_empty() {
        return interleave(text, new, limit.min(length.saturating_add(1)));
    }
    let found = positions(text, old, (0, length), Direction::Forward, limit)?;
    let kept = length - found.len() * old.len();
    let size = found.len().checked_mul(new.len()).and_then(|n| n.checked_add(kept));
    let mut buf = TextBuf::try_with_capacity(0)?;
    buf.try_reserve(checked_size(size)?)?;
    let mut start = 0;
    for at in found {
        buf.try_push_text(text.piece(start, at).as_text())?;
        buf.try_push_text(new)?;
        start = at + old.len();
    }
    buf.try_push_text(text.piece(start, length).as_text())?;
    Ok(buf.finish())
}

fn checked_size(size: Option<usize>) -> TextResult<usize> {
    size.filter(|&n| i64::try_from(n).is_ok())
        .ok_or_else(|| TextError::overflow("replace string is too long"))
}

/// `new` before each of the first `times` characters (and at the end, if there are fewer).
fn interleave(text: Text<'_>, new: Text<'_>, times: usize) -> TextResult<TextOwned> {
    let size = times.checked_mul(new.len()).and_then(|n| n.checked_add(text.len()));
    let mut buf = TextBuf::try_with_capacity(0)?;
    buf.try_reserve(checked_size(size)?)?;
    for at in 0..times {
        buf.try_push_text(new)?;
        if let Some(c) = text.get(at) {
            buf.try_push(c)?;
        }
    }
    buf.try_push_text(text.piece(times, text.len()).as_text())?;
    Ok(buf.finish())
}

/// What a translation table says about a character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Translation {
    /// Not in the table.
    Keep,
    /// Mapped to `None`.
    Delete,
    /// Mapped to one code point.
    Point(u32),
    /// Mapped to a string.
    Text(TextOwned),
}

/// `text.translate(table)`; `look_up` reads the table, and any error of it ends the translation.
pub fn translate<E: From<TextError>>(
    text: Text<'_>,
    mut look_up: impl FnMut(u32) -> Result<Translation, E>,
) -> Result<TextOwned, E> {
    let mut buf = TextBuf::try_with_capacity(0)?;
    for c in text.iter() {
        match look_up(c)? {
            Translation::Keep => buf.try_push(c)?,
            Translation::Delete => {}
            Translation::Point(c) => buf.try_push(c)?,
            Translation::Text(text) => buf.try_push_text(text.as_text())?,
        }
    }
    Ok(buf.finish())
}

/// The length of `separator.join(parts)`, or the `OverflowError` if it is absurd.
pub fn joined_length(separator: usize, parts: impl IntoIterator<Item = usize>) -> TextResult<usize> {
    let mut total: usize = 0;
    for (i, part) in parts.into_iter().enumerate() {
        let gap = if i == 0 { 0 } else { separator };
        total = total
            .checked_add(gap)
            .and_then(|n| n.checked_add(part))
            .filter(|&n| i64::try_from(n).is_ok())
            .ok_or_else(|| TextError::overflow("join() result is too long for a Python string"))?;
    }
    Ok(total)
}

/// `separator.join(parts)`.
pub fn join(separator: Text<'_>, parts: &[Text<'_>]) -> TextResult<TextOwned> {
    let size = joined_length(separator.len(), parts.iter().map(|part| part.len()))?;
    let mut buf = TextBuf::try_with_capacity(0)?;
    buf.try_reserve(size)?;
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            buf.try_push_text(separator)?;
        }
        buf.try_push_text(*part)?;
    }
    Ok(buf.finish())
}

/// `text * times`.
pub fn repeat(text: Text<'_>, times: usize) -> TextResult<TextOwned> {
    if text.is_empty() || times == 0 {
        return Ok(TextOwned::Ascii(String::new()));
    }
    let size = text.len().checked_mul(times).filter(|&n| i64::try_from(n).is_ok());
    let size = size.ok_or_else(|| TextError::overflow("repeated string is too long"))?;
    match text {
        Text::Ascii(s) => {
            let mut out = String::new();
            out.try_reserve_exact(size)?;
            (0..times).for_each(|_| out.push_str(s));
            Ok(TextOwned::Ascii(out))
        }
        Text::Wide(points) => {
            let mut out = Vec::new();
            out.try_reserve_exact(size)?;
            (0..times).for_each(|_| out.extend_from_slice(points));
            Ok(TextOwned::Wide(out))
        }
    }
}
