//! The format protocol: `format(value, spec)`, f-strings, `str.format` and `str.format_map`.

use super::common::{fail, Res};
use super::convert::{built, float_value, max_str_digits, owned_text, self_str, With};
use super::repr;
use crate::object::layout::{Dict, Str};
use crate::object::native::Args;
use crate::object::raise::{self, Raised};
use crate::object::{attr, call, class, classes, dict, int, names, shape_of, shapes, str, subscript};
use crate::text::format_spec::{format_float, format_int, format_str};
use crate::text::int::IntRef;
use crate::text::str_format::{
    conversion, field_name, fields, Accessor, Conversion, Field, First, Numbering, MAX_DEPTH,
};
use crate::text::str_ops::Span;
use crate::text::{Text, TextBuf, TextOwned};
use taipan_gc::{Cx, Handle};

/// `format(value, spec)`; `spec` is a string.
pub fn format<'s>(cx: &mut Cx<'s>, value: Handle<'_>, spec: Handle<'_>) -> Result<Handle<'s, Str>, Raised> {
    let empty = str::of(cx, spec.get(cx)).is_none_or(|s| s.len.get() == 0);
    let local = value.get(cx);
    let builtin = match shape_of(local) {
        shapes::STR_ASCII
        | shapes::STR_WIDE
        | shapes::INT
        | shapes::FLOAT
        | shapes::BOOL
        | shapes::BIGINT => true,
        shapes::NONE => empty,
        _ => false,
    };
    if builtin && empty {
        return repr::str(cx, value);
    }
    let found = if builtin {
        Some(by_spec(cx, value, spec)?)
    } else {
        call::call_special(cx, value, names::FORMAT, &[spec])?
    };
    let Some(found) = found else {
        fail!(cx, TYPE_ERROR, "Type {} doesn't define __format__", class::type_name(cx, value.get(cx)));
    };
    match str::of_handle(cx, found) {
        Some(string) => Ok(string),
        None => {
            let given = class::type_name(cx, found.get(cx));
            fail!(cx, TYPE_ERROR, "__format__ must return a str, not {given}")
        }
    }
}

/// `format(value, "")`, as f-strings do without a specification.
pub fn format_plain<'s>(cx: &mut Cx<'s>, value: Handle<'_>) -> Result<Handle<'s, Str>, Raised> {
    let empty = crate::object::root_handle(cx, crate::object::Root::EmptyStr);
    format(cx, value, empty)
}

/// `__format__` of `str`, `int`, `float` and what derives from them.
pub(crate) fn method<'s>(cx: &mut Cx<'s>, value: Handle<'s>, spec: Handle<'s>) -> Res<'s> {
    let Some(text) = str::of(cx, spec.get(cx)) else {
        let given = class::type_name(cx, spec.get(cx));
        fail!(cx, TYPE_ERROR, "__format__() argument must be str, not {given}");
    };
    if text.len.get() == 0 {
        return Ok(repr::str(cx, value)?.any());
    }
    by_spec(cx, value, spec)
}

/// Formats by a specification that is not empty.
fn by_spec<'s>(cx: &mut Cx<'s>, value: Handle<'_>, spec: Handle<'_>) -> Res<'s> {
    let local = value.get(cx);
    let name = class::type_name(cx, local);
    let digits = max_str_digits(cx);
    let made = {
        let spec = str::of(cx, spec.get(cx)).map_or(Text::EMPTY, str::text);
        if let Some(text) = str::of(cx, local) {
            format_str(str::text(text), spec, &name)
        } else if let Some(x) = float_value(cx, local) {
            format_float(x, spec, &name)
        } else {
            format_int(int::view(cx, local).unwrap_or(IntRef::Small(0)), spec, &name, digits)
        }
    };
    built(cx, made)
}

/// Where fields find their values.
enum Source<'a, 's> {
    /// `str.format(*args, **kwargs)`
    Arguments(&'a Args<'s>),
    /// `str.format_map(mapping)`
    Mapping(Handle<'s>),
}

pub(crate) fn str_format<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    expand(cx, args, &Source::Arguments(args))
}

pub(crate) fn str_format_map<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let mapping = args.at(cx, 1);
    expand(cx, args, &Source::Mapping(mapping))
}

fn expand<'s>(cx: &mut Cx<'s>, args: &Args<'s>, source: &Source<'_, '_>) -> Res<'s> {
    let template = self_str(cx, args)?;
    let template = owned_text(cx, template)?;
    let mut out = TextBuf::new();
    let span = (0, template.as_text().len());
    let mut numbering = Numbering::default();
    write(cx, &template, span, MAX_DEPTH, &mut numbering, source, &mut out)?;
    built(cx, Ok(out.finish()))
}

