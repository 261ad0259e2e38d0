//! Records: instances of the classes that library modules define natively (`array`, `deque`, `Random`, `partial`, …).
//!
//! All have one layout, [`Record`]: three references and three numbers. What they mean is said where the class's methods are. Classes
//! written in Python may derive from such a class; what they have of their own follows the record.

use super::classes::{ClassId, KIND_RECORD};
use super::layout::{Array, Class, Record};
use super::raise::Raised;
use super::tuple::{alloc_values, array_put, array_values};
use super::{class, classes, instance, retrying, shapes};
use taipan_gc::{Cx, Handle, Local, Value};

/// The value as a record of a class or of one that derives from it.
#[inline]
pub fn of<'s>(cx: &Cx<'_>, value: Handle<'s>, id: ClassId) -> Option<Handle<'s, Record>> {
    let local = value.get(cx);
    local.shape().filter(|s| s.0 >= taipan_gc::STATIC_SHAPES)?;
    let class = class::of(cx, local);
    let fits = class.kind.get() == KIND_RECORD && class::is_subclass(cx, class, classes::local(cx, id));
    // SAFETY: instances of this kind start with a record.
    fits.then(|| unsafe { value.cast() })
}

/// A new record of a class of that kind: all empty, all zero.
///
/// # Panics
/// When instances of the class are no records.
pub fn new<'s>(cx: &mut Cx<'s>, class: Handle<'_, Class>) -> Result<Handle<'s, Record>, Raised> {
    assert_eq!(class.get(cx).kind.get(), KIND_RECORD, "no class of records");
    let made = instance::new(cx, class)?;
    // SAFETY: instances of this kind start with a record.
    Ok(unsafe { made.cast() })
}

/// Storage for so many values, all holes; programs never see it.
pub fn new_array<'s>(cx: &mut Cx<'s>, len: usize) -> Result<Handle<'s, Array>, Raised> {
    retrying(cx, |cx| alloc_values(cx, shapes::ARRAY, len, |_| Value::HOLE))
}

/// A value of storage; `None` for a hole.
#[inline]
pub fn array_get<'a>(array: Local<'a, Array>, at: usize) -> Option<Local<'a>> {
    let value = array_values(array)[at];
    // SAFETY: values of live storage are live.
    unsafe { Local::from_slot(value) }
}

/// Stores a value, or a hole, in storage.
///
/// # Panics
/// When `at` is out of range.
#[inline]
pub fn array_set(cx: &Cx<'_>, array: Local<'_, Array>, at: usize, value: Option<Local<'_>>) {
    assert!(at < array.len.get() as usize, "out of range");
    array_put(cx, array, at, value.map_or(Value::HOLE, |v| v.value()));
}

/// The value as storage, if it is some.
pub fn storage_of<'s>(cx: &Cx<'_>, value: Handle<'s>) -> Option<Handle<'s, Array>> {
    // SAFETY: the shape says so.
    (value.get(cx).shape() == Some(shapes::ARRAY)).then(|| unsafe { value.cast() })
}

/// The storage in the first slot of a record that keeps some there.
///
/// # Panics
/// When it holds anything else.
#[inline]
pub fn storage<'a>(cx: &'a Cx<'_>, record: Local<'a, Record>) -> Option<Local<'a, Array>> {
    let held = record.a.get(cx)?;
    assert_eq!(held.shape(), Some(shapes::ARRAY), "no storage");
    // SAFETY: the shape says so.
    Some(unsafe { Local::from_value(held.value()) })
}
