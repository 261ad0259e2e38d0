//! [`Cx`] and [`Handle`]: being inside a heap, and holding values across collections.
//!
//! Reading, storing and allocating take `&Cx`; whatever may collect or run other code takes `&mut Cx`. A `Cx` is itself a scope: what
//! is rooted in it lives until the scope ends.

use crate::header::{Header, FLAG_FINALIZED, FLAG_QUEUED};
use crate::heap::{Core, Entered};
use crate::limits::{HeapFull, Stats};
use crate::manager::{CollectKind, Facts};
use crate::object::{drop_in_place, slot_bitmap, Any, Init, Local, Object, SlotMaker};
use crate::protocol::signals::{COLLECT, FINALIZERS};
use crate::refs;
use crate::roots::Ticket;
use crate::shape::{visit_slots, Shape, Visitor};
use crate::value::Value;
use crate::ShapeId;
use std::any::{Any as StdAny, TypeId};
use std::marker::PhantomData;
use std::ptr::NonNull;

/// A thread's presence in a heap, and the innermost scope. Neither Send nor Sync.
pub struct Cx<'s> {
    core: NonNull<Core>,
    marker: PhantomData<(&'s (), *mut ())>,
}

impl std::fmt::Debug for Cx<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cx")
    }
}

/// A rooted value: an index into the scope stack. Valid as long as its scope; may be read after any collection.
pub struct Handle<'s, T = Any> {
    index: u32,
    heap: u32,
    marker: PhantomData<(&'s (), *const T)>,
}

impl<T> Clone for Handle<'_, T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Handle<'_, T> {}

impl<T> std::fmt::Debug for Handle<'_, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Handle({})", self.index)
    }
}

impl<'s, T> Handle<'s, T> {
    /// The value now.
    #[inline(always)]
    pub fn get<'a>(self, cx: &'a Cx<'_>) -> Local<'a, T> {
        cx.check(self.heap);
        // SAFETY: the scope is open as long as 's, so the slot is rooted; its type was T when it was rooted.
        unsafe { Local::from_value(cx.core_ref().stack_value(self.index as usize)) }
    }

    /// Assigns the scope slot.
    #[inline]
    pub fn set(self, cx: &Cx<'_>, value: Local<'_, T>) {
        cx.check(self.heap);
        // SAFETY: the slot lies in an open scope of this heap.
        unsafe {
            let slot = cx.core_ref().memory.roots.stack.slot(self.index as usize);
            if cx.core_ref().counted {
                refs::retain(value.value());
                refs::release(cx.core(), std::ptr::replace(slot, value.value()));
            } else {
                *slot = value.value();
            }
        }
    }

    /// The same handle without its type.
    #[inline(always)]
    pub fn any(self) -> Handle<'s> {
        Handle { index: self.index, heap: self.heap, marker: PhantomData }
    }

    /// The handle's place on the scope stack.
    #[inline(always)]
    pub fn index(self) -> usize {
        self.index as usize
    }

    /// A handle for a slot of the scope stack.
    ///
    /// # Safety
    /// The slot is in use as long as `'s` and holds a `T`.
    #[inline(always)]
    pub unsafe fn from_index(cx: &Cx<'_>, index: usize) -> Handle<'s, T> {
        Handle { index: index as u32, heap: cx.core_ref().id, marker: PhantomData }
    }

    /// Assumes another type.
    ///
    /// # Safety
    /// The value is a `U`, and stays one.
    #[inline(always)]
    pub unsafe fn cast<U>(self) -> Handle<'s, U> {
        Handle { index: self.index, heap: self.heap, marker: PhantomData }
    }
}

impl<'s> Handle<'s> {
    /// This handle as one of a `T`, if its object is one.
    pub fn downcast<T: Object>(self, cx: &Cx<'_>) -> Option<Handle<'s, T>> {
        self.get(cx).downcast::<T>(cx)?;
        Some(Handle { index: self.index, heap: self.heap, marker: PhantomData })
    }
}

/// An owned reference: it outlives scopes, keeps its object alive, and must be given back with [`Cx::disown`].
pub struct Owned<T = Any> {
    ticket: Ticket,
    heap: u32,
    marker: PhantomData<fn() -> *const T>,
}

/// A weak reference: it does not keep its object alive.
pub struct Weak<T = Any> {
    ticket: Ticket,
    heap: u32,
    marker: PhantomData<fn() -> *const T>,
}

macro_rules! ticket_reference {
    ($name:ident) => {
        impl<T> Clone for $name<T> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<T> Copy for $name<T> {}

        impl<T> std::fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({}.{})"), self.ticket.index, self.ticket.generation)
            }
        }

