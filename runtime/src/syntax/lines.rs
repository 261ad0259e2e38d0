//! [`Lines`]: from byte offsets to lines and columns in characters.
//!
//! Sources with characters beyond ASCII get a table of character counts per block, so that one lookup costs a bounded
//! scan even in a megabyte-long line.

use super::error::{ErrorKind, Fault, SyntaxError};
use ruff_text_size::TextSize;

/// Bytes per entry of the character-count table.
const BLOCK: usize = 64;

/// A source text and its line table.
pub(crate) struct Lines<'s> {
    text: &'s str,
    /// Byte offset of the start of each line.
    starts: Vec<u32>,
    /// Characters before each block of bytes; empty when the text is ASCII.
    characters: Vec<u32>,
}

impl<'s> Lines<'s> {
    pub(crate) fn new(text: &'s str) -> Lines<'s> {
        let mut starts = vec![0];
        starts.extend(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| at as u32 + 1));
        let mut characters = Vec::new();
        if !text.is_ascii() {
            let mut count = 0;
            for block in text.as_bytes().chunks(BLOCK) {
                characters.push(count);
                count += block.iter().filter(|b| !is_continuation(**b)).count() as u32;
            }
        }
        Lines { text, starts, characters }
    }

    pub(crate) fn text(&self) -> &'s str {
        self.text
    }

    /// How many characters stand before byte `offset`.
    fn characters_before(&self, offset: usize) -> u32 {
        if self.characters.is_empty() {
            return offset as u32;
        }
        let block = (offset / BLOCK).min(self.characters.len() - 1);
        let rest = &self.text.as_bytes()[block * BLOCK..offset];
        self.characters[block] + rest.iter().filter(|b| !is_continuation(**b)).count() as u32
    }

    /// The line (from 1) of a byte offset.
    pub(crate) fn line(&self, offset: TextSize) -> u32 {
        self.starts.partition_point(|start| *start <= offset.to_u32()) as u32
    }

    /// The line (from 1) and column (from 0, in characters) of a byte offset.
    pub(crate) fn locate(&self, offset: TextSize) -> (u32, u32) {
        let line = self.line(offset);
        let start = self.starts[line as usize - 1] as usize;
        let offset = offset.to_usize().min(self.text.len());
        (line, self.characters_before(offset) - self.characters_before(start))
    }

    /// The text of a line (from 1), without its newline.
    pub(crate) fn line_text(&self, line: u32) -> Option<&'s str> {
        let start = *self.starts.get(line as usize - 1)? as usize;
        let end = self.starts.get(line as usize).map_or(self.text.len(), |next| *next as usize - 1);
        self.text.get(start..end)
    }

    /// How many lines there are.
    pub(crate) fn count(&self) -> u32 {
        self.starts.len() as u32
    }

    /// Turns a fault into the error that the world sees.
    pub(crate) fn error(&self, fault: Fault) -> SyntaxError {
        let (line, column) = self.locate(fault.range.start());
        let (end_line, end_column) = self.locate(fault.range.end());
        // CPython has no column for these, and shows none.
        let is_tab = fault.kind == ErrorKind::Tab;
        let (column, end_column) = if is_tab { (1, 0) } else { (column + 1, end_column + 1) };
        SyntaxError {
            kind: fault.kind,
            message: fault.message,
            line,
            column,
            end_line,
            end_column,
            text: self.line_text(line).map(|text| text.chars().take(2000).collect()),
        }
    }
}

fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}
