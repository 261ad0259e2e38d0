//! `fuzz-programs`: random programs under every manager, some of them stressed, and under CPython.
//!
//!     fuzz-programs [--from 0] [--count 10000] [--jobs 2] [--python /usr/bin/python3] [--stress 20]
//!     fuzz-programs --seed N [--print | --shrink]
//!     fuzz-programs --file FILE [--shrink]
//!
//! Seeds are worked off in chunks, each in a process of its own, so that a crash or an endless loop costs one program. `--from` goes on where
//! a run has ended; long ones say now and then how far they are. One program in `--stress` runs under stress, too (0: none). Without CPython
//! (`--python none`, or none there) managers are only compared with each other. The status is 1 when a program made a difference;
//! each is printed with what to call to see it again.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use taipan_tests::oracle::Oracle;
use taipan_tests::{differential, generate};

/// Programs in one process.
const CHUNK: u64 = 250;
/// How long a program may take, all managers together.
const PROGRAM_TIME: Duration = Duration::from_secs(120);
/// Failures whose programs are printed.
const SHOWN: u64 = 12;
/// After so many programs there is a line about how far the work is.
const PROGRESS: u64 = 10_000;

/// Begins the line before what a chunk says of a seed.
const AT: &str = "at seed ";
const LEFT_OUT: &str = "left out: CPython takes too long, or lacks memory";

#[derive(Clone, Debug)]
struct Options {
    from: u64,
    count: u64,
    jobs: usize,
    python: Option<PathBuf>,
    stress: u64,
    seed: Option<u64>,
    file: Option<PathBuf>,
    print: bool,
    shrink: bool,
    chunk: bool,
}

fn main() -> ExitCode {
    let options = match parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(message) => {
            eprintln!("fuzz-programs: {message}");
            return ExitCode::from(2);
        }
    };
    let result = match (options.seed, &options.file) {
        _ if options.chunk => chunk(&options),
        (Some(seed), _) => one(&options, generate::program(seed)),
        (None, Some(file)) => match std::fs::read_to_string(file) {
            Ok(source) => one(&options, source),
            Err(error) => Err(format!("{}: {error}", file.display())),
        },
        (None, None) => all(&options),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("fuzz-programs: {message}");
            ExitCode::from(2)
        }
    }
}

fn parse(mut words: impl Iterator<Item = String>) -> Result<Options, String> {
    let python = PathBuf::from("/usr/bin/python3");
    let mut options = Options {
        from: 0,
        count: 10_000,
        jobs: std::thread::available_parallelism().map_or(2, |n| n.get()),
        python: python.exists().then_some(python),
        stress: 20,
        seed: None,
        file: None,
        print: false,
        shrink: false,
        chunk: false,
    };
    while let Some(flag) = words.next() {
        let mut value = || words.next().ok_or(format!("{flag} needs a value"));
        let number = |text: String| text.parse::<u64>().map_err(|_| format!("not a number: '{text}'"));
        match flag.as_str() {
            "--from" => options.from = number(value()?)?,
            "--count" => options.count = number(value()?)?,
            "--jobs" => options.jobs = number(value()?)?.max(1) as usize,
            "--stress" => options.stress = number(value()?)?,
            "--seed" => options.seed = Some(number(value()?)?),
            "--file" => options.file = Some(value()?.into()),
            "--python" => options.python = Some(value()?).filter(|name| name != "none").map(PathBuf::from),
            "--print" => options.print = true,
            "--shrink" => options.shrink = true,
            "--chunk" => options.chunk = true,
            _ => return Err(format!("unknown argument '{flag}'")),
        }
    }
    Ok(options)
}

