//! What a look at the tokens tells: brackets, numbers with letters behind, where statements start.

use super::super::error::Fault;
use super::{Brackets, Context};
use ruff_python_ast::token::{Token, TokenKind};
use ruff_text_size::{Ranged, TextRange, TextSize};

impl Context<'_> {
    /// Start of the logical line that holds `offset`.
    pub(super) fn statement_start(&self, offset: TextSize) -> TextSize {
        let mut start = TextSize::new(0);
        let mut fresh = true;
        for token in self.tokens.iter().take_while(|token| token.start() <= offset) {
            match token.kind() {
                TokenKind::Newline => fresh = true,
                TokenKind::NonLogicalNewline | TokenKind::Comment | TokenKind::Indent | TokenKind::Dedent => {
                }
                _ if fresh => {
                    start = token.start();
                    fresh = false;
                }
                _ => {}
            }
        }
        start
    }

    pub(super) fn brackets(&self) -> Brackets {
        let mut open: Vec<&Token> = Vec::new();
        for token in self.tokens {
            match token.kind() {
                TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => open.push(token),
                TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => {
                    let closing = self.text(token.range());
                    let Some(opening) = open.pop() else {
                        return Brackets::Mismatch(Fault::new(
                            format!("unmatched '{closing}'"),
                            token.range(),
                        ));
                    };
                    let opened = self.text(opening.range());
                    if matches!((opened, closing), ("(", ")") | ("[", "]") | ("{", "}")) {
                        continue;
                    }
                    let mut message = format!(
                        "closing parenthesis '{closing}' does not match opening parenthesis '{opened}'"
                    );
                    let line = self.lines.line(opening.start());
                    if line != self.lines.line(token.start()) {
                        message += &format!(" on line {line}");
                    }
                    return Brackets::Mismatch(Fault::new(message, token.range()));
                }
                _ => {}
            }
        }
        match open.last() {
            Some(token) => {
                Brackets::Unclosed(self.text(token.range()).chars().next().unwrap_or('('), token.range())
            }
            None => Brackets::Fine,
        }
    }

    /// The first number that a name follows without a blank: `3rd`.
    pub(super) fn bad_number(&self) -> Option<Fault> {
        for pair in self.tokens.windows(2) {
            let (number, word) = (&pair[0], &pair[1]);
            let is_number = matches!(number.kind(), TokenKind::Int | TokenKind::Float | TokenKind::Complex);
            if !is_number || number.end() != word.start() || !self.is_name(word) {
                continue;
            }
            let digits = self.text(number.range());
            let message = match digits.get(..2) {
                _ if number.kind() == TokenKind::Complex => "invalid imaginary literal",
                Some("0x" | "0X") => "invalid hexadecimal literal",
                Some("0o" | "0O") => "invalid octal literal",
                Some("0b" | "0B") => "invalid binary literal",
                _ => "invalid decimal literal",
            };
            let last = TextSize::new(1);
            return Some(Fault::new(message, TextRange::at(number.end() - last, last)));
        }
        None
    }

    /// Whether a token is a name, or a keyword that may not follow a number directly.
    fn is_name(&self, token: &Token) -> bool {
        let text = self.text(token.range());
        let may_follow = matches!(text, "and" | "else" | "for" | "if" | "in" | "is" | "or" | "not");
        !may_follow
            && text.starts_with(|c: char| c == '_' || c.is_alphabetic())
            && !matches!(token.kind(), TokenKind::FStringStart | TokenKind::String)
    }

    /// The index of the first token at or behind a place.
    fn token_at(&self, at: TextSize) -> usize {
        self.tokens
            .partition_point(|token| token.start() < at || token.kind().is_trivia() && token.end() <= at)
    }

    /// The tokens before and at a place.
    pub(super) fn around(&self, at: TextSize) -> (Option<&Token>, Option<&Token>) {
        let index = self.token_at(at);
        let before = self.tokens[..index].iter().rev().find(|token| !token.kind().is_trivia());
        (before, self.tokens.get(index))
    }

    /// Whether a place lies inside of an f-string.
    pub(super) fn in_f_string(&self, at: TextSize) -> bool {
        let mut open = 0i32;
        for token in self.tokens.iter().take_while(|token| token.start() < at) {
            match token.kind() {
                TokenKind::FStringStart => open += 1,
                TokenKind::FStringEnd => open -= 1,
                _ => {}
            }
        }
        open > 0
    }

    /// Two expressions side by side within brackets: probably a comma is missing between them.
    pub(super) fn missing_comma(&self, at: TextSize) -> Option<TextRange> {
        let (before, here) = self.around(at);
        let (before, here) = (before?, here?);
        let mut open = 0i32;
        for token in self.tokens.iter().take_while(|token| token.start() < at) {
            match token.kind() {
                TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => open += 1,
                TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => open -= 1,
                _ => {}
            }
        }
        let is_value = |token: &Token| {
            matches!(
                token.kind(),
                TokenKind::Name
                    | TokenKind::Int
                    | TokenKind::Float
                    | TokenKind::Complex
                    | TokenKind::String
                    | TokenKind::True
                    | TokenKind::False
                    | TokenKind::None
                    | TokenKind::Ellipsis
            )
        };
        let ends = matches!(
            before.kind(),
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace | TokenKind::FStringEnd
        );
        let prefix = before.kind() == TokenKind::Name && here.kind() == TokenKind::String;
        let fits = (is_value(before) || ends) && is_value(here) && !prefix;
        (open > 0 && fits).then(|| TextRange::new(before.start(), here.end()))
    }
}
