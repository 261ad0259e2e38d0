//! `await f(x)`: a coroutine that is awaited where it is made begins at once. It is laid out as if the delegation had entered it, only that its registers
//! have never lain in an array: it gets one when it first comes to rest, which many never do.

use super::chain::{OUTER_HANDLED, OWN, RESUMED, SLOTS};
use super::{alloc, of};
use crate::bytecode::code::FLAG_COROUTINE;
use crate::bytecode::{Instr, Op};
use crate::object::generator::RUNNING;
use crate::object::layout::{Array, Generator};
use crate::object::raise::Raised;
use crate::object::{retrying, rt, shapes, tuple, Root};
use crate::vm::calls::{code_of, poll_if_due, value_at, Return};
use crate::vm::frame::{machine, Counting, Frame, NewFrame, DELEGATED, GENERATOR};
use crate::vm::run::WIDTHS;
use crate::vm::step::{born, owned, release, root};
use taipan_gc::{refs, Cx, Value};

const _: () = assert!(
    WIDTHS[Op::GetAwaitable as usize] == 1
        && WIDTHS[Op::LoadImm as usize] == 1
        && WIDTHS[Op::Delegate as usize] == 1
);

/// The instructions behind a call whose result is awaited.
struct Awaited {
    /// Register of what is awaited.
    inner: usize,
    /// Register of what is sent.
    sent: usize,
    /// Register of the result.
    result: u8,
    /// Where the delegation stands.
    delegate: *const u32,
}

impl Awaited {
    /// # Safety
    /// A call of the frame goes on at `to`.
    #[inline(always)]
    unsafe fn of(frame: &Frame, to: Return) -> Option<Awaited> {
        // SAFETY: verified code doesn't end before a return, so there is an instruction behind each but the last of these.
        unsafe {
            let is_temp = u32::from(to.dst) >= (*frame.code).first_temp;
            let get = Instr(*to.resume);
            if !is_temp || get.op() != Op::GetAwaitable as u8 || get.b() != usize::from(to.dst) {
                return None;
            }
            let load = Instr(*to.resume.add(1));
            if load.op() != Op::LoadImm as u8 || load.b() != 0 {
                return None;
            }
            let delegate = to.resume.add(2);
            let word = Instr(*delegate);
            let fits = word.op() == Op::Delegate as u8 && word.b() == get.a() && word.c() == load.a();
            fits.then_some(Awaited { inner: get.a(), sent: load.a(), result: word.a() as u8, delegate })
        }
    }
}

/// Calls the coroutine function at a stack index, with the `count` arguments behind it that it wants, and awaits the coroutine, if that is what the
/// caller does next. `false`, and nothing has happened: it does something else, or there is no room.
///
/// # Safety
/// A function lies there, and the innermost frame calls it.
#[inline]
pub(in crate::vm) unsafe fn begin<D: Counting>(
    cx: &mut Cx<'_>,
    function: usize,
    count: usize,
    to: Return,
) -> Result<bool, Raised> {
    // SAFETY: by contract. Room is made before it is used, and nothing runs before the frame is complete.
    unsafe {
        let callee = value_at(cx, function);
        let code = code_of(callee);
        if (*code).unit.flags & FLAG_COROUTINE == 0 || to.resume.is_null() {
            return Ok(false);
        }
        let (machine, runtime) = (machine(cx), rt(cx));
        let caller = machine.current.get();
        let Some(awaited) = Awaited::of(&*caller, to) else { return Ok(false) };
        let (node, registers) = ((*caller).above, (*code).registers as usize);
        let base = (*caller).end() + SLOTS;
        let depth = runtime.depth.get();
        let stack = &mut (*cx.core()).memory.roots.stack;
        if depth >= runtime.recursion_limit.get() || !stack.has_room_until(base + registers) || node.is_null()
        {
            return Ok(false);
        }
        let Some(generator) = alloc(cx, callee, None) else { return Ok(false) };
        generator.state.set(RUNNING);
        let own = born(cx, generator);
        let handled = *stack.slot(Root::Handled as usize);
        if D::COUNTED {
            refs::retain(handled);
            refs::retain(own);
        }
        let first = stack.slot(base);
        *first.sub(OUTER_HANDLED) = handled;
        *first.sub(RESUMED) = Value::HOLE;
        *first.sub(OWN) = own;
        *first.sub(1) = std::ptr::replace(stack.slot(function), Value::HOLE);
        for n in 0..count {
            *first.add(n) = std::ptr::replace(stack.slot(function + 1 + n), Value::HOLE);
        }
        for n in count..registers {
            *first.add(n) = Value::HOLE;
        }
        stack.set_top(base + registers);
        for (register, value) in [(awaited.inner, own), (awaited.sent, Value::NONE)] {
            let old = std::ptr::replace(stack.slot((*caller).base + register), value);
            if D::COUNTED {
                refs::release(cx.core(), old);
            }
        }
        runtime.depth.set(depth + 1);
        (*caller).pc = awaited.delegate;
        let to = Return { dst: awaited.result, resume: awaited.delegate.add(1) };
        let pc = (*code).start();
        (*node).fill(NewFrame { code, base, pc, to, flags: GENERATOR | DELEGATED });
        machine.current.set(node);
    }
    if D::COUNTED {
        cx.drain();
    }
    poll_if_due(cx)?;
    Ok(true)
}

/// Before the innermost frame, a generator's, comes to rest: gives it, and the frames that delegate to it, arrays for their registers if they have none.
/// The value, which is owned, is handed back, or released when there is no memory.
#[inline]
pub(super) fn provide_registers(cx: &mut Cx<'_>, value: Value) -> Result<Value, Raised> {
    match lacks_registers(cx) {
        false => Ok(value),
        true => provide_slow(cx, value),
    }
}

fn lacks_registers(cx: &Cx<'_>) -> bool {
    let mut frame: *const Frame = machine(cx).current.get();
    loop {
        // SAFETY: the innermost frame is a generator's, and so is what lies below a frame that was delegated to.
        let (base, flags, below) = unsafe { ((*frame).base, (*frame).flags, (*frame).below) };
        if of(cx, value_at(cx, base - OWN)).registers.is_empty() {
            return true;
        }
        if flags & DELEGATED == 0 {
            return false;
        }
        frame = below;
    }
}

#[cold]
fn provide_slow(cx: &mut Cx<'_>, value: Value) -> Result<Value, Raised> {
    cx.scoped(|cx| {
        // SAFETY: nothing has run since the value was taken from its register.
        let value = unsafe {
            let rooted = root(cx, value);
            release(cx, value);
            rooted
        };
        let mut frame: *const Frame = machine(cx).current.get();
        loop {
            // SAFETY: as in `lacks_registers`; frames stay where they are.
            let (base, flags, below, count) = unsafe {
                ((*frame).base, (*frame).flags, (*frame).below, (*(*frame).code).registers as usize)
            };
            if of(cx, value_at(cx, base - OWN)).registers.is_empty() {
                let array = retrying(cx, |cx| {
                    tuple::alloc_values::<Array>(cx, shapes::ENTRIES, count.max(1), |_| Value::HOLE)
                })?;
                of(cx, value_at(cx, base - OWN)).put(cx, Generator::registers, Some(array.get(cx)));
            }
            if flags & DELEGATED == 0 {
                return Ok(owned(cx, value));
            }
            frame = below;
        }
    })
}
