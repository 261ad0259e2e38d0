//! Looking into the heap: why an object is alive, and snapshots of all objects.

use crate::abi::*;
use crate::context::Context;
use crate::fail::fault;
use crate::heap::Sink;
use crate::text::copy_out;
use std::ffi::{c_char, c_void};
use std::io::{BufWriter, Write};
use taipan::object::insight::{path_text, ClassNames};

/// Bytes that a sink gets at once, about.
const CHUNK: usize = 64 << 10;

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_debug_why(
    ctx: *mut Context,
    value: Val,
    buffer: *mut c_char,
    cap: usize,
) -> i64 {
    Context::number(ctx, false, |ctx, cx| {
        let object = ctx.resolve(cx, value)?.get(cx);
        if !object.value().is_ref() {
            return fault(E_TYPE, "not an object: nothing keeps it alive");
        }
        let text = cx.path_to(object)?.map_or(String::new(), |path| path_text(cx, &path));
        // SAFETY: as the header says.
        Ok(unsafe { copy_out(text.as_bytes(), buffer, cap) })
    })
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_debug_dump(ctx: *mut Context, sink: LogFn, ud: *mut c_void) -> Status {
    Context::quiet(ctx, |_, cx| {
        let log = sink.ok_or(E_ARG)?;
        let snapshot = cx.snapshot(&ClassNames).map_err(|_| E_NOMEM)?;
        let mut out = BufWriter::with_capacity(CHUNK, Sink { log, ud, level: 0 });
        // The sink takes everything.
        let _ = snapshot.write_json(&mut out).and_then(|()| out.flush());
        Ok(())
    })
}
