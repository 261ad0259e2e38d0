//! The display of a `SyntaxError`: file, line, source, carets.
//!
//! Leaves out the frames above it and finding the error.

/// The attributes of a `SyntaxError`; columns count characters from 1, and 0 means unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SyntaxErrorText<'a> {
    /// `filename`; `<string>` if there is none.
    pub filename: Option<&'a str>,
    /// `lineno`.
    pub line: Option<usize>,
    /// `text`: the source line, possibly with its newline.
    pub text: Option<&'a str>,
    /// `offset`.
    pub offset: Option<usize>,
    /// `end_offset`, if the error ends on the same line.
    pub end_offset: Option<usize>,
    /// `msg`.
    pub message: Option<&'a str>,
}

/// All lines of the display, the final `SyntaxError: …` included. `class` is the class's name.
pub fn format_syntax_error(error: &SyntaxErrorText<'_>, class: &str) -> String {
    let mut out = String::new();
    let mut suffix = String::new();
    match (error.line, error.filename) {
        (Some(line), filename) => {
            out.push_str(&format!("  File \"{}\", line {line}\n", filename.unwrap_or("<string>")));
        }
        (None, Some(filename)) => suffix = format!(" ({filename})"),
        (None, None) => {}
    }
    if let Some(text) = error.text {
        push_source(&mut out, text, error.offset, error.end_offset);
    }
    let message = error.message.unwrap_or("<no detail available>");
    out.push_str(&format!("{class}: {message}{suffix}\n"));
    out
}

fn push_source(out: &mut String, text: &str, offset: Option<usize>, end_offset: Option<usize>) {
    let text = text.trim_end_matches('\n');
    let shown = text.trim_start_matches([' ', '\t', '\x0c']);
    let stripped = text.chars().count() - shown.chars().count();
    out.push_str("    ");
    out.push_str(shown);
    out.push('\n');
    // Nothing to mark, or to the left of what is shown.
    let Some(column) = offset.and_then(|offset| offset.checked_sub(1 + stripped)) else { return };
    let column = column.min(shown.chars().count());
    let width = match (offset, end_offset) {
        (Some(start), Some(end)) if end > start => end - start,
        _ => 1,
    };
    // The end comes from whoever raised the error: no more carets than there can be characters.
    let width = width.min(shown.chars().count() + 1);
    out.push_str("    ");
    out.push_str(&" ".repeat(column));
    out.push_str(&"^".repeat(width));
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_source_and_carets() {
        let error = SyntaxErrorText {
            filename: Some("f.py"),
            line: Some(3),
            text: Some("    x = = 1\n"),
            offset: Some(9),
            end_offset: Some(10),
            message: Some("invalid syntax"),
        };
        let expected = "  File \"f.py\", line 3\n    x = = 1\n        ^\nSyntaxError: invalid syntax\n";
        assert_eq!(format_syntax_error(&error, "SyntaxError"), expected);
        let nameless = SyntaxErrorText { filename: Some("f"), message: Some("m"), ..Default::default() };
        assert_eq!(format_syntax_error(&nameless, "SyntaxError"), "SyntaxError: m (f)\n");
    }
}
