//! Host objects as the heap sees them: a cell with the address of a payload that lies outside the heap, so that it never changes.
//!
//! ```text
//! header | payload's address            header | payload's address | attributes      (of a class that a script derives)
//!              |
//!   Head ......| payload ... | tail of slots
//! ```
//!
//! The trace callback shows the declared slots, the tail, and what the host's own callback shows; the drop calls the host's finalizer and frees the
//! payload. All run inside collections, when this thread counts as inside the heap, so that whatever else the host calls is refused.

use crate::abi::*;
use crate::context::Context;
use crate::fail::{fault, Fault};
use std::alloc::Layout;
use std::ffi::c_void;
use std::rc::Rc;
use taipan::object::layout::Class;
use taipan::object::{class, classes, instance};
use taipan_gc::sync::{AtomicU64, Ordering};
use taipan_gc::{Any, Core, Cx, Handle, Header, Local, Shape, ShapeId, Value, Visitor};

/// How many host objects there are.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) live: AtomicU64,
    pub(crate) finalized: AtomicU64,
}

/// A registered host type. The context keeps it until the heap is freed.
#[derive(Debug)]
pub(crate) struct TypeData {
    pub(crate) shape: ShapeId,
    /// Of a payload without tail.
    pub(crate) payload: Layout,
    /// Offsets of the declared slots, rising.
    pub(crate) slots: Vec<u32>,
    /// Whether objects are made with a tail.
    pub(crate) has_tail: bool,
    pub(crate) trace: TraceFn,
    pub(crate) finalize: FinalizeFn,
    pub(crate) ud: *mut c_void,
    pub(crate) context: *const Context,
    pub(crate) counters: Rc<Counters>,
}

impl TypeData {
    /// Bytes before a payload: room for the [`Head`].
    fn before(&self) -> usize {
        size_of::<Head>().max(self.payload.align())
    }

    /// Where in the payload the tail begins.
    pub(crate) fn tail_at(&self) -> usize {
        self.payload.size().next_multiple_of(align_of::<Value>())
    }

    /// What is allocated for a payload with so many slots in its tail.
    fn allocation(&self, tail: u32) -> Option<Layout> {
        let size =
            self.before().checked_add(self.tail_at())?.checked_add(size_of::<Value>() * tail as usize)?;
        Layout::from_size_align(size, self.payload.align().max(align_of::<Head>())).ok()
    }
}

/// What lies right before each payload.
#[repr(C)]
pub(crate) struct Head {
    pub(crate) kind: *const TypeData,
    /// Slots in the tail.
    tail: u32,
    _reserved: u32,
}

/// A payload, by its address.
#[derive(Clone, Copy)]
pub(crate) struct Payload(pub(crate) *mut u8);

impl Payload {
    /// The payload of a cell, if it has one.
    ///
    /// # Safety
    /// `word` is the first word behind the header of a host object's cell.
    unsafe fn of(word: *const u8) -> Option<Payload> {
        // SAFETY: by contract.
        let payload = unsafe { *word.cast::<*mut u8>() };
        (!payload.is_null()).then_some(Payload(payload))
    }

    fn head(&self) -> &Head {
        // SAFETY: payloads are made with a head before them, which is not changed afterwards.
        unsafe { &*self.0.cast::<Head>().sub(1) }
    }

    /// Its type.
    pub(crate) fn kind(&self) -> &TypeData {
        // SAFETY: the context keeps types until the heap, and all its payloads, are gone.
        unsafe { &*self.head().kind }
    }

    /// Whether a slot of the payload is at this address. Those that only the host's callback shows are not asked about.
    pub(crate) fn has_slot(&self, slot: *const HostSlot) -> bool {
        let kind = self.kind();
        let offset = (slot as usize).wrapping_sub(self.0 as usize);
        let declared = || u32::try_from(offset).is_ok_and(|offset| kind.slots.binary_search(&offset).is_ok());
        let in_tail = || {
            let at = offset.wrapping_sub(kind.tail_at());
            at % size_of::<Value>() == 0 && at / size_of::<Value>() < self.head().tail as usize
        };
        declared() || in_tail()
    }

    /// Shows all slots.
    ///
    /// # Safety
    /// Nobody else looks at them meanwhile.
    pub(crate) unsafe fn visit(&self, visitor: &mut dyn Visitor) {
        let kind = self.kind();
        // SAFETY: slots are declared within the payload, aligned; the tail is that long.
        unsafe {
            for &offset in &kind.slots {
                visitor.slot(&mut *self.0.add(offset as usize).cast::<Value>());
            }
            let tail = self.0.add(kind.tail_at()).cast::<Value>();
            for at in 0..self.head().tail as usize {
                visitor.slot(&mut *tail.add(at));
            }
        }
        if let Some(trace) = kind.trace {
            let mut tracer = Tracer { visitor };
            // SAFETY: the host gave this function for payloads of this type. It does not unwind.
            unsafe { trace(self.0.cast(), std::ptr::from_mut(&mut tracer).cast(), kind.ud) };
        }
    }
}

/// What a host's trace callback gets: `tpn_tracer`.
pub struct Tracer<'a> {
    pub(crate) visitor: &'a mut dyn Visitor,
}

/// Size of every cell of this crate: a header and a pointer.
const CELL: usize = 16;

/// The shape of host objects.
pub(crate) fn host_shape() -> Shape {
    Shape {
        trace: Some(trace),
        drop: Some(drop_host),
        external: Some(external),
        ..Shape::fixed("host object", CELL as u32, 0)
    }
}

