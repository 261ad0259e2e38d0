//! Calls from the loop: Python functions get a frame, everything else runs to its end at once. Also returning, and polls.

use super::bind::{bind, bind_defaults, function_and_code, is_function, Entered};
use super::frame::{
    is_counted, machine, Counting, Frame, Machine, NewFrame, CONSTRUCT, DRIVER, ENTRY, GENERATOR, OPERATOR,
};
use super::run::has_shape;
use super::step::{owned, register, release, retain, root};
use super::{construct, generator, natives, operators, slow};
use crate::bytecode::code::{FLAG_ASYNC_GENERATOR, FLAG_COROUTINE, FLAG_GENERATOR};
use crate::object::layout::{BoundMethod, Code, CodeData, Dict, Function, Tuple};
pub(super) use crate::object::limits::poll;
use crate::object::raise::{raise, type_error, Raised};
use crate::object::{call as object_call, class, classes, iter, names, rt, shapes, str, tuple};
use taipan_gc::hint::as_written;
use taipan_gc::{Cx, Handle, Local, Value};

const MAKES_GENERATOR: u32 = FLAG_GENERATOR | FLAG_COROUTINE | FLAG_ASYNC_GENERATOR;

/// The slot at this index of the stack.
#[inline(always)]
pub(super) fn slot(cx: &Cx<'_>, index: usize) -> *mut Value {
    // SAFETY: a shared read of this thread's core.
    unsafe { (*cx.core()).memory.roots.stack.slot(index) }
}

#[inline(always)]
pub(super) fn value_at(cx: &Cx<'_>, index: usize) -> Value {
    // SAFETY: callers pass indices of registers in use.
    unsafe { *slot(cx, index) }
}

pub(super) fn put_at(cx: &Cx<'_>, index: usize, value: Value) {
    // SAFETY: as above; the old value has been moved out or owns nothing.
    unsafe { *slot(cx, index) = value };
}

pub(super) fn take_at(cx: &Cx<'_>, index: usize) -> Value {
    // SAFETY: as above.
    unsafe { std::ptr::replace(slot(cx, index), Value::HOLE) }
}

/// Sets the first slot not in use.
#[inline(always)]
pub(super) fn set_top(cx: &Cx<'_>, top: usize) {
    // SAFETY: the core is this thread's; the borrow ends here.
    unsafe { (*cx.core()).memory.roots.stack.set_top(top) };
}

/// The first slot not in use.
pub(super) fn top(cx: &Cx<'_>) -> usize {
    // SAFETY: a shared read of this thread's core.
    unsafe { (*cx.core()).memory.roots.stack.top() }
}

/// How a call hands back its result: the register that gets it, and where the caller goes on.
#[derive(Clone, Copy)]
pub(super) struct Return {
    /// Register of the caller.
    pub(super) dst: u8,
    /// The instruction behind the call; null for calls from native code.
    pub(super) resume: *const u32,
}

/// A return to native code.
pub(super) const TO_NATIVE: Return = Return { dst: 0, resume: std::ptr::null() };

/// The loop's way into a Python function that needs no binding: pushes its frame, or returns null when [`call`] must decide. Nothing
/// runs in between, so nothing moves.
///
/// # Safety
/// A function of the new frame's code lies below its registers, and `count` arguments in the first of them; `current` is the innermost
/// frame of this heap's `machine`.
#[inline(always)]
pub(super) unsafe fn enter_plain(
    cx: &Cx<'_>,
    machine: *const Machine,
    current: *mut Frame,
    new: NewFrame,
    count: usize,
) -> *mut Frame {
    let runtime = rt(cx);
    // SAFETY: by contract; the core is this thread's, and the borrow ends here.
    unsafe {
        let stack = &mut (*cx.core()).memory.roots.stack;
        let node = (*current).above;
        let depth = runtime.depth.get();
        let end = new.base + (*new.code).registers as usize;
        let fits = (*new.code).plain_arguments == count as u32
            && depth < runtime.recursion_limit.get()
            && stack.has_room_until(end)
            && !node.is_null();
        if !fits {
            return std::ptr::null_mut();
        }
        runtime.depth.set(depth + 1);
        stack.set_top(end);
        for n in count..(*new.code).first_temp as usize {
            // One by one: they are few, and preparing for many would take longer.
            as_written();
            *stack.slot(new.base + n) = Value::HOLE;
        }
        (*node).fill(new);
        (*machine).current.set(node);
        node
    }
}

