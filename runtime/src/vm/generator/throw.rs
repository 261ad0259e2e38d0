//! Resuming from native code, throwing into generators, and delegations to what is no generator at rest.

use super::chain::{already_running, claim, enter, enter_as, receive, suspend_at};
use crate::bytecode::Op;
use crate::object::generator::{close, kind, take_result as result_of, CREATED, DONE, RUNNING};
use crate::object::layout::Generator;
use crate::object::raise::{self, raise, type_error, Raised};
use crate::object::{attr, call, class, classes, iter, names, shapes};
use crate::vm::calls::{set_top, slot, top, TO_NATIVE};
use crate::vm::frame::{is_counted, machine, Counted, Counting, Traced, ENTRY};
use crate::vm::hooks::run_any;
use crate::vm::run::{has_shape, run, Left, WIDTHS};
use crate::vm::step::{owned, release, root};
use crate::vm::unwind::unwind;
use taipan_gc::{Cx, Handle, Value};

/// How a delegation went on; values are owned.
pub(in crate::vm) enum Step {
    /// The inner iterator yielded.
    Yielded(Value),
    /// It returned.
    Returned(Value),
}

/// Resumes a generator with a value, or with an exception to raise. `None`: it returned, and its `inner` slot holds what.
pub(in crate::vm) fn resume<'s>(
    cx: &mut Cx<'s>,
    generator: Handle<'s, Generator>,
    value: Handle<'s>,
    throw: bool,
) -> Result<Option<Handle<'s>>, Raised> {
    let (state, raw) = (generator.get(cx).state.get(), generator.get(cx).value());
    match state {
        RUNNING => return Err(already_running(cx, raw)),
        DONE if throw => return Err(raise::raise_object(cx, value)),
        DONE if generator.get(cx).flavour.get() == 1 => {
            return Err(raise(cx, classes::RUNTIME_ERROR, "cannot reuse already awaited coroutine"));
        }
        DONE => {
            generator.get(cx).put(cx, Generator::inner, None);
            return Ok(None);
        }
        CREATED if throw => {
            generator.get(cx).state.set(DONE);
            generator.get(cx).put(cx, Generator::registers, None);
            return Err(raise::raise_object(cx, value));
        }
        CREATED if !value.get(cx).value().is_none() => {
            let what = kind(generator.get(cx));
            return Err(type_error(cx, format!("can't send non-None value to a just-started {what}")));
        }
        _ => claim(cx, raw)?,
    }
    call::enter_native(cx, |cx| {
        if is_counted(cx) {
            resume_at_rest::<Counted>(cx, generator, value, throw)
        } else {
            resume_at_rest::<Traced>(cx, generator, value, throw)
        }
    })
}

fn resume_at_rest<'s, D: Counting>(
    cx: &mut Cx<'s>,
    generator: Handle<'s, Generator>,
    value: Handle<'s>,
    throw: bool,
) -> Result<Option<Handle<'s>>, Raised> {
    let before = top(cx);
    let raw = generator.get(cx).value();
    let left = if throw {
        // Whatever it delegates to gets the exception by way of it.
        // SAFETY: the handle roots it.
        unsafe { enter_as::<D>(cx, raw, raw, TO_NATIVE, ENTRY)? };
        throw_into(cx, value)
    } else {
        // SAFETY: as above.
        unsafe { enter::<D>(cx, raw, TO_NATIVE, ENTRY)? };
        let sent = value.get(cx).value();
        receive::<D>(cx, sent);
        cx.drain();
        run::<D>(cx)
    };
    set_top(cx, before);
    let (value, returned) = match left? {
        Left::Yielded(value) => (value, false),
        Left::Returned(value) => (value, true),
    };
    // SAFETY: owned.
    let handle = unsafe { root(cx, value) };
    release(cx, value);
    if !returned {
        return Ok(Some(handle));
    }
    generator.get(cx).put(cx, Generator::inner, Some(handle.get(cx)));
    Ok(None)
}

/// Raises an exception at the yield where the innermost frame rests; an inner iterator that it delegates to gets it first.
fn throw_into(cx: &mut Cx<'_>, exception: Handle<'_>) -> Result<Left, Raised> {
    let Some(frame) = machine(cx).innermost() else { return Err(raise::pending()) };
    let (base, index) = (frame.base, frame.index());
    // SAFETY: a frame's `pc` is at an instruction of its code.
    let word = crate::bytecode::Instr(unsafe { *frame.pc });
    let mut outcome = Err(());
    if word.op() == Op::Delegate as u8 {
        // SAFETY: a register of the frame.
        let inner = unsafe { *slot(cx, base + word.b()) };
        outcome = throw_inner(cx, inner, exception).map_err(|_| ());
        match outcome {
            Ok(Some(Step::Yielded(value))) => {
                // SAFETY: as above; the step may have moved it.
                let inner = unsafe { *slot(cx, base + word.b()) };
                let inner = if has_shape(inner, shapes::GENERATOR) { inner } else { Value::HOLE };
                if let Some(value) = suspend_any(cx, value, word.c() as u8, inner) {
                    return Ok(Left::Yielded(value));
                }
            }
            Ok(Some(Step::Returned(value))) => {
                let at = slot(cx, base + word.a());
                // SAFETY: a register of the frame.
                let old = unsafe { std::ptr::replace(at, value) };
                release(cx, old);
                if let Some(frame) = machine(cx).innermost() {
                    frame.go_to(index + WIDTHS[Op::Delegate as usize] as u32);
                }
                return run_any(cx);
            }
            Ok(None) => outcome = Err(()),
            Err(()) => {
                unwind(cx, true)?;
                return run_any(cx);
            }
        }
    } else if index > 0 {
        // `lay_out` went past the yield; the exception is raised at it.
        if let Some(frame) = machine(cx).innermost() {
            frame.go_to(index - WIDTHS[Op::Yield as usize] as u32);
        }
    }
    debug_assert!(outcome.is_err());
    raise::set_pending(cx, exception.get(cx));
    unwind(cx, true)?;
    run_any(cx)
}

