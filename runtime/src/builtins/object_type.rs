//! `object`: what every class inherits.

use super::common::{address, fail, full_name, has_keywords, not_implemented, string, Res};
use super::repr;
use crate::object::classes::{self, KIND_OBJECT};
use crate::object::layout::Class;
use crate::object::names::{self, NameId};
use crate::object::native::{Args, NativeDef};
use crate::object::raise::Raised;
use crate::object::{attr, bool, call, class, compare, dict, instance, int, list, none, str};
use std::collections::BTreeSet;
use taipan_gc::{Cx, Handle};

/// Methods of `object`.
pub(super) const METHODS: &[NativeDef] = &[
    NativeDef::new_static("__new__", new, "cls, /, *args, **kwargs"),
    NativeDef::new("__init__", init, "self, /, *args, **kwargs"),
    NativeDef::new("__repr__", repr_of, "self, /"),
    NativeDef::new("__str__", str_of, "self, /"),
    NativeDef::new("__eq__", eq, "self, value, /"),
    NativeDef::new("__ne__", ne, "self, value, /"),
    NativeDef::new("__lt__", incomparable, "self, value, /"),
    NativeDef::new("__le__", incomparable, "self, value, /"),
    NativeDef::new("__gt__", incomparable, "self, value, /"),
    NativeDef::new("__ge__", incomparable, "self, value, /"),
    NativeDef::new("__hash__", hash, "self, /"),
    NativeDef::new("__format__", format, "self, format_spec, /"),
    NativeDef::new("__getattribute__", getattribute, "self, name, /"),
    NativeDef::new("__setattr__", setattr, "self, name, value, /"),
    NativeDef::new("__delattr__", delattr, "self, name, /"),
    NativeDef::new_class("__init_subclass__", init_subclass, "cls, /, *args, **kwargs"),
    NativeDef::new_class("__subclasshook__", subclass_hook, "cls, subclass, /"),
    NativeDef::new("__dir__", dir, "self, /"),
    NativeDef::new("__sizeof__", sizeof, "self, /"),
    NativeDef::new("__reduce__", reduce, "self, /"),
    NativeDef::new("__reduce_ex__", reduce_ex, "self, protocol, /"),
    NativeDef::new("__getstate__", getstate, "self, /"),
];

/// Calls a function of `copyreg`, which is where taking objects apart is written down.
fn by_copyreg<'s>(cx: &mut Cx<'s>, function: &str, arguments: &[Handle<'s>]) -> Res<'s> {
    let fromlist = string(cx, function)?;
    let fromlist = crate::object::tuple::new(cx, &[fromlist])?.any();
    let module = super::import::import_name(cx, "copyreg", None, fromlist, 0)?;
    let function = names::intern(cx, function)?;
    call::call_method(cx, module, function, arguments)
}

fn reduce<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let protocol = int::from_i64(cx, 0)?;
    by_copyreg(cx, "_reduce_ex", &[args.at(cx, 0), protocol])
}

/// By a `__reduce__` that the class has of its own, if it has one.
fn reduce_ex<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let class = class::of_value(cx, args.at(cx, 0).get(cx));
    if !inherits(cx, class, names::REDUCE) {
        return call::call_method(cx, args.at(cx, 0), names::REDUCE, &[]);
    }
    by_copyreg(cx, "_reduce_ex", &[args.at(cx, 0), args.at(cx, 1)])
}

fn getstate<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    by_copyreg(cx, "_getstate", &[args.at(cx, 0)])
}

/// Whether looking `name` up in the class finds what `object` defines.
fn inherits(cx: &Cx<'_>, class: Handle<'_, Class>, name: NameId) -> bool {
    class::lookup(cx, class.get(cx), name).is_some_and(|found| class::is_of_object(cx, found))
}

fn has_excess(cx: &Cx<'_>, args: &Args<'_>) -> bool {
    args.rest_len() > 0 || has_keywords(cx, args)
}

