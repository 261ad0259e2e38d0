//! Calls from the loop: Python functions get a frame, everything else runs to its end at once. Also returning, and polls.

use super::bind::{bind, bind_defaults, function_and_code, is_function, Entered};
use super::frame::{is_counted, machine, Counting, Frame, CONSTRUCT, ENTRY, GENERATOR};
use super::run::{has_shape, WIDTHS};
use super::step::{owned, register, release, retain, root};
use super::{generator, slow};
use crate::bytecode::code::{FLAG_ASYNC_GENERATOR, FLAG_COROUTINE, FLAG_GENERATOR};
use crate::object::layout::{BoundMethod, Class, CodeData, Dict, Native, Tuple};
use crate::object::native::Args;
use crate::object::raise::{raise, type_error, Raised};
use crate::object::{call as object_call, class, classes, instance, iter, names, rt, shapes, str, tuple};
use taipan_gc::protocol::signals::{COLLECT, FINALIZERS, INTERRUPT};
use taipan_gc::{Cx, Handle, Value};

const MAKES_GENERATOR: u32 = FLAG_GENERATOR | FLAG_COROUTINE | FLAG_ASYNC_GENERATOR;

/// The slot at this index of the stack.
#[inline(always)]
pub(super) fn slot(cx: &Cx<'_>, index: usize) -> *mut Value {
    // SAFETY: a shared read of this thread's core.
    unsafe { (*cx.core()).memory.roots.stack.slot(index) }
}

#[inline(always)]
fn value_at(cx: &Cx<'_>, index: usize) -> Value {
    // SAFETY: callers pass indices of registers in use.
    unsafe { *slot(cx, index) }
}

pub(super) fn put_at(cx: &Cx<'_>, index: usize, value: Value) {
    // SAFETY: as above; the old value has been moved out or owns nothing.
    unsafe { *slot(cx, index) = value };
}

