//! Dicts: making them, reading and changing them from Rust, views.
//!
//! What takes `&Cx` handles string keys only and runs no Python code; what takes `&mut Cx` may.

use super::layout::{Dict, DictView, DictViewInit, Str};
use super::raise::{self, raise, type_error, Raised};
use super::{
    attr, class, classes, compare, iter, names, protocol, retrying, rt, shapes, str, subscript, table, tuple,
};
use std::cell::Cell;
use taipan_gc::{Cx, Handle, HeapFull, Local, Value};

/// A new, empty dict.
pub fn new<'s>(cx: &mut Cx<'s>) -> Result<Handle<'s, Dict>, Raised> {
    table::new(cx, shapes::DICT)
}

/// Makes room for the entries that a new dict is going to have, if there is memory.
#[inline]
pub fn expect(cx: &Cx<'_>, dict: Local<'_, Dict>, count: usize) {
    let _ = table::try_reserve_exact(cx, dict, count);
}

/// The value as a dict, subclasses included.
#[inline]
pub fn of<'a>(cx: &Cx<'_>, value: Local<'a>) -> Option<Local<'a, Dict>> {
    let is = match value.shape() {
        Some(shapes::DICT) => true,
        Some(_) => class::kind_of(cx, value) == classes::KIND_DICT,
        None => false,
    };
    // SAFETY: dicts and instances of subclasses start with a `Dict`.
    is.then(|| unsafe { Local::from_value(value.value()) })
}

/// A handle's value as a dict.
#[inline]
pub fn of_handle<'s>(cx: &Cx<'_>, value: Handle<'s>) -> Option<Handle<'s, Dict>> {
    of(cx, value.get(cx))?;
    // SAFETY: just checked; an object's kind never changes.
    Some(unsafe { value.cast() })
}

/// Number of entries.
#[inline]
pub fn len(dict: Local<'_, Dict>) -> usize {
    table::len(dict)
}

/// The value of a key.
pub fn get<'s>(
    cx: &mut Cx<'s>,
    dict: Handle<'_, Dict>,
    key: Handle<'_>,
) -> Result<Option<Handle<'s>>, Raised> {
    let hash = table::fold(compare::hash(cx, key)?);
    let found = table::find(cx, dict, key, hash)?;
    Ok(found.map(|entry| cx.root(table::value(cx, dict.get(cx), entry))))
}

/// Whether there is such a key.
pub fn contains(cx: &mut Cx<'_>, dict: Handle<'_, Dict>, key: Handle<'_>) -> Result<bool, Raised> {
    let hash = table::fold(compare::hash(cx, key)?);
    Ok(table::find(cx, dict, key, hash)?.is_some())
}

/// `dict[key] = value`
pub fn set(
    cx: &mut Cx<'_>,
    dict: Handle<'_, Dict>,
    key: Handle<'_>,
    value: Handle<'_>,
) -> Result<(), Raised> {
    let hash = table::fold(compare::hash(cx, key)?);
    table::insert(cx, dict, key, hash, value)
}

/// `dict.setdefault(key, value)`
pub fn set_default<'s>(
    cx: &mut Cx<'s>,
    dict: Handle<'_, Dict>,
    key: Handle<'_>,
    value: Handle<'_>,
) -> Result<Handle<'s>, Raised> {
    let hash = table::fold(compare::hash(cx, key)?);
    if let Some(entry) = table::find(cx, dict, key, hash)? {
        return Ok(cx.root(table::value(cx, dict.get(cx), entry)));
    }
    table::insert(cx, dict, key, hash, value)?;
    Ok(cx.root(value.get(cx)))
}

/// Removes a key and gives its value.
pub fn remove<'s>(
    cx: &mut Cx<'s>,
    dict: Handle<'_, Dict>,
    key: Handle<'_>,
) -> Result<Option<Handle<'s>>, Raised> {
    let hash = table::fold(compare::hash(cx, key)?);
    let found = table::find(cx, dict, key, hash)?;
    Ok(found.map(|entry| {
        let value = cx.root(table::value(cx, dict.get(cx), entry));
        table::remove(cx, dict.get(cx), entry);
        value
    }))
}

/// Removes the last entry and gives its key and value.
pub fn pop_last<'s>(cx: &Cx<'s>, dict: Handle<'_, Dict>) -> Option<(Handle<'s>, Handle<'s>)> {
    let local = dict.get(cx);
    let entry = table::previous(cx, local, usize::MAX)?;
    let (key, value) = (cx.root(table::key(cx, local, entry)), cx.root(table::value(cx, local, entry)));
    table::remove(cx, local, entry);
    Some((key, value))
}

// ---- keys that compare without running Python code ----

/// What [`quick`] found.
pub enum Quick {
    /// The entry with this key.
    Found(u32),
    /// There is none; the key's hash.
    Missing(Value),
}

