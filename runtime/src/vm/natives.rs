//! Calls of natives from the loop: their quick halves, the short way of those of hosts, drivers, and bodies with their arguments bound.

use super::bind::Entered;
use super::calls::{
    call_generic, enter_function, give_up, poll_owned, put_at, set_top, slot, top, value_at, Return,
};
use super::drivers;
use super::frame::{Counting, DRIVER};
use super::step::{born, owned, register};
use crate::object::call::enter_native;
use crate::object::layout::Native;
use crate::object::native::{binds_directly, Args, NativeDef, PlacedFn};
use crate::object::raise::Raised;
use taipan_gc::{Cx, Handle, Local, Value};

/// Calls the native at stack index `function` with the `count` positional arguments behind it. All are consumed.
#[inline(always)]
pub(super) fn call<D: Counting>(
    cx: &mut Cx<'_>,
    function: usize,
    count: usize,
    to: Return,
) -> Result<Entered, Raised> {
    // SAFETY: the caller has checked the shape; nothing runs before the field is read.
    let def = unsafe { &*((value_at(cx, function).bits() + 8) as *const Native) }.def;
    if let Some(result) = def.quick.and_then(|quick| quick(cx, arguments(cx, function, count))) {
        let result = born(cx, result);
        if D::COUNTED {
            give_up(cx, function, function + 1 + count);
        }
        return Ok(Entered::Value(result));
    }
    if let Some(placed) = def.placed {
        if let Some(value) = run_placed(cx, placed, function, count)? {
            if D::COUNTED {
                give_up(cx, function, function + 1);
            }
            return poll_owned(cx, value);
        }
    }
    call_bound(cx, function, count, to)
}

/// The `count` arguments behind stack index `function`, for something that doesn't collect.
#[inline(always)]
pub(super) fn arguments<'a>(cx: &'a Cx<'_>, function: usize, count: usize) -> &'a [Local<'a>] {
    // SAFETY: a local is laid out as its word; what lies in registers is alive, and none is written as long as the context is borrowed.
    unsafe { std::slice::from_raw_parts(slot(cx, function + 1) as *const Local<'a>, count) }
}

/// Calls a native whose arguments are bound to parameters.
#[inline]
fn call_bound(cx: &mut Cx<'_>, function: usize, count: usize, to: Return) -> Result<Entered, Raised> {
    // SAFETY: the caller has checked the shape; the callee stays in its slot meanwhile.
    let callee: Handle<'_, Native> = unsafe { register(cx, function) };
    let def = callee.get(cx).def;
    if let Some(driver) = def.driver {
        if count == driver.arguments()
            && drivers::is_driven(cx, value_at(cx, function + count))
            && drivers::prepare(cx, driver, function)?
        {
            return enter_function(cx, function, count + 1, to, DRIVER);
        }
    }
    if !binds_directly(def, count) {
        return call_generic(cx, function, count, None);
    }
    // SAFETY: as above.
    let value = run_native(cx, def, function + 1, count, |cx| unsafe { register(cx, function) })?;
    give_up(cx, function, function + 1 + count);
    poll_owned(cx, value)
}

/// Runs a native whose `count` arguments, which need no more binding, lie from stack index `first` on; the result is owned. `native` gives
/// the native itself, in the scope in which it runs.
#[inline(always)]
pub(super) fn run_native(
    cx: &mut Cx<'_>,
    def: &'static NativeDef,
    first: usize,
    count: usize,
    native: impl for<'t> FnOnce(&Cx<'t>) -> Handle<'t, Native>,
) -> Result<Value, Raised> {
    let before = top(cx);
    let named = def.named as usize;
    for n in count..named {
        put_at(cx, first + n, Value::HOLE);
    }
    // Above the arguments everything is dead until the native returns: what lies there from earlier must not look alive to a collection.
    set_top(cx, first + count.max(named));
    let result: Result<Value, Raised> = cx.scoped(|cx| {
        let callee = native(cx);
        let args = Args::bound(first, count.max(named), named, callee, None);
        let result = enter_native(cx, |cx| (def.func)(cx, &args))?;
        Ok(owned(cx, result))
    });
    set_top(cx, before);
    result
}

/// Runs a native on its arguments where they lie, unless it leaves the call to its body. They are used up then; the result is owned.
#[inline(always)]
fn run_placed(
    cx: &mut Cx<'_>,
    placed: PlacedFn,
    function: usize,
    count: usize,
) -> Result<Option<Value>, Raised> {
    let before = top(cx);
    // As in `run_native`.
    set_top(cx, function + 1 + count);
    let result = enter_native(cx, |cx| placed(cx, function, count));
    set_top(cx, before);
    result
}
