//! Items of views: formats, and what they are as bytes (the machine's order) and as Python values.

use super::super::raise::{raise, type_error, value_error, Raised};
use super::super::{attr, bool, bytes, classes, compare, float, immediate, int, names, number};
use num_traits::ToPrimitive;
use taipan_gc::{Cx, Handle, Value};

/// What an item is: a letter as the module `struct` has it, or `w`, a character.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Format(pub u8);

/// An item's bytes, of which the first so many count.
pub type Item = [u8; 8];

impl Format {
    /// A format that views can be cast to.
    pub fn of(letter: u8) -> Option<Format> {
        b"cbB?hHiIlLqQnNfdP".contains(&letter).then_some(Format(letter))
    }

    /// What views of an array with this typecode have.
    pub fn of_typecode(code: u8) -> Format {
        Format(if code == b'u' { b'w' } else { code })
    }

    /// Bytes of an item.
    #[inline]
    pub fn size(self) -> usize {
        match self.0 {
            b'c' | b'b' | b'B' | b'?' => 1,
            b'h' | b'H' => 2,
            b'i' | b'I' | b'f' | b'w' => 4,
            _ => 8,
        }
    }

    /// Whether items are bytes.
    pub fn is_bytes(self) -> bool {
        matches!(self.0, b'c' | b'b' | b'B')
    }

    /// Whether items with the same value have the same bytes.
    fn is_exact(self) -> bool {
        !matches!(self.0, b'f' | b'd' | b'w' | b'?')
    }

    /// Whether items are characters, which views don't know.
    pub fn is_unknown(self) -> bool {
        self.0 == b'w'
    }

    fn is_signed(self) -> bool {
        matches!(self.0, b'b' | b'h' | b'i' | b'l' | b'q' | b'n')
    }
}

/// The Python value of an item.
pub fn load<'s>(cx: &mut Cx<'s>, format: Format, item: Item) -> Result<Handle<'s>, Raised> {
    let [a, b, c, d, ..] = item;
    let small = match format.0 {
        b'c' => return Ok(bytes::new(cx, &item[..1])?.any()),
        b'?' => return Ok(bool(cx, a != 0)),
        b'b' => i32::from(a as i8),
        b'B' => i32::from(a),
        b'h' => i32::from(i16::from_ne_bytes([a, b])),
        b'H' => i32::from(u16::from_ne_bytes([a, b])),
        b'i' => i32::from_ne_bytes([a, b, c, d]),
        b'I' => return int::from_i64(cx, i64::from(u32::from_ne_bytes([a, b, c, d]))),
        b'l' | b'q' | b'n' => return int::from_i64(cx, i64::from_ne_bytes(item)),
        b'L' | b'Q' | b'N' | b'P' => return int::from_u64(cx, u64::from_ne_bytes(item)),
        b'f' => return Ok(float(cx, f64::from(f32::from_ne_bytes([a, b, c, d])))),
        b'd' => return Ok(float(cx, f64::from_ne_bytes(item))),
        _ => return Err(unsupported(cx, format)),
    };
    Ok(immediate(cx, Value::int32(small)))
}

#[cold]
fn unsupported(cx: &mut Cx<'_>, format: Format) -> Raised {
    let letter = format.0 as char;
    raise(cx, classes::NOT_IMPLEMENTED_ERROR, format!("memoryview: format {letter} not supported"))
}

/// The bytes of an item of `N` of them.
pub(crate) fn packed<const N: usize>(bytes: [u8; N]) -> Item {
    let mut item = [0; 8];
    item[..N].copy_from_slice(&bytes);
    item
}

#[cold]
fn wrong_type(cx: &mut Cx<'_>, format: Format) -> Raised {
    let letter = format.0 as char;
    type_error(cx, format!("memoryview: invalid type for format '{letter}'"))
}

#[cold]
fn wrong_value(cx: &mut Cx<'_>, format: Format) -> Raised {
    let letter = format.0 as char;
    value_error(cx, format!("memoryview: invalid value for format '{letter}'"))
}

/// The bytes of a Python value as an item. May run code.
pub fn store(cx: &mut Cx<'_>, format: Format, value: Handle<'_>) -> Result<Item, Raised> {
    match format.0 {
        b'w' => return Err(unsupported(cx, format)),
        b'?' => return Ok(packed([u8::from(compare::truth(cx, value)?)])),
        b'c' => {
            let found =
                bytes::of(cx, value.get(cx)).map(|found| (found.len.get(), bytes::content(found).first()));
            return match found {
                Some((1, Some(&byte))) => Ok(packed([byte])),
                Some(_) => Err(wrong_value(cx, format)),
                None => Err(wrong_type(cx, format)),
            };
        }
        b'f' | b'd' => {
            let Some(x) = number::try_float(cx, value)? else { return Err(wrong_type(cx, format)) };
            return Ok(if format.0 == b'd' {
                packed(x.to_ne_bytes())
            } else {
                packed((x as f32).to_ne_bytes())
            });
        }
        _ => {}
    }
    let number = match value.get(cx).value().as_int() {
        Some(small) => Some(i128::from(small)),
        None => {
            if !int::is(cx, value.get(cx)) && attr::special(cx, value.get(cx), names::INDEX).is_none() {
                return Err(wrong_type(cx, format));
            }
            match number::as_index(cx, value)? {
                crate::text::int::Int::Small(small) => Some(i128::from(small)),
                crate::text::int::Int::Big(big) => big.to_i128(),
            }
        }
    };
    let bits = format.size() * 8;
    let (low, high) = match format.is_signed() {
        true => (-(1_i128 << (bits - 1)), (1_i128 << (bits - 1)) - 1),
        // CPython takes pointers of either sign.
        false if format.0 == b'P' => (-(1_i128 << (bits - 1)), (1_i128 << bits) - 1),
        false => (0, (1_i128 << bits) - 1),
    };
    match number.filter(|number| (low..=high).contains(number)) {
        Some(number) => Ok(integer(format, number)),
        None => Err(wrong_value(cx, format)),
    }
}

/// The bytes of an integer that is in the format's range: the low ones, in two's complement, in the machine's order.
pub(crate) fn integer(format: Format, number: i128) -> Item {
    let mut low = (number as u64).to_le_bytes();
    if cfg!(target_endian = "big") {
        low[..format.size()].reverse();
    }
    low
}

/// Whether two items are equal.
pub fn equal(cx: &mut Cx<'_>, a: (Format, Item), b: (Format, Item)) -> Result<bool, Raised> {
    if a.0.is_unknown() || b.0.is_unknown() {
        return Ok(false);
    }
    if a.0 == b.0 && a.0.is_exact() {
        return Ok(a.1[..a.0.size()] == b.1[..b.0.size()]);
    }
    cx.scoped(|cx| {
        let (a, b) = (load(cx, a.0, a.1)?, load(cx, b.0, b.1)?);
        // Not the same for being one object: NaN is not equal to itself here.
        compare::test(cx, compare::CompareOp::Eq, a, b)
    })
}
