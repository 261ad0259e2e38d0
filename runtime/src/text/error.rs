//! The failures of this room: which exception to raise, and with what message.
//!
//! Leaves out the exception objects; the builtins turn each variant into one.

use std::collections::TryReserveError;

/// A failed text operation: one variant for each exception class that can result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextError {
    /// `ValueError` with this message.
    Value(String),
    /// `TypeError` with this message.
    Type(String),
    /// `OverflowError` with this message.
    Overflow(String),
    /// `ZeroDivisionError` with this message.
    ZeroDivision(String),
    /// `LookupError` with this message (an unknown codec or error handler).
    Lookup(String),
    /// `MemoryError`, which carries no message.
    Memory,
    /// `UnicodeEncodeError`; its `object` is the text that was being encoded.
    Encode(CodecError),
    /// `UnicodeDecodeError`; its `object` is the bytes that were being decoded.
    Decode(CodecError),
}

/// The attributes shared by `UnicodeEncodeError` and `UnicodeDecodeError`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodecError {
    /// The codec's name, e.g. `utf-8`.
    pub encoding: &'static str,
    /// Index of the first code point or byte that failed.
    pub start: usize,
    /// Index after the last one that failed.
    pub end: usize,
    /// What was wrong, e.g. `invalid start byte`.
    pub reason: &'static str,
}

/// The result of a text operation.
pub type TextResult<T> = Result<T, TextError>;

impl TextError {
    /// A `ValueError` with this message.
    pub fn value(message: impl Into<String>) -> Self {
        TextError::Value(message.into())
    }

    /// A `TypeError` with this message.
    pub fn type_error(message: impl Into<String>) -> Self {
        TextError::Type(message.into())
    }

    /// An `OverflowError` with this message.
    pub fn overflow(message: impl Into<String>) -> Self {
        TextError::Overflow(message.into())
    }

    /// The name of the exception class to raise.
    pub fn class_name(&self) -> &'static str {
        match self {
            TextError::Value(_) => "ValueError",
            TextError::Type(_) => "TypeError",
            TextError::Overflow(_) => "OverflowError",
            TextError::ZeroDivision(_) => "ZeroDivisionError",
            TextError::Lookup(_) => "LookupError",
            TextError::Memory => "MemoryError",
            TextError::Encode(_) => "UnicodeEncodeError",
            TextError::Decode(_) => "UnicodeDecodeError",
        }
    }

    /// The message; for codec errors the one without the object (see [`CodecError`]).
    pub fn message(&self) -> &str {
        match self {
            TextError::Value(m) | TextError::Type(m) | TextError::Overflow(m) => m,
            TextError::ZeroDivision(m) | TextError::Lookup(m) => m,
            TextError::Memory => "",
            TextError::Encode(e) | TextError::Decode(e) => e.reason,
        }
    }
}

impl CodecError {
    /// `str(error)` of a `UnicodeEncodeError` over `object`.
    pub fn encode_message(&self, object: super::Text<'_>) -> String {
        if self.end == self.start + 1 {
            if let Some(c) = object.get(self.start) {
                let shown = if c <= 0xff {
                    format!("\\x{c:02x}")
                } else if c <= 0xffff {
                    format!("\\u{c:04x}")
                } else {
                    format!("\\U{c:08x}")
                };
                let (name, at, reason) = (self.encoding, self.start, self.reason);
                return format!("'{name}' codec can't encode character '{shown}' in position {at}: {reason}");
            }
        }
        let last = self.end.saturating_sub(1);
        format!(
            "'{}' codec can't encode characters in position {}-{}: {}",
            self.encoding, self.start, last, self.reason
        )
    }

    /// `str(error)` of a `UnicodeDecodeError` over `object`.
    pub fn decode_message(&self, object: &[u8]) -> String {
        if self.end == self.start + 1 {
            if let Some(byte) = object.get(self.start) {
                return format!(
                    "'{}' codec can't decode byte 0x{:02x} in position {}: {}",
                    self.encoding, byte, self.start, self.reason
                );
            }
        }
        let last = self.end.saturating_sub(1);
        format!(
            "'{}' codec can't decode bytes in position {}-{}: {}",
            self.encoding, self.start, last, self.reason
        )
    }
}

impl From<TryReserveError> for TextError {
    fn from(_: TryReserveError) -> Self {
        TextError::Memory
    }
}
