//! `set` and `frozenset`.
//!
//! They iterate in insertion order, which CPython's don't. Results of operators are exact sets or frozensets, of the kind of the left operand.

use super::common::{fail, is_exactly, not_implemented, rich, Res};
use super::{quick, repr};
use crate::object::compare::CompareOp;
use crate::object::layout::Dict;
use crate::object::native::{wrong_self, Args, NativeDef};
use crate::object::raise::{raise_with, Raised};
use crate::object::{bool, class, classes, compare, dict, instance, int, iter, none, set, str, table};
use taipan_gc::{Cx, Handle};

macro_rules! shared_methods {
    ($($more:expr),* $(,)?) => {
        &[
            NativeDef::new("__repr__", repr_of, "self, /"),
            NativeDef::new("__len__", len, "self, /"),
            NativeDef::new("__contains__", contains, "self, item, /"),
            NativeDef::new("__iter__", iter_of, "self, /"),
            NativeDef::new("__eq__", |cx, args| rich(cx, args, CompareOp::Eq), "self, value, /"),
            NativeDef::new("__ne__", |cx, args| rich(cx, args, CompareOp::Ne), "self, value, /"),
            NativeDef::new("__lt__", |cx, args| rich(cx, args, CompareOp::Lt), "self, value, /"),
            NativeDef::new("__le__", |cx, args| rich(cx, args, CompareOp::Le), "self, value, /"),
            NativeDef::new("__gt__", |cx, args| rich(cx, args, CompareOp::Gt), "self, value, /"),
            NativeDef::new("__ge__", |cx, args| rich(cx, args, CompareOp::Ge), "self, value, /"),
            NativeDef::new("__and__", |cx, args| operator(cx, args, set::intersection, false), "self, value, /"),
            NativeDef::new("__or__", |cx, args| operator(cx, args, set::union, false), "self, value, /"),
            NativeDef::new("__sub__", |cx, args| operator(cx, args, set::difference, false), "self, value, /"),
            NativeDef::new("__xor__", |cx, args| operator(cx, args, set::symmetric_difference, false), "self, value, /"),
            NativeDef::new("__rand__", |cx, args| operator(cx, args, set::intersection, true), "self, value, /"),
            NativeDef::new("__ror__", |cx, args| operator(cx, args, set::union, true), "self, value, /"),
            NativeDef::new("__rsub__", |cx, args| operator(cx, args, set::difference, true), "self, value, /"),
            NativeDef::new("__rxor__", |cx, args| operator(cx, args, set::symmetric_difference, true), "self, value, /"),
            NativeDef::new("union", |cx, args| with_all(cx, args, Method::Union, false), "self, /, *others"),
            NativeDef::new("intersection", |cx, args| with_all(cx, args, Method::Intersection, false), "self, /, *others"),
            NativeDef::new("difference", |cx, args| with_all(cx, args, Method::Difference, false), "self, /, *others"),
            NativeDef::new("symmetric_difference", |cx, args| symmetric(cx, args, false), "self, other, /"),
            NativeDef::new("issubset", issubset, "self, other, /"),
            NativeDef::new("issuperset", issuperset, "self, other, /"),
            NativeDef::new("isdisjoint", isdisjoint, "self, other, /"),
            NativeDef::new("copy", copy, "self, /"),
            $($more),*
        ]
    };
}

/// Methods of `set`.
pub(super) const SET: &[NativeDef] = shared_methods!(
    NativeDef::new_static("__new__", set_new, "cls, /, *args, **kwargs"),
    NativeDef::new("__init__", set_init, "self, /, *args, **kwargs"),
    NativeDef::new("__iand__", |cx, args| in_place(cx, args, Method::Intersection), "self, value, /"),
    NativeDef::new("__ior__", |cx, args| in_place(cx, args, Method::Union), "self, value, /"),
    NativeDef::new("__isub__", |cx, args| in_place(cx, args, Method::Difference), "self, value, /"),
    NativeDef::new("__ixor__", |cx, args| in_place(cx, args, Method::Symmetric), "self, value, /"),
    NativeDef::new("add", add, "self, item, /").quickly(quick::add),
    NativeDef::new("remove", remove, "self, item, /"),
    NativeDef::new("discard", discard, "self, item, /"),
    NativeDef::new("pop", pop, "self, /"),
    NativeDef::new("clear", clear, "self, /"),
    NativeDef::new("update", |cx, args| with_all(cx, args, Method::Union, true), "self, /, *others"),
    NativeDef::new(
        "intersection_update",
        |cx, args| with_all(cx, args, Method::Intersection, true),
        "self, /, *others"
    ),
    NativeDef::new(
        "difference_update",
        |cx, args| with_all(cx, args, Method::Difference, true),
        "self, /, *others"
    ),
    NativeDef::new("symmetric_difference_update", |cx, args| symmetric(cx, args, true), "self, other, /"),
);

