//! Taking apart: `split`, `splitlines`, `partition`, `strip` and their kin.

use crate::builtins::common::{fail, Res};
use crate::builtins::convert::{index_i32, index_i64, list_of_pieces, piece, self_str, text_error};
use crate::object::native::Args;
use crate::object::{class, compare, str, tuple};
use crate::text::str_ops::search::Direction;
use crate::text::str_ops::split::{self as parts, Ends};
use taipan_gc::Cx;

fn split_by<'s>(cx: &mut Cx<'s>, args: &Args<'s>, direction: Direction) -> Res<'s> {
    let string = self_str(cx, args)?;
    let limit = match args.get(cx, 2) {
        Some(limit) => usize::try_from(index_i64(cx, limit)?).ok(),
        None => None,
    };
    let spans = match args.some(cx, 1) {
        None => {
            let text = str::text(string.get(cx));
            match direction {
                Direction::Forward => parts::split_whitespace(text, limit),
                Direction::Backward => parts::rsplit_whitespace(text, limit),
            }
        }
        Some(separator) => {
            let Some(separator) = str::of_handle(cx, separator) else {
                let given = class::type_name(cx, separator.get(cx));
                fail!(cx, TYPE_ERROR, "must be str or None, not {given}");
            };
            if separator.get(cx).len.get() == 0 {
                fail!(cx, VALUE_ERROR, "empty separator");
            }
            let (text, separator) = (str::text(string.get(cx)), str::text(separator.get(cx)));
            match direction {
                Direction::Forward => parts::split(text, separator, limit),
                Direction::Backward => parts::rsplit(text, separator, limit),
            }
        }
    };
    match spans {
        Ok(spans) => list_of_pieces(cx, string, &spans),
        Err(error) => Err(text_error(cx, error, None)),
    }
}

pub(in crate::builtins) fn split<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    split_by(cx, args, Direction::Forward)
}

pub(in crate::builtins) fn rsplit<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    split_by(cx, args, Direction::Backward)
}

pub(in crate::builtins) fn splitlines<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let string = self_str(cx, args)?;
    let keep = match args.get(cx, 1) {
        Some(keep) if keep.get(cx).value().is_bool() => compare::truth(cx, keep)?,
        Some(keep) => index_i32(cx, keep)? != 0,
        None => false,
    };
    match parts::split_lines(str::text(string.get(cx)), keep) {
        Ok(spans) => list_of_pieces(cx, string, &spans),
        Err(error) => Err(text_error(cx, error, None)),
    }
}

fn partition_from<'s>(cx: &mut Cx<'s>, args: &Args<'s>, from: Direction) -> Res<'s> {
    let string = self_str(cx, args)?;
    let Some(separator) = str::of_handle(cx, args.at(cx, 1)) else {
        let given = class::type_name(cx, args.at(cx, 1).get(cx));
        fail!(cx, TYPE_ERROR, "must be str, not {given}");
    };
    if separator.get(cx).len.get() == 0 {
        fail!(cx, VALUE_ERROR, "empty separator");
    }
    let len = string.get(cx).len.get() as usize;
    let spans = match parts::partition(str::text(string.get(cx)), str::text(separator.get(cx)), from) {
        Ok(Some(spans)) => spans,
        Ok(None) if from == Direction::Forward => [(0, len), (0, 0), (0, 0)],
        Ok(None) => [(0, 0), (0, 0), (0, len)],
        Err(error) => return Err(text_error(cx, error, None)),
    };
    let mut made = Vec::with_capacity(3);
    for (start, end) in spans {
        made.push(piece(cx, string, start, end)?);
    }
    Ok(tuple::new(cx, &made)?.any())
}

pub(in crate::builtins) fn partition<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    partition_from(cx, args, Direction::Forward)
}

pub(in crate::builtins) fn rpartition<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    partition_from(cx, args, Direction::Backward)
}

fn strip_ends<'s>(cx: &mut Cx<'s>, args: &Args<'s>, name: &str, ends: Ends) -> Res<'s> {
    let string = self_str(cx, args)?;
    let (start, end) = match args.some(cx, 1) {
        None => parts::strip(str::text(string.get(cx)), None, ends),
        Some(chars) => {
            let Some(chars) = str::of(cx, chars.get(cx)) else {
                fail!(cx, TYPE_ERROR, "{name} arg must be None or str");
            };
            parts::strip(str::text(string.get(cx)), Some(str::text(chars)), ends)
        }
    };
    piece(cx, string, start, end)
}

pub(in crate::builtins) fn strip<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    strip_ends(cx, args, "strip", Ends::Both)
}

pub(in crate::builtins) fn lstrip<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    strip_ends(cx, args, "lstrip", Ends::Left)
}

pub(in crate::builtins) fn rstrip<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    strip_ends(cx, args, "rstrip", Ends::Right)
}
