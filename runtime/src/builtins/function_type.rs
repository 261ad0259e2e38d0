//! Functions, methods, builtin functions, cells and code objects: their attributes and reprs.
//!
//! The setters of function attributes are in `object::special_attrs`. Builtin functions and methods are all of one class here, where
//! CPython has five.

use super::common::{address, fail, forward, string, text_of, Res};
use super::{function_new, repr};
use crate::object::layout::{BoundMethod, CellObject, Class, Function, Native};
use crate::object::names;
use crate::object::native::{wrong_self, Args, NativeDef};
use crate::object::raise::Raised;
use crate::object::{attr, bool, call, class, compare, descriptor, dict, int, none, str};
use taipan_gc::{Any, Cx, Handle, Local, Slot};

/// Methods of `function`.
pub(super) const FUNCTION: &[NativeDef] = &[
    NativeDef::new_static(
        "__new__",
        function_new::new_function,
        "cls, code, globals, name=None, argdefs=None, closure=None",
    ),
    NativeDef::new("__repr__", function_repr, "self, /"),
    NativeDef::new("__call__", call_self, "self, /, *args, **kwargs"),
    NativeDef::new("__get__", bind, "self, instance, owner=None, /"),
    NativeDef::getter("__name__", function_name),
    NativeDef::getter("__qualname__", function_qualname),
    NativeDef::getter("__doc__", function_doc),
    NativeDef::getter("__module__", function_module),
    NativeDef::getter("__defaults__", function_defaults),
    NativeDef::getter("__kwdefaults__", function_kwdefaults),
    NativeDef::getter("__closure__", function_closure),
    NativeDef::getter("__code__", function_code),
    NativeDef::getter("__globals__", function_globals),
    NativeDef::getter("__builtins__", function_builtins),
    NativeDef::getter("__annotations__", function_annotations),
];

/// Methods of `builtin_function_or_method`.
pub(super) const NATIVE: &[NativeDef] = &[
    NativeDef::new("__repr__", native_repr, "self, /"),
    NativeDef::new("__call__", call_self, "self, /, *args, **kwargs"),
    NativeDef::new("__get__", bind, "self, instance, owner=None, /"),
    NativeDef::new("__eq__", method_eq, "self, value, /"),
    NativeDef::new("__hash__", method_hash, "self, /"),
    NativeDef::getter("__name__", native_name),
    NativeDef::getter("__qualname__", native_qualname),
    NativeDef::getter("__module__", native_module),
    NativeDef::getter("__doc__", nothing),
    NativeDef::getter("__text_signature__", native_signature),
    NativeDef::getter("__self__", native_self),
    NativeDef::getter("__objclass__", native_class),
];

/// Methods of `method`.
pub(super) const METHOD: &[NativeDef] = &[
    NativeDef::new_static("__new__", function_new::new_method, "cls, function, instance, /"),
    NativeDef::new("__repr__", method_repr, "self, /"),
    NativeDef::new("__call__", call_self, "self, /, *args, **kwargs"),
    NativeDef::new("__eq__", method_eq, "self, value, /"),
    NativeDef::new("__hash__", method_hash, "self, /"),
    NativeDef::new("__get__", keep, "self, instance, owner=None, /"),
    NativeDef::getter("__func__", method_function),
    NativeDef::getter("__self__", method_receiver),
    NativeDef::getter("__doc__", method_doc),
];

/// Methods of `cell`.
pub(super) const CELL: &[NativeDef] =
    &[NativeDef::new("__repr__", cell_repr, "self, /"), NativeDef::getter("cell_contents", cell_contents)];

fn self_function<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Result<Handle<'s, Function>, Raised> {
    match args.at(cx, 0).downcast::<Function>(cx) {
        Some(function) => Ok(function),
        None => Err(wrong_self(cx, args, "function")),
    }
}

fn self_method<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Result<Handle<'s, BoundMethod>, Raised> {
    match args.at(cx, 0).downcast::<BoundMethod>(cx) {
        Some(method) => Ok(method),
        None => Err(wrong_self(cx, args, "method")),
    }
}

/// The native that `self` is, alone or bound to a receiver.
fn self_native<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Result<Handle<'s, Native>, Raised> {
    let own = args.at(cx, 0);
    let function = match own.downcast::<BoundMethod>(cx) {
        Some(method) => call::method_parts(cx, method).0,
        None => own,
    };
    match function.downcast::<Native>(cx) {
        Some(native) => Ok(native),
        None => Err(wrong_self(cx, args, "builtin_function_or_method")),
    }
}

