//! The committed files that are made from the header, and whether they are as it says.
//!
//! The binary and the tests share this list. Leaves out: what is made at test time only, the C programs.

use crate::{agreed, baseline, record, reference, Header};
use std::path::{Path, PathBuf};

/// The header, from the root of the tree.
pub const HEADER: &str = "include/taipan.h";
/// The baseline, from the root of the tree.
pub const BASELINE: &str = "ffi/abi.baseline";

/// Where the tree begins.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The header of the tree.
pub fn header() -> Result<Header, String> {
    let text = std::fs::read_to_string(root().join(HEADER)).map_err(|error| format!("{HEADER}: {error}"))?;
    crate::read(&text).map_err(|refused| refused.to_string())
}

/// What is made from a header: paths from the root of the tree, and texts.
pub fn made(header: &Header) -> Result<Vec<(&'static str, String)>, String> {
    Ok(vec![
        (BASELINE, baseline::text(header)),
        ("docs/c-api.md", reference::text(header)),
        ("ffi/src/agreed.rs", agreed::rust(header)?),
        ("ffi/record/src/tables.rs", record::tables(header)?),
        ("ffi/record/src/calls.rs", record::calls(header)),
        ("ffi/record/src/exports.rs", record::exports(header)),
    ])
}

/// The files of the tree that are not as the header says, with what they should be.
pub fn stale(header: &Header) -> Result<Vec<(&'static str, String)>, String> {
    let mut files = made(header)?;
    files.retain(|(path, text)| committed(path) != *text);
    Ok(files)
}

/// A file of the tree; empty if there is none.
pub fn committed(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_default()
}
