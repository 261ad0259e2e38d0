//! Inline caches: filling them, and the slow halves of the instructions that use them.
//!
//! A cache is valid while the receiver has the shape it saw and no class has changed (the epoch); globals compare the key-set versions of
//! their dicts instead. Nothing in a cache keeps anything alive.

use super::frame::machine;
use super::run::has_shape;
use super::shared::Use;
use super::slow;
use super::step::{owned, register, retain, root, step, step_plain};
use crate::bytecode::Op;
use crate::object::layout::{Cache, CacheValue, Class, Code, CodeData, Dict, Function, Module, Native};
use crate::object::names::NameId;
use crate::object::raise::{raise, Raised};
use crate::object::{
    attr, call, casts, class, classes, descriptor, dict, instance, names, rt, shapes, str, Root,
};
use taipan_gc::{refs, Any, Core, Cx, Handle, Local, ShapeId, Value};

/// The attribute is in a word of the object.
pub(super) const WORD: u32 = 1;
/// A method found on the class.
pub(super) const METHOD: u32 = 2;
/// A global.
pub(super) const GLOBAL: u32 = 3;
/// A builtin, not shadowed by a global.
pub(super) const BUILTIN: u32 = 4;
/// A value found on the class that attributes of objects don't shadow and that does not bind.
pub(super) const VALUE: u32 = 5;
/// An entry of a module's dict; `epoch` is the version of its keys.
pub(super) const MODULE: u32 = 6;
/// A method found behind the class with number `slot`.
pub(super) const SUPER: u32 = 7;
/// What an attribute of the class with number `slot` is, read through the class itself.
pub(super) const OF_CLASS: u32 = 8;
/// The function of a class method of the class with number `slot`, called through the class itself.
const CLASS_METHOD: u32 = 9;

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
    let (name, cache) = (name_of(code, word), cache_of(code, word));
    if let Some(value) = known_attr(cx, object, name, cache) {
        retain(cx, value);
        return Ok(value);
    }
    step(cx, [object], |cx, [object]| {
        fill_attr(cx, object.get(cx), name, cache);
        attr::get(cx, object, name)
    })
}

fn shape_of(value: Value) -> Option<ShapeId> {
    // SAFETY: a value in a register is valid.
    value.is_ref().then(|| unsafe { (*value.header()).shape() })
}

/// What another site knows of objects of this shape, or this site of the module; no count is taken.
fn known_attr(cx: &Cx<'_>, object: Value, name: NameId, cache: &Cache) -> Option<Value> {
    let shape = shape_of(object)?;
    match shape {
        shapes::MODULE => return module_entry(cx, object, cache),
        shapes::CLASS => {
            return class_value(cx, object, cache).filter(|known| known.0 == OF_CLASS).map(|known| known.1);
        }
        _ => {}
    }
    // Classes of other metaclasses: the site has seen that objects of this shape are classes, in this epoch.
    let epoch = rt(cx).class_epoch.get();
    if cache.kind.get() == OF_CLASS && cache.key.get() == shape.0 && cache.epoch.get() == epoch {
        return class_value(cx, object, cache).map(|known| known.1);
    }
    cache.copy_from(machine(cx).shared.find(cx, shape, name, Use::Get)?);
    if cache.kind.get() == VALUE {
        return Some(cache.value.get().0);
    }
    // SAFETY: the shape says that the attribute is in this word.
    let value = unsafe { *(object.bits() as *const Value).add(cache.slot.get() as usize) };
    (!value.is_hole()).then_some(value)
}

fn module_dict<'a>(cx: &'a Cx<'_>, module: Value) -> Option<Local<'a, Dict>> {
    // SAFETY: callers have seen the shape.
    let module: Local<'a, Module> = unsafe { Local::from_value(module) };
    module.dict.get(cx)
}

/// The attribute of a module whose keys are as they were.
fn module_entry(cx: &Cx<'_>, module: Value, cache: &Cache) -> Option<Value> {
    let dict = module_dict(cx, module)?;
    let known =
        cache.kind.get() == MODULE && cache.epoch.get() != 0 && cache.epoch.get() == dict.keys_version.get();
    known.then(|| dict::entry_value(cx, dict, cache.slot.get()).map(|v| v.value())).flatten()
}

