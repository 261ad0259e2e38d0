//! Encoding to and decoding from bytes: UTF-8, ASCII, Latin-1, and the dispatch by codec name.
//!
//! Error positions, reasons and the extent of what one call of an error handler replaces are
//! CPython's. Leaves out handlers registered by scripts, `namereplace`, and incremental decoding.

use super::buf::{TextBuf, TextOwned};
use super::codec_wide::{decode_utf16, decode_utf32, encode_utf16, encode_utf32};
use super::error::{CodecError, TextError, TextResult};
use super::view::{is_surrogate, Text};

/// The codecs known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    /// UTF-8.
    Utf8,
    /// UTF-8 with a byte order mark, which decoding drops.
    Utf8Sig,
    /// ASCII.
    Ascii,
    /// ISO 8859-1: the first 256 code points.
    Latin1,
    /// UTF-16; without a byte order it has a mark when encoded, and heeds one when decoded.
    Utf16(Option<ByteOrder>),
    /// UTF-32, likewise.
    Utf32(Option<ByteOrder>),
}

/// The order of the bytes of a code unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByteOrder {
    /// Least significant first.
    Little,
    /// Most significant first.
    Big,
}

impl Codec {
    /// The codec of this name or alias, or the `LookupError` for it.
    pub fn lookup(name: &str) -> TextResult<Codec> {
        let plain: String = name
            .chars()
            .map(|c| match c {
                '_' | ' ' => '-',
                c => c.to_ascii_lowercase(),
            })
            .collect();
        Ok(match plain.as_str() {
            "utf-8" | "utf8" | "u8" | "utf" | "cp65001" | "utf8-ucs2" | "utf8-ucs4" => Codec::Utf8,
            "utf-8-sig" => Codec::Utf8Sig,
            "ascii" | "us-ascii" | "646" | "us" | "ansi-x3.4-1968" | "iso646-us" => Codec::Ascii,
            "latin-1" | "latin1" | "latin" | "l1" | "iso-8859-1" | "iso8859-1" | "iso8859" | "8859"
            | "cp819" => Codec::Latin1,
            "utf-16" | "utf16" | "u16" => Codec::Utf16(None),
            "utf-16-le" | "utf-16le" | "unicodelittleunmarked" => Codec::Utf16(Some(ByteOrder::Little)),
            "utf-16-be" | "utf-16be" | "unicodebigunmarked" => Codec::Utf16(Some(ByteOrder::Big)),
            "utf-32" | "utf32" | "u32" => Codec::Utf32(None),
            "utf-32-le" | "utf-32le" => Codec::Utf32(Some(ByteOrder::Little)),
            "utf-32-be" | "utf-32be" => Codec::Utf32(Some(ByteOrder::Big)),
            _ => return Err(TextError::Lookup(format!("unknown encoding: {name}"))),
        })
    }
}

/// `text.encode(codec, handler)`.
pub fn encode(text: Text<'_>, codec: Codec, handler: &str) -> TextResult<Vec<u8>> {
    match codec {
        Codec::Utf8 => encode_utf8(text, handler),
        Codec::Utf8Sig => {
            let mut out = vec![0xef, 0xbb, 0xbf];
            out.append(&mut encode_utf8(text, handler)?);
            Ok(out)
        }
        Codec::Ascii => encode_narrow(text, 128, "ascii", "ordinal not in range(128)", handler),
        Codec::Latin1 => encode_narrow(text, 256, "latin-1", "ordinal not in range(256)", handler),
        Codec::Utf16(order) => encode_utf16(text, order, handler),
        Codec::Utf32(order) => encode_utf32(text, order, handler),
    }
}

/// `str(bytes, codec, handler)`.
pub fn decode(bytes: &[u8], codec: Codec, handler: &str) -> TextResult<TextOwned> {
    match codec {
        Codec::Utf8 => decode_utf8(bytes, handler),
        Codec::Utf8Sig => decode_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes), handler),
        Codec::Ascii => decode_ascii(bytes, handler),
        Codec::Latin1 => {
            let mut buf = TextBuf::try_with_capacity(bytes.len())?;
            bytes.iter().for_each(|&b| buf.push(u32::from(b)));
            Ok(buf.finish())
        }
        Codec::Utf16(order) => decode_utf16(bytes, order, handler),
        Codec::Utf32(order) => decode_utf32(bytes, order, handler),
    }
}

