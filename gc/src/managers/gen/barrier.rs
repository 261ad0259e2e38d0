//! What old objects may refer to young ones: the remembered set, by object, and by slot for long arrays.

use super::major::Major;
use super::slots::Slots;
use super::{pinned, Gen};
use crate::header::{Header, FLAG_LOG};
use crate::manager::Memory;
use crate::refs::Written;
use crate::shape::{visit_slots, ShapeTable, Visitor};
use crate::value::Value;

/// Old objects that may refer to young ones.
#[derive(Debug, Default)]
pub(super) struct Remembered {
    /// Those that were written to since the last collection. They don't carry the log flag.
    objects: Vec<*mut Header>,
    /// Slots of long arrays that were written to since. Those carry the log flag.
    slots: Slots,
    /// All old objects whose shape has unlogged references.
    unlogged: Vec<*mut Header>,
    /// There was no memory to remember something: the next collection must not rely on this.
    lost: bool,
}

impl Remembered {
    /// Remembers an object without the log flag.
    pub(super) fn add(&mut self, holder: *mut Header) {
        if self.objects.try_reserve(1).is_ok() {
            self.objects.push(holder);
        } else {
            self.lost = true;
        }
    }

    /// These objects with unlogged references have become old; `lost`: and others.
    pub(super) fn add_unlogged(&mut self, mut objects: Vec<*mut Header>, lost: bool) {
        if self.unlogged.is_empty() {
            self.unlogged = objects;
        } else if self.unlogged.try_reserve(objects.len()).is_ok() {
            self.unlogged.append(&mut objects);
        } else {
            self.lost = true;
        }
        self.lost |= lost;
    }

    /// Whether something could not be remembered.
    pub(super) fn is_lost(&self) -> bool {
        self.lost
    }

    /// Shows the references of the objects that were written to, which refer to no young object afterwards, and tells a marking of them.
    pub(super) fn visit_written<V: Visitor>(
        &mut self,
        shapes: &ShapeTable,
        visitor: &mut V,
        major: &mut Major,
    ) {
        for object in self.objects.drain(..) {
            major.note_store(object);
            // SAFETY: old objects are freed by major collections only, and before each of those nothing is remembered.
            unsafe {
                visit_slots(shapes, object, visitor);
                (*object).set(FLAG_LOG);
            }
        }
    }

    /// Shows the references of the objects with unlogged ones, some of which may have been written to, too.
    pub(super) fn visit_unlogged<V: Visitor>(&self, shapes: &ShapeTable, visitor: &mut V) {
        for &object in &self.unlogged {
            // SAFETY: dead ones are taken off before they are freed.
            unsafe { visit_slots(shapes, object, visitor) };
        }
    }

    /// Calls `each` with the slots of long arrays that were written to, some of them more than once; they refer to no young object afterwards. Tells a
    /// marking of them.
    pub(super) fn each_slot(&mut self, mut each: impl FnMut(&mut Value), major: &mut Major) {
        // SAFETY: as in `visit_written`.
        unsafe { self.slots.each(|_, slot| each(slot)) };
        major.note_slots(&mut self.slots);
    }

    /// Forgets everything, because there are no young objects any more, but tells a marking of the objects that were written to.
    pub(super) fn give_up(&mut self, major: &mut Major) {
        self.objects.drain(..).for_each(|object| major.note_store(object));
        major.note_slots(&mut self.slots);
        if std::mem::take(&mut self.lost) {
            major.lose();
        }
    }

    /// Objects have moved, and nothing but those with unlogged references is remembered: `now` says where they are.
    pub(super) fn update(&mut self, now: impl Fn(*mut Header) -> *mut Header) {
        debug_assert!(self.objects.is_empty(), "something is remembered without young objects");
        self.unlogged.iter_mut().for_each(|object| *object = now(*object));
    }

    /// These are all objects with unlogged references; `lost`: and others.
    pub(super) fn set_unlogged(&mut self, objects: Vec<*mut Header>, lost: bool) {
        self.unlogged = objects;
        self.lost = lost;
    }
}

/// This is about to be written in an object with the log flag.
pub(super) fn log(gen: &mut Gen, memory: &Memory, holder: *mut Header, written: Written) {
    // Where there are no young objects only a marking wants to know.
    let pretenuring = gen.pretenuring.is_on();
    // SAFETY: the caller's object is alive, and is written to there.
    unsafe {
        let noted = match pretenuring {
            true => gen.major.note_write(&memory.shapes, holder, written),
            false => gen.remembered.slots.note(&memory.shapes, holder, written),
        };
        if noted {
            // The next store is told, too.
            return;
        }
        (*holder).clear(FLAG_LOG);
    }
    match pretenuring {
        true => gen.major.note_store(holder),
        false => gen.remembered.add(holder),
    }
}

/// Whether any reference shown is to a young object, and not in a slot that is noted.
struct FindsYoung<'a> {
    memory: &'a Memory,
    slots: &'a Slots,
    holder: *mut Header,
    found: bool,
}

impl Visitor for FindsYoung<'_> {
    fn slot(&mut self, slot: &mut Value) {
        self.found |= slot.is_ref()
            && self.memory.blocks.is_young(slot.header())
            && !self.slots.covers(self.holder, slot);
    }

    fn uncounted(&mut self, slot: &mut Value) {
        self.slot(slot);
    }
}

/// Checks N1, N2, N5, N8 and N9.
///
/// # Panics
/// When they don't hold; `when` goes into the message.
pub(super) fn check(gen: &Gen, memory: &mut Memory, when: &str) {
    assert!(gen.sparse.agrees(&memory.blocks), "N8 {when}: blocks are taken for sparse ones that are none");
    let mut old = Vec::new();
    memory.each_object(&mut |object| old.push(object));
    let all = old.len();
    old.retain(|&object| !memory.blocks.is_young(object));
    pinned::check(gen, memory, when);
    if gen.pretenuring.is_on() {
        assert!(
            gen.young.is_empty() && gen.pinned.is_empty() && old.len() == all,
            "N5 {when}: there are young objects while all are to be old"
        );
        return;
    }
    let remembered = &gen.remembered;
    for object in old {
        // SAFETY: each_object shows allocated objects.
        let (logged, shape) = unsafe { ((*object).has(FLAG_LOG), (*object).shape()) };
        let shape = memory.shapes.get(shape);
        let is_remembered = remembered.objects.contains(&object);
        assert!(
            logged != is_remembered || remembered.lost,
            "N2 {when}: an old {} and the remembered set disagree",
            shape.name
        );
        let mut finds = FindsYoung { memory, slots: &remembered.slots, holder: object, found: false };
        // SAFETY: as above.
        unsafe { visit_slots(&memory.shapes, object, &mut finds) };
        let known = is_remembered || shape.unlogged && remembered.unlogged.contains(&object);
        assert!(
            !finds.found || known || remembered.lost,
            "N1 {when}: an old {} refers to a young object",
            shape.name
        );
    }
}
