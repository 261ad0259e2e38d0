//! Classes: the class of a value, look-up through the MRO, and making instances.

use super::classes::{self, ClassId, *};
use super::layout::{Class, ClassInit, Dict, Str, Tuple};
use super::names::{self, NameId};
use super::native::Args;
use super::raise::{type_error, Raised};
use super::{builtin_classes, call, descriptor, dict, instance, rt, shape_of, shapes, str, tuple};
use std::cell::Cell;
use taipan_gc::{Any, Cx, Handle, HeapFull, Local, ShapeId, Value};

/// The class or a base has its own `__getattribute__`.
pub const HAS_GETATTRIBUTE: u16 = 1;
/// It has `__getattr__`.
pub const HAS_GETATTR: u16 = 2;
/// It has its own `__setattr__`.
pub const HAS_SETATTR: u16 = 4;
/// It has its own `__delattr__`.
pub const HAS_DELATTR: u16 = 8;
/// It has `__del__`.
pub const HAS_DEL: u16 = 16;
/// Its instances have no `__dict__` (`__slots__` all the way).
pub const NO_DICT: u16 = 32;
/// Made by the runtime: its attributes can't be set.
pub const BUILTIN: u16 = 64;
/// Instances are made by `object.__new__`, and the metaclass has no `__call__` of its own.
pub const PLAIN_NEW: u16 = 128;
/// Its instances may be referenced weakly.
pub const WEAKLY: u16 = 1024;
/// Instances are all true: no `__bool__` and no `__len__`, and they are no containers or numbers.
pub const PLAIN_TRUTH: u16 = 256;
/// Instances are equal to themselves alone: no `__eq__`, no `__ne__`, and nothing builtin that compares.
pub const PLAIN_EQ: u16 = 512;
/// Made by an embedder, whose shape its own instances have: see [`embedded`](super::embedded).
pub const EMBEDDED: u16 = 2048;

/// A builtin class without attributes yet: see [`attributes`].
pub const UNFILLED: u16 = 4096;

/// One remembered class look-up.
#[derive(Debug)]
pub struct Lookup {
    class: Cell<u32>,
    name: Cell<u32>,
    epoch: Cell<u32>,
    collections: Cell<u64>,
    value: Cell<Value>,
}

impl Default for Lookup {
    fn default() -> Lookup {
        Lookup {
            class: Cell::new(u32::MAX),
            name: Cell::new(0),
            epoch: Cell::new(0),
            collections: Cell::new(0),
            value: Cell::new(Value::HOLE),
        }
    }
}

/// How many look-ups are remembered; a power of two.
pub(crate) const LOOKUPS: usize = 1024;

/// The class of any value.
#[inline]
pub fn of<'a>(cx: &'a Cx<'_>, value: Local<'_>) -> Local<'a, Class> {
    let shape = shape_of(value);
    if is_by_content(shape) {
        return classes::local(cx, class_by_content(cx, value, shape));
    }
    // SAFETY: a shared read of this thread's core; shapes keep their class alive.
    unsafe {
        let class = (*cx.core()).memory.shapes.get(shape).class;
        match class.is_ref() {
            true => Local::from_value(class),
            false => builtin_classes::of_shape(cx, shape),
        }
    }
}

/// Whether objects of this shape are of different classes by what is in them.
#[inline(always)]
pub(crate) fn is_by_content(shape: ShapeId) -> bool {
    matches!(
        shape,
        shapes::NATIVE
            | shapes::BOUND_METHOD
            | shapes::SEQ_ITER
            | shapes::TABLE_ITER
            | shapes::NATIVE_ITER
            | shapes::GENERATOR
            | shapes::DICT_VIEW
    )
}

