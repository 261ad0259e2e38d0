//! `repr`, `str` and `ascii` of any object.
//!
//! Text is gathered in one buffer all the way down, so that a list of a million numbers makes one string and not a million.
//! An object that contains itself shows as `[...]`, as in CPython; depth is bounded by the limit on native calls.

use super::common::{fail, Res};
use super::convert::{max_str_digits, text_error, with_state};
use crate::object::layout::{Dict, List, Str, Tuple};
use crate::object::protocol::nested;
use crate::object::raise::Raised;
use crate::object::{
    attr, call, class, dict, int, list, names, set, shape_of, shapes, str as strings, tuple,
};
use crate::text::int::{to_decimal, IntRef};
use crate::text::str_ops::repr as quoting;
use crate::text::{float, Text, TextBuf};
use taipan_gc::{Cx, Handle, Local};

/// For the message of RecursionError.
const WHILE: &str = " while getting the repr of an object";

/// `repr(value)`
pub fn repr<'s>(cx: &mut Cx<'s>, value: Handle<'_>) -> Result<Handle<'s, Str>, Raised> {
    let mut out = TextBuf::new();
    write(cx, value, &mut out)?;
    strings::from_owned(cx, &out.finish())
}

/// `str(value)`
pub fn str<'s>(cx: &mut Cx<'s>, value: Handle<'_>) -> Result<Handle<'s, Str>, Raised> {
    let local = value.get(cx);
    if strings::is_exact(local.value(), local.shape()) {
        let same = cx.root(local);
        if let Some(string) = strings::of_handle(cx, same) {
            return Ok(string);
        }
    }
    let mut out = TextBuf::new();
    write_str(cx, value, &mut out)?;
    strings::from_owned(cx, &out.finish())
}

/// `str(value)`, by the name that other rooms call it.
pub fn str_of<'s>(cx: &mut Cx<'s>, value: Handle<'_>) -> Result<Handle<'s, Str>, Raised> {
    str(cx, value)
}

/// `ascii(value)`
pub fn ascii<'s>(cx: &mut Cx<'s>, value: Handle<'_>) -> Result<Handle<'s, Str>, Raised> {
    let shown = repr(cx, value)?;
    match quoting::ascii_of_repr(strings::text(shown.get(cx))) {
        Ok(text) => strings::new(cx, &text),
        Err(error) => Err(text_error(cx, error, None)),
    }
}

/// The text of `str(value)`, for building longer ones.
pub fn write_str(cx: &mut Cx<'_>, value: Handle<'_>, out: &mut TextBuf) -> Result<(), Raised> {
    let local = value.get(cx);
    match shape_of(local) {
        shapes::STR_ASCII | shapes::STR_WIDE => {
            let pushed = strings::of(cx, local).map_or(Ok(()), |s| out.try_push_text(strings::text(s)));
            pushed.map_err(|e| text_error(cx, e, None))
        }
        shape if has_plain_repr(shape) => write(cx, value, out),
        _ => {
            // `object.__str__` is the repr.
            let inherited = attr::special(cx, local, names::STR).is_none_or(|m| class::is_of_object(cx, m));
            let name = if inherited { names::REPR } else { names::STR };
            match call::call_special(cx, value, name, &[])? {
                Some(found) => push_result(cx, found, "__str__", out),
                None => write(cx, value, out),
            }
        }
    }
}

/// Whether objects of this shape have the repr as str, without any method being looked up.
fn has_plain_repr(shape: taipan_gc::ShapeId) -> bool {
    matches!(
        shape,
        shapes::INT
            | shapes::FLOAT
            | shapes::BOOL
            | shapes::NONE
            | shapes::BIGINT
            | shapes::BYTES
            | shapes::LIST
            | shapes::TUPLE
            | shapes::DICT
            | shapes::SET
            | shapes::FROZENSET
    )
}

