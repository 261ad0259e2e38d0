//! Ints of any size, as bytes.

use crate::abi::*;
use crate::context::Context;
use crate::fail::{fault, Fault};
use crate::text::c_bytes;
use num_bigint::{BigInt, Sign};
use std::ffi::c_void;
use taipan::object::{class, int};

/// Whether bytes are in two's complement, and whether the most significant comes first.
fn form(flags: u32) -> Result<(bool, bool), Fault> {
    match flags & !(INT_SIGNED | INT_BIG) {
        0 => Ok((flags & INT_SIGNED != 0, flags & INT_BIG != 0)),
        _ => fault(E_ARG, "an unknown flag is set"),
    }
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_int_from_bytes(
    ctx: *mut Context,
    content: *const c_void,
    len: usize,
    flags: u32,
) -> Val {
    Context::value(ctx, false, |_, cx| {
        let form = form(flags)?;
        // SAFETY: as the header says.
        let content = unsafe { c_bytes(content, len) }?;
        let number = match form {
            (true, true) => BigInt::from_signed_bytes_be(content),
            (true, false) => BigInt::from_signed_bytes_le(content),
            (false, true) => BigInt::from_bytes_be(Sign::Plus, content),
            (false, false) => BigInt::from_bytes_le(Sign::Plus, content),
        };
        Ok(int::new(cx, number)?)
    })
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_int_to_bytes(
    ctx: *mut Context,
    value: Val,
    buffer: *mut c_void,
    cap: usize,
    flags: u32,
) -> i64 {
    Context::number(ctx, false, |ctx, cx| {
        let value = ctx.resolve(cx, value)?;
        let (signed, big_endian) = form(flags)?;
        let Some(number) = int::to_big(cx, value.get(cx)) else {
            return fault(E_TYPE, format!("expected int, not '{}'", class::type_name(cx, value.get(cx))));
        };
        let negative = number.sign() == Sign::Minus;
        if negative && !signed {
            return fault(E_RANGE, "a negative int has no unsigned form");
        }
        let content = if signed { number.to_signed_bytes_le() } else { number.to_bytes_le().1 };
        if !buffer.is_null() && cap >= content.len() {
            let fill = if negative { 0xff } else { 0 };
            let buffer: *mut u8 = buffer.cast();
            for at in 0..cap {
                let byte = content.get(at).copied().unwrap_or(fill);
                // SAFETY: by the header there is room for `cap` bytes.
                unsafe { buffer.add(if big_endian { cap - 1 - at } else { at }).write(byte) };
            }
        }
        Ok(content.len() as i64)
    })
}
