//! Running Python programs inside the test process: under any manager, in any mode, with what they print caught.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use taipan::builtins::file::redirect;
use taipan::bytecode::CodeUnit;
use taipan::{Config, Interpreter};
use taipan_gc::manager::ManagerFactory;
use taipan_gc::{Heap, HeapConfig, Zeal};

/// Native stack for the interpreter's thread. The system commits only pages that are touched.
const STACK_BYTES: usize = 512 << 20;
/// How deep natives may nest on it. Unoptimised code takes more of it than the command does.
const NATIVE_LIMIT: u32 = 8_000;
/// What a program left.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Outcome {
    /// What it printed.
    pub output: String,
    /// What it printed on standard error, and the traceback that ended it.
    pub errors: String,
    /// The exit status.
    pub status: i32,
}

/// A program, also as what it was compiled to: compiling takes longer than many a program runs.
#[derive(Clone, Debug)]
pub enum Program {
    /// Its text.
    Source(Vec<u8>),
    /// Its code, which must be the compiler's.
    Unit(Arc<CodeUnit>),
}

impl From<String> for Program {
    fn from(source: String) -> Program {
        Program::Source(source.into_bytes())
    }
}

/// How to run a program.
#[derive(Clone, Debug)]
pub struct Job {
    /// Makes the manager.
    pub factory: ManagerFactory,
    /// Stress modes.
    pub zeal: Zeal,
    /// Most memory.
    pub heap_limit: Option<usize>,
    /// The program.
    pub program: Program,
    /// Its name in tracebacks.
    pub filename: String,
    /// `sys.path`
    pub path: Vec<String>,
}

impl Job {
    /// Runs the program to its end, finalizers at shutdown included, on a thread with a large stack.
    pub fn run(self) -> Result<Outcome, String> {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES).name(self.filename.clone());
        let thread = thread.spawn(move || self.run_here()).map_err(|e| e.to_string())?;
        match thread.join() {
            Ok(result) => result,
            Err(panic) => {
                let text = panic.downcast_ref::<String>().cloned();
                let text = text.or_else(|| panic.downcast_ref::<&str>().map(|s| s.to_string()));
                Err(format!("panicked: {}", text.unwrap_or_default()))
            }
        }
    }

    fn run_here(self) -> Result<Outcome, String> {
        let heap_config = HeapConfig {
            zeal: self.zeal,
            heap_limit: self.heap_limit,
            // Under stress there is something to mark most of the time.
            marking_thread: self.zeal.verify,
            ..HeapConfig::default()
        };
        let heap = Heap::with_manager((self.factory)(), &heap_config).map_err(|e| e.to_string())?;
        let config = Config {
            argv: vec![self.filename.clone()],
            path: self.path,
            native_limit: NATIVE_LIMIT,
            ..Config::default()
        };
        let mut interpreter = Interpreter::on_heap(heap, &config).map_err(|e| e.to_string())?;
        let (output, printed) = mpsc::channel();
        let (errors, complained) = mpsc::channel();
        let redirected = interpreter.enter(|cx| {
            redirect(cx, false, Box::new(Pipe(output)));
            redirect(cx, true, Box::new(Pipe(errors)));
        });
        redirected.map_err(|e| e.to_string())?;
        let ended = match &self.program {
            Program::Source(source) => interpreter.run(source, &self.filename),
            Program::Unit(unit) => interpreter.run_unit(CodeUnit::clone(unit)),
        };
        if self.zeal.verify {
            interpreter.enter(|cx| cx.verify("at the end")).map_err(|e| e.to_string())?;
        }
        // Finalizers print, too.
        drop(interpreter);
        let text = |from: mpsc::Receiver<Vec<u8>>| {
            String::from_utf8_lossy(&from.try_iter().flatten().collect::<Vec<u8>>()).into_owned()
        };
        let mut outcome = Outcome { output: text(printed), errors: text(complained), status: 0 };
        if let Err(failure) = ended {
            outcome.errors += &failure.report;
            outcome.status = failure.status;
        }
        Ok(outcome)
    }
}

struct Pipe(Sender<Vec<u8>>);

impl Write for Pipe {
    fn write(&mut self, data: &[u8]) -> std::io::Result<usize> {
        // Nobody listens any more when a test has failed.
        let _ = self.0.send(data.to_vec());
        Ok(data.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What a program has printed so far.
#[derive(Clone, Default, Debug)]
pub struct Printed(Arc<Mutex<Vec<u8>>>);

impl Printed {
    /// Takes it.
    pub fn take(&self) -> String {
        let text = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        String::from_utf8_lossy(&text).into_owned()
    }
}

impl Write for Printed {
    fn write(&mut self, text: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(text);
        Ok(text.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Catches what an interpreter prints on its standard output; what it prints on standard error is lost.
pub fn redirected(interpreter: &mut Interpreter) -> Result<Printed, String> {
    let printed = Printed::default();
    let (output, errors) = (printed.clone(), Printed::default());
    let done = interpreter.enter(|cx| {
        redirect(cx, false, Box::new(output));
        redirect(cx, true, Box::new(errors));
    });
    done.map(|()| printed).map_err(|e| e.to_string())
}

/// A folder of this crate.
pub fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// The names (without `.py`) of the programs in a folder, sorted.
///
/// # Panics
/// When the folder can't be read.
pub fn programs_in(folder: &Path) -> Vec<String> {
    names_in(folder, ".py")
}

/// The names of the files in a folder that end so, without the ending, sorted.
///
/// # Panics
/// When the folder can't be read.
pub fn names_in(folder: &Path, ending: &str) -> Vec<String> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => panic!("{}: {error}", folder.display()),
    };
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.path().file_name()?.to_str()?.strip_suffix(ending).map(str::to_owned))
        .collect();
    names.sort();
    names
}

/// The first line in which two texts differ, for people.
pub fn first_difference(expected: &str, found: &str) -> Option<String> {
    if expected == found {
        return None;
    }
    let (mut left, mut right) = (expected.lines(), found.lines());
    let mut number = 0;
    loop {
        number += 1;
        match (left.next(), right.next()) {
            (None, None) => return Some("the last line's end differs".into()),
            (l, r) if l == r => {}
            (l, r) => {
                let show = |line: Option<&str>| line.map_or("(nothing)".to_owned(), |l| format!("{l:?}"));
                return Some(format!("line {number}\n  expected {}\n  found    {}", show(l), show(r)));
            }
        }
    }
}

/// A list of failures that are known: lines `NAME: reason`, or `NAME [MANAGER]: reason`; `#` begins a comment.
#[derive(Debug, Default)]
pub struct KnownFailures(Vec<String>);

impl KnownFailures {
    /// Reads the list, if there is one.
    ///
    /// # Panics
    /// When a line has no reason.
    pub fn read(file: &Path) -> KnownFailures {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let lines = text.lines().filter(|l| !l.trim().is_empty() && !l.starts_with('#'));
        let names = lines.map(|line| match line.split_once(": ") {
            Some((name, reason)) if !reason.trim().is_empty() => name.trim().to_owned(),
            _ => panic!("{}: a line without a reason: {line}", file.display()),
        });
        KnownFailures(names.collect())
    }

    /// Turns a result into what the test says: a known failure that passes is an error, too.
    pub fn judge(&self, name: &str, manager: &str, result: Result<(), String>) -> Result<(), String> {
        let known = self.0.iter().any(|k| k == name || *k == format!("{name} [{manager}]"));
        match (known, result) {
            (true, Ok(())) => Err(format!("{name} passes: take it off the list of known failures")),
            (true, Err(_)) => Ok(()),
            (false, result) => result,
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