/// The entry of an int or a string, when no key in its way needs Python code to be compared.
#[inline]
pub fn quick(cx: &Cx<'_>, dict: Local<'_, Dict>, key: Local<'_>) -> Option<Quick> {
    let hash = table::fold(compare::hash_quick(key)?);
    match table::probe(cx, dict, key, hash, None) {
        table::Probe::Found(entry) => Some(Quick::Found(entry as u32)),
        table::Probe::Missing => Some(Quick::Missing(hash)),
        table::Probe::Ask(..) => None,
    }
}

/// Sets the value of such a key; `false` when it takes more.
#[inline]
pub fn quick_set(cx: &Cx<'_>, dict: Local<'_, Dict>, key: Local<'_>, value: Local<'_>) -> bool {
    match quick(cx, dict, key) {
        Some(Quick::Found(entry)) => table::put_value(cx, dict, entry as usize, value.value()),
        Some(Quick::Missing(hash)) if table::try_reserve(cx, dict, 1).is_ok() => {
            table::append(cx, dict, key.value(), value.value(), hash);
        }
        _ => return false,
    }
    true
}

// ---- string keys ----

/// The value of a string key.
#[inline]
pub fn get_name<'a>(cx: &'a Cx<'_>, dict: Local<'a, Dict>, name: Local<'_, Str>) -> Option<Local<'a>> {
    table::find_name(cx, dict, name).map(|entry| table::value(cx, dict, entry))
}

/// Sets the value of a string key.
pub fn set_name(
    cx: &mut Cx<'_>,
    dict: Handle<'_, Dict>,
    name: Handle<'_, Str>,
    value: Handle<'_>,
) -> Result<(), Raised> {
    while put_name(cx, dict.get(cx), name.get(cx), value.get(cx)).is_err() {
        table::reserve(cx, dict, 1)?;
    }
    Ok(())
}

/// As [`set_name`], never collecting.
pub fn put_name(
    cx: &Cx<'_>,
    dict: Local<'_, Dict>,
    name: Local<'_, Str>,
    value: Local<'_>,
) -> Result<(), HeapFull> {
    if let Some(entry) = table::find_name(cx, dict, name) {
        table::put_value(cx, dict, entry, value.value());
        return Ok(());
    }
    table::try_reserve(cx, dict, 1)?;
    let hash = table::fold(i64::from(str::hash(name)));
    table::append(cx, dict, name.value(), value.value(), hash);
    Ok(())
}

/// Removes a string key; whether it was there.
pub fn remove_name(cx: &mut Cx<'_>, dict: Handle<'_, Dict>, name: Handle<'_, Str>) -> Result<bool, Raised> {
    let local = dict.get(cx);
    match table::find_name(cx, local, name.get(cx)) {
        Some(entry) => {
            table::remove(cx, local, entry);
            Ok(true)
        }
        None => Ok(false),
    }
}

// ---- entries by number, for inline caches and iteration ----

/// Number of the entry of a string key; good as long as [`keys_version`] stays the same.
pub fn entry_of_name(cx: &Cx<'_>, dict: Local<'_, Dict>, name: Local<'_, Str>) -> Option<u32> {
    table::find_name(cx, dict, name).map(|entry| entry as u32)
}

/// The value of an entry; `None` when there is no such entry.
#[inline]
pub fn entry_value<'a>(cx: &'a Cx<'_>, dict: Local<'a, Dict>, entry: u32) -> Option<Local<'a>> {
    if entry as usize >= table::end(cx, dict) {
        return None;
    }
    table::key_at(cx, dict, entry as usize)?;
    Some(table::value(cx, dict, entry as usize))
}

/// Replaces the value of a live entry.
#[inline]
pub fn set_entry_value(cx: &Cx<'_>, dict: Local<'_, Dict>, entry: u32, value: Local<'_>) {
    table::put_value(cx, dict, entry as usize, value.value());
}

/// A stamp of this set of keys and their places, never 0 except when stamps have run out.
pub fn keys_version(cx: &Cx<'_>, dict: Local<'_, Dict>) -> u32 {
    let known = dict.keys_version.get();
    if known != 0 {
        return known;
    }
    let last = &rt(cx).keys_versions;
    match last.get().checked_add(1) {
        Some(fresh) => {
            last.set(fresh);
            dict.keys_version.set(fresh);
            fresh
        }
        None => 0,
    }
}

/// The next entry at or behind `at`, which moves on. Start at 0; the dict must not be resized meanwhile.
#[inline]
pub fn next_entry<'a>(cx: &'a Cx<'_>, dict: Local<'a, Dict>, at: &mut u32) -> Option<(Local<'a>, Local<'a>)> {
    let entry = table::next(cx, dict, *at as usize)?;
    *at = entry as u32 + 1;
    Some((table::key(cx, dict, entry), table::value(cx, dict, entry)))
}

/// Empties the dict.
pub fn clear(cx: &Cx<'_>, dict: Local<'_, Dict>) {
    table::clear(cx, dict);
}

