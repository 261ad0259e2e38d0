//! Generators and coroutines: frames that come and go.
//!
//! At rest a generator's registers lie in an array of its own; resuming moves them to the stack, suspending moves them back, so that nothing
//! of a suspended frame is on the stack and everything in it is traced and moved like any object.

mod awaits;
mod chain;
mod simple;
mod throw;

pub(super) use awaits::{async_iter, async_next, awaitable, yield_from_iter};
pub(super) use chain::{enter_delegate, enter_for, fail, finish, leave_failed, suspend};
pub(super) use throw::{delegate, resume, Step};

use super::calls::slot;
use super::frame::machine;
use super::step::{register, release, step};
use crate::bytecode::code::{FLAG_ASYNC_GENERATOR, FLAG_COROUTINE};
use crate::object::generator::CREATED;
use crate::object::layout::{Function, Generator, GeneratorInit};
use crate::object::raise::Raised;
use crate::object::{none, retrying, shapes, tuple};
use std::cell::Cell;
use taipan_gc::{Cx, Handle, Local, Value};

/// The generator that a value is.
#[inline(always)]
fn of<'a>(cx: &'a Cx<'_>, value: Value) -> Local<'a, Generator> {
    let _ = cx;
    debug_assert!(super::run::has_shape(value, shapes::GENERATOR));
    // SAFETY: callers pass generators that lie in roots or in slots of live objects.
    unsafe { Local::from_value(value) }
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
        // SAFETY: a shared read of this thread's core.
        let born = unsafe { (*cx.core()).memory.finalization.made() };
        let generator: Handle<'_, Generator> = retrying(cx, |cx| {
            let function = handle.get(cx);
            cx.alloc(GeneratorInit {
                function: Some(function),
                registers: Some(array.get(cx)),
                name: function.name.get(cx),
                qualname: function.qualname.get(cx),
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
                flavour: Cell::new(flavour),
                guarded: Cell::new(false),
                registered: Cell::new(false),
                born: Cell::new(born),
            })
        })?;
        Ok(generator.any())
    })
}

/// Puts what was sent into the register that waits for it. The value is owned by the register afterwards.
fn put_received(cx: &Cx<'_>, receiver: u8, value: Value) {
    let Some(frame) = machine(cx).innermost() else { return };
    let at = slot(cx, frame.base + receiver as usize);
    // SAFETY: the verifier has seen that the receiver is a register.
    let old = unsafe { std::ptr::replace(at, value) };
    release(cx, old);
}
