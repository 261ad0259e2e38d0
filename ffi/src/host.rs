//! Host objects as the heap sees them, and where their payloads lie, so that the address of a payload never changes.
//!
//! Where the manager moves nothing, or leaves some objects where they are, the payload is the object's own: it lies behind the header, and the slots are words of the object that the heap
//! knows without asking. Behind the header of one that has a finalizer comes its type first. Else the payload lies outside the heap, in a
//! [block](crate::pool), and the object is a cell that leads to it; a trace callback shows the declared slots, the tail, and what the host's own callback
//! shows: under a manager that moves all objects, where the alignment or the slots don't fit, for types with a tail or a trace function, and for those from
//! which scripts derive classes, whose objects have attributes behind the cell's two words. ([ADR 30](../../docs/adr/0030-payloads.md))
//!
//! ```text
//! header | payload …             header | type | payload …          header | payload's address | attributes …
//!                                                                               |
//!                                                             length of the tail | type | payload … | tail …
//! ```
//!
//! The drop calls the host's finalizer and frees the payload. Trace and drop run inside collections, when this thread counts as inside the heap, so that
//! whatever else the host calls is refused.

use crate::abi::*;
use crate::context::Context;
use crate::fail::{fault, Fault};
use crate::pool::Pool;
use std::alloc::Layout;
use std::cell::Cell;
use std::ffi::c_void;
use std::rc::Rc;
use taipan::object::insight::HOST_OBJECT;
use taipan::object::layout::Class;
use taipan::object::{class, classes, embedded};
use taipan_gc::{Any, Core, Cx, Handle, Header, Local, Shape, ShapeId, Value, Visitor, STATIC_SHAPES};

/// How many host objects there are, those of types that leave no trace when they die not counted; and how many were finalized.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) live: Cell<u64>,
    pub(crate) finalized: Cell<u64>,
}

/// Where the payloads of a type lie.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// So many bytes behind the start of the object.
    Inside(usize),
    /// So many bytes behind the start of a block of this layout, which is longer by the tail if there is one.
    Outside(usize, Layout),
}

/// A registered host type.
#[derive(Debug)]
pub(crate) struct TypeData {
    pub(crate) shape: ShapeId,
    pub(crate) place: Place,
    /// Bytes of an object, and the class of its cell.
    pub(crate) cell: usize,
    pub(crate) class: usize,
    /// Bytes of a payload, a multiple of 8.
    pub(crate) payload: usize,
    /// Offsets of the slots, in order; those of the first 64 words besides as bits.
    pub(crate) slots: Vec<u32>,
    pub(crate) near: u64,
    /// Whether objects are made with a tail.
    pub(crate) has_tail: bool,
    /// Shows more slots.
    pub(crate) trace: TraceFn,
    pub(crate) finalize: FinalizeFn,
    pub(crate) ud: *mut c_void,
    pub(crate) context: *const Context,
    pub(crate) counters: Rc<Counters>,
}

/// The host types of a heap.
#[derive(Debug, Default)]
pub(crate) struct Types {
    // In boxes: objects know them by their address.
    #[allow(clippy::vec_box)]
    all: Vec<Box<TypeData>>,
    /// By their shape: those of all, or null.
    by_shape: Vec<*const TypeData>,
}

/// Most bytes of a payload that is the object's own.
const MOST_INSIDE: usize = 4096;
/// Bytes of a header, and of any word.
const WORD: usize = 8;
/// Size of every cell that leads to something outside: a header and a pointer.
const CELL: usize = 2 * WORD;

/// The place of payloads with this layout and these slots, and the bytes of an object; `outside` if it can't be inside.
pub(crate) fn place_of(layout: Layout, slots: &[u32], finalized: bool, outside: bool) -> (Place, usize) {
    let offset = if finalized { 2 * WORD } else { WORD };
    let last = slots.last().map_or(0, |&slot| slot as usize / WORD + offset / WORD);
    if !outside && layout.align() <= WORD && layout.size() <= MOST_INSIDE && last < 64 {
        let cell = (offset + layout.size().next_multiple_of(WORD)).max(CELL);
        return (Place::Inside(offset), cell);
    }
    let head = layout.align().max(CELL);
    // Payloads have 2^30 bytes at most.
    let block =
        Layout::from_size_align(head + layout.size().next_multiple_of(WORD), layout.align().max(WORD));
    (Place::Outside(head, block.unwrap_or(layout)), CELL)
}