/// Methods of `frozenset`.
pub(super) const FROZENSET: &[NativeDef] = shared_methods!(
    NativeDef::new_static("__new__", frozen_new, "cls, /, *args, **kwargs"),
    NativeDef::new("__hash__", hash, "self, /"),
);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Method {
    Union,
    Intersection,
    Difference,
    Symmetric,
}

fn self_set<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Result<Handle<'s, Dict>, Raised> {
    match set::of_handle(cx, args.at(cx, 0)) {
        Some(own) => Ok(own),
        None => Err(wrong_self(cx, args, "set")),
    }
}

fn set_new<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let class = class::new_target(cx, args, classes::SET)?;
    if is_exactly(cx, class, classes::SET) {
        return Ok(set::new(cx)?.any());
    }
    instance::new(cx, class)
}

fn at_most_one(cx: &mut Cx<'_>, args: &Args<'_>, name: &str) -> Result<(), Raised> {
    if args.rest_len() > 1 {
        fail!(cx, TYPE_ERROR, "{name} expected at most 1 argument, got {}", args.rest_len());
    }
    Ok(())
}

fn set_init<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_set(cx, args)?;
    super::common::no_keywords(cx, args, "set")?;
    at_most_one(cx, args, "set")?;
    if dict::len(own.get(cx)) > 0 {
        set::clear(cx, own.get(cx));
    }
    if args.rest_len() == 1 {
        set::update(cx, own, args.rest(cx, 0))?;
    }
    Ok(none(cx))
}

fn frozen_new<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let class = class::new_target(cx, args, classes::FROZENSET)?;
    let exact = is_exactly(cx, class, classes::FROZENSET);
    if exact {
        super::common::no_keywords(cx, args, "frozenset")?;
    }
    at_most_one(cx, args, "frozenset")?;
    let items = (args.rest_len() == 1).then(|| args.rest(cx, 0));
    if let (true, Some(items)) = (exact, items) {
        if items.get(cx).shape() == Some(crate::object::shapes::FROZENSET) {
            return Ok(items);
        }
    }
    let made = if exact {
        set::new_frozen(cx)?
    } else {
        let made = instance::new(cx, class)?;
        match set::of_handle(cx, made) {
            Some(made) => made,
            None => return Ok(made),
        }
    };
    if let Some(items) = items {
        set::update(cx, made, items)?;
    }
    Ok(made.any())
}

fn repr_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_set(cx, args)?;
    repr::container(cx, own.any())
}

fn len<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_set(cx, args)?;
    let len = dict::len(own.get(cx));
    int::from_usize(cx, len)
}

/// An item to look for: a set stands for the frozenset equal to it.
fn as_key<'s>(cx: &mut Cx<'s>, item: Handle<'s>) -> Res<'s> {
    match set::of_handle(cx, item) {
        Some(found) if !set::is_frozen(cx, item.get(cx)) => Ok(set::frozen_from(cx, found.any())?.any()),
        _ => Ok(item),
    }
}

fn contains<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_set(cx, args)?;
    let key = as_key(cx, args.at(cx, 1))?;
    let found = set::contains(cx, own, key)?;
    Ok(bool(cx, found))
}

fn iter_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_set(cx, args)?;
    iter::new_table_iter(cx, own, table::KEYS, false)
}

type Operation =
    for<'s> fn(&mut Cx<'s>, Handle<'_, Dict>, Handle<'_, Dict>) -> Result<Handle<'s, Dict>, Raised>;

