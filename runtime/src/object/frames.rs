//! What natives may see of the Python frame that called them: its locals, its namespace. And the size of any object.

use super::layout::{CellObject, Dict};
use super::{dict, rt, str};
use crate::bytecode::code::{FLAG_MODULE, FLAG_NAMESPACE};
use crate::object::raise::Raised;
use taipan_gc::shape::object_size;
use taipan_gc::{Cx, Handle, Local};

/// Register `n` of the frame that called the running native; `None` when it is undefined or there is no such frame.
pub fn caller_register<'a>(cx: &'a Cx<'_>, n: usize) -> Option<Local<'a>> {
    let caller = (rt(cx).hooks.caller)(cx)?;
    if n >= usize::from(caller.unit(cx).registers) {
        return None;
    }
    // SAFETY: the caller's frame is on the stack while the native runs, with that many registers.
    let register: Handle<'_> = unsafe { Handle::from_index(cx, caller.registers + n) };
    register.get_filled(cx)
}

/// The globals of the frame that called the running native.
pub fn caller_globals<'s>(cx: &Cx<'s>) -> Option<Handle<'s, Dict>> {
    let caller = (rt(cx).hooks.caller)(cx)?;
    caller.function.get(cx).globals.get(cx).map(|g| cx.root(g))
}

/// `__name__` of the module whose code runs in the n-th Python frame, counted from the innermost.
pub fn module_at<'s>(cx: &Cx<'s>, depth: usize) -> Option<Handle<'s>> {
    let function = (rt(cx).hooks.function_at)(cx, depth)?;
    let globals = function.get(cx).globals.get(cx)?;
    dict::get_name(cx, globals, super::names::local(cx, super::names::NAME)).map(|n| cx.root(n))
}

/// A variable of the calling frame by name, read through its cell if it is captured.
pub fn caller_variable<'a>(cx: &'a Cx<'_>, n: usize) -> Option<Local<'a>> {
    let value = caller_register(cx, n)?;
    let caller = (rt(cx).hooks.caller)(cx)?;
    let unit = caller.unit(cx);
    let number = u8::try_from(n).ok()?;
    if unit.cell_registers.contains(&number) || unit.free_registers.contains(&number) {
        if let Some(cell) = value.downcast::<CellObject>(cx) {
            return cell.value.get(cx);
        }
    }
    Some(value)
}

/// `locals()` of the calling frame: the globals of a module, the namespace of a class body, a fresh dict of a function's variables.
pub fn caller_locals<'s>(cx: &mut Cx<'s>) -> Result<Option<Handle<'s>>, Raised> {
    let Some(caller) = (rt(cx).hooks.caller)(cx) else { return Ok(None) };
    let flags = caller.unit(cx).flags;
    if flags & FLAG_NAMESPACE != 0 {
        return Ok(caller_register(cx, 0).map(|n| cx.root(n)));
    }
    if flags & FLAG_MODULE != 0 {
        return Ok(caller_globals(cx).map(|g| g.any()));
    }
    let names: Vec<Box<str>> = caller.unit(cx).local_names.clone();
    let locals = dict::new(cx)?;
    for (n, name) in names.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
        let Some(value) = caller_variable(cx, n).map(|v| cx.root(v)) else { continue };
        let key = str::new(cx, name)?;
        dict::set_name(cx, locals, key, value)?;
    }
    Ok(Some(locals.any()))
}

/// Number of the register of variable `name` among the free variables of the calling frame.
pub fn caller_free_variable(cx: &Cx<'_>, name: &str) -> Option<usize> {
    let caller = (rt(cx).hooks.caller)(cx)?;
    let unit = caller.unit(cx);
    let found = unit
        .free_registers
        .iter()
        .copied()
        .find(|&r| unit.local_names.get(r as usize).is_some_and(|n| **n == *name))?;
    Some(found as usize)
}

/// How many positional parameters the calling frame has.
pub fn caller_parameters(cx: &Cx<'_>) -> usize {
    let params = (rt(cx).hooks.caller)(cx).map(|caller| caller.unit(cx).params);
    params.map_or(0, |p| p.positional as usize + usize::from(p.var_positional))
}

/// Bytes that the object takes, header included; 0 for immediates.
pub fn size_of(cx: &Cx<'_>, value: Local<'_>) -> usize {
    if !value.value().is_ref() {
        return 0;
    }
    let header = value.value().bits() as *mut taipan_gc::Header;
    // SAFETY: the object of a local is live, and its shape is registered.
    unsafe { object_size(&(*cx.core()).memory.shapes, header) }
}

/// Slots of the object's storage beyond itself (a list's array, a table's arrays), in bytes.
pub fn storage_size(cx: &Cx<'_>, value: Local<'_>) -> usize {
    if let Some(list) = super::list::of(cx, value) {
        return list.items.get(cx).map_or(0, |a| size_of(cx, a.any()));
    }
    let table = dict::of(cx, value).or_else(|| super::set::of(cx, value));
    table.and_then(|t| t.entries.get(cx)).map_or(0, |entries| {
        let index = super::table::index_of(entries);
        size_of(cx, entries.any()) + index.map_or(0, |index| size_of(cx, index.any()))
    })
}
