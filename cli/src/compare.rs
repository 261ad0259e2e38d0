//! `taipan compare`: one program under every manager, each in a fresh process, and a table.
//!
//! Processes, and not heaps side by side, because what one run leaves behind (the system's allocator, warm caches, a stack that has grown)
//! would be counted for the next. The children are this same command with `run`; they hand their figures over in a file. Times are those of
//! whole processes, so that another Python can stand beside ours; with several rounds, all run in turns and the median counts.

use crate::args::CompareArgs;
use crate::list::align;
use crate::report::Figures;
use crate::run::{complain, USAGE};
use crate::size::{show_bytes, show_count, show_time};
use crate::source::Source;
use std::io::{self, Read, Write};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Instant;
use taipan_gc::managers;

/// Who runs the program.
#[derive(Clone, PartialEq, Eq)]
enum Runner {
    /// We, under this manager.
    Manager(&'static str),
    /// Another Python: its command.
    Python(String),
}

/// What became of the program in one run.
struct Outcome {
    output: Vec<u8>,
    errors: Vec<u8>,
    status: ExitStatus,
    time_ns: u64,
    figures: Option<Figures>,
}

/// What became of it in all rounds: the first one's output, and the figures of the one with the median time.
struct Row {
    runner: Runner,
    first: Outcome,
    time_ns: u64,
    figures: Option<Figures>,
}

/// Compares; gives the exit status.
pub(crate) fn main(args: &CompareArgs) -> i32 {
    if args.file == "-" {
        complain("compare needs a file, because it runs the program several times");
        return USAGE;
    }
    if let Err(message) = Source::read(&args.file) {
        complain(&message);
        return USAGE;
    }
    let mut runners: Vec<Runner> = managers::all().iter().map(|facts| Runner::Manager(facts.name)).collect();
    runners.extend(args.python.clone().map(Runner::Python));
    let rows = match rounds(args, runners) {
        Ok(rows) => rows,
        Err(message) => {
            complain(&message);
            return USAGE;
        }
    };
    let mut shown = table(&rows);
    let differences = differences(&rows);
    shown += &differences;
    if differences.is_empty() && rows.len() > 1 {
        let ours = rows.iter().filter(|row| matches!(row.runner, Runner::Manager(_))).count();
        let others = if ours < rows.len() { ", and the other Python's" } else { "" };
        shown += &format!("The output is the same under all {ours} managers{others}.\n");
    }
    // Whoever reads may have gone.
    let _ = writeln!(io::stdout(), "\n{}", shown.trim_end());
    i32::from(!differences.is_empty())
}

/// Runs the program as often as asked, all runners in turns.
fn rounds(args: &CompareArgs, runners: Vec<Runner>) -> Result<Vec<Row>, String> {
    let mut all: Vec<(Runner, Vec<Outcome>)> =
        runners.into_iter().map(|runner| (runner, Vec::new())).collect();
    let mut show = true;
    for _ in 0..args.rounds {
        for (runner, outcomes) in &mut all {
            let failed = |error| format!("can't run the program under {}: {error}", runner.name());
            outcomes.push(run(args, runner, show).map_err(failed)?);
            show = false;
        }
    }
    Ok(all.into_iter().filter_map(|(runner, outcomes)| Row::new(runner, outcomes)).collect())
}

/// Runs the program once. Its output and errors are shown while they come, if `show`.
fn run(args: &CompareArgs, runner: &Runner, show: bool) -> io::Result<Outcome> {
    let figures = tempfile::NamedTempFile::new()?;
    let mut command = runner.command(args, &figures)?;
    let start = Instant::now();
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (output, errors) = std::thread::scope(|scope| {
        let output = scope.spawn(move || copy(stdout, show.then(io::stdout)));
        let errors = scope.spawn(move || copy(stderr, show.then(io::stderr)));
        (output.join().unwrap_or_default(), errors.join().unwrap_or_default())
    });
    let status = child.wait()?;
    let time_ns = start.elapsed().as_nanos() as u64;
    let figures = Figures::parse(&std::fs::read_to_string(figures.path())?);
    Ok(Outcome { output, errors, status, time_ns, figures })
}

impl Runner {
    fn name(&self) -> &str {
        match self {
            Runner::Manager(name) => name,
            Runner::Python(command) => command,
        }
    }

