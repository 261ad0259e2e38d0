//! `fuzz-programs`: random programs under every manager, some of them stressed, and under CPython.
//!
//!     fuzz-programs [--from 0] [--count 10000] [--jobs 2] [--python /usr/bin/python3] [--stress 20]
//!     fuzz-programs --seed N [--print | --shrink]
//!     fuzz-programs --file FILE [--shrink]
//!
//! Seeds are worked off in chunks, each in a process of its own, so that a crash or an endless loop costs one chunk and is traced to its
//! seed. One program in `--stress` runs under stress, too (0: none). Without CPython (`--python none`, or none there) managers are only compared with
//! each other. The status is 1 when a program made a difference; each is printed with what to call to see it again.

use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};
use taipan_tests::{differential, generate};

/// Programs in one process.
const CHUNK: u64 = 250;
/// How long one process may take, and one that runs a single program.
const CHUNK_TIME: Duration = Duration::from_secs(1800);
const PROGRAM_TIME: Duration = Duration::from_secs(120);
/// Failures that are printed; beyond that they are only counted.
const SHOWN: usize = 12;

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
    let python = python(options, std::slice::from_ref(&source))?;
    match differential::difference(&source, python.first().map(String::as_str), options.stress != 0) {
        None => {
            println!("no difference");
            Ok(true)
        }
        Some(difference) => {
            println!("{difference}");
            Ok(false)
        }
    }
}

fn python(options: &Options, programs: &[String]) -> Result<Vec<String>, String> {
    options.python.as_ref().map_or(Ok(Vec::new()), |command| differential::python(command, programs))
}

/// All seeds of a chunk, in this process.
fn chunk(options: &Options) -> Result<bool, String> {
    let seeds = options.from..options.from + options.count;
    let programs: Vec<String> = seeds.clone().map(generate::program).collect();
    let printed = python(options, &programs)?;
    let mut alike = true;
    for (i, (seed, program)) in seeds.zip(&programs).enumerate() {
        let expected = printed.get(i).map(String::as_str);
        let stressed = differential::is_stressed(seed, options.stress);
        if let Some(difference) = differential::difference(program, expected, stressed) {
            println!("seed {seed}: {difference}");
            alike = false;
        }
    }
    Ok(alike)
}

/// Works through all seeds; several chunks at a time.
fn all(options: &Options) -> Result<bool, String> {
    let end = options.from.saturating_add(options.count);
    let (mut next, mut running) = (options.from, Vec::new());
    let (mut failed, start) = (Vec::new(), Instant::now());
    while next < end || !running.is_empty() {
        while next < end && running.len() < options.jobs {
            let count = CHUNK.min(end - next);
            running.push(Running::start(options, next, count)?);
            next += count;
        }
        std::thread::sleep(Duration::from_millis(20));
        let mut left = Vec::new();
        for chunk in running {
            match chunk.finished()? {
                Ok(failures) => failed.extend(failures),
                Err(chunk) => left.push(chunk),
            }
        }
        running = left;
    }
    failed.sort();
    for (seed, failure) in failed.iter().take(SHOWN) {
        println!("{}", generate::program(*seed));
        println!("seed {seed}: {}", failure.trim_end());
        println!("again: fuzz-programs --seed {seed} (--print shows the program, --shrink a smaller one)\n");
    }
    if failed.len() > SHOWN {
        let seeds: Vec<String> = failed[SHOWN..].iter().map(|(seed, _)| seed.to_string()).collect();
        println!("and more: seeds {}", seeds.join(", "));
    }
    if options.python.is_none() {
        println!("note: there was no CPython to compare with");
    }
    println!("seeds {} to {}, {} s", options.from, end.saturating_sub(1), start.elapsed().as_secs());
    println!("{} passed, {} failed", options.count - failed.len() as u64, failed.len());
    Ok(failed.is_empty())
}

/// A chunk in its process, which writes into a file: a pipe would fill up.
struct Running {
    options: Options,
    child: Child,
    output: tempfile::NamedTempFile,
    since: Instant,
}

