//! [`Shape`]: type, layout and inline-cache key in one id.
//!
//! A shape tells the managers how big an object is, which words are slots, and what must happen before its memory is
//! reused. Ids below [`STATIC_SHAPES`] mean the same in every heap (the language's builtins); others are per heap.
//! What a shape means to a language (its class, its attributes) the language keeps in a table of its own beside it.

use crate::brief::{Brief, Briefs};
use crate::header::{Header, ShapeId, FLAG_FINALIZED};
use crate::value::Value;
use crate::{Cx, Handle};

/// Shape ids below this one are registered by number and identical in every heap of a program.
pub const STATIC_SHAPES: u32 = 65_536;

/// What follows the fixed part of an object. The number of elements is the low half of word 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tail {
    /// Nothing: the size is fixed.
    None,
    /// That many values.
    Values,
    /// That many times `1 << n` bytes without references.
    Bytes(u8),
}

impl Tail {
    /// Bytes of so many elements, rounded up to words; `None` on overflow.
    #[inline]
    pub(crate) fn bytes(self, len: usize) -> Option<usize> {
        match self {
            Tail::None => Some(0),
            Tail::Values => len.checked_mul(8),
            Tail::Bytes(shift) => Some(len.checked_mul(1 << shift)?.checked_add(7)? & !7),
        }
    }
}

/// Receives the slots of an object or of the roots, by address: a moving manager may change them.
pub trait Visitor {
    /// A strong reference, counted under counting managers.
    fn slot(&mut self, slot: &mut Value);
    /// A reference that owns no count and keeps nothing alive (inline caches). Tracing managers keep it up to date, and make it a hole when
    /// its object dies; under counting ones it becomes stale.
    fn uncounted(&mut self, slot: &mut Value);
}

/// Reports the slots that the bitmap and tail of a shape can't describe.
pub type TraceFn = unsafe fn(payload: *mut u8, visitor: &mut dyn Visitor);
/// Drops the Rust payload.
pub type DropFn = unsafe fn(payload: *mut u8);
/// Tells how many bytes outside the heap the payload owns.
pub type ExternalFn = unsafe fn(payload: *const u8) -> usize;
/// Runs once when the object has become unreachable, or when what it watches has died; it may allocate, collect and resurrect.
pub type FinalizeFn = for<'s> fn(&mut Cx<'s>, Handle<'s>);

/// Layout and life-cycle of a kind of objects.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Bytes of the fixed part, header included; a multiple of 8, at least 16.
    pub size: u32,
    /// What follows the fixed part.
    pub tail: Tail,
    /// Which words of the fixed part are slots: bit n is word n (word 0 is the header).
    pub slots: u64,
    /// Slots beyond the bitmap.
    pub trace: Option<TraceFn>,
    /// Drop of the payload.
    pub drop: Option<DropFn>,
    /// Bytes outside the heap that the payload owns; they are discharged when it is dropped.
    pub external: Option<ExternalFn>,
    /// Finalizer.
    pub finalize: Option<FinalizeFn>,
    /// Whether the finalizer of an object has anything to do, by its payload; without it, it always has. An object for which the answer
    /// becomes yes is [registered](crate::Core::register_born) then.
    pub finalize_if: Option<fn(*const u8) -> bool>,
    /// For objects that watch others: runs when what the object watches has died. See [`Cx::watch`].
    pub notify: Option<FinalizeFn>,
    /// A word for the language: the class. Kept alive by the shape; objects don't count it.
    pub class: Value,
    /// Whether the shape goes when its class is reachable through nothing but shapes without objects: then nobody else may hold its id.
    /// A trace finds that out; see [`tracing`](crate::tracing).
    pub mortal: bool,
    /// Whether objects of this shape are among those that the statistics of collections count as
    /// [`collected`](crate::Stats::collected_objects): those that a language's programs can see and tie into cycles.
    pub container: bool,
    /// Whether objects of this shape hold references that are written without the write barrier (inline caches): a manager that moves objects
    /// looks at them in every collection.
    pub unlogged: bool,
    /// Whether objects of this shape never move, also where others do, if the manager [can do that](crate::Manager::pins). Whoever allocates them says so
    /// again, with [`Object::PINNED`](crate::Object::PINNED) or [`Core::alloc_pinned`](crate::Core::alloc_pinned). Costs nothing where nothing moves.
    pub pinned: bool,
    /// In which order the references of a dying object are given up, which finalizers can see: the tail from its end, as CPython does for
    /// lists and tuples, or (`true`) from its start, as for dicts. The fixed part always goes from its start.
    pub forward: bool,
    /// Name for diagnostics.
    pub name: &'static str,
    /// Names of slots of the fixed part, for diagnostics, by their byte in the payload.
    pub fields: &'static [(usize, &'static str)],
}

