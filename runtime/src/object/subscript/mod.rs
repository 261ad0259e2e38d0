//! Items, slices, membership, length.

mod range;
mod slices;

pub use range::{range_contains, range_item, range_parts, ranges_equal, RangeParts};
pub use slices::{big_bounds, slice_bounds, Bounds};

use super::casts;
use super::int::view;
use super::layout::{DictView, Slice};
use super::names::{self, NameId};
use super::raise::{raise, raise_with, type_error, value_error, Raised};
use super::{
    bytes, call, class, classes, compare, dict, immediate, int, iter, limits, list, number, set, shapes, str,
    table, tuple,
};
use taipan_gc::{Cx, Handle, Local, Value};

/// Whether the value's class is written in Python.
fn is_user(value: Local<'_>) -> bool {
    value.shape().is_some_and(|s| s.0 >= taipan_gc::STATIC_SHAPES)
}

/// `x[key]`
pub fn get<'s>(cx: &mut Cx<'s>, x: Handle<'_>, key: Handle<'_>) -> Result<Handle<'s>, Raised> {
    if !is_user(x.get(cx)) {
        if let Some(found) = get_builtin(cx, x, key)? {
            return Ok(found);
        }
    }
    if let Some(found) = call::call_special(cx, x, names::GETITEM, &[key])? {
        return Ok(found);
    }
    if let Some(class) = class::of_handle(cx, x) {
        if class.get(cx).is(classes::local(cx, classes::TYPE)) {
            let alias = classes::handle(cx, classes::GENERIC_ALIAS).any();
            return call::call(cx, alias, &[x, key]);
        }
        if let Some(method) = super::attr::get_opt(cx, x, names::CLASS_GETITEM)? {
            return call::call(cx, method, &[key]);
        }
        let name = class::name(cx, class.get(cx));
        return Err(type_error(cx, format!("type '{name}' is not subscriptable")));
    }
    let given = class::type_name(cx, x.get(cx));
    Err(type_error(cx, format!("'{given}' object is not subscriptable")))
}

/// `x[key]` as the builtin types define it; `None` for what has no items.
pub fn get_builtin<'s>(
    cx: &mut Cx<'s>,
    x: Handle<'_>,
    key: Handle<'_>,
) -> Result<Option<Handle<'s>>, Raised> {
    let local = x.get(cx);
    if let Some(found) = dict::of(cx, local).map(|d| cx.root(d)) {
        if let Some(value) = dict::get(cx, found, key)? {
            return Ok(Some(value));
        }
        if is_user(x.get(cx)) {
            if let Some(value) = call::call_special(cx, x, names::MISSING, &[key])? {
                return Ok(Some(value));
            }
        }
        return Err(raise_with(cx, classes::KEY_ERROR, &[key]));
    }
    if local.shape() == Some(shapes::MAPPING_PROXY) {
        let inner = casts::wrapped(cx, local).map(|w| cx.root(w));
        return inner.map(|inner| get(cx, inner, key)).transpose();
    }
    let Some(what) = sequence_name(cx, local) else { return Ok(None) };
    if key.get(cx).shape() == Some(shapes::SLICE) {
        return slices::get(cx, x, key).map(Some);
    }
    let Some(at) = sequence_index(cx, key)? else {
        let given = class::type_name(cx, key.get(cx));
        let message = match what {
            "string" => format!("string indices must be integers, not '{given}'"),
            "byte" => format!("byte indices must be integers or slices, not {given}"),
            _ => format!("{what} indices must be integers or slices, not {given}"),
        };
        return Err(type_error(cx, message));
    };
    if x.get(cx).shape() == Some(shapes::RANGE) {
        let key = int::from_i64(cx, at)?;
        return match range_item(cx, x, key)? {
            Some(found) => Ok(Some(found)),
            None => Err(raise(cx, classes::INDEX_ERROR, "range object index out of range")),
        };
    }
    let len = builtin_len(cx, x.get(cx)).unwrap_or(0);
    let Some(n) = wrap(at, len) else {
        let what = if what == "byte" { "index" } else { what };
        let message =
            if what == "index" { "index out of range".into() } else { format!("{what} index out of range") };
        return Err(raise(cx, classes::INDEX_ERROR, message));
    };
    item(cx, x, n).map(Some)
}

