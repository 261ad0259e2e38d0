//! Traceback text as CPython 3.11 prints it for an uncaught exception, from plain data.
//!
//! The interpreter collects frames and messages; here they become lines: the source line, the
//! carets below it, folded repetitions, the headers between chained exceptions. Leaves out reading
//! source files, exception groups, and lone surrogates (the caller escapes them beforehand, as
//! stderr's `backslashreplace` would).

mod anchors;
mod syntax;

pub use anchors::{anchors, Anchors};
pub use syntax::{format_syntax_error, SyntaxErrorText};

/// The first line of a traceback.
pub const HEADER: &str = "Traceback (most recent call last):\n";
/// Between an exception's cause and itself.
pub const CAUSE: &str = "\nThe above exception was the direct cause of the following exception:\n\n";
/// Between an exception's context and itself.
pub const CONTEXT: &str = "\nDuring handling of the above exception, another exception occurred:\n\n";

/// How many frames at the same place are shown before they are folded.
const REPEATS_SHOWN: usize = 3;

/// The part of the source that a frame was executing; columns count characters from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The first column, in the frame's line.
    pub column: usize,
    /// The line where it ends.
    pub end_line: usize,
    /// The column after its last character.
    pub end_column: usize,
}

/// A frame of a traceback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The name of the file.
    pub filename: &'a str,
    /// The line, from 1.
    pub line: usize,
    /// The name of the code: a function's name or `<module>`.
    pub name: &'a str,
    /// The text of the line with its indentation, if the source can be read.
    pub source: Option<&'a str>,
    /// What part of it to mark.
    pub position: Option<Position>,
}

fn is_indent(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\x0c')
}

/// The lines of one frame.
pub fn format_frame(frame: &Frame<'_>) -> String {
    let mut out = format!("  File \"{}\", line {}, in {}\n", frame.filename, frame.line, frame.name);
    let Some(source) = frame.source else { return out };
    let source = source.trim_end_matches(['\n', '\r']);
    let shown = source.trim_start_matches(is_indent);
    if shown.is_empty() {
        return out;
    }
    out.push_str("    ");
    out.push_str(shown);
    out.push('\n');
    if let Some(carets) = frame.position.and_then(|position| carets(source, frame.line, position)) {
        out.push_str("    ");
        out.push_str(&carets);
        out.push('\n');
    }
    out
}

/// The line of carets, without the margin; `None` if it would mark the whole line.
fn carets(source: &str, line: usize, position: Position) -> Option<String> {
    let length = source.chars().count();
    let indent = source.chars().take_while(|&c| is_indent(c)).count();
    let start = position.column.min(length);
    let one_line = position.end_line == line;
    let end = if one_line { position.end_column.min(length) } else { source.trim_end().chars().count() };
    let width = end.saturating_sub(start);
    let mut split = None;
    if one_line {
        let segment: Vec<char> = source.chars().skip(start).take(width).collect();
        split = anchors(&segment);
    }
    if split.is_none() && width == length - indent {
        return None;
    }
    let mut out = " ".repeat(start.saturating_sub(indent));
    for at in 0..width {
        out.push(match split {
            Some(Anchors { left, right }) if at < left || at >= right => '~',
            _ => '^',
        });
    }
    Some(out)
}

/// The lines of all frames, outermost first; more than three in a row at one place are folded.
pub fn format_frames<'a>(frames: impl IntoIterator<Item = Frame<'a>>) -> String {
    let mut out = String::new();
    let mut last: Option<(&str, usize, &str)> = None;
    let mut count: usize = 0;
    for frame in frames {
        let place = (frame.filename, frame.line, frame.name);
        if last != Some(place) {
            push_folded(&mut out, count);
            last = Some(place);
            count = 0;
        }
        count += 1;
        if count <= REPEATS_SHOWN {
            out.push_str(&format_frame(&frame));
        }
    }
    push_folded(&mut out, count);
    out
}

