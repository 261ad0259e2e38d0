//! Gathering what an iterable yields.

use super::super::layout::{List, NativeIter, Tuple};
use super::super::limits::tick;
use super::super::names;
use super::super::raise::{self, type_error, value_error, Raised};
use super::super::{call, class, classes, int, list, protocol, shapes, subscript, tuple};
use super::{builtin, iter, next};
use taipan_gc::{Cx, Handle, Local, Value};

/// Calls `body` with each item, in a scope of its own.
pub fn for_each(
    cx: &mut Cx<'_>,
    iterable: Handle<'_>,
    mut body: impl for<'t> FnMut(&mut Cx<'t>, Handle<'t>) -> Result<(), Raised>,
) -> Result<(), Raised> {
    cx.scoped(|cx| {
        let iterator = iter(cx, iterable)?;
        loop {
            tick(cx)?;
            let more = cx.scoped(|cx| match next(cx, iterator)? {
                Some(item) => body(cx, item).map(|()| true),
                None => Ok(false),
            })?;
            if !more {
                return Ok(());
            }
        }
    })
}

/// The values of a list or tuple that can be read without iterating.
fn plain_values<'a>(cx: &'a Cx<'_>, value: Local<'a>) -> Option<&'a [Value]> {
    if !builtin::is_plain(cx, value) {
        return None;
    }
    match list::of(cx, value) {
        Some(list) => Some(list::values(cx, list)),
        None => tuple::of(cx, value).map(tuple::values),
    }
}

/// The items, rooted. For small numbers of items; many are better gathered in a list.
pub fn to_vec<'s>(cx: &mut Cx<'s>, iterable: Handle<'_>) -> Result<Vec<Handle<'s>>, Raised> {
    let list = match list::of_handle(cx, iterable) {
        Some(_) if builtin::is_plain(cx, iterable.get(cx)) => None,
        _ => match tuple::of(cx, iterable.get(cx)) {
            Some(_) if builtin::is_plain(cx, iterable.get(cx)) => None,
            _ => Some(to_list(cx, iterable)?.any()),
        },
    };
    let values = plain_values(cx, list.map_or(iterable.get(cx), |l| l.get(cx))).unwrap_or(&[]);
    // SAFETY: items of a live list or tuple are live.
    Ok(cx.root_all(values.len(), |n| unsafe { Local::<taipan_gc::Any>::from_value(values[n]) })?)
}

/// A new list of the items.
pub fn to_list<'s>(cx: &mut Cx<'s>, iterable: Handle<'_>) -> Result<Handle<'s, List>, Raised> {
    let made = list::with_capacity(cx, 0)?;
    extend_list(cx, made, iterable)?;
    Ok(made)
}

/// A new tuple of the items; an exact tuple as it is.
pub fn to_tuple<'s>(cx: &mut Cx<'s>, iterable: Handle<'_>) -> Result<Handle<'s, Tuple>, Raised> {
    if iterable.get(cx).shape() == Some(shapes::TUPLE) {
        if let Some(tuple) = tuple::of_handle(cx, iterable) {
            return Ok(cx.root(tuple.get(cx)));
        }
    }
    cx.scoped_keep(|cx| {
        let items = to_list(cx, iterable)?;
        let len = list::len(items.get(cx));
        tuple::from_fn(cx, len, |cx, at| {
            list::values(cx, items.get(cx)).get(at).copied().unwrap_or(Value::NONE)
        })
    })
}

/// `list.extend(iterable)`
pub fn extend_list(cx: &mut Cx<'_>, list: Handle<'_, List>, iterable: Handle<'_>) -> Result<(), Raised> {
    if let Some(len) = plain_values(cx, iterable.get(cx)).map(<[Value]>::len) {
        list::reserve(cx, list, len)?;
        // The list may be extended by itself: what it had before.
        for at in 0..len {
            let Some(&value) = plain_values(cx, iterable.get(cx)).and_then(|values| values.get(at)) else {
                break;
            };
            list::push(cx, list, value)?;
        }
        return Ok(());
    }
    cx.scoped(|cx| {
        let iterator = iter(cx, iterable)?;
        if let Some(hint) = hint_or_none(cx, iterable)? {
            // Only a hint: failing to reserve is no error.
            let _ = list::try_reserve(cx, list.get(cx), hint.min(1 << 24));
        }
        loop {
            tick(cx)?;
            let more = cx.scoped(|cx| match next(cx, iterator)? {
                Some(item) => list::append(cx, list, item).map(|()| true),
                None => Ok(false),
            })?;
            if !more {
                return Ok(());
            }
        }
    })
}

/// `operator.length_hint(value, default)`
pub fn length_hint(cx: &mut Cx<'_>, value: Handle<'_>, default: usize) -> Result<usize, Raised> {
    Ok(hint_or_none(cx, value)?.unwrap_or(default))
}

fn hint_or_none(cx: &mut Cx<'_>, value: Handle<'_>) -> Result<Option<usize>, Raised> {
    if let Some(left) = builtin::items_left(cx, value.get(cx)) {
        return Ok(Some(left));
    }
    let native = value.get(cx).downcast::<NativeIter>(cx).map(|i| i.def.class);
    if builtin::is_generator(cx, value.get(cx)) || native.is_some_and(|c| c != classes::ITER_REPEAT) {
        return Ok(None);
    }
    if let (true, Some(len)) = (protocol::is_static(value.get(cx)), subscript::len_builtin(cx, value)?) {
        return Ok(Some(len));
    }
    let class = class::of(cx, value.get(cx));
    if class::lookup(cx, class, names::LEN).is_some_and(|found| !found.value().is_none()) {
        match subscript::len(cx, value) {
            Ok(len) => return Ok(Some(len)),
            Err(raised) => raise::catch(cx, raised, classes::TYPE_ERROR)?,
        }
    }
    cx.scoped(|cx| hint_by_method(cx, value))
}

fn hint_by_method(cx: &mut Cx<'_>, value: Handle<'_>) -> Result<Option<usize>, Raised> {
    let hint = match call::call_special(cx, value, names::LENGTH_HINT, &[]) {
        Ok(Some(hint)) => hint,
        Ok(None) => return Ok(None),
        Err(raised) => return raise::catch(cx, raised, classes::TYPE_ERROR).map(|()| None),
    };
    if protocol::is_not_implemented(hint.get(cx)) {
        return Ok(None);
    }
    match int::to_i64(cx, hint.get(cx)) {
        Some(hint) if hint >= 0 => Ok(Some(hint as usize)),
        Some(_) => Err(value_error(cx, "__length_hint__() should return >= 0")),
        None => {
            let given = class::type_name(cx, hint.get(cx));
            Err(type_error(cx, format!("__length_hint__ must be an integer, not {given}")))
        }
    }
}
