//! Sets and frozensets: tables whose values are None.

use super::dict::Quick;
use super::layout::Dict;
use super::raise::{raise, Raised};
use super::{class, classes, compare, iter, none, protocol, shapes, table};
use taipan_gc::{Cx, Handle, Local, ShapeId, Value};

/// A new, empty set.
pub fn new<'s>(cx: &mut Cx<'s>) -> Result<Handle<'s, Dict>, Raised> {
    table::new(cx, shapes::SET)
}

/// A new, empty frozenset, to be filled before anyone sees it.
pub fn new_frozen<'s>(cx: &mut Cx<'s>) -> Result<Handle<'s, Dict>, Raised> {
    table::new(cx, shapes::FROZENSET)
}

/// The value as a set or frozenset, subclasses included.
#[inline]
pub fn of<'a>(cx: &Cx<'_>, value: Local<'a>) -> Option<Local<'a, Dict>> {
    let is = match value.shape() {
        Some(shapes::SET | shapes::FROZENSET) => true,
        Some(shape) if shape.0 < taipan_gc::STATIC_SHAPES => false,
        Some(_) => matches!(class::kind_of(cx, value), classes::KIND_SET | classes::KIND_FROZENSET),
        None => false,
    };
    // SAFETY: sets and instances of subclasses start with a `Dict`.
    is.then(|| unsafe { Local::from_value(value.value()) })
}

/// A handle's value as a set or frozenset.
#[inline]
pub fn of_handle<'s>(cx: &Cx<'_>, value: Handle<'s>) -> Option<Handle<'s, Dict>> {
    of(cx, value.get(cx))?;
    // SAFETY: just checked; an object's kind never changes.
    Some(unsafe { value.cast() })
}

/// Whether the value, which is a set or frozenset, is a frozenset.
pub fn is_frozen(cx: &Cx<'_>, value: Local<'_>) -> bool {
    value.shape() == Some(shapes::FROZENSET) || class::kind_of(cx, value) == classes::KIND_FROZENSET
}

/// The shape of exact sets of the same sort.
fn base_shape(cx: &Cx<'_>, value: Local<'_, Dict>) -> ShapeId {
    if is_frozen(cx, value.any()) {
        shapes::FROZENSET
    } else {
        shapes::SET
    }
}

/// Number of items.
#[inline]
pub fn len(set: Local<'_, Dict>) -> usize {
    table::len(set)
}

/// Adds an item.
pub fn add(cx: &mut Cx<'_>, set: Handle<'_, Dict>, item: Handle<'_>) -> Result<(), Raised> {
    let hash = table::fold(compare::hash(cx, item)?);
    add_hashed(cx, set, item, hash)
}

/// Adds an int or a string, when no item in its way needs Python code to be compared; `false` when it takes more.
#[inline]
pub(crate) fn quick_add(cx: &Cx<'_>, set: Local<'_, Dict>, item: Local<'_>) -> bool {
    match super::dict::quick(cx, set, item) {
        Some(Quick::Found(_)) => true,
        Some(Quick::Missing(hash)) if table::try_reserve(cx, set, 1).is_ok() => {
            table::append(cx, set, item.value(), Value::NONE, hash);
            true
        }
        _ => false,
    }
}

fn add_hashed(cx: &mut Cx<'_>, set: Handle<'_, Dict>, item: Handle<'_>, hash: Value) -> Result<(), Raised> {
    if table::find(cx, set, item, hash)?.is_some() {
        return Ok(());
    }
    cx.scoped(|cx| {
        let none = none(cx);
        table::insert(cx, set, item, hash, none)
    })
}

/// The folded hash of an item to look for; a set, which can't be hashed, stands for the equal frozenset.
fn probe_hash(cx: &mut Cx<'_>, item: Handle<'_>) -> Result<Value, Raised> {
    if let Some(set) = of(cx, item.get(cx)) {
        if !is_frozen(cx, set.any()) {
            return Ok(table::fold(frozen_hash(cx, set)));
        }
    }
    compare::hash(cx, item).map(table::fold)
}

/// Whether an item is in the set.
pub fn contains(cx: &mut Cx<'_>, set: Handle<'_, Dict>, item: Handle<'_>) -> Result<bool, Raised> {
    let hash = probe_hash(cx, item)?;
    Ok(table::find(cx, set, item, hash)?.is_some())
}

/// Removes an item; whether it was there.
pub fn discard(cx: &mut Cx<'_>, set: Handle<'_, Dict>, item: Handle<'_>) -> Result<bool, Raised> {
    let hash = probe_hash(cx, item)?;
    discard_hashed(cx, set, item, hash)
}

