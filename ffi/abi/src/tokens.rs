//! The header as words, with its comments and numbers of lines.
//!
//! Of the preprocessor only `#define NAME VALUE` is handed on; what stands between `#ifdef __cplusplus` and `#endif` is skipped.

use crate::{refuse, Refused};

/// A piece of the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// A name or keyword.
    Word(String),
    /// A number, as it is written.
    Number(String),
    /// Any other sign; `...` and `<<` are one each.
    Sign(&'static str),
    /// The text of a comment, a line each; `trailing`: behind something on the same line.
    Comment { lines: Vec<String>, trailing: bool },
    /// A name and the pieces of its value.
    Define(String, Vec<Token>),
}

/// A piece and its line.
#[derive(Clone, Debug)]
pub(crate) struct Placed {
    pub(crate) token: Token,
    pub(crate) line: usize,
}

const SIGNS: &[&str] = &["...", "<<", "(", ")", "{", "}", "[", "]", ";", ",", "*", "|", "-", "=", "?", ":"];
/// Signs of the bodies of inline functions, which nobody reads.
const OTHERS: &[&str] = &[".", "&", "+", "!", "~", "<", ">", "/", "%"];

/// The pieces of a header.
pub(crate) fn tokens(text: &str) -> Result<Vec<Placed>, Refused> {
    let mut found = Vec::new();
    let (mut rest, mut line, mut only_cpp) = (text, 1, false);
    while let Some(first) = rest.chars().next() {
        let (taken, token) = if let Some(inside) = rest.strip_prefix("/*") {
            let Some(end) = inside.find("*/") else { return refuse(line, "a comment without an end") };
            let trailing = found.last().is_some_and(|last: &Placed| last.line == line);
            (end + 4, Some(Token::Comment { lines: comment_lines(&inside[..end]), trailing }))
        } else if first == '#' {
            let end = rest.find('\n').unwrap_or(rest.len());
            let directive = rest[1..end].trim_start();
            only_cpp =
                directive.starts_with("ifdef __cplusplus") || only_cpp && !directive.starts_with("endif");
            match directive.strip_prefix("define ") {
                Some(define) => {
                    let end = rest.find("/*").map_or(end, |comment| comment.min(end));
                    let define = &define[..define.find("/*").unwrap_or(define.len())];
                    (end, constant(define, line)?)
                }
                None => (end, None),
            }
        } else if first.is_whitespace() || only_cpp {
            (first.len_utf8(), None)
        } else {
            let (taken, token) = word(rest, line)?;
            (taken, Some(token))
        };
        if let Some(token) = token {
            found.push(Placed { token, line });
        }
        line += rest[..taken].matches('\n').count();
        rest = &rest[taken..];
    }
    Ok(found)
}

/// A definition with a value; others, and those with parameters, are the compiler's business.
fn constant(define: &str, line: usize) -> Result<Option<Token>, Refused> {
    let (name, value) = define.split_once(char::is_whitespace).unwrap_or((define, ""));
    if name.contains('(') || value.trim().is_empty() || ["TPN_API", "TPN_CHECK"].contains(&name) {
        return Ok(None);
    }
    let pieces = tokens(value).map_err(|refused| Refused { line, ..refused })?;
    Ok(Some(Token::Define(name.to_owned(), pieces.into_iter().map(|piece| piece.token).collect())))
}

fn word(rest: &str, line: usize) -> Result<(usize, Token), Refused> {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let len = rest.find(|c| !part(c)).unwrap_or(rest.len());
    if len > 0 {
        let text = rest[..len].to_owned();
        let number = text.starts_with(|c: char| c.is_ascii_digit());
        return Ok((len, if number { Token::Number(text) } else { Token::Word(text) }));
    }
    match SIGNS.iter().chain(OTHERS).find(|sign| rest.starts_with(**sign)) {
        Some(sign) => Ok((sign.len(), Token::Sign(sign))),
        None => refuse(line, format!("`{}` has no place here", rest.chars().next().unwrap_or(' '))),
    }
}

/// The lines of a comment without the stars before them.
fn comment_lines(text: &str) -> Vec<String> {
    let lines = text.lines().map(|line| line.trim_start().strip_prefix("* ").unwrap_or(line).trim_end());
    lines.map(|line| if line.trim() == "*" { String::new() } else { line.to_owned() }).collect()
}
