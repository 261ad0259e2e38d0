//! Making the builtin classes: those that every heap knows, when somebody asks for them, and those of library modules, when they are imported. Their methods are
//! put in by the rooms that define them.

use super::class::{alloc_class, bump_epoch, compute_flags, BUILTIN, NO_DICT};
use super::classes::{self, ClassId};
use super::layout::{Class, Dict, Tuple};
use super::raise::Raised;
use super::{names, root_at, rt, shapes, tuple};
use taipan_gc::{refs, CollectKind, Cx, Handle, Local, ShapeId, Value};

/// Bytes that a builtin class takes without its attributes, at the most: itself, its name and two tuples.
pub(crate) const CLASS_BYTES: usize = 320;

/// Makes the builtin class with this number, without attributes. Never collects.
pub(crate) fn make<'a>(cx: &'a Cx<'_>, number: usize, flags: u16) -> Result<Local<'a, Class>, Raised> {
    let (name, base, kind) = classes::TABLE[number];
    let name = names::local(cx, names::intern(cx, name)?).any();
    let class = alloc_class(cx, shapes::CLASS, number as u32, name, kind, flags)?;
    let tuple =
        |len, item: &dyn Fn(usize) -> Value| tuple::alloc_values::<Tuple>(cx, shapes::TUPLE, len, item);
    let (bases, above) = match number {
        0 => (tuple::empty(cx), &[][..]),
        _ => {
            let base = classes::local(cx, base);
            (tuple(1, &|_| base.value())?, super::class::mro(cx, base))
        }
    };
    let mro = tuple(1 + above.len(), &|at| if at == 0 { class.value() } else { above[at - 1] })?;
    class.put(cx, Class::bases, Some(bases));
    class.put(cx, Class::mro, Some(mro));
    // Last: where memory runs out before, there is no such class yet.
    root_at(cx, number).set(cx, class.any());
    Ok(class)
}

/// A class that every heap knows and nobody has asked for yet.
#[cold]
pub(crate) fn make_core<'a>(cx: &'a Cx<'_>, id: ClassId) -> Local<'a, Class> {
    // A class is asked for by who has an object of it, too, and so can't be missing.
    (rt(cx).hooks.make_class)(cx, id)
}

/// The class of objects of a static shape that nobody has asked for yet.
#[cold]
pub(crate) fn of_shape<'a>(cx: &'a Cx<'_>, shape: ShapeId) -> Local<'a, Class> {
    let class = classes::local(cx, shown_as(shape).unwrap_or(classes::OBJECT));
    // SAFETY: the core is this thread's; the shape owns a count of its class where counts are kept.
    unsafe {
        if (*cx.core()).counted {
            refs::retain(class.value());
        }
        (*cx.core()).memory.shapes.get_mut(shape).class = class.value();
    }
    class
}

/// The class that a static shape has, whether anybody has asked for it or not.
pub(crate) fn shown_as(shape: ShapeId) -> Option<ClassId> {
    SHAPE_CLASSES.iter().find(|(of, _)| *of == shape).map(|(_, class)| *class)
}

/// Whether objects of this shape have a class that the shape knows.
pub(crate) fn has_class(cx: &Cx<'_>, shape: ShapeId) -> bool {
    // SAFETY: a shared read of this thread's core.
    let known = unsafe { (*cx.core()).memory.shapes.get(shape).class.is_ref() };
    known || shown_as(shape).is_some()
}

/// The class of a library module, made at need. As long as it has no dict, [`finish_library`] is to follow.
pub fn library<'s>(cx: &mut Cx<'s>, id: ClassId) -> Result<Handle<'s, Class>, Raised> {
    let number = id.0 as usize;
    if !root_at(cx, number).get(cx).value().is_ref() && make(cx, number, BUILTIN).is_err() {
        cx.collect(CollectKind::Full);
        make(cx, number, BUILTIN)?;
    }
    Ok(classes::handle(cx, id))
}

/// Gives the class of a library module its attributes, all at once: it has them, or, where memory has run out meanwhile, not yet.
pub fn finish_library(cx: &Cx<'_>, class: Handle<'_, Class>, attributes: Handle<'_, Dict>, has_dict: bool) {
    let local = class.get(cx);
    local.put(cx, Class::dict, Some(attributes.get(cx)));
    if !has_dict {
        local.flags.set(local.flags.get() | NO_DICT);
    }
    compute_flags(cx, local);
    bump_epoch(cx);
}

/// The classes of the static shapes.
const SHAPE_CLASSES: &[(ShapeId, ClassId)] = &[
    (shapes::INT, classes::INT),
    (shapes::FLOAT, classes::FLOAT),
    (shapes::BOOL, classes::BOOL),
    (shapes::NONE, classes::NONE_TYPE),
    (shapes::BIGINT, classes::INT),
    (shapes::STR_ASCII, classes::STR),
    (shapes::STR_WIDE, classes::STR),
    (shapes::BYTES, classes::BYTES),
    (shapes::TUPLE, classes::TUPLE),
    (shapes::ARRAY, classes::OBJECT),
    (shapes::ENTRIES, classes::OBJECT),
    (shapes::FRAME, classes::FRAME),
    (shapes::LIST, classes::LIST),
    (shapes::DICT, classes::DICT),
    (shapes::SET, classes::SET),
    (shapes::FROZENSET, classes::FROZENSET),
    (shapes::CELL, classes::CELL),
    (shapes::FUNCTION, classes::FUNCTION),
    (shapes::NATIVE, classes::NATIVE),
    (shapes::BOUND_METHOD, classes::METHOD),
    (shapes::CLASS, classes::TYPE),
    (shapes::MODULE, classes::MODULE),
    (shapes::CODE, classes::CODE),
    (shapes::RANGE, classes::RANGE),
    (shapes::SLICE, classes::SLICE),
    (shapes::RANGE_ITER, classes::RANGE_ITER),
    (shapes::SEQ_ITER, classes::SEQ_ITER),
    (shapes::TABLE_ITER, classes::TABLE_ITER),
    (shapes::NATIVE_ITER, classes::NATIVE_ITER),
    (shapes::GENERATOR, classes::GENERATOR),
    (shapes::PROPERTY, classes::PROPERTY),
    (shapes::STATIC_METHOD, classes::STATIC_METHOD),
    (shapes::CLASS_METHOD, classes::CLASS_METHOD),
    (shapes::SUPER, classes::SUPER),
    (shapes::SINGLETON, classes::ELLIPSIS),
    (shapes::NOT_IMPLEMENTED, classes::NOT_IMPLEMENTED_TYPE),
    (shapes::TRACEBACK, classes::TRACEBACK),
    (shapes::DICT_VIEW, classes::DICT_KEYS),
    (shapes::INDEX, classes::OBJECT),
    (shapes::MEMBER, classes::MEMBER),
    (shapes::MAPPING_PROXY, classes::MAPPING_PROXY),
    (shapes::RECORD, classes::OBJECT),
    (shapes::PINNED, classes::OBJECT),
    (shapes::MEMORY_VIEW, classes::MEMORY_VIEW),
];
