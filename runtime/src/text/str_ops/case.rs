//! Case conversions: `lower`, `upper`, `title`, `capitalize`, `swapcase`, `casefold`.
//!
//! Full mappings (ß becomes SS) and the final sigma rule, as in CPython; no locale's special rules.

use crate::text::buf::{TextBuf, TextOwned};
use crate::text::error::TextResult;
use crate::text::unicode::{is_case_ignorable, is_cased, is_lower, is_upper, map_case, CaseMap};
use crate::text::view::Text;

const CAPITAL_SIGMA: u32 = 0x3a3;
const FINAL_SIGMA: u32 = 0x3c2;
const SIGMA: u32 = 0x3c3;

/// How to convert the character at an index.
#[derive(Clone, Copy)]
enum Step {
    Keep,
    /// Lower case, which for a capital sigma depends on its surroundings.
    Lower,
    Map(CaseMap),
}

fn convert(text: Text<'_>, mut step: impl FnMut(usize, u32) -> Step) -> TextResult<TextOwned> {
    let mut buf = TextBuf::try_with_capacity(if matches!(text, Text::Ascii(_)) { text.len() } else { 0 })?;
    for (i, c) in text.iter().enumerate() {
        // Amortised: a mapping gives three code points at most.
        buf.try_reserve(3)?;
        match step(i, c) {
            Step::Keep => buf.try_push(c)?,
            Step::Lower if c == CAPITAL_SIGMA => {
                buf.push(if is_final_sigma(text, i) { FINAL_SIGMA } else { SIGMA });
            }
            Step::Lower => map_case(c, CaseMap::Lower, |c| buf.push(c)),
            Step::Map(map) => map_case(c, map, |c| buf.push(c)),
        }
    }
    Ok(buf.finish())
}

/// Whether the sigma at `at` ends a word: a cased letter before it and none after, skipping
/// case-ignorable characters.
fn is_final_sigma(text: Text<'_>, at: usize) -> bool {
    let mut around = (0..at).rev().filter_map(|i| text.get(i)).skip_while(|&c| is_case_ignorable(c));
    let cased_before = around.next().is_some_and(is_cased);
    let mut around = (at + 1..text.len()).filter_map(|i| text.get(i)).skip_while(|&c| is_case_ignorable(c));
    cased_before && !around.next().is_some_and(is_cased)
}

/// A copy of an ASCII string, for conversion in place.
fn ascii_copy(s: &str) -> TextResult<String> {
    let mut copy = String::new();
    copy.try_reserve_exact(s.len())?;
    copy.push_str(s);
    Ok(copy)
}

/// `text.lower()`.
pub fn lower(text: Text<'_>) -> TextResult<TextOwned> {
    if let Text::Ascii(s) = text {
        let mut copy = ascii_copy(s)?;
        copy.make_ascii_lowercase();
        return Ok(TextOwned::Ascii(copy));
    }
    convert(text, |_, _| Step::Lower)
}

/// `text.upper()`.
pub fn upper(text: Text<'_>) -> TextResult<TextOwned> {
    if let Text::Ascii(s) = text {
        let mut copy = ascii_copy(s)?;
        copy.make_ascii_uppercase();
        return Ok(TextOwned::Ascii(copy));
    }
    convert(text, |_, _| Step::Map(CaseMap::Upper))
}

/// `text.casefold()`.
pub fn casefold(text: Text<'_>) -> TextResult<TextOwned> {
    if let Text::Ascii(_) = text {
        return lower(text);
    }
    convert(text, |_, _| Step::Map(CaseMap::Fold))
}

/// `text.title()`.
pub fn title(text: Text<'_>) -> TextResult<TextOwned> {
    let mut inside_word = false;
    convert(text, |_, c| {
        let step = if inside_word { Step::Lower } else { Step::Map(CaseMap::Title) };
        inside_word = is_cased(c);
        step
    })
}

/// `text.capitalize()`.
pub fn capitalize(text: Text<'_>) -> TextResult<TextOwned> {
    convert(text, |i, _| if i == 0 { Step::Map(CaseMap::Title) } else { Step::Lower })
}

/// `text.swapcase()`.
pub fn swapcase(text: Text<'_>) -> TextResult<TextOwned> {
    convert(text, |_, c| {
        if is_upper(c) {
            Step::Lower
        } else if is_lower(c) {
            Step::Map(CaseMap::Upper)
        } else {
            Step::Keep
        }
    })
}
