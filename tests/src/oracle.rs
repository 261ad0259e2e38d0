//! CPython, asked what programs print: one process for many of them, because it takes longer to start than they do to run.

use std::io::{BufRead, BufReader, Read, Result, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A running CPython.
#[derive(Debug)]
pub struct Oracle {
    command: PathBuf,
    process: Child,
    programs: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Oracle {
    /// Starts one, and sees whether it answers.
    pub fn start(command: &Path) -> std::result::Result<Oracle, String> {
        let start = || {
            let mut process = Command::new(command)
                .args(["-B", "-W", "ignore", "-c", include_str!("oracle.py")])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()?;
            let (Some(programs), Some(answers)) = (process.stdin.take(), process.stdout.take()) else {
                unreachable!("both are pipes");
            };
            let answers = BufReader::new(answers);
            let mut oracle = Oracle { command: command.into(), process, programs, answers };
            oracle.exchange("print('ready')\n")?;
            Ok(oracle)
        };
        start().map_err(|error: std::io::Error| format!("{}: {error}", command.display()))
    }

    /// What a program prints; `None` if that took too much time.
    pub fn ask(&mut self, program: &str) -> std::result::Result<Option<String>, String> {
        let answer = self.exchange(program).ok();
        if answer.is_none() {
            // It has ended over this program.
            *self = Oracle::start(&self.command)?;
        }
        Ok(answer)
    }

    fn exchange(&mut self, program: &str) -> Result<String> {
        write!(self.programs, "{}\n{program}", program.len())?;
        self.programs.flush()?;
        let mut length = String::new();
        self.answers.read_line(&mut length)?;
        let length = length.trim_end().parse().map_err(std::io::Error::other)?;
        let mut output = vec![0; length];
        self.answers.read_exact(&mut output)?;
        Ok(String::from_utf8_lossy(&output).into_owned())
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