/// Whether a class of the shape that the cache is for is the very class that it knows.
///
/// # Safety
/// The cache is about a class, and the value has the shape that it is for.
#[inline(always)]
pub(super) unsafe fn is_class(class: Value, cache: &Cache) -> bool {
    // SAFETY: by contract, and objects of the shape of a class are classes.
    unsafe { (*((class.bits() + 8) as *const Class)).id.get() == cache.slot.get() }
}

/// The function, and the receiver if it takes one, that calling an attribute of this very class means; see [`load_method`].
#[inline(always)]
pub(super) fn class_method(class: Value, cache: &Cache, epoch: u32) -> Option<(Value, Value)> {
    if !has_shape(class, shapes::CLASS) || cache.epoch.get() != epoch {
        return None;
    }
    let receiver = match cache.kind.get() {
        CLASS_METHOD => class,
        OF_CLASS => Value::HOLE,
        _ => return None,
    };
    // SAFETY: just checked; a cache of this kind is about classes.
    let known = unsafe { is_class(class, cache) } && !cache.value.get().0.is_hole();
    known.then(|| (cache.value.get().0, receiver))
}

/// The attribute of a class that the cache knows, and of which kind it is.
fn class_value(cx: &Cx<'_>, class: Value, cache: &Cache) -> Option<(u32, Value)> {
    // SAFETY: callers have seen the shape.
    let class: Local<'_, Class> = unsafe { Local::from_value(class) };
    let known = matches!(cache.kind.get(), OF_CLASS | CLASS_METHOD)
        && cache.slot.get() == class.id.get()
        && cache.epoch.get() == rt(cx).class_epoch.get();
    known.then(|| (cache.kind.get(), cache.value.get().0))
}

/// Remembers an attribute of a class, if reading it through the class gives what lies in the class, or what a static method wraps; or, to be
/// `called`, the function of a class method.
fn fill_class_attr(cx: &Cx<'_>, object: Local<'_>, name: NameId, cache: &Cache, called: bool) {
    // SAFETY: callers have seen the shape.
    let class: Local<'_, Class> = unsafe { Local::from_value(object.value()) };
    let metaclass = class::of(cx, object);
    let hooked = metaclass.flags.get() & class::HAS_GETATTRIBUTE != 0;
    if hooked || class::lookup(cx, metaclass, name).is_some() {
        return;
    }
    let Some(found) = class::lookup(cx, class, name) else { return };
    let wrapped = || casts::wrapped(cx, found);
    let (kind, value) = match found.shape() {
        Some(shapes::FUNCTION) => (OF_CLASS, found.value()),
        Some(shapes::STATIC_METHOD) => match wrapped() {
            Some(wrapped) => (OF_CLASS, wrapped.value()),
            None => return,
        },
        Some(shapes::CLASS_METHOD) if called => {
            match wrapped().filter(|wrapped| wrapped.shape() == Some(shapes::FUNCTION)) {
                Some(function) => (CLASS_METHOD, function.value()),
                None => return,
            }
        }
        _ if descriptor::is_plain_value(cx, found) => (OF_CLASS, found.value()),
        _ => return,
    };
    let Some(shape) = object.shape() else { return };
    fill(cache, shape, rt(cx).class_epoch.get(), class.id.get(), kind);
    cache.value.set(CacheValue(value));
}

/// Remembers where instances of this shape keep the attribute, if it is in a word and nothing takes precedence; or what the class says,
/// if that is all there is to it; or where a module has it.
fn fill_attr(cx: &Cx<'_>, object: Local<'_>, name: NameId, cache: &Cache) {
    let Some(shape) = object.shape() else { return };
    if class::as_class(cx, object).is_some() {
        return fill_class_attr(cx, object, name, cache, false);
    }
    let class = class::of(cx, object);
    if class.flags.get() & class::HAS_GETATTRIBUTE != 0 {
        return;
    }
    let found = class::lookup(cx, class, name);
    if found.is_some_and(|f| takes_precedence(cx, f)) {
        return;
    }
    if shape == shapes::MODULE {
        let Some(dict) = module_dict(cx, object.value()) else { return };
        if let Some(entry) = dict::entry_of_name(cx, dict, names::local(cx, name)) {
            fill(cache, shape, dict::keys_version(cx, dict), entry, MODULE);
        }
        return;
    }
    let epoch = rt(cx).class_epoch.get();
    match (instance::find(cx, shape, name), found) {
        (Some(instance::Place::Word(word)), _) => fill(cache, shape, epoch, word as u32, WORD),
        (None, Some(found))
            if is_only_on_class(cx, object, shape, name) && descriptor::is_plain_value(cx, found) =>
        {
            fill(cache, shape, epoch, 0, VALUE);
            cache.value.set(CacheValue(found.value()));
        }
        _ => return,
    }
    machine(cx).shared.remember(cx, name, Use::Get, cache);
}

