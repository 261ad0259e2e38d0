//! [`Pinned`]: bytes that stay where they are under every manager, and the storage of arrays that gets there when its address is given out.
//!
//! They lie in the tail of an object that never moves, which is kept; or in memory of their own; or in the host's. Each view and
//! each open buffer holds a [`Lease`]: as long as there is one, an array keeps its length.

use super::super::layout::{Bytes, Record};
use super::super::raise::{raise, Raised};
use super::super::{bytes, classes, retrying, shapes};
use super::view::View;
use std::alloc::Layout;
use std::cell::Cell;
use std::ffi::c_void;
use taipan_gc::sync::{Arc, AtomicU64, Ordering};
use taipan_gc::{CollectKind, Cx, Handle, HeapFull, Local, Object, RawMemory, Slot};

/// Told that memory of the host's is used no more.
pub type FreeFn = unsafe extern "C" fn(*mut c_void);

/// Bytes that never move.
#[derive(Debug, Object)]
#[object(unsafe(shape = shapes::PINNED), external = Pinned::charged)]
pub struct Pinned {
    /// The object that has the bytes, if one of the heap does.
    pub holder: Slot<Bytes>,
    memory: Memory,
    leases: Arc<AtomicU64>,
}

/// Where the bytes are.
#[derive(Debug)]
struct Memory {
    data: *mut u8,
    len: usize,
    owner: Owner,
    is_charged: bool,
}

#[derive(Debug)]
enum Owner {
    /// An object, which is referred to.
    Holder,
    /// Nobody else: it came from there, in so many words, so that items of every kind are aligned.
    Own(RawMemory),
    /// The host, which is told at the end, once it is known that the bytes will be used.
    Host { free: Cell<Option<FreeFn>>, ud: *mut c_void },
}

// SAFETY: nothing else refers to memory of its own; of the host's the interface says that one thread uses a heap at a time, and calls `free`.
unsafe impl Send for Memory {}

impl Drop for Memory {
    fn drop(&mut self) {
        match &self.owner {
            Owner::Holder => {}
            Owner::Own(raw) => {
                if let Some(layout) = words(self.len) {
                    // SAFETY: `own_memory` has got it there, for this layout.
                    unsafe { raw.free(self.data, layout) };
                }
            }
            Owner::Host { free, ud } => {
                if let Some(free) = free.take() {
                    // SAFETY: the host gave both to be called so, once.
                    unsafe { free(*ud) };
                }
            }
        }
    }
}

/// As long as it exists, the bytes are used.
#[derive(Debug)]
pub struct Lease(Arc<AtomicU64>);

impl Drop for Lease {
    fn drop(&mut self) {
        // One thread at a time uses a heap; it is atomic only because payloads may be sent.
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Pinned {
    fn charged(&self) -> usize {
        if self.memory.is_charged {
            self.memory.len
        } else {
            0
        }
    }

    /// How many bytes.
    pub fn len(&self) -> usize {
        self.memory.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.memory.len == 0
    }

    /// One user more.
    pub fn lease(&self) -> Lease {
        self.leases.fetch_add(1, Ordering::Relaxed);
        Lease(Arc::clone(&self.leases))
    }

    fn is_leased(&self) -> bool {
        self.leases.load(Ordering::Relaxed) > 0
    }

    /// Has the host be told when nobody uses its memory any more; until this is called the memory is its own business.
    pub fn take(&self, free_fn: Option<FreeFn>) {
        if let Owner::Host { free, .. } = &self.memory.owner {
            free.set(free_fn);
        }
    }
}

fn new_pinned<'a>(
    cx: &'a Cx<'_>,
    holder: Option<Local<'_, Bytes>>,
    memory: Memory,
) -> Result<Local<'a, Pinned>, HeapFull> {
    cx.alloc(PinnedInit { holder, memory, leases: Arc::new(AtomicU64::new(0)) })
}

/// Memory of the heap's own, outside of it.
fn own_memory(cx: &Cx<'_>, len: usize) -> Result<Memory, HeapFull> {
    cx.may_grow(len)?;
    if isize::try_from(len).is_err() {
        return Err(HeapFull { requested: len });
    }
    let raw = cx.raw_memory();
    let data = words(len).map_or(std::ptr::dangling_mut::<u64>().cast(), |layout| raw.alloc_zeroed(layout));
    if data.is_null() {
        return Err(HeapFull { requested: len });
    }
    Ok(Memory { data, len, owner: Owner::Own(raw), is_charged: true })
}

/// The layout of so many bytes in words; none if there are none, or more than there can be.
fn words(len: usize) -> Option<Layout> {
    Layout::array::<u64>(len.div_ceil(8)).ok().filter(|layout| layout.size() > 0)
}

/// The host's memory, of whose end it is [told](Pinned::take) only if that is asked for later. `is_charged`: its bytes count as the heap's.
///
/// # Safety
/// The `len` bytes are valid, and written by nobody while the heap runs, until `free` is called or, where there is none, as long as the heap lives.
pub unsafe fn of_host<'s>(
    cx: &mut Cx<'s>,
    data: *mut u8,
    len: usize,
    ud: *mut c_void,
    is_charged: bool,
) -> Result<Handle<'s, Pinned>, Raised> {
    if is_charged {
        cx.reserve(len)?;
    }
    let data = if data.is_null() { std::ptr::dangling_mut() } else { data };
    retrying(cx, |cx| {
        let owner = Owner::Host { free: Cell::new(None), ud };
        new_pinned(cx, None, Memory { data, len, owner, is_charged })
    })
}

