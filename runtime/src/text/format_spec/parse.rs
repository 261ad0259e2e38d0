//! The parser of format specifications.
//!
//! Leaves out which fields suit which type: `apply` checks that.

use crate::text::error::{TextError, TextResult};
use crate::text::unicode::decimal_value;
use crate::text::view::Text;

/// Where the padding goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// `<`: after the text.
    Left,
    /// `>`: before the text.
    Right,
    /// `^`: on both sides.
    Center,
    /// `=`: between sign and digits.
    Numeric,
}

/// What to write before numbers that are not negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Nothing was asked for, which means nothing.
    Default,
    /// `-`: nothing.
    Minus,
    /// `+`: a plus.
    Plus,
    /// A space.
    Space,
}

/// What separates groups of digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grouping {
    /// No groups.
    None,
    /// A comma every three digits.
    Comma,
    /// An underscore every three digits (four in bases 2, 8 and 16).
    Underscore,
}

/// A parsed format specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FormatSpec {
    /// The character to pad with.
    pub fill: u32,
    /// Where to pad.
    pub align: Align,
    /// The sign of numbers that are not negative.
    pub sign: Sign,
    /// `z`: a float that rounds to zero loses its minus.
    pub no_negative_zero: bool,
    /// `#`.
    pub alternate: bool,
    /// The least width.
    pub width: usize,
    /// The separator of groups.
    pub grouping: Grouping,
    /// The precision.
    pub precision: Option<usize>,
    /// The presentation type, a code point.
    pub kind: Option<u32>,
}

/// Reads code points of a specification.
struct Reader<'a> {
    text: Text<'a>,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.text.get(self.at + ahead).and_then(char::from_u32)
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek(0) == Some(wanted);
        self.at += usize::from(found);
        found
    }

    /// A number in digits of any script, if there is one.
    fn number(&mut self) -> TextResult<Option<usize>> {
        let (mut value, start): (i64, usize) = (0, self.at);
        while let Some(digit) = self.text.get(self.at).and_then(decimal_value) {
            value = value
                .checked_mul(10)
                .and_then(|v| v.checked_add(i64::from(digit)))
                .ok_or_else(|| TextError::value("Too many decimal digits in format string"))?;
            self.at += 1;
        }
        Ok(if self.at > start { usize::try_from(value).ok() } else { None })
    }
}

fn align_of(c: Option<char>) -> Option<Align> {
    match c {
        Some('<') => Some(Align::Left),
        Some('>') => Some(Align::Right),
        Some('^') => Some(Align::Center),
        Some('=') => Some(Align::Numeric),
        _ => None,
    }
}

/// Parses a specification. `default_align` and `default_kind` are the type's own; `type_name` is
/// for the message.
pub fn parse(
    spec: Text<'_>,
    default_align: Align,
    default_kind: Option<char>,
    type_name: &str,
) -> TextResult<FormatSpec> {
    let mut reader = Reader { text: spec, at: 0 };
    let mut fill = None;
    let mut align = None;
    // The fill may be any code point, so only what follows it tells that it is one.
    if spec.len() >= 2 && align_of(reader.peek(1)).is_some() {
        (fill, align) = (spec.get(0), align_of(reader.peek(1)));
        reader.at = 2;
    } else if align_of(reader.peek(0)).is_some() {
        align = align_of(reader.peek(0));
        reader.at = 1;
    }
    let sign = match reader.peek(0) {
        Some('+') => Sign::Plus,
        Some('-') => Sign::Minus,
        Some(' ') => Sign::Space,
        _ => Sign::Default,
    };
    reader.at += usize::from(sign != Sign::Default);
    let no_negative_zero = reader.take('z');
    let alternate = reader.take('#');
    if fill.is_none() && reader.take('0') {
        fill = Some(u32::from('0'));
        if align.is_none() && default_align == Align::Right {
            align = Some(Align::Numeric);
        }
    }
    let width = reader.number()?.unwrap_or(0);
    let grouping = parse_grouping(&mut reader)?;
    let mut precision = None;
    if reader.take('.') {
        precision = reader.number()?;
        if precision.is_none() {
            return Err(TextError::value("Format specifier missing precision"));
        }
    }
    let kind = match spec.len().saturating_sub(reader.at) {
        0 => default_kind.map(u32::from),
        1 => spec.get(reader.at),
        _ => {
            let shown = spec.to_string_lossy();
            let message = format!("Invalid format specifier '{shown}' for object of type '{type_name}'");
            return Err(TextError::Value(message));
        }
    };
    check_grouping(grouping, kind)?;
    let align = align.unwrap_or(default_align);
    let fill = fill.unwrap_or(u32::from(' '));
    Ok(FormatSpec { fill, align, sign, no_negative_zero, alternate, width, grouping, precision, kind })
}

fn parse_grouping(reader: &mut Reader<'_>) -> TextResult<Grouping> {
    let comma = reader.take(',');
    let underscore = reader.take('_');
    let second_comma = underscore && reader.take(',');
    if (comma && underscore) || second_comma {
        return Err(TextError::value("Cannot specify both ',' and '_'."));
    }
    Ok(match (comma, underscore) {
        (true, _) => Grouping::Comma,
        (_, true) => Grouping::Underscore,
        _ => Grouping::None,
    })
}

fn check_grouping(grouping: Grouping, kind: Option<u32>) -> TextResult<()> {
    let separator = match grouping {
        Grouping::None => return Ok(()),
        Grouping::Comma => ',',
        Grouping::Underscore => '_',
    };
    match kind.and_then(char::from_u32) {
        None if kind.is_none() => Ok(()),
        Some('d' | 'e' | 'f' | 'g' | 'E' | 'G' | '%' | 'F') => Ok(()),
        Some('b' | 'o' | 'x' | 'X') if grouping == Grouping::Underscore => Ok(()),
        _ => {
            let shown = show_code(kind.unwrap_or(0));
            Err(TextError::Value(format!("Cannot specify '{separator}' with '{shown}'.")))
        }
    }
}

/// A presentation type as the messages show it.
fn show_code(code: u32) -> String {
    match u8::try_from(code) {
        Ok(byte @ 33..=127) => char::from(byte).to_string(),
        _ => format!("\\x{code:x}"),
    }
}

/// The `ValueError` for a presentation type that the value's type lacks.
pub(super) fn unknown_kind(kind: u32, type_name: &str) -> TextError {
    TextError::Value(format!("Unknown format code '{}' for object of type '{type_name}'", show_code(kind)))
}
