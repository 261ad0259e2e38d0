//! Calling anything: Python functions (through the VM's hook), natives, methods, classes, objects with `__call__`.

use super::layout::{BoundMethod, Function, Native, Tuple};
use super::names::{self, NameId};
use super::native::{bind, binds_directly, Args};
use super::raise::{raise, type_error, Raised};
use super::{attr, check_room, class, classes, descriptor, rt, shapes};
use taipan_gc::{refs, Cx, Discipline, Handle, Local, Value};

/// A Python function and its arguments on the stack, as the VM's hook gets them.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// Stack index of the function; its arguments follow.
    pub function: usize,
    /// How many arguments follow, named ones included.
    pub arguments: usize,
    /// Stack index of the tuple of names of the last arguments.
    pub names: Option<usize>,
}

/// Up to so many arguments there is always room for.
const MANY_ARGUMENTS: usize = 256;

/// Calls with positional arguments.
pub fn call<'s>(cx: &mut Cx<'s>, callee: Handle<'_>, arguments: &[Handle<'_>]) -> Result<Handle<'s>, Raised> {
    call_named(cx, callee, arguments, None)
}

/// Calls; the last arguments are named by `names`, a tuple of strings.
pub fn call_named<'s>(
    cx: &mut Cx<'s>,
    callee: Handle<'_>,
    arguments: &[Handle<'_>],
    names: Option<Handle<'_, Tuple>>,
) -> Result<Handle<'s>, Raised> {
    // Arguments are rooted again on their way: bound to parameters, gathered by `*args` and `**kwargs`, handed on.
    if arguments.len() > MANY_ARGUMENTS {
        check_room(cx, arguments.len().saturating_mul(8))?;
    }
    cx.scoped_keep(|cx| {
        let names = names.map(|n| cx.root(n.get(cx)));
        let callee = cx.root(callee.get(cx));
        let mut arguments: Vec<_> = arguments.iter().map(|a| cx.root(a.get(cx))).collect();
        dispatch(cx, callee, &mut arguments, names)
    })
}

/// Calls what a handle holds with `count` arguments, which lie behind it: the last handles that were made.
pub fn call_placed<'s>(cx: &mut Cx<'s>, callee: Handle<'s>, count: usize) -> Result<Handle<'s>, Raised> {
    if callee.get(cx).shape() == Some(shapes::FUNCTION) {
        return enter_function(cx, Frame { function: callee.index(), arguments: count, names: None });
    }
    // SAFETY: handles that lie behind this one, as long-lived as it is.
    let argument = |n: usize| unsafe { Handle::from_index(cx, callee.index() + 1 + n) };
    let mut arguments: Vec<Handle<'s>> = (0..count).map(argument).collect();
    dispatch(cx, callee, &mut arguments, None)
}

/// Calls a Python function with `count` arguments, which lie behind it: the last handles that were made. They are used up, and hold nothing any more. The
/// caller owns the result, where counts are kept.
#[inline]
pub fn call_function(cx: &mut Cx<'_>, function: Handle<'_, Function>, count: usize) -> Result<Value, Raised> {
    let frame = Frame { function: function.index(), arguments: count, names: None };
    (rt(cx).hooks.call_function)(cx, frame)
}

/// Calls a Python function; the result is rooted.
fn enter_function<'s>(cx: &mut Cx<'s>, frame: Frame) -> Result<Handle<'s>, Raised> {
    let value = (rt(cx).hooks.call_function)(cx, frame)?;
    // SAFETY: the result is valid, and its count, where counts are kept, is ours.
    unsafe {
        let handle = cx.root_raw(value);
        if cx.facts().discipline == Discipline::Counted {
            refs::release(cx.core(), value);
        }
        Ok(handle)
    }
}

/// The callee and its arguments lie on the stack behind each other.
fn dispatch<'s>(
    cx: &mut Cx<'s>,
    callee: Handle<'s>,
    arguments: &mut Vec<Handle<'s>>,
    names: Option<Handle<'s, Tuple>>,
) -> Result<Handle<'s>, Raised> {
    let shape = callee.get(cx).shape();
    match shape {
        Some(shapes::FUNCTION) => {
            let frame = Frame {
                function: callee.index(),
                arguments: arguments.len(),
                names: names.map(|n| n.index()),
            };
            enter_function(cx, frame)
        }
        // SAFETY: the shape says so.
        Some(shapes::NATIVE) => call_native(cx, unsafe { callee.cast() }, arguments, names),
        Some(shapes::BOUND_METHOD) => {
            // SAFETY: the shape says so.
            let method: Handle<'s, BoundMethod> = unsafe { callee.cast() };
            let (function, receiver) = method_parts(cx, method);
            arguments.insert(0, receiver);
            call_spread(cx, function, arguments, names)
        }
        _ => match class::of_handle(cx, callee) {
            Some(class) => class::instantiate(cx, class, arguments, names),
            None => call_object(cx, callee, arguments, names),
        },
    }
}

/// Function and receiver of a bound method, rooted.
pub fn method_parts<'s>(cx: &Cx<'s>, method: Handle<'_, BoundMethod>) -> (Handle<'s>, Handle<'s>) {
    let method = method.get(cx);
    let part = |slot: Option<Local<'_>>| cx.root(slot.unwrap_or(Local::NONE));
    (part(method.function.get(cx)), part(method.receiver.get(cx)))
}

