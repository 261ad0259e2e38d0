//! Strings: ASCII bytes, or 32-bit code points when anything is not ASCII. Indexing is O(1) in both, lone surrogates are
//! representable, and ASCII strings are `&str`s.

use super::layout::{Array, Str};
use super::names::NameId;
use super::tail::{self, TAIL};
use super::tuple::{alloc_values, array_put, array_values};
use super::{class, classes, names, retrying, root_handle, shapes, Root};
use crate::object::raise::Raised;
use crate::text::{Text, TextOwned};
use taipan_gc::shape::tail_len;
use taipan_gc::{Cx, Handle, HeapFull, Local, ShapeId, Value};

fn alloc_raw<'a>(
    cx: &'a Cx<'_>,
    shape: ShapeId,
    len: usize,
    bytes: &[u8],
) -> Result<Local<'a, Str>, HeapFull> {
    tail::alloc(cx, shape, len, bytes.len(), std::iter::once(bytes))
}

/// Allocates a string from Rust text. Never collects.
pub fn alloc<'a>(cx: &'a Cx<'_>, text: &str) -> Result<Local<'a, Str>, HeapFull> {
    if text.is_ascii() {
        alloc_raw(cx, shapes::STR_ASCII, text.len(), text.as_bytes())
    } else {
        let points: Vec<u32> = text.chars().map(|c| c as u32).collect();
        alloc_wide(cx, &points)
    }
}

/// Allocates a string of two ASCII texts behind each other. Never collects.
pub(crate) fn alloc_joined<'a>(cx: &'a Cx<'_>, a: &str, b: &str) -> Result<Local<'a, Str>, HeapFull> {
    let len = a.len() + b.len();
    tail::alloc(cx, shapes::STR_ASCII, len, len, [a.as_bytes(), b.as_bytes()].into_iter())
}

fn alloc_wide<'a>(cx: &'a Cx<'_>, points: &[u32]) -> Result<Local<'a, Str>, HeapFull> {
    alloc_raw(cx, shapes::STR_WIDE, points.len(), point_bytes(points))
}

fn point_bytes(points: &[u32]) -> &[u8] {
    // SAFETY: any u32s may be read as bytes.
    unsafe { std::slice::from_raw_parts(points.as_ptr() as *const u8, std::mem::size_of_val(points)) }
}

/// A string, so many times over; none if there is nothing to repeat.
pub(crate) fn repeated<'s>(
    cx: &mut Cx<'s>,
    string: Handle<'_, Str>,
    times: usize,
) -> Result<Handle<'s, Str>, Raised> {
    retrying(cx, |cx| {
        let (shape, len, piece) = match text(string.get(cx)) {
            Text::Ascii(ascii) => (shapes::STR_ASCII, ascii.len(), ascii.as_bytes()),
            Text::Wide(points) => (shapes::STR_WIDE, points.len(), point_bytes(points)),
        };
        if len == 0 || times == 0 {
            return alloc(cx, "");
        }
        let full = HeapFull { requested: usize::MAX };
        let all = len.checked_mul(times).zip(piece.len().checked_mul(times)).ok_or(full)?;
        tail::alloc(cx, shape, all.0, all.1, std::iter::repeat_n(piece, times))
    })
}

/// Allocates a string from a view. Never collects.
pub fn alloc_text<'a>(cx: &'a Cx<'_>, text: Text<'_>) -> Result<Local<'a, Str>, HeapFull> {
    match text {
        Text::Ascii(ascii) => alloc_raw(cx, shapes::STR_ASCII, ascii.len(), ascii.as_bytes()),
        Text::Wide(points) => alloc_wide(cx, points),
    }
}

/// A new string.
pub fn new<'s>(cx: &mut Cx<'s>, text: &str) -> Result<Handle<'s, Str>, Raised> {
    retrying(cx, |cx| alloc(cx, text))
}

/// A new string from a view of text that does not lie in the heap.
pub fn from_text<'s>(cx: &mut Cx<'s>, text: Text<'_>) -> Result<Handle<'s, Str>, Raised> {
    retrying(cx, |cx| alloc_text(cx, text))
}

/// A new string from built text.
pub fn from_owned<'s>(cx: &mut Cx<'s>, text: &TextOwned) -> Result<Handle<'s, Str>, Raised> {
    from_text(cx, text.as_text())
}

/// The array of the strings of one ASCII character, made at need as they are.
#[inline]
fn characters<'s>(cx: &mut Cx<'s>) -> Result<Handle<'s, Array>, Raised> {
    let root = root_handle(cx, Root::Characters);
    if !root.get(cx).value().is_ref() {
        let fresh: Handle<'_, Array> =
            retrying(cx, |cx| alloc_values(cx, shapes::ARRAY, 128, |_| Value::HOLE))?;
        root.set(cx, fresh.get(cx).any());
    }
    // SAFETY: what is there is such an array.
    Ok(unsafe { root.cast() })
}

