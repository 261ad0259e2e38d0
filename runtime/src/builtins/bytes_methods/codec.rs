//! Hexadecimal, and translation tables.

use super::{made, self_bytes};
use crate::builtins::common::{fail, string, Res};
use crate::builtins::convert::{bytes_argument, index_i32};
use crate::object::native::Args;
use crate::object::{bytes, call, class, classes, str};
use taipan_gc::Cx;

pub(in crate::builtins) fn fromhex<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let Some(text) = str::of(cx, args.at(cx, 1).get(cx)) else {
        let given = class::type_name(cx, args.at(cx, 1).get(cx));
        fail!(cx, TYPE_ERROR, "fromhex() argument must be str, not {given}");
    };
    let points: Vec<char> =
        str::text(text).iter().map(|c| char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    let (mut data, mut at) = (Vec::new(), 0);
    while at < points.len() {
        if matches!(points[at], ' ' | '\t'..='\r') {
            at += 1;
            continue;
        }
        let digit = |at: usize| points.get(at).and_then(|c| c.to_digit(16));
        match (digit(at), digit(at + 1)) {
            (Some(high), Some(low)) => data.push((high << 4 | low) as u8),
            (high, _) => {
                let at = if high.is_some() { at + 1 } else { at };
                fail!(cx, VALUE_ERROR, "non-hexadecimal number found in fromhex() arg at position {at}")
            }
        }
        at += 2;
    }
    let value = bytes::new(cx, &data)?.any();
    let class = args.at(cx, 0);
    if class.get(cx).is(classes::local(cx, classes::BYTES).any()) {
        return Ok(value);
    }
    call::call(cx, class, &[value])
}

pub(in crate::builtins) fn hex<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let data = bytes::content(self_bytes(cx, args)?.get(cx)).to_vec();
    hex_of(cx, &data, args)
}

/// Bytes in hexadecimal; the arguments behind the first say what separates them.
pub(in crate::builtins) fn hex_of<'s>(cx: &mut Cx<'s>, content: &[u8], args: &Args<'s>) -> Res<'s> {
    let separator = match args.get(cx, 1) {
        None => None,
        Some(separator) => {
            let local = separator.get(cx);
            let found = match (str::of(cx, local), bytes::of(cx, local)) {
                (Some(text), _) => (str::text(text).len(), str::text(text).get(0)),
                (_, Some(data)) => {
                    (bytes::content(data).len(), bytes::content(data).first().map(|&b| u32::from(b)))
                }
                _ => fail!(cx, TYPE_ERROR, "sep must be str or bytes."),
            };
            match found {
                (1, Some(point)) if point < 128 => Some(point as u8 as char),
                (1, _) => fail!(cx, VALUE_ERROR, "sep must be ASCII."),
                _ => fail!(cx, VALUE_ERROR, "sep must be length 1."),
            }
        }
    };
    let group = match args.get(cx, 2) {
        Some(group) => index_i32(cx, group)?,
        None => 1,
    };
    let (size, len) = (group.unsigned_abs() as usize, content.len());
    let mut text = String::with_capacity(len * 2);
    for (i, byte) in content.iter().enumerate() {
        if let (Some(separator), true) = (separator, i > 0 && size > 0) {
            // Positive groups are counted from the right.
            let counted = if group > 0 { len - i } else { i };
            if counted % size == 0 {
                text.push(separator);
            }
        }
        text.push_str(&format!("{byte:02x}"));
    }
    string(cx, &text)
}

pub(in crate::builtins) fn maketrans<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let from = bytes_argument(cx, args.at(cx, 0))?;
    let to = bytes_argument(cx, args.at(cx, 1))?;
    if from.len() != to.len() {
        fail!(cx, VALUE_ERROR, "maketrans arguments must have same length");
    }
    let mut table: Vec<u8> = (0..=255).collect();
    for (from, to) in from.into_iter().zip(to) {
        table[from as usize] = to;
    }
    Ok(bytes::new(cx, &table)?.any())
}

pub(in crate::builtins) fn translate<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let table = match args.some(cx, 1) {
        Some(table) => Some(bytes_argument(cx, table)?),
        None => None,
    };
    if table.as_ref().is_some_and(|t| t.len() != 256) {
        fail!(cx, VALUE_ERROR, "translation table must be 256 characters long");
    }
    let deleted = match args.get(cx, 2) {
        Some(deleted) => bytes_argument(cx, deleted)?,
        None => Vec::new(),
    };
    made(cx, args, |data| {
        let kept = data.iter().filter(|b| !deleted.contains(b));
        Ok(kept.map(|&b| table.as_ref().map_or(b, |t| t[b as usize])).collect())
    })
}
