//! The hash table under dicts, sets and frozensets: compact and in insertion order, as CPython's dicts since 3.6.
//!
//! `entries` holds three words per entry (key, value, hash); a deleted entry keeps its place as a hole until the table is next resized.
//! Up to eight entries are searched one after the other. Larger tables have an [`Index`] that maps hashes to entry numbers by open addressing; it
//! hangs on entry 0, which is a hole there, so that small tables, which are the most by far, pay nothing for it.
//!
//! Comparing keys may run Python code, which may change this very table. So a search is a series of [`probe`]s, which run none, and when one
//! has to ask, [`find`] compares and then looks whether that entry is still there; if not, it starts again.
//!
//! Holes remember in their value word how far a run of holes reaches, so that queues and stacks made of tables stay linear: entry 0
//! says where the first live entry may be, others (negative) where the run before them begins.
//! Leaves out what keys mean ([`compare`]), and which exceptions a missing key is.

use super::layout::{Array, Dict, DictInit, Index};
use super::tuple::{alloc_values, array_put, array_slot, array_values};
use super::{compare, retrying, shapes, str};
use crate::object::raise::Raised;
use std::cell::Cell;
use taipan_gc::{refs, CollectKind, Cx, Handle, HeapFull, Local, ShapeId, Value};

/// Iterators and views that yield keys.
pub const KEYS: u8 = 0;
/// Iterators and views that yield values.
pub const VALUES: u8 = 1;
/// Iterators and views that yield pairs.
pub const ITEMS: u8 = 2;

const WORDS: usize = 3;
const SMALL: usize = 8;
/// Where entry 0 of a larger table keeps the index: the place of a hash.
const INDEX_WORD: usize = 2;
const FREE: u32 = u32::MAX;
const TAIL: usize = 16;

/// A new, empty table of one of the three static shapes.
pub(crate) fn new<'s>(cx: &mut Cx<'s>, shape: ShapeId) -> Result<Handle<'s, Dict>, Raised> {
    retrying(cx, |cx| alloc(cx, shape))
}

/// As [`new`], never collecting.
pub(crate) fn alloc<'a>(cx: &'a Cx<'_>, shape: ShapeId) -> Result<Local<'a, Dict>, HeapFull> {
    let table = cx.alloc(DictInit { entries: None, used: Cell::new(0), keys_version: Cell::new(0) })?;
    if let (Some(header), true) = (table.header(), shape != shapes::DICT) {
        // SAFETY: dicts, sets and frozensets have the same layout.
        unsafe { header.set_shape(shape) };
    }
    Ok(table)
}

/// The hash as it is stored and compared in tables: an immediate integer.
#[inline]
pub(crate) fn fold(hash: i64) -> Value {
    match Value::int(hash) {
        Some(value) => value,
        None => Value::int_wrapping(hash ^ hash >> 23),
    }
}

/// Number of live entries.
#[inline(always)]
pub fn len(table: Local<'_, Dict>) -> usize {
    table.used.get() as usize
}

#[inline(always)]
fn words<'a>(cx: &'a Cx<'_>, table: Local<'a, Dict>) -> &'a [Value] {
    match table.entries.get(cx) {
        Some(entries) => array_values(entries),
        None => &[],
    }
}

#[inline(always)]
fn places<'a>(index: Local<'a, Index>) -> &'a [Cell<u32>] {
    let first = (index.value().bits() as usize + TAIL) as *const Cell<u32>;
    // SAFETY: an index's tail holds `len` numbers, plain data that are only reached through such slices.
    unsafe { std::slice::from_raw_parts(first, index.len.get() as usize) }
}

/// Whether a table with so many words has an index.
#[inline(always)]
fn is_indexed(words: usize) -> bool {
    words > SMALL * WORDS
}

/// The index of a table's entries, if there are enough of them.
#[inline(always)]
pub(crate) fn index_of<'a>(entries: Local<'a, Array>) -> Option<Local<'a, Index>> {
    let words = array_values(entries);
    // SAFETY: `resize` puts an index there.
    is_indexed(words.len()).then(|| unsafe { Local::from_value(words[INDEX_WORD]) })
}

/// Entries that fit without resizing, deleted ones included.
fn capacity(cx: &Cx<'_>, table: Local<'_, Dict>) -> usize {
    words(cx, table).len() / WORDS
}

/// Number behind the last entry.
#[inline]
pub(crate) fn end(cx: &Cx<'_>, table: Local<'_, Dict>) -> usize {
    table.entries.get(cx).map_or(0, |entries| entries.fill.get() as usize)
}

