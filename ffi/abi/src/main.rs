//! `cargo run -p taipan-abi`: is what is made from the header up to date? With `--write` it is made anew.
//!
//! Either way it says what has been added to the ABI since the baseline was committed, and what breaks programs.
#![forbid(unsafe_code)]

use std::process::ExitCode;
use taipan_abi::{baseline, files};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let write = match arguments.as_slice() {
        [] => false,
        [only] if only == "--write" => true,
        _ => {
            eprintln!("usage: taipan-abi [--write]");
            return ExitCode::from(2);
        }
    };
    match run(write) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn run(write: bool) -> Result<bool, String> {
    let header = files::header()?;
    let stale = files::stale(&header)?;
    let now = baseline::text(&header);
    let difference = baseline::compare(&files::committed(files::BASELINE), &now);
    for line in &difference.added {
        println!("added: {line}");
    }
    for line in &difference.broken {
        println!("BREAKS PROGRAMS: {line}");
    }
    if let Some(refusal) = difference.refusal(&now) {
        return Err(refusal);
    }
    if let Some(advice) = difference.advice() {
        println!("{advice}");
    }
    for (path, text) in &stale {
        if write {
            std::fs::write(files::root().join(path), text).map_err(|error| format!("{path}: {error}"))?;
            println!("written: {path}");
        } else {
            println!("stale: {path} (cargo run -p taipan-abi -- --write)");
        }
    }
    Ok(write || stale.is_empty())
}
