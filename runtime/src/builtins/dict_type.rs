//! `dict`.

use super::common::{fail, is_exactly, not_implemented, rich, self_dict, Res};
use super::{quick, repr};
use crate::object::compare::CompareOp;
use crate::object::layout::Dict;
use crate::object::native::{Args, NativeDef};
use crate::object::raise::{raise_with, Raised};
use crate::object::{
    bool, call, class, classes, dict, instance, int, iter, names, none, str, subscript, table, tuple,
};
use taipan_gc::{Cx, Handle};

/// Methods of `dict`.
pub(super) const METHODS: &[NativeDef] = &[
    NativeDef::new_static("__new__", new, "cls, /, *args, **kwargs"),
    NativeDef::new("__init__", init, "self, /, *args, **kwargs"),
    NativeDef::new("__repr__", repr_of, "self, /"),
    NativeDef::new("__len__", len, "self, /"),
    NativeDef::new("__getitem__", getitem, "self, key, /"),
    NativeDef::new("__setitem__", setitem, "self, key, value, /"),
    NativeDef::new("__delitem__", delitem, "self, key, /"),
    NativeDef::new("__contains__", contains, "self, key, /"),
    NativeDef::new("__iter__", iter_of, "self, /"),
    NativeDef::new("__reversed__", reversed, "self, /"),
    NativeDef::new("__eq__", |cx, args| rich(cx, args, CompareOp::Eq), "self, value, /"),
    NativeDef::new("__ne__", |cx, args| rich(cx, args, CompareOp::Ne), "self, value, /"),
    NativeDef::new("__or__", or, "self, value, /"),
    NativeDef::new("__ror__", ror, "self, value, /"),
    NativeDef::new("__ior__", ior, "self, value, /"),
    NativeDef::new("get", get, "self, key, default=None, /").quickly(quick::get),
    NativeDef::new("setdefault", setdefault, "self, key, default=None, /"),
    NativeDef::new("pop", pop, "self, key, default=None, /"),
    NativeDef::new("popitem", popitem, "self, /"),
    NativeDef::new("keys", |cx, args| view(cx, args, table::KEYS), "self, /"),
    NativeDef::new("values", |cx, args| view(cx, args, table::VALUES), "self, /"),
    NativeDef::new("items", |cx, args| view(cx, args, table::ITEMS), "self, /"),
    NativeDef::new("update", update, "self, /, *args, **kwargs"),
    NativeDef::new("clear", clear, "self, /"),
    NativeDef::new("copy", copy, "self, /"),
    NativeDef::new_class("fromkeys", fromkeys, "cls, iterable, value=None, /"),
];

fn new<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let class = class::new_target(cx, args, classes::DICT)?;
    if is_exactly(cx, class, classes::DICT) {
        return Ok(dict::new(cx)?.any());
    }
    instance::new(cx, class)
}

/// Updates with what `dict(…)` and `update(…)` take.
fn update_with(cx: &mut Cx<'_>, args: &Args<'_>, target: Handle<'_, Dict>, name: &str) -> Result<(), Raised> {
    if args.rest_len() > 1 {
        fail!(cx, TYPE_ERROR, "{name} expected at most 1 argument, got {}", args.rest_len());
    }
    if args.rest_len() == 1 {
        dict::update(cx, target, args.rest(cx, 0))?;
    }
    match args.keywords() {
        Some(keywords) => dict::update(cx, target, keywords.any()),
        None => Ok(()),
    }
}

fn init<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_dict(cx, args)?;
    update_with(cx, args, own, "dict")?;
    Ok(none(cx))
}

fn repr_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_dict(cx, args)?;
    repr::container(cx, own.any())
}

fn len<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_dict(cx, args)?;
    let len = dict::len(own.get(cx));
    int::from_usize(cx, len)
}

fn getitem<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_dict(cx, args)?;
    let key = args.at(cx, 1);
    if let Some(found) = dict::get(cx, own, key)? {
        return Ok(found);
    }
    if !class::of(cx, own.get(cx).any()).is(classes::local(cx, classes::DICT)) {
        if let Some(found) = call::call_special(cx, own.any(), names::MISSING, &[key])? {
            return Ok(found);
        }
    }
    Err(raise_with(cx, classes::KEY_ERROR, &[key]))
}

