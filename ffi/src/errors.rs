//! Raising, and the pending error.

use crate::abi::*;
use crate::context::{Context, Pending};
use crate::fail::{fault, Fault};
use crate::objects::{is_exception, not_an_exception};
use crate::refs::absent;
use crate::text::{c_text, copy_out};
use std::ffi::c_char;
use taipan::builtins::errors;
use taipan::object::raise::raise_object;
use taipan::object::{call, class, classes, raise, str};

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_raise(ctx: *mut Context, exception: Val, message: *const c_char) -> Val {
    Context::value(ctx, true, |ctx, cx| {
        let value = ctx.resolve(cx, exception)?;
        let exception = if class::of_handle(cx, value).is_some() {
            // SAFETY: as the header says.
            let text = if message.is_null() { None } else { Some(unsafe { c_text(message, STRLEN) }?) };
            let text = text.map(|text| str::new(cx, text)).transpose()?;
            let arguments: Vec<_> = text.into_iter().map(|t| t.any()).collect();
            call::call(cx, value, &arguments)?
        } else {
            value
        };
        if !is_exception(cx, exception.get(cx)) {
            return not_an_exception(cx, exception.get(cx));
        }
        Err(Fault::Raised(raise_object(cx, exception)))
    })
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_raise_std(
    ctx: *mut Context,
    name: *const c_char,
    message: *const c_char,
) -> Val {
    Context::value(ctx, false, |_, cx| {
        // SAFETY: as the header says.
        let name = unsafe { c_text(name, STRLEN) }?;
        // SAFETY: as the header says.
        let message = if message.is_null() { "" } else { unsafe { c_text(message, STRLEN) }? };
        let number = classes::TABLE.iter().position(|entry| entry.0 == name);
        let id = number.and_then(|n| u16::try_from(n).ok()).map(classes::ClassId);
        let base = classes::BASE_EXCEPTION;
        match id.filter(|&id| class::is_subclass(cx, classes::local(cx, id), classes::local(cx, base))) {
            Some(id) => Err(Fault::Raised(raise::raise(cx, id, message))),
            None => fault(E_ARG, format!("'{name}' is not a builtin exception")),
        }
    })
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_pending(ctx: *mut Context) -> i32 {
    let pending = Context::enter(ctx, |ctx, _| ctx.pending.get().is_some().into());
    pending.unwrap_or_else(|status| status)
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_err_status(ctx: *mut Context) -> Status {
    Context::enter(ctx, |ctx, _| ctx.pending.get().map_or(OK, |p: Pending| p.status))
        .unwrap_or_else(|status| status)
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_err_take(ctx: *mut Context) -> Val {
    Context::value(ctx, false, |ctx, cx| match ctx.take_pending(cx) {
        Some(exception) => Ok(exception),
        None => Ok(absent(cx)),
    })
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_err_clear(ctx: *mut Context) -> Status {
    Context::quiet(ctx, |ctx, cx| {
        ctx.take_pending(cx);
        Ok(())
    })
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_err_format(
    ctx: *mut Context,
    exception: Val,
    buffer: *mut c_char,
    cap: usize,
) -> i64 {
    Context::number(ctx, true, |ctx, cx| {
        let exception = ctx.resolve(cx, exception)?;
        if !is_exception(cx, exception.get(cx)) {
            return not_an_exception(cx, exception.get(cx));
        }
        let text = errors::report(cx, exception);
        // SAFETY: as the header says.
        Ok(unsafe { copy_out(text.as_bytes(), buffer, cap) })
    })
}