/// One program, stressed unless `--stress 0`.
fn one(options: &Options, source: String) -> Result<bool, String> {
    if options.print {
        print!("{source}");
        return Ok(true);
    }
    if options.shrink {
        // Stress takes time: it is left out where the difference shows without it.
        let calm = Options { stress: 0, ..options.clone() };
        let first = apart(&calm, &source).map(|first| (&calm, first));
        let first = first.or_else(|| apart(options, &source).map(|first| (options, first)));
        let Some((options, first)) = first else { return Ok(true) };
        let same = |now: String| kind(&now) == kind(&first) && !now.contains("SyntaxError");
        let mut alike = |text: &str| apart(options, text).is_some_and(same);
        let shrunk = differential::shrink(&source, &mut alike);
        let now = apart(options, &shrunk).unwrap_or(first);
        println!("{shrunk}# {}", now.trim_end().replace('\n', "\n# "));
        return Ok(false);
    }
    in_time(|| match compare(&mut oracle(options)?, &source, options.stress != 0)? {
        Compared::Alike => {
            println!("no difference");
            Ok(true)
        }
        Compared::LeftOut => {
            println!("{LEFT_OUT}");
            Ok(true)
        }
        Compared::Different(difference) => {
            println!("{difference}");
            Ok(false)
        }
    })
}

fn oracle(options: &Options) -> Result<Option<Oracle>, String> {
    options.python.as_deref().map(Oracle::start).transpose()
}

/// What came of a program.
enum Compared {
    Alike,
    /// CPython has not managed it.
    LeftOut,
    Different(String),
}

fn compare(oracle: &mut Option<Oracle>, program: &str, stressed: bool) -> Result<Compared, String> {
    let expected = match oracle {
        None => None,
        Some(oracle) => match oracle.ask(program)? {
            None => return Ok(Compared::LeftOut),
            expected => expected,
        },
    };
    Ok(match differential::difference(program, expected.as_deref(), stressed) {
        None => Compared::Alike,
        // Its objects are larger: it may have lacked memory where we have some.
        Some(_) if expected.is_some_and(|output| output.contains("MemoryError")) => Compared::LeftOut,
        Some(difference) => Compared::Different(difference),
    })
}

/// Ends the process, as one that has found a difference, if a program takes too long.
fn in_time<R>(body: impl FnOnce() -> R) -> R {
    let (running, ended) = mpsc::channel::<()>();
    std::thread::spawn(move || {
        if ended.recv_timeout(PROGRAM_TIME) == Err(RecvTimeoutError::Timeout) {
            println!("does not end within {} s", PROGRAM_TIME.as_secs());
            std::process::exit(1);
        }
    });
    let result = body();
    drop(running);
    result
}

/// All seeds of a chunk, in this process. Prints a line for each, and below it what there is to say.
fn chunk(options: &Options) -> Result<bool, String> {
    let mut oracle = oracle(options)?;
    for seed in options.from..options.from + options.count {
        println!("{AT}{seed}");
        let stressed = differential::is_stressed(seed, options.stress);
        match in_time(|| compare(&mut oracle, &generate::program(seed), stressed))? {
            Compared::Alike => {}
            Compared::LeftOut => println!("{LEFT_OUT}"),
            Compared::Different(difference) => println!("{difference}"),
        }
    }
    Ok(true)
}

/// Works through all seeds; several chunks at a time.
fn all(options: &Options) -> Result<bool, String> {
    let next = options.from;
    let tally = Mutex::new(Tally { next, running: BTreeSet::new(), passed: 0, failed: 0, left_out: 0 });
    let (start, end) = (Instant::now(), options.from.saturating_add(options.count));
    let lock = || tally.lock().unwrap_or_else(PoisonError::into_inner);
    let work = || -> Result<(), String> {
        loop {
            let mut now = lock();
            let (from, to) = (now.next, end.min(now.next + CHUNK));
            if from == to {
                return Ok(());
            }
            now.next = to;
            now.running.insert(from);
            drop(now);
            run_chunk(options, from, to, |seed, text| lock().note(seed, text))?;
            let mut now = lock();
            let before = now.done();
            now.running.remove(&from);
            if before / PROGRESS != now.done() / PROGRESS {
                let seconds = start.elapsed().as_secs();
                println!("all below seed {} are done after {seconds} s, {} failed", now.done(), now.failed);
            }
        }
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..options.jobs).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| match worker.join() {
            Ok(result) => result,
            Err(_) => Err("a thread of this process has ended badly".into()),
        })
    })?;
    if options.python.is_none() {
        println!("note: there was no CPython to compare with");
    }
    println!("seeds {} to {}, {} s", options.from, end.saturating_sub(1), start.elapsed().as_secs());
    println!("{}", lock());
    let failed = lock().failed;
    Ok(failed == 0)
}

