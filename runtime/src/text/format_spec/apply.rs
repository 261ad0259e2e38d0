//! Formatting of values by a specification.
//!
//! Leaves out the dispatch to `__format__`.

use super::number::{lay_out, Parts};
use super::parse::{parse, unknown_kind, Align, FormatSpec, Sign};
use crate::text::buf::{TextBuf, TextOwned};
use crate::text::error::{TextError, TextResult};
use crate::text::float::{to_text, FloatStyle, Notation};
use crate::text::int::{self, IntRef};
use crate::text::view::Text;

/// `format(text, spec)`.
pub fn format_str(text: Text<'_>, spec: Text<'_>, type_name: &str) -> TextResult<TextOwned> {
    if spec.is_empty() {
        return text.to_owned_text();
    }
    let spec = parse(spec, Align::Left, Some('s'), type_name)?;
    if let Some(kind) = spec.kind.filter(|&kind| kind != u32::from('s')) {
        return Err(unknown_kind(kind, type_name));
    }
    let refused = if spec.sign == Sign::Space {
        "Space not allowed in string format specifier"
    } else if spec.sign != Sign::Default {
        "Sign not allowed in string format specifier"
    } else if spec.no_negative_zero {
        "Negative zero coercion (z) not allowed in string format specifier"
    } else if spec.alternate {
        "Alternate form (#) not allowed in string format specifier"
    } else if spec.align == Align::Numeric {
        "'=' alignment not allowed in string format specifier"
    } else {
        ""
    };
    if !refused.is_empty() {
        return Err(TextError::value(refused));
    }
    let shown = text.piece(0, spec.precision.unwrap_or(usize::MAX));
    let padding = spec.width.saturating_sub(shown.as_text().len());
    let before = match spec.align {
        Align::Right => padding,
        Align::Center => padding / 2,
        Align::Left | Align::Numeric => 0,
    };
    let mut buf = TextBuf::try_with_capacity(0)?;
    buf.try_repeat(spec.fill, before)?;
    buf.try_push_text(shown.as_text())?;
    buf.try_repeat(spec.fill, padding - before)?;
    Ok(buf.finish())
}

/// `format(value, spec)` of an int; `type_name` is `int`, `bool` or a subclass's name.
pub fn format_int(
    value: IntRef<'_>,
    spec: Text<'_>,
    type_name: &str,
    max_digits: usize,
) -> TextResult<TextOwned> {
    if spec.is_empty() {
        return int::to_decimal(value, max_digits).map(TextOwned::Ascii);
    }
    let spec = parse(spec, Align::Right, Some('d'), type_name)?;
    let kind = spec.kind.unwrap_or(u32::from('d'));
    match char::from_u32(kind) {
        Some('b' | 'c' | 'd' | 'o' | 'x' | 'X' | 'n') => {}
        Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%') => {
            return float(int::to_float(value)?, &spec, type_name)
        }
        _ => return Err(unknown_kind(kind, type_name)),
    }
    if spec.precision.is_some() {
        return Err(TextError::value("Precision not allowed in integer format specifier"));
    }
    if spec.no_negative_zero {
        return Err(TextError::value("Negative zero coercion (z) not allowed in integer format specifier"));
    }
    let (radix, prefix) = match char::from_u32(kind) {
        Some('c') => return character(value, &spec),
        Some('b') => (2, "0b"),
        Some('o') => (8, "0o"),
        Some('x') => (16, "0x"),
        Some('X') => (16, "0X"),
        _ => (10, ""),
    };
    let mut written =
        if radix == 10 { int::to_decimal(value, max_digits)? } else { int::to_radix(value, radix) };
    if kind == u32::from('X') {
        written.make_ascii_uppercase();
    }
    let digits = written.trim_start_matches('-');
    let parts = Parts {
        negative: written.starts_with('-'),
        prefix: if spec.alternate { prefix } else { "" },
        digits,
        rest: "",
        character: None,
        group: if radix == 10 { 3 } else { 4 },
    };
    lay_out(&parts, &spec)
}

fn character(value: IntRef<'_>, spec: &FormatSpec) -> TextResult<TextOwned> {
    if spec.sign != Sign::Default {
        return Err(TextError::value("Sign not allowed with integer format specifier 'c'"));
    }
    if spec.alternate {
        return Err(TextError::value("Alternate form (#) not allowed with integer format specifier 'c'"));
    }
    let too_large = || TextError::overflow("Python int too large to convert to C long");
    let point = u32::try_from(value.to_i64().ok_or_else(too_large)?).ok().filter(|&c| c <= 0x10_ffff);
    let point = point.ok_or_else(|| TextError::overflow("%c arg not in range(0x110000)"))?;
    let parts = Parts { negative: false, prefix: "", digits: "", rest: "", character: Some(point), group: 3 };
    lay_out(&parts, spec)
}

/// `format(value, spec)` of a float.
pub fn format_float(value: f64, spec: Text<'_>, type_name: &str) -> TextResult<TextOwned> {
    if spec.is_empty() {
        return Ok(TextOwned::Ascii(crate::text::float::repr(value)));
    }
    let spec = parse(spec, Align::Right, None, type_name)?;
    float(value, &spec, type_name)
}

fn float(value: f64, spec: &FormatSpec, type_name: &str) -> TextResult<TextOwned> {
    let code = match spec.kind {
        None => None,
        Some(kind) => match char::from_u32(kind) {
            Some(code @ ('e' | 'E' | 'f' | 'F' | 'g' | 'G' | 'n' | '%')) => Some(code),
            _ => return Err(unknown_kind(kind, type_name)),
        },
    };
    if spec.precision.is_some_and(|p| i32::try_from(p).is_err()) {
        return Err(TextError::value("precision too big"));
    }
    let notation = match code {
        Some('e' | 'E') => Notation::Exponent,
        Some('f' | 'F' | '%') => Notation::Fixed,
        None if spec.precision.is_none() => Notation::Shortest,
        _ => Notation::General,
    };
    let style = FloatStyle {
        notation,
        precision: spec.precision.unwrap_or(6),
        alternate: spec.alternate,
        add_dot_zero: code.is_none(),
        capital: matches!(code, Some('E' | 'F' | 'G')),
    };
    let percent = code == Some('%');
    let mut written = to_text(if percent { value * 100.0 } else { value }, style)?;
    if percent {
        written.push('%');
    }
    let unsigned = written.trim_start_matches('-');
    // Whether the digits are all zero; an exponent's digits do not count.
    let mantissa = unsigned.split(['e', 'E']).next().unwrap_or("");
    let is_zero = value.is_finite() && !mantissa.bytes().any(|b| matches!(b, b'1'..=b'9'));
    let digits_end = unsigned.bytes().take_while(u8::is_ascii_digit).count();
    let (digits, rest) = unsigned.split_at(digits_end);
    let parts = Parts {
        negative: written.starts_with('-') && !(spec.no_negative_zero && is_zero),
        prefix: "",
        digits,
        rest,
        character: None,
        group: 3,
    };
    lay_out(&parts, spec)
}
