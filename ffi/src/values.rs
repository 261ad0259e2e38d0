//! What the bits of a `tpn_val` mean.
//!
//! ```text
//! 0                                absent          2 error, 6 None, 10 False, 14 True
//! iiii…ii01                        an integer of 62 bits
//! eeee…ffs10                       a float between 2^-255 and 2^257, or zero: the sign behind the rest, two bits of the exponent left out
//! ssss:32 tttttttttt:10 i:20 11    a local: serial number of its scope, tag of its heap, place on the value stack
//! ```
//!
//! Other floats are locals. ([ADR 38](../../docs/adr/0038-floats-as-immediates.md)) A serial number is not used twice before 2^32 scopes, a tag not before 2^10 heaps.

use crate::abi::*;
use crate::context::Context;
use crate::fail::{fault, Fault};
use taipan::object::{self, int};
use taipan_gc::{Cx, Handle, Local, Value};

const INT: u64 = 1;
const LOCAL: u64 = 3;
/// The two bits of floats, and of the constants, which are the numbers below [`ZEROS`] of them.
const FLOAT: u64 = 2;
/// The two zeros, in place of two floats next to the least.
const ZEROS: u64 = 4;
/// The first that is what it says.
const FLOATS_FROM: u64 = ZEROS + 2;
/// 2^-255 without its sign, rotated by one: what is counted from.
const LEAST_FLOAT: u64 = 0x3000_0000_0000_0000 << 1;
/// Bits of a place on the value stack.
const PLACE_BITS: u32 = 20;
/// Places that locals may have.
pub(crate) const PLACES: usize = 1 << PLACE_BITS;
/// Bits of a heap's tag.
pub(crate) const TAG_BITS: u32 = 10;
const INT_MAX: i64 = (1 << 61) - 1;
const INT_MIN: i64 = -(1 << 61);

impl Val {
    /// "No value".
    pub const ABSENT: Val = Val { bits: BITS_ABSENT };
    /// "An error is pending".
    pub const ERR: Val = Val { bits: BITS_ERR };
    /// None
    pub const NONE: Val = Val { bits: BITS_NONE };
    /// False
    pub const FALSE: Val = Val { bits: BITS_FALSE };
    /// True
    pub const TRUE: Val = Val { bits: BITS_TRUE };

    /// A float that is neither very large nor very small, nor NaN.
    #[inline(always)]
    pub(crate) fn float(number: f64) -> Option<Val> {
        let rotated = number.to_bits().rotate_left(1);
        let shifted = rotated.wrapping_sub(LEAST_FLOAT);
        if shifted.wrapping_sub(FLOATS_FROM) < (1 << 62) - FLOATS_FROM {
            return Some(Val { bits: shifted << 2 | FLOAT });
        }
        // Zero and minus zero.
        (rotated < 2).then_some(Val { bits: (rotated + ZEROS) << 2 | FLOAT })
    }

    /// An integer that is no object of the heap: those have fewer bits than there are here.
    #[inline(always)]
    pub(crate) fn small(value: i64) -> Val {
        debug_assert!((INT_MIN..=INT_MAX).contains(&value));
        Val { bits: (value << 2) as u64 | INT }
    }

    /// A small integer.
    #[inline(always)]
    pub(crate) fn int(value: i64) -> Option<Val> {
        (INT_MIN..=INT_MAX).contains(&value).then(|| Val::small(value))
    }
}

/// What the bits of all locals of the heap with this tag have in common.
pub(crate) fn common_bits(tag: u32) -> u64 {
    u64::from(tag) << (PLACE_BITS + 2) | LOCAL
}

/// The bits of a local, of the heap with these in common.
#[inline(always)]
pub(crate) fn local_bits(common: u64, place: usize, serial: u32) -> u64 {
    u64::from(serial) << 32 | (place as u64) << 2 | common
}

/// The place that a local, or whatever it is, names.
#[inline(always)]
pub(crate) fn place_of(local: Val) -> usize {
    (local.bits >> 2) as usize & (PLACES - 1)
}

/// What the bits of a value say at first sight.
pub(crate) enum Kind {
    Local,
    Int(i64),
    Float(f64),
    Other,
}

/// See [`Kind`].
#[inline(always)]
pub(crate) fn kind_of(value: Val) -> Kind {
    match value.bits & 3 {
        LOCAL => Kind::Local,
        INT => Kind::Int(value.bits as i64 >> 2),
        FLOAT if value.bits >> 2 >= ZEROS => Kind::Float(float_of(value.bits >> 2)),
        _ => Kind::Other,
    }
}

/// The float with this number.
#[inline(always)]
fn float_of(number: u64) -> f64 {
    let rotated = match number < FLOATS_FROM {
        true => number - ZEROS,
        false => number + LEAST_FLOAT,
    };
    f64::from_bits(rotated.rotate_right(1))
}

