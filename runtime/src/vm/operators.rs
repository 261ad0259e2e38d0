//! Operators of classes written in Python: `__add__` and its like run as calls inside the loop.
//!
//! Below such a frame's function lie the two operands. When the method returns NotImplemented they are what is left to try with, without the loop; else
//! they go with the frame.

use super::bind::is_function;
use super::calls::{code_of, deliver, enter_plain, leave_frame, put_at, take_at, top, Return};
use super::frame::{machine, Counting, NewFrame, OPERATOR};
use super::slow;
use super::step::{release, retain, root, step};
use crate::bytecode::Op;
use crate::object::class;
use crate::object::number::{self, BinaryOp};
use crate::object::raise::Raised;
use taipan_gc::{Cx, Local, Value, STATIC_SHAPES};

/// Slots below a frame's registers: operands and function.
const SLOTS: usize = 3;

/// Pushes the frame of the left operand's method. `false` when there is none that is a plain function, or the right one's must be asked first; nothing has
/// happened then. The operands are borrowed from registers or constants.
#[inline(never)]
pub(super) fn enter(cx: &Cx<'_>, op: BinaryOp, inplace: bool, x: Value, y: Value, to: Return) -> bool {
    // SAFETY: the operands lie in registers or among the constants, and nothing here collects.
    let (left, right): (Local<'_>, Local<'_>) = unsafe { (Local::from_value(x), Local::from_value(y)) };
    let class = class::of(cx, left);
    if inplace && class::lookup(cx, class, op.inplace()).is_some() {
        return false;
    }
    let Some(method) = class::lookup(cx, class, op.name()).map(Local::value) else { return false };
    if !is_function(method) {
        return false;
    }
    let is_user = right.shape().is_some_and(|shape| shape.0 >= STATIC_SHAPES);
    let other = class::of(cx, right);
    if is_user && !other.is(class) && class::is_subclass(cx, other, class) {
        return false;
    }
    let base = top(cx) + SLOTS;
    // SAFETY: a function's code; the frame's slots are laid out once its room is certain, before anything runs.
    let entered = unsafe {
        let machine = machine(cx);
        let current = machine.current.get();
        let new = NewFrame::at_start(code_of(method), base, to, OPERATOR);
        enter_plain(cx, machine, current, new, 2)
    };
    if entered.is_null() {
        return false;
    }
    for (n, value) in [x, y, method, x, y].into_iter().enumerate() {
        retain(cx, value);
        put_at(cx, base - SLOTS + n, value);
    }
    true
}

/// The innermost frame, an operator's, returned NotImplemented: the right operand's turn.
pub(super) fn declined<D: Counting>(cx: &mut Cx<'_>, base: usize, to: Return) -> Result<(), Raised> {
    let method = take_at(cx, base - 1);
    release(cx, method);
    let (x, y) = (take_at(cx, base - 3), take_at(cx, base - 2));
    leave_frame(cx, OPERATOR);
    let word = machine(cx).innermost().map_or(0, |frame| {
        super::calls::set_top(cx, frame.end());
        // SAFETY: the frame below is at its instruction.
        unsafe { *frame.pc as u8 }
    });
    let result = match Op::from_u8(word).and_then(slow::operation) {
        Some((op, inplace)) => {
            step(cx, [x, y], |cx, [x, y]| number::binary_after_left(cx, op, inplace, x, y))
        }
        None => step(cx, [], |cx, []| {
            // SAFETY: owned.
            Ok(unsafe { root(cx, Value::NONE) })
        }),
    };
    release(cx, x);
    release(cx, y);
    deliver::<D>(cx, to.dst, to.resume, result?);
    Ok(())
}
