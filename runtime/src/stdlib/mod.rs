//! The standard library: a registry of modules that are native, and of modules that are Python source kept in the executable.
//!
//! Nothing of a module is made before it is imported: neither its classes nor its functions. What is native and what is not, and why, is
//! said in ADR 11.
#![forbid(unsafe_code)]

pub mod abc;
pub mod array;
pub mod atexit;
pub mod bisect;
pub mod collections;
pub mod functools;
pub mod future;
pub mod gc;
pub mod heapq;
pub mod itertools;
pub mod math;
pub mod math_functions;
pub mod math_integers;
pub mod math_sums;
pub mod operator;
pub mod random;
mod sources;
mod structseq;
pub mod sys;
pub mod sys_functions;
pub mod time;
pub mod weakref;

use crate::object::classes::ClassId;
use crate::object::layout::{Dict, Module};
use crate::object::native::NativeDef;
use crate::object::raise::Raised;
use crate::object::{builtin_classes, classes, dict, native, rt, str};
use taipan_gc::{Cx, Handle};

/// A built-in module: its functions, and what else its dict holds.
#[derive(Debug)]
pub struct ModuleDef {
    /// `__name__`
    pub name: &'static str,
    /// Functions.
    pub functions: &'static [NativeDef],
    /// Classes that exist in heaps that have imported the module.
    pub types: &'static [TypeDef],
    /// Puts constants and objects in the dict.
    pub fill: for<'s> fn(&mut Cx<'s>, Handle<'s, Dict>) -> Result<(), Raised>,
}

/// A class of a native module.
#[derive(Debug)]
pub struct TypeDef {
    /// Its number; name and base are in [`classes::TABLE`].
    pub id: ClassId,
    /// `__module__`
    pub module: &'static str,
    /// Methods and getters.
    pub methods: &'static [NativeDef],
    /// Whether it can't be hashed.
    pub unhashable: bool,
    /// Whether instances have a `__dict__`.
    pub has_dict: bool,
}

impl TypeDef {
    /// A class whose instances are hashed by identity, or by a method.
    pub const fn new(id: ClassId, module: &'static str, methods: &'static [NativeDef]) -> TypeDef {
        TypeDef { id, module, methods, unhashable: false, has_dict: false }
    }
}

/// A module that is Python source.
#[derive(Debug)]
pub struct SourceDef {
    /// `__name__`
    pub name: &'static str,
    /// Whether modules may be inside.
    pub is_package: bool,
    /// The source.
    pub text: &'static str,
}

/// The module of this name that is Python source.
pub fn find_source(name: &str) -> Option<&'static SourceDef> {
    sources::SOURCES.iter().find(|m| m.name == name)
}

/// The built-in modules, except `builtins` and `sys`, which always exist.
pub const MODULES: &[ModuleDef] = &[
    abc::MODULE,
    array::MODULE,
    atexit::MODULE,
    bisect::MODULE,
    collections::MODULE,
    functools::MODULE,
    future::MODULE,
    gc::MODULE,
    heapq::MODULE,
    itertools::MODULE,
    math::MODULE,
    operator::MODULE,
    random::MODULE,
    time::MODULE,
    weakref::MODULE,
];

/// The built-in module with this name.
pub fn find(name: &str) -> Option<&'static ModuleDef> {
    MODULES.iter().find(|m| m.name == name)
}

/// Makes a module of its description.
pub fn make<'s>(
    cx: &mut Cx<'s>,
    def: &'static ModuleDef,
) -> Result<(Handle<'s, Module>, Handle<'s, Dict>), Raised> {
    let (module, attributes) = crate::builtins::module_type::make(cx, def.name)?;
    for types in def.types {
        cx.scoped(|cx| add_type(cx, attributes, types))?;
    }
    native::define_all(cx, attributes, module.any(), def.functions)?;
    (def.fill)(cx, attributes)?;
    Ok((module, attributes))
}

/// Makes a class, and puts it in a module's dict.
fn add_type(cx: &mut Cx<'_>, attributes: Handle<'_, Dict>, def: &'static TypeDef) -> Result<(), Raised> {
    let class = builtin_classes::library(cx, def.id)?;
    let name = classes::TABLE[def.id.0 as usize].0;
    put(cx, attributes, name, class.any())?;
    if class.get(cx).dict.get(cx).is_some() {
        return Ok(());
    }
    let own = dict::new(cx)?;
    native::define_all(cx, own, class.any(), def.methods)?;
    put_text(cx, own, "__module__", def.module)?;
    if def.unhashable {
        let nothing = crate::object::none(cx);
        put(cx, own, "__hash__", nothing)?;
    }
    builtin_classes::finish_library(cx, class, own, def.has_dict);
    Ok(())
}

/// Puts a value in a dict under an interned name.
pub fn put(
    cx: &mut Cx<'_>,
    attributes: Handle<'_, Dict>,
    name: &str,
    value: Handle<'_>,
) -> Result<(), Raised> {
    cx.scoped(|cx| {
        let name = crate::object::names::intern(cx, name)?;
        let key = crate::object::names::handle(cx, name);
        dict::set_name(cx, attributes, key, value)
    })
}

/// Puts a string in a dict.
pub fn put_text(cx: &mut Cx<'_>, attributes: Handle<'_, Dict>, name: &str, text: &str) -> Result<(), Raised> {
    cx.scoped(|cx| {
        let text = str::new(cx, text)?.any();
        put(cx, attributes, name, text)
    })
}

/// Gives `body` the state of type `T` that this heap keeps for a room, made at need. `body` must not call back here.
pub fn with_extension<T: Default + Send + 'static, R>(
    cx: &Cx<'_>,
    body: impl FnOnce(&Cx<'_>, &mut T) -> R,
) -> R {
    let mut extensions = rt(cx).extensions.borrow_mut();
    let found = extensions.iter().position(|e| e.is::<T>());
    let at = found.unwrap_or_else(|| {
        extensions.push(Box::new(T::default()));
        extensions.len() - 1
    });
    match extensions[at].downcast_mut::<T>() {
        Some(state) => body(cx, state),
        None => unreachable!("just found by its type"),
    }
}
