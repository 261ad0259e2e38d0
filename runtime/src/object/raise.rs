//! Raising: [`Raised`] says that an exception waits in the root `Pending`.

use super::classes::{self, ClassId};
use super::layout::{Class, Exception};
use super::{class, instance, none, root, root_handle, str, tuple, Root};
use taipan_gc::{Cx, Handle, HeapFull, Local};

/// An exception is pending. Whoever gets this hands it on, or takes the exception with [`take`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[must_use = "an exception is pending"]
pub struct Raised(());

impl From<HeapFull> for Raised {
    fn from(_: HeapFull) -> Raised {
        // A pending hole means MemoryError: nothing can be allocated now.
        Raised(())
    }
}

/// Raises an exception of a builtin class with a message.
#[cold]
pub fn raise(cx: &mut Cx<'_>, id: ClassId, message: impl AsRef<str>) -> Raised {
    let made = cx.scoped(|cx| {
        let text = str::new(cx, message.as_ref())?;
        let class = classes::handle(cx, id);
        let exception = new_exception(cx, class, &[text.any()])?;
        set_pending(cx, exception.get(cx));
        Ok(Raised(()))
    });
    match made {
        Ok(raised) | Err(raised) => raised,
    }
}

/// `TypeError`
#[cold]
pub fn type_error(cx: &mut Cx<'_>, message: impl AsRef<str>) -> Raised {
    raise(cx, classes::TYPE_ERROR, message)
}

/// `ValueError`
#[cold]
pub fn value_error(cx: &mut Cx<'_>, message: impl AsRef<str>) -> Raised {
    raise(cx, classes::VALUE_ERROR, message)
}

/// Raises an exception of a builtin class with these arguments (`KeyError(key)`, `StopIteration(value)`).
#[cold]
pub fn raise_with(cx: &mut Cx<'_>, id: ClassId, arguments: &[Handle<'_>]) -> Raised {
    let class = classes::handle(cx, id);
    match new_exception(cx, class, arguments) {
        Ok(exception) => raise_object(cx, exception),
        Err(raised) => raised,
    }
}

/// Makes an exception without calling `__init__` of classes written in Python.
pub fn new_exception<'s>(
    cx: &mut Cx<'s>,
    class: Handle<'_, Class>,
    arguments: &[Handle<'_>],
) -> Result<Handle<'s>, Raised> {
    let arguments = tuple::new(cx, arguments)?;
    let exception = instance::new(cx, class)?;
    let object = exception.get(cx);
    instance::put_word(cx, object, ARGS_WORD, arguments.get(cx).any());
    Ok(exception)
}

/// Word of the `args` slot in every exception.
pub const ARGS_WORD: usize = 1;
/// Word of the `__traceback__` slot in every exception.
pub const TRACEBACK_WORD: usize = 2;
/// Word of the `__context__` slot in every exception.
pub const CONTEXT_WORD: usize = 3;
/// Word of the `__cause__` slot in every exception.
pub const CAUSE_WORD: usize = 4;

/// Makes `exception`, which is one, pending.
pub fn raise_object(cx: &Cx<'_>, exception: Handle<'_>) -> Raised {
    set_pending(cx, exception.get(cx));
    Raised(())
}

/// Says that the exception which [`set_pending`] stored is raised.
pub fn pending() -> Raised {
    Raised(())
}

/// Stores the pending exception.
pub fn set_pending(cx: &Cx<'_>, exception: Local<'_>) {
    root_handle(cx, Root::Pending).set(cx, exception);
}

/// Takes the pending exception; a MemoryError made beforehand when the heap was too full to make one.
pub fn take<'s>(cx: &Cx<'s>) -> Handle<'s> {
    let pending = root(cx, Root::Pending);
    let exception =
        if pending.value().is_ref() { cx.root(pending) } else { cx.root(root(cx, Root::MemoryError)) };
    clear(cx);
    exception
}

/// Whether this is the MemoryError made beforehand.
pub fn is_made_beforehand(cx: &Cx<'_>, exception: Local<'_>) -> bool {
    exception.is(root(cx, Root::MemoryError))
}