/// The class of an object of such a shape.
#[cold]
fn class_by_content(cx: &Cx<'_>, value: Local<'_>, shape: ShapeId) -> ClassId {
    use super::layout::{DictView, Generator, NativeIter, SeqIter};
    // SAFETY: each shape says what the object is.
    unsafe {
        match shape {
            shapes::SEQ_ITER => {
                let iter: Local<'_, SeqIter> = Local::from_value(value.value());
                let sequence = iter.sequence.get(cx).and_then(|s| s.shape());
                match (sequence, iter.reversed.get()) {
                    (Some(shapes::LIST), true) => classes::LIST_REVERSE_ITER,
                    (_, true) => classes::REVERSED,
                    (Some(shapes::LIST), _) => classes::LIST_ITER,
                    (Some(shapes::TUPLE), _) => classes::TUPLE_ITER,
                    (Some(shapes::STR_ASCII | shapes::STR_WIDE), _) => classes::STR_ITER,
                    (Some(shapes::BYTES), _) => classes::BYTES_ITER,
                    _ => classes::SEQ_ITER,
                }
            }
            shapes::TABLE_ITER => class_of_table_iter(cx, Local::from_value(value.value())),
            shapes::NATIVE => class_of_native(cx, Local::from_value(value.value())),
            shapes::BOUND_METHOD => class_of_method(cx, Local::from_value(value.value())),
            shapes::NATIVE_ITER => Local::<'_, NativeIter>::from_value(value.value()).def.class,
            shapes::GENERATOR => match Local::<'_, Generator>::from_value(value.value()).flavour.get() {
                0 => classes::GENERATOR,
                1 => classes::COROUTINE,
                _ => classes::ASYNC_GENERATOR,
            },
            _ => match Local::<'_, DictView>::from_value(value.value()).what.get() {
                0 => classes::DICT_KEYS,
                1 => classes::DICT_VALUES,
                _ => classes::DICT_ITEMS,
            },
        }
    }
}

fn class_of_table_iter(cx: &Cx<'_>, iter: Local<'_, super::layout::TableIter>) -> ClassId {
    if let Some(shapes::SET | shapes::FROZENSET) = iter.table.get(cx).and_then(|t| t.any().shape()) {
        return classes::SET_ITER;
    }
    match (iter.what.get(), iter.reversed.get()) {
        (super::table::KEYS, false) => classes::TABLE_ITER,
        (super::table::KEYS, true) => classes::DICT_REVERSE_KEY_ITER,
        (super::table::VALUES, false) => classes::DICT_VALUE_ITER,
        (super::table::VALUES, true) => classes::DICT_REVERSE_VALUE_ITER,
        (_, false) => classes::DICT_ITEM_ITER,
        (_, true) => classes::DICT_REVERSE_ITEM_ITER,
    }
}

/// Special methods that CPython implements as plain ones.
const PLAIN_SPECIALS: &[&str] = &[
    "__format__",
    "__dir__",
    "__sizeof__",
    "__reduce__",
    "__reduce_ex__",
    "__reversed__",
    "__length_hint__",
    "__init_subclass__",
    "__subclasshook__",
    "__instancecheck__",
    "__subclasscheck__",
    "__subclasses__",
    "__round__",
    "__trunc__",
    "__floor__",
    "__ceil__",
    "__getnewargs__",
    "__class_getitem__",
    "__prepare__",
];

/// Whether CPython calls a method of this name of a builtin class a slot wrapper.
pub(crate) fn is_slot_wrapper(name: &str) -> bool {
    name.starts_with("__") && name.ends_with("__") && !PLAIN_SPECIALS.contains(&name)
}

fn class_of_native(cx: &Cx<'_>, native: Local<'_, super::layout::Native>) -> ClassId {
    let owner = native.owner.get(cx).and_then(|owner| owner.shape());
    // What owns a method of an embedder's class is the embedder's.
    let is_foreign = |shape: ShapeId| native.def.is_method && shape.0 >= taipan_gc::STATIC_SHAPES;
    let of_class = owner.is_some_and(|shape| shape == shapes::CLASS || is_foreign(shape));
    match native.def {
        def if !of_class || def.is_static => classes::NATIVE,
        def if def.is_getter => classes::GETSET_DESCRIPTOR,
        def if def.is_class => classes::CLASS_METHOD_DESCRIPTOR,
        def if is_slot_wrapper(def.name) => classes::WRAPPER_DESCRIPTOR,
        _ => classes::METHOD_DESCRIPTOR,
    }
}

fn class_of_method(cx: &Cx<'_>, method: Local<'_, super::layout::BoundMethod>) -> ClassId {
    let function = method.function.get(cx).and_then(super::casts::native);
    match function {
        None => classes::METHOD,
        Some(native) if is_slot_wrapper(native.def.name) => classes::METHOD_WRAPPER,
        Some(_) => classes::NATIVE,
    }
}

