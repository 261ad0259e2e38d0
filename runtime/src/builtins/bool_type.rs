//! `bool`: what differs from `int`.

use super::common::{string, Res};
use super::int_operators as op;
use crate::object::native::{self, Args, NativeDef};
use crate::object::{bool, class, classes, compare};
use taipan_gc::{Cx, Value};

/// Methods of `bool`.
pub(crate) const METHODS: &[NativeDef] = &[
    NativeDef::new_static("__new__", new, "cls, x=False, /"),
    NativeDef::new("__repr__", repr, "self, /"),
    NativeDef::new("__and__", and, "self, value, /"),
    NativeDef::new("__rand__", and, "self, value, /"),
    NativeDef::new("__or__", or, "self, value, /"),
    NativeDef::new("__ror__", or, "self, value, /"),
    NativeDef::new("__xor__", xor, "self, value, /"),
    NativeDef::new("__rxor__", xor, "self, value, /"),
];

fn new<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    class::new_target(cx, args, classes::BOOL)?;
    let holds = match args.get(cx, 1) {
        Some(value) => compare::truth(cx, value)?,
        None => false,
    };
    Ok(bool(cx, holds))
}

fn repr<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let value = args.at(cx, 0).get(cx).value();
    if !value.is_bool() {
        return Err(native::wrong_self(cx, args, "bool"));
    }
    string(cx, if value == Value::TRUE { "True" } else { "False" })
}

/// Both operands, if both are bools.
fn bools(cx: &Cx<'_>, args: &Args<'_>) -> Option<(bool, bool)> {
    let value = |n| args.get(cx, n).map(|h| h.get(cx).value()).filter(|v| v.is_bool());
    Some((value(0)? == Value::TRUE, value(1)? == Value::TRUE))
}

fn and<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    match bools(cx, args) {
        Some((a, b)) => Ok(bool(cx, a & b)),
        None => op::and(cx, args),
    }
}

fn or<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    match bools(cx, args) {
        Some((a, b)) => Ok(bool(cx, a | b)),
        None => op::or(cx, args),
    }
}

fn xor<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    match bools(cx, args) {
        Some((a, b)) => Ok(bool(cx, a ^ b)),
        None => op::xor(cx, args),
    }
}
