//! [`Layouts`]: where references lie in objects of each shape, copied from the table of shapes for a thread that can't look into that while the program runs.

use crate::header::ShapeId;
use crate::shape::{Shape, ShapeTable, Tail, STATIC_SHAPES};

/// Where the references of an object lie.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    /// As [`Shape::slots`].
    pub(crate) slots: u64,
    /// Bytes before the tail.
    pub(crate) size: u32,
    /// What follows them.
    pub(crate) tail: Tail,
    /// Whether there are other references, or some that the write barrier does not hear of: only the mutator may look then.
    is_open: bool,
}

impl Layout {
    /// Of shapes that nobody knows yet.
    const OPEN: Layout = Layout { slots: 0, size: 0, tail: Tail::None, is_open: true };

    fn of(shape: &Shape) -> Layout {
        let is_open = shape.trace.is_some() || shape.unlogged;
        Layout { slots: shape.slots, size: shape.size, tail: shape.tail, is_open }
    }
}

/// The layouts of all shapes that there were at some moment.
#[derive(Debug, Default)]
pub(crate) struct Layouts {
    statics: Vec<Layout>,
    dynamics: Vec<Layout>,
    /// Which state of the table that was.
    version: u64,
}

impl Layouts {
    /// Sees the shapes that there are now; whether there is memory to.
    pub(crate) fn see(&mut self, shapes: &ShapeTable) -> bool {
        if self.version == shapes.version() {
            return true;
        }
        let (statics, dynamics) = shapes.halves();
        let is_seen = copy(&mut self.statics, statics) && copy(&mut self.dynamics, dynamics);
        self.version = if is_seen { shapes.version() } else { 0 };
        // The ids of shapes that have died may be given to others at any time.
        for &index in shapes.retired() {
            if let Some(layout) = self.dynamics.get_mut(index as usize) {
                *layout = Layout::OPEN;
            }
        }
        is_seen
    }

    /// Where the references of objects of this shape lie, if anybody but the mutator may know.
    #[inline(always)]
    pub(crate) fn get(&self, id: ShapeId) -> Option<Layout> {
        let layout = match id.0.checked_sub(STATIC_SHAPES) {
            None => self.statics.get(id.0 as usize),
            Some(index) => self.dynamics.get(index as usize),
        };
        layout.filter(|layout| !layout.is_open).copied()
    }
}

/// Whether there was memory for it; nothing is known otherwise.
fn copy(layouts: &mut Vec<Layout>, shapes: &[Shape]) -> bool {
    layouts.clear();
    let room = layouts.try_reserve(shapes.len()).is_ok();
    if room {
        layouts.extend(shapes.iter().map(Layout::of));
    }
    room
}
