//! Case, predicates and padding of bytes: ASCII only.

use super::{made, self_bytes};
use crate::builtins::common::{fail, Res};
use crate::builtins::convert::{index_i32, index_i64};
use crate::object::native::Args;
use crate::object::raise::Raised;
use crate::object::{bool, bytes, check_size, class};
use crate::text::str_ops::layout;
use taipan_gc::Cx;

type Made = Result<Vec<u8>, std::collections::TryReserveError>;

fn mapped<'s>(cx: &mut Cx<'s>, args: &Args<'s>, mut map: impl FnMut(u8) -> u8) -> Res<'s> {
    made(cx, args, |data| Ok(data.iter().map(|&b| map(b)).collect()))
}

pub(in crate::builtins) fn upper<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    mapped(cx, args, |b| b.to_ascii_uppercase())
}

pub(in crate::builtins) fn lower<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    mapped(cx, args, |b| b.to_ascii_lowercase())
}

pub(in crate::builtins) fn swapcase<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    mapped(cx, args, |b| if b.is_ascii_alphabetic() { b ^ 0x20 } else { b })
}

pub(in crate::builtins) fn capitalize<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let mut first = true;
    mapped(
        cx,
        args,
        |b| if std::mem::take(&mut first) { b.to_ascii_uppercase() } else { b.to_ascii_lowercase() },
    )
}

pub(in crate::builtins) fn title<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let mut inside = false;
    mapped(cx, args, |b| {
        let mapped = if inside { b.to_ascii_lowercase() } else { b.to_ascii_uppercase() };
        inside = b.is_ascii_alphabetic();
        mapped
    })
}

/// What C's `isspace` says.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | 9..=13)
}

fn tested<'s>(cx: &mut Cx<'s>, args: &Args<'s>, test: impl Fn(&[u8]) -> bool) -> Res<'s> {
    let data = self_bytes(cx, args)?;
    let holds = test(bytes::content(data.get(cx)));
    Ok(bool(cx, holds))
}

fn all<'s>(cx: &mut Cx<'s>, args: &Args<'s>, test: impl Fn(u8) -> bool) -> Res<'s> {
    tested(cx, args, |data| !data.is_empty() && data.iter().all(|&b| test(b)))
}

pub(in crate::builtins) fn isalnum<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    all(cx, args, |b| b.is_ascii_alphanumeric())
}

pub(in crate::builtins) fn isalpha<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    all(cx, args, |b| b.is_ascii_alphabetic())
}

pub(in crate::builtins) fn isdigit<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    all(cx, args, |b| b.is_ascii_digit())
}

pub(in crate::builtins) fn isspace<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    all(cx, args, is_space)
}

pub(in crate::builtins) fn isascii<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    tested(cx, args, |data| data.is_ascii())
}

pub(in crate::builtins) fn islower<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    tested(cx, args, |data| {
        data.iter().any(u8::is_ascii_lowercase) && !data.iter().any(u8::is_ascii_uppercase)
    })
}

pub(in crate::builtins) fn isupper<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    tested(cx, args, |data| {
        data.iter().any(u8::is_ascii_uppercase) && !data.iter().any(u8::is_ascii_lowercase)
    })
}

pub(in crate::builtins) fn istitle<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    tested(cx, args, |data| {
        let (mut any, mut inside) = (false, false);
        for &b in data {
            if (b.is_ascii_uppercase() && inside) || (b.is_ascii_lowercase() && !inside) {
                return false;
            }
            inside = b.is_ascii_alphabetic();
            any |= inside;
        }
        any
    })
}

/// Width and fill byte.
/// A width that there may be memory for.
fn width(cx: &mut Cx<'_>, args: &Args<'_>) -> Result<i64, Raised> {
    let width = index_i64(cx, args.at(cx, 1))?;
    check_size(cx, usize::try_from(width).unwrap_or(0))?;
    Ok(width)
}

fn padding<'s>(cx: &mut Cx<'s>, args: &Args<'s>, name: &str) -> Result<(i64, u8), Raised> {
    let width = width(cx, args)?;
    let Some(fill) = args.get(cx, 2) else { return Ok((width, b' ')) };
    let found = bytes::of(cx, fill.get(cx)).map(bytes::content);
    match found {
        Some(&[byte]) => Ok((width, byte)),
        _ => {
            let given = class::type_name(cx, fill.get(cx));
            fail!(cx, TYPE_ERROR, "{name}() argument 2 must be a byte string of length 1, not {given}")
        }
    }
}

fn padded(data: &[u8], left: usize, right: usize, fill: u8) -> Made {
    let mut out = Vec::new();
    out.try_reserve_exact(left.saturating_add(right).saturating_add(data.len()))?;
    out.resize(left, fill);
    out.extend_from_slice(data);
    out.resize(left + data.len() + right, fill);
    Ok(out)
}

fn missing(data: &[u8], width: i64) -> usize {
    usize::try_from(width).unwrap_or(0).saturating_sub(data.len())
}

pub(in crate::builtins) fn center<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (width, fill) = padding(cx, args, "center")?;
    made(cx, args, |data| {
        let margin = missing(data, width);
        let left = margin / 2 + (margin & usize::try_from(width).unwrap_or(0) & 1);
        padded(data, left, margin - left, fill)
    })
}

pub(in crate::builtins) fn ljust<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (width, fill) = padding(cx, args, "ljust")?;
    made(cx, args, |data| padded(data, 0, missing(data, width), fill))
}

pub(in crate::builtins) fn rjust<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (width, fill) = padding(cx, args, "rjust")?;
    made(cx, args, |data| padded(data, missing(data, width), 0, fill))
}

pub(in crate::builtins) fn zfill<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let width = width(cx, args)?;
    made(cx, args, |data| {
        let zeros = missing(data, width);
        let mut out = padded(data, zeros, 0, b'0')?;
        if zeros > 0 && matches!(data.first(), Some(b'+' | b'-')) {
            out.swap(0, zeros);
        }
        Ok(out)
    })
}

pub(in crate::builtins) fn expandtabs<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let size = match args.get(cx, 1) {
        Some(size) => usize::try_from(index_i32(cx, size)?).unwrap_or(0),
        None => 8,
    };
    let data = bytes::content(self_bytes(cx, args)?.get(cx));
    let len = layout::expanded_len(data.iter().map(|&b| u32::from(b)), size);
    check_size(cx, len)?;
    made(cx, args, |data| {
        let (mut out, mut column) = (Vec::new(), 0);
        for &b in data {
            if b == b'\t' {
                let spaces = if size == 0 { 0 } else { size - column % size };
                out.try_reserve(spaces)?;
                out.resize(out.len() + spaces, b' ');
                column += spaces;
            } else {
                out.push(b);
                column = if matches!(b, b'\n' | b'\r') { 0 } else { column + 1 };
            }
        }
        Ok(out)
    })
}