/// The text of `repr(value)`, for building longer ones.
pub fn write(cx: &mut Cx<'_>, value: Handle<'_>, out: &mut TextBuf) -> Result<(), Raised> {
    let local = value.get(cx);
    let word = local.value();
    match shape_of(local) {
        shapes::INT => push(out, &word.int_unchecked().to_string()),
        shapes::FLOAT => push(out, &float::repr(word.float_unchecked())),
        shapes::BOOL => push(out, if word == taipan_gc::Value::TRUE { "True" } else { "False" }),
        shapes::NONE => push(out, "None"),
        shapes::BIGINT => return write_big(cx, value, out),
        shapes::STR_ASCII | shapes::STR_WIDE => {
            let quoted = strings::of(cx, local).map_or(Text::EMPTY, strings::text);
            let quoted = quoting::repr(quoted).and_then(|q| out.try_push_text(q.as_text()));
            return quoted.map_err(|e| text_error(cx, e, None));
        }
        shapes::BYTES => {
            let quoted = crate::object::bytes::of(cx, local).map_or(&[][..], crate::object::bytes::content);
            let quoted = quoting::repr_bytes(quoted).and_then(|q| out.try_push_text(Text::Ascii(&q)));
            return quoted.map_err(|e| text_error(cx, e, None));
        }
        shapes::LIST | shapes::TUPLE | shapes::DICT | shapes::SET | shapes::FROZENSET => {
            return nested(cx, WHILE, |cx| write_container(cx, value, out));
        }
        shapes::SINGLETON => push(out, "Ellipsis"),
        shapes::NOT_IMPLEMENTED => push(out, "NotImplemented"),
        _ => {
            let Some(found) = call::call_special(cx, value, names::REPR, &[])? else {
                fail!(cx, TYPE_ERROR, "'{}' object is not callable", class::type_name(cx, value.get(cx)));
            };
            return push_result(cx, found, "__repr__", out);
        }
    }
    Ok(())
}

fn push(out: &mut TextBuf, text: &str) {
    out.push_str(text);
}

fn write_big(cx: &mut Cx<'_>, value: Handle<'_>, out: &mut TextBuf) -> Result<(), Raised> {
    let value = int::view(cx, value.get(cx)).unwrap_or(IntRef::Small(0));
    let digits = to_decimal(value, max_str_digits(cx)).and_then(|d| out.try_push_text(Text::Ascii(&d)));
    digits.map_err(|e| text_error(cx, e, None))
}

fn push_result(cx: &mut Cx<'_>, found: Handle<'_>, method: &str, out: &mut TextBuf) -> Result<(), Raised> {
    let Some(string) = strings::of(cx, found.get(cx)) else {
        let given = class::type_name(cx, found.get(cx));
        fail!(cx, TYPE_ERROR, "{method} returned non-string (type {given})");
    };
    out.try_push_text(strings::text(string)).map_err(|e| text_error(cx, e, None))
}

/// The containers whose repr is being made, innermost last.
#[derive(Default)]
struct Busy(Vec<u64>);

/// Whether the repr of this value can't come back to a container it is in.
fn is_leaf(value: Local<'_>) -> bool {
    let shape = shape_of(value);
    shape.0 <= shapes::BYTES.0 || shape == shapes::SINGLETON
}

/// As [`guarded`], without the trouble when `leaves` says that nothing inside can contain the object.
fn guarded_unless<'s>(
    cx: &mut Cx<'s>,
    leaves: bool,
    value: Handle<'_>,
    body: impl FnOnce(&mut Cx<'s>) -> Result<(), Raised>,
) -> Result<bool, Raised> {
    if leaves {
        return body(cx).map(|()| true);
    }
    guarded(cx, value, body)
}

/// Runs `body` unless the repr of this object is being made already; whether it ran.
pub fn guarded<'s>(
    cx: &mut Cx<'s>,
    value: Handle<'_>,
    body: impl FnOnce(&mut Cx<'s>) -> Result<(), Raised>,
) -> Result<bool, Raised> {
    let id = cx.id(value.get(cx))?;
    let entered = with_state::<Busy, _>(cx, |busy| {
        let fresh = !busy.0.contains(&id);
        if fresh {
            busy.0.push(id);
        }
        fresh
    });
    if !entered {
        return Ok(false);
    }
    let result = body(cx);
    with_state::<Busy, _>(cx, |busy| {
        if let Some(at) = busy.0.iter().rposition(|&b| b == id) {
            busy.0.remove(at);
        }
    });
    result.map(|()| true)
}

/// The text of `list.__repr__` and its like: what is shown for the builtin containers and for subclasses that don't override it.
pub fn write_container(cx: &mut Cx<'_>, value: Handle<'_>, out: &mut TextBuf) -> Result<(), Raised> {
    cx.scoped(|cx| {
        let value = cx.root(value.get(cx));
        if let Some(list) = list::of_handle(cx, value) {
            return write_list(cx, list, out);
        }
        if let Some(tuple) = tuple::of_handle(cx, value) {
            return write_tuple(cx, value, tuple, out);
        }
        if let Some(dict) = dict::of_handle(cx, value) {
            return write_dict(cx, dict, out);
        }
        match set::of_handle(cx, value) {
            Some(set) => write_set(cx, value, set, out),
            None => write(cx, value, out),
        }
    })
}

