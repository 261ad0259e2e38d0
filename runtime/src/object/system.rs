//! The process's standard streams, asked about without the standard library's buffers, which are never given back.

use std::io::IsTerminal;
use std::os::fd::BorrowedFd;

/// Whether a descriptor is a terminal's.
pub fn is_terminal(descriptor: u8) -> bool {
    // SAFETY: it is used during this call alone, and not -1; of one that is closed the system says that it is no terminal.
    unsafe { BorrowedFd::borrow_raw(i32::from(descriptor)) }.is_terminal()
}