/// The shape of host objects.
pub(crate) fn host_shape(place: Place, cell: usize, slots: &[u32], finalized: bool) -> Shape {
    match place {
        Place::Inside(offset) => {
            let bits = slots.iter().fold(0, |bits, &slot| bits | 1 << ((slot as usize + offset) / WORD));
            let drop = finalized.then_some(drop_inside as _);
            Shape { drop, pinned: true, ..Shape::fixed(HOST_OBJECT, cell as u32, bits) }
        }
        Place::Outside(..) => Shape {
            trace: Some(trace_outside),
            drop: Some(drop_outside),
            external: Some(external),
            ..Shape::fixed(HOST_OBJECT, cell as u32, 0)
        },
    }
}

impl TypeData {
    /// The payload of an object of this type.
    ///
    /// # Safety
    /// It is one.
    #[inline(always)]
    pub(crate) unsafe fn payload_of(&self, object: *mut Header) -> *mut u8 {
        // SAFETY: by contract.
        unsafe {
            match self.place {
                Place::Inside(offset) => object.cast::<u8>().add(offset),
                Place::Outside(..) => *object.cast::<*mut u8>().add(1),
            }
        }
    }

    /// The layout of a block with so many slots in its tail.
    fn block(&self, layout: Layout, tail: u32) -> Layout {
        match tail {
            0 => layout,
            // A tail has 2^30 bytes at most.
            _ => Layout::from_size_align(layout.size() + tail as usize * WORD, layout.align())
                .unwrap_or(layout),
        }
    }

    /// Whether there is a slot so many bytes behind the start of a payload.
    #[inline(always)]
    pub(crate) fn has_slot(&self, offset: usize) -> bool {
        self.has_near_slot(offset)
            || u32::try_from(offset).is_ok_and(|offset| self.slots.binary_search(&offset).is_ok())
    }

    /// Whether there is a slot at this offset, among the first 64 words.
    #[inline(always)]
    pub(crate) fn has_near_slot(&self, offset: usize) -> bool {
        offset.is_multiple_of(WORD) && offset < 64 * WORD && self.near >> (offset / WORD) & 1 != 0
    }

    /// Whether its objects leave no trace when they die, so that nobody counts them.
    #[inline(always)]
    pub(crate) fn is_plain(&self) -> bool {
        matches!(self.place, Place::Inside(_)) && self.finalize.is_none()
    }

    /// Shows the slots that the host's callback knows of, if there is one.
    ///
    /// # Safety
    /// The payload is of this type, and nobody else looks at its slots.
    unsafe fn trace_by_host(&self, payload: *mut u8, visitor: &mut dyn Visitor) {
        if let Some(trace) = self.trace {
            // SAFETY: the host gave this function for payloads of this type. It does not unwind.
            unsafe { trace(payload.cast(), &mut Tracer { visitor }, self.ud) };
        }
    }

    /// Runs the finalizer.
    ///
    /// # Safety
    /// The payload is of this type, and has not been finalized.
    unsafe fn end(&self, payload: *mut u8) {
        if let Some(run) = self.finalize {
            let mut fin = Fin { context: self.context };
            // SAFETY: the host gave this function for payloads of this type.
            unsafe { run(payload.cast(), &mut fin, self.ud) };
            self.counters.finalized.set(self.counters.finalized.get() + 1);
        }
        self.counters.live.set(self.counters.live.get().wrapping_sub(1));
    }
}

impl Types {
    /// The type with this number.
    #[inline(always)]
    pub(crate) fn get(&self, index: usize) -> Option<&TypeData> {
        self.all.get(index).map(|kind| &**kind)
    }