/// Writes a code point as an encoding does.
pub(super) type WritePoint<'a> = &'a dyn Fn(u32, &mut Vec<u8>);
/// Reads a surrogate from the start of some bytes: the code point and its length in bytes.
pub(super) type ReadPoint<'a> = &'a dyn Fn(&[u8]) -> Option<(u32, usize)>;

/// What an encoder's error handler gives for the failed part of a text.
pub(super) enum Substitute {
    /// Characters, to be encoded in turn.
    Chars(String),
    /// Bytes, to be written as they are.
    Bytes(Vec<u8>),
}

/// Applies an encoding error handler to the code points `error.start..error.end`.
/// `pass` writes a surrogate in the encoding's own way, where that exists (`surrogatepass`).
pub(super) fn substitute(
    text: Text<'_>,
    mut error: CodecError,
    handler: &str,
    pass: Option<WritePoint<'_>>,
) -> TextResult<Substitute> {
    let failed: Vec<u32> = (error.start..error.end).filter_map(|i| text.get(i)).collect();
    match handler {
        "strict" => Err(TextError::Encode(error)),
        "ignore" => Ok(Substitute::Chars(String::new())),
        "replace" => Ok(Substitute::Chars("?".repeat(failed.len()))),
        "backslashreplace" => Ok(Substitute::Chars(failed.iter().map(|&c| escape(c)).collect())),
        "xmlcharrefreplace" => Ok(Substitute::Chars(failed.iter().map(|c| format!("&#{c};")).collect())),
        "surrogateescape" => {
            let good = failed.iter().take_while(|c| (0xdc80..=0xdcff).contains(*c)).count();
            if good < failed.len() {
                error.start += good;
                return Err(TextError::Encode(error));
            }
            Ok(Substitute::Bytes(failed.iter().map(|&c| c as u8).collect()))
        }
        "surrogatepass" => {
            let Some(pass) = pass else { return Err(TextError::Encode(error)) };
            let good = failed.iter().take_while(|&&c| is_surrogate(c)).count();
            if good < failed.len() {
                error.start += good;
                return Err(TextError::Encode(error));
            }
            let mut out = Vec::new();
            failed.iter().for_each(|&c| pass(c, &mut out));
            Ok(Substitute::Bytes(out))
        }
        name => Err(unknown_handler(name)),
    }
}

/// `\xhh`, `\uhhhh` or `\Uhhhhhhhh`, whichever is the shortest that holds `c`.
pub fn escape(c: u32) -> String {
    match c {
        0..=0xff => format!("\\x{c:02x}"),
        0x100..=0xffff => format!("\\u{c:04x}"),
        _ => format!("\\U{c:08x}"),
    }
}

fn unknown_handler(name: &str) -> TextError {
    TextError::Lookup(format!("unknown error handler name '{name}'"))
}

fn push_utf8_raw(c: u32, out: &mut Vec<u8>) {
    out.extend([0xe0 | (c >> 12) as u8, 0x80 | (c >> 6 & 0x3f) as u8, 0x80 | (c & 0x3f) as u8]);
}

fn encode_utf8(text: Text<'_>, handler: &str) -> TextResult<Vec<u8>> {
    let points = match text {
        Text::Ascii(_) => return text.to_utf8().map(String::into_bytes),
        Text::Wide(points) => points,
    };
    let mut out = Vec::new();
    out.try_reserve(points.len().saturating_mul(2))?;
    let mut at = 0;
    while let Some(&c) = points.get(at) {
        if let Some(c) = char::from_u32(c) {
            out.try_reserve(4)?;
            out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            at += 1;
            continue;
        }
        let run = points[at..].iter().take_while(|&&c| is_surrogate(c)).count().max(1);
        let reason = "surrogates not allowed";
        let error = CodecError { encoding: "utf-8", start: at, end: at + run, reason };
        match substitute(text, error, handler, Some(&push_utf8_raw))? {
            Substitute::Chars(s) => out.extend_from_slice(s.as_bytes()),
            Substitute::Bytes(b) => out.extend(b),
        }
        at += run;
    }
    Ok(out)
}