/// How far the work is.
struct Tally {
    next: u64,
    /// First seeds of chunks that are not done.
    running: BTreeSet<u64>,
    passed: u64,
    failed: u64,
    left_out: u64,
}

impl Tally {
    /// All seeds below this one are done.
    fn done(&self) -> u64 {
        self.running.first().copied().unwrap_or(self.next)
    }

    /// Counts a program, and shows it if it made a difference.
    fn note(&mut self, seed: u64, text: &str) {
        match text.trim_end() {
            "" => self.passed += 1,
            LEFT_OUT => {
                self.left_out += 1;
                println!("seed {seed}: {LEFT_OUT}");
            }
            text => {
                self.failed += 1;
                if self.failed <= SHOWN {
                    println!("{}", generate::program(seed));
                }
                println!("seed {seed}: {text}");
                println!("again: fuzz-programs --seed {seed} (--print shows the program, --shrink a smaller one)\n");
            }
        }
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} passed, {} failed, {} left out", self.passed, self.failed, self.left_out)
    }
}

/// Runs a chunk in a process of its own, and the rest of it in another whenever that ends over a program.
fn run_chunk(options: &Options, from: u64, to: u64, mut note: impl FnMut(u64, &str)) -> Result<(), String> {
    let failed = |error: std::io::Error| error.to_string();
    let mut next = from;
    while next < to {
        let mut command = this_program(options).map_err(failed)?;
        command.args(["--chunk", "--from", &next.to_string(), "--count", &(to - next).to_string()]);
        let mut child = command.stdout(Stdio::piped()).spawn().map_err(failed)?;
        let Some(output) = child.stdout.take() else { unreachable!("it is a pipe") };
        let (mut at, mut text) = (None, String::new());
        for line in BufReader::new(output).lines() {
            let line = line.map_err(failed)?;
            match line.strip_prefix(AT).and_then(|seed| seed.parse().ok()) {
                Some(seed) => {
                    if let Some(seed) = at.replace(seed) {
                        note(seed, &std::mem::take(&mut text));
                    }
                }
                None => text = text + &line + "\n",
            }
        }
        let status = child.wait().map_err(failed)?;
        let Some(seed) = at.filter(|_| status.code() != Some(2)) else {
            return Err(format!("a chunk from seed {next} on ended with {status}"));
        };
        note(seed, &explained(text, status));
        next = seed + 1;
    }
    Ok(())
}

/// What a process has printed over its last program, and how it ended, if badly.
fn explained(text: String, status: ExitStatus) -> String {
    match status.code() {
        Some(0 | 1) => text,
        _ => format!("the process ended with {status}: {text}"),
    }
}

/// This program, with the options that count for every comparison.
fn this_program(options: &Options) -> std::io::Result<Command> {
    let python = options.python.clone().unwrap_or_else(|| "none".into());
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["--stress", &options.stress.to_string(), "--python"]).arg(python).stdin(Stdio::null());
    Ok(command)
}

/// Runs one program in a process of its own; what went wrong, if anything.
fn apart(options: &Options, source: &str) -> Option<String> {
    let file = tempfile::NamedTempFile::new().ok()?;
    std::fs::write(file.path(), source).ok()?;
    let ended = this_program(options).ok()?.arg("--file").arg(file.path()).output().ok()?;
    let text = [ended.stdout, ended.stderr].concat();
    (!ended.status.success()).then(|| explained(String::from_utf8_lossy(&text).into_owned(), ended.status))
}

/// What a failure has in common with that of a smaller program: who differs, not where.
fn kind(failure: &str) -> &str {
    failure.split(": ").next().unwrap_or_default()
}
