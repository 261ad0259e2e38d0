//! The collection of `copying`.

use super::alloc::{give, Space};
use super::Copying;
use std::alloc::{handle_alloc_error, Layout};
use taipan_gc::header::{Header, FLAG_FINALIZED, FLAG_LARGE};
use taipan_gc::manager::Memory;
use taipan_gc::shape::{object_size, visit_slots, ShapeTable, Visitor};
use taipan_gc::space::{class_bytes, size_class, CLASSES};
use taipan_gc::Value;

/// A heap smaller than this is not worth collecting.
pub(super) const MIN_THRESHOLD: usize = 4 << 20;

/// The new space, and what is still to do there.
struct Evacuation {
    to: Space,
    /// Rest of the newest page of each class.
    rest: [(*mut u8, usize); CLASSES],
    /// Copied, but its slots still lead to the old space.
    grey: Vec<*mut Header>,
    /// References of copies that keep nothing alive, and still lead to the old space.
    uncounted: Vec<*mut Value>,
    objects: u64,
    bytes: u64,
}

/// The object's new address, if it was copied.
fn forwarded(object: *mut Header) -> Option<*mut Header> {
    // SAFETY: the callers' objects lie in the old space; a header without shape is a forwarding mark during a collection.
    unsafe { (*object).is_free().then(|| *(object as *const *mut Header).add(1)) }
}

/// Copies what slots refer to, and rewrites them.
struct Copier<'a> {
    to: &'a mut Evacuation,
    shapes: &'a ShapeTable,
}

impl Visitor for Copier<'_> {
    fn slot(&mut self, slot: &mut Value) {
        if slot.is_ref() {
            let copy = self.to.forward(self.shapes, slot.header());
            // SAFETY: the copy is what the slot refers to from now on.
            *slot = unsafe { Value::from_bits(copy as u64) };
        }
    }

    fn uncounted(&mut self, slot: &mut Value) {
        if slot.is_ref() {
            self.to.uncounted.push(slot);
        }
    }
}

/// Notes what roots refer to.
struct Roots(Vec<*mut Header>);

impl Visitor for Roots {
    fn slot(&mut self, slot: &mut Value) {
        if slot.is_ref() {
            self.0.push(slot.header());
        }
    }

    fn uncounted(&mut self, slot: &mut Value) {
        self.slot(slot);
    }
}

/// Rewrites slots whose objects were copied.
struct Rewriter;

impl Visitor for Rewriter {
    fn slot(&mut self, slot: &mut Value) {
        if let Some(copy) = slot.is_ref().then(|| forwarded(slot.header())).flatten() {
            // SAFETY: the copy is what the slot refers to from now on.
            *slot = unsafe { Value::from_bits(copy as u64) };
        }
    }

    fn uncounted(&mut self, slot: &mut Value) {
        self.slot(slot);
    }
}

impl Evacuation {
    /// The object's new address; it is copied at the first time.
    fn forward(&mut self, shapes: &ShapeTable, object: *mut Header) -> *mut Header {
        if let Some(copy) = forwarded(object) {
            return copy;
        }
        // SAFETY: an object of the old space that was not copied yet is intact; its shape is registered, and the copy is as big.
        unsafe {
            let size = object_size(shapes, object);
            let copy = if (*object).has(FLAG_LARGE) { self.large(size) } else { self.small(size) };
            std::ptr::copy_nonoverlapping(object as *const u64, copy as *mut u64, size / 8);
            *(object as *mut u64) = 0;
            *(object as *mut *mut Header).add(1) = copy;
            self.grey.push(copy);
            self.objects += 1;
            self.bytes += size as u64;
            copy
        }
    }

    fn small(&mut self, size: usize) -> *mut Header {
        let class = size_class(size);
        let cell = class_bytes(class);
        if self.rest[class].1 < cell {
            let Some(page) = self.to.page(class) else { handle_alloc_error(Layout::new::<u64>()) };
            self.rest[class] = (page.start, page.bytes);
        }
        let (cursor, bytes) = self.rest[class];
        self.rest[class] = (cursor.wrapping_add(cell), bytes - cell);
        cursor as *mut Header
    }

