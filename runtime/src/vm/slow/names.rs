//! Names, cells, functions.

use crate::bytecode::code::{PART_ANNOTATIONS, PART_CLOSURE, PART_DEFAULTS, PART_KEYWORD_DEFAULTS};
use crate::object::layout::{CellObject, CellObjectInit, CodeData, Dict, Function, Tuple};
use crate::object::names::NameId;
use crate::object::raise::{raise, Raised};
use crate::object::{
    attr, class, classes, descriptor, dict, names, retrying, root_handle, shapes, str, subscript, tuple, Root,
};
use crate::vm::cache::{code_constant, globals, not_defined};
use crate::vm::code::{new_function, FunctionParts};
use crate::vm::step::{owned, register, root, step, step_plain};
use taipan_gc::{Cx, Handle, Local, Value};

/// Functions of comprehensions from this number on are not kept.
const UNKEPT: usize = 255;

/// `builtins.__dict__`
pub(in crate::vm) fn builtins<'s>(cx: &Cx<'s>) -> Handle<'s, Dict> {
    let root = root_handle(cx, Root::Builtins);
    // SAFETY: it is there before any code is loaded.
    unsafe { root.cast() }
}

fn name_id(code: &CodeData, word: u32) -> NameId {
    code.names[(word & 0xffff) as usize].id
}

/// UnboundLocalError for a local.
#[cold]
pub(in crate::vm) fn unbound_local(cx: &mut Cx<'_>, code: &CodeData, register: usize) {
    let name = code.unit.local_names.get(register).map_or("?", |n| n);
    let message = format!("cannot access local variable '{name}' where it is not associated with a value");
    let _ = raise(cx, classes::UNBOUND_LOCAL_ERROR, message);
}

/// The error for an empty cell: of a local variable, or of an enclosing function's.
#[cold]
pub(in crate::vm) fn unbound_cell(cx: &mut Cx<'_>, code: &CodeData, register: usize) {
    if code.unit.free_registers.contains(&(register as u8)) {
        let name = code.unit.local_names.get(register).map_or("?", |n| n);
        let message = format!(
            "cannot access free variable '{name}' where it is not associated with a value in enclosing scope"
        );
        let _ = raise(cx, classes::NAME_ERROR, message);
    } else {
        unbound_local(cx, code, register);
    }
}

/// NameError.
#[cold]
pub(in crate::vm) fn name_error(cx: &mut Cx<'_>, name: NameId) -> Raised {
    not_defined(cx, name)
}

/// A new cell with the value of a register, which stays.
pub(in crate::vm) fn make_cell(cx: &mut Cx<'_>, register: *const Value) -> Result<Value, Raised> {
    // SAFETY: the caller's register.
    let value = unsafe { *register };
    step(cx, [value], |cx, [value]| {
        let cell = retrying(cx, |cx| cx.alloc(CellObjectInit { value: value.get_filled(cx) }))?;
        Ok(cell.any())
    })
}

/// The n-th cell of the running function's closure.
pub(in crate::vm) fn closure_cell(cx: &Cx<'_>, base: usize, n: usize) -> Value {
    // SAFETY: a frame's function lies below its registers.
    let function: Handle<'_, Function> = unsafe { register(cx, base - 1) };
    let closure = function.get(cx).closure.get(cx);
    closure.and_then(|c| tuple::values(c).get(n).copied()).unwrap_or(Value::HOLE)
}

/// `del` of a global.
pub(in crate::vm) fn delete_global(
    cx: &mut Cx<'_>,
    code: &CodeData,
    base: usize,
    word: u32,
) -> Result<(), Raised> {
    let name = name_id(code, word);
    step_plain(cx, [], |cx, []| {
        let (table, key) = (globals(cx, base), names::handle(cx, name));
        if dict::remove_name(cx, table, key)? {
            Ok(())
        } else {
            Err(name_error(cx, name))
        }
    })
}

/// A name in a namespace, a cell, the globals or the builtins.
pub(in crate::vm) fn load_name(
    cx: &mut Cx<'_>,
    code: &CodeData,
    base: usize,
    namespace: Value,
    cell: Option<usize>,
    word: u32,
) -> Result<Value, Raised> {
    let name = name_id(code, word);
    step(cx, [namespace], |cx, [namespace]| {
        let key = names::handle(cx, name);
        if let Some(found) = from_namespace(cx, namespace, key.any())? {
            return Ok(found);
        }
        if let Some(cell) = cell {
            // SAFETY: the verifier has seen that the register holds a cell.
            let holder: Handle<'_, CellObject> = unsafe { register(cx, base + cell) };
            return match holder.get(cx).value.get(cx) {
                Some(value) => Ok(cx.root(value)),
                None => {
                    unbound_cell(cx, code, cell);
                    Err(crate::object::raise::pending())
                }
            };
        }
        let table = globals(cx, base);
        if let Some(found) = dict::get_name(cx, table.get(cx), key.get(cx)) {
            return Ok(cx.root(found));
        }
        let builtins = builtins(cx);
        match dict::get_name(cx, builtins.get(cx), key.get(cx)).map(|v| cx.root(v)) {
            Some(found) => Ok(found),
            None => Err(name_error(cx, name)),
        }
    })
}

