//! Does the library agree with its header? The Rust compiler compares signatures, layouts and numbers (`src/agreed.rs`); here the C compiler
//! does, and the symbols of the library are counted.

mod hosts;

use hosts::*;
use std::process::Command;
use taipan_abi::files;

#[test]
fn c_sees_the_same_layouts_and_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("agreed.c");
    std::fs::write(&source, taipan_abi::agreed::c(&files::header().unwrap()).unwrap()).unwrap();
    let mut command = Command::new("cc");
    command.arg("-std=c11").args(WARNINGS).arg("-I").arg(root().join("include"));
    checked(command.args(["-c", "-o", "/dev/null"]).arg(&source));
}

/// The functions of the header, sorted.
fn declared() -> Vec<String> {
    let header = files::header().unwrap();
    let mut names: Vec<String> = header.functions().map(|f| f.signature.name.clone()).collect();
    names.sort_unstable();
    names
}

#[test]
fn the_library_exports_what_the_header_declares() {
    if !has("nm") {
        println!("SKIPPED: nm is not installed");
        return;
    }
    let output =
        checked(Command::new("nm").args(["-D", "--defined-only"]).arg(installed().join("libtaipan.so.0")));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let last = |line: &str| line.split_whitespace().last().unwrap_or_default().to_owned();
    let mut names: Vec<String> = text.lines().map(last).collect();
    names.sort_unstable();
    assert_eq!(names, declared());
}

/// The header's functions are all in the sources, as `src/agreed.rs` has the compiler check; and nothing else is exported by them.
#[test]
fn the_sources_export_nothing_else() {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(root().join("ffi/src")).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        for exported in text.split("#[no_mangle]\n").skip(1) {
            let name = exported.split('(').next().and_then(|head| head.split_whitespace().last());
            names.push(name.unwrap().to_owned());
        }
    }
    names.sort_unstable();
    assert_eq!(names, declared());
}
