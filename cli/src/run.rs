//! `taipan run`: one program on one heap.
//!
//! The interpreter runs on a thread of its own, because only there can we choose how big the native stack is: deep recursion through
//! natives must end in a `RecursionError`. Leaves out interrupts from the keyboard: they just end the process.

use crate::args::{HeapArgs, RunArgs};
use crate::insight;
use crate::report::{Figures, Recorder};
use crate::source::Source;
use std::io::Write;
use std::time::Instant;
use taipan::{Config, Interpreter};
use taipan_gc::{Cx, HeapConfig, Zeal};

/// Exit status when the program is not even started.
pub(crate) const USAGE: i32 = 2;
/// Exit status after a defect of ours.
const INTERNAL: i32 = 70;
/// Exit status when whoever reads the output has gone: what shells show for the signal SIGPIPE.
const BROKEN_PIPE: i32 = 141;

/// Sizes of the native stack to try, in MiB. The system commits only pages that are touched.
const STACKS: [usize; 3] = [512, 128, 16];
/// Native stack that one nested call through a native may take.
const NATIVE_CALL_BYTES: usize = 24 << 10;

/// Runs; gives the exit status.
pub(crate) fn main(args: RunArgs) -> i32 {
    let (source, program_args) = match split(&args) {
        Ok(found) => found,
        Err(message) => {
            complain(&message);
            return USAGE;
        }
    };
    let config = config(&args, &source, program_args);
    std::thread::scope(|scope| {
        for stack in STACKS {
            let bytes = stack << 20;
            let config = Config { native_limit: (bytes / NATIVE_CALL_BYTES) as u32, ..config.clone() };
            let (args, source) = (&args, &source);
            let thread = std::thread::Builder::new().name("main".into()).stack_size(bytes);
            if let Ok(thread) = thread.spawn_scoped(scope, move || run(args, source, &config)) {
                return thread.join().unwrap_or(INTERNAL);
            }
        }
        complain("the system has no memory for a stack");
        INTERNAL
    })
}

/// The program's text, and `sys.argv[1:]`.
fn split(args: &RunArgs) -> Result<(Source, Vec<String>), String> {
    match &args.code {
        Some(code) => Ok((Source::code(code.clone()), args.file.iter().chain(&args.args).cloned().collect())),
        None => Ok((Source::read(args.file.as_deref().unwrap_or("-"))?, args.args.clone())),
    }
}

fn config(args: &RunArgs, source: &Source, program_args: Vec<String>) -> Config {
    let zeal = Zeal {
        collect_every: args.heap.zeal.unwrap_or(0),
        verify: args.heap.verify,
        poison: args.heap.poison,
        ..Zeal::default()
    };
    let mut argv = vec![source.argv0.clone()];
    argv.extend(program_args);
    Config {
        manager: args.manager.clone(),
        heap: HeapConfig {
            heap_limit: args.heap.heap_limit,
            soft_limit: args.heap.soft_limit,
            drain_portion: args
                .heap
                .drain_portion
                .map(|portion| usize::try_from(portion).unwrap_or(usize::MAX)),
            heap_growth: args.heap.heap_growth,
            marking_thread: args.heap.marking_thread,
            zeal,
            ..HeapConfig::default()
        },
        fuel: args.heap.fuel,
        argv,
        path: search_path(&source.folder, &args.heap),
        ..Config::default()
    }
}

/// `sys.path`
fn search_path(folder: &str, args: &HeapArgs) -> Vec<String> {
    let mut path = vec![folder.to_owned()];
    path.extend(args.path.iter().cloned());
    let more = std::env::var_os("TAIPAN_PATH").unwrap_or_default();
    let more = std::env::split_paths(&more).filter(|folder| !folder.as_os_str().is_empty());
    path.extend(more.map(|folder| folder.to_string_lossy().into_owned()));
    path
}

fn run(args: &RunArgs, source: &Source, config: &Config) -> i32 {
    let start = Instant::now();
    let mut interpreter = match Interpreter::new(config) {
        Ok(interpreter) => interpreter,
        Err(error) => {
            complain(&error.to_string());
            return USAGE;
        }
    };
    let recorder = Recorder::default();
    if args.stats_file.is_some() {
        recorder.attach(interpreter.heap());
    }
    insight::start(&mut interpreter, args);
    let inspect = |cx: &mut Cx<'_>| insight::inspect(cx, args);
    let ended = match source.is_bytecode() {
        true => interpreter.run_bytecode_then(&source.text, &source.filename, inspect),
        false => interpreter.run_then(&source.text, &source.filename, inspect),
    };
    let status = match ended {
        Ok(()) => 0,
        Err(failure) if failure.report.ends_with("BrokenPipeError: [Errno 32] Broken pipe\n") => BROKEN_PIPE,
        Err(failure) => {
            // Nobody is left to be told when this fails.
            let _ = std::io::stderr().write_all(failure.report.as_bytes());
            failure.status
        }
    };
    let figures = Figures::of(interpreter.heap(), &recorder);
    drop(interpreter);
    leave_figures(args, Figures { time_ns: start.elapsed().as_nanos() as u64, ..figures });
    status
}

fn leave_figures(args: &RunArgs, figures: Figures) {
    if args.stats {
        eprint!("{}", figures.show(&args.manager));
    }
    if let Some(file) = &args.stats_file {
        if let Err(error) = std::fs::write(file, figures.to_json()) {
            complain(&format!("can't write the statistics: {error}"));
        }
    }
}

/// Tells what is wrong with the command.
pub(crate) fn complain(message: &str) {
    let _ = writeln!(std::io::stderr(), "taipan: {message}");
}