/// `repr` of a container, without looking up `__repr__`.
pub fn container<'s>(cx: &mut Cx<'s>, value: Handle<'_>) -> Res<'s> {
    let mut out = TextBuf::new();
    nested(cx, WHILE, |cx| write_container(cx, value, &mut out))?;
    Ok(strings::from_owned(cx, &out.finish())?.any())
}

fn write_list(cx: &mut Cx<'_>, list: Handle<'_, List>, out: &mut TextBuf) -> Result<(), Raised> {
    if list::len(list.get(cx)) == 0 {
        push(out, "[]");
        return Ok(());
    }
    let local = list.get(cx);
    let leaves = (0..list::len(local)).all(|i| list::item(cx, local, i).is_none_or(is_leaf));
    let ran = guarded_unless(cx, leaves, list.any(), |cx| {
        push(out, "[");
        let mut at = 0;
        // The length is read anew: a __repr__ may change the list.
        while at < list::len(list.get(cx)) {
            if at > 0 {
                push(out, ", ");
            }
            cx.scoped(|cx| match list::item(cx, list.get(cx), at).map(|v| cx.root(v)) {
                Some(item) => write(cx, item, out),
                None => Ok(()),
            })?;
            at += 1;
        }
        push(out, "]");
        Ok(())
    })?;
    if !ran {
        push(out, "[...]");
    }
    Ok(())
}

fn write_tuple(
    cx: &mut Cx<'_>,
    value: Handle<'_>,
    tuple: Handle<'_, Tuple>,
    out: &mut TextBuf,
) -> Result<(), Raised> {
    let len = tuple::len(tuple.get(cx));
    if len == 0 {
        push(out, "()");
        return Ok(());
    }
    let local = tuple.get(cx);
    let leaves = (0..len).all(|i| tuple::item(local, i).is_none_or(is_leaf));
    let ran = guarded_unless(cx, leaves, value, |cx| {
        push(out, "(");
        for at in 0..len {
            if at > 0 {
                push(out, ", ");
            }
            cx.scoped(|cx| match tuple::item(tuple.get(cx), at).map(|v| cx.root(v)) {
                Some(item) => write(cx, item, out),
                None => Ok(()),
            })?;
        }
        push(out, if len == 1 { ",)" } else { ")" });
        Ok(())
    })?;
    if !ran {
        push(out, "(...)");
    }
    Ok(())
}

fn write_dict(cx: &mut Cx<'_>, dict: Handle<'_, Dict>, out: &mut TextBuf) -> Result<(), Raised> {
    if dict::len(dict.get(cx)) == 0 {
        push(out, "{}");
        return Ok(());
    }
    let (mut at, mut leaves) = (0, true);
    while let Some((key, value)) = dict::next_entry(cx, dict.get(cx), &mut at) {
        leaves &= is_leaf(key) && is_leaf(value);
    }
    let ran = guarded_unless(cx, leaves, dict.any(), |cx| {
        push(out, "{");
        let (mut at, mut first) = (0, true);
        loop {
            let more = cx.scoped(|cx| {
                let Some((key, value)) = dict::next_entry(cx, dict.get(cx), &mut at) else {
                    return Ok::<_, Raised>(false);
                };
                let (key, value) = (cx.root(key), cx.root(value));
                if !first {
                    push(out, ", ");
                }
                write(cx, key, out)?;
                push(out, ": ");
                write(cx, value, out)?;
                Ok(true)
            })?;
            if !more {
                break;
            }
            first = false;
        }
        push(out, "}");
        Ok(())
    })?;
    if !ran {
        push(out, "{...}");
    }
    Ok(())
}

fn write_set(
    cx: &mut Cx<'_>,
    value: Handle<'_>,
    set: Handle<'_, Dict>,
    out: &mut TextBuf,
) -> Result<(), Raised> {
    let name = class::type_name(cx, value.get(cx));
    if dict::len(set.get(cx)) == 0 {
        out.push_str(&format!("{name}()"));
        return Ok(());
    }
    let plain = value.get(cx).shape() == Some(shapes::SET);
    let ran = guarded(cx, value, |cx| {
        if !plain {
            out.push_str(&format!("{name}("));
        }
        push(out, "{");
        let (mut at, mut first) = (0, true);
        loop {
            let more = cx.scoped(|cx| {
                let Some((key, _)) = dict::next_entry(cx, set.get(cx), &mut at) else {
                    return Ok::<_, Raised>(false);
                };
                let key = cx.root(key);
                if !first {
                    push(out, ", ");
                }
                write(cx, key, out)?;
                Ok(true)
            })?;
            if !more {
                break;
            }
            first = false;
        }
        push(out, if plain { "}" } else { "})" });
        Ok(())
    })?;
    if !ran {
        out.push_str(&format!("{name}(...)"));
    }
    Ok(())
}
