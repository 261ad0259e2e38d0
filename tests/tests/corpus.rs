//! Replays what the fuzzers of `fuzz/` have found worth keeping: nothing may panic or crash.

use std::path::Path;
use taipan_tests::fuzzing;
use taipan_tests::programs::{folder, names_in};

/// Feeds a target with each file of its corpus; how many there are.
fn replay(target: &str, run: fn(&[u8])) -> usize {
    let there = folder("../fuzz/corpus").join(target);
    let names = names_in(&there, "");
    for name in &names {
        let data = std::fs::read(Path::new(&there).join(name));
        match data {
            Ok(data) => run(&data),
            Err(error) => panic!("{name}: {error}"),
        }
    }
    names.len()
}

#[test]
fn sources() {
    assert!(replay("source", fuzzing::source) > 50);
}

#[test]
fn bytecode() {
    assert!(replay("bytecode", fuzzing::bytecode) > 50);
}
