//! Instances: objects whose attributes lie in slots, by shape.
//!
//! ```text
//! header | builtin part of the class's kind | extra | slot 0 … slot capacity-1
//! ```
//!
//! The shape says which attribute is in which slot. Adding an attribute moves the object to a child shape (hidden classes: Chambers, Ungar & Lee, 1989). Slots beyond
//! the capacity lie in an array in `extra`; a class learns how many slots its instances need. An object whose `__dict__` was asked
//! for, that lost an attribute, or that has too many keeps them in a dict in `extra` instead. `__slots__` never show in it: they lie among the
//! others before, and in a second dict in slot 0 then.

use super::classes::*;
use super::dict;
use super::layout::{Array, Class, Dict, List, Module, Property, Record, WeakRef};
use super::names::{self, NameId};
use super::raise::Raised;
use super::tuple::{alloc_values, array_put, array_values};
use super::{class, define, embedded, retrying, rt, shapes};
use taipan_gc::{refs, shape_for, Cx, Handle, HeapFull, Local, Shape, ShapeId, Tail, Value, STATIC_SHAPES};

/// An object with more attributes keeps them in a dict.
const MAX_ATTRIBUTES: u16 = 128;
/// Most slots inline.
pub(crate) const MAX_CAPACITY: usize = 40;

/// What a dynamic shape says about attributes.
#[derive(Clone, Debug)]
pub struct ShapeInfo {
    /// `KIND_…` of the class.
    pub kind: u8,
    /// Word of `extra`; slots follow. 0: objects of this shape have neither.
    pub extra: u8,
    /// Slots inline.
    pub capacity: u8,
    /// Attributes in slots.
    pub count: u16,
    /// Whether the attributes are in a dict in `extra`.
    pub is_dict: bool,
    /// The shape before the last attribute was added.
    pub parent: ShapeId,
    /// The last attribute added.
    pub name: NameId,
    /// Shapes after one more attribute.
    pub transitions: Vec<(NameId, ShapeId)>,
}

/// Where an attribute is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// In this word of the object.
    Word(usize),
    /// In this place of the array in word `extra`.
    Overflow {
        /// Word of `extra`.
        extra: usize,
        /// Index in the array.
        index: usize,
    },
}

/// What a dynamic shape says; `None` for static ones.
#[inline]
pub fn with_info<R>(cx: &Cx<'_>, shape: ShapeId, read: impl FnOnce(&ShapeInfo) -> R) -> Option<R> {
    let index = shape.0.checked_sub(STATIC_SHAPES)? as usize;
    rt(cx).shapes.borrow().get(index).map(read)
}

/// The slots of the builtin part of exceptions, for diagnostics.
const EXCEPTION_FIELDS: &[(usize, &str)] =
    &[(0, "args"), (8, "__traceback__"), (16, "__context__"), (24, "__cause__")];

/// Builtin part of instances of a class: its size in bytes (header included) and its slots.
fn builtin_part(cx: &Cx<'_>, class: Local<'_, Class>) -> Shape {
    match class.kind.get() {
        KIND_LIST => shape_for::<List>(),
        KIND_DICT | KIND_SET | KIND_FROZENSET => shape_for::<Dict>(),
        KIND_EXCEPTION => Shape { fields: EXCEPTION_FIELDS, ..Shape::fixed("exception", 48, 0b11110) },
        KIND_INT | KIND_FLOAT | KIND_STR | KIND_BYTES | KIND_TUPLE => Shape::fixed("boxed", 16, 0b10),
        KIND_CLASS => shape_for::<Class>(),
        KIND_MODULE => shape_for::<Module>(),
        KIND_PROPERTY => shape_for::<Property>(),
        KIND_WEAKREF => shape_for::<WeakRef>(),
        KIND_RECORD => shape_for::<Record>(),
        KIND_EMBEDDED => match embedded::base(cx, class) {
            // SAFETY: a shared read of this thread's core; the shape is one of its table.
            Some(own) => unsafe { *(*cx.core()).memory.shapes.get(own.root_shape.get()) },
            None => Shape::fixed("instance", 8, 0),
        },
        _ => Shape::fixed("instance", 8, 0),
    }
}

