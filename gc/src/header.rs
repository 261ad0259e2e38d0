//! [`Header`]: the 8 bytes at the head of every object.
//!
//! ```text
//! word 0, low half    count (counting managers) or age (tracing ones)
//! word 0, high half   shape id (24 bits), flags (8 bits)
//! ```
//!
//! A free cell has an all-zero header (shape 0 is no shape), so a walk over a block can tell objects from holes.
//! Mark bits are not here but in the chunk's side table, except for large objects, which have no chunk.
//!
//! Every change writes the whole word. A store of one byte of it, into which compilers like to turn the setting of a flag, would make the next
//! load of the word wait until the store has left the processor's store buffer: three to four nanoseconds, many times per object.

use crate::sync::word::HeaderWord;

/// The 8-byte header of an object, read and written as one word.
#[derive(Debug)]
#[repr(transparent)]
pub struct Header(HeaderWord);

/// Index of a shape in the heap's shape table; also the type and the inline-cache key. At most 24 bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
#[repr(transparent)]
pub struct ShapeId(pub u32);

impl ShapeId {
    /// The shape of free cells: no object has it.
    pub const FREE: ShapeId = ShapeId(0);
}

/// Counts stick at this value: the object lives until the heap closes or a backup trace finds it dead.
pub const COUNT_STUCK: u32 = u32::MAX;

/// The only flag that the inline write barrier tests; its meaning belongs to the manager. Under counting ones it marks newborns, see [`zero`](crate::zero).
pub const FLAG_LOG: u8 = 1;
/// The object lies in the large-object space.
pub const FLAG_LARGE: u8 = 2;
/// Mark bit of a large object.
pub const FLAG_MARKED: u8 = 4;
/// The finalizer has run (it runs once: PEP 442).
pub const FLAG_FINALIZED: u8 = 8;
/// The weak table has an entry for this object.
pub const FLAG_WEAK: u8 = 16;
/// The identity table has an entry for this object.
pub const FLAG_IDENTITY: u8 = 32;
/// The object lies on the zero queue.
pub const FLAG_QUEUED: u8 = 64;
/// Free for the language above the heap (interned strings).
pub const FLAG_USER: u8 = 128;

const FLAGS_SHIFT: u32 = 56;
const SHAPE_SHIFT: u32 = 32;
const SHAPE_MASK: u64 = 0x00ff_ffff;
const QUEUED: u64 = (FLAG_QUEUED as u64) << FLAGS_SHIFT;

/// The flags of objects that side tables know.
const SIDE: u64 = ((FLAG_WEAK | FLAG_IDENTITY) as u64) << FLAGS_SHIFT;

impl Header {
    /// A header with this count and shape and no flags.
    #[inline(always)]
    pub fn new(count: u32, shape: ShapeId) -> Header {
        Header(HeaderWord::new(count as u64 | (shape.0 as u64) << SHAPE_SHIFT))
    }

    /// The header of an object without references that lies on the zero queue.
    #[inline(always)]
    pub(crate) fn queued(shape: ShapeId) -> Header {
        Header(HeaderWord::new((shape.0 as u64) << SHAPE_SHIFT | QUEUED))
    }

    /// The header of a newborn without counts, see [`zero`](crate::zero).
    #[inline(always)]
    pub(crate) fn newborn(shape: ShapeId) -> Header {
        Header(HeaderWord::new((shape.0 as u64) << SHAPE_SHIFT | QUEUED | (FLAG_LOG as u64) << FLAGS_SHIFT))
    }

    /// A header that is this word.
    #[inline(always)]
    pub(crate) fn of_word(word: u64) -> Header {
        Header(HeaderWord::new(word))
    }

    /// The whole word.
    #[inline(always)]
    pub(crate) fn word(&self) -> u64 {
        self.0.get()
    }

    /// The shape, for another thread while the mutator goes on.
    #[inline(always)]
    pub(crate) fn shape_shared(&self) -> ShapeId {
        ShapeId((self.0.read_shared() >> SHAPE_SHIFT & SHAPE_MASK) as u32)
    }

    /// Writes the whole word, never a part of it.
    #[inline(always)]
    fn write(&self, word: u64) {
        self.0.write(word);
    }

    /// The reference count, or the age.
    #[inline(always)]
    pub fn count(&self) -> u32 {
        self.0.get() as u32
    }

    /// Sets the reference count or the age.
    ///
    /// # Safety
    /// Under a counting manager the new count is the number of references that own one.
    #[inline(always)]
    pub unsafe fn set_count(&self, count: u32) {
        self.write(self.0.get() & !(u32::MAX as u64) | count as u64);
    }

