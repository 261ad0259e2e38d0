//! Generators and coroutines: frames that come and go.
//!
//! At rest a generator's registers lie in an array of its own; resuming moves them to the stack, suspending moves them back, so that nothing
//! of a suspended frame is on the stack and everything in it is traced and moved like any object.
//! On the stack: the exception handled outside, the generator, its function, the registers.

use super::calls::{
    code_of, enter_frame, give_up, leave_frame, put_at, set_top, slot, top, Return, TO_NATIVE,
};
use super::frame::{machine, Counting, NewFrame, ENTRY, GENERATOR};
use super::hooks::run_any;
use super::run::{Left, WIDTHS};
use super::step::{owned, register, release, retain, root, step};
use crate::bytecode::code::{FLAG_ASYNC_GENERATOR, FLAG_COROUTINE};
use crate::bytecode::Op;
use crate::object::layout::{Function, Generator, GeneratorInit};
use crate::object::raise::{self, raise, type_error, Raised};
use crate::object::{
    attr, call, class, classes, iter, names, none, retrying, root as fixed_root, root_handle, shapes, tuple,
    Root,
};
use std::cell::Cell;
use taipan_gc::{refs, Cx, Handle, Local, Value};

/// Not started.
pub(super) const CREATED: u8 = 0;
/// At a yield.
pub(super) const SUSPENDED: u8 = 1;
/// On the stack.
pub(super) const RUNNING: u8 = 2;
/// Returned or failed.
pub(super) const DONE: u8 = 3;

/// How a delegation went on; values are owned.
pub(super) enum Step {
    /// The inner iterator yielded.
    Yielded(Value),
    /// It returned.
    Returned(Value),
}

/// Makes a generator of the function at this stack index, whose parameters lie behind it. The result is owned.
pub(super) fn create(cx: &mut Cx<'_>, function: usize) -> Result<Value, Raised> {
    step(cx, [], |cx, []| {
        // SAFETY: the caller has laid the function out.
        let handle: Handle<'_, Function> = unsafe { register(cx, function) };
        let Some((registers, bound, flags)) = handle.get(cx).code.get(cx).map(|c| {
            let unit = &c.data.unit;
            (unit.registers as usize, unit.params.count(), unit.flags)
        }) else {
            return Ok(none(cx));
        };
        let array = retrying(cx, |cx| {
            tuple::alloc_values(cx, shapes::ENTRIES, registers.max(1), |n| {
                if n < bound {
                    // SAFETY: parameters are in use.
                    unsafe { *slot(cx, function + 1 + n) }
                } else {
                    Value::HOLE
                }
            })
        })?;
        let flavour = match flags {
            f if f & FLAG_COROUTINE != 0 => 1,
            f if f & FLAG_ASYNC_GENERATOR != 0 => 2,
            _ => 0,
        };
        let generator: Handle<'_, Generator> = retrying(cx, |cx| {
            let function = handle.get(cx);
            cx.alloc(GeneratorInit {
                function: Some(function),
                registers: Some(array.get(cx)),
                name: function.name.get(cx),
                qualname: function.qualname.get(cx),
                handled: None,
                result: None,
                pc: Cell::new(0),
                receiver: Cell::new(0),
                state: Cell::new(CREATED),
                flavour: Cell::new(flavour),
            })
        })?;
        Ok(generator.any())
    })
}