    /// The process that runs the program; ours leaves its figures in the file.
    fn command(&self, args: &CompareArgs, figures: &tempfile::NamedTempFile) -> io::Result<Command> {
        let mut command = match self {
            Runner::Manager(manager) => {
                let mut command = Command::new(std::env::current_exe()?);
                command.arg("run").arg("--manager").arg(manager);
                command.arg("--stats-file").arg(figures.path()).args(args.heap.flags()).arg("--");
                command
            }
            Runner::Python(python) => {
                let mut command = Command::new(python);
                command.arg("-B");
                if let Ok(path) = std::env::join_paths(&args.heap.path) {
                    command.env("PYTHONPATH", path);
                }
                command
            }
        };
        command.arg(&args.file).args(&args.args);
        Ok(command)
    }
}

impl Row {
    fn new(runner: Runner, mut outcomes: Vec<Outcome>) -> Option<Row> {
        let mut order: Vec<usize> = (0..outcomes.len()).collect();
        order.sort_by_key(|&i| outcomes[i].time_ns);
        let median = *order.get(order.len() / 2)?;
        let (time_ns, figures) = (outcomes[median].time_ns, outcomes[median].figures);
        Some(Row { runner, first: outcomes.swap_remove(0), time_ns, figures })
    }
}

/// All that can be read, shown meanwhile.
fn copy(from: Option<impl Read>, mut shown: Option<impl Write>) -> Vec<u8> {
    let mut all = Vec::new();
    let Some(mut from) = from else { return all };
    let mut chunk = [0; 8192];
    loop {
        match from.read(&mut chunk) {
            Ok(0) => return all,
            Ok(count) => {
                all.extend_from_slice(&chunk[..count]);
                if let Some(out) = &mut shown {
                    let _ = out.write_all(&chunk[..count]).and_then(|()| out.flush());
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return all,
        }
    }
}

fn table(rows: &[Row]) -> String {
    let heads = [
        "manager",
        "time",
        "ratio",
        "peak heap",
        "allocated",
        "collections",
        "longest pause",
        "collecting",
        "exit status",
    ];
    let fastest = rows.iter().map(|row| row.time_ns).min().unwrap_or(0).max(1);
    let mut shown = vec![heads.map(String::from)];
    for row in rows {
        let figure = |show: &dyn Fn(&Figures) -> String| row.figures.as_ref().map_or("-".into(), show);
        shown.push([
            row.runner.name().to_owned(),
            show_time(row.time_ns),
            format!("{:.2}", row.time_ns as f64 / fastest as f64),
            figure(&|f| show_bytes(f.peak_bytes)),
            figure(&|f| show_bytes(f.allocated_bytes)),
            figure(&|f| show_count(f.collections)),
            figure(&|f| show_time(f.pause_max_ns)),
            figure(&|f| format!("{:.1} %", 100.0 * f.pause_total_ns as f64 / f.time_ns.max(1) as f64)),
            row.first.status.code().map_or_else(|| row.first.status.to_string(), |code| code.to_string()),
        ]);
    }
    align(&shown, 1)
}

/// What is not the same as under the first manager, in words.
fn differences(rows: &[Row]) -> String {
    let mut text = String::new();
    let Some((first, others)) = rows.split_first() else { return text };
    for other in others {
        let (a, b) = (first.runner.name(), other.runner.name());
        let (first, other) = (&first.first, &other.first);
        if first.status != other.status {
            text += &format!(
                "The program ends differently: {} under {a}, {} under {b}.\n",
                first.status, other.status
            );
            text += &String::from_utf8_lossy(&other.errors);
        }
        if first.output != other.output {
            let (left, right) =
                (String::from_utf8_lossy(&first.output), String::from_utf8_lossy(&other.output));
            let (left, right): (Vec<&str>, Vec<&str>) = (left.lines().collect(), right.lines().collect());
            let at = left.iter().zip(&right).take_while(|(l, r)| l == r).count();
            let line = |lines: &[&str]| lines.get(at).map_or("(nothing)".to_owned(), |l| l.to_string());
            text += &format!(
                "The output differs in line {}:\n  under {a}: {}\n  under {b}: {}\n",
                at + 1,
                line(&left),
                line(&right)
            );
        }
    }
    text
}