    /// Raises the count, as references would that nobody ever gives back: for tests of what happens at its end. The object can only live
    /// longer than it should.
    pub fn overcount(&self, count: u32) {
        if count > self.count() {
            // SAFETY: a count that is too high leaks, and nothing else.
            unsafe { self.set_count(count) };
        }
    }

    /// Adds one reference, unless the count is stuck.
    ///
    /// # Safety
    /// Whoever adds it owns it from now on.
    #[inline(always)]
    pub unsafe fn retain(&self) {
        let word = self.0.get();
        if word as u32 != COUNT_STUCK {
            self.0.set(word + 1);
        }
    }

    /// As [`retain`](Self::retain), for an object that lies on the zero queue and is taken off it; it is no newborn any more.
    ///
    /// # Safety
    /// As there.
    #[inline(always)]
    pub(crate) unsafe fn retain_off_queue(&self) {
        debug_assert!(self.has(FLAG_QUEUED) && self.count() != COUNT_STUCK);
        self.0.set((self.0.get() + 1) & !(QUEUED | (FLAG_LOG as u64) << FLAGS_SHIFT));
    }

    /// Takes one reference away, unless the count is stuck; whether it reached zero.
    ///
    /// # Safety
    /// The caller owned it; when it was the last, the caller queues the object.
    #[inline(always)]
    pub unsafe fn release(&self) -> bool {
        let word = self.0.get();
        if word as u32 == COUNT_STUCK {
            return false;
        }
        debug_assert!(word as u32 > 0, "count underflow: a reference was released twice");
        self.0.set(word.wrapping_sub(1));
        word as u32 == 1
    }

    /// As [`release`](Self::release); an object whose count reached zero is marked as lying on the zero queue. Whether the caller has to put
    /// it there: it is not there already.
    ///
    /// # Safety
    /// As there.
    #[inline(always)]
    pub(crate) unsafe fn release_to_queue(&self) -> bool {
        let word = self.0.get();
        if word & (QUEUED | u32::MAX as u64) == 1 {
            // The last reference, and not queued.
            self.0.set(word - 1 + QUEUED);
            return true;
        }
        debug_assert!(word as u32 > 0, "count underflow: a reference was released twice");
        if word as u32 != COUNT_STUCK {
            self.0.set(word.wrapping_sub(1));
        }
        false
    }

    /// The object's shape.
    #[inline(always)]
    pub fn shape(&self) -> ShapeId {
        ShapeId((self.0.get() >> SHAPE_SHIFT & SHAPE_MASK) as u32)
    }

    /// Whether the object is of this shape: half a word without its flags, instead of a word under two masks.
    #[inline(always)]
    pub fn is_of(&self, shape: ShapeId) -> bool {
        ((self.0.get() >> SHAPE_SHIFT) as u32) << 8 == shape.0 << 8
    }

    /// Gives the object another shape.
    ///
    /// # Safety
    /// The shape describes the object as it is: same size, slots where there are slots.
    #[inline(always)]
    pub unsafe fn set_shape(&self, shape: ShapeId) {
        let others = self.0.get() & !(SHAPE_MASK << SHAPE_SHIFT);
        self.write(others | (shape.0 as u64) << SHAPE_SHIFT);
    }

    /// Whether any of these flags is set.
    #[inline(always)]
    pub fn has(&self, flags: u8) -> bool {
        self.0.get() & (flags as u64) << FLAGS_SHIFT != 0
    }

    /// Whether a side table knows the object.
    #[inline(always)]
    pub(crate) fn is_in_side_tables(&self) -> bool {
        self.0.get() & SIDE != 0
    }

    /// Whether the object has no references, and no side table knows it.
    #[inline(always)]
    pub(crate) fn is_simply_dead(&self) -> bool {
        self.0.get() & (u32::MAX as u64 | SIDE) == 0
    }

    /// Whether, besides, it has this shape.
    #[inline(always)]
    pub(crate) fn is_simply_dead_of(&self, shape: ShapeId) -> bool {
        self.0.get() & (u32::MAX as u64 | SHAPE_MASK << SHAPE_SHIFT | SIDE) == (shape.0 as u64) << SHAPE_SHIFT
    }

    /// Sets these flags.
    ///
    /// # Safety
    /// What the flags say is so: managers and side tables rely on them. `FLAG_USER` may be set at will.
    #[inline(always)]
    pub unsafe fn set(&self, flags: u8) {
        self.write(self.0.get() | (flags as u64) << FLAGS_SHIFT);
    }

    /// Clears these flags.
    ///
    /// # Safety
    /// As [`set`](Self::set).
    #[inline(always)]
    pub unsafe fn clear(&self, flags: u8) {
        self.write(self.0.get() & !((flags as u64) << FLAGS_SHIFT));
    }

    /// Whether this is a free cell.
    #[inline(always)]
    pub fn is_free(&self) -> bool {
        self.shape() == ShapeId::FREE
    }
}
