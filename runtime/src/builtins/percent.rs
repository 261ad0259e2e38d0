//! `str % arguments` and `bytes % arguments`.
//!
//! Bytes are formatted as the text of the same Latin-1 characters, and turned back.

use super::common::{fail, Res};
use super::convert::{exact, index_opt, int_kind, max_str_digits, owned_text, With};
use super::{float_type, int_type, repr};
use crate::object::raise::{self, Raised};
use crate::object::{
    attr, buffer, bytes, call, class, classes, int, names, shape_of, shapes, str, subscript, tuple,
};
use crate::text::codec::{self, Codec};
use crate::text::int::IntRef;
use crate::text::percent::{
    format_char, format_integer, format_real, format_text, pad, segments, Conversion, Field, Layout, Segment,
    Size,
};
use crate::text::{Text, TextBuf, TextOwned, TextResult};
use num_traits::ToPrimitive;
use taipan_gc::{Cx, Handle};

/// The arguments, and how many were used.
struct Values<'s> {
    /// The tuple, or the one argument, or the value of the last key.
    given: Handle<'s>,
    /// Length of the tuple; `None` for a single argument.
    len: Option<usize>,
    used: usize,
    /// What keys are looked up in.
    mapping: Option<Handle<'s>>,
    /// Whether bytes are made.
    bytes: bool,
}

/// `template % arguments`; the template is a string or bytes.
pub fn format_percent<'s>(cx: &mut Cx<'s>, template: Handle<'s>, arguments: Handle<'s>) -> Res<'s> {
    if let Some(template) = bytes::of(cx, template.get(cx)).map(|b| bytes::content(b).to_vec()) {
        return format_bytes(cx, &template, arguments);
    }
    let Some(template) = str::of_handle(cx, template) else {
        fail!(cx, TYPE_ERROR, "{} is not a str", class::type_name(cx, template.get(cx)));
    };
    let template = owned_text(cx, template)?;
    let text = expand(cx, &template, arguments, false)?;
    Ok(str::from_owned(cx, &text)?.any())
}

/// `bytes % arguments`
pub(crate) fn format_bytes<'s>(cx: &mut Cx<'s>, template: &[u8], arguments: Handle<'s>) -> Res<'s> {
    let template = codec::decode(template, Codec::Latin1, "strict").with(cx)?;
    let text = expand(cx, &template, arguments, true)?;
    let data = codec::encode(text.as_text(), Codec::Latin1, "strict").with(cx)?;
    Ok(bytes::new(cx, &data)?.any())
}

fn expand<'s>(
    cx: &mut Cx<'s>,
    template: &TextOwned,
    arguments: Handle<'s>,
    bytes: bool,
) -> Result<TextOwned, Raised> {
    let local = arguments.get(cx);
    let tuple = tuple::of(cx, local);
    let is_text = str::of(cx, local).is_some() || bytes && bytes::of(cx, local).is_some();
    let mapping = tuple.is_none() && !is_text && attr::special(cx, local, names::GETITEM).is_some();
    let mut values = Values {
        given: cx.root(tuple.map_or(local, |t| t.any())),
        len: tuple.map(tuple::len),
        used: 0,
        mapping: mapping.then_some(arguments),
        bytes,
    };
    let mut out = TextBuf::new();
    let text = template.as_text();
    for segment in segments(text) {
        match segment.with(cx)? {
            Segment::Literal((start, end)) => out.try_push_text(text.piece(start, end).as_text()).with(cx)?,
            Segment::Field(field) => {
                let made = write_field(cx, text, &field, &mut values)?;
                out.try_push_text(made.as_text()).with(cx)?;
            }
        }
    }
    if values.used < values.len.unwrap_or(1) && values.mapping.is_none() {
        let what = if bytes { "bytes" } else { "string" };
        fail!(cx, TYPE_ERROR, "not all arguments converted during {what} formatting");
    }
    Ok(out.finish())
}

