//! The library that a recording is replayed against, loaded by name: another build of it, too.
//!
//! Leaves out: which is right. Its ABI must be that of the tables.

use crate::kinds::invoke;
use crate::tables::{ABI, FUNCTIONS};
use std::ffi::{c_void, CString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// Its functions, by number.
#[derive(Debug)]
pub struct Library(Vec<*const c_void>);

// SAFETY: addresses of functions are every thread's.
unsafe impl Send for Library {}
// SAFETY: as above.
unsafe impl Sync for Library {}

/// Where it may be: beside the program as it is installed, or where the system looks.
fn places() -> Vec<PathBuf> {
    let program = std::env::current_exe().unwrap_or_default();
    let folder = program.parent().unwrap_or(Path::new("."));
    ["../lib/libtaipan.so.0", "libtaipan_ffi.so"]
        .iter()
        .map(|place| folder.join(place))
        .filter(|place| place.exists())
        .chain([PathBuf::from("libtaipan.so.0")])
        .collect()
}

fn open(path: &Path) -> Result<*mut c_void, String> {
    let name = CString::new(path.as_os_str().as_bytes()).map_err(|_| "a path with a NUL".to_owned())?;
    // SAFETY: a path that ends with a NUL.
    let handle = unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
    if handle.is_null() {
        // SAFETY: what went wrong last, on this thread.
        let why = unsafe { std::ffi::CStr::from_ptr(libc::dlerror()) };
        return Err(why.to_string_lossy().into_owned());
    }
    Ok(handle)
}

impl Library {
    /// Loads it.
    pub(super) fn load(path: Option<&Path>) -> Result<Library, String> {
        let places = path.map_or_else(places, |path| vec![path.to_owned()]);
        let mut failed = String::new();
        for place in &places {
            match open(place) {
                Ok(handle) => return Library::of(handle),
                Err(why) => failed = why,
            }
        }
        Err(format!("libtaipan can't be loaded: {failed}; --library may name it"))
    }

    fn of(handle: *mut c_void) -> Result<Library, String> {
        let mut all = Vec::new();
        for function in FUNCTIONS {
            let name = CString::new(function.name).unwrap_or_default();
            // SAFETY: a name that ends with a NUL.
            let found = unsafe { libc::dlsym(handle, name.as_ptr()) };
            if found.is_null() {
                return Err(format!("the library has no {}", function.name));
            }
            all.push(found.cast_const());
        }
        let library = Library(all);
        // SAFETY: it takes nothing.
        let abi = unsafe { library.call(crate::known::ABI_VERSION, &[]) } as u32;
        match abi == ABI {
            true => Ok(library),
            false => Err(format!("the library's ABI is {abi:#x}, and this is for {ABI:#x}")),
        }
    }

    /// Calls a function.
    ///
    /// # Safety
    /// As the header says of it.
    pub(super) unsafe fn call(&self, n: usize, words: &[u64]) -> u64 {
        // SAFETY: by contract.
        unsafe { invoke(n, self.0[n], words) }
    }
}
