//! The library itself: where its functions are.
//!
//! Leaves out: which library is right. A program finds out from `tpn_abi_version`, with the recorder as without.

use crate::tables::FUNCTIONS;
use std::ffi::{c_void, CString};
use std::os::unix::ffi::OsStringExt;
use std::sync::OnceLock;

/// Addresses.
struct Functions(Vec<*const c_void>);

// SAFETY: addresses of functions are every thread's.
unsafe impl Send for Functions {}
// SAFETY: as above.
unsafe impl Sync for Functions {}

static FUNCTIONS_OF_IT: OnceLock<Functions> = OnceLock::new();

/// Ends the program: without the library no call has a result.
fn give_up(what: &str) -> ! {
    eprintln!("taipan-record: {what}");
    std::process::abort()
}

/// The next library after this one, or the one that `TAIPAN_LIBRARY` names, for programs that load libraries by name and get this one for it.
fn find() -> Functions {
    let named = std::env::var_os("TAIPAN_LIBRARY").filter(|name| !name.is_empty());
    let handle = match named {
        None => libc::RTLD_NEXT,
        Some(name) => {
            let shown = name.to_string_lossy().into_owned();
            let Ok(name) = CString::new(name.into_vec()) else { give_up("TAIPAN_LIBRARY is no path") };
            // SAFETY: a path that ends with a NUL.
            let handle = unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
            if handle.is_null() {
                give_up(&format!("TAIPAN_LIBRARY: {shown} can't be loaded"));
            }
            handle
        }
    };
    let ours = crate::exports::tpn_abi_version as *const () as *const c_void;
    let find = |name: &str| {
        let name = CString::new(name).unwrap_or_default();
        // SAFETY: a name that ends with a NUL.
        let found = unsafe { libc::dlsym(handle, name.as_ptr()) }.cast_const();
        if found == ours {
            give_up("TAIPAN_LIBRARY names the recorder itself");
        }
        found
    };
    let found: Vec<_> = FUNCTIONS.iter().map(|function| find(function.name)).collect();
    if found.iter().all(|found| found.is_null()) {
        give_up("libtaipan is not loaded; TAIPAN_LIBRARY may name it");
    }
    Functions(found)
}

/// Where a function is.
pub(super) fn function(n: usize) -> *const c_void {
    let found = FUNCTIONS_OF_IT.get_or_init(find).0[n];
    if found.is_null() {
        give_up(&format!("libtaipan has no {}", FUNCTIONS[n].name));
    }
    found
}
