//! Code as a value: compiling it, making bytes of it and back, running it in globals of its own, importing modules, and those that the host gives.

use crate::abi::*;
use crate::context::Context;
use crate::fail::fault;
use crate::native;
use crate::run::{self, main_module};
use crate::text::{c_bytes, c_text};
use std::ffi::{c_char, c_void, CString};
use taipan::builtins::functions::code;
use taipan::builtins::import::{self, Provided};
use taipan::bytecode::codec;
use taipan::object::layout::Code;
use taipan::object::raise::{type_error, Raised};
use taipan::object::{bytes, class, classes, dict, names, none, raise};
use taipan::syntax::Mode;
use taipan_gc::{Cx, Handle};

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_compile(
    ctx: *mut Context,
    source: *const c_char,
    len: usize,
    file: *const c_char,
    mode: i32,
) -> Val {
    Context::value(ctx, true, |_, cx| {
        let mode = match mode {
            CODE_EXEC => Mode::Exec,
            CODE_EVAL => Mode::Eval,
            _ => return fault(E_ARG, "an unknown mode"),
        };
        // SAFETY: as the header says.
        let source = unsafe { c_bytes(source.cast(), len) }?;
        // SAFETY: as the header says.
        let file = if file.is_null() { "<host>" } else { unsafe { c_text(file, STRLEN) }? };
        Ok(run::compile(cx, source, file, mode)?.any())
    })
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_run(ctx: *mut Context, code: Val, globals: Val) -> Val {
    Context::value(ctx, true, |ctx, cx| {
        let code = ctx.resolve(cx, code)?;
        let globals = match globals {
            Val::ABSENT => main_module(cx)?.1,
            given => {
                let given = ctx.resolve(cx, given)?;
                let Some(globals) = dict::of_handle(cx, given) else {
                    let name = class::type_name(cx, given.get(cx));
                    return Err(type_error(cx, format!("globals must be a dict, not '{name}'")).into());
                };
                globals
            }
        };
        let Some(code) = code.downcast::<Code>(cx) else {
            let name = class::type_name(cx, code.get(cx));
            return Err(type_error(cx, format!("expected code, not '{name}'")).into());
        };
        if !code.get(cx).data.unit.free_registers.is_empty() {
            return Err(type_error(cx, "code that is run may not contain free variables").into());
        }
        // As `exec` does, so that functions that the code defines find them, too.
        let key = names::handle(cx, names::BUILTINS);
        let known = dict::get_name(cx, globals.get(cx), key.get(cx)).is_some();
        if let (false, Some(builtins)) = (known, import::known_module(cx, "builtins")) {
            dict::set_name(cx, globals, key, builtins)?;
        }
        let result = code::run(cx, code, globals, None);
        taipan::builtins::file::flush_standard(cx);
        Ok(result?)
    })
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_code_dump(ctx: *mut Context, code: Val) -> Val {
    Context::value(ctx, false, |ctx, cx| {
        let given = ctx.resolve(cx, code)?;
        let Some(code) = given.downcast::<Code>(cx) else {
            return fault(E_TYPE, format!("expected code, not '{}'", class::type_name(cx, given.get(cx))));
        };
        let content = codec::dump(&code.get(cx).data.unit);
        Ok(bytes::new(cx, &content)?.any())
    })
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_code_load(ctx: *mut Context, bytes: *const c_void, len: usize) -> Val {
    Context::value(ctx, false, |_, cx| {
        // SAFETY: as the header says.
        let content = unsafe { c_bytes(bytes, len) }?;
        match codec::load(content) {
            Ok(unit) => Ok(code::load(cx, unit)?.any()),
            Err(error) => fault(E_ARG, error.to_string()),
        }
    })
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_import(ctx: *mut Context, name: *const c_char) -> Val {
    Context::value(ctx, true, |_, cx| {
        // SAFETY: as the header says.
        let name = unsafe { c_text(name, STRLEN) }?;
        let nothing = none(cx);
        import::import_name(cx, name, None, nothing, 0)?;
        match import::known_module(cx, name) {
            Some(module) => Ok(module),
            None => Err(raise::raise(cx, classes::KEY_ERROR, name).into()),
        }
    })
}

/// Asks the host for a module: the runtime's loader. The number is the context's address.
pub(crate) fn load<'s>(cx: &mut Cx<'s>, data: usize, name: &str) -> Result<Option<Provided<'s>>, Raised> {
    // SAFETY: the number was made from the heap's context, which outlives what runs in the heap.
    let ctx = unsafe { &*(data as *const Context) };
    let (Some(loader), Ok(text)) = (ctx.loader.0, CString::new(name)) else { return Ok(None) };
    if !ctx.attached.get() || ctx.poisoned.get() {
        return Err(raise::raise(cx, classes::RUNTIME_ERROR, "the host has left this heap"));
    }
    let kept: Handle<'s> = cx.root_empty();
    let mut is_package = 0;
    let found = cx.scoped(|cx| {
        let depth = ctx.scopes.depth();
        let result = ask(ctx, cx, || {
            // SAFETY: the host gave this function to be called so. It does not unwind.
            unsafe {
                loader(std::ptr::from_ref(ctx).cast_mut(), ctx.loader.1, text.as_ptr(), &mut is_package)
            }
        });
        ctx.scopes.truncate(depth);
        let value = result?;
        if let Some(value) = value {
            kept.set(cx, value.get(cx));
        }
        Ok::<bool, Raised>(value.is_some())
    })?;
    Ok(found.then_some(Provided { value: kept, is_package: is_package != 0 }))
}

/// Calls the host in a scope of its own; what it gives, if anything.
fn ask<'t>(ctx: &Context, cx: &mut Cx<'t>, call: impl FnOnce() -> Val) -> Result<Option<Handle<'t>>, Raised> {
    if ctx.room(cx, 0).is_err() || ctx.open_scope(cx, true).is_none() {
        let message = "maximum recursion depth exceeded while calling a loader";
        return Err(raise::raise(cx, classes::RECURSION_ERROR, message));
    }
    // As for natives: what a collection runs is not concerned with the error of the host that collects.
    let before = ctx.pending.take();
    let value = cx.leave(call);
    ctx.come_back();
    let result = match value {
        Val::ABSENT if ctx.pending.get().is_none() && !ctx.poisoned.get() => Ok(None),
        value => native::finish(ctx, cx, ("the loader", ""), value).map(Some),
    };
    ctx.pending.set(before);
    result
}
