//! Classes whose instances an embedder makes, and those that scripts derive from them.
//!
//! The embedder gives the shape, with functions that trace and drop; instances of derived classes start with the same words, and have their attributes
//! behind. Leaves out what those words are.

use super::classes::{KIND_EMBEDDED, KIND_FINAL};
use super::layout::Class;
use super::native::{Args, NativeDef};
use super::raise::{type_error, Raised};
use super::{class, instance};
use taipan_gc::{Cx, Handle, HeapFull, Local, Shape, ShapeId};

/// The `__new__` of a class whose instances scripts can't make.
pub static REFUSE: NativeDef = NativeDef::new_static("__new__", refuse, "cls, /, *args, **kwargs");

fn refuse<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Result<Handle<'s>, Raised> {
    let first = args.at(cx, 0);
    let name = class::of_handle(cx, first).map(|c| class::name(cx, c.get(cx))).unwrap_or_default();
    Err(type_error(cx, format!("cannot create '{name}' instances")))
}

/// Makes a class one whose own instances the embedder makes, with a shape of its own, which lives as long as the heap and keeps the class. When
/// scripts may derive classes from it, the instances of those start with the same words, and the shape's functions serve them, too: the embedder
/// makes them with [`new_derived`]. All have [`class::kind_of`] [`KIND_EMBEDDED`].
pub fn embed(
    cx: &Cx<'_>,
    class: Local<'_, Class>,
    shape: Shape,
    derivable: bool,
) -> Result<ShapeId, HeapFull> {
    let id = instance::add_shape(cx, shape, instance::info_without_slots(KIND_EMBEDDED), class)?;
    class.kind.set(if derivable { KIND_EMBEDDED } else { KIND_FINAL });
    class.flags.set(class.flags.get() | class::EMBEDDED);
    class.root_shape.set(id);
    Ok(id)
}

/// The class among the bases, or the class itself, whose instances an [embedder](embed) makes.
pub fn base<'a>(cx: &'a Cx<'_>, class: Local<'a, Class>) -> Option<Local<'a, Class>> {
    // SAFETY: the MRO of a live class holds live classes.
    let classes = class::mro(cx, class).iter().map(|&v| unsafe { Local::<Class>::from_value(v) });
    classes.into_iter().find(|c| c.flags.get() & class::EMBEDDED != 0)
}

/// A fresh instance of a class that derives from an [`embed`]ded one; `fill` writes what the embedder's own instances start with, behind
/// the header. Never collects.
pub fn new_derived<'a>(
    cx: &'a Cx<'_>,
    class: Local<'_, Class>,
    fill: impl FnOnce(*mut u8),
) -> Result<Local<'a>, HeapFull> {
    let shape = instance::root_shape(cx, class)?;
    // SAFETY: the fresh cell is zeroed behind its header, and zero is an empty slot; the shape has a drop, so that it is registered.
    unsafe {
        let core = cx.core();
        let size = (*core).memory.shapes.get(shape).size as usize;
        (*core).reserve_lists()?;
        let object = (*core).alloc(size, shape, 0)?;
        std::ptr::write_bytes((object as *mut u64).add(1), 0, size / 8 - 1);
        fill((object as *mut u64).add(1).cast());
        (*core).register_reserved(object);
        Ok(cx.newborn(object))
    }
}