/// The immediate form of a value, if it has one; nothing is absent.
#[inline(always)]
pub(crate) fn immediate(cx: &Cx<'_>, local: Option<Local<'_>>) -> Option<Val> {
    let Some(local) = local else { return Some(Val::ABSENT) };
    let value = local.value();
    match value.as_int() {
        Some(small) => Some(Val::small(small)),
        None if value.is_none() || value.is_bool() => Some(Val { bits: value.bits() }),
        None if local.shape() == Some(object::shapes::BIGINT) => big_immediate(cx, local),
        None => value.as_float().and_then(Val::float),
    }
}

/// As [`immediate`], for ints that are objects.
#[cold]
#[inline(never)]
fn big_immediate(cx: &Cx<'_>, local: Local<'_>) -> Option<Val> {
    int::to_i64(cx, local).and_then(Val::int)
}

impl Context {
    /// The handle of an argument. Big immediates are made into objects.
    pub(crate) fn resolve<'t>(&self, cx: &mut Cx<'t>, value: Val) -> Result<Handle<'t>, Fault> {
        match kind_of(value) {
            Kind::Local => {
                let index = self.local_index(value)?;
                // SAFETY: a local of an open scope, so its slot is in use as long as C code does not run.
                Ok(unsafe { Handle::from_index(cx, index) })
            }
            Kind::Int(int) => Ok(int::from_i64(cx, int)?),
            Kind::Float(float) => Ok(object::float(cx, float)),
            Kind::Other => match value {
                Val::NONE => Ok(object::none(cx)),
                Val::FALSE => Ok(object::bool(cx, false)),
                Val::TRUE => Ok(object::bool(cx, true)),
                Val::ERR => Err(Fault::Sticky),
                Val::ABSENT => fault(E_ARG, "an argument is absent"),
                _ => fault(E_HANDLE, "a value that this library did not make"),
            },
        }
    }

    fn local_index(&self, value: Val) -> Result<usize, Fault> {
        let tag = (value.bits >> (PLACE_BITS + 2)) as u32 & ((1 << TAG_BITS) - 1);
        if tag != self.tag {
            return fault(E_HEAP, "a local of another heap");
        }
        match self.scopes.place(value) {
            Some(place) => Ok(place),
            None => fault(E_HANDLE, "a local whose scope is closed"),
        }
    }

    /// The handles of an array of arguments.
    pub(crate) fn resolve_all<'t>(
        &self,
        cx: &mut Cx<'t>,
        count: i64,
        values: *const Val,
    ) -> Result<Vec<Handle<'t>>, Fault> {
        let Ok(count) = usize::try_from(count) else { return fault(E_ARG, "a negative count") };
        if count == 0 {
            return Ok(Vec::new());
        }
        if values.is_null() {
            return fault(E_ARG, "NULL for an array of values");
        }
        self.room(cx, count)?;
        let mut handles = Vec::new();
        if handles.try_reserve_exact(count).is_err() {
            return fault(E_NOMEM, "no memory for the arguments");
        }
        for at in 0..count {
            // SAFETY: by the header, `values` are that many.
            handles.push(self.resolve(cx, unsafe { *values.add(at) })?);
        }
        Ok(handles)
    }

    /// Roots a raw value of the heap.
    ///
    /// # Safety
    /// The value is valid now.
    pub(crate) unsafe fn root_value<'t>(cx: &Cx<'t>, value: Value) -> Handle<'t> {
        // SAFETY: by contract.
        unsafe { cx.root_raw(value) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_come_back_as_they_were() {
        let mut found = 0;
        let mut bits = 1_u64;
        for n in 0..2_000_000_u64 {
            bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(n | 1);
            // Half of them with an exponent near that of one.
            let number =
                f64::from_bits(if n % 2 == 0 { bits } else { bits >> 12 | 0x3fd << 52 | (bits & 1) << 63 });
            let Some(value) = Val::float(number) else { continue };
            found += 1;
            assert!(value.bits & 3 == FLOAT && value.bits > Val::TRUE.bits, "{number:e}");
            let Kind::Float(back) = kind_of(value) else { panic!("{number:e}") };
            assert_eq!(back.to_bits(), number.to_bits());
        }
        assert!(found > 1_000_000);
    }

    #[test]
    fn which_floats_are_immediate() {
        let least = f64::from_bits(0x3000_0000_0000_0003);
        let most = f64::from_bits(0x4fff_ffff_ffff_ffff);
        for number in
            [0.0, -0.0, 1.0, -1.0, 0.1, std::f64::consts::PI, 1e77, 1e-76, least, -least, most, -most]
        {
            let value = Val::float(number).unwrap();
            let Kind::Float(back) = kind_of(value) else { panic!("{number:e}") };
            assert_eq!(back.to_bits(), number.to_bits(), "{number:e}");
        }
        let below = f64::from_bits(0x3000_0000_0000_0002);
        let above = f64::from_bits(0x5000_0000_0000_0000);
        for number in
            [below, -below, above, -above, f64::NAN, f64::INFINITY, -f64::INFINITY, 5e-324, f64::MAX]
        {
            assert_eq!(Val::float(number), None, "{number:e}");
        }
    }
}