/// The next argument.
fn next<'s>(cx: &mut Cx<'s>, values: &mut Values<'s>) -> Res<'s> {
    if values.used >= values.len.unwrap_or(1) {
        fail!(cx, TYPE_ERROR, "not enough arguments for format string");
    }
    values.used += 1;
    let item = match values.len {
        Some(_) => tuple::get(cx, values.given.get(cx), values.used - 1).map(|v| cx.root(v)),
        None => None,
    };
    Ok(item.unwrap_or(values.given))
}

/// The value of a `*` width or precision.
fn size<'s>(cx: &mut Cx<'s>, size: Size, values: &mut Values<'s>) -> Result<i64, Raised> {
    if size != Size::Argument {
        return Ok(0);
    }
    let value = next(cx, values)?;
    if !int_kind(cx, value.get(cx)) {
        fail!(cx, TYPE_ERROR, "* wants int");
    }
    match int::to_big(cx, value.get(cx)).and_then(|b| b.to_i64()) {
        Some(size) => Ok(size),
        None => fail!(cx, OVERFLOW_ERROR, "Python int too large to convert to C ssize_t"),
    }
}

fn write_field<'s>(
    cx: &mut Cx<'s>,
    template: Text<'_>,
    field: &Field,
    values: &mut Values<'s>,
) -> Result<TextOwned, Raised> {
    if let Some((start, end)) = field.key {
        let Some(mapping) = values.mapping else {
            fail!(cx, TYPE_ERROR, "format requires a mapping");
        };
        let piece = template.piece(start, end);
        let key = if values.bytes {
            let key = codec::encode(piece.as_text(), Codec::Latin1, "strict").with(cx)?;
            bytes::new(cx, &key)?.any()
        } else {
            str::from_text(cx, piece.as_text())?.any()
        };
        values.given = subscript::get(cx, mapping, key)?;
        values.len = None;
        values.used = 0;
    }
    let width = size(cx, field.width, values)?;
    let precision = size(cx, field.precision, values)?;
    let layout = field.layout(width, precision).with(cx)?;
    let value = next(cx, values)?;
    if values.bytes {
        if let Some(made) = bytes_field(cx, field, &layout, value)? {
            return Ok(made);
        }
    }
    let conversion = field.conversion(values.bytes).with(cx)?;
    convert(cx, conversion, &layout, value)
}

fn convert<'s>(
    cx: &mut Cx<'s>,
    conversion: Conversion,
    layout: &Layout,
    value: Handle<'s>,
) -> Result<TextOwned, Raised> {
    let shown = match conversion {
        Conversion::Str => repr::str(cx, value)?,
        Conversion::Repr => repr::repr(cx, value)?,
        Conversion::Ascii => repr::ascii(cx, value)?,
        Conversion::Char => return character(cx, layout, value),
        Conversion::Decimal => return integer(cx, layout, value, false),
        Conversion::Radix => return integer(cx, layout, value, true),
        Conversion::Float => {
            let x = float_type::as_double(cx, value)?;
            return format_real(x, layout).with(cx);
        }
    };
    let made = format_text(str::text(shown.get(cx)), layout);
    made.with(cx)
}

/// Formats an int.
fn with_int(
    cx: &mut Cx<'_>,
    value: Handle<'_>,
    format: impl FnOnce(IntRef<'_>) -> TextResult<TextOwned>,
) -> Result<TextOwned, Raised> {
    let made = format(int::view(cx, value.get(cx)).unwrap_or(IntRef::Small(0)));
    made.with(cx)
}

fn character<'s>(cx: &mut Cx<'s>, layout: &Layout, value: Handle<'s>) -> Result<TextOwned, Raised> {
    if let Some(string) = str::of(cx, value.get(cx)) {
        let text = str::text(string);
        if text.len() == 1 {
            return pad(text, layout).with(cx);
        }
        fail!(cx, TYPE_ERROR, "%c requires int or char");
    }
    match index_opt(cx, value)? {
        Some(found) => with_int(cx, found, |i| format_char(i, layout)),
        None => fail!(cx, TYPE_ERROR, "%c requires int or char"),
    }
}

