//! Frames of generators on the stack: how they get there, rest, end, and go on in chains of delegations.
//!
//! Below a generator's registers lie, from the bottom: the exception handled outside, the generator that is being resumed (a hole when it is the
//! frame's own), the frame's own generator, its function.
//!
//! `yield from` and `await` push the inner generator's frame on top of the outer one's. When the inner one yields, both come to rest, and so does every
//! frame down to whoever iterates; the outermost remembers the innermost. To resume the outermost, only the innermost is laid out, however
//! long the chain. When it ends, the one that delegated to it takes its place on the stack. So a step costs the same at any depth.
//!
//! A remembered innermost is good until a generator in the middle of a chain is resumed by somebody else: that changes `Machine::epoch`, and the chain is
//! gone through once more, delegation by delegation.

use super::eager::provide_registers;
use super::{of, put_received, simple};
use crate::bytecode::{Instr, Op};
use crate::object::generator::{is_running, CREATED, DONE, RUNNING, SUSPENDED};
use crate::object::layout::Generator;
use crate::object::raise::{raise, Raised};
use crate::object::{classes, root as fixed_root, root_handle, rt, shapes, tuple, Root};
use crate::vm::calls::{
    code_of, deliver, enter_frame, give_up, put_at, set_top, slot, top, value_at, Return,
};
use crate::vm::captured;
use crate::vm::frame::{
    is_counted, machine, Counted, Counting, Frame, NewFrame, Traced, CAPTURED, DELEGATED, ENTRY, GENERATOR,
};
use crate::vm::run::{has_shape, WIDTHS};
use crate::vm::step::{release, retain};
use taipan_gc::header::FLAG_QUEUED;
use taipan_gc::{refs, Cx, Local, Value};

/// Slots below a generator frame's registers.
pub(super) const SLOTS: usize = 4;
pub(super) const OUTER_HANDLED: usize = 4;
pub(super) const RESUMED: usize = 3;
pub(super) const OWN: usize = 2;

/// Who goes on when the generator is resumed.
fn innermost(cx: &Cx<'_>, resumed: Value) -> Value {
    let generator = of(cx, resumed);
    let inner = generator.innermost.raw();
    let known = generator.state.get() == SUSPENDED
        && inner.is_ref()
        && generator.epoch.get() == machine(cx).epoch.get()
        && of(cx, inner).state.get() == SUSPENDED;
    if known {
        inner
    } else {
        resumed
    }
}

/// Pushes the frame that goes on when a generator at rest is resumed, above all that is in use.
///
/// # Safety
/// The value is a generator in a root. It is not used after an error.
pub(super) unsafe fn enter<D: Counting>(
    cx: &mut Cx<'_>,
    resumed: Value,
    to: Return,
    flags: u8,
) -> Result<(), Raised> {
    let own = innermost(cx, resumed);
    // SAFETY: by contract; what it remembers is a generator too.
    unsafe { enter_as::<D>(cx, resumed, own, to, flags) }
}

/// As [`enter`], when it is `own` that goes on.
///
/// # Safety
/// As there.
pub(super) unsafe fn enter_as<D: Counting>(
    cx: &mut Cx<'_>,
    resumed: Value,
    own: Value,
    to: Return,
    flags: u8,
) -> Result<(), Raised> {
    if own == resumed {
        of(cx, own).level.set(1);
    }
    let at = top(cx);
    let base = at + SLOTS;
    let (registers, level) = {
        let own = of(cx, own);
        (own.registers.get(cx).map_or(0, |array| array.len.get() as usize), own.level.get())
    };
    enter_frame(cx, base + registers, level)?;
    let below =
        [fixed_root(cx, Root::Handled).value(), if own == resumed { Value::HOLE } else { resumed }, own];
    for (n, value) in below.into_iter().enumerate() {
        if D::COUNTED {
            // SAFETY: valid: nothing has run since they were read.
            unsafe { refs::retain(value) };
        }
        put_at(cx, at + n, value);
    }
    if own != resumed {
        of(cx, resumed).state.set(RUNNING);
    }
    // SAFETY: room has been made, and nothing has run since.
    unsafe { occupy::<D>(cx, own, base, to, flags) };
    Ok(())
}

