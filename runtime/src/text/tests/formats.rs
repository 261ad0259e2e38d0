//! Format specifications, `%` and `str.format`, for the differential test, with as much of the
//! object-level glue as these need for strings and numbers.

use super::{points, show_error, show_text, Args};
use crate::text::format_spec::{format_float, format_int, format_str};
use crate::text::int::{to_decimal, to_float, DEFAULT_MAX_DIGITS};
use crate::text::percent::{self, Size};
use crate::text::str_format::{self, Accessor, First};
use crate::text::str_ops::{repr, Span};
use crate::text::{float, Text, TextBuf, TextError, TextOwned, TextResult};

/// The answer to a case, if its operation is one of these.
pub(super) fn run(op: &str, args: Args<'_>) -> Option<String> {
    Some(match op {
        "ffmt" => show_text(format_float(args.float(0), args.text(1).as_text(), "float")),
        "ifmt" => {
            let spec = args.text(0);
            show_text(format_int(args.int(1).view(), spec.as_text(), "int", DEFAULT_MAX_DIGITS))
        }
        "sfmt" => show_text(format_str(args.text(1).as_text(), args.text(0).as_text(), "str")),
        "pct" => show_text(percent_format(args)),
        "tf" => {
            let (template, values) = (args.text(0), [args.text(1), args.text(2)]);
            let mut expander =
                Expander { values: &values, numbering: Default::default(), out: TextBuf::new() };
            let template = template.as_text();
            match expander.expand(template, (0, template.len()), str_format::MAX_DEPTH) {
                Ok(()) => format!("S:{}", points(expander.out.finish().as_text())),
                Err(error) => show_error(&error),
            }
        }
        _ => return None,
    })
}

fn percent_format(args: Args<'_>) -> TextResult<TextOwned> {
    let format = args.text(0);
    let format = format.as_text();
    let mut stars = (3..args.0.len()).map(|i| args.number(i));
    let mut out = TextBuf::new();
    for segment in percent::segments(format) {
        match segment? {
            percent::Segment::Literal((start, end)) => out.push_text(format.piece(start, end).as_text()),
            percent::Segment::Field(field) => {
                let mut star = |size| if size == Size::Argument { stars.next().unwrap_or(0) } else { 0 };
                let (width, precision) = (star(field.width), star(field.precision));
                let layout = field.layout(width, precision)?;
                let shown = convert(args, field.conversion(false)?, &layout)?;
                out.push_text(shown.as_text());
            }
        }
    }
    Ok(out.finish())
}

fn convert(
    args: Args<'_>,
    conversion: percent::Conversion,
    layout: &percent::Layout,
) -> TextResult<TextOwned> {
    use percent::{format_char, format_integer, format_real, format_text, Conversion};
    let written = match (args.raw(1), conversion) {
        ("s", Conversion::Str) => args.text(2),
        ("s", Conversion::Repr) => repr::repr(args.text(2).as_text())?,
        ("s", Conversion::Ascii) => repr::ascii(args.text(2).as_text())?,
        ("i", Conversion::Decimal | Conversion::Radix) => {
            return format_integer(args.int(2).view(), layout, DEFAULT_MAX_DIGITS)
        }
        ("i", Conversion::Float) => return format_real(to_float(args.int(2).view())?, layout),
        ("i", Conversion::Char) => return format_char(args.int(2).view(), layout),
        ("i", _) => to_decimal(args.int(2).view(), DEFAULT_MAX_DIGITS)?.into(),
        ("f", Conversion::Float) => return format_real(args.float(2), layout),
        ("f", Conversion::Decimal) => {
            let whole = float::truncate_to_int(args.float(2))?;
            return format_integer(whole.view(), layout, DEFAULT_MAX_DIGITS);
        }
        ("f", Conversion::Str | Conversion::Repr | Conversion::Ascii) => float::repr(args.float(2)).into(),
        _ => return Err(TextError::type_error("not in the cases")),
    };
    format_text(written.as_text(), layout)
}

/// `str.format` with strings for arguments.
struct Expander<'a> {
    values: &'a [TextOwned],
    numbering: str_format::Numbering,
    out: TextBuf,
}

impl Expander<'_> {
    fn expand(&mut self, template: Text<'_>, span: Span, depth: usize) -> TextResult<()> {
        for markup in str_format::fields(template, span, depth)? {
            let markup = markup?;
            let (start, end) = markup.literal;
            self.out.push_text(template.piece(start, end).as_text());
            let Some(field) = markup.field else { continue };
            let mut value = self.value(template, field.name)?;
            if let Some(code) = field.conversion {
                value = match str_format::conversion(code)? {
                    str_format::Conversion::Repr => repr::repr(value.as_text())?,
                    str_format::Conversion::Ascii => repr::ascii(value.as_text())?,
                    str_format::Conversion::Str => value,
                };
            }
            let spec = if field.nested {
                let outer = std::mem::take(&mut self.out);
                self.expand(template, field.spec, depth - 1)?;
                std::mem::replace(&mut self.out, outer).finish()
            } else {
                template.piece(field.spec.0, field.spec.1).as_text().to_owned_text()?
            };
            self.out.push_text(format_str(value.as_text(), spec.as_text(), "str")?.as_text());
        }
        Ok(())
    }

    /// Looks a field up; failures are named as the cases name them.
    fn value(&mut self, template: Text<'_>, name: Span) -> TextResult<TextOwned> {
        let (first, accessors) = str_format::field_name(template, name, Some(&mut self.numbering))?;
        let First::Index(index) = first else { return Err(TextError::type_error("KeyError")) };
        let mut value = self.values.get(index).cloned().ok_or(TextError::type_error("IndexError"))?;
        for accessor in accessors {
            value = match accessor? {
                Accessor::Index(i) if i < value.as_text().len() => {
                    value.as_text().piece(i, i + 1).as_text().to_owned_text()?
                }
                Accessor::Index(_) => return Err(TextError::type_error("IndexError")),
                Accessor::Key(_) => return Err(TextError::type_error("TypeError")),
                Accessor::Attribute(_) => return Err(TextError::type_error("AttributeError")),
            };
        }
        Ok(value)
    }
}
