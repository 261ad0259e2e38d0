//! Taking strings apart: `split`, `rsplit`, `splitlines`, `partition`, `strip`.
//!
//! All give spans of the original. Leaves out the "empty separator" `ValueError` of the methods'
//! argument check: an empty separator here is never found.

use super::search::{positions, Direction};
use super::Span;
use crate::text::error::TextResult;
use crate::text::unicode::{is_line_break, is_space};
use crate::text::view::Text;

fn push(spans: &mut Vec<Span>, span: Span) -> TextResult<()> {
    spans.try_reserve(1)?;
    spans.push(span);
    Ok(())
}

fn is_space_at(text: Text<'_>, at: usize) -> bool {
    text.get(at).is_some_and(is_space)
}

/// `text.split(separator, max_split)`; no `max_split` means all.
pub fn split(text: Text<'_>, separator: Text<'_>, max_split: Option<usize>) -> TextResult<Vec<Span>> {
    let limit = max_split.unwrap_or(usize::MAX);
    let found = positions(text, separator, (0, text.len()), Direction::Forward, limit)?;
    let mut spans = Vec::new();
    let mut start = 0;
    for at in found {
        push(&mut spans, (start, at))?;
        start = at + separator.len();
    }
    push(&mut spans, (start, text.len()))?;
    Ok(spans)
}

/// `text.rsplit(separator, max_split)`.
pub fn rsplit(text: Text<'_>, separator: Text<'_>, max_split: Option<usize>) -> TextResult<Vec<Span>> {
    let limit = max_split.unwrap_or(usize::MAX);
    let found = positions(text, separator, (0, text.len()), Direction::Backward, limit)?;
    let mut spans = Vec::new();
    let mut end = text.len();
    for at in found {
        push(&mut spans, (at + separator.len(), end))?;
        end = at;
    }
    push(&mut spans, (0, end))?;
    spans.reverse();
    Ok(spans)
}

/// `text.split(None, max_split)`: at runs of white space.
pub fn split_whitespace(text: Text<'_>, max_split: Option<usize>) -> TextResult<Vec<Span>> {
    let limit = max_split.unwrap_or(usize::MAX);
    let length = text.len();
    let mut spans = Vec::new();
    let mut at = 0;
    loop {
        while is_space_at(text, at) {
            at += 1;
        }
        if at == length {
            return Ok(spans);
        }
        if spans.len() == limit {
            push(&mut spans, (at, length))?;
            return Ok(spans);
        }
        let start = at;
        while at < length && !is_space_at(text, at) {
            at += 1;
        }
        push(&mut spans, (start, at))?;
    }
}

/// `text.rsplit(None, max_split)`.
pub fn rsplit_whitespace(text: Text<'_>, max_split: Option<usize>) -> TextResult<Vec<Span>> {
    let limit = max_split.unwrap_or(usize::MAX);
    let mut spans = Vec::new();
    let mut at = text.len();
    loop {
        while at > 0 && is_space_at(text, at - 1) {
            at -= 1;
        }
        if at == 0 {
            break;
        }
        if spans.len() == limit {
            push(&mut spans, (0, at))?;
            break;
        }
        let end = at;
        while at > 0 && !is_space_at(text, at - 1) {
            at -= 1;
        }
        push(&mut spans, (at, end))?;
    }
    spans.reverse();
    Ok(spans)
}

/// `text.splitlines(keep_ends)`.
pub fn split_lines(text: Text<'_>, keep_ends: bool) -> TextResult<Vec<Span>> {
    let length = text.len();
    let mut spans = Vec::new();
    let mut at = 0;
    while at < length {
        let start = at;
        while at < length && !text.get(at).is_some_and(is_line_break) {
            at += 1;
        }
        let mut end = at;
        if at < length {
            let pair = text.get(at) == Some(u32::from(b'\r')) && text.get(at + 1) == Some(u32::from(b'\n'));
            at += if pair { 2 } else { 1 };
            if keep_ends {
                end = at;
            }
        }
        push(&mut spans, (start, end))?;
    }
    Ok(spans)
}

/// `text.partition(separator)`: the spans of head, separator and tail; `None` if it does not occur
/// (then `partition` gives the text and two empty strings, `rpartition` the reverse).
pub fn partition(text: Text<'_>, separator: Text<'_>, from: Direction) -> TextResult<Option<[Span; 3]>> {
    let found = positions(text, separator, (0, text.len()), from, 1)?;
    Ok(found.first().map(|&at| {
        let after = at + separator.len();
        [(0, at), (at, after), (after, text.len())]
    }))
}

/// Which ends `strip` works on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// Both: `strip`.
    Both,
    /// The start: `lstrip`.
    Left,
    /// The end: `rstrip`.
    Right,
}

/// What remains after stripping white space, or the characters in `chars`.
pub fn strip(text: Text<'_>, chars: Option<Text<'_>>, ends: Ends) -> Span {
    let drops = |c: u32| match chars {
        None => is_space(c),
        Some(Text::Ascii(s)) => c < 128 && memchr::memchr(c as u8, s.as_bytes()).is_some(),
        Some(Text::Wide(points)) => points.contains(&c),
    };
    let (mut start, mut end) = (0, text.len());
    if ends != Ends::Right {
        while start < end && text.get(start).is_some_and(drops) {
            start += 1;
        }
    }
    if ends != Ends::Left {
        while start < end && text.get(end - 1).is_some_and(drops) {
            end -= 1;
        }
    }
    (start, end)
}
