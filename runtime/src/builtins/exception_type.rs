//! `BaseException` and what all exceptions share; the classes with attributes of their own are in
//! [`exception_kinds`](super::exception_kinds).

use super::common::{fail, string, Res};
use super::repr;
use crate::object::layout::{Exception, Tuple};
use crate::object::native::{Args, NativeDef};
use crate::object::raise::{self, Raised};
use crate::object::{
    attr, class, classes, instance, list, names, none, root_handle, shapes, str, tuple, Root,
};
use taipan_gc::{Cx, Handle, Local};

/// Methods of `BaseException`.
pub const METHODS: &[NativeDef] = &[
    NativeDef::new_static("__new__", new, "cls, /, *args, **kwargs"),
    NativeDef::new("__init__", init, "self, /, *args, **kwargs"),
    NativeDef::new("__str__", str_of, "self, /"),
    NativeDef::new("__repr__", repr_of, "self, /"),
    NativeDef::new("with_traceback", with_traceback, "self, tb, /"),
    NativeDef::new("add_note", add_note, "self, note, /"),
    NativeDef::new("__reduce__", reduce, "self, /"),
    NativeDef::getter("args", args_getter),
    NativeDef::getter("__traceback__", traceback_getter),
    NativeDef::getter("__context__", context_getter),
    NativeDef::getter("__cause__", cause_getter),
    NativeDef::getter("__suppress_context__", suppress_getter),
];

/// `self` as an exception.
pub(super) fn self_exception<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Result<Handle<'s>, Raised> {
    let object = args.at(cx, 0);
    match raise::exception(cx, object.get(cx)) {
        Some(_) => Ok(object),
        None => Err(crate::object::native::wrong_self(cx, args, "BaseException")),
    }
}

/// A slot of the builtin part; None when it is empty.
fn part<'s>(
    cx: &mut Cx<'s>,
    args: &Args<'s>,
    read: impl for<'a> Fn(&'a Cx<'_>, Local<'a, Exception>) -> Option<Local<'a>>,
) -> Res<'s> {
    let object = self_exception(cx, args)?;
    let found = raise::exception(cx, object.get(cx)).and_then(|e| read(cx, e));
    Ok(cx.root(found.unwrap_or(Local::NONE)))
}

/// `exception.args`
pub fn arguments<'s>(cx: &Cx<'s>, exception: Handle<'_>) -> Handle<'s, Tuple> {
    let found = raise::exception(cx, exception.get(cx)).and_then(|e| e.args.get(cx)).map(|a| cx.root(a));
    let found = found.and_then(|a| tuple::of_handle(cx, a));
    match found.or_else(|| tuple::of_handle(cx, root_handle(cx, Root::EmptyTuple))) {
        Some(tuple) => tuple,
        None => unreachable!("bootstrap makes the empty tuple"),
    }
}

/// Sets `exception.args`.
pub(super) fn set_arguments(
    cx: &mut Cx<'_>,
    exception: Handle<'_>,
    items: &[Handle<'_>],
) -> Result<(), Raised> {
    let items = tuple::new(cx, items)?;
    instance::put_word(cx, exception.get(cx), raise::ARGS_WORD, items.get(cx).any());
    Ok(())
}

fn new<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let class = class::new_target(cx, args, classes::BASE_EXCEPTION)?;
    let exception = instance::new(cx, class)?;
    set_arguments(cx, exception, &args.rest_all(cx))?;
    Ok(exception)
}

fn init<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let exception = self_exception(cx, args)?;
    if super::common::has_keywords(cx, args) {
        fail!(cx, TYPE_ERROR, "{}() takes no keyword arguments", class::type_name(cx, exception.get(cx)));
    }
    // `__new__` has stored the same ones, usually.
    if tuple::len(arguments(cx, exception).get(cx)) != args.rest_len() || args.rest_len() > 0 {
        set_arguments(cx, exception, &args.rest_all(cx))?;
    }
    Ok(none(cx))
}

/// `str(exception)` as `BaseException` defines it.
pub(super) fn base_str<'s>(cx: &mut Cx<'s>, exception: Handle<'s>) -> Res<'s> {
    let items = arguments(cx, exception);
    match tuple::len(items.get(cx)) {
        0 => string(cx, ""),
        1 => {
            let item = tuple::handles(cx, items)?[0];
            Ok(repr::str(cx, item)?.any())
        }
        _ => Ok(repr::repr(cx, items.any())?.any()),
    }
}

fn str_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let exception = self_exception(cx, args)?;
    base_str(cx, exception)
}

fn repr_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let exception = self_exception(cx, args)?;
    let items = arguments(cx, exception);
    let name = class::type_name(cx, exception.get(cx));
    if tuple::len(items.get(cx)) == 1 {
        let item = tuple::handles(cx, items)?[0];
        let shown = repr::repr(cx, item)?;
        let text = format!("{name}({})", str::lossy(shown.get(cx)));
        return string(cx, &text);
    }
    let shown = repr::repr(cx, items.any())?;
    let text = format!("{name}{}", str::lossy(shown.get(cx)));
    string(cx, &text)
}

fn with_traceback<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let exception = self_exception(cx, args)?;
    let traceback = args.at(cx, 1);
    let local = traceback.get(cx);
    if !local.value().is_none() && local.shape() != Some(shapes::TRACEBACK) {
        fail!(cx, TYPE_ERROR, "__traceback__ must be a traceback or None");
    }
    instance::put_word(cx, exception.get(cx), raise::TRACEBACK_WORD, local);
    Ok(exception)
}

fn add_note<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let exception = self_exception(cx, args)?;
    let note = args.at(cx, 1);
    if str::of(cx, note.get(cx)).is_none() {
        fail!(cx, TYPE_ERROR, "note must be a str, not '{}'", class::type_name(cx, note.get(cx)));
    }
    let notes = match attr::get_opt(cx, exception, names::NOTES)? {
        Some(notes) => notes,
        None => {
            let fresh = list::with_capacity(cx, 1)?.any();
            attr::set(cx, exception, names::NOTES, fresh)?;
            fresh
        }
    };
    match list::of_handle(cx, notes) {
        Some(notes) => list::append(cx, notes, note)?,
        None => fail!(cx, TYPE_ERROR, "Cannot add note: __notes__ is not a list"),
    }
    Ok(none(cx))
}

fn reduce<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let exception = self_exception(cx, args)?;
    let class = class::of_value(cx, exception.get(cx)).any();
    let items = arguments(cx, exception).any();
    Ok(tuple::new(cx, &[class, items])?.any())
}

fn args_getter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let exception = self_exception(cx, args)?;
    Ok(arguments(cx, exception).any())
}

fn traceback_getter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    part(cx, args, |cx, e| e.traceback.get(cx))
}

fn context_getter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    part(cx, args, |cx, e| e.context.get(cx))
}

fn cause_getter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    part(cx, args, |cx, e| e.cause.get(cx))
}

fn suppress_getter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let exception = self_exception(cx, args)?;
    let suppress = raise::exception(cx, exception.get(cx)).is_some_and(|e| e.suppress_context.get());
    Ok(crate::object::bool(cx, suppress))
}
