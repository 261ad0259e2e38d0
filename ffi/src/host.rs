//! Host objects as the heap sees them: a cell of two words whose payload lies outside the heap, so that its address never changes.
//!
//! The trace callback shows the declared slots; the drop calls the host's finalizer and frees the payload. Both run inside
//! collections, when this thread counts as inside the heap, so that whatever the finalizer calls is refused.

use crate::abi::*;
use crate::context::Context;
use crate::fail::{fault, Fault};
use std::alloc::Layout;
use std::ffi::c_void;
use std::rc::Rc;
use taipan_gc::sync::{AtomicU64, Ordering};
use taipan_gc::{Any, Core, Cx, Handle, Header, Local, Shape, ShapeId, Value, Visitor};

/// How many host objects there are.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) live: AtomicU64,
    pub(crate) finalized: AtomicU64,
}

/// A registered host type.
#[derive(Debug)]
pub(crate) struct TypeData {
    pub(crate) shape: ShapeId,
    pub(crate) layout: Layout,
    pub(crate) slots: Vec<u32>,
    pub(crate) finalize: FinalizeFn,
    pub(crate) ud: *mut c_void,
    pub(crate) context: *const Context,
    pub(crate) counters: Rc<Counters>,
}

/// What the word of a host object points to.
#[derive(Debug)]
pub(crate) struct HostData {
    pub(crate) kind: Rc<TypeData>,
    pub(crate) payload: *mut u8,
}

/// Size of every cell of this crate: a header and a pointer.
const CELL: usize = 16;

/// The shape of host objects of a class.
pub(crate) fn host_shape(class: Value) -> Shape {
    Shape {
        trace: Some(trace),
        drop: Some(drop_host),
        external: Some(external),
        class,
        ..Shape::fixed("host object", CELL as u32, 0)
    }
}

/// What the word behind the header points to.
///
/// # Safety
/// `payload` is that of a host object.
unsafe fn data<'a>(payload: *const u8) -> Option<&'a HostData> {
    // SAFETY: by contract.
    unsafe { (*payload.cast::<*const HostData>()).as_ref() }
}

unsafe fn trace(payload: *mut u8, visitor: &mut dyn Visitor) {
    // SAFETY: the heap calls this for host objects; slots are declared within the payload, aligned.
    unsafe {
        let Some(data) = data(payload) else { return };
        for &offset in &data.kind.slots {
            visitor.slot(&mut *data.payload.add(offset as usize).cast::<Value>());
        }
    }
}

unsafe fn external(payload: *const u8) -> usize {
    // SAFETY: the heap calls this for host objects.
    unsafe { data(payload) }.map_or(0, |data| data.kind.layout.size())
}

unsafe fn drop_host(payload: *mut u8) {
    // SAFETY: the heap calls this once for each host object, whose word is a box of ours.
    unsafe {
        let word = payload.cast::<*mut HostData>();
        let data = std::ptr::replace(word, std::ptr::null_mut());
        if !data.is_null() {
            free(data, true);
        }
    }
}

/// Frees a payload, after its finalizer if that is due.
///
/// # Safety
/// The box is one of `new_object`, and nobody uses the payload again.
unsafe fn free(data: *mut HostData, finalize: bool) {
    // SAFETY: by contract.
    let data = unsafe { Box::from_raw(data) };
    let kind = &data.kind;
    if let (Some(run), true) = (kind.finalize, finalize) {
        let mut fin = Fin { context: kind.context };
        // SAFETY: the host gave this function for payloads of this type.
        unsafe { run(data.payload.cast(), &mut fin, kind.ud) };
        kind.counters.finalized.fetch_add(1, Ordering::Relaxed);
    }
    kind.counters.live.fetch_sub(1, Ordering::Relaxed);
    // SAFETY: allocated with this layout in `new_object`.
    unsafe { std::alloc::dealloc(data.payload, kind.layout) };
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

/// A new object of a host type, its payload all zero.
pub(crate) fn new_object<'t>(cx: &mut Cx<'t>, kind: &Rc<TypeData>) -> Result<(Handle<'t>, *mut u8), Fault> {
    cx.reserve(kind.layout.size())?;
    // SAFETY: the size is not zero.
    let payload = unsafe { std::alloc::alloc_zeroed(kind.layout) };
    if payload.is_null() {
        return fault(E_NOMEM, "no memory for a payload");
    }
    let data = Box::into_raw(Box::new(HostData { kind: kind.clone(), payload }));
    kind.counters.live.fetch_add(1, Ordering::Relaxed);
    let made = cx.charge(kind.layout.size()).map_err(Fault::from).and_then(|()| {
        // SAFETY: the shape is one of `host_shape`.
        unsafe { new_cell(cx, kind.shape, data.cast()) }
            .inspect_err(|_| cx.external(-(kind.layout.size() as i64)))
    });
    match made {
        Ok(object) => Ok((object, payload)),
        Err(fault) => {
            // SAFETY: the box was made above, and no object took it.
            unsafe { free(data, false) };
            Err(fault)
        }
    }
}

/// The payload of an object, if it is one of this type.
pub(crate) fn payload(object: Local<'_>, kind: &TypeData) -> Option<*mut u8> {
    if object.shape() != Some(kind.shape) {
        return None;
    }
    // SAFETY: the shape says that it is a host object.
    unsafe { data((object.value().bits() as *const u8).add(8)) }.map(|data| data.payload)
}