fn take_at(cx: &Cx<'_>, index: usize) -> Value {
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

/// Calls what lies at stack index `function` with the `count` positional arguments behind it. All are consumed.
#[inline]
pub(super) fn call<D: Counting>(
    cx: &mut Cx<'_>,
    function: usize,
    count: usize,
    dst: u8,
) -> Result<Entered, Raised> {
    let callee = value_at(cx, function);
    if is_function(callee) {
        let (_, code) = function_and_code(cx, function);
        // SAFETY: the function on the stack keeps its code alive.
        let unit = unsafe { &(*code).unit };
        let params = &unit.params;
        let plain = count == params.positional as usize
            && params.keyword_only == 0
            && !params.var_positional
            && !params.var_keyword
            && unit.flags & MAKES_GENERATOR == 0;
        if plain {
            return push(cx, function, code, dst, 0, count);
        }
        return call_function(cx, function, count, None, dst);
    }
    if has_shape(callee, shapes::NATIVE) {
        return call_native(cx, function, count);
    }
    call_other::<D>(cx, function, count, dst)
}

/// Pushes the frame of a function whose `bound` parameters lie behind it.
#[inline]
fn push(
    cx: &mut Cx<'_>,
    function: usize,
    code: *const CodeData,
    dst: u8,
    flags: u8,
    bound: usize,
) -> Result<Entered, Raised> {
    // SAFETY: the function on the stack keeps its code alive.
    let unit = unsafe { &(*code).unit };
    enter_frame(cx, function + 1 + unit.registers as usize)?;
    let base = function + 1;
    for n in bound..unit.first_temp as usize {
        put_at(cx, base + n, Value::HOLE);
    }
    machine(cx).frames().push(Frame { code, base, pc: 0, dst, flags });
    // SAFETY: a shared read of this thread's core.
    if unsafe { (*cx.core()).memory.signals.pending() } != 0 {
        poll(cx)?;
    }
    Ok(Entered::Frame)
}

/// Counts a frame and makes room for its registers.
#[inline]
pub(super) fn enter_frame(cx: &mut Cx<'_>, end: usize) -> Result<(), Raised> {
    let runtime = rt(cx);
    let depth = runtime.depth.get();
    // SAFETY: a shared read of this thread's core.
    let room = unsafe { (*cx.core()).memory.roots.stack.has_room_until(end) };
    if depth >= runtime.recursion_limit.get() || !room {
        return Err(raise(cx, classes::RECURSION_ERROR, "maximum recursion depth exceeded"));
    }
    runtime.depth.set(depth + 1);
    set_top(cx, end);
    Ok(())
}

/// Calls a Python function whose arguments need binding, or that makes a generator.
#[cold]
#[inline(never)]
fn call_function(
    cx: &mut Cx<'_>,
    function: usize,
    count: usize,
    names: Option<Value>,
    dst: u8,
) -> Result<Entered, Raised> {
    let before = top(cx);
    let result = bind_and_push(cx, function, count, names, dst, 0);
    if result.is_err() {
        set_top(cx, before.max(function + 1 + count));
    }
    result
}

pub(super) fn bind_and_push(
    cx: &mut Cx<'_>,
    function: usize,
    count: usize,
    names: Option<Value>,
    dst: u8,
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
        let value = generator::create(cx, function)?;
        give_up(cx, function, function + 1 + bound);
        set_top(cx, old_top);
        return Ok(Entered::Value(value));
    }
    push(cx, function, code, dst, flags, bound)
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

/// Calls a native with positional arguments.
#[inline]
fn call_native(cx: &mut Cx<'_>, function: usize, count: usize) -> Result<Entered, Raised> {
    // SAFETY: the caller has checked the shape; the callee stays in its slot meanwhile.
    let callee: Handle<'_, Native> = unsafe { register(cx, function) };
    let def = callee.get(cx).def;
    if !crate::object::native::binds_directly(def, count) {
        return call_generic(cx, function, count, None);
    }
    let before = top(cx);
    let named = def.named as usize;
    for n in count..named {
        put_at(cx, function + 1 + n, Value::HOLE);
    }
    let end = function + 1 + count.max(named);
    // Above the arguments everything is dead until the native returns.
    set_top(cx, end.max(before));
    let result: Result<Value, Raised> = cx.scoped(|cx| {
        // SAFETY: as above.
        let callee: Handle<'_, Native> = unsafe { register(cx, function) };
        let args = Args::bound(function + 1, count.max(named), named, callee, None);
        let result = object_call::enter_native(cx, |cx| (def.func)(cx, &args))?;
        Ok(owned(cx, result))
    });
    set_top(cx, before);
    let value = result?;
    give_up(cx, function, function + 1 + count);
    poll_owned(cx, value)
}

/// A poll with a result in hand.
#[inline]
fn poll_owned(cx: &mut Cx<'_>, value: Value) -> Result<Entered, Raised> {
    // SAFETY: a shared read of this thread's core.
    if unsafe { (*cx.core()).memory.signals.pending() } == 0 {
        return Ok(Entered::Value(value));
    }
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
    dst: u8,
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
        return call::<D>(cx, function, count + 1, dst);
    }
    if let Some(entered) = construct(cx, function, count, dst)? {
        return Ok(entered);
    }
    call_generic(cx, function, count, None)
}

/// Moves `count` values up by `by` slots.
fn shift(cx: &Cx<'_>, from: usize, count: usize, by: usize) {
    // SAFETY: the callers have made sure that there is room.
    unsafe { std::ptr::copy(slot(cx, from), slot(cx, from + by), count) };
}

