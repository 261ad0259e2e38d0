//! Binding arguments to the parameters of Python functions.

use super::calls::code_of;
use super::run::has_shape;
use super::step::{register, release, retain};
use crate::object::layout::{CodeData, Dict, Function, Tuple};
use crate::object::raise::{type_error, Raised};
use crate::object::{dict, names, shapes, str, tuple};
use taipan_gc::{Cx, Handle, Value};

/// What a call led to.
pub(super) enum Entered {
    /// A frame was pushed.
    Frame,
    /// The call is done; the caller owns the result.
    Value(Value),
}

/// The function at this stack index, and its code.
pub(super) fn function_and_code<'s>(cx: &Cx<'s>, index: usize) -> (Handle<'s, Function>, *const CodeData) {
    // SAFETY: callers have checked that a function lies there; it stays while it is called.
    let function: Handle<'s, Function> = unsafe { register(cx, index) };
    // SAFETY: as above.
    let code = unsafe { code_of(function.get(cx).value()) };
    (function, code)
}

/// Fills in defaults of missing trailing positional parameters; the common case. `false`: full binding is needed.
pub(super) fn bind_defaults(cx: &Cx<'_>, function: usize, count: usize, code: &CodeData) -> bool {
    let params = &code.unit.params;
    let positional = params.positional as usize;
    if params.keyword_only != 0 || params.var_positional || params.var_keyword || count > positional {
        return false;
    }
    let (handle, _) = function_and_code(cx, function);
    let Some(defaults) = handle.get(cx).defaults.get(cx) else { return false };
    let values = tuple::values(defaults);
    let first = positional - values.len().min(positional);
    if count < first {
        return false;
    }
    for n in count..positional {
        let value = values[n - first];
        retain(cx, value);
        // SAFETY: the caller has made sure that the frame's registers fit the stack.
        unsafe { *(*cx.core()).memory.roots.stack.slot(function + 1 + n) = value };
    }
    true
}

/// Binds any arguments: `count` values behind the function, the last ones named by `names`. Afterwards the parameters lie there.
#[cold]
#[inline(never)]
pub(super) fn bind(
    cx: &mut Cx<'_>,
    function: usize,
    count: usize,
    names: Option<Value>,
) -> Result<(), Raised> {
    cx.scoped(|cx| {
        let (handle, code) = function_and_code(cx, function);
        // SAFETY: the function on the stack keeps its code alive.
        let code = unsafe { &*code };
        // SAFETY: the values are arguments on the stack; names is a constant or rooted by the caller.
        let arguments: Vec<Handle<'_>> =
            (0..count).map(|n| unsafe { register(cx, function + 1 + n) }).collect();
        let names = match names {
            // SAFETY: as above.
            Some(names) => tuple::handles(cx, unsafe { super::step::root(cx, names).cast::<Tuple>() })?,
            None => Vec::new(),
        };
        let bound = place(cx, handle, code, &arguments, &names)?;
        lay_out(cx, function, &arguments, &bound);
        Ok(())
    })
}

/// The parameters' values in register order.
fn place<'s>(
    cx: &mut Cx<'s>,
    function: Handle<'s, Function>,
    code: &CodeData,
    arguments: &[Handle<'s>],
    names: &[Handle<'s>],
) -> Result<Vec<Handle<'s>>, Raised> {
    let params = &code.unit.params;
    let (positional, keyword_only) = (params.positional as usize, params.keyword_only as usize);
    let given = arguments.len() - names.len();
    let mut slots: Vec<Option<Handle<'s>>> = vec![None; positional + keyword_only];
    for (slot, argument) in slots.iter_mut().zip(&arguments[..given.min(positional)]) {
        *slot = Some(*argument);
    }
    let extra_keywords = if params.var_keyword { Some(dict::new(cx)?) } else { None };
    place_named(cx, function, code, &mut slots, extra_keywords, &arguments[given..], names)?;
    if given > positional && !params.var_positional {
        return Err(too_many(cx, function, code, &slots, given));
    }
    place_defaults(cx, function, code, &mut slots)?;
    let mut bound: Vec<Handle<'s>> = slots.into_iter().flatten().collect();
    if params.var_positional {
        bound.push(tuple::new(cx, &arguments[positional.min(given)..given])?.any());
    }
    if let Some(keywords) = extra_keywords {
        bound.push(keywords.any());
    }
    Ok(bound)
}

fn qualname(cx: &Cx<'_>, function: Handle<'_, Function>) -> String {
    function.get(cx).qualname.get(cx).and_then(|q| str::of(cx, q)).map(str::lossy).unwrap_or_default()
}

