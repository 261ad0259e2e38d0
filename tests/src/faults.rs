//! Failing allocations one by one: what a program may do when the heap says, once, that it is full.
//!
//! A dry run counts a program's fallible steps (allocations, growing side tables); then each of them, or a sample, is made to fail in a
//! run of its own, alone or together with the next one, so that what collects and tries again fails, too. Afterwards the program has
//! printed what it should or has ended with a MemoryError, the heap is sound, a second program runs on it, and closing leaves nothing.
//! The same with fuel: running out of it raises at each poll of the program in turn, as an interrupt may.

use crate::programs::{first_difference, redirected, Printed};
use std::panic::{catch_unwind, AssertUnwindSafe};
use taipan::{Config, Failure, Interpreter};
use taipan_gc::manager::ManagerFactory;
use taipan_gc::{Heap, HeapConfig, Zeal};

/// Which steps are made to fail.
#[derive(Clone, Copy, Debug)]
pub enum Steps {
    /// Every one.
    All,
    /// At most so many, spread over the run; the second number moves them.
    Sample(u64, u64),
}

impl Steps {
    fn of(self, count: u64) -> Vec<u64> {
        match self {
            Steps::Sample(most, offset) if count > most => {
                let stride = count.div_ceil(most.max(1));
                (offset % stride + 1..=count).step_by(stride as usize).collect()
            }
            _ => (1..=count).collect(),
        }
    }
}

/// Alone; with the next step; with the next three.
pub const RUNS: [u32; 3] = [0, 1, 3];

/// After so many wrong endings a sweep stops.
const MANY: usize = 5;

/// What happens to a run.
#[derive(Clone, Copy, Debug)]
enum Disturbance {
    None,
    /// This step fails, and so many more.
    Failure(u64, u32),
    /// There is fuel for so many polls.
    Fuel(u64),
}

/// What is run on a heap while it fails.
pub trait Scenario {
    /// Runs it; a failure must be a MemoryError.
    fn run(&self, interpreter: &mut Interpreter) -> Result<(), Failure>;

    /// What it prints, if that is certain whenever it doesn't fail.
    fn expected(&self) -> Option<&str>;
}

/// A Python program.
#[derive(Debug)]
pub struct Program {
    /// Its text.
    pub source: Vec<u8>,
    /// Its name in tracebacks.
    pub filename: String,
    /// What it prints, unless it does other things when it has no memory.
    pub expected: Option<String>,
}

impl Scenario for Program {
    fn run(&self, interpreter: &mut Interpreter) -> Result<(), Failure> {
        interpreter.run(&self.source, &self.filename)
    }

    fn expected(&self) -> Option<&str> {
        self.expected.as_deref()
    }
}

/// Runs on the heap that a failure went through.
const SECOND: &str = "
import gc, math, sys
sys.stdout = sys.__stdout__
class Second:
    def __init__(self, n): self.n = n
    def __eq__(self, other): return self.n == other.n
    def __hash__(self): return self.n
    def __del__(self): finalized.append(self.n)
finalized = []
def second(n):
    kept = {Second(i): [i, str(i)] for i in range(n)}
    try: kept[Second(n)]
    except KeyError as error: del error
    yield from sorted((v[1] for v in kept.values()), key=lambda s: -int(s))
print(*second(5), math.gcd(3 ** 100, 3 ** 50) == 3 ** 50, f'{1 / 3:.3f}', sum(x * x for x in range(10)))
gc.collect()
";
const SECOND_PRINTS: &str = "4 3 2 1 0 True 0.333 285\n";

/// Where programs are run.
#[derive(Clone, Debug)]
pub struct Bench {
    /// Makes the manager.
    pub factory: ManagerFactory,
    /// `sys.path`
    pub path: Vec<String>,
    /// Bytes that this thread has allocated and not given back, if the test knows.
    pub live_bytes: fn() -> i64,
}

impl Bench {
    fn start(&self, zeal: Zeal) -> Result<Interpreter, String> {
        let heap = HeapConfig { zeal, ..HeapConfig::default() };
        let heap = Heap::with_manager((self.factory)(), &heap).map_err(|e| e.to_string())?;
        let config = Config { path: self.path.clone(), ..Config::default() };
        Interpreter::on_heap(heap, &config).map_err(|e| e.to_string())
    }

    /// Starts an interpreter with each of the steps that this takes failing. How many failures there were.
    pub fn sweep_start(&self, steps: Steps) -> Result<u64, String> {
        let mut dry = self.start(Zeal { fail_at: u64::MAX, ..Zeal::OFF })?;
        let count = u64::MAX - left(&mut dry);
        drop(dry);
        let mut failures = 0;
        for at in steps.of(count) {
            for fail_more in RUNS {
                let before = (self.live_bytes)();
                let ended = match self.start(Zeal { fail_at: at, fail_more, ..Zeal::OFF }) {
                    Ok(mut interpreter) => redirected(&mut interpreter)
                        .and_then(|printed| self.afterwards(interpreter, &printed)),
                    Err(message) if message.contains("too small to start") => Ok(()),
                    Err(message) => Err(message),
                };
                let ended = ended.and_then(|()| self.nothing_left(before));
                ended.map_err(|e| format!("starting, step {at} and {fail_more} more: {e}"))?;
                failures += 1 + u64::from(fail_more);
            }
        }
        Ok(failures)
    }