fn push_folded(out: &mut String, count: usize) {
    if count > REPEATS_SHOWN {
        let more = count - REPEATS_SHOWN;
        let plural = if more > 1 { "s" } else { "" };
        out.push_str(&format!("  [Previous line repeated {more} more time{plural}]\n"));
    }
}

/// The last line: the class (qualified by its module unless that is `builtins` or `__main__`)
/// and `str()` of the exception.
pub fn format_final_line(class: &str, message: &str) -> String {
    if message.is_empty() {
        format!("{class}\n")
    } else {
        format!("{class}: {message}\n")
    }
}

/// The lines of a note (`__notes__`).
pub fn format_note(note: &str) -> String {
    let mut out = String::new();
    for line in note.split('\n') {
        out.push_str(line);
        out.push('\n');
    }
    out
}

/// How an exception follows from the one printed before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// It is the first.
    None,
    /// The one before is its `__cause__`.
    Cause,
    /// The one before is its `__context__`.
    Context,
}

/// An exception in a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link<'a> {
    /// How it follows from the one before.
    pub relation: Relation,
    /// Its frames, outermost first; no header is printed if there are none.
    pub frames: Vec<Frame<'a>>,
    /// The lines after the frames: [`format_final_line`] or [`format_syntax_error`], and notes.
    pub message: String,
}

/// The whole text of an exception and those that led to it, the first one first.
pub fn format_chain(links: &[Link<'_>]) -> String {
    let mut out = String::new();
    for link in links {
        out.push_str(match link.relation {
            Relation::None => "",
            Relation::Cause => CAUSE,
            Relation::Context => CONTEXT,
        });
        if !link.frames.is_empty() {
            out.push_str(HEADER);
            out.push_str(&format_frames(link.frames.iter().copied()));
        }
        out.push_str(&link.message);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(source: &str, column: usize, end_column: usize) -> Option<String> {
        carets(source, 1, Position { column, end_line: 1, end_column })
    }

    /// As CPython 3.11.2 prints them.
    #[test]
    fn carets_like_cpython() {
        let table: &[(&str, usize, usize, &str)] = &[
            ("def f1(): return (a) + (b)", 17, 26, "                 ~~^~~~~~~"),
            ("def f4(): return a[ 1 ]", 17, 23, "                 ~^^^^~"),
            ("def f6(): return (a + b) / 1", 18, 23, "                  ~~^~~"),
            ("    return \"é\" + a", 11, 18, "       ~~~~^~~"),
            ("def f10(): a //b", 11, 16, "           ~~^^~"),
            ("\tx = a.foo  # tab", 5, 10, "    ^^^^^"),
            ("def f15(): return a[1][2]", 18, 22, "                  ~^^^"),
        ];
        for &(source, start, end, expected) in table {
            assert_eq!(marked(source, start, end).as_deref(), Some(expected), "{source}");
        }
        assert_eq!(marked("    a.foo", 4, 9), None);
        let position = Position { column: 9, end_line: 2, end_column: 3 };
        assert_eq!(carets("    x = (a +", 1, position).as_deref(), Some("     ^^^"));
    }

    #[test]
    fn folds_repetitions() {
        let frame = Frame { filename: "f", line: 2, name: "g", source: None, position: None };
        let text = format_frames(vec![frame; 5]);
        assert_eq!(text.matches("File").count(), 3);
        assert!(text.ends_with("  [Previous line repeated 2 more times]\n"));
        assert!(format_frames(vec![frame; 4]).ends_with("repeated 1 more time]\n"));
    }

    #[test]
    fn chains() {
        let link = |relation, message: &str| Link { relation, frames: vec![], message: message.into() };
        let text = format_chain(&[link(Relation::None, "A\n"), link(Relation::Cause, "B: x\n")]);
        assert_eq!(text, format!("A\n{CAUSE}B: x\n"));
        assert_eq!(format_final_line("E", ""), "E\n");
    }
}
