//! What is wrong with an escape in a string literal, in the words of CPython's codecs.

/// The error of the first bad escape of a literal, quotes and prefix included.
pub(super) fn describe(literal: &str) -> Option<String> {
    let quote = literal.find(['\'', '"'])?;
    let (prefix, quoted) = literal.split_at(quote);
    let is_bytes = prefix.contains(['b', 'B']);
    let quotes = if quoted.starts_with("\"\"\"") || quoted.starts_with("\'\'\'") { 3 } else { 1 };
    let body = quoted.get(quotes..quoted.len().checked_sub(quotes)?).unwrap_or("");
    let mut position = 0;
    let mut rest = body;
    while let Some(c) = rest.chars().next() {
        if c != '\\' {
            // CPython escapes other characters before it decodes.
            position += if c.is_ascii() { 1 } else { 10 };
            rest = &rest[c.len_utf8()..];
            continue;
        }
        let escape = rest[1..].chars().next()?;
        let after = &rest[1 + escape.len_utf8()..];
        let problem = match escape {
            'x' => digits(after, 2, "truncated \\xXX escape"),
            'u' if !is_bytes => digits(after, 4, "truncated \\uXXXX escape"),
            'U' if !is_bytes => digits(after, 8, "truncated \\UXXXXXXXX escape").or_else(|| {
                let value = u32::from_str_radix(&after[..8], 16).unwrap_or(0);
                (value > 0x10_ffff).then_some((8, "illegal Unicode character"))
            }),
            'N' if !is_bytes => match (after.starts_with('{'), after.find('}')) {
                (true, Some(end)) if end > 1 => named(after, end),
                (true, Some(_)) => Some((1, "malformed \\N character escape")),
                (true, None) => Some((after.len(), "malformed \\N character escape")),
                (false, _) => Some((0, "malformed \\N character escape")),
            },
            _ => None,
        };
        if let Some((length, reason)) = problem {
            if is_bytes {
                return Some(format!("(value error) invalid \\x escape at position {position}"));
            }
            let end = position + 1 + length;
            return Some(format!(
                "(unicode error) 'unicodeescape' codec can't decode bytes in position {position}-{end}: {reason}"
            ));
        }
        position += 1 + if escape.is_ascii() { 1 } else { 10 };
        rest = after;
    }
    None
}

/// How many digits there are when there are too few of them.
fn digits(text: &str, wanted: usize, reason: &'static str) -> Option<(usize, &'static str)> {
    let found = text.bytes().take(wanted).take_while(u8::is_ascii_hexdigit).count();
    (found < wanted).then_some((found, reason))
}

/// An unknown name; whether one is known, only the parser can tell, by asking it for just this escape.
fn named(text: &str, end: usize) -> Option<(usize, &'static str)> {
    let literal = format!("'\\N{}'", &text[..=end]);
    ruff_python_parser::parse_expression(&literal)
        .is_err()
        .then_some((end + 1, "unknown Unicode character name"))
}
