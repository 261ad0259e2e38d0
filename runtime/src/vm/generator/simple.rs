//! The common step of a generator: a `for` loop resumes it, and it yields. No delegation, nothing handled inside, no error: what is more than that says no
//! before anything has changed, and [`chain`](super::chain) does it.

use super::chain::{OUTER_HANDLED, OWN, RESUMED, SLOTS};
use super::of;
use crate::bytecode::Op;
use crate::object::generator::{CREATED, RUNNING, SUSPENDED};
use crate::object::{rt, Root};
use crate::vm::calls::{code_of, Return};
use crate::vm::frame::{machine, Counting, NewFrame, GENERATOR};
use taipan_gc::header::Header;
use taipan_gc::{refs, Cx, Value};

/// First word of an array's values.
const VALUES: usize = 2;

/// Pushes the frame of a generator, which gets None where it waits.
///
/// # Safety
/// The value is a generator in a root, created or suspended.
#[inline]
pub(super) unsafe fn enter<D: Counting>(cx: &Cx<'_>, own: Value, to: Return) -> bool {
    let (generator, machine, runtime) = (of(cx, own), machine(cx), rt(cx));
    let array = generator.registers.raw();
    let simple = generator.taken.get() == 0
        && generator.innermost.is_empty()
        && generator.handled.is_empty()
        && generator.inner.is_empty()
        && array.is_ref();
    // SAFETY: nodes of the machine; the array lies in the generator's slot; the core is this thread's. Room is made before it is used, and nothing runs
    // meanwhile.
    unsafe {
        let stack = &mut (*cx.core()).memory.roots.stack;
        let count = if simple { *(array.bits() as *const u32).add(2) as usize } else { 0 };
        let node = (*machine.current.get()).above;
        let depth = runtime.depth.get();
        let base = stack.top() + SLOTS;
        let fits =
            depth < runtime.recursion_limit.get() && stack.has_room_until(base + count) && !node.is_null();
        if !simple || !fits {
            return false;
        }
        runtime.depth.set(depth + 1);
        stack.set_top(base + count);
        let registers = stack.slot(base);
        let handled = *stack.slot(Root::Handled as usize);
        let function = generator.function.raw();
        if D::COUNTED {
            refs::retain(handled);
            refs::retain(own);
            refs::retain(function);
        }
        *registers.sub(OUTER_HANDLED) = handled;
        *registers.sub(RESUMED) = Value::HOLE;
        *registers.sub(OWN) = own;
        *registers.sub(1) = function;
        let values = (array.bits() as *mut Value).add(VALUES);
        refs::move_out(cx.core(), array.bits() as *mut Header, values, registers, count);
        let code = code_of(function);
        let mut pc = (*code).start().add(generator.pc.get() as usize);
        if generator.state.get() != CREATED {
            // At a delegation, which goes on, the register that waits holds what is sent; at a yield it holds nothing, or a variable.
            let waits = registers.add(generator.receiver.get() as usize);
            let old = std::ptr::replace(waits, Value::NONE);
            if D::COUNTED {
                refs::release(cx.core(), old);
            }
            pc = pc.add((*pc as u8 == Op::Yield as u8) as usize);
        }
        generator.state.set(RUNNING);
        generator.level.set(1);
        (*node).fill(NewFrame { code, base, pc, to, flags: GENERATOR });
        machine.current.set(node);
        true
    }
}

/// Puts the innermost frame to rest and hands the value to the `for` loop below it.
///
/// # Safety
/// The innermost frame is a generator's.
#[inline]
pub(super) unsafe fn suspend<D: Counting>(cx: &mut Cx<'_>, value: Value, receiver: u8) -> bool {
    // SAFETY: as above; the generator lies below the registers, and the frame below is a loop's, whose register gets the value.
    unsafe {
        let machine = machine(cx);
        let frame = machine.current.get();
        let stack = &mut (*cx.core()).memory.roots.stack;
        let registers = stack.slot((*frame).base);
        let handled = *registers.sub(OUTER_HANDLED);
        // One that rests inside a `try` must be closed when it dies, which takes more.
        let simple = (*frame).flags == GENERATOR
            && (*(*frame).code).unit.handlers.is_empty()
            && (*registers.sub(RESUMED)).is_hole()
            && *stack.slot(Root::Handled as usize) == handled;
        let own = *registers.sub(OWN);
        let generator = of(cx, own);
        let array = generator.registers.raw();
        if !simple || !generator.innermost.is_empty() || !array.is_ref() {
            return false;
        }
        let count = *(array.bits() as *const u32).add(2) as usize;
        let values = (array.bits() as *mut Value).add(VALUES);
        refs::move_in(cx.core(), array.bits() as *mut Header, values, registers, count);
        generator.pc.set((*frame).index());
        generator.receiver.set(receiver);
        generator.state.set(SUSPENDED);
        let runtime = rt(cx);
        runtime.depth.set(runtime.depth.get() - 1);
        let below = (*frame).below;
        machine.current.set(below);
        (*below).pc = (*frame).resume;
        if D::COUNTED {
            let function = std::ptr::replace(registers.sub(1), Value::HOLE);
            *registers.sub(OWN) = Value::HOLE;
            *registers.sub(OUTER_HANDLED) = Value::HOLE;
            refs::release(cx.core(), function);
            refs::release(cx.core(), own);
            refs::release(cx.core(), handled);
        }
        stack.set_top((*below).end());
        let to = stack.slot((*below).base + (*frame).dst as usize);
        let old = std::ptr::replace(to, value);
        if D::COUNTED {
            refs::release(cx.core(), old);
            cx.drain();
        }
        true
    }
}

const _: () =
    assert!(matches!(crate::bytecode::op::FORMATS[Op::Yield as usize].ext, crate::bytecode::Ext::None));
