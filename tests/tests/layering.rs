//! The rooms of the house: a lower one never imports a higher one, the seam is the only place that names primitives of concurrency, and every
//! file says what it is for.
//!
//! Sources are read as text, comments and strings roughly taken out, so a rule can be broken by a macro that builds a path; none does.

use std::path::{Path, PathBuf};

/// A rule: files whose path begins with `room` name none of `forbidden`.
struct Rule {
    room: &'static str,
    forbidden: &'static [&'static str],
}

/// Rooms from the bottom to the top. `crate::x` of the room's own crate.
const RULES: &[Rule] = &[
    Rule { room: "gc/src/", forbidden: &["taipan::", "ruff_", "num_bigint", "clap"] },
    Rule {
        room: "runtime/src/text/",
        forbidden: &[
            "taipan_gc",
            "crate::syntax",
            "crate::bytecode",
            "crate::compile",
            "crate::object",
            "crate::vm",
            "crate::builtins",
            "crate::stdlib",
            "crate::interpreter",
        ],
    },
    Rule {
        room: "runtime/src/syntax/",
        forbidden: &[
            "taipan_gc",
            "crate::bytecode",
            "crate::compile",
            "crate::object",
            "crate::vm",
            "crate::builtins",
            "crate::stdlib",
            "crate::interpreter",
        ],
    },
    Rule {
        room: "runtime/src/bytecode/",
        forbidden: &[
            "taipan_gc",
            "crate::syntax",
            "crate::compile",
            "crate::object",
            "crate::vm",
            "crate::builtins",
            "crate::stdlib",
            "crate::interpreter",
            "ruff_",
        ],
    },
    Rule {
        room: "runtime/src/compile/",
        forbidden: &[
            "taipan_gc",
            "crate::object",
            "crate::vm",
            "crate::builtins",
            "crate::stdlib",
            "crate::interpreter",
        ],
    },
    Rule {
        room: "runtime/src/object/",
        forbidden: &[
            "crate::syntax",
            "crate::compile",
            "crate::vm",
            "crate::builtins",
            "crate::stdlib",
            "crate::interpreter",
            "ruff_",
        ],
    },
    Rule { room: "runtime/src/builtins/", forbidden: &["crate::vm", "ruff_"] },
    Rule { room: "runtime/src/stdlib/", forbidden: &["crate::vm", "crate::compile", "ruff_"] },
    Rule {
        room: "runtime/src/vm/",
        forbidden: &["crate::syntax", "crate::compile", "crate::interpreter", "ruff_"],
    },
    Rule { room: "runtime/src/", forbidden: &["taipan_ffi", "clap"] },
    Rule { room: "ffi/src/", forbidden: &["taipan_abi", "clap"] },
    Rule { room: "ffi/abi/src/", forbidden: &["taipan::", "taipan_gc", "taipan_ffi"] },
    // The recorder stands before any build of the library; it knows the header alone.
    Rule {
        room: "ffi/record/src/",
        forbidden: &["taipan::", "taipan_gc", "taipan_ffi", "taipan_abi", "clap"],
    },
];

/// Primitives of concurrency; only `gc/src/sync` names them.
const CONCURRENCY: &[&str] = &["std::sync", "parking_lot", "loom::", "shuttle::", "core::sync"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The Rust files of a folder of the tree, by path from its root.
fn sources(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut pending = vec![root().join(folder)];
    while let Some(at) = pending.pop() {
        let Ok(entries) = std::fs::read_dir(&at) else { continue };
        for path in entries.filter_map(|e| Some(e.ok()?.path())) {
            if path.is_dir() {
                pending.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let Ok(text) = std::fs::read_to_string(&path) else { continue };
                let name = path.strip_prefix(root()).unwrap_or(&path).to_string_lossy().into_owned();
                found.push((name, text));
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "no sources in {folder}");
    found
}

/// The lines of code before a file's unit tests, without comments, each with its number.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    code.lines().enumerate().map(|(i, line)| (i + 1, line.split("//").next().unwrap_or_default()))
}

/// Whether the text names the path, and not just something that ends like it.
fn names(line: &str, path: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + path.len()..].chars().next();
        let whole = path.ends_with([':', '_']) || !after.is_some_and(part);
        whole && !before.is_some_and(|c| part(c) || c == ':')
    })
}

fn broken(rules: &[Rule]) -> Vec<String> {
    let mut found = Vec::new();
    for (file, text) in
        ["gc/src", "runtime/src", "ffi/src", "ffi/abi/src", "ffi/record/src"].into_iter().flat_map(sources)
    {
        // Unit tests may look around.
        if file.contains("/tests/") || file.ends_with("/tests.rs") {
            continue;
        }
        for rule in rules.iter().filter(|rule| file.starts_with(rule.room)) {
            for (number, line) in code_lines(&text) {
                for path in rule.forbidden.iter().filter(|path| names(line, path)) {
                    found.push(format!("{file}:{number}: {} must not name {path}", rule.room));
                }
            }
        }
    }
    found
}

