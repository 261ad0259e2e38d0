//! `dict_keys`, `dict_values`, `dict_items` and `mappingproxy`.

use super::common::{rich, string, Res};
use super::repr;
use crate::object::compare::CompareOp;
use crate::object::layout::{Dict, DictView};
use crate::object::native::{wrong_self, Args, NativeDef};
use crate::object::raise::Raised;
use crate::object::{
    attr, bool, call, casts, class, compare, descriptor, dict, int, iter, names, set, shapes, str, subscript,
    table, tuple,
};
use taipan_gc::{Cx, Handle};

macro_rules! view_methods {
    ($($more:expr),* $(,)?) => {
        &[
            NativeDef::new("__len__", len, "self, /"),
            NativeDef::new("__iter__", |cx, args| iter_of(cx, args, false), "self, /"),
            NativeDef::new("__reversed__", |cx, args| iter_of(cx, args, true), "self, /"),
            NativeDef::new("__repr__", repr_of, "self, /"),
            NativeDef::getter("mapping", mapping),
            $($more),*
        ]
    };
}

macro_rules! set_like_methods {
    () => {
        view_methods!(
            NativeDef::new("__contains__", contains, "self, key, /"),
            NativeDef::new("__and__", |cx, args| combine(cx, args, Combine::And, false), "self, value, /"),
            NativeDef::new("__or__", |cx, args| combine(cx, args, Combine::Or, false), "self, value, /"),
            NativeDef::new("__sub__", |cx, args| combine(cx, args, Combine::Sub, false), "self, value, /"),
            NativeDef::new("__xor__", |cx, args| combine(cx, args, Combine::Xor, false), "self, value, /"),
            NativeDef::new("__rand__", |cx, args| combine(cx, args, Combine::And, true), "self, value, /"),
            NativeDef::new("__ror__", |cx, args| combine(cx, args, Combine::Or, true), "self, value, /"),
            NativeDef::new("__rsub__", |cx, args| combine(cx, args, Combine::Sub, true), "self, value, /"),
            NativeDef::new("__rxor__", |cx, args| combine(cx, args, Combine::Xor, true), "self, value, /"),
            NativeDef::new("__eq__", |cx, args| rich(cx, args, CompareOp::Eq), "self, value, /"),
            NativeDef::new("__ne__", |cx, args| rich(cx, args, CompareOp::Ne), "self, value, /"),
            NativeDef::new("__lt__", |cx, args| rich(cx, args, CompareOp::Lt), "self, value, /"),
            NativeDef::new("__le__", |cx, args| rich(cx, args, CompareOp::Le), "self, value, /"),
            NativeDef::new("__gt__", |cx, args| rich(cx, args, CompareOp::Gt), "self, value, /"),
            NativeDef::new("__ge__", |cx, args| rich(cx, args, CompareOp::Ge), "self, value, /"),
            NativeDef::new("isdisjoint", isdisjoint, "self, other, /"),
        )
    };
}

/// Methods of `dict_keys`.
pub(super) const KEYS: &[NativeDef] = set_like_methods!();
/// Methods of `dict_items`.
pub(super) const ITEMS: &[NativeDef] = set_like_methods!();
/// Methods of `dict_values`.
pub(super) const VALUES: &[NativeDef] = view_methods!();

/// Methods of `mappingproxy`.
pub(super) const MAPPING_PROXY: &[NativeDef] = &[
    NativeDef::new_static("__new__", proxy_new, "cls, mapping, /"),
    NativeDef::new("__len__", proxy_len, "self, /"),
    NativeDef::new("__getitem__", proxy_getitem, "self, key, /"),
    NativeDef::new("__contains__", proxy_contains, "self, key, /"),
    NativeDef::new("__iter__", proxy_iter, "self, /"),
    NativeDef::new("__reversed__", |cx, args| proxy_call(cx, args, "__reversed__"), "self, /"),
    NativeDef::new("__repr__", proxy_repr, "self, /"),
    NativeDef::new("__eq__", |cx, args| proxy_compare(cx, args, CompareOp::Eq), "self, value, /"),
    NativeDef::new("__ne__", |cx, args| proxy_compare(cx, args, CompareOp::Ne), "self, value, /"),
    NativeDef::new("__or__", |cx, args| proxy_or(cx, args, false), "self, value, /"),
    NativeDef::new("__ror__", |cx, args| proxy_or(cx, args, true), "self, value, /"),
    NativeDef::new("get", proxy_get, "self, key, default=None, /"),
    NativeDef::new("keys", |cx, args| proxy_call(cx, args, "keys"), "self, /"),
    NativeDef::new("values", |cx, args| proxy_call(cx, args, "values"), "self, /"),
    NativeDef::new("items", |cx, args| proxy_call(cx, args, "items"), "self, /"),
    NativeDef::new("copy", |cx, args| proxy_call(cx, args, "copy"), "self, /"),
];

/// The view and its dict.
fn self_view<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Result<(u8, Handle<'s, Dict>), Raised> {
    let view = args.at(cx, 0).downcast::<DictView>(cx);
    let parts = view.and_then(|v| {
        let local = v.get(cx);
        local.dict.get(cx).map(|d| (local.what.get(), cx.root(d)))
    });
    match parts {
        Some(parts) => Ok(parts),
        None => Err(wrong_self(cx, args, "dict_keys")),
    }
}

fn len<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (_, dict) = self_view(cx, args)?;
    let len = dict::len(dict.get(cx));
    int::from_usize(cx, len)
}

fn iter_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>, reversed: bool) -> Res<'s> {
    let (what, dict) = self_view(cx, args)?;
    iter::new_table_iter(cx, dict, what, reversed)
}

