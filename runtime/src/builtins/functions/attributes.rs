//! `getattr`, `setattr`, `hasattr`, `delattr`, `vars`, `dir`.

use super::code;
use crate::builtins::common::{fail, Res};
use crate::builtins::object_type::{attribute_name, dict_names, name_list};
use crate::object::layout::Module;
use crate::object::names;
use crate::object::native::{Args, NativeDef};
use crate::object::{attr, bool, call, dict, iter, list, none};
use std::collections::BTreeSet;
use taipan_gc::Cx;

/// `getattr`, `setattr`, `hasattr`, `delattr`, `vars`, `dir`
pub(in crate::builtins) const FUNCTIONS: &[NativeDef] = &[
    NativeDef::new("getattr", getattr, "object, name, default=None, /"),
    NativeDef::new("setattr", setattr, "obj, name, value, /"),
    NativeDef::new("hasattr", hasattr, "obj, name, /"),
    NativeDef::new("delattr", delattr, "obj, name, /"),
    NativeDef::new("vars", vars, "object=None, /"),
    NativeDef::new("dir", dir, "object=None, /"),
];

fn getattr<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let object = args.at(cx, 0);
    let name = attribute_name(cx, args.at(cx, 1))?;
    match args.get(cx, 2) {
        None => attr::get(cx, object, name),
        Some(default) => Ok(attr::get_opt(cx, object, name)?.unwrap_or(default)),
    }
}

fn setattr<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let name = attribute_name(cx, args.at(cx, 1))?;
    attr::set(cx, args.at(cx, 0), name, args.at(cx, 2))?;
    Ok(none(cx))
}

fn hasattr<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let object = args.at(cx, 0);
    let name = attribute_name(cx, args.at(cx, 1))?;
    let has = attr::get_opt(cx, object, name)?.is_some();
    Ok(bool(cx, has))
}

fn delattr<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let name = attribute_name(cx, args.at(cx, 1))?;
    attr::delete(cx, args.at(cx, 0), name)?;
    Ok(none(cx))
}

fn vars<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let Some(object) = args.get(cx, 0) else { return code::locals_of_caller(cx) };
    match attr::get_opt(cx, object, names::DICT)? {
        Some(found) => Ok(found),
        None => fail!(cx, TYPE_ERROR, "vars() argument must have __dict__ attribute"),
    }
}

fn dir<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let Some(object) = args.get(cx, 0) else {
        let locals = code::locals_of_caller(cx)?;
        let mut found = BTreeSet::new();
        if let Some(locals) = dict::of(cx, locals.get(cx)) {
            dict_names(cx, locals, &mut found);
        }
        return name_list(cx, found);
    };
    if let Some(module) = object.downcast::<Module>(cx) {
        let own =
            module.get(cx).dict.get(cx).and_then(|d| dict::get_name(cx, d, names::local(cx, names::DIR)));
        if own.is_none() {
            let mut found = BTreeSet::new();
            if let Some(attributes) = module.get(cx).dict.get(cx) {
                dict_names(cx, attributes, &mut found);
            }
            return name_list(cx, found);
        }
        let own = own.map(|o| cx.root(o)).unwrap_or_else(|| none(cx));
        let names = call::call(cx, own, &[])?;
        return sorted(cx, names);
    }
    match call::call_special(cx, object, names::DIR, &[])? {
        Some(names) => sorted(cx, names),
        None => fail!(cx, TYPE_ERROR, "object does not provide __dir__"),
    }
}

fn sorted<'s>(cx: &mut Cx<'s>, names: taipan_gc::Handle<'s>) -> Res<'s> {
    let names = iter::to_list(cx, names)?;
    if list::len(names.get(cx)) > 1 {
        crate::builtins::sort::sort(cx, names, None, false)?;
    }
    Ok(names.any())
}