fn new<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let class = class::new_target(cx, args, classes::OBJECT)?;
    if has_excess(cx, args) {
        if !inherits(cx, class, names::NEW) {
            fail!(cx, TYPE_ERROR, "object.__new__() takes exactly one argument (the type to instantiate)");
        }
        if inherits(cx, class, names::INIT) {
            fail!(cx, TYPE_ERROR, "{}() takes no arguments", class::name(cx, class.get(cx)));
        }
    }
    if class.get(cx).kind.get() != KIND_OBJECT {
        let name = class::name(cx, class.get(cx));
        fail!(cx, TYPE_ERROR, "object.__new__({name}) is not safe, use {name}.__new__()");
    }
    refuse_abstract(cx, class)?;
    instance::new(cx, class)
}

/// A class with abstract methods left can't be instantiated.
fn refuse_abstract(cx: &mut Cx<'_>, class: Handle<'_, Class>) -> Result<(), Raised> {
    let key = names::local(cx, names::ABSTRACTMETHODS);
    let own = class::own(cx, class.get(cx), key).map(|v| cx.root(v));
    let Some(own) = own else { return Ok(()) };
    let items = crate::object::iter::to_vec(cx, own)?;
    let mut missing: Vec<String> =
        items.iter().filter_map(|i| super::common::text_of(cx, i.get(cx))).collect();
    if missing.is_empty() {
        return Ok(());
    }
    missing.sort();
    let (name, plural) = (class::name(cx, class.get(cx)), if missing.len() == 1 { "" } else { "s" });
    fail!(
        cx,
        TYPE_ERROR,
        "Can't instantiate abstract class {name} with abstract method{plural} {}",
        missing.join(", ")
    );
}

fn init<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    if has_excess(cx, args) {
        let class = class::of_value(cx, args.at(cx, 0).get(cx));
        if !inherits(cx, class, names::INIT) {
            let message = "object.__init__() takes exactly one argument (the instance to initialize)";
            fail!(cx, TYPE_ERROR, "{message}");
        }
        if inherits(cx, class, names::NEW) {
            let name = class::name(cx, class.get(cx));
            fail!(
                cx,
                TYPE_ERROR,
                "{name}.__init__() takes exactly one argument (the instance to initialize)"
            );
        }
    }
    Ok(none(cx))
}

fn repr_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let object = args.at(cx, 0);
    let name = full_name(cx, class::of(cx, object.get(cx)));
    let text = format!("<{name} object at {}>", address(cx, object.get(cx))?);
    string(cx, &text)
}

fn str_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let object = args.at(cx, 0);
    Ok(repr::repr(cx, object)?.any())
}

fn eq<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    if args.at(cx, 0).get(cx).is(args.at(cx, 1).get(cx)) {
        return Ok(bool(cx, true));
    }
    Ok(not_implemented(cx))
}

fn ne<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (object, other) = (args.at(cx, 0), args.at(cx, 1));
    match call::call_special(cx, object, names::EQ, &[other])? {
        Some(equal) if !equal.get(cx).is(not_implemented(cx).get(cx)) => {
            let equal = compare::truth(cx, equal)?;
            Ok(bool(cx, !equal))
        }
        _ => Ok(not_implemented(cx)),
    }
}

fn incomparable<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    Ok(not_implemented(cx))
}

fn hash<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let hash = compare::identity_hash(cx, args.at(cx, 0).get(cx))?;
    int::from_i64(cx, hash)
}

fn format<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (object, spec) = (args.at(cx, 0), args.at(cx, 1));
    let Some(text) = super::common::text_of(cx, spec.get(cx)) else {
        let given = class::type_name(cx, spec.get(cx));
        fail!(cx, TYPE_ERROR, "__format__() argument must be str, not {given}");
    };
    if !text.is_empty() {
        let name = class::type_name(cx, object.get(cx));
        fail!(cx, TYPE_ERROR, "unsupported format string passed to {name}.__format__");
    }
    Ok(repr::str(cx, object)?.any())
}