/// A shallow copy, an exact dict.
pub fn copy<'s>(cx: &mut Cx<'s>, dict: Handle<'_, Dict>) -> Result<Handle<'s, Dict>, Raised> {
    let fresh = new(cx)?;
    table::copy_into(cx, fresh, dict)?;
    Ok(fresh)
}

// ---- merging ----

/// `dict.update(other)`: from a dict, an object with `keys()`, or an iterable of pairs.
pub fn update(cx: &mut Cx<'_>, dict: Handle<'_, Dict>, other: Handle<'_>) -> Result<(), Raised> {
    if let Some(source) = plain_dict(cx, other) {
        return merge(cx, dict, source, true);
    }
    cx.scoped(|cx| match attr::get_opt(cx, other, names::KEYS)? {
        Some(_) => update_mapping(cx, dict, other),
        None => update_pairs(cx, dict, other),
    })
}

/// The value as a dict whose iteration no subclass has overridden.
fn plain_dict<'s>(cx: &Cx<'_>, value: Handle<'s>) -> Option<Handle<'s, Dict>> {
    let dict = of_handle(cx, value)?;
    let plain = value.get(cx).shape() == Some(shapes::DICT)
        || protocol::own_method(cx, value.get(cx), names::ITER).is_none();
    plain.then_some(dict)
}

/// Copies the entries of a dict into another; with `replace` also where the key is there already.
pub fn merge(
    cx: &mut Cx<'_>,
    dict: Handle<'_, Dict>,
    from: Handle<'_, Dict>,
    replace: bool,
) -> Result<(), Raised> {
    if dict.get(cx).is(from.get(cx)) {
        return Ok(());
    }
    // As in CPython, keys that were unique stay so without being compared.
    if table::copy_into(cx, dict, from)? {
        return Ok(());
    }
    let mut at = 0;
    loop {
        let used = len(from.get(cx));
        let Some(entry) = table::next(cx, from.get(cx), at) else { return Ok(()) };
        cx.scoped(|cx| {
            let local = from.get(cx);
            let hash = table::hash(cx, local, entry);
            let (key, value) =
                (cx.root(table::key(cx, local, entry)), cx.root(table::value(cx, local, entry)));
            if replace || table::find(cx, dict, key, hash)?.is_none() {
                table::insert(cx, dict, key, hash, value)?;
            }
            Ok::<(), Raised>(())
        })?;
        if len(from.get(cx)) != used {
            return Err(raise(cx, classes::RUNTIME_ERROR, "dict mutated during update"));
        }
        at = entry + 1;
    }
}

fn update_mapping(cx: &mut Cx<'_>, dict: Handle<'_, Dict>, other: Handle<'_>) -> Result<(), Raised> {
    let keys = super::call::call_method(cx, other, names::KEYS, &[])?;
    iter::for_each(cx, keys, |cx, key| {
        let value = subscript::get(cx, other, key)?;
        set(cx, dict, key, value)
    })
}

fn update_pairs(cx: &mut Cx<'_>, dict: Handle<'_, Dict>, other: Handle<'_>) -> Result<(), Raised> {
    let mut number = 0usize;
    iter::for_each(cx, other, |cx, item| {
        let pair = match iter::to_vec(cx, item) {
            Ok(pair) => pair,
            Err(raised) => {
                raise::catch(cx, raised, classes::TYPE_ERROR)?;
                let message =
                    format!("cannot convert dictionary update sequence element #{number} to a sequence");
                return Err(type_error(cx, message));
            }
        };
        let [key, value] = pair[..] else {
            let message = format!(
                "dictionary update sequence element #{number} has length {}; 2 is required",
                pair.len()
            );
            return Err(raise::value_error(cx, message));
        };
        number += 1;
        set(cx, dict, key, value)
    })
}

// ---- views ----

/// `dict.keys()`, `.values()` or `.items()`: see [`table::KEYS`] and its siblings.
pub fn view<'s>(cx: &mut Cx<'s>, dict: Handle<'_, Dict>, what: u8) -> Result<Handle<'s>, Raised> {
    let view = retrying(cx, |cx| cx.alloc(DictViewInit { dict: Some(dict.get(cx)), what: Cell::new(what) }))?;
    Ok(view.any())
}

/// The dict of a view, and what it shows.
pub fn view_parts<'a>(cx: &'a Cx<'_>, value: Local<'a>) -> Option<(Local<'a, Dict>, u8)> {
    let view = value.downcast::<DictView>(cx)?;
    Some((view.dict.get(cx)?, view.what.get()))
}

/// A `(key, value)` tuple.
pub(crate) fn pair<'s>(cx: &mut Cx<'s>, key: Handle<'_>, value: Handle<'_>) -> Result<Handle<'s>, Raised> {
    Ok(tuple::from_fn(cx, 2, |cx, i| if i == 0 { key.get(cx).value() } else { value.get(cx).value() })?.any())
}