/// The shape of fresh instances of a class, made at need.
pub fn root_shape(cx: &Cx<'_>, class: Local<'_, Class>) -> Result<ShapeId, HeapFull> {
    let root = class.root_shape.get();
    if root != ShapeId::FREE {
        return Ok(root);
    }
    let kind = class.kind.get();
    let part = builtin_part(cx, class);
    let words = (part.size / 8) as u8;
    let has_attributes = !matches!(kind, KIND_CLASS | KIND_MODULE);
    let capacity = if has_attributes { class.capacity.get() } else { 0 };
    let own = if has_attributes { 1 + capacity as u32 } else { 0 };
    let slots = (0..own).fold(part.slots, |bits, i| bits | 1 << (words as u32 + i));
    let info = ShapeInfo {
        kind,
        extra: if has_attributes { words } else { 0 },
        capacity,
        count: 0,
        is_dict: false,
        parent: ShapeId::FREE,
        name: NameId(u32::MAX),
        transitions: Vec::new(),
    };
    let finalize = (class.flags.get() & class::HAS_DEL != 0)
        .then_some(super::finalizers::run_del as taipan_gc::shape::FinalizeFn);
    let shape = Shape { size: part.size + own * 8, slots, finalize, tail: Tail::None, ..part };
    let shape = Shape { size: shape.size.max(16), name: "instance", container: true, mortal: true, ..shape };
    let id = add_shape(cx, shape, info, class)?;
    class.root_shape.set(id);
    Ok(id)
}

/// Registers a shape of `class` with both tables.
pub(super) fn add_shape(
    cx: &Cx<'_>,
    shape: Shape,
    info: ShapeInfo,
    class: Local<'_, Class>,
) -> Result<ShapeId, HeapFull> {
    let full = HeapFull { requested: 64 };
    cx.may_grow(full.requested)?;
    let mut infos = rt(cx).shapes.borrow_mut();
    infos.try_reserve(1).map_err(|_| full)?;
    // SAFETY: the core is this thread's; the borrow ends with the call. The shape owns a count of its class.
    let id = unsafe {
        let shapes = &mut (*cx.core()).memory.shapes;
        let id = shapes.add(Shape { class: class.value(), ..shape }).ok_or(full)?;
        refs::retain(if (*cx.core()).counted { class.value() } else { Value::NONE });
        id
    };
    let index = (id.0 - STATIC_SHAPES) as usize;
    if let Some(known) = infos.get_mut(index) {
        // The id of a shape that has died with its class: what caches remember of it no longer holds.
        *known = info;
        class::bump_epoch(cx);
        return Ok(id);
    }
    // Shapes of the heap's own typed objects may lie between ours.
    while infos.len() < index {
        infos.push(info_without_slots(KIND_FINAL));
    }
    infos.push(info);
    Ok(id)
}

/// What is said of a shape whose objects have no attributes in slots.
pub(super) fn info_without_slots(kind: u8) -> ShapeInfo {
    ShapeInfo {
        kind,
        extra: 0,
        capacity: 0,
        count: 0,
        is_dict: false,
        parent: ShapeId::FREE,
        name: NameId(u32::MAX),
        transitions: Vec::new(),
    }
}

/// A fresh instance, its builtin part empty, without calling anything.
pub fn new<'s>(cx: &mut Cx<'s>, class: Handle<'_, Class>) -> Result<Handle<'s>, Raised> {
    retrying(cx, |cx| alloc(cx, class.get(cx)))
}

/// As [`new`], never collecting.
pub(crate) fn alloc<'a>(cx: &'a Cx<'_>, class: Local<'_, Class>) -> Result<Local<'a>, HeapFull> {
    let object = alloc_owned(cx, class, 0)?;
    // SAFETY: allocated just now, without counts.
    Ok(unsafe { cx.newborn(object.header()) })
}

/// A fresh instance with so many counts, which the caller owns. Never collects.
#[inline]
pub(crate) fn alloc_owned(cx: &Cx<'_>, class: Local<'_, Class>, counts: u32) -> Result<Value, HeapFull> {
    let shape = match class.root_shape.get() {
        ShapeId::FREE => root_shape(cx, class)?,
        shape => shape,
    };
    // SAFETY: the fresh cell is zeroed behind its header, and zero is a hole, an empty slot and a zero number alike.
    unsafe {
        let core = cx.core();
        let shape_data = (*core).memory.shapes.get(shape);
        let (size, finalize) = (shape_data.size as usize, shape_data.finalize.is_some());
        if finalize {
            (*core).reserve_lists()?;
        }
        let object = (*core).alloc(size, shape, counts)?;
        for word in 1..size / 8 {
            *(object as *mut u64).add(word) = 0;
        }
        if finalize {
            (*core).register_reserved(object);
        }
        Ok(Value::from_bits(object as u64))
    }
}

