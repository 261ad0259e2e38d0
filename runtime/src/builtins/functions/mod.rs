//! The builtin functions.

pub(super) mod attributes;
pub(super) mod class;
pub mod code;
pub mod isinstance;
pub(super) mod sequence;
pub(super) mod text;
