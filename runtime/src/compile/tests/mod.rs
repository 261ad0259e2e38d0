//! Tests of the compiler. Goldens show the code of small sources: `TAIPAN_BLESS=1` writes them anew.

mod errors;
mod goldens;
mod hostile;

use super::{compile_source, Options};
use crate::bytecode::verify::verify;
use crate::bytecode::CodeUnit;
use crate::syntax::{Mode, SyntaxError};

/// Compiles a module; what comes out must verify.
fn compile(source: &str) -> Result<CodeUnit, SyntaxError> {
    let unit = compile_source(source, "test.py", Mode::Exec, Options::default())?;
    verify(&unit).unwrap_or_else(|error| panic!("{error}"));
    Ok(unit)
}