    fn large(&mut self, size: usize) -> *mut Header {
        match self.to.large(size) {
            Some(region) => region.start as *mut Header,
            None => handle_alloc_error(Layout::new::<u64>()),
        }
    }

    /// Leads what keeps nothing alive to the copies, or nowhere.
    fn rewrite_uncounted(&mut self) {
        for slot in self.uncounted.drain(..) {
            // SAFETY: a slot of a copy, or of what belongs to it; a copy's address is a reference.
            unsafe {
                let copy = forwarded((*slot).header());
                *slot = copy.map_or(Value::HOLE, |copy| Value::from_bits(copy as u64));
            }
        }
    }

    /// Copies all that the copies refer to.
    fn drain(&mut self, shapes: &ShapeTable) {
        while let Some(copy) = self.grey.pop() {
            // SAFETY: a copy is a valid object. It is visited once, so its slots lead to the old space, as `forward` expects.
            unsafe { visit_slots(shapes, copy, &mut Copier { to: self, shapes }) };
            // SAFETY: as above. Slots of shapes are rewritten when all is copied.
            let class = unsafe { shapes.get((*copy).shape()).class };
            if class.is_ref() {
                self.forward(shapes, class.header());
            }
        }
    }
}

pub(super) fn collect(manager: &mut Copying, memory: &mut Memory) {
    memory.cache.reset();
    let mut to = Evacuation {
        to: Space::default(),
        rest: [(std::ptr::null_mut(), 0); CLASSES],
        grey: Vec::new(),
        uncounted: Vec::new(),
        objects: 0,
        bytes: 0,
    };
    let mut roots = Roots(Vec::new());
    memory.visit_kept_roots(&mut roots);
    for object in roots.0 {
        to.forward(&memory.shapes, object);
    }
    to.drain(&memory.shapes);
    memory.weak.update(forwarded, &mut memory.finalization.notices);
    finish_lists(memory, &mut to);
    memory.shapes.retire(|class| forwarded(class).is_some());
    to.rewrite_uncounted();
    memory.visit_roots(&mut Rewriter);
    memory.weak.update_watchers(forwarded);
    memory.identity.update(forwarded);
    drop_left_behind(memory);
    memory.roots.stack.wipe_stale();
    let both = manager.space.bytes + to.to.bytes;
    memory.stats.peak_bytes =
        memory.stats.peak_bytes.max((memory.bytes() - manager.space.bytes + both) as u64);
    let Evacuation { to: space, rest, objects, bytes, .. } = to;
    // The old space is filled with a pattern and freed here.
    manager.space = space;
    manager.starts = manager.space.regions.iter().map(|&region| (region.start as usize, region)).collect();
    for (class, (cursor, bytes)) in rest.into_iter().enumerate().filter(|(_, (_, bytes))| *bytes > 0) {
        give(memory, class, cursor, bytes);
    }
    memory.foreign_bytes = manager.space.bytes;
    memory.allocated_since = 0;
    memory.collect_at = MIN_THRESHOLD.max(bytes as usize);
    memory.stats.live_objects = objects;
    memory.stats.live_bytes = bytes;
}

/// Makes finalizers due and keeps what they need; the others' lists get the new addresses.
fn finish_lists(memory: &mut Memory, to: &mut Evacuation) {
    let lists = &mut memory.finalization;
    // SAFETY: registered objects are allocated.
    let due =
        lists.collect_dead(|object| forwarded(object).is_none() && unsafe { !(*object).has(FLAG_FINALIZED) });
    let mut copier = Copier { to, shapes: &memory.shapes };
    for value in lists.pending.iter_mut().rev().take(due) {
        copier.slot(value);
    }
    for object in &mut lists.registered {
        *object = to.forward(&memory.shapes, *object);
    }
    to.drain(&memory.shapes);
}

/// Drops the payloads of what was not copied.
fn drop_left_behind(memory: &mut Memory) {
    let mut droppable = std::mem::take(&mut memory.finalization.droppable);
    droppable.retain_mut(|object| match forwarded(*object) {
        Some(copy) => {
            *object = copy;
            true
        }
        None => {
            // SAFETY: unreachable, and its payload, still in the old space, was not dropped before.
            unsafe { memory.drop_payload(*object) };
            false
        }
    });
    memory.finalization.droppable = droppable;
}
