//! Text and number formatting: everything CPython does with strings and digits, as pure functions.
//!
//! The builtins need dozens of operations whose results must match CPython 3.11 to the character:
//! `str` methods, float and int literals, format specifications, `%` formatting, tracebacks. Here
//! they work on plain Rust data ([`Text`], `i64`/`BigInt`, `f64`), so that they can be tested against
//! CPython without a heap. Failures are values ([`TextError`]) which name the exception to raise.
//!
//! Leaves out: objects, the argument conversion of methods, locales (`n` formats as in the C locale),
//! codecs other than UTF-8/16/32, ASCII and Latin-1, and Unicode normalisation.

pub mod buf;
pub mod codec;
pub mod codec_wide;
pub mod error;
pub mod float;
pub mod format_spec;
pub mod hash;
pub mod int;
pub mod percent;
pub mod str_format;
pub mod str_ops;
#[cfg(test)]
mod tests;
pub mod traceback;
pub mod unicode;
pub mod view;

pub use buf::{TextBuf, TextOwned};
pub use error::{TextError, TextResult};
pub use view::{Piece, Text};
