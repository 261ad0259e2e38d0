//! C and C++ programs on `libtaipan`: compiled here, linked shared and static, run under every manager, and under valgrind.
//!
//! Cargo builds all kinds of the library before its integration tests; they lie beside this test's program.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

const WARNINGS: &[&str] = &["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror", "-g"];
const SYSTEM: &[&str] = &["-lpthread", "-ldl", "-lm"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The newest file of the library with this extension, beside the test or one folder up.
fn artefact(extension: &str) -> PathBuf {
    let program = std::env::current_exe().unwrap();
    let deps = program.parent().unwrap();
    let folders = [deps, deps.parent().unwrap()];
    let entries = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap().flatten());
    let ours = entries.map(|entry| entry.path()).filter(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.starts_with("libtaipan_ffi") && path.extension().is_some_and(|e| e == extension)
    });
    let newest = ours.max_by_key(|path| path.metadata().and_then(|m| m.modified()).ok());
    newest.unwrap_or_else(|| panic!("no libtaipan_ffi*.{extension} beside {}", program.display()))
}

/// A folder with the library as it is installed: `libtaipan.so.0`, `libtaipan.so`, `libtaipan.a`.
fn installed() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("c_hosts_{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::copy(artefact("so"), folder.join("libtaipan.so.0")).unwrap();
        std::fs::copy(artefact("so"), folder.join("libtaipan.so")).unwrap();
        std::fs::copy(artefact("a"), folder.join("libtaipan.a")).unwrap();
        folder
    })
}

fn checked(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}: {}\n{out}\n{err}", output.status);
    output
}

/// Compiles a C program; `standard` is `c99` or `c++11`.
fn compile(source: &str, standard: &str, shared: bool) -> PathBuf {
    let folder = installed();
    let stem = Path::new(source).file_stem().unwrap().to_string_lossy().into_owned();
    let program = folder.join(format!("{stem}_{standard}_{}", if shared { "shared" } else { "static" }));
    let mut command = Command::new(if standard == "c99" { "cc" } else { "c++" });
    if standard != "c99" {
        command.args(["-x", "c++"]);
    }
    command.arg(format!("-std={standard}")).args(WARNINGS).arg("-I").arg(root().join("include"));
    command.arg(root().join(source)).args(["-x", "none", "-o"]).arg(&program);
    if shared {
        command.arg("-L").arg(folder).arg("-ltaipan").arg(format!("-Wl,-rpath,{}", folder.display()));
    } else {
        command.arg(folder.join("libtaipan.a")).args(SYSTEM);
    }
    checked(&mut command);
    program
}

fn managers() -> Vec<&'static str> {
    taipan_gc::managers::all().iter().map(|facts| facts.name).collect()
}

fn has(tool: &str) -> bool {
    Command::new(tool).arg("--version").output().is_ok_and(|output| output.status.success())
}

#[test]
fn embed_prints_the_same_everywhere() {
    let expected = std::fs::read_to_string(root().join("examples/embed.expected")).unwrap();
    for standard in ["c99", "c++11"] {
        for shared in [true, false] {
            let program = compile("examples/embed.c", standard, shared);
            for manager in managers() {
                let output = checked(Command::new(&program).arg(manager));
                assert_eq!(
                    String::from_utf8_lossy(&output.stdout),
                    expected,
                    "{standard} {shared} {manager}"
                );
            }
        }
    }
}

#[test]
fn the_rust_twin_prints_the_same() {
    let expected = std::fs::read_to_string(root().join("examples/embed.expected")).unwrap();
    let program = std::env::current_exe().unwrap();
    // Cargo builds the examples before it runs integration tests.
    let twin = program.parent().and_then(Path::parent).unwrap().join("examples/embed");
    if !twin.exists() {
        println!("the example was not built (one test target alone): skipped");
        return;
    }
    for manager in managers() {
        let output = checked(Command::new(&twin).arg(manager));
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{manager}");
    }
}

#[test]
fn wrong_calls_give_statuses() {
    let program = compile("ffi/tests/misuse.c", "c99", true);
    let managers = managers();
    for (at, manager) in managers.iter().enumerate() {
        // The second heap has another manager, side by side.
        let other = managers[(at + 1) % managers.len()];
        checked(Command::new(&program).args([manager, other]));
    }
}

#[test]
fn valgrind_finds_nothing() {
    if !has("valgrind") {
        println!("valgrind is not installed: skipped");
        return;
    }
    let (embed, misuse) =
        (compile("examples/embed.c", "c99", true), compile("ffi/tests/misuse.c", "c99", true));
    for manager in managers() {
        for (program, arguments) in [(&embed, vec![manager]), (&misuse, vec![manager, "mark"])] {
            let mut command = Command::new("valgrind");
            command.args(["-q", "--error-exitcode=9", "--leak-check=full"]);
            checked(command.arg(program).args(arguments));
        }
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
    let header = std::fs::read_to_string(root().join("include/taipan.h")).unwrap();
    let declared = header.lines().filter(|line| line.starts_with("TPN_API "));
    let mut declared: Vec<&str> =
        declared.filter_map(|line| line.split('(').next()?.rsplit([' ', '*']).next()).collect();
    let mut names = names;
    declared.sort_unstable();
    names.sort_unstable();
    assert_eq!(names, declared);
}