/// What the messages call a builtin sequence.
fn sequence_name(cx: &Cx<'_>, x: Local<'_>) -> Option<&'static str> {
    if list::of(cx, x).is_some() {
        Some("list")
    } else if tuple::of(cx, x).is_some() {
        Some("tuple")
    } else if str::of(cx, x).is_some() {
        Some("string")
    } else if bytes::of(cx, x).is_some() {
        Some("byte")
    } else if x.shape() == Some(shapes::RANGE) {
        Some("range")
    } else {
        None
    }
}

/// An index from an int or `__index__`; `None` for anything else.
fn sequence_index(cx: &mut Cx<'_>, key: Handle<'_>) -> Result<Option<i64>, Raised> {
    if let Some(at) = key.get(cx).value().as_int() {
        return Ok(Some(at));
    }
    let has_index = view(cx, key.get(cx)).is_some()
        || class::lookup(cx, class::of(cx, key.get(cx)), names::INDEX).is_some();
    if !has_index {
        return Ok(None);
    }
    match number::as_index(cx, key)? {
        crate::text::int::Int::Small(at) => Ok(Some(at)),
        crate::text::int::Int::Big(_) => {
            let given = class::type_name(cx, key.get(cx));
            let message = format!("cannot fit '{given}' into an index-sized integer");
            Err(raise(cx, classes::INDEX_ERROR, message))
        }
    }
}

/// A Python index as one from the front; `None` out of range.
fn wrap(at: i64, len: usize) -> Option<usize> {
    let at = if at < 0 { at.checked_add(len as i64)? } else { at };
    usize::try_from(at).ok().filter(|&n| n < len)
}

/// The n-th item of a builtin sequence; `n` is in range.
fn item<'s>(cx: &mut Cx<'s>, x: Handle<'_>, n: usize) -> Result<Handle<'s>, Raised> {
    let local = x.get(cx);
    if let Some(list) = list::of(cx, local) {
        return Ok(cx.root(list::item(cx, list, n).unwrap_or(Local::NONE)));
    }
    if let Some(tuple) = tuple::of(cx, local) {
        return Ok(cx.root(tuple::item(tuple, n).unwrap_or(Local::NONE)));
    }
    if let Some(text) = str::of(cx, local) {
        let point = str::text(text).get(n).unwrap_or(0);
        return Ok(str::from_point(cx, point)?.any());
    }
    let byte = bytes::of(cx, local).and_then(|b| bytes::content(b).get(n).copied()).unwrap_or(0);
    Ok(immediate(cx, Value::int32(i32::from(byte))))
}

/// `x[key] = value`
pub fn set(cx: &mut Cx<'_>, x: Handle<'_>, key: Handle<'_>, value: Handle<'_>) -> Result<(), Raised> {
    if !is_user(x.get(cx)) && set_builtin(cx, x, key, value)? {
        return Ok(());
    }
    cx.scoped(|cx| match call::call_special(cx, x, names::SETITEM, &[key, value])? {
        Some(_) => Ok(()),
        None => {
            taken_as_index(cx, x, key, [names::SETITEM, names::DELITEM])?;
            let given = class::type_name(cx, x.get(cx));
            Err(type_error(cx, format!("'{given}' object does not support item assignment")))
        }
    })
}

/// What CPython does before it says that `x` can't change an item: a class with the other half of the pair lacks this method; whoever might be a
/// sequence is asked for an index. Whether it was.
fn taken_as_index(
    cx: &mut Cx<'_>,
    x: Handle<'_>,
    key: Handle<'_>,
    [missing, other]: [NameId; 2],
) -> Result<bool, Raised> {
    let of = class::of(cx, x.get(cx));
    if class::lookup(cx, of, other).is_some() {
        let name = cx.root(names::local(cx, missing)).any();
        return Err(raise_with(cx, classes::ATTRIBUTE_ERROR, &[name]));
    }
    let builtin = of.flags.get() & class::BUILTIN != 0;
    let may_be_sequence = !builtin || class::lookup(cx, of, names::LEN).is_some();
    Ok(may_be_sequence && sequence_index(cx, key)?.is_some())
}