/// The class of a value, rooted.
pub fn of_value<'s>(cx: &Cx<'s>, value: Local<'_>) -> Handle<'s, Class> {
    cx.root(of(cx, value))
}

/// The value as a class, if it is one.
#[inline]
pub fn as_class<'a>(cx: &Cx<'_>, value: Local<'a>) -> Option<Local<'a, Class>> {
    let is = value.shape() == Some(shapes::CLASS) || kind_of(cx, value) == KIND_CLASS;
    // SAFETY: objects of these shapes are classes.
    is.then(|| unsafe { Local::from_value(value.value()) })
}

/// A handle's value as a class, if it is one.
#[inline]
pub fn of_handle<'s>(cx: &Cx<'_>, value: Handle<'s>) -> Option<Handle<'s, Class>> {
    as_class(cx, value.get(cx))?;
    // SAFETY: just checked; an object's kind never changes.
    Some(unsafe { value.cast() })
}

/// `KIND_…` of the class of an instance of a class written in Python or of an exception; `KIND_FINAL` for everything else.
#[inline]
pub fn kind_of(cx: &Cx<'_>, value: Local<'_>) -> u8 {
    value.shape().and_then(|shape| instance::with_info(cx, shape, |i| i.kind)).unwrap_or(KIND_FINAL)
}

/// The exact value inside an instance of a subclass of `int`, `float`, `str`, `bytes` or `tuple`.
pub fn boxed_value<'a>(cx: &'a Cx<'_>, value: Local<'a>) -> Option<Local<'a>> {
    let _ = cx;
    let inner = instance::get_word(value, 1);
    // SAFETY: the slot of a live object.
    unsafe { Local::from_slot(inner) }
}

/// `__name__`
pub fn name(cx: &Cx<'_>, class: Local<'_, Class>) -> String {
    class.name.get(cx).and_then(|n| str::of(cx, n)).map(str::lossy).unwrap_or_default()
}

/// `__qualname__`
pub fn qualname(cx: &Cx<'_>, class: Local<'_, Class>) -> String {
    class.qualname.get(cx).and_then(|n| str::of(cx, n)).map(str::lossy).unwrap_or_default()
}

/// What messages call the class of a value: its name; with its module, as CPython does, if it is native and of a library module.
pub fn type_name(cx: &Cx<'_>, value: Local<'_>) -> String {
    shown_name(cx, of(cx, value))
}

/// As [`type_name`], of a class.
pub fn shown_name(cx: &Cx<'_>, class: Local<'_, Class>) -> String {
    let name = name(cx, class);
    if class.flags.get() & BUILTIN == 0 || (class.id.get() as usize) < classes::CORE {
        return name;
    }
    let module = own(cx, class, names::local(cx, names::MODULE));
    match module.and_then(|m| str::of(cx, m)) {
        Some(module) => format!("{}.{name}", str::lossy(module)),
        None => name,
    }
}

/// The classes of the MRO.
pub fn mro<'a>(cx: &'a Cx<'_>, class: Local<'a, Class>) -> &'a [Value] {
    class.mro.get(cx).map_or(&[], tuple::values)
}

/// Whether `class` is `base` or derives from it.
pub fn is_subclass(cx: &Cx<'_>, class: Local<'_, Class>, base: Local<'_, Class>) -> bool {
    class.is(base) || mro(cx, class).contains(&base.value())
}

/// Whether the value is an instance of a builtin class or of a subclass.
pub fn is_instance(cx: &Cx<'_>, value: Local<'_>, id: ClassId) -> bool {
    is_subclass(cx, of(cx, value), classes::local(cx, id))
}