/// Moves a generator at rest onto the stack above what is in use, and pushes its frame.
///
/// # Safety
/// The value is a generator in a root. It is not used after an error.
unsafe fn lay_out(cx: &mut Cx<'_>, generator: Value, to: Return, flags: u8) -> Result<(), Raised> {
    let at = top(cx);
    let base = at + 3;
    // SAFETY: by contract, and nothing is freed or moved unless there is no room, which is an error.
    let registers = unsafe {
        let local: Local<'_, Generator> = Local::from_value(generator);
        local.registers.get(cx).map_or(0, |a| a.len.get() as usize)
    };
    enter_frame(cx, base + registers)?;
    // SAFETY: as above.
    let local: Local<'_, Generator> = unsafe { Local::from_value(generator) };
    let handled = fixed_root(cx, Root::Handled).value();
    for (n, value) in [handled, generator, local.function.raw()].into_iter().enumerate() {
        retain(cx, value);
        put_at(cx, at + n, value);
    }
    if let Some(array) = local.registers.get(cx) {
        // SAFETY: the registers were reserved just now, and hold nothing yet.
        unsafe {
            let holder = array.value().header();
            refs::move_out(cx.core(), holder, tuple::array_slot(array, 0), slot(cx, base), registers);
        }
    }
    if let Some(own) = local.handled.get(cx) {
        root_handle(cx, Root::Handled).set(cx, own);
        local.put(cx, Generator::handled, None);
    }
    // SAFETY: a generator's function is one.
    let code = unsafe { code_of(local.function.raw()) };
    let pc = local.pc.get() as usize;
    // SAFETY: a generator rests at an instruction of its code, at the beginning or at a yield.
    let pc = unsafe {
        let at_yield = local.state.get() == SUSPENDED && *(*code).start().add(pc) as u8 == Op::Yield as u8;
        let width = if at_yield { WIDTHS[Op::Yield as usize] as usize } else { 0 };
        (*code).start().add(pc + width)
    };
    local.state.set(RUNNING);
    machine(cx).push(NewFrame { code, base, pc, to, flags: flags | GENERATOR });
    Ok(())
}

/// The `for` loop's way in: pushes the generator's frame. `false` when it can't be resumed so. The iterator, a generator, is in a hidden local of
/// the running frame.
pub(super) fn enter_for(cx: &mut Cx<'_>, iter: Value, to: Return) -> Result<bool, Raised> {
    // SAFETY: nothing has run since the register was read.
    let (state, flavour, receiver) = unsafe {
        let local: Local<'_, Generator> = Local::from_value(iter);
        (local.state.get(), local.flavour.get(), local.receiver.get())
    };
    if flavour != 0 || state > SUSPENDED {
        return Ok(false);
    }
    // The frame outlives this call: no scope may be open around it.
    // SAFETY: as above.
    unsafe { lay_out(cx, iter, to, 0)? };
    if state == SUSPENDED {
        put_received(cx, receiver, Value::NONE);
    }
    Ok(true)
}

/// Puts what was sent into the register that waits for it. The value is owned by the register afterwards.
fn put_received(cx: &Cx<'_>, receiver: u8, value: Value) {
    let Some(frame) = machine(cx).innermost() else { return };
    let at = slot(cx, frame.base + receiver as usize);
    // SAFETY: the verifier has seen that the receiver is a register.
    let old = unsafe { std::ptr::replace(at, value) };
    release(cx, old);
}

/// Resumes a generator with a value, or with an exception to raise. `None`: it returned, and its `result` holds what.
pub(super) fn resume<'s>(
    cx: &mut Cx<'s>,
    generator: Handle<'s, Generator>,
    value: Handle<'s>,
    throw: bool,
) -> Result<Option<Handle<'s>>, Raised> {
    let state = generator.get(cx).state.get();
    match state {
        RUNNING => {
            let what = ["generator", "coroutine", "asynchronous generator"]
                [generator.get(cx).flavour.get() as usize % 3];
            return Err(raise(cx, classes::VALUE_ERROR, format!("{what} already executing")));
        }
        DONE if throw => return Err(raise::raise_object(cx, value)),
        DONE if generator.get(cx).flavour.get() == 1 => {
            return Err(raise(cx, classes::RUNTIME_ERROR, "cannot reuse already awaited coroutine"));
        }
        DONE => {
            generator.get(cx).put(cx, Generator::result, None);
            return Ok(None);
        }
        CREATED if throw => {
            generator.get(cx).state.set(DONE);
            generator.get(cx).put(cx, Generator::registers, None);
            return Err(raise::raise_object(cx, value));
        }
        CREATED if !value.get(cx).value().is_none() => {
            let what =
                ["generator", "coroutine", "async generator"][generator.get(cx).flavour.get() as usize % 3];
            return Err(type_error(cx, format!("can't send non-None value to a just-started {what}")));
        }
        _ => {}
    }
    call::enter_native(cx, |cx| resume_at_rest(cx, generator, value, throw, state))
}

