//! Every allocation may fail: see [`taipan_tests::faults`]. The programs `faults_*` of `tests/programs` are swept strictly; of the others,
//! which may catch what they get, a few steps each.
//!
//! `TAIPAN_FAULTS=all cargo test --release -p taipan-tests --test faults` fails every step, which takes hours; a number in its place is how
//! many steps of each program are. What is allocated is counted, so that a byte that closing leaves behind is found.

use libtest_mimic::{Arguments, Failed, Trial};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use taipan::builtins::{errors, file, import, repr};
use taipan::object::native::{Args, NativeDef};
use taipan::object::raise::{self, Raised};
use taipan::object::{attr, call, dict, host, int, list, names, str, subscript};
use taipan::{Failure, Interpreter};
use taipan_gc::manager::ManagerFactory;
use taipan_gc::{CollectKind, Cx, Handle, Object, Slot};
use taipan_tests::faults::{message_of, Bench, Program, Scenario, Steps};
use taipan_tests::programs::{folder, programs_in};

/// The system's allocator, and how much of it each thread uses.
struct Counting;

thread_local! {
    static LIVE: Cell<i64> = const { Cell::new(0) };
}

/// Counts the change that a call has made, unless it failed.
fn counted(block: *mut u8, bytes: i64) -> *mut u8 {
    if !block.is_null() {
        // A thread that ends has nothing to count any more.
        let _ = LIVE.try_with(|live| live.set(live.get() + bytes));
    }
    block
}

// SAFETY: all is done by the system's allocator; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller's.
        counted(unsafe { System.alloc(layout) }, layout.size() as i64)
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller's.
        counted(unsafe { System.alloc_zeroed(layout) }, layout.size() as i64)
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as the caller's.
        let grown = unsafe { System.realloc(block, layout, size) };
        counted(grown, (size as i64).wrapping_sub(layout.size() as i64))
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        counted(block, -(layout.size() as i64));
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
        trials.push(Trial::test(format!("{manager}::embedding"), move || {
            on_a_thread(move || bench(factory).sweep(&Embedding, steps(60, offset)))
        }));
        for program in programs_in(&programs) {
            let strict = program.starts_with("faults_");
            let most = if strict { 60 } else { 2 };
            let (of_fuel, name) = (program.clone(), format!("{manager}::{program}"));
            trials.push(Trial::test(name.clone(), move || {
                on_a_thread(move || bench(factory).sweep(&read(&program, strict)?, steps(most, offset)))
            }));
            trials.push(Trial::test(format!("{name}::fuel"), move || {
                on_a_thread(move || bench(factory).sweep_fuel(&read(&of_fuel, strict)?, steps(most, offset)))
            }));
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

/// A host type with a slot, a drop and a finalizer's worth of memory outside.
#[derive(Object)]
struct Item {
    next: Slot<Item>,
    name: String,
    number: i64,
}

static ITEM: &[NativeDef] = &[NativeDef::getter("number", item_number)];

fn item_number<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Result<Handle<'s>, Raised> {
    let number = args.at(cx, 0).downcast::<Item>(cx).map_or(0, |item| item.get(cx).number);
    int::from_i64(cx, number)
}

/// A Rust host: its own objects, references, calls into the script and out of it.
struct Embedding;

impl Embedding {
    fn body(cx: &mut Cx<'_>) -> Result<(), Raised> {
        host::define::<Item>(cx, "demo.Item", ITEM)?;
        let (module, globals) = import::new_module(cx, "demo")?;
        let mut last = None;
        for number in 0..5 {
            let name = format!("item {number}");
            let next = last.map(|item: Handle<'_, Item>| item.get(cx));
            let item = cx.alloc(ItemInit { next, name, number })?;
            last = Some(cx.root(item));
        }
        let Some(last) = last else { return Ok(()) };
        let key = names::intern(cx, "last")?;
        dict::set_name(cx, globals, names::handle(cx, key), last.any())?;
        let (owned, weak) = (cx.own(last.get(cx))?, cx.downgrade(last.get(cx)));
        cx.collect(CollectKind::Full);
        let found = weak.map(|weak| weak.and_then(|weak| cx.upgrade(weak)).is_some());
        cx.disown(owned);
        let attribute = attr::get(cx, module, key)?;
        let number = names::intern(cx, "number")?;
        let number = attr::get(cx, attribute, number)?;
        let parts = [number, last.any()];
        let parts = list::new(cx, &parts)?;
        let name = last.get(cx).name.clone();
        let (append, text) = (names::intern(cx, "append")?, str::new(cx, &name)?);
        call::call_method(cx, parts.any(), append, &[text.any()])?;
        let len = subscript::len(cx, parts.any())?;
        let shown = repr::repr(cx, text.any())?;
        let line = format!("{} {len} {}\n", found?, str::lossy(shown.get(cx)));
        let print = str::new(cx, &line)?;
        let Some(stream) = import::sys_attribute(cx, names::STDOUT) else { return Ok(()) };
        call::call_method(cx, stream, names::WRITE, &[print.any()]).map(drop)
    }
}

impl Scenario for Embedding {
    fn run(&self, interpreter: &mut Interpreter) -> Result<(), Failure> {
        let failed = |report: String| Failure { report, status: 1 };
        let ran = interpreter.enter(|cx| {
            let ran = cx.scoped(Embedding::body);
            let ran = ran.map_err(|_| {
                let exception = raise::take(cx);
                errors::report(cx, exception)
            });
            file::flush_standard(cx);
            ran
        });
        ran.map_err(|error| failed(error.to_string()))?.map_err(failed)
    }

    fn expected(&self) -> Option<&str> {
        Some("true 3 'item 4'\n")
    }
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

fn read(program: &str, strict: bool) -> Result<Program, String> {
    let folder = folder("programs");
    let read = |ending: &str| {
        let file = folder.join(format!("{program}.{ending}"));
        std::fs::read(file).map_err(|e| format!("{program}.{ending}: {e}"))
    };
    let expected = match strict {
        true => Some(String::from_utf8_lossy(&read("out")?).into_owned()),
        false => None,
    };
    Ok(Program { source: read("py")?, filename: format!("{program}.py"), expected })
}

/// Runs a sweep on a thread with a large stack, and tells how many failures there were.
fn on_a_thread(body: impl FnOnce() -> Result<u64, String> + Send + 'static) -> Result<(), Failed> {
    let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(body)?;
    match thread.join() {
        Ok(Ok(failures)) => {
            println!("{failures} times disturbed");
            Ok(())
        }
        Ok(Err(message)) => Err(message.into()),
        Err(panic) => Err(format!("panicked: {}", message_of(&*panic)).into()),
    }
}