impl Shape {
    /// A shape of fixed size with the given slots and nothing else.
    pub const fn fixed(name: &'static str, size: u32, slots: u64) -> Shape {
        Shape {
            size,
            tail: Tail::None,
            slots,
            trace: None,
            drop: None,
            external: None,
            finalize: None,
            finalize_if: None,
            notify: None,
            class: Value::HOLE,
            mortal: false,
            container: false,
            unlogged: false,
            pinned: false,
            forward: false,
            name,
            fields: &[],
        }
    }

    /// Size in bytes of an object of this shape with `len` tail elements, rounded up to words; `None` on overflow.
    #[inline]
    pub fn size_with(&self, len: usize) -> Option<usize> {
        self.tail.bytes(len)?.checked_add(self.size as usize)
    }

    /// Whether freeing an object of this shape is nothing but releasing its slots.
    #[inline]
    pub fn is_plain(&self) -> bool {
        self.drop.is_none()
            && self.external.is_none()
            && self.finalize.is_none()
            && self.notify.is_none()
            && self.trace.is_none()
    }
}

/// The shapes of a heap.
#[derive(Debug)]
pub struct ShapeTable {
    statics: Vec<Shape>,
    dynamics: Vec<Shape>,
    briefs: Briefs,
    /// For each dynamic shape, through how many more traces its class is kept without asking whether it has objects.
    kept: Vec<u8>,
    /// Dynamic shapes that have died; their ids are used again, for mortal ones.
    retired: Vec<u32>,
    /// Counts the shapes that came and went.
    version: u64,
}

/// A class that was found alive through its objects alone is not asked again for so many traces: asking costs a walk through the heap.
const PATIENCE: u8 = 16;

impl ShapeTable {
    pub(crate) fn new() -> ShapeTable {
        let free = Shape::fixed("free", 16, 0);
        let mut briefs = Briefs::new();
        briefs.push(true, Brief::of(&free));
        ShapeTable {
            briefs,
            statics: vec![free],
            dynamics: Vec::new(),
            kept: Vec::new(),
            retired: Vec::new(),
            version: 1,
        }
    }

    /// Tells states of the table from each other that differ in layouts. Never zero.
    pub(crate) fn version(&self) -> u64 {
        self.version
    }

    /// The static shapes, and the heap's own from [`STATIC_SHAPES`] on.
    pub(crate) fn halves(&self) -> (&[Shape], &[Shape]) {
        (&self.statics, &self.dynamics)
    }

    /// Indices of those of the heap's own that have died.
    pub(crate) fn retired(&self) -> &[u32] {
        &self.retired
    }

    /// The shape with this id.
    #[inline(always)]
    pub fn get(&self, id: ShapeId) -> &Shape {
        if id.0 < STATIC_SHAPES {
            &self.statics[id.0 as usize]
        } else {
            &self.dynamics[(id.0 - STATIC_SHAPES) as usize]
        }
    }

    /// What the inner loops need of the shape with this id.
    ///
    /// # Safety
    /// It is the id of a shape of this table.
    #[inline(always)]
    pub(crate) unsafe fn brief(&self, id: ShapeId) -> Brief {
        // SAFETY: by contract; there is a brief for each shape.
        unsafe { *self.briefs.get(id) }
    }

