//! Filling a fresh heap: methods into the builtin classes, the modules `builtins` and `sys`.

use super::{alias_types, exception_kinds, file, module_type, FUNCTIONS, TYPES};
use crate::object::classes::{self, ClassId};
use crate::object::layout::{Class, Dict};
use crate::object::native::NativeDef;
use crate::object::raise::Raised;
use crate::object::{bool, class, dict, list, names, native, none, root_handle, str, Root};
use crate::stdlib;
use taipan_gc::{Cx, Handle};

/// The classes that `builtins` shows; the exceptions come on top.
const SHOWN: &[ClassId] = &[
    classes::OBJECT,
    classes::TYPE,
    classes::INT,
    classes::BOOL,
    classes::FLOAT,
    classes::STR,
    classes::BYTES,
    classes::MEMORY_VIEW,
    classes::TUPLE,
    classes::LIST,
    classes::DICT,
    classes::SET,
    classes::FROZENSET,
    classes::RANGE,
    classes::SLICE,
    classes::PROPERTY,
    classes::STATIC_METHOD,
    classes::CLASS_METHOD,
    classes::SUPER,
    classes::ENUMERATE,
    classes::ZIP,
    classes::MAP,
    classes::FILTER,
    classes::REVERSED,
];

/// Classes whose instances can't be hashed.
const UNHASHABLE: &[ClassId] = &[
    classes::LIST,
    classes::DICT,
    classes::SET,
    classes::SLICE,
    classes::DICT_KEYS,
    classes::DICT_ITEMS,
    classes::MAPPING_PROXY,
];

/// Classes that are of other modules than `builtins`.
const MODULES: &[(ClassId, &str)] = &[
    (classes::UNION_TYPE, "types"),
    (classes::GENERIC_ALIAS, "types"),
    (classes::FILE, "_io"),
    (classes::FUEL_EXHAUSTED, "taipan"),
];

/// Classes that can be parameterised.
const GENERIC: &[ClassId] =
    &[classes::LIST, classes::DICT, classes::TUPLE, classes::SET, classes::FROZENSET, classes::ENUMERATE];

static CLASS_GETITEM: NativeDef = alias_types::CLASS_GETITEM;

/// Fills the heap. The builtin classes exist and are empty.
pub fn install(cx: &mut Cx<'_>) -> Result<(), Raised> {
    for &(id, methods) in TYPES {
        fill_class(cx, id, methods)?;
    }
    cx.scoped(constants)?;
    for number in 0..classes::CORE {
        let class = classes::local(cx, ClassId(number as u16));
        class::compute_flags(cx, class);
    }
    class::bump_epoch(cx);
    let modules = dict::new(cx)?;
    root_handle(cx, Root::Modules).set(cx, modules.get(cx).any());
    cx.scoped(|cx| builtins(cx, modules))?;
    stdlib::sys::install(cx)?;
    cx.scoped(streams)
}

fn attributes<'s>(cx: &Cx<'s>, class: Handle<'_, Class>) -> Option<Handle<'s, Dict>> {
    class.get(cx).dict.get(cx).map(|d| cx.root(d))
}

fn fill_class(cx: &mut Cx<'_>, id: ClassId, methods: &'static [NativeDef]) -> Result<(), Raised> {
    cx.scoped(|cx| {
        let class = classes::handle(cx, id);
        let Some(attributes) = attributes(cx, class) else { return Ok(()) };
        for def in methods {
            cx.scoped(|cx| {
                let method = native::new(cx, def, Some(class.any()))?;
                stdlib::put(cx, attributes, def.name, method.any())
            })?;
        }
        Ok(())
    })
}

/// Class attributes that are no methods.
fn constants(cx: &mut Cx<'_>) -> Result<(), Raised> {
    let nothing = none(cx);
    for &id in UNHASHABLE {
        if let Some(attributes) = attributes(cx, classes::handle(cx, id)) {
            stdlib::put(cx, attributes, "__hash__", nothing)?;
        }
    }
    for &(id, names) in exception_kinds::NONE_ATTRIBUTES {
        let Some(attributes) = attributes(cx, classes::handle(cx, id)) else { continue };
        for name in names {
            stdlib::put(cx, attributes, name, nothing)?;
        }
    }
    for &(id, module) in MODULES {
        if let Some(attributes) = attributes(cx, classes::handle(cx, id)) {
            stdlib::put_text(cx, attributes, "__module__", module)?;
        }
    }
    for &id in GENERIC {
        let class = classes::handle(cx, id);
        if let Some(attributes) = attributes(cx, class) {
            let method = native::new(cx, &CLASS_GETITEM, Some(class.any()))?;
            stdlib::put(cx, attributes, "__class_getitem__", method.any())?;
        }
    }
    let object = classes::handle(cx, classes::OBJECT);
    if let Some(attributes) = attributes(cx, object) {
        stdlib::put(cx, attributes, "__doc__", nothing)?;
    }
    let flags = object.get(cx).flags.get();
    object.get(cx).flags.set(flags | class::NO_DICT);
    Ok(())
}

fn builtins(cx: &mut Cx<'_>, modules: Handle<'_, Dict>) -> Result<(), Raised> {
    let (module, attributes) = module_type::make(cx, "builtins")?;
    root_handle(cx, Root::Builtins).set(cx, attributes.get(cx).any());
    for functions in FUNCTIONS {
        stdlib::add_functions(cx, module.any(), attributes, functions)?;
    }
    // CPython has no fuel; programs meet its exception as a BaseException.
    let exceptions = (classes::BASE_EXCEPTION.0..classes::FUEL_EXHAUSTED.0).map(ClassId);
    for id in SHOWN.iter().copied().chain(exceptions) {
        let name = classes::TABLE[id.0 as usize].0;
        let class = classes::handle(cx, id).any();
        stdlib::put(cx, attributes, name, class)?;
    }
    let os_error = classes::handle(cx, classes::OS_ERROR).any();
    let (yes, no) = (bool(cx, true), bool(cx, false));
    let nothing = none(cx);
    for (name, value) in [
        ("IOError", os_error),
        ("EnvironmentError", os_error),
        ("Ellipsis", root_handle(cx, Root::Ellipsis)),
        ("NotImplemented", root_handle(cx, Root::NotImplemented)),
        ("True", yes),
        ("False", no),
        ("None", nothing),
        ("__debug__", yes),
    ] {
        stdlib::put(cx, attributes, name, value)?;
    }
    stdlib::put(cx, modules, "builtins", module.any())
}

fn streams(cx: &mut Cx<'_>) -> Result<(), Raised> {
    let streams = file::standard_streams(cx)?;
    let Some(attributes) = root_handle(cx, Root::Sys).downcast::<Dict>(cx) else { return Ok(()) };
    for (name, stream) in ["stdin", "stdout", "stderr"].into_iter().zip(streams) {
        stdlib::put(cx, attributes, name, stream)?;
        stdlib::put(cx, attributes, &format!("__{name}__"), stream)?;
    }
    Ok(())
}

/// Sets `sys.argv`.
pub fn set_argv(cx: &mut Cx<'_>, argv: &[String]) -> Result<(), Raised> {
    cx.scoped(|cx| {
        let Some(attributes) = root_handle(cx, Root::Sys).downcast::<Dict>(cx) else { return Ok(()) };
        let items = list::with_capacity(cx, argv.len())?;
        for argument in argv {
            let argument = str::new(cx, argument)?.any();
            list::append(cx, items, argument)?;
        }
        let name = names::intern(cx, "argv")?;
        let key = names::handle(cx, name);
        dict::set_name(cx, attributes, key, items.any())
    })
}
