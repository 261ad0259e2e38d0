//! `%` formatting: the parser of format strings, and the conversions given primitive values.
//!
//! [`Segments`] walks over a format string lazily, since CPython formats as it parses: an argument
//! error comes before a syntax error further on. The caller fetches arguments (for each field in
//! the order `*` width, `*` precision, value), resolves a [`Layout`], and calls the `format_`
//! function that [`Field::conversion`] names. Leaves out mappings, `str()` and `repr()`, and bytes.

use super::buf::{TextBuf, TextOwned, SIZE_LIMIT};
use super::error::{TextError, TextResult};
use super::float::{to_text, FloatStyle, Notation};
use super::int::{self, IntRef};
use super::str_ops::Span;
use super::view::Text;

/// A width or precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// Not given.
    Absent,
    /// Given in the format string.
    Fixed(usize),
    /// `*`: the next argument.
    Argument,
}

/// The flags of a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// `-`: pad on the right.
    pub left: bool,
    /// `+`: show a plus.
    pub plus: bool,
    /// A space where a plus would be.
    pub space: bool,
    /// `#`: prefixes, points.
    pub alternate: bool,
    /// `0`: pad numbers with zeros.
    pub zero: bool,
}

/// A field of a format string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// The mapping key, as a span of the format string.
    pub key: Option<Span>,
    /// The flags.
    pub flags: Flags,
    /// The width.
    pub width: Size,
    /// The precision.
    pub precision: Size,
    /// The conversion character, not checked yet: the argument is fetched first.
    pub code: u32,
    /// Where the conversion character is.
    pub index: usize,
}

/// A part of a format string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Segment {
    /// Characters to copy (`%%` gives a span of one `%`).
    Literal(Span),
    /// A field.
    Field(Field),
}

/// What a conversion character asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conversion {
    /// `s`: `str()`, then [`format_text`].
    Str,
    /// `r`: `repr()`, then [`format_text`].
    Repr,
    /// `a`: `ascii()`, then [`format_text`].
    Ascii,
    /// `c`: an int ([`format_char`]) or a string of one character ([`format_text`] without precision).
    Char,
    /// `d`, `i`, `u`: any number, truncated; [`format_integer`].
    Decimal,
    /// `o`, `x`, `X`: ints only; [`format_integer`].
    Radix,
    /// `e`, `f`, `g` and capitals; [`format_real`].
    Float,
}

impl Field {
    /// The conversion, or the `ValueError` for an unsupported one. Where text is made, that shows a question mark for what can't be printed.
    pub fn conversion(&self, bytes: bool) -> TextResult<Conversion> {
        Ok(match char::from_u32(self.code) {
            Some('s') => Conversion::Str,
            Some('r') => Conversion::Repr,
            Some('a') => Conversion::Ascii,
            Some('c') => Conversion::Char,
            Some('d' | 'i' | 'u') => Conversion::Decimal,
            Some('o' | 'x' | 'X') => Conversion::Radix,
            Some('e' | 'E' | 'f' | 'F' | 'g' | 'G') => Conversion::Float,
            _ => {
                let shown =
                    u8::try_from(self.code).ok().filter(|b| (31..127).contains(b) || bytes && b.is_ascii());
                let shown = shown.unwrap_or(b'?');
                return Err(TextError::Value(format!(
                    "unsupported format character '{}' (0x{:x}) at index {}",
                    char::from(shown),
                    self.code,
                    self.index
                )));
            }
        })
    }

    /// The layout, given the values of a `*` width and a `*` precision (else ignored).
    pub fn layout(&self, width: i64, precision: i64) -> TextResult<Layout> {
        let mut flags = self.flags;
        let width = match self.width {
            Size::Absent => 0,
            Size::Fixed(width) => width,
            Size::Argument => {
                flags.left |= width < 0;
                usize::try_from(width.unsigned_abs()).map_err(|_| TextError::Memory)?
            }
        };
        let precision = match self.precision {
            Size::Absent => None,
            Size::Fixed(precision) => Some(precision),
            Size::Argument if precision > i64::from(i32::MAX) => {
                return Err(TextError::overflow("Python int too large to convert to C int"));
            }
            Size::Argument => Some(usize::try_from(precision).unwrap_or(0)),
        };
        Ok(Layout { flags, width, precision, code: self.code })
    }
}

