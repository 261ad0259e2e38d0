//! Generators and coroutines: frames that come and go.
//!
//! At rest a generator's registers lie in an array of its own; resuming moves them to the stack, suspending moves them back, so that nothing
//! of a suspended frame is on the stack and everything in it is traced and moved like any object.
//! On the stack: the exception handled outside, the generator, its function, the registers.

use super::calls::{enter_frame, give_up, set_top, slot, top};
use super::frame::{machine, Counting, Frame, ENTRY, GENERATOR};
use super::hooks::run_any;
use super::run::{Left, WIDTHS};
use super::step::{owned, register, release, retain, root, step};
use crate::bytecode::code::{FLAG_ASYNC_GENERATOR, FLAG_COROUTINE};
use crate::bytecode::Op;
use crate::object::layout::{Function, Generator, GeneratorInit};
use crate::object::raise::{self, raise, type_error, Raised};
use crate::object::{
    attr, call, class, classes, iter, names, none, retrying, root as fixed_root, root_handle, rt, shapes,
    tuple, Root,
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
            tuple::alloc_values(cx, shapes::ARRAY, registers.max(1), |n| {
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

/// Moves a generator at rest onto the stack above `at`.
fn lay_out(cx: &mut Cx<'_>, generator: Handle<'_, Generator>, dst: u8, flags: u8) -> Result<(), Raised> {
    let at = top(cx);
    let (function, registers) = {
        let local = generator.get(cx);
        (local.function.raw(), local.registers.get(cx).map_or(0, |a| a.len.get() as usize))
    };
    let base = at + 3;
    enter_frame(cx, base + registers)?;
    let handled = fixed_root(cx, Root::Handled).value();
    // SAFETY: the slots were reserved just now, and nothing runs in between.
    unsafe {
        for (n, value) in [handled, generator.get(cx).value(), function].into_iter().enumerate() {
            retain(cx, value);
            *slot(cx, at + n) = value;
        }
        let local = generator.get(cx);
        if let Some(array) = local.registers.get(cx) {
            for n in 0..registers {
                let holder = array.value().bits() as *mut _;
                *slot(cx, base + n) = refs::take(cx.core(), holder, tuple::array_slot(array, n));
            }
        }
    }
    let local = generator.get(cx);
    if let Some(own) = local.handled.get(cx) {
        root_handle(cx, Root::Handled).set(cx, own);
        local.put(cx, Generator::handled, None);
    }
    let Some(code) = local.function.get(cx).and_then(|f| f.code.get(cx)) else { return Ok(()) };
    let code = &*code.data;
    let pc = local.pc.get();
    let resumed = if local.state.get() == SUSPENDED && code.words[pc as usize].get() as u8 == Op::Yield as u8
    {
        pc + WIDTHS[Op::Yield as usize] as u32
    } else {
        pc
    };
    local.state.set(RUNNING);
    machine(cx).frames().push(Frame { code, base, pc: resumed, dst, flags: flags | GENERATOR });
    Ok(())
}

/// The `for` loop's way in: pushes the generator's frame. `false` when it can't be resumed so.
pub(super) fn enter_for(cx: &mut Cx<'_>, iter: Value, dst: u8) -> Result<bool, Raised> {
    cx_generator(cx, iter, |cx, generator| {
        let state = generator.get(cx).state.get();
        if generator.get(cx).flavour.get() != 0 || state > SUSPENDED {
            return Ok(false);
        }
        Ok(true)
    })
    .and_then(|fits| {
        if !fits {
            return Ok(false);
        }
        // The frame outlives this call: no scope may be open around it.
        // SAFETY: the iterator is in a hidden local of the running frame, and nothing has run since.
        let local: Local<'_, Generator> = unsafe { Local::from_value(iter) };
        let state = local.state.get();
        let receiver = local.receiver.get();
        // SAFETY: the fixed root is a slot that is always in use.
        let holder: Handle<'_, Generator> = unsafe { root_handle(cx, Root::Resuming).cast() };
        holder.set(cx, local);
        let entered = lay_out(cx, holder, dst, 0);
        if let Some(hole) = Local::immediate(Value::HOLE) {
            root_handle(cx, Root::Resuming).set(cx, hole);
        }
        entered?;
        if state == SUSPENDED {
            put_received(cx, receiver, Value::NONE);
        }
        Ok(true)
    })
}

fn cx_generator<R>(
    cx: &mut Cx<'_>,
    value: Value,
    body: impl for<'t> FnOnce(&mut Cx<'t>, Handle<'t, Generator>) -> Result<R, Raised>,
) -> Result<R, Raised> {
    cx.scoped(|cx| {
        // SAFETY: the caller has checked the shape.
        let generator = unsafe { root(cx, value).cast() };
        body(cx, generator)
    })
}

/// Puts what was sent into the register that waits for it. The value is owned by the register afterwards.
fn put_received(cx: &Cx<'_>, receiver: u8, value: Value) {
    let Some(frame) = machine(cx).frames().last() else { return };
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
    lay_out(cx, generator, 0, ENTRY)?;
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
    let Some(frame) = machine(cx).frames().last().copied() else { return Err(raise::pending()) };
    // SAFETY: the frame's function keeps its code alive.
    let code = unsafe { &*frame.code };
    let word = crate::bytecode::Instr(code.words[frame.pc as usize].get());
    let mut outcome = Err(());
    if word.op() == Op::Delegate as u8 {
        // SAFETY: a register of the frame.
        let inner = unsafe { *slot(cx, frame.base + word.b()) };
        outcome = throw_inner(cx, inner, exception).map_err(|_| ());
        match outcome {
            Ok(Some(Step::Yielded(value))) => {
                if let Some(value) = suspend_any(cx, value, word.c() as u8) {
                    return Ok(Left::Yielded(value));
                }
            }
            Ok(Some(Step::Returned(value))) => {
                let at = slot(cx, frame.base + word.a());
                // SAFETY: a register of the frame.
                let old = unsafe { std::ptr::replace(at, value) };
                release(cx, old);
                if let Some(frame) = machine(cx).frames().last_mut() {
                    frame.pc += 1;
                }
                return run_any(cx);
            }
            Ok(None) => outcome = Err(()),
            Err(()) => {
                super::unwind::unwind(cx, true)?;
                return run_any(cx);
            }
        }
    } else if frame.pc > 0 {
        // `lay_out` went past the yield; the exception is raised at it.
        if let Some(frame) = machine(cx).frames().last_mut() {
            frame.pc -= WIDTHS[Op::Yield as usize] as u32;
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
pub(super) fn suspend<D: Counting>(cx: &mut Cx<'_>, value: Value, receiver: u8, _width: u8) -> Option<Value> {
    let frame = *machine(cx).frames().last()?;
    // SAFETY: the layout of generator frames.
    let generator: Handle<'_, Generator> = unsafe { register(cx, frame.base - 2) };
    let local = generator.get(cx);
    if let Some(array) = local.registers.get(cx) {
        for n in 0..array.len.get() as usize {
            // SAFETY: registers of the frame move to slots that are holes.
            unsafe {
                let moved = std::ptr::replace(slot(cx, frame.base + n), Value::HOLE);
                let holder = array.value().bits() as *mut _;
                let _ = refs::take(cx.core(), holder, tuple::array_slot(array, n));
                *tuple::array_slot(array, n) = moved;
            }
        }
    }
    local.pc.set(frame.pc);
    local.receiver.set(receiver);
    local.state.set(SUSPENDED);
    let outer = outer_handled(cx, &frame);
    let current = fixed_root(cx, Root::Handled);
    if current.value().is_ref() && current.value() != outer {
        local.put(cx, Generator::handled, Some(current));
    }
    restore_handled(cx, outer);
    leave::<D>(cx, &frame, value)
}

fn suspend_any(cx: &mut Cx<'_>, value: Value, receiver: u8) -> Option<Value> {
    if super::frame::is_counted(cx) {
        suspend::<super::frame::Counted>(cx, value, receiver, 0)
    } else {
        suspend::<super::frame::Traced>(cx, value, receiver, 0)
    }
}

fn outer_handled(cx: &Cx<'_>, frame: &Frame) -> Value {
    // SAFETY: the layout of generator frames.
    unsafe { *slot(cx, frame.base - 3) }
}

fn restore_handled(cx: &Cx<'_>, outer: Value) {
    // SAFETY: the value lies on the stack.
    root_handle(cx, Root::Handled).set(cx, unsafe { Local::from_value(outer) });
}

/// Pops a generator's frame with a value for whoever resumed it.
fn leave<D: Counting>(cx: &mut Cx<'_>, frame: &Frame, value: Value) -> Option<Value> {
    rt(cx).depth.set(rt(cx).depth.get() - 1);
    machine(cx).frames().pop();
    if frame.flags & ENTRY != 0 {
        return Some(value);
    }
    give_up(cx, frame.base - 3, frame.base);
    super::calls::deliver::<D>(cx, frame, value);
    None
}

/// A generator's frame returned. `Some`: native code resumed it; `None`: a `for` loop did, which ends now.
pub(super) fn finish<D: Counting>(
    cx: &mut Cx<'_>,
    frame: &Frame,
    value: Value,
) -> Result<Option<Value>, Raised> {
    end(cx, frame);
    if frame.flags & ENTRY != 0 {
        return Ok(Some(value));
    }
    release(cx, value);
    rt(cx).depth.set(rt(cx).depth.get() - 1);
    machine(cx).frames().pop();
    give_up(cx, frame.base - 3, frame.base);
    if let Some(caller) = machine(cx).frames().last_mut() {
        // SAFETY: the frame's function keeps its code alive.
        let code = unsafe { &*caller.code };
        let distance = code.words[caller.pc as usize + 1].get() as i32;
        caller.pc = (caller.pc as i64 + 2 + distance as i64) as u32;
        set_top(cx, caller.base + code.unit.registers as usize);
    }
    if D::COUNTED {
        cx.drain();
    }
    Ok(None)
}

/// A generator's frame is left by an exception. PEP 479: StopIteration becomes RuntimeError.
pub(super) fn fail(cx: &mut Cx<'_>, frame: &Frame) {
    end(cx, frame);
    if raise::pending_is(cx, classes::STOP_ITERATION) {
        cx.scoped(|cx| {
            let stop = raise::take(cx);
            // SAFETY: the layout of generator frames.
            let generator: Handle<'_, Generator> = unsafe { register(cx, frame.base - 2) };
            let what =
                ["generator", "coroutine", "async generator"][generator.get(cx).flavour.get() as usize % 3];
            let _ = raise(cx, classes::RUNTIME_ERROR, format!("{what} raised StopIteration"));
            let error = raise::take(cx);
            raise::set_cause(cx, error, Some(stop));
            crate::object::instance::put_word(cx, error.get(cx), raise::CONTEXT_WORD, stop.get(cx));
            raise::set_pending(cx, error.get(cx));
        });
    }
    if frame.flags & ENTRY == 0 {
        give_up(cx, frame.base - 3, frame.base - 1);
    }
}

fn end(cx: &Cx<'_>, frame: &Frame) {
    // SAFETY: the layout of generator frames.
    let generator: Handle<'_, Generator> = unsafe { register(cx, frame.base - 2) };
    let local = generator.get(cx);
    local.state.set(DONE);
    local.put(cx, Generator::registers, None);
    restore_handled(cx, outer_handled(cx, frame));
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
