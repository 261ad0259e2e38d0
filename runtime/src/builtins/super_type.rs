//! `super`: its making (with what the calling frame knows when it gets no arguments), repr and attributes. Looking attributes up through it
//! is in `object::attr`.

use super::common::{fail, string, Res};
use crate::object::layout::{CellObject, Class, Super, SuperInit};
use crate::object::native::{wrong_self, Args, NativeDef};
use crate::object::raise::Raised;
use crate::object::{attr, class, frames, names, none, retrying};
use taipan_gc::{Cx, Handle};

/// Methods of `super`.
pub(super) const METHODS: &[NativeDef] = &[
    NativeDef::new_static("__new__", super_new, "cls, type=None, obj=None, /"),
    NativeDef::new("__repr__", repr_of, "self, /"),
    NativeDef::new("__get__", get, "self, instance, owner=None, /"),
    NativeDef::getter("__thisclass__", this_class),
    NativeDef::getter("__self__", receiver),
    NativeDef::getter("__self_class__", receiver_class),
];

/// `super(…)`
pub(super) fn super_new<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let Some(given) = args.get(cx, 1) else { return from_caller(cx) };
    let Some(class) = class::of_handle(cx, given) else {
        fail!(
            cx,
            TYPE_ERROR,
            "super() argument 1 must be a type, not {}",
            class::type_name(cx, given.get(cx))
        );
    };
    make(cx, class, args.some(cx, 2))
}

/// `super()`: the class is in the cell `__class__`, the object is the first argument.
fn from_caller<'s>(cx: &mut Cx<'s>) -> Res<'s> {
    if (crate::object::rt(cx).hooks.caller)(cx).is_none() {
        fail!(cx, RUNTIME_ERROR, "super(): no current frame");
    }
    if frames::caller_parameters(cx) == 0 {
        fail!(cx, RUNTIME_ERROR, "super(): no arguments");
    }
    let Some(object) = frames::caller_variable(cx, 0).map(|v| cx.root(v)) else {
        fail!(cx, RUNTIME_ERROR, "super(): arg[0] deleted");
    };
    let cell = frames::caller_free_variable(cx, "__class__").and_then(|n| frames::caller_register(cx, n));
    let Some(cell) = cell.and_then(|c| c.downcast::<CellObject>(cx)).map(|c| cx.root(c)) else {
        fail!(cx, RUNTIME_ERROR, "super(): __class__ cell not found");
    };
    let Some(class) = cell.get(cx).value.get(cx).map(|c| cx.root(c)) else {
        fail!(cx, RUNTIME_ERROR, "super(): empty __class__ cell");
    };
    match class::of_handle(cx, class) {
        Some(class) => make(cx, class, Some(object)),
        None => {
            let given = class::type_name(cx, class.get(cx));
            fail!(cx, RUNTIME_ERROR, "super(): __class__ is not a type ({given})");
        }
    }
}

fn make<'s>(cx: &mut Cx<'s>, class: Handle<'s, Class>, object: Option<Handle<'s>>) -> Res<'s> {
    let start = match object {
        Some(object) => Some(check(cx, class, object)?),
        None => None,
    };
    let made = retrying(cx, |cx| {
        cx.alloc(SuperInit {
            class: Some(class.get(cx)),
            receiver: object.map(|o| o.get(cx)),
            receiver_class: start.map(|s| s.get(cx)),
        })
    })?;
    Ok(made.any())
}

/// The class where the search starts: the object's own, or the object when that is a class.
fn check<'s>(
    cx: &mut Cx<'s>,
    class: Handle<'s, Class>,
    object: Handle<'s>,
) -> Result<Handle<'s, Class>, Raised> {
    if let Some(start) = class::of_handle(cx, object) {
        if class::is_subclass(cx, start.get(cx), class.get(cx)) {
            return Ok(start);
        }
    }
    let own = class::of_value(cx, object.get(cx));
    if class::is_subclass(cx, own.get(cx), class.get(cx)) {
        return Ok(own);
    }
    if let Some(claimed) = attr::get_opt(cx, object, names::CLASS)?.and_then(|c| class::of_handle(cx, c)) {
        if class::is_subclass(cx, claimed.get(cx), class.get(cx)) {
            return Ok(claimed);
        }
    }
    fail!(cx, TYPE_ERROR, "super(type, obj): obj must be an instance or subtype of type");
}

fn self_super<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Result<Handle<'s, Super>, Raised> {
    match args.at(cx, 0).downcast::<Super>(cx) {
        Some(found) => Ok(found),
        None => Err(wrong_self(cx, args, "super")),
    }
}

fn repr_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let local = self_super(cx, args)?.get(cx);
    let class = local.class.get(cx).map(|c| class::name(cx, c)).unwrap_or_default();
    let text = match local.receiver_class.get(cx) {
        Some(start) => format!("<super: <class '{class}'>, <{} object>>", class::name(cx, start)),
        None => format!("<super: <class '{class}'>, NULL>"),
    };
    string(cx, &text)
}

fn get<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let found = self_super(cx, args)?;
    let bound = found.get(cx).receiver.get(cx).is_some();
    let class = found.get(cx).class.get(cx).map(|c| cx.root(c));
    match (args.some(cx, 1), class) {
        (Some(object), Some(class)) if !bound => make(cx, class, Some(object)),
        _ => Ok(found.any()),
    }
}

fn this_class<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let found = self_super(cx, args)?.get(cx).class.get(cx).map(|c| cx.root(c.any()));
    Ok(found.unwrap_or_else(|| none(cx)))
}

fn receiver<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let found = self_super(cx, args)?.get(cx).receiver.get(cx).map(|c| cx.root(c));
    Ok(found.unwrap_or_else(|| none(cx)))
}

fn receiver_class<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let found = self_super(cx, args)?.get(cx).receiver_class.get(cx).map(|c| cx.root(c.any()));
    Ok(found.unwrap_or_else(|| none(cx)))
}