fn encode_narrow(
    text: Text<'_>,
    limit: u32,
    encoding: &'static str,
    reason: &'static str,
    handler: &str,
) -> TextResult<Vec<u8>> {
    let points = match text {
        Text::Ascii(_) => return text.to_utf8().map(String::into_bytes),
        Text::Wide(points) => points,
    };
    let mut out = Vec::new();
    out.try_reserve(points.len())?;
    let mut at = 0;
    while let Some(&c) = points.get(at) {
        if c < limit {
            out.try_reserve(1)?;
            out.push(c as u8);
            at += 1;
            continue;
        }
        let run = points[at..].iter().take_while(|&&c| c >= limit).count();
        let error = CodecError { encoding, start: at, end: at + run, reason };
        match substitute(text, error, handler, None)? {
            Substitute::Chars(s) => out.extend_from_slice(s.as_bytes()),
            Substitute::Bytes(b) => out.extend(b),
        }
        at += run;
    }
    Ok(out)
}

/// Applies a decoding error handler to `bytes[error.start..error.end]`. Returns where to go on.
/// `pass` reads a surrogate written in the encoding's own way (`surrogatepass`).
pub(super) fn recover(
    bytes: &[u8],
    error: CodecError,
    handler: &str,
    pass: Option<ReadPoint<'_>>,
    buf: &mut TextBuf,
) -> TextResult<usize> {
    let failed = &bytes[error.start.min(bytes.len())..error.end.min(bytes.len())];
    match handler {
        "strict" => return Err(TextError::Decode(error)),
        "ignore" => {}
        "replace" => buf.try_push(0xfffd)?,
        "backslashreplace" => failed.iter().for_each(|b| buf.push_str(&format!("\\x{b:02x}"))),
        "surrogateescape" => {
            let good = failed.iter().take_while(|&&b| b >= 0x80).count();
            if good == 0 {
                return Err(TextError::Decode(error));
            }
            failed[..good].iter().for_each(|&b| buf.push(0xdc00 + u32::from(b)));
            return Ok(error.start + good);
        }
        "surrogatepass" => {
            return match pass.and_then(|pass| pass(&bytes[error.start..])) {
                Some((c, used)) => {
                    buf.try_push(c)?;
                    Ok(error.start + used)
                }
                None => Err(TextError::Decode(error)),
            }
        }
        name => return Err(unknown_handler(name)),
    }
    Ok(error.end)
}

fn pass_utf8(bytes: &[u8]) -> Option<(u32, usize)> {
    match *bytes {
        [0xed, b @ 0xa0..=0xbf, c @ 0x80..=0xbf, ..] => {
            Some((0xd000 | u32::from(b & 0x3f) << 6 | u32::from(c & 0x3f), 3))
        }
        _ => None,
    }
}

fn decode_utf8(bytes: &[u8], handler: &str) -> TextResult<TextOwned> {
    let mut buf = TextBuf::try_with_capacity(bytes.len())?;
    let mut at = 0;
    while at < bytes.len() {
        let error = match std::str::from_utf8(&bytes[at..]) {
            Ok(rest) => {
                push_counted(&mut buf, rest)?;
                break;
            }
            Err(error) => error,
        };
        let good = error.valid_up_to();
        push_counted(&mut buf, std::str::from_utf8(&bytes[at..at + good]).unwrap_or(""))?;
        let start = at + good;
        let (end, reason) = match error.error_len() {
            None => (bytes.len(), "unexpected end of data"),
            // Only these bytes begin a sequence; after one of them it was the continuation that failed.
            Some(n) if matches!(bytes[start], 0xc2..=0xf4) => (start + n, "invalid continuation byte"),
            Some(n) => (start + n, "invalid start byte"),
        };
        let error = CodecError { encoding: "utf-8", start, end, reason };
        at = recover(bytes, error, handler, Some(&pass_utf8), &mut buf)?;
    }
    Ok(buf.finish())
}

fn push_counted(buf: &mut TextBuf, s: &str) -> TextResult<()> {
    buf.try_reserve(s.len())?;
    buf.push_str(s);
    Ok(())
}

fn decode_ascii(bytes: &[u8], handler: &str) -> TextResult<TextOwned> {
    let mut buf = TextBuf::try_with_capacity(bytes.len())?;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if byte < 128 {
            buf.push(u32::from(byte));
            at += 1;
            continue;
        }
        let reason = "ordinal not in range(128)";
        let error = CodecError { encoding: "ascii", start: at, end: at + 1, reason };
        at = recover(bytes, error, handler, None, &mut buf)?;
    }
    Ok(buf.finish())
}
