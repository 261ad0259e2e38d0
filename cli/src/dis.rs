//! `taipan dis`: what the compiler makes of a program, or what it has made.

use crate::args::DisArgs;
use crate::compile::unit_of;
use crate::run::{complain, USAGE};
use crate::source::Source;
use std::io::Write;
use taipan::bytecode::codec;
use taipan::bytecode::dis::disassemble;

/// Prints the bytecode; gives the exit status.
pub(crate) fn main(args: &DisArgs) -> i32 {
    let source = match Source::read(&args.file) {
        Ok(source) => source,
        Err(message) => {
            complain(&message);
            return USAGE;
        }
    };
    let unit = match source.is_bytecode() {
        true => codec::load(&source.text).map_err(|error| format!("{error}\n")),
        false => unit_of(&source),
    };
    match unit {
        Ok(unit) => {
            // Whoever reads may have gone.
            let _ = std::io::stdout().write_all(disassemble(&unit).as_bytes());
            0
        }
        Err(report) => {
            let _ = std::io::stderr().write_all(report.as_bytes());
            1
        }
    }
}
