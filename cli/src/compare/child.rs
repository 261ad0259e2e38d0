//! Running the program in a process of its own, under one of our managers or another Python.

use crate::args::CompareArgs;
use crate::report::Figures;
use std::io::{self, Read, Write};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Instant;

/// Who runs the program.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Runner {
    /// We, under this manager.
    Manager(&'static str),
    /// Another Python: its command.
    Python(String),
}

/// What became of the program in one run.
pub(super) struct Outcome {
    pub(super) output: Vec<u8>,
    pub(super) errors: Vec<u8>,
    pub(super) status: ExitStatus,
    pub(super) time_ns: u64,
    pub(super) figures: Option<Figures>,
}

impl Outcome {
    /// Why the program failed, if it did: the last line of its errors, or how it ended.
    pub(super) fn failure(&self) -> Option<String> {
        if self.status.success() {
            return None;
        }
        let errors = String::from_utf8_lossy(&self.errors);
        let last = errors.lines().rev().map(str::trim).find(|line| !line.is_empty());
        Some(last.map_or_else(|| self.status.to_string(), str::to_owned))
    }
}

/// Runs the program once. Its output and errors are shown while they come, if `show`.
pub(super) fn run(args: &CompareArgs, runner: &Runner, show: bool) -> io::Result<Outcome> {
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
    pub(super) fn name(&self) -> &str {
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