/// Looks an attribute up through the MRO. Remembers the answer.
pub fn lookup<'a>(cx: &'a Cx<'_>, class: Local<'a, Class>, name: NameId) -> Option<Local<'a>> {
    let runtime = rt(cx);
    let slot = (class.id.get().wrapping_mul(0x9e37_79b1) ^ name.0.wrapping_mul(0x85eb_ca6b)) >> 7;
    let entry = &runtime.lookups[slot as usize % LOOKUPS];
    // SAFETY: a shared read of this thread's core.
    let collections = unsafe { (*cx.core()).memory.stats.collections };
    let hit = entry.class.get() == class.id.get()
        && entry.name.get() == name.0
        && entry.epoch.get() == runtime.class_epoch.get()
        && entry.collections.get() == collections;
    let value = if hit {
        entry.value.get()
    } else {
        let found = lookup_slow(cx, class, name);
        entry.class.set(class.id.get());
        entry.name.set(name.0);
        entry.epoch.set(runtime.class_epoch.get());
        entry.collections.set(collections);
        entry.value.set(found);
        found
    };
    // SAFETY: the class holds it: no class changed since (the epoch), and nothing moved (the number of collections).
    unsafe { Local::from_slot(value) }
}

fn lookup_slow(cx: &Cx<'_>, class: Local<'_, Class>, name: NameId) -> Value {
    let name = names::local(cx, name);
    for &base in mro(cx, class) {
        // SAFETY: the MRO holds classes.
        let base: Local<'_, Class> = unsafe { Local::from_value(base) };
        if let Some(found) = own(cx, base, name) {
            return found.value();
        }
    }
    Value::HOLE
}

/// The class of the MRO in whose dict [`lookup`] finds the attribute.
pub fn definer<'a>(cx: &'a Cx<'_>, class: Local<'a, Class>, name: NameId) -> Option<Local<'a, Class>> {
    let name = names::local(cx, name);
    // SAFETY: the MRO of a live class holds live classes.
    let mut classes = mro(cx, class).iter().map(|&v| unsafe { Local::<Class>::from_value(v) });
    classes.find(|c| own(cx, *c, name).is_some())
}

/// Looks an attribute up in the classes after `after` in the MRO of `class` (`super`).
pub fn lookup_after<'a>(
    cx: &'a Cx<'_>,
    class: Local<'a, Class>,
    after: Local<'_, Class>,
    name: NameId,
) -> Option<Local<'a>> {
    let name = names::local(cx, name);
    let chain = mro(cx, class);
    let start = chain.iter().position(|&c| c == after.value())? + 1;
    chain[start..].iter().find_map(|&base| {
        // SAFETY: the MRO holds classes.
        let base: Local<'a, Class> = unsafe { Local::from_value(base) };
        own(cx, base, name)
    })
}

/// The class's own attributes. Those of a builtin class are made when somebody asks for them first: few programs need many of them, and it takes longer than
/// everything else about a new heap.
#[inline]
pub fn attributes<'a>(cx: &'a Cx<'_>, class: Local<'a, Class>) -> Option<Local<'a, Dict>> {
    if class.flags.get() & UNFILLED != 0 {
        (rt(cx).hooks.fill_class)(cx, class);
    }
    class.dict.get(cx)
}

/// An attribute of the class's own.
#[inline]
pub fn own<'a>(cx: &'a Cx<'_>, class: Local<'a, Class>, name: Local<'_, Str>) -> Option<Local<'a>> {
    attributes(cx, class).and_then(|attributes| dict::get_name(cx, attributes, name))
}

/// A class changed: inline caches and remembered look-ups no longer hold.
pub fn bump_epoch(cx: &Cx<'_>) {
    rt(cx).class_epoch.set(rt(cx).class_epoch.get().wrapping_add(1).max(1));
}

/// Computes the flags of a class from what it inherits and defines.
pub(crate) fn compute_flags(cx: &Cx<'_>, class: Local<'_, Class>) {
    let own = |name| lookup(cx, class, name).is_some_and(|found| !is_of_object(cx, found));
    let metaclass_call = lookup(cx, of(cx, class.any()), names::CALL);
    let plain_call = metaclass_call.is_none_or(|c| owner_is(cx, c, classes::TYPE));
    let flags = derive_flags(class.kind.get(), plain_call && !is_abstract(cx, class), own);
    let flags = flags | class.flags.get() & (NO_DICT | BUILTIN | WEAKLY | EMBEDDED);
    if (flags ^ class.flags.get()) & HAS_DEL != 0 && flags & EMBEDDED == 0 {
        class.root_shape.set(ShapeId::FREE);
    }
    class.flags.set(flags);
}

