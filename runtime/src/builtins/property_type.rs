//! `property`, `staticmethod`, `classmethod` and slot descriptors.

use super::common::{fail, forward, is_exactly, string, Res};
use super::repr;
use crate::object::layout::{Member, Property, PropertyInit};
use crate::object::names;
use crate::object::native::{wrong_self, Args, NativeDef};
use crate::object::raise::Raised;
use crate::object::{attr, call, casts, class, classes, descriptor, instance, none, retrying, shapes, str};
use taipan_gc::{Cx, Field, Handle};

/// Methods of `property`.
pub(super) const PROPERTY: &[NativeDef] = &[
    NativeDef::new_static("__new__", property_new, "cls, /, *args, **kwargs"),
    NativeDef::new("__init__", property_init, "self, fget=None, fset=None, fdel=None, doc=None"),
    NativeDef::new("getter", with_getter, "self, fget, /"),
    NativeDef::new("setter", with_setter, "self, fset, /"),
    NativeDef::new("deleter", with_deleter, "self, fdel, /"),
    NativeDef::new("__get__", property_get, "self, instance, owner=None, /"),
    NativeDef::new("__set__", property_set, "self, instance, value, /"),
    NativeDef::new("__delete__", property_delete, "self, instance, /"),
    NativeDef::new("__set_name__", set_name, "self, owner, name, /"),
    NativeDef::getter("fget", |cx, args| part(cx, args, |p| &p.get)),
    NativeDef::getter("fset", |cx, args| part(cx, args, |p| &p.set)),
    NativeDef::getter("fdel", |cx, args| part(cx, args, |p| &p.delete)),
    NativeDef::getter("__doc__", |cx, args| part(cx, args, |p| &p.doc)),
    NativeDef::getter("__isabstractmethod__", is_abstract),
];

/// Methods of `staticmethod`.
pub(super) const STATIC_METHOD: &[NativeDef] = &[
    NativeDef::new_static("__new__", static_new, "cls, function, /"),
    NativeDef::new("__get__", wrapper_get, "self, instance, owner=None, /"),
    NativeDef::new("__call__", static_call, "self, /, *args, **kwargs"),
    NativeDef::new("__repr__", static_repr, "self, /"),
    NativeDef::new("__getattr__", wrapper_getattr, "self, name, /"),
    NativeDef::getter("__func__", wrapped),
    NativeDef::getter("__wrapped__", wrapped),
    NativeDef::getter("__doc__", wrapped_doc),
];

/// Methods of `classmethod`.
pub(super) const CLASS_METHOD: &[NativeDef] = &[
    NativeDef::new_static("__new__", class_new, "cls, function, /"),
    NativeDef::new("__get__", wrapper_get, "self, instance, owner=None, /"),
    NativeDef::new("__repr__", class_repr, "self, /"),
    NativeDef::new("__getattr__", wrapper_getattr, "self, name, /"),
    NativeDef::getter("__func__", wrapped),
    NativeDef::getter("__wrapped__", wrapped),
    NativeDef::getter("__doc__", wrapped_doc),
];

/// Methods of `member_descriptor`.
pub(super) const MEMBER: &[NativeDef] = &[
    NativeDef::new("__repr__", member_repr, "self, /"),
    NativeDef::new("__get__", member_get, "self, instance, owner=None, /"),
    NativeDef::new("__set__", member_set, "self, instance, value, /"),
    NativeDef::new("__delete__", member_delete, "self, instance, /"),
    NativeDef::getter("__name__", member_name),
    NativeDef::getter("__objclass__", member_class),
];

fn self_property<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Result<Handle<'s, Property>, Raised> {
    match casts::property(cx, args.at(cx, 0)) {
        Some(property) => Ok(property),
        None => Err(wrong_self(cx, args, "property")),
    }
}

fn property_new<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let class = class::new_target(cx, args, classes::PROPERTY)?;
    if !is_exactly(cx, class, classes::PROPERTY) {
        return instance::new(cx, class);
    }
    let property = retrying(cx, |cx| {
        cx.alloc(PropertyInit { get: None, set: None, delete: None, doc: None, name: None })
    })?;
    Ok(property.any())
}