/// The code of a function in a register.
///
/// # Safety
/// The value is a function.
#[inline(always)]
pub(super) unsafe fn code_of(function: Value) -> *const CodeData {
    // SAFETY: by contract; functions have code, and it lies in a box behind the code object's header.
    unsafe {
        let function = &*((function.bits() + 8) as *const Function);
        let code = &*((function.code.raw().bits() + 8) as *const Code);
        &*code.data
    }
}

/// Calls what lies at stack index `function` with the `count` positional arguments behind it. All are consumed.
#[inline(never)]
pub(super) fn call<D: Counting>(
    cx: &mut Cx<'_>,
    function: usize,
    count: usize,
    to: Return,
) -> Result<Entered, Raised> {
    let callee = value_at(cx, function);
    if has_shape(callee, shapes::NATIVE) {
        return natives::call::<D>(cx, function, count, to);
    }
    if is_function(callee) {
        // SAFETY: just checked.
        if unsafe { (*code_of(callee)).generator_arguments } == count as u32 {
            // SAFETY: as above; the loop calls for the innermost frame.
            if unsafe { generator::begin::<D>(cx, function, count, to)? } {
                return Ok(Entered::Frame);
            }
            let made = generator::create(cx, function, count)?;
            give_up(cx, function, function + 1);
            return poll_owned(cx, made);
        }
        return call_function(cx, function, count, None, to, 0);
    }
    call_other::<D>(cx, function, count, to)
}

/// Pushes the frame of a function whose `bound` parameters lie behind it.
fn push(
    cx: &mut Cx<'_>,
    function: usize,
    code: *const CodeData,
    to: Return,
    flags: u8,
    bound: usize,
) -> Result<Entered, Raised> {
    // SAFETY: the function on the stack keeps its code alive.
    let (registers, first_temp) = unsafe { ((*code).registers as usize, (*code).first_temp as usize) };
    let base = function + 1;
    enter_frame(cx, base + registers, u32::from(flags & DRIVER == 0))?;
    for n in bound..first_temp {
        put_at(cx, base + n, Value::HOLE);
    }
    machine(cx).push(NewFrame::at_start(code, base, to, flags));
    Ok(Entered::Frame)
}

/// Counts a frame, or the `levels` of generators that it stands for, and makes room for it and for its registers.
#[inline]
pub(super) fn enter_frame(cx: &mut Cx<'_>, end: usize, levels: u32) -> Result<(), Raised> {
    let runtime = rt(cx);
    let depth = runtime.depth.get();
    // SAFETY: a shared read of this thread's core.
    let room = unsafe { (*cx.core()).memory.roots.stack.has_room_until(end) };
    if depth.saturating_add(levels) > runtime.recursion_limit.get() || !room {
        return Err(raise(cx, classes::RECURSION_ERROR, "maximum recursion depth exceeded"));
    }
    machine(cx).reserve(cx)?;
    runtime.depth.set(depth + levels);
    set_top(cx, end);
    Ok(())
}

/// Pops the innermost frame, which has these flags.
#[inline]
pub(super) fn leave_frame(cx: &Cx<'_>, flags: u8) {
    let runtime = rt(cx);
    runtime.depth.set(runtime.depth.get() - u32::from(flags & DRIVER == 0));
    machine(cx).pop();
}

/// Calls a Python function whose arguments need binding, or that makes a generator.
#[cold]
#[inline(never)]
fn call_function(
    cx: &mut Cx<'_>,
    function: usize,
    count: usize,
    names: Option<Value>,
    to: Return,
    flags: u8,
) -> Result<Entered, Raised> {
    let before = top(cx);
    let result = bind_and_push(cx, function, count, names, to, flags);
    match result {
        Ok(Entered::Frame) => poll_if_due(cx)?,
        Ok(Entered::Value(_)) => {}
        Err(_) => set_top(cx, before.max(function + 1 + count)),
    }
    result
}