fn discard_hashed(
    cx: &mut Cx<'_>,
    set: Handle<'_, Dict>,
    item: Handle<'_>,
    hash: Value,
) -> Result<bool, Raised> {
    match table::find(cx, set, item, hash)? {
        Some(entry) => {
            table::remove(cx, set.get(cx), entry);
            Ok(true)
        }
        None => Ok(false),
    }
}

/// Removes and gives the first item.
pub fn pop<'s>(cx: &Cx<'s>, set: Handle<'_, Dict>) -> Option<Handle<'s>> {
    let local = set.get(cx);
    let entry = table::next(cx, local, 0)?;
    let item = cx.root(table::key(cx, local, entry));
    table::remove(cx, local, entry);
    Some(item)
}

/// Empties the set.
pub fn clear(cx: &Cx<'_>, set: Local<'_, Dict>) {
    table::clear(cx, set);
}

/// The next item at or behind `at`, which moves on.
#[inline]
pub fn next_entry<'a>(cx: &'a Cx<'_>, set: Local<'a, Dict>, at: &mut u32) -> Option<Local<'a>> {
    let entry = table::next(cx, set, *at as usize)?;
    *at = entry as u32 + 1;
    Some(table::key(cx, set, entry))
}

/// The hash of the items, whatever their order: CPython's function for frozensets.
pub(crate) fn frozen_hash(cx: &Cx<'_>, set: Local<'_, Dict>) -> i64 {
    let mut hash = 0u64;
    let mut at = 0;
    while let Some(entry) = table::next(cx, set, at) {
        let item = table::hash(cx, set, entry).int_unchecked() as u64;
        hash ^= (item ^ 89_869_747 ^ item << 16).wrapping_mul(3_644_798_167);
        at = entry + 1;
    }
    hash ^= (table::len(set) as u64 + 1).wrapping_mul(1_927_868_237);
    hash ^= hash >> 11 ^ hash >> 25;
    hash = hash.wrapping_mul(69_069).wrapping_add(907_133_923);
    if hash == u64::MAX {
        590_923_713
    } else {
        hash as i64
    }
}

// ---- whole sets ----

/// A copy of the same sort, an exact set or frozenset.
pub fn copy<'s>(cx: &mut Cx<'s>, set: Handle<'_, Dict>) -> Result<Handle<'s, Dict>, Raised> {
    let shape = base_shape(cx, set.get(cx));
    let fresh = table::new(cx, shape)?;
    table::copy_into(cx, fresh, set)?;
    Ok(fresh)
}

/// The value as a set: itself, or a new set of the items of an iterable.
pub fn from_iterable<'s>(cx: &mut Cx<'s>, items: Handle<'_>) -> Result<Handle<'s, Dict>, Raised> {
    if let Some(set) = of(cx, items.get(cx)) {
        return Ok(cx.root(set));
    }
    let fresh = new(cx)?;
    update(cx, fresh, items)?;
    Ok(fresh)
}

/// Adds the items of an iterable.
pub fn update(cx: &mut Cx<'_>, set: Handle<'_, Dict>, items: Handle<'_>) -> Result<(), Raised> {
    if let Some(source) = plain_table(cx, items) {
        if of(cx, source.get(cx).any()).is_some() && table::copy_into(cx, set, source)? {
            return Ok(());
        }
        return each(cx, source, |cx, item, hash| add_hashed(cx, set, item, hash).map(|()| true)).map(drop);
    }
    iter::for_each(cx, items, |cx, item| add(cx, set, item))
}

/// A set or dict whose iteration nobody has overridden: its hashes can be used.
fn plain_table<'s>(cx: &Cx<'_>, value: Handle<'s>) -> Option<Handle<'s, Dict>> {
    let table = of_handle(cx, value).or_else(|| super::dict::of_handle(cx, value))?;
    protocol::own_method(cx, value.get(cx), super::names::ITER).is_none().then_some(table)
}

/// Calls `body` with each item and its hash until it says `false`; whether it never did.
fn each(
    cx: &mut Cx<'_>,
    set: Handle<'_, Dict>,
    mut body: impl for<'t> FnMut(&mut Cx<'t>, Handle<'t>, Value) -> Result<bool, Raised>,
) -> Result<bool, Raised> {
    let mut at = 0;
    let used = table::len(set.get(cx));
    while let Some(entry) = table::next(cx, set.get(cx), at) {
        let go_on = cx.scoped(|cx| {
            let local = set.get(cx);
            let (item, hash) = (cx.root(table::key(cx, local, entry)), table::hash(cx, local, entry));
            body(cx, item, hash)
        })?;
        if !go_on {
            return Ok(false);
        }
        if table::len(set.get(cx)) != used {
            return Err(raise(cx, classes::RUNTIME_ERROR, "Set changed size during iteration"));
        }
        at = entry + 1;
    }
    Ok(true)
}