/// Calls with arguments that lie anywhere: lays them out behind the callee first.
fn call_spread<'s>(
    cx: &mut Cx<'s>,
    callee: Handle<'s>,
    arguments: &[Handle<'s>],
    names: Option<Handle<'s, Tuple>>,
) -> Result<Handle<'s>, Raised> {
    let callee = cx.root(callee.get(cx));
    let mut arguments: Vec<_> = arguments.iter().map(|a| cx.root(a.get(cx))).collect();
    dispatch(cx, callee, &mut arguments, names)
}

/// Calls a native.
fn call_native<'s>(
    cx: &mut Cx<'s>,
    callee: Handle<'s, Native>,
    arguments: &[Handle<'s>],
    names: Option<Handle<'s, Tuple>>,
) -> Result<Handle<'s>, Raised> {
    let def = callee.get(cx).def;
    let args = if names.is_none() && binds_directly(def, arguments.len()) {
        bind_directly(cx, callee, arguments)
    } else {
        bind(cx, callee, arguments, names)?
    };
    enter_native(cx, |cx| (def.func)(cx, &args))
}

fn bind_directly<'s>(cx: &Cx<'s>, callee: Handle<'s, Native>, arguments: &[Handle<'s>]) -> Args<'s> {
    let named = callee.get(cx).def.named as usize;
    // The arguments are the top of the stack, except when there are none.
    let base = arguments.first().map_or_else(|| cx.root_empty().index(), |a| a.index());
    for _ in arguments.len().max(1)..named {
        cx.root_empty();
    }
    Args::bound(base, arguments.len().max(named), named, callee, None)
}

/// Runs native code that may call back, bounding how deep native calls nest: they take native stack.
pub fn enter_native<'s, R>(
    cx: &mut Cx<'s>,
    body: impl FnOnce(&mut Cx<'s>) -> Result<R, Raised>,
) -> Result<R, Raised> {
    let depth = rt(cx).native_depth.get();
    if depth >= rt(cx).native_limit.get() {
        return Err(raise(
            cx,
            classes::RECURSION_ERROR,
            "maximum recursion depth exceeded while calling a Python object",
        ));
    }
    rt(cx).native_depth.set(depth + 1);
    let result = body(cx);
    rt(cx).native_depth.set(depth);
    result
}

/// Natives may nest this deep by default; 8 MiB of native stack suffice.
pub const DEFAULT_NATIVE_LIMIT: u32 = 400;

fn call_object<'s>(
    cx: &mut Cx<'s>,
    callee: Handle<'s>,
    arguments: &[Handle<'s>],
    names: Option<Handle<'s, Tuple>>,
) -> Result<Handle<'s>, Raised> {
    let class = class::of(cx, callee.get(cx));
    let Some(method) = class::lookup(cx, class, names::CALL).map(|m| cx.root(m)) else {
        let name = class::type_name(cx, callee.get(cx));
        return Err(type_error(cx, format!("'{name}' object is not callable")));
    };
    if method.get(cx).shape() == Some(shapes::FUNCTION) || method.get(cx).shape() == Some(shapes::NATIVE) {
        let mut all = vec![callee];
        all.extend_from_slice(arguments);
        return enter_native(cx, |cx| call_spread(cx, method, &all, names));
    }
    let bound = descriptor::bind(cx, method, callee)?;
    enter_native(cx, |cx| call_spread(cx, bound, arguments, names))
}

/// Calls the method `name` of an object, looked up as attribute access does.
pub fn call_method<'s>(
    cx: &mut Cx<'s>,
    receiver: Handle<'_>,
    name: NameId,
    arguments: &[Handle<'_>],
) -> Result<Handle<'s>, Raised> {
    cx.scoped_keep(|cx| {
        let method = attr::get(cx, receiver, name)?;
        call(cx, method, arguments)
    })
}

/// Calls the special method `name`, looked up on the object's class alone; `None` when the class has none or it is None.
pub fn call_special<'s>(
    cx: &mut Cx<'s>,
    receiver: Handle<'_>,
    name: NameId,
    arguments: &[Handle<'_>],
) -> Result<Option<Handle<'s>>, Raised> {
    let Some(method) = attr::special(cx, receiver.get(cx), name).map(|m| cx.root(m)) else { return Ok(None) };
    if matches!(method.get(cx).shape(), Some(shapes::FUNCTION | shapes::NATIVE)) {
        let mut all = vec![cx.root(receiver.get(cx))];
        all.extend(arguments.iter().map(|a| cx.root(a.get(cx))));
        return call(cx, method, &all).map(Some);
    }
    let receiver = cx.root(receiver.get(cx));
    let bound = descriptor::bind(cx, method, receiver)?;
    call(cx, bound, arguments).map(Some)
}

/// Whether the value can be called.
pub fn is_callable(cx: &Cx<'_>, value: Local<'_>) -> bool {
    match value.shape() {
        Some(shapes::FUNCTION | shapes::NATIVE | shapes::BOUND_METHOD | shapes::CLASS) => true,
        _ => class::lookup(cx, class::of(cx, value), names::CALL).is_some(),
    }
}
