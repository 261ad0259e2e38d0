//! `_weakref`: weak references themselves. The tables, proxies and finalizers of `weakref` are written in Python over them.

use super::{ModuleDef, TypeDef};
use crate::builtins::common::{address, fail, string, text_of, Res};
use crate::object::layout::WeakRef;
use crate::object::native::{wrong_self, Args, NativeDef};
use crate::object::raise::Raised;
use crate::object::{
    attr, bool, class, classes, compare, int, list, names, none, root_handle, weakref, Root,
};
use taipan_gc::{Cx, Handle};

/// The module.
pub const MODULE: ModuleDef = ModuleDef {
    name: "_weakref",
    functions: &[
        NativeDef::new("getweakrefcount", count, "object, /"),
        NativeDef::new("getweakrefs", references, "object, /"),
    ],
    types: &[TypeDef::new(classes::WEAK_REFERENCE, "weakref", METHODS)],
    fill: |_, _| Ok(()),
};

const METHODS: &[NativeDef] = &[
    NativeDef::new_static("__new__", new, "type, object, callback=None, /"),
    NativeDef::new("__init__", init, "self, object, callback=None, /"),
    NativeDef::new("__call__", call, "self, /"),
    NativeDef::new("__hash__", hash, "self, /"),
    NativeDef::new("__eq__", equal, "self, value, /"),
    NativeDef::new("__ne__", unequal, "self, value, /"),
    NativeDef::new("__repr__", repr, "self, /"),
    NativeDef::getter("__callback__", callback),
    crate::builtins::CLASS_GETITEM,
];

fn own<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Result<Handle<'s, WeakRef>, Raised> {
    match weakref::of(cx, args.at(cx, 0)) {
        Some(reference) => Ok(reference),
        None => Err(wrong_self(cx, args, "weakref.ReferenceType")),
    }
}

fn target<'s>(cx: &Cx<'s>, reference: Handle<'_, WeakRef>) -> Option<Handle<'s>> {
    weakref::target(cx, reference.get(cx)).map(|target| cx.root(target))
}

/// A reference without a callback is the same for all who ask.
fn new<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let class = class::new_target(cx, args, classes::WEAK_REFERENCE)?;
    let (object, callback) = (args.at(cx, 1), args.some(cx, 2));
    let exact = class.get(cx).is(classes::local(cx, classes::WEAK_REFERENCE));
    if let (true, None) = (exact, callback) {
        if let Some(found) = weakref::existing(cx, class, object) {
            return Ok(found);
        }
    }
    Ok(weakref::new(cx, class, object, callback)?.any())
}

fn init<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    Ok(none(cx))
}

fn call<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let reference = own(cx, args)?;
    Ok(target(cx, reference).unwrap_or_else(|| none(cx)))
}

/// That of the object, which the reference remembers beyond its death.
fn hash<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let reference = own(cx, args)?;
    if !reference.get(cx).hashed.get() {
        let Some(object) = target(cx, reference) else {
            fail!(cx, TYPE_ERROR, "weak object has gone away");
        };
        let hash = compare::hash(cx, object)?;
        let local = reference.get(cx);
        local.hash.set(hash);
        local.hashed.set(true);
    }
    let hash = reference.get(cx).hash.get();
    int::from_i64(cx, hash)
}

/// Whether the objects are equal while both live; afterwards, whether the references are the same. `None`: not with this.
fn compare_with<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Result<Option<bool>, Raised> {
    let reference = own(cx, args)?;
    let other = args.at(cx, 1);
    let Some(other_reference) = weakref::of(cx, other) else { return Ok(None) };
    match (target(cx, reference), target(cx, other_reference)) {
        (Some(a), Some(b)) => compare::equal(cx, a, b).map(Some),
        _ => Ok(Some(reference.get(cx).is(other.get(cx)))),
    }
}

fn equal<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let equal = compare_with(cx, args)?;
    Ok(equal.map_or_else(|| root_handle(cx, Root::NotImplemented), |equal| bool(cx, equal)))
}

fn unequal<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let equal = compare_with(cx, args)?;
    Ok(equal.map_or_else(|| root_handle(cx, Root::NotImplemented), |equal| bool(cx, !equal)))
}

fn repr<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let reference = own(cx, args)?;
    let at = address(cx, reference.get(cx).any())?;
    let Some(object) = target(cx, reference) else {
        return string(cx, &format!("<weakref at {at}; dead>"));
    };
    let name = attr::get_opt(cx, object, names::NAME)?;
    let name = name.and_then(|name| text_of(cx, name.get(cx))).map(|name| format!(" ({name})"));
    let (kind, place) = (class::type_name(cx, object.get(cx)), address(cx, object.get(cx))?);
    string(cx, &format!("<weakref at {at}; to '{kind}' at {place}{}>", name.unwrap_or_default()))
}

fn callback<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let callback = own(cx, args)?.get(cx).callback.get(cx).map(|c| cx.root(c));
    Ok(callback.unwrap_or_else(|| none(cx)))
}

fn all<'s>(cx: &mut Cx<'s>, object: Handle<'_>) -> Vec<Handle<'s>> {
    let watchers: Vec<Handle<'s>> = cx.watchers(object.get(cx)).map(|w| cx.root(w)).collect();
    watchers.into_iter().filter(|&w| weakref::of(cx, w).is_some()).collect()
}

fn count<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let object = args.at(cx, 0);
    let count = all(cx, object).len();
    int::from_usize(cx, count)
}

fn references<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let object = args.at(cx, 0);
    let all = all(cx, object);
    Ok(list::new(cx, &all)?.any())
}
