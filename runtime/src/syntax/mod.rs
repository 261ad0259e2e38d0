//! From source text to a syntax tree: an adapter over ruff's parser.
//!
//! It decodes the source, refuses what is nested too deeply *before* anything recurses over it, provides the stack
//! that the rest needs, and words errors as CPython does. The tree never leaves the closure given to [`with_tree`],
//! because dropping it recurses too. What the tree means (scopes, `return` outside of functions, …) is left to the
//! compiler.
#![forbid(unsafe_code)]

mod decode;
mod depth;
mod error;
mod lines;
mod literal;
mod messages;
#[cfg(test)]
mod tests;

pub use decode::Source;
pub(crate) use decode::NULL_BYTES;
pub(crate) use error::Fault;
pub use error::{ErrorKind, SyntaxError};
pub(crate) use lines::Lines;
pub(crate) use literal::{big_integer, code_points, may_hold_surrogates};

use ruff_python_ast::{Mod, PythonVersion};
use ruff_python_parser::{parse_unchecked, Mode as ParserMode, ParseOptions};
use std::panic::{catch_unwind, AssertUnwindSafe};

/// What kind of source is compiled: the third argument of Python's `compile`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// A sequence of statements
    Exec,
    /// One expression, whose value is returned
    Eval,
    /// Statements typed at a prompt: values of expression statements are displayed
    Single,
}

/// Native stack that every compilation needs.
const BASE_STACK: usize = 256 * 1024;
/// Native stack per level of the syntax tree.
const STACK_PER_LEVEL: usize = 8 * 1024;

/// A parsed source, lent to [`with_tree`]'s closure.
pub(crate) struct Tree<'t> {
    /// The syntax tree.
    pub(crate) root: &'t Mod,
    /// The text and its lines.
    pub(crate) lines: &'t Lines<'t>,
}

/// Parses `source` and lends the tree to `then`, on a stack that is large enough for recursing over it.
pub(crate) fn with_tree<T>(
    source: Source<'_>,
    filename: &str,
    mode: Mode,
    then: impl FnOnce(&Tree<'_>) -> Result<T, Fault>,
) -> Result<T, SyntaxError> {
    let text = decode::decode(source, filename)?;
    // As CPython's `eval`: blanks in front of an expression are no indentation.
    let skipped = match mode {
        Mode::Eval => text.len() - text.trim_start_matches([' ', '\t', '\x0c']).len(),
        _ => 0,
    };
    let text = &text[skipped..];
    let lines = Lines::new(text);
    let parser_mode = if mode == Mode::Eval { ParserMode::Expression } else { ParserMode::Module };
    let depth = depth::check(text, parser_mode).map_err(|fault| lines.error(fault))?;
    let stack = BASE_STACK + depth as usize * STACK_PER_LEVEL;
    stacker::maybe_grow(stack, stack + BASE_STACK, || {
        let parsed = catch_unwind(AssertUnwindSafe(|| {
            let options = ParseOptions::from(parser_mode).with_target_version(PythonVersion::PY311);
            parse_unchecked(text, options)
        }));
        let Ok(parsed) = parsed else {
            let message = "the parser failed on this source";
            return Err(SyntaxError::without_position(ErrorKind::Syntax, message));
        };
        if let Some(fault) = messages::first_fault(&parsed, &lines) {
            return Err(lines.error(fault));
        }
        let tree = Tree { root: parsed.syntax(), lines: &lines };
        then(&tree).map_err(|fault| lines.error(fault))
    })
}
