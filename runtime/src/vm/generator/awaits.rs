//! What `yield from`, `await`, `async for` and `async with` iterate over.

use crate::object::raise::{type_error, Raised};
use crate::object::{call, class, iter, names, shapes};
use crate::vm::run::has_shape;
use crate::vm::step::{release, retain, step};
use taipan_gc::{Cx, Value};

/// The iterator for `yield from`.
pub(in crate::vm) fn yield_from_iter(cx: &mut Cx<'_>, value: Value) -> Result<Value, Raised> {
    if has_shape(value, shapes::GENERATOR) {
        retain(cx, value);
        return Ok(value);
    }
    if let Some(made) = super::iterator_of(cx, value) {
        return Ok(made);
    }
    step(cx, [value], |cx, [value]| iter::iter(cx, value))
}

/// The iterator for `await`.
pub(in crate::vm) fn awaitable(cx: &mut Cx<'_>, value: Value, place: usize) -> Result<Value, Raised> {
    if has_shape(value, shapes::GENERATOR) && super::of(cx, value).flavour.get() == 1 {
        retain(cx, value);
        return Ok(value);
    }
    step(cx, [value], |cx, [value]| match call::call_special(cx, value, names::AWAIT, &[])? {
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
