//! C and C++ programs on `libtaipan`: compiled here, linked shared and static, run under every manager, and under valgrind.
//!
//! Cargo builds all kinds of the library before its integration tests; they lie beside this test's program. A library that is missing all
//! the same, or older than that program, is built by these tests.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, OnceLock};

const WARNINGS: &[&str] = &["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror", "-g"];
const SYSTEM: &[&str] = &["-lpthread", "-ldl", "-lm"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The folder of the profile that this test was built with: `target/debug` or the like.
fn profile_folder() -> PathBuf {
    let program = std::env::current_exe().unwrap();
    let deps = program.parent().unwrap();
    deps.parent().unwrap().to_owned()
}

/// The newest file of the library with this extension, beside the test or one folder up.
fn artefact(extension: &str) -> Option<PathBuf> {
    let folders = [profile_folder().join("deps"), profile_folder()];
    let entries = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten();
    let ours = entries.map(|entry| entry.path()).filter(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.starts_with("libtaipan_ffi") && path.extension().is_some_and(|e| e == extension)
    });
    ours.max_by_key(|path| path.metadata().and_then(|m| m.modified()).ok())
}

/// Builds the library (and the examples, of which one is needed) with the profile of this test.
fn build() {
    let mut command = Command::new(env!("CARGO"));
    command.args(["build", "--quiet", "-p", "taipan-ffi", "--lib", "--examples"]).current_dir(root());
    let folder = profile_folder();
    command.arg("--target-dir").arg(folder.parent().unwrap());
    let profile = folder.file_name().unwrap().to_string_lossy().into_owned();
    command.args(["--profile", if profile == "debug" { "dev" } else { &profile }]);
    checked(&mut command);
}

/// A folder with the library as it is installed: `libtaipan.so.0`, `libtaipan.so`, `libtaipan.a`.
fn installed() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("c_hosts");
        std::fs::create_dir_all(&folder).unwrap();
        if artefact("so").is_none() || artefact("a").is_none() {
            build();
        }
        for (extension, names) in [("so", &["libtaipan.so.0", "libtaipan.so"][..]), ("a", &["libtaipan.a"])] {
            let file = artefact(extension).unwrap_or_else(|| panic!("no libtaipan_ffi.{extension}"));
            for name in names {
                in_place(&folder.join(name), |new| {
                    std::fs::copy(&file, new).unwrap();
                });
            }
        }
        folder
    })
}

/// Makes a file under another name first: other tests, each in a process of its own, find the old one or the new one, and whole.
fn in_place(file: &Path, make: impl FnOnce(&Path)) {
    let new = file.with_extension(format!("{}.new", std::process::id()));
    make(&new);
    std::fs::rename(new, file).unwrap();
}

fn checked(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}: {}\n{out}\n{err}", output.status);
    output
}

/// Compiles a program of the tree, once; `standard` is `c99` or `c++11`.
fn compile(source: &str, standard: &str, shared: bool) -> PathBuf {
    static COMPILED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
    let stem = Path::new(source).file_stem().unwrap().to_string_lossy().into_owned();
    let name = format!("{stem}_{standard}_{}", if shared { "shared" } else { "static" });
    let program = installed().join(name);
    let mut compiled = COMPILED.lock().unwrap();
    if compiled.insert(program.clone()) {
        in_place(&program, |new| {
            let mut command = compiler(standard, &root().join("include"));
            command.arg(root().join(source)).args(["-x", "none", "-o"]).arg(new);
            link(&mut command, shared);
            checked(&mut command);
        });
    }
    program
}

fn compiler(standard: &str, include: &Path) -> Command {
    let mut command = Command::new(if standard == "c99" { "cc" } else { "c++" });
    command.args(["-x", if standard == "c99" { "c" } else { "c++" }]);
    command.arg(format!("-std={standard}")).args(WARNINGS).arg("-I").arg(include);
    command
}

