//! The recorder: what stands between a program and the library.
//!
//! A call is written down when it begins, so that a recording of a program that crashes ends with the call that did it, and again when it returns. What
//! the library calls of itself, or while a call of a function marked `[any]` is under way, is its own affair.
//! Leaves out: what arguments look like in the file (`save`).

pub(crate) mod callbacks;
mod library;
mod regions;
mod save;
mod slots;

use crate::format::{Op, Writer, FIRST_CALL};
use crate::kinds::{invoke, success, Function, Kind};
use crate::known;
use crate::log::Log;
use crate::tables::FUNCTIONS;
use std::cell::Cell;
use std::collections::HashMap;
use std::ffi::{c_void, OsString};
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;

/// A function that is exported: words in, a word out.
macro_rules! export {
    ($n:literal $name:ident($($p:ident: $kind:ty),*) -> $result:ty) => {
        #[no_mangle]
        pub unsafe extern "C" fn $name($($p: $kind),*) -> $result {
            // SAFETY: the host keeps to the header.
            let word = unsafe { $crate::recorder::call($n, &mut [$($crate::kinds::Word::word($p)),*]) };
            $crate::kinds::FromWord::from_word(word)
        }
    };
}
pub(crate) use export;

/// What is known of the program's run so far.
pub(crate) struct Recorder {
    log: Log,
    writer: Writer,
    /// Who did the last event.
    thread: u64,
    /// Numbers of the library's pointers.
    objects: HashMap<usize, u64>,
    /// How many groups of functions the host has given.
    given: u64,
    slots: slots::Slots,
    regions: regions::Regions,
    /// The contexts of heaps.
    contexts: HashMap<u64, u64>,
    /// When the last event was.
    last: Instant,
}

static RECORDER: OnceLock<Option<Mutex<Recorder>>> = OnceLock::new();
/// Cleared when the recording is over, and in processes that were forked.
static RECORDS: AtomicBool = AtomicBool::new(false);
static THREADS: AtomicU64 = AtomicU64::new(0);

thread_local! {
    /// A call of this thread's is in the library, and not in a function of the host's.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
    /// This thread has the recorder while it is in the library.
    static HELD: Cell<bool> = const { Cell::new(false) };
    /// The payload whose slots are being shown.
    static TRACED: Cell<usize> = const { Cell::new(0) };
    static THREAD: Cell<u64> = const { Cell::new(0) };
}

fn this_thread() -> u64 {
    THREAD.with(|thread| {
        if thread.get() == 0 {
            thread.set(THREADS.fetch_add(1, Ordering::Relaxed) + 1);
        }
        thread.get()
    })
}

/// The file that the environment names; `%p` in it is the number of the process.
fn wanted() -> Option<PathBuf> {
    let path: OsString = std::env::var_os("TAIPAN_RECORD").filter(|path| !path.is_empty())?;
    match path.to_str() {
        Some(text) => Some(text.replace("%p", &std::process::id().to_string()).into()),
        None => Some(path.into()),
    }
}

fn start() -> Option<Mutex<Recorder>> {
    let path = wanted()?;
    let log = match Log::create(&path) {
        Ok(log) => log,
        Err(error) => {
            eprintln!("taipan-record: {}: {error}; nothing is recorded", path.display());
            return None;
        }
    };
    // SAFETY: it may be called at any time, and does not unwind.
    unsafe { libc::pthread_atfork(None, None, Some(forget)) };
    RECORDS.store(true, Ordering::SeqCst);
    let mut recorder = Recorder {
        log,
        writer: Writer::default(),
        thread: 0,
        objects: HashMap::new(),
        given: 0,
        slots: slots::Slots::default(),
        regions: regions::Regions::default(),
        contexts: HashMap::new(),
        last: Instant::now(),
    };
    recorder.program();
    Some(Mutex::new(recorder))
}

/// When the library is unloaded: after everything that the program does at its end.
#[used]
#[link_section = ".fini_array"]
static FINISH: extern "C" fn() = finish;

extern "C" fn finish() {
    // A program that has called nothing has no recording.
    if RECORDER.get().is_none() {
        return;
    }
    if let Some(mut recorder) = recorder() {
        RECORDS.store(false, Ordering::SeqCst);
        recorder.log.finish();
    }
}

/// In a child process: the file is its parent's.
extern "C" fn forget() {
    RECORDS.store(false, Ordering::SeqCst);
}

/// The recorder, for this thread alone; `None`: nothing is recorded.
fn recorder() -> Option<MutexGuard<'static, Recorder>> {
    let recorder = RECORDER.get_or_init(start).as_ref()?;
    if !RECORDS.load(Ordering::Relaxed) {
        return None;
    }
    let guard = recorder.lock().unwrap_or_else(PoisonError::into_inner);
    RECORDS.load(Ordering::Relaxed).then_some(guard)
}

/// Calls a function of the library, and writes it down.
///
/// # Safety
/// As the header says of that function.
pub(crate) unsafe fn call(n: usize, words: &mut [u64]) -> u64 {
    let real = library::function(n);
    let traced = TRACED.get();
    if traced != 0 && n == known::TRACE_SLOTS {
        if let Some(mut recorder) = recorder() {
            // SAFETY: the host shows slots that are there.
            unsafe { recorder.shown(traced, words[1] as usize, words[2] as usize) };
        }
    }
    // What the library calls of its own functions, perhaps through here, is its business.
    if INSIDE.get() || traced != 0 && n == known::TRACE_SLOTS {
        // SAFETY: by contract.
        return unsafe { invoke(n, real, words) };
    }
    if traced != 0 {
        callbacks::enter_trace();
    }
    if n == known::HEAP_FREE {
        // SAFETY: a heap that is not freed.
        unsafe { last_stats(words[0]) };
    }
    // SAFETY: by contract.
    unsafe { recorded(n, real, words) }
}

