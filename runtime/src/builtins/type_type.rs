//! `type`: making classes, and what classes tell about themselves.
//!
//! The setters of `__name__`, `__qualname__`, … are in `object::special_attrs`.

use super::alias_types;
use super::common::{fail, forward, full_name, is_exactly, self_class, string, text_of, Res};
use super::functions::isinstance;
use super::object_type::{class_names, name_list};
use crate::object::layout::{Class, Dict};
use crate::object::names::{self, NameId};
use crate::object::native::{Args, NativeDef};
use crate::object::raise::{raise, Raised};
use crate::object::{
    attr, bool, call, class, classes, define, descriptor, dict, list, none, shapes, str, subclasses, tuple,
};
use std::collections::BTreeSet;
use taipan_gc::{Cx, Handle};

/// Methods of `type`.
pub(super) const METHODS: &[NativeDef] = &[
    NativeDef::new_static("__new__", new, "cls, /, *args, **kwargs"),
    NativeDef::new("__init__", init, "self, /, *args, **kwargs"),
    NativeDef::new("__call__", call_class, "self, /, *args, **kwargs"),
    NativeDef::new("__repr__", repr_of, "self, /"),
    NativeDef::new("mro", mro, "self, /"),
    NativeDef::new("__subclasses__", subclasses_of, "self, /"),
    NativeDef::new("__instancecheck__", instance_check, "self, instance, /"),
    NativeDef::new("__subclasscheck__", subclass_check, "self, subclass, /"),
    NativeDef::new_class("__prepare__", prepare, "cls, /, *args, **kwargs"),
    NativeDef::new("__dir__", dir, "self, /"),
    NativeDef::new("__or__", alias_types::or, "self, value, /"),
    NativeDef::new("__ror__", alias_types::ror, "self, value, /"),
    NativeDef::getter("__name__", name_getter),
    NativeDef::getter("__qualname__", qualname_getter),
    NativeDef::getter("__module__", module_getter),
    NativeDef::getter("__bases__", bases_getter),
    NativeDef::getter("__base__", base_getter),
    NativeDef::getter("__mro__", mro_getter),
    NativeDef::getter("__dict__", dict_getter),
    NativeDef::getter("__doc__", doc_getter),
    NativeDef::getter("__annotations__", annotations_getter),
    NativeDef::getter("__abstractmethods__", abstract_getter),
    NativeDef::getter("__text_signature__", signature_getter),
];

fn new<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let metaclass = class::new_target(cx, args, classes::TYPE)?;
    if args.rest_len() != 3 {
        if is_exactly(cx, metaclass, classes::TYPE) {
            fail!(cx, TYPE_ERROR, "type() takes 1 or 3 arguments");
        }
        fail!(cx, TYPE_ERROR, "type.__new__() takes exactly 3 arguments ({} given)", args.rest_len());
    }
    let given: Vec<_> = args.rest_all(cx);
    let Some(name) = str::of_handle(cx, given[0]) else { return Err(wrong(cx, 1, "str", given[0])) };
    let Some(bases) = tuple::of_handle(cx, given[1]) else { return Err(wrong(cx, 2, "tuple", given[1])) };
    let Some(namespace) = dict::of_handle(cx, given[2]) else { return Err(wrong(cx, 3, "dict", given[2])) };
    let bases = tuple::handles(cx, bases)?;
    let winner = define::winner(cx, metaclass, &bases)?;
    if !winner.get(cx).is(metaclass.get(cx)) {
        // A more derived metaclass with a `__new__` of its own makes the class.
        let own = class::lookup(cx, winner.get(cx), names::NEW).map(|n| cx.root(n));
        if let Some(own) = own.filter(|n| !class::owner_is(cx, n.get(cx), classes::TYPE)) {
            let maker = descriptor::unwrap_static(cx, own);
            let (all, keywords) = forward(cx, args, &[winner.any()])?;
            return call::call_named(cx, maker, &all, keywords);
        }
    }
    let (values, keywords) = super::common::spread(cx, args.keywords())?;
    let extra = keywords.map(|names| (&values[..], names));
    Ok(define::new(cx, winner, name, &bases, namespace, extra)?.any())
}

fn wrong(cx: &mut Cx<'_>, position: u8, wanted: &str, given: Handle<'_>) -> Raised {
    let given = class::type_name(cx, given.get(cx));
    raise(
        cx,
        classes::TYPE_ERROR,
        format!("type.__new__() argument {position} must be {wanted}, not {given}"),
    )
}

fn init<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    if args.rest_len() != 1 && args.rest_len() != 3 {
        fail!(cx, TYPE_ERROR, "type.__init__() takes 1 or 3 arguments");
    }
    if args.rest_len() == 1 && super::common::has_keywords(cx, args) {
        fail!(cx, TYPE_ERROR, "type.__init__() takes no keyword arguments");
    }
    Ok(none(cx))
}

