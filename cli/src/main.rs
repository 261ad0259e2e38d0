//! `taipan`: runs programs, compares memory managers on them, keeps and shows bytecode.
//!
//! Each subcommand is a module; this file chooses. What a program does and prints is the business of the crate `taipan`.
#![forbid(unsafe_code)]

mod args;
mod compare;
mod compile;
mod dis;
mod insight;
mod list;
mod report;
mod run;
mod size;
mod source;

use args::{Args, Command};
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let words = args::separate_program_args(std::env::args_os().collect());
    let status = match Args::parse_from(words).command {
        Command::Run(run) => run::main(run),
        Command::Compare(compare) => compare::main(&compare),
        Command::Compile(compile) => compile::main(&compile),
        Command::Dis(dis) => dis::main(&dis),
        Command::Managers => list::main(),
    };
    // As the system does with statuses that don't fit.
    ExitCode::from((status & 0xFF) as u8)
}
