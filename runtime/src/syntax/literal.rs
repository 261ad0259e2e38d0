//! Values of literals that the parser leaves open: strings with lone surrogates, integers beyond 64 bits.
//!
//! The parser's strings are Rust strings, so it replaces an escaped surrogate by U+FFFD. Where that may have happened
//! the literal is read again from the source; everything else comes from the parser.

use super::error::Fault;
use num_bigint::BigInt;
use ruff_text_size::{TextRange, TextSize};

/// CPython's default limit of decimal digits in an integer literal.
const MAX_DIGITS: usize = 4300;

/// Whether a literal with this value and source must be read again by [`code_points`].
pub(crate) fn may_hold_surrogates(value: &str, source: &str) -> bool {
    value.contains('\u{fffd}') && source.contains('\\')
}

/// The code points of a literal whose body (between the quotes) is `body`, and which the parser takes for `value`.
/// `braces`: doubled braces stand for one (f-strings).
pub(crate) fn code_points(body: &str, value: &str, braces: bool) -> Vec<u32> {
    let mut out = Vec::with_capacity(value.len());
    // The parser writes one character for every code point, so a `\N{…}` can be looked up by its place.
    let known: Vec<char> = value.chars().collect();
    let mut rest = body.chars().peekable();
    while let Some(c) = rest.next() {
        if braces && (c == '{' || c == '}') {
            if rest.peek() == Some(&c) {
                rest.next();
            }
            out.push(c as u32);
            continue;
        }
        if c != '\\' {
            out.push(c as u32);
            continue;
        }
        let Some(escape) = rest.next() else {
            out.push('\\' as u32);
            break;
        };
        match escape {
            '\n' => {}
            '\\' | '\'' | '"' => out.push(escape as u32),
            'a' => out.push(7),
            'b' => out.push(8),
            'f' => out.push(12),
            'n' => out.push(10),
            'r' => out.push(13),
            't' => out.push(9),
            'v' => out.push(11),
            '0'..='7' => {
                let mut number = escape as u32 - '0' as u32;
                for _ in 0..2 {
                    let Some(digit) = rest.peek().and_then(|c| c.to_digit(8)) else { break };
                    number = number * 8 + digit;
                    rest.next();
                }
                out.push(number);
            }
            'x' => out.push(hexadecimal(&mut rest, 2)),
            'u' => out.push(hexadecimal(&mut rest, 4)),
            'U' => out.push(hexadecimal(&mut rest, 8)),
            'N' => {
                for c in rest.by_ref() {
                    if c == '}' {
                        break;
                    }
                }
                out.push(known.get(out.len()).map_or(0xfffd, |c| *c as u32));
            }
            other => {
                out.push('\\' as u32);
                out.push(other as u32);
            }
        }
    }
    out
}

fn hexadecimal(rest: &mut std::iter::Peekable<std::str::Chars<'_>>, digits: usize) -> u32 {
    let mut number = 0u32;
    for _ in 0..digits {
        let Some(digit) = rest.peek().and_then(|c| c.to_digit(16)) else { break };
        number = number << 4 | digit;
        rest.next();
    }
    number
}

/// The value of an integer literal that does not fit into 64 bits, from its text.
pub(crate) fn big_integer(token: &str, at: TextRange) -> Result<BigInt, Fault> {
    let digits: String = token.chars().filter(|c| *c != '_').collect();
    let lower = digits.to_ascii_lowercase();
    let (radix, body) = match lower.get(..2) {
        Some("0x") => (16, &lower[2..]),
        Some("0o") => (8, &lower[2..]),
        Some("0b") => (2, &lower[2..]),
        _ => (10, lower.as_str()),
    };
    if radix == 10 && body.len() > MAX_DIGITS {
        let message = format!(
            "Exceeds the limit ({MAX_DIGITS} digits) for integer string conversion: value has {} digits; use \
             sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for huge integer literals to \
             avoid decimal conversion limits.",
            body.len()
        );
        return Err(Fault::new(message, TextRange::at(at.start(), TextSize::new(0))));
    }
    BigInt::parse_bytes(body.as_bytes(), radix).ok_or_else(|| Fault::new("invalid integer literal", at))
}
