//! [`Value`]: the 64-bit word that every register, slot and root holds.
//!
//! A NaN box that favours pointers: a reference to a heap object is its plain address, so following it costs nothing.
//!
//! ```text
//! 0x0000_0000_0000_0000            hole: undefined, absent, an empty slot
//! 0x0000_0000_0000_00xx            None, False, True (small even numbers below 16)
//! 0x0000_pppp_pppp_pppp            address of an object (at least 4096, a multiple of 8)
//! 0x0002_… to 0xfff2_…             a float: its bits plus 2^49
//! 0xffff_iiii_iiii_iiii            a signed 48-bit integer
//! ```
//!
//! Floats are canonicalised by the one constructor [`Value::float`]: no NaN payload from outside can look like an
//! address. A `Value` by itself proves nothing about the life of what it refers to; safe code holds
//! [`Local`](crate::Local)s and [`Handle`](crate::Handle)s instead.

use crate::header::Header;

/// A 64-bit word: an immediate or the address of a heap object. See the module's page for the encoding.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Value(u64);

const FLOAT_OFFSET: u64 = 0x0002 << 48;
const INT_TAG: u64 = 0xffff << 48;
const CANONICAL_NAN: u64 = 0x7ff8 << 48;

/// Largest integer that a [`Value`] holds immediately.
pub const INT_MAX: i64 = (1 << 47) - 1;
/// Smallest integer that a [`Value`] holds immediately.
pub const INT_MIN: i64 = -(1 << 47);

impl Value {
    /// The hole: an undefined register, an empty slot, "no value".
    pub const HOLE: Value = Value(0);
    /// Python's `None`; also what an embedder may use as its null.
    pub const NONE: Value = Value(6);
    /// False.
    pub const FALSE: Value = Value(10);
    /// True.
    pub const TRUE: Value = Value(14);

    /// The word as bits. For hashing and for the C ABI; never compare bits of floats for identity of objects.
    #[inline(always)]
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// A word from bits.
    ///
    /// # Safety
    /// The bits must come from [`Value::bits`] of a value that is still valid.
    #[inline(always)]
    pub const unsafe fn from_bits(bits: u64) -> Value {
        Value(bits)
    }

    /// The float `x`. Every NaN becomes the one canonical NaN.
    #[inline(always)]
    pub const fn float(x: f64) -> Value {
        // The only way for float bits into a value.
        let bits = if x.is_nan() { CANONICAL_NAN } else { x.to_bits() };
        Value(bits + FLOAT_OFFSET)
    }

    /// The integer `i`, if it fits 48 bits.
    #[inline(always)]
    pub const fn int(i: i64) -> Option<Value> {
        if i >= INT_MIN && i <= INT_MAX {
            Some(Value::int_wrapping(i))
        } else {
            None
        }
    }

    /// The integer whose low 48 bits are those of `i`.
    #[inline(always)]
    pub const fn int_wrapping(i: i64) -> Value {
        Value(i as u64 | INT_TAG)
    }

    /// A small integer, which always fits.
    #[inline(always)]
    pub const fn int32(i: i32) -> Value {
        Value::int_wrapping(i as i64)
    }

    /// True or False.
    #[inline(always)]
    pub const fn bool(b: bool) -> Value {
        Value(10 + 4 * b as u64)
    }

    /// A reference to the object at `header`.
    #[inline(always)]
    pub(crate) fn from_header(header: *mut Header) -> Value {
        Value(header as u64)
    }

    /// Whether this is the hole.
    #[inline(always)]
    pub const fn is_hole(self) -> bool {
        self.0 == 0
    }

    /// Whether this is None.
    #[inline(always)]
    pub const fn is_none(self) -> bool {
        self.0 == Value::NONE.0
    }

    /// Whether this refers to a heap object.
    #[inline(always)]
    pub const fn is_ref(self) -> bool {
        self.0.wrapping_sub(16) < (1 << 48) - 16
    }

    /// Whether this is an immediate integer.
    #[inline(always)]
    pub const fn is_int(self) -> bool {
        self.0 >= INT_TAG
    }

    /// Whether both are immediate integers; one test.
    #[inline(always)]
    pub const fn both_int(self, other: Value) -> bool {
        self.0 & other.0 >= INT_TAG
    }

    /// Whether this is a float.
    #[inline(always)]
    pub const fn is_float(self) -> bool {
        self.0.wrapping_sub(FLOAT_OFFSET) < INT_TAG - FLOAT_OFFSET
    }

    /// Whether this is True or False.
    #[inline(always)]
    pub const fn is_bool(self) -> bool {
        self.0 == Value::TRUE.0 || self.0 == Value::FALSE.0
    }

    /// The integer, if it is an immediate one.
    #[inline(always)]
    pub const fn as_int(self) -> Option<i64> {
        if self.is_int() {
            Some(self.int_unchecked())
        } else {
            None
        }
    }

    /// The integer of a value known to be one; any number otherwise.
    #[inline(always)]
    pub const fn int_unchecked(self) -> i64 {
        (self.0 << 16) as i64 >> 16
    }

    /// The float, if it is one.
    #[inline(always)]
    pub const fn as_float(self) -> Option<f64> {
        if self.is_float() {
            Some(self.float_unchecked())
        } else {
            None
        }
    }

