//! The methods of `bytes`: finding, and what the other files share.

pub(super) mod case;
pub(super) mod codec;
pub(super) mod split;

use super::common::{fail, Res};
use super::convert::{bounds, bytes_argument, index_opt};
use crate::object::layout::Bytes;
use crate::object::native::{self, Args};
use crate::object::raise::Raised;
use crate::object::{bool, buffer, bytes, class, int, tuple};
use memchr::memmem;
use taipan_gc::{Cx, Handle};

/// A bytes argument `self`.
pub(super) fn self_bytes<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Result<Handle<'s, Bytes>, Raised> {
    match bytes::of(cx, args.at(cx, 0).get(cx)).map(|b| cx.root(b)) {
        Some(data) => Ok(data),
        None => Err(native::wrong_self(cx, args, "bytes")),
    }
}

/// New bytes made from those of `self`.
pub(super) fn made<'s>(
    cx: &mut Cx<'s>,
    args: &Args<'s>,
    make: impl FnOnce(&[u8]) -> Result<Vec<u8>, std::collections::TryReserveError>,
) -> Res<'s> {
    let data = self_bytes(cx, args)?;
    let made = make(bytes::content(data.get(cx)));
    match made {
        Ok(made) => Ok(bytes::new(cx, &made)?.any()),
        Err(_) => Err(super::convert::memory_error(cx)),
    }
}

/// A part of bytes.
pub(super) fn part<'s>(cx: &mut Cx<'s>, data: Handle<'_, Bytes>, start: usize, end: usize) -> Res<'s> {
    let local = data.get(cx);
    if start == 0 && end >= local.len.get() as usize {
        return Ok(cx.root(local.any()));
    }
    let made = crate::object::retrying(cx, |cx| bytes::alloc(cx, &bytes::content(data.get(cx))[start..end]))?;
    Ok(made.any())
}

/// What is looked for: bytes, or a number that is one.
fn needle(cx: &mut Cx<'_>, value: Handle<'_>) -> Result<Vec<u8>, Raised> {
    if let Some(found) = buffer::content(cx, value, false)? {
        return Ok(found);
    }
    match index_opt(cx, value)? {
        Some(number) => match int::to_i64(cx, number.get(cx)).map(u8::try_from) {
            Some(Ok(byte)) => Ok(vec![byte]),
            _ => fail!(cx, VALUE_ERROR, "byte must be in range(0, 256)"),
        },
        None => {
            let given = class::type_name(cx, value.get(cx));
            fail!(cx, TYPE_ERROR, "argument should be integer or bytes-like object, not '{given}'")
        }
    }
}

/// Where the needle is in `data[start..end]`.
fn search(data: &[u8], needle: &[u8], (start, end): (usize, usize), backward: bool) -> Option<usize> {
    let end = end.min(data.len());
    let part = data.get(start..end)?;
    let at = match (needle.is_empty(), backward) {
        (true, false) => Some(0),
        (true, true) => Some(part.len()),
        (false, false) => memmem::find(part, needle),
        (false, true) => memmem::rfind(part, needle),
    };
    at.map(|at| start + at)
}

fn position<'s>(cx: &mut Cx<'s>, args: &Args<'s>, backward: bool, must: bool) -> Res<'s> {
    let data = self_bytes(cx, args)?;
    let wanted = needle(cx, args.at(cx, 1))?;
    let len = data.get(cx).len.get() as usize;
    let range = bounds(cx, args, 2, len)?;
    match search(bytes::content(data.get(cx)), &wanted, range, backward) {
        Some(at) => int::from_usize(cx, at),
        None if must => fail!(cx, VALUE_ERROR, "subsection not found"),
        None => int::from_i64(cx, -1),
    }
}

pub(super) fn find<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    position(cx, args, false, false)
}

pub(super) fn rfind<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    position(cx, args, true, false)
}

pub(super) fn index<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    position(cx, args, false, true)
}

pub(super) fn rindex<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    position(cx, args, true, true)
}

pub(super) fn count<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let data = self_bytes(cx, args)?;
    let wanted = needle(cx, args.at(cx, 1))?;
    let len = data.get(cx).len.get() as usize;
    let (start, end) = bounds(cx, args, 2, len)?;
    let times = match bytes::content(data.get(cx)).get(start..end.min(len)) {
        None => 0,
        Some(part) if wanted.is_empty() => part.len() + 1,
        Some(part) => memmem::find_iter(part, &wanted).count(),
    };
    int::from_usize(cx, times)
}

pub(super) fn contains<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let data = self_bytes(cx, args)?;
    let value = args.at(cx, 1);
    let wanted = match index_opt(cx, value)? {
        Some(_) => needle(cx, value)?,
        None => bytes_argument(cx, value)?,
    };
    let holds = wanted.is_empty() || memmem::find(bytes::content(data.get(cx)), &wanted).is_some();
    Ok(bool(cx, holds))
}

/// `startswith` and `endswith`.
fn affix<'s>(cx: &mut Cx<'s>, args: &Args<'s>, name: &str, test: fn(&[u8], &[u8]) -> bool) -> Res<'s> {
    let data = self_bytes(cx, args)?;
    let wanted = args.at(cx, 1);
    let len = data.get(cx).len.get() as usize;
    let (start, end) = bounds(cx, args, 2, len)?;
    let parts = match tuple::of_handle(cx, wanted) {
        Some(parts) => tuple::handles(cx, parts)?,
        None => {
            if !buffer::is(cx, wanted) {
                let given = class::type_name(cx, wanted.get(cx));
                fail!(cx, TYPE_ERROR, "{name} first arg must be bytes or a tuple of bytes, not {given}");
            }
            vec![wanted]
        }
    };
    for part in parts {
        let part = bytes_argument(cx, part)?;
        let content = bytes::content(data.get(cx));
        if content.get(start..end.min(len)).is_some_and(|c| test(c, &part)) {
            return Ok(bool(cx, true));
        }
    }
    Ok(bool(cx, false))
}

pub(super) fn startswith<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    affix(cx, args, "startswith", |data, part| data.starts_with(part))
}

pub(super) fn endswith<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    affix(cx, args, "endswith", |data, part| data.ends_with(part))
}

pub(super) fn removeprefix<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let data = self_bytes(cx, args)?;
    let prefix = bytes_argument(cx, args.at(cx, 1))?;
    let content = bytes::content(data.get(cx));
    let (start, len) = (if content.starts_with(&prefix) { prefix.len() } else { 0 }, content.len());
    part(cx, data, start, len)
}

pub(super) fn removesuffix<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let data = self_bytes(cx, args)?;
    let suffix = bytes_argument(cx, args.at(cx, 1))?;
    let content = bytes::content(data.get(cx));
    let end = content.len() - if content.ends_with(&suffix) { suffix.len() } else { 0 };
    part(cx, data, 0, end)
}

pub(super) fn decode<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    use super::convert::named_text;
    let data = self_bytes(cx, args)?;
    let encoding = named_text(cx, args, 1, "decode() argument 'encoding'")?;
    let errors = named_text(cx, args, 2, "decode() argument 'errors'")?;
    super::str_methods::codec::decode_bytes(cx, data.any(), encoding.as_deref(), errors.as_deref())
}