/// Whether arguments may be shifted beyond the caller's registers: the stack has room, and the slots are in use.
fn room_for_one_more(cx: &Cx<'_>, function: usize, count: usize) -> bool {
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

/// `class(…)` for classes whose instances `object.__new__` makes: allocates and enters `__init__`. `None`: not such a class.
fn construct(cx: &mut Cx<'_>, function: usize, count: usize, dst: u8) -> Result<Option<Entered>, Raised> {
    let callee = value_at(cx, function);
    if !has_shape(callee, shapes::CLASS) {
        return Ok(None);
    }
    // SAFETY: the shape says so.
    let class: Handle<'_, Class> = unsafe { register(cx, function) };
    if class.get(cx).flags.get() & class::PLAIN_NEW == 0 || !room_for_one_more(cx, function, count) {
        return Ok(None);
    }
    let Some(init) = class::lookup(cx, class.get(cx), names::INIT).map(|i| i.value()) else {
        return Ok(None);
    };
    if !is_function(init) {
        return Ok(None);
    }
    // Allocation may collect, and then everything may have moved.
    let instance = cx.scoped(|cx| {
        // SAFETY: found just now.
        let init = unsafe { root(cx, init) };
        // SAFETY: as above.
        let class: Handle<'_, Class> = unsafe { register(cx, function) };
        let made = instance::new(cx, class)?;
        Ok::<_, Raised>((owned(cx, made), owned(cx, init)))
    });
    let (made, init) = instance?;
    shift(cx, function + 1, count, 2);
    let class = take_at(cx, function);
    put_at(cx, function, made);
    put_at(cx, function + 1, init);
    retain(cx, made);
    put_at(cx, function + 2, made);
    release(cx, class);
    // function: the instance; function + 1: `__init__`; function + 2: self.
    let result = bind_and_push(cx, function + 1, count + 1, None, dst, CONSTRUCT);
    if result.is_err() {
        give_up(cx, function, function + 3 + count);
    }
    match result? {
        Entered::Frame => Ok(Some(Entered::Frame)),
        Entered::Value(value) => {
            // An `__init__` that is a generator function.
            release(cx, value);
            let name = "generator";
            Err(type_error(cx, format!("__init__() should return None, not '{name}'")))
        }
    }
}

/// Calls anything through the object model.
#[cold]
#[inline(never)]
fn call_generic(
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
pub(super) fn call_named<D: Counting>(
    cx: &mut Cx<'_>,
    function: usize,
    count: usize,
    names: Value,
    dst: u8,
) -> Result<Entered, Raised> {
    if is_function(value_at(cx, function)) {
        return call_function(cx, function, count, Some(names), dst);
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
        if !keywords.get(cx).value().is_hole() {
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

/// What happens when the frame of an `__init__` or of a generator returns `value`, which is owned. `None`: the frame is gone and the next one can go on.
pub(super) fn leave_special<D: Counting>(
    cx: &mut Cx<'_>,
    frame: &Frame,
    value: Value,
) -> Result<Option<Value>, Raised> {
    if frame.flags & GENERATOR != 0 {
        return generator::finish::<D>(cx, frame, value);
    }
    if !value.is_none() {
        let given = cx.scoped(|cx| {
            // SAFETY: owned.
            let value = unsafe { root(cx, value) };
            class::type_name(cx, value.get(cx))
        });
        release(cx, value);
        return Err(type_error(cx, format!("__init__() should return None, not '{given}'")));
    }
    Ok(Some(take_at(cx, frame.base - 2)))
}

/// Pops a frame whose registers have been released: its function, the frame, the room.
#[inline]
pub(super) fn pop<D: Counting>(cx: &Cx<'_>, frame: &Frame) {
    if D::COUNTED && frame.flags & ENTRY == 0 {
        let function = take_at(cx, frame.base - 1);
        release(cx, function);
    }
    let runtime = rt(cx);
    runtime.depth.set(runtime.depth.get() - 1);
    machine(cx).frames().pop();
}

/// Hands a result to the frame that is innermost now.
#[inline]
pub(super) fn deliver<D: Counting>(cx: &mut Cx<'_>, from: &Frame, value: Value) {
    let Some(frame) = machine(cx).frames().last_mut() else { return };
    // SAFETY: the frame's code is alive while it is on the stack.
    let code = unsafe { &*frame.code };
    let op = code.words[frame.pc as usize].get() as u8;
    frame.pc += WIDTHS[op as usize] as u32;
    let base = frame.base;
    set_top(cx, base + code.unit.registers as usize);
    let at = slot(cx, base + from.dst as usize);
    // SAFETY: the destination is a register of the frame.
    let old = unsafe { std::ptr::replace(at, value) };
    if D::COUNTED {
        release(cx, old);
        cx.drain();
    }
}

/// Does what is asked of the mutator: collects, runs finalizers, or raises KeyboardInterrupt.
#[cold]
#[inline(never)]
pub(super) fn poll(cx: &mut Cx<'_>) -> Result<(), Raised> {
    // SAFETY: a shared read of this thread's core.
    let signals = unsafe { (*cx.core()).memory.signals.clone() };
    if signals.pending() & (COLLECT | FINALIZERS) != 0 {
        cx.poll();
    }
    if signals.take(INTERRUPT) != 0 {
        return Err(crate::object::raise::raise_with(cx, classes::KEYBOARD_INTERRUPT, &[]));
    }
    Ok(())
}
