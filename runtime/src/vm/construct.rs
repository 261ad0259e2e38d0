//! Calling classes without going through the object model: instances of classes written in Python, and builtin types whose `__new__` is all
//! there is to it.

use super::bind::{is_function, Entered};
use super::calls::{
    bind_and_push, call_generic, code_of, enter_function, enter_plain, give_up, poll_if_due, poll_owned,
    put_at, room_for_one_more, shift, take_at, value_at, Return,
};
use super::drivers;
use super::frame::{machine, NewFrame, CONSTRUCT, DRIVER};
use super::natives::{arguments, run_native};
use super::step::{born, owned, register, release, retain, root};
use crate::builtins::quick;
use crate::object::layout::{Class, Native};
use crate::object::native::binds_directly;
use crate::object::raise::{type_error, Raised};
use crate::object::{class, classes, instance, names, shapes};
use taipan_gc::{Cx, Handle, Local, Value};

/// Calls the class at stack index `function` with the arguments behind it, which are consumed.
#[inline(never)]
pub(super) fn call_class(
    cx: &mut Cx<'_>,
    function: usize,
    count: usize,
    to: Return,
) -> Result<Entered, Raised> {
    // SAFETY: the caller has seen the shape.
    let class: Handle<'_, Class> = unsafe { register(cx, function) };
    let flags = class.get(cx).flags.get();
    let entered = if flags & class::PLAIN_NEW != 0 {
        construct(cx, function, count, to)?
    } else if flags & class::BUILTIN != 0 {
        if let Some(made) = quick::construct(cx, class.get(cx), arguments(cx, function, count)) {
            let made = born(cx, made);
            give_up(cx, function, function + 1 + count);
            return Ok(Entered::Value(made));
        }
        if count == 1 && drivers::is_driven(cx, value_at(cx, function + 1)) {
            if let Some(driver) = drivers::of_class(cx, class.get(cx)) {
                if drivers::prepare(cx, driver, function)? {
                    return enter_function(cx, function, 2, to, DRIVER);
                }
            }
        }
        convert(cx, function, count)?
    } else {
        None
    };
    match entered {
        Some(entered) => Ok(entered),
        None => call_generic(cx, function, count, None),
    }
}

/// `int(…)`, `str(…)`, `range(…)`: a builtin type that initialises its objects in `__new__` alone.
fn convert(cx: &mut Cx<'_>, function: usize, count: usize) -> Result<Option<Entered>, Raised> {
    // SAFETY: the caller has seen that a class lies there.
    let class: Handle<'_, Class> = unsafe { register(cx, function) };
    let local = class.get(cx);
    if local.is(classes::local(cx, classes::TYPE)) {
        return Ok(None);
    }
    if class::lookup(cx, local, names::INIT).is_some_and(|init| !class::is_of_object(cx, init)) {
        return Ok(None);
    }
    let Some(new) = class::lookup(cx, local, names::NEW).filter(|new| new.shape() == Some(shapes::NATIVE))
    else {
        return Ok(None);
    };
    // SAFETY: the shape says so.
    let native: Local<'_, Native> = unsafe { Local::from_value(new.value()) };
    let def = native.def;
    if !def.is_static || class::is_of_object(cx, new) || !binds_directly(def, count + 1) {
        return Ok(None);
    }
    let new = new.value();
    // The class is the first argument, and lies in front of the others already.
    let value = run_native(cx, def, function, count + 1, |cx| {
        // SAFETY: found just now, and of this shape.
        unsafe { root(cx, new).cast() }
    })?;
    give_up(cx, function, function + 1 + count);
    poll_owned(cx, value).map(Some)
}

/// `class(…)` for classes whose instances `object.__new__` makes: allocates and enters `__init__`. `None`: not such a class.
fn construct(cx: &mut Cx<'_>, function: usize, count: usize, to: Return) -> Result<Option<Entered>, Raised> {
    // SAFETY: the caller has seen that a class lies there.
    let class: Handle<'_, Class> = unsafe { register(cx, function) };
    if !room_for_one_more(cx, function, count) {
        return Ok(None);
    }
    let Some(init) = class::lookup(cx, class.get(cx), names::INIT).map(|i| i.value()) else {
        return Ok(None);
    };
    if !is_function(init) {
        return Ok(None);
    }
    // The instance has two owners: its slot below `__init__`, and `self`.
    let (made, init) = match instance::alloc_owned(cx, class.get(cx), 2) {
        Ok(made) => {
            retain(cx, init);
            (made, init)
        }
        Err(_) => instance_slow(cx, class, init)?,
    };
    shift(cx, function + 1, count, 2);
    let class = take_at(cx, function);
    put_at(cx, function, made);
    put_at(cx, function + 1, init);
    put_at(cx, function + 2, made);
    release(cx, class);
    // function: the instance; function + 1: `__init__`; function + 2: self.
    // SAFETY: laid out just now; a call is made by the innermost frame.
    unsafe {
        let machine = machine(cx);
        let current = machine.current.get();
        let new = NewFrame::at_start(code_of(init), function + 2, to, CONSTRUCT);
        if !enter_plain(cx, machine, current, new, count + 1).is_null() {
            // As at any call: a tree may be built by constructors alone.
            poll_if_due(cx)?;
            return Ok(Some(Entered::Frame));
        }
    }
    let result = bind_and_push(cx, function + 1, count + 1, None, to, CONSTRUCT);
    if result.is_err() {
        give_up(cx, function, function + 3 + count);
    }
    match result? {
        Entered::Frame => {
            poll_if_due(cx)?;
            Ok(Some(Entered::Frame))
        }
        Entered::Value(value) => {
            // An `__init__` that is a generator function.
            release(cx, value);
            let name = "generator";
            Err(type_error(cx, format!("__init__() should return None, not '{name}'")))
        }
    }
}

/// An instance with two counts and its `__init__` with one, when a collection must make room first, which may move everything.
#[cold]
#[inline(never)]
fn instance_slow(cx: &mut Cx<'_>, class: Handle<'_, Class>, init: Value) -> Result<(Value, Value), Raised> {
    cx.scoped(|cx| {
        // SAFETY: found just now.
        let init = unsafe { root(cx, init) };
        let made = instance::new(cx, class)?;
        retain(cx, made.get(cx).value());
        Ok((owned(cx, made), owned(cx, init)))
    })
}

/// TypeError: an `__init__` returned something.
#[cold]
pub(super) fn init_returned(cx: &mut Cx<'_>, value: Value) -> Raised {
    let given = cx.scoped(|cx| {
        // SAFETY: owned.
        let value = unsafe { root(cx, value) };
        class::type_name(cx, value.get(cx))
    });
    release(cx, value);
    type_error(cx, format!("__init__() should return None, not '{given}'"))
}