/// Stores into word `word` of an object, which is a slot.
pub(crate) fn put_word(cx: &Cx<'_>, object: Local<'_>, word: usize, value: Local<'_>) {
    let header = object.value().bits() as *mut taipan_gc::Header;
    // SAFETY: callers pass words that the object's shape says are slots; the object is live.
    unsafe { refs::put(cx.core(), header, (header as *mut Value).add(word), value.value()) };
}

/// Empties word `word` of an object, which is a slot.
fn empty_word(cx: &Cx<'_>, object: Local<'_>, word: usize) {
    let header = object.value().bits() as *mut taipan_gc::Header;
    // SAFETY: as in `put_word`.
    unsafe { refs::put(cx.core(), header, (header as *mut Value).add(word), Value::HOLE) };
}

/// Reads word `word` of an object, which is a slot.
#[inline(always)]
pub(crate) fn get_word(object: Local<'_>, word: usize) -> Value {
    // SAFETY: as in `put_word`.
    unsafe { *(object.value().bits() as *const Value).add(word) }
}

/// Where the attribute is in objects of this shape.
pub fn find(cx: &Cx<'_>, shape: ShapeId, name: NameId) -> Option<Place> {
    let infos = rt(cx).shapes.borrow();
    let mut at = shape;
    loop {
        let info = infos.get(at.0.checked_sub(STATIC_SHAPES)? as usize)?;
        if info.count == 0 || info.is_dict {
            return None;
        }
        if info.name == name {
            return Some(place(info, info.count - 1));
        }
        at = info.parent;
    }
}

fn place(info: &ShapeInfo, slot: u16) -> Place {
    let slot = slot as usize;
    let (extra, capacity) = (info.extra as usize, info.capacity as usize);
    if slot < capacity {
        Place::Word(extra + 1 + slot)
    } else {
        Place::Overflow { extra, index: slot - capacity }
    }
}

/// The dict that holds the attributes of an object of a dict shape.
pub(crate) fn dict_of<'a>(cx: &'a Cx<'_>, object: Local<'a>) -> Option<Local<'a, Dict>> {
    let extra = with_info(cx, object.shape()?, |i| i.is_dict.then_some(i.extra as usize))??;
    let value = get_word(object, extra);
    // SAFETY: `extra` of a dict shape holds a dict.
    value.is_ref().then(|| unsafe { Local::from_value(value) })
}

/// An attribute of the object itself.
pub fn get<'a>(cx: &'a Cx<'_>, object: Local<'a>, name: NameId) -> Option<Local<'a>> {
    let shape = object.shape()?;
    let value = match find(cx, shape, name) {
        Some(place) => read(cx, object, place),
        None => return dict::get_name(cx, dict_of(cx, object)?, names::local(cx, name)),
    };
    // SAFETY: slots of a live object hold live values.
    unsafe { Local::from_slot(value) }
}

/// The value at a place of an object.
pub(crate) fn read(cx: &Cx<'_>, object: Local<'_>, place: Place) -> Value {
    let _ = cx;
    match place {
        Place::Word(word) => get_word(object, word),
        Place::Overflow { extra, index } => match overflow(object, extra) {
            Some(array) => array_values(array).get(index).copied().unwrap_or(Value::HOLE),
            None => Value::HOLE,
        },
    }
}