/// Key of an entry, unless that was deleted.
#[inline]
pub(crate) fn key_at<'a>(cx: &'a Cx<'_>, table: Local<'a, Dict>, entry: usize) -> Option<Local<'a>> {
    // SAFETY: words of a live array are live.
    unsafe { Local::from_slot(words(cx, table)[entry * WORDS]) }
}

/// Key of a live entry.
#[inline]
pub(crate) fn key<'a>(cx: &'a Cx<'_>, table: Local<'a, Dict>, entry: usize) -> Local<'a> {
    // SAFETY: words of a live array are live.
    unsafe { Local::from_value(words(cx, table)[entry * WORDS]) }
}

/// Value of a live entry.
#[inline]
pub(crate) fn value<'a>(cx: &'a Cx<'_>, table: Local<'a, Dict>, entry: usize) -> Local<'a> {
    // SAFETY: as in `key`.
    unsafe { Local::from_value(words(cx, table)[entry * WORDS + 1]) }
}

/// Folded hash of a live entry.
#[inline]
pub(crate) fn hash(cx: &Cx<'_>, table: Local<'_, Dict>, entry: usize) -> Value {
    words(cx, table)[entry * WORDS + 2]
}

/// Replaces the value of a live entry.
#[inline]
pub(crate) fn put_value(cx: &Cx<'_>, table: Local<'_, Dict>, entry: usize, value: Value) {
    if let Some(entries) = table.entries.get(cx) {
        array_put(cx, entries, entry * WORDS + 1, value);
    }
}

// ---- searching ----

/// What a probe found.
pub(crate) enum Probe {
    /// The entry with this key.
    Found(usize),
    /// There is none.
    Missing,
    /// This entry's key has the same hash, and only Python code can tell whether it is equal; go on behind it.
    Ask(usize, Cursor),
}

/// Where to go on probing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cursor {
    place: usize,
    perturb: u64,
}

/// Looks for a key without running any Python code.
#[inline]
pub(crate) fn probe(
    cx: &Cx<'_>,
    table: Local<'_, Dict>,
    key: Local<'_>,
    hash: Value,
    from: Option<Cursor>,
) -> Probe {
    let Some(entries) = table.entries.get(cx) else { return Probe::Missing };
    let words = array_values(entries);
    let Some(index) = index_of(entries) else {
        let start = from.map_or(0, |c| c.place);
        for entry in start..entries.fill.get() as usize {
            if words[entry * WORDS + 2] == hash {
                match same(cx, words[entry * WORDS], key) {
                    Some(true) => return Probe::Found(entry),
                    Some(false) => {}
                    None => return Probe::Ask(entry, Cursor { place: entry + 1, perturb: 0 }),
                }
            }
        }
        return Probe::Missing;
    };
    let places = places(index);
    let mut cursor = from.unwrap_or_else(|| first_place(hash));
    loop {
        let place = places[cursor.place & (places.len() - 1)].get();
        if place == FREE {
            return Probe::Missing;
        }
        let entry = place as usize;
        cursor = next_place(cursor);
        if words[entry * WORDS + 2] == hash {
            match same(cx, words[entry * WORDS], key) {
                Some(true) => return Probe::Found(entry),
                Some(false) => {}
                None => return Probe::Ask(entry, cursor),
            }
        }
    }
}

#[inline(always)]
fn same(cx: &Cx<'_>, stored: Value, key: Local<'_>) -> Option<bool> {
    if stored == key.value() {
        return Some(true);
    }
    // SAFETY: keys of a live table are live.
    compare::equal_quick(cx, unsafe { Local::from_value(stored) }, key)
}

#[inline(always)]
fn first_place(hash: Value) -> Cursor {
    let bits = hash.int_unchecked() as u64;
    Cursor { place: bits as usize, perturb: bits }
}

#[inline(always)]
fn next_place(cursor: Cursor) -> Cursor {
    let perturb = cursor.perturb >> 5;
    Cursor { place: cursor.place.wrapping_mul(5).wrapping_add(perturb as usize).wrapping_add(1), perturb }
}

