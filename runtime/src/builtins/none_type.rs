//! The types of `None`, `Ellipsis` and `NotImplemented`.

use super::common::{fail, string, Res};
use crate::object::native::{Args, NativeDef};
use crate::object::{bool, none, root_handle, Root};
use taipan_gc::Cx;

/// Methods of `NoneType`.
pub(crate) const METHODS: &[NativeDef] = &[
    NativeDef::new_static("__new__", new_none, "cls, /, *args, **kwargs"),
    NativeDef::new("__repr__", none_repr, "self, /"),
    NativeDef::new("__bool__", none_truth, "self, /"),
];

/// Methods of `ellipsis`.
pub(crate) const ELLIPSIS: &[NativeDef] = &[
    NativeDef::new_static("__new__", new_ellipsis, "cls, /, *args, **kwargs"),
    NativeDef::new("__repr__", ellipsis_repr, "self, /"),
    NativeDef::new("__reduce__", ellipsis_repr, "self, /"),
];

/// Methods of `NotImplementedType`.
pub(crate) const NOT_IMPLEMENTED: &[NativeDef] = &[
    NativeDef::new_static("__new__", new_not_implemented, "cls, /, *args, **kwargs"),
    NativeDef::new("__repr__", not_implemented_repr, "self, /"),
    NativeDef::new("__reduce__", not_implemented_repr, "self, /"),
    NativeDef::new("__bool__", not_implemented_truth, "self, /"),
];

/// These types take no arguments.
fn refuse(cx: &mut Cx<'_>, args: &Args<'_>, name: &str) -> Result<(), crate::object::raise::Raised> {
    if args.rest_len() > 0 || super::common::has_keywords(cx, args) {
        fail!(cx, TYPE_ERROR, "{name} takes no arguments");
    }
    Ok(())
}

fn new_none<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    refuse(cx, args, "NoneType")?;
    Ok(none(cx))
}

fn none_repr<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    string(cx, "None")
}

fn none_truth<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    Ok(bool(cx, false))
}

fn new_ellipsis<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    refuse(cx, args, "EllipsisType")?;
    Ok(root_handle(cx, Root::Ellipsis))
}

fn ellipsis_repr<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    string(cx, "Ellipsis")
}

fn new_not_implemented<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    refuse(cx, args, "NotImplementedType")?;
    Ok(root_handle(cx, Root::NotImplemented))
}

fn not_implemented_repr<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    string(cx, "NotImplemented")
}

fn not_implemented_truth<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    Ok(bool(cx, true))
}
