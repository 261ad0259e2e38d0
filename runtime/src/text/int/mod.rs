//! Integers of any size: parsing, printing, and the arithmetic that has Python's own rules.
//!
//! An [`Int`] is an `i64` while it fits and a `BigInt` otherwise. num-bigint can't fail, so whatever
//! might grow without bound takes a limit in bits and checks it first. Leaves out objects and the
//! 48-bit immediates of the value word.

mod arith;
mod bits;
mod parse;
mod print;

pub use arith::{
    add, bit_length, compare, divide_modulo, floor_divide, gcd, isqrt, modulo, multiply, negate, power,
    power_modulo, round_int, subtract, to_float, true_divide,
};
pub use bits::{and, bit_count, invert, or, shift_left, shift_right, xor};
pub use parse::{parse_int_bytes, parse_int_text, to_ascii_number};
pub use print::{small_to_decimal, to_decimal, to_radix};

use num_bigint::BigInt;
use num_traits::ToPrimitive;
use std::borrow::Cow;

/// `sys.get_int_max_str_digits()` at the start.
pub const DEFAULT_MAX_DIGITS: usize = 4300;

/// An int; `Big` only if it does not fit `i64`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Int {
    /// Fits a machine word.
    Small(i64),
    /// Does not.
    Big(BigInt),
}

/// A view of an int; unlike [`Int`], `Big` may hold any value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntRef<'a> {
    /// A machine word.
    Small(i64),
    /// Any size.
    Big(&'a BigInt),
}

impl Int {
    /// The int in its normal form.
    pub fn from_big(value: BigInt) -> Int {
        match value.to_i64() {
            Some(small) => Int::Small(small),
            None => Int::Big(value),
        }
    }

    /// The int in its normal form.
    pub fn from_i128(value: i128) -> Int {
        match i64::try_from(value) {
            Ok(small) => Int::Small(small),
            Err(_) => Int::Big(BigInt::from(value)),
        }
    }

    /// A view of the int.
    pub fn view(&self) -> IntRef<'_> {
        match self {
            Int::Small(value) => IntRef::Small(*value),
            Int::Big(value) => IntRef::Big(value),
        }
    }
}

impl<'a> IntRef<'a> {
    /// The value as a big int.
    pub fn to_big(self) -> BigInt {
        match self {
            IntRef::Small(value) => BigInt::from(value),
            IntRef::Big(value) => value.clone(),
        }
    }

    /// The value as a big int, borrowed if it is one.
    pub fn as_big(self) -> Cow<'a, BigInt> {
        match self {
            IntRef::Small(value) => Cow::Owned(BigInt::from(value)),
            IntRef::Big(value) => Cow::Borrowed(value),
        }
    }

    /// The value if it fits `i64`.
    pub fn to_i64(self) -> Option<i64> {
        match self {
            IntRef::Small(value) => Some(value),
            IntRef::Big(value) => value.to_i64(),
        }
    }

    /// A copy in normal form.
    pub fn to_int(self) -> Int {
        match self {
            IntRef::Small(value) => Int::Small(value),
            IntRef::Big(value) => Int::from_big(value.clone()),
        }
    }

    /// Whether the value is below zero.
    pub fn is_negative(self) -> bool {
        match self {
            IntRef::Small(value) => value < 0,
            IntRef::Big(value) => value.sign() == num_bigint::Sign::Minus,
        }
    }

    /// Whether the value is zero.
    pub fn is_zero(self) -> bool {
        self.to_i64() == Some(0)
    }

    /// `hash(value)`.
    pub fn hash(self) -> i64 {
        match self {
            IntRef::Small(value) => super::hash::hash_i64(value),
            IntRef::Big(value) => super::hash::hash_bigint(value),
        }
    }
}

/// The `ValueError` for too many decimal digits.
fn digits_error(limit: usize, found: Option<usize>) -> super::TextError {
    let value = found.map(|n| format!(": value has {n} digits")).unwrap_or_default();
    super::TextError::Value(format!(
        "Exceeds the limit ({limit} digits) for integer string conversion{value}; \
         use sys.set_int_max_str_digits() to increase the limit"
    ))
}
