//! `taipan compare`: one program under every manager, each in a fresh process, and a table.
//!
//! Processes, and not heaps side by side, because what one run leaves behind (the system's allocator, warm caches, a stack that has grown)
//! would be counted for the next. The children are this same command with `run`; they hand their figures over in a file.

use crate::args::CompareArgs;
use crate::list::align;
use crate::report::Figures;
use crate::run::{complain, USAGE};
use crate::size::{show_bytes, show_count, show_time};
use crate::source::Source;
use std::io::{self, Read, Write};
use std::process::{Command, Stdio};
use taipan_gc::managers;

/// What became of the program under one manager.
struct Outcome {
    manager: &'static str,
    output: Vec<u8>,
    errors: Vec<u8>,
    status: String,
    success: bool,
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
    let mut outcomes = Vec::new();
    for facts in managers::all() {
        match run(args, facts.name, outcomes.is_empty()) {
            Ok(outcome) => outcomes.push(outcome),
            Err(error) => {
                complain(&format!("can't run the program under {}: {error}", facts.name));
                return USAGE;
            }
        }
    }
    let mut shown = table(&outcomes);
    let differences = differences(&outcomes);
    shown += &differences;
    if let Some(first) = outcomes.first().filter(|first| !first.success && differences.is_empty()) {
        shown += &format!("The program ended with {}.\n", first.status);
    }
    if differences.is_empty() && outcomes.len() > 1 {
        shown += &format!("The output is the same under all {} managers.\n", outcomes.len());
    }
    // Whoever reads may have gone.
    let _ = writeln!(io::stdout(), "\n{}", shown.trim_end());
    i32::from(!differences.is_empty())
}

/// Runs the program under a manager. Its output and errors are shown while they come, if `show`.
fn run(args: &CompareArgs, manager: &'static str, show: bool) -> io::Result<Outcome> {
    let figures = tempfile::NamedTempFile::new()?;
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("run").arg("--manager").arg(manager).arg("--stats-file").arg(figures.path());
    if let Some(limit) = args.heap.heap_limit {
        command.arg(format!("--heap-limit={limit}"));
    }
    if let Some(limit) = args.heap.soft_limit {
        command.arg(format!("--soft-limit={limit}"));
    }
    if let Some(fuel) = args.heap.fuel {
        command.arg(format!("--fuel={fuel}"));
    }
    if let Some(every) = args.heap.zeal {
        command.arg(format!("--zeal={every}"));
    }
    for (flag, given) in [("--verify", args.heap.verify), ("--poison", args.heap.poison)] {
        if given {
            command.arg(flag);
        }
    }
    for folder in &args.heap.path {
        command.arg(format!("--path={folder}"));
    }
    command.arg("--").arg(&args.file).args(&args.args);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (output, errors) = std::thread::scope(|scope| {
        let output = scope.spawn(move || copy(stdout, show.then(io::stdout)));
        let errors = scope.spawn(move || copy(stderr, show.then(io::stderr)));
        (output.join().unwrap_or_default(), errors.join().unwrap_or_default())
    });
    let status = child.wait()?;
    let figures = Figures::parse(&std::fs::read_to_string(figures.path())?);
    Ok(Outcome { manager, output, errors, status: status.to_string(), success: status.success(), figures })
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

fn table(outcomes: &[Outcome]) -> String {
    let heads = ["manager", "time", "peak heap", "allocated", "collections", "longest pause", "total pause"];
    let mut rows = vec![heads.map(String::from)];
    for outcome in outcomes {
        let name = outcome.manager.to_owned();
        rows.push(match &outcome.figures {
            Some(f) => [
                name,
                show_time(f.time_ns),
                show_bytes(f.peak_bytes),
                show_bytes(f.allocated_bytes),
                show_count(f.collections),
                show_time(f.pause_max_ns),
                show_time(f.pause_total_ns),
            ],
            None => [name, "-".into(), "-".into(), "-".into(), "-".into(), "-".into(), "-".into()],
        });
    }
    align(&rows, 1)
}

/// What is not the same as under the first manager, in words.
fn differences(outcomes: &[Outcome]) -> String {
    let mut text = String::new();
    let Some((first, others)) = outcomes.split_first() else { return text };
    for other in others {
        let (a, b) = (first.manager, other.manager);
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
