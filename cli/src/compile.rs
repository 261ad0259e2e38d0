//! `taipan compile`: keeps what the compiler makes of a program, for `taipan run`.

use crate::args::CompileArgs;
use crate::run::{complain, USAGE};
use crate::source::{reason, Source};
use std::io::Write;
use taipan::bytecode::{codec, CodeUnit};
use taipan::compile::{compile_source, Options};
use taipan::syntax::{ErrorKind, Mode, SyntaxError};
use taipan::text::traceback::{format_syntax_error, SyntaxErrorText};

/// Writes the bytecode; gives the exit status.
pub(crate) fn main(args: &CompileArgs) -> i32 {
    let source = match Source::read(&args.file) {
        Ok(source) => source,
        Err(message) => {
            complain(&message);
            return USAGE;
        }
    };
    let bytes = match unit_of(&source) {
        Ok(unit) => codec::dump(&unit),
        Err(report) => {
            let _ = std::io::stderr().write_all(report.as_bytes());
            return 1;
        }
    };
    // What nests too deeply is told now, and not by whoever is given the file.
    if let Err(error) = codec::load(&bytes) {
        complain(&format!("'{}' can't be kept as bytecode: {error}", args.file));
        return 1;
    }
    match std::fs::write(&args.output, bytes) {
        Ok(()) => 0,
        Err(error) => {
            complain(&format!("can't write '{}': {}", args.output, reason(&error)));
            USAGE
        }
    }
}

/// Compiles a program, or says what is wrong with it, as an uncaught exception looks.
pub(crate) fn unit_of(source: &Source) -> Result<CodeUnit, String> {
    compile_source(&source.text[..], &source.filename, Mode::Exec, Options::default())
        .map_err(|error| show(&error, &source.filename))
}

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