/// `%d` and `%x`: what is no int is converted, to the letter as CPython does.
fn integer<'s>(
    cx: &mut Cx<'s>,
    layout: &Layout,
    value: Handle<'s>,
    strict: bool,
) -> Result<TextOwned, Raised> {
    let digits = max_str_digits(cx);
    let found = if int_kind(cx, value.get(cx)) {
        Some(exact(cx, value))
    } else if strict {
        catch_type_error(cx, |cx| index_opt(cx, value))?
    } else if is_number(cx, value) {
        catch_type_error(cx, |cx| int_type::to_int(cx, value))?
    } else {
        None
    };
    match found {
        Some(found) => with_int(cx, found, |i| format_integer(i, layout, digits)),
        None => {
            let code = char::from_u32(layout.code).unwrap_or('d');
            let wanted = if strict { "an integer" } else { "a real number" };
            let given = class::type_name(cx, value.get(cx));
            fail!(cx, TYPE_ERROR, "%{code} format: {wanted} is required, not {given}");
        }
    }
}

fn catch_type_error<'s>(
    cx: &mut Cx<'s>,
    convert: impl FnOnce(&mut Cx<'s>) -> Result<Option<Handle<'s>>, Raised>,
) -> Result<Option<Handle<'s>>, Raised> {
    match convert(cx) {
        Err(raised) => raise::catch(cx, raised, classes::TYPE_ERROR).map(|()| None),
        found => found,
    }
}

/// Whether the value has `__index__`, `__int__` or `__float__`.
fn is_number(cx: &Cx<'_>, value: Handle<'_>) -> bool {
    let local = value.get(cx);
    matches!(shape_of(local), shapes::FLOAT)
        || [names::INDEX, names::INT, names::FLOAT].iter().any(|&n| attr::special(cx, local, n).is_some())
}

/// The conversions that bytes have instead of those of text.
fn bytes_field<'s>(
    cx: &mut Cx<'s>,
    field: &Field,
    layout: &Layout,
    value: Handle<'s>,
) -> Result<Option<TextOwned>, Raised> {
    let data = match char::from_u32(field.code) {
        Some('s' | 'b') => bytes_like(cx, value)?,
        Some('r') => {
            let shown = repr::ascii(cx, value)?;
            str::lossy(shown.get(cx)).into_bytes()
        }
        Some('c') => {
            let one = bytes::of(cx, value.get(cx)).map(|b| bytes::content(b).to_vec());
            let byte = match one {
                Some(one) if one.len() == 1 => Some(one),
                Some(_) => None,
                None => match index_opt(cx, value)? {
                    Some(found) => match int::to_i64(cx, found.get(cx)).map(u8::try_from) {
                        Some(Ok(byte)) => Some(vec![byte]),
                        _ => fail!(cx, OVERFLOW_ERROR, "%c arg not in range(256)"),
                    },
                    None => None,
                },
            };
            match byte {
                Some(byte) => byte,
                None => fail!(cx, TYPE_ERROR, "%c requires an integer in range(256) or a single byte"),
            }
        }
        _ => return Ok(None),
    };
    let text = codec::decode(&data, Codec::Latin1, "strict").with(cx)?;
    format_text(text.as_text(), layout).with(cx).map(Some)
}

fn bytes_like(cx: &mut Cx<'_>, value: Handle<'_>) -> Result<Vec<u8>, Raised> {
    if let Some(found) = buffer::content(cx, value, true)? {
        return Ok(found);
    }
    let made = call::call_special(cx, value, names::BYTES, &[])?;
    let data = made.and_then(|m| bytes::of(cx, m.get(cx)).map(|b| bytes::content(b).to_vec()));
    match data {
        Some(data) => Ok(data),
        None => {
            let given = class::type_name(cx, value.get(cx));
            let wanted = "%b requires a bytes-like object, or an object that implements __bytes__";
            fail!(cx, TYPE_ERROR, "{wanted}, not '{given}'");
        }
    }
}