fn mapping<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (_, dict) = self_view(cx, args)?;
    descriptor::new_wrapper(cx, shapes::MAPPING_PROXY, dict.any())
}

fn repr_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let view = args.at(cx, 0);
    self_view(cx, args)?;
    let name = class::type_name(cx, view.get(cx));
    let mut shown = "...".to_owned();
    repr::guarded(cx, view, |cx| {
        let items = iter::to_list(cx, view)?;
        shown = str::lossy(repr::repr(cx, items.any())?.get(cx));
        Ok(())
    })?;
    string(cx, &format!("{name}({shown})"))
}

/// Whether the view has the item.
fn has(cx: &mut Cx<'_>, what: u8, dict: Handle<'_, Dict>, item: Handle<'_>) -> Result<bool, Raised> {
    cx.scoped(|cx| {
        if what == table::KEYS {
            return Ok(dict::get(cx, dict, item)?.is_some());
        }
        let pair = cx.root(item.get(cx));
        let Some(pair) = tuple::of_handle(cx, pair).filter(|p| tuple::len(p.get(cx)) == 2) else {
            return Ok(false);
        };
        let pair = tuple::handles(cx, pair)?;
        match dict::get(cx, dict, pair[0])? {
            Some(value) => compare::equal(cx, value, pair[1]),
            None => Ok(false),
        }
    })
}

fn contains<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (what, dict) = self_view(cx, args)?;
    let found = has(cx, what, dict, args.at(cx, 1))?;
    Ok(bool(cx, found))
}

#[derive(Clone, Copy)]
enum Combine {
    And,
    Or,
    Sub,
    Xor,
}

fn combine<'s>(cx: &mut Cx<'s>, args: &Args<'s>, how: Combine, reflected: bool) -> Res<'s> {
    let (own, other) = (args.at(cx, 0), args.at(cx, 1));
    let (left, right) = if reflected { (other, own) } else { (own, other) };
    let (left, right) = (set::from_iterable(cx, left)?, set::from_iterable(cx, right)?);
    let made = match how {
        Combine::Or => set::union(cx, left, right)?,
        Combine::And => set::intersection(cx, left, right)?,
        Combine::Sub => set::difference(cx, left, right)?,
        Combine::Xor => set::symmetric_difference(cx, left, right)?,
    };
    Ok(made.any())
}

fn isdisjoint<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (what, dict) = self_view(cx, args)?;
    let mut disjoint = true;
    iter::for_each(cx, args.at(cx, 1), |cx, item| {
        if disjoint && has(cx, what, dict, item)? {
            disjoint = false;
        }
        Ok(())
    })?;
    Ok(bool(cx, disjoint))
}

// ---- mappingproxy ----

fn proxied<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    match casts::wrapped(cx, args.at(cx, 0).get(cx)).map(|w| cx.root(w)) {
        Some(mapping) => Ok(mapping),
        None => Err(wrong_self(cx, args, "mappingproxy")),
    }
}

fn proxy_new<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let mapping = args.at(cx, 1);
    if attr::special(cx, mapping.get(cx), names::GETITEM).is_none()
        || tuple::of(cx, mapping.get(cx)).is_some()
        || crate::object::list::of(cx, mapping.get(cx)).is_some()
    {
        let given = class::type_name(cx, mapping.get(cx));
        super::common::fail!(cx, TYPE_ERROR, "mappingproxy() argument must be a mapping, not {given}");
    }
    descriptor::new_wrapper(cx, shapes::MAPPING_PROXY, mapping)
}

fn proxy_len<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let mapping = proxied(cx, args)?;
    let len = subscript::len(cx, mapping)?;
    int::from_usize(cx, len)
}

fn proxy_getitem<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let mapping = proxied(cx, args)?;
    subscript::get(cx, mapping, args.at(cx, 1))
}

fn proxy_contains<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let mapping = proxied(cx, args)?;
    let found = subscript::contains(cx, mapping, args.at(cx, 1))?;
    Ok(bool(cx, found))
}

fn proxy_iter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let mapping = proxied(cx, args)?;
    iter::iter(cx, mapping)
}

fn proxy_call<'s>(cx: &mut Cx<'s>, args: &Args<'s>, method: &str) -> Res<'s> {
    let mapping = proxied(cx, args)?;
    let method = names::intern(cx, method)?;
    call::call_method(cx, mapping, method, &[])
}

fn proxy_repr<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let mapping = proxied(cx, args)?;
    let shown = repr::repr(cx, mapping)?;
    let text = format!("mappingproxy({})", str::lossy(shown.get(cx)));
    string(cx, &text)
}

fn proxy_compare<'s>(cx: &mut Cx<'s>, args: &Args<'s>, op: CompareOp) -> Res<'s> {
    let mapping = proxied(cx, args)?;
    compare::rich(cx, op, mapping, args.at(cx, 1))
}

fn proxy_or<'s>(cx: &mut Cx<'s>, args: &Args<'s>, reflected: bool) -> Res<'s> {
    let own = proxied(cx, args)?;
    let other = args.at(cx, 1);
    let other = casts::wrapped(cx, other.get(cx)).map(|w| cx.root(w)).unwrap_or(other);
    let (left, right) = if reflected { (other, own) } else { (own, other) };
    crate::object::number::binary(cx, crate::object::number::BinaryOp::Or, left, right)
}

fn proxy_get<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let mapping = proxied(cx, args)?;
    let get = names::intern(cx, "get")?;
    call::call_method(cx, mapping, get, &[args.at(cx, 1), args.at(cx, 2)])
}
