//! `_collections`: `deque`, what the fields of named tuples are, and the loop of `Counter`. The rest of `collections` is written in Python.

mod deque;
mod deque_items;

use super::{ModuleDef, TypeDef};
use crate::builtins::common::{fail, string, Res};
use crate::builtins::iterators::{ITER, NEXT};
use crate::builtins::{convert, repr};
use crate::object::layout::Record;
use crate::object::native::{wrong_self, Args, NativeDef};
use crate::object::number::{self, BinaryOp};
use crate::object::raise::Raised;
use crate::object::{class, classes, dict, int, iter, none, record, str, tuple};
use taipan_gc::{Cx, Handle};

/// The module.
pub const MODULE: ModuleDef = ModuleDef {
    name: "_collections",
    functions: &[
        NativeDef::new("_count_elements", count_elements, "mapping, iterable, /"),
        NativeDef::new("_module_at", module_at, "depth, /"),
    ],
    types: &[
        TypeDef { unhashable: true, ..TypeDef::new(classes::DEQUE, "collections", deque::METHODS) },
        TypeDef::new(classes::DEQUE_ITER, "_collections", &[ITER, NEXT]),
        TypeDef::new(classes::DEQUE_REVERSE_ITER, "_collections", &[ITER, NEXT]),
        TypeDef::new(classes::TUPLE_GETTER, "_collections", TUPLE_GETTER),
    ],
    fill: |_, _| Ok(()),
};

/// Adds one for each item to what a dict has for it.
fn count_elements<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let Some(mapping) = dict::of_handle(cx, args.at(cx, 0)) else {
        fail!(cx, TYPE_ERROR, "a dict is required");
    };
    iter::for_each(cx, args.at(cx, 1), |cx, item| {
        let one = int::from_i64(cx, 1)?;
        let sum = match dict::get(cx, mapping, item)? {
            Some(before) => number::binary(cx, BinaryOp::Add, before, one)?,
            None => one,
        };
        dict::set(cx, mapping, item, sum)
    })?;
    Ok(none(cx))
}

/// The name of the module whose code runs so many Python frames further out: of what a class made by a function is said to be.
fn module_at<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let depth = convert::index_i64(cx, args.at(cx, 0))?;
    let found = usize::try_from(depth).ok().and_then(|depth| crate::object::frames::module_at(cx, depth));
    Ok(found.unwrap_or_else(|| none(cx)))
}

// ---- fields of named tuples: a record of index and documentation ----

const TUPLE_GETTER: &[NativeDef] = &[
    NativeDef::new_static("__new__", new_getter, "cls, index, doc, /"),
    NativeDef::new("__get__", get_field, "self, instance, owner=None, /"),
    NativeDef::new("__set__", set_field, "self, instance, value, /"),
    NativeDef::new("__delete__", delete_field, "self, instance, /"),
    NativeDef::new("__repr__", repr_getter, "self, /"),
    NativeDef::getter("__doc__", getter_doc),
];

fn getter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Result<Handle<'s, Record>, Raised> {
    match record::of(cx, args.at(cx, 0), classes::TUPLE_GETTER) {
        Some(own) => Ok(own),
        None => Err(wrong_self(cx, args, "_collections._tuplegetter")),
    }
}

fn new_getter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let class = class::new_target(cx, args, classes::TUPLE_GETTER)?;
    let index = convert::index_i64(cx, args.at(cx, 1))?;
    let made = record::new(cx, class)?;
    made.get(cx).x.set(index);
    made.get(cx).put(cx, Record::a, Some(args.at(cx, 2).get(cx)));
    Ok(made.any())
}

fn get_field<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = getter(cx, args)?;
    let Some(instance) = args.some(cx, 1) else { return Ok(own.any()) };
    let index = own.get(cx).x.get();
    let Some(fields) = tuple::of(cx, instance.get(cx)) else {
        let given = class::type_name(cx, instance.get(cx));
        fail!(
            cx,
            TYPE_ERROR,
            "descriptor for index '{index}' for tuple subclasses doesn't apply to '{given}' object"
        );
    };
    match usize::try_from(index).ok().and_then(|n| tuple::item(fields, n)) {
        Some(found) => Ok(cx.root(found)),
        None => fail!(cx, INDEX_ERROR, "tuple index out of range"),
    }
}

fn set_field<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    fail!(cx, ATTRIBUTE_ERROR, "can't set attribute");
}

fn delete_field<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    fail!(cx, ATTRIBUTE_ERROR, "can't delete attribute");
}

fn doc<'s>(cx: &Cx<'s>, own: Handle<'_, Record>) -> Handle<'s> {
    own.get(cx).a.get(cx).map(|d| cx.root(d)).unwrap_or_else(|| none(cx))
}

fn getter_doc<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = getter(cx, args)?;
    Ok(doc(cx, own))
}

fn repr_getter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = getter(cx, args)?;
    let (index, doc) = (own.get(cx).x.get(), doc(cx, own));
    let doc = repr::repr(cx, doc)?;
    string(cx, &format!("_tuplegetter({index}, {})", str::lossy(doc.get(cx))))
}
