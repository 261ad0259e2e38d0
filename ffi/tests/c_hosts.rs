//! C and C++ programs on `libtaipan`: compiled here, linked shared and static, run under every manager, and under valgrind.
//!
//! What agrees with the header is for `abi.rs`, most wrong calls for `matrix.rs`.

mod hosts;

use hosts::*;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The example in C under every manager, compiled in every way, prints what is expected.
fn prints_the_same_everywhere(example: &str) {
    let source = format!("examples/{example}.c");
    let expected = std::fs::read_to_string(root().join(format!("examples/{example}.expected"))).unwrap();
    for standard in ["c99", "c++11"] {
        for shared in [true, false] {
            let program = compile(&source, standard, shared);
            for manager in managers() {
                let output = checked(Command::new(&program).arg(manager));
                let printed = String::from_utf8_lossy(&output.stdout);
                if collects(manager) {
                    assert_eq!(printed, expected, "{standard} {shared} {manager}");
                } else {
                    // What dies, and when memory is full, differs where nothing is collected; the program holds up.
                    let least = expected.lines().count() / 2;
                    assert!(printed.lines().count() >= least, "{standard} {shared} {manager}: {printed}");
                }
            }
        }
    }
}

#[test]
fn embed_prints_the_same_everywhere() {
    prints_the_same_everywhere("embed");
}

#[test]
fn limits_prints_the_same_everywhere() {
    prints_the_same_everywhere("limits");
}

#[test]
fn games_go_on_everywhere() {
    prints_the_same_everywhere("game");
}

#[test]
fn extensions_compute_the_same_everywhere() {
    prints_the_same_everywhere("vectors");
}

#[test]
fn plug_ins_come_and_go_everywhere() {
    prints_the_same_everywhere("plugins");
}

#[test]
fn caches_are_the_same_everywhere() {
    prints_the_same_everywhere("lru");
}

#[test]
fn any_allocation_may_fail() {
    let program = compile("ffi/tests/faults.c", "c99", true);
    let stride = std::env::var("TAIPAN_FAULTS").map_or("7", |all| if all == "all" { "1" } else { "3" });
    for manager in managers() {
        let output = checked(Command::new(&program).args([manager, stride]));
        println!("{manager}: {}", String::from_utf8_lossy(&output.stdout).trim());
    }
}

#[test]
fn hosts_see_what_the_heap_does() {
    for (standard, shared) in [("c99", true), ("c++11", false)] {
        let program = compile("ffi/tests/insight.c", standard, shared);
        for manager in managers() {
            checked(Command::new(&program).arg(manager));
        }
    }
}

#[test]
fn memory_comes_from_the_host() {
    let (c, cpp) = (compile("ffi/tests/alloc.c", "c99", true), compile("ffi/tests/alloc.c", "c++11", false));
    for manager in managers() {
        let output = checked(Command::new(&c).arg(manager));
        println!("{}", String::from_utf8_lossy(&output.stdout).trim());
        checked(Command::new(&cpp).args([manager, "short"]));
    }
}