/// The poll of a call. When it raises, what was pushed for the call stays: the new frame, if there is one, is what raised, and the loop's to unwind.
#[inline]
pub(super) fn poll_if_due(cx: &mut Cx<'_>) -> Result<(), Raised> {
    // SAFETY: a shared read of this thread's core.
    match unsafe { (*cx.core()).memory.signals.pending() } {
        0 => Ok(()),
        _ => poll(cx),
    }
}

/// Calls a Python function at a stack index, in whichever way fits; `flags` are none, or `DRIVER`.
pub(super) fn enter_function(
    cx: &mut Cx<'_>,
    function: usize,
    count: usize,
    to: Return,
    flags: u8,
) -> Result<Entered, Raised> {
    // SAFETY: callers have put a function and its arguments there; calls are made by the innermost frame.
    let entered = unsafe {
        let machine = machine(cx);
        let new = NewFrame::at_start(code_of(value_at(cx, function)), function + 1, to, flags);
        enter_plain(cx, machine, machine.current.get(), new, count)
    };
    if entered.is_null() {
        return call_function(cx, function, count, None, to, flags);
    }
    if flags & DRIVER != 0 {
        rt(cx).depth.set(rt(cx).depth.get() - 1);
    }
    poll_if_due(cx)?;
    Ok(Entered::Frame)
}

/// Enters a function at a stack index for native code, without a poll, unless its arguments need binding.
#[inline]
pub(super) fn enter_from_native(cx: &Cx<'_>, function: usize, count: usize) -> bool {
    // SAFETY: callers have put a function and its arguments there; native code calls within the innermost frame.
    unsafe {
        let machine = machine(cx);
        let new = NewFrame::at_start(code_of(value_at(cx, function)), function + 1, TO_NATIVE, ENTRY);
        !enter_plain(cx, machine, machine.current.get(), new, count).is_null()
    }
}

/// Binds the arguments of a function at a stack index and pushes its frame, without a poll: the caller polls, when nothing of its own is left to undo.
pub(super) fn bind_and_push(
    cx: &mut Cx<'_>,
    function: usize,
    count: usize,
    names: Option<Value>,
    to: Return,
    flags: u8,
) -> Result<Entered, Raised> {
    let (_, code) = function_and_code(cx, function);
    // SAFETY: the function on the stack keeps its code alive.
    let code = unsafe { &*code };
    let bound = code.unit.params.count();
    let end = function + 1 + (code.unit.registers as usize).max(bound);
    // SAFETY: a shared read of this thread's core.
    if unsafe { !(*cx.core()).memory.roots.stack.has_room_until(end) } {
        return Err(raise(cx, classes::RECURSION_ERROR, "maximum recursion depth exceeded"));
    }
    let old_top = top(cx);
    for n in (function + 1 + count)..end {
        // What lies above the arguments is dead; under tracing managers it may be stale.
        put_at(cx, n, Value::HOLE);
    }
    set_top(cx, old_top.max(end));
    let plain = names.is_none() && count == code.unit.params.positional as usize && count == bound;
    let bound_already = plain || (names.is_none() && bind_defaults(cx, function, count, code));
    if !bound_already {
        bind(cx, function, count, names)?;
    }
    if code.unit.flags & MAKES_GENERATOR != 0 {
        let value = generator::create(cx, function, bound)?;
        give_up(cx, function, function + 1);
        set_top(cx, old_top);
        return Ok(Entered::Value(value));
    }
    push(cx, function, code, to, flags, bound)
}

/// Releases the registers `from..to`.
pub(super) fn give_up(cx: &Cx<'_>, from: usize, to: usize) {
    if is_counted(cx) {
        for n in from..to {
            let value = take_at(cx, n);
            release(cx, value);
        }
    }
}

/// As [`give_up`], the last one first: what CPython has on its evaluation stack when an exception clears it.
pub(super) fn give_up_from_top(cx: &Cx<'_>, from: usize, to: usize) {
    if is_counted(cx) {
        for n in (from..to).rev() {
            let value = take_at(cx, n);
            release(cx, value);
        }
    }
}