/// The segments of a format string.
#[derive(Clone, Debug)]
pub struct Segments<'a> {
    text: Text<'a>,
    at: usize,
}

/// Walks over the segments of a format string; after an error it ends.
pub fn segments(format: Text<'_>) -> Segments<'_> {
    Segments { text: format, at: 0 }
}

impl Segments<'_> {
    fn peek(&self) -> Option<char> {
        // A lone surrogate is no character of the syntax, so any other character may stand for it.
        self.text.get(self.at).map(|c| char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn literal(&mut self) -> Span {
        let start = self.at;
        while self.peek().is_some_and(|c| c != '%') {
            self.at += 1;
        }
        (start, self.at)
    }

    fn key(&mut self) -> TextResult<Option<Span>> {
        if self.peek() != Some('(') {
            return Ok(None);
        }
        let (start, mut depth) = (self.at + 1, 0_usize);
        while let Some(c) = self.peek() {
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return Ok(Some((start, self.at - 1)));
            }
        }
        Err(TextError::value("incomplete format key"))
    }

    fn flags(&mut self) -> Flags {
        let mut flags = Flags::default();
        loop {
            match self.peek() {
                Some('-') => flags.left = true,
                Some('+') => flags.plus = true,
                Some(' ') => flags.space = true,
                Some('#') => flags.alternate = true,
                Some('0') => flags.zero = true,
                _ => return flags,
            }
            self.at += 1;
        }
    }

    /// A number or `*`; no digits give `None`.
    fn size(&mut self, limit: usize, message: &str) -> TextResult<Option<Size>> {
        if self.peek() == Some('*') {
            self.at += 1;
            return Ok(Some(Size::Argument));
        }
        let mut value: Option<usize> = None;
        while let Some(digit) = self.peek().filter(char::is_ascii_digit).and_then(|c| c.to_digit(10)) {
            let next = value.unwrap_or(0).checked_mul(10).and_then(|v| v.checked_add(digit as usize));
            value = Some(next.filter(|&v| v <= limit).ok_or_else(|| TextError::value(message))?);
            self.at += 1;
        }
        Ok(value.map(Size::Fixed))
    }

    /// What follows a `%`.
    fn field(&mut self) -> TextResult<Segment> {
        let start = self.at;
        if self.peek() == Some('%') {
            self.at += 1;
            return Ok(Segment::Literal((start, self.at)));
        }
        let key = self.key()?;
        let flags = self.flags();
        let width = self.size(isize::MAX as usize, "width too big")?.unwrap_or(Size::Absent);
        let mut precision = Size::Absent;
        if self.peek() == Some('.') {
            self.at += 1;
            precision = self.size(i32::MAX as usize, "precision too big")?.unwrap_or(Size::Fixed(0));
        }
        if matches!(self.peek(), Some('h' | 'l' | 'L')) {
            self.at += 1;
        }
        let index = self.at;
        let code = self.text.get(index).ok_or_else(|| TextError::value("incomplete format"))?;
        self.at += 1;
        Ok(Segment::Field(Field { key, flags, width, precision, code, index }))
    }
}

impl Iterator for Segments<'_> {
    type Item = TextResult<Segment>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.peek()? {
            '%' => {
                self.at += 1;
                let found = self.field();
                if found.is_err() {
                    self.at = self.text.len();
                }
                Some(found)
            }
            _ => Some(Ok(Segment::Literal(self.literal()))),
        }
    }
}

/// A field with its sizes known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The flags; a negative `*` width has set `left`.
    pub flags: Flags,
    /// The least width.
    pub width: usize,
    /// The precision.
    pub precision: Option<usize>,
    /// The conversion character.
    pub code: u32,
}

/// Formats the `str`, `repr` or `ascii` of a value: cuts it to the precision, and pads.
pub fn format_text(text: Text<'_>, layout: &Layout) -> TextResult<TextOwned> {
    let shown = text.piece(0, layout.precision.unwrap_or(usize::MAX));
    pad(shown.as_text(), layout)
}

