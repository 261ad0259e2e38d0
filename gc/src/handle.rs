//! [`Handle`]: a value rooted in a scope.
//!
//! A handle is a copyable index into the scope stack, so it stays good whatever is freed or moved; it ends with its scope, which its lifetime
//! shows. Every use checks that it belongs to the heap at hand.

use crate::object::{Any, Local, Object};
use crate::refs;
use crate::Cx;
use std::marker::PhantomData;

/// A rooted value: an index into the scope stack. Valid as long as its scope; may be read after any collection.
pub struct Handle<'s, T = Any> {
    pub(crate) index: u32,
    pub(crate) heap: u32,
    pub(crate) marker: PhantomData<(&'s (), *const T)>,
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
    #[track_caller]
    pub fn get<'a>(self, cx: &'a Cx<'_>) -> Local<'a, T> {
        cx.check(self.heap);
        // SAFETY: the scope is open as long as 's, so the slot is rooted; its type was T when it was rooted.
        unsafe { Local::from_value(cx.core_ref().stack_value(self.index as usize)) }
    }

    /// As [`get`](Self::get), for a place in which there may be nothing.
    #[inline(always)]
    pub fn get_filled<'a>(self, cx: &'a Cx<'_>) -> Option<Local<'a, T>> {
        cx.check(self.heap);
        // SAFETY: as there.
        unsafe { Local::from_slot(cx.core_ref().stack_value(self.index as usize)) }
    }

    /// Assigns the scope slot.
    #[inline]
    pub fn set(self, cx: &Cx<'_>, value: Local<'_, T>) {
        cx.check(self.heap);
        // SAFETY: the slot lies in an open scope of this heap.
        unsafe {
            let slot = cx.core_ref().memory.roots.stack.slot(self.index as usize);
            if cx.core_ref().counted {
                refs::adopt(cx.core(), value.value());
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
