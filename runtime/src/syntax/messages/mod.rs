//! Words the parser's errors as CPython does, where that is cheap.
//!
//! The order of precedence is CPython's: what the grammar has a special message for, unless the tokenizer stumbles
//! first; and instead of a mere `invalid syntax` whatever the tokenizer finds wrong in the rest of the source.

mod escapes;
mod grammar;
mod indents;
mod lexical;
mod tokens;

use super::error::{ErrorKind, Fault};
use super::lines::Lines;
use ruff_python_ast::token::Token;
use ruff_python_ast::Mod;
use ruff_python_parser::{
    InterpolatedStringErrorType, LexicalErrorType, ParseError, ParseErrorType, Parsed,
    UnsupportedSyntaxError, UnsupportedSyntaxErrorKind,
};
use ruff_text_size::TextRange;

/// The error that CPython would report first, if there is one.
pub(super) fn first_fault(parsed: &Parsed<Mod>, lines: &Lines<'_>) -> Option<Fault> {
    let context = Context { lines, tokens: parsed.tokens() };
    match parsed.errors() {
        [] => parsed.unsupported_syntax_errors().first().map(unsupported),
        [first, others @ ..] => Some(context.fault(first, others)),
    }
}

/// Syntax that is newer than the language.
fn unsupported(error: &UnsupportedSyntaxError) -> Fault {
    let message = match error.kind {
        UnsupportedSyntaxErrorKind::UnparenthesizedExceptionTypes => {
            "multiple exception types must be parenthesized"
        }
        UnsupportedSyntaxErrorKind::UnpackingInComprehension(_) => {
            "iterable unpacking cannot be used in comprehension"
        }
        UnsupportedSyntaxErrorKind::ParenthesizedKeywordArgumentName => {
            "expression cannot contain assignment, perhaps you meant \"==\"?"
        }
        UnsupportedSyntaxErrorKind::TypeParameterList => "type parameters are not supported by Taipan",
        UnsupportedSyntaxErrorKind::TypeAliasStatement => "the type statement is not supported by Taipan",
        UnsupportedSyntaxErrorKind::TemplateStrings => "a t-string is not supported by Taipan",
        _ => match error.to_string() {
            text if text.contains("backslash") => "f-string expression part cannot include a backslash",
            text if text.contains("comments in f-strings") => "f-string expression part cannot include '#'",
            text if text.contains("f-string") => "f-string: invalid syntax",
            text => return Fault::new(text, error.range),
        },
    };
    Fault::new(message, error.range)
}

struct Context<'c> {
    lines: &'c Lines<'c>,
    tokens: &'c [Token],
}

/// What the brackets of a whole source amount to.
enum Brackets {
    Fine,
    /// A closing bracket without or with another opening one.
    Mismatch(Fault),
    /// The innermost bracket that is still open at the end.
    Unclosed(char, TextRange),
}

impl Context<'_> {
    fn text(&self, range: TextRange) -> &str {
        self.lines.text().get(range.start().to_usize()..range.end().to_usize()).unwrap_or("")
    }

    fn fault(&self, first: &ParseError, others: &[ParseError]) -> Fault {
        let at = first.location;
        let fault = match &first.error {
            ParseErrorType::Lexical(error) => self.lexical(error, at),
            _ => self.grammatical(first, at),
        };
        if fault.kind == ErrorKind::Indentation {
            let earlier = self.bad_indentation();
            let line = |fault: &Fault| self.lines.line(fault.range.start());
            if let Some(earlier) = earlier.filter(|earlier| line(earlier) <= line(&fault)) {
                return earlier;
            }
        }
        let is_generic = fault.message == "invalid syntax";
        let earliest = self.tokenizer_faults(first, others).min_by_key(|fault| fault.range.start());
        if let Some(earliest) = earliest {
            if is_generic || earliest.range.start() < fault.range.start() {
                return earliest;
            }
        }
        if let Brackets::Unclosed(bracket, range) = self.brackets() {
            let end = self.lines.text().trim_end().len();
            let later_line = self.lines.line(at.start()) > self.lines.line(range.start());
            let vague = is_generic || fault.message.starts_with("expected ") || fault.message.contains("EOF");
            if range.start() <= at.start() && vague && (later_line || at.start().to_usize() >= end) {
                return Fault::new(format!("'{bracket}' was never closed"), range);
            }
        }
        let of_source = ["f-string", "unterminated", "invalid non-printable"];
        let inside = self.in_f_string(at.start());
        if inside && !of_source.iter().any(|start| fault.message.starts_with(start)) {
            return Fault { message: format!("f-string: {}", fault.message), ..fault };
        }
        if is_generic {
            if let Some(range) = self.missing_comma(at.start()) {
                return Fault::new("invalid syntax. Perhaps you forgot a comma?", range);
            }
        }
        fault
    }

    /// What the tokenizer would stumble over.
    fn tokenizer_faults<'f>(
        &'f self,
        first: &'f ParseError,
        others: &'f [ParseError],
    ) -> impl Iterator<Item = Fault> + 'f {
        let lexical = others.iter().filter_map(move |error| match &error.error {
            ParseErrorType::Lexical(
                LexicalErrorType::Eof
                | LexicalErrorType::FStringError(InterpolatedStringErrorType::UnclosedLbrace),
            ) => None,
            ParseErrorType::Lexical(lexical) if error.location != first.location => {
                Some(self.lexical(lexical, error.location))
            }
            _ => None,
        });
        let mismatch = match self.brackets() {
            Brackets::Mismatch(fault) => Some(fault),
            _ => None,
        };
        lexical.take(1).chain(mismatch).chain(self.bad_number())
    }
}