/// A poll with a result in hand.
#[inline(always)]
pub(super) fn poll_owned(cx: &mut Cx<'_>, value: Value) -> Result<Entered, Raised> {
    // SAFETY: a shared read of this thread's core.
    if unsafe { (*cx.core()).memory.signals.pending() } == 0 {
        return Ok(Entered::Value(value));
    }
    poll_with(cx, value)
}

#[cold]
#[inline(never)]
fn poll_with(cx: &mut Cx<'_>, value: Value) -> Result<Entered, Raised> {
    let value = cx.scoped(|cx| {
        // SAFETY: the result is valid until something may collect.
        let handle = unsafe { root(cx, value) };
        release(cx, value);
        poll(cx)?;
        Ok::<Value, Raised>(owned(cx, handle))
    })?;
    Ok(Entered::Value(value))
}

/// Calls a class, a bound method or an object with `__call__`.
fn call_other<D: Counting>(
    cx: &mut Cx<'_>,
    function: usize,
    count: usize,
    to: Return,
) -> Result<Entered, Raised> {
    let callee = value_at(cx, function);
    if has_shape(callee, shapes::BOUND_METHOD) {
        // SAFETY: the shape says so.
        let method: Handle<'_, BoundMethod> = unsafe { register(cx, function) };
        let (target, receiver) = {
            let method = method.get(cx);
            (method.function.raw(), method.receiver.raw())
        };
        if !room_for_one_more(cx, function, count) {
            return call_generic(cx, function, count, None);
        }
        retain(cx, target);
        retain(cx, receiver);
        shift(cx, function + 1, count, 1);
        let method = take_at(cx, function);
        put_at(cx, function, target);
        put_at(cx, function + 1, receiver);
        release(cx, method);
        return call::<D>(cx, function, count + 1, to);
    }
    if has_shape(callee, shapes::CLASS) {
        return construct::call_class(cx, function, count, to);
    }
    // SAFETY: a register's value, and nothing here collects.
    let method = unsafe { class::lookup(cx, class::of(cx, Local::from_value(callee)), names::CALL) };
    let method = method.map(Local::value).filter(|&method| is_function(method));
    if let Some(method) = method.filter(|_| room_for_one_more(cx, function, count)) {
        retain(cx, method);
        shift(cx, function, count + 1, 1);
        put_at(cx, function, method);
        return enter_function(cx, function, count + 1, to, 0);
    }
    call_generic(cx, function, count, None)
}

/// Moves `count` values up by `by` slots.
#[inline]
pub(super) fn shift(cx: &Cx<'_>, from: usize, count: usize, by: usize) {
    // A handful at most: a call of memmove would take longer.
    for n in (0..count).rev() {
        put_at(cx, from + by + n, value_at(cx, from + n));
    }
}

/// Whether arguments may be shifted beyond the caller's registers: the stack has room, and the slots are in use.
pub(super) fn room_for_one_more(cx: &Cx<'_>, function: usize, count: usize) -> bool {
    let end = function + count + 4;
    // SAFETY: a shared read of this thread's core.
    if unsafe { !(*cx.core()).memory.roots.stack.has_room_until(end) } {
        return false;
    }
    if end > top(cx) {
        for n in top(cx)..end {
            put_at(cx, n, Value::HOLE);
        }
        set_top(cx, end);
    }
    true
}

/// Calls anything through the object model.
#[cold]
#[inline(never)]
pub(super) fn call_generic(
    cx: &mut Cx<'_>,
    function: usize,
    count: usize,
    names: Option<Value>,
) -> Result<Entered, Raised> {
    let before = top(cx);
    set_top(cx, before.max(function + 1 + count));
    let result: Result<Value, Raised> = cx.scoped(|cx| {
        // SAFETY: callee and arguments lie on the stack; names are a constant of running code.
        let (callee, arguments, names): (Handle<'_>, Vec<Handle<'_>>, _) = unsafe {
            (
                register(cx, function),
                (0..count).map(|n| register(cx, function + 1 + n)).collect(),
                names.map(|n| root(cx, n).cast::<Tuple>()),
            )
        };
        let result = object_call::call_named(cx, callee, &arguments, names)?;
        Ok(owned(cx, result))
    });
    let value = result?;
    give_up(cx, function, function + 1 + count);
    set_top(cx, before);
    poll_owned(cx, value)
}