/// Lays out a generator's function and registers at `base`, and pushes its frame.
///
/// # Safety
/// There is a node for the frame and room for the registers, which hold nothing yet.
unsafe fn occupy<D: Counting>(cx: &Cx<'_>, own: Value, base: usize, to: Return, flags: u8) {
    let generator = of(cx, own);
    let function = generator.function.raw();
    // SAFETY: by contract; a generator at rest has registers, and its function is one.
    unsafe {
        if D::COUNTED {
            refs::retain(function);
        }
        put_at(cx, base - 1, function);
        if let Some(array) = generator.registers.get(cx) {
            let (holder, count) = (array.value().header(), array.len.get() as usize);
            refs::move_out(cx.core(), holder, tuple::array_slot(array, 0), slot(cx, base), count);
        }
        if let Some(handled) = generator.handled.get(cx) {
            root_handle(cx, Root::Handled).set(cx, handled);
            generator.put(cx, Generator::handled, None);
        }
        if !generator.inner.is_empty() {
            generator.put(cx, Generator::inner, None);
        }
        let code = code_of(function);
        // It rests at an instruction: at the beginning, at a yield, which is over now, or at a delegation, which goes on.
        let at = (*code).start().add(generator.pc.get() as usize);
        let past = generator.state.get() != CREATED && *at as u8 == Op::Yield as u8;
        let pc = if past { at.add(WIDTHS[Op::Yield as usize] as usize) } else { at };
        generator.state.set(RUNNING);
        machine(cx).push(NewFrame { code, base, pc, to, flags: flags | GENERATOR });
    }
}

/// The `for` loop's way in: pushes the generator's frame. `false` when it can't be resumed so. The iterator, a generator, is in a hidden local of
/// the running frame.
pub(in crate::vm) fn enter_for<D: Counting>(
    cx: &mut Cx<'_>,
    iter: Value,
    to: Return,
) -> Result<bool, Raised> {
    let generator = of(cx, iter);
    if generator.flavour.get() != 0 || generator.state.get() > SUSPENDED {
        return Ok(false);
    }
    // SAFETY: the iterator is a generator in a root.
    if unsafe { simple::enter::<D>(cx, iter, to) } {
        if D::COUNTED {
            cx.drain();
        }
        return Ok(true);
    }
    claim(cx, iter)?;
    // SAFETY: as said; a claim that succeeds runs nothing.
    unsafe { enter::<D>(cx, iter, to, 0)? };
    receive::<D>(cx, Value::NONE);
    cx.drain();
    Ok(true)
}

/// The way in of a delegation in the running frame: pushes the inner generator's frame on top of it. `false` when that can't be resumed so, or is no
/// generator. Both values are in hidden locals.
pub(in crate::vm) fn enter_delegate<D: Counting>(
    cx: &mut Cx<'_>,
    inner: Value,
    sent: Value,
    to: Return,
) -> Result<bool, Raised> {
    if !has_shape(inner, shapes::GENERATOR) {
        return Ok(false);
    }
    let generator = of(cx, inner);
    let at_rest = match generator.state.get() {
        CREATED => sent.is_none(),
        state => state == SUSPENDED,
    };
    if !at_rest || generator.flavour.get() > 1 {
        return Ok(false);
    }
    let taken = generator.taken.get();
    if taken != 0 {
        // The outer generator has no `inner` while it runs, but the stamp of its last delegation.
        let mine = machine(cx)
            .innermost()
            .is_some_and(|frame| of(cx, value_at(cx, frame.base - OWN)).delegation.get() == taken);
        if !mine {
            claim(cx, inner)?;
        }
    }
    // SAFETY: as said; a claim that succeeds runs nothing.
    unsafe { enter::<D>(cx, inner, to, DELEGATED)? };
    receive::<D>(cx, sent);
    cx.drain();
    Ok(true)
}

/// The generator is about to be resumed, and not by the delegation that has taken it, if there is one: what chains remember is no longer so.
/// An error when it is in the middle of a chain that is running.
pub(super) fn claim(cx: &mut Cx<'_>, generator: Value) -> Result<(), Raised> {
    let taken = &of(cx, generator).taken;
    if taken.get() == 0 {
        return Ok(());
    }
    taken.set(0);
    if is_running(cx, of(cx, generator)) {
        return Err(already_running(cx, generator));
    }
    let epoch = &machine(cx).epoch;
    epoch.set(epoch.get().wrapping_add(1));
    Ok(())
}

