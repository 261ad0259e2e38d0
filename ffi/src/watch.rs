//! Weak references of C that call back: what a host is told when an object dies.
//!
//! The reference owns an object of the heap that watches the other one. It is told at a `&mut` point, with the API at hand: unlike a host type's
//! finalizer, which runs inside a collection and may only release.

use crate::abi::*;
use crate::context::Context;
use crate::fail::{fault, Fault};
use crate::refs::State;
use std::cell::Cell;
use std::ffi::c_void;
use taipan::object::{finalizers, none, rt};
use taipan_gc::{Cx, Handle, Local, Object, Owned};

/// Watches an object for a reference of C.
#[derive(Debug, Object)]
#[object(notify = told)]
pub(crate) struct Watcher {
    died: DiedFn,
    /// The host's word, and the context: plain numbers to the heap.
    ud: usize,
    context: usize,
    /// The reference, as the host knows it.
    reference: Cell<u64>,
}

/// Tells a watcher what the host knows its reference by.
pub(crate) fn name(cx: &Cx<'_>, watcher: Owned<Watcher>, reference: Ref) {
    if let Some(watcher) = cx.owned(watcher) {
        watcher.reference.set(reference.bits);
    }
}

/// A weak reference that calls `died`.
fn watched_state(
    ctx: &Context,
    cx: &Cx<'_>,
    value: Local<'_>,
    died: DiedFn,
    ud: *mut c_void,
) -> Result<State, Fault> {
    if died.is_none() {
        return fault(E_ARG, "NULL for the function");
    }
    let context = std::ptr::from_ref(ctx) as usize;
    let watcher = cx.alloc(WatcherInit { died, ud: ud as usize, context, reference: Cell::new(0) })?;
    let owned = cx.own(watcher)?;
    let watched = cx.watch(value, watcher.any(), true);
    if let Ok(Some(weak)) = watched {
        return Ok(State::Watched(weak, owned));
    }
    cx.disown(owned);
    watched?;
    Ok(State::Immediate(value.value()))
}

/// Calls the host. An error that it leaves pending is reported as one that nobody can handle.
fn told<'s>(cx: &mut Cx<'s>, object: Handle<'s>) {
    let Some(watcher) = object.downcast::<Watcher>(cx) else { return };
    let watcher = watcher.get(cx);
    let (died, ud) = (watcher.died, watcher.ud as *mut c_void);
    let reference = Ref { bits: watcher.reference.get() };
    // SAFETY: the context is its heap's, which is being drained.
    let ctx = unsafe { &*(watcher.context as *const Context) };
    let Some(died) = died else { return };
    ctx.call_aside(cx, |ctx| {
        // SAFETY: the host gave this function to be called so. It does not unwind.
        unsafe { died(ctx, reference, ud) }
    });
}

impl Context {
    /// Calls the host in a scope of its own, beside what runs: an error that it leaves pending is reported as one that nobody can handle. Whether it
    /// was called.
    pub(crate) fn call_aside(&self, cx: &mut Cx<'_>, call: impl FnOnce(*mut Context)) -> bool {
        if !self.attached.get() || self.poisoned.get() {
            return false;
        }
        // What the host was about to hear of comes afterwards.
        let before = self.pending.take();
        let mut called = false;
        cx.scoped(|cx| {
            let place = none(cx);
            finalizers::aside(cx, place, |cx| {
                let depth = self.scopes.depth();
                if self.open_scope(cx, true).is_some() {
                    called = true;
                    cx.leave(|| call(std::ptr::from_ref(self).cast_mut()));
                    self.come_back();
                }
                self.scopes.truncate(depth);
                if let Some(exception) = self.take_pending(cx) {
                    (rt(cx).hooks.unraisable)(cx, exception, place);
                }
                Ok(())
            });
        });
        self.pending.set(before);
        called
    }
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_weak_watch(ctx: *mut Context, value: Val, died: DiedFn, ud: *mut c_void) -> Ref {
    Context::new_ref(ctx, value, |ctx, cx, value| watched_state(ctx, cx, value, died, ud))
}
