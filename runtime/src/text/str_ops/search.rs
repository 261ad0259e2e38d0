//! Finding text in text: `find`, `rfind`, `count`, `in`, `startswith`, `endswith`.
//!
//! ASCII is searched with `memchr`; code points with Knuth-Morris-Pratt, which is linear in the
//! worst case too, so that no script can choose quadratic work. Leaves out raising `ValueError`
//! for `index`: its message is "substring not found".

use crate::text::error::TextResult;
use crate::text::view::Text;
use memchr::memmem;

/// From which end to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the left.
    Forward,
    /// From the right.
    Backward,
}

/// Where `needle` occurs in `text[start..end]`, at most `limit` times, without overlaps, in the
/// order of the search. `needle` must not be empty; an empty one is found nowhere.
pub fn positions(
    text: Text<'_>,
    needle: Text<'_>,
    (start, end): (usize, usize),
    direction: Direction,
    limit: usize,
) -> TextResult<Vec<usize>> {
    let mut found = Vec::new();
    each_position(text, needle, (start, end), direction, &mut |at| {
        if found.len() == limit {
            return Ok(false);
        }
        found.try_reserve(1)?;
        found.push(at);
        Ok(found.len() < limit)
    })?;
    Ok(found)
}

/// Calls `visit` with each position until it says `false`.
fn each_position(
    text: Text<'_>,
    needle: Text<'_>,
    (start, end): (usize, usize),
    direction: Direction,
    visit: &mut dyn FnMut(usize) -> TextResult<bool>,
) -> TextResult<()> {
    let end = end.min(text.len());
    if needle.is_empty() || start > end || needle.len() > end - start {
        return Ok(());
    }
    match (text, needle) {
        (Text::Ascii(_), Text::Wide(_)) => Ok(()),
        (Text::Ascii(s), Text::Ascii(n)) => {
            let hay = &s.as_bytes()[start..end];
            match direction {
                Direction::Forward => drive(memmem::find_iter(hay, n), start, visit),
                Direction::Backward => drive(memmem::rfind_iter(hay, n), start, visit),
            }
        }
        (Text::Wide(points), Text::Wide(n)) => scan(&points[start..end], n, direction, start, visit),
        (Text::Wide(points), Text::Ascii(_)) => {
            scan(&points[start..end], &needle.to_points()?, direction, start, visit)
        }
    }
}

fn drive(
    found: impl Iterator<Item = usize>,
    start: usize,
    visit: &mut dyn FnMut(usize) -> TextResult<bool>,
) -> TextResult<()> {
    for at in found {
        if !visit(start + at)? {
            break;
        }
    }
    Ok(())
}

/// Knuth-Morris-Pratt from either end; `offset` is added to the positions.
fn scan(
    hay: &[u32],
    needle: &[u32],
    direction: Direction,
    offset: usize,
    visit: &mut dyn FnMut(usize) -> TextResult<bool>,
) -> TextResult<()> {
    let width = needle.len();
    let backward = direction == Direction::Backward;
    // Reading both from the right turns a backward search into a forward one.
    let hay_at = |i: usize| if backward { hay[hay.len() - 1 - i] } else { hay[i] };
    let needle_at = |i: usize| if backward { needle[width - 1 - i] } else { needle[i] };
    // border[i]: length of the longest proper border of the first i + 1 points of the needle.
    let mut border: Vec<usize> = Vec::new();
    border.try_reserve_exact(width)?;
    border.push(0);
    let mut matched = 0;
    for i in 1..width {
        while matched > 0 && needle_at(i) != needle_at(matched) {
            matched = border[matched - 1];
        }
        matched += usize::from(needle_at(i) == needle_at(matched));
        border.push(matched);
    }
    matched = 0;
    for i in 0..hay.len() {
        let point = hay_at(i);
        while matched > 0 && point != needle_at(matched) {
            matched = border[matched - 1];
        }
        matched += usize::from(point == needle_at(matched));
        if matched == width {
            matched = 0;
            let at = if backward { hay.len() - 1 - i } else { i + 1 - width };
            if !visit(offset + at)? {
                break;
            }
        }
    }
    Ok(())
}

/// `text.find(needle, start, end)` (or `rfind`) with bounds from
/// [`adjust_indices`](crate::text::view::adjust_indices).
pub fn find(
    text: Text<'_>,
    needle: Text<'_>,
    (start, end): (usize, usize),
    direction: Direction,
) -> TextResult<Option<usize>> {
    let end = end.min(text.len());
    if start > end {
        return Ok(None);
    }
    if needle.is_empty() {
        return Ok(Some(if direction == Direction::Forward { start } else { end }));
    }
    Ok(positions(text, needle, (start, end), direction, 1)?.first().copied())
}

/// `text.count(needle, start, end)`.
pub fn count(text: Text<'_>, needle: Text<'_>, (start, end): (usize, usize)) -> TextResult<usize> {
    let end = end.min(text.len());
    if start > end {
        return Ok(0);
    }
    if needle.is_empty() {
        return Ok(end - start + 1);
    }
    let mut total = 0;
    each_position(text, needle, (start, end), Direction::Forward, &mut |_| {
        total += 1;
        Ok(true)
    })?;
    Ok(total)
}

/// `needle in text`.
pub fn contains(text: Text<'_>, needle: Text<'_>) -> TextResult<bool> {
    Ok(find(text, needle, (0, text.len()), Direction::Forward)?.is_some())
}

fn matches_at(text: Text<'_>, part: Text<'_>, at: usize) -> bool {
    match (text, part) {
        (Text::Ascii(s), Text::Ascii(p)) => s.as_bytes()[at..].starts_with(p.as_bytes()),
        (Text::Wide(s), Text::Wide(p)) => s[at..].starts_with(p),
        _ => part.iter().enumerate().all(|(i, c)| text.get(at + i) == Some(c)),
    }
}

/// `text.startswith(prefix, start, end)`.
pub fn starts_with(text: Text<'_>, prefix: Text<'_>, (start, end): (usize, usize)) -> bool {
    let end = end.min(text.len());
    start <= end && prefix.len() <= end - start && matches_at(text, prefix, start)
}

/// `text.endswith(suffix, start, end)`.
pub fn ends_with(text: Text<'_>, suffix: Text<'_>, (start, end): (usize, usize)) -> bool {
    let end = end.min(text.len());
    start <= end && suffix.len() <= end - start && matches_at(text, suffix, end - suffix.len())
}

/// What remains of `text.removeprefix(prefix)`.
pub fn remove_prefix(text: Text<'_>, prefix: Text<'_>) -> super::Span {
    let cut = starts_with(text, prefix, (0, text.len()));
    (if cut { prefix.len() } else { 0 }, text.len())
}

/// What remains of `text.removesuffix(suffix)`.
pub fn remove_suffix(text: Text<'_>, suffix: Text<'_>) -> super::Span {
    let cut = ends_with(text, suffix, (0, text.len()));
    (0, text.len() - if cut { suffix.len() } else { 0 })
}
