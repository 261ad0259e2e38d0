//! What file objects say about themselves: `repr`, `name`, `mode`, `closed` and the like.

use super::stream::Stream;
use super::{key_of, object, shows_bytes, Key, Streams};
use crate::builtins::common::{fail, string, Res};
use crate::builtins::convert::with_state;
use crate::object::native::Args;
use crate::object::raise::Raised;
use crate::object::{bool, none};
use crate::text::TextOwned;
use taipan_gc::Cx;

/// Reads something of the stream of `self`, open or not.
fn peek<R>(cx: &mut Cx<'_>, args: &Args<'_>, read: impl FnOnce(&Stream) -> R) -> Result<R, Raised> {
    let key = args.get(cx, 0).and_then(|f| key_of(cx, f.get(cx)));
    let found =
        with_state::<Streams, _>(cx, |streams| key.and_then(|k| streams.open.get(&k.stream)).map(read));
    match found {
        Some(found) => Ok(found),
        None => fail!(cx, VALUE_ERROR, "I/O operation on uninitialized object"),
    }
}

pub(super) fn repr_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let bytes = shows_bytes(cx, args);
    let text = peek(cx, args, |s| {
        let name = TextOwned::from(s.name.as_str());
        let name = crate::text::str_ops::repr::repr(name.as_text()).map(|n| n.as_text().to_string_lossy());
        let name = name.unwrap_or_default();
        match (bytes, s.readable, s.writable) {
            (false, _, _) => {
                format!("<_io.TextIOWrapper name={name} mode='{}' encoding='{}'>", s.mode, s.encoding)
            }
            (true, true, true) => format!("<_io.BufferedRandom name={name}>"),
            (true, true, false) => format!("<_io.BufferedReader name={name}>"),
            (true, false, _) => format!("<_io.BufferedWriter name={name}>"),
        }
    })?;
    string(cx, &text)
}

pub(super) fn name<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let name = peek(cx, args, |s| s.name.clone())?;
    string(cx, &name)
}

pub(super) fn mode<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let mode = peek(cx, args, |s| s.mode.clone())?;
    string(cx, &mode)
}

pub(super) fn closed<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let closed = peek(cx, args, Stream::is_closed)?;
    Ok(bool(cx, closed))
}

pub(super) fn encoding<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let encoding = peek(cx, args, |s| s.encoding.clone())?;
    string(cx, &encoding)
}

pub(super) fn errors<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let errors = peek(cx, args, |s| s.errors.clone())?;
    string(cx, &errors)
}

pub(super) fn newlines<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    Ok(none(cx))
}

pub(super) fn line_buffering<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let is = peek(cx, args, |s| s.line_buffered)?;
    Ok(bool(cx, is))
}

pub(super) fn buffer<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    match args.get(cx, 0).and_then(|f| key_of(cx, f.get(cx))) {
        Some(key) => object(cx, Key { stream: key.stream, bytes: true }),
        None => fail!(cx, VALUE_ERROR, "I/O operation on uninitialized object"),
    }
}
