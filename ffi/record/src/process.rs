//! What the library asks the system about the program: its path, which scripts see as `sys.executable`. A replay answers as the recorded program would,
//! so that its heaps hold the same bytes.
//!
//! The system's `readlink` is called from the library by its name, and the program's own functions come first. Leaves out: environment, time, random.

use std::ffi::OsStr;
use std::ffi::{c_char, CStr};
use std::os::unix::ffi::OsStrExt;
use std::sync::OnceLock;

static PROGRAM: OnceLock<Vec<u8>> = OnceLock::new();

/// From now on the program has this path, and works in this folder.
pub(crate) fn become_it(program: &[u8], folder: &[u8]) {
    if !program.is_empty() {
        PROGRAM.get_or_init(|| program.to_vec());
    }
    // Scripts may look for modules there.
    if std::env::set_current_dir(OsStr::from_bytes(folder)).is_err() {
        let shown = String::from_utf8_lossy(folder);
        eprintln!("taipan-replay: the folder {shown} in which this was recorded is not there");
    }
}

/// As the system's, but for the program's own path.
///
/// # Safety
/// As POSIX says: a path, and room of that size.
#[no_mangle]
#[allow(unreachable_pub)] // the library finds it
pub unsafe extern "C" fn readlink(path: *const c_char, room: *mut c_char, size: usize) -> isize {
    // SAFETY: by contract.
    let asked = unsafe { CStr::from_ptr(path) };
    if let Some(program) = PROGRAM.get().filter(|_| asked == c"/proc/self/exe") {
        let count = program.len().min(size);
        // SAFETY: by contract.
        unsafe { std::ptr::copy_nonoverlapping(program.as_ptr(), room.cast(), count) };
        return count as isize;
    }
    // SAFETY: by contract.
    unsafe { libc::readlinkat(libc::AT_FDCWD, path, room, size) }
}
