//! `array`: numbers and characters in compact storage.
//!
//! A record: its first slot holds the storage (bytes that no one else sees, with room to grow), its numbers are the length in items
//! and the typecode. As long as anybody looks at the items ([`pinned`]) they stay where they are, and as many. Left out: files (`tofile`, `fromfile`),
//! pickling.

mod items;
mod methods;
mod sequence;

use super::{ModuleDef, TypeDef};
use crate::builtins::common::Res;
use crate::builtins::iterators::{ITER, NEXT};
use crate::object::buffer::pinned;
use crate::object::layout::{Bytes, Class, Record};
use crate::object::native::{wrong_self, Args, NativeDef};
use crate::object::raise::Raised;
use crate::object::{bytes, classes, record, str};
use items::{Item, Kind};
use taipan_gc::{Cx, Handle, Local};

/// The module.
pub const MODULE: ModuleDef = ModuleDef { name: "array", functions: &[], types: TYPES, fill };

const TYPES: &[TypeDef] = &[
    TypeDef { unhashable: true, ..TypeDef::new(classes::ARRAY, "array", METHODS) },
    TypeDef::new(classes::ARRAY_ITER, "array", &[ITER, NEXT]),
];

const METHODS: &[NativeDef] = &[
    NativeDef::new_static("__new__", methods::new, "cls, /, *args, **kwargs"),
    NativeDef::new("__repr__", methods::repr_of, "self, /"),
    NativeDef::new("__len__", sequence::len, "self, /"),
    NativeDef::new("__getitem__", sequence::getitem, "self, key, /"),
    NativeDef::new("__setitem__", sequence::setitem, "self, key, value, /"),
    NativeDef::new("__delitem__", sequence::delitem, "self, key, /"),
    NativeDef::new("__contains__", sequence::contains, "self, key, /"),
    NativeDef::new("__iter__", sequence::iter_of, "self, /"),
    NativeDef::new("__add__", sequence::add, "self, value, /"),
    NativeDef::new("__mul__", sequence::mul, "self, value, /"),
    NativeDef::new("__rmul__", sequence::mul, "self, value, /"),
    NativeDef::new("__iadd__", sequence::iadd, "self, value, /"),
    NativeDef::new("__imul__", sequence::imul, "self, value, /"),
    NativeDef::new("__eq__", sequence::eq, "self, value, /"),
    NativeDef::new("__ne__", sequence::ne, "self, value, /"),
    NativeDef::new("__lt__", sequence::lt, "self, value, /"),
    NativeDef::new("__le__", sequence::le, "self, value, /"),
    NativeDef::new("__gt__", sequence::gt, "self, value, /"),
    NativeDef::new("__ge__", sequence::ge, "self, value, /"),
    NativeDef::new("__copy__", methods::copy, "self, /"),
    NativeDef::new("__deepcopy__", methods::copy, "self, memo=None, /"),
    NativeDef::new("append", methods::append, "self, v, /"),
    NativeDef::new("buffer_info", methods::buffer_info, "self, /"),
    NativeDef::new("byteswap", methods::byteswap, "self, /"),
    NativeDef::new("count", methods::count, "self, v, /"),
    NativeDef::new("extend", methods::extend, "self, bb, /"),
    NativeDef::new("frombytes", methods::frombytes, "self, buffer, /"),
    NativeDef::new("fromlist", methods::fromlist, "self, list, /"),
    NativeDef::new("fromunicode", methods::fromunicode, "self, ustr, /"),
    NativeDef::new("index", methods::index, "self, v, start=0, stop=, /"),
    NativeDef::new("insert", methods::insert, "self, i, v, /"),
    NativeDef::new("pop", methods::pop, "self, i=-1, /"),
    NativeDef::new("remove", methods::remove, "self, v, /"),
    NativeDef::new("reverse", methods::reverse, "self, /"),
    NativeDef::new("tobytes", methods::tobytes, "self, /"),
    NativeDef::new("tolist", methods::tolist, "self, /"),
    NativeDef::new("tounicode", methods::tounicode, "self, /"),
    NativeDef::getter("itemsize", methods::itemsize),
    NativeDef::getter("typecode", methods::typecode),
];

fn fill<'s>(cx: &mut Cx<'s>, attributes: Handle<'s, crate::object::layout::Dict>) -> Result<(), Raised> {
    let class = classes::handle(cx, classes::ARRAY).any();
    super::put(cx, attributes, "ArrayType", class)?;
    super::put_text(cx, attributes, "typecodes", "bBuhHiIlLqQfd")
}

/// The value as an array.
fn of<'s>(cx: &Cx<'_>, value: Handle<'s>) -> Option<Handle<'s, Record>> {
    record::of(cx, value, classes::ARRAY)
}

/// The argument `self`.
fn own<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Result<Handle<'s, Record>, Raised> {
    match of(cx, args.at(cx, 0)) {
        Some(own) => Ok(own),
        None => Err(wrong_self(cx, args, "array.array")),
    }
}

