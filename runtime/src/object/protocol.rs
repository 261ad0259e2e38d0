//! Special methods: which of them come before the builtin behaviour.
//!
//! The operations of this room know how the core classes behave and don't look their methods up. A class that derives from one
//! may override a method; what counts is what its class look-up finds, unless that is a native of a core class again.

use super::layout::Class;
use super::limits::tick;
use super::names::NameId;
use super::raise::{raise, Raised};
use super::{casts, class, classes, rt, shape_of, shapes};
use taipan_gc::{Cx, Local, STATIC_SHAPES};

/// The special method that an object's class has of its own: written in Python, or native but not of a core class. It may be None.
#[inline]
pub(crate) fn own_method<'a>(cx: &'a Cx<'_>, value: Local<'a>, name: NameId) -> Option<Local<'a>> {
    if is_static(value) {
        return None;
    }
    let found = class::lookup(cx, class::of(cx, value), name)?;
    (!is_core(cx, found)).then_some(found)
}

/// Whether the value's class can't have methods of its own: immediates, exact builtins.
#[inline(always)]
pub(crate) fn is_static(value: Local<'_>) -> bool {
    shape_of(value).0 < STATIC_SHAPES
}

/// Whether this is a native that belongs to a class of the core.
pub(crate) fn is_core(cx: &Cx<'_>, found: Local<'_>) -> bool {
    let Some(native) = casts::native(found) else { return false };
    let Some(owner) = native.owner.get(cx) else { return false };
    if owner.shape() != Some(shapes::CLASS) {
        return false;
    }
    // SAFETY: the shape says so.
    let owner: Local<'_, Class> = unsafe { Local::from_value(owner.value()) };
    (owner.id.get() as usize) < classes::CORE
}

/// Whether a result is NotImplemented.
#[inline]
pub(crate) fn is_not_implemented(value: Local<'_>) -> bool {
    value.shape() == Some(shapes::NOT_IMPLEMENTED)
}

/// Runs native code that recurses through nested objects; RecursionError beyond the limit of native calls.
pub(crate) fn nested<'s, R>(
    cx: &mut Cx<'s>,
    doing: &str,
    body: impl FnOnce(&mut Cx<'s>) -> Result<R, Raised>,
) -> Result<R, Raised> {
    let runtime = rt(cx);
    let depth = runtime.native_depth.get();
    if depth >= runtime.native_limit.get() {
        let message = format!("maximum recursion depth exceeded{doing}");
        return Err(raise(cx, classes::RECURSION_ERROR, message));
    }
    // Nested objects that share parts may take time without end.
    tick(cx)?;
    rt(cx).native_depth.set(depth + 1);
    let result = body(cx);
    rt(cx).native_depth.set(depth);
    result
}
