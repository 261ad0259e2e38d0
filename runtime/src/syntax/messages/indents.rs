//! Indentation as CPython's tokenizer checks it: lines are compared with tabs of eight columns and of one, and both must agree.

use super::super::error::{ErrorKind, Fault};
use super::Context;
use ruff_python_ast::token::TokenKind;
use ruff_text_size::{Ranged, TextRange, TextSize};

/// Columns of a line's indentation, with tabs of eight and of one.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Indent {
    wide: usize,
    narrow: usize,
}

impl Indent {
    fn of(line: &str) -> Indent {
        let mut found = Indent::default();
        for c in line.bytes() {
            match c {
                b' ' => found = Indent { wide: found.wide + 1, narrow: found.narrow + 1 },
                b'\t' => found = Indent { wide: (found.wide / 8 + 1) * 8, narrow: found.narrow + 1 },
                b'\x0c' => found = Indent::default(),
                _ => break,
            }
        }
        found
    }
}

impl Context<'_> {
    /// The first line whose indentation the tokenizer refuses.
    pub(super) fn bad_indentation(&self) -> Option<Fault> {
        let mut open = vec![Indent::default()];
        let mut fresh = true;
        for token in self.tokens {
            match token.kind() {
                TokenKind::Newline => fresh = true,
                TokenKind::NonLogicalNewline | TokenKind::Comment | TokenKind::Indent | TokenKind::Dedent => {
                }
                TokenKind::EndOfFile => break,
                kind if fresh => {
                    fresh = false;
                    // What the parser can't place ends where the statement begins.
                    let at = if kind == TokenKind::Unknown { token.end() } else { token.start() };
                    let line = Indent::of(self.lines.line_text(self.lines.line(at)).unwrap_or(""));
                    if let Some(fault) = self.next_line(&mut open, line, at) {
                        return Some(fault);
                    }
                }
                _ => {}
            }
        }
        None
    }

    fn next_line(&self, open: &mut Vec<Indent>, line: Indent, at: TextSize) -> Option<Fault> {
        let top = |open: &[Indent]| open.last().copied().unwrap_or_default();
        if line.wide > top(open).wide {
            let clash = line.narrow <= top(open).narrow;
            open.push(line);
            return clash.then(|| self.mixed_tabs(at));
        }
        while line.wide < top(open).wide {
            open.pop();
        }
        if line.wide != top(open).wide {
            return Some(self.bad_unindent(at));
        }
        (line.narrow != top(open).narrow).then(|| self.mixed_tabs(at))
    }

    fn mixed_tabs(&self, at: TextSize) -> Fault {
        let fault = Fault::new("inconsistent use of tabs and spaces in indentation", TextRange::empty(at));
        fault.of_kind(ErrorKind::Tab)
    }

    /// The error is shown at the end of the line.
    pub(super) fn bad_unindent(&self, at: TextSize) -> Fault {
        let rest = self.lines.text().get(at.to_usize()..).and_then(|rest| rest.split('\n').next());
        let end = TextRange::empty(at + TextSize::of(rest.unwrap_or("")));
        Fault::new("unindent does not match any outer indentation level", end).of_kind(ErrorKind::Indentation)
    }
}
