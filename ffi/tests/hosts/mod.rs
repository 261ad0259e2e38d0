//! C and C++ programs on `libtaipan`, for the tests that run some: finding the library, compiling and linking.
//!
//! Cargo builds all kinds of the library before its integration tests; they lie beside this test's program. A library that is missing all
//! the same, or older than that program, is built by these tests.
#![allow(dead_code, missing_docs, unreachable_pub)] // each test is a program of its own, and uses some of it

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, OnceLock};

/// Warnings that hosts must not cause.
pub const WARNINGS: &[&str] = &["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror", "-g"];
const SYSTEM: &[&str] = &["-lpthread", "-ldl", "-lm"];

/// Where the tree begins, for tests of any of its crates.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().find(|folder| folder.join("include/taipan.h").exists()).unwrap().to_owned()
}

/// The folder of the profile that this test was built with: `target/debug` or the like.
pub fn profile_folder() -> PathBuf {
    let program = std::env::current_exe().unwrap();
    let deps = program.parent().unwrap();
    deps.parent().unwrap().to_owned()
}

/// The newest file of the library with this extension, beside the test or one folder up.
pub fn artefact(extension: &str) -> Option<PathBuf> {
    newest("libtaipan_ffi", extension)
}

/// The newest file whose name begins and ends so, beside the test or one folder up.
pub fn newest(name: &str, extension: &str) -> Option<PathBuf> {
    let folders = [profile_folder().join("deps"), profile_folder()];
    let entries = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten();
    let ours = entries.map(|entry| entry.path()).filter(|path| {
        let found = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        found.starts_with(name) && path.extension().is_some_and(|e| e == extension)
    });
    ours.max_by_key(|path| path.metadata().and_then(|m| m.modified()).ok())
}

/// Builds the library (and the examples, of which one is needed) with the profile of this test.
pub fn build() {
    let mut command = Command::new(env!("CARGO"));
    command.args(["build", "--quiet", "-p", "taipan-ffi", "--lib", "--examples"]).current_dir(root());
    let folder = profile_folder();
    command.arg("--target-dir").arg(folder.parent().unwrap());
    let profile = folder.file_name().unwrap().to_string_lossy().into_owned();
    command.args(["--profile", if profile == "debug" { "dev" } else { &profile }]);
    checked(&mut command);
}

/// A folder with the library as it is installed: `libtaipan.so.0`, `libtaipan.so`, `libtaipan.a`.
pub fn installed() -> &'static Path {
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
pub fn in_place(file: &Path, make: impl FnOnce(&Path)) {
    let new = file.with_extension(format!("{}.new", std::process::id()));
    make(&new);
    std::fs::rename(new, file).unwrap();
}

pub fn checked(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    succeeded(command, output)
}

/// The output of a command, which must have succeeded.
pub fn succeeded(command: &Command, output: Output) -> Output {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}: {}\n{out}\n{err}", output.status);
    output
}

/// Compiles a program of the tree, once; `standard` is `c99` or `c++11`.
pub fn compile(source: &str, standard: &str, shared: bool) -> PathBuf {
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

pub fn compiler(standard: &str, include: &Path) -> Command {
    let mut command = Command::new(if standard == "c99" { "cc" } else { "c++" });
    command.args(["-x", if standard == "c99" { "c" } else { "c++" }]);
    command.arg(format!("-std={standard}")).args(WARNINGS).arg("-I").arg(include);
    command
}

pub fn link(command: &mut Command, shared: bool) {
    let folder = installed();
    if shared {
        command.arg("-L").arg(folder).arg("-ltaipan").arg(format!("-Wl,-rpath,{}", folder.display()));
        command.arg("-lpthread");
    } else {
        command.arg(folder.join("libtaipan.a")).args(SYSTEM);
    }
}

pub fn managers() -> Vec<&'static str> {
    taipan_gc::managers::all().iter().map(|facts| facts.name).collect()
}

pub fn collects(manager: &str) -> bool {
    taipan_gc::managers::all().iter().any(|facts| facts.name == manager && facts.collects)
}

pub fn has(tool: &str) -> bool {
    Command::new(tool).arg("--version").output().is_ok_and(|output| output.status.success())
}
