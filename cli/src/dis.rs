//! `taipan dis`: what the compiler makes of a program.

use crate::args::DisArgs;
use crate::run::{complain, USAGE};
use crate::source::Source;
use std::io::Write;
use taipan::bytecode::dis::disassemble;
use taipan::compile::{compile_source, Options};
use taipan::syntax::{ErrorKind, Mode, SyntaxError};
use taipan::text::traceback::{format_syntax_error, SyntaxErrorText};

/// Prints the bytecode; gives the exit status.
pub(crate) fn main(args: &DisArgs) -> i32 {
    let source = match Source::read(&args.file) {
        Ok(source) => source,
        Err(message) => {
            complain(&message);
            return USAGE;
        }
    };
    match compile_source(&source.text[..], &source.filename, Mode::Exec, Options::default()) {
        Ok(unit) => {
            // Whoever reads may have gone.
            let _ = std::io::stdout().write_all(disassemble(&unit).as_bytes());
            0
        }
        Err(error) => {
            let _ = std::io::stderr().write_all(show(&error, &source.filename).as_bytes());
            1
        }
    }
}

/// As an uncaught exception looks.
fn show(error: &SyntaxError, filename: &str) -> String {
    let class = match error.kind {
        ErrorKind::Syntax => "SyntaxError",
        ErrorKind::Indentation => "IndentationError",
        ErrorKind::Tab => "TabError",
        ErrorKind::Recursion => "RecursionError",
        ErrorKind::Overflow => "OverflowError",
    };
    if error.line == 0 {
        return format!("{class}: {}\n", error.message);
    }
    let text = SyntaxErrorText {
        filename: Some(filename),
        line: Some(error.line as usize),
        text: error.text.as_deref(),
        offset: Some(error.column as usize),
        end_offset: (error.end_line == error.line).then_some(error.end_column as usize),
        message: Some(&error.message),
    };
    format_syntax_error(&text, class)
}
