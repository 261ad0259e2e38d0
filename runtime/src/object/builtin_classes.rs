//! Making the builtin classes: those that every heap has from the start, and those of library modules, when they are imported. Their methods are
//! put in by the rooms that define them.

use super::class::{alloc_class, bump_epoch, compute_flags, BUILTIN, NO_DICT, UNFILLED};
use super::classes::{self, ClassId};
use super::layout::{Class, Dict};
use super::raise::Raised;
use super::{names, shapes, tuple};
use taipan_gc::{refs, Cx, Handle, ShapeId};

/// Makes the builtin class with this number, without attributes.
fn make_builtin(cx: &mut Cx<'_>, number: usize, flags: u16) -> Result<(), Raised> {
    let (name, base, kind) = classes::TABLE[number];
    cx.scoped(|cx| {
        let text = names::intern(cx, name)?;
        let name = names::handle(cx, text);
        let class = cx.root(alloc_class(cx, shapes::CLASS, name.get(cx).any(), kind, flags)?);
        let (bases, mro) = if number == 0 {
            (tuple::new(cx, &[])?, tuple::new(cx, &[class.any()])?)
        } else {
            let base = classes::handle(cx, base);
            let inherited = base.get(cx).mro.get(cx).map_or(0, tuple::len);
            let mro = tuple::from_fn(cx, 1 + inherited, |cx, i| match i {
                0 => class.get(cx).value(),
                _ => super::class::mro(cx, base.get(cx))[i - 1],
            })?;
            (tuple::new(cx, &[base.any()])?, mro)
        };
        class.get(cx).put(cx, Class::bases, Some(bases.get(cx)));
        class.get(cx).put(cx, Class::mro, Some(mro.get(cx)));
        // Last: where memory runs out before, there is no such class yet.
        super::root_at(cx, number).set(cx, class.get(cx).any());
        Ok(())
    })
}

/// The class of a library module, made at need. As long as it has no dict, [`finish_library`] is to follow.
pub fn library<'s>(cx: &mut Cx<'s>, id: ClassId) -> Result<Handle<'s, Class>, Raised> {
    if !super::root_at(cx, id.0 as usize).get(cx).value().is_ref() {
        make_builtin(cx, id.0 as usize, BUILTIN)?;
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

/// Makes the builtin classes, whose attributes follow when somebody asks for them, and gives the static shapes their classes. Once per heap. `flags`: what
/// follows from the attributes that each is going to have.
pub fn bootstrap(cx: &mut Cx<'_>, flags: &[u16]) -> Result<(), Raised> {
    for (number, flags) in flags.iter().enumerate() {
        make_builtin(cx, number, flags | BUILTIN | UNFILLED)?;
    }
    for &(shape, class) in SHAPE_CLASSES {
        let class = classes::local(cx, class).value();
        // SAFETY: the core is this thread's; the shape owns a count of its class where counts are kept.
        unsafe {
            if (*cx.core()).counted {
                refs::retain(class);
            }
            (*cx.core()).memory.shapes.get_mut(shape).class = class;
        }
    }
    Ok(())
}

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