/// The string of one code point; shared for ASCII.
pub fn from_point<'s>(cx: &mut Cx<'s>, point: u32) -> Result<Handle<'s, Str>, Raised> {
    if point < 128 {
        let characters = characters(cx)?.get(cx);
        let known = array_values(characters)[point as usize];
        if known.is_ref() {
            // SAFETY: such an array holds holes and strings.
            return Ok(cx.root(unsafe { Local::from_value(known) }));
        }
        let name = names::intern(cx, char::from(point as u8).encode_utf8(&mut [0; 4]))?;
        let character = names::local(cx, name);
        array_put(cx, characters, point as usize, character.value());
        return Ok(cx.root(character));
    }
    from_text(cx, Text::Wide(&[point]))
}

/// The text of a string.
#[inline]
pub fn text<'a>(string: Local<'a, Str>) -> Text<'a> {
    let object = string.value().bits() as *mut u8;
    // SAFETY: a string's tail holds `len` ASCII bytes or code points, by shape, and does not change while 'a lasts.
    unsafe {
        let len = tail_len(object as *mut _);
        if string.shape() == Some(shapes::STR_ASCII) {
            let bytes = std::slice::from_raw_parts(object.add(TAIL), len);
            Text::Ascii(std::str::from_utf8_unchecked(bytes))
        } else {
            Text::Wide(std::slice::from_raw_parts(object.add(TAIL) as *const u32, len))
        }
    }
}

/// The string as `&str`, if it is ASCII.
#[inline]
pub fn ascii<'a>(string: Local<'a, Str>) -> Option<&'a str> {
    match text(string) {
        Text::Ascii(ascii) => Some(ascii),
        Text::Wide(_) => None,
    }
}

/// The string in UTF-8, unless it has lone surrogates.
pub fn to_utf8(string: Local<'_, Str>) -> Option<String> {
    match text(string) {
        Text::Ascii(ascii) => Some(ascii.to_owned()),
        Text::Wide(points) => points.iter().map(|&p| char::from_u32(p)).collect(),
    }
}

/// The string in UTF-8, lone surrogates replaced; for messages.
pub fn lossy(string: Local<'_, Str>) -> String {
    match text(string) {
        Text::Ascii(ascii) => ascii.to_owned(),
        Text::Wide(points) => {
            points.iter().map(|&p| char::from_u32(p).unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
    }
}

/// The value as a string: an exact one, or the value of an instance of a subclass.
#[inline]
pub fn of<'a>(cx: &'a Cx<'_>, value: Local<'a>) -> Option<Local<'a, Str>> {
    match value.shape() {
        // SAFETY: the shape says so.
        Some(shapes::STR_ASCII | shapes::STR_WIDE) => Some(unsafe { Local::from_value(value.value()) }),
        Some(_) if class::kind_of(cx, value) == classes::KIND_STR => {
            class::boxed_value(cx, value).map(|v| unsafe {
                // SAFETY: instances of this kind hold an exact string.
                Local::from_value(v.value())
            })
        }
        _ => None,
    }
}

/// A handle's value as a string.
pub fn of_handle<'s>(cx: &Cx<'s>, value: Handle<'s>) -> Option<Handle<'s, Str>> {
    let string = of(cx, value.get(cx))?;
    Some(cx.root(string))
}

/// The hash of a string; cached.
#[inline]
pub fn hash(string: Local<'_, Str>) -> u32 {
    match string.hash.get() {
        0 => {
            let hash = fold(text(string).hash() as u64);
            string.hash.set(hash);
            hash
        }
        hash => hash,
    }
}

/// The hash that a string of this text has.
pub(crate) fn hash_of(text: &str) -> u32 {
    if text.is_ascii() {
        return fold(Text::Ascii(text).hash() as u64);
    }
    let points: Vec<u32> = text.chars().map(|c| c as u32).collect();
    fold(Text::Wide(&points).hash() as u64)
}

/// Whether this is the string's text.
pub(crate) fn is_text(string: Local<'_, Str>, text: &str) -> bool {
    match self::text(string) {
        Text::Ascii(ascii) => ascii == text,
        Text::Wide(points) => text.chars().map(|c| c as u32).eq(points.iter().copied()),
    }
}

fn fold(hash: u64) -> u32 {
    let folded = (hash ^ hash >> 32) as u32;
    if folded == 0 {
        1
    } else {
        folded
    }
}

/// Whether two strings have the same text.
#[inline]
pub fn equal(a: Local<'_, Str>, b: Local<'_, Str>) -> bool {
    a.is(b) || (a.len.get() == b.len.get() && hash(a) == hash(b) && text(a) == text(b))
}

/// The name of a string, interning it.
pub fn intern(cx: &Cx<'_>, string: Local<'_, Str>) -> Result<NameId, Raised> {
    match ascii(string) {
        Some(ascii) => names::intern(cx, ascii),
        None => names::intern(cx, &lossy(string)),
    }
}

/// Whether the value is an exact string.
#[inline(always)]
pub fn is_exact(value: Value, shape: Option<ShapeId>) -> bool {
    value.is_ref() && matches!(shape, Some(shapes::STR_ASCII | shapes::STR_WIDE))
}
