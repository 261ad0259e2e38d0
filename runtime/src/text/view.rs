//! [`Text`]: a view of a Python string in either of its two stored forms.
//!
//! A heap string is ASCII bytes, or code points of 32 bits when any of them is not ASCII. Both
//! give O(1) indexing, and lone surrogates need no special case. Since the form is a function of
//! the content, equal strings have equal forms, and comparing or hashing never mixes the two.
//! Leaves out building (see [`TextBuf`]) and the methods of `str` (see `str_ops`).

use super::buf::{TextBuf, TextOwned};
use super::error::{CodecError, TextError, TextResult};
use std::cmp::Ordering;

/// A view of a Python string. `Wide` holds at least one code point above 127.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Text<'a> {
    /// Only ASCII characters.
    Ascii(&'a str),
    /// Code points (lone surrogates included), at least one of them not ASCII.
    Wide(&'a [u32]),
}

/// A part of a string: mostly a view into it, but narrowed when an ASCII part of a wide string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// A view in the right form.
    Borrowed(Text<'a>),
    /// The ASCII characters of a part of a wide string.
    Narrowed(String),
}

impl Piece<'_> {
    /// The piece as text.
    pub fn as_text(&self) -> Text<'_> {
        match self {
            Piece::Borrowed(text) => *text,
            Piece::Narrowed(text) => Text::Ascii(text),
        }
    }
}

impl<'a> Text<'a> {
    /// The empty string.
    pub const EMPTY: Text<'static> = Text::Ascii("");

    /// A view of `s` if it is ASCII; otherwise use [`TextOwned::from`].
    pub fn from_ascii(s: &'a str) -> Option<Text<'a>> {
        s.is_ascii().then_some(Text::Ascii(s))
    }

    /// The number of code points.
    pub fn len(self) -> usize {
        match self {
            Text::Ascii(s) => s.len(),
            Text::Wide(points) => points.len(),
        }
    }

    /// Bytes of its stored form.
    pub fn size(self) -> usize {
        match self {
            Text::Ascii(s) => s.len(),
            Text::Wide(points) => size_of_val(points),
        }
    }

    /// Whether there are no code points.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The code point at `index`.
    pub fn get(self, index: usize) -> Option<u32> {
        match self {
            Text::Ascii(s) => s.as_bytes().get(index).map(|&b| u32::from(b)),
            Text::Wide(points) => points.get(index).copied(),
        }
    }

    /// The code points in order.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = u32> + ExactSizeIterator + 'a {
        (0..self.len()).map(move |i| self.get(i).unwrap_or(0))
    }

    /// The code points from `start` to before `end`; bounds beyond the string are clipped.
    pub fn piece(self, start: usize, end: usize) -> Piece<'a> {
        let end = end.min(self.len());
        let start = start.min(end);
        match self {
            Text::Ascii(s) => Piece::Borrowed(Text::Ascii(s.get(start..end).unwrap_or(""))),
            Text::Wide(points) => {
                let part = &points[start..end];
                if part.iter().any(|&c| c > 127) {
                    Piece::Borrowed(Text::Wide(part))
                } else {
                    Piece::Narrowed(part.iter().map(|&c| c as u8 as char).collect())
                }
            }
        }
    }

    /// The `count` code points at `start`, `start + step`, …; the caller has resolved the slice, as
    /// `slice.indices` does. Indices outside the string are left out.
    pub fn stepped(self, start: i64, step: i64, count: usize) -> TextResult<TextOwned> {
        if step == 1 && start >= 0 {
            let start = usize::try_from(start).unwrap_or(usize::MAX);
            return self.piece(start, start.saturating_add(count)).as_text().to_owned_text();
        }
        let mut buf = TextBuf::try_with_capacity(count.min(self.len()))?;
        let mut at = start;
        for _ in 0..count {
            let Some(c) = usize::try_from(at).ok().and_then(|i| self.get(i)) else { break };
            buf.push(c);
            at = at.saturating_add(step);
        }
        Ok(buf.finish())
    }

    /// A copy.
    pub fn to_owned_text(self) -> TextResult<TextOwned> {
        let mut buf = TextBuf::try_with_capacity(0)?;
        buf.try_push_text(self)?;
        Ok(buf.finish())
    }

    /// The code points as `u32`s, whichever the form.
    pub fn to_points(self) -> TextResult<Vec<u32>> {
        let mut points = Vec::new();
        points.try_reserve_exact(self.len())?;
        points.extend(self.iter());
        Ok(points)
    }

    /// UTF-8, or the error of the strict handler for the first run of surrogates.
    pub fn to_utf8(self) -> TextResult<String> {
        let mut out = String::new();
        match self {
            Text::Ascii(s) => {
                out.try_reserve_exact(s.len())?;
                out.push_str(s);
            }
            Text::Wide(points) => {
                out.try_reserve(points.len().saturating_mul(2))?;
                for (start, &c) in points.iter().enumerate() {
                    match char::from_u32(c) {
                        Some(c) => {
                            out.try_reserve(4)?;
                            out.push(c);
                        }
                        None => {
                            let run = points[start..].iter().take_while(|&&c| is_surrogate(c)).count();
                            return Err(TextError::Encode(CodecError {
                                encoding: "utf-8",
                                start,
                                end: start + run.max(1),
                                reason: "surrogates not allowed",
                            }));
                        }
                    }
                }
            }
        }
        Ok(out)
    }

    /// A Rust string for messages: surrogates become U+FFFD.
    pub fn to_string_lossy(self) -> String {
        match self {
            Text::Ascii(s) => s.to_owned(),
            Text::Wide(points) => {
                points.iter().map(|&c| char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
            }
        }
    }

    /// The order of code points, Python's order of strings.
    pub fn compare(self, other: Text<'_>) -> Ordering {
        match (self, other) {
            (Text::Ascii(a), Text::Ascii(b)) => a.as_bytes().cmp(b.as_bytes()),
            (Text::Wide(a), Text::Wide(b)) => a.cmp(b),
            _ => self.iter().cmp(other.iter()),
        }
    }

    /// The deterministic hash (see [`super::hash`]).
    pub fn hash(self) -> i64 {
        super::hash::hash_text(self)
    }
}

/// Whether `c` is a surrogate, which no UTF can encode.
pub fn is_surrogate(c: u32) -> bool {
    (0xd800..0xe000).contains(&c)
}

/// Clips `start` and `end` of `s.find(x, start, end)` and the like: negative ones count from the
/// end. The result may have `start > end`, which such methods treat as "nothing there".
pub fn adjust_indices(start: Option<i64>, end: Option<i64>, len: usize) -> (usize, usize) {
    let length = i64::try_from(len).unwrap_or(i64::MAX);
    let resolve = |i: i64| if i < 0 { i.saturating_add(length).max(0) } else { i };
    let end = resolve(end.unwrap_or(length)).min(length);
    let start = resolve(start.unwrap_or(0));
    (usize::try_from(start).unwrap_or(usize::MAX), usize::try_from(end).unwrap_or(len))
}
