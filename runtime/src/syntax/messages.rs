//! Words the parser's errors as CPython does, where that is cheap.
//!
//! The order of precedence is CPython's: errors of single characters and indentation come first, then brackets that
//! do not match or are never closed, then what the grammar misses; what is left is `invalid syntax`.

use super::error::{ErrorKind, Fault};
use super::lines::Lines;
use ruff_python_ast::token::{Token, TokenKind};
use ruff_python_ast::{Expr, Mod, Number};
use ruff_python_parser::{
    parse_expression_range, InterpolatedStringErrorType, LexicalErrorType, ParseError, ParseErrorType,
    Parsed, UnsupportedSyntaxErrorKind,
};
use ruff_text_size::{Ranged, TextRange, TextSize};

/// The error that CPython would report first, if there is one.
pub(super) fn first_fault(parsed: &Parsed<Mod>, lines: &Lines<'_>) -> Option<Fault> {
    let Some(first) = parsed.errors().first() else {
        let unsupported = parsed.unsupported_syntax_errors().first()?;
        let message = match unsupported.kind {
            UnsupportedSyntaxErrorKind::Pep701FString(_) => "f-string: invalid syntax".to_owned(),
            UnsupportedSyntaxErrorKind::UnparenthesizedExceptionTypes => {
                "multiple exception types must be parenthesized".to_owned()
            }
            UnsupportedSyntaxErrorKind::TypeParameterList => {
                return not_supported("type parameters", unsupported.range)
            }
            UnsupportedSyntaxErrorKind::TypeAliasStatement => {
                return not_supported("the type statement", unsupported.range)
            }
            UnsupportedSyntaxErrorKind::TemplateStrings => {
                return not_supported("a t-string", unsupported.range)
            }
            _ => unsupported.to_string(),
        };
        return Some(Fault::new(message, unsupported.range));
    };
    let context = Context { lines, tokens: parsed.tokens() };
    Some(context.fault(first))
}