fn clear(cx: &Cx<'_>) {
    root_handle(cx, Root::Pending).set(cx, Local::NONE);
}

/// Whether the pending exception is an instance of a builtin class.
pub fn pending_is(cx: &Cx<'_>, id: ClassId) -> bool {
    let pending = root(cx, Root::Pending);
    let pending = if pending.value().is_ref() { pending } else { root(cx, Root::MemoryError) };
    class::is_subclass(cx, class::of(cx, pending), classes::local(cx, id))
}

/// Drops the pending exception if it is an instance of a builtin class; otherwise hands it on.
pub fn catch(cx: &Cx<'_>, raised: Raised, id: ClassId) -> Result<(), Raised> {
    if pending_is(cx, id) {
        clear(cx);
        Ok(())
    } else {
        Err(raised)
    }
}

/// The builtin part of an exception.
pub fn exception<'a>(cx: &Cx<'_>, object: Local<'a>) -> Option<Local<'a, Exception>> {
    (class::kind_of(cx, object) == classes::KIND_EXCEPTION)
        // SAFETY: instances of this kind start with an `Exception`.
        .then(|| unsafe { Local::from_value(object.value()) })
}

/// Sets the cause as `raise … from cause` does; `None` for `from None`.
pub fn set_cause(cx: &Cx<'_>, exception: Handle<'_>, cause: Option<Handle<'_>>) {
    let value = cause.map_or(Local::NONE, |c| c.get(cx));
    let object = exception.get(cx);
    instance::put_word(cx, object, CAUSE_WORD, value);
    if let Some(object) = self::exception(cx, object) {
        object.suppress_context.set(true);
    }
}

/// Sets `__context__` to the exception being handled, unless it is the same one; breaks cycles as CPython does.
pub fn chain_context(cx: &Cx<'_>, exception: Local<'_>) {
    let handled = root(cx, Root::Handled);
    // The one made beforehand is for all, and would keep what it refers to.
    if !handled.value().is_ref() || handled.is(exception) || is_made_beforehand(cx, exception) {
        return;
    }
    let mut at = handled;
    while let Some(link) = self::exception(cx, at).and_then(|e| e.context.get(cx)) {
        if !link.value().is_ref() {
            break;
        }
        if link.is(exception) {
            instance::put_word(cx, at, CONTEXT_WORD, Local::NONE);
            break;
        }
        at = link;
    }
    instance::put_word(cx, exception, CONTEXT_WORD, handled);
}

/// `StopIteration` with a value.
pub fn stop_iteration(cx: &mut Cx<'_>, value: Option<Handle<'_>>) -> Raised {
    match value {
        Some(value) if !value.get(cx).value().is_none() => raise_with(cx, classes::STOP_ITERATION, &[value]),
        _ => raise_with(cx, classes::STOP_ITERATION, &[]),
    }
}

/// The value of a StopIteration.
pub fn stop_value<'s>(cx: &Cx<'s>, exception: Handle<'_>) -> Handle<'s> {
    let arguments = self::exception(cx, exception.get(cx)).and_then(|e| e.args.get(cx));
    match arguments.and_then(|a| tuple::get(cx, a, 0)) {
        Some(value) => cx.root(value),
        None => none(cx),
    }
}

/// Raises the failure of a text or number operation.
#[cold]
pub fn text_error(cx: &mut Cx<'_>, error: crate::text::TextError) -> Raised {
    use crate::text::TextError;
    let (id, message) = match error {
        TextError::Value(message) => (classes::VALUE_ERROR, message),
        TextError::Type(message) => (classes::TYPE_ERROR, message),
        TextError::Overflow(message) => (classes::OVERFLOW_ERROR, message),
        TextError::ZeroDivision(message) => (classes::ZERO_DIVISION_ERROR, message),
        TextError::Lookup(message) => (classes::LOOKUP_ERROR, message),
        TextError::Memory => return raise_with(cx, classes::MEMORY_ERROR, &[]),
        TextError::Encode(error) => (classes::UNICODE_ENCODE_ERROR, error.reason.to_owned()),
        TextError::Decode(error) => (classes::UNICODE_DECODE_ERROR, error.reason.to_owned()),
    };
    raise(cx, id, message)
}
