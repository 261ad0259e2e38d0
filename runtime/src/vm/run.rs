//! The dispatch loop, compiled once per discipline.
//!
//! Every arm has a fast path over immediates and a slow path in [`slow`](super::slow). A register read as a temporary is moved out of; on
//! fast paths that is free, because immediates own nothing. Slow paths *consume* their operands afterwards.

use super::bind::Entered;
use super::frame::{machine, Counting, Machine, NewFrame, CAPTURED, CONSTRUCT, ENTRY, OPERATOR};
use super::{cache, calls, captured, construct, drivers, generator, operators, slow, unwind};
use crate::bytecode::{Instr, Op};
use crate::object::compare::CompareOp;
use crate::object::layout::*;
use crate::object::number::BinaryOp;
use crate::object::raise::Raised;
use crate::object::{rt, shapes, Runtime};
use taipan_gc::header::{Header, FLAG_QUEUED};
use taipan_gc::hint::as_written;
use taipan_gc::{refs, Cx, ShapeId, Value};

/// How a frame's execution went on.
pub(super) enum Left {
    /// The entry frame returned this value, which the caller owns.
    Returned(Value),
    /// The entry frame, a generator's, yielded this value, which the caller owns.
    Yielded(Value),
}

/// Words of each instruction, by opcode.
pub(super) static WIDTHS: [u8; 256] = {
    let mut widths = [1; 256];
    let mut i = 0;
    while i < crate::bytecode::op::FORMATS.len() {
        if !matches!(crate::bytecode::op::FORMATS[i].ext, crate::bytecode::Ext::None) {
            widths[i] = 2;
        }
        i += 1;
    }
    widths
};

#[inline(always)]
fn header(value: Value) -> *mut Header {
    value.bits() as *mut Header
}

/// Whether `value` is an object of this shape.
#[inline(always)]
pub(super) fn has_shape(value: Value, shape: taipan_gc::ShapeId) -> bool {
    // SAFETY: references in registers are valid.
    value.is_ref() && unsafe { (*header(value)).is_of(shape) }
}