fn link(command: &mut Command, shared: bool) {
    let folder = installed();
    if shared {
        command.arg("-L").arg(folder).arg("-ltaipan").arg(format!("-Wl,-rpath,{}", folder.display()));
        command.arg("-lpthread");
    } else {
        command.arg(folder.join("libtaipan.a")).args(SYSTEM);
    }
}

fn managers() -> Vec<&'static str> {
    taipan_gc::managers::all().iter().map(|facts| facts.name).collect()
}

fn collects(manager: &str) -> bool {
    taipan_gc::managers::all().iter().any(|facts| facts.name == manager && facts.collects)
}

fn has(tool: &str) -> bool {
    Command::new(tool).arg("--version").output().is_ok_and(|output| output.status.success())
}

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
                    assert!(printed.lines().count() >= 10, "{standard} {shared} {manager}: {printed}");
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
fn the_rust_twins_print_the_same() {
    ["embed", "limits"].iter().for_each(|example| twin_prints_the_same(example));
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
        for (manager, other) in pairs() {
            checked(Command::new(&program).args([manager, other]));
        }
    }
}

/// Each manager beside another one.
fn pairs() -> impl Iterator<Item = (&'static str, &'static str)> {
    let managers = managers();
    let others = managers.clone().into_iter().cycle().skip(1);
    managers.into_iter().zip(others)
}

#[test]
fn every_function_is_among_the_wrong_calls() {
    let misuse = ["misuse.c", "misuse_tables.h"]
        .map(|name| std::fs::read_to_string(root().join("ffi/tests").join(name)).unwrap());
    let missing: Vec<String> = declared()
        .into_iter()
        .filter(|name| !misuse.iter().any(|text| text.contains(&format!("{name}("))))
        .collect();
    // These take no handle and can't fail.
    assert_eq!(missing, ["tpn_manager_count"]);
}

#[test]
fn valgrind_finds_nothing() {
    if !has("valgrind") {
        println!("SKIPPED: valgrind is not installed");
        return;
    }
    let (embed, misuse) =
        (compile("examples/embed.c", "c99", true), compile("ffi/tests/misuse.c", "c99", true));
    for (manager, other) in pairs() {
        for (program, arguments) in [(&embed, vec![manager]), (&misuse, vec![manager, other])] {
            let mut command = Command::new("valgrind");
            // Memory that is still reachable at the end counts, too.
            command.args(["--error-exitcode=9", "--leak-check=full", "--show-leak-kinds=all"]);
            command.arg("--errors-for-leak-kinds=all");
            let output = checked(command.arg(program).args(arguments));
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

#[test]
fn an_unknown_manager_is_a_clear_error() {
    let program = compile("examples/embed.c", "c99", true);
    let output = Command::new(program).arg("nonsense").output().unwrap();
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(message.contains("unknown memory manager 'nonsense'"), "{message}");
}

#[test]
fn only_our_symbols_are_exported() {
    let output =
        checked(Command::new("nm").args(["-D", "--defined-only"]).arg(installed().join("libtaipan.so.0")));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let names: Vec<&str> = text.lines().filter_map(|line| line.split_whitespace().last()).collect();
    let foreign: Vec<_> = names.iter().filter(|name| !name.starts_with("tpn_")).collect();
    assert!(foreign.is_empty(), "{foreign:?}");
    // What the header declares is there, and nothing else.
    let mut names: Vec<String> = names.into_iter().map(str::to_owned).collect();
    names.sort_unstable();
    assert_eq!(names, declared());
}

/// The functions of the header, sorted.
fn declared() -> Vec<String> {
    let header = std::fs::read_to_string(root().join("include/taipan.h")).unwrap();
    let lines = header.lines().filter(|line| line.starts_with("TPN_API "));
    let names = lines.filter_map(|line| line.split('(').next()?.rsplit([' ', '*']).next());
    let mut names: Vec<String> = names.map(str::to_owned).collect();
    names.sort_unstable();
    names
}