fn setitem<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_dict(cx, args)?;
    dict::set(cx, own, args.at(cx, 1), args.at(cx, 2))?;
    Ok(none(cx))
}

fn delitem<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_dict(cx, args)?;
    let key = args.at(cx, 1);
    match dict::remove(cx, own, key)? {
        Some(_) => Ok(none(cx)),
        None => Err(raise_with(cx, classes::KEY_ERROR, &[key])),
    }
}

fn contains<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_dict(cx, args)?;
    let found = dict::get(cx, own, args.at(cx, 1))?.is_some();
    Ok(bool(cx, found))
}

fn iter_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_dict(cx, args)?;
    iter::new_table_iter(cx, own, table::KEYS, false)
}

fn reversed<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_dict(cx, args)?;
    iter::new_table_iter(cx, own, table::KEYS, true)
}

fn merged<'s>(cx: &mut Cx<'s>, first: Handle<'s>, second: Handle<'s>) -> Res<'s> {
    let (Some(first), Some(second)) = (dict::of_handle(cx, first), dict::of_handle(cx, second)) else {
        return Ok(not_implemented(cx));
    };
    let made = dict::copy(cx, first)?;
    dict::update(cx, made, second.any())?;
    Ok(made.any())
}

fn or<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    merged(cx, args.at(cx, 0), args.at(cx, 1))
}

fn ror<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    merged(cx, args.at(cx, 1), args.at(cx, 0))
}

fn ior<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_dict(cx, args)?;
    dict::update(cx, own, args.at(cx, 1))?;
    Ok(own.any())
}

fn get<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_dict(cx, args)?;
    match dict::get(cx, own, args.at(cx, 1))? {
        Some(found) => Ok(found),
        None => Ok(args.at(cx, 2)),
    }
}

fn setdefault<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_dict(cx, args)?;
    dict::set_default(cx, own, args.at(cx, 1), args.at(cx, 2))
}

fn pop<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_dict(cx, args)?;
    let key = args.at(cx, 1);
    // As in CPython, an empty dict doesn't ask for the key's hash.
    let empty = dict::len(own.get(cx)) == 0;
    let found = if empty { None } else { dict::remove(cx, own, key)? };
    match (found, args.get(cx, 2)) {
        (Some(found), _) => Ok(found),
        (None, Some(default)) => Ok(default),
        (None, None) => Err(raise_with(cx, classes::KEY_ERROR, &[key])),
    }
}

fn popitem<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_dict(cx, args)?;
    match dict::pop_last(cx, own) {
        Some((key, value)) => Ok(tuple::new(cx, &[key, value])?.any()),
        None => {
            let message = str::new(cx, "popitem(): dictionary is empty")?.any();
            Err(raise_with(cx, classes::KEY_ERROR, &[message]))
        }
    }
}

fn view<'s>(cx: &mut Cx<'s>, args: &Args<'s>, what: u8) -> Res<'s> {
    let own = self_dict(cx, args)?;
    dict::view(cx, own, what)
}

fn update<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_dict(cx, args)?;
    update_with(cx, args, own, "update")?;
    Ok(none(cx))
}

fn clear<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_dict(cx, args)?;
    dict::clear(cx, own.get(cx));
    Ok(none(cx))
}

fn copy<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_dict(cx, args)?;
    Ok(dict::copy(cx, own)?.any())
}

fn fromkeys<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (class, items, value) = (args.at(cx, 0), args.at(cx, 1), args.at(cx, 2));
    if class.get(cx).is(classes::local(cx, classes::DICT)) {
        let made = dict::new(cx)?;
        iter::for_each(cx, items, |cx, key| dict::set(cx, made, key, value))?;
        return Ok(made.any());
    }
    let made = call::call(cx, class, &[])?;
    iter::for_each(cx, items, |cx, key| subscript::set(cx, made, key, value))?;
    Ok(made)
}