    /// The float of a value known to be one; any number otherwise.
    #[inline(always)]
    pub const fn float_unchecked(self) -> f64 {
        f64::from_bits(self.0.wrapping_sub(FLOAT_OFFSET))
    }

    /// The float, if it is one, and NaN for anything else: the offset makes NaNs of the words of integers, references and immediates.
    #[inline(always)]
    pub const fn float_or_nan(self) -> f64 {
        f64::from_bits(self.0.wrapping_sub(FLOAT_OFFSET))
    }

    /// As [`float`](Self::float), without a test for NaN.
    ///
    /// # Safety
    /// `x` is not NaN: the payload of one could look like a reference.
    #[inline(always)]
    pub const unsafe fn float_number(x: f64) -> Value {
        debug_assert!(!x.is_nan());
        Value(x.to_bits().wrapping_add(FLOAT_OFFSET))
    }

    /// Sum of two immediate integers, or `None` when it does not fit 48 bits.
    #[inline(always)]
    pub const fn add_ints(self, other: Value) -> Option<Value> {
        // Both shifted to the top: the machine's overflow flag is the 48-bit overflow.
        match ((self.0 << 16) as i64).checked_add((other.0 << 16) as i64) {
            Some(sum) => Some(Value(sum as u64 >> 16 | INT_TAG)),
            None => None,
        }
    }

    /// Difference of two immediate integers, or `None` when it does not fit 48 bits.
    #[inline(always)]
    pub const fn sub_ints(self, other: Value) -> Option<Value> {
        match ((self.0 << 16) as i64).checked_sub((other.0 << 16) as i64) {
            Some(difference) => Some(Value(difference as u64 >> 16 | INT_TAG)),
            None => None,
        }
    }

    /// Product of two immediate integers, or `None` when it does not fit 48 bits.
    #[inline(always)]
    pub const fn mul_ints(self, other: Value) -> Option<Value> {
        match ((self.0 << 16) as i64).checked_mul(other.int_unchecked()) {
            Some(product) => Some(Value(product as u64 >> 16 | INT_TAG)),
            None => None,
        }
    }

    /// The header of the object referred to; meaningless for immediates.
    #[inline(always)]
    pub fn header(self) -> *mut Header {
        self.0 as *mut Header
    }
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {
            Value::HOLE => f.write_str("hole"),
            Value::NONE => f.write_str("None"),
            Value::FALSE => f.write_str("False"),
            Value::TRUE => f.write_str("True"),
            v if v.is_int() => write!(f, "{}", v.int_unchecked()),
            v if v.is_float() => write!(f, "{:?}", v.float_unchecked()),
            // Addresses don't belong in output that should replay.
            _ => f.write_str("object"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ints_round_trip_and_overflow() {
        for i in [0, 1, -1, 41, INT_MAX, INT_MIN, INT_MAX - 1] {
            let v = Value::int(i).unwrap();
            assert!(v.is_int() && !v.is_float() && !v.is_ref());
            assert_eq!(v.as_int(), Some(i));
        }
        assert_eq!(Value::int(INT_MAX + 1), None);
        assert_eq!(Value::int(INT_MIN - 1), None);
        let (max, min, one) = (Value::int(INT_MAX).unwrap(), Value::int(INT_MIN).unwrap(), Value::int32(1));
        assert_eq!(max.add_ints(one), None);
        assert_eq!(min.sub_ints(one), None);
        assert_eq!(max.mul_ints(Value::int32(2)), None);
        assert_eq!(Value::int32(-7).mul_ints(Value::int32(6)), Value::int(-42));
        assert_eq!(min.add_ints(max), Value::int(-1));
    }

    #[test]
    fn floats_never_look_like_anything_else() {
        let forged =
            [0, 1, 0x7ff0_0000_0000_0001, 0xfff8_dead_beef_0001, u64::MAX, 0x7fff_ffff_ffff_ffff, 1 << 63];
        for bits in forged {
            let x = f64::from_bits(bits);
            let v = Value::float(x);
            assert!(v.is_float() && !v.is_int() && !v.is_ref(), "{bits:#x}");
            assert_eq!(v.float_or_nan().to_bits(), v.as_float().unwrap().to_bits());
            assert_eq!(v.as_float().unwrap().is_nan(), x.is_nan());
            if !x.is_nan() {
                assert_eq!(v.as_float().unwrap().to_bits(), bits);
            }
        }
        for x in [f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN, f64::MIN_POSITIVE] {
            assert_eq!(Value::float(x).as_float(), Some(x));
        }
    }

    #[test]
    fn what_is_no_float_reads_as_nan() {
        // SAFETY: never followed.
        let references = [16, 4096, (1 << 48) - 8].map(|bits| unsafe { Value::from_bits(bits) });
        let ints = [0, 1, -1, INT_MAX, INT_MIN].map(|i| Value::int(i).unwrap());
        let others = [Value::HOLE, Value::NONE, Value::TRUE, Value::FALSE];
        for v in references.into_iter().chain(ints).chain(others) {
            assert!(v.float_or_nan().is_nan(), "{:#x}", v.bits());
        }
    }

    #[test]
    fn immediates_are_not_references() {
        for v in [Value::HOLE, Value::NONE, Value::TRUE, Value::FALSE] {
            assert!(!v.is_ref() && !v.is_int() && !v.is_float());
        }
    }
}
