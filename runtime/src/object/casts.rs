//! Handles to values of a known layout, checked: what `Handle::downcast` can't tell because several shapes share a layout or because
//! classes derive from a builtin one.

use super::classes::KIND_PROPERTY;
use super::layout::{Code, Generator, Native, Property, Wrapper};
use super::{class, shapes};
use taipan_gc::{Cx, Handle, Local, Value};

/// The value as a property, subclasses included.
pub fn property<'s>(cx: &Cx<'_>, value: Handle<'s>) -> Option<Handle<'s, Property>> {
    let local = value.get(cx);
    let is = local.shape() == Some(shapes::PROPERTY) || class::kind_of(cx, local) == KIND_PROPERTY;
    // SAFETY: properties and instances of subclasses start with a `Property`.
    is.then(|| unsafe { value.cast() })
}

/// What a static method, class method or mapping proxy wraps.
pub fn wrapped<'a>(cx: &'a Cx<'_>, value: Local<'a>) -> Option<Local<'a>> {
    match value.shape() {
        Some(shapes::STATIC_METHOD | shapes::CLASS_METHOD | shapes::MAPPING_PROXY) => {
            // SAFETY: objects of these shapes are wrappers.
            let wrapper: Local<'a, Wrapper> = unsafe { Local::from_value(value.value()) };
            wrapper.wrapped.get(cx)
        }
        _ => None,
    }
}

/// The value as a native.
pub fn native<'a>(value: Local<'a>) -> Option<Local<'a, Native>> {
    // SAFETY: the shape says so.
    (value.shape() == Some(shapes::NATIVE)).then(|| unsafe { Local::from_value(value.value()) })
}

/// The value as a generator, coroutine or asynchronous generator.
pub fn generator<'s>(cx: &Cx<'_>, value: Handle<'s>) -> Option<Handle<'s, Generator>> {
    // SAFETY: the shape says so.
    (value.get(cx).shape() == Some(shapes::GENERATOR)).then(|| unsafe { value.cast() })
}

/// The constants of a code object, rooted.
pub fn constants<'s>(cx: &Cx<'s>, code: Handle<'_, Code>) -> Vec<Handle<'s>> {
    let values: Vec<Value> = code.get(cx).data.constants.iter().map(|c| c.get()).collect();
    // SAFETY: constants of a live code object are live.
    values.into_iter().map(|v| cx.root(unsafe { Local::<taipan_gc::Any>::from_value(v) })).collect()
}
