//! The differential test: what CPython 3.11.2 answered, case by case (see `generate.py`).
//!
//! `TAIPAN_TEXT_CASES=file` runs another file of cases, say a million of them.

mod formats;
mod numbers;
mod robust;
mod strings;

use super::int::Int;
use super::{Text, TextBuf, TextError, TextOwned, TextResult};
use num_bigint::BigInt;

/// Decodes the arguments of a case.
#[derive(Clone, Copy)]
struct Args<'a>(&'a [&'a str]);

impl Args<'_> {
    fn raw(&self, i: usize) -> &str {
        self.0[i]
    }

    fn text(&self, i: usize) -> TextOwned {
        let mut buf = TextBuf::new();
        for point in self.0[i].split('.').filter(|p| !p.is_empty()) {
            buf.push(u32::from_str_radix(point, 16).unwrap());
        }
        buf.finish()
    }

    fn number(&self, i: usize) -> i64 {
        self.0[i].parse().unwrap()
    }

    /// A number, or `N` for `None`.
    fn option(&self, i: usize) -> Option<i64> {
        (self.0[i] != "N").then(|| self.number(i))
    }

    /// A count, where negative means no limit.
    fn limit(&self, i: usize) -> Option<usize> {
        self.option(i).and_then(|n| usize::try_from(n).ok())
    }

    fn float(&self, i: usize) -> f64 {
        f64::from_bits(u64::from_str_radix(self.0[i], 16).unwrap())
    }

    fn int(&self, i: usize) -> Int {
        Int::from_big(BigInt::parse_bytes(self.0[i].as_bytes(), 16).unwrap())
    }

    fn bytes(&self, i: usize) -> Vec<u8> {
        let digits = self.0[i];
        (0..digits.len() / 2).map(|n| u8::from_str_radix(&digits[2 * n..2 * n + 2], 16).unwrap()).collect()
    }
}

fn points(text: Text<'_>) -> String {
    text.iter().map(|c| format!("{c:x}")).collect::<Vec<_>>().join(".")
}

fn show_error(error: &TextError) -> String {
    format!("E:{}:{}", error.class_name(), points(TextOwned::from(error.message()).as_text()))
}

fn show_text(result: TextResult<TextOwned>) -> String {
    match result {
        Ok(text) => {
            if let TextOwned::Wide(wide) = &text {
                assert!(wide.iter().any(|&c| c > 127), "a wide string of ASCII");
            }
            format!("S:{}", points(text.as_text()))
        }
        Err(error) => show_error(&error),
    }
}

fn show_str(result: TextResult<String>) -> String {
    show_text(result.map(TextOwned::from))
}

fn show_float(result: TextResult<f64>) -> String {
    match result {
        Ok(value) => format!("F:{:x}", if value.is_nan() { 0 } else { value.to_bits() }),
        Err(error) => show_error(&error),
    }
}

fn show_int(result: TextResult<Int>) -> String {
    match result {
        Ok(value) => format!("I:{}", super::int::to_radix(value.view(), 16)),
        Err(error) => show_error(&error),
    }
}

#[test]
fn same_as_cpython() {
    let other = std::env::var("TAIPAN_TEXT_CASES").ok().map(|path| std::fs::read_to_string(path).unwrap());
    let cases = other.as_deref().unwrap_or(include_str!("cases.txt"));
    let (mut failures, mut count) = (Vec::new(), 0);
    for line in cases.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let (expected, fields) = fields.split_last().unwrap();
        let (op, args) = (fields[0], Args(&fields[1..]));
        let found = strings::run(op, args)
            .or_else(|| numbers::run(op, args))
            .or_else(|| formats::run(op, args))
            .unwrap_or_else(|| panic!("unknown operation {op}"));
        if found != *expected {
            failures.push(format!("{line}\n  found {found}"));
        }
        count += 1;
    }
    assert!(count > 1000, "only {count} cases");
    assert!(failures.is_empty(), "{} of {count} differ:\n{}", failures.len(), failures.join("\n"));
}
