//! The counters of the process: tags by which handles know their heap, and heaps their thread. Not part of any protocol, so loom does
//! not see them.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// Tags are never reused, or a stale owned reference could fit another heap. Zero is never given out.
static NEXT: AtomicU32 = AtomicU32::new(1);

/// A fresh tag; `None` after 2^32 - 1 heaps.
pub(crate) fn next_heap() -> Option<u32> {
    NEXT.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |id| id.checked_add(1)).ok()
}

static NEXT_THREAD: AtomicU64 = AtomicU64::new(1);

/// The thread's number, once it has one, above a bit that says whether it is inside a heap: who asks for both looks at one word.
///
/// In a shared library the compiler finds a variable of a thread by a call, which takes longer than all else that a short call from C does. These two
/// instructions find it where the dynamic linker has put it when the library was loaded ("initial exec").
#[cfg(all(target_os = "linux", target_arch = "x86_64", not(loom), not(miri)))]
mod seat {
    use std::cell::Cell;

    std::arch::global_asm!(
        ".pushsection .tbss.taipan_gc_seat,\"awT\",@nobits",
        ".balign 8",
        ".globl taipan_gc_seat",
        ".hidden taipan_gc_seat",
        ".type taipan_gc_seat,@object",
        ".size taipan_gc_seat,8",
        "taipan_gc_seat:",
        ".zero 8",
        ".popsection",
    );

    #[inline(always)]
    fn place<'a>() -> &'a Cell<u64> {
        let place: *const Cell<u64>;
        // SAFETY: the address of eight zeroed bytes of this thread's, which nobody else knows of; they live as long as the thread.
        unsafe {
            std::arch::asm!(
                "mov {place}, qword ptr fs:[0]",
                "add {place}, qword ptr [rip + taipan_gc_seat@GOTTPOFF]",
                place = out(reg) place,
                options(pure, nomem, nostack),
            );
            &*place
        }
    }

    #[inline(always)]
    pub(super) fn get() -> u64 {
        place().get()
    }

    #[inline(always)]
    pub(super) fn set(seat: u64) {
        place().set(seat);
    }
}

#[cfg(not(all(target_os = "linux", target_arch = "x86_64", not(loom), not(miri))))]
mod seat {
    use std::cell::Cell;

    thread_local! {
        static SEAT: Cell<u64> = const { Cell::new(0) };
    }

    #[inline(always)]
    pub(super) fn get() -> u64 {
        SEAT.get()
    }

    #[inline(always)]
    pub(super) fn set(seat: u64) {
        SEAT.set(seat);
    }
}

/// The bit of a thread that is inside a heap.
const INSIDE: u64 = 1;

/// A number that no other thread of the process has, had or gets. Unlike the standard library's it takes no memory that a thread which
/// was not made by it never gives back.
pub fn this_thread() -> u64 {
    let known = seat::get();
    if known > INSIDE {
        return known >> 1;
    }
    let fresh = NEXT_THREAD.fetch_add(1, Ordering::Relaxed);
    seat::set(fresh << 1 | known);
    fresh
}

/// What [`seat`] says of a thread with this number that is outside of all heaps.
pub fn seat_outside(thread: u64) -> u64 {
    thread << 1
}

/// The calling thread's number, once it has asked for it, and whether it is inside a heap, in one word.
#[inline(always)]
pub fn seat() -> u64 {
    seat::get()
}

/// Says whether this thread is inside a heap; what held before.
#[cfg(not(loom))]
#[inline(always)]
pub(crate) fn set_inside(inside: bool) -> bool {
    let before = seat::get();
    seat::set(before & !INSIDE | u64::from(inside));
    before & INSIDE != 0
}
