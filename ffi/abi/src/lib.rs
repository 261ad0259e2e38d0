//! The C ABI as data: `include/taipan.h`, read into a [`Header`], and what is made of it.
//!
//! The header is the only description of the ABI (ADR 26). What must agree with it is made from it, or checked against it: the reference
//! `docs/c-api.md`, the baseline `ffi/abi.baseline`, the Rust file that has the compiler compare signatures, layouts and numbers, the C file
//! that does so on the other side, and a host that makes every wrong call. A tool of the developers: no part of the library.
//!
//! Leaves out: C as such. The reader knows the subset that the header keeps to, and refuses the rest with a line number.
#![forbid(unsafe_code)]

pub mod agreed;
pub mod baseline;
pub mod facts;
pub mod files;
pub mod layout;
pub mod matrix;
pub mod model;
mod read;
pub mod record;
pub mod reference;
mod rules;
mod tokens;
mod value;

pub use model::Header;

/// Why a header is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, and what to do.
    pub what: String,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "include/taipan.h:{}: {}", self.line, self.what)
    }
}

impl std::error::Error for Refused {}

/// A refusal.
fn refuse<T>(line: usize, what: impl Into<String>) -> Result<T, Refused> {
    Err(Refused { line, what: what.into() })
}

/// Reads a header and checks that it keeps its conventions.
pub fn read(text: &str) -> Result<Header, Refused> {
    let header = read::header(text)?;
    rules::check(&header)?;
    Ok(header)
}
