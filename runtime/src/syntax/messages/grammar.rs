//! Errors of the grammar.

use super::super::error::{ErrorKind, Fault};
use super::Context;
use ruff_python_ast::token::TokenKind;
use ruff_python_ast::Expr;
use ruff_python_parser::{parse_expression_range, ParseError, ParseErrorType};
use ruff_text_size::{Ranged, TextRange, TextSize};

impl Context<'_> {
    pub(super) fn grammatical(&self, error: &ParseError, at: TextRange) -> Fault {
        use ParseErrorType as E;
        let message: String = match &error.error {
            E::OtherError(text) => return self.other(text, at),
            E::FStringError(error) => return self.f_string(error, at),
            E::ExpectedToken { expected, found } => return self.expected(*expected, *found, at),
            E::UnexpectedIndentation => {
                let last = at.end().checked_sub(TextSize::new(1)).unwrap_or_default();
                let at = TextRange::at(last.max(at.start()), TextSize::new(0));
                return Fault::new("unexpected indent", at).of_kind(ErrorKind::Indentation);
            }
            E::SimpleStatementsOnSameLine => return self.same_line(at),
            E::InvalidAssignmentTarget if self.text(at).starts_with("yield") => {
                "assignment to yield expression not possible".into()
            }
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
            E::VarParameterWithDefault => {
                let stars = self.tokens.iter().take_while(|token| token.start() <= at.start());
                let star = stars
                    .filter(|token| matches!(token.kind(), TokenKind::Star | TokenKind::DoubleStar))
                    .last();
                let doubled = star.is_some_and(|token| token.kind() == TokenKind::DoubleStar);
                format!(
                    "var-{} argument cannot have default value",
                    if doubled { "keyword" } else { "positional" }
                )
            }
            E::UnparenthesizedGeneratorExpression => "Generator expression must be parenthesized".into(),
            E::IterableUnpackingInComprehension => {
                "iterable unpacking cannot be used in comprehension".into()
            }
            E::InvalidStarredExpressionUsage => match self.around(at.start()).0.map(|token| token.kind()) {
                Some(TokenKind::Lpar) => "cannot use starred expression here".into(),
                _ => "invalid syntax".into(),
            },
            E::ExpectedExpression => return self.missing_expression(at),
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
            "Expected a parameter name" => return self.keyword_name(at),
            "Positional patterns cannot follow keyword patterns" => {
                "positional patterns follow keyword patterns"
            }
            "Bytes literal cannot be mixed with non-bytes literals" => {
                "cannot mix bytes and nonbytes literals"
            }
            "Expected one or more exception types" => "expected one or more exception types",
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

    /// What stands before the `=` of a keyword argument and is no name.
    fn keyword_name(&self, at: TextRange) -> Fault {
        let message = match self.text(at) {
            word @ ("True" | "False" | "None") => format!("cannot assign to {word}"),
            _ => "expression cannot contain assignment, perhaps you meant \"==\"?".to_owned(),
        };
        Fault::new(message, at)
    }

    /// Nothing where an expression should be.
    fn missing_expression(&self, at: TextRange) -> Fault {
        let (before, here) = self.around(at.start());
        let opened = before.is_some_and(|token| token.kind() == TokenKind::Lbrace);
        let message = match here.map(|token| token.kind()) {
            Some(TokenKind::Rbrace) if opened && self.in_f_string(at.start()) => {
                "f-string: empty expression not allowed".to_owned()
            }
            Some(TokenKind::Exclamation | TokenKind::Colon | TokenKind::Equal)
                if opened && self.in_f_string(at.start()) =>
            {
                format!("f-string: expression required before '{}'", self.text(at))
            }
            Some(TokenKind::Rbrace | TokenKind::Comma)
                if before.is_some_and(|token| token.kind() == TokenKind::Colon)
                    && !self.in_f_string(at.start()) =>
            {
                "expression expected after dictionary key and ':'".to_owned()
            }
            _ => "invalid syntax".to_owned(),
        };
        Fault::new(message, at)
    }

    /// `expected an indented block after 'if' statement on line 3`; the clause comes as `` `if` statement``.
    fn missing_block(&self, clause: &str, at: TextRange) -> Fault {
        let mut clause = clause.replace('`', "'").replace(" clause", " statement");
        if clause == "'case' block" {
            clause = "'case' statement".to_owned();
        }
        for plain in ["function definition", "class definition"] {
            if clause.replace('\'', "").contains(plain) {
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
        let at = match (expected, found) {
            // The whole condition is meant.
            (TokenKind::Colon, TokenKind::Equal) => {
                let start = self.statement_start(at.start());
                let next = self.tokens.iter().find(|token| token.start() > start);
                next.map_or(at, |token| TextRange::new(token.start().min(at.start()), at.end()))
            }
            _ => at,
        };
        Fault::new(message, at)
    }

    fn same_line(&self, at: TextRange) -> Fault {
        let before = self.tokens.iter().take_while(|token| token.end() <= at.start());
        if let Some(token) = before.filter(|token| !token.kind().is_trivia()).last() {
            let word = self.text(token.range());
            let previous = self.around(token.start()).0.map(|token| token.kind());
            let starts = matches!(previous, None | Some(TokenKind::Colon | TokenKind::Semi))
                || self.statement_start(token.start()) == token.start();
            if matches!(word, "print" | "exec") && starts {
                let message = format!("Missing parentheses in call to '{word}'. Did you mean {word}(...)?");
                return Fault::new(message, TextRange::new(token.start(), at.end()));
            }
        }
        Fault::new("invalid syntax", at)
    }

    /// How CPython names the expression at `range` when it stands where a target should.
    fn target(&self, range: TextRange, plain_assignment: bool) -> String {
        if self.text(range).starts_with('*') {
            return "starred".into();
        }
        let Ok(parsed) = parse_expression_range(self.lines.text(), range) else {
            return "expression".into();
        };
        let name = match parsed.expr() {
            Expr::BooleanLiteral(value) => return if value.value { "True".into() } else { "False".into() },
            Expr::NoneLiteral(_) => return "None".into(),
            Expr::EllipsisLiteral(_) => "ellipsis",
            Expr::Call(_) => "function call",
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
        let compound = matches!(
            parsed.expr(),
            Expr::Generator(_)
                | Expr::If(_)
                | Expr::Lambda(_)
                | Expr::Compare(_)
                | Expr::BoolOp(_)
                | Expr::Tuple(_)
                | Expr::List(_)
                | Expr::Named(_)
        );
        let compound = compound || self.text(range).starts_with("not ");
        if plain_assignment && !compound && next.is_some_and(|token| token.kind() == TokenKind::Equal) {
            return format!("{name} here. Maybe you meant '==' instead of '='?");
        }
        name.to_owned()
    }
}
