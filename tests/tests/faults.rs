//! Every allocation may fail: see [`taipan_tests::faults`]. The programs `faults_*` of `tests/programs` are swept strictly; of the others,
//! which may catch what they get, a few steps each.
//!
//! `TAIPAN_FAULTS=all cargo test --release -p taipan-tests --test faults` fails every step, which takes hours; a number in its place is how
//! many steps of each program are. What is allocated is counted, so that a byte that closing leaves behind is found.

use libtest_mimic::{Arguments, Failed, Trial};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use taipan_gc::manager::ManagerFactory;
use taipan_tests::faults::{message_of, Bench, Program, Steps};
use taipan_tests::programs::{folder, programs_in};

/// The system's allocator, and how much of it each thread uses.
struct Counting;

thread_local! {
    static LIVE: Cell<i64> = const { Cell::new(0) };
}

fn count(bytes: i64) {
    // A thread that ends has nothing to count any more.
    let _ = LIVE.try_with(|live| live.set(live.get() + bytes));
}

// SAFETY: all is done by the system's allocator; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as i64);
        // SAFETY: as the caller's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as i64);
        // SAFETY: as the caller's.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size as i64 - layout.size() as i64);
        // SAFETY: as the caller's.
        unsafe { System.realloc(block, layout, size) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        count(-(layout.size() as i64));
        // SAFETY: as the caller's.
        unsafe { System.dealloc(block, layout) };
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Native stack of a sweep's thread.
const STACK_BYTES: usize = 256 << 20;

fn main() {
    let arguments = Arguments::from_args();
    let programs = folder("programs");
    if let Err(error) = std::env::set_current_dir(&programs) {
        panic!("{}: {error}", programs.display());
    }
    let mut trials = Vec::new();
    for (number, factory) in taipan_tests::managers().into_iter().enumerate() {
        let manager = factory().facts().name;
        // Each manager fails other steps.
        let offset = number as u64 * 7;
        trials.push(Trial::test(format!("{manager}::start"), move || {
            on_a_thread(move || bench(factory).sweep_start(steps(30, offset)))
        }));
        for program in programs_in(&programs) {
            let strict = program.starts_with("faults_");
            let most = if strict { 60 } else { 2 };
            trials.push(Trial::test(format!("{manager}::{program}"), move || {
                on_a_thread(move || sweep(factory, &program, strict, steps(most, offset)))
            }));
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

/// `most` steps, or what the environment says.
fn steps(most: u64, offset: u64) -> Steps {
    match std::env::var("TAIPAN_FAULTS") {
        Ok(text) if text == "all" => Steps::All,
        Ok(text) => Steps::Sample(text.parse().unwrap_or(most), offset),
        Err(_) => Steps::Sample(most, offset),
    }
}

fn bench(factory: ManagerFactory) -> Bench {
    let here = folder("programs").to_string_lossy().into_owned();
    Bench { factory, path: vec![here.clone(), format!("{here}/lib")], live_bytes: || LIVE.get() }
}

fn sweep(factory: ManagerFactory, program: &str, strict: bool, steps: Steps) -> Result<u64, String> {
    let folder = folder("programs");
    let read = |ending: &str| {
        let file = folder.join(format!("{program}.{ending}"));
        std::fs::read(file).map_err(|e| format!("{program}.{ending}: {e}"))
    };
    let expected = match strict {
        true => Some(String::from_utf8_lossy(&read("out")?).into_owned()),
        false => None,
    };
    let program = Program { source: read("py")?, filename: format!("{program}.py"), expected };
    bench(factory).sweep(&program, steps)
}

/// Runs a sweep on a thread with a large stack, and tells how many failures there were.
fn on_a_thread(body: impl FnOnce() -> Result<u64, String> + Send + 'static) -> Result<(), Failed> {
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(body)?;
    match thread.join() {
        Ok(Ok(failures)) => {
            println!("{failures} failures injected");
            Ok(())
        }
        Ok(Err(message)) => Err(message.into()),
        Err(panic) => Err(format!("panicked: {}", message_of(&*panic)).into()),
    }
}
