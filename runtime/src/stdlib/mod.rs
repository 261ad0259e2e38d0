//! The modules that are built in: a registry of names and what fills their dicts.
#![forbid(unsafe_code)]

pub mod future;
pub mod gc;
pub mod math;
pub mod math_functions;
pub mod math_integers;
pub mod math_sums;
mod structseq;
pub mod sys;
pub mod sys_functions;
pub mod time;

use crate::object::layout::{Dict, Module};
use crate::object::native::NativeDef;
use crate::object::raise::Raised;
use crate::object::{dict, native, rt, str};
use taipan_gc::{Cx, Handle};

/// A built-in module: its functions, and what else its dict holds.
#[derive(Debug)]
pub struct ModuleDef {
    /// `__name__`
    pub name: &'static str,
    /// Functions.
    pub functions: &'static [NativeDef],
    /// Puts constants and objects in the dict.
    pub fill: for<'s> fn(&mut Cx<'s>, Handle<'s, Dict>) -> Result<(), Raised>,
}

/// The built-in modules, except `builtins` and `sys`, which always exist.
pub const MODULES: &[ModuleDef] = &[future::MODULE, gc::MODULE, math::MODULE, time::MODULE];

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
    add_functions(cx, module.any(), attributes, def.functions)?;
    (def.fill)(cx, attributes)?;
    Ok((module, attributes))
}

/// Adds functions to a module's dict.
pub fn add_functions(
    cx: &mut Cx<'_>,
    module: Handle<'_>,
    attributes: Handle<'_, Dict>,
    functions: &'static [NativeDef],
) -> Result<(), Raised> {
    for def in functions {
        cx.scoped(|cx| {
            let function = native::new(cx, def, Some(module))?;
            put(cx, attributes, def.name, function.any())
        })?;
    }
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