        impl<T> $name<T> {
            /// Index and generation, to be kept outside Rust.
            pub fn ticket(self) -> Ticket {
                self.ticket
            }

            /// A reference from its parts. A wrong ticket finds nothing.
            pub fn from_ticket(cx: &Cx<'_>, ticket: Ticket) -> $name {
                $name { ticket, heap: cx.core_ref().id, marker: PhantomData }
            }
        }
    };
}
ticket_reference!(Owned);
ticket_reference!(Weak);

impl<'s> Cx<'s> {
    /// A context on a heap.
    ///
    /// # Safety
    /// Only this thread uses the heap as long as the context lives, and it has entered no other.
    #[inline(always)]
    pub unsafe fn from_core(core: *mut Core) -> Cx<'s> {
        // SAFETY: by contract the pointer is valid, so not null.
        Cx { core: unsafe { NonNull::new_unchecked(core) }, marker: PhantomData }
    }

    /// The heap's core, for the layers built on the heap.
    #[inline(always)]
    pub fn core(&self) -> *mut Core {
        self.core.as_ptr()
    }

    #[inline(always)]
    fn core_ref(&self) -> &Core {
        // SAFETY: the core outlives the context; no `&mut Core` is kept across calls.
        unsafe { self.core.as_ref() }
    }

    #[inline(always)]
    #[allow(clippy::mut_from_ref)]
    fn core_mut(&self) -> &mut Core {
        // SAFETY: one thread uses the core; every `&mut` made here ends before the method that made it returns or runs other code.
        unsafe { &mut *self.core.as_ptr() }
    }

    #[inline(always)]
    fn check(&self, heap: u32) {
        assert!(heap == self.core_ref().id, "a handle of another heap was used");
    }

    /// What this heap's manager promises.
    pub fn facts(&self) -> Facts {
        self.core_ref().facts
    }

    /// Statistics.
    pub fn stats(&self) -> Stats {
        self.core_ref().stats()
    }

    /// The embedder's data, if it is a `T`.
    pub fn host<T: StdAny>(&self) -> Option<&T> {
        self.core_ref().host.as_ref()?.downcast_ref()
    }

    /// The embedder's data, unchecked and fast.
    #[inline(always)]
    pub fn host_ptr(&self) -> *mut () {
        self.core_ref().host_ptr
    }

    // ---- scopes ----

    /// Roots a value in this scope.
    #[inline(always)]
    pub fn root<T>(&self, local: Local<'_, T>) -> Handle<'s, T> {
        let core = self.core_mut();
        if core.counted {
            // SAFETY: a local is valid.
            unsafe { refs::retain(local.value()) };
        }
        let index = core.memory.roots.stack.push(local.value());
        Handle { index: index as u32, heap: core.id, marker: PhantomData }
    }

    /// Runs `body` in a scope of its own: what it roots is released when it returns.
    pub fn scoped<R>(&mut self, body: impl for<'t> FnOnce(&mut Cx<'t>) -> R) -> R {
        let base = self.core_ref().memory.roots.stack.top();
        let mut inner = Cx { core: self.core, marker: PhantomData };
        let guard = ScopeGuard { core: self.core, base };
        let result = body(&mut inner);
        drop(guard);
        result
    }

    /// As [`scoped`](Self::scoped); the handle that `body` returns is kept, in this scope.
    pub fn scoped_keep<T, E>(
        &mut self,
        body: impl for<'t> FnOnce(&mut Cx<'t>) -> Result<Handle<'t, T>, E>,
    ) -> Result<Handle<'s, T>, E> {
        // The slot is taken before the scope opens.
        let kept = self.root(Local::NONE);
        self.scoped(|cx| {
            let result = body(cx)?;
            let value = result.get(cx).any();
            kept.set(cx, value);
            Ok(())
        })?;
        // SAFETY: it holds what was a T.
        Ok(unsafe { kept.cast() })
    }

    /// Steps out of the heap while `body` runs, so that it may enter another.
    pub fn leave<R>(&mut self, body: impl FnOnce() -> R) -> R {
        let was = Entered::suspend();
        let result = body();
        Entered::resume(was);
        result
    }

    // ---- allocation: never collects ----

    /// Allocates an object. Never collects; when this says `HeapFull`, [`reserve`](Self::reserve) may help.
    #[inline]
    pub fn alloc<I: Init>(&self, init: I) -> Result<Local<'_, I::Object>, HeapFull> {
        const { assert!(align_of::<I::Object>() <= 8, "types in the heap are aligned to 8 bytes at most") };
        let shape = self.shape_or_register::<I::Object>()?;
        let core = self.core_mut();
        let size = fixed_size::<I::Object>();
        let object = core.alloc(size, shape, 0)?;
        let payload = init.build(&SlotMaker::new(core.counted));
        // SAFETY: the cell is big enough for header and payload, and ours.
        unsafe { (object as *mut u8).add(8).cast::<I::Object>().write(payload) };
        if const { std::mem::needs_drop::<I::Object>() || <I::Object as Object>::FINALIZE.is_some() } {
            core.register(object)?;
        }
        // SAFETY: just initialised.
        Ok(unsafe { self.newborn(object) })
    }

    /// Makes a fresh object a local: under counting managers it is born on the zero queue.
    ///
    /// # Safety
    /// `object` was allocated with count 0 since the last `&mut` point and is initialised.
    #[inline(always)]
    pub unsafe fn newborn<T>(&self, object: *mut Header) -> Local<'_, T> {
        let core = self.core_mut();
        if core.counted {
            // SAFETY: by contract the object is valid and not queued yet.
            unsafe { (*object).set(FLAG_QUEUED) };
            core.memory.zero.push(object);
        }
        // SAFETY: by contract.
        unsafe { Local::from_value(Value::from_header(object)) }
    }

    /// The shape of objects of type `T`, if one was ever allocated here or its number is fixed.
    #[inline(always)]
    pub fn shape_of<T: Object>(&self) -> Option<ShapeId> {
        match T::STATIC_SHAPE {
            Some(shape) => Some(shape),
            None => self.core_ref().types.get(&TypeId::of::<T>()).copied(),
        }
    }

    #[inline(always)]
    fn shape_or_register<T: Object>(&self) -> Result<ShapeId, HeapFull> {
        match self.shape_of::<T>() {
            Some(shape) => Ok(shape),
            None => self.register_type::<T>(),
        }
    }

    #[cold]
    fn register_type<T: Object>(&self) -> Result<ShapeId, HeapFull> {
        let core = self.core_mut();
        let full = HeapFull { requested: size_of::<Shape>() };
        core.types.try_reserve(1).map_err(|_| full)?;
        let shape = core.memory.shapes.add(shape_for::<T>()).ok_or(full)?;
        core.types.insert(TypeId::of::<T>(), shape);
        Ok(shape)
    }

    // ---- points where anything may happen ----

    /// A poll: runs what is due (collection, finalizers, releases of other threads). Cheap when nothing is.
    #[inline]
    pub fn poll(&mut self) {
        let core = self.core_ref();
        if core.memory.signals.pending() != 0 || !core.memory.zero.is_empty() {
            self.poll_slow();
        }
    }

    #[cold]
    #[inline(never)]
    fn poll_slow(&mut self) {
        self.drain();
        let signals = self.core_ref().memory.signals.clone();
        if signals.take(COLLECT) != 0 {
            self.collect(CollectKind::Auto);
        } else if signals.take(FINALIZERS) != 0 {
            self.take_releases();
            self.run_finalizers();
        }
    }

    /// Collects now, and runs the finalizers that are due.
    pub fn collect(&mut self, kind: CollectKind) {
        self.take_releases();
        self.drain();
        self.core_mut().collect_garbage(kind);
        self.drain();
        self.run_finalizers();
    }

    /// Makes sure that `bytes` can be allocated before the next `&mut` point, collecting if need be.
    pub fn reserve(&mut self, bytes: usize) -> Result<(), HeapFull> {
        if self.core_ref().memory.fits(bytes) {
            return Ok(());
        }
        self.collect(CollectKind::Full);
        if self.core_ref().memory.fits(bytes) {
            Ok(())
        } else {
            Err(HeapFull { requested: bytes })
        }
    }

    fn take_releases(&mut self) {
        for ticket in self.core_ref().releases.clone().take() {
            self.remove_owned(ticket);
        }
    }

    /// Frees what the zero queue holds and, iteratively, what only that kept alive; finalizers run on the way. Counting managers only
    /// ever queue.
    #[inline]
    pub fn drain(&mut self) {
        if !self.core_ref().memory.zero.is_empty() {
            self.drain_slow();
        }
    }

    #[inline(never)]
    fn drain_slow(&mut self) {
        while let Some(object) = self.core_mut().memory.zero.pop() {
            // SAFETY: queued objects are allocated; one is freed only here, when taken off the queue.
            let header = unsafe { &*object };
            header.clear(FLAG_QUEUED);
            if header.count() != 0 {
                continue;
            }
            let memory = &mut self.core_mut().memory;
            let shape = memory.shapes.get(header.shape());
            if shape.finalize.is_some() && !header.has(FLAG_FINALIZED) {
                self.finalize(object);
                continue;
            }
            // SAFETY: nothing refers to the object: its count is zero and no `Local` exists at `&mut` points.
            unsafe { release_and_free(memory, object) };
        }
    }

    /// Runs one object's finalizer. The scope holds it meanwhile; leaving the scope re-checks its count.
    fn finalize(&mut self, object: *mut Header) {
        // SAFETY: the caller's object is allocated.
        let shape = unsafe {
            (*object).set(FLAG_FINALIZED);
            (*object).shape()
        };
        let Some(finalize) = self.core_ref().memory.shapes.get(shape).finalize else {
            return;
        };
        self.core_mut().memory.stats.finalizers += 1;
        self.scoped(|cx| {
            // SAFETY: allocated, and rooted before anything else runs.
            let handle = cx.root(unsafe { Local::from_value(Value::from_header(object)) });
            finalize(cx, handle);
        });
    }

    fn run_finalizers(&mut self) {
        while !self.core_ref().memory.finalization.pending.is_empty() {
            let value = self.core_mut().memory.finalization.pending.remove(0);
            let header = value.header();
            // SAFETY: pending objects are kept alive by the list.
            if unsafe { !(*header).has(FLAG_FINALIZED) } {
                self.finalize(header);
            }
            if self.core_ref().counted {
                // SAFETY: the list owned a count.
                unsafe { refs::release(self.core(), value) };
                self.drain();
            }
        }
    }

    // ---- owned and weak references, identity ----

    /// An owned reference to the value.
    pub fn own<T>(&self, local: Local<'_, T>) -> Result<Owned<T>, HeapFull> {
        let core = self.core_mut();
        let ticket = core.memory.roots.owned.insert(local.value()).ok_or(HeapFull { requested: 16 })?;
        if core.counted {
            // SAFETY: a local is valid.
            unsafe { refs::retain(local.value()) };
        }
        Ok(Owned { ticket, heap: core.id, marker: PhantomData })
    }

    /// What an owned reference refers to; `None` when it was given back, or belongs to another heap.
    #[inline]
    pub fn owned<T>(&self, owned: Owned<T>) -> Option<Local<'_, T>> {
        if owned.heap != self.core_ref().id {
            return None;
        }
        // SAFETY: the table roots it.
        self.core_ref().memory.roots.owned.get(owned.ticket).map(|v| unsafe { Local::from_value(v) })
    }

    /// Gives an owned reference back; `false` when that had been done before.
    pub fn disown<T>(&self, owned: Owned<T>) -> bool {
        owned.heap == self.core_ref().id && self.remove_owned(owned.ticket)
    }

    fn remove_owned(&self, ticket: Ticket) -> bool {
        let core = self.core_mut();
        let Some(value) = core.memory.roots.owned.remove(ticket) else {
            return false;
        };
        if core.counted {
            // SAFETY: the table owned a count.
            unsafe { refs::release(self.core(), value) };
        }
        true
    }

    /// A weak reference to an object; `None` for immediates, which never die.
    pub fn downgrade<T>(&self, local: Local<'_, T>) -> Result<Option<Weak<T>>, HeapFull> {
        let core = self.core_mut();
        if !local.value().is_ref() {
            return Ok(None);
        }
        let ticket = core.memory.weak.ticket(local.value().header()).ok_or(HeapFull { requested: 32 })?;
        Ok(Some(Weak { ticket, heap: core.id, marker: PhantomData }))
    }

    /// The object of a weak reference, while it lives.
    pub fn upgrade<T>(&self, weak: Weak<T>) -> Option<Local<'_, T>> {
        if weak.heap != self.core_ref().id {
            return None;
        }
        // SAFETY: the table is cleared when the target dies.
        self.core_ref().memory.weak.get(weak.ticket).map(|v| unsafe { Local::from_value(v) })
    }

    /// A number that identifies the object as long as it lives, under moving managers too.
    pub fn id<T>(&self, local: Local<'_, T>) -> Result<u64, HeapFull> {
        let value = local.value();
        if !value.is_ref() {
            return Ok(value.bits());
        }
        self.core_mut().memory.identity.id(value.header()).ok_or(HeapFull { requested: 32 })
    }

    /// Charges (or, when negative, discharges) memory outside the heap that objects own. Discharging more than was charged leaves zero.
    pub fn external(&self, delta: i64) {
        let memory = &mut self.core_mut().memory;
        memory.stats.external_bytes = memory.stats.external_bytes.saturating_add_signed(delta);
        if delta > 0 {
            memory.note_allocation(delta as usize);
        }
    }

    // ---- the end ----

    /// Ends the heap: each finalizer exactly once, then each drop.
    pub(crate) fn close(&mut self) {
        self.core_mut().closing = true;
        for ticket in self.core_ref().releases.clone().close() {
            self.remove_owned(ticket);
        }
        release_stack(self.core, 0);
        for ticket in self.core_ref().memory.roots.owned.tickets() {
            self.remove_owned(ticket);
        }
        self.drain();
        self.run_finalizers();
        // Cycles, leaks, and what finalizers left behind. A finalizer that makes finalizable objects can't go on for ever.
        for _ in 0..MAX_CLOSE_ROUNDS {
            let due = self.core_mut().unfinalized();
            if due.is_empty() {
                break;
            }
            self.scoped(|cx| {
                let due: Vec<_> = due
                    .into_iter()
                    // SAFETY: the objects are allocated; nothing is freed before they are rooted.
                    .map(|object| cx.root(unsafe { Local::<Any>::from_value(Value::from_header(object)) }))
                    .collect();
                for handle in due {
                    let object = handle.get(cx).value().header();
                    // SAFETY: rooted.
                    if unsafe { !(*object).has(FLAG_FINALIZED) } {
                        cx.finalize(object);
                    }
                }
            });
            self.drain();
        }
        self.core_mut().drop_payloads();
    }
}

