//! Recording and replaying programs, for the tests that do so.
#![allow(dead_code, missing_docs, unreachable_pub)] // each test is a program of its own, and uses some of it

use crate::hosts::*;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub fn recorder() -> PathBuf {
    newest("libtaipan_record", "so").expect("cargo builds the recorder before its tests")
}

/// A folder of this process, deleted by the next one.
pub fn scratch(name: &str) -> PathBuf {
    let all = Path::new(env!("CARGO_TARGET_TMPDIR")).join("record");
    for old in std::fs::read_dir(&all).into_iter().flatten().flatten() {
        if !Path::new("/proc").join(old.file_name()).exists() {
            let _ = std::fs::remove_dir_all(old.path());
        }
    }
    let folder = all.join(std::process::id().to_string()).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Runs a program with the recorder before the library.
pub fn record(program: &Path, arguments: &[&str], to: &Path) -> Output {
    let mut command = Command::new(program);
    command.args(arguments).env("LD_PRELOAD", recorder()).env("TAIPAN_RECORD", to);
    command.output().unwrap()
}

pub fn replay(file: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_taipan-replay"));
    command.arg(file).arg("--library").arg(installed().join("libtaipan.so.0")).args(["--timeout", "60"]);
    command
}

/// Replays without a divergence; how many calls that were, and functions of the host.
pub fn same(command: &mut Command) -> (u64, u64) {
    let output = checked(command);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = text.lines().next().unwrap_or_default();
    assert!(line.ends_with(", 0 divergences"), "{command:?}: {text}");
    let numbers: Vec<u64> = line.split(' ').filter_map(|word| word.parse().ok()).collect();
    (numbers[0], numbers[1])
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