    /// The type of objects of a shape.
    #[inline(always)]
    pub(crate) fn of_shape(&self, shape: ShapeId) -> Option<&TypeData> {
        let kind = *self.by_shape.get(shape.0.wrapping_sub(STATIC_SHAPES) as usize)?;
        // SAFETY: one of all, in its box.
        unsafe { kind.as_ref() }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    /// Makes room for one more, and for shapes up to this one.
    pub(crate) fn reserve(&mut self, shape: ShapeId) -> bool {
        let shapes = shape.0.wrapping_sub(STATIC_SHAPES) as usize + 1;
        let more = shapes.saturating_sub(self.by_shape.len());
        self.all.try_reserve(1).is_ok() && self.by_shape.try_reserve(more).is_ok()
    }

    /// Adds one, after [`reserve`](Self::reserve).
    pub(crate) fn add(&mut self, kind: Box<TypeData>) {
        let at = kind.shape.0.wrapping_sub(STATIC_SHAPES) as usize;
        if self.by_shape.len() <= at {
            self.by_shape.resize(at + 1, std::ptr::null());
        }
        self.by_shape[at] = &*kind;
        self.all.push(kind);
    }

    /// How many objects there are of types that don't count them.
    ///
    /// # Safety
    /// The core is that of the heap, which this thread has entered.
    pub(crate) unsafe fn count_plain(&self, core: *mut Core) -> u64 {
        let mut found = 0;
        if self.all.iter().any(|kind| kind.is_plain()) {
            // SAFETY: by contract; each_object shows allocated objects. One without references under a counting manager is about to die.
            unsafe {
                let counted = (*core).counted;
                (*core).manager.each_object(&mut (*core).memory, &mut |object| {
                    let is_plain = self.of_shape((*object).shape()).is_some_and(|kind| kind.is_plain());
                    found += u64::from(is_plain && (!counted || (*object).count() > 0));
                });
            }
        }
        found
    }
}

/// Looks for a slot among those that it is shown.
struct Finder {
    wanted: *const Value,
    found: bool,
}

impl Visitor for Finder {
    fn slot(&mut self, slot: &mut Value) {
        self.found |= std::ptr::from_mut(slot).cast_const() == self.wanted;
    }

    fn uncounted(&mut self, _: &mut Value) {}
}

/// What a host's trace callback gets: `tpn_tracer`.
pub struct Tracer<'a> {
    pub(crate) visitor: &'a mut dyn Visitor,
}

impl std::fmt::Debug for Tracer<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tracer")
    }
}

/// How many slots the tail of a payload that lies outside has.
///
/// # Safety
/// It is one.
unsafe fn tail_of(payload: *const u8) -> u32 {
    // SAFETY: by contract; two words before a payload is the length of its tail.
    unsafe { *payload.cast::<u64>().sub(2) as u32 }
}

/// The type of what lies outside, and the payload.
///
/// # Safety
/// `word` is that of such an object, which is alive.
#[inline(always)]
unsafe fn outside<'a>(word: *const u8) -> Option<(&'a TypeData, *mut u8)> {
    // SAFETY: by contract; the word before a payload is its type, which the context keeps.
    unsafe {
        let payload = *word.cast::<*mut u8>();
        (!payload.is_null()).then(|| (&**payload.cast::<*const TypeData>().sub(1), payload))
    }
}

unsafe fn trace_outside(word: *mut u8, visitor: &mut dyn Visitor) {
    // SAFETY: the heap calls this for host objects; slots are declared within the payload, aligned; the tail is that long.
    unsafe {
        let Some((kind, payload)) = outside(word) else { return };
        for &offset in &kind.slots {
            visitor.slot(&mut *payload.add(offset as usize).cast::<Value>());
        }
        let tail = payload.add(kind.payload).cast::<Value>();
        for at in 0..tail_of(payload) as usize {
            visitor.slot(&mut *tail.add(at));
        }
        kind.trace_by_host(payload, visitor);
    }
}

unsafe fn external(word: *const u8) -> usize {
    // SAFETY: the heap calls this for host objects.
    unsafe { outside(word).map_or(0, |(kind, payload)| kind.payload + tail_of(payload) as usize * WORD) }
}

unsafe fn drop_outside(word: *mut u8) {
    // SAFETY: the heap calls this once for each host object; the block came from the pool.
    unsafe {
        let Some((kind, payload)) = outside(word) else { return };
        word.cast::<*mut u8>().write(std::ptr::null_mut());
        let tail = tail_of(payload);
        kind.end(payload);
        if let Place::Outside(head, layout) = kind.place {
            (*kind.context).pool.free(payload.sub(head), kind.block(layout, tail));
        }
    }
}