fn place_named<'s>(
    cx: &mut Cx<'s>,
    function: Handle<'s, Function>,
    code: &CodeData,
    slots: &mut [Option<Handle<'s>>],
    extra: Option<Handle<'s, Dict>>,
    values: &[Handle<'s>],
    names: &[Handle<'s>],
) -> Result<(), Raised> {
    let params = &code.unit.params;
    let mut positional_only = Vec::new();
    for (&name, &value) in names.iter().zip(values) {
        let Some(text) = str::of(cx, name.get(cx)).map(str::lossy) else {
            return Err(type_error(cx, "keywords must be strings"));
        };
        let found = code.unit.local_names[..slots.len()].iter().position(|n| **n == *text);
        match found {
            Some(at) if at >= params.positional_only as usize => {
                if slots[at].is_some() {
                    let name = qualname(cx, function);
                    return Err(type_error(
                        cx,
                        format!("{name}() got multiple values for argument '{text}'"),
                    ));
                }
                slots[at] = Some(value);
            }
            _ => match extra {
                Some(extra) => dict::set(cx, extra, name, value)?,
                None if found.is_some() => positional_only.push(text),
                None => {
                    let name = qualname(cx, function);
                    return Err(type_error(
                        cx,
                        format!("{name}() got an unexpected keyword argument '{text}'"),
                    ));
                }
            },
        }
    }
    if positional_only.is_empty() {
        return Ok(());
    }
    let (name, list) = (qualname(cx, function), positional_only.join(", "));
    Err(type_error(
        cx,
        format!("{name}() got some positional-only arguments passed as keyword arguments: '{list}'"),
    ))
}

fn place_defaults<'s>(
    cx: &mut Cx<'s>,
    function: Handle<'s, Function>,
    code: &CodeData,
    slots: &mut [Option<Handle<'s>>],
) -> Result<(), Raised> {
    let positional = code.unit.params.positional as usize;
    if let Some(defaults) = function.get(cx).defaults.get(cx) {
        let first = positional.saturating_sub(tuple::len(defaults));
        for (at, slot) in slots.iter_mut().enumerate().take(positional).skip(first) {
            if slot.is_none() {
                *slot = tuple::item(defaults, at - first).map(|v| cx.root(v));
            }
        }
    }
    if let Some(defaults) = function.get(cx).keyword_defaults.get(cx).map(|d| cx.root(d)) {
        for (at, slot) in slots.iter_mut().enumerate().skip(positional) {
            if slot.is_none() {
                let name = names::intern(cx, &code.unit.local_names[at])?;
                *slot = dict::get_name(cx, defaults.get(cx), names::local(cx, name)).map(|v| cx.root(v));
            }
        }
    }
    let missing = |range: std::ops::Range<usize>| -> Vec<String> {
        range.filter(|&at| slots[at].is_none()).map(|at| format!("'{}'", code.unit.local_names[at])).collect()
    };
    let lists = [(missing(0..positional), "positional"), (missing(positional..slots.len()), "keyword-only")];
    for (names, what) in lists {
        if !names.is_empty() {
            let (name, count, plural) =
                (qualname(cx, function), names.len(), if names.len() == 1 { "" } else { "s" });
            let list = join_names(&names);
            return Err(type_error(
                cx,
                format!("{name}() missing {count} required {what} argument{plural}: {list}"),
            ));
        }
    }
    Ok(())
}

fn join_names(names: &[String]) -> String {
    match names {
        [one] => one.clone(),
        [a, b] => format!("{a} and {b}"),
        [head @ .., last] => format!("{}, and {last}", head.join(", ")),
        [] => String::new(),
    }
}

fn too_many<'s>(
    cx: &mut Cx<'s>,
    function: Handle<'s, Function>,
    code: &CodeData,
    slots: &[Option<Handle<'s>>],
    given: usize,
) -> Raised {
    let positional = code.unit.params.positional as usize;
    let name = qualname(cx, function);
    let defaults = function.get(cx).defaults.get(cx).map_or(0, tuple::len);
    let least = positional - defaults.min(positional);
    let takes = if defaults > 0 { format!("from {least} to {positional}") } else { positional.to_string() };
    let plural = if defaults > 0 || positional != 1 { "s" } else { "" };
    let keyword_only = slots[positional..].iter().flatten().count();
    let given_text = if keyword_only > 0 {
        let (p, k) = (if given == 1 { "" } else { "s" }, if keyword_only == 1 { "" } else { "s" });
        format!("{given} positional argument{p} (and {keyword_only} keyword-only argument{k}) were given")
    } else {
        format!("{given} {} given", if given == 1 { "was" } else { "were" })
    };
    type_error(cx, format!("{name}() takes {takes} positional argument{plural} but {given_text}"))
}

/// Replaces the arguments behind the function by the parameters' values.
fn lay_out(cx: &Cx<'_>, function: usize, arguments: &[Handle<'_>], bound: &[Handle<'_>]) {
    let values: Vec<Value> = bound.iter().map(|b| b.get(cx).value()).collect();
    for &value in &values {
        retain(cx, value);
    }
    let slot = |n: usize| {
        // SAFETY: the caller has made sure that the frame's registers fit the stack.
        unsafe { (*cx.core()).memory.roots.stack.slot(function + 1 + n) }
    };
    let mut old = Vec::new();
    for n in 0..arguments.len() {
        // SAFETY: argument slots are in use.
        old.push(unsafe { std::ptr::replace(slot(n), Value::HOLE) });
    }
    for (n, &value) in values.iter().enumerate() {
        // SAFETY: as above. The scope's own slots lie above the frame's registers.
        unsafe { *slot(n) = value };
    }
    for value in old {
        release(cx, value);
    }
}

/// Whether a value is a Python function.
#[inline(always)]
pub(super) fn is_function(value: Value) -> bool {
    has_shape(value, shapes::FUNCTION)
}
