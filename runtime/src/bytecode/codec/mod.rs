//! Code units as bytes, to be kept and loaded again: a header, then the unit with everything in it. See ADR 29.
//!
//! Bytes come from outside: [`load`] believes none of them. What it gives has passed the verifier, as the compiler's units have, and is
//! bounded by the length of what was read. What the bytes stand for is in `docs/bytecode.md`; nothing here knows a heap.
//!
//! | at | bytes | |
//! |---|---|---|
//! | 0 | 8 | [`MAGIC`] |
//! | 8 | 4 | [`FORMAT`] |
//! | 12 | 4 | [`fingerprint`] of the instruction set |
//! | 16 | 4 | checksum of what follows (CRC-32) |
//! | 20 | | the unit |

mod read;
#[cfg(test)]
mod tests;
mod write;

use super::op::{FORMATS, REVISION};
use super::verify::{verify, VerifyError};
use super::{CodeUnit, Driver};
use std::fmt;

/// What bytecode begins with. No text does, and copying it as text breaks it in a way that is noticed.
pub const MAGIC: [u8; 8] = *b"\x8fTPC\r\n\x1a\n";
/// The version of the format: how units are written, not what their instructions do.
pub const FORMAT: u32 = 1;
/// Where the unit begins.
#[doc(hidden)]
pub const HEADER: usize = 20;
/// How deep units and collections of constants nest in each other: loading recurses.
pub const MAX_DEPTH: usize = 256;
/// The longest file name that units share with the unit around them. Longer ones are there as often as they are needed, or few bytes could
/// ask for much memory.
const SHARED_NAME: usize = 255;

/// What constants begin with.
mod tag {
    pub(super) const NONE: u8 = 0;
    pub(super) const FALSE: u8 = 1;
    pub(super) const TRUE: u8 = 2;
    pub(super) const ELLIPSIS: u8 = 3;
    pub(super) const INT: u8 = 4;
    pub(super) const POSITIVE: u8 = 5;
    pub(super) const NEGATIVE: u8 = 6;
    pub(super) const FLOAT: u8 = 7;
    pub(super) const IMAGINARY: u8 = 8;
    pub(super) const STR: u8 = 9;
    pub(super) const WIDE: u8 = 10;
    pub(super) const BYTES: u8 = 11;
    pub(super) const TUPLE: u8 = 12;
    pub(super) const FROZENSET: u8 = 13;
    pub(super) const CODE: u8 = 14;
}

/// Why bytes are no code.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum LoadError {
    /// They don't begin as bytecode does.
    NotBytecode,
    /// They are of another version of the format.
    Format {
        /// Theirs; this library's is [`FORMAT`]
        found: u32,
    },
    /// They were compiled for another version of the instruction set.
    Instructions {
        /// The [`fingerprint`] of theirs
        found: u32,
    },
    /// They have been changed, or cut.
    Damaged {
        /// The checksum that is written in them
        written: u32,
        /// That of their content
        found: u32,
    },
    /// They say something that no unit says.
    Malformed {
        /// Which byte, counted from 0
        at: usize,
        /// What is wrong there
        why: String,
    },
    /// They are a unit that is not safe to run.
    Refused(VerifyError),
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LoadError::NotBytecode => f.write_str("not bytecode: it doesn't begin with the magic at byte 0"),
            LoadError::Format { found } => {
                write!(f, "bytecode of format {found} at byte 8; this version of Taipan reads format {FORMAT}")
            }
            LoadError::Instructions { found } => write!(
                f,
                "bytecode for instruction set {found:08x} at byte 12; this version of Taipan has {:08x}: compile it anew",
                fingerprint()
            ),
            LoadError::Damaged { written, found } => write!(
                f,
                "damaged bytecode: its checksum is {found:08x}, and should be {written:08x} as byte 16 says"
            ),
            LoadError::Malformed { at, why } => write!(f, "malformed bytecode: {why} at byte {at}"),
            LoadError::Refused(error) => write!(f, "the bytecode is refused: {error}"),
        }
    }
}

impl std::error::Error for LoadError {}

/// A number for the instruction set of this version: bytecode runs only where it is the same. It comes from the opcode table and from what the
/// table doesn't say: [`REVISION`].
pub fn fingerprint() -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&REVISION.to_le_bytes());
    hasher.update(&[Driver::ALL.len() as u8]);
    for format in FORMATS {
        hasher.update(format.name.as_bytes());
        let [a, b, c] = format.operands;
        hasher.update(&[0, a as u8, b as u8, c as u8, format.ext as u8]);
    }
    hasher.finalize()
}

/// Whether bytes say of themselves that they are bytecode, of whatever version.
pub fn is_bytecode(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC)
}

/// The bytes of a unit. They are the same for equal units, but for NaNs, which are all written as one.
pub fn dump(unit: &CodeUnit) -> Vec<u8> {
    frame(&write::unit(unit))
}

/// The bytes of a unit behind the header that they should have: also for tests of what other bytes mean there.
#[doc(hidden)]
pub fn frame(body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER + body.len());
    bytes.extend(MAGIC);
    for number in [FORMAT, fingerprint(), crc32fast::hash(body)] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend(body);
    bytes
}

/// The unit that bytes are, verified with all units in it. Any bytes may be given: what is wrong with them is an error. Memory is bounded by
/// some 40 times their length.
pub fn load(bytes: &[u8]) -> Result<CodeUnit, LoadError> {
    if !is_bytecode(bytes) {
        return Err(LoadError::NotBytecode);
    }
    let number = |at: usize| match bytes.get(at..at + 4) {
        Some(&[a, b, c, d]) => Ok(u32::from_le_bytes([a, b, c, d])),
        _ => Err(LoadError::Malformed { at: bytes.len(), why: "the header ends too early".into() }),
    };
    let (format, instructions, written) = (number(8)?, number(12)?, number(16)?);
    if format != FORMAT {
        return Err(LoadError::Format { found: format });
    }
    if instructions != fingerprint() {
        return Err(LoadError::Instructions { found: instructions });
    }
    let found = crc32fast::hash(&bytes[HEADER..]);
    if found != written {
        return Err(LoadError::Damaged { written, found });
    }
    let unit = read::unit(bytes)?;
    verify(&unit).map_err(LoadError::Refused)?;
    Ok(unit)
}