/// Seeds that made a difference, and which.
type Failures = Vec<(u64, String)>;

impl Running {
    fn start(options: &Options, from: u64, count: u64) -> Result<Running, String> {
        let options = Options { from, count, ..options.clone() };
        let start = || {
            let output = tempfile::NamedTempFile::new()?;
            let mut command = Command::new(std::env::current_exe()?);
            command.args(["--chunk", "--from", &from.to_string(), "--count", &count.to_string()]);
            command.args(["--stress", &options.stress.to_string(), "--python"]).arg(options.python_name());
            let both = output.reopen()?;
            command.stdin(Stdio::null()).stderr(both.try_clone()?).stdout(both);
            Ok((command.spawn()?, output))
        };
        let (child, output) = start().map_err(|error: std::io::Error| error.to_string())?;
        Ok(Running { options, child, output, since: Instant::now() })
    }

    /// The seeds that failed, if the process has ended; one that ended badly, or takes too long, is done again seed by seed.
    fn finished(mut self) -> Result<Result<Failures, Running>, String> {
        let status = self.child.try_wait().map_err(|error| error.to_string())?;
        if status.is_none() && self.since.elapsed() < CHUNK_TIME {
            return Ok(Err(self));
        }
        let text = std::fs::read_to_string(self.output.path()).unwrap_or_default();
        match status.and_then(|status| status.code()) {
            Some(0) => return Ok(Ok(Vec::new())),
            Some(1) => return Ok(Ok(failures(&text))),
            Some(2) => return Err(text),
            _ => {}
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        let seeds = self.options.from..self.options.from + self.options.count;
        Ok(Ok(seeds
            .filter_map(|seed| Some((seed, apart(&self.options, &generate::program(seed))?)))
            .collect()))
    }
}

/// What a chunk has printed: each failure begins with `seed N: `.
fn failures(text: &str) -> Failures {
    let mut found: Failures = Vec::new();
    for line in text.lines() {
        let begin = line.strip_prefix("seed ").and_then(|rest| rest.split_once(": "));
        match begin.and_then(|(seed, rest)| Some((seed.parse().ok()?, rest))) {
            Some((seed, rest)) => found.push((seed, rest.to_owned())),
            None => {
                if let Some((_, last)) = found.last_mut() {
                    *last += "\n";
                    *last += line;
                }
            }
        }
    }
    found
}

impl Options {
    fn python_name(&self) -> PathBuf {
        self.python.clone().unwrap_or_else(|| "none".into())
    }
}

/// Runs one program in a process of its own; what went wrong, if anything.
fn apart(options: &Options, source: &str) -> Option<String> {
    let file = tempfile::NamedTempFile::new().ok()?;
    std::fs::write(file.path(), source).ok()?;
    let output = tempfile::NamedTempFile::new().ok()?;
    let mut command = Command::new(std::env::current_exe().ok()?);
    command.arg("--file").arg(file.path()).arg("--python").arg(options.python_name());
    command.args(["--stress", &options.stress.to_string()]);
    let both = output.reopen().ok()?;
    command.stdin(Stdio::null()).stderr(both.try_clone().ok()?).stdout(both);
    let mut child = command.spawn().ok()?;
    let start = Instant::now();
    let status = loop {
        match child.try_wait().ok()? {
            Some(status) => break status,
            None if start.elapsed() > PROGRAM_TIME => {
                let _ = child.kill();
                let _ = child.wait();
                return Some(format!("does not end within {} s", PROGRAM_TIME.as_secs()));
            }
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    let text = std::fs::read_to_string(output.path()).unwrap_or_default();
    match status.code() {
        Some(0) => None,
        Some(1) => Some(text),
        _ => Some(format!("the process ended with {status}: {text}")),
    }
}

/// What a failure has in common with that of a smaller program: who differs, not where.
fn kind(failure: &str) -> &str {
    failure.split(": ").next().unwrap_or_default()
}
