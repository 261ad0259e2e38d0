//! `int | None` (`types.UnionType`) and `list[int]` (`types.GenericAlias`).
//!
//! Both keep what they are made of in attributes of their own. Type variables are left out.

use super::common::{fail, forward, full_name, module_of, not_implemented, string, Res};
use super::functions::isinstance;
use super::repr;
use crate::object::layout::Tuple;
use crate::object::names::{self, NameId};
use crate::object::native::{wrong_self, Args, NativeDef};
use crate::object::raise::Raised;
use crate::object::{
    attr, bool, call, class, classes, compare, instance, int, root, root_handle, set, str, tuple, Root,
};
use taipan_gc::{Cx, Handle};

/// Methods of `types.UnionType`.
pub(super) const UNION: &[NativeDef] = &[
    NativeDef::new("__repr__", union_repr, "self, /"),
    NativeDef::new("__eq__", union_eq, "self, value, /"),
    NativeDef::new("__hash__", union_hash, "self, /"),
    NativeDef::new("__or__", or, "self, value, /"),
    NativeDef::new("__ror__", ror, "self, value, /"),
    NativeDef::new("__instancecheck__", union_instance, "self, instance, /"),
    NativeDef::new("__subclasscheck__", union_subclass, "self, subclass, /"),
];

/// Methods of `types.GenericAlias`.
pub(super) const GENERIC: &[NativeDef] = &[
    NativeDef::new_static("__new__", generic_new, "cls, origin, args, /"),
    NativeDef::new("__repr__", generic_repr, "self, /"),
    NativeDef::new("__eq__", generic_eq, "self, value, /"),
    NativeDef::new("__hash__", generic_hash, "self, /"),
    NativeDef::new("__or__", or, "self, value, /"),
    NativeDef::new("__ror__", ror, "self, value, /"),
    NativeDef::new("__call__", generic_call, "self, /, *args, **kwargs"),
    NativeDef::new("__getattr__", generic_getattr, "self, name, /"),
    NativeDef::new("__mro_entries__", generic_bases, "self, bases, /"),
    NativeDef::new("__instancecheck__", generic_instance, "self, instance, /"),
    NativeDef::new("__subclasscheck__", generic_subclass, "self, subclass, /"),
];

/// `__class_getitem__` of classes that can be parameterised.
pub(crate) const CLASS_GETITEM: NativeDef =
    NativeDef::new_class("__class_getitem__", class_getitem, "cls, object, /");

fn name(cx: &Cx<'_>, text: &str) -> Result<NameId, Raised> {
    names::intern(cx, text)
}

fn own<'s>(cx: &Cx<'s>, object: Handle<'_>, attribute: &str) -> Result<Option<Handle<'s>>, Raised> {
    let attribute = name(cx, attribute)?;
    Ok(instance::get(cx, object.get(cx), attribute).map(|v| cx.root(v)))
}

/// `__args__`
fn arguments<'s>(cx: &mut Cx<'s>, object: Handle<'_>) -> Result<Vec<Handle<'s>>, Raised> {
    let found = own(cx, object, "__args__")?.and_then(|a| tuple::of_handle(cx, a));
    found.map_or(Ok(Vec::new()), |a| tuple::handles(cx, a))
}

fn put(cx: &mut Cx<'_>, object: Handle<'_>, attribute: &str, value: Handle<'_>) -> Result<(), Raised> {
    let attribute = name(cx, attribute)?;
    instance::set(cx, object, attribute, value)
}

fn is_a(cx: &Cx<'_>, value: Handle<'_>, id: classes::ClassId) -> bool {
    class::of(cx, value.get(cx)).is(classes::local(cx, id))
}

// ---- unions ----

/// `a | b` for types; NotImplemented for anything else.
pub(super) fn union<'s>(cx: &mut Cx<'s>, a: Handle<'s>, b: Handle<'s>) -> Res<'s> {
    let mut items: Vec<Handle<'s>> = Vec::new();
    for part in [a, b] {
        let local = part.get(cx);
        let parts = if is_a(cx, part, classes::UNION_TYPE) {
            arguments(cx, part)?
        } else if local.value().is_none() {
            vec![classes::handle(cx, classes::NONE_TYPE).any()]
        } else if class::as_class(cx, local).is_some() || is_a(cx, part, classes::GENERIC_ALIAS) {
            vec![part]
        } else {
            return Ok(not_implemented(cx));
        };
        for part in parts {
            let mut known = false;
            for item in &items {
                known = known || compare::equal(cx, *item, part)?;
            }
            if !known {
                items.push(part);
            }
        }
    }
    if let [only] = items[..] {
        return Ok(only);
    }
    let made = instance::new(cx, classes::handle(cx, classes::UNION_TYPE))?;
    let items = tuple::new(cx, &items)?.any();
    put(cx, made, "__args__", items)?;
    put(cx, made, "__parameters__", root_handle(cx, Root::EmptyTuple))?;
    Ok(made)
}

/// `type.__or__` and its like.
pub(super) fn or<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    union(cx, args.at(cx, 0), args.at(cx, 1))
}

/// `type.__ror__` and its like.
pub(super) fn ror<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    union(cx, args.at(cx, 1), args.at(cx, 0))
}

/// How a part shows inside another type's repr.
fn part_text(cx: &mut Cx<'_>, part: Handle<'_>) -> Result<String, Raised> {
    let local = part.get(cx);
    if local.is(root(cx, Root::Ellipsis)) {
        return Ok("...".to_owned());
    }
    if let Some(class) = class::as_class(cx, local) {
        if class.is(classes::local(cx, classes::NONE_TYPE)) {
            return Ok("None".to_owned());
        }
        return Ok(match module_of(cx, class) {
            Some(_) => full_name(cx, class),
            None => super::common::qualname(cx, class),
        });
    }
    let shown = repr::repr(cx, part)?;
    Ok(str::lossy(shown.get(cx)))
}