/// The entry with this key, if there is one. May run Python code.
pub(crate) fn find(
    cx: &mut Cx<'_>,
    table: Handle<'_, Dict>,
    key: Handle<'_>,
    hash: Value,
) -> Result<Option<usize>, Raised> {
    let mut from = None;
    loop {
        let (entry, next) = match probe(cx, table.get(cx), key.get(cx), hash, from) {
            Probe::Found(entry) => return Ok(Some(entry)),
            Probe::Missing => return Ok(None),
            Probe::Ask(entry, next) => (entry, next),
        };
        match cx.scoped(|cx| is_equal_to(cx, table, entry, key))? {
            None => from = None,
            Some(true) => return Ok(Some(entry)),
            Some(false) => from = Some(next),
        }
    }
}

/// Whether an entry's key is equal to another; `None` when the entry is not there any more afterwards. Within the same storage what was searched before is
/// still in its place: new entries come last in every search.
fn is_equal_to(
    cx: &mut Cx<'_>,
    table: Handle<'_, Dict>,
    entry: usize,
    key: Handle<'_>,
) -> Result<Option<bool>, Raised> {
    let Some(entries) = table.get(cx).entries.get(cx) else { return Ok(None) };
    let storage = cx.root(entries);
    let stored = cx.root(self::key(cx, table.get(cx), entry));
    let equal = compare::equal(cx, stored, key)?;
    let now = table.get(cx);
    let same = now.entries.get(cx).is_some_and(|entries| entries.is(storage.get(cx)));
    Ok((same && self::key(cx, now, entry).is(stored.get(cx))).then_some(equal))
}

/// The entry whose key is this text. Runs no Python code.
#[inline]
pub(crate) fn find_name(
    cx: &Cx<'_>,
    table: Local<'_, Dict>,
    name: Local<'_, super::layout::Str>,
) -> Option<usize> {
    let hash = fold(i64::from(str::hash(name)));
    let mut from = None;
    loop {
        match probe(cx, table, name.any(), hash, from) {
            Probe::Found(entry) => return Some(entry),
            Probe::Missing => return None,
            Probe::Ask(entry, next) => {
                if str::of(cx, key(cx, table, entry)).is_some_and(|stored| str::equal(stored, name)) {
                    return Some(entry);
                }
                from = Some(next);
            }
        }
    }
}

// ---- changing ----

/// Sets the value of a key.
pub(crate) fn insert(
    cx: &mut Cx<'_>,
    table: Handle<'_, Dict>,
    key: Handle<'_>,
    hash: Value,
    value: Handle<'_>,
) -> Result<(), Raised> {
    loop {
        if let Some(entry) = find(cx, table, key, hash)? {
            put_value(cx, table.get(cx), entry, value.get(cx).value());
            return Ok(());
        }
        let local = table.get(cx);
        if try_reserve(cx, local, 1).is_ok() {
            append(cx, local, key.get(cx).value(), value.get(cx).value(), hash);
            return Ok(());
        }
        // Finalizers may run and change the table: search again.
        reserve(cx, table, 1)?;
    }
}

/// Appends an entry whose key is known to be new; there is room.
#[inline]
pub(crate) fn append(cx: &Cx<'_>, table: Local<'_, Dict>, key: Value, value: Value, hash: Value) {
    let Some(entries) = table.entries.get(cx) else { return };
    let entry = entries.fill.get();
    let at = entry as usize * WORDS;
    array_put(cx, entries, at, key);
    array_put(cx, entries, at + 1, value);
    array_put(cx, entries, at + 2, hash);
    if let Some(index) = index_of(entries) {
        enter(places(index), hash, entry);
    }
    entries.fill.set(entry + 1);
    table.used.set(table.used.get() + 1);
    table.keys_version.set(0);
}

fn enter(places: &[Cell<u32>], hash: Value, entry: u32) {
    let mut cursor = first_place(hash);
    loop {
        let place = &places[cursor.place & (places.len() - 1)];
        if place.get() == FREE {
            place.set(entry);
            return;
        }
        cursor = next_place(cursor);
    }
}

/// Deletes a live entry.
pub(crate) fn remove(cx: &Cx<'_>, table: Local<'_, Dict>, entry: usize) {
    let Some(entries) = table.entries.get(cx) else { return };
    for word in 0..WORDS {
        array_put(cx, entries, entry * WORDS + word, Value::HOLE);
    }
    let (word, run) = note_hole(array_values(entries), entries.fill.get() as usize, entry);
    array_put(cx, entries, word, run);
    table.used.set(table.used.get() - 1);
    table.keys_version.set(0);
}