unsafe fn drop_inside(payload: *mut u8) {
    // SAFETY: the heap calls this once for each host object with a finalizer, whose first word is its type, which the context keeps.
    unsafe {
        let kind = &**payload.cast::<*const TypeData>();
        kind.end(payload.add(WORD));
    }
}

/// A cell with a pointer in it, on the lists that its shape's drop needs. On failure the pointer stays the caller's.
///
/// # Safety
/// The shape describes a cell of a header and a pointer like this one.
pub(crate) unsafe fn new_cell<'t>(cx: &Cx<'t>, shape: ShapeId, word: *mut ()) -> Result<Handle<'t>, Fault> {
    // SAFETY: the core is this thread's; the cell is ours and that big.
    unsafe {
        let core: *mut Core = cx.core();
        (*core).reserve_lists()?;
        let cell: *mut Header = (*core).alloc(CELL, shape, 0)?;
        (cell as *mut *mut ()).add(1).write(word);
        (*core).register_reserved(cell);
        let local: Local<'_, Any> = cx.newborn(cell);
        Ok(cx.root(local))
    }
}

/// Memory for a payload that lies outside: null where there is none, and for others.
#[inline(always)]
pub(crate) fn block_for(kind: &TypeData, pool: &Pool) -> *mut u8 {
    match kind.place {
        Place::Inside(_) => std::ptr::null_mut(),
        Place::Outside(_, layout) => pool.alloc(layout),
    }
}

/// Makes an object of a cell with its header, and of a block if the type has such; its payload, all zero.
///
/// # Safety
/// The cell is of this type's size, and the block came from [`block_for`]; nobody else uses them.
#[inline(always)]
pub(crate) unsafe fn fill(cell: *mut Header, kind: &TypeData, block: *mut u8) -> *mut u8 {
    let (this, words) = (std::ptr::from_ref(kind), kind.payload / WORD);
    // SAFETY: by contract, and by the layout of each place.
    unsafe {
        let payload = match kind.place {
            Place::Inside(offset) => {
                // Without a finalizer this word is the payload's.
                cell.cast::<*const TypeData>().add(1).write(this);
                cell.cast::<u8>().add(offset)
            }
            Place::Outside(head, _) => {
                let payload = block.add(head);
                payload.cast::<*const TypeData>().sub(1).write(this);
                payload.cast::<u64>().sub(2).write(0);
                cell.cast::<*mut u8>().add(1).write(payload);
                payload
            }
        };
        if words > 8 {
            std::ptr::write_bytes(payload, 0, words * WORD);
        } else {
            // Volatile, or a call would be made of it, which takes longer than a few words.
            let (mut at, end) = (payload.cast::<u64>(), payload.cast::<u64>().add(words));
            while at < end {
                at.write_volatile(0);
                at = at.add(1);
            }
        }
        if !kind.is_plain() {
            kind.counters.live.set(kind.counters.live.get() + 1);
        }
        payload
    }
}

/// A new object of a host type, its payload and a tail of so many slots all zero.
pub(crate) fn new_object<'t>(
    cx: &mut Cx<'t>,
    kind: &TypeData,
    tail: u32,
) -> Result<(Handle<'t>, *mut u8), Fault> {
    if let Place::Inside(_) = kind.place {
        cx.reserve(kind.cell)?;
        return new_with(cx, kind, std::ptr::null_mut());
    }
    with_block(cx, kind, tail, |cx, block| new_with(cx, kind, block))
}

/// A new object of a class that a script has derived from that of a host type.
pub(crate) fn new_derived<'t>(
    cx: &mut Cx<'t>,
    kind: &TypeData,
    class: Handle<'_, Class>,
) -> Result<Handle<'t>, Fault> {
    let made = with_block(cx, kind, 0, |cx, block| {
        let mut payload = std::ptr::null_mut();
        let write = |word: *mut u8| {
            // SAFETY: the cell is ours, and begins as those of the type do, a word before this one; the block is one of the type.
            payload = unsafe { fill(word.sub(WORD).cast(), kind, block) };
        };
        let object = embedded::new_derived(cx, class.get(cx), write)?;
        let object = cx.root(object);
        Ok((object, payload))
    });
    made.map(|(object, _)| object)
}

