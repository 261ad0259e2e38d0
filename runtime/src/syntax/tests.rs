//! Tests of decoding, of lines and columns, and of the bound on depth.

use super::depth;
use super::lines::Lines;
use super::literal::{big_integer, code_points};
use ruff_python_parser::Mode;
use ruff_text_size::{TextRange, TextSize};

fn depth_of(source: &str) -> u32 {
    depth::check(source, Mode::Module).expect("to be shallow")
}

#[test]
fn flat_sources_are_shallow() {
    assert_eq!(depth_of(&"a, ".repeat(1_000)), 0);
    assert!(depth_of(&format!("x = [{}]", "f(a), ".repeat(1_000))) < 10);
    assert!(depth_of(&"a + b\n".repeat(1_000)) < 3);
    assert!(depth_of(&format!("f'{}'", "{a + b}".repeat(1_000))) < 10);
    assert!(depth_of("if a:\n  if b:\n    c\nd\n") < 50);
}

#[test]
fn chains_are_deep() {
    assert!(depth_of(&"a + ".repeat(1_000)) >= 1_000);
    assert!(depth_of(&format!("{}a{} + b", "(".repeat(100), ")".repeat(100))) >= 100);
    assert!(depth_of(&format!("{}1", "lambda a, b=".repeat(50))) >= 50);
    // What follows a bracket is above it in the tree.
    assert!(depth_of(&format!("(a{}){}", ".b".repeat(500), ".c".repeat(500))) >= 1_000);
}

#[test]
fn columns_count_characters() {
    let text = format!("x\n{}é = 1\n", "ü".repeat(200));
    let lines = Lines::new(&text);
    let equals = text.find('=').expect("an equals sign");
    assert_eq!(lines.locate(TextSize::new(equals as u32)), (2, 202));
    assert_eq!(lines.line_text(1), Some("x"));
    assert_eq!(lines.locate(TextSize::of(text.as_str())), (3, 0));
}

#[test]
fn escapes_are_read_again() {
    let points = code_points("a\\ud800\\x41\\101{{\\N{BULLET}\\q\\\n", "a\u{fffd}AA{•\\q", true);
    assert_eq!(points, [0x61, 0xd800, 0x41, 0x41, 0x7b, 0x2022, 0x5c, 0x71]);
}

#[test]
fn big_integers_of_every_radix() {
    let at = TextRange::default();
    let value = |token: &str| big_integer(token, at).expect("a number").to_string();
    assert_eq!(value("0x1_0000_0000_0000_0000"), "18446744073709551616");
    assert_eq!(value("1_000_000_000_000_000_000_000"), "1000000000000000000000");
    assert_eq!(value("0b1"), "1");
    assert!(big_integer(&"1".repeat(4301), at).is_err());
}
