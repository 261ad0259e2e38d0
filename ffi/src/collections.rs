//! Lists, tuples, dicts and sets, whole.

use crate::abi::*;
use crate::context::Context;
use crate::fail::fault;
use taipan::object::layout::Dict;
use taipan::object::raise::Raised;
use taipan::object::{class, dict, list, set, tuple};
use taipan_gc::{Cx, Handle};

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_list(ctx: *mut Context, count: i64, items: *const Val) -> Val {
    Context::value(ctx, false, |ctx, cx| {
        let items = ctx.resolve_all(cx, count, items)?;
        Ok(list::new(cx, &items)?.any())
    })
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_tuple(ctx: *mut Context, count: i64, items: *const Val) -> Val {
    Context::value(ctx, false, |ctx, cx| {
        let items = ctx.resolve_all(cx, count, items)?;
        Ok(tuple::new(cx, &items)?.any())
    })
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_dict(ctx: *mut Context, count: i64, pairs: *const Val) -> Val {
    Context::value(ctx, true, |ctx, cx| {
        let Some(twice) = count.checked_mul(2) else { return fault(E_ARG, "a count out of range") };
        let items = ctx.resolve_all(cx, twice, pairs)?;
        let made = dict::new(cx)?;
        for pair in items.chunks_exact(2) {
            cx.scoped(|cx| dict::set(cx, made, pair[0], pair[1]))?;
        }
        Ok(made.any())
    })
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_set(ctx: *mut Context, count: i64, items: *const Val) -> Val {
    // SAFETY: as the header says.
    unsafe { set_of(ctx, count, items, set::new) }
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_frozenset(ctx: *mut Context, count: i64, items: *const Val) -> Val {
    // SAFETY: as the header says.
    unsafe { set_of(ctx, count, items, set::new_frozen) }
}

/// Fills a set that is made by `make`.
///
/// # Safety
/// `items` is NULL or has `count` of them.
unsafe fn set_of(
    ctx: *mut Context,
    count: i64,
    items: *const Val,
    make: impl for<'t> Fn(&mut Cx<'t>) -> Result<Handle<'t, Dict>, Raised>,
) -> Val {
    Context::value(ctx, true, |ctx, cx| {
        let items = ctx.resolve_all(cx, count, items)?;
        let made = make(cx)?;
        for item in items {
            cx.scoped(|cx| set::add(cx, made, item))?;
        }
        Ok(made.any())
    })
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_append(ctx: *mut Context, target: Val, item: Val) -> Status {
    Context::status(ctx, false, |ctx, cx| {
        let (target, item) = (ctx.resolve(cx, target)?, ctx.resolve(cx, item)?);
        let Some(target) = list::of_handle(cx, target) else {
            return fault(E_TYPE, format!("expected list, not '{}'", class::type_name(cx, target.get(cx))));
        };
        Ok(list::append(cx, target, item)?)
    })
}
