//! Nothing panics and no size aborts: hostile widths, and random input for the parsers.

use crate::text::format_spec::{format_float, format_int, format_str};
use crate::text::int::{power, shift_left, IntRef};
use crate::text::percent::{segments, Segment};
use crate::text::str_ops::{edit, layout};
use crate::text::traceback::{anchors, format_frame, format_syntax_error, Frame, Position, SyntaxErrorText};
use crate::text::{Text, TextError};

#[test]
fn hostile_sizes_are_errors() {
    let a = Text::Ascii("a");
    let memory = Err(TextError::Memory);
    assert_eq!(layout::center(a, i64::MAX, 32), memory);
    assert_eq!(layout::zfill(a, i64::MAX), memory);
    assert_eq!(layout::expand_tabs(Text::Ascii("\t"), i64::MAX), memory);
    assert_eq!(layout::expand_tabs(Text::Ascii("\ta\t"), i64::MAX), memory);
    assert!(edit::repeat(a, usize::MAX).is_err());
    assert!(edit::repeat(a, 1 << 62).is_err());
    for spec in ["9999999999999999", "9223372036854775807", "^9223372036854775807", "09223372036854775807,"] {
        let spec = Text::Ascii(spec);
        assert_eq!(format_int(IntRef::Small(1), spec, "int", 0), memory);
        assert_eq!(format_float(1.5, spec, "float"), memory);
        assert!(format_str(a, spec, "str").is_err());
    }
    for format in ["%9223372036854775807d", "%09223372036854775807d"] {
        let Some(Ok(Segment::Field(field))) = segments(Text::Ascii(format)).next() else {
            panic!("{format}")
        };
        let layout = field.layout(0, 0).unwrap();
        assert_eq!(crate::text::percent::format_integer(IntRef::Small(1), &layout, 0), memory);
    }
    let huge = IntRef::Small(i64::MAX);
    assert_eq!(shift_left(IntRef::Small(1), huge, 1 << 20), Err(TextError::Memory));
    assert_eq!(power(IntRef::Small(2), huge, 1 << 20), Err(TextError::Memory));
}

/// A small generator of pseudo-random numbers.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    fn string(&mut self, alphabet: &[char], length: usize) -> String {
        (0..self.below(length)).map(|_| alphabet[self.below(alphabet.len())]).collect()
    }
}

#[test]
fn random_sources_do_not_panic() {
    let alphabet: Vec<char> = " ab+-*/%@()[]{}.,:=<>\"'\\#1e\t日é~&|^!\n".chars().collect();
    let mut random = Random(1);
    for _ in 0..100_000 {
        let source = random.string(&alphabet, 14);
        let segment: Vec<char> = source.chars().collect();
        if let Some(found) = anchors(&segment) {
            assert!(found.left < found.right && found.right <= segment.len() + 1, "{source}");
        }
        let (column, end_column) = (random.below(16), random.below(16));
        let position = Some(Position { column, end_line: 1 + random.below(2), end_column });
        let frame = Frame { filename: "f", line: 1, name: "n", source: Some(&source), position };
        assert!(format_frame(&frame).ends_with('\n'));
        let error = SyntaxErrorText {
            text: Some(&source),
            offset: Some(column),
            end_offset: Some(end_column),
            ..Default::default()
        };
        assert!(format_syntax_error(&error, "SyntaxError").ends_with('\n'));
    }
}

#[test]
fn random_formats_do_not_panic() {
    let alphabet: Vec<char> = "%().*0123456789sdxy#+- hlé{}!:[]<>^=_,z".chars().collect();
    let mut random = Random(2);
    for _ in 0..100_000 {
        let owned = crate::text::TextOwned::from(random.string(&alphabet, 12));
        let text = owned.as_text();
        for segment in segments(text) {
            if let Ok(Segment::Field(field)) = segment {
                let _ = (field.conversion(false), field.layout(i64::MIN, i64::MIN));
            }
        }
        for markup in crate::text::str_format::fields(text, (0, text.len()), 2).into_iter().flatten() {
            let Some(field) = markup.ok().and_then(|markup| markup.field) else { continue };
            if let Ok((_, accessors)) = crate::text::str_format::field_name(text, field.name, None) {
                assert!(accessors.count() <= text.len());
            }
        }
    }
}
