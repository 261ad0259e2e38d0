//! [`RawMemory`]: where a heap gets the memory that its objects lie in.
//!
//! Chunks of blocks, large objects and the runs of `arena` come from it, and go back to it with the same size and alignment. It is asked by the thread
//! that has entered the heap, and by the one that drops it; a thread that marks asks for nothing. Memory that is not the system's gets no advice about
//! pages, isn't kept for the next heap, and goes back when the heap ends, not before, but for large objects.
//!
//! Leaves out: tables beside the objects (shapes, roots, weak references, marking stacks), the value stack, and what payloads own by themselves.
//!
//! ```
//! use std::alloc::{GlobalAlloc, Layout, System};
//! use std::sync::atomic::{AtomicUsize, Ordering};
//! use taipan_gc::{Heap, HeapConfig, HeapFull, Object, RawMemory};
//!
//! /// Gives 8 MiB at most.
//! struct Bounded(AtomicUsize);
//!
//! // SAFETY: what it gives is the system's.
//! unsafe impl GlobalAlloc for Bounded {
//!     unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
//!         if self.0.load(Ordering::Relaxed) + layout.size() > 8 << 20 {
//!             return std::ptr::null_mut();
//!         }
//!         self.0.fetch_add(layout.size(), Ordering::Relaxed);
//!         // SAFETY: by contract.
//!         unsafe { System.alloc(layout) }
//!     }
//!
//!     unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
//!         self.0.fetch_sub(layout.size(), Ordering::Relaxed);
//!         // SAFETY: by contract.
//!         unsafe { System.dealloc(memory, layout) }
//!     }
//! }
//!
//! static BOUNDED: Bounded = Bounded(AtomicUsize::new(0));
//!
//! #[derive(Object)]
//! struct Number {
//!     value: i64,
//! }
//!
//! for facts in taipan_gc::managers::all() {
//!     let config = HeapConfig { raw_memory: RawMemory::of(&BOUNDED), ..HeapConfig::default() };
//!     let mut heap = Heap::new(facts.name, &config)?;
//!     let made = heap.enter(|cx| {
//!         let mut made = 0;
//!         while let Ok(number) = cx.alloc(NumberInit { value: made }) {
//!             made = number.value + 1;
//!         }
//!         made
//!     })?;
//!     // All of it is taken, and nothing else.
//!     assert!(made > 200_000 && BOUNDED.0.load(Ordering::Relaxed) <= 8 << 20);
//!     drop(heap);
//!     assert_eq!(BOUNDED.0.load(Ordering::Relaxed), 0);
//! }
//! # Ok::<(), taipan_gc::HeapError>(())
//! ```

use std::alloc::{GlobalAlloc, Layout};

/// Memory of a layout, or null.
pub type AllocFn = unsafe fn(data: *const (), layout: Layout) -> *mut u8;
/// Takes memory back, of the layout that it was asked for with.
pub type FreeFn = unsafe fn(data: *const (), memory: *mut u8, layout: Layout);

/// Where memory comes from: by default the process's allocator.
#[derive(Clone, Copy, Debug, Default)]
pub struct RawMemory(Option<Source>);

#[derive(Clone, Copy, Debug)]
struct Source {
    data: *const (),
    alloc: AllocFn,
    free: FreeFn,
}

// SAFETY: whoever made it has promised that any thread may use it, one at a time.
unsafe impl Send for RawMemory {}
// SAFETY: shared, it can only be copied; see above.
unsafe impl Sync for RawMemory {}

impl RawMemory {
    /// Memory of an allocator.
    pub fn of<A: GlobalAlloc + Sync>(allocator: &'static A) -> RawMemory {
        unsafe fn alloc<A: GlobalAlloc>(data: *const (), layout: Layout) -> *mut u8 {
            // SAFETY: `data` is the allocator; layouts have a size.
            unsafe { (*data.cast::<A>()).alloc(layout) }
        }
        unsafe fn free<A: GlobalAlloc>(data: *const (), memory: *mut u8, layout: Layout) {
            // SAFETY: `data` is the allocator, which gave this memory for this layout.
            unsafe { (*data.cast::<A>()).dealloc(memory, layout) };
        }
        let data = std::ptr::from_ref(allocator).cast();
        RawMemory(Some(Source { data, alloc: alloc::<A>, free: free::<A> }))
    }

    /// Memory of two functions, which get `data`.
    ///
    /// # Safety
    /// As long as a heap has it, and on whatever thread the heap is used: `alloc` gives null, or memory of that size and alignment that is
    /// nobody else's until `free` gets it. Neither unwinds, nor touches the heap.
    pub const unsafe fn new(data: *const (), alloc: AllocFn, free: FreeFn) -> RawMemory {
        RawMemory(Some(Source { data, alloc, free }))
    }

    /// Whether it is the process's own.
    pub fn is_system(&self) -> bool {
        self.0.is_none()
    }

    /// Memory that is garbage; null if there is none. The layout has a size.
    pub fn alloc(&self, layout: Layout) -> *mut u8 {
        debug_assert!(layout.size() > 0);
        match self.0 {
            // SAFETY: the layout has a size.
            None => unsafe { std::alloc::alloc(layout) },
            // SAFETY: the functions may be called so.
            Some(source) => unsafe { (source.alloc)(source.data, layout) },
        }
    }

    /// Memory that is zero; null if there is none. The layout has a size.
    pub fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if self.is_system() {
            // SAFETY: the layout has a size.
            return unsafe { std::alloc::alloc_zeroed(layout) };
        }
        let memory = self.alloc(layout);
        if !memory.is_null() {
            // SAFETY: it has that size.
            unsafe { std::ptr::write_bytes(memory, 0, layout.size()) };
        }
        memory
    }

    /// Gives memory back.
    ///
    /// # Safety
    /// It came from here, for this layout, and nobody uses it any more.
    pub unsafe fn free(&self, memory: *mut u8, layout: Layout) {
        match self.0 {
            // SAFETY: by contract.
            None => unsafe { std::alloc::dealloc(memory, layout) },
            // SAFETY: by contract.
            Some(source) => unsafe { (source.free)(source.data, memory, layout) },
        }
    }
}