/// What `make` makes of a block for a payload that lies outside, charged to the heap. Makes room in it beforehand.
fn with_block<'t>(
    cx: &mut Cx<'t>,
    kind: &TypeData,
    tail: u32,
    make: impl FnOnce(&mut Cx<'t>, *mut u8) -> Result<(Handle<'t>, *mut u8), Fault>,
) -> Result<(Handle<'t>, *mut u8), Fault> {
    let Place::Outside(_, layout) = kind.place else { return fault(E_TYPE, "a payload that lies inside") };
    let (layout, bytes) = (kind.block(layout, tail), kind.payload + tail as usize * WORD);
    // Attributes of a derived class come on top.
    cx.reserve(bytes + MOST_INSIDE)?;
    // SAFETY: the context outlives its types.
    let pool = unsafe { &(*kind.context).pool };
    let block = pool.alloc(layout);
    if block.is_null() {
        return fault(E_NOMEM, "no memory for a payload");
    }
    let made = cx.charge(bytes).map_err(Fault::from).and_then(|()| {
        make(cx, block).inspect_err(|_| cx.external(-(bytes as i64))).inspect(|(_, payload)| {
            // SAFETY: the payload lies in the block, which has room for its tail.
            unsafe {
                payload.cast::<u64>().sub(2).write(tail.into());
                std::ptr::write_bytes(payload.add(kind.payload), 0, tail as usize * WORD);
            }
        })
    });
    made.inspect_err(|_| {
        // SAFETY: it came from there, and no object took it.
        unsafe { pool.free(block, layout) };
    })
}

/// As [`new_object`], of a block if the type has such, which on failure stays the caller's.
fn new_with<'t>(cx: &Cx<'t>, kind: &TypeData, block: *mut u8) -> Result<(Handle<'t>, *mut u8), Fault> {
    let core: *mut Core = cx.core();
    // SAFETY: the core is this thread's; cell and block are ours, and of this type.
    unsafe {
        if !kind.is_plain() {
            (*core).reserve_lists()?;
        }
        let cell = match kind.place {
            Place::Inside(_) => (*core).alloc_pinned(kind.cell, kind.shape, 0)?,
            Place::Outside(..) => (*core).alloc(kind.cell, kind.shape, 0)?,
        };
        let payload = fill(cell, kind, block);
        if !kind.is_plain() {
            (*core).register_reserved(cell);
        }
        let local: Local<'_, Any> = cx.newborn(cell);
        Ok((cx.root(local), payload))
    }
}

/// The type and the payload of an object, if it is a host object, of a derived class too.
pub(crate) fn payload<'a>(
    ctx: &'a Context,
    cx: &Cx<'_>,
    object: Local<'_>,
) -> Option<(&'a TypeData, *mut u8)> {
    let header = object.header()?;
    // SAFETY: a live object; its shape says what it is, and the kind that it is a cell as those of types that lie outside are.
    unsafe {
        if let Some(kind) = ctx.types().of_shape(header.shape()) {
            return Some((kind, kind.payload_of(object.value().header())));
        }
        if class::kind_of(cx, object) != classes::KIND_EMBEDDED {
            return None;
        }
        outside(object.value().header().cast::<u8>().add(WORD))
    }
}

/// Whether a payload has a slot at this address. What only the host's callback shows is looked for if `searching`, and believed otherwise: it may
/// show a million.
pub(crate) fn has_slot(kind: &TypeData, payload: *mut u8, slot: *const HostSlot, searching: bool) -> bool {
    let offset = (slot as usize).wrapping_sub(payload as usize);
    if kind.has_slot(offset) {
        return true;
    }
    if slot.is_null() || !slot.is_aligned() || matches!(kind.place, Place::Inside(_)) {
        return false;
    }
    // SAFETY: a payload of this type, which lies outside.
    let tail = unsafe { tail_of(payload) } as usize;
    if offset.wrapping_sub(kind.payload) / WORD < tail {
        return true;
    }
    if !searching {
        return kind.trace.is_some();
    }
    let mut finder = Finder { wanted: slot.cast(), found: false };
    // SAFETY: a payload of this type; this thread alone has the heap.
    unsafe { kind.trace_by_host(payload, &mut finder) };
    finder.found
}
