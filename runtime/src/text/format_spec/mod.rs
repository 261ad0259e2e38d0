//! `format(value, spec)`: the standard format specification for str, int and float.
//!
//! `[[fill]align][sign][z][#][0][width][grouping][.precision][type]`, with CPython's checks, their
//! order and their messages. A width or precision that can't be met is a `MemoryError` or
//! `ValueError`. Leaves out complex numbers, and locales: `n` formats as in the C locale.

mod apply;
mod number;
mod parse;

pub use apply::{format_float, format_int, format_str};
pub use parse::{parse, Align, FormatSpec, Grouping, Sign};
