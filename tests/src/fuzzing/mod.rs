//! What arbitrary bytes must not break: the targets of `fuzz/`, as plain functions, so that an ordinary test replays their corpora.
//!
//! They only ask that nothing panics, crashes or hangs: any error is fine. Programs run under small limits, and are interrupted when they
//! take long.

mod bytecode;
mod kept;
mod unit;

pub use bytecode::bytecode;
pub use kept::{changed, kept, run_loaded};
pub use unit::{decode, encode};

use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;
use taipan::builtins::file::redirect;
use taipan::{Config, Failure, Interpreter};
use taipan_gc::protocol::signals::INTERRUPT;
use taipan_gc::{Heap, HeapConfig, Zeal};

/// Most memory of a program.
const HEAP_LIMIT: usize = 24 << 20;
/// Native stack, and how deep natives nest on it; instrumented code takes much of it.
const STACK_BYTES: usize = 256 << 20;
const NATIVE_LIMIT: u32 = 60;
/// How long a program may run before it is interrupted, and again, should it catch that.
const PATIENCE: Duration = Duration::from_millis(150);

/// Any bytes as the source of a program: compiled, and run if it compiles. The first byte chooses the memory manager.
pub fn source(data: &[u8]) {
    let Some((&choice, source)) = data.split_first() else { return };
    run(choice, Stress::default(), |interpreter| interpreter.run(source, "fuzz.py"));
}

/// How hard a program is made to live. By default: not at all.
#[derive(Clone, Debug, Default)]
pub struct Stress {
    /// Modes of the heap.
    pub zeal: Zeal,
    /// The fuel that the program gets, if it needs any.
    pub fuel: Option<u64>,
}

/// Runs `body` in a fresh interpreter without output, interrupting it as long as it runs too long.
fn run(choice: u8, stress: Stress, body: impl FnOnce(&mut Interpreter) -> Result<(), Failure> + Send) {
    std::thread::scope(|scope| {
        let (ready, signals) = mpsc::channel();
        let (done, ended) = mpsc::channel::<()>();
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES);
        let runs = thread.spawn_scoped(scope, move || {
            let done = done;
            let Some(mut interpreter) = interpreter(choice, &stress) else { return };
            // Whoever interrupts lives as long as this thread.
            let _ = ready.send(interpreter.heap().signals());
            let _ = body(&mut interpreter);
            if stress.zeal.verify {
                let _ = interpreter.enter(|cx| cx.verify("at the end"));
            }
            drop(interpreter);
            drop(done);
        });
        if runs.is_err() {
            return;
        }
        if let Ok(signals) = signals.recv() {
            while ended.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                signals.raise(INTERRUPT);
            }
        }
    });
}

fn interpreter(choice: u8, stress: &Stress) -> Option<Interpreter> {
    let managers = crate::managers();
    let manager = managers[choice as usize % managers.len()]();
    let zeal = stress.zeal;
    let heap =
        HeapConfig { heap_limit: Some(HEAP_LIMIT), stack_slots: 1 << 20, zeal, ..HeapConfig::default() };
    let config =
        Config { native_limit: NATIVE_LIMIT, recursion_limit: 200, heap: heap.clone(), ..Config::default() };
    let mut interpreter = Interpreter::on_heap(Heap::with_manager(manager, &heap).ok()?, &config).ok()?;
    let redirected = interpreter.enter(|cx| {
        redirect(cx, false, Box::new(std::io::sink()));
        redirect(cx, true, Box::new(std::io::sink()));
    });
    redirected.ok()?;
    // Random programs must not write files.
    interpreter.run(b"import builtins\ndel builtins.open, builtins", "fuzz.py").ok()?;
    interpreter.set_fuel(stress.fuel);
    Some(interpreter)
}
