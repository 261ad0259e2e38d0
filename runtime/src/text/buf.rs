//! [`TextBuf`] builds a string and picks the narrower form; [`TextOwned`] is the result.
//!
//! The builder keeps bytes until the first code point above 127 arrives, so that the common case
//! never pays for 32-bit storage. Growth by amounts that a script chose goes through the `try_`
//! methods: a hostile width is a `MemoryError`, not an abort. Leaves out everything about content.

use super::error::{TextError, TextResult};
use super::view::Text;

/// The longest padding that a width or precision may ask for. Systems that overcommit would grant
/// more, and then kill the process when it is written.
pub const SIZE_LIMIT: usize = 1 << 31;

/// A finished string; `Wide` holds at least one code point above 127.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextOwned {
    /// Only ASCII characters.
    Ascii(String),
    /// Code points, at least one of them not ASCII.
    Wide(Vec<u32>),
}

/// Builds a string from code points and texts.
#[derive(Clone, Debug, Default)]
pub struct TextBuf {
    ascii: String,
    /// In use, and then instead of `ascii`, once it is not empty.
    wide: Vec<u32>,
}

impl TextOwned {
    /// A view of the string.
    pub fn as_text(&self) -> Text<'_> {
        match self {
            TextOwned::Ascii(s) => Text::Ascii(s),
            TextOwned::Wide(points) => Text::Wide(points),
        }
    }
}

impl From<&str> for TextOwned {
    fn from(s: &str) -> Self {
        if s.is_ascii() {
            TextOwned::Ascii(s.to_owned())
        } else {
            TextOwned::Wide(s.chars().map(u32::from).collect())
        }
    }
}

impl From<String> for TextOwned {
    fn from(s: String) -> Self {
        if s.is_ascii() {
            TextOwned::Ascii(s)
        } else {
            TextOwned::from(s.as_str())
        }
    }
}

impl TextBuf {
    /// An empty builder.
    pub fn new() -> Self {
        TextBuf::default()
    }

    /// A builder with room for `capacity` ASCII characters; for sizes that scripts can't choose.
    pub fn with_capacity(capacity: usize) -> Self {
        TextBuf { ascii: String::with_capacity(capacity), wide: Vec::new() }
    }

    /// A builder with room for `capacity` ASCII characters, or a `MemoryError`.
    pub fn try_with_capacity(capacity: usize) -> TextResult<Self> {
        let mut ascii = String::new();
        ascii.try_reserve(capacity)?;
        Ok(TextBuf { ascii, wide: Vec::new() })
    }

    /// The number of code points so far.
    pub fn len(&self) -> usize {
        self.ascii.len() + self.wide.len()
    }

    /// Whether nothing was pushed.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Reserves room for `additional` more code points in the present form.
    pub fn try_reserve(&mut self, additional: usize) -> TextResult<()> {
        self.check_len(additional)?;
        if self.wide.is_empty() {
            self.ascii.try_reserve(additional)?;
        } else {
            self.wide.try_reserve(additional)?;
        }
        Ok(())
    }

    /// Moves to 32-bit code points, with room for `additional` more.
    fn try_widen(&mut self, additional: usize) -> TextResult<()> {
        self.check_len(additional)?;
        self.wide.try_reserve(self.ascii.len().saturating_add(additional))?;
        self.wide.extend(self.ascii.bytes().map(u32::from));
        self.ascii = String::new();
        Ok(())
    }

    /// Appends a code point.
    pub fn push(&mut self, c: u32) {
        if self.wide.is_empty() {
            if c < 128 {
                self.ascii.push(c as u8 as char);
                return;
            }
            self.wide.reserve(self.ascii.len() + 8);
            self.wide.extend(self.ascii.bytes().map(u32::from));
            self.ascii = String::new();
        }
        self.wide.push(c);
    }

    /// Appends a Rust string.
    pub fn push_str(&mut self, s: &str) {
        if self.wide.is_empty() && s.is_ascii() {
            self.ascii.push_str(s);
        } else {
            s.chars().for_each(|c| self.push(u32::from(c)));
        }
    }

    /// Appends text.
    pub fn push_text(&mut self, text: Text<'_>) {
        match text {
            Text::Ascii(s) if self.wide.is_empty() => self.ascii.push_str(s),
            Text::Ascii(s) => self.wide.extend(s.bytes().map(u32::from)),
            Text::Wide(points) => {
                if self.wide.is_empty() {
                    self.wide.reserve(self.ascii.len() + points.len());
                    self.wide.extend(self.ascii.bytes().map(u32::from));
                    self.ascii = String::new();
                }
                self.wide.extend_from_slice(points);
            }
        }
    }

    /// Lengths of strings are 32 bits: what would be longer need not be built.
    fn check_len(&self, additional: usize) -> TextResult<()> {
        match self.len().saturating_add(additional) < u32::MAX as usize {
            true => Ok(()),
            false => Err(TextError::Memory),
        }
    }

    /// Appends a code point, or fails with `MemoryError`.
    pub fn try_push(&mut self, c: u32) -> TextResult<()> {
        self.try_repeat(c, 1)
    }

    /// Appends text, or fails with `MemoryError`.
    pub fn try_push_text(&mut self, text: Text<'_>) -> TextResult<()> {
        match text {
            Text::Wide(points) if self.wide.is_empty() => self.try_widen(points.len())?,
            _ => self.try_reserve(text.len())?,
        }
        self.push_text(text);
        Ok(())
    }

    /// Appends `c` `count` times, or fails with `MemoryError`.
    pub fn try_repeat(&mut self, c: u32, count: usize) -> TextResult<()> {
        if count == 0 {
            return Ok(());
        }
        if count > SIZE_LIMIT {
            return Err(TextError::Memory);
        }
        if c > 127 && self.wide.is_empty() {
            self.try_widen(count)?;
        } else {
            self.try_reserve(count)?;
        }
        if c < 128 && self.wide.is_empty() {
            self.ascii.extend(std::iter::repeat_n(c as u8 as char, count));
        } else {
            self.wide.extend(std::iter::repeat_n(c, count));
        }
        Ok(())
    }

    /// The finished string in its narrowest form.
    pub fn finish(self) -> TextOwned {
        // A builder widens only for a code point above 127 and never loses one.
        if self.wide.is_empty() {
            TextOwned::Ascii(self.ascii)
        } else {
            TextOwned::Wide(self.wide)
        }
    }
}