    /// Runs the scenario with each of the steps failing. How many failures there were.
    pub fn sweep(&self, scenario: &dyn Scenario, steps: Steps) -> Result<u64, String> {
        // Once to fill what the process keeps.
        self.run(scenario, Disturbance::None)?;
        let mut dry = self.start(Zeal::OFF)?;
        let printed = redirected(&mut dry)?;
        dry.heap().set_zeal(Zeal { fail_at: u64::MAX, ..Zeal::OFF });
        scenario.run(&mut dry).map_err(|failure| failure.report)?;
        let count = u64::MAX - left(&mut dry);
        drop((dry, printed));
        let points =
            steps.of(count).into_iter().flat_map(|at| RUNS.map(|more| Disturbance::Failure(at, more)));
        self.each(scenario, points)
    }

    /// Runs the scenario with too little fuel, ending it at each of its polls. How many runs there were.
    pub fn sweep_fuel(&self, scenario: &dyn Scenario, steps: Steps) -> Result<u64, String> {
        self.run(scenario, Disturbance::None)?;
        let mut dry = self.start(Zeal::OFF)?;
        let printed = redirected(&mut dry)?;
        dry.set_fuel(Some(u64::MAX));
        scenario.run(&mut dry).map_err(|failure| failure.report)?;
        let count = u64::MAX - dry.fuel().unwrap_or(u64::MAX);
        drop((dry, printed));
        self.each(scenario, steps.of(count).into_iter().map(|at| Disturbance::Fuel(at - 1)))
    }

    fn each(
        &self,
        scenario: &dyn Scenario,
        points: impl Iterator<Item = Disturbance>,
    ) -> Result<u64, String> {
        let mut disturbed = 0;
        let mut wrong = Vec::new();
        for point in points {
            let before = (self.live_bytes)();
            let ran = catch_unwind(AssertUnwindSafe(|| self.run(scenario, point)));
            let ran = ran.unwrap_or_else(|panic| Err(format!("panicked: {}", message_of(&*panic))));
            let ended = ran.and_then(|more| self.nothing_left(before).map(|()| disturbed += more));
            wrong.extend(ended.err().map(|e| format!("{point:?}: {e}")));
            if wrong.len() >= MANY {
                break;
            }
        }
        match wrong.is_empty() {
            true => Ok(disturbed),
            false => Err(wrong.join("\n")),
        }
    }

    /// One run; how often it was disturbed.
    fn run(&self, scenario: &dyn Scenario, point: Disturbance) -> Result<u64, String> {
        let mut interpreter = self.start(Zeal::OFF)?;
        let printed = redirected(&mut interpreter)?;
        let name = match point {
            Disturbance::None => "",
            Disturbance::Failure(fail_at, fail_more) => {
                interpreter.heap().set_zeal(Zeal { fail_at, fail_more, ..Zeal::OFF });
                "MemoryError"
            }
            Disturbance::Fuel(fuel) => {
                interpreter.set_fuel(Some(fuel));
                "taipan.FuelExhausted"
            }
        };
        let ended = scenario.run(&mut interpreter);
        interpreter.heap().set_zeal(Zeal::OFF);
        interpreter.set_fuel(None);
        let failures = interpreter.heap().stats().injected_failures;
        match (ended, scenario.expected()) {
            (Ok(()), Some(expected)) => {
                if let Some(difference) = first_difference(expected, &printed.take()) {
                    return Err(difference);
                }
            }
            // Programs of other suites catch errors, and do something else.
            (Ok(()), None) => {}
            (Err(failure), expected) => {
                // It may be the cause of another one, as when `__set_name__` fails.
                let named = failure.report.lines().any(|line| !name.is_empty() && line.starts_with(name));
                if !named && (expected.is_some() || name.is_empty()) {
                    return Err(format!("ended with\n{}", failure.report));
                }
            }
        }
        let disturbed = failures + u64::from(matches!(point, Disturbance::Fuel(_)));
        self.afterwards(interpreter, &printed).map(|()| disturbed)
    }

    fn afterwards(&self, mut interpreter: Interpreter, printed: &Printed) -> Result<(), String> {
        let checked = interpreter.enter(|cx| {
            cx.poll();
            cx.verify("after a failure");
        });
        checked.map_err(|e| e.to_string())?;
        printed.take();
        let second = interpreter.run(SECOND.as_bytes(), "second.py");
        second.map_err(|failure| format!("the second program: {}", failure.report))?;
        // What is left of the first program may print as it dies.
        let found = printed.take();
        if !found.contains(SECOND_PRINTS) {
            return Err(format!(
                "the second program: {}",
                first_difference(SECOND_PRINTS, &found).unwrap_or_default()
            ));
        }
        let finalized = interpreter.eval("finalized.__len__()").map_err(|failure| failure.report)?;
        let due = if interpreter.heap().facts().collects { "6" } else { "0" };
        if finalized != due {
            return Err(format!("{finalized} finalizers of {due} have run"));
        }
        interpreter.enter(|cx| cx.verify("after the second program")).map_err(|e| e.to_string())?;
        let stats = interpreter.close();
        match (stats.heap_bytes, stats.external_bytes, stats.drop_panics) {
            (0, 0, 0) => Ok(()),
            left => Err(format!("bytes, external bytes and panics after closing: {left:?}")),
        }
    }

    fn nothing_left(&self, before: i64) -> Result<(), String> {
        match (self.live_bytes)() - before {
            0 => Ok(()),
            left => Err(format!("{left} bytes are left after closing")),
        }
    }
}

/// What a panic said.
pub fn message_of(panic: &dyn std::any::Any) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned())).unwrap_or_default()
}

fn left(interpreter: &mut Interpreter) -> u64 {
    interpreter.heap().zeal().fail_at
}