/// Whether what a class says comes before what an object has in a word: a data descriptor does, except for the one that stands for the word.
fn takes_precedence(cx: &Cx<'_>, found: Local<'_>) -> bool {
    descriptor::is_data_descriptor(cx, found) && found.shape() != Some(shapes::MEMBER)
}

fn fill(cache: &Cache, shape: ShapeId, epoch: u32, slot: u32, kind: u32) {
    cache.key.set(shape.0);
    cache.epoch.set(epoch);
    cache.slot.set(slot);
    cache.kind.set(kind);
}

/// Whether objects of this shape never have the attribute themselves, and their class is told by their shape.
fn is_only_on_class(cx: &Cx<'_>, object: Local<'_>, shape: ShapeId, name: NameId) -> bool {
    let has_own_dict = matches!(shape, shapes::MODULE | shapes::SUPER | shapes::CLASS | shapes::FUNCTION)
        || class::is_by_content(shape)
        || class::kind_of(cx, object) == classes::KIND_CLASS;
    let is_dict =
        instance::with_info(cx, shape, |i| i.is_dict || i.kind == classes::KIND_MODULE).unwrap_or(false);
    !has_own_dict && !is_dict && instance::find(cx, shape, name).is_none()
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
    if let Some(known) = shape_of(object).and_then(|s| machine(cx).shared.find(cx, s, name, Use::Set)) {
        cache.copy_from(known);
        // SAFETY: the object is of the shape that the cache is for now.
        unsafe { store_cached(cx.core(), object, value, cache) };
        return Ok(());
    }
    step_plain(cx, [object, value], |cx, [object, value]| {
        let before = object.get(cx).shape();
        attr::set(cx, object, name, value)?;
        let local = object.get(cx);
        let class = class::of(cx, local);
        let hooked = class.flags.get() & class::HAS_SETATTR != 0;
        let described = class::lookup(cx, class, name).is_some_and(|f| takes_precedence(cx, f));
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
            // A shape's number is never WORD: instances have dynamic shapes.
            let kind = if grown { after.0 } else { WORD };
            fill(cache, before, rt(cx).class_epoch.get(), word as u32, kind);
            machine(cx).shared.remember(cx, name, Use::Set, cache);
        }
        Ok(())
    })
}

/// Stores into the word that a cache of SetAttr knows; a new attribute gives the object its next shape.
///
/// # Safety
/// The object is of the shape that the cache is for, and no class has changed since.
#[inline(always)]
pub(super) unsafe fn store_cached(core: *mut Core, object: Value, value: Value, cache: &Cache) {
    // SAFETY: by contract.
    unsafe {
        let slot = (object.bits() as *mut Value).add(cache.slot.get() as usize);
        refs::put(core, object.header(), slot, value);
        if cache.kind.get() != WORD {
            (*object.header()).set_shape(ShapeId(cache.kind.get()));
        }
    }
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
    if let Some((function, receiver)) = known_method(cx, object, name, cache) {
        retain(cx, function);
        retain(cx, receiver);
        return Ok((function, receiver));
    }
    step_plain(cx, [object], |cx, [object]| {
        if let Some(method) = plain_method(cx, object.get(cx), name) {
            if let Some(shape) = object.get(cx).shape() {
                fill(cache, shape, rt(cx).class_epoch.get(), 0, METHOD);
                cache.value.set(CacheValue(method.value()));
                machine(cx).shared.remember(cx, name, Use::Method, cache);
            }
            let method = cx.root(method);
            return Ok((owned(cx, method), owned(cx, object)));
        }
        match object.get(cx).shape() {
            Some(shapes::CLASS) => fill_class_attr(cx, object.get(cx), name, cache, true),
            Some(shapes::MODULE) => fill_attr(cx, object.get(cx), name, cache),
            _ => {}
        }
        let found = attr::get(cx, object, name)?;
        Ok((owned(cx, found), Value::HOLE))
    })
}

