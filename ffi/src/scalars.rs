//! Numbers in and out, kinds, truth.

use crate::abi::*;
use crate::context::Context;
use crate::fail::{fault, Fault};
use crate::host;
use num_traits::ToPrimitive;
use taipan::object::classes::*;
use taipan::object::{self, class, compare, int, number};
use taipan_gc::{Cx, Local};

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_int(ctx: *mut Context, value: i64) -> Val {
    if let Some(int) = Context::quick_int(ctx, value) {
        return int;
    }
    int_slow(ctx, value)
}

#[cold]
#[inline(never)]
fn int_slow(ctx: *mut Context, value: i64) -> Val {
    Context::value(ctx, false, |_, cx| Ok(int::from_i64(cx, value)?))
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_uint(ctx: *mut Context, value: u64) -> Val {
    Context::value(ctx, false, |_, cx| Ok(int::from_u64(cx, value)?))
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_float(ctx: *mut Context, value: f64) -> Val {
    if let Some(float) = Context::quick_float(ctx, value) {
        return float;
    }
    float_slow(ctx, value)
}

#[cold]
#[inline(never)]
fn float_slow(ctx: *mut Context, value: f64) -> Val {
    Context::value(ctx, false, |_, cx| Ok(object::float(cx, value)))
}

fn not_a_number<T>(cx: &Cx<'_>, value: Local<'_>, expected: &str) -> Result<T, Fault> {
    fault(E_TYPE, format!("expected {expected}, not '{}'", class::type_name(cx, value)))
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_to_i64(ctx: *mut Context, value: Val, out: *mut i64) -> Status {
    if let (false, Some(number)) = (out.is_null(), Context::quick_to_i64(ctx, value)) {
        // SAFETY: C's variable.
        unsafe { out.write(number) };
        return OK;
    }
    // SAFETY: as the header says.
    unsafe { to_i64_slow(ctx, value, out) }
}

#[cold]
#[inline(never)]
unsafe fn to_i64_slow(ctx: *mut Context, value: Val, out: *mut i64) -> Status {
    Context::status(ctx, false, |ctx, cx| {
        let value = ctx.resolve(cx, value)?;
        let Some(big) = int::to_big(cx, value.get(cx)) else { return not_a_number(cx, value.get(cx), "int") };
        // SAFETY: as the header says.
        unsafe { write_out(out, big.to_i64()) }
    })
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_to_u64(ctx: *mut Context, value: Val, out: *mut u64) -> Status {
    Context::status(ctx, false, |ctx, cx| {
        let value = ctx.resolve(cx, value)?;
        let Some(big) = int::to_big(cx, value.get(cx)) else { return not_a_number(cx, value.get(cx), "int") };
        // SAFETY: as the header says.
        unsafe { write_out(out, big.to_u64()) }
    })
}

/// Writes to C's variable.
///
/// # Safety
/// It is NULL or one.
unsafe fn write_out<T>(out: *mut T, value: Option<T>) -> Result<(), Fault> {
    let Some(value) = value else { return fault(E_RANGE, "the int does not fit") };
    if out.is_null() {
        return fault(E_ARG, "NULL for a result");
    }
    // SAFETY: by contract.
    unsafe { out.write(value) };
    Ok(())
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_to_f64(ctx: *mut Context, value: Val, out: *mut f64) -> Status {
    if let (false, Some(number)) = (out.is_null(), Context::quick_to_f64(ctx, value)) {
        // SAFETY: C's variable.
        unsafe { out.write(number) };
        return OK;
    }
    // SAFETY: as the header says.
    unsafe { to_f64_slow(ctx, value, out) }
}

#[cold]
#[inline(never)]
unsafe fn to_f64_slow(ctx: *mut Context, value: Val, out: *mut f64) -> Status {
    Context::status(ctx, false, |ctx, cx| {
        let value = ctx.resolve(cx, value)?;
        let is_number = [INT, FLOAT].iter().any(|&id| class::is_instance(cx, value.get(cx), id));
        if !is_number {
            return not_a_number(cx, value.get(cx), "float");
        }
        let number = number::as_float(cx, value)?;
        // SAFETY: as the header says.
        unsafe { write_out(out, Some(number)) }
    })
}

/// Kinds by class, the first that fits.
const KINDS: &[(ClassId, i32)] = &[
    (NONE_TYPE, K_NONE),
    (BOOL, K_BOOL),
    (INT, K_INT),
    (FLOAT, K_FLOAT),
    (STR, K_STR),
    (BYTES, K_BYTES),
    (LIST, K_LIST),
    (TUPLE, K_TUPLE),
    (DICT, K_DICT),
    (SET, K_SET),
    (FROZENSET, K_SET),
    (FUNCTION, K_FUNC),
    (NATIVE, K_FUNC),
    (METHOD, K_FUNC),
    (TYPE, K_TYPE),
    (MODULE, K_MODULE),
    (BASE_EXCEPTION, K_EXC),
];

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_kind(ctx: *mut Context, value: Val) -> i32 {
    Context::number(ctx, false, |ctx, cx| {
        let value = ctx.resolve(cx, value)?;
        let local = value.get(cx);
        if host::payload(ctx, cx, local).is_some() {
            return Ok(K_HOST.into());
        }
        let found = KINDS.iter().find(|(id, _)| class::is_instance(cx, local, *id));
        Ok(found.map_or(K_OTHER, |found| found.1).into())
    }) as i32
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_truth(ctx: *mut Context, value: Val) -> i32 {
    Context::number(ctx, true, |ctx, cx| {
        let value = ctx.resolve(cx, value)?;
        Ok(compare::truth(cx, value)?.into())
    }) as i32
}
