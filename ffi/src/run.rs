//! Running sources among the globals of `__main__`.

use crate::abi::*;
use crate::context::Context;
use crate::fail::Fault;
use crate::text::{c_bytes, c_text};
use std::ffi::c_char;
use taipan::builtins::{errors, import};
use taipan::compile::{compile_source, Options};
use taipan::object::layout::{Code, Dict, Module};
use taipan::object::raise::Raised;
use taipan::object::{call, dict, names};
use taipan::syntax::Mode;
use taipan::vm::code::{self, FunctionParts};
use taipan_gc::{Cx, Handle};

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_exec(
    ctx: *mut Context,
    source: *const c_char,
    len: usize,
    file: *const c_char,
) -> Val {
    // SAFETY: as the header says.
    unsafe { run(ctx, source, len, file, Mode::Exec) }
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_eval(
    ctx: *mut Context,
    source: *const c_char,
    len: usize,
    file: *const c_char,
) -> Val {
    // SAFETY: as the header says.
    unsafe { run(ctx, source, len, file, Mode::Eval) }
}

/// Compiles and runs a source.
///
/// # Safety
/// As the header says.
unsafe fn run(ctx: *mut Context, source: *const c_char, len: usize, file: *const c_char, mode: Mode) -> Val {
    Context::value(ctx, true, |_, cx| {
        // SAFETY: as the header says.
        let source = unsafe { c_bytes(source.cast(), len) }?;
        // SAFETY: as the header says.
        let file = if file.is_null() { "<host>" } else { unsafe { c_text(file, STRLEN) }? };
        // Parsing hostile sources takes native stack of its own; the bounds are in the compiler.
        let result = evaluate(cx, source, file, mode);
        taipan::builtins::file::flush_standard(cx);
        result.map_err(Fault::from)
    })
}

fn evaluate<'t>(cx: &mut Cx<'t>, source: &[u8], file: &str, mode: Mode) -> Result<Handle<'t>, Raised> {
    let (_, globals) = main_module(cx)?;
    let code = compile(cx, source, file, mode)?;
    let function = code::new_function(cx, code, globals, FunctionParts::default())?;
    call::call(cx, function.any(), &[])
}

/// Makes code of a source, of which tracebacks show lines.
pub(crate) fn compile<'t>(
    cx: &mut Cx<'t>,
    source: &[u8],
    file: &str,
    mode: Mode,
) -> Result<Handle<'t, Code>, Raised> {
    let unit = match compile_source(source, file, mode, Options::default()) {
        Ok(unit) => unit,
        Err(error) => return Err(errors::raise_syntax_error(cx, &error, file)),
    };
    errors::remember_source(cx, file, source);
    code::load(cx, unit)
}

/// `__main__` and its dict; it exists from the start, but a script may have taken it out of `sys.modules`.
pub(crate) fn main_module<'t>(cx: &mut Cx<'t>) -> Result<(Handle<'t>, Handle<'t, Dict>), Raised> {
    if let Some(module) = import::known_module(cx, "__main__").and_then(|m| m.downcast::<Module>(cx)) {
        if let Some(attributes) = module.get(cx).dict.get(cx).map(|d| cx.root(d)) {
            return Ok((module.any(), attributes));
        }
    }
    let made = import::new_module(cx, "__main__")?;
    let modules = import::modules(cx)?;
    dict::set_name(cx, modules, names::handle(cx, names::MAIN), made.0)?;
    Ok(made)
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_main(ctx: *mut Context) -> Val {
    Context::value(ctx, false, |_, cx| Ok(main_module(cx)?.0))
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_flush(ctx: *mut Context) -> Status {
    Context::quiet(ctx, |_, cx| match taipan::builtins::file::flush_standard(cx) {
        true => Ok(()),
        false => Err(E_STATE),
    })
}