fn put(
    cx: &Cx<'_>,
    property: Handle<'_, Property>,
    field: Field<Property, taipan_gc::Any>,
    value: Option<Handle<'_>>,
) {
    property.get(cx).put(cx, field, value.map(|v| v.get(cx)));
}

fn property_init<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let property = self_property(cx, args)?;
    put(cx, property, Property::get, args.some(cx, 1));
    put(cx, property, Property::set, args.some(cx, 2));
    put(cx, property, Property::delete, args.some(cx, 3));
    let mut doc = args.some(cx, 4);
    if let (None, Some(getter)) = (doc, args.some(cx, 1)) {
        doc = attr::get_opt(cx, getter, names::DOC)?;
        doc = doc.filter(|d| !d.get(cx).value().is_none());
    }
    put(cx, property, Property::doc, doc);
    let is_subclass = property.get(cx).any().shape() != Some(shapes::PROPERTY);
    if let (true, Some(doc)) = (is_subclass, doc) {
        // Subclasses may have a `__doc__` of their own, which would hide the slot.
        instance::set(cx, property.any(), names::DOC, doc)?;
    }
    Ok(none(cx))
}

fn part<'s>(
    cx: &mut Cx<'s>,
    args: &Args<'s>,
    read: fn(&Property) -> &taipan_gc::Slot<taipan_gc::Any>,
) -> Res<'s> {
    let property = self_property(cx, args)?;
    let local = property.get(cx);
    let found = read(&local).get(cx).map(|v| cx.root(v));
    Ok(found.unwrap_or_else(|| none(cx)))
}

/// A property of the same class with one function replaced.
fn replaced<'s>(cx: &mut Cx<'s>, args: &Args<'s>, which: usize) -> Res<'s> {
    let property = self_property(cx, args)?;
    let local = property.get(cx);
    let slots = [&local.get, &local.set, &local.delete, &local.doc];
    let mut parts: Vec<Handle<'s>> =
        slots.iter().map(|s| s.get(cx).map(|v| cx.root(v)).unwrap_or_else(|| none(cx))).collect();
    let name = local.name.get(cx).map(|n| cx.root(n));
    parts[which] = args.at(cx, 1);
    if which == 0 {
        // A new getter brings its own documentation.
        parts[3] = none(cx);
    }
    let class = class::of_value(cx, property.get(cx).any());
    let made = call::call(cx, class.any(), &parts)?;
    if let Some(made) = casts::property(cx, made) {
        put(cx, made, Property::name, name);
    }
    Ok(made)
}

fn with_getter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    replaced(cx, args, 0)
}

fn with_setter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    replaced(cx, args, 1)
}

fn with_deleter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    replaced(cx, args, 2)
}

fn property_get<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let property = self_property(cx, args)?;
    match args.some(cx, 1) {
        Some(instance) => descriptor::property_get(cx, property.any(), instance),
        None => Ok(property.any()),
    }
}

fn property_set<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let property = self_property(cx, args)?;
    descriptor::set_descriptor(cx, property.any(), args.at(cx, 1), args.get(cx, 2))?;
    Ok(none(cx))
}

fn property_delete<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let property = self_property(cx, args)?;
    descriptor::set_descriptor(cx, property.any(), args.at(cx, 1), None)?;
    Ok(none(cx))
}

fn set_name<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let property = self_property(cx, args)?;
    put(cx, property, Property::name, args.get(cx, 2));
    Ok(none(cx))
}

fn is_abstract<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let property = self_property(cx, args)?;
    let local = property.get(cx);
    let parts: Vec<_> = [&local.get, &local.set, &local.delete]
        .iter()
        .filter_map(|s| s.get(cx).map(|v| cx.root(v)))
        .collect();
    for function in parts {
        if let Some(flag) = attr::get_opt(cx, function, names::ISABSTRACTMETHOD)? {
            if crate::object::compare::truth(cx, flag)? {
                return Ok(crate::object::bool(cx, true));
            }
        }
    }
    Ok(crate::object::bool(cx, false))
}