/// Runs the innermost frame until the innermost entry frame is left.
#[allow(clippy::cognitive_complexity)]
pub(super) fn run<D: Counting>(cx: &mut Cx<'_>) -> Result<Left, Raised> {
    // SAFETY: this holds for the whole loop. Code is verified before it is loaded, so operands are in bounds, jumps land on instructions and no undefined register is
    // read. Registers lie on the value stack, which does not move; nor do frames and code. Values in registers are valid: they are roots. No value is
    // kept in a Rust variable across a point where anything may be freed or moved.
    unsafe {
        let core = cx.core();
        let signals: *const _ = &*(*core).memory.signals;
        let runtime: *const Runtime = rt(cx);
        let machine: *const Machine = machine(cx);
        let epoch: *const std::cell::Cell<u32> = &(*runtime).class_epoch;
        'frames: loop {
            let mut frame = (*machine).current.get();
            let mut code = &*(*frame).code;
            let mut pc = (*frame).pc;
            let mut regs = (*core).memory.roots.stack.slot((*frame).base);
            let mut constants = code.constants.as_ptr() as *const Value;
            let mut first_temp = code.first_temp as usize;
            let mut at;

            macro_rules! r {
                ($i:expr) => {
                    *regs.add($i)
                };
            }
            macro_rules! k {
                ($i:expr) => {
                    *constants.add($i)
                };
            }
            // The inline cache of an instruction, which the verifier has seen to be there.
            macro_rules! cache {
                ($word:expr) => {
                    code.caches.get_unchecked(($word >> 16) as usize)
                };
            }
            // Stack index of register 0.
            macro_rules! base {
                () => {
                    (*frame).base
                };
            }
            // The loop's view of the frame that runs from now on, but for `pc`.
            macro_rules! switch {
                ($frame:expr, $code:expr, $base:expr) => {
                    frame = $frame;
                    code = &*$code;
                    regs = (*core).memory.roots.stack.slot($base);
                    constants = code.constants.as_ptr() as *const Value;
                    first_temp = code.first_temp as usize;
                };
            }
            // Something may run or look at the frame: remember where it is.
            macro_rules! save {
                () => {
                    (*frame).pc = at
                };
            }
            macro_rules! drain {
                () => {
                    if D::COUNTED && !(*core).memory.zero.is_empty() {
                        save!();
                        cx.drain();
                    }
                };
            }
            macro_rules! release {
                ($v:expr) => {{
                    let old: Value = $v;
                    if D::COUNTED && old.is_ref() && (*header(old)).release() {
                        save!();
                        cx.let_die(header(old));
                    }
                }};
            }
            // Writes a register with a value that the register now owns.
            macro_rules! set {
                ($i:expr, $v:expr) => {{
                    let slot = regs.add($i);
                    if D::COUNTED {
                        let old = std::ptr::replace(slot, $v);
                        release!(old);
                    } else {
                        *slot = $v;
                    }
                }};
            }
            // The operand has been used: if it is a temporary, it moves out. What dies of that waits for the `drain!` at the end of the instruction: finalizers
            // may collect, and until the result is in its register nothing but a Rust variable has it.
            macro_rules! consume {
                ($i:expr) => {
                    if D::COUNTED && $i >= first_temp {
                        let old = std::ptr::replace(regs.add($i), Value::HOLE);
                        refs::release(core, old);
                    }
                };
            }
            macro_rules! retain {
                ($v:expr) => {
                    if D::COUNTED {
                        refs::retain($v);
                    }
                };
            }
            macro_rules! raise {
                () => {
                    break
                };
            }
            // Runs a slow path; its result is owned.
            macro_rules! tri {
                ($e:expr) => {{
                    save!();
                    match $e {
                        Ok(value) => value,
                        Err(_) => raise!(),
                    }
                }};
            }
            macro_rules! ext {
                () => {{
                    let word = *pc;
                    pc = pc.add(1);
                    word
                }};
            }
            macro_rules! binary_slow {
                ($i:expr, $op:ident, $inplace:literal, $constant:literal) => {{
                    let (x, y) = (r!($i.b()), if $constant { k!($i.c()) } else { r!($i.c()) });
                    if x.is_ref() && (*header(x)).shape().0 >= taipan_gc::STATIC_SHAPES {
                        save!();
                        let to = calls::Return { dst: $i.a() as u8, resume: pc };
                        if operators::enter(cx, BinaryOp::$op, $inplace, x, y, to) {
                            consume!($i.b());
                            if !$constant {
                                consume!($i.c());
                            }
                            if (*signals).pending() != 0 && calls::poll(cx).is_err() {
                                raise!();
                            }
                            continue 'frames;
                        }
                    }
                    let value = tri!(slow::binary(cx, BinaryOp::$op, $inplace, x, y));
                    consume!($i.b());
                    if !$constant {
                        consume!($i.c());
                    }
                    set!($i.a(), value);
                    drain!();
                }};
            }
            macro_rules! arith {
                ($i:expr, $op:ident, $ints:ident, $float:tt, $inplace:literal, $constant:literal) => {{
                    let x = r!($i.b());
                    let y = if $constant { k!($i.c()) } else { r!($i.c()) };
                    if x.both_int(y) {
                        if let Some(value) = x.$ints(y) {
                            set!($i.a(), value);
                            continue;
                        }
                    } else {
                        // What is no float reads as NaN: one test of the result tells that both were.
                        let result = x.float_or_nan() $float y.float_or_nan();
                        if !result.is_nan() {
                            set!($i.a(), Value::float_number(result));
                            continue;
                        }
                        if let Some((x, y)) = slow::floats(x, y) {
                            set!($i.a(), Value::float(x $float y));
                            continue;
                        }
                    }
                    binary_slow!($i, $op, $inplace, $constant);
                }};
            }
            // For operations whose fast path is a function of two values.
            macro_rules! quick {
                ($i:expr, $op:ident, $fast:path, $inplace:literal, $constant:literal) => {{
                    let y = if $constant { k!($i.c()) } else { r!($i.c()) };
                    if let Some(value) = $fast(r!($i.b()), y) {
                        set!($i.a(), value);
                        continue;
                    }
                    binary_slow!($i, $op, $inplace, $constant);
                }};
            }
            macro_rules! compare {
                ($i:expr, $op:ident, $sign:tt) => {{
                    let (x, y) = (r!($i.b()), r!($i.c()));
                    if x.both_int(y) {
                        set!($i.a(), Value::bool(x.int_unchecked() $sign y.int_unchecked()));
                        continue;
                    } else if let Some((x, y)) = slow::floats(x, y) {
                        set!($i.a(), Value::bool(x $sign y));
                        continue;
                    }
                    let value = tri!(slow::compare(cx, CompareOp::$op, x, y));
                    consume!($i.b());
                    consume!($i.c());
                    set!($i.a(), value);
                    drain!();
                }};
            }
            macro_rules! jump {
                ($distance:expr) => {{
                    as_written();
                    pc = pc.offset($distance as isize);
                }};
            }
            macro_rules! compare_jump {
                ($i:expr, $op:ident, $sign:tt, $constant:literal) => {{
                    let distance = ext!() as i32;
                    let x = r!($i.a());
                    let y = if $constant { k!($i.b()) } else { r!($i.b()) };
                    let holds = if x.both_int(y) {
                        x.int_unchecked() $sign y.int_unchecked()
                    } else {
                        let (fx, fy) = (x.float_or_nan(), y.float_or_nan());
                        if !fx.is_nan() && !fy.is_nan() {
                            fx $sign fy
                        } else if let Some((x, y)) = slow::floats(x, y) {
                            x $sign y
                        } else {
                            let holds = tri!(slow::compare_truth(cx, CompareOp::$op, x, y));
                            consume!($i.a());
                            if !$constant {
                                consume!($i.b());
                            }
                            drain!();
                            holds
                        }
                    };
                    if holds == ($i.c() != 0) {
                        jump!(distance);
                    }
                }};
            }
            // A slow path with one operand, b, and a result.
            macro_rules! unary {
                ($i:expr, $slow:expr) => {{
                    let value = tri!($slow);
                    consume!($i.b());
                    set!($i.a(), value);
                    drain!();
                }};
            }
            // Calls the value in register `function` with the arguments behind it.
            macro_rules! call {
                ($function:expr, $count:expr, $dst:expr) => {{
                    let (function, count, dst) = ($function, $count, $dst);
                    let to = calls::Return { dst: dst as u8, resume: pc };
                    save!();
                    let callee = r!(function);
                    if has_shape(callee, shapes::FUNCTION) {
                        let target = calls::code_of(callee);
                        let base = base!() + function + 1;
                        let new = NewFrame::at_start(target, base, to, 0);
                        let entered = calls::enter_plain(cx, machine, frame, new, count);
                        if !entered.is_null() {
                            // Not read back from the frame, which was written just now: the next instruction is waiting for it.
                            switch!(entered, target, base);
                            pc = code.start();
                            if (*signals).pending() != 0 && calls::poll(cx).is_err() {
                                raise!();
                            }
                            continue;
                        }
                    }
                    if has_shape(callee, shapes::CLASS) {
                        enter!(construct::call_class(cx, base!() + function, count, to), dst)
                    } else {
                        enter!(calls::call::<D>(cx, base!() + function, count, to), dst)
                    }
                }};
            }
            // The next item of the iterator in register b goes to register a, and control to `$more`; or there is none: `$done`.
            // `$resume` is where a generator that yields goes on.
            macro_rules! next_item {
                ($i:expr, $resume:expr, $more:expr, $done:expr) => {{
                    let iter = r!($i.b());
                    if has_shape(iter, shapes::RANGE_ITER) {
                        let range = &*((iter.bits() + 8) as *const RangeIter);
                        let left = range.left.get();
                        if left > 0 {
                            let next = range.next.get();
                            range.left.set(left - 1);
                            range.next.set(next.wrapping_add(range.step.get()));
                            set!($i.a(), Value::int_wrapping(next));
                            $more;
                        } else {
                            $done;
                        }
                        continue;
                    }
                    if let Some(value) = slow::quick_next(iter) {
                        retain!(value);
                        set!($i.a(), value);
                        $more;
                        continue;
                    }
                    save!();
                    if has_shape(iter, shapes::GENERATOR) {
                        let to = calls::Return { dst: $i.a() as u8, resume: $resume };
                        match generator::enter_for::<D>(cx, iter, to) {
                            Ok(true) => continue 'frames,
                            Ok(false) => {}
                            Err(_) => raise!(),
                        }
                    }
                    if has_shape(iter, shapes::NATIVE_ITER) {
                        if let Some(value) = slow::quick_enumerate(cx, iter) {
                            set!($i.a(), value);
                            $more;
                            continue;
                        }
                    }
                    match tri!(slow::for_iter(cx, iter)) {
                        Some(value) => {
                            set!($i.a(), value);
                            $more;
                        }
                        None => {
                            $done;
                        }
                    }
                    drain!();
                }};
            }
            macro_rules! enter {
                ($entered:expr, $dst:expr) => {
                    match $entered {
                        Ok(Entered::Frame) => continue 'frames,
                        Ok(Entered::Value(value)) => {
                            set!($dst, value);
                            drain!();
                        }
                        Err(_) => raise!(),
                    }
                };
            }
            // Leaves the frame with a value that it owned.
            macro_rules! leave {
                ($value:expr) => {{
                    let mut value: Value = $value;
                    if (*frame).flags & CAPTURED != 0 {
                        captured::release(cx, true);
                    }
                    if D::COUNTED {
                        for n in 0..first_temp {
                            let old = std::ptr::replace(regs.add(n), Value::HOLE);
                            if old.is_ref() {
                                refs::release(core, old);
                            }
                        }
                    }
                    let mut flags = (*frame).flags;
                    if flags == CONSTRUCT && value.is_none() {
                        value = std::ptr::replace(regs.sub(2), Value::HOLE);
                        flags = 0;
                    } else if flags == OPERATOR && !has_shape(value, shapes::NOT_IMPLEMENTED) {
                        if D::COUNTED {
                            for n in [3, 2] {
                                let operand = std::ptr::replace(regs.sub(n), Value::HOLE);
                                refs::release(core, operand);
                            }
                        }
                        flags = 0;
                    }
                    if flags == 0 {
                        if D::COUNTED {
                            let function = std::ptr::replace(regs.sub(1), Value::HOLE);
                            refs::release(core, function);
                        }
                        (*runtime).depth.set((*runtime).depth.get() - 1);
                        let (dst, resume) = ((*frame).dst as usize, (*frame).resume);
                        let below = (*frame).below;
                        (*machine).current.set(below);
                        let base = (*below).base;
                        switch!(below, (*below).code, base);
                        (*core).memory.roots.stack.set_top(base + code.registers as usize);
                        at = resume;
                        pc = resume;
                        set!(dst, value);
                        drain!();
                        continue;
                    }
                    if flags == ENTRY {
                        (*runtime).depth.set((*runtime).depth.get() - 1);
                        (*machine).current.set((*frame).below);
                        return Ok(Left::Returned(value));
                    }
                    save!();
                    match calls::leave_special::<D>(cx, value) {
                        Ok(Some(result)) => return Ok(Left::Returned(result)),
                        Ok(None) => continue 'frames,
                        Err(_) => raise!(),
                    }
                }};
            }

            loop {
                at = pc;
                let i = Instr(*pc);
                pc = pc.add(1);
                // SAFETY: verified code has only opcodes of the table.
                let op: Op = std::mem::transmute::<u8, Op>(i.op());
                match op {
                    Op::Move => {
                        let value = r!(i.b());
                        if D::COUNTED && i.b() >= first_temp {
                            r!(i.b()) = Value::HOLE;
                        } else {
                            retain!(value);
                        }
                        set!(i.a(), value);
                    }
                    Op::LoadK => {
                        let value = k!(i.bx());
                        retain!(value);
                        set!(i.a(), value);
                    }
                    Op::LoadInt => set!(i.a(), Value::int32(i.sbx())),
                    Op::LoadImm => {
                        set!(i.a(), [Value::NONE, Value::TRUE, Value::FALSE, Value::HOLE][i.b() & 3]);
                    }
                    Op::Clear | Op::DeleteLocal => set!(i.a(), Value::HOLE),
                    Op::CheckLocal => {
                        if r!(i.a()).is_hole() {
                            save!();
                            slow::unbound_local(cx, code, i.a());
                            raise!();
                        }
                    }
                    Op::MakeCell => {
                        let value = tri!(slow::make_cell(cx, regs.add(i.a())));
                        set!(i.a(), value);
                        drain!();
                    }
                    Op::LoadClosure => {
                        let value = slow::closure_cell(cx, base!(), i.bx());
                        retain!(value);
                        set!(i.a(), value);
                    }
                    Op::TakeCell => {
                        if !has_shape(r!(i.a()), shapes::CELL) {
                            save!();
                            slow::no_cell(cx);
                            raise!();
                        }
                    }
                    Op::LoadCell => {
                        let cell = r!(i.b()).bits() as *const Value;
                        let value = *cell.add(1);
                        if value.is_hole() {
                            save!();
                            slow::unbound_cell(cx, code, i.b());
                            raise!();
                        }
                        retain!(value);
                        set!(i.a(), value);
                    }
                    Op::StoreCell => {
                        let (cell, value) = (r!(i.a()), r!(i.b()));
                        refs::put(core, header(cell), (cell.bits() as *mut Value).add(1), value);
                        consume!(i.b());
                        drain!();
                    }
                    Op::DeleteCell => {
                        let cell = r!(i.a());
                        let slot = (cell.bits() as *mut Value).add(1);
                        if (*slot).is_hole() && i.b() == 0 {
                            save!();
                            slow::unbound_cell(cx, code, i.a());
                            raise!();
                        }
                        refs::put(core, header(cell), slot, Value::HOLE);
                        drain!();
                    }
                    Op::LoadGlobal => {
                        let word = ext!();
                        let function = (*regs.sub(1)).bits() as *const Value;
                        if let Some(value) = cache::global(cx, function, cache!(word)) {
                            retain!(value);
                            set!(i.a(), value);
                            continue;
                        }
                        let value = tri!(cache::load_global(cx, code, base!(), word));
                        set!(i.a(), value);
                        drain!();
                    }
                    Op::StoreGlobal => {
                        let word = ext!();
                        tri!(cache::store_global(cx, code, base!(), word, r!(i.a())));
                        consume!(i.a());
                        drain!();
                    }
                    Op::DeleteGlobal => {
                        let word = ext!();
                        tri!(slow::delete_global(cx, code, base!(), word));
                        drain!();
                    }
                    Op::LoadName => {
                        let word = ext!();
                        let value = tri!(slow::load_name(cx, code, base!(), r!(i.b()), None, word));
                        set!(i.a(), value);
                        drain!();
                    }
                    Op::LoadNameOrCell => {
                        let word = ext!();
                        let value = tri!(slow::load_name(cx, code, base!(), r!(i.b()), Some(i.c()), word));
                        set!(i.a(), value);
                        drain!();
                    }
                    Op::StoreName => {
                        let word = ext!();
                        tri!(slow::store_name(cx, code, r!(i.a()), Some(r!(i.b())), word));
                        consume!(i.b());
                        drain!();
                    }
                    Op::DeleteName => {
                        let word = ext!();
                        tri!(slow::store_name(cx, code, r!(i.a()), None, word));
                        drain!();
                    }
                    Op::Neg => {
                        let x = r!(i.b());
                        if x.is_int() {
                            if let Some(value) = Value::int32(0).sub_ints(x) {
                                set!(i.a(), value);
                                continue;
                            }
                        } else if let Some(x) = x.as_float() {
                            set!(i.a(), Value::float(-x));
                            continue;
                        }
                        unary!(i, slow::unary(cx, op, x));
                    }
                    Op::Pos | Op::Invert => unary!(i, slow::unary(cx, op, r!(i.b()))),
                    Op::Not => {
                        let x = r!(i.b());
                        if x.is_bool() {
                            set!(i.a(), Value::bool(x == Value::FALSE));
                            continue;
                        }
                        let truth = tri!(slow::truth(cx, x));
                        consume!(i.b());
                        set!(i.a(), Value::bool(!truth));
                        drain!();
                    }
                    Op::Add => arith!(i, Add, add_ints, +, false, false),
                    Op::Sub => arith!(i, Sub, sub_ints, -, false, false),
                    Op::Mul => arith!(i, Mul, mul_ints, *, false, false),
                    Op::AddK => arith!(i, Add, add_ints, +, false, true),
                    Op::SubK => arith!(i, Sub, sub_ints, -, false, true),
                    Op::MulK => arith!(i, Mul, mul_ints, *, false, true),
                    Op::IAdd => arith!(i, Add, add_ints, +, true, false),
                    Op::ISub => arith!(i, Sub, sub_ints, -, true, false),
                    Op::IMul => arith!(i, Mul, mul_ints, *, true, false),
                    Op::IAddK => arith!(i, Add, add_ints, +, true, true),
                    Op::ISubK => arith!(i, Sub, sub_ints, -, true, true),
                    Op::IMulK => arith!(i, Mul, mul_ints, *, true, true),
                    Op::TrueDiv => quick!(i, TrueDiv, slow::quick_true_div, false, false),
                    Op::TrueDivK => quick!(i, TrueDiv, slow::quick_true_div, false, true),
                    Op::ITrueDiv => quick!(i, TrueDiv, slow::quick_true_div, true, false),
                    Op::FloorDiv => quick!(i, FloorDiv, slow::quick_floor_div, false, false),
                    Op::FloorDivK => quick!(i, FloorDiv, slow::quick_floor_div, false, true),
                    Op::IFloorDiv => quick!(i, FloorDiv, slow::quick_floor_div, true, false),
                    Op::Mod => quick!(i, Mod, slow::quick_mod, false, false),
                    Op::ModK => quick!(i, Mod, slow::quick_mod, false, true),
                    Op::IMod => quick!(i, Mod, slow::quick_mod, true, false),
                    Op::Pow => quick!(i, Pow, slow::quick_pow, false, false),
                    Op::PowK => quick!(i, Pow, slow::quick_pow, false, true),
                    Op::IPow => quick!(i, Pow, slow::quick_pow, true, false),
                    Op::And => quick!(i, And, slow::quick_and, false, false),
                    Op::AndK => quick!(i, And, slow::quick_and, false, true),
                    Op::IAnd => quick!(i, And, slow::quick_and, true, false),
                    Op::Or => quick!(i, Or, slow::quick_or, false, false),
                    Op::OrK => quick!(i, Or, slow::quick_or, false, true),
                    Op::IOr => quick!(i, Or, slow::quick_or, true, false),
                    Op::Xor => quick!(i, Xor, slow::quick_xor, false, false),
                    Op::XorK => quick!(i, Xor, slow::quick_xor, false, true),
                    Op::IXor => quick!(i, Xor, slow::quick_xor, true, false),
                    Op::Shl => quick!(i, Shl, slow::quick_shl, false, false),
                    Op::ShlK => quick!(i, Shl, slow::quick_shl, false, true),
                    Op::IShl => quick!(i, Shl, slow::quick_shl, true, false),
                    Op::Shr => quick!(i, Shr, slow::quick_shr, false, false),
                    Op::ShrK => quick!(i, Shr, slow::quick_shr, false, true),
                    Op::IShr => quick!(i, Shr, slow::quick_shr, true, false),
                    Op::MatMul => binary_slow!(i, MatMul, false, false),
                    Op::IMatMul => binary_slow!(i, MatMul, true, false),
                    Op::Lt => compare!(i, Lt, <),
                    Op::Le => compare!(i, Le, <=),
                    Op::Gt => compare!(i, Gt, >),
                    Op::Ge => compare!(i, Ge, >=),
                    Op::Eq => compare!(i, Eq, ==),
                    Op::Ne => compare!(i, Ne, !=),
                    Op::Is | Op::IsNot => {
                        let same = slow::identical(r!(i.b()), r!(i.c()));
                        consume!(i.b());
                        consume!(i.c());
                        set!(i.a(), Value::bool(same == (op == Op::Is)));
                        drain!();
                    }
                    Op::In | Op::NotIn => {
                        let found = tri!(slow::contains(cx, r!(i.c()), r!(i.b())));
                        consume!(i.b());
                        consume!(i.c());
                        set!(i.a(), Value::bool(found == (op == Op::In)));
                        drain!();
                    }
                    Op::Jump => jump!(i.j()),
                    Op::Loop => {
                        jump!(i.j());
                        if (*signals).pending() != 0 {
                            save!();
                            if calls::poll(cx).is_err() {
                                raise!();
                            }
                        }
                    }
                    Op::JumpIfTrue | Op::JumpIfFalse => {
                        let distance = ext!() as i32;
                        let x = r!(i.a());
                        let truth = if x.is_bool() {
                            x == Value::TRUE
                        } else {
                            let truth = match slow::quick_truth(x) {
                                Some(truth) => truth,
                                None => tri!(slow::truth(cx, x)),
                            };
                            consume!(i.a());
                            drain!();
                            truth
                        };
                        if truth == (op == Op::JumpIfTrue) {
                            jump!(distance);
                        }
                    }
                    Op::JumpIfTrueOrDrop | Op::JumpIfFalseOrDrop => {
                        let distance = ext!() as i32;
                        let x = r!(i.a());
                        let truth = match slow::quick_truth(x) {
                            Some(truth) => truth,
                            None => tri!(slow::truth(cx, x)),
                        };
                        if truth == (op == Op::JumpIfTrueOrDrop) {
                            jump!(distance);
                        } else {
                            consume!(i.a());
                        }
                        drain!();
                    }
                    Op::JumpUnlessDriven => {
                        let distance = ext!() as i32;
                        if !drivers::is_of(cx, r!(i.a()), i.b()) {
                            jump!(distance);
                        }
                    }
                    Op::JumpIfNone => {
                        let distance = ext!() as i32;
                        let none = r!(i.a()).is_none();
                        consume!(i.a());
                        drain!();
                        if none == (i.b() != 0) {
                            jump!(distance);
                        }
                    }
                    Op::JumpLt => compare_jump!(i, Lt, <, false),
                    Op::JumpLe => compare_jump!(i, Le, <=, false),
                    Op::JumpGt => compare_jump!(i, Gt, >, false),
                    Op::JumpGe => compare_jump!(i, Ge, >=, false),
                    Op::JumpEq => compare_jump!(i, Eq, ==, false),
                    Op::JumpNe => compare_jump!(i, Ne, !=, false),
                    Op::JumpLtK => compare_jump!(i, Lt, <, true),
                    Op::JumpLeK => compare_jump!(i, Le, <=, true),
                    Op::JumpGtK => compare_jump!(i, Gt, >, true),
                    Op::JumpGeK => compare_jump!(i, Ge, >=, true),
                    Op::JumpEqK => compare_jump!(i, Eq, ==, true),
                    Op::JumpNeK => compare_jump!(i, Ne, !=, true),
                    Op::GetAttr => {
                        let word = ext!();
                        let cache = cache!(word);
                        let x = r!(i.b());
                        if x.is_ref()
                            && (*header(x)).is_of(ShapeId(cache.key.get()))
                            && cache.epoch.get() == (*epoch).get()
                        {
                            let value = match cache.kind.get() {
                                cache::WORD => *(x.bits() as *const Value).add(cache.slot.get() as usize),
                                cache::VALUE => cache.value.get().0,
                                cache::OF_CLASS if cache::is_class(x, cache) => cache.value.get().0,
                                _ => Value::HOLE,
                            };
                            if !value.is_hole() {
                                retain!(value);
                                if D::COUNTED && i.b() >= first_temp {
                                    consume!(i.b());
                                    set!(i.a(), value);
                                    drain!();
                                } else {
                                    set!(i.a(), value);
                                }
                                continue;
                            }
                        }
                        let value = tri!(cache::get_attr(cx, code, x, word));
                        consume!(i.b());
                        set!(i.a(), value);
                        drain!();
                    }
                    Op::SetAttr => {
                        let word = ext!();
                        let cache = cache!(word);
                        let (x, value) = (r!(i.a()), r!(i.b()));
                        if x.is_ref()
                            && (*header(x)).is_of(ShapeId(cache.key.get()))
                            && cache.kind.get() != 0
                            && cache.epoch.get() == (*epoch).get()
                        {
                            cache::store_cached(core, x, value, cache);
                        } else {
                            tri!(cache::set_attr(cx, code, x, value, word));
                        }
                        consume!(i.b());
                        consume!(i.a());
                        drain!();
                    }
                    Op::DelAttr => {
                        let word = ext!();
                        tri!(slow::del_attr(cx, code, r!(i.a()), word));
                        consume!(i.a());
                        drain!();
                    }
                    Op::GetItem | Op::GetItemK => {
                        let x = r!(i.b());
                        let key = if op == Op::GetItem { r!(i.c()) } else { k!(i.c()) };
                        let value = match slow::quick_item(x, key) {
                            Some(value) => {
                                retain!(value);
                                value
                            }
                            None => tri!(slow::get_item(cx, x, key)),
                        };
                        consume!(i.b());
                        if op == Op::GetItem {
                            consume!(i.c());
                        }
                        set!(i.a(), value);
                        drain!();
                    }
                    Op::SetItem => {
                        let (x, key, value) = (r!(i.a()), r!(i.b()), r!(i.c()));
                        match slow::quick_slot(x, key) {
                            Some((array, slot)) => refs::put(core, array, slot, value),
                            None => tri!(slow::set_item(cx, x, key, value)),
                        }
                        consume!(i.c());
                        consume!(i.a());
                        consume!(i.b());
                        drain!();
                    }
                    Op::DelItem => {
                        tri!(slow::del_item(cx, r!(i.a()), r!(i.b())));
                        consume!(i.a());
                        consume!(i.b());
                        drain!();
                    }
                    Op::GetSlice => {
                        let value = match slow::quick_slice::<D>(cx, r!(i.b()), regs.add(i.c())) {
                            Some(value) => value,
                            None => tri!(slow::get_slice(cx, r!(i.b()), base!() + i.c())),
                        };
                        for n in 0..3 {
                            consume!(i.c() + n);
                        }
                        consume!(i.b());
                        set!(i.a(), value);
                        drain!();
                    }
                    Op::SetSlice => {
                        let (x, value) = (r!(i.a()), r!(i.c()));
                        if !slow::quick_set_slice(core, x, regs.add(i.b()), value) {
                            tri!(slow::set_slice(cx, x, base!() + i.b(), value));
                        }
                        for n in 0..3 {
                            consume!(i.b() + n);
                        }
                        consume!(i.c());
                        consume!(i.a());
                        drain!();
                    }
                    Op::BuildSlice => {
                        let value = tri!(slow::build_slice(cx, base!() + i.b()));
                        for n in 0..3 {
                            consume!(i.b() + n);
                        }
                        set!(i.a(), value);
                        drain!();
                    }
                    Op::Call => call!(i.a(), i.b(), i.c()),
                    Op::CallMethod => {
                        let (mut function, mut count) = (i.a(), i.b() + 1);
                        if r!(i.a() + 1).is_hole() {
                            r!(i.a() + 1) = std::ptr::replace(regs.add(i.a()), Value::HOLE);
                            (function, count) = (i.a() + 1, i.b());
                        }
                        call!(function, count, i.c())
                    }
                    Op::CallKw | Op::CallMethodKw => {
                        let names = k!(ext!() as usize);
                        save!();
                        let (mut function, mut count) = (i.a(), i.b());
                        if op == Op::CallMethodKw {
                            if r!(i.a() + 1).is_hole() {
                                r!(i.a() + 1) = std::ptr::replace(regs.add(i.a()), Value::HOLE);
                                function += 1;
                            } else {
                                count += 1;
                            }
                        }
                        let to = calls::Return { dst: i.c() as u8, resume: pc };
                        enter!(calls::call_named(cx, base!() + function, count, names, to), i.c())
                    }
                    Op::CallEx => {
                        let value = tri!(calls::call_spread(cx, base!() + i.a()));
                        for n in 0..3 {
                            consume!(i.a() + n);
                        }
                        set!(i.c(), value);
                        drain!();
                    }
                    Op::LoadMethod => {
                        let word = ext!();
                        let cache = cache!(word);
                        let x = r!(i.b());
                        if x.is_ref()
                            && (*header(x)).is_of(ShapeId(cache.key.get()))
                            && cache.kind.get() == cache::METHOD
                            && cache.epoch.get() == (*epoch).get()
                        {
                            let function = cache.value.get().0;
                            retain!(function);
                            if D::COUNTED && i.b() >= first_temp {
                                r!(i.b()) = Value::HOLE;
                            } else {
                                retain!(x);
                            }
                            r!(i.a()) = function;
                            r!(i.a() + 1) = x;
                            continue;
                        }
                        let (function, receiver) = match cache::class_method(x, cache, (*epoch).get()) {
                            Some((function, receiver)) => {
                                retain!(function);
                                retain!(receiver);
                                (function, receiver)
                            }
                            None => tri!(cache::load_method(cx, code, x, word)),
                        };
                        consume!(i.b());
                        r!(i.a()) = function;
                        r!(i.a() + 1) = receiver;
                        drain!();
                    }
                    Op::LoadSuper => {
                        let word = ext!();
                        let (function, receiver) =
                            tri!(cache::load_super(cx, code, base!(), r!(i.b()), r!(i.c()), word));
                        consume!(i.b());
                        r!(i.a()) = function;
                        r!(i.a() + 1) = receiver;
                        drain!();
                    }
                    Op::LoadSpecial => {
                        let word = ext!();
                        let (function, receiver) = tri!(slow::load_special(cx, code, r!(i.b()), word));
                        r!(i.a()) = function;
                        r!(i.a() + 1) = receiver;
                        drain!();
                    }
                    Op::MakeFunction => {
                        let constant = k!(ext!() as usize);
                        let value = tri!(slow::make_function(cx, base!(), constant, base!() + i.b(), i.c()));
                        for n in (0..4).filter(|n| i.c() & 1 << n != 0) {
                            consume!(i.b() + n);
                        }
                        set!(i.a(), value);
                        drain!();
                    }
                    Op::MakeInner => {
                        let constant = ext!() as usize;
                        let known = slow::inner(*regs.sub(1), i.b());
                        let value = if known.is_ref() {
                            retain!(known);
                            known
                        } else {
                            tri!(slow::make_inner(cx, base!(), k!(constant), i.b()))
                        };
                        set!(i.a(), value);
                    }
                    Op::BuildTuple => {
                        let value = tri!(slow::build_tuple::<D>(cx, regs.add(i.b()), i.c()));
                        set!(i.a(), value);
                        drain!();
                    }
                    Op::BuildList => {
                        let value = tri!(slow::build_list::<D>(cx, regs.add(i.b()), i.c()));
                        set!(i.a(), value);
                        drain!();
                    }
                    Op::BuildSet | Op::BuildMap | Op::BuildString => {
                        let value = tri!(slow::build(cx, op, base!() + i.b(), i.c()));
                        let count = if op == Op::BuildMap { i.c() * 2 } else { i.c() };
                        for n in 0..count {
                            consume!(i.b() + n);
                        }
                        set!(i.a(), value);
                        drain!();
                    }
                    Op::Convert => unary!(i, slow::convert(cx, r!(i.b()), i.c())),
                    Op::Format => {
                        let value = tri!(slow::format(cx, r!(i.b()), r!(i.c())));
                        consume!(i.b());
                        consume!(i.c());
                        set!(i.a(), value);
                        drain!();
                    }
                    Op::ListAppend => {
                        tri!(slow::list_append(cx, base!() + i.a(), r!(i.b())));
                        consume!(i.b());
                        drain!();
                    }
                    Op::ListExtend | Op::SetAdd | Op::SetUpdate | Op::MapUpdate => {
                        tri!(slow::collect_into(cx, op, base!() + i.a(), r!(i.b())));
                        consume!(i.b());
                        drain!();
                    }
                    Op::MapInsert => {
                        tri!(slow::map_insert(cx, base!() + i.a(), r!(i.b()), r!(i.c())));
                        consume!(i.b());
                        consume!(i.c());
                        drain!();
                    }
                    Op::MapMerge => {
                        tri!(slow::map_merge(cx, base!() + i.a(), r!(i.b()), r!(i.c())));
                        consume!(i.b());
                        drain!();
                    }
                    Op::ListToTuple => unary!(i, slow::list_to_tuple(cx, base!() + i.b())),
                    Op::Unpack => {
                        let x = r!(i.b());
                        if let Some(items) = slow::quick_items(x, i.c()) {
                            let moved = D::COUNTED && i.b() >= first_temp;
                            if moved {
                                r!(i.b()) = Value::HOLE;
                            }
                            // The last owner of a tuple takes its items over.
                            let dismantled = moved
                                && (*header(x)).count() == 1
                                && !(*header(x)).has(FLAG_QUEUED)
                                && has_shape(x, shapes::TUPLE);
                            for n in 0..i.c() {
                                let value = *items.add(n);
                                if !dismantled {
                                    retain!(value);
                                }
                                if D::COUNTED {
                                    // What a local held goes no earlier than the source, which it may be.
                                    let old = std::ptr::replace(regs.add(i.a() + n), value);
                                    refs::release(core, old);
                                } else {
                                    r!(i.a() + n) = value;
                                }
                            }
                            if dismantled {
                                (*core).memory.free_cell(header(x));
                            } else if moved {
                                refs::release(core, x);
                            }
                            drain!();
                            continue;
                        }
                        tri!(slow::unpack(cx, base!(), i, None));
                        drain!();
                    }
                    Op::UnpackStar => {
                        let after = ext!() as usize;
                        tri!(slow::unpack(cx, base!(), i, Some(after)));
                        drain!();
                    }
                    Op::GetIter => unary!(i, slow::get_iter(cx, r!(i.b()))),
                    Op::ForIter => {
                        let distance = ext!() as i32;
                        next_item!(i, pc, {}, jump!(distance))
                    }
                    Op::ForLoop => {
                        let distance = ext!() as i32;
                        if (*signals).pending() != 0 {
                            save!();
                            if calls::poll(cx).is_err() {
                                raise!();
                            }
                        }
                        next_item!(i, pc.offset(distance as isize), jump!(distance), {})
                    }
                    Op::PushExc => {
                        let (caught, before) = slow::push_exc(cx);
                        set!(i.a(), caught);
                        set!(i.b(), before);
                        drain!();
                    }
                    Op::PopExc => {
                        slow::pop_exc(cx, r!(i.a()));
                        set!(i.a(), Value::HOLE);
                        drain!();
                    }
                    Op::ExcMatch => {
                        let matches = tri!(slow::exc_match(cx, r!(i.b()), r!(i.c())));
                        consume!(i.c());
                        set!(i.a(), Value::bool(matches));
                        drain!();
                    }
                    Op::Raise => {
                        save!();
                        slow::raise(cx, r!(i.a()), None);
                        consume!(i.a());
                        raise!();
                    }
                    Op::RaiseFrom => {
                        save!();
                        slow::raise(cx, r!(i.a()), Some(r!(i.b())));
                        consume!(i.a());
                        consume!(i.b());
                        raise!();
                    }
                    Op::Reraise => {
                        save!();
                        slow::reraise(cx, r!(i.a()));
                        consume!(i.a());
                        if unwind::unwind(cx, false).is_err() {
                            return Err(crate::object::raise::pending());
                        }
                        continue 'frames;
                    }
                    Op::RaiseCurrent => {
                        save!();
                        // Like a re-raise, it adds no level for this frame.
                        let mark = !slow::raise_current(cx);
                        if unwind::unwind(cx, mark).is_err() {
                            return Err(crate::object::raise::pending());
                        }
                        continue 'frames;
                    }
                    Op::ExcParts => {
                        let parts = slow::exc_parts(cx, r!(i.b()));
                        for (n, &value) in parts.iter().enumerate() {
                            retain!(value);
                            set!(i.a() + n, value);
                        }
                    }
                    Op::Return => {
                        // Every register is given up: the value moves out of its own.
                        leave!(if D::COUNTED {
                            std::ptr::replace(regs.add(i.a()), Value::HOLE)
                        } else {
                            r!(i.a())
                        })
                    }
                    Op::ReturnNone => leave!(Value::NONE),
                    Op::Yield => {
                        let value = std::ptr::replace(regs.add(i.b()), Value::HOLE);
                        if D::COUNTED && i.b() < first_temp {
                            refs::retain(value);
                            r!(i.b()) = value;
                        } else if i.b() < first_temp {
                            r!(i.b()) = value;
                        }
                        save!();
                        match tri!(generator::suspend::<D>(cx, value, i.a() as u8)) {
                            Some(value) => return Ok(Left::Yielded(value)),
                            None => continue 'frames,
                        }
                    }
                    Op::Delegate => {
                        let to = calls::Return { dst: i.a() as u8, resume: pc };
                        if tri!(generator::enter_delegate::<D>(cx, r!(i.b()), r!(i.c()), to)) {
                            continue 'frames;
                        }
                        match tri!(generator::delegate(cx, r!(i.b()), r!(i.c()))) {
                            generator::Step::Returned(value) => {
                                set!(i.a(), value);
                                drain!();
                            }
                            generator::Step::Yielded(value) => {
                                save!();
                                match tri!(generator::suspend::<D>(cx, value, i.c() as u8)) {
                                    Some(value) => return Ok(Left::Yielded(value)),
                                    None => continue 'frames,
                                }
                            }
                        }
                    }
                    Op::GetYieldFromIter => unary!(i, generator::yield_from_iter(cx, r!(i.b()))),
                    Op::GetAwaitable => unary!(i, generator::awaitable(cx, r!(i.b()), i.c())),
                    Op::GetAIter => unary!(i, generator::async_iter(cx, r!(i.b()))),
                    Op::GetANext => {
                        let value = tri!(generator::async_next(cx, r!(i.b())));
                        set!(i.a(), value);
                        drain!();
                    }
                    Op::LoadBuildClass => {
                        let value = tri!(slow::load_build_class(cx));
                        set!(i.a(), value);
                    }
                    Op::LoadAssertionError => {
                        let value = slow::assertion_error(cx);
                        retain!(value);
                        set!(i.a(), value);
                    }
                    Op::SetupAnnotations => {
                        let namespace = (i.b() != 0).then(|| r!(i.a()));
                        tri!(slow::setup_annotations(cx, base!(), namespace));
                        drain!();
                    }
                    Op::ImportName => {
                        let word = ext!();
                        let value = tri!(slow::import_name(cx, code, base!(), r!(i.b()), i.c(), word));
                        consume!(i.b());
                        set!(i.a(), value);
                        drain!();
                    }
                    Op::ImportFrom => {
                        let word = ext!();
                        let value = tri!(slow::import_from(cx, code, r!(i.b()), word));
                        set!(i.a(), value);
                        drain!();
                    }
                    Op::ImportStar => {
                        let namespace = (i.b() != 0).then(|| r!(i.c()));
                        tri!(slow::import_star(cx, base!(), r!(i.a()), namespace));
                        consume!(i.a());
                        drain!();
                    }
                    Op::GetLen => {
                        let value = tri!(slow::len(cx, r!(i.b())));
                        set!(i.a(), value);
                        drain!();
                    }
                    Op::FormatPlain => unary!(i, slow::format_plain(cx, r!(i.b()))),
                    Op::IsStopAsyncIteration => {
                        let is = slow::is_stop_async_iteration(cx, r!(i.b()));
                        set!(i.a(), Value::bool(is));
                    }
                    Op::Display => {
                        tri!(slow::display(cx, r!(i.a())));
                        consume!(i.a());
                        drain!();
                    }
                    Op::MatchKind => {
                        let matches = tri!(slow::match_kind(cx, r!(i.b()), i.c()));
                        set!(i.a(), Value::bool(matches));
                    }
                    Op::MatchKeys => {
                        let value = tri!(slow::match_keys(cx, r!(i.b()), r!(i.c())));
                        consume!(i.c());
                        set!(i.a(), value);
                        drain!();
                    }
                    Op::MatchClass => {
                        let pattern = k!(ext!() as usize);
                        let value = tri!(slow::match_class(cx, r!(i.b()), r!(i.c()), pattern));
                        consume!(i.c());
                        set!(i.a(), value);
                        drain!();
                    }
                }
            }
            // An exception is on its way.
            if unwind::unwind(cx, true).is_err() {
                return Err(crate::object::raise::pending());
            }
        }
    }
}