/// Pads with spaces to the width, without cutting.
pub fn pad(text: Text<'_>, layout: &Layout) -> TextResult<TextOwned> {
    let missing = layout.width.saturating_sub(text.len());
    let mut buf = TextBuf::try_with_capacity(0)?;
    buf.try_repeat(u32::from(' '), if layout.flags.left { 0 } else { missing })?;
    buf.try_push_text(text)?;
    buf.try_repeat(u32::from(' '), if layout.flags.left { missing } else { 0 })?;
    Ok(buf.finish())
}

/// Formats the code point of `%c`.
pub fn format_char(value: IntRef<'_>, layout: &Layout) -> TextResult<TextOwned> {
    let point = value.to_i64().and_then(|v| u32::try_from(v).ok()).filter(|&c| c <= 0x10_ffff);
    let point = point.ok_or_else(|| TextError::overflow("%c arg not in range(0x110000)"))?;
    let mut buf = TextBuf::new();
    buf.push(point);
    pad(buf.finish().as_text(), layout)
}

/// Formats an int by `d`, `i`, `u`, `o`, `x` or `X`.
pub fn format_integer(value: IntRef<'_>, layout: &Layout, max_digits: usize) -> TextResult<TextOwned> {
    if layout.precision.is_some_and(|p| p > i32::MAX as usize - 3) {
        return Err(TextError::overflow("precision too large"));
    }
    let (radix, prefix) = match char::from_u32(layout.code) {
        Some('o') => (8, "0o"),
        Some('x') => (16, "0x"),
        Some('X') => (16, "0X"),
        _ => (10, ""),
    };
    let mut written =
        if radix == 10 { int::to_decimal(value, max_digits)? } else { int::to_radix(value, radix) };
    if layout.code == u32::from('X') {
        written.make_ascii_uppercase();
    }
    let digits = written.trim_start_matches('-');
    let prefix = if layout.flags.alternate { prefix } else { "" };
    let zeros = layout.precision.unwrap_or(0).saturating_sub(digits.len());
    number(written.starts_with('-'), prefix, zeros, digits, layout)
}

/// Formats a float by `e`, `f`, `g` or their capitals.
pub fn format_real(value: f64, layout: &Layout) -> TextResult<TextOwned> {
    let code = char::from_u32(layout.code).unwrap_or('g');
    let style = FloatStyle {
        notation: match code.to_ascii_lowercase() {
            'e' => Notation::Exponent,
            'f' => Notation::Fixed,
            _ => Notation::General,
        },
        precision: layout.precision.unwrap_or(6),
        alternate: layout.flags.alternate,
        add_dot_zero: false,
        capital: code.is_ascii_uppercase(),
    };
    let written = to_text(value, style)?;
    number(written.starts_with('-'), "", 0, written.trim_start_matches('-'), layout)
}

fn number(
    negative: bool,
    prefix: &str,
    zeros: usize,
    digits: &str,
    layout: &Layout,
) -> TextResult<TextOwned> {
    let Layout { flags, width, .. } = *layout;
    let sign = match (negative, flags.plus, flags.space) {
        (true, _, _) => "-",
        (_, true, _) => "+",
        (_, _, true) => " ",
        _ => "",
    };
    let content = sign.len() + prefix.len() + digits.len();
    let missing = width.saturating_sub(content.saturating_add(zeros));
    let (before, fill_zeros, after) = match (flags.left, flags.zero) {
        (true, _) => (0, 0, missing),
        (_, true) => (0, missing, 0),
        _ => (missing, 0, 0),
    };
    let zeros = zeros.saturating_add(fill_zeros);
    if zeros > SIZE_LIMIT {
        return Err(TextError::Memory);
    }
    let mut buf = TextBuf::try_with_capacity(content)?;
    buf.try_repeat(u32::from(' '), before)?;
    buf.push_str(sign);
    buf.push_str(prefix);
    buf.try_repeat(u32::from('0'), zeros)?;
    buf.try_push_text(Text::Ascii(digits))?;
    buf.try_repeat(u32::from(' '), after)?;
    Ok(buf.finish())
}
