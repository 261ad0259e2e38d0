//! UTF-16 and UTF-32.
//!
//! Byte order marks and error reports are CPython's. Leaves out UTF-7 and incremental decoding.

use super::buf::{TextBuf, TextOwned};
use super::codec::{recover, substitute, ByteOrder, Substitute, WritePoint};
use super::error::{CodecError, TextResult};
use super::view::{is_surrogate, Text};

fn push_u16(unit: u16, order: ByteOrder, out: &mut Vec<u8>) {
    out.extend(match order {
        ByteOrder::Little => unit.to_le_bytes(),
        ByteOrder::Big => unit.to_be_bytes(),
    });
}

fn push_u32(unit: u32, order: ByteOrder, out: &mut Vec<u8>) {
    out.extend(match order {
        ByteOrder::Little => unit.to_le_bytes(),
        ByteOrder::Big => unit.to_be_bytes(),
    });
}

fn push_utf16(c: u32, order: ByteOrder, out: &mut Vec<u8>) {
    if c < 0x1_0000 {
        push_u16(c as u16, order, out);
    } else {
        let c = c - 0x1_0000;
        push_u16(0xd800 | (c >> 10) as u16, order, out);
        push_u16(0xdc00 | (c & 0x3ff) as u16, order, out);
    }
}

fn encode_units(
    text: Text<'_>,
    unit: usize,
    encoding: &'static str,
    handler: &str,
    out: &mut Vec<u8>,
    push: WritePoint<'_>,
) -> TextResult<()> {
    out.try_reserve(text.len().saturating_mul(unit))?;
    let mut at = 0;
    while let Some(c) = text.get(at) {
        if !is_surrogate(c) {
            out.try_reserve(4)?;
            push(c, out);
            at += 1;
            continue;
        }
        // Unlike UTF-8's, these encoders report each surrogate by itself.
        let error = CodecError { encoding, start: at, end: at + 1, reason: "surrogates not allowed" };
        match substitute(text, error.clone(), handler, Some(push))? {
            Substitute::Chars(s) => s.chars().for_each(|c| push(u32::from(c), out)),
            // Escaped bytes must make up whole units.
            Substitute::Bytes(b) if b.len() % unit != 0 => return Err(super::TextError::Encode(error)),
            Substitute::Bytes(b) => out.extend(b),
        }
        at += 1;
    }
    Ok(())
}

/// Encodes as UTF-16, with a byte order mark unless the order is given.
pub fn encode_utf16(text: Text<'_>, order: Option<ByteOrder>, handler: &str) -> TextResult<Vec<u8>> {
    let mut out = Vec::new();
    let encoding = match order {
        None => "utf-16",
        Some(ByteOrder::Little) => "utf-16-le",
        Some(ByteOrder::Big) => "utf-16-be",
    };
    if order.is_none() {
        push_u16(0xfeff, ByteOrder::Little, &mut out);
    }
    let order = order.unwrap_or(ByteOrder::Little);
    encode_units(text, 2, encoding, handler, &mut out, &|c, out| push_utf16(c, order, out))?;
    Ok(out)
}

/// Encodes as UTF-32, with a byte order mark unless the order is given.
pub fn encode_utf32(text: Text<'_>, order: Option<ByteOrder>, handler: &str) -> TextResult<Vec<u8>> {
    let mut out = Vec::new();
    let encoding = match order {
        None => "utf-32",
        Some(ByteOrder::Little) => "utf-32-le",
        Some(ByteOrder::Big) => "utf-32-be",
    };
    if order.is_none() {
        push_u32(0xfeff, ByteOrder::Little, &mut out);
    }
    let order = order.unwrap_or(ByteOrder::Little);
    encode_units(text, 4, encoding, handler, &mut out, &|c, out| push_u32(c, order, out))?;
    Ok(out)
}

fn u16_at(bytes: &[u8], at: usize, order: ByteOrder) -> Option<u32> {
    let pair = [*bytes.get(at)?, *bytes.get(at + 1)?];
    Some(u32::from(match order {
        ByteOrder::Little => u16::from_le_bytes(pair),
        ByteOrder::Big => u16::from_be_bytes(pair),
    }))
}