/// What a new hole adds to the knowledge of runs of holes: a word and its new value. Not negative in entry 0: the first entry behind the
/// run at the front; negative elsewhere: the complement of where the run that ends here begins.
fn note_hole(words: &[Value], fill: usize, entry: usize) -> (usize, Value) {
    if entry == 0 || front_run(words) == Some(entry) {
        return (1, Value::int32(entry as i32 + 1));
    }
    let last = fill - 1;
    let trailing = words[last * WORDS + 1].as_int().filter(|_| words[last * WORDS].is_hole());
    if entry == last || trailing == Some(!(entry as i64 + 1)) {
        return (last * WORDS + 1, Value::int32(!(before_run(words, entry) as i32)));
    }
    (entry * WORDS + 1, Value::HOLE)
}

/// End of the run of holes at the front, if there is one.
fn front_run(words: &[Value]) -> Option<usize> {
    let first = words.first()?;
    match words.get(1).and_then(|v| v.as_int()) {
        Some(end) if first.is_hole() && end >= 0 => Some(end as usize),
        _ => None,
    }
}

/// Where the run of holes right before `entry` begins, as far as is known; `entry` if there is none.
fn before_run(words: &[Value], entry: usize) -> usize {
    let mut at = entry;
    while at > 0 && words[(at - 1) * WORDS].is_hole() {
        at = match words[(at - 1) * WORDS + 1].as_int() {
            Some(run) if run < 0 => (!run as usize).min(at - 1),
            _ => at - 1,
        };
    }
    at
}

