//! Calls from C into scripts, and modules of the host's functions.

use crate::abi::*;
use crate::context::Context;
use crate::fail::{fault, Fault};
use crate::native::{self, read_spec, Made};
use crate::text::c_text;
use std::ffi::c_char;
use taipan::builtins::import;
use taipan::object::{attr, call, dict, names, str};
use taipan_gc::{Cx, Handle};

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_call(ctx: *mut Context, callee: Val, argc: i32, argv: *const Val) -> Val {
    if (0..=FEW).contains(&argc) && !(argc > 0 && argv.is_null()) {
        let arguments = match argc {
            0 => &[][..],
            // SAFETY: as the header says: so many arguments.
            _ => unsafe { std::slice::from_raw_parts(argv, argc as usize) },
        };
        let result = Context::enter(ctx, |ctx, cx| {
            if ctx.pending.get().is_some() {
                return Val::ERR;
            }
            match ctx.call_directly(cx, callee, arguments) {
                Some(result) => result,
                None => ctx.value_here(cx, |ctx, cx| call_few(ctx, cx, callee, arguments)),
            }
        });
        return result.unwrap_or(Val::ERR);
    }
    // SAFETY: as the header says; there are no named arguments.
    unsafe { tpn_call_kw(ctx, callee, argc, argv, 0, std::ptr::null()) }
}

/// Most arguments that are laid out where the callee wants them at once.
const FEW: i32 = 16;

/// Calls with a few arguments by position.
fn call_few<'t>(ctx: &Context, cx: &mut Cx<'t>, callee: Val, arguments: &[Val]) -> Result<Handle<'t>, Fault> {
    let callee = ctx.resolve(cx, callee)?;
    // Those that have to be made come first: making them may leave something on the stack.
    let mut made: [Option<Handle<'_>>; FEW as usize] = [None; FEW as usize];
    for (made, &argument) in made.iter_mut().zip(arguments) {
        *made = Some(ctx.resolve(cx, argument)?);
    }
    let placed = cx.root(callee.get(cx));
    for argument in made.iter().flatten() {
        cx.root(argument.get(cx));
    }
    Ok(call::call_placed(cx, placed, arguments.len())?)
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_call_method(
    ctx: *mut Context,
    receiver: Val,
    name: Name,
    argc: i32,
    argv: *const Val,
) -> Val {
    // SAFETY: as the header says; there are no named arguments.
    unsafe { tpn_call_method_kw(ctx, receiver, name, argc, argv, 0, std::ptr::null()) }
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_call_kw(
    ctx: *mut Context,
    callee: Val,
    argc: i32,
    argv: *const Val,
    count: i32,
    kwargs: *const KwArg,
) -> Val {
    Context::value(ctx, true, |ctx, cx| {
        let callee = ctx.resolve(cx, callee)?;
        let mut arguments = ctx.resolve_all(cx, argc.into(), argv)?;
        let names = ctx.resolve_named(cx, count, kwargs, &mut arguments)?;
        Ok(call::call_named(cx, callee, &arguments, names)?)
    })
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_call_method_kw(
    ctx: *mut Context,
    receiver: Val,
    name: Name,
    argc: i32,
    argv: *const Val,
    count: i32,
    kwargs: *const KwArg,
) -> Val {
    Context::value(ctx, true, |ctx, cx| {
        let receiver = ctx.resolve(cx, receiver)?;
        let name = ctx.name(name)?;
        let mut arguments = ctx.resolve_all(cx, argc.into(), argv)?;
        let names = ctx.resolve_named(cx, count, kwargs, &mut arguments)?;
        let method = attr::get(cx, receiver, name)?;
        Ok(call::call_named(cx, method, &arguments, names)?)
    })
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_module(
    ctx: *mut Context,
    name: *const c_char,
    specs: *const FnSpec,
    count: u32,
) -> Val {
    Context::value(ctx, false, |ctx, cx| {
        // SAFETY: as the header says.
        let name = unsafe { c_text(name, STRLEN) }?;
        let (module, attributes) = import::new_module(cx, name)?;
        let mut all_made = Vec::new();
        for at in 0..count as usize {
            // SAFETY: by the header, the specs are that many.
            let spec = unsafe { read_spec(specs, at) }?;
            if spec.flags != FN_PLAIN {
                return fault(E_ARG, "methods and getters belong to a type");
            }
            all_made.push(cx.scoped(|cx| {
                let (name, function, made) = native::new(ctx, cx, &spec, None)?;
                let key = names::intern(cx, &name)?;
                let key = names::handle(cx, key);
                dict::set_name(cx, attributes, key, function.any())?;
                Ok::<_, Fault>(made)
            })?);
        }
        let modules = import::modules(cx)?;
        let key = str::new(cx, name)?;
        dict::set_name(cx, modules, key, module)?;
        all_made.into_iter().for_each(Made::take);
        Ok(module)
    })
}