fn call_class<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let class = self_class(cx, args)?;
    let (all, keywords) = forward(cx, args, &[])?;
    class::type_call(cx, class, &all, keywords)
}

fn repr_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let class = self_class(cx, args)?;
    let text = format!("<class '{}'>", full_name(cx, class.get(cx)));
    string(cx, &text)
}

fn mro<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let class = self_class(cx, args)?;
    let chain = class.get(cx).mro.get(cx).map(|m| cx.root(m));
    let chain = chain.map_or(Ok(Vec::new()), |m| tuple::handles(cx, m))?;
    Ok(list::new(cx, &chain)?.any())
}

fn subclasses_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let class = self_class(cx, args)?;
    Ok(subclasses::list(cx, class)?.any())
}

fn instance_check<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (class, object) = (args.at(cx, 0), args.at(cx, 1));
    let is = isinstance::plain_instance(cx, object, class)?;
    Ok(bool(cx, is))
}

fn subclass_check<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (class, derived) = (args.at(cx, 0), args.at(cx, 1));
    let is = isinstance::plain_subclass(cx, derived, class)?;
    Ok(bool(cx, is))
}

fn prepare<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    Ok(dict::new(cx)?.any())
}

fn dir<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let class = self_class(cx, args)?;
    let mut found = BTreeSet::new();
    class_names(cx, class, &mut found);
    name_list(cx, found)
}

fn name_getter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let class = self_class(cx, args)?;
    let name = class.get(cx).name.get(cx).map(|n| cx.root(n));
    Ok(name.unwrap_or_else(|| none(cx)))
}

fn qualname_getter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let class = self_class(cx, args)?;
    let name = class.get(cx).qualname.get(cx).map(|n| cx.root(n));
    Ok(name.unwrap_or_else(|| none(cx)))
}

/// An attribute of the class's own dict.
fn own<'s>(cx: &Cx<'s>, class: Handle<'_, Class>, name: NameId) -> Option<Handle<'s>> {
    class::own(cx, class.get(cx), names::local(cx, name)).map(|v| cx.root(v))
}

fn module_getter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let class = self_class(cx, args)?;
    match own(cx, class, names::MODULE) {
        Some(module) if text_of(cx, module.get(cx)).is_some() => Ok(module),
        _ => Ok(names::handle(cx, names::BUILTINS_MODULE).any()),
    }
}

fn bases_getter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let class = self_class(cx, args)?;
    let bases = class.get(cx).bases.get(cx).map(|b| cx.root(b.any()));
    Ok(bases.unwrap_or_else(|| none(cx)))
}

fn base_getter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let class = self_class(cx, args)?;
    let kind = class.get(cx).kind.get();
    let bases = class.get(cx).bases.get(cx).map(|b| cx.root(b));
    let bases = bases.map_or(Ok(Vec::new()), |b| tuple::handles(cx, b))?;
    let best = bases.iter().find(|b| class::as_class(cx, b.get(cx)).is_some_and(|c| c.kind.get() == kind));
    Ok(best.or(bases.first()).copied().unwrap_or_else(|| none(cx)))
}

fn mro_getter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let class = self_class(cx, args)?;
    let chain = class.get(cx).mro.get(cx).map(|m| cx.root(m.any()));
    Ok(chain.unwrap_or_else(|| none(cx)))
}

fn dict_getter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let class = self_class(cx, args)?;
    match class::attributes(cx, class.get(cx)).map(|d| cx.root(d)) {
        Some(attributes) => descriptor::new_wrapper(cx, shapes::MAPPING_PROXY, attributes.any()),
        None => Ok(none(cx)),
    }
}

fn doc_getter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let class = self_class(cx, args)?;
    match own(cx, class, names::DOC) {
        Some(doc) => descriptor::bind_class(cx, doc, class),
        None => Ok(none(cx)),
    }
}

fn annotations_getter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let class = self_class(cx, args)?;
    if let Some(found) = own(cx, class, names::ANNOTATIONS) {
        return Ok(found);
    }
    if class.get(cx).flags.get() & class::BUILTIN != 0 {
        return Err(attr::missing(cx, class.any(), names::ANNOTATIONS));
    }
    let fresh: Handle<'s, Dict> = dict::new(cx)?;
    define::set_attribute(cx, class, names::ANNOTATIONS, Some(fresh.any()))?;
    Ok(fresh.any())
}

fn abstract_getter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let class = self_class(cx, args)?;
    let name = names::intern(cx, "__abstractmethods__")?;
    match own(cx, class, name) {
        Some(found) => Ok(found),
        None => fail!(cx, ATTRIBUTE_ERROR, "__abstractmethods__"),
    }
}

fn signature_getter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    self_class(cx, args)?;
    Ok(none(cx))
}