/// The value as pinned bytes.
#[inline]
pub fn of(value: Local<'_>) -> Option<Local<'_, Pinned>> {
    // SAFETY: the shape says so.
    (value.shape() == Some(shapes::PINNED)).then(|| unsafe { Local::from_value(value.value()) })
}

/// The bytes of exact bytes, of storage, or pinned ones.
///
/// # Panics
/// When it is none of them.
#[inline]
pub fn cells<'a>(held: Local<'a>) -> &'a [Cell<u8>] {
    match held.shape() {
        // SAFETY: the shape says so.
        Some(shapes::BYTES) => bytes::cells(unsafe { Local::from_value(held.value()) }),
        _ => {
            let pinned = of(held).unwrap_or_else(|| unreachable!("bytes are in bytes, or pinned"));
            let memory = &pinned.memory;
            // SAFETY: the object, which lives as long as 'a, keeps the memory; this thread alone uses it, through cells.
            unsafe { std::slice::from_raw_parts(memory.data.cast(), memory.len) }
        }
    }
}

/// Has an array's items stay where they are from now on, and gives where that is. Whatever grows the array afterwards may move them again.
pub fn fix<'s>(cx: &mut Cx<'s>, array: Handle<'_, Record>) -> Result<Handle<'s, Pinned>, Raised> {
    let held = array.get(cx).a.get(cx);
    if let Some(pinned) = held.and_then(of) {
        return Ok(cx.root(pinned));
    }
    let storage = held.and_then(|held| bytes::of(cx, held)).map(|storage| cx.root(storage));
    let pinned = retrying(cx, |cx| match storage.map(|storage| storage.get(cx)) {
        Some(storage) if cx.never_moves(storage) => {
            let cells = bytes::cells(storage);
            let data = cells.as_ptr().cast::<u8>().cast_mut();
            let memory = Memory { data, len: cells.len(), owner: Owner::Holder, is_charged: false };
            new_pinned(cx, Some(storage), memory)
        }
        Some(storage) => {
            let from = bytes::cells(storage);
            let pinned = new_pinned(cx, None, own_memory(cx, from.len())?)?;
            cells(pinned.any()).iter().zip(from).for_each(|(to, from)| to.set(from.get()));
            Ok(pinned)
        }
        None => new_pinned(cx, None, own_memory(cx, 0)?),
    })?;
    array.get(cx).put(cx, Record::a, Some(pinned.get(cx).any()));
    Ok(pinned)
}

/// Whether anybody looks at an array's items, so that it must keep its length.
#[inline]
fn is_leased(cx: &Cx<'_>, array: Local<'_, Record>) -> bool {
    array.a.get(cx).and_then(of).is_some_and(|pinned| pinned.is_leased())
}

/// Before an array gets another length: fails when anybody looks at its items.
#[inline]
pub fn check_resize(cx: &mut Cx<'_>, array: Handle<'_, Record>) -> Result<(), Raised> {
    match is_leased(cx, array.get(cx)) {
        true => check_leases(cx, array),
        false => Ok(()),
    }
}

/// Views that are garbage hold leases until they are found: programs must not notice when that is. What runs meanwhile may not change the length:
/// callers know places already.
#[cold]
fn check_leases(cx: &mut Cx<'_>, array: Handle<'_, Record>) -> Result<(), Raised> {
    let facts = cx.facts();
    if !facts.prompt && facts.collects {
        let before = array.get(cx).x.get();
        cx.collect(CollectKind::Full);
        if array.get(cx).x.get() != before {
            return Err(raise(cx, classes::RUNTIME_ERROR, "the array has changed its length meanwhile"));
        }
    }
    let is_used = match facts.collects {
        true => is_leased(cx, array.get(cx)),
        false => is_viewed(cx, array.get(cx))?,
    };
    match is_used {
        true => Err(raise(cx, classes::BUFFER_ERROR, "cannot resize an array that is exporting buffers")),
        false if facts.collects => Ok(()),
        false => unpin(cx, array),
    }
}

/// Gives an array storage that nobody has ever looked at, so that it need not be asked again who looks at the other.
fn unpin(cx: &mut Cx<'_>, array: Handle<'_, Record>) -> Result<(), Raised> {
    cx.scoped(|cx| {
        let len = array.get(cx).a.get(cx).map_or(0, |held| cells(held).len());
        let fresh = bytes::new_storage(cx, len)?;
        let local = array.get(cx);
        let old = local.a.get(cx).map_or(&[][..], cells);
        bytes::cells(fresh.get(cx)).iter().zip(old).for_each(|(to, from)| to.set(from.get()));
        local.put(cx, Record::a, Some(fresh.get(cx).any()));
        Ok(())
    })
}

/// Where garbage is never found: whether a view of the array's items can be reached. It walks the heap.
fn is_viewed(cx: &Cx<'_>, array: Local<'_, Record>) -> Result<bool, HeapFull> {
    let Some(pinned) = array.a.get(cx) else { return Ok(false) };
    let mut looks = |object: Local<'_>| {
        let view = object.downcast::<View>(cx);
        view.and_then(|view| view.held.get(cx)).is_some_and(|held| held.is(pinned))
    };
    Ok(!cx.paths(1, &mut looks)?.is_empty())
}
