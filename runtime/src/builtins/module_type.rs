//! `module`.

use super::common::{fail, is_exactly, string, text_of, Res};
use super::repr;
use crate::object::layout::{Dict, Module, ModuleInit};
use crate::object::names;
use crate::object::native::{wrong_self, Args, NativeDef};
use crate::object::raise::Raised;
use crate::object::{class, classes, dict, instance, none, retrying, str};
use taipan_gc::{Cx, Handle};

/// Methods of `module`.
pub const METHODS: &[NativeDef] = &[
    NativeDef::new_static("__new__", new, "cls, /, *args, **kwargs"),
    NativeDef::new("__init__", init, "self, name, doc=None"),
    NativeDef::new("__repr__", repr_of, "self, /"),
    NativeDef::new("__dir__", dir, "self, /"),
];

/// A module with this name and an otherwise empty dict.
pub fn make<'s>(cx: &mut Cx<'s>, name: &str) -> Result<(Handle<'s, Module>, Handle<'s, Dict>), Raised> {
    let attributes = dict::new(cx)?;
    let module = retrying(cx, |cx| cx.alloc(ModuleInit { dict: Some(attributes.get(cx)) }))?;
    let name = str::new(cx, name)?.any();
    fill(cx, attributes, name, none(cx))?;
    Ok((module, attributes))
}

fn fill(
    cx: &mut Cx<'_>,
    attributes: Handle<'_, Dict>,
    name: Handle<'_>,
    doc: Handle<'_>,
) -> Result<(), Raised> {
    let nothing = none(cx);
    for (key, value) in [
        (names::NAME, name),
        (names::DOC, doc),
        (names::PACKAGE, nothing),
        (names::LOADER, nothing),
        (names::SPEC, nothing),
    ] {
        let key = names::handle(cx, key);
        dict::set_name(cx, attributes, key, value)?;
    }
    Ok(())
}

fn self_module<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Result<Handle<'s, Module>, Raised> {
    match args.at(cx, 0).downcast::<Module>(cx) {
        Some(module) => Ok(module),
        None => Err(wrong_self(cx, args, "module")),
    }
}

fn new<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let class = class::new_target(cx, args, classes::MODULE)?;
    if !is_exactly(cx, class, classes::MODULE) {
        return instance::new(cx, class);
    }
    let attributes = dict::new(cx)?;
    let module = retrying(cx, |cx| cx.alloc(ModuleInit { dict: Some(attributes.get(cx)) }))?;
    Ok(module.any())
}

fn init<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let module = self_module(cx, args)?;
    let name = args.at(cx, 1);
    if str::of(cx, name.get(cx)).is_none() {
        let given = class::type_name(cx, name.get(cx));
        fail!(cx, TYPE_ERROR, "module.__init__() argument 'name' must be str, not {given}");
    }
    if let Some(attributes) = module.get(cx).dict.get(cx).map(|d| cx.root(d)) {
        fill(cx, attributes, name, args.at(cx, 2))?;
    }
    Ok(none(cx))
}

fn attribute<'s>(cx: &Cx<'s>, module: Handle<'_, Module>, name: names::NameId) -> Option<Handle<'s>> {
    let attributes = module.get(cx).dict.get(cx)?;
    dict::get_name(cx, attributes, names::local(cx, name)).map(|v| cx.root(v))
}

fn repr_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let module = self_module(cx, args)?;
    let name = match attribute(cx, module, names::NAME) {
        Some(name) => str::lossy(repr::repr(cx, name)?.get(cx)),
        None => "'?'".to_owned(),
    };
    let file = attribute(cx, module, names::FILE).filter(|f| text_of(cx, f.get(cx)).is_some());
    let text = match file {
        Some(file) => format!("<module {name} from {}>", str::lossy(repr::repr(cx, file)?.get(cx))),
        None if super::import::is_builtin(name.trim_matches('\'')) => format!("<module {name} (built-in)>"),
        None => format!("<module {name}>"),
    };
    string(cx, &text)
}

fn dir<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let module = self_module(cx, args)?;
    let mut found = std::collections::BTreeSet::new();
    if let Some(attributes) = module.get(cx).dict.get(cx) {
        super::object_type::dict_names(cx, attributes, &mut found);
    }
    super::object_type::name_list(cx, found)
}
