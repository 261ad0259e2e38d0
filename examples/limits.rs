//! What a host in Rust sets around scripts that it doesn't trust: a hard and a soft limit of memory, fuel, a recursion limit, an interrupt
//! by a watchdog's thread. Each ends in an error that the host sees, and the heap stays usable.
//!
//! `limits MANAGER` prints the same bytes under every manager, and the same as its twin in C, `limits.c`; so errors are told by the names of
//! its statuses.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::thread;
use std::time::Duration;
use taipan::{Config, Interpreter};
use taipan_gc::{managers, CollectKind, Cx, HeapConfig};

const MIB: usize = 1 << 20;

/// Runs a script and says how it ended: "fine", or its status and the last line of the report.
fn run(python: &mut Interpreter, what: &str, script: &str) {
    match python.run(script.as_bytes(), "<host>") {
        Ok(()) => println!("{what}: fine"),
        Err(failure) => {
            let line = failure.report.lines().last().unwrap_or_default();
            let status = match line.split(':').next().unwrap_or_default() {
                "MemoryError" => "TPN_E_NOMEM",
                "taipan.FuelExhausted" => "TPN_E_FUEL",
                "KeyboardInterrupt" => "TPN_E_INTERRUPT",
                _ => "TPN_E_EXC",
            };
            println!("{what}: {status}, {line}");
        }
    }
}

/// Runs `body` inside the heap, and says whether the memory was there.
fn try_in(python: &mut Interpreter, what: &str, body: impl FnOnce(&mut Cx<'_>) -> bool) {
    let fits = python.enter(|cx| body(cx)).unwrap_or_default();
    println!("{what}: {}", if fits { "TPN_OK" } else { "TPN_E_NOMEM" });
}

fn charge(cx: &mut Cx<'_>, bytes: usize) -> bool {
    cx.reserve(bytes).and_then(|()| cx.charge(bytes)).is_ok()
}

fn memory(python: &mut Interpreter, told: &AtomicUsize) {
    run(python, "garbage", "for n in range(20000): x = [n] * 100");
    println!("told of it: {}", told.load(Ordering::Relaxed));
    run(python, "kept", "kept = [[n] * 100 for n in range(12000)]");
    println!("told of it: {}", if told.load(Ordering::Relaxed) > 0 { "yes" } else { "no" });
    run(python, "kept without end", "def f(more):\n    while True: more.append([0] * 100)\nf([])");
    run(python, "given up", "del kept");
    let _ = python.enter(|cx| cx.collect(CollectKind::Full));
    try_in(python, "reserve 8 MiB", |cx| cx.reserve(8 * MIB).is_ok());
    try_in(python, "reserve 80 MiB", |cx| cx.reserve(80 * MIB).is_ok());
    try_in(python, "charge 10 MiB", |cx| charge(cx, 10 * MIB));
    try_in(python, "charge 10 MiB more", |cx| charge(cx, 10 * MIB));
    println!("external: {} MiB", python.heap().stats().external_bytes as usize / MIB);
    let _ = python.enter(|cx| cx.external(-(100 * MIB as i64)));
    println!("discharged: {}", python.heap().stats().external_bytes);
    python.heap().set_limits(Some(64 * MIB), None);
    run(python, "with a higher limit", "kept = [[n] * 100 for n in range(30000)]; del kept");
}

const CATCHES: &str = "\
def f():
    while True:
        try:
            while True: pass
        except BaseException: pass
f()
";

fn fuel(python: &mut Interpreter) {
    python.set_fuel(Some(1000));
    run(python, "an endless loop", "while True: pass");
    run(python, "one that catches everything", CATCHES);
    run(python, "one inside a builtin", "sum(iter(int, 1))");
    println!("fuel left: {}", python.fuel().unwrap_or(u64::MAX));
    python.set_fuel(Some(1000));
    run(python, "with more", "for n in range(100): pass");
    let left = python.fuel().unwrap_or(u64::MAX);
    println!("fuel left: {}", if (800..1000).contains(&left) { "about 900" } else { "otherwise" });
    python.set_fuel(None);
    run(python, "with any amount", "for n in range(10000): pass");
}

fn interrupts(python: &mut Interpreter) {
    let interrupter = python.interrupter();
    for script in ["while True: pass", "import time\ntime.sleep(1000)"] {
        thread::scope(|scope| {
            scope.spawn(|| {
                thread::sleep(Duration::from_millis(50));
                interrupter.interrupt();
            });
            run(python, "interrupted", script);
        });
    }
    interrupter.interrupt();
    let (first, second) = (interrupter.withdraw(), interrupter.withdraw());
    println!("withdrawn: {} {}", u8::from(first), u8::from(second));
    run(python, "afterwards", "x = [n for n in range(1000)]");
}

fn main() {
    let manager = std::env::args().nth(1).unwrap_or_else(|| managers::DEFAULT.to_owned());
    let heap = HeapConfig { heap_limit: Some(16 * MIB), soft_limit: Some(8 * MIB), ..HeapConfig::default() };
    let made = Interpreter::new(&Config { manager, heap, recursion_limit: 200, ..Config::default() });
    let mut python = match made {
        Ok(python) => python,
        Err(error) => {
            eprintln!("limits: {error}");
            std::process::exit(2);
        }
    };
    let told = Arc::new(AtomicUsize::new(0));
    let counted = told.clone();
    python.heap().on_pressure(Some(Box::new(move |bytes, limit| {
        counted.fetch_add(usize::from(bytes > limit), Ordering::Relaxed);
        None
    })));
    memory(&mut python, &told);
    fuel(&mut python);
    run(&mut python, "recursion", "def f(): f()\nf()");
    interrupts(&mut python);
    let sound = python.enter(|cx| cx.verify("at the end")).is_ok();
    println!("sound: {}", if sound { "TPN_OK" } else { "TPN_E_PANIC" });
}
