//! Inline caches: filling them, and the slow halves of the instructions that use them.
//!
//! A cache is valid while the receiver has the shape it saw and no class has changed (the epoch); globals compare the key-set versions of
//! their dicts instead. Nothing in a cache keeps anything alive.

use super::slow;
use super::step::{register, root, step, step_plain};
use crate::object::layout::{Cache, CacheValue, Code, CodeData, Dict, Function};
use crate::object::names::NameId;
use crate::object::raise::{raise, Raised};
use crate::object::{attr, class, classes, dict, instance, names, rt, shapes, str, Root};
use taipan_gc::{Any, Cx, Handle, Local, Value};

/// The attribute is in a word of the object.
pub(super) const WORD: u32 = 1;
/// A method found on the class.
pub(super) const METHOD: u32 = 2;
/// A global.
pub(super) const GLOBAL: u32 = 3;
/// A builtin, not shadowed by a global.
pub(super) const BUILTIN: u32 = 4;

fn name_of(code: &CodeData, word: u32) -> NameId {
    code.names[(word & 0xffff) as usize].id
}

fn cache_of(code: &CodeData, word: u32) -> &Cache {
    &code.caches[(word >> 16) as usize]
}

/// The globals of the function that runs.
pub(super) fn globals<'s>(cx: &Cx<'s>, base: usize) -> Handle<'s, Dict> {
    // SAFETY: a frame's function lies below its registers.
    let function: Handle<'_, Function> = unsafe { register(cx, base - 1) };
    match function.get(cx).globals.get(cx) {
        Some(globals) => cx.root(globals),
        None => unreachable!("functions have globals"),
    }
}

/// A cached global.
///
/// # Safety
/// `function` is the running function's address.
#[inline(always)]
pub(super) unsafe fn global(cx: &Cx<'_>, function: *const Value, cache: &Cache) -> Option<Value> {
    // SAFETY: by contract; the dicts are live, and their versions prove that the entry exists.
    unsafe {
        let function: Local<'_, Function> = Local::from_value(Value::from_bits(function as u64));
        let globals = function.globals.raw();
        let globals = &*((globals.bits() + 8) as *const Dict);
        if globals.keys_version.get() != cache.key.get() || cache.key.get() == 0 {
            return None;
        }
        let table = if cache.kind.get() == GLOBAL {
            globals
        } else {
            let builtins = (*cx.core()).stack_value(Root::Builtins as usize);
            let builtins = &*((builtins.bits() + 8) as *const Dict);
            if builtins.keys_version.get() != cache.epoch.get() {
                return None;
            }
            builtins
        };
        let entries = table.entries.raw().bits() as *const Value;
        Some(*entries.add(2 + cache.slot.get() as usize * 3 + 1))
    }
}

/// The slow half of LoadGlobal.
#[cold]
#[inline(never)]
pub(super) fn load_global(cx: &mut Cx<'_>, code: &CodeData, base: usize, word: u32) -> Result<Value, Raised> {
    let name = name_of(code, word);
    step(cx, [], |cx, []| {
        let table = globals(cx, base);
        let cache = cache_of(code, word);
        let key = names::handle(cx, name);
        if let Some(entry) = dict::entry_of_name(cx, table.get(cx), key.get(cx)) {
            cache.key.set(dict::keys_version(cx, table.get(cx)));
            cache.kind.set(GLOBAL);
            cache.slot.set(entry);
            if let Some(value) = dict::entry_value(cx, table.get(cx), entry) {
                return Ok(cx.root(value));
            }
        }
        let builtins = slow::builtins(cx);
        if let Some(entry) = dict::entry_of_name(cx, builtins.get(cx), key.get(cx)) {
            cache.key.set(dict::keys_version(cx, table.get(cx)));
            cache.epoch.set(dict::keys_version(cx, builtins.get(cx)));
            cache.kind.set(BUILTIN);
            cache.slot.set(entry);
            if let Some(value) = dict::entry_value(cx, builtins.get(cx), entry) {
                return Ok(cx.root(value));
            }
        }
        Err(slow::name_error(cx, name))
    })
}

/// StoreGlobal.
pub(super) fn store_global(
    cx: &mut Cx<'_>,
    code: &CodeData,
    base: usize,
    word: u32,
    value: Value,
) -> Result<(), Raised> {
    let (name, cache) = (name_of(code, word), cache_of(code, word));
    step_plain(cx, [value], |cx, [value]| {
        let table = globals(cx, base);
        let local = table.get(cx);
        if cache.key.get() != 0 && local.keys_version.get() == cache.key.get() {
            dict::set_entry_value(cx, local, cache.slot.get(), value.get(cx));
            return Ok(());
        }
        let key = names::handle(cx, name);
        dict::set_name(cx, table, key, value)?;
        if let Some(entry) = dict::entry_of_name(cx, table.get(cx), key.get(cx)) {
            cache.key.set(dict::keys_version(cx, table.get(cx)));
            cache.slot.set(entry);
        }
        Ok(())
    })
}

/// The slow half of GetAttr.
#[cold]
#[inline(never)]
pub(super) fn get_attr(cx: &mut Cx<'_>, code: &CodeData, object: Value, word: u32) -> Result<Value, Raised> {
    let name = name_of(code, word);
    step(cx, [object], |cx, [object]| {
        fill_word(cx, object.get(cx), name, cache_of(code, word));
        attr::get(cx, object, name)
    })
}

