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

/// When something was made, and where, if that is kept.
#[derive(Debug, Default)]
pub(crate) struct Note {
    pub(crate) serial: u64,
    pub(crate) origin: Option<Box<Origin>>,
}

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
    /// Of the scopes that are open, and of some that ended since the last was opened.
    scopes: RefCell<Vec<(ScopeId, Note)>>,
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
        Origins { frames: frames.get().min(MAX_FRAMES) as usize, scopes: RefCell::default() }
    }

    #[cold]
    #[inline(never)]
    fn here(&self, cx: &Cx<'_>) -> Box<Origin> {
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
        Box::new(Origin { addresses: addresses.into_boxed_slice(), script })
    }
}

impl Context {
    /// A note of something that is made now.
    pub(crate) fn note(&self, cx: &Cx<'_>) -> Note {
        let serial = self.serial.get();
        self.serial.set(serial + 1);
        Note { serial, origin: self.origins.as_ref().map(|origins| origins.here(cx)) }
    }

    /// Notes where C has opened a scope, if that is kept.
    pub(crate) fn note_scope(&self, cx: &Cx<'_>, scope: ScopeId) {
        if let Some(origins) = &self.origins {
            let note = self.note(cx);
            let mut scopes = origins.scopes.borrow_mut();
            // Those that were this deep have ended.
            while scopes.last().is_some_and(|(last, _)| last.mark >= scope.mark) {
                scopes.pop();
            }
            scopes.push((scope, note));
        }
    }

    /// Shows the notes of open scopes, one after the other.
    pub(crate) fn with_scope_note<R>(&self, scope: ScopeId, show: impl FnOnce(&Note) -> R) -> Option<R> {
        let scopes = self.origins.as_ref()?.scopes.borrow();
        scopes.iter().find(|(noted, _)| *noted == scope).map(|(_, note)| show(note))
    }
}

/// What return addresses are called, for one report.
pub(crate) struct Names {
    frames: usize,
    known: HashMap<usize, Vec<String>>,
    /// Where the library lies, if it is a file of its own.
    library: Option<usize>,
}

impl Names {
    pub(crate) fn new(context: &Context) -> Names {
        let frames = context.origins.as_ref().map_or(0, |origins| origins.frames);
        Names { frames, known: HashMap::new(), library: library() }
    }

    /// An origin in lines: frames of the host from the innermost to `main`, then the script's line.
    pub(crate) fn lines(&mut self, origin: &Origin) -> String {
        let mut text = String::new();
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
                if shown == self.frames || name.starts_with("main ") {
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

impl Drop for Names {
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