fn overflow(object: Local<'_>, extra: usize) -> Option<Local<'_, Array>> {
    let value = get_word(object, extra);
    // SAFETY: `extra` of a slot shape holds an array or nothing.
    value.is_ref().then(|| unsafe { Local::from_value(value) })
}

/// Sets an attribute of the object itself.
pub fn set(cx: &mut Cx<'_>, object: Handle<'_>, name: NameId, value: Handle<'_>) -> Result<(), Raised> {
    let Some(shape) = object.get(cx).shape() else { return Ok(()) };
    if let Some(place) = find(cx, shape, name) {
        write(cx, object.get(cx), place, value.get(cx));
        return Ok(());
    }
    if let Some(attributes) = dict_of(cx, object.get(cx)) {
        let attributes = cx.root(attributes);
        let key = names::handle(cx, name);
        return dict::set_name(cx, attributes, key, value);
    }
    let count = with_info(cx, shape, |i| i.count).unwrap_or(0);
    if count >= MAX_ATTRIBUTES {
        let attributes = to_dict(cx, object)?;
        let key = names::handle(cx, name);
        return dict::set_name(cx, attributes, key, value);
    }
    if add(cx, object.get(cx), shape, name, value.get(cx)).is_err() {
        cx.collect(taipan_gc::CollectKind::Full);
        add(cx, object.get(cx), shape, name, value.get(cx))?;
    }
    Ok(())
}

/// Writes the value at a place of an object.
pub(crate) fn write(cx: &Cx<'_>, object: Local<'_>, place: Place, value: Local<'_>) {
    match place {
        Place::Word(word) => put_word(cx, object, word, value),
        Place::Overflow { extra, index } => {
            if let Some(array) = overflow(object, extra) {
                array_put(cx, array, index, value.value());
            }
        }
    }
}

/// Empties the slot of an attribute.
fn empty(cx: &Cx<'_>, object: Local<'_>, place: Place) {
    match place {
        Place::Word(word) => empty_word(cx, object, word),
        Place::Overflow { extra, index } => {
            if let Some(array) = overflow(object, extra) {
                array_put(cx, array, index, Value::HOLE);
            }
        }
    }
}

/// Moves the object to the shape with one more attribute and stores it.
fn add(
    cx: &Cx<'_>,
    object: Local<'_>,
    shape: ShapeId,
    name: NameId,
    value: Local<'_>,
) -> Result<(), HeapFull> {
    let next = transition(cx, object, shape, name)?;
    let Some((info_place, capacity)) = with_info(cx, next, |i| (place(i, i.count - 1), i.count)) else {
        return Ok(());
    };
    learn_capacity(cx, object, capacity);
    if let Place::Overflow { extra, index } = info_place {
        let old = overflow(object, extra);
        let room = old.map_or(0, |a| a.len.get() as usize);
        if index >= room {
            let grown: Local<'_, Array> =
                alloc_values(cx, shapes::ENTRIES, (index + 1).next_power_of_two().max(4), |i| {
                    old.and_then(|a| array_values(a).get(i).copied()).unwrap_or(Value::HOLE)
                })?;
            put_word(cx, object, extra, grown.any());
        }
    }
    write(cx, object, info_place, value);
    if let Some(header) = object.header() {
        // SAFETY: both shapes have the same layout; the new one only knows one more attribute.
        unsafe { header.set_shape(next) };
    }
    Ok(())
}

/// The class learns how many slots its instances need.
fn learn_capacity(cx: &Cx<'_>, object: Local<'_>, count: u16) {
    let class = class::of(cx, object);
    let wanted = (count as usize).min(MAX_CAPACITY) as u8;
    if wanted > class.capacity.get() && class.flags.get() & class::NO_DICT == 0 {
        class.capacity.set(wanted);
        class.root_shape.set(ShapeId::FREE);
    }
}

/// The shape after adding `name`, made at need.
pub(crate) fn transition(
    cx: &Cx<'_>,
    object: Local<'_>,
    shape: ShapeId,
    name: NameId,
) -> Result<ShapeId, HeapFull> {
    let known = with_info(cx, shape, |i| i.transitions.iter().find(|t| t.0 == name).map(|t| t.1)).flatten();
    if let Some(next) = known {
        return Ok(next);
    }
    let full = HeapFull { requested: 64 };
    let info = with_info(cx, shape, ShapeInfo::clone).ok_or(full)?;
    let next = ShapeInfo { count: info.count + 1, parent: shape, name, transitions: Vec::new(), ..info };
    // SAFETY: a shared read of this thread's core.
    let layout = unsafe { *(*cx.core()).memory.shapes.get(shape) };
    add_transition(cx, object, layout, next, shape)
}

/// Registers the shape that objects of the shape `from` get under the name in `next`.
fn add_transition(
    cx: &Cx<'_>,
    object: Local<'_>,
    layout: Shape,
    next: ShapeInfo,
    from: ShapeId,
) -> Result<ShapeId, HeapFull> {
    let index = (from.0 - STATIC_SHAPES) as usize;
    let room = rt(cx).shapes.borrow_mut()[index].transitions.try_reserve(1);
    room.map_err(|_| HeapFull { requested: 64 })?;
    let name = next.name;
    let id = add_shape(cx, layout, next, class::of(cx, object))?;
    rt(cx).shapes.borrow_mut()[index].transitions.push((name, id));
    Ok(id)
}

/// Turns the object to one that keeps its attributes in a dict, and returns that; at once when it is one.
pub fn to_dict<'s>(cx: &mut Cx<'s>, object: Handle<'_>) -> Result<Handle<'s, Dict>, Raised> {
    if let Some(attributes) = dict_of(cx, object.get(cx)) {
        return Ok(cx.root(attributes));
    }
    let fresh = dict::new(cx)?;
    let shape = object.get(cx).shape().unwrap_or(ShapeId::FREE);
    let mut members = None;
    for (name, place) in attributes(cx, shape) {
        let value = read(cx, object.get(cx), place);
        if value.is_hole() {
            continue;
        }
        // SAFETY: read from a live object just now.
        let value = cx.root(unsafe { Local::<taipan_gc::Any>::from_value(value) });
        let key = names::handle(cx, name);
        let target = match (define::is_slot(cx, class::of(cx, object.get(cx)), name), members) {
            (false, _) => fresh,
            (true, Some(members)) => members,
            (true, None) => *members.insert(dict::new(cx)?),
        };
        dict::set_name(cx, target, key, value)?;
    }
    replace_dict(cx, object, fresh)?;
    if let (Some(members), Some(word)) = (members, members_word(cx, object.get(cx))) {
        put_word(cx, object.get(cx), word, members.get(cx).any());
    }
    Ok(fresh)
}

/// Where an object of a dict shape keeps its `__slots__`.
fn members_word(cx: &Cx<'_>, object: Local<'_>) -> Option<usize> {
    with_info(cx, object.shape()?, |i| (i.is_dict && i.capacity > 0).then_some(i.extra as usize + 1))?
}

/// The dict of an object's `__slots__`, if it is one of a dict shape that has any.
fn members_of<'a>(cx: &'a Cx<'_>, object: Local<'a>) -> Option<Local<'a, Dict>> {
    let value = get_word(object, members_word(cx, object)?);
    // SAFETY: this word of a dict shape holds a dict or nothing.
    value.is_ref().then(|| unsafe { Local::from_value(value) })
}