/// `x[key] = value` as the builtin types define it; whether it has items that can be set.
pub fn set_builtin(
    cx: &mut Cx<'_>,
    x: Handle<'_>,
    key: Handle<'_>,
    value: Handle<'_>,
) -> Result<bool, Raised> {
    cx.scoped(|cx| {
        if let Some(found) = dict::of(cx, x.get(cx)).map(|d| cx.root(d)) {
            dict::set(cx, found, key, value)?;
            return Ok(true);
        }
        let Some(found) = list::of(cx, x.get(cx)).map(|l| cx.root(l)) else { return Ok(false) };
        if key.get(cx).shape() == Some(shapes::SLICE) {
            slices::assign(cx, found, key, value)?;
            return Ok(true);
        }
        let n = list_index(cx, found, key, "list assignment index out of range")?;
        list::set(cx, found.get(cx), n, value.get(cx));
        Ok(true)
    })
}

fn list_index(
    cx: &mut Cx<'_>,
    list: Handle<'_, super::layout::List>,
    key: Handle<'_>,
    message: &str,
) -> Result<usize, Raised> {
    let Some(at) = sequence_index(cx, key)? else {
        let given = class::type_name(cx, key.get(cx));
        return Err(type_error(cx, format!("list indices must be integers or slices, not {given}")));
    };
    match wrap(at, list::len(list.get(cx))) {
        Some(n) => Ok(n),
        None => Err(raise(cx, classes::INDEX_ERROR, message)),
    }
}

/// `del x[key]`
pub fn delete(cx: &mut Cx<'_>, x: Handle<'_>, key: Handle<'_>) -> Result<(), Raised> {
    if !is_user(x.get(cx)) && delete_builtin(cx, x, key)? {
        return Ok(());
    }
    cx.scoped(|cx| match call::call_special(cx, x, names::DELITEM, &[key])? {
        Some(_) => Ok(()),
        None => {
            let indexed = taken_as_index(cx, x, key, [names::DELITEM, names::SETITEM])?;
            let negation = if indexed { "doesn't" } else { "does not" };
            let given = class::type_name(cx, x.get(cx));
            Err(type_error(cx, format!("'{given}' object {negation} support item deletion")))
        }
    })
}

/// `del x[key]` as the builtin types define it; whether it has items that can be deleted.
pub fn delete_builtin(cx: &mut Cx<'_>, x: Handle<'_>, key: Handle<'_>) -> Result<bool, Raised> {
    cx.scoped(|cx| {
        if let Some(found) = dict::of(cx, x.get(cx)).map(|d| cx.root(d)) {
            return match dict::remove(cx, found, key)? {
                Some(_) => Ok(true),
                None => Err(raise_with(cx, classes::KEY_ERROR, &[key])),
            };
        }
        let Some(found) = list::of(cx, x.get(cx)).map(|l| cx.root(l)) else { return Ok(false) };
        if key.get(cx).shape() == Some(shapes::SLICE) {
            slices::delete(cx, found, key)?;
            return Ok(true);
        }
        let n = list_index(cx, found, key, "list assignment index out of range")?;
        list::splice(cx, found, n, n + 1, &[])?;
        Ok(true)
    })
}

