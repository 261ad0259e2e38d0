//! What the bits of a `tpn_val` mean.
//!
//! ```text
//! 0                                absent          2 error, 6 None, 10 False, 14 True
//! iiii…ii01                        an integer of 62 bits
//! ssss:32 tttttttttt:10 i:20 11    a local: serial number of its scope, tag of its heap, place on the value stack
//! ```
//!
//! A serial number is not used twice before 2^32 scopes, a tag not before 2^10 heaps.

use crate::abi::*;
use crate::context::Context;
use crate::fail::{fault, Fault};
use taipan::object::{self, int};
use taipan_gc::{Cx, Handle, Local, Value};

const INT: u64 = 1;
const LOCAL: u64 = 3;
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

    /// A small integer.
    pub(crate) fn int(value: i64) -> Option<Val> {
        (INT_MIN..=INT_MAX).contains(&value).then_some(Val { bits: (value << 2) as u64 | INT })
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
    Other,
}

/// See [`Kind`].
#[inline(always)]
pub(crate) fn kind_of(value: Val) -> Kind {
    match value.bits & 3 {
        LOCAL => Kind::Local,
        INT => Kind::Int(value.bits as i64 >> 2),
        _ => Kind::Other,
    }
}

/// The immediate form of a value, if it has one; nothing is absent.
#[inline(always)]
pub(crate) fn immediate(cx: &Cx<'_>, local: Option<Local<'_>>) -> Option<Val> {
    let Some(local) = local else { return Some(Val::ABSENT) };
    let value = local.value();
    match value.as_int() {
        Some(small) => Val::int(small),
        None if value.is_none() || value.is_bool() => Some(Val { bits: value.bits() }),
        None if local.shape() == Some(object::shapes::BIGINT) => big_immediate(cx, local),
        None => None,
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
        match value.bits & 3 {
            LOCAL => {
                let index = self.local_index(value)?;
                // SAFETY: a local of an open scope, so its slot is in use as long as C code does not run.
                Ok(unsafe { Handle::from_index(cx, index) })
            }
            INT => Ok(int::from_i64(cx, value.bits as i64 >> 2)?),
            _ => match value {
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