#[cold]
pub(super) fn already_running(cx: &mut Cx<'_>, generator: Value) -> Raised {
    let what =
        ["generator", "coroutine", "asynchronous generator"][of(cx, generator).flavour.get() as usize % 3];
    raise(cx, classes::VALUE_ERROR, format!("{what} already executing"))
}

/// What was sent goes to the register that waits for it, unless the innermost frame's generator begins just now.
pub(super) fn receive<D: Counting>(cx: &Cx<'_>, sent: Value) {
    let Some(frame) = machine(cx).innermost() else { return };
    if frame.index() != 0 {
        let receiver = of(cx, value_at(cx, frame.base - OWN)).receiver.get();
        if D::COUNTED {
            // SAFETY: the value is in a root.
            unsafe { refs::retain(sent) };
        }
        put_received(cx, receiver, sent);
    }
}

/// Puts the innermost frame, a generator's, to rest, and the frames that delegate to it. `Some`: it was entered from native code, which gets the
/// value; `None`: the loop goes on with the frame below, which has been given the value.
/// `Err`: there is no memory for its registers, and it goes on running.
pub(in crate::vm) fn suspend<D: Counting>(
    cx: &mut Cx<'_>,
    value: Value,
    receiver: u8,
) -> Result<Option<Value>, Raised> {
    // SAFETY: the innermost frame is a generator's.
    if unsafe { simple::suspend::<D>(cx, value, receiver) } {
        return Ok(None);
    }
    let value = provide_registers(cx, value)?;
    Ok(suspend_at::<D>(cx, value, receiver, Value::HOLE))
}

/// As [`suspend`], at a delegation to `inner`, a generator, which is gone through again when the chain goes on.
pub(super) fn suspend_at<D: Counting>(
    cx: &mut Cx<'_>,
    value: Value,
    receiver: u8,
    inner: Value,
) -> Option<Value> {
    let mut frame: *mut Frame = machine(cx).innermost()?;
    // SAFETY: frames in use; each generator frame has the slots below its registers, and all that lies in them is alive: whoever resumed has it.
    unsafe {
        let mut innermost = rest(cx, &*frame, receiver, inner);
        let mut level = of(cx, innermost).level.get();
        loop {
            let (base, flags, to) = ((*frame).base, (*frame).flags, (*frame).to());
            let resumed = resumed_by(cx, base);
            let whole = of(cx, resumed);
            whole.state.set(SUSPENDED);
            let remembered = if innermost == resumed { Value::HOLE } else { innermost };
            if whole.innermost.raw() != remembered {
                let local = Local::from_slot(remembered);
                whole.put(cx, Generator::innermost, local);
            }
            whole.epoch.set(machine(cx).epoch.get());
            pop::<D>(cx, base);
            if flags & ENTRY != 0 {
                of(cx, innermost).level.set(level);
                return Some(value);
            }
            if flags & DELEGATED == 0 {
                of(cx, innermost).level.set(level);
                deliver::<D>(cx, to.dst, to.resume, value);
                return None;
            }
            frame = machine(cx).innermost()?;
            let waits = Instr(*(*frame).pc).c() as u8;
            let outer = rest(cx, &*frame, waits, resumed);
            let outer_generator = of(cx, outer);
            if outer_generator.handled.is_empty() {
                level += outer_generator.level.get();
            } else {
                // What it handles must be the handled exception inside, too: it is laid out whenever the chain goes on.
                of(cx, innermost).level.set(level);
                (innermost, level) = (outer, outer_generator.level.get());
            }
        }
    }
}