/// `len(x)`
pub fn len(cx: &mut Cx<'_>, x: Handle<'_>) -> Result<usize, Raised> {
    if !is_user(x.get(cx)) {
        if let Some(len) = builtin_len(cx, x.get(cx)) {
            return Ok(len);
        }
        if x.get(cx).shape() == Some(shapes::RANGE) {
            return range::len(cx, x);
        }
    }
    cx.scoped(|cx| {
        let Some(found) = call::call_special(cx, x, names::LEN, &[])? else {
            let given = class::type_name(cx, x.get(cx));
            return Err(type_error(cx, format!("object of type '{given}' has no len()")));
        };
        let len = number::index_i64(cx, found)?;
        usize::try_from(len).map_err(|_| value_error(cx, "__len__() should return >= 0"))
    })
}

/// As [`builtin_len`], for ranges and views too.
pub fn len_builtin(cx: &mut Cx<'_>, x: Handle<'_>) -> Result<Option<usize>, Raised> {
    if let Some(viewed) = super::buffer::view::of_handle(cx, x) {
        return super::buffer::view::form(cx, viewed).map(|form| Some(form.len));
    }
    if x.get(cx).shape() == Some(shapes::RANGE) {
        return range::len(cx, x).map(Some);
    }
    Ok(builtin_len(cx, x.get(cx)))
}

/// The length as the builtin types define it, whatever subclasses override; `None` for what has none, and for ranges.
pub fn builtin_len(cx: &Cx<'_>, x: Local<'_>) -> Option<usize> {
    if let Some(list) = list::of(cx, x) {
        return Some(list::len(list));
    }
    if let Some(tuple) = tuple::of(cx, x) {
        return Some(tuple::len(tuple));
    }
    if let Some(text) = str::of(cx, x) {
        return Some(text.len.get() as usize);
    }
    if let Some(found) = dict::of(cx, x).or_else(|| set::of(cx, x)) {
        return Some(dict::len(found));
    }
    if let Some(content) = bytes::of(cx, x) {
        return Some(content.len.get() as usize);
    }
    match x.shape()? {
        shapes::DICT_VIEW => Some(dict::len(x.downcast::<DictView>(cx)?.dict.get(cx)?)),
        shapes::MAPPING_PROXY => builtin_len(cx, casts::wrapped(cx, x)?),
        _ => None,
    }
}

/// `item in container`
pub fn contains(cx: &mut Cx<'_>, container: Handle<'_>, item: Handle<'_>) -> Result<bool, Raised> {
    if !is_user(container.get(cx)) {
        if let Some(found) = contains_builtin(cx, container, item)? {
            return Ok(found);
        }
    }
    cx.scoped(|cx| {
        if class::lookup(cx, class::of(cx, container.get(cx)), names::CONTAINS)
            .is_some_and(|c| c.value().is_none())
        {
            let given = class::type_name(cx, container.get(cx));
            return Err(type_error(cx, format!("'{given}' object is not a container")));
        }
        if let Some(found) = call::call_special(cx, container, names::CONTAINS, &[item])? {
            return compare::truth(cx, found);
        }
        let it = match iter::iter(cx, container) {
            Ok(it) => it,
            Err(raised) => {
                super::raise::catch(cx, raised, classes::TYPE_ERROR)?;
                let given = class::type_name(cx, container.get(cx));
                return Err(type_error(cx, format!("argument of type '{given}' is not iterable")));
            }
        };
        search(cx, it, item)
    })
}

/// Whether an iterator yields something equal.
fn search(cx: &mut Cx<'_>, it: Handle<'_>, item: Handle<'_>) -> Result<bool, Raised> {
    loop {
        let step = cx.scoped(|cx| match iter::next(cx, it)? {
            Some(found) => compare::equal(cx, found, item).map(Some),
            None => Ok(None),
        })?;
        match step {
            Some(true) => return Ok(true),
            Some(false) => limits::tick(cx)?,
            None => return Ok(false),
        }
    }
}

