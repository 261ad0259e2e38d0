//! Generators and coroutines: frames that come and go.
//!
//! At rest a generator's registers lie in an array of its own; resuming moves them to the stack, suspending moves them back, so that nothing
//! of a suspended frame is on the stack and everything in it is traced and moved like any object.

mod awaits;
mod chain;
mod eager;
mod simple;
mod throw;

pub(super) use awaits::{async_iter, async_next, awaitable, yield_from_iter};
pub(super) use chain::{enter_delegate, enter_for, fail, finish, leave_failed, suspend};
pub(super) use eager::begin;
pub(super) use throw::{delegate, no_stop_iteration, resume, Step};

use super::bind::is_function;
use super::calls::{code_of, slot, value_at};
use super::frame::machine;
use super::step::{born, release, retain};
use crate::bytecode::code::{FLAG_ASYNC_GENERATOR, FLAG_COROUTINE, FLAG_GENERATOR};
use crate::object::generator::CREATED;
use crate::object::layout::{Array, Function, Generator, GeneratorInit};
use crate::object::raise::{self, Raised};
use crate::object::{class, names, shapes, tuple};
use std::cell::Cell;
use taipan_gc::{refs, CollectKind, Cx, Local, Value};

/// The generator that a value is.
#[inline(always)]
fn of<'a>(cx: &'a Cx<'_>, value: Value) -> Local<'a, Generator> {
    let _ = cx;
    debug_assert!(super::run::has_shape(value, shapes::GENERATOR));
    // SAFETY: callers pass generators that lie in roots or in slots of live objects.
    unsafe { Local::from_value(value) }
}

/// Makes a generator of the function at this stack index, whose `bound` parameters lie behind it and move into the generator. The result is owned.
pub(super) fn create(cx: &mut Cx<'_>, function: usize, bound: usize) -> Result<Value, Raised> {
    if let Some(made) = try_create(cx, value_at(cx, function), slot(cx, function + 1), bound) {
        return Ok(made);
    }
    cx.collect(CollectKind::Full);
    match try_create(cx, value_at(cx, function), slot(cx, function + 1), bound) {
        Some(made) => Ok(made),
        None => Err(raise::pending()),
    }
}

/// Makes a generator of a function, without collecting; `None` when there is no memory. The parameters move into it.
fn try_create(cx: &Cx<'_>, function: Value, parameters: *mut Value, bound: usize) -> Option<Value> {
    // SAFETY: callers pass a function in a register, and registers with its parameters.
    unsafe {
        let registers = ((*code_of(function)).registers as usize).max(bound).max(1);
        let array: Local<'_, Array> =
            tuple::alloc_values(cx, shapes::ENTRIES, registers, |_| Value::HOLE).ok()?;
        let generator = alloc(cx, function, Some(array))?;
        refs::move_in(cx.core(), array.value().header(), tuple::array_slot(array, 0), parameters, bound);
        Some(born(cx, generator))
    }
}

/// A generator of a function that has not begun.
///
/// # Safety
/// The function lies in a register.
#[inline]
unsafe fn alloc<'a>(
    cx: &'a Cx<'_>,
    function: Value,
    registers: Option<Local<'a, Array>>,
) -> Option<Local<'a, Generator>> {
    // SAFETY: by contract.
    let (function, code): (Local<'_, Function>, _) =
        unsafe { (Local::from_value(function), &*code_of(function)) };
    // SAFETY: a shared read of this thread's core.
    let made = unsafe { (*cx.core()).memory.finalization.made() };
    let generator = cx.alloc(GeneratorInit {
        function: Some(function),
        registers,
        name: function.name.get(cx).filter(|name| name.value() != code.titles[0].get()),
        qualname: function.qualname.get(cx).filter(|name| name.value() != code.titles[1].get()),
        handled: None,
        inner: None,
        innermost: None,
        pc: Cell::new(0),
        epoch: Cell::new(0),
        delegation: Cell::new(0),
        taken: Cell::new(0),
        level: Cell::new(1),
        receiver: Cell::new(0),
        state: Cell::new(CREATED),
        flavour: Cell::new(match code.unit.flags {
            flags if flags & FLAG_COROUTINE != 0 => 1,
            flags if flags & FLAG_ASYNC_GENERATOR != 0 => 2,
            _ => 0,
        }),
        guarded: Cell::new(false),
        registered: Cell::new(false),
        born: Cell::new(made),
    });
    generator.ok()
}

/// The iterator of an instance whose `__iter__` is a generator function, owned; `None` for everything else.
pub(super) fn iterator_of(cx: &Cx<'_>, value: Value) -> Option<Value> {
    // SAFETY: a register's value; this doesn't collect. The parameter is a count of the value that the generator takes over.
    unsafe {
        let local: Local<'_> = Local::from_value(value);
        if local.shape()?.0 < taipan_gc::STATIC_SHAPES {
            return None;
        }
        let method = class::lookup(cx, class::of(cx, local), names::ITER)?.value();
        if !is_function(method) {
            return None;
        }
        let code = &*code_of(method);
        let makes_one = code.unit.flags & FLAG_GENERATOR != 0;
        if !makes_one || code.unit.params.count() != 1 || code.unit.params.positional != 1 {
            return None;
        }
        let mut parameter = value;
        retain(cx, value);
        let made = try_create(cx, method, &mut parameter, 1);
        if made.is_none() {
            release(cx, value);
        }
        made
    }
}

/// Puts what was sent into the register that waits for it. The value is owned by the register afterwards.
fn put_received(cx: &Cx<'_>, receiver: u8, value: Value) {
    let Some(frame) = machine(cx).innermost() else { return };
    let at = slot(cx, frame.base + receiver as usize);
    // SAFETY: the verifier has seen that the receiver is a register.
    let old = unsafe { std::ptr::replace(at, value) };
    release(cx, old);
}