/// Remembers where instances of this shape keep the attribute, if it is in a word and nothing takes precedence.
fn fill_word(cx: &Cx<'_>, object: Local<'_>, name: NameId, cache: &Cache) {
    let class = class::of(cx, object);
    if class.flags.get() & class::HAS_GETATTRIBUTE != 0 {
        return;
    }
    let Some(shape) = object.shape() else { return };
    if class::lookup(cx, class, name)
        .is_some_and(|found| attr::is_data_descriptor(cx, found) && found.shape() != Some(shapes::MEMBER))
    {
        return;
    }
    if let Some(instance::Place::Word(word)) = instance::find(cx, shape, name) {
        cache.key.set(shape.0);
        cache.slot.set(word as u32);
        cache.kind.set(WORD);
        cache.epoch.set(rt(cx).class_epoch.get());
    }
}

/// The slow half of SetAttr.
#[cold]
#[inline(never)]
pub(super) fn set_attr(
    cx: &mut Cx<'_>,
    code: &CodeData,
    object: Value,
    value: Value,
    word: u32,
) -> Result<(), Raised> {
    let (name, cache) = (name_of(code, word), cache_of(code, word));
    step_plain(cx, [object, value], |cx, [object, value]| {
        let before = object.get(cx).shape();
        attr::set(cx, object, name, value)?;
        let local = object.get(cx);
        let class = class::of(cx, local);
        let hooked = class.flags.get() & class::HAS_SETATTR != 0;
        let described = class::lookup(cx, class, name)
            .is_some_and(|f| attr::is_data_descriptor(cx, f) && f.shape() != Some(shapes::MEMBER));
        let (Some(before), Some(after)) = (before, local.shape()) else { return Ok(()) };
        if hooked || described {
            return Ok(());
        }
        if let Some(instance::Place::Word(word)) = instance::find(cx, after, name) {
            let grown = before != after;
            let known = instance::with_info(cx, after, |i| i.parent == before).unwrap_or(false);
            if grown && !known {
                return Ok(());
            }
            cache.key.set(before.0);
            cache.slot.set(word as u32);
            // A shape's number is never WORD: instances have dynamic shapes.
            cache.kind.set(if grown { after.0 } else { WORD });
            cache.epoch.set(rt(cx).class_epoch.get());
        }
        Ok(())
    })
}

/// The slow half of LoadMethod: function and receiver, both owned.
#[cold]
#[inline(never)]
pub(super) fn load_method(
    cx: &mut Cx<'_>,
    code: &CodeData,
    object: Value,
    word: u32,
) -> Result<(Value, Value), Raised> {
    let (name, cache) = (name_of(code, word), cache_of(code, word));
    step_plain(cx, [object], |cx, [object]| {
        if let Some(method) = plain_method(cx, object.get(cx), name) {
            if let Some(shape) = object.get(cx).shape() {
                cache.key.set(shape.0);
                cache.kind.set(METHOD);
                cache.epoch.set(rt(cx).class_epoch.get());
                cache.value.set(CacheValue(method.value()));
            }
            let method = cx.root(method);
            return Ok((super::step::owned(cx, method), super::step::owned(cx, object)));
        }
        let found = attr::get(cx, object, name)?;
        Ok((super::step::owned(cx, found), Value::HOLE))
    })
}

/// The method as found on the class, when calling it with the object in front is what `object.name(…)` means for every object of this shape.
fn plain_method<'a>(cx: &'a Cx<'_>, object: Local<'a, Any>, name: NameId) -> Option<Local<'a>> {
    let shape = object.shape()?;
    if matches!(shape, shapes::MODULE | shapes::SUPER | shapes::CLASS | shapes::FUNCTION)
        || class::is_by_content(shape)
        || class::kind_of(cx, object) == classes::KIND_CLASS
    {
        return None;
    }
    let class = class::of(cx, object);
    if class.flags.get() & class::HAS_GETATTRIBUTE != 0 {
        return None;
    }
    let is_dict =
        instance::with_info(cx, shape, |i| i.is_dict || i.kind == classes::KIND_MODULE).unwrap_or(false);
    if is_dict || instance::find(cx, shape, name).is_some() {
        return None;
    }
    let found = class::lookup(cx, class, name)?;
    match found.shape()? {
        shapes::FUNCTION => Some(found),
        shapes::NATIVE => {
            // SAFETY: the shape says so.
            let native: Local<'_, crate::object::layout::Native> =
                unsafe { Local::from_value(found.value()) };
            let def = native.def;
            let binds =
                def.signature.starts_with("self") && !def.is_static && !def.is_class && !def.is_getter;
            binds.then_some(found)
        }
        _ => None,
    }
}

/// Code object of a constant.
pub(super) fn code_constant<'s>(cx: &Cx<'s>, constant: Value) -> Handle<'s, Code> {
    // SAFETY: the verifier has seen that the constant is code.
    unsafe { root(cx, constant).cast() }
}

/// The error for a name that is not defined.
pub(super) fn not_defined(cx: &mut Cx<'_>, name: NameId) -> Raised {
    let text = str::lossy(names::local(cx, name));
    let raised = raise(cx, classes::NAME_ERROR, format!("name '{text}' is not defined"));
    attr::set_name_of_pending(cx, name);
    raised
}