/// Moves the registers of a frame back into its generator, which is handed back. `inner` is the generator that it delegates to, if it rests at that.
///
/// # Safety
/// The frame is a generator's and the innermost.
unsafe fn rest(cx: &Cx<'_>, frame: &Frame, receiver: u8, inner: Value) -> Value {
    let own = value_at(cx, frame.base - OWN);
    let generator = of(cx, own);
    if let Some(array) = generator.registers.get(cx) {
        let (count, registers) = (array.len.get() as usize, slot(cx, frame.base));
        // SAFETY: the frame's registers move to slots that have been holes since it was resumed.
        unsafe {
            let holder = array.value().header();
            refs::move_in(cx.core(), holder, tuple::array_slot(array, 0), registers, count);
        }
    }
    generator.pc.set(frame.index());
    generator.receiver.set(receiver);
    generator.state.set(SUSPENDED);
    if frame.flags & CAPTURED != 0 {
        captured::release(cx, false);
    }
    // SAFETY: the frame's function keeps its code alive.
    let handlers = unsafe { &(*frame.code).unit.handlers };
    if !handlers.is_empty() || !inner.is_ref() {
        guard(cx, frame, generator);
    }
    if inner.is_ref() {
        // SAFETY: the generator was resumed by this frame.
        generator.put(cx, Generator::inner, Some(unsafe { Local::from_value(inner) }));
        let stamp = machine(cx).next_delegation();
        generator.delegation.set(stamp);
        of(cx, inner).taken.set(stamp);
    }
    let outer = outer_handled(cx, frame.base);
    let current = fixed_root(cx, Root::Handled);
    if current.value() != outer {
        if current.value().is_ref() {
            generator.put(cx, Generator::handled, Some(current));
        }
        restore_handled(cx, outer);
    }
    own
}

/// Notes whether the generator of a frame that comes to rest must be closed before it dies: whether a handler is in force there, or it delegates
/// to something that is no generator, and so doesn't see to that by itself.
fn guard(cx: &Cx<'_>, frame: &Frame, generator: Local<'_, Generator>) {
    let index = frame.index();
    // SAFETY: the frame's function keeps its code alive, and its `pc` is at an instruction.
    let (unit, delegates) = unsafe { (&(*frame.code).unit, *frame.pc as u8 == Op::Delegate as u8) };
    let handled = unit.handlers.iter().any(|h| h.start <= index && index < h.end);
    let outside = delegates && generator.inner.is_empty();
    let mut guarded = handled || outside;
    if guarded && !generator.registered.get() {
        // SAFETY: the core is this thread's; the generator is alive.
        unsafe {
            let core = cx.core();
            // Without memory for the lists it dies without being closed.
            guarded = (*core).reserve_lists().is_ok();
            if guarded {
                (*core).register_born(generator.value().header(), generator.born.get());
                generator.registered.set(true);
            }
        }
    }
    generator.guarded.set(guarded);
}

/// The generator that was resumed when the frame with these registers was laid out.
fn resumed_by(cx: &Cx<'_>, base: usize) -> Value {
    let resumed = value_at(cx, base - RESUMED);
    if resumed.is_hole() {
        value_at(cx, base - OWN)
    } else {
        resumed
    }
}

fn outer_handled(cx: &Cx<'_>, base: usize) -> Value {
    value_at(cx, base - OUTER_HANDLED)
}

fn restore_handled(cx: &Cx<'_>, outer: Value) {
    if fixed_root(cx, Root::Handled).value() != outer {
        // SAFETY: the value lies on the stack.
        root_handle(cx, Root::Handled).set(cx, unsafe { Local::from_value(outer) });
    }
}

/// Pops the innermost frame, a generator's, whose registers have been given up.
fn pop<D: Counting>(cx: &Cx<'_>, base: usize) {
    let runtime = rt(cx);
    let level = of(cx, value_at(cx, base - OWN)).level.get();
    runtime.depth.set(runtime.depth.get().saturating_sub(level));
    if D::COUNTED {
        give_up(cx, base - SLOTS, base);
    }
    machine(cx).pop();
}

/// The generator of the frame with these registers is done.
fn end(cx: &Cx<'_>, base: usize) {
    let own = of(cx, value_at(cx, base - OWN));
    own.state.set(DONE);
    drop_registers(cx, own);
    if !own.innermost.is_empty() {
        own.put(cx, Generator::innermost, None);
    }
    restore_handled(cx, outer_handled(cx, base));
}

