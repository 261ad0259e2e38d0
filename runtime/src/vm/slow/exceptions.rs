//! Raising and handling.

use crate::object::raise::{self as object_raise, type_error, Raised};
use crate::object::{call, class, classes, root, root_handle, tuple, Root};
use crate::vm::step::{owned, retain, step_plain};
use taipan_gc::{Cx, Handle, Local, Value};

/// The pending exception becomes the handled one: it, and the one handled before, both owned.
pub(in crate::vm) fn push_exc(cx: &mut Cx<'_>) -> (Value, Value) {
    cx.scoped(|cx| {
        let caught = object_raise::take(cx);
        let before = root(cx, Root::Handled).value();
        let before = if before.is_hole() { Value::NONE } else { before };
        retain(cx, before);
        root_handle(cx, Root::Handled).set(cx, caught.get(cx));
        (owned(cx, caught), before)
    })
}

/// The exception handled before is the handled one again.
pub(in crate::vm) fn pop_exc(cx: &mut Cx<'_>, before: Value) {
    // SAFETY: a register's value.
    let before: Local<'_> = unsafe { Local::from_value(before) };
    root_handle(cx, Root::Handled).set(cx, before);
}

/// Whether the exception matches a class or tuple of classes.
pub(in crate::vm) fn exc_match(cx: &mut Cx<'_>, exception: Value, pattern: Value) -> Result<bool, Raised> {
    step_plain(cx, [exception, pattern], |cx, [exception, pattern]| {
        let candidates = match tuple::of_handle(cx, pattern) {
            Some(tuple) => tuple::handles(cx, tuple)?,
            None => vec![pattern],
        };
        for &candidate in &candidates {
            let valid = class::as_class(cx, candidate.get(cx))
                .is_some_and(|c| class::is_subclass(cx, c, classes::local(cx, classes::BASE_EXCEPTION)));
            if !valid {
                return Err(type_error(
                    cx,
                    "catching classes that do not inherit from BaseException is not allowed",
                ));
            }
        }
        let class = class::of(cx, exception.get(cx));
        Ok(candidates
            .iter()
            .filter_map(|c| class::as_class(cx, c.get(cx)))
            .any(|c| class::is_subclass(cx, class, c)))
    })
}

/// `raise exception [from cause]`
pub(in crate::vm) fn raise(cx: &mut Cx<'_>, exception: Value, cause: Option<Value>) {
    let _ = step_plain(cx, [exception, cause.unwrap_or(Value::NONE)], |cx, [exception, cause_handle]| {
        let exception = instantiate(cx, exception, "exceptions must derive from BaseException")?;
        if cause.is_some() {
            let none = cause_handle.get(cx).value().is_none();
            let cause = if none {
                None
            } else {
                Some(instantiate(cx, cause_handle, "exception causes must derive from BaseException")?)
            };
            object_raise::set_cause(cx, exception, cause);
        }
        object_raise::chain_context(cx, exception.get(cx));
        object_raise::set_pending(cx, exception.get(cx));
        Ok(())
    });
}

/// An exception from an exception or a class of exceptions.
fn instantiate<'s>(cx: &mut Cx<'s>, value: Handle<'s>, otherwise: &str) -> Result<Handle<'s>, Raised> {
    let base = classes::local(cx, classes::BASE_EXCEPTION);
    if class::is_subclass(cx, class::of(cx, value.get(cx)), base) {
        return Ok(value);
    }
    if class::as_class(cx, value.get(cx)).is_some_and(|c| class::is_subclass(cx, c, base)) {
        let made = call::call(cx, value, &[])?;
        if class::is_instance(cx, made.get(cx), classes::BASE_EXCEPTION) {
            return Ok(made);
        }
        let (class, given) = (class_text(cx, value), class::type_name(cx, made.get(cx)));
        let message = format!(
            "calling {class} should have returned an instance of BaseException, not <class '{given}'>"
        );
        return Err(type_error(cx, message));
    }
    Err(type_error(cx, otherwise))
}

fn class_text(cx: &Cx<'_>, class: Handle<'_>) -> String {
    class::as_class(cx, class.get(cx))
        .map(|c| format!("<class '{}'>", class::name(cx, c)))
        .unwrap_or_default()
}

/// Makes an exception that has been handled pending again.
pub(in crate::vm) fn reraise(cx: &mut Cx<'_>, exception: Value) {
    // SAFETY: a register's value.
    let exception: Local<'_> = unsafe { Local::from_value(exception) };
    object_raise::set_pending(cx, exception);
}

/// `raise` alone; whether there was an exception to raise again.
pub(in crate::vm) fn raise_current(cx: &mut Cx<'_>) -> bool {
    let handled = root(cx, Root::Handled);
    if handled.value().is_ref() {
        object_raise::set_pending(cx, handled);
        true
    } else {
        let _ = object_raise::raise(cx, classes::RUNTIME_ERROR, "No active exception to reraise");
        false
    }
}

/// Type, value and traceback of an exception, borrowed.
pub(in crate::vm) fn exc_parts(cx: &Cx<'_>, exception: Value) -> [Value; 3] {
    // SAFETY: a register's value.
    let exception: Local<'_> = unsafe { Local::from_value(exception) };
    let traceback = object_raise::exception(cx, exception).and_then(|e| e.traceback.get(cx));
    let traceback = traceback.map(|t| t.value()).filter(|t| t.is_ref()).unwrap_or(Value::NONE);
    [class::of(cx, exception).value(), exception.value(), traceback]
}

/// The class AssertionError, borrowed.
pub(in crate::vm) fn assertion_error(cx: &Cx<'_>) -> Value {
    classes::local(cx, classes::ASSERTION_ERROR).value()
}

/// Whether the exception is a StopAsyncIteration.
pub(in crate::vm) fn is_stop_async_iteration(cx: &Cx<'_>, exception: Value) -> bool {
    // SAFETY: a register's value.
    let exception: Local<'_> = unsafe { Local::from_value(exception) };
    class::is_instance(cx, exception, classes::STOP_ASYNC_ITERATION)
}