/// LoadSuper: function and receiver, both owned. `base` is the stack index of register 0, the receiver.
#[inline(never)]
pub(super) fn load_super(
    cx: &mut Cx<'_>,
    code: &CodeData,
    base: usize,
    callee: Value,
    cell: Value,
    word: u32,
) -> Result<(Value, Value), Raised> {
    let (name, cache) = (name_of(code, word), cache_of(code, word));
    if let Some((function, receiver)) = super_method(cx, base, callee, cell, name, cache) {
        retain(cx, function);
        retain(cx, receiver);
        return Ok((function, receiver));
    }
    step_plain(cx, [callee], |cx, [callee]| {
        match call::call(cx, callee, &[]) {
            Ok(found) => {
                let found = attr::get(cx, found, name)?;
                Ok((owned(cx, found), Value::HOLE))
            }
            Err(raised) => {
                // Tracebacks show the call: its place is that of the instruction before, which loaded the callee.
                if let Some(frame) = machine(cx).innermost() {
                    frame.go_to(frame.index().saturating_sub(Op::LoadGlobal.width() as u32));
                }
                Err(raised)
            }
        }
    })
}

/// The method that comes after the class in the cell, when `callee` is the builtin `super` and calling the method with the receiver in front
/// is all that it means.
fn super_method(
    cx: &Cx<'_>,
    base: usize,
    callee: Value,
    cell: Value,
    name: NameId,
    cache: &Cache,
) -> Option<(Value, Value)> {
    // SAFETY: the verifier has seen that there is a cell, and that register 0 is a parameter; registers are valid.
    let (receiver, class, callee): (Local<'_>, Local<'_>, Local<'_>) = unsafe {
        let class = *(cell.bits() as *const Value).add(1);
        let receiver = (*cx.core()).stack_value(base);
        (Local::from_slot(receiver)?, Local::from_slot(class)?, Local::from_value(callee))
    };
    let shape = receiver.shape()?;
    if !callee.is(classes::local(cx, classes::SUPER)) || class.shape() != Some(shapes::CLASS) {
        return None;
    }
    // SAFETY: the shape says so.
    let class: Local<'_, Class> = unsafe { Local::from_value(class.value()) };
    let epoch = rt(cx).class_epoch.get();
    let known = cache.kind.get() == SUPER
        && cache.key.get() == shape.0
        && cache.slot.get() == class.id.get()
        && cache.epoch.get() == epoch;
    if known {
        return Some((cache.value.get().0, receiver.value()));
    }
    if class::is_by_content(shape) || class::kind_of(cx, receiver) == classes::KIND_CLASS {
        return None;
    }
    let own = class::of(cx, receiver);
    if !class::is_subclass(cx, own, class) {
        return None;
    }
    let found = class::lookup_after(cx, own, class, name).filter(|found| binds_plainly(*found))?;
    fill(cache, shape, epoch, class.id.get(), SUPER);
    cache.value.set(CacheValue(found.value()));
    Some((found.value(), receiver.value()))
}

/// As [`known_attr`], for a method call: function and receiver.
fn known_method(cx: &Cx<'_>, object: Value, name: NameId, cache: &Cache) -> Option<(Value, Value)> {
    let shape = shape_of(object)?;
    match shape {
        shapes::MODULE => return module_entry(cx, object, cache).map(|found| (found, Value::HOLE)),
        shapes::CLASS => {
            let (kind, value) = class_value(cx, object, cache)?;
            return Some((value, if kind == CLASS_METHOD { object } else { Value::HOLE }));
        }
        _ => {}
    }
    cache.copy_from(machine(cx).shared.find(cx, shape, name, Use::Method)?);
    Some((cache.value.get().0, object))
}

/// The method as found on the class, when calling it with the object in front is what `object.name(…)` means for every object of this shape.
fn plain_method<'a>(cx: &'a Cx<'_>, object: Local<'a, Any>, name: NameId) -> Option<Local<'a>> {
    let shape = object.shape()?;
    let class = class::of(cx, object);
    if class.flags.get() & class::HAS_GETATTRIBUTE != 0 || !is_only_on_class(cx, object, shape, name) {
        return None;
    }
    class::lookup(cx, class, name).filter(|found| binds_plainly(*found))
}

/// Whether binding this attribute of a class to an instance means calling it with the instance in front.
fn binds_plainly(found: Local<'_>) -> bool {
    match found.shape() {
        Some(shapes::FUNCTION) => true,
        Some(shapes::NATIVE) => {
            // SAFETY: the shape says so.
            let def = unsafe { Local::<'_, Native>::from_value(found.value()) }.def;
            def.is_method && !def.is_static && !def.is_class && !def.is_getter
        }
        _ => false,
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
