//! Where the host made what it has to give back: a serial number always, native return addresses and the script's line where `debug.origins` asks
//! for them.
//!
//! Addresses are kept as they are, and get their names ([`Names`]) when somebody asks for a report. Leaves out: links of other threads, which may
//! outlast the heap.

use crate::abi::ScopeId;
use crate::context::Context;
use crate::scopes;
use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::c_void;
use std::num::NonZeroU32;
use std::path::Path;
use taipan::object::rt;
use taipan_gc::Cx;

/// Where something was made.
#[derive(Debug)]
pub(crate) struct Origin {
    /// Return addresses, innermost first, the library's own among them.
    addresses: Box<[usize]>,
    /// The line that ran, and the function it belongs to.
    script: Option<Box<str>>,
}

/// Where things are made is kept.
#[derive(Debug)]
pub(crate) struct Origins {
    /// How many frames of the host a report shows.
    frames: usize,
    /// By serial number, of all that the host holds.
    kept: RefCell<HashMap<u64, Origin>>,
    /// Serial numbers of the scopes that are open, and of some that ended since the last was opened.
    scopes: RefCell<Vec<(ScopeId, u64)>>,
}

/// Most frames that are kept of the host's, and how many of the library's may lie between them.
const MAX_FRAMES: u32 = 64;
const OURS: usize = 64;

/// Where the functions begin through which things are made: what lies inside them is nobody's concern. Where one is not the function that the host
/// has called (a linker may give it another address), names tell the library's frames.
fn entries() -> [*const (); 6] {
    [
        crate::tpn_ref_new as _,
        crate::tpn_weak_new as _,
        crate::tpn_weak_watch as _,
        crate::tpn_buf_open as _,
        crate::tpn_scope_open as _,
        scopes::open_slow as _,
    ]
}

impl Origins {
    pub(crate) fn new(frames: NonZeroU32) -> Origins {
        Origins {
            frames: frames.get().min(MAX_FRAMES) as usize,
            kept: RefCell::default(),
            scopes: RefCell::default(),
        }
    }

    #[cold]
    #[inline(never)]
    fn keep(&self, cx: &Cx<'_>, serial: u64) {
        let mut addresses = Vec::new();
        let (entries, mut is_inside) = (entries(), true);
        backtrace::trace(|frame| {
            addresses.push(frame.ip() as usize);
            if is_inside && entries.contains(&frame.symbol_address().cast_const().cast()) {
                is_inside = false;
                addresses.clear();
            }
            addresses.len() < self.frames + OURS
        });
        let script = (rt(cx).hooks.caller)(cx).map(|caller| {
            let unit = caller.unit(cx);
            let line = unit.position(caller.pc).line;
            format!("{}:{line}, in {}", unit.filename, unit.qualname).into_boxed_str()
        });
        let origin = Origin { addresses: addresses.into_boxed_slice(), script };
        self.kept.borrow_mut().insert(serial, origin);
    }

    #[cold]
    #[inline(never)]
    fn forget(&self, serial: Option<u64>) {
        serial.and_then(|serial| self.kept.borrow_mut().remove(&serial));
    }
}

impl Context {
    /// Something has been made with the next serial number.
    #[inline]
    pub(crate) fn has_made(&self, cx: &Cx<'_>) {
        let serial = self.serial.get();
        self.serial.set(serial + 1);
        if let Some(origins) = &self.origins {
            origins.keep(cx, serial);
        }
    }

    /// What has this serial number, if anything, is given back.
    #[inline]
    pub(crate) fn has_ended(&self, serial: impl FnOnce() -> Option<u64>) {
        if let Some(origins) = &self.origins {
            origins.forget(serial());
        }
    }

    /// Notes where C has opened a scope, if that is kept.
    pub(crate) fn note_scope(&self, cx: &Cx<'_>, scope: ScopeId) {
        let Some(origins) = &self.origins else { return };
        let mut scopes = origins.scopes.borrow_mut();
        // Those that were this deep have ended.
        while let Some((_, ended)) = scopes.pop_if(|(last, _)| last.mark >= scope.mark) {
            origins.forget(Some(ended));
        }
        scopes.push((scope, self.serial.get()));
        self.has_made(cx);
    }

    /// The serial number of an open scope, if it has one.
    pub(crate) fn serial_of(&self, scope: ScopeId) -> Option<u64> {
        let scopes = self.origins.as_ref()?.scopes.borrow();
        scopes.iter().find(|(noted, _)| *noted == scope).map(|(_, serial)| *serial)
    }
}

