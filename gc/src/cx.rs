//! [`Cx`]: being inside a heap, and scopes.
//!
//! Reading, storing and allocating take `&Cx`; whatever may collect or run other code takes `&mut Cx`. A `Cx` is itself a scope: what
//! is rooted in it lives until the scope ends. Allocation, owned references and the points where things happen are methods of `Cx` too, in
//! files of their own.

use crate::handle::Handle;
use crate::heap::{Core, Entered};
use crate::limits::{HeapFull, Stats};
use crate::manager::Facts;
use crate::object::Local;
use crate::raw::RawMemory;
use crate::refs;
use crate::value::Value;
use std::any::Any as StdAny;
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
    pub(crate) fn core_ptr(&self) -> NonNull<Core> {
        self.core
    }

    #[inline(always)]
    pub(crate) fn core_ref(&self) -> &Core {
        // SAFETY: the core outlives the context; no `&mut Core` is kept across calls.
        unsafe { self.core.as_ref() }
    }

    #[inline(always)]
    #[allow(clippy::mut_from_ref)]
    pub(crate) fn core_mut(&self) -> &mut Core {
        // SAFETY: one thread uses the core; every `&mut` made here ends before the method that made it returns or runs other code.
        unsafe { &mut *self.core.as_ptr() }
    }

    #[inline(always)]
    pub(crate) fn check(&self, heap: u32) {
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

    /// Where this heap's memory comes from: for what payloads want to have from there, too.
    pub fn raw_memory(&self) -> RawMemory {
        self.core_ref().memory.raw
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
        // SAFETY: a local is valid.
        unsafe { self.root_raw(local.value()) }
    }

    /// Roots a raw value, which may be the hole: then the handle is read with [`get_filled`](Handle::get_filled).
    ///
    /// # Safety
    /// The value is valid now, and a `T` or the hole.
    #[inline(always)]
    pub unsafe fn root_raw<T>(&self, value: Value) -> Handle<'s, T> {
        let core = self.core_mut();
        if core.counted {
            // SAFETY: by contract; adopting the hole does nothing.
            unsafe { refs::adopt(self.core(), value) };
        }
        let index = core.memory.roots.stack.push(value);
        Handle { index: index as u32, heap: core.id, marker: PhantomData }
    }

    /// A place in this scope that holds nothing yet: to be [filled](Handle::set), and until then read only with
    /// [`get_filled`](Handle::get_filled).
    #[inline]
    pub fn root_empty(&self) -> Handle<'s> {
        // SAFETY: the hole.
        unsafe { self.root_raw(Value::HOLE) }
    }

    /// Roots `len` values, unless the value stack has no room for so many. For what programs choose the number of.
    pub fn root_all<'a, T>(
        &'a self,
        len: usize,
        value: impl Fn(usize) -> Local<'a, T>,
    ) -> Result<Vec<Handle<'s, T>>, HeapFull> {
        let full = HeapFull { requested: len.saturating_mul(size_of::<Value>()) };
        self.may_grow(full.requested)?;
        let stack = &self.core_ref().memory.roots.stack;
        let mut handles = Vec::new();
        if !stack.has_room(len) || handles.try_reserve_exact(len).is_err() {
            return Err(full);
        }
        handles.extend((0..len).map(|n| self.root(value(n))));
        Ok(handles)
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
        let _outside = Entered::outside();
        body()
    }

    /// Runs the heap verifier.
    ///
    /// # Panics
    /// When an invariant does not hold; `when` goes into the message.
    pub fn verify(&mut self, when: &str) {
        crate::verify::check(self.core_mut(), when);
    }
}

/// Releases the stack down to `base`.
pub(crate) fn release_stack(core: NonNull<Core>, base: usize) {
    // SAFETY: the core is valid as long as its contexts; the borrow ends here.
    let core = unsafe { &mut *core.as_ptr() };
    let top = core.memory.roots.stack.top();
    if core.counted {
        for i in base..top {
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