/// The first live entry at or behind `at`.
#[inline]
pub(crate) fn next(cx: &Cx<'_>, table: Local<'_, Dict>, at: usize) -> Option<usize> {
    if table.used.get() == 0 {
        return None;
    }
    let (words, fill) = (words(cx, table), end(cx, table));
    let mut at = at;
    if at == 0 && fill > 0 && words[0].is_hole() {
        at = front_run(words).unwrap_or(0);
    }
    while at < fill {
        if !words[at * WORDS].is_hole() {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// The last live entry before `end`.
pub(crate) fn previous(cx: &Cx<'_>, table: Local<'_, Dict>, end: usize) -> Option<usize> {
    if table.used.get() == 0 {
        return None;
    }
    let words = words(cx, table);
    before_run(words, end.min(self::end(cx, table))).checked_sub(1)
}

/// Empties the table.
pub(crate) fn clear(cx: &Cx<'_>, table: Local<'_, Dict>) {
    table.used.set(0);
    table.keys_version.set(0);
    table.put(cx, Dict::entries, None);
}

/// Makes a table hold what another one holds, which is empty then.
pub(crate) fn take_over(cx: &Cx<'_>, table: Local<'_, Dict>, from: Local<'_, Dict>) {
    table.put(cx, Dict::entries, from.entries.get(cx));
    table.used.set(from.used.get());
    table.keys_version.set(0);
    clear(cx, from);
}

// ---- size ----

/// Makes room for `more` entries, collecting if need be.
pub(crate) fn reserve(cx: &mut Cx<'_>, table: Handle<'_, Dict>, more: usize) -> Result<(), Raised> {
    if try_reserve(cx, table.get(cx), more).is_err() {
        cx.collect(CollectKind::Full);
        try_reserve(cx, table.get(cx), more)?;
    }
    Ok(())
}

/// Makes room without collecting.
#[inline]
pub(crate) fn try_reserve(cx: &Cx<'_>, table: Local<'_, Dict>, more: usize) -> Result<(), HeapFull> {
    if end(cx, table).saturating_add(more) <= capacity(cx, table) {
        return Ok(());
    }
    let used = len(table);
    let wanted = used.saturating_add(more);
    resize(cx, table, wanted, sizes(used, wanted))
}

/// Makes room in an empty table for `count` entries and, if they are few, for no more, without collecting.
pub(crate) fn try_reserve_exact(cx: &Cx<'_>, table: Local<'_, Dict>, count: usize) -> Result<(), HeapFull> {
    if count == 0 || count > SMALL || capacity(cx, table) > 0 {
        return try_reserve(cx, table, count);
    }
    resize(cx, table, count, (count, 0))
}

/// Entries and places of a table for `wanted` entries, of which `used` are there: as CPython, three times as many places as used entries, two thirds of
/// them usable.
fn sizes(used: usize, wanted: usize) -> (usize, usize) {
    if wanted <= SMALL {
        return (if wanted <= SMALL / 2 { SMALL / 2 } else { SMALL }, 0);
    }
    let places = (used * 3).max(wanted + wanted / 2 + 1).max(32).next_power_of_two();
    (places / 3 * 2 + places % 3 * 2 / 3, places)
}

/// Moves the entries to new storage without holes, with room for so many entries and so many places in the index.
#[cold]
fn resize(
    cx: &Cx<'_>,
    table: Local<'_, Dict>,
    wanted: usize,
    (room, places_len): (usize, usize),
) -> Result<(), HeapFull> {
    if wanted >= u32::MAX as usize / 8 {
        return Err(HeapFull { requested: wanted.saturating_mul(32) });
    }
    let index = if places_len > 0 { Some(alloc_index(cx, places_len)?) } else { None };
    let first = usize::from(index.is_some());
    // Entry 0 is the end of a run of holes at the front, too.
    let head = [Value::HOLE, Value::int32(1), index.map_or(Value::HOLE, |index| index.value())];
    let fresh: Local<'_, Array> = alloc_values(cx, shapes::ENTRIES, (first + room) * WORDS, |word| {
        if word < first * WORDS {
            head[word]
        } else {
            Value::HOLE
        }
    })?;
    let used = len(table);
    if let Some(old) = table.entries.get(cx) {
        compact(cx, old, fresh, first);
    }
    fresh.fill.set((first + used) as u32);
    if let Some(index) = index {
        let places = places(index);
        for (entry, words) in array_values(fresh).chunks_exact(WORDS).enumerate().skip(1).take(used) {
            enter(places, words[2], entry as u32);
        }
    }
    table.put(cx, Dict::entries, Some(fresh));
    table.keys_version.set(0);
    Ok(())
}

/// Moves the live entries to a fresh array, from its entry `to` on; counts move along.
fn compact(cx: &Cx<'_>, old: Local<'_, Array>, fresh: Local<'_, Array>, mut to: usize) {
    let holder = old.value().bits() as *mut _;
    let fill = old.fill.get() as usize;
    let mut from = 0;
    while from < fill {
        let start = from;
        while from < fill && !array_values(old)[from * WORDS].is_hole() {
            from += 1;
        }
        let run = from - start;
        if run > 0 {
            // SAFETY: both arrays have that many words; the fresh one holds holes, and what is left behind is wiped.
            unsafe {
                let (source, target) = (array_slot(old, start * WORDS), array_slot(fresh, to * WORDS));
                refs::move_slots(cx.core(), holder, source, target, run * WORDS);
                refs::wipe(source, run * WORDS);
            }
        }
        to += run;
        from += 1;
    }
}

fn alloc_index<'a>(cx: &'a Cx<'_>, len: usize) -> Result<Local<'a, Index>, HeapFull> {
    let size = TAIL + len * 4;
    let full = HeapFull { requested: size };
    let count = u32::try_from(len).map_err(|_| full)?;
    // SAFETY: the fresh cell has room for header, length and `len` numbers, all written before anyone sees it.
    unsafe {
        let object = (*cx.core()).alloc(size, shapes::INDEX, 0)?;
        let numbers = object as *mut u32;
        *numbers.add(2) = count;
        *numbers.add(3) = 0;
        std::ptr::write_bytes((object as *mut u8).add(TAIL), 0xff, len * 4);
        Ok(cx.newborn(object))
    }
}

/// Copies the entries of `from` into the table `to`, comparing no keys; `false`, and nothing, when `to` is not blank.
pub(crate) fn copy_into(
    cx: &mut Cx<'_>,
    to: Handle<'_, Dict>,
    from: Handle<'_, Dict>,
) -> Result<bool, Raised> {
    loop {
        let used = len(from.get(cx));
        let (begun, room) = (end(cx, to.get(cx)), capacity(cx, to.get(cx)));
        if begun > usize::from(is_indexed(room * WORDS)) {
            return Ok(false);
        }
        if used == 0 {
            return Ok(true);
        }
        if begun + used > room {
            if try_reserve_exact(cx, to.get(cx), used).is_err() {
                // May collect, and finalizers may change `from`: look again.
                reserve(cx, to, used)?;
            }
            continue;
        }
        let (source, target) = (from.get(cx), to.get(cx));
        let mut at = 0;
        while let Some(entry) = next(cx, source, at) {
            let (key, value) = (key(cx, source, entry), value(cx, source, entry));
            append(cx, target, key.value(), value.value(), hash(cx, source, entry));
            at = entry + 1;
        }
        return Ok(true);
    }
}