fn from_namespace<'s>(
    cx: &mut Cx<'s>,
    namespace: Handle<'s>,
    key: Handle<'s>,
) -> Result<Option<Handle<'s>>, Raised> {
    if namespace.get(cx).shape() == Some(crate::object::shapes::DICT) {
        // SAFETY: the shape says so.
        let table: Handle<'s, Dict> = unsafe { namespace.cast() };
        return dict::get(cx, table, key);
    }
    match subscript::get(cx, namespace, key) {
        Ok(found) => Ok(Some(found)),
        Err(raised) => {
            crate::object::raise::catch(cx, raised, classes::KEY_ERROR)?;
            Ok(None)
        }
    }
}

/// Sets (or, without a value, deletes) a name of a namespace.
pub(in crate::vm) fn store_name(
    cx: &mut Cx<'_>,
    code: &CodeData,
    namespace: Value,
    value: Option<Value>,
    word: u32,
) -> Result<(), Raised> {
    let name = name_id(code, word);
    step_plain(cx, [namespace], |cx, [namespace]| {
        let key = names::handle(cx, name).any();
        match value {
            Some(value) => {
                // SAFETY: the caller's register; nothing has run since.
                let value = unsafe { root(cx, value) };
                subscript::set(cx, namespace, key, value)
            }
            None => match subscript::delete(cx, namespace, key) {
                Err(raised) => {
                    crate::object::raise::catch(cx, raised, classes::KEY_ERROR)?;
                    Err(name_error(cx, name))
                }
                done => done,
            },
        }
    })
}

/// `del object.name`
pub(in crate::vm) fn del_attr(
    cx: &mut Cx<'_>,
    code: &CodeData,
    object: Value,
    word: u32,
) -> Result<(), Raised> {
    let name = name_id(code, word);
    step_plain(cx, [object], |cx, [object]| attr::delete(cx, object, name))
}

/// A function over a code constant; its parts are the four registers at `parts`.
pub(in crate::vm) fn make_function(
    cx: &mut Cx<'_>,
    base: usize,
    constant: Value,
    parts: usize,
    given: usize,
) -> Result<Value, Raised> {
    step(cx, [], |cx, []| {
        let code = code_constant(cx, constant);
        let table = globals(cx, base);
        let part = |n: u8| (given & usize::from(n) != 0).then_some(parts + n.trailing_zeros() as usize);
        // SAFETY: the verifier has seen that those given are a tuple, a dict, a dict and a tuple.
        let parts = unsafe {
            FunctionParts {
                defaults: part(PART_DEFAULTS).map(|at| register::<Tuple>(cx, at)),
                keyword_defaults: part(PART_KEYWORD_DEFAULTS).map(|at| register::<Dict>(cx, at)),
                annotations: part(PART_ANNOTATIONS).map(|at| register::<Dict>(cx, at)),
                closure: part(PART_CLOSURE).map(|at| register::<Tuple>(cx, at)),
            }
        };
        Ok(new_function(cx, code, table, parts)?.any())
    })
}

/// The function of comprehension number `number` that a function keeps, or a hole.
#[inline(always)]
pub(in crate::vm) fn inner(function: Value, number: usize) -> Value {
    // SAFETY: the caller passes a running function; what it keeps lies in an array.
    unsafe {
        let function: Local<'_, Function> = Local::from_value(function);
        let inner = function.inner.raw();
        if !inner.is_ref() {
            return Value::HOLE;
        }
        let kept = tuple::array_values(Local::from_value(inner));
        kept.get(number).copied().unwrap_or(Value::HOLE)
    }
}

/// Makes the function of a comprehension over a code constant, and has the running function keep it, if there is memory.
#[cold]
pub(in crate::vm) fn make_inner(
    cx: &mut Cx<'_>,
    base: usize,
    constant: Value,
    number: usize,
) -> Result<Value, Raised> {
    step(cx, [], |cx, []| {
        let code = code_constant(cx, constant);
        let table = globals(cx, base);
        let made = new_function(cx, code, table, FunctionParts::default())?.any();
        // SAFETY: a frame's function lies below its registers.
        let function: Handle<'_, Function> = unsafe { register(cx, base - 1) };
        if number < UNKEPT {
            keep_inner(cx, function.get(cx), made.get(cx), number);
        }
        Ok(made)
    })
}

