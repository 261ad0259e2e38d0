//! [`Hook`]: the host's allocator behind a heap's memory.
//!
//! It is called inside the heap always, even by a call's quick half, so that the host's functions can't call back. Leaves out: memory of the library's own.

use crate::abi::*;
use crate::fail::{fault, Fault};
use crate::heap::Sink;
use std::alloc::Layout;
use std::cell::Cell;
use std::ffi::c_void;
use std::io::Write;
use taipan_gc::{Entered, RawMemory};

/// The functions of a configuration.
#[derive(Debug)]
pub(crate) struct Hook {
    alloc: unsafe extern "C" fn(*mut c_void, usize, usize) -> *mut c_void,
    dealloc: unsafe extern "C" fn(*mut c_void, *mut c_void, usize, usize),
    ud: *mut c_void,
    log: (LogFn, *mut c_void),
    has_refused: Cell<bool>,
    /// The alignment that an address did not have.
    misaligned: Cell<Option<usize>>,
}

impl Hook {
    /// That of a configuration, if it has one.
    pub(crate) fn of(config: &Config) -> Result<Option<Box<Hook>>, Fault> {
        match (config.alloc, config.dealloc) {
            (None, None) => Ok(None),
            (Some(alloc), Some(dealloc)) => Ok(Some(Box::new(Hook {
                alloc,
                dealloc,
                ud: config.alloc_ud,
                log: (config.log, config.log_ud),
                has_refused: Cell::new(false),
                misaligned: Cell::new(None),
            }))),
            _ => fault(E_ARG, "an allocator needs both its functions, `alloc` and `dealloc`"),
        }
    }

    /// It as memory for a heap, which it outlives.
    pub(crate) fn memory(&self) -> RawMemory {
        unsafe fn alloc(data: *const (), layout: Layout) -> *mut u8 {
            // SAFETY: `data` is a hook that its heap does not outlive.
            unsafe { &*data.cast::<Hook>() }.alloc(layout)
        }
        unsafe fn free(data: *const (), memory: *mut u8, layout: Layout) {
            let _inside = Entered::new();
            // SAFETY: as above; the host gave this function to be called so.
            unsafe {
                let hook = &*data.cast::<Hook>();
                (hook.dealloc)(hook.ud, memory.cast(), layout.size(), layout.align());
            }
        }
        // SAFETY: one thread uses the heap. What the host gives is good by the header, and looked at where it can be.
        unsafe { RawMemory::new(std::ptr::from_ref(self).cast(), alloc, free) }
    }

    fn alloc(&self, layout: Layout) -> *mut u8 {
        // Inside the heap, unless it is already.
        let _inside = Entered::new();
        let (size, align) = (layout.size(), layout.align());
        // SAFETY: the host gave this function to be called so.
        let memory = unsafe { (self.alloc)(self.ud, size, align) };
        if memory.is_null() {
            self.has_refused.set(true);
            return std::ptr::null_mut();
        }
        if !(memory as usize).is_multiple_of(align) {
            // SAFETY: as above, with what it has just given.
            unsafe { (self.dealloc)(self.ud, memory, size, align) };
            if self.misaligned.replace(Some(align)).is_none() {
                self.complain(align);
            }
            return std::ptr::null_mut();
        }
        memory.cast()
    }

    /// Tells the host of its mistake, once.
    fn complain(&self, align: usize) {
        let (log, ud) = self.log;
        let text = format!("taipan: {}; it counts as no memory\n", misaligned(align));
        // Whether anybody listens changes nothing.
        let _ = match log {
            Some(log) => Sink { log, ud, level: 2 }.write_all(text.as_bytes()),
            None => std::io::stderr().write_all(text.as_bytes()),
        };
    }

    /// Why a heap could not start, if it is the allocator's fault.
    pub(crate) fn blame(&self) -> Option<(Status, String)> {
        match self.misaligned.get() {
            Some(align) => Some((E_ARG, misaligned(align))),
            None if self.has_refused.get() => {
                Some((E_NOMEM, "the host's allocator gave no memory to start with".into()))
            }
            None => None,
        }
    }
}

fn misaligned(align: usize) -> String {
    format!("the host's allocator gave an address that is no multiple of {align}, as was asked for")
}
