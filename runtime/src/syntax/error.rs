//! [`SyntaxError`]: what is wrong with a source text, and where, as CPython would report it.
//!
//! Inside this room and the compiler an error is a [`Fault`], which knows byte offsets only; it becomes a
//! `SyntaxError` at the rim, where the text is at hand. Raising Python exceptions is left to the VM.

use ruff_text_size::{Ranged, TextRange};
use std::fmt;

/// Which exception type a [`SyntaxError`] becomes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ErrorKind {
    /// `SyntaxError`
    Syntax,
    /// `IndentationError`
    Indentation,
    /// `TabError`
    Tab,
    /// `RecursionError`: the source is nested too deeply to be compiled
    Recursion,
    /// `OverflowError`: the source or its code is too large
    Overflow,
}

/// An error in a source text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SyntaxError {
    /// The exception type
    pub kind: ErrorKind,
    /// The message, without position
    pub message: String,
    /// Line, from 1; 0 when the error has no position
    pub line: u32,
    /// Column of the first character, from 1 (CPython's `offset`)
    pub column: u32,
    /// Last line
    pub end_line: u32,
    /// Column after the last character, from 1
    pub end_column: u32,
    /// The first line's text, without its newline
    pub text: Option<String>,
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            ErrorKind::Syntax => "SyntaxError",
            ErrorKind::Indentation => "IndentationError",
            ErrorKind::Tab => "TabError",
            ErrorKind::Recursion => "RecursionError",
            ErrorKind::Overflow => "OverflowError",
        };
        write!(f, "{kind}: {} (line {}, column {})", self.message, self.line, self.column)
    }
}

impl std::error::Error for SyntaxError {}

impl SyntaxError {
    /// An error about the source as a whole.
    pub(crate) fn without_position(kind: ErrorKind, message: impl Into<String>) -> SyntaxError {
        SyntaxError {
            kind,
            message: message.into(),
            line: 0,
            column: 0,
            end_line: 0,
            end_column: 0,
            text: None,
        }
    }
}

/// An error that knows its place as byte offsets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Fault {
    pub(crate) kind: ErrorKind,
    pub(crate) message: String,
    pub(crate) range: TextRange,
}

impl Fault {
    /// A plain `SyntaxError` at a node.
    pub(crate) fn new(message: impl Into<String>, at: impl Ranged) -> Fault {
        Fault { kind: ErrorKind::Syntax, message: message.into(), range: at.range() }
    }

    /// The same with another exception type.
    pub(crate) fn of_kind(self, kind: ErrorKind) -> Fault {
        Fault { kind, ..self }
    }
}