fn resume_at_rest<'s>(
    cx: &mut Cx<'s>,
    generator: Handle<'s, Generator>,
    value: Handle<'s>,
    throw: bool,
    state: u8,
) -> Result<Option<Handle<'s>>, Raised> {
    let before = top(cx);
    let raw = generator.get(cx).value();
    // SAFETY: the handle roots it.
    unsafe { lay_out(cx, raw, TO_NATIVE, ENTRY)? };
    let left = if throw {
        throw_into(cx, value)
    } else {
        if state == SUSPENDED {
            let received = owned(cx, value);
            put_received(cx, generator.get(cx).receiver.get(), received);
        }
        run_any(cx)
    };
    // The generator's slots: what was handled outside, the generator, its function.
    give_up(cx, before, before + 3);
    set_top(cx, before);
    match left? {
        Left::Yielded(value) => {
            // SAFETY: owned.
            let handle = unsafe { root(cx, value) };
            release(cx, value);
            Ok(Some(handle))
        }
        Left::Returned(value) => {
            cx.scoped(|cx| {
                // SAFETY: owned.
                let handle = unsafe { root(cx, value) };
                release(cx, value);
                generator.get(cx).put(cx, Generator::result, Some(handle.get(cx)));
            });
            Ok(None)
        }
    }
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
                if let Some(value) = suspend_any(cx, value, word.c() as u8) {
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
                super::unwind::unwind(cx, true)?;
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
    super::unwind::unwind(cx, true)?;
    run_any(cx)
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
            return match resume(cx, generator, exception, true)? {
                Some(value) => Ok(Some(Step::Yielded(owned(cx, value)))),
                None => Ok(Some(Step::Returned(result_of(cx, generator)))),
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

fn result_of(cx: &Cx<'_>, generator: Handle<'_, Generator>) -> Value {
    let value = generator.get(cx).result.get(cx).map_or(Value::NONE, |r| r.value());
    retain(cx, value);
    value
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

/// `yield from` and `await`: one step of the inner iterator.
pub(super) fn delegate(cx: &mut Cx<'_>, inner: Value, sent: Value) -> Result<Step, Raised> {
    cx.scoped(|cx| {
        // SAFETY: registers' values.
        let (inner, sent) = unsafe { (root(cx, inner), root(cx, sent)) };
        if inner.get(cx).shape() == Some(shapes::GENERATOR) {
            // SAFETY: the shape says so.
            let generator: Handle<'_, Generator> = unsafe { inner.cast() };
            return match resume(cx, generator, sent, false)? {
                Some(value) => Ok(Step::Yielded(owned(cx, value))),
                None => Ok(Step::Returned(result_of(cx, generator))),
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

/// Puts the innermost frame, a generator's, to rest. `Some`: it was entered from native code, which gets the value; `None`: the loop goes on
/// with the frame below, which has been given the value.
pub(super) fn suspend<D: Counting>(cx: &mut Cx<'_>, value: Value, receiver: u8) -> Option<Value> {
    let frame = machine(cx).innermost()?;
    // SAFETY: the layout of generator frames.
    let generator: Handle<'_, Generator> = unsafe { register(cx, frame.base - 2) };
    let local = generator.get(cx);
    if let Some(array) = local.registers.get(cx) {
        let (count, registers) = (array.len.get() as usize, slot(cx, frame.base));
        // SAFETY: the frame's registers move to slots that have been holes since it was resumed.
        unsafe {
            let holder = array.value().header();
            refs::move_in(cx.core(), holder, tuple::array_slot(array, 0), registers, count);
        }
    }
    local.pc.set(frame.index());
    local.receiver.set(receiver);
    local.state.set(SUSPENDED);
    let outer = outer_handled(cx, frame.base);
    let current = fixed_root(cx, Root::Handled);
    if current.value().is_ref() && current.value() != outer {
        local.put(cx, Generator::handled, Some(current));
    }
    restore_handled(cx, outer);
    leave::<D>(cx, value)
}

fn suspend_any(cx: &mut Cx<'_>, value: Value, receiver: u8) -> Option<Value> {
    if super::frame::is_counted(cx) {
        suspend::<super::frame::Counted>(cx, value, receiver)
    } else {
        suspend::<super::frame::Traced>(cx, value, receiver)
    }
}

fn outer_handled(cx: &Cx<'_>, base: usize) -> Value {
    // SAFETY: the layout of generator frames.
    unsafe { *slot(cx, base - 3) }
}

fn restore_handled(cx: &Cx<'_>, outer: Value) {
    if fixed_root(cx, Root::Handled).value() != outer {
        // SAFETY: the value lies on the stack.
        root_handle(cx, Root::Handled).set(cx, unsafe { Local::from_value(outer) });
    }
}

/// Pops a generator's frame with a value for whoever resumed it.
fn leave<D: Counting>(cx: &mut Cx<'_>, value: Value) -> Option<Value> {
    let frame = machine(cx).innermost()?;
    let (base, flags, dst, resume) = (frame.base, frame.flags, frame.dst, frame.resume);
    leave_frame(cx);
    if flags & ENTRY != 0 {
        return Some(value);
    }
    give_up(cx, base - 3, base);
    super::calls::deliver::<D>(cx, dst, resume, value);
    None
}

/// A generator's frame returned. `Some`: native code resumed it; `None`: a `for` loop did, which ends now.
pub(super) fn finish<D: Counting>(cx: &mut Cx<'_>, value: Value) -> Result<Option<Value>, Raised> {
    let Some(frame) = machine(cx).innermost() else { return Ok(Some(value)) };
    let (base, flags) = (frame.base, frame.flags);
    end(cx, base);
    if flags & ENTRY != 0 {
        return Ok(Some(value));
    }
    release(cx, value);
    leave_frame(cx);
    give_up(cx, base - 3, base);
    if let Some(caller) = machine(cx).innermost() {
        // SAFETY: the frame below is at its `ForIter` or `ForLoop`, which has a second word: the distance.
        let (op, distance) = unsafe { (*caller.pc as u8, *caller.pc.add(1) as i32) };
        let after = caller.index() as i64 + 2;
        let ends_at = if op == Op::ForIter as u8 { after + distance as i64 } else { after };
        caller.go_to(ends_at as u32);
        set_top(cx, caller.end());
    }
    if D::COUNTED {
        cx.drain();
    }
    Ok(None)
}

/// A generator's frame is left by an exception. PEP 479: StopIteration becomes RuntimeError.
pub(super) fn fail(cx: &mut Cx<'_>, base: usize, flags: u8) {
    end(cx, base);
    if raise::pending_is(cx, classes::STOP_ITERATION) {
        cx.scoped(|cx| {
            let stop = raise::take(cx);
            // SAFETY: the layout of generator frames.
            let generator: Handle<'_, Generator> = unsafe { register(cx, base - 2) };
            let what =
                ["generator", "coroutine", "async generator"][generator.get(cx).flavour.get() as usize % 3];
            let _ = raise(cx, classes::RUNTIME_ERROR, format!("{what} raised StopIteration"));
            let error = raise::take(cx);
            raise::set_cause(cx, error, Some(stop));
            crate::object::instance::put_word(cx, error.get(cx), raise::CONTEXT_WORD, stop.get(cx));
            raise::set_pending(cx, error.get(cx));
        });
    }
    if flags & ENTRY == 0 {
        give_up(cx, base - 3, base - 1);
    }
}

fn end(cx: &Cx<'_>, base: usize) {
    // SAFETY: the layout of generator frames.
    let generator: Handle<'_, Generator> = unsafe { register(cx, base - 2) };
    let local = generator.get(cx);
    local.state.set(DONE);
    local.put(cx, Generator::registers, None);
    restore_handled(cx, outer_handled(cx, base));
}

/// The iterator for `yield from`.
pub(super) fn yield_from_iter(cx: &mut Cx<'_>, value: Value) -> Result<Value, Raised> {
    step(cx, [value], |cx, [value]| {
        if value.get(cx).shape() == Some(shapes::GENERATOR) {
            return Ok(value);
        }
        iter::iter(cx, value)
    })
}

/// The iterator for `await`.
pub(super) fn awaitable(cx: &mut Cx<'_>, value: Value, place: usize) -> Result<Value, Raised> {
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
pub(super) fn async_iter(cx: &mut Cx<'_>, value: Value) -> Result<Value, Raised> {
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
pub(super) fn async_next(cx: &mut Cx<'_>, value: Value) -> Result<Value, Raised> {
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
