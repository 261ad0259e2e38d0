//! The writable attributes of builtin objects: what CPython implements as setters of its C structs.

use super::classes::{self, KIND_EXCEPTION};
use super::layout::{Class, Dict, Function, FunctionInit, Generator, Tuple};
use super::names::{self, NameId};
use super::raise::{self, type_error, Raised};
use super::{class, compare, dict, instance, shapes, str, tuple};
use crate::bytecode::code::{FLAG_ASYNC_GENERATOR, FLAG_COROUTINE, FLAG_GENERATOR};
use taipan_gc::{Cx, Field, Handle};

/// Sets or deletes such an attribute; whether `name` is one of the object.
pub(crate) fn set(
    cx: &mut Cx<'_>,
    object: Handle<'_>,
    name: NameId,
    value: Option<Handle<'_>>,
) -> Result<bool, Raised> {
    if object.get(cx).shape() == Some(shapes::FUNCTION) {
        // SAFETY: the shape says so.
        return set_function(cx, unsafe { object.cast() }, name, value);
    }
    if let Some(class) = class::of_handle(cx, object) {
        return set_class(cx, class, name, value);
    }
    if class::kind_of(cx, object.get(cx)) == KIND_EXCEPTION && set_exception(cx, object, name, value)? {
        return Ok(true);
    }
    match name {
        names::CLASS => set_object_class(cx, object, value),
        names::DICT => set_object_dict(cx, object, value),
        _ => Ok(false),
    }
}

