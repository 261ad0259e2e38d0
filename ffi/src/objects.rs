//! Identity, attributes, items, iteration.

use crate::abi::*;
use crate::context::Context;
use crate::fail::{fault, Fault};
use crate::refs::absent;
use taipan::object::{attr, classes, iter, raise, subscript};
use taipan_gc::{Cx, Local};

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_is(ctx: *mut Context, a: Val, b: Val) -> i32 {
    Context::number(ctx, false, |ctx, cx| {
        let (a, b) = (ctx.resolve(cx, a)?, ctx.resolve(cx, b)?);
        Ok(a.get(cx).is(b.get(cx)).into())
    }) as i32
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_id(ctx: *mut Context, value: Val) -> u64 {
    let mut id = 0;
    Context::status(ctx, false, |ctx, cx| {
        let value = ctx.resolve(cx, value)?;
        id = cx.id(value.get(cx))?;
        Ok(())
    });
    id
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_getattr(ctx: *mut Context, object: Val, name: Name) -> Val {
    Context::value(ctx, true, |ctx, cx| {
        let (object, name) = (ctx.resolve(cx, object)?, ctx.name(name)?);
        Ok(attr::get(cx, object, name)?)
    })
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_getattr_opt(ctx: *mut Context, object: Val, name: Name) -> Val {
    Context::value(ctx, true, |ctx, cx| {
        let (object, name) = (ctx.resolve(cx, object)?, ctx.name(name)?);
        Ok(match attr::get_opt(cx, object, name)? {
            Some(value) => value,
            None => absent(cx),
        })
    })
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_setattr(ctx: *mut Context, object: Val, name: Name, value: Val) -> Status {
    Context::status(ctx, true, |ctx, cx| {
        let (object, name) = (ctx.resolve(cx, object)?, ctx.name(name)?);
        let value = ctx.resolve(cx, value)?;
        Ok(attr::set(cx, object, name, value)?)
    })
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_delattr(ctx: *mut Context, object: Val, name: Name) -> Status {
    Context::status(ctx, true, |ctx, cx| {
        let (object, name) = (ctx.resolve(cx, object)?, ctx.name(name)?);
        Ok(attr::delete(cx, object, name)?)
    })
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_getitem(ctx: *mut Context, object: Val, key: Val) -> Val {
    Context::value(ctx, true, |ctx, cx| {
        let (object, key) = (ctx.resolve(cx, object)?, ctx.resolve(cx, key)?);
        Ok(subscript::get(cx, object, key)?)
    })
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_getitem_opt(ctx: *mut Context, object: Val, key: Val) -> Val {
    Context::value(ctx, true, |ctx, cx| {
        let (object, key) = (ctx.resolve(cx, object)?, ctx.resolve(cx, key)?);
        match subscript::get(cx, object, key) {
            Ok(value) => Ok(value),
            Err(raised) => {
                raise::catch(cx, raised, classes::LOOKUP_ERROR)?;
                Ok(absent(cx))
            }
        }
    })
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_setitem(ctx: *mut Context, object: Val, key: Val, value: Val) -> Status {
    Context::status(ctx, true, |ctx, cx| {
        let (object, key) = (ctx.resolve(cx, object)?, ctx.resolve(cx, key)?);
        let value = ctx.resolve(cx, value)?;
        Ok(subscript::set(cx, object, key, value)?)
    })
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_delitem(ctx: *mut Context, object: Val, key: Val) -> Status {
    Context::status(ctx, true, |ctx, cx| {
        let (object, key) = (ctx.resolve(cx, object)?, ctx.resolve(cx, key)?);
        Ok(subscript::delete(cx, object, key)?)
    })
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_contains(ctx: *mut Context, container: Val, item: Val) -> i32 {
    Context::number(ctx, true, |ctx, cx| {
        let (container, item) = (ctx.resolve(cx, container)?, ctx.resolve(cx, item)?);
        Ok(subscript::contains(cx, container, item)?.into())
    }) as i32
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_len(ctx: *mut Context, object: Val) -> i64 {
    Context::number(ctx, true, |ctx, cx| {
        let object = ctx.resolve(cx, object)?;
        Ok(i64::try_from(subscript::len(cx, object)?).unwrap_or(i64::MAX))
    })
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_isinstance(ctx: *mut Context, object: Val, class: Val) -> i32 {
    Context::number(ctx, true, |ctx, cx| {
        let (object, class) = (ctx.resolve(cx, object)?, ctx.resolve(cx, class)?);
        Ok(taipan::builtins::is_instance(cx, object, class)?.into())
    }) as i32
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_iter(ctx: *mut Context, object: Val) -> Val {
    Context::value(ctx, true, |ctx, cx| {
        let object = ctx.resolve(cx, object)?;
        Ok(iter::iter(cx, object)?)
    })
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_next(ctx: *mut Context, iterator: Val) -> Val {
    Context::value(ctx, true, |ctx, cx| {
        let iterator = ctx.resolve(cx, iterator)?;
        Ok(match iter::next(cx, iterator)? {
            Some(item) => item,
            None => absent(cx),
        })
    })
}

/// A value of this context as an exception class or instance; see `errors.rs`.
pub(crate) fn is_exception(cx: &Cx<'_>, value: Local<'_>) -> bool {
    taipan::object::class::is_instance(cx, value, classes::BASE_EXCEPTION)
}

/// The fault of a value that should have been an exception.
pub(crate) fn not_an_exception<T>(cx: &Cx<'_>, value: Local<'_>) -> Result<T, Fault> {
    let name = taipan::object::class::type_name(cx, value);
    fault(E_TYPE, format!("exceptions must derive from BaseException, not '{name}'"))
}
