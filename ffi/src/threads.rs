//! Other threads: links to a heap that they may hold, tasks that they post to it, and leaving a heap while its thread blocks.
//!
//! Leaves out: attaching them. One thread has a heap, the one that made it.

use crate::abi::*;
use crate::context::Context;
use crate::heap::HostHeap;
use crate::refs;
use std::ffi::c_void;
use taipan::object::tasks::Task;
use taipan::{Interrupter, Poster};
use taipan_gc::sync::{this_thread, Arc};
use taipan_gc::{Cx, Entered};

/// A link to a heap that outlives it: `tpn_remote`.
#[derive(Debug)]
pub struct Remote {
    interrupter: Interrupter,
    poster: Poster,
    /// The heap's context: read by tasks alone, which run in the heap.
    context: usize,
}

/// A task of the host, which is called once: with a context in the heap, else with NULL when it is dropped.
struct Posted {
    task: unsafe extern "C" fn(*mut Context, *mut c_void),
    ud: usize,
    context: usize,
}

impl Posted {
    fn run(self, cx: &mut Cx<'_>) {
        // SAFETY: the context is its heap's, which runs this.
        let context = unsafe { &*(self.context as *const Context) };
        let (task, ud) = (self.task, self.ud as *mut c_void);
        // SAFETY: the host gave this function to be called so. It does not unwind.
        let called = context.call_aside(cx, |ctx| unsafe { task(ctx, ud) });
        if called {
            std::mem::forget(self);
        }
    }
}

impl Drop for Posted {
    fn drop(&mut self) {
        // SAFETY: as above; a NULL context says that the heap is gone.
        unsafe { (self.task)(std::ptr::null_mut(), self.ud as *mut c_void) };
    }
}

/// The link behind a pointer of C.
///
/// # Safety
/// It is NULL or a link that has not been given back.
unsafe fn link<'a>(remote: *mut Remote) -> Result<&'a Remote, Status> {
    // SAFETY: by contract.
    unsafe { remote.as_ref() }.ok_or(E_ARG)
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_remote_new(heap: *mut HostHeap) -> *mut Remote {
    // SAFETY: C passes NULL or a heap that is not freed.
    let Some(heap) = (unsafe { heap.as_ref() }) else { return std::ptr::null_mut() };
    let remote = Arc::new(Remote {
        interrupter: heap.interrupter.clone(),
        poster: heap.poster.clone(),
        context: std::ptr::from_ref::<Context>(&heap.context) as usize,
    });
    Arc::into_raw(remote).cast_mut()
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_remote_dup(remote: *mut Remote) -> *mut Remote {
    if !remote.is_null() {
        // SAFETY: C passes NULL or a link, which came from `into_raw`.
        unsafe { Arc::increment_strong_count(remote.cast_const()) };
    }
    remote
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_remote_free(remote: *mut Remote) -> Status {
    if !remote.is_null() {
        // SAFETY: as in `tpn_remote_dup`; C gives up one of its links.
        unsafe { Arc::decrement_strong_count(remote.cast_const()) };
    }
    OK
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_remote_interrupt(remote: *mut Remote) -> Status {
    // SAFETY: as the header says.
    let Ok(remote) = (unsafe { link(remote) }) else { return E_ARG };
    if remote.poster.is_closed() {
        return E_CLOSED;
    }
    remote.interrupter.interrupt();
    OK
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_remote_post(remote: *mut Remote, task: TaskFn, ud: *mut c_void) -> Status {
    // SAFETY: as the header says.
    let (Ok(remote), Some(task)) = (unsafe { link(remote) }, task) else { return E_ARG };
    let (ud, context) = (ud as usize, remote.context);
    remote.post(|| {
        let posted = Posted { task, ud, context };
        Task::new(move |cx| {
            posted.run(cx);
            Ok(())
        })
    })
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_remote_ref_free(remote: *mut Remote, reference: Ref) -> Status {
    // SAFETY: as the header says.
    let Ok(remote) = (unsafe { link(remote) }) else { return E_ARG };
    if reference.bits == 0 {
        return E_HANDLE;
    }
    let context = remote.context;
    remote.post(|| {
        Task::new(move |cx| {
            // SAFETY: the context is its heap's, which runs this.
            let context = unsafe { &*(context as *const Context) };
            // One that was given back already is nobody's concern any more.
            let _ = refs::free(context, cx, reference);
            Ok(())
        })
    })
}

impl Remote {
    fn post(&self, make: impl FnOnce() -> Task) -> Status {
        match self.poster.post(make) {
            true => OK,
            false => E_CLOSED,
        }
    }
}

impl Context {
    /// Whether this thread has the heap, and no other code of the heap runs on it.
    fn mine(&self) -> Result<(), Status> {
        if self.thread != this_thread() {
            return Err(E_THREAD);
        }
        Entered::new().map(drop).map_err(|_| E_STATE)
    }

    /// Ends what [`tpn_leave`] began, if the host did not; whether it was so.
    pub(crate) fn come_back(&self) -> bool {
        let left = self.left.take();
        if left {
            self.set_attached(true);
        }
        left
    }
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_leave(ctx: *mut Context) -> Status {
    // SAFETY: C passes NULL or a context whose heap is not freed.
    let Some(context) = (unsafe { ctx.as_ref() }) else { return E_ARG };
    if let Err(status) = context.mine() {
        return status;
    }
    if context.poisoned.get() {
        return E_PANIC;
    }
    if !context.attached.get() {
        return E_THREAD;
    }
    context.set_attached(false);
    context.left.set(true);
    OK
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_enter(ctx: *mut Context) -> Status {
    // SAFETY: C passes NULL or a context whose heap is not freed.
    let Some(context) = (unsafe { ctx.as_ref() }) else { return E_ARG };
    if let Err(status) = context.mine() {
        return status;
    }
    match (context.come_back(), context.attached.get()) {
        (true, _) => OK,
        (false, true) => E_STATE,
        (false, false) => E_THREAD,
    }
}