fn not_supported(what: &str, range: TextRange) -> Option<Fault> {
    Some(Fault::new(format!("{what} is not supported by Taipan"), range))
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

    fn fault(&self, error: &ParseError) -> Fault {
        let at = error.location;
        if let ParseErrorType::Lexical(lexical) = &error.error {
            if !matches!(lexical, LexicalErrorType::Eof | LexicalErrorType::FStringError(_)) {
                return self.lexical(lexical, at);
            }
        }
        let at_end = at.start().to_usize() >= self.lines.text().trim_end().len();
        match self.brackets() {
            Brackets::Mismatch(fault)
                if self.is_generic(&error.error) || fault.range.start() <= at.start() =>
            {
                return fault
            }
            Brackets::Unclosed(bracket, range) if range.start() <= at.start() => {
                let later_line = self.lines.line(at.start()) > self.lines.line(range.start());
                if at_end || later_line && self.is_generic(&error.error) {
                    return Fault::new(format!("'{bracket}' was never closed"), range);
                }
            }
            _ => {}
        }
        if let ParseErrorType::Lexical(lexical) = &error.error {
            return self.lexical(lexical, at);
        }
        self.grammatical(error, at)
    }

    /// Whether CPython would say just `invalid syntax`.
    fn is_generic(&self, error: &ParseErrorType) -> bool {
        match error {
            ParseErrorType::ExpectedToken { .. }
            | ParseErrorType::ExpectedExpression
            | ParseErrorType::SimpleStatementsOnSameLine
            | ParseErrorType::UnexpectedIndentation
            | ParseErrorType::UnexpectedExpressionToken
            | ParseErrorType::Lexical(_) => true,
            ParseErrorType::OtherError(text) => text.starts_with("Expected") || text.starts_with("Missing"),
            _ => false,
        }
    }

    fn lexical(&self, error: &LexicalErrorType, at: TextRange) -> Fault {
        let message = match error {
            LexicalErrorType::UnclosedStringError => return self.unterminated_string(at),
            LexicalErrorType::IndentationError => return self.indentation(at),
            LexicalErrorType::UnrecognizedToken { tok } => unrecognized(*tok),
            LexicalErrorType::LineContinuationError if self.at_end(at) => "unexpected EOF while parsing".into(),
            LexicalErrorType::LineContinuationError => "unexpected character after line continuation character".into(),
            LexicalErrorType::Eof => "unexpected EOF while parsing".into(),
            LexicalErrorType::InvalidByteLiteral => "bytes can only contain ASCII literal characters".into(),
            LexicalErrorType::MissingUnicodeLbrace | LexicalErrorType::MissingUnicodeRbrace => {
                "(unicode error) 'unicodeescape' codec can't decode bytes: malformed \\N character escape".into()
            }
            LexicalErrorType::UnicodeError => {
                "(unicode error) 'unicodeescape' codec can't decode bytes: illegal escape".into()
            }
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
        Fault::new(message, at)
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

    fn indentation(&self, at: TextRange) -> Fault {
        let line = self.lines.line(at.end());
        let text = self.lines.line_text(line).unwrap_or("");
        let mixed = |text: &str| -> (bool, bool) {
            let indent = &text[..text.len() - text.trim_start_matches([' ', '\t']).len()];
            (indent.contains('\t'), indent.contains(' '))
        };
        let here = mixed(text);
        let clash = (1..line).rev().filter_map(|n| self.lines.line_text(n)).map(mixed).find(|m| m.0 || m.1);
        let end = TextRange::at(at.end(), TextSize::new(0));
        if clash.is_some_and(|before| before.0 != here.0 && (here.0 || here.1)) {
            let fault = Fault::new("inconsistent use of tabs and spaces in indentation", end);
            return fault.of_kind(ErrorKind::Tab);
        }
        Fault::new("unindent does not match any outer indentation level", end).of_kind(ErrorKind::Indentation)
    }

    fn f_string(&self, error: &InterpolatedStringErrorType, at: TextRange) -> Fault {
        let message = match error {
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

    fn grammatical(&self, error: &ParseError, at: TextRange) -> Fault {
        use ParseErrorType as E;
        let message: String = match &error.error {
            E::OtherError(text) => return self.other(text, at),
            E::FStringError(error) => return self.f_string(error, at),
            E::ExpectedToken { expected, found } => return self.expected(*expected, *found, at),
            E::UnexpectedIndentation => {
                return Fault::new("unexpected indent", at).of_kind(ErrorKind::Indentation);
            }
            E::SimpleStatementsOnSameLine => return self.same_line(at),
            E::InvalidAssignmentTarget => format!("cannot assign to {}", self.target(at, true)),
            E::InvalidNamedAssignmentTarget => {
                format!("cannot use assignment expressions with {}", self.target(at, false))
            }
            E::InvalidAugmentedAssignmentTarget => {
                format!("'{}' is an illegal expression for augmented assignment", self.target(at, false))
            }
            E::InvalidAnnotatedAssignmentTarget => "illegal target for annotation".into(),
            E::InvalidDeleteTarget => format!("cannot delete {}", self.target(at, false)),
            E::PositionalAfterKeywordArgument => "positional argument follows keyword argument".into(),
            E::PositionalAfterKeywordUnpacking => {
                "positional argument follows keyword argument unpacking".into()
            }
            E::InvalidArgumentUnpackingOrder => {
                "iterable argument unpacking follows keyword argument unpacking".into()
            }
            E::NonDefaultParamAfterDefaultParam => "non-default argument follows default argument".into(),
            E::ParamAfterVarKeywordParam => "arguments cannot follow var-keyword argument".into(),
            E::ExpectedKeywordParam => "named arguments must follow bare *".into(),
            E::VarParameterWithDefault => "var-positional argument cannot have default value".into(),
            E::UnparenthesizedGeneratorExpression => "Generator expression must be parenthesized".into(),
            E::IterableUnpackingInComprehension => {
                "iterable unpacking cannot be used in comprehension".into()
            }
            E::InvalidStarredExpressionUsage => "can't use starred expression here".into(),
            E::InvalidMatchPatternTarget => "cannot use '_' as a target".into(),
            E::InvalidStarPatternUsage | E::UnexpectedTokenAfterAsync(_) => "invalid syntax".into(),
            E::ExpectedRealNumber => "real number required in complex literal".into(),
            E::ExpectedImaginaryNumber => "imaginary number required in complex literal".into(),
            _ => "invalid syntax".into(),
        };
        Fault::new(message, at)
    }

    fn other(&self, text: &str, at: TextRange) -> Fault {
        if let Some(clause) = text.strip_prefix("Expected an indented block after ") {
            return self.missing_block(clause, at);
        }
        let message = match text {
            "Expected `except` or `finally` after `try` block" => "expected 'except' or 'finally' block",
            "Only single target (not list) can be annotated" => {
                "only single target (not list) can be annotated"
            }
            "Only single target (not tuple) can be annotated" => {
                "only single target (not tuple) can be annotated"
            }
            "Trailing comma not allowed" => "trailing comma not allowed without surrounding parentheses",
            "Only one '*' parameter allowed" | "Only one '*' separator allowed" => {
                "* argument may appear only once"
            }
            "Only one '/' separator allowed" => "/ may appear only once",
            "'/' parameter must appear before '*' parameter" => "/ must be ahead of *",
            "Position-only parameter separator not allowed as first parameter" => {
                "at least one argument must precede /"
            }
            "Cannot have both 'except' and 'except*' on the same 'try'" => {
                "cannot have both 'except' and 'except*' on the same 'try'"
            }
            "Multiple exception types must be parenthesized when using `as`" => {
                "multiple exception types must be parenthesized"
            }
            _ => "invalid syntax",
        };
        Fault::new(message, at)
    }

    /// `expected an indented block after 'if' statement on line 3`; the clause comes as `` `if` statement``.
    fn missing_block(&self, clause: &str, at: TextRange) -> Fault {
        let mut clause = clause.replace('`', "'");
        for plain in ["function definition", "class definition"] {
            if clause.contains(plain) {
                clause = plain.to_owned();
            }
        }
        // The header is the logical line before the place where the block should be.
        let before = self.tokens.iter().take_while(|token| token.start() < at.start() || token.range() == at);
        let colon = before.filter(|token| token.kind() == TokenKind::Colon).last();
        let offset = colon.map_or(at.start(), |token| token.start());
        let start = self.statement_start(offset);
        let message = format!("expected an indented block after {clause} on line {}", self.lines.line(start));
        Fault::new(message, at).of_kind(ErrorKind::Indentation)
    }

    /// Start of the logical line that holds `offset`.
    fn statement_start(&self, offset: TextSize) -> TextSize {
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

    fn expected(&self, expected: TokenKind, found: TokenKind, at: TextRange) -> Fault {
        let message = match (expected, found) {
            (TokenKind::Colon, TokenKind::Equal) => {
                "invalid syntax. Maybe you meant '==' or ':=' instead of '='?"
            }
            (TokenKind::Colon, TokenKind::Newline | TokenKind::EndOfFile) => "expected ':'",
            (TokenKind::Else, _) => "expected 'else' after 'if' expression",
            (TokenKind::Lpar, TokenKind::Colon | TokenKind::Newline) => "expected '('",
            (TokenKind::In, TokenKind::Newline) => "invalid syntax",
            _ => "invalid syntax",
        };
        Fault::new(message, at)
    }

    fn same_line(&self, at: TextRange) -> Fault {
        let before = self.tokens.iter().take_while(|token| token.end() <= at.start());
        if let Some(token) = before.filter(|token| !token.kind().is_trivia()).last() {
            let word = self.text(token.range());
            if matches!(word, "print" | "exec") && self.statement_start(token.start()) == token.start() {
                let message = format!("Missing parentheses in call to '{word}'. Did you mean {word}(...)?");
                return Fault::new(message, TextRange::new(token.start(), at.end()));
            }
        }
        Fault::new("invalid syntax", at)
    }

    /// How CPython names the expression at `range` when it stands where a target should.
    fn target(&self, range: TextRange, plain_assignment: bool) -> String {
        let Ok(parsed) = parse_expression_range(self.lines.text(), range) else {
            return "expression".into();
        };
        let name = match parsed.expr() {
            Expr::BooleanLiteral(value) => return if value.value { "True".into() } else { "False".into() },
            Expr::NoneLiteral(_) => return "None".into(),
            Expr::EllipsisLiteral(_) => "ellipsis",
            Expr::Call(_) => "function call",
            Expr::NumberLiteral(number) if matches!(number.value, Number::Complex { .. }) => "literal",
            Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::BytesLiteral(_) => "literal",
            Expr::FString(_) => "f-string expression",
            Expr::Compare(_) => "comparison",
            Expr::Lambda(_) => "lambda",
            Expr::If(_) => "conditional expression",
            Expr::Dict(_) => "dict literal",
            Expr::Set(_) => "set display",
            Expr::ListComp(_) => "list comprehension",
            Expr::DictComp(_) => "dict comprehension",
            Expr::SetComp(_) => "set comprehension",
            Expr::Generator(_) => "generator expression",
            Expr::Yield(_) | Expr::YieldFrom(_) => "yield expression",
            Expr::Await(_) => "await expression",
            Expr::Named(_) => "named expression",
            Expr::Attribute(_) => "attribute",
            Expr::Subscript(_) => "subscript",
            Expr::Tuple(_) => "tuple",
            Expr::List(_) => "list",
            _ => "expression",
        };
        let next = self.tokens.iter().find(|token| token.start() >= range.end() && !token.kind().is_trivia());
        if plain_assignment && next.is_some_and(|token| token.kind() == TokenKind::Equal) {
            return format!("{name} here. Maybe you meant '==' instead of '='?");
        }
        name.to_owned()
    }

    fn brackets(&self) -> Brackets {
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
