//! Errors of the tokenizer: strings, numbers, characters, indentation.

use super::super::error::Fault;
use super::escapes;
use super::Context;
use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{InterpolatedStringErrorType, LexicalErrorType};
use ruff_text_size::{Ranged, TextRange, TextSize};

impl Context<'_> {
    pub(super) fn lexical(&self, error: &LexicalErrorType, at: TextRange) -> Fault {
        let message = match error {
            LexicalErrorType::UnclosedStringError => return self.unterminated_string(at),
            LexicalErrorType::IndentationError => return self.bad_indentation().unwrap_or_else(|| self.bad_unindent(at.end())),
            LexicalErrorType::UnrecognizedToken { tok } => unrecognized(*tok),
            LexicalErrorType::LineContinuationError if self.at_end(at) => "unexpected EOF while parsing".into(),
            LexicalErrorType::LineContinuationError => "unexpected character after line continuation character".into(),
            LexicalErrorType::Eof => "unexpected EOF while parsing".into(),
            LexicalErrorType::InvalidByteLiteral => "bytes can only contain ASCII literal characters".into(),
            LexicalErrorType::MissingUnicodeLbrace
            | LexicalErrorType::MissingUnicodeRbrace
            | LexicalErrorType::UnicodeError => return self.bad_escape(at),
            LexicalErrorType::OtherError(text) if text.contains("decimal integer") => {
                "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers"
                    .into()
            }
            LexicalErrorType::OtherError(_) => match self.text(at).get(..2) {
                Some("0x" | "0X") => "invalid hexadecimal literal".into(),
                Some("0o" | "0O") => "invalid octal literal".into(),
                Some("0b" | "0B") => "invalid binary literal".into(),
                _ => "invalid decimal literal".into(),
            },
            LexicalErrorType::FStringError(error) => return self.f_string(error, at),
            other => other.to_string(),
        };
        let at = match error {
            // Behind the backslash.
            LexicalErrorType::LineContinuationError => {
                TextRange::at(at.start() + TextSize::new(1), TextSize::new(0))
            }
            LexicalErrorType::InvalidByteLiteral => self.literal_at(at),
            _ => at,
        };
        Fault::new(message, at)
    }

    /// The literal around a place within it.
    fn literal_at(&self, at: TextRange) -> TextRange {
        let literal = self.tokens.iter().find(|token| token.range().contains_inclusive(at.start()));
        literal.map_or(at, |token| token.range())
    }

    /// Whether nothing but blanks and a backslash comes after the start of a range.
    fn at_end(&self, at: TextRange) -> bool {
        let rest = self.lines.text().get(at.start().to_usize()..).unwrap_or("");
        rest.trim_matches(['\\', '\n', ' ']).is_empty()
    }

    fn unterminated_string(&self, at: TextRange) -> Fault {
        let quotes = self.text(at).trim_start_matches(|c: char| c.is_ascii_alphabetic());
        let start = TextRange::at(at.start(), TextSize::new(1));
        if quotes.starts_with("\"\"\"") || quotes.starts_with("'''") {
            let text = self.lines.text();
            let last = self.lines.count() - u32::from(text.ends_with('\n'));
            return Fault::new(
                format!("unterminated triple-quoted string literal (detected at line {last})"),
                start,
            );
        }
        let line = self.lines.line(at.start());
        Fault::new(format!("unterminated string literal (detected at line {line})"), start)
    }

    /// A bad escape: the error is about the whole literal.
    fn bad_escape(&self, at: TextRange) -> Fault {
        let range = self.literal_at(at);
        let message = escapes::describe(self.text(range));
        Fault::new(message.unwrap_or_else(|| "(unicode error) malformed escape".to_owned()), range)
    }

    pub(super) fn f_string(&self, error: &InterpolatedStringErrorType, at: TextRange) -> Fault {
        let message = match error {
            InterpolatedStringErrorType::UnclosedLbrace if self.missing_comma(at.start()).is_some() => {
                "f-string: invalid syntax. Perhaps you forgot a comma?".to_owned()
            }
            InterpolatedStringErrorType::UnclosedLbrace => "f-string: expecting '}'".to_owned(),
            InterpolatedStringErrorType::SingleRbrace => "f-string: single '}' is not allowed".to_owned(),
            InterpolatedStringErrorType::UnterminatedString
            | InterpolatedStringErrorType::UnterminatedTripleQuotedString => {
                let start = self.tokens.iter().rev().find(|token| token.kind() == TokenKind::FStringStart);
                return self.unterminated_string(start.map_or(at, |token| token.range()));
            }
            InterpolatedStringErrorType::InvalidConversionFlag => {
                "f-string: invalid conversion character: expected 's', 'r', or 'a'".to_owned()
            }
            InterpolatedStringErrorType::LambdaWithoutParentheses => "f-string: invalid syntax".to_owned(),
            other => format!("f-string: {other}"),
        };
        Fault::new(message, at)
    }
}

fn unrecognized(c: char) -> String {
    if c.is_ascii() {
        "invalid syntax".into()
    } else if c.is_whitespace()
        || c.is_control()
        || matches!(c as u32, 0x200b..=0x200f | 0x2028..=0x202f | 0xfeff)
    {
        format!("invalid non-printable character U+{:04X}", c as u32)
    } else {
        format!("invalid character '{c}' (U+{:04X})", c as u32)
    }
}
