//! `str.format`: the parser of templates and of field names.
//!
//! [`fields`] walks over a template lazily, since CPython formats as it parses. The caller looks
//! the fields up ([`field_name`]), converts (`!r`, see [`conversion`]), expands a nested
//! specification by walking over its span with depth - 1, and calls `__format__`. Leaves out all of
//! that, and the rules of `format_map`.

use super::error::{TextError, TextResult};
use super::str_ops::Span;
use super::unicode::decimal_value;
use super::view::Text;

/// How deep templates nest: a template and the specifications in it.
pub const MAX_DEPTH: usize = 2;

/// A stretch of literal text, and the field that may follow it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Markup {
    /// Characters to copy. A doubled brace ends a stretch, of which it counts as one character.
    pub literal: Span,
    /// The field.
    pub field: Option<Field>,
}

/// A replacement field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// The field name with its accessors; parse it by [`field_name`].
    pub name: Span,
    /// The character after `!`, not checked yet (see [`conversion`]).
    pub conversion: Option<u32>,
    /// The specification.
    pub spec: Span,
    /// Whether the specification contains fields itself.
    pub nested: bool,
}

/// The markup of a template.
#[derive(Clone, Debug)]
pub struct Fields<'a> {
    text: Text<'a>,
    at: usize,
    end: usize,
}

/// Walks over the part `span` of a template; after an error it ends. `depth` is [`MAX_DEPTH`]
/// for a template and one less for each nested specification.
pub fn fields(template: Text<'_>, span: Span, depth: usize) -> TextResult<Fields<'_>> {
    if depth == 0 {
        return Err(TextError::value("Max string recursion exceeded"));
    }
    Ok(Fields { text: template, at: span.0, end: span.1.min(template.len()) })
}

impl Fields<'_> {
    fn next_char(&mut self) -> Option<u32> {
        let c = if self.at < self.end { self.text.get(self.at) } else { None };
        self.at += usize::from(c.is_some());
        c
    }

    fn markup(&mut self) -> TextResult<Markup> {
        let start = self.at;
        let mut brace = None;
        while let Some(c) = self.next_char() {
            if c == u32::from('{') || c == u32::from('}') {
                brace = Some(c);
                break;
            }
        }
        let Some(brace) = brace else { return Ok(Markup { literal: (start, self.at), field: None }) };
        let after = self.at;
        let next = if after < self.end { self.text.get(after) } else { None };
        if next == Some(brace) {
            self.at += 1;
            return Ok(Markup { literal: (start, after), field: None });
        }
        if brace == u32::from('}') {
            return Err(TextError::value("Single '}' encountered in format string"));
        }
        if next.is_none() {
            return Err(TextError::value("Single '{' encountered in format string"));
        }
        Ok(Markup { literal: (start, after - 1), field: Some(self.field()?) })
    }

    fn field(&mut self) -> TextResult<Field> {
        let start = self.at;
        let mut last = None;
        while let Some(c) = self.next_char() {
            last = char::from_u32(c);
            match last {
                Some('{') => return Err(TextError::value("unexpected '{' in field name")),
                Some('[') => {
                    while self.at < self.end && self.text.get(self.at) != Some(u32::from(']')) {
                        self.at += 1;
                    }
                }
                Some('}' | ':' | '!') => break,
                _ => {}
            }
        }
        let name = (start, self.at - 1);
        let mut field = Field { name, conversion: None, spec: (self.at, self.at), nested: false };
        match last {
            Some('}') => return Ok(field),
            Some(':') => {}
            Some('!') => {
                field.conversion = Some(self.next_char().ok_or_else(|| {
                    TextError::value("end of string while looking for conversion specifier")
                })?);
                match self.next_char().map(char::from_u32) {
                    Some(Some('}')) => return Ok(field),
                    None | Some(Some(':')) => {}
                    _ => return Err(TextError::value("expected ':' after conversion specifier")),
                }
            }
            _ => return Err(TextError::value("expected '}' before end of string")),
        }
        let start = self.at;
        let mut depth = 1_usize;
        while let Some(c) = self.next_char() {
            if c == u32::from('{') {
                field.nested = true;
                depth += 1;
            } else if c == u32::from('}') {
                depth -= 1;
                if depth == 0 {
                    field.spec = (start, self.at - 1);
                    return Ok(field);
                }
            }
        }
        Err(TextError::value("unmatched '{' in format spec"))
    }
}

impl Iterator for Fields<'_> {
    type Item = TextResult<Markup>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.end {
            return None;
        }
        let found = self.markup();
        if found.is_err() {
            self.at = self.end;
        }
        Some(found)
    }
}

/// What to do with a value before it is formatted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conversion {
    /// `!r`.
    Repr,
    /// `!s`.
    Str,
    /// `!a`.
    Ascii,
}