/// Membership as the builtin types define it; `None` for what has none.
pub fn contains_builtin(
    cx: &mut Cx<'_>,
    container: Handle<'_>,
    item: Handle<'_>,
) -> Result<Option<bool>, Raised> {
    let local = container.get(cx);
    if let Some(text) = str::of(cx, local) {
        let Some(part) = str::of(cx, item.get(cx)) else {
            let given = class::type_name(cx, item.get(cx));
            return Err(type_error(
                cx,
                format!("'in <string>' requires string as left operand, not {given}"),
            ));
        };
        let found = crate::text::str_ops::search::contains(str::text(text), str::text(part));
        return found.map(Some).map_err(|error| super::raise::text_error(cx, error));
    }
    if let Some(found) = dict::of(cx, local).map(|t| cx.root(t)) {
        return dict::contains(cx, found, item).map(Some);
    }
    if let Some(found) = set::of(cx, local).map(|t| cx.root(t)) {
        return set::contains(cx, found, item).map(Some);
    }
    if list::of(cx, local).is_some() || tuple::of(cx, local).is_some() {
        return cx.scoped(|cx| {
            let it = iter::new_sequence_iter(cx, container, 0, false)?;
            search(cx, it, item).map(Some)
        });
    }
    match local.shape() {
        Some(shapes::RANGE) => range_contains(cx, container, item),
        Some(shapes::DICT_VIEW) => view_contains(cx, container, item).map(Some),
        Some(shapes::MAPPING_PROXY) => {
            let inner = casts::wrapped(cx, local).map(|w| cx.root(w));
            inner.map(|inner| contains(cx, inner, item)).transpose()
        }
        Some(shapes::BYTES) => {
            let Some(content) = bytes::of(cx, local) else { return Ok(None) };
            if let Some(part) = bytes::of(cx, item.get(cx)) {
                let (content, part) = (bytes::content(content), bytes::content(part));
                return Ok(Some(part.is_empty() || content.windows(part.len()).any(|w| w == part)));
            }
            match view(cx, item.get(cx)).map(|i| i.to_i64()) {
                Some(Some(byte @ 0..=255)) => Ok(Some(bytes::content(content).contains(&(byte as u8)))),
                Some(_) => Err(value_error(cx, "byte must be in range(0, 256)")),
                None if super::buffer::is(cx, item) => {
                    let content = cx.root(content);
                    let part = super::buffer::content(cx, item, false)?.unwrap_or_default();
                    let content = bytes::content(content.get(cx));
                    Ok(Some(part.is_empty() || content.windows(part.len()).any(|w| w == part)))
                }
                None => {
                    let given = class::type_name(cx, item.get(cx));
                    Err(type_error(cx, format!("a bytes-like object is required, not '{given}'")))
                }
            }
        }
        _ => Ok(None),
    }
}

fn view_contains(cx: &mut Cx<'_>, container: Handle<'_>, item: Handle<'_>) -> Result<bool, Raised> {
    cx.scoped(|cx| {
        let parts = container
            .get(cx)
            .downcast::<DictView>(cx)
            .map(|v| (v.what.get(), v.dict.get(cx).map(|d| cx.root(d))));
        let Some((what, Some(found))) = parts else { return Ok(false) };
        match what {
            table::KEYS => Ok(dict::get(cx, found, item)?.is_some()),
            table::ITEMS => {
                let pair = tuple::of(cx, item.get(cx)).filter(|t| tuple::len(*t) == 2);
                let Some((key, value)) =
                    pair.and_then(|t| Some((cx.root(tuple::item(t, 0)?), cx.root(tuple::item(t, 1)?))))
                else {
                    return Ok(false);
                };
                match dict::get(cx, found, key)? {
                    Some(own) => compare::equal(cx, own, value),
                    None => Ok(false),
                }
            }
            _ => {
                let it = iter::iter(cx, container)?;
                search(cx, it, item)
            }
        }
    })
}

/// The parts of a slice.
pub fn slice_parts<'s>(cx: &Cx<'s>, slice: Handle<'_>) -> Option<[Handle<'s>; 3]> {
    let slice = slice.get(cx).downcast::<Slice>(cx)?;
    let part = |value: Option<Local<'_>>| cx.root(value.unwrap_or(Local::NONE));
    Some([part(slice.start.get(cx)), part(slice.stop.get(cx)), part(slice.step.get(cx))])
}
