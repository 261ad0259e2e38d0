//! What the system is told of pages. Huge ones are asked for: a large heap misses the TLB at nearly every object otherwise, and on a virtual machine a miss
//! costs as much as one of the cache. Those that hold nothing are given back.
//!
//! All of this is advice: a system that knows nothing of it says no, which changes nothing.

/// Bytes of a huge page, as the usual systems have them.
pub(crate) const HUGE_BYTES: usize = 2 << 20;

/// Asks for huge pages for the part of a range that they fit in.
///
/// # Safety
/// The range is an allocation of the caller's, or part of one.
pub(crate) unsafe fn advise(start: *mut u8, bytes: usize) {
    // SAFETY: by contract.
    unsafe { advise_with(start, bytes, HUGEPAGE) };
}

/// As [`advise`], at once, also for what is in use: its small pages are copied, which takes some hundred microseconds for each huge one.
///
/// # Safety
/// As there.
pub(crate) unsafe fn collapse(start: *mut u8, bytes: usize) {
    // SAFETY: by contract.
    unsafe {
        advise_with(start, bytes, HUGEPAGE);
        advise_with(start, bytes, COLLAPSE);
    }
}

/// Gives the memory of a range back, but not its addresses: what it holds is lost.
///
/// # Safety
/// As there; nobody needs what the range holds.
pub(crate) unsafe fn give_back(start: *mut u8, bytes: usize) {
    // SAFETY: by contract.
    unsafe { advise_with(start, bytes, DONTNEED) };
}

#[cfg(target_os = "linux")]
const DONTNEED: i32 = libc::MADV_DONTNEED;
#[cfg(not(target_os = "linux"))]
const DONTNEED: i32 = 0;
#[cfg(target_os = "linux")]
const HUGEPAGE: i32 = libc::MADV_HUGEPAGE;
#[cfg(target_os = "linux")]
const COLLAPSE: i32 = libc::MADV_COLLAPSE;
#[cfg(not(target_os = "linux"))]
const HUGEPAGE: i32 = 0;
#[cfg(not(target_os = "linux"))]
const COLLAPSE: i32 = 0;

unsafe fn advise_with(start: *mut u8, bytes: usize, advice: i32) {
    let before = (start as usize).wrapping_neg() % HUGE_BYTES;
    let whole = bytes.saturating_sub(before) / HUGE_BYTES * HUGE_BYTES;
    if whole == 0 {
        return;
    }
    #[cfg(target_os = "linux")]
    // SAFETY: the pages lie within the range, which is the caller's, who knows what the advice does to them.
    unsafe {
        libc::madvise(start.add(before).cast(), whole, advice);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = advice;
}
