//! Case conversions, the predicates, and padding.

use crate::builtins::common::{fail, Res};
use crate::builtins::convert::{built, index_i32, index_i64, self_str};
use crate::object::native::Args;
use crate::object::raise::Raised;
use crate::object::{bool, check_size, class, str};
use crate::text::str_ops::{case, classify, layout};
use crate::text::{Text, TextOwned, TextResult};
use taipan_gc::Cx;

fn converted<'s>(
    cx: &mut Cx<'s>,
    args: &Args<'s>,
    convert: impl FnOnce(Text<'_>) -> TextResult<TextOwned>,
) -> Res<'s> {
    let string = self_str(cx, args)?;
    let made = convert(str::text(string.get(cx)));
    built(cx, made)
}

fn tested<'s>(cx: &mut Cx<'s>, args: &Args<'s>, test: fn(Text<'_>) -> bool) -> Res<'s> {
    let string = self_str(cx, args)?;
    let holds = test(str::text(string.get(cx)));
    Ok(bool(cx, holds))
}

macro_rules! conversions {
    ($($name:ident)*) => { $(
        pub(in crate::builtins) fn $name<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
            converted(cx, args, case::$name)
        }
    )* };
}
conversions!(lower upper casefold title capitalize swapcase);

macro_rules! predicates {
    ($($name:ident $test:ident;)*) => { $(
        pub(in crate::builtins) fn $name<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
            tested(cx, args, classify::$test)
        }
    )* };
}
predicates! {
    isalpha is_alpha; isdigit is_digit; isdecimal is_decimal; isnumeric is_numeric; isalnum is_alnum;
    isspace is_space; isprintable is_printable; isascii is_ascii; isidentifier is_identifier;
    isupper is_upper; islower is_lower; istitle is_title;
}

/// A width that there may be memory for.
fn width(cx: &mut Cx<'_>, args: &Args<'_>) -> Result<i64, Raised> {
    let width = index_i64(cx, args.at(cx, 1))?;
    check_size(cx, usize::try_from(width).unwrap_or(0))?;
    Ok(width)
}

/// Width and fill character.
fn padding<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Result<(i64, u32), Raised> {
    let width = width(cx, args)?;
    let Some(fill) = args.get(cx, 2) else { return Ok((width, u32::from(b' '))) };
    let Some(text) = str::of(cx, fill.get(cx)).map(str::text) else {
        let given = class::type_name(cx, fill.get(cx));
        fail!(cx, TYPE_ERROR, "The fill character must be a unicode character, not {given}");
    };
    match (text.len(), text.get(0)) {
        (1, Some(point)) => Ok((width, point)),
        _ => fail!(cx, TYPE_ERROR, "The fill character must be exactly one character long"),
    }
}

pub(in crate::builtins) fn center<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (width, fill) = padding(cx, args)?;
    converted(cx, args, |t| layout::center(t, width, fill))
}

pub(in crate::builtins) fn ljust<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (width, fill) = padding(cx, args)?;
    converted(cx, args, |t| layout::ljust(t, width, fill))
}

pub(in crate::builtins) fn rjust<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (width, fill) = padding(cx, args)?;
    converted(cx, args, |t| layout::rjust(t, width, fill))
}

pub(in crate::builtins) fn zfill<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let width = width(cx, args)?;
    converted(cx, args, |t| layout::zfill(t, width))
}

pub(in crate::builtins) fn expandtabs<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let size = match args.get(cx, 1) {
        Some(size) => i64::from(index_i32(cx, size)?),
        None => 8,
    };
    let text = str::text(self_str(cx, args)?.get(cx));
    let len = layout::expanded_len(text.iter(), usize::try_from(size).unwrap_or(0));
    check_size(cx, len)?;
    converted(cx, args, |t| layout::expand_tabs(t, size))
}
