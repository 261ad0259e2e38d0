//! The operations of `float` and `int`, for the differential test.

use super::{show_error, show_float, show_int, show_str, Args};
use crate::text::int::*;
use crate::text::{float, hash};

/// Big enough for every case.
const LIMIT_BITS: u64 = 1 << 20;

/// The answer to a case, if its operation is one of these.
pub(super) fn run(op: &str, args: Args<'_>) -> Option<String> {
    Some(match op {
        "float" => show_float(float::parse_float_text(args.text(0).as_text())),
        "fromhex" => show_float(float::from_hex(args.text(0).as_text())),
        "int" => show_int(parse_int_text(args.text(0).as_text(), args.number(1), DEFAULT_MAX_DIGITS)),
        "frepr" => show_str(Ok(float::repr(args.float(0)))),
        "fhex" => show_str(Ok(float::to_hex(args.float(0)))),
        "fhash" => hash::hash_float(args.float(0)).unwrap_or(0).to_string(),
        "fint" => {
            let value = args.float(0);
            format!("{} {}", show_int(float::truncate_to_int(value)), show_int(float::round_to_int(value)))
        }
        "fratio" => match float::as_integer_ratio(args.float(0)) {
            Ok((over, under)) => format!("{} {}", show_int(Ok(over)), show_int(Ok(under))),
            Err(error) => show_error(&error),
        },
        "fround" => show_float(float::round_to_digits(args.float(0), args.number(1))),
        "iop" => return arithmetic(args),
        _ => return None,
    })
}

fn arithmetic(args: Args<'_>) -> Option<String> {
    let (x, y, z) = (args.int(1), args.int(2), args.int(3));
    let (x, y, z) = (x.view(), y.view(), z.view());
    let result = match args.raw(0) {
        "td" => return Some(show_float(true_divide(x, y))),
        "float" => return Some(show_float(to_float(x))),
        "hash" => return Some(x.hash().to_string()),
        "bits" => return Some(format!("{} {}", bit_length(x), bit_count(x))),
        "cmp" => return Some((compare(x, y) as i8).to_string()),
        "str" => return Some(show_str(to_decimal(x, DEFAULT_MAX_DIGITS))),
        "add" => Ok(add(x, y)),
        "sub" => Ok(subtract(x, y)),
        "mul" => multiply(x, y, LIMIT_BITS),
        "fd" => floor_divide(x, y),
        "mod" => modulo(x, y),
        "shl" => shift_left(x, y, LIMIT_BITS),
        "shr" => shift_right(x, y),
        "pow" => power(x, y, LIMIT_BITS),
        "powm" => power_modulo(x, y, z),
        "and" => Ok(and(x, y)),
        "or" => Ok(or(x, y)),
        "xor" => Ok(xor(x, y)),
        "inv" => Ok(invert(x)),
        "isqrt" => isqrt(x),
        "gcd" => Ok(gcd(x, y)),
        "round" => Ok(round_int(x, y.to_i64()?)),
        _ => return None,
    };
    Some(show_int(result))
}

#[test]
fn digit_limits() {
    let long = "1".repeat(4301);
    let text = crate::text::Text::Ascii(&long);
    let error = parse_int_text(text, 10, DEFAULT_MAX_DIGITS).unwrap_err();
    assert_eq!(
        error.message(),
        "Exceeds the limit (4300 digits) for integer string conversion: value has 4301 digits; \
         use sys.set_int_max_str_digits() to increase the limit"
    );
    assert!(parse_int_text(text, 16, DEFAULT_MAX_DIGITS).is_ok());
    let big = parse_int_text(text, 10, 0).unwrap();
    assert_eq!(
        to_decimal(big.view(), DEFAULT_MAX_DIGITS).unwrap_err().message(),
        "Exceeds the limit (4300 digits) for integer string conversion; \
         use sys.set_int_max_str_digits() to increase the limit"
    );
    assert_eq!(to_decimal(big.view(), 4301).unwrap(), long);
}