    /// As [`brief`](Self::brief), in place: valid until a shape is added or changed.
    ///
    /// # Safety
    /// As there.
    #[inline(always)]
    pub(crate) unsafe fn brief_in_place(&self, id: ShapeId) -> *const Brief {
        // SAFETY: by contract.
        unsafe { self.briefs.get(id) }
    }

    /// Sees a change of the shape in its brief.
    pub(crate) fn refresh(&mut self, id: ShapeId) {
        *self.briefs.get_mut(id) = Brief::of(self.get(id));
    }

    /// Whether objects of any shape have a finalizer.
    pub(crate) fn any_finalizer(&self) -> bool {
        self.statics.iter().chain(&self.dynamics).any(|shape| shape.finalize.is_some())
    }

    /// The shape with this id, to change what does not change the layout (class, finalizer).
    pub fn get_mut(&mut self, id: ShapeId) -> &mut Shape {
        // Whoever frees such an object looks again.
        self.refresh(id);
        self.briefs.get_mut(id).forget_ends();
        if id.0 < STATIC_SHAPES {
            &mut self.statics[id.0 as usize]
        } else {
            &mut self.dynamics[(id.0 - STATIC_SHAPES) as usize]
        }
    }

    /// Registers a static shape. They are registered in the order of their ids, from 1 on.
    pub fn add_static(&mut self, shape: Shape) -> ShapeId {
        assert!(self.statics.len() < STATIC_SHAPES as usize, "too many static shapes");
        self.version += 1;
        self.briefs.push(true, Brief::of(&shape));
        self.statics.push(shape);
        ShapeId(self.statics.len() as u32 - 1)
    }

    /// Registers a shape of this heap; `None` when all 2^24 ids are taken. A mortal one may get the id of one that has died.
    pub fn add(&mut self, shape: Shape) -> Option<ShapeId> {
        debug_assert!(shape.size >= 16 && shape.size.is_multiple_of(8));
        self.version += 1;
        if let Some(index) = if shape.mortal { self.retired.pop() } else { None } {
            self.dynamics[index as usize] = shape;
            *self.briefs.get_mut(ShapeId(STATIC_SHAPES + index)) = Brief::of(&shape);
            self.kept[index as usize] = 0;
            return Some(ShapeId(STATIC_SHAPES + index));
        }
        let id = STATIC_SHAPES + self.dynamics.len() as u32;
        let room =
            self.dynamics.try_reserve(1).is_ok() && self.briefs.reserve() && self.kept.try_reserve(1).is_ok();
        if id >= 1 << 24 || !room {
            return None;
        }
        self.briefs.push(false, Brief::of(&shape));
        self.kept.push(0);
        self.dynamics.push(shape);
        Some(ShapeId(id))
    }

    /// Whether this is the id of a shape of objects.
    pub fn knows(&self, id: ShapeId) -> bool {
        id != ShapeId::FREE
            && ((id.0 as usize) < self.statics.len()
                || (id.0 >= STATIC_SHAPES && ((id.0 - STATIC_SHAPES) as usize) < self.dynamics.len()))
    }

    /// How many shapes there are.
    pub fn len(&self) -> usize {
        self.statics.len() + self.dynamics.len()
    }

    /// Never true: the shape of free cells always exists.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// Calls `each` with every shape that has a class, the class, and whether the shape is mortal.
    pub(crate) fn each_class(&self, each: &mut dyn FnMut(ShapeId, Value, bool)) {
        let statics = self.statics.iter().zip(0..);
        for (shape, id) in statics.chain(self.dynamics.iter().zip(STATIC_SHAPES..)) {
            if shape.class.is_ref() {
                each(ShapeId(id), shape.class, shape.mortal);
            }
        }
    }