/// The name of an attribute out of an argument.
pub(super) fn attribute_name(cx: &mut Cx<'_>, value: Handle<'_>) -> Result<NameId, Raised> {
    match str::of(cx, value.get(cx)) {
        Some(name) => str::intern(cx, name),
        None => {
            let given = class::type_name(cx, value.get(cx));
            fail!(cx, TYPE_ERROR, "attribute name must be string, not '{given}'");
        }
    }
}

fn getattribute<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let object = args.at(cx, 0);
    let name = attribute_name(cx, args.at(cx, 1))?;
    match attr::generic_get(cx, object, name)? {
        Some(found) => Ok(found),
        None => Err(attr::missing(cx, object, name)),
    }
}

fn setattr<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (object, value) = (args.at(cx, 0), args.at(cx, 2));
    let name = attribute_name(cx, args.at(cx, 1))?;
    attr::generic_set(cx, object, name, Some(value))?;
    Ok(none(cx))
}

fn delattr<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let object = args.at(cx, 0);
    let name = attribute_name(cx, args.at(cx, 1))?;
    attr::generic_set(cx, object, name, None)?;
    Ok(none(cx))
}

fn init_subclass<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let class = args.at(cx, 0);
    let name = class::as_class(cx, class.get(cx)).map(|c| class::qualname(cx, c)).unwrap_or_default();
    if has_keywords(cx, args) {
        fail!(cx, TYPE_ERROR, "{name}.__init_subclass__() takes no keyword arguments");
    }
    if args.rest_len() > 0 {
        fail!(cx, TYPE_ERROR, "{name}.__init_subclass__() takes no arguments ({} given)", args.rest_len());
    }
    Ok(none(cx))
}

fn subclass_hook<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    Ok(not_implemented(cx))
}

/// Names of the attributes of the classes in the MRO.
pub(super) fn class_names(cx: &Cx<'_>, class: Handle<'_, Class>, found: &mut BTreeSet<String>) {
    let Some(mro) = class.get(cx).mro.get(cx) else { return };
    for i in 0..crate::object::tuple::len(mro) {
        let base = crate::object::tuple::item(mro, i).and_then(|c| class::as_class(cx, c));
        if let Some(attributes) = base.and_then(|b| class::attributes(cx, b)) {
            dict_names(cx, attributes, found);
        }
    }
}

/// The keys of a dict that are strings.
pub(super) fn dict_names(
    cx: &Cx<'_>,
    attributes: taipan_gc::Local<'_, crate::object::layout::Dict>,
    found: &mut BTreeSet<String>,
) {
    let mut at = 0;
    while let Some((key, _)) = dict::next_entry(cx, attributes, &mut at) {
        if let Some(name) = super::common::text_of(cx, key) {
            found.insert(name);
        }
    }
}

/// A list of strings.
pub(super) fn name_list<'s>(cx: &mut Cx<'s>, found: BTreeSet<String>) -> Res<'s> {
    let names = list::with_capacity(cx, found.len())?;
    for name in found {
        cx.scoped(|cx| {
            let name = str::new(cx, &name)?;
            list::append(cx, names, name.any())
        })?;
    }
    Ok(names.any())
}

fn dir<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let object = args.at(cx, 0);
    let mut found = BTreeSet::new();
    if let Some(own) = attr::get_opt(cx, object, names::DICT)? {
        if let Some(own) = dict::of(cx, own.get(cx)) {
            dict_names(cx, own, &mut found);
        }
    }
    let class = class::of_value(cx, object.get(cx));
    class_names(cx, class, &mut found);
    found.insert("__class__".to_owned());
    name_list(cx, found)
}

fn sizeof<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let size = crate::object::frames::size_of(cx, args.at(cx, 0).get(cx));
    int::from_usize(cx, size)
}