/// CallKw.
pub(super) fn call_named(
    cx: &mut Cx<'_>,
    function: usize,
    count: usize,
    names: Value,
    to: Return,
) -> Result<Entered, Raised> {
    if is_function(value_at(cx, function)) {
        return call_function(cx, function, count, Some(names), to, 0);
    }
    call_generic(cx, function, count, Some(names))
}

/// CallEx: callee, positional arguments and keyword arguments at `index`; the result is owned.
pub(super) fn call_spread(cx: &mut Cx<'_>, index: usize) -> Result<Value, Raised> {
    cx.scoped(|cx| {
        // SAFETY: the registers are in use.
        let (callee, positional, keywords): (Handle<'_>, Handle<'_>, Handle<'_>) =
            unsafe { (register(cx, index), register(cx, index + 1), register(cx, index + 2)) };
        let mut arguments = if !is_iterable(cx, positional) {
            let what = slow::callee_name(cx, callee);
            let given = class::type_name(cx, positional.get(cx));
            return Err(type_error(cx, format!("{what} argument after * must be an iterable, not {given}")));
        } else {
            iter::to_vec(cx, positional)?
        };
        let mut names = Vec::new();
        if keywords.get_filled(cx).is_some() {
            // SAFETY: MapMerge and BuildMap made it.
            let keywords: Handle<'_, Dict> = unsafe { keywords.cast() };
            crate::object::check_room(cx, crate::object::dict::len(keywords.get(cx)).saturating_mul(2))?;
            let mut at = 0;
            while let Some((key, value)) = crate::object::dict::next_entry(cx, keywords.get(cx), &mut at) {
                if str::of(cx, key).is_none() {
                    return Err(type_error(cx, "keywords must be strings"));
                }
                names.push(cx.root(key));
                arguments.push(cx.root(value));
            }
        }
        let names = if names.is_empty() { None } else { Some(tuple::new(cx, &names)?) };
        let result = object_call::call_named(cx, callee, &arguments, names)?;
        Ok(owned(cx, result))
    })
}

fn is_iterable(cx: &Cx<'_>, value: Handle<'_>) -> bool {
    let class = class::of(cx, value.get(cx));
    class::lookup(cx, class, names::ITER).is_some() || class::lookup(cx, class, names::GETITEM).is_some()
}

/// Leaves the innermost frame with its result, when that takes more than the loop does by itself: the frame of an `__init__`, of a
/// generator, or one that native code entered. The registers have been released. `Some`: the run is over.
pub(super) fn leave_special<D: Counting>(cx: &mut Cx<'_>, value: Value) -> Result<Option<Value>, Raised> {
    let Some(frame) = machine(cx).innermost() else { return Ok(Some(value)) };
    let (base, flags, dst, resume) = (frame.base, frame.flags, frame.dst, frame.resume);
    let mut value = value;
    if flags & GENERATOR != 0 {
        return Ok(generator::finish::<D>(cx, value));
    }
    if flags & OPERATOR != 0 {
        release(cx, value);
        operators::declined::<D>(cx, base, Return { dst, resume })?;
        return Ok(None);
    }
    if flags & CONSTRUCT != 0 {
        if !value.is_none() {
            return Err(construct::init_returned(cx, value));
        }
        value = take_at(cx, base - 2);
    }
    if D::COUNTED && flags & ENTRY == 0 {
        let function = take_at(cx, base - 1);
        release(cx, function);
    }
    leave_frame(cx, flags);
    if flags & ENTRY != 0 {
        return Ok(Some(value));
    }
    deliver::<D>(cx, dst, resume, value);
    Ok(None)
}

/// Hands a result to the frame that is innermost now.
#[inline]
pub(super) fn deliver<D: Counting>(cx: &mut Cx<'_>, dst: u8, resume: *const u32, value: Value) {
    let Some(frame) = machine(cx).innermost() else { return };
    frame.pc = resume;
    let (base, end) = (frame.base, frame.end());
    set_top(cx, end);
    let at = slot(cx, base + dst as usize);
    // SAFETY: the destination is a register of the frame.
    let old = unsafe { std::ptr::replace(at, value) };
    if D::COUNTED {
        release(cx, old);
        cx.drain();
    }
}