/// The flags that follow from what a class defines. `own`: whether it, or a base of it but `object`, defines a name; `plain_call`: whether calling it does what calling `type` does.
pub(crate) fn derive_flags(kind: u8, plain_call: bool, own: impl Fn(NameId) -> bool) -> u16 {
    let mut flags = 0;
    for (name, flag) in [
        (names::GETATTRIBUTE, HAS_GETATTRIBUTE),
        (names::GETATTR, HAS_GETATTR),
        (names::SETATTR, HAS_SETATTR),
        (names::DELATTR, HAS_DELATTR),
        (names::DEL, HAS_DEL),
    ] {
        if own(name) {
            flags |= flag;
        }
    }
    if kind == KIND_OBJECT {
        if !own(names::NEW) && plain_call {
            flags |= PLAIN_NEW;
        }
        if !own(names::BOOL) && !own(names::LEN) {
            flags |= PLAIN_TRUTH;
        }
        if !own(names::EQ) && !own(names::NE) {
            flags |= PLAIN_EQ;
        }
    }
    flags
}

/// Whether the class says of itself that methods are left abstract.
fn is_abstract(cx: &Cx<'_>, class: Local<'_, Class>) -> bool {
    let name = names::local(cx, names::ABSTRACTMETHODS);
    let left = self::own(cx, class, name);
    left.is_some_and(|l| super::subscript::builtin_len(cx, l) != Some(0))
}

/// Whether this is a native that `object` itself defines.
pub fn is_of_object(cx: &Cx<'_>, value: Local<'_>) -> bool {
    owner_is(cx, value, classes::OBJECT)
}

/// Whether this is a native (or a static method of one) that belongs to a builtin class.
pub fn owner_is(cx: &Cx<'_>, value: Local<'_>, id: ClassId) -> bool {
    if value.shape() != Some(shapes::NATIVE) {
        return false;
    }
    // SAFETY: the shape says so.
    let native: Local<'_, super::layout::Native> = unsafe { Local::from_value(value.value()) };
    native.owner.get(cx).is_some_and(|owner| owner.is(classes::local(cx, id)))
}

/// Makes an instance: `class(*arguments)`.
pub fn instantiate<'s>(
    cx: &mut Cx<'s>,
    class: Handle<'s, Class>,
    arguments: &[Handle<'s>],
    keyword_names: Option<Handle<'s, Tuple>>,
) -> Result<Handle<'s>, Raised> {
    let metaclass = of_value(cx, class.get(cx).any());
    if let Some(method) = lookup(cx, metaclass.get(cx), names::CALL).map(|m| cx.root(m)) {
        if !owner_is(cx, method.get(cx), classes::TYPE) {
            let bound = descriptor::bind(cx, method, class.any())?;
            return call::enter_native(cx, |cx| call::call_named(cx, bound, arguments, keyword_names));
        }
    }
    type_call(cx, class, arguments, keyword_names)
}

/// `type.__call__`
pub fn type_call<'s>(
    cx: &mut Cx<'s>,
    class: Handle<'s, Class>,
    arguments: &[Handle<'s>],
    keyword_names: Option<Handle<'s, Tuple>>,
) -> Result<Handle<'s>, Raised> {
    if class.get(cx).is(classes::local(cx, classes::TYPE)) && arguments.len() == 1 && keyword_names.is_none()
    {
        return Ok(of_value(cx, arguments[0].get(cx)).any());
    }
    call::enter_native(cx, |cx| {
        let made = construct(cx, class, arguments, keyword_names)?;
        if !is_subclass(cx, of(cx, made.get(cx)), class.get(cx)) {
            return Ok(made);
        }
        initialise(cx, made, arguments, keyword_names)?;
        Ok(made)
    })
}