#[test]
fn rooms_import_only_what_lies_below() {
    let found = broken(RULES);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn managers_know_neither_the_heap_nor_each_other() {
    const MANAGERS: &str = "gc/src/managers/";
    let files = sources(MANAGERS);
    let room =
        |file: &str| file.strip_prefix(MANAGERS).and_then(|rest| Some(rest.split_once('/')?.0.to_owned()));
    let mut rooms: Vec<String> = files.iter().filter_map(|(file, _)| room(file)).collect();
    rooms.dedup();
    assert!(rooms.len() >= 5, "managers are missing: {rooms:?}");
    let mut found = Vec::new();
    for (file, text) in &files {
        let Some(own) = room(file) else { continue };
        let others = rooms.iter().filter(|other| **other != own).map(|other| format!("managers::{other}"));
        let heap = ["crate::heap", "crate::cx", "crate::Cx", "crate::Heap"].map(str::to_owned);
        let forbidden: Vec<String> = heap.into_iter().chain(others).collect();
        for (number, line) in code_lines(text) {
            for path in forbidden.iter().filter(|path| names(line, path)) {
                found.push(format!("{file}:{number}: {own} must not name {path}"));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn only_the_seam_names_concurrency() {
    let mut found = Vec::new();
    for (file, text) in ["gc/src", "runtime/src", "ffi/src", "cli/src"].into_iter().flat_map(sources) {
        if file.starts_with("gc/src/sync/") {
            continue;
        }
        for (number, line) in code_lines(&text) {
            for path in CONCURRENCY.iter().filter(|path| names(line, path)) {
                found.push(format!("{file}:{number}: {path} belongs into gc/src/sync"));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Ways to write to slots past the write barrier.
const RAW_STORES: &[&str] = &["ptr::swap", "ptr::copy(", "*array_slot(", "from_raw_parts_mut"];

#[test]
fn slots_are_written_by_one_module() {
    let mut found = Vec::new();
    for (file, text) in ["runtime/src", "ffi/src"].into_iter().flat_map(sources) {
        for (number, line) in code_lines(&text) {
            for way in RAW_STORES.iter().filter(|way| line.contains(**way)) {
                found.push(format!("{file}:{number}: {way} belongs into gc/src/refs.rs"));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn unsafe_code_is_where_it_may_be() {
    let rooms = ["gc/", "ffi/", "runtime/src/object/", "runtime/src/vm/", "tests/src/copying/"];
    let mut found = Vec::new();
    for (file, text) in
        ["gc/src", "runtime/src", "cli/src", "tests/src", "benches/src"].into_iter().flat_map(sources)
    {
        if rooms.iter().any(|room| file.starts_with(room)) {
            continue;
        }
        for (number, line) in code_lines(&text) {
            let code: String = line.split('"').step_by(2).collect();
            if code.contains("unsafe {") || code.contains("unsafe fn") || code.contains("unsafe impl") {
                found.push(format!("{file}:{number}: unsafe code"));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_file_says_what_it_is_for() {
    let mut found = Vec::new();
    for (file, text) in
        ["gc", "runtime", "ffi", "cli", "tests/src", "tests/tests", "benches"].into_iter().flat_map(sources)
    {
        if !text.starts_with("//!") {
            found.push(format!("{file}:1: does not open with //!"));
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn the_rules_find_what_they_should() {
    assert!(names("use crate::vm::Machine;", "crate::vm"));
    assert!(names("let x = crate::vm::run();", "crate::vm"));
    assert!(!names("use crate::vmem::Page;", "crate::vm"));
    assert!(!names("use other_crate::vm;", "crate::vm"));
    assert!(names("use ruff_python_ast::Mod;", "ruff_"));
    assert!(names("use std::sync::Arc;", "std::sync"));
}

/// What the README shows is what the crate's documentation runs.
#[test]
fn the_readme_shows_code_that_runs() {
    let root = root();
    let read = |path: &str| std::fs::read_to_string(root.join(path)).expect("the file");
    let (readme, docs) = (read("README.md"), read("runtime/src/lib.rs"));
    let shown =
        readme.split("```rust\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    let run: String = docs
        .lines()
        .filter_map(|line| line.strip_prefix("//!").map(|l| l.strip_prefix(' ').unwrap_or(l)))
        .filter(|line| !line.starts_with("# "))
        .map(|line| format!("{line}\n"))
        .collect();
    assert!(run.contains(shown), "the README's example is not the one of runtime/src/lib.rs");
}