    /// Every shape's class slot.
    pub(crate) fn visit_classes(&mut self, visitor: &mut dyn Visitor) {
        for shape in self.statics.iter_mut().chain(&mut self.dynamics) {
            if shape.class.is_ref() {
                visitor.slot(&mut shape.class);
            }
        }
    }
}

// ---- the death of shapes ----
impl ShapeTable {
    /// As [`visit_classes`](Self::visit_classes), without the classes that must be found otherwise.
    pub(crate) fn visit_kept_classes(&mut self, visitor: &mut dyn Visitor) {
        let kept = self.kept.iter_mut().zip(&mut self.dynamics).filter_map(|(kept, shape)| {
            let keeps = !shape.mortal || *kept > 0;
            *kept = kept.saturating_sub(1);
            keeps.then_some(shape)
        });
        for shape in self.statics.iter_mut().chain(kept) {
            if shape.class.is_ref() {
                visitor.slot(&mut shape.class);
            }
        }
    }

    /// The class of a mortal shape, if nothing has marked it.
    #[inline]
    pub(crate) fn unmarked_class(
        &self,
        id: ShapeId,
        is_marked: impl Fn(*mut Header) -> bool,
    ) -> Option<Value> {
        let shape = self.dynamics.get(id.0.checked_sub(STATIC_SHAPES)? as usize)?;
        (shape.mortal && shape.class.is_ref() && !is_marked(shape.class.header())).then_some(shape.class)
    }

    /// Whether nothing has marked the class of some mortal shape among the first so many [shapes](Self::len).
    pub(crate) fn any_unmarked_class(&self, among: usize, is_marked: impl Fn(*mut Header) -> bool) -> bool {
        let among = among.saturating_sub(self.statics.len()).min(self.dynamics.len());
        (0..among as u32)
            .any(|index| self.unmarked_class(ShapeId(STATIC_SHAPES + index), &is_marked).is_some())
    }

    /// The shape has objects: its class is not asked for during the next traces.
    pub(crate) fn keep_class(&mut self, id: ShapeId) {
        self.kept[(id.0 - STATIC_SHAPES) as usize] = PATIENCE;
    }

    /// The next trace asks for every mortal class.
    pub(crate) fn forget_kept(&mut self) {
        self.kept.fill(0);
    }

    /// The mortal shapes whose classes are dead, and which so have no objects, die.
    pub fn retire(&mut self, is_marked: impl Fn(*mut Header) -> bool) {
        for index in 0..self.dynamics.len() as u32 {
            // Without memory for the list the id is not used again.
            if self.unmarked_class(ShapeId(STATIC_SHAPES + index), &is_marked).is_some() {
                self.dynamics[index as usize].class = Value::HOLE;
                self.version += 1;
                if self.retired.try_reserve(1).is_ok() {
                    self.retired.push(index);
                }
            }
        }
    }
}

/// The finalizer that must run before the object is freed, if any.
///
/// # Safety
/// `object` is a valid object of a shape in `shapes`.
#[inline]
pub unsafe fn due_finalizer(shapes: &ShapeTable, object: *mut Header) -> Option<FinalizeFn> {
    // SAFETY: by contract; the payload follows the header.
    unsafe {
        let shape = shapes.get((*object).shape());
        let finalize = shape.finalize.filter(|_| !(*object).has(FLAG_FINALIZED))?;
        let wanted = shape.finalize_if.is_none_or(|wants| wants((object as *const u8).add(8)));
        wanted.then_some(finalize)
    }
}

/// Number of tail elements of an object whose shape has a tail.
///
/// # Safety
/// `object` is a valid object with a tail.
#[inline(always)]
pub unsafe fn tail_len(object: *mut Header) -> usize {
    // SAFETY: by contract word 1 exists and its low half is the length.
    unsafe { *(object as *const u32).add(2) as usize }
}

/// Shortens the tail of a dying object.
///
/// # Safety
/// As [`tail_len`], whose result was not less; what lay behind is released.
pub(crate) unsafe fn set_tail_len(object: *mut Header, len: usize) {
    // SAFETY: by contract.
    unsafe { *(object as *mut u32).add(2) = len as u32 };
}