/// What is held is told of with where it was made, whoever compiled the host; without frames, with no origin.
#[test]
fn what_is_not_given_back_is_told_of() {
    let expected = std::fs::read_to_string(root().join("ffi/tests/leaks.expected")).unwrap();
    let (shared, cpp) =
        (compile("ffi/tests/leaks.c", "c99", true), compile("ffi/tests/leaks.c", "c++11", false));
    let clang = installed().join("leaks_clang");
    in_place(&clang, |new| {
        // Another compiler, and its debug information; where there is none, the first once more.
        let mut command = Command::new(if has("clang") { "clang" } else { "cc" });
        command.arg("-std=c99").args(WARNINGS).arg("-I").arg(root().join("include"));
        command.arg(root().join("ffi/tests/leaks.c")).arg("-o").arg(new);
        link(&mut command, true);
        checked(&mut command);
    });
    let mut without: Vec<String> = Vec::new();
    for manager in managers() {
        for program in [&shared, &cpp, &clang] {
            let output = checked(Command::new(program).args([manager, "3"]));
            assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{manager} {program:?}");
        }
        let output = checked(Command::new(&shared).args([manager, "0"]));
        without.push(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let things = |text: &str| text.lines().filter(|line| line.starts_with("- ")).count();
    for text in &without {
        assert_eq!(*text, without[0]);
        assert!(!text.contains("    ") && !text.contains("not given back"), "{text}");
        assert_eq!(things(text), things(&expected));
    }
}

#[test]
fn values_are_the_same_everywhere() {
    let mut printed: Vec<String> = Vec::new();
    for (standard, shared) in [("c99", true), ("c++11", false)] {
        let program = compile("ffi/tests/protocols.c", standard, shared);
        for manager in managers() {
            let output = checked(Command::new(&program).arg(manager));
            printed.push(String::from_utf8_lossy(&output.stdout).into_owned());
        }
    }
    let expected = std::fs::read_to_string(root().join("ffi/tests/protocols.expected")).unwrap();
    printed.iter().for_each(|text| assert_eq!(*text, expected));
}

#[test]
fn host_types_are_classes_everywhere() {
    let expected = std::fs::read_to_string(root().join("ffi/tests/hosttypes.expected")).unwrap();
    for (standard, shared) in [("c99", true), ("c++11", false)] {
        let program = compile("ffi/tests/hosttypes.c", standard, shared);
        for manager in managers() {
            for mode in ["plain", "zeal"] {
                let output = checked(Command::new(&program).args([manager, mode]));
                // Elsewhere objects die, and their finalizers run, when the heap closes.
                if collects(manager) {
                    assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{manager} {mode}");
                }
            }
        }
    }
}

#[test]
fn buffers_are_the_same_everywhere() {
    let expected = std::fs::read_to_string(root().join("ffi/tests/buffers.expected")).unwrap();
    for (standard, shared) in [("c99", true), ("c++11", false)] {
        let program = compile("ffi/tests/buffers.c", standard, shared);
        for manager in managers() {
            for stressed in [false, true] {
                let output =
                    checked(Command::new(&program).arg(manager).args(stressed.then_some("stressed")));
                assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{manager} {stressed}");
            }
        }
    }
}

/// Random sequences of calls give what a model says, under every manager the same; `TAIPAN_SEQUENCES` says how many, instead of 60.
#[test]
fn random_calls_agree_with_a_model() {
    let program = compile("ffi/tests/sequences.c", "c99", true);
    let many: u32 = std::env::var("TAIPAN_SEQUENCES").map_or(60, |text| text.parse().unwrap());
    for (from, count, mode) in [(0, many, "plain"), (many, many.div_ceil(10), "zeal")] {
        let of = |manager: &str| {
            let output =
                checked(Command::new(&program).args([manager, &from.to_string(), &count.to_string(), mode]));
            String::from_utf8_lossy(&output.stdout).into_owned()
        };
        let first = of(managers()[0]);
        assert_eq!(first.lines().count(), count as usize, "{first}");
        managers()[1..].iter().for_each(|manager| assert_eq!(of(manager), first, "{manager}"));
        println!("{count} sequences under {} managers, {mode}", managers().len());
    }
}

#[test]
fn other_threads_reach_a_heap() {
    let expected = std::fs::read_to_string(root().join("ffi/tests/threads.expected")).unwrap();
    let program = compile("ffi/tests/threads.c", "c99", true);
    for manager in managers() {
        let output = checked(Command::new(&program).arg(manager));
        if collects(manager) {
            assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{manager}");
        }
    }
}

#[test]
fn the_rust_twins_print_the_same() {
    ["embed", "limits", "game", "lru", "vectors", "plugins"]
        .iter()
        .for_each(|example| twin_prints_the_same(example));
}

fn twin_prints_the_same(example: &str) {
    let expected = std::fs::read_to_string(root().join(format!("examples/{example}.expected"))).unwrap();
    let twin = profile_folder().join("examples").join(example);
    let written = |path: &Path| path.metadata().and_then(|m| m.modified()).ok();
    // Cargo builds the examples with the tests, unless it was asked for one of the latter alone.
    let sources = [artefact("so").unwrap_or_default(), root().join(format!("examples/{example}.rs"))];
    if sources.iter().any(|source| written(&twin) < written(source)) {
        build();
    }
    for manager in managers() {
        let output = checked(Command::new(&twin).arg(manager));
        if collects(manager) {
            assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{manager}");
        }
    }
}

#[test]
fn wrong_calls_give_statuses() {
    for (standard, shared) in [("c99", true), ("c++11", false)] {
        let program = compile("ffi/tests/misuse.c", standard, shared);
        for manager in managers() {
            checked(Command::new(&program).arg(manager));
        }
    }
}

#[test]
fn valgrind_finds_nothing() {
    if !has("valgrind") {
        println!("SKIPPED: valgrind is not installed");
        return;
    }
    let sources = ["examples/embed.c", "examples/plugins.c", "ffi/tests/misuse.c", "ffi/tests/buffers.c"];
    let programs = sources.map(|source| compile(source, "c99", true));
    for manager in managers() {
        for program in &programs {
            let mut command = Command::new("valgrind");
            // Memory that is still reachable at the end counts, too.
            command.args(["--error-exitcode=9", "--leak-check=full", "--show-leak-kinds=all"]);
            command.arg("--errors-for-leak-kinds=all");
            let output = checked(command.arg(program).arg(manager));
            let report = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(report.contains("All heap blocks were freed -- no leaks are possible"), "{report}");
        }
    }
}

/// A program with a main that includes nothing but the header, in a folder with nothing else.
#[test]
fn the_header_alone_is_enough() {
    let text = "#include <taipan.h>

int main(void)
{
    tpn_heap *heap = NULL;
    tpn_ctx *ctx = NULL;
    int64_t number = 0;
    if (tpn_heap_new(NULL, &heap, NULL, 0) != TPN_OK || tpn_attach_heap(heap, &ctx) != TPN_OK)
        return 1;
    if (tpn_to_i64(ctx, tpn_eval(ctx, \"6 * 7\", TPN_STRLEN, NULL), &number) != TPN_OK)
        return 2;
    return tpn_heap_free(heap) == TPN_OK && number == 42 ? 0 : 3;
}
";
    let folder = tempfile::tempdir().unwrap();
    let include = folder.path().join("include");
    std::fs::create_dir(&include).unwrap();
    std::fs::copy(root().join("include/taipan.h"), include.join("taipan.h")).unwrap();
    for (standard, name, shared) in [("c99", "host.c", true), ("c++11", "host.cpp", false)] {
        let (source, program) = (folder.path().join(name), folder.path().join(standard));
        std::fs::write(&source, text).unwrap();
        let mut command = compiler(standard, Path::new("include"));
        command.current_dir(folder.path()).arg(&source).args(["-x", "none", "-o"]).arg(&program);
        link(&mut command, shared);
        checked(&mut command);
        checked(&mut Command::new(&program));
    }
}

/// The programs in C of a folder.
fn sources(folder: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join(folder)).unwrap();
    entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "c"))
        .collect()
}

/// The header, and all that is written over it, is clean to both compilers under every standard; one program of each is run.
#[test]
fn every_compiler_and_standard_takes_them() {
    let hosts = [sources("examples"), sources("ffi/tests")].concat();
    let mut made = 0;
    for (c, cpp) in [("gcc", "g++"), ("clang", "clang++")] {
        for standard in ["c99", "c11", "c17", "c++11", "c++17", "c++20"] {
            let (compiler, language) = if standard.starts_with("c++") { (cpp, "c++") } else { (c, "c") };
            if !has(compiler) {
                println!("SKIPPED: {compiler} is not installed");
                continue;
            }
            let command = || {
                let mut command = Command::new(compiler);
                command.args(["-x", language]).arg(format!("-std={standard}")).args(WARNINGS);
                command.arg("-I").arg(root().join("include"));
                command
            };
            checked(command().arg("-fsyntax-only").args(&hosts));
            let program = installed().join(format!("embed_{compiler}_{standard}"));
            in_place(&program, |new| {
                let mut command = command();
                command.arg(root().join("examples/embed.c")).args(["-x", "none", "-o"]).arg(new);
                link(&mut command, true);
                checked(&mut command);
            });
            checked(Command::new(&program).arg("gen"));
            made += hosts.len();
        }
    }
    println!("{made} programs compiled");
}

#[test]
fn an_unknown_manager_is_a_clear_error() {
    let program = compile("examples/embed.c", "c99", true);
    let output = Command::new(program).arg("nonsense").output().unwrap();
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(message.contains("unknown memory manager 'nonsense'"), "{message}");
}