fn parts_text(cx: &mut Cx<'_>, parts: &[Handle<'_>]) -> Result<Vec<String>, Raised> {
    parts.iter().map(|part| part_text(cx, *part)).collect()
}

fn union_repr<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let parts = arguments(cx, args.at(cx, 0))?;
    let text = parts_text(cx, &parts)?.join(" | ");
    string(cx, &text)
}

fn union_eq<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    if !is_a(cx, args.at(cx, 1), classes::UNION_TYPE) {
        return Ok(not_implemented(cx));
    }
    let (a, b) = (arguments(cx, args.at(cx, 0))?, arguments(cx, args.at(cx, 1))?);
    let (a, b) = (tuple::new(cx, &a)?, tuple::new(cx, &b)?);
    let (a, b) = (set::from_iterable(cx, a.any())?, set::from_iterable(cx, b.any())?);
    let equal = set::equal(cx, a, b)?;
    Ok(bool(cx, equal))
}

fn union_hash<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let parts = arguments(cx, args.at(cx, 0))?;
    let parts = tuple::new(cx, &parts)?;
    let parts = set::frozen_from(cx, parts.any())?;
    let hash = compare::hash(cx, parts.any())?;
    int::from_i64(cx, hash)
}

fn union_instance<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let mut found = false;
    for part in arguments(cx, args.at(cx, 0))? {
        if is_a(cx, part, classes::GENERIC_ALIAS) {
            fail!(cx, TYPE_ERROR, "isinstance() argument 2 cannot be a parameterized generic");
        }
        found = found || isinstance::is_instance(cx, args.at(cx, 1), part)?;
    }
    Ok(bool(cx, found))
}

fn union_subclass<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    if class::as_class(cx, args.at(cx, 1).get(cx)).is_none() {
        fail!(cx, TYPE_ERROR, "issubclass() arg 1 must be a class");
    }
    let mut found = false;
    for part in arguments(cx, args.at(cx, 0))? {
        if is_a(cx, part, classes::GENERIC_ALIAS) {
            fail!(cx, TYPE_ERROR, "issubclass() argument 2 cannot be a parameterized generic");
        }
        found = found || isinstance::is_subclass(cx, args.at(cx, 1), part)?;
    }
    Ok(bool(cx, found))
}

// ---- generic aliases ----

/// `origin[parameters]`
fn alias<'s>(cx: &mut Cx<'s>, origin: Handle<'s>, parameters: Handle<'s>) -> Res<'s> {
    let items: Handle<'s, Tuple> = match tuple::of_handle(cx, parameters) {
        Some(items) => items,
        None => tuple::new(cx, &[parameters])?,
    };
    let made = instance::new(cx, classes::handle(cx, classes::GENERIC_ALIAS))?;
    put(cx, made, "__origin__", origin)?;
    put(cx, made, "__args__", items.any())?;
    put(cx, made, "__parameters__", root_handle(cx, Root::EmptyTuple))?;
    Ok(made)
}

fn class_getitem<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    alias(cx, args.at(cx, 0), args.at(cx, 1))
}

fn generic_new<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    alias(cx, args.at(cx, 1), args.at(cx, 2))
}

fn origin<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    match own(cx, args.at(cx, 0), "__origin__")? {
        Some(origin) => Ok(origin),
        None => Err(wrong_self(cx, args, "types.GenericAlias")),
    }
}

fn generic_repr<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let origin = origin(cx, args)?;
    let origin = part_text(cx, origin)?;
    let parts = arguments(cx, args.at(cx, 0))?;
    let parts = if parts.is_empty() { "()".to_owned() } else { parts_text(cx, &parts)?.join(", ") };
    string(cx, &format!("{origin}[{parts}]"))
}

fn generic_eq<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    if !is_a(cx, args.at(cx, 1), classes::GENERIC_ALIAS) {
        return Ok(not_implemented(cx));
    }
    for attribute in ["__origin__", "__args__"] {
        let (a, b) = (own(cx, args.at(cx, 0), attribute)?, own(cx, args.at(cx, 1), attribute)?);
        if let (Some(a), Some(b)) = (a, b) {
            if !compare::equal(cx, a, b)? {
                return Ok(bool(cx, false));
            }
        }
    }
    Ok(bool(cx, true))
}

fn generic_hash<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let origin = origin(cx, args)?;
    let parts = arguments(cx, args.at(cx, 0))?;
    let parts = tuple::new(cx, &parts)?;
    let hash = compare::hash(cx, origin)? ^ compare::hash(cx, parts.any())?.rotate_left(1);
    int::from_i64(cx, hash)
}

fn generic_call<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let origin = origin(cx, args)?;
    let (all, keywords) = forward(cx, args, &[])?;
    call::call_named(cx, origin, &all, keywords)
}

fn generic_getattr<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let origin = origin(cx, args)?;
    let attribute = super::object_type::attribute_name(cx, args.at(cx, 1))?;
    attr::get(cx, origin, attribute)
}

fn generic_bases<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let origin = origin(cx, args)?;
    Ok(tuple::new(cx, &[origin])?.any())
}

fn generic_instance<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    fail!(cx, TYPE_ERROR, "isinstance() argument 2 cannot be a parameterized generic");
}

fn generic_subclass<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    fail!(cx, TYPE_ERROR, "issubclass() argument 2 cannot be a parameterized generic");
}