/// The value of one of the object's `__slots__`.
pub fn member<'a>(cx: &'a Cx<'_>, object: Local<'a>, name: NameId) -> Option<Local<'a>> {
    match members_word(cx, object) {
        Some(_) => dict::get_name(cx, members_of(cx, object)?, names::local(cx, name)),
        None => get(cx, object, name),
    }
}

/// Sets one of the object's `__slots__`.
pub fn set_member(
    cx: &mut Cx<'_>,
    object: Handle<'_>,
    name: NameId,
    value: Handle<'_>,
) -> Result<(), Raised> {
    let shape = object.get(cx).shape();
    let full = shape.and_then(|s| with_info(cx, s, |i| !i.is_dict && i.count >= MAX_ATTRIBUTES));
    if full == Some(true) && shape.and_then(|s| find(cx, s, name)).is_none() {
        to_dict(cx, object)?;
    }
    let Some(word) = members_word(cx, object.get(cx)) else { return set(cx, object, name, value) };
    let members = match members_of(cx, object.get(cx)) {
        Some(members) => cx.root(members),
        None => {
            let fresh = dict::new(cx)?;
            put_word(cx, object.get(cx), word, fresh.get(cx).any());
            fresh
        }
    };
    let key = names::handle(cx, name);
    dict::set_name(cx, members, key, value)
}

