//! The special methods of `str`.

use crate::builtins::common::{not_implemented, Res};
use crate::builtins::convert::{built, exact, self_str};
use crate::builtins::{format, percent};
use crate::object::compare::CompareOp;
use crate::object::native::Args;
use crate::object::{compare, int, iter, number, str, subscript, tuple};
use crate::text::str_ops::edit;
use crate::text::TextBuf;
use taipan_gc::Cx;

pub(in crate::builtins) fn add<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let left = self_str(cx, args)?;
    let Some(right) = str::of_handle(cx, args.at(cx, 1)) else { return Ok(not_implemented(cx)) };
    let mut out = TextBuf::new();
    let made =
        out.try_push_text(str::text(left.get(cx))).and_then(|()| out.try_push_text(str::text(right.get(cx))));
    built(cx, made.map(|()| out.finish()))
}

pub(in crate::builtins) fn multiply<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let text = self_str(cx, args)?;
    let Some(times) = number::repetitions(cx, args.at(cx, 1))? else { return Ok(not_implemented(cx)) };
    let made = edit::repeat(str::text(text.get(cx)), times);
    built(cx, made)
}

pub(in crate::builtins) fn modulo<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let template = self_str(cx, args)?.any();
    percent::format_percent(cx, template, args.at(cx, 1))
}

pub(in crate::builtins) fn reversed_modulo<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let values = self_str(cx, args)?.any();
    match str::of_handle(cx, args.at(cx, 1)) {
        Some(template) => percent::format_percent(cx, template.any(), values),
        None => Ok(not_implemented(cx)),
    }
}

fn compared<'s>(cx: &mut Cx<'s>, args: &Args<'s>, op: CompareOp) -> Res<'s> {
    let left = self_str(cx, args)?;
    match str::of_handle(cx, args.at(cx, 1)) {
        Some(right) => compare::rich(cx, op, left.any(), right.any()),
        None => Ok(not_implemented(cx)),
    }
}

macro_rules! comparisons {
    ($($name:ident $op:ident;)*) => { $(
        pub(in crate::builtins) fn $name<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
            compared(cx, args, CompareOp::$op)
        }
    )* };
}
comparisons! { eq Eq; ne Ne; lt Lt; le Le; gt Gt; ge Ge; }

pub(in crate::builtins) fn hash<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let text = self_str(cx, args)?;
    let hash = compare::hash(cx, text.any())?;
    int::from_i64(cx, hash)
}

pub(in crate::builtins) fn len<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let text = self_str(cx, args)?;
    let len = text.get(cx).len.get() as usize;
    int::from_usize(cx, len)
}

pub(in crate::builtins) fn getitem<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let text = self_str(cx, args)?;
    subscript::get(cx, text.any(), args.at(cx, 1))
}

pub(in crate::builtins) fn iterate<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let text = self_str(cx, args)?;
    iter::iter(cx, text.any())
}

pub(in crate::builtins) fn repr<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let text = self_str(cx, args)?;
    Ok(crate::builtins::repr::repr(cx, text.any())?.any())
}

pub(in crate::builtins) fn str_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let text = self_str(cx, args)?;
    Ok(exact(cx, text.any()))
}

pub(in crate::builtins) fn format_spec<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    self_str(cx, args)?;
    format::method(cx, args.at(cx, 0), args.at(cx, 1))
}

pub(in crate::builtins) fn getnewargs<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let text = self_str(cx, args)?;
    Ok(tuple::new(cx, &[text.any()])?.any())
}