/// A slot's content; None when it is empty.
fn content<'s, T>(cx: &Cx<'s>, slot: &Slot<T>) -> Handle<'s> {
    match slot.get(cx) {
        Some(value) => cx.root(value.any()),
        None => none(cx),
    }
}

fn call_self<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (all, keywords) = forward(cx, args, &[])?;
    call::call_named(cx, args.at(cx, 0), &all, keywords)
}

fn bind<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (function, instance) = (args.at(cx, 0), args.at(cx, 1));
    if !instance.get(cx).value().is_none() {
        return descriptor::bind(cx, function, instance);
    }
    match args.some(cx, 2).and_then(|owner| class::of_handle(cx, owner)) {
        Some(owner) => descriptor::bind_class(cx, function, owner),
        None => fail!(cx, TYPE_ERROR, "__get__(None, None) is invalid"),
    }
}

fn keep<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    Ok(args.at(cx, 0))
}

fn nothing<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    Ok(none(cx))
}

// ---- functions ----

fn function_repr<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let function = self_function(cx, args)?;
    let name = function.get(cx).qualname.get(cx).and_then(|n| text_of(cx, n)).unwrap_or_default();
    let text = format!("<function {name} at {}>", address(cx, function.get(cx).any())?);
    string(cx, &text)
}

fn function_name<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let function = self_function(cx, args)?;
    Ok(content(cx, &function.get(cx).name))
}

fn function_qualname<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let function = self_function(cx, args)?;
    Ok(content(cx, &function.get(cx).qualname))
}

fn function_doc<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let function = self_function(cx, args)?;
    Ok(content(cx, &function.get(cx).doc))
}

fn function_module<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let function = self_function(cx, args)?;
    Ok(content(cx, &function.get(cx).module))
}

fn function_defaults<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let function = self_function(cx, args)?;
    Ok(content(cx, &function.get(cx).defaults))
}

fn function_kwdefaults<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let function = self_function(cx, args)?;
    Ok(content(cx, &function.get(cx).keyword_defaults))
}

fn function_closure<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let function = self_function(cx, args)?;
    Ok(content(cx, &function.get(cx).closure))
}

fn function_code<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let function = self_function(cx, args)?;
    Ok(content(cx, &function.get(cx).code))
}

fn function_globals<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let function = self_function(cx, args)?;
    Ok(content(cx, &function.get(cx).globals))
}

fn function_builtins<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    self_function(cx, args)?;
    Ok(crate::object::root_handle(cx, crate::object::Root::Builtins))
}

fn function_annotations<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let function = self_function(cx, args)?;
    if let Some(found) = function.get(cx).annotations.get(cx) {
        return Ok(cx.root(found.any()));
    }
    let fresh = dict::new(cx)?;
    function.get(cx).put(cx, Function::annotations, Some(fresh.get(cx)));
    Ok(fresh.any())
}

// ---- builtin functions and methods ----

/// The class that a native is a method of.
fn owner<'a>(cx: &'a Cx<'_>, native: Local<'a, Native>) -> Option<Local<'a, Class>> {
    native.owner.get(cx).and_then(|o| class::as_class(cx, o))
}

/// How a method of a builtin class is called: a slot wrapper, an attribute, or a method.
fn describe(cx: &Cx<'_>, native: Local<'_, Native>) -> Result<String, Raised> {
    let name = native.def.name;
    let Some(owner) = owner(cx, native) else { return Ok(format!("<built-in function {name}>")) };
    let class = class::name(cx, owner);
    Ok(if native.def.is_getter {
        format!("<attribute '{name}' of '{class}' objects>")
    } else if native.def.is_static {
        format!("<built-in method {name} of type object at {}>", address(cx, owner.any())?)
    } else if class::is_slot_wrapper(name) {
        format!("<slot wrapper '{name}' of '{class}' objects>")
    } else {
        format!("<method '{name}' of '{class}' objects>")
    })
}

fn native_repr<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let native = self_native(cx, args)?;
    let Some(method) = args.at(cx, 0).downcast::<BoundMethod>(cx) else {
        let text = describe(cx, native.get(cx))?;
        return string(cx, &text);
    };
    let receiver = call::method_parts(cx, method).1;
    let (name, class) = (native.get(cx).def.name, class::type_name(cx, receiver.get(cx)));
    let at = address(cx, receiver.get(cx))?;
    let text = if class::is_slot_wrapper(name) {
        format!("<method-wrapper '{name}' of {class} object at {at}>")
    } else {
        format!("<built-in method {name} of {class} object at {at}>")
    };
    string(cx, &text)
}

fn native_name<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let native = self_native(cx, args)?;
    string(cx, native.get(cx).def.name)
}