/// Gives up the array of a generator's registers, which lie on the stack and are holes in it.
fn drop_registers(cx: &Cx<'_>, own: Local<'_, Generator>) {
    let core = cx.core();
    // SAFETY: the slot is the generator's; an array of holes that nobody else has needs nothing but its cell freed.
    unsafe {
        let array = refs::take(core, own.value().header(), own.registers.as_ptr());
        if !(*core).counted || !array.is_ref() {
            return;
        }
        let header = array.header();
        if (*header).count() == 1 && !(*header).has(FLAG_QUEUED) {
            (*core).memory.free_cell(header);
        } else {
            refs::release(core, array);
        }
    }
}

/// A generator's frame returned, its registers have been given up. `Some`: native code resumed it, and gets the value; `None`: the loop goes on with the
/// innermost frame: the one that delegated gets the value, a `for` loop ends.
pub(in crate::vm) fn finish<D: Counting>(cx: &mut Cx<'_>, value: Value) -> Option<Value> {
    let frame = machine(cx).innermost()?;
    let (base, flags, to) = (frame.base, frame.flags, frame.to());
    end(cx, base);
    if go_on_outside::<D>(cx, base) {
        let frame = machine(cx).innermost()?;
        // SAFETY: it rests at the delegation.
        let word = Instr(unsafe { *frame.pc });
        let after = frame.index() + WIDTHS[Op::Delegate as usize] as u32;
        frame.go_to(after);
        put_received(cx, word.a() as u8, value);
        return None;
    }
    pop::<D>(cx, base);
    if flags & ENTRY != 0 {
        return Some(value);
    }
    if flags & DELEGATED != 0 {
        deliver::<D>(cx, to.dst, to.resume, value);
        return None;
    }
    release(cx, value);
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
    None
}

/// The generator of the innermost frame is done. If it was resumed through another one, the one that delegated to it takes its place, at the
/// delegation.
fn go_on_outside<D: Counting>(cx: &Cx<'_>, base: usize) -> bool {
    let (own, resumed) = (value_at(cx, base - OWN), resumed_by(cx, base));
    if own == resumed {
        return false;
    }
    let Some(frame) = machine(cx).innermost() else { return false };
    let (to, flags) = (frame.to(), frame.flags & !GENERATOR);
    // Nobody has resumed a generator between the two meanwhile.
    let (mut outer, mut level) = (resumed, 1);
    while of(cx, outer).inner.raw() != own {
        outer = of(cx, outer).inner.raw();
        level += 1;
        if !has_shape(outer, shapes::GENERATOR) {
            return false;
        }
    }
    let runtime = rt(cx);
    runtime.depth.set((runtime.depth.get() + level).saturating_sub(of(cx, own).level.get()));
    of(cx, outer).level.set(level);
    let is_whole = outer == resumed;
    retain(cx, outer);
    if D::COUNTED {
        give_up(cx, base - OWN, base);
        if is_whole {
            give_up(cx, base - RESUMED, base - OWN);
        }
    }
    if is_whole {
        put_at(cx, base - RESUMED, Value::HOLE);
    }
    put_at(cx, base - OWN, outer);
    machine(cx).pop();
    let registers = of(cx, outer).registers.get(cx).map_or(0, |array| array.len.get() as usize);
    // At most the registers of one frame beyond the limit: the stack keeps more back.
    set_top(cx, base + registers);
    // SAFETY: the node was given up just now, and what lay in the registers, too.
    unsafe { occupy::<D>(cx, outer, base, to, flags) };
    true
}

/// A generator's frame is left by an exception, and its registers have been given up. `true`: the exception goes on in the generator that delegated
/// to this one, whose frame is now the innermost.
pub(in crate::vm) fn leave_failed(cx: &Cx<'_>, base: usize) -> bool {
    let goes_on =
        if is_counted(cx) { go_on_outside::<Counted>(cx, base) } else { go_on_outside::<Traced>(cx, base) };
    if !goes_on {
        pop::<Counted>(cx, base);
    }
    goes_on
}

/// A generator's frame is being left by an exception. PEP 479: StopIteration becomes RuntimeError.
pub(in crate::vm) fn fail(cx: &mut Cx<'_>, base: usize) {
    let what = crate::object::generator::kind(of(cx, value_at(cx, base - OWN)));
    end(cx, base);
    super::throw::no_stop_iteration(cx, what);
}