fn suspend_any(cx: &mut Cx<'_>, value: Value, receiver: u8, inner: Value) -> Option<Value> {
    if is_counted(cx) {
        suspend_at::<Counted>(cx, value, receiver, inner)
    } else {
        suspend_at::<Traced>(cx, value, receiver, inner)
    }
}

/// Throws into an inner iterator. `None`: it takes no exceptions.
fn throw_inner(cx: &mut Cx<'_>, inner: Value, exception: Handle<'_>) -> Result<Option<Step>, Raised> {
    cx.scoped(|cx| {
        // SAFETY: a register's value.
        let inner = unsafe { root(cx, inner) };
        let exception = cx.root(exception.get(cx));
        let exit = class::is_instance(cx, exception.get(cx), classes::GENERATOR_EXIT);
        if inner.get(cx).shape() == Some(shapes::GENERATOR) {
            // SAFETY: the shape says so.
            let generator: Handle<'_, Generator> = unsafe { inner.cast() };
            if exit {
                // It gets one of its own, and is done with it before this one goes on.
                close(cx, generator)?;
                return Ok(None);
            }
            return match resume(cx, generator, exception, true)? {
                Some(value) => Ok(Some(Step::Yielded(owned(cx, value)))),
                None => Ok(Some(Step::Returned(take_result(cx, generator)))),
            };
        }
        let name = if exit { names::CLOSE } else { names::THROW };
        let Some(method) = attr::get_opt(cx, inner, name)? else { return Ok(None) };
        if exit {
            call::call(cx, method, &[])?;
            return Ok(None);
        }
        match call::call(cx, method, &[exception]) {
            Ok(value) => Ok(Some(Step::Yielded(owned(cx, value)))),
            Err(raised) => stop_value(cx, raised).map(|value| Some(Step::Returned(value))),
        }
    })
}

/// What a generator returned that is done, owned.
fn take_result(cx: &Cx<'_>, generator: Handle<'_, Generator>) -> Value {
    result_of(cx, generator).map_or(Value::NONE, |result| owned(cx, result))
}

/// The value of a StopIteration that is pending; hands other exceptions on. Owned.
fn stop_value(cx: &mut Cx<'_>, raised: Raised) -> Result<Value, Raised> {
    if !raise::pending_is(cx, classes::STOP_ITERATION) {
        return Err(raised);
    }
    cx.scoped(|cx| {
        let exception = raise::take(cx);
        let value = raise::stop_value(cx, exception);
        Ok(owned(cx, value))
    })
}

/// `yield from` and `await`: one step of the inner iterator, unless [`enter_delegate`](super::enter_delegate) can push its frame.
pub(in crate::vm) fn delegate(cx: &mut Cx<'_>, inner: Value, sent: Value) -> Result<Step, Raised> {
    cx.scoped(|cx| {
        // SAFETY: registers' values.
        let (inner, sent) = unsafe { (root(cx, inner), root(cx, sent)) };
        if inner.get(cx).shape() == Some(shapes::GENERATOR) {
            // SAFETY: the shape says so.
            let generator: Handle<'_, Generator> = unsafe { inner.cast() };
            return match resume(cx, generator, sent, false)? {
                Some(value) => Ok(Step::Yielded(owned(cx, value))),
                None => Ok(Step::Returned(take_result(cx, generator))),
            };
        }
        let stepped = if !sent.get(cx).value().is_none() {
            call::call_method(cx, inner, names::SEND, &[sent]).map(Some)
        } else if class::lookup(cx, class::of(cx, inner.get(cx)), names::NEXT)
            .is_some_and(|n| n.shape() == Some(shapes::FUNCTION))
        {
            call::call_special(cx, inner, names::NEXT, &[])
        } else {
            iter::next(cx, inner)
        };
        match stepped {
            Ok(Some(value)) => Ok(Step::Yielded(owned(cx, value))),
            Ok(None) => Ok(Step::Returned(Value::NONE)),
            Err(raised) => stop_value(cx, raised).map(Step::Returned),
        }
    })
}

/// PEP 479: a pending StopIteration that leaves a generator becomes a RuntimeError. `what` is what messages call it.
pub(in crate::vm) fn no_stop_iteration(cx: &mut Cx<'_>, what: &str) {
    if !raise::pending_is(cx, classes::STOP_ITERATION) {
        return;
    }
    cx.scoped(|cx| {
        let stop = raise::take(cx);
        let _ = raise(cx, classes::RUNTIME_ERROR, format!("{what} raised StopIteration"));
        let error = raise::take(cx);
        raise::set_cause(cx, error, Some(stop));
        crate::object::instance::put_word(cx, error.get(cx), raise::CONTEXT_WORD, stop.get(cx));
        raise::set_pending(cx, error.get(cx));
    });
}
