//! Types of Rust hosts: objects of a derived [`Object`] type that scripts see as instances of a class.
//!
//! The objects are made with [`Cx::alloc`] and reached with `downcast`; the class has methods, and getters, with setters or without. Leaves out making them and
//! subclassing from scripts.

use super::classes::{self, KIND_FINAL};
use super::layout::Class;
use super::native::{self, NativeDef};
use super::raise::Raised;
use super::{define, dict, embedded, names, str};
use taipan_gc::{refs, Cx, Handle, Object};

/// Makes all objects of type `T` in this heap instances of a new class, `module.Name`, with these methods and getters.
pub fn define<'s, T: Object>(
    cx: &mut Cx<'s>,
    name: &str,
    functions: &'static [NativeDef],
) -> Result<Handle<'s, Class>, Raised> {
    let (module, short) = name.rsplit_once('.').unwrap_or(("builtins", name));
    let namespace = dict::new(cx)?;
    let module = str::new(cx, module)?.any();
    dict::set_name(cx, namespace, names::handle(cx, names::MODULE), module)?;
    for def in functions.iter().chain([&embedded::REFUSE]) {
        let function = native::new(cx, def, None)?;
        let key = names::intern(cx, def.name)?;
        dict::set_name(cx, namespace, names::handle(cx, key), function.any())?;
    }
    let short = str::new(cx, short)?;
    let metaclass = classes::handle(cx, classes::TYPE);
    let class = define::new(cx, metaclass, short, &[], namespace, None)?;
    // A subclass in Python would have no payload.
    class.get(cx).kind.set(KIND_FINAL);
    let shape = cx.shape_or_register::<T>()?;
    let value = class.get(cx).value();
    // SAFETY: the core is this thread's, and the borrows end with the block; the shape owns a count of its class where counts are kept.
    unsafe {
        let core = cx.core();
        if (*core).counted {
            refs::retain(value);
        }
        (*core).memory.shapes.get_mut(shape).class = value;
    }
    Ok(class)
}