#[inline]
fn len(array: Local<'_, Record>) -> usize {
    array.x.get() as usize
}

#[inline]
fn kind(array: Local<'_, Record>) -> Kind {
    // Set when the array was made; `d` has the largest items.
    Kind::of(array.y.get() as u32).unwrap_or_else(|| unreachable!("an array has a typecode"))
}

/// Where the items are; empty for an empty array.
#[inline]
fn storage<'a>(cx: &'a Cx<'_>, array: Local<'a, Record>) -> &'a [std::cell::Cell<u8>] {
    array.a.get(cx).map_or(&[], pinned::cells)
}

/// An item that exists.
#[inline]
fn item(cx: &Cx<'_>, array: Local<'_, Record>, at: usize) -> Item {
    let size = kind(array).size();
    let mut item = [0; 8];
    for (to, from) in item.iter_mut().zip(&storage(cx, array)[at * size..][..size]) {
        *to = from.get();
    }
    item
}

/// Replaces an item that exists.
#[inline]
fn put(cx: &Cx<'_>, array: Local<'_, Record>, at: usize, item: Item) {
    let size = kind(array).size();
    for (to, from) in storage(cx, array)[at * size..][..size].iter().zip(item) {
        to.set(from);
    }
}

/// A copy of the bytes of all items.
fn content(cx: &Cx<'_>, array: Local<'_, Record>) -> Vec<u8> {
    let used = len(array) * kind(array).size();
    storage(cx, array)[..used].iter().map(std::cell::Cell::get).collect()
}

/// Makes room for so many items altogether.
fn reserve(cx: &mut Cx<'_>, array: Handle<'_, Record>, wanted: usize) -> Result<(), Raised> {
    let size = kind(array.get(cx)).size();
    let bytes_wanted = wanted.saturating_mul(size);
    if storage(cx, array.get(cx)).len() >= bytes_wanted {
        return Ok(());
    }
    cx.scoped(|cx| {
        let room = match array.get(cx).a.is_empty() {
            true => bytes_wanted,
            false => bytes_wanted.saturating_add(bytes_wanted >> 1),
        };
        let fresh: Handle<'_, Bytes> = bytes::new_storage(cx, room)?;
        let local = array.get(cx);
        for (to, from) in bytes::cells(fresh.get(cx)).iter().zip(storage(cx, local)) {
            to.set(from.get());
        }
        local.put(cx, Record::a, Some(fresh.get(cx).any()));
        Ok(())
    })
}

/// Replaces all items by those in these bytes.
fn replace(cx: &mut Cx<'_>, array: Handle<'_, Record>, content: &[u8]) -> Result<(), Raised> {
    let count = content.len() / kind(array.get(cx)).size();
    if count != len(array.get(cx)) {
        pinned::check_resize(cx, array)?;
    }
    reserve(cx, array, count)?;
    let local = array.get(cx);
    for (to, &from) in storage(cx, local).iter().zip(content) {
        to.set(from);
    }
    local.x.set(count as i64);
    Ok(())
}

/// Appends items in these bytes.
fn append_bytes(cx: &mut Cx<'_>, array: Handle<'_, Record>, more: &[u8]) -> Result<(), Raised> {
    let size = kind(array.get(cx)).size();
    let before = len(array.get(cx));
    let count = before.saturating_add(more.len() / size);
    if !more.is_empty() {
        pinned::check_resize(cx, array)?;
    }
    reserve(cx, array, count)?;
    let local = array.get(cx);
    for (to, &from) in storage(cx, local)[before * size..].iter().zip(more) {
        to.set(from);
    }
    local.x.set(count as i64);
    Ok(())
}

/// An array of a class that is, or derives from, `array`, with items in these bytes.
fn make<'s>(
    cx: &mut Cx<'s>,
    class: Handle<'_, Class>,
    kind: Kind,
    content: &[u8],
) -> Result<Handle<'s, Record>, Raised> {
    let made = record::new(cx, class)?;
    made.get(cx).y.set(i64::from(u32::from(kind.code())));
    append_bytes(cx, made, content)?;
    Ok(made)
}

/// A plain array.
fn plain<'s>(cx: &mut Cx<'s>, kind: Kind, content: &[u8]) -> Res<'s> {
    let class = classes::handle(cx, classes::ARRAY);
    Ok(make(cx, class, kind, content)?.any())
}

/// The text of an array of characters.
fn text<'s>(cx: &mut Cx<'s>, array: Handle<'_, Record>) -> Res<'s> {
    let mut points = crate::text::TextBuf::new();
    for word in content(cx, array.get(cx)).chunks_exact(4) {
        points.push(u32::from_ne_bytes([word[0], word[1], word[2], word[3]]));
    }
    Ok(str::from_owned(cx, &points.finish())?.any())
}