/// Writes a template, or a specification that is one.
fn write(
    cx: &mut Cx<'_>,
    template: &TextOwned,
    span: Span,
    depth: usize,
    numbering: &mut Numbering,
    source: &Source<'_, '_>,
    out: &mut TextBuf,
) -> Result<(), Raised> {
    let text = template.as_text();
    for markup in fields(text, span, depth).with(cx)? {
        let markup = markup.with(cx)?;
        let literal = text.piece(markup.literal.0, markup.literal.1);
        out.try_push_text(literal.as_text()).with(cx)?;
        if let Some(field) = markup.field {
            cx.scoped(|cx| write_field(cx, template, &field, depth, numbering, source, out))?;
        }
    }
    Ok(())
}

fn write_field(
    cx: &mut Cx<'_>,
    template: &TextOwned,
    field: &Field,
    depth: usize,
    numbering: &mut Numbering,
    source: &Source<'_, '_>,
    out: &mut TextBuf,
) -> Result<(), Raised> {
    let mut value = look_up(cx, template.as_text(), field.name, numbering, source)?;
    if let Some(code) = field.conversion {
        value = match conversion(code).with(cx)? {
            Conversion::Repr => repr::repr(cx, value)?.any(),
            Conversion::Str => repr::str(cx, value)?.any(),
            Conversion::Ascii => repr::ascii(cx, value)?.any(),
        };
    }
    let spec = if field.nested {
        let mut spec = TextBuf::new();
        write(cx, template, field.spec, depth - 1, numbering, source, &mut spec)?;
        str::from_owned(cx, &spec.finish())?
    } else {
        let piece = template.as_text().piece(field.spec.0, field.spec.1);
        str::from_text(cx, piece.as_text())?
    };
    let made = format(cx, value, spec.any())?;
    let pushed = out.try_push_text(str::text(made.get(cx)));
    pushed.with(cx)
}

/// A part of the template as a string.
fn part<'s>(cx: &mut Cx<'s>, template: Text<'_>, span: Span) -> Result<Handle<'s, Str>, Raised> {
    let piece = template.piece(span.0, span.1);
    str::from_text(cx, piece.as_text())
}

fn look_up<'s>(
    cx: &mut Cx<'s>,
    template: Text<'_>,
    name: Span,
    numbering: &mut Numbering,
    source: &Source<'_, '_>,
) -> Res<'s> {
    let (first, accessors) = field_name(template, name, Some(numbering)).with(cx)?;
    let mut value = match first {
        First::Index(at) => positional(cx, at, source)?,
        First::Name(span) => {
            let key = part(cx, template, span)?;
            named(cx, key, source)?
        }
    };
    for accessor in accessors {
        value = match accessor.with(cx)? {
            Accessor::Attribute(span) => {
                let name = part(cx, template, span)?;
                let name = str::intern(cx, name.get(cx))?;
                attr::get(cx, value, name)?
            }
            Accessor::Index(at) => {
                let key = int::from_usize(cx, at)?;
                subscript::get(cx, value, key)?
            }
            Accessor::Key(span) => {
                let key = part(cx, template, span)?.any();
                subscript::get(cx, value, key)?
            }
        };
    }
    Ok(value)
}

fn positional<'s>(cx: &mut Cx<'s>, at: usize, source: &Source<'_, '_>) -> Res<'s> {
    match source {
        Source::Arguments(args) if at < args.rest_len() => {
            let value = args.rest(cx, at);
            Ok(cx.root(value.get(cx)))
        }
        Source::Arguments(_) => {
            fail!(cx, INDEX_ERROR, "Replacement index {at} out of range for positional args tuple")
        }
        Source::Mapping(_) => fail!(cx, VALUE_ERROR, "Format string contains positional fields"),
    }
}

fn named<'s>(cx: &mut Cx<'s>, key: Handle<'s, Str>, source: &Source<'_, '_>) -> Res<'s> {
    let keywords: Option<Handle<'_, Dict>> = match source {
        Source::Mapping(mapping) => return subscript::get(cx, *mapping, key.any()),
        Source::Arguments(args) => args.keywords(),
    };
    let found = keywords.and_then(|k| dict::get_name(cx, k.get(cx), key.get(cx)).map(|v| cx.root(v)));
    match found {
        Some(value) => Ok(value),
        None => Err(raise::raise_with(cx, classes::KEY_ERROR, &[key.any()])),
    }
}