/// The conversion of this character, or the `ValueError` for it.
pub fn conversion(code: u32) -> TextResult<Conversion> {
    match char::from_u32(code) {
        Some('r') => Ok(Conversion::Repr),
        Some('s') => Ok(Conversion::Str),
        Some('a') => Ok(Conversion::Ascii),
        _ => {
            let shown = match u8::try_from(code) {
                Ok(byte @ 33..=126) => char::from(byte).to_string(),
                _ => format!("\\x{code:x}"),
            };
            Err(TextError::Value(format!("Unknown conversion specifier {shown}")))
        }
    }
}

/// Whether the fields of a template are numbered by hand; shared with nested specifications.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Numbering {
    manual: Option<bool>,
    next: usize,
}

/// What a field name starts with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First {
    /// A positional argument.
    Index(usize),
    /// A keyword argument, named by a span of the template.
    Name(Span),
}

/// A step from a value to a part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accessor {
    /// `.name`.
    Attribute(Span),
    /// `[17]`.
    Index(usize),
    /// `[key]`.
    Key(Span),
}

/// The accessors of a field name, parsed as they are needed.
#[derive(Clone, Debug)]
pub struct Accessors<'a> {
    text: Text<'a>,
    at: usize,
    end: usize,
}

/// Splits a field name. `numbering` is the template's; `None` is for `string.Formatter`, where an
/// empty name stays one.
pub fn field_name<'a>(
    template: Text<'a>,
    name: Span,
    numbering: Option<&mut Numbering>,
) -> TextResult<(First, Accessors<'a>)> {
    let (start, end) = (name.0, name.1.min(template.len()));
    let stops = |at: usize| matches!(template.get(at).and_then(char::from_u32), Some('.' | '['));
    let at = (start..end).find(|&at| stops(at)).unwrap_or(end);
    let index = number(template, start, at)?;
    let mut first = index.map_or(First::Name((start, at)), First::Index);
    if let Some(numbering) = numbering {
        let automatic = at == start;
        if automatic || index.is_some() {
            match numbering.manual {
                Some(true) if automatic => {
                    return Err(TextError::value(
                        "cannot switch from manual field specification to automatic field numbering",
                    ))
                }
                Some(false) if !automatic => {
                    return Err(TextError::value(
                        "cannot switch from automatic field numbering to manual field specification",
                    ))
                }
                _ => numbering.manual = Some(!automatic),
            }
        }
        if automatic {
            first = First::Index(numbering.next);
            numbering.next += 1;
        }
    }
    Ok((first, Accessors { text: template, at, end }))
}

/// The number that makes up a whole span, if it is one.
fn number(text: Text<'_>, start: usize, end: usize) -> TextResult<Option<usize>> {
    let mut value: Option<i64> = None;
    for at in start..end {
        let Some(digit) = text.get(at).and_then(decimal_value) else { return Ok(None) };
        let next = value.unwrap_or(0).checked_mul(10).and_then(|v| v.checked_add(i64::from(digit)));
        value = Some(next.ok_or_else(|| TextError::value("Too many decimal digits in format string"))?);
    }
    Ok(value.and_then(|v| usize::try_from(v).ok()))
}

impl Accessors<'_> {
    fn accessor(&mut self) -> TextResult<Accessor> {
        let opener = self.text.get(self.at).and_then(char::from_u32);
        self.at += 1;
        let start = self.at;
        let at_char = |at: usize| self.text.get(at).and_then(char::from_u32);
        let found = match opener {
            Some('.') => {
                let stop = (start..self.end).find(|&at| matches!(at_char(at), Some('.' | '[')));
                self.at = stop.unwrap_or(self.end);
                Accessor::Attribute((start, self.at))
            }
            Some('[') => {
                let stop = (start..self.end).find(|&at| at_char(at) == Some(']'));
                let stop = stop.ok_or_else(|| TextError::value("Missing ']' in format string"))?;
                self.at = stop + 1;
                match number(self.text, start, stop)? {
                    Some(index) => Accessor::Index(index),
                    None => Accessor::Key((start, stop)),
                }
            }
            _ => {
                let message = "Only '.' or '[' may follow ']' in format field specifier";
                return Err(TextError::value(message));
            }
        };
        if let Accessor::Attribute((start, end)) | Accessor::Key((start, end)) = found {
            if start == end {
                return Err(TextError::value("Empty attribute in format string"));
            }
        }
        Ok(found)
    }
}

impl Iterator for Accessors<'_> {
    type Item = TextResult<Accessor>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.end {
            return None;
        }
        let found = self.accessor();
        if found.is_err() {
            self.at = self.end;
        }
        Some(found)
    }
}
