//! Text in and out: UTF-8 with a length, results copied as `snprintf` does; strings, bytes and names.

use crate::abi::*;
use crate::context::Context;
use crate::fail::{fault, Fault};
use std::ffi::{c_char, c_void, CStr};
use taipan::builtins::repr;
use taipan::object::{bytes, class, names, str};

/// Text that C passed.
///
/// # Safety
/// `text` is NULL or points to `len` bytes, or to a NUL-terminated text when `len` is [`STRLEN`]; it stays as it is as long as `'a`.
pub(crate) unsafe fn c_text<'a>(text: *const c_char, len: usize) -> Result<&'a str, Fault> {
    // SAFETY: by contract.
    let bytes = unsafe { c_bytes(text.cast(), len) }?;
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(_) => fault(E_ARG, "text that is not UTF-8"),
    }
}

/// Bytes that C passed; as [`c_text`].
///
/// # Safety
/// As [`c_text`].
pub(crate) unsafe fn c_bytes<'a>(bytes: *const c_void, len: usize) -> Result<&'a [u8], Fault> {
    if bytes.is_null() {
        return if len == 0 { Ok(&[]) } else { fault(E_ARG, "NULL for text") };
    }
    if len == STRLEN {
        // SAFETY: by contract.
        return Ok(unsafe { CStr::from_ptr(bytes.cast()) }.to_bytes());
    }
    if isize::try_from(len).is_err() {
        return fault(E_ARG, "a length out of range");
    }
    // SAFETY: by contract.
    Ok(unsafe { std::slice::from_raw_parts(bytes.cast(), len) })
}

/// Copies text to C, cut off to fit with a final NUL; its whole length.
///
/// # Safety
/// `buffer` is NULL or has room for `cap` bytes.
pub(crate) unsafe fn copy_out(text: &[u8], buffer: *mut c_char, cap: usize) -> i64 {
    if !buffer.is_null() && cap > 0 {
        let len = text.len().min(cap - 1);
        // SAFETY: by contract; the rest is one byte at least.
        unsafe {
            std::ptr::copy_nonoverlapping(text.as_ptr().cast(), buffer, len);
            *buffer.add(len) = 0;
        }
    }
    text.len() as i64
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_str(ctx: *mut Context, text: *const c_char, len: usize) -> Val {
    Context::value(ctx, false, |_, cx| {
        // SAFETY: as the header says.
        let text = unsafe { c_text(text, len) }?;
        Ok(str::new(cx, text)?.any())
    })
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_bytes(ctx: *mut Context, content: *const c_void, len: usize) -> Val {
    Context::value(ctx, false, |_, cx| {
        // SAFETY: as the header says.
        let content = unsafe { c_bytes(content, len) }?;
        Ok(bytes::new(cx, content)?.any())
    })
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_str_copy(ctx: *mut Context, value: Val, buffer: *mut c_char, cap: usize) -> i64 {
    Context::number(ctx, false, |ctx, cx| {
        let value = ctx.resolve(cx, value)?;
        let local = value.get(cx);
        if let Some(content) = bytes::of(cx, local) {
            // SAFETY: as the header says.
            return Ok(unsafe { copy_out(bytes::content(content), buffer, cap) });
        }
        let Some(string) = str::of(cx, local) else {
            return fault(E_TYPE, format!("expected str or bytes, not '{}'", class::type_name(cx, local)));
        };
        if let Some(ascii) = str::ascii(string) {
            // SAFETY: as the header says.
            return Ok(unsafe { copy_out(ascii.as_bytes(), buffer, cap) });
        }
        match str::to_utf8(string) {
            // SAFETY: as the header says.
            Some(text) => Ok(unsafe { copy_out(text.as_bytes(), buffer, cap) }),
            None => fault(E_RANGE, "a string with lone surrogates has no UTF-8 form"),
        }
    })
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_repr(ctx: *mut Context, value: Val) -> Val {
    Context::value(ctx, true, |ctx, cx| {
        let value = ctx.resolve(cx, value)?;
        Ok(repr::repr(cx, value)?.any())
    })
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_tostr(ctx: *mut Context, value: Val) -> Val {
    Context::value(ctx, true, |ctx, cx| {
        let value = ctx.resolve(cx, value)?;
        Ok(repr::str(cx, value)?.any())
    })
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_intern(ctx: *mut Context, text: *const c_char, len: usize) -> Name {
    let none = Name { id: 0, heap: 0 };
    let made = Context::enter(ctx, |ctx, cx| {
        // SAFETY: as the header says.
        let text = unsafe { c_text(text, len) };
        match text.and_then(|text| Ok(names::intern(cx, text)?)) {
            Ok(id) => {
                ctx.names.set(ctx.names.get().max(id.0 + 1));
                Name { id: id.0 + 1, heap: ctx.tag }
            }
            Err(fault) => {
                ctx.fail(cx, fault);
                none
            }
        }
    });
    made.unwrap_or(none)
}

impl Context {
    /// The number of a name that C passed.
    pub(crate) fn name(&self, name: Name) -> Result<names::NameId, Fault> {
        if name.id == 0 {
            return if self.pending.get().is_some() { Err(Fault::Sticky) } else { fault(E_ARG, "no name") };
        }
        if name.heap != self.tag {
            return fault(E_HEAP, "a name of another heap");
        }
        match name.id <= self.names.get() {
            true => Ok(names::NameId(name.id - 1)),
            false => fault(E_HANDLE, "an unknown name"),
        }
    }
}