// ---- static and class methods ----

fn static_new<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    descriptor::new_wrapper(cx, shapes::STATIC_METHOD, args.at(cx, 1))
}

fn class_new<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    descriptor::new_wrapper(cx, shapes::CLASS_METHOD, args.at(cx, 1))
}

fn inner<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    match casts::wrapped(cx, args.at(cx, 0).get(cx)).map(|w| cx.root(w)) {
        Some(inner) => Ok(inner),
        None => Err(wrong_self(cx, args, "staticmethod")),
    }
}

fn wrapped<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    inner(cx, args)
}

fn wrapped_doc<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let inner = inner(cx, args)?;
    attr::get(cx, inner, names::DOC)
}

fn wrapper_get<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let wrapper = args.at(cx, 0);
    match (args.some(cx, 1), args.some(cx, 2).and_then(|c| class::of_handle(cx, c))) {
        (_, Some(class)) => descriptor::bind_class(cx, wrapper, class),
        (Some(instance), None) => descriptor::bind(cx, wrapper, instance),
        (None, None) => fail!(cx, TYPE_ERROR, "__get__(None, None) is invalid"),
    }
}

fn static_call<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let inner = inner(cx, args)?;
    let (all, keywords) = forward(cx, args, &[])?;
    call::call_named(cx, inner, &all, keywords)
}

fn wrapper_repr<'s>(cx: &mut Cx<'s>, args: &Args<'s>, name: &str) -> Res<'s> {
    let inner = inner(cx, args)?;
    let shown = repr::repr(cx, inner)?;
    let text = format!("<{name}({})>", str::lossy(shown.get(cx)));
    string(cx, &text)
}

fn static_repr<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    wrapper_repr(cx, args, "staticmethod")
}

fn class_repr<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    wrapper_repr(cx, args, "classmethod")
}

fn wrapper_getattr<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let wrapper = args.at(cx, 0);
    let inner = inner(cx, args)?;
    let name = super::object_type::attribute_name(cx, args.at(cx, 1))?;
    match attr::get_opt(cx, inner, name)? {
        Some(found) => Ok(found),
        None => Err(attr::missing(cx, wrapper, name)),
    }
}

// ---- slots ----

fn self_member<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Result<Handle<'s, Member>, Raised> {
    match args.at(cx, 0).downcast::<Member>(cx) {
        Some(member) => Ok(member),
        None => Err(wrong_self(cx, args, "member_descriptor")),
    }
}

fn member_repr<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let member = self_member(cx, args)?;
    let local = member.get(cx);
    let class = local.class.get(cx).map(|c| class::name(cx, c)).unwrap_or_default();
    let name = local.name.get(cx).map(str::lossy).unwrap_or_default();
    string(cx, &format!("<member '{name}' of '{class}' objects>"))
}

fn member_get<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let member = self_member(cx, args)?;
    match args.some(cx, 1) {
        Some(instance) => descriptor::bind(cx, member.any(), instance),
        None => Ok(member.any()),
    }
}

fn member_change<'s>(
    cx: &mut Cx<'s>,
    member: Handle<'s, Member>,
    object: Handle<'s>,
    value: Option<Handle<'s>>,
) -> Res<'s> {
    descriptor::set_descriptor(cx, member.any(), object, value)?;
    Ok(none(cx))
}

fn member_set<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let member = self_member(cx, args)?;
    member_change(cx, member, args.at(cx, 1), args.get(cx, 2))
}

fn member_delete<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let member = self_member(cx, args)?;
    member_change(cx, member, args.at(cx, 1), None)
}

fn member_name<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let member = self_member(cx, args)?;
    let name = member.get(cx).name.get(cx).map(|n| cx.root(n.any()));
    Ok(name.unwrap_or_else(|| none(cx)))
}

fn member_class<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let member = self_member(cx, args)?;
    let class = member.get(cx).class.get(cx).map(|c| cx.root(c.any()));
    Ok(class.unwrap_or_else(|| none(cx)))
}