/// Empties one of the object's `__slots__`, which has a value.
pub fn delete_member(cx: &mut Cx<'_>, object: Handle<'_>, name: NameId) -> Result<(), Raised> {
    let place = object.get(cx).shape().and_then(|s| find(cx, s, name));
    if let Some(place) = place {
        empty(cx, object.get(cx), place);
        return Ok(());
    }
    match members_of(cx, object.get(cx)).map(|m| cx.root(m)) {
        Some(members) => {
            let key = names::handle(cx, name);
            dict::remove_name(cx, members, key).map(drop)
        }
        None => delete(cx, object, name).map(drop),
    }
}

/// Makes `attributes` the object's `__dict__`.
pub fn replace_dict(cx: &mut Cx<'_>, object: Handle<'_>, attributes: Handle<'_, Dict>) -> Result<(), Raised> {
    let Some(shape) = object.get(cx).shape() else { return Ok(()) };
    let Some(info) = with_info(cx, shape, ShapeInfo::clone) else { return Ok(()) };
    if info.extra == 0 {
        return Ok(());
    }
    let target = dict_shape(cx, object.get(cx), shape, &info)?;
    let local = object.get(cx);
    let cleared = if info.is_dict { 0 } else { info.capacity as usize };
    for slot in 0..cleared {
        empty_word(cx, local, info.extra as usize + 1 + slot);
    }
    put_word(cx, local, info.extra as usize, attributes.get(cx).any());
    if let Some(header) = local.header() {
        // SAFETY: the same layout; the attributes are in the dict now.
        unsafe { header.set_shape(target) };
    }
    Ok(())
}

/// The dict shape of the tree that `shape` belongs to; a transition of its root under a name that no attribute has.
fn dict_shape(cx: &Cx<'_>, object: Local<'_>, shape: ShapeId, info: &ShapeInfo) -> Result<ShapeId, HeapFull> {
    if info.is_dict {
        return Ok(shape);
    }
    let mut root = shape;
    while let Some(parent) = with_info(cx, root, |i| (i.count > 0).then_some(i.parent)).flatten() {
        root = parent;
    }
    let marker = NameId(u32::MAX);
    if let Some(known) =
        with_info(cx, root, |i| i.transitions.iter().find(|t| t.0 == marker).map(|t| t.1)).flatten()
    {
        return Ok(known);
    }
    let next = ShapeInfo {
        count: 0,
        is_dict: true,
        parent: root,
        name: marker,
        transitions: Vec::new(),
        ..info.clone()
    };
    // SAFETY: a shared read of this thread's core.
    let layout = unsafe { *(*cx.core()).memory.shapes.get(shape) };
    add_transition(cx, object, layout, next, root)
}

/// Names and places of the attributes of a slot shape, in order of their making.
pub fn attributes(cx: &Cx<'_>, shape: ShapeId) -> Vec<(NameId, Place)> {
    let infos = rt(cx).shapes.borrow();
    let mut found = Vec::new();
    let mut at = shape;
    while let Some(info) = at.0.checked_sub(STATIC_SHAPES).and_then(|i| infos.get(i as usize)) {
        if info.count == 0 || info.is_dict {
            break;
        }
        found.push((info.name, place(info, info.count - 1)));
        at = info.parent;
    }
    found.reverse();
    found
}

/// Deletes an attribute of the object itself; whether there was one.
pub fn delete(cx: &mut Cx<'_>, object: Handle<'_>, name: NameId) -> Result<bool, Raised> {
    let attributes = to_dict(cx, object)?;
    let key = names::handle(cx, name);
    dict::remove_name(cx, attributes, key)
}

/// `object.__class__ = class`: the object keeps its size, so its attributes move to a dict and its shape to a dict shape of the new class
/// with the same layout.
pub fn change_class(cx: &mut Cx<'_>, object: Handle<'_>, class: Handle<'_, Class>) -> Result<(), Raised> {
    to_dict(cx, object)?;
    let Some(shape) = object.get(cx).shape() else { return Ok(()) };
    let Some(info) = with_info(cx, shape, ShapeInfo::clone) else { return Ok(()) };
    // SAFETY: a shared read of this thread's core.
    let layout = unsafe { *(*cx.core()).memory.shapes.get(shape) };
    let info = ShapeInfo { transitions: Vec::new(), parent: ShapeId::FREE, ..info };
    let id = add_shape(cx, layout, info, class.get(cx))?;
    if let Some(header) = object.get(cx).header() {
        // SAFETY: the same layout.
        unsafe { header.set_shape(id) };
    }
    Ok(())
}
