//! Inline caches' second level: what any site of the heap has learned of a shape and a name, for sites that see many shapes (a method
//! inherited by several classes). As the megamorphic stub cache of V8 and of JavaScriptCore.
//!
//! An answer holds as long as no class has changed and, because it may hold a raw value, until the next collection.

use crate::object::layout::Cache;
use crate::object::names::NameId;
use crate::object::rt;
use std::cell::Cell;
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

/// The answers of a heap.
#[derive(Debug)]
pub(super) struct Shared {
    entries: Box<[Entry]>,
}

impl Shared {
    pub(super) fn new() -> Shared {
        Shared { entries: (0..ENTRIES).map(|_| Entry::default()).collect() }
    }

    fn entry(&self, shape: ShapeId, tag: u64) -> &Entry {
        let mixed = (tag as u32).wrapping_mul(0x9e37_79b1) ^ shape.0.wrapping_mul(0x85eb_ca6b);
        &self.entries[(mixed >> 20) as usize % ENTRIES]
    }

    /// The answer for objects of this shape, if there is one.
    pub(super) fn find(&self, cx: &Cx<'_>, shape: ShapeId, name: NameId, used: Use) -> Option<&Cache> {
        let tag = tag(name, used);
        let entry = self.entry(shape, tag);
        let holds = entry.tag.get() == tag
            && entry.answer.key.get() == shape.0
            && entry.answer.epoch.get() == rt(cx).class_epoch.get()
            && entry.collections.get() == collections(cx);
        holds.then_some(&entry.answer)
    }

    /// Remembers the answer that a site was given.
    pub(super) fn remember(&self, cx: &Cx<'_>, name: NameId, used: Use, answer: &Cache) {
        let tag = tag(name, used);
        let entry = self.entry(ShapeId(answer.key.get()), tag);
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