fn u32_at(bytes: &[u8], at: usize, order: ByteOrder) -> Option<u32> {
    let four = [*bytes.get(at)?, *bytes.get(at + 1)?, *bytes.get(at + 2)?, *bytes.get(at + 3)?];
    Some(match order {
        ByteOrder::Little => u32::from_le_bytes(four),
        ByteOrder::Big => u32::from_be_bytes(four),
    })
}

/// Decodes UTF-16; a byte order mark counts only if no order is given.
pub fn decode_utf16(bytes: &[u8], order: Option<ByteOrder>, handler: &str) -> TextResult<TextOwned> {
    let mut buf = TextBuf::try_with_capacity(bytes.len() / 2)?;
    let (order, mut at, encoding) = match (order, bytes) {
        (Some(ByteOrder::Little), _) => (ByteOrder::Little, 0, "utf-16-le"),
        (Some(ByteOrder::Big), _) => (ByteOrder::Big, 0, "utf-16-be"),
        (None, [0xff, 0xfe, ..]) => (ByteOrder::Little, 2, "utf-16-le"),
        (None, [0xfe, 0xff, ..]) => (ByteOrder::Big, 2, "utf-16-be"),
        (None, _) => (ByteOrder::Little, 0, "utf-16-le"),
    };
    while at < bytes.len() {
        let unit = u16_at(bytes, at, order);
        let (end, reason) = match (unit, u16_at(bytes, at + 2, order)) {
            (None, _) => (bytes.len(), "truncated data"),
            (Some(0xdc00..=0xdfff), _) => (at + 2, "illegal encoding"),
            (Some(0xd800..=0xdbff), None) => (bytes.len(), "unexpected end of data"),
            (Some(high @ 0xd800..=0xdbff), Some(low @ 0xdc00..=0xdfff)) => {
                buf.push(0x1_0000 + ((high & 0x3ff) << 10 | (low & 0x3ff)));
                at += 4;
                continue;
            }
            (Some(0xd800..=0xdbff), _) => (at + 2, "illegal UTF-16 surrogate"),
            (Some(c), _) => {
                buf.push(c);
                at += 2;
                continue;
            }
        };
        let pass = |rest: &[u8]| u16_at(rest, 0, order).filter(|&c| is_surrogate(c)).map(|c| (c, 2));
        at = recover(bytes, CodecError { encoding, start: at, end, reason }, handler, Some(&pass), &mut buf)?;
    }
    Ok(buf.finish())
}

/// Decodes UTF-32; a byte order mark counts only if no order is given.
pub fn decode_utf32(bytes: &[u8], order: Option<ByteOrder>, handler: &str) -> TextResult<TextOwned> {
    let mut buf = TextBuf::try_with_capacity(bytes.len() / 4)?;
    let (order, mut at, encoding) = match (order, bytes) {
        (Some(ByteOrder::Little), _) => (ByteOrder::Little, 0, "utf-32-le"),
        (Some(ByteOrder::Big), _) => (ByteOrder::Big, 0, "utf-32-be"),
        (None, [0xff, 0xfe, 0, 0, ..]) => (ByteOrder::Little, 4, "utf-32-le"),
        (None, [0, 0, 0xfe, 0xff, ..]) => (ByteOrder::Big, 4, "utf-32-be"),
        (None, _) => (ByteOrder::Little, 0, "utf-32-le"),
    };
    while at < bytes.len() {
        let (end, reason) = match u32_at(bytes, at, order) {
            None => (bytes.len(), "truncated data"),
            Some(c) if is_surrogate(c) => {
                (at + 4, "code point in surrogate code point range(0xd800, 0xe000)")
            }
            Some(c) if c > 0x10_ffff => (at + 4, "code point not in range(0x110000)"),
            Some(c) => {
                buf.push(c);
                at += 4;
                continue;
            }
        };
        let pass = |rest: &[u8]| u32_at(rest, 0, order).filter(|&c| is_surrogate(c)).map(|c| (c, 4));
        at = recover(bytes, CodecError { encoding, start: at, end, reason }, handler, Some(&pass), &mut buf)?;
    }
    Ok(buf.finish())
}
