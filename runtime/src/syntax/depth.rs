//! Bounds how deeply a source can nest before it is parsed.
//!
//! Parsing, compiling and dropping a syntax tree recurse over it, so a hostile source could overflow the native stack.
//! One pass over the tokens gives an upper bound of the tree's depth: within an open bracket every operator of the
//! current element may add a level (operator chains make left-deep trees), and a closed bracket stays below what
//! follows it in the same element. The bound is refused beyond [`MAX_DEPTH`] and otherwise tells how much stack to
//! provide. Flat constructs (elements, statements, `elif`, `and`/`or`, comparisons) do not add up.

use super::error::{ErrorKind, Fault};
use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{lexer, Mode};
use ruff_text_size::{TextRange, TextSize};

/// The deepest tree that is compiled.
const MAX_DEPTH: u32 = 10_000;
/// CPython's limit of open brackets.
const MAX_BRACKETS: usize = 200;
/// CPython's limit of indentation levels.
const MAX_INDENT: u32 = 100;
/// Levels that a nested function counts for: compiling one takes several large frames.
const FUNCTION: u32 = 16;
/// Levels that a nested block counts for.
const BLOCK: u32 = 16;

/// What has been seen of one bracket's current element.
#[derive(Default)]
struct Level {
    /// Operators of the element so far.
    operators: u32,
    /// The deepest closed bracket of the element so far.
    inside: u32,
    /// The deepest finished element.
    finished: u32,
    /// Whether it is an f-string: its fields are elements.
    is_string: bool,
    /// Lambdas whose `:` has not come yet: their commas separate parameters.
    lambdas: u32,
}

impl Level {
    fn depth(&self) -> u32 {
        self.operators.saturating_add(self.inside)
    }

    fn end_element(&mut self) {
        if self.lambdas == 0 {
            self.finished = self.finished.max(self.depth());
            self.operators = 0;
            self.inside = 0;
        }
    }

    fn end_statement(&mut self) {
        self.lambdas = 0;
        self.end_element();
    }
}

/// An upper bound of the depth of the syntax tree of `text`.
pub(super) fn check(text: &str, mode: Mode) -> Result<u32, Fault> {
    let mut lexer = lexer::lex(text, mode);
    let mut levels = vec![Level::default()];
    let mut open = 0;
    let mut indent = 0u32;
    let mut deepest = 0;
    loop {
        let kind = lexer.next_token();
        match kind {
            TokenKind::EndOfFile => return Ok(deepest),
            TokenKind::Indent => indent += 1,
            TokenKind::Dedent => indent = indent.saturating_sub(1),
            TokenKind::FStringEnd | TokenKind::TStringEnd => close(&mut levels, &mut open),
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace => close(&mut levels, &mut open),
            _ => {}
        }
        if indent >= MAX_INDENT {
            let fault = Fault::new("too many levels of indentation", deep_indent(text));
            return Err(fault.of_kind(ErrorKind::Indentation));
        }
        let opens = matches!(
            kind,
            TokenKind::Lpar
                | TokenKind::Lsqb
                | TokenKind::Lbrace
                | TokenKind::FStringStart
                | TokenKind::TStringStart
        );
        if let Some(level) = levels.last_mut() {
            count(level, kind);
        }
        if opens {
            // `open` is the depth that the levels below the new one add to it.
            open += levels.last().map_or(0, Level::depth);
            let is_string = matches!(kind, TokenKind::FStringStart | TokenKind::TStringStart);
            levels.push(Level { is_string, ..Level::default() });
            if levels.len() > MAX_BRACKETS + 1 {
                return Err(Fault::new("too many nested parentheses", deep_bracket(text)));
            }
        }
        let depth = open + levels.last().map_or(0, Level::depth) + indent * BLOCK;
        if depth > MAX_DEPTH {
            let whole = TextRange::at(TextSize::new(0), TextSize::new(0));
            let fault = Fault::new("maximum recursion depth exceeded during compilation", whole);
            return Err(fault.of_kind(ErrorKind::Recursion));
        }
        deepest = deepest.max(depth);
    }
}

/// Ends the innermost bracket: its depth counts inside the element around it.
fn close(levels: &mut Vec<Level>, open: &mut u32) {
    if levels.len() < 2 {
        return;
    }
    if let Some(mut closed) = levels.pop() {
        closed.end_statement();
        if let Some(outer) = levels.last_mut() {
            *open = open.saturating_sub(outer.depth());
            outer.inside = outer.inside.max(closed.finished);
            if outer.is_string {
                outer.end_element();
            }
        }
    }
}

/// Counts one token within the innermost bracket.
fn count(level: &mut Level, kind: TokenKind) {
    level.operators += match kind {
        TokenKind::Comma => {
            level.end_element();
            return;
        }
        TokenKind::Newline | TokenKind::Semi => {
            level.end_statement();
            return;
        }
        TokenKind::Colon => {
            level.lambdas = level.lambdas.saturating_sub(1);
            return;
        }
        TokenKind::Lambda => {
            level.lambdas += 1;
            FUNCTION
        }
        TokenKind::Lpar | TokenKind::Lsqb | TokenKind::Lbrace => 2,
        TokenKind::For | TokenKind::Async => 4,
        TokenKind::Plus
        | TokenKind::Minus
        | TokenKind::Star
        | TokenKind::Slash
        | TokenKind::Vbar
        | TokenKind::Amper
        | TokenKind::Dot
        | TokenKind::Percent
        | TokenKind::Tilde
        | TokenKind::CircumFlex
        | TokenKind::LeftShift
        | TokenKind::RightShift
        | TokenKind::DoubleStar
        | TokenKind::DoubleSlash
        | TokenKind::ColonEqual
        | TokenKind::At
        | TokenKind::Await
        | TokenKind::If
        | TokenKind::Else
        | TokenKind::Not
        | TokenKind::Yield
        | TokenKind::Unknown => 1,
        _ => 0,
    };
}

/// Where the bracket that is one too many stands, as well as a scan without a tokenizer can tell.
fn deep_bracket(text: &str) -> TextRange {
    let mut open = 0usize;
    let mut bytes = text.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'(' | b'[' | b'{' => open += 1,
            b')' | b']' | b'}' => open = open.saturating_sub(1),
            b'#' => while bytes.next().is_some_and(|(_, byte)| byte != b'\n') {},
            _ => {}
        }
        if open > MAX_BRACKETS {
            return TextRange::at(TextSize::new(at as u32), TextSize::new(1));
        }
    }
    TextRange::default()
}

/// The first line indented by at least as many characters as there are levels too many.
fn deep_indent(text: &str) -> TextRange {
    let mut at = 0;
    for line in text.split('\n') {
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        if indent >= MAX_INDENT as usize && indent < line.len() {
            return TextRange::at(TextSize::new(at as u32), TextSize::new(0));
        }
        at += line.len() + 1;
    }
    TextRange::default()
}