const MAX_CLOSE_ROUNDS: usize = 16;

/// Releases what the object refers to and gives its cell back.
///
/// # Safety
/// Nothing refers to the object; its finalizer has run or it has none.
#[inline]
pub(crate) unsafe fn release_and_free(memory: &mut crate::manager::Memory, object: *mut Header) {
    struct Releaser<'a> {
        zero: &'a mut Vec<*mut Header>,
    }
    impl Visitor for Releaser<'_> {
        #[inline(always)]
        fn slot(&mut self, slot: &mut Value) {
            if slot.is_ref() {
                // SAFETY: slots of an object own a count of a valid object.
                unsafe {
                    let child = slot.header();
                    if (*child).release() && !(*child).has(FLAG_QUEUED) {
                        (*child).set(FLAG_QUEUED);
                        self.zero.push(child);
                    }
                }
            }
        }

        fn uncounted(&mut self, _: &mut Value) {}
    }
    // SAFETY: by contract the object is valid and unreferenced.
    unsafe {
        visit_slots(&memory.shapes, object, &mut Releaser { zero: &mut memory.zero });
        memory.drop_payload(object);
        memory.free_cell(object);
    }
}

/// Releases the stack down to `base`.
pub(crate) fn release_stack(core: NonNull<Core>, base: usize) {
    // SAFETY: the core is valid as long as its contexts; the borrow ends here.
    let core = unsafe { &mut *core.as_ptr() };
    let top = core.memory.roots.stack.top();
    if core.counted {
        for i in (base..top).rev() {
            // SAFETY: slots in use own a count.
            unsafe {
                let value = std::ptr::replace(core.memory.roots.stack.slot(i), Value::HOLE);
                refs::release(core, value);
            }
        }
    }
    core.memory.roots.stack.set_top(base);
}

/// Ends a scope, also when its body panics.
struct ScopeGuard {
    core: NonNull<Core>,
    base: usize,
}

impl Drop for ScopeGuard {
    fn drop(&mut self) {
        release_stack(self.core, self.base);
    }
}

/// Bytes of an object of type `T`.
pub(crate) const fn fixed_size<T>() -> usize {
    let size = 8 + size_of::<T>().next_multiple_of(8);
    if size < 16 {
        16
    } else {
        size
    }
}

/// The shape of an [`Object`] type.
pub fn shape_for<T: Object>() -> Shape {
    Shape {
        trace: T::TRACE,
        drop: std::mem::needs_drop::<T>().then_some(drop_in_place::<T> as _),
        finalize: T::FINALIZE,
        ..Shape::fixed(T::NAME, fixed_size::<T>() as u32, const { slot_bitmap(T::SLOTS) })
    }
}