fn keep_inner(cx: &Cx<'_>, function: Local<'_, Function>, made: Local<'_>, number: usize) {
    let old = function.inner.get(cx);
    let room = old.map_or(0, |inner| inner.len.get() as usize);
    if number >= room {
        let kept = |n| old.and_then(|inner| tuple::array_values(inner).get(n).copied());
        let grown = tuple::alloc_values(cx, shapes::ENTRIES, (number + 1).next_multiple_of(4), |n| {
            kept(n).unwrap_or(Value::HOLE)
        });
        let Ok(grown) = grown else { return };
        function.put(cx, Function::inner, Some(grown));
    }
    if let Some(inner) = function.inner.get(cx) {
        tuple::array_put(cx, inner, number, made.value());
    }
}

/// A comprehension's function is called by somebody else than the code around it.
#[cold]
pub(in crate::vm) fn no_cell(cx: &mut Cx<'_>) {
    let _ =
        raise(cx, classes::SYSTEM_ERROR, "the function of a comprehension needs the cells of its variables");
}

/// `__build_class__`
pub(in crate::vm) fn load_build_class(cx: &mut Cx<'_>) -> Result<Value, Raised> {
    step(cx, [], |cx, []| {
        let builtins = builtins(cx);
        let key = names::local(cx, names::BUILD_CLASS);
        match dict::get_name(cx, builtins.get(cx), key).map(|v| cx.root(v)) {
            Some(found) => Ok(found),
            None => Err(raise(cx, classes::NAME_ERROR, "__build_class__ not found")),
        }
    })
}

/// Makes sure that `__annotations__` exists.
pub(in crate::vm) fn setup_annotations(
    cx: &mut Cx<'_>,
    base: usize,
    namespace: Option<Value>,
) -> Result<(), Raised> {
    step_plain(cx, [namespace.unwrap_or(Value::NONE)], |cx, [namespace_handle]| {
        let table = if namespace.is_some() { namespace_handle } else { globals(cx, base).any() };
        let key = names::handle(cx, names::ANNOTATIONS).any();
        if from_namespace(cx, table, key)?.is_none() {
            let fresh = dict::new(cx)?;
            subscript::set(cx, table, key, fresh.any())?;
        }
        Ok(())
    })
}

/// How CPython names a callee in messages about `*` and `**`: `module.f()`.
pub(in crate::vm) fn callee_name(cx: &mut Cx<'_>, callee: Handle<'_>) -> String {
    let named = cx.scoped(|cx| {
        let Some(name) = attr::get_opt(cx, callee, names::QUALNAME)? else {
            let text = crate::builtins::repr::str(cx, callee)?;
            return Ok(str::lossy(text.get(cx)));
        };
        let name = crate::builtins::repr::str(cx, name)?;
        let name = str::lossy(name.get(cx));
        let module = attr::get_opt(cx, callee, names::MODULE)?;
        let module = module.and_then(|m| str::of(cx, m.get(cx)).map(str::lossy));
        Ok::<_, Raised>(match module {
            Some(module) if module != "builtins" => format!("{module}.{name}()"),
            _ => format!("{name}()"),
        })
    });
    named.unwrap_or_else(|_| {
        let _ = crate::object::raise::take(cx);
        format!("{} object", class::type_name(cx, callee.get(cx)))
    })
}

/// The special method pair for `with`.
pub(in crate::vm) fn load_special(
    cx: &mut Cx<'_>,
    code: &CodeData,
    object: Value,
    word: u32,
) -> Result<(Value, Value), Raised> {
    let name = name_id(code, word);
    step_plain(cx, [object], |cx, [object]| {
        let Some(method) = attr::special(cx, object.get(cx), name).map(|m| cx.root(m)) else {
            return Err(no_context_manager(cx, object, name));
        };
        if method.get(cx).shape() == Some(crate::object::shapes::FUNCTION) {
            return Ok((owned(cx, method), owned(cx, object)));
        }
        let bound = descriptor::bind(cx, method, object)?;
        Ok((owned(cx, bound), Value::HOLE))
    })
}

fn no_context_manager(cx: &mut Cx<'_>, object: Handle<'_>, name: NameId) -> Raised {
    let given = crate::object::class::type_name(cx, object.get(cx));
    let missing = match name {
        names::EXIT => " (missed __exit__ method)",
        names::AEXIT => " (missed __aexit__ method)",
        _ => "",
    };
    let protocol = match name {
        names::AENTER | names::AEXIT => "asynchronous context manager",
        _ => "context manager",
    };
    crate::object::raise::type_error(
        cx,
        format!("'{given}' object does not support the {protocol} protocol{missing}"),
    )
}