/// Before a heap is freed: its statistics, as if the host had asked for them.
unsafe fn last_stats(heap: u64) {
    let context = recorder().and_then(|recorder| recorder.contexts.get(&heap).copied());
    if let Some(context) = context {
        let mut stats = [0_u64; 64];
        let known = crate::tables::STRUCTS.iter().find(|known| known.name == "tpn_stats");
        stats[0] = known.map_or(0, |known| known.size as u64);
        // SAFETY: a context of the heap, and room for the statistics.
        unsafe { call(known::STATS, &mut [context, stats.as_mut_ptr() as u64]) };
    }
}

unsafe fn recorded(n: usize, real: *const c_void, words: &mut [u64]) -> u64 {
    let function = &FUNCTIONS[n];
    // What was given, as the call gets other words.
    let mut given = [0; 8];
    given[..words.len()].copy_from_slice(words);
    let given = &given[..words.len()];
    // Copies of arguments, as long as the call lasts.
    let mut copies: Vec<Box<[u64]>> = Vec::new();
    let mut guard = recorder();
    if let Some(recorder) = &mut guard {
        // SAFETY: by contract.
        unsafe { recorder.begin(n, function, words, &mut copies) };
    }
    // Other threads see these calls in the order in which they happen. They are short, and call nobody back.
    if !function.any || n == known::HEAP_NEW {
        guard = None;
    }
    let (inside, held) = (INSIDE.replace(true), HELD.replace(guard.is_some()));
    // SAFETY: by contract, with copies for what was given.
    let result = unsafe { invoke(n, real, words) };
    INSIDE.set(inside);
    HELD.set(held);
    if let Some(mut recorder) = guard.or_else(recorder) {
        // SAFETY: by contract.
        unsafe { recorder.end(n, function, given, result) };
    }
    result
}

impl Recorder {
    /// What scripts can see of the program.
    fn program(&mut self) {
        let shown = |path: std::io::Result<PathBuf>| path.unwrap_or_default().into_os_string().into_vec();
        self.writer.number(Op::Program as u64);
        self.writer.text(&shown(std::env::current_exe()));
        self.writer.text(&shown(std::env::current_dir()));
        self.write();
    }

    /// An event of this thread begins.
    fn event(&mut self, op: Op) {
        self.event_number(op as u64);
    }

    fn event_number(&mut self, op: u64) {
        let thread = this_thread();
        if thread != self.thread {
            self.thread = thread;
            self.writer.number(Op::Thread as u64);
            self.writer.number(thread);
            self.writer.number(self.last.elapsed().as_micros() as u64);
            self.write();
        }
        self.writer.number(op);
    }

    /// The event is complete.
    fn write(&mut self) {
        self.last = Instant::now();
        if let Err(error) = self.log.write(&mut self.writer) {
            eprintln!("taipan-record: {error}; the recording ends after {} events", self.log.events);
            RECORDS.store(false, Ordering::SeqCst);
            self.log.finish();
        }
    }

    unsafe fn begin(
        &mut self,
        n: usize,
        function: &Function,
        words: &mut [u64],
        copies: &mut Vec<Box<[u64]>>,
    ) {
        if matches!(n, known::SLOT_GET | known::SLOT_SET) {
            // SAFETY: the host gives NULL or a slot.
            unsafe { self.before_slot(words[2] as usize) };
        }
        if function.runs
            || function.params.iter().any(|(_, kind)| *kind == Kind::Val)
            || n == known::BUF_CLOSE
        {
            // SAFETY: what regions there are is good until it is taken away.
            unsafe { self.patch() };
        }
        let given = [words.first().copied().unwrap_or(0), words.get(1).copied().unwrap_or(0)];
        self.event_number(FIRST_CALL + n as u64);
        // SAFETY: by contract.
        unsafe { self.save_list(function.params, words, copies) };
        self.write();
        if n == known::BUF_CLOSE {
            // SAFETY: NULL or a buffer.
            unsafe { self.regions.close_buffer(given[1]) };
        }
    }

    unsafe fn end(&mut self, n: usize, function: &Function, words: &[u64], result: u64) {
        let good = success(function.result, result);
        if good.is_some() {
            // SAFETY: by contract; the call succeeded.
            unsafe { self.learn(n, words, result) };
        }
        self.event(Op::Return);
        self.save_value(function.result, result);
        for (at, (_, kind)) in function.params.iter().enumerate() {
            if kind.is_out() && words[at] != 0 {
                // SAFETY: by contract; what was not written is not read.
                unsafe { self.save_out(function, at, *kind, words, good) };
            }
        }
        self.write();
        if TRACED.get() == 0 {
            // SAFETY: what was shown while the call lasted is still there.
            unsafe { self.after_call(n, words) };
        }
    }

    /// What calls that have succeeded tell of what there is.
    unsafe fn learn(&mut self, n: usize, words: &[u64], result: u64) {
        // SAFETY: by contract, as the header says of each function.
        unsafe {
            match n {
                known::ATTACH => {
                    self.contexts.insert(words[0], save::read(words[1], 8));
                }
                known::HEAP_FREE => {
                    let context = self.contexts.remove(&words[0]);
                    self.regions.end_of(context.unwrap_or(0));
                }
                known::TYPE_NEW => self.slots.learn_type(words[1], words[2]),
                known::NEW | known::NEW_TAIL => self.slots.learn_object(n, words),
                known::PAYLOAD => self.slots.learn_payload(result as usize, words[2]),
                known::BUF_OPEN => self.regions.open_buffer(words[0], words[3]),
                known::MEMORY => self.regions.keep(words[0], words[1], words[2]),
                _ => {}
            }
        }
    }
}