fn operator<'s>(cx: &mut Cx<'s>, args: &Args<'s>, operation: Operation, reflected: bool) -> Res<'s> {
    let own = self_set(cx, args)?;
    let Some(other) = set::of_handle(cx, args.at(cx, 1)) else { return Ok(not_implemented(cx)) };
    let made = if reflected { operation(cx, other, own)? } else { operation(cx, own, other)? };
    Ok(made.any())
}

/// Changes `target` by another iterable.
fn change(cx: &mut Cx<'_>, target: Handle<'_, Dict>, other: Handle<'_>, how: Method) -> Result<(), Raised> {
    cx.scoped(|cx| {
        if how == Method::Union {
            return set::update(cx, target, other);
        }
        let other = set::from_iterable(cx, other)?;
        let result = match how {
            Method::Difference => return set::subtract(cx, target, other),
            Method::Intersection => set::intersection(cx, target, other)?,
            _ => set::symmetric_difference(cx, target, other)?,
        };
        set::replace(cx, target, result);
        Ok(())
    })
}

fn with_all<'s>(cx: &mut Cx<'s>, args: &Args<'s>, how: Method, here: bool) -> Res<'s> {
    let own = self_set(cx, args)?;
    let target = if here { own } else { set::copy(cx, own)? };
    for other in args.rest_all(cx) {
        change(cx, target, other, how)?;
    }
    Ok(if here { none(cx) } else { target.any() })
}

fn symmetric<'s>(cx: &mut Cx<'s>, args: &Args<'s>, here: bool) -> Res<'s> {
    let own = self_set(cx, args)?;
    let target = if here { own } else { set::copy(cx, own)? };
    change(cx, target, args.at(cx, 1), Method::Symmetric)?;
    Ok(if here { none(cx) } else { target.any() })
}

fn in_place<'s>(cx: &mut Cx<'s>, args: &Args<'s>, how: Method) -> Res<'s> {
    let own = self_set(cx, args)?;
    let other = args.at(cx, 1);
    if set::of(cx, other.get(cx)).is_none() {
        return Ok(not_implemented(cx));
    }
    change(cx, own, other, how)?;
    Ok(own.any())
}

fn issubset<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_set(cx, args)?;
    let other = set::from_iterable(cx, args.at(cx, 1))?;
    let is = set::is_subset(cx, own, other)?;
    Ok(bool(cx, is))
}

fn issuperset<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_set(cx, args)?;
    let other = set::from_iterable(cx, args.at(cx, 1))?;
    let is = set::is_subset(cx, other, own)?;
    Ok(bool(cx, is))
}

fn isdisjoint<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_set(cx, args)?;
    let mut disjoint = true;
    iter::for_each(cx, args.at(cx, 1), |cx, item| {
        if disjoint && set::contains(cx, own, item)? {
            disjoint = false;
        }
        Ok(())
    })?;
    Ok(bool(cx, disjoint))
}

fn copy<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_set(cx, args)?;
    if own.get(cx).any().shape() == Some(crate::object::shapes::FROZENSET) {
        return Ok(own.any());
    }
    Ok(set::copy(cx, own)?.any())
}

fn add<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_set(cx, args)?;
    set::add(cx, own, args.at(cx, 1))?;
    Ok(none(cx))
}

fn remove<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_set(cx, args)?;
    let item = args.at(cx, 1);
    let key = as_key(cx, item)?;
    if set::discard(cx, own, key)? {
        return Ok(none(cx));
    }
    Err(raise_with(cx, classes::KEY_ERROR, &[item]))
}

fn discard<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_set(cx, args)?;
    let key = as_key(cx, args.at(cx, 1))?;
    set::discard(cx, own, key)?;
    Ok(none(cx))
}

fn pop<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_set(cx, args)?;
    match set::pop(cx, own) {
        Some(item) => Ok(item),
        None => {
            let message = str::new(cx, "pop from an empty set")?.any();
            Err(raise_with(cx, classes::KEY_ERROR, &[message]))
        }
    }
}

fn clear<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_set(cx, args)?;
    set::clear(cx, own.get(cx));
    Ok(none(cx))
}

fn hash<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = self_set(cx, args)?;
    let hash = compare::hash_builtin(cx, own.any())?;
    int::from_i64(cx, hash.unwrap_or(0))
}
