//! `types.FunctionType(code, globals, …)` and `types.MethodType(function, instance)`.

use super::common::{fail, Res};
use crate::object::layout::{CellObject, Code, Function, FunctionInit, Tuple};
use crate::object::native::Args;
use crate::object::raise::Raised;
use crate::object::{call, class, descriptor, dict, names, retrying, str, tuple};
use taipan_gc::{Cx, Handle};

/// `method.__new__`
pub(super) fn new_method<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (function, instance) = (args.at(cx, 1), args.at(cx, 2));
    if !call::is_callable(cx, function.get(cx)) {
        fail!(cx, TYPE_ERROR, "first argument must be callable");
    }
    if instance.get(cx).value().is_none() {
        fail!(cx, TYPE_ERROR, "instance must not be None");
    }
    descriptor::new_method(cx, function, instance)
}

/// The cells that a function's code wants, checked.
fn closure<'s>(
    cx: &mut Cx<'s>,
    code: Handle<'_, Code>,
    given: Option<Handle<'s>>,
) -> Result<Option<Handle<'s, Tuple>>, Raised> {
    let (wants, name) =
        (code.get(cx).data.unit.free_registers.len(), code.get(cx).data.unit.name.to_string());
    let Some(given) = given else {
        match wants {
            0 => return Ok(None),
            _ => fail!(cx, TYPE_ERROR, "arg 5 (closure) must be tuple"),
        }
    };
    let Some(cells) = tuple::of_handle(cx, given) else {
        fail!(
            cx,
            TYPE_ERROR,
            "arg 5 (closure) must be {}",
            if wants == 0 { "None or tuple" } else { "tuple" }
        );
    };
    let has = tuple::len(cells.get(cx));
    if has != wants {
        fail!(cx, VALUE_ERROR, "{name} requires closure of length {wants}, not {has}");
    }
    for cell in tuple::handles(cx, cells)? {
        if cell.downcast::<CellObject>(cx).is_none() {
            let found = class::type_name(cx, cell.get(cx));
            fail!(cx, TYPE_ERROR, "arg 5 (closure) expected cell, found {found}");
        }
    }
    Ok((wants > 0).then_some(cells))
}

/// `function.__new__`
pub(super) fn new_function<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let Some(code) = args.at(cx, 1).downcast::<Code>(cx) else {
        let given = class::type_name(cx, args.at(cx, 1).get(cx));
        fail!(cx, TYPE_ERROR, "function() argument 'code' must be code, not {given}");
    };
    let Some(globals) = dict::of_handle(cx, args.at(cx, 2)) else {
        let given = class::type_name(cx, args.at(cx, 2).get(cx));
        fail!(cx, TYPE_ERROR, "function() argument 'globals' must be dict, not {given}");
    };
    let own_name = code.get(cx).data.unit.name.to_string();
    let name = match args.some(cx, 3) {
        Some(name) if str::of(cx, name.get(cx)).is_some() => name,
        Some(_) => fail!(cx, TYPE_ERROR, "arg 3 (name) must be None or string"),
        None => str::new(cx, &own_name)?.any(),
    };
    let defaults = match args.some(cx, 4) {
        Some(defaults) => match tuple::of_handle(cx, defaults) {
            Some(defaults) => Some(defaults),
            None => fail!(cx, TYPE_ERROR, "arg 4 (defaults) must be None or tuple"),
        },
        None => None,
    };
    let closure = closure(cx, code, args.some(cx, 5))?;
    let module = dict::get_name(cx, globals.get(cx), names::local(cx, names::NAME)).map(|m| cx.root(m));
    let made: Handle<'s, Function> = retrying(cx, |cx| {
        cx.alloc(FunctionInit {
            code: Some(code.get(cx)),
            globals: Some(globals.get(cx)),
            defaults: defaults.map(|d| d.get(cx)),
            keyword_defaults: None,
            closure: closure.map(|c| c.get(cx)),
            name: Some(name.get(cx)),
            qualname: Some(name.get(cx)),
            doc: None,
            module: module.map(|m| m.get(cx)),
            annotations: None,
            dict: None,
            inner: None,
        })
    })?;
    Ok(made.any())
}
