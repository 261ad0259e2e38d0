//! The operations of `str_ops` and the codecs, for the differential test.

use super::{points, show_error, show_text, Args};
use crate::text::codec::{decode, encode, Codec};
use crate::text::str_ops::search::Direction;
use crate::text::str_ops::split::Ends;
use crate::text::str_ops::{case, classify, edit, layout, repr, search, split, Span};
use crate::text::view::adjust_indices;
use crate::text::{Text, TextError, TextOwned, TextResult};

fn show_spans(text: Text<'_>, result: TextResult<Vec<Span>>) -> String {
    match result {
        Ok(spans) => {
            spans.iter().map(|&(a, b)| format!("[{}]", points(text.piece(a, b).as_text()))).collect()
        }
        Err(error) => show_error(&error),
    }
}

fn classes(text: Text<'_>) -> String {
    let tests: [fn(Text<'_>) -> bool; 12] = [
        classify::is_alpha,
        classify::is_digit,
        classify::is_decimal,
        classify::is_numeric,
        classify::is_alnum,
        classify::is_space,
        classify::is_printable,
        classify::is_ascii,
        classify::is_identifier,
        classify::is_upper,
        classify::is_lower,
        classify::is_title,
    ];
    tests.iter().map(|test| if test(text) { '1' } else { '0' }).collect()
}

fn found(text: Text<'_>, args: Args<'_>) -> String {
    let needle = args.text(1);
    let needle = needle.as_text();
    let range = adjust_indices(args.option(2), args.option(3), text.len());
    let find = |direction| search::find(text, needle, range, direction).unwrap().map_or(-1, |at| at as i64);
    format!(
        "{} {} {} {} {}",
        find(Direction::Forward),
        find(Direction::Backward),
        search::count(text, needle, range).unwrap(),
        u8::from(search::starts_with(text, needle, range)),
        u8::from(search::ends_with(text, needle, range)),
    )
}

fn take_apart(op: &str, args: Args<'_>, text: Text<'_>) -> Option<String> {
    Some(match op {
        "split" | "rsplit" => {
            let separator = (args.raw(1) != "N").then(|| args.text(1));
            let spans = match (&separator, op) {
                (None, "split") => split::split_whitespace(text, args.limit(2)),
                (None, _) => split::rsplit_whitespace(text, args.limit(2)),
                (Some(separator), "split") => split::split(text, separator.as_text(), args.limit(2)),
                (Some(separator), _) => split::rsplit(text, separator.as_text(), args.limit(2)),
            };
            show_spans(text, spans)
        }
        "splitlines" => show_spans(text, split::split_lines(text, args.raw(1) == "1")),
        "strip" => {
            let chars = (args.raw(1) != "N").then(|| args.text(1));
            let ends = [Ends::Both, Ends::Left, Ends::Right][args.number(2) as usize];
            let (start, end) = split::strip(text, chars.as_ref().map(TextOwned::as_text), ends);
            show_text(text.piece(start, end).as_text().to_owned_text())
        }
        "part" => {
            let from = if args.raw(2) == "0" { Direction::Forward } else { Direction::Backward };
            match split::partition(text, args.text(1).as_text(), from).unwrap() {
                Some(spans) => show_spans(text, Ok(spans.to_vec())),
                None => "N".to_owned(),
            }
        }
        "affix" => {
            let affix = args.text(1);
            let rests = [search::remove_prefix, search::remove_suffix].map(|f| f(text, affix.as_text()));
            show_spans(text, Ok(rests.to_vec()))
        }
        "slice" => show_text(text.stepped(args.number(1), args.number(2), args.number(3) as usize)),
        _ => return None,
    })
}

fn transcode(op: &str, args: Args<'_>) -> Option<String> {
    let message = |message: String| format!("E:{}", points(TextOwned::from(message).as_text()));
    Some(match op {
        "enc" => {
            let text = args.text(0);
            match encode(text.as_text(), Codec::lookup(args.raw(1)).unwrap(), args.raw(2)) {
                Ok(bytes) => bytes.iter().map(|b| format!("{b:02x}")).collect(),
                Err(TextError::Encode(error)) => message(error.encode_message(text.as_text())),
                Err(error) => show_error(&error),
            }
        }
        "dec" => {
            let bytes = args.bytes(0);
            match decode(&bytes, Codec::lookup(args.raw(1)).unwrap(), args.raw(2)) {
                Err(TextError::Decode(error)) => message(error.decode_message(&bytes)),
                result => show_text(result),
            }
        }
        _ => return None,
    })
}

/// The answer to a case, if its operation is one of these.
pub(super) fn run(op: &str, args: Args<'_>) -> Option<String> {
    if let Some(answer) = transcode(op, args) {
        return Some(answer);
    }
    let convert: fn(Text<'_>) -> TextResult<TextOwned> = match op {
        "lower" => case::lower,
        "upper" => case::upper,
        "title" => case::title,
        "capitalize" => case::capitalize,
        "swapcase" => case::swapcase,
        "casefold" => case::casefold,
        "repr" => repr::repr,
        "ascii" => repr::ascii,
        "is" => return Some(classes(args.text(0).as_text())),
        "find" => return Some(found(args.text(0).as_text(), args)),
        "replace" => {
            let (text, old, new) = (args.text(0), args.text(1), args.text(2));
            let result = edit::replace(text.as_text(), old.as_text(), new.as_text(), args.limit(3));
            return Some(show_text(result));
        }
        "center" | "ljust" | "rjust" => {
            let (text, fill) = (args.text(0), args.text(2).as_text().get(0).unwrap());
            let pad = match op {
                "center" => layout::center,
                "ljust" => layout::ljust,
                _ => layout::rjust,
            };
            return Some(show_text(pad(text.as_text(), args.number(1), fill)));
        }
        "zfill" => return Some(show_text(layout::zfill(args.text(0).as_text(), args.number(1)))),
        "expandtabs" => return Some(show_text(layout::expand_tabs(args.text(0).as_text(), args.number(1)))),
        "split" | "rsplit" | "splitlines" | "strip" | "part" | "affix" | "slice" => {
            return take_apart(op, args, args.text(0).as_text());
        }
        _ => return None,
    };
    Some(show_text(convert(args.text(0).as_text())))
}