fn set_function(
    cx: &mut Cx<'_>,
    function: Handle<'_, Function>,
    name: NameId,
    value: Option<Handle<'_>>,
) -> Result<bool, Raised> {
    let text = |cx: &Cx<'_>| value.is_some_and(|v| str::of(cx, v.get(cx)).is_some());
    let put = |cx: &Cx<'_>, field: Field<Function, taipan_gc::Any>| {
        function.get(cx).put(cx, field, value.map(|v| v.get(cx)));
    };
    match name {
        names::NAME | names::QUALNAME => {
            if !text(cx) {
                let name = str::lossy(names::local(cx, name));
                return Err(type_error(cx, format!("{name} must be set to a string object")));
            }
            put(cx, if name == names::NAME { Function::name } else { Function::qualname });
        }
        names::DOC => put(cx, Function::doc),
        names::MODULE => put(cx, Function::module),
        names::DEFAULTS => {
            let defaults = value.filter(|v| !v.get(cx).value().is_none());
            let tuple: Option<Handle<'_, Tuple>> = match defaults {
                None => None,
                Some(v) => match tuple::of_handle(cx, cx.root(v.get(cx))) {
                    Some(tuple) => Some(tuple),
                    None => return Err(type_error(cx, "__defaults__ must be set to a tuple object")),
                },
            };
            function.get(cx).put(cx, Function::defaults, tuple.map(|t| t.get(cx)));
        }
        names::KWDEFAULTS | names::ANNOTATIONS | names::DICT => {
            let attributes = match value.filter(|v| !v.get(cx).value().is_none()) {
                None => None,
                Some(v) => match dict::of(cx, v.get(cx)) {
                    Some(found) => Some(cx.root(found)),
                    None if name == names::DICT => {
                        let given = class::type_name(cx, v.get(cx));
                        return Err(type_error(
                            cx,
                            format!("__dict__ must be set to a dictionary, not a '{given}'"),
                        ));
                    }
                    None => {
                        let name = str::lossy(names::local(cx, name));
                        return Err(type_error(cx, format!("{name} must be set to a dict object")));
                    }
                },
            };
            let field: Field<Function, Dict> = match name {
                names::KWDEFAULTS => Function::keyword_defaults,
                names::ANNOTATIONS => Function::annotations,
                _ => Function::dict,
            };
            function.get(cx).put(cx, field, attributes.map(|a| a.get(cx)));
        }
        names::CODE => {
            let code = value.and_then(|v| v.downcast::<super::layout::Code>(cx));
            let Some(code) = code else {
                return Err(type_error(cx, "__code__ must be set to a code object"));
            };
            check_code(cx, function, code)?;
            // Frames that run the old code rely on the function for keeping it: it is kept for good.
            if let Some(old) = function.get(cx).code.get(cx) {
                cx.own(old)?;
            }
            keep_generators(cx, function)?;
            function.get(cx).put(cx, Function::code, Some(code.get(cx)));
            function.get(cx).put(cx, Function::inner, None);
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// Generators of a function that is about to get other code go on with the code that they have begun: a copy of the function keeps it for them.
fn keep_generators(cx: &mut Cx<'_>, function: Handle<'_, Function>) -> Result<(), Raised> {
    const MAKES_GENERATOR: u32 = FLAG_GENERATOR | FLAG_COROUTINE | FLAG_ASYNC_GENERATOR;
    let flags = function.get(cx).code.get(cx).map_or(0, |code| code.data.unit.flags);
    if flags & MAKES_GENERATOR == 0 {
        return Ok(());
    }
    cx.scoped(|cx| {
        let copy = super::retrying(cx, |cx| {
            let old = function.get(cx);
            cx.alloc(FunctionInit {
                code: old.code.get(cx),
                globals: old.globals.get(cx),
                defaults: old.defaults.get(cx),
                keyword_defaults: old.keyword_defaults.get(cx),
                closure: old.closure.get(cx),
                name: old.name.get(cx),
                qualname: old.qualname.get(cx),
                doc: old.doc.get(cx),
                module: old.module.get(cx),
                annotations: old.annotations.get(cx),
                dict: None,
                inner: None,
            })
        })?;
        for object in super::heap_walk::containers(cx)? {
            let Some(generator) = object.downcast::<Generator>(cx) else { continue };
            if generator.get(cx).function.get(cx).is_some_and(|of| of.is(function.get(cx))) {
                generator.get(cx).put(cx, Generator::function, Some(copy.get(cx)));
            }
        }
        Ok(())
    })
}

/// A function's new code must want as many cells as the function has.
fn check_code(
    cx: &mut Cx<'_>,
    function: Handle<'_, Function>,
    code: Handle<'_, super::layout::Code>,
) -> Result<(), Raised> {
    let has = function.get(cx).closure.get(cx).map_or(0, tuple::len);
    let wants = code.get(cx).data.unit.free_registers.len();
    if has == wants {
        return Ok(());
    }
    let name = function.get(cx).name.get(cx).and_then(|n| str::of(cx, n)).map(str::lossy).unwrap_or_default();
    let message = format!("{name}() requires a code object with {has} free vars, not {wants}");
    Err(raise::value_error(cx, message))
}

fn set_class(
    cx: &mut Cx<'_>,
    class: Handle<'_, Class>,
    name: NameId,
    value: Option<Handle<'_>>,
) -> Result<bool, Raised> {
    if !matches!(name, names::NAME | names::QUALNAME) || class.get(cx).flags.get() & class::BUILTIN != 0 {
        return Ok(false);
    }
    let shown = str::lossy(names::local(cx, name));
    let Some(value) = value else {
        let class = class::name(cx, class.get(cx));
        return Err(type_error(cx, format!("cannot delete '{shown}' attribute of type '{class}'")));
    };
    if str::of(cx, value.get(cx)).is_none() {
        let (class, given) = (class::name(cx, class.get(cx)), class::type_name(cx, value.get(cx)));
        return Err(type_error(cx, format!("can only assign string to {class}.{shown}, not '{given}'")));
    }
    let field = if name == names::NAME { Class::name } else { Class::qualname };
    class.get(cx).put(cx, field, Some(value.get(cx)));
    Ok(true)
}

fn set_exception(
    cx: &mut Cx<'_>,
    object: Handle<'_>,
    name: NameId,
    value: Option<Handle<'_>>,
) -> Result<bool, Raised> {
    let word = match name {
        names::ARGS => raise::ARGS_WORD,
        names::TRACEBACK => raise::TRACEBACK_WORD,
        names::CONTEXT => raise::CONTEXT_WORD,
        names::CAUSE => raise::CAUSE_WORD,
        names::SUPPRESS_CONTEXT => {
            let suppress = match value {
                Some(value) => compare::truth(cx, value)?,
                None => return Err(type_error(cx, "can't delete numeric/char attribute")),
            };
            if let Some(exception) = raise::exception(cx, object.get(cx)) {
                exception.suppress_context.set(suppress);
            }
            return Ok(true);
        }
        _ => return Ok(false),
    };
    let shown = str::lossy(names::local(cx, name));
    let Some(value) = value else { return Err(type_error(cx, format!("{shown} may not be deleted"))) };
    check_exception_link(cx, name, value)?;
    let value = if name == names::ARGS {
        let items = super::iter::to_vec(cx, cx.root(value.get(cx)))?;
        tuple::new(cx, &items)?.any()
    } else {
        cx.root(value.get(cx))
    };
    instance::put_word(cx, object.get(cx), word, value.get(cx));
    if let (names::CAUSE, Some(exception)) = (name, raise::exception(cx, object.get(cx))) {
        exception.suppress_context.set(true);
    }
    Ok(true)
}

fn check_exception_link(cx: &mut Cx<'_>, name: NameId, value: Handle<'_>) -> Result<(), Raised> {
    let local = value.get(cx);
    if local.value().is_none() || name == names::ARGS {
        return Ok(());
    }
    let (fits, message) = match name {
        names::TRACEBACK => {
            (local.shape() == Some(shapes::TRACEBACK), "__traceback__ must be a traceback or None")
        }
        names::CAUSE => (
            class::is_instance(cx, local, classes::BASE_EXCEPTION),
            "exception cause must be None or derive from BaseException",
        ),
        _ => (
            class::is_instance(cx, local, classes::BASE_EXCEPTION),
            "exception context must be None or derive from BaseException",
        ),
    };
    if fits {
        Ok(())
    } else {
        Err(type_error(cx, message))
    }
}

fn set_object_class(cx: &mut Cx<'_>, object: Handle<'_>, value: Option<Handle<'_>>) -> Result<bool, Raised> {
    let Some(value) = value else { return Err(type_error(cx, "can't delete __class__ attribute")) };
    let Some(class) = class::of_handle(cx, value) else {
        let given = class::type_name(cx, value.get(cx));
        return Err(type_error(cx, format!("__class__ must be set to a class, not '{given}' object")));
    };
    let old = class::of_value(cx, object.get(cx).any());
    let heap_types = [old, cx.root(class.get(cx))]
        .iter()
        .all(|c| c.get(cx).flags.get() & class::BUILTIN == 0 && c.get(cx).kind.get() == classes::KIND_OBJECT);
    if !heap_types {
        return Err(type_error(
            cx,
            "__class__ assignment only supported for mutable types or ModuleType subclasses",
        ));
    }
    instance::change_class(cx, object, class)?;
    Ok(true)
}

fn set_object_dict(cx: &mut Cx<'_>, object: Handle<'_>, value: Option<Handle<'_>>) -> Result<bool, Raised> {
    let has =
        object.get(cx).shape().and_then(|s| instance::with_info(cx, s, |i| i.extra != 0)).unwrap_or(false);
    if !has {
        return Ok(false);
    }
    let fresh = match value {
        None => dict::new(cx)?,
        Some(value) => match dict::of(cx, value.get(cx)) {
            Some(found) => cx.root(found),
            None => {
                let given = class::type_name(cx, value.get(cx));
                return Err(type_error(cx, format!("__dict__ must be set to a dictionary, not a '{given}'")));
            }
        },
    };
    // What lies in `__slots__` stays.
    instance::to_dict(cx, object)?;
    instance::replace_dict(cx, object, fresh)?;
    Ok(true)
}