unsafe fn trace(word: *mut u8, visitor: &mut dyn Visitor) {
    // SAFETY: the heap calls this for host objects.
    unsafe {
        if let Some(payload) = Payload::of(word) {
            payload.visit(visitor);
        }
    }
}

unsafe fn external(word: *const u8) -> usize {
    // SAFETY: the heap calls this for host objects.
    let payload = unsafe { Payload::of(word) };
    payload.and_then(|p| p.kind().allocation(p.head().tail)).map_or(0, |layout| layout.size())
}

unsafe fn drop_host(word: *mut u8) {
    // SAFETY: the heap calls this once for each host object, and nobody uses the payload again.
    unsafe {
        if let Some(payload) = Payload::of(word) {
            *word.cast::<*mut u8>() = std::ptr::null_mut();
            free(payload, true);
        }
    }
}

/// Frees a payload, after its finalizer if that is due.
///
/// # Safety
/// It is one of `new_payload`, and nobody uses it again.
unsafe fn free(payload: Payload, finalize: bool) {
    let kind = payload.kind();
    if let (Some(run), true) = (kind.finalize, finalize) {
        let mut fin = Fin { context: kind.context };
        // SAFETY: the host gave this function for payloads of this type.
        unsafe { run(payload.0.cast(), &mut fin, kind.ud) };
        kind.counters.finalized.fetch_add(1, Ordering::Relaxed);
    }
    kind.counters.live.fetch_sub(1, Ordering::Relaxed);
    if let Some(layout) = kind.allocation(payload.head().tail) {
        // SAFETY: allocated with this layout in `new_payload`, so many bytes before.
        unsafe { std::alloc::dealloc(payload.0.sub(kind.before()), layout) };
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

/// A new payload, all zero, charged to the heap; and its bytes.
fn new_payload(cx: &mut Cx<'_>, kind: &TypeData, tail: u32) -> Result<(Payload, usize), Fault> {
    let Some(layout) = kind.allocation(tail) else { return fault(E_NOMEM, "no memory for such a tail") };
    cx.reserve(layout.size())?;
    cx.charge(layout.size())?;
    // SAFETY: the size is not zero.
    let start = unsafe { std::alloc::alloc_zeroed(layout) };
    if start.is_null() {
        cx.external(-(layout.size() as i64));
        return fault(E_NOMEM, "no memory for a payload");
    }
    kind.counters.live.fetch_add(1, Ordering::Relaxed);
    // SAFETY: the allocation has room for the head before the payload.
    unsafe {
        let payload = start.add(kind.before());
        payload.cast::<Head>().sub(1).write(Head { kind: std::ptr::from_ref(kind), tail, _reserved: 0 });
        Ok((Payload(payload), layout.size()))
    }
}

/// An object that takes a new payload: `make` writes its address behind the header of a cell.
fn with_payload<'t>(
    cx: &mut Cx<'t>,
    kind: &TypeData,
    tail: u32,
    make: impl FnOnce(&mut Cx<'t>, *mut u8) -> Result<Handle<'t>, Fault>,
) -> Result<(Handle<'t>, Payload), Fault> {
    let (payload, bytes) = new_payload(cx, kind, tail)?;
    match make(cx, payload.0) {
        Ok(object) => Ok((object, payload)),
        Err(fault) => {
            cx.external(-(bytes as i64));
            // SAFETY: made above, and no object took it.
            unsafe { free(payload, false) };
            Err(fault)
        }
    }
}

/// A new object of a host type, its payload and tail all zero.
pub(crate) fn new_object<'t>(
    cx: &mut Cx<'t>,
    kind: &TypeData,
    tail: u32,
) -> Result<(Handle<'t>, Payload), Fault> {
    with_payload(cx, kind, tail, |cx, payload| {
        // SAFETY: the shape is one of `host_shape`.
        unsafe { new_cell(cx, kind.shape, payload.cast()) }
    })
}

/// A new object of a class that a script has derived from that of a host type.
pub(crate) fn new_derived<'t>(
    cx: &mut Cx<'t>,
    kind: &TypeData,
    class: Handle<'_, Class>,
) -> Result<Handle<'t>, Fault> {
    let made = with_payload(cx, kind, 0, |cx, payload| {
        let write = |word: *mut u8| {
            // SAFETY: the cell is ours, and begins as those of `host_shape` do.
            unsafe { word.cast::<*mut u8>().write(payload) }
        };
        if let Ok(object) = instance::new_embedded(cx, class.get(cx), write) {
            return Ok(cx.root(object));
        }
        cx.collect(taipan_gc::CollectKind::Full);
        Ok(cx.root(instance::new_embedded(cx, class.get(cx), write)?))
    });
    made.map(|(object, _)| object)
}

/// The payload of an object, if it is a host object.
pub(crate) fn payload(cx: &Cx<'_>, object: Local<'_>) -> Option<Payload> {
    if class::kind_of(cx, object) != classes::KIND_EMBEDDED {
        return None;
    }
    // SAFETY: the kind says that it is a host object.
    unsafe { Payload::of((object.value().bits() as *const u8).add(8)) }
}

/// Whether the host's trace callback shows a slot at this address.
pub(crate) fn traced(payload: Payload, slot: *const HostSlot) -> bool {
    struct Finder(*const Value, bool);
    impl Visitor for Finder {
        fn slot(&mut self, slot: &mut Value) {
            self.1 |= std::ptr::from_mut(slot).cast_const() == self.0;
        }
        fn uncounted(&mut self, _: &mut Value) {}
    }
    let mut finder = Finder(slot.cast(), false);
    // SAFETY: this thread alone has the heap, and looks at nothing else.
    unsafe { payload.visit(&mut finder) };
    finder.1
}