fn native_qualname<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let native = self_native(cx, args)?;
    let text = qualname(cx, native.get(cx));
    string(cx, &text)
}

fn qualname(cx: &Cx<'_>, native: Local<'_, Native>) -> String {
    match owner(cx, native) {
        Some(owner) => format!("{}.{}", class::name(cx, owner), native.def.name),
        None => native.def.name.to_owned(),
    }
}

fn native_module<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let native = self_native(cx, args)?;
    let local = native.get(cx);
    if owner(cx, local).is_some() {
        return Ok(none(cx));
    }
    match local.owner.get(cx).map(|o| cx.root(o)) {
        Some(module) if !module.get(cx).value().is_none() => attr::get(cx, module, names::NAME),
        _ => Ok(names::handle(cx, names::BUILTINS_MODULE).any()),
    }
}

fn native_signature<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let native = self_native(cx, args)?;
    let signature = native.get(cx).def.signature;
    let text = match signature.strip_prefix("self") {
        Some(rest) => format!("($self{rest})"),
        None => format!("({signature})"),
    };
    string(cx, &text)
}

fn native_self<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let native = self_native(cx, args)?;
    if let Some(method) = args.at(cx, 0).downcast::<BoundMethod>(cx) {
        return Ok(call::method_parts(cx, method).1);
    }
    if owner(cx, native.get(cx)).is_some_and(|_| !native.get(cx).def.is_static) {
        return Err(attr::missing(cx, native.any(), names::SELF));
    }
    Ok(content(cx, &native.get(cx).owner))
}

fn native_class<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let native = self_native(cx, args)?;
    match owner(cx, native.get(cx)).map(|o| cx.root(o)) {
        Some(owner) => Ok(owner.any()),
        None => Err(attr::missing(cx, native.any(), names::OBJCLASS)),
    }
}

// ---- methods ----

fn method_repr<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let method = self_method(cx, args)?;
    let (function, receiver) = call::method_parts(cx, method);
    let name = match attr::get_opt(cx, function, names::QUALNAME)? {
        Some(name) => text_of(cx, name.get(cx)),
        None => attr::get_opt(cx, function, names::NAME)?.and_then(|n| text_of(cx, n.get(cx))),
    };
    let shown = repr::repr(cx, receiver)?;
    let shown = str::lossy(shown.get(cx));
    let text = format!("<bound method {} of {shown}>", name.as_deref().unwrap_or("?"));
    string(cx, &text)
}

fn method_eq<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let Some(method) = args.at(cx, 0).downcast::<BoundMethod>(cx) else {
        let same = args.at(cx, 0).get(cx).is(args.at(cx, 1).get(cx));
        return Ok(if same { bool(cx, true) } else { super::common::not_implemented(cx) });
    };
    let Some(other) = args.at(cx, 1).downcast::<BoundMethod>(cx) else {
        return Ok(super::common::not_implemented(cx));
    };
    let (function, receiver) = call::method_parts(cx, method);
    let (other_function, other_receiver) = call::method_parts(cx, other);
    let equal = receiver.get(cx).is(other_receiver.get(cx)) && compare::equal(cx, function, other_function)?;
    Ok(bool(cx, equal))
}

fn method_hash<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let hash = compare::hash_builtin(cx, args.at(cx, 0))?.unwrap_or(0);
    int::from_i64(cx, hash)
}

fn method_function<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let method = self_method(cx, args)?;
    Ok(call::method_parts(cx, method).0)
}

fn method_receiver<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let method = self_method(cx, args)?;
    Ok(call::method_parts(cx, method).1)
}

fn method_doc<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let method = self_method(cx, args)?;
    let (function, _) = call::method_parts(cx, method);
    attr::get(cx, function, names::DOC)
}

// ---- cells ----

fn self_cell<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Result<Handle<'s, CellObject>, Raised> {
    match args.at(cx, 0).downcast::<CellObject>(cx) {
        Some(cell) => Ok(cell),
        None => Err(wrong_self(cx, args, "cell")),
    }
}

fn cell_contents<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let cell = self_cell(cx, args)?;
    match cell.get(cx).value.get(cx).map(|v| cx.root::<Any>(v)) {
        Some(value) => Ok(value),
        None => fail!(cx, VALUE_ERROR, "Cell is empty"),
    }
}

fn cell_repr<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let cell = self_cell(cx, args)?;
    let at = address(cx, cell.get(cx).any())?;
    let text = match cell.get(cx).value.get(cx) {
        Some(value) => {
            format!("<cell at {at}: {} object at {}>", class::type_name(cx, value), address(cx, value)?)
        }
        None => format!("<cell at {at}: empty>"),
    };
    string(cx, &text)
}
