//! What the optimiser is told.

/// Keeps a branch a branch, and a loop a loop, where it would make a conditional move of the one, and many steps at a time of the other: there the next
/// instruction would wait for the comparison, and a loop that ends at once take long to begin.
#[inline(always)]
pub fn as_written() {
    // SAFETY: no instruction at all.
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    unsafe {
        std::arch::asm!("", options(nomem, nostack, preserves_flags));
    }
}
