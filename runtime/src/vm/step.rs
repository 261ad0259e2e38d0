//! Between registers and handles: how slow paths root raw operands and hand owned results back.

use crate::object::raise::Raised;
use taipan_gc::{refs, Cx, Handle, Local, Value};

/// Roots a raw value.
///
/// # Safety
/// The value is valid now: nothing was freed or moved since it was read from a root.
#[inline]
pub(super) unsafe fn root<'s>(cx: &Cx<'s>, value: Value) -> Handle<'s> {
    // SAFETY: by contract.
    unsafe { cx.root_raw(value) }
}

/// The register at this stack index.
///
/// # Safety
/// The register belongs to a frame that is active as long as `'s`.
#[inline]
pub(super) unsafe fn register<'s, T>(cx: &Cx<'s>, index: usize) -> Handle<'s, T> {
    // SAFETY: by contract.
    unsafe { Handle::from_index(cx, index) }
}

/// The value of a handle, with a count of its own for the caller.
#[inline]
pub(super) fn owned<T>(cx: &Cx<'_>, handle: Handle<'_, T>) -> Value {
    let value = handle.get(cx).value();
    retain(cx, value);
    value
}

/// The value of a local, maybe of an object made just now, with a count for the caller.
#[inline]
pub(super) fn born<T>(cx: &Cx<'_>, local: Local<'_, T>) -> Value {
    // SAFETY: locals are valid.
    unsafe {
        if (*cx.core()).counted {
            refs::adopt(cx.core(), local.value());
        }
    }
    local.value()
}

/// Gives a raw value a count, where counts are kept.
#[inline]
pub(super) fn retain(cx: &Cx<'_>, value: Value) {
    // SAFETY: the caller's value is valid.
    unsafe {
        if (*cx.core()).counted {
            refs::retain(value);
        }
    }
}

/// Takes a count from a raw value, where counts are kept.
#[inline]
pub(super) fn release(cx: &Cx<'_>, value: Value) {
    // SAFETY: the caller owned the count.
    unsafe {
        if (*cx.core()).counted {
            refs::release(cx.core(), value);
        }
    }
}

/// Runs a slow path over the operands in a scope of its own; its result is owned by the caller.
#[inline]
pub(super) fn step<const N: usize>(
    cx: &mut Cx<'_>,
    operands: [Value; N],
    body: impl for<'t> FnOnce(&mut Cx<'t>, [Handle<'t>; N]) -> Result<Handle<'t>, Raised>,
) -> Result<Value, Raised> {
    cx.scoped(|cx| {
        // SAFETY: the operands were read from registers just now.
        let handles = operands.map(|value| unsafe { root(cx, value) });
        let result = body(cx, handles)?;
        Ok(owned(cx, result))
    })
}

/// As [`step`], for results that are no objects.
#[inline]
pub(super) fn step_plain<const N: usize, R>(
    cx: &mut Cx<'_>,
    operands: [Value; N],
    body: impl for<'t> FnOnce(&mut Cx<'t>, [Handle<'t>; N]) -> Result<R, Raised>,
) -> Result<R, Raised> {
    cx.scoped(|cx| {
        // SAFETY: the operands were read from registers just now.
        let handles = operands.map(|value| unsafe { root(cx, value) });
        body(cx, handles)
    })
}
