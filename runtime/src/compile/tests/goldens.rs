//! The code of small sources, one per part of the language.

use super::compile;
use crate::bytecode::dis::disassemble;
use crate::bytecode::verify::verify;
use crate::compile::{compile_source, Options};
use crate::syntax::Mode;
use std::path::Path;

fn check(name: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/compile/tests/goldens");
    let source = std::fs::read_to_string(folder.join(name).with_extension("py")).expect("the source");
    let unit = compile(&source).unwrap_or_else(|error| panic!("{name}: {error}"));
    let shown = disassemble(&unit);
    let golden = folder.join(name).with_extension("dis");
    if std::env::var_os("TAIPAN_BLESS").is_some() {
        std::fs::write(&golden, &shown).expect("to write the golden");
    }
    let expected = std::fs::read_to_string(&golden).expect("the golden");
    assert!(shown == expected, "{name}: the code changed; it is now\n{shown}");
}

macro_rules! goldens {
    ($($name:ident)*) => { $( #[test] fn $name() { check(stringify!($name)); } )* };
}

goldens! {
    aliasing arithmetic assignments asynchronous calls classes closures comprehensions conditions displays
    finally_return fstrings functions generators imports loops matching module try_except unbound with_statement
}

#[test]
fn namespace_units_use_names() {
    let options = Options { namespace: true, ..Options::default() };
    let unit = compile_source("x = y\nclass C: z = x", "n", Mode::Exec, options).expect("to compile");
    verify(&unit).expect("to verify");
    let shown = disassemble(&unit);
    assert!(shown.contains("LoadName         t0, .namespace, .y"), "{shown}");
    assert!(shown.contains("StoreName        .namespace, t0, .x"), "{shown}");
}

#[test]
fn expressions_return_their_value() {
    let unit = compile_source("  a + 1\n", "e", Mode::Eval, Options::default()).expect("to compile");
    verify(&unit).expect("to verify");
    let shown = disassemble(&unit);
    assert!(shown.contains("AddK             t0, t0, 1") && shown.contains("Return           t0"), "{shown}");
}

#[test]
fn single_mode_displays_expressions() {
    let unit = compile_source("f()\nx = 1\n", "s", Mode::Single, Options::default()).expect("to compile");
    verify(&unit).expect("to verify");
    assert_eq!(disassemble(&unit).matches("Display").count(), 1);
}

#[test]
fn future_annotations_are_strings() {
    let unit = compile("from __future__ import annotations\nx: a  +  b = 1\n").expect("to compile");
    assert!(disassemble(&unit).contains("'a + b'"));
}

#[test]
fn lone_surrogates_survive() {
    let unit = compile("x = '\\ud800a\\u00e9\\N{BULLET}\\ufffd'\n").expect("to compile");
    assert!(disassemble(&unit).contains("'\\ud800aé•\u{fffd}'"), "{}", disassemble(&unit));
}

#[test]
fn positions_count_characters() {
    let unit = compile("é = 'ü' + x.y\n").expect("to compile");
    let attribute = unit
        .positions
        .iter()
        .find(|position| (position.column, position.end_column) == (10, 13))
        .expect("the attribute");
    assert_eq!((attribute.line, attribute.end_line), (1, 1));
}
