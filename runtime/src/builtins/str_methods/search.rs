//! Finding: `find`, `index`, `count`, `startswith` and their kin.

use crate::builtins::common::{fail, Res};
use crate::builtins::convert::{bounds, piece, self_str, str_argument, text_error};
use crate::object::layout::Str;
use crate::object::native::Args;
use crate::object::raise::Raised;
use crate::object::{bool, class, int, str, tuple};
use crate::text::str_ops::search::{self, Direction};
use crate::text::Text;
use taipan_gc::{Cx, Handle};

/// `self`, the string that is looked for, and where.
type Operands<'s> = (Handle<'s, Str>, Handle<'s, Str>, (usize, usize));

/// The operands of a search.
fn operands<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Result<Operands<'s>, Raised> {
    let string = self_str(cx, args)?;
    let Some(needle) = str::of_handle(cx, args.at(cx, 1)) else {
        let given = class::type_name(cx, args.at(cx, 1).get(cx));
        fail!(cx, TYPE_ERROR, "must be str, not {given}");
    };
    let len = string.get(cx).len.get() as usize;
    let range = bounds(cx, args, 2, len)?;
    Ok((string, needle, range))
}

fn found<'s>(cx: &mut Cx<'s>, args: &Args<'s>, direction: Direction) -> Result<Option<usize>, Raised> {
    let (string, needle, range) = operands(cx, args)?;
    let at = search::find(str::text(string.get(cx)), str::text(needle.get(cx)), range, direction);
    at.map_err(|e| text_error(cx, e, None))
}

fn position<'s>(cx: &mut Cx<'s>, args: &Args<'s>, direction: Direction, must: bool) -> Res<'s> {
    match found(cx, args, direction)? {
        Some(at) => int::from_usize(cx, at),
        None if must => fail!(cx, VALUE_ERROR, "substring not found"),
        None => int::from_i64(cx, -1),
    }
}

pub(in crate::builtins) fn find<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    position(cx, args, Direction::Forward, false)
}

pub(in crate::builtins) fn rfind<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    position(cx, args, Direction::Backward, false)
}

pub(in crate::builtins) fn index<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    position(cx, args, Direction::Forward, true)
}

pub(in crate::builtins) fn rindex<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    position(cx, args, Direction::Backward, true)
}

pub(in crate::builtins) fn count<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (string, needle, range) = operands(cx, args)?;
    match search::count(str::text(string.get(cx)), str::text(needle.get(cx)), range) {
        Ok(n) => int::from_usize(cx, n),
        Err(error) => Err(text_error(cx, error, None)),
    }
}

pub(in crate::builtins) fn contains<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let string = self_str(cx, args)?;
    let Some(needle) = str::of_handle(cx, args.at(cx, 1)) else {
        let given = class::type_name(cx, args.at(cx, 1).get(cx));
        fail!(cx, TYPE_ERROR, "'in <string>' requires string as left operand, not {given}");
    };
    match search::contains(str::text(string.get(cx)), str::text(needle.get(cx))) {
        Ok(holds) => Ok(bool(cx, holds)),
        Err(error) => Err(text_error(cx, error, None)),
    }
}

type Test = fn(Text<'_>, Text<'_>, (usize, usize)) -> bool;

/// `startswith` and `endswith`.
fn affix<'s>(cx: &mut Cx<'s>, args: &Args<'s>, name: &str, test: Test) -> Res<'s> {
    let string = self_str(cx, args)?;
    let wanted = args.at(cx, 1);
    let len = string.get(cx).len.get() as usize;
    let range = bounds(cx, args, 2, len)?;
    if let Some(part) = str::of_handle(cx, wanted) {
        let holds = test(str::text(string.get(cx)), str::text(part.get(cx)), range);
        return Ok(bool(cx, holds));
    }
    let Some(parts) = tuple::of_handle(cx, wanted) else {
        let given = class::type_name(cx, wanted.get(cx));
        fail!(cx, TYPE_ERROR, "{name} first arg must be str or a tuple of str, not {given}");
    };
    for i in 0..tuple::len(parts.get(cx)) {
        let item = tuple::item(parts.get(cx), i);
        let part = item.and_then(|item| str::of(cx, item));
        let Some(part) = part else {
            let given = item.map(|i| class::type_name(cx, i)).unwrap_or_default();
            fail!(cx, TYPE_ERROR, "tuple for {name} must only contain str, not {given}");
        };
        if test(str::text(string.get(cx)), str::text(part), range) {
            return Ok(bool(cx, true));
        }
    }
    Ok(bool(cx, false))
}

pub(in crate::builtins) fn startswith<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    affix(cx, args, "startswith", search::starts_with)
}

pub(in crate::builtins) fn endswith<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    affix(cx, args, "endswith", search::ends_with)
}

pub(in crate::builtins) fn removeprefix<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let string = self_str(cx, args)?;
    let affix = str_argument(cx, args.at(cx, 1), "removeprefix() argument")?;
    let (start, end) = search::remove_prefix(str::text(string.get(cx)), str::text(affix.get(cx)));
    piece(cx, string, start, end)
}

pub(in crate::builtins) fn removesuffix<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let string = self_str(cx, args)?;
    let affix = str_argument(cx, args.at(cx, 1), "removesuffix() argument")?;
    let (start, end) = search::remove_suffix(str::text(string.get(cx)), str::text(affix.get(cx)));
    piece(cx, string, start, end)
}
