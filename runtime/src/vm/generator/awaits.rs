//! What `yield from`, `await`, `async for` and `async with` iterate over.

use crate::object::layout::Generator;
use crate::object::raise::{type_error, Raised};
use crate::object::{call, class, iter, names, shapes};
use crate::vm::step::{release, step};
use taipan_gc::{Cx, Handle, Value};

/// The iterator for `yield from`.
pub(in crate::vm) fn yield_from_iter(cx: &mut Cx<'_>, value: Value) -> Result<Value, Raised> {
    step(cx, [value], |cx, [value]| {
        if value.get(cx).shape() == Some(shapes::GENERATOR) {
            return Ok(value);
        }
        iter::iter(cx, value)
    })
}

/// The iterator for `await`.
pub(in crate::vm) fn awaitable(cx: &mut Cx<'_>, value: Value, place: usize) -> Result<Value, Raised> {
    step(cx, [value], |cx, [value]| {
        if value.get(cx).shape() == Some(shapes::GENERATOR) {
            // SAFETY: the shape says so.
            let generator: Handle<'_, Generator> = unsafe { value.cast() };
            if generator.get(cx).flavour.get() == 1 {
                return Ok(value);
            }
        }
        match call::call_special(cx, value, names::AWAIT, &[])? {
            Some(found) => Ok(found),
            None => {
                let given = class::type_name(cx, value.get(cx));
                let message = match place {
                    1 => format!("'async with' received an object from __aenter__ that does not implement __await__: {given}"),
                    2 => format!("'async with' received an object from __aexit__ that does not implement __await__: {given}"),
                    _ => format!("object {given} can't be used in 'await' expression"),
                };
                Err(type_error(cx, message))
            }
        }
    })
}

/// `x.__aiter__()`
pub(in crate::vm) fn async_iter(cx: &mut Cx<'_>, value: Value) -> Result<Value, Raised> {
    step(cx, [value], |cx, [value]| match call::call_special(cx, value, names::AITER, &[])? {
        Some(found) => Ok(found),
        None => {
            let given = class::type_name(cx, value.get(cx));
            let message = format!("'async for' requires an object with __aiter__ method, got {given}");
            Err(type_error(cx, message))
        }
    })
}

/// The awaitable of `x.__anext__()`
pub(in crate::vm) fn async_next(cx: &mut Cx<'_>, value: Value) -> Result<Value, Raised> {
    let next = step(cx, [value], |cx, [value]| match call::call_special(cx, value, names::ANEXT, &[])? {
        Some(found) => Ok(found),
        None => {
            let given = class::type_name(cx, value.get(cx));
            let message = format!("'async for' requires an iterator with __anext__ method, got {given}");
            Err(type_error(cx, message))
        }
    })?;
    let result = awaitable(cx, next, 0);
    release(cx, next);
    result
}