/// Size in bytes of the object.
///
/// # Safety
/// `object` is a valid object of a shape in `shapes`.
#[inline]
pub unsafe fn object_size(shapes: &ShapeTable, object: *mut Header) -> usize {
    // SAFETY: by contract the header is valid, and its shape known.
    let id = unsafe { (*object).shape() };
    // SAFETY: as above.
    let brief = unsafe { shapes.brief(id) };
    if brief.is_fixed() {
        return brief.size as usize;
    }
    let shape = shapes.get(id);
    match shape.tail {
        Tail::None => shape.size as usize,
        // SAFETY: the shape has a tail. The size did not overflow when the object was made.
        _ => shape.size_with(unsafe { tail_len(object) }).unwrap_or(usize::MAX),
    }
}

/// Calls `visit` with each slot of the object: those of the bitmap, of the trace callback, and the values of the tail.
///
/// # Safety
/// `object` is a valid, initialised object of a shape in `shapes`.
#[inline]
pub unsafe fn visit_slots<V: Visitor>(shapes: &ShapeTable, object: *mut Header, visitor: &mut V) {
    // SAFETY: by contract.
    unsafe {
        visit_head(shapes, object, visitor);
        if !shapes.brief((*object).shape()).is_fixed() {
            visit_tail(shapes, object, 0, usize::MAX, visitor);
        }
    }
}

/// As [`visit_slots`], for an object whose brief is known.
///
/// # Safety
/// As there; the brief is that of its shape.
#[inline(always)]
pub(crate) unsafe fn visit_as<V: Visitor>(
    shapes: &ShapeTable,
    object: *mut Header,
    brief: Brief,
    visitor: &mut V,
) {
    // SAFETY: by contract.
    unsafe {
        if !brief.is_fixed() {
            return visit_slots(shapes, object, visitor);
        }
        visit_bitmap(object, brief.slots, visitor);
    }
}

/// Calls `visit` with the slots of this bitmap.
///
/// # Safety
/// The object is valid, and they are its own.
#[inline(always)]
unsafe fn visit_bitmap<V: Visitor>(object: *mut Header, mut slots: u64, visitor: &mut V) {
    while slots != 0 {
        // SAFETY: by contract.
        visitor.slot(unsafe { &mut *(object as *mut Value).add(slots.trailing_zeros() as usize) });
        slots &= slots - 1;
    }
}

/// As [`visit_slots`], without the values of the tail.
///
/// # Safety
/// As there.
#[inline]
pub(crate) unsafe fn visit_head<V: Visitor>(shapes: &ShapeTable, object: *mut Header, visitor: &mut V) {
    // SAFETY: by contract the object and its shape are valid, so the bitmap stays within it.
    unsafe {
        let brief = shapes.brief((*object).shape());
        visit_bitmap(object, brief.slots, visitor);
        if brief.is_fixed() {
            return;
        }
        if let Some(trace) = shapes.get((*object).shape()).trace {
            trace((object as *mut u8).add(8), visitor);
        }
    }
}

/// Calls `visit` with the values `from..to` of the object's tail, if it has so many; whether it has more.
///
/// # Safety
/// As [`visit_slots`].
#[inline]
pub(crate) unsafe fn visit_tail<V: Visitor>(
    shapes: &ShapeTable,
    object: *mut Header,
    from: usize,
    to: usize,
    visitor: &mut V,
) -> bool {
    // SAFETY: by contract the object and its shape are valid, so the tail stays within it.
    unsafe {
        let shape = shapes.get((*object).shape());
        if shape.tail != Tail::Values {
            return false;
        }
        let (tail, len) = ((object as *mut Value).add(shape.size as usize / 8), tail_len(object));
        for i in from..to.min(len) {
            visitor.slot(&mut *tail.add(i));
        }
        to < len
    }
}
