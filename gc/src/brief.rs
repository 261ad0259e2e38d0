//! [`Brief`]: what inner loops need of a shape, in 16 bytes, so that many shapes share a cache line; and where the brief of a shape is found in few
//! instructions.

use crate::header::ShapeId;
use crate::shape::{Shape, Tail, STATIC_SHAPES};
use crate::space::{size_class, MAX_SMALL};

/// What the inner loops need of a shape.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Brief {
    /// As [`Shape::slots`].
    pub(crate) slots: u64,
    /// Bytes of the object, if its size is fixed.
    pub(crate) size: u32,
    /// Size class of its cell; meaningless when the size is not fixed or large.
    pub(crate) class: u8,
    flags: u8,
}

/// The bitmap shows all slots, and the size is fixed.
const FIXED: u8 = 1;
/// Besides, freeing it is nothing but releasing its slots.
const PLAIN: u8 = 2;
/// Nothing but a tail, of values or of bytes; freeing it is nothing but releasing the values.
const PLAIN_TAIL: u8 = 4;
/// As plain, but for a finalizer that only some objects need.
const CONDITIONAL: u8 = 8;

impl Brief {
    /// Of free cells.
    pub(crate) const FREE: Brief = Brief { slots: 0, size: 16, class: 2, flags: FIXED | PLAIN };

    pub(crate) fn of(shape: &Shape) -> Brief {
        let fixed = shape.tail == Tail::None && shape.trace.is_none();
        let small = shape.size as usize <= MAX_SMALL;
        let class = if small { size_class(shape.size as usize) } else { 0 };
        let plain = fixed && small && shape.is_plain();
        let unconditional = Shape { finalize: None, ..*shape };
        let conditional = fixed && small && shape.finalize_if.is_some() && unconditional.is_plain();
        let tail = shape.tail != Tail::None && shape.size == 16 && shape.slots == 0 && shape.is_plain();
        Brief {
            slots: shape.slots,
            size: shape.size,
            class: class as u8,
            flags: if fixed { FIXED } else { 0 }
                | if plain { PLAIN } else { 0 }
                | if conditional { CONDITIONAL } else { 0 }
                | if tail { PLAIN_TAIL } else { 0 },
        }
    }

    /// The shape is about to change in how its objects end: whoever frees one looks at the shape itself.
    pub(crate) fn forget_ends(&mut self) {
        self.flags &= !(PLAIN | PLAIN_TAIL | CONDITIONAL);
    }

    /// As if the bitmap did not show all slots, so that whoever visits objects looks at the shape itself.
    pub(crate) fn unfixed(self) -> Brief {
        Brief { flags: self.flags & !FIXED, ..self }
    }

    /// Whether the bitmap shows all slots and the size is fixed.
    #[inline(always)]
    pub(crate) fn is_fixed(self) -> bool {
        self.flags & FIXED != 0
    }

    /// Whether, besides, freeing it is nothing but releasing its slots.
    #[inline(always)]
    pub(crate) fn is_plain(self) -> bool {
        self.flags & PLAIN != 0
    }

    /// Whether freeing it is nothing but releasing its slots once its finalizer is seen to have nothing to do.
    #[inline(always)]
    pub(crate) fn is_conditional(self) -> bool {
        self.flags & CONDITIONAL != 0
    }

    /// Whether freeing it is nothing but releasing its slots and the values in its tail.
    #[inline(always)]
    pub(crate) fn dies_plainly(self) -> bool {
        self.flags & (PLAIN | PLAIN_TAIL) != 0
    }

    /// Whether it is nothing but a tail, and freeing it is nothing but releasing the values in it.
    #[inline(always)]
    pub(crate) fn is_plain_tail(self) -> bool {
        self.flags & PLAIN_TAIL != 0
    }
}

/// The briefs of all shapes of a heap.
#[derive(Debug)]
pub(crate) struct Briefs {
    /// Of the static shapes, and of the heap's own.
    halves: [Vec<Brief>; 2],
    /// Where the brief of the shape with id 0 would lie in each half, for a look-up without a subtraction.
    origins: [*const Brief; 2],
}

impl Briefs {
    pub(crate) fn new() -> Briefs {
        Briefs { halves: [Vec::new(), Vec::new()], origins: [std::ptr::null(); 2] }
    }

    /// Makes room for one more of the heap's own; whether there is memory.
    pub(crate) fn reserve(&mut self) -> bool {
        let room = self.halves[1].try_reserve(1).is_ok();
        self.note_origins();
        room
    }

    fn note_origins(&mut self) {
        let [statics, own] = &self.halves;
        self.origins = [statics.as_ptr(), own.as_ptr().wrapping_sub(STATIC_SHAPES as usize)];
    }

    /// Adds the brief of the next static shape, or of the next of the heap's own.
    pub(crate) fn push(&mut self, is_static: bool, brief: Brief) {
        self.halves[!is_static as usize].push(brief);
        self.note_origins();
    }

    /// The brief of a shape that has one, to change.
    pub(crate) fn get_mut(&mut self, id: ShapeId) -> &mut Brief {
        match id.0 < STATIC_SHAPES {
            true => &mut self.halves[0][id.0 as usize],
            false => &mut self.halves[1][(id.0 - STATIC_SHAPES) as usize],
        }
    }

    /// The brief of a shape.
    ///
    /// # Safety
    /// There is one.
    #[inline(always)]
    pub(crate) unsafe fn get(&self, id: ShapeId) -> *const Brief {
        let half = (id.0 >= STATIC_SHAPES) as usize;
        debug_assert!((id.0 - half as u32 * STATIC_SHAPES) < self.halves[half].len() as u32);
        // SAFETY: there are two halves.
        unsafe { self.origins.get_unchecked(half) }.wrapping_add(id.0 as usize)
    }
}