/// `a | b`, of the sort of `a`.
pub fn union<'s>(
    cx: &mut Cx<'s>,
    a: Handle<'_, Dict>,
    b: Handle<'_, Dict>,
) -> Result<Handle<'s, Dict>, Raised> {
    let result = copy(cx, a)?;
    each(cx, b, |cx, item, hash| add_hashed(cx, result, item, hash).map(|()| true))?;
    Ok(result)
}

/// `a & b`, of the sort of `a`.
pub fn intersection<'s>(
    cx: &mut Cx<'s>,
    a: Handle<'_, Dict>,
    b: Handle<'_, Dict>,
) -> Result<Handle<'s, Dict>, Raised> {
    let shape = base_shape(cx, a.get(cx));
    let result = table::new(cx, shape)?;
    let (small, large) = if len(b.get(cx)) > len(a.get(cx)) { (a, b) } else { (b, a) };
    each(cx, small, |cx, item, hash| {
        if table::find(cx, large, item, hash)?.is_some() {
            add_hashed(cx, result, item, hash)?;
        }
        Ok(true)
    })?;
    Ok(result)
}

/// `a - b`, of the sort of `a`.
pub fn difference<'s>(
    cx: &mut Cx<'s>,
    a: Handle<'_, Dict>,
    b: Handle<'_, Dict>,
) -> Result<Handle<'s, Dict>, Raised> {
    let shape = base_shape(cx, a.get(cx));
    let result = table::new(cx, shape)?;
    each(cx, a, |cx, item, hash| {
        if table::find(cx, b, item, hash)?.is_none() {
            add_hashed(cx, result, item, hash)?;
        }
        Ok(true)
    })?;
    Ok(result)
}

/// `a ^ b`, of the sort of `a`.
pub fn symmetric_difference<'s>(
    cx: &mut Cx<'s>,
    a: Handle<'_, Dict>,
    b: Handle<'_, Dict>,
) -> Result<Handle<'s, Dict>, Raised> {
    let result = difference(cx, a, b)?;
    each(cx, b, |cx, item, hash| {
        if table::find(cx, a, item, hash)?.is_none() {
            add_hashed(cx, result, item, hash)?;
        }
        Ok(true)
    })?;
    Ok(result)
}

/// Makes `a` hold what `from` holds, emptying that one.
pub fn replace(cx: &Cx<'_>, a: Handle<'_, Dict>, from: Handle<'_, Dict>) {
    let (target, source) = (a.get(cx), from.get(cx));
    if target.is(source) {
        return;
    }
    table::take_over(cx, target, source);
}

/// `a -= b`: removes the items of `b`.
pub fn subtract(cx: &mut Cx<'_>, a: Handle<'_, Dict>, b: Handle<'_, Dict>) -> Result<(), Raised> {
    if a.get(cx).is(b.get(cx)) {
        clear(cx, a.get(cx));
        return Ok(());
    }
    each(cx, b, |cx, item, hash| discard_hashed(cx, a, item, hash).map(|_| true)).map(drop)
}

/// Whether every item of `a` is in `b`.
pub fn is_subset(cx: &mut Cx<'_>, a: Handle<'_, Dict>, b: Handle<'_, Dict>) -> Result<bool, Raised> {
    if len(a.get(cx)) > len(b.get(cx)) {
        return Ok(false);
    }
    each(cx, a, |cx, item, hash| Ok(table::find(cx, b, item, hash)?.is_some()))
}

/// Whether no item is in both.
pub fn is_disjoint(cx: &mut Cx<'_>, a: Handle<'_, Dict>, b: Handle<'_, Dict>) -> Result<bool, Raised> {
    let (small, large) = if len(b.get(cx)) > len(a.get(cx)) { (a, b) } else { (b, a) };
    each(cx, small, |cx, item, hash| Ok(table::find(cx, large, item, hash)?.is_none()))
}

/// Whether both have the same items.
pub fn equal(cx: &mut Cx<'_>, a: Handle<'_, Dict>, b: Handle<'_, Dict>) -> Result<bool, Raised> {
    Ok(len(a.get(cx)) == len(b.get(cx)) && is_subset(cx, a, b)?)
}

/// A new frozenset of the items of an iterable; an exact frozenset as it is.
pub fn frozen_from<'s>(cx: &mut Cx<'s>, items: Handle<'_>) -> Result<Handle<'s, Dict>, Raised> {
    if items.get(cx).shape() == Some(shapes::FROZENSET) {
        if let Some(set) = of(cx, items.get(cx)) {
            return Ok(cx.root(set));
        }
    }
    let fresh = new_frozen(cx)?;
    update(cx, fresh, items)?;
    Ok(fresh)
}
