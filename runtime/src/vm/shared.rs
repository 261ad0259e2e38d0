//! Inline caches' second level: what any site of the heap has learned of a shape and a name, for sites that see many shapes (a method
//! inherited by several classes). As the megamorphic stub cache of V8 and of JavaScriptCore.
//!
//! An answer holds as long as no class has changed and, because it may hold a raw value, until the next collection.

use crate::object::layout::Cache;
use crate::object::names::NameId;
use crate::object::rt;
use std::cell::{Cell, OnceCell};
use taipan_gc::{Cx, ShapeId};

/// What an answer is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// Reading an attribute.
    Get,
    /// Setting one.
    Set,
    /// Calling a method.
    Method,
}

/// How many answers are remembered; a power of two.
const ENTRIES: usize = 256;

#[derive(Debug, Default)]
struct Entry {
    /// Name and use.
    tag: Cell<u64>,
    /// Number of the last collection when the answer was given.
    collections: Cell<u64>,
    answer: Cache,
}

/// The answers of a heap. There is room for them from the first on.
#[derive(Debug, Default)]
pub(super) struct Shared {
    entries: OnceCell<Vec<Entry>>,
}

/// Where the answer for a shape lies.
fn place(shape: ShapeId, tag: u64) -> usize {
    let mixed = (tag as u32).wrapping_mul(0x9e37_79b1) ^ shape.0.wrapping_mul(0x85eb_ca6b);
    (mixed >> 20) as usize % ENTRIES
}

/// Entries without answers; none without memory.
fn no_answers() -> Vec<Entry> {
    let mut entries = Vec::new();
    if entries.try_reserve_exact(ENTRIES).is_ok() {
        entries.resize_with(ENTRIES, Entry::default);
    }
    entries
}

impl Shared {
    /// The answer for objects of this shape, if there is one.
    pub(super) fn find(&self, cx: &Cx<'_>, shape: ShapeId, name: NameId, used: Use) -> Option<&Cache> {
        let tag = tag(name, used);
        let entry = self.entries.get()?.get(place(shape, tag))?;
        let holds = entry.tag.get() == tag
            && entry.answer.key.get() == shape.0
            && entry.answer.epoch.get() == rt(cx).class_epoch.get()
            && entry.collections.get() == collections(cx);
        holds.then_some(&entry.answer)
    }

    /// Remembers the answer that a site was given.
    pub(super) fn remember(&self, cx: &Cx<'_>, name: NameId, used: Use, answer: &Cache) {
        let tag = tag(name, used);
        let entries = self.entries.get_or_init(no_answers);
        let Some(entry) = entries.get(place(ShapeId(answer.key.get()), tag)) else { return };
        entry.tag.set(tag);
        entry.collections.set(collections(cx));
        entry.answer.copy_from(answer);
    }
}

fn tag(name: NameId, used: Use) -> u64 {
    // Never 0, the tag of an entry without an answer.
    (name.0 as u64) << 2 | (used as u64 + 1)
}

fn collections(cx: &Cx<'_>) -> u64 {
    // SAFETY: a shared read of this thread's core.
    unsafe { (*cx.core()).memory.stats.collections }
}
