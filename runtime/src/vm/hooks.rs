//! The VM's entry points for the object model below it.

use super::bind::Entered;
use super::calls::{bind_and_push, enter_from_native, set_top, top, TO_NATIVE};
use super::frame::{caller, function_at, is_counted, Counted, Traced, ENTRY};
use super::generator;
use super::run::{run, Left};
use super::unwind::unwind;
use crate::object::call::{enter_native, Frame};
use crate::object::limits::tick;
use crate::object::raise::Raised;
use crate::object::Hooks;
use taipan_gc::{Cx, Value};

/// The hooks.
pub const HOOKS: Hooks = Hooks {
    call_function,
    resume: generator::resume,
    unraisable: crate::builtins::errors::unraisable,
    load: super::code::load,
    make_class: crate::builtins::bootstrap::make_class,
    fill_class: crate::builtins::bootstrap::fill_class,
    caller,
    function_at,
    format_percent: crate::builtins::percent::format_percent,
};

/// Runs the innermost frame in the heap's discipline.
pub(super) fn run_any(cx: &mut Cx<'_>) -> Result<Left, Raised> {
    if is_counted(cx) {
        run::<Counted>(cx)
    } else {
        run::<Traced>(cx)
    }
}

/// Calls a Python function from native code.
fn call_function(cx: &mut Cx<'_>, frame: Frame) -> Result<Value, Raised> {
    let Frame { function, arguments, names } = frame;
    let end = function + 1 + arguments;
    debug_assert!(top(cx) == end, "the arguments are the top of the stack");
    let result = enter_native(cx, |cx| {
        if names.is_some() || !enter_from_native(cx, function, arguments) {
            // SAFETY: a handle's slot.
            let names = names.map(|index| unsafe { (*cx.core()).stack_value(index) });
            if let Entered::Value(value) = bind_and_push(cx, function, arguments, names, TO_NATIVE, ENTRY)? {
                return Ok(value);
            }
        }
        if tick(cx).is_err() {
            unwind(cx, true)?;
        }
        match run_any(cx)? {
            Left::Returned(value) | Left::Yielded(value) => Ok(value),
        }
    });
    set_top(cx, end);
    result
}
