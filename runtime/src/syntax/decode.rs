//! From bytes to text: byte order mark, coding cookie, newlines, null bytes.
//!
//! UTF-8, ASCII and Latin-1 are known; every other encoding is refused by name.

use super::error::{ErrorKind, SyntaxError};

/// The longest source accepted; the parser counts bytes in 32 bits.
const MAX_SOURCE: usize = 1 << 30;

/// A source to be compiled.
#[derive(Clone, Copy, Debug)]
pub enum Source<'s> {
    /// Text; a coding cookie in it means nothing
    Text(&'s str),
    /// Bytes in the encoding that their cookie names, else UTF-8
    Bytes(&'s [u8]),
}

impl<'s> From<&'s str> for Source<'s> {
    fn from(text: &'s str) -> Self {
        Source::Text(text)
    }
}

impl<'s> From<&'s [u8]> for Source<'s> {
    fn from(bytes: &'s [u8]) -> Self {
        Source::Bytes(bytes)
    }
}

enum Encoding {
    Utf8,
    Ascii,
    Latin1,
}

/// Decodes a source; the result has `\n` newlines only.
pub(super) fn decode(source: Source<'_>, filename: &str) -> Result<String, SyntaxError> {
    let bytes = match source {
        Source::Text(text) => text.as_bytes(),
        Source::Bytes(bytes) => bytes,
    };
    if bytes.len() > MAX_SOURCE {
        return Err(SyntaxError::without_position(ErrorKind::Overflow, "source code is too large"));
    }
    if let Some(at) = bytes.iter().position(|&byte| byte == 0) {
        return Err(null_byte(&bytes[..at]));
    }
    let text = match source {
        Source::Text(text) => text.strip_prefix('\u{feff}').unwrap_or(text).to_owned(),
        Source::Bytes(bytes) => decode_bytes(bytes, filename)?,
    };
    Ok(if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text })
}

fn decode_bytes(bytes: &[u8], filename: &str) -> Result<String, SyntaxError> {
    let without_mark = bytes.strip_prefix(b"\xef\xbb\xbf");
    let body = without_mark.unwrap_or(bytes);
    let cookie = cookie(body);
    let encoding = match &cookie {
        None => Encoding::Utf8,
        Some(name) => known_encoding(name).ok_or_else(|| {
            SyntaxError::without_position(ErrorKind::Syntax, format!("unknown encoding: {name}"))
        })?,
    };
    if let (Some(_), Some(name)) = (without_mark, &cookie) {
        if !matches!(encoding, Encoding::Utf8) {
            let message = format!("encoding problem: {name} with BOM");
            return Err(SyntaxError::without_position(ErrorKind::Syntax, message));
        }
    }
    match encoding {
        Encoding::Latin1 => Ok(body.iter().map(|byte| char::from(*byte)).collect()),
        Encoding::Ascii => match body.iter().position(|byte| !byte.is_ascii()) {
            None => Ok(body.iter().map(|byte| char::from(*byte)).collect()),
            Some(at) => Err(undecodable("ascii", body, at, "ordinal not in range(128)")),
        },
        Encoding::Utf8 => match std::str::from_utf8(body) {
            Ok(text) => Ok(text.to_owned()),
            Err(error) if cookie.is_some() || without_mark.is_some() => {
                Err(undecodable("utf-8", body, error.valid_up_to(), "invalid start byte"))
            }
            Err(error) => Err(not_utf8(body, error.valid_up_to(), filename)),
        },
    }
}

/// The message about a file; `exec` and its like have another one for strings.
pub(crate) const NULL_BYTES: &str = "source code cannot contain null bytes";

fn null_byte(before: &[u8]) -> SyntaxError {
    let last = before.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    let text: String = String::from_utf8_lossy(last).chars().take(2000).collect();
    let line = 1 + before.iter().filter(|byte| **byte == b'\n').count() as u32;
    let column = text.chars().count() as u32 + 1;
    let error = SyntaxError::without_position(ErrorKind::Syntax, NULL_BYTES);
    SyntaxError { line, end_line: line, column, end_column: column, text: Some(text), ..error }
}

fn undecodable(codec: &str, body: &[u8], at: usize, why: &str) -> SyntaxError {
    let byte = body.get(at).copied().unwrap_or(0);
    let message =
        format!("(unicode error) '{codec}' codec can't decode byte 0x{byte:02x} in position {at}: {why}");
    SyntaxError::without_position(ErrorKind::Syntax, message)
}

fn not_utf8(body: &[u8], at: usize, filename: &str) -> SyntaxError {
    let line = 1 + body[..at].iter().filter(|byte| **byte == b'\n').count() as u32;
    let byte = body.get(at).copied().unwrap_or(0);
    let message = format!(
        "Non-UTF-8 code starting with '\\x{byte:02x}' in file {filename} on line {line}, but no encoding declared; \
         see https://peps.python.org/pep-0263/ for details"
    );
    SyntaxError { line, end_line: line, ..SyntaxError::without_position(ErrorKind::Syntax, message) }
}

/// The encoding that a `coding:` comment in the first two lines names.
fn cookie(bytes: &[u8]) -> Option<String> {
    for line in bytes.split(|byte| *byte == b'\n' || *byte == b'\r').take(2) {
        let text = line.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'\x0c'));
        match text {
            Some(start) if line[start] == b'#' => {
                if let Some(name) = cookie_in_comment(&line[start..]) {
                    return Some(name);
                }
            }
            Some(_) => return None,
            None => {}
        }
    }
    None
}

fn cookie_in_comment(comment: &[u8]) -> Option<String> {
    let mut rest = comment;
    while let Some(at) = rest.windows(6).position(|window| window == b"coding") {
        rest = &rest[at + 6..];
        if let Some(b':' | b'=') = rest.first() {
            let name: String = rest[1..]
                .iter()
                .skip_while(|byte| matches!(byte, b' ' | b'\t'))
                .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
                .map(|byte| char::from(*byte))
                .collect();
            if !name.is_empty() {
                return Some(name);
            }
        }
    }
    None
}

fn known_encoding(name: &str) -> Option<Encoding> {
    let normal = name.to_ascii_lowercase().replace('_', "-");
    if normal == "utf-8" || normal == "utf8" || normal.starts_with("utf-8-") {
        return Some(Encoding::Utf8);
    }
    match normal.as_str() {
        "ascii" | "us-ascii" | "646" => Some(Encoding::Ascii),
        "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" | "l1" | "iso-latin-1" | "8859" | "cp819" => {
            Some(Encoding::Latin1)
        }
        _ => None,
    }
}
