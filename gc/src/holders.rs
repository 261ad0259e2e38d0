//! Who refers into the blocks that a manager means to empty: what the marker notes on its way, so that those references can be rewritten without a walk
//! through the heap.
//!
//! Holders are listed, never addresses of slots: slots outside an object move while the program runs. Of a long tail the part that was looked at is named. A holder
//! may be listed more than once, and may refer to something else by the end. The list is bounded; when it is full nobody is told, and nothing moves.

use crate::ahead::prefetch;
use crate::header::Header;
use crate::marker::{Marker, SLICE};
use crate::shape::{tail_len, visit_head, visit_slots, visit_tail, ShapeTable, Tail, Visitor};
use crate::value::Value;
use hashbrown::HashSet;

/// Most entries of a list.
const MOST: usize = 64 << 10;
/// An object that shows more references at once is listed once.
const LONG: usize = 1024;
/// So many entries further on in the list is fetched from memory.
const AHEAD: usize = 16;

/// Which references of an object are meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Part {
    /// All.
    Whole,
    /// Those before the tail.
    Head,
    /// [`SLICE`] of its tail, with the number of those before them divided by that.
    Slice(u32),
}

impl Part {
    /// The values of a tail from this one on, which begins a slice.
    pub(crate) fn of_tail(from: usize) -> Part {
        // The length of a tail has 32 bits.
        Part::Slice((from / SLICE) as u32)
    }

    /// The part with this slot, if it is one of the object's tail.
    ///
    /// # Safety
    /// The object is valid.
    unsafe fn with(shapes: &ShapeTable, object: *mut Header, slot: *const Value) -> Part {
        // SAFETY: by contract.
        let (shape, at) = unsafe {
            let shape = shapes.get((*object).shape());
            (shape, (slot as usize).wrapping_sub(object as usize + shape.size as usize) / size_of::<Value>())
        };
        // SAFETY: as above; it has a tail.
        match shape.tail == Tail::Values && unsafe { at < tail_len(object) } {
            true => Part::of_tail(at),
            false => Part::Whole,
        }
    }
}

/// Objects that refer into blocks that are to be emptied.
#[derive(Debug)]
pub(crate) struct Holders {
    list: Vec<(*mut Header, Part)>,
    /// Those that are long as a whole: looking at one twice would take time.
    long: HashSet<*mut Header>,
    most: usize,
}

impl Holders {
    /// An empty list.
    pub(crate) fn new() -> Holders {
        Holders { list: Vec::new(), long: HashSet::new(), most: MOST }
    }

    /// Adds one; whether there was room.
    fn add(&mut self, object: *mut Header, part: Part, is_long: bool) -> bool {
        if is_long && part == Part::Whole {
            let room = self.long.try_reserve(1).is_ok();
            if room {
                self.long.insert(object);
            }
            return room;
        }
        if self.list.last() == Some(&(object, part)) {
            return true;
        }
        let room = self.list.len() < self.most && self.list.try_reserve(1).is_ok();
        if room {
            self.list.push((object, part));
        }
        room
    }

    /// Shows the references of those that are `wanted`.
    ///
    /// # Safety
    /// Those are valid objects.
    pub(crate) unsafe fn visit<V: Visitor>(
        &self,
        shapes: &ShapeTable,
        wanted: impl Fn(*mut Header) -> bool,
        visitor: &mut V,
    ) {
        for &object in self.long.iter().filter(|&&object| wanted(object)) {
            // SAFETY: by contract.
            unsafe { visit_slots(shapes, object, visitor) };
        }
        for (at, &(object, part)) in self.list.iter().enumerate() {
            if let Some(&(later, _)) = self.list.get(at + AHEAD) {
                prefetch(later.cast());
            }
            if !wanted(object) {
                continue;
            }
            // SAFETY: by contract.
            unsafe {
                match part {
                    Part::Whole => visit_slots(shapes, object, visitor),
                    Part::Head => visit_head(shapes, object, visitor),
                    Part::Slice(at) => {
                        let from = at as usize * SLICE;
                        visit_tail(shapes, object, from, from + SLICE, visitor);
                    }
                }
            }
        }
    }
}

/// Has `visit` show a marker the references of a part of an object, which is noted if one of them leads into a block that is to be emptied.
pub(crate) fn show<R>(
    marker: &mut Marker,
    holder: *mut Header,
    part: Part,
    visit: impl FnOnce(&mut Noting<'_>) -> R,
) -> R {
    let mut noting = Noting { marker, seen: 0, found: false };
    let result = visit(&mut noting);
    let Noting { seen, found, .. } = noting;
    if found {
        marker.note(|holders| holders.add(holder, part, seen > LONG));
    }
    result
}

/// As [`show`], one slot of a long array.
///
/// # Safety
/// It is one of the valid object.
pub(crate) unsafe fn show_slot(
    marker: &mut Marker,
    shapes: &ShapeTable,
    array: *mut Header,
    slot: &mut Value,
) {
    if marker.is_noting() && slot.is_ref() && marker.moves(slot.header()) {
        // SAFETY: by contract.
        let part = unsafe { Part::with(shapes, array, slot) };
        marker.note(|holders| holders.add(array, part, true));
    }
    marker.slot(slot);
}

/// What is shown references of an object whose holder may have to be noted.
pub(crate) struct Noting<'a> {
    marker: &'a mut Marker,
    seen: usize,
    found: bool,
}

impl Noting<'_> {
    #[inline(always)]
    fn look(&mut self, value: Value) {
        self.seen += 1;
        if value.is_ref() && !self.found {
            self.found = self.marker.moves(value.header());
        }
    }
}

impl Visitor for Noting<'_> {
    #[inline(always)]
    fn slot(&mut self, slot: &mut Value) {
        self.look(*slot);
        self.marker.slot(slot);
    }

    fn uncounted(&mut self, slot: &mut Value) {
        self.look(*slot);
        self.marker.uncounted(slot);
    }
}
