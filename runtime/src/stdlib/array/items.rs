//! Items of arrays: their types, and what they are as bytes (the machine's order) and as Python values.

use crate::builtins::common::{fail, Res};
use crate::builtins::convert;
use crate::object::buffer::items::{self, packed, Format};
use crate::object::raise::Raised;
use crate::object::{class, number, str};
use num_bigint::BigInt;
use num_traits::{Signed, ToPrimitive};
use taipan_gc::{Cx, Handle};

pub(super) use items::Item;

/// A typecode: one of [`CODES`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Kind(u8);

/// The typecodes, and the bytes that an item takes.
const CODES: &[(u8, usize)] = &[
    (b'b', 1),
    (b'B', 1),
    (b'u', 4),
    (b'h', 2),
    (b'H', 2),
    (b'i', 4),
    (b'I', 4),
    (b'l', 8),
    (b'L', 8),
    (b'q', 8),
    (b'Q', 8),
    (b'f', 4),
    (b'd', 8),
];

impl Kind {
    /// The kind of a typecode, if it is one.
    pub(super) fn of(code: u32) -> Option<Kind> {
        CODES.iter().find(|c| u32::from(c.0) == code).map(|c| Kind(c.0))
    }

    /// The typecode.
    pub(super) fn code(self) -> char {
        self.0 as char
    }

    /// Whether items are characters.
    pub(super) fn is_text(self) -> bool {
        self.0 == b'u'
    }

    /// What an item is, to whoever views arrays.
    #[inline]
    fn format(self) -> Format {
        Format::of_typecode(self.0)
    }

    /// Bytes of an item.
    #[inline]
    pub(super) fn size(self) -> usize {
        self.format().size()
    }

    /// Least and greatest number of an integer kind, and what messages call it.
    fn range(self) -> (i128, i128, &'static str) {
        match self.0 {
            b'b' => (-0x80, 0x7f, "signed char"),
            b'B' => (0, 0xff, "unsigned byte integer"),
            b'h' => (-0x8000, 0x7fff, "signed short integer"),
            b'H' => (0, 0xffff, "unsigned short"),
            b'i' => (-0x8000_0000, 0x7fff_ffff, "signed integer"),
            b'I' => (0, 0xffff_ffff, "unsigned int"),
            b'l' | b'q' => (i128::from(i64::MIN), i128::from(i64::MAX), ""),
            _ => (0, i128::from(u64::MAX), ""),
        }
    }
}

/// The Python value of an item.
pub(super) fn load<'s>(cx: &mut Cx<'s>, kind: Kind, item: Item) -> Res<'s> {
    if !kind.is_text() {
        return items::load(cx, kind.format(), item);
    }
    let [a, b, c, d, ..] = item;
    let point = u32::from_ne_bytes([a, b, c, d]);
    if point > 0x10_ffff {
        fail!(cx, VALUE_ERROR, "character U+{point:x} is not in range [U+0000; U+10ffff]");
    }
    Ok(str::from_point(cx, point)?.any())
}

/// The bytes of a Python value as an item.
pub(super) fn store(cx: &mut Cx<'_>, kind: Kind, value: Handle<'_>) -> Result<Item, Raised> {
    match kind.0 {
        b'd' => return Ok(packed(number::as_float(cx, value)?.to_ne_bytes())),
        b'f' => return Ok(packed((number::as_float(cx, value)? as f32).to_ne_bytes())),
        b'u' => {
            let text = str::of(cx, value.get(cx)).map(str::text).filter(|t| t.len() == 1);
            let Some(point) = text.and_then(|t| t.get(0)) else {
                fail!(cx, TYPE_ERROR, "array item must be unicode character");
            };
            return Ok(packed(point.to_ne_bytes()));
        }
        _ => {}
    }
    let (low, high, _) = kind.range();
    let small = match value.get(cx).value().as_int() {
        Some(small) => Some(i128::from(small)),
        None => convert::index_big(cx, value)?.to_i128(),
    };
    match small.filter(|n| (low..=high).contains(n)) {
        Some(number) => Ok(items::integer(kind.format(), number)),
        None => Err(out_of_range(cx, kind, value)),
    }
}

/// CPython converts first to a wider C type, and then checks the item's own bounds: each has a message of its own.
#[cold]
fn out_of_range(cx: &mut Cx<'_>, kind: Kind, value: Handle<'_>) -> Raised {
    let number = match convert::index_big(cx, value) {
        Ok(number) => number,
        Err(raised) => return raised,
    };
    let (negative, end) = (number.is_negative(), if number.is_negative() { "less" } else { "greater" });
    let bound = if negative { "minimum" } else { "maximum" };
    let beyond = |low: i64, high: i64| number < BigInt::from(low) || number > BigInt::from(high);
    let message = match kind.0 {
        b'q' => "int too big to convert".to_owned(),
        b'Q' if negative => "can't convert negative int to unsigned".to_owned(),
        b'Q' => "int too big to convert".to_owned(),
        b'I' | b'L' if negative => "can't convert negative value to unsigned int".to_owned(),
        b'I' if number <= BigInt::from(u64::MAX) => "unsigned int is greater than maximum".to_owned(),
        b'I' | b'L' => "Python int too large to convert to C unsigned long".to_owned(),
        _ if beyond(i64::MIN, i64::MAX) => "Python int too large to convert to C long".to_owned(),
        b'b' if beyond(-0x8000, 0x7fff) => format!("signed short integer is {end} than {bound}"),
        b'H' if beyond(-0x8000_0000, 0x7fff_ffff) => format!("signed integer is {end} than {bound}"),
        _ => format!("{} is {end} than {bound}", kind.range().2),
    };
    crate::object::raise::raise(cx, crate::object::classes::OVERFLOW_ERROR, message)
}

/// The kind that an argument names.
pub(super) fn kind_of(cx: &mut Cx<'_>, value: Handle<'_>) -> Result<Kind, Raised> {
    let code = str::of(cx, value.get(cx)).map(str::text).filter(|t| t.len() == 1).and_then(|t| t.get(0));
    let Some(code) = code else {
        let given = class::type_name(cx, value.get(cx));
        fail!(cx, TYPE_ERROR, "array() argument 1 must be a unicode character, not {given}");
    };
    match Kind::of(code) {
        Some(kind) => Ok(kind),
        None => fail!(cx, VALUE_ERROR, "bad typecode (must be b, B, u, h, H, i, I, l, L, q, Q, f or d)"),
    }
}

/// The bytes of a text's characters.
pub(super) fn text_bytes(cx: &Cx<'_>, value: Handle<'_>) -> Option<Vec<u8>> {
    let text = str::text(str::of(cx, value.get(cx))?);
    Some((0..text.len()).filter_map(|i| text.get(i)).flat_map(u32::to_ne_bytes).collect())
}

#[cfg(test)]
mod tests {
    use super::{Kind, CODES};

    #[test]
    fn sizes_are_those_of_the_table() {
        for &(code, size) in CODES {
            assert_eq!(Kind::of(u32::from(code)).map(Kind::size), Some(size), "{}", code as char);
        }
    }
}