fn construct<'s>(
    cx: &mut Cx<'s>,
    class: Handle<'s, Class>,
    arguments: &[Handle<'s>],
    keyword_names: Option<Handle<'s, Tuple>>,
) -> Result<Handle<'s>, Raised> {
    let Some(new) = lookup(cx, class.get(cx), names::NEW).map(|n| cx.root(n)) else {
        let name = name(cx, class.get(cx));
        return Err(type_error(cx, format!("cannot create '{name}' instances")));
    };
    let local = class.get(cx);
    if local.kind.get() == KIND_FINAL && local.flags.get() & BUILTIN != 0 && is_of_object(cx, new.get(cx)) {
        let name = name(cx, local);
        return Err(type_error(cx, format!("cannot create '{name}' instances")));
    }
    if is_of_object(cx, new.get(cx)) && class.get(cx).flags.get() & PLAIN_NEW != 0 {
        let takes_init = lookup(cx, class.get(cx), names::INIT).is_some_and(|i| !is_of_object(cx, i));
        if takes_init || arguments.is_empty() {
            return instance::new(cx, class);
        }
        let name = name(cx, class.get(cx));
        return Err(type_error(cx, format!("{name}() takes no arguments")));
    }
    let new = descriptor::unwrap_static(cx, new);
    let mut all = vec![class.any()];
    all.extend_from_slice(arguments);
    call::call_named(cx, new, &all, keyword_names)
}

fn initialise<'s>(
    cx: &mut Cx<'s>,
    made: Handle<'s>,
    arguments: &[Handle<'s>],
    keyword_names: Option<Handle<'s, Tuple>>,
) -> Result<(), Raised> {
    let class = of_value(cx, made.get(cx));
    let Some(init) = lookup(cx, class.get(cx), names::INIT).map(|i| cx.root(i)) else { return Ok(()) };
    if is_of_object(cx, init.get(cx)) {
        return Ok(());
    }
    let result = if matches!(init.get(cx).shape(), Some(shapes::FUNCTION | shapes::NATIVE)) {
        let mut all = vec![made];
        all.extend_from_slice(arguments);
        call::call_named(cx, init, &all, keyword_names)?
    } else {
        let bound = descriptor::bind(cx, init, made)?;
        call::call_named(cx, bound, arguments, keyword_names)?
    };
    if !result.get(cx).value().is_none() {
        let given = type_name(cx, result.get(cx));
        return Err(type_error(cx, format!("__init__() should return None, not '{given}'")));
    }
    Ok(())
}

/// The number of a new class that is no builtin one: those have theirs in [`classes::TABLE`].
pub(crate) fn fresh_id(cx: &Cx<'_>) -> u32 {
    let id = rt(cx).next_class.get();
    rt(cx).next_class.set(id + 1);
    id
}

/// Allocates a class object. `shape` is the shape of classes of its metaclass.
pub(crate) fn alloc_class<'a>(
    cx: &'a Cx<'_>,
    shape: ShapeId,
    id: u32,
    name: Local<'_, Any>,
    kind: u8,
    flags: u16,
) -> Result<Local<'a, Class>, HeapFull> {
    let class = cx.alloc(ClassInit {
        name: Some(name),
        qualname: Some(name),
        bases: None,
        mro: None,
        dict: None,
        subclasses: None,
        root_shape: Cell::new(ShapeId::FREE),
        id: Cell::new(id),
        kind: Cell::new(kind),
        capacity: Cell::new(0),
        flags: Cell::new(flags),
    })?;
    if let (Some(header), true) = (class.header(), shape != shapes::CLASS) {
        // SAFETY: shapes of classes of a metaclass have the layout of `Class`.
        unsafe { header.set_shape(shape) };
    }
    Ok(class)
}

/// The arguments of a native `__new__`: the class, which must be one and derive from `base`.
pub fn new_target<'s>(cx: &mut Cx<'s>, args: &Args<'s>, base: ClassId) -> Result<Handle<'s, Class>, Raised> {
    let base = classes::handle(cx, base);
    new_target_of(cx, args, base)
}

/// As [`new_target`], for any class.
pub fn new_target_of<'s>(
    cx: &mut Cx<'s>,
    args: &Args<'s>,
    base: Handle<'_, Class>,
) -> Result<Handle<'s, Class>, Raised> {
    let first = args.at(cx, 0);
    let Some(class) = of_handle(cx, first) else {
        let given = type_name(cx, first.get(cx));
        let base_name = name(cx, base.get(cx));
        return Err(type_error(cx, format!("{base_name}.__new__(X): X is not a type object ({given})")));
    };
    if !is_subclass(cx, class.get(cx), base.get(cx)) {
        let given = name(cx, class.get(cx));
        let base_name = shown_name(cx, base.get(cx));
        let message = format!("{base_name}.__new__({given}): {given} is not a subtype of {base_name}");
        return Err(type_error(cx, message));
    }
    Ok(class)
}