/// What return addresses are called, for one report.
pub(crate) struct Names<'a> {
    origins: Option<&'a Origins>,
    known: HashMap<usize, Vec<String>>,
    /// Where the library lies, if it is a file of its own.
    library: Option<usize>,
}

impl<'a> Names<'a> {
    pub(crate) fn new(context: &'a Context) -> Names<'a> {
        Names { origins: context.origins.as_ref(), known: HashMap::new(), library: library() }
    }

    /// Where what has this number was made, in lines: frames of the host from the innermost to `main`, then the script's line. Empty unless it is kept.
    pub(crate) fn lines(&mut self, serial: u64) -> String {
        let mut text = String::new();
        let Some(origins) = self.origins else { return text };
        let kept = origins.kept.borrow();
        let Some(origin) = kept.get(&serial) else { return text };
        let mut shown = 0;
        'stack: for &address in &origin.addresses {
            if self.library.is_some() && module_of(address) == self.library {
                continue;
            }
            for name in self.known.entry(address).or_insert_with(|| names_at(address)) {
                text.push_str("    at ");
                text.push_str(name);
                text.push('\n');
                shown += 1;
                if shown == origins.frames || name.starts_with("main ") {
                    break 'stack;
                }
            }
        }
        if let Some(script) = &origin.script {
            text.push_str("    for ");
            text.push_str(script);
            text.push('\n');
        }
        text
    }
}

impl Drop for Names<'_> {
    fn drop(&mut self) {
        // What was read of programs and libraries is not the heap's, and may be much.
        if !self.known.is_empty() {
            backtrace::clear_symbol_cache();
        }
    }
}

/// The functions of an address, inlined ones first; none that are the library's.
fn names_at(address: usize) -> Vec<String> {
    let (mut names, mut found) = (Vec::new(), false);
    backtrace::resolve(address as *mut c_void, |symbol| {
        let Some(name) = symbol.name().map(|name| format!("{name:#}")) else { return };
        found = true;
        if is_ours(&name, symbol.filename()) {
            return;
        }
        let file = symbol.filename().and_then(|path| path.file_name()).map(|file| file.to_string_lossy());
        names.push(match (file, symbol.lineno()) {
            (Some(file), Some(line)) => format!("{name} ({file}:{line})"),
            _ => format!("{name} ({address:#x})"),
        });
    });
    if !found {
        names.push(format!("{address:#x}"));
    }
    names
}

/// Whether a function is of the library, or of what lies beneath it, where it is linked into the program: by its name, which has the crate in it unless
/// only lines are known of it; then by its file.
fn is_ours(name: &str, file: Option<&Path>) -> bool {
    const NAMES: &[&str] =
        &["taipan", "core::", "std::", "alloc::", "backtrace::", "tpn_", "_Unwind_", "__rust", "rust_"];
    const FOLDERS: &[&str] = &["/gc/src/", "/runtime/src/", "/ffi/src/", "/library/", "/registry/src/"];
    let name = name.trim_start_matches(['<', '&']);
    let file = file.map_or("".into(), Path::to_string_lossy);
    NAMES.iter().any(|start| name.starts_with(start))
        || file.ends_with(".rs") && FOLDERS.iter().any(|folder| file.contains(folder))
}

/// Where the file lies that the code at an address is of.
fn module_of(address: usize) -> Option<usize> {
    let mut info = std::mem::MaybeUninit::<libc::Dl_info>::zeroed();
    // SAFETY: any address may be asked about; the answer is written, or stays zero, which is right for it, too.
    let info = unsafe {
        let found = libc::dladdr(address as *const c_void, info.as_mut_ptr());
        (found != 0).then(|| info.assume_init())
    };
    info.map(|info| info.dli_fbase as usize)
}

/// Where the library lies, if it is no part of the program.
#[cfg(target_os = "linux")]
fn library() -> Option<usize> {
    // SAFETY: it only reads what the system has told the process.
    let program = unsafe { libc::getauxval(libc::AT_PHDR) } as usize;
    module_of(names_at as *const () as usize).filter(|library| module_of(program) != Some(*library))
}

/// As above; only names tell here.
#[cfg(not(target_os = "linux"))]
fn library() -> Option<usize> {
    None
}
