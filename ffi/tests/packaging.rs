//! Taipan as an installed C library: `ffi/install.sh` into a prefix of its own, and from there the programs of `examples/project`, built by make
//! with pkg-config and by CMake, shared and static, under every manager; the library loaded by a program and by CPython.
//!
//! What the C functions do is for the other tests.

mod hosts;

use hosts::*;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// A folder of this process, of which there may be one for each test; deleted by the first one that comes when the process is over.
fn scratch(name: &str) -> PathBuf {
    let all = Path::new(env!("CARGO_TARGET_TMPDIR")).join("packaging");
    for old in std::fs::read_dir(&all).into_iter().flatten().flatten() {
        if !Path::new("/proc").join(old.file_name()).exists() {
            let _ = std::fs::remove_dir_all(old.path());
        }
    }
    let folder = all.join(std::process::id().to_string()).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// The script with the library of this test's profile, under the names that cargo gives it in the end.
fn install_script() -> Command {
    static FROM: OnceLock<PathBuf> = OnceLock::new();
    let from = FROM.get_or_init(|| {
        let from = scratch("from");
        for (name, cargo) in [("libtaipan.so.0", "libtaipan_ffi.so"), ("libtaipan.a", "libtaipan_ffi.a")] {
            std::os::unix::fs::symlink(installed().join(name), from.join(cargo)).unwrap();
        }
        from
    });
    let mut command = Command::new("sh");
    command.arg(root().join("ffi/install.sh")).arg("--from").arg(from);
    command
}

/// The prefix into which Taipan is installed for these tests; `None`, and a message, without binutils.
fn prefix() -> Option<&'static Path> {
    static PREFIX: OnceLock<Option<PathBuf>> = OnceLock::new();
    let made = PREFIX.get_or_init(|| {
        let missing = ["ld", "nm", "objcopy", "readelf", "strip"].into_iter().find(|tool| !has(tool));
        if let Some(tool) = missing {
            println!("SKIPPED: {tool} is not installed");
            return None;
        }
        let prefix = scratch("prefix");
        checked(install_script().args(["--strip", "--prefix"]).arg(&prefix));
        Some(prefix)
    });
    made.as_deref()
}

fn printed(command: &mut Command) -> String {
    String::from_utf8_lossy(&checked(command).stdout).into_owned()
}

/// The global symbols that `nm` finds defined, sorted.
fn defined(nm: &[&str], file: &Path) -> Vec<String> {
    let text = printed(Command::new("nm").args(nm).arg("--defined-only").arg(file));
    let named = |line: &str| match line.split_whitespace().collect::<Vec<_>>()[..] {
        [_, _, name] => Some(name.to_owned()),
        _ => None,
    };
    let mut names: Vec<String> = text.lines().filter_map(named).collect();
    names.sort_unstable();
    names
}

#[test]
fn both_libraries_define_the_same_names_and_no_others() {
    let Some(prefix) = prefix() else { return };
    let shared = defined(&["-D"], &prefix.join("lib/libtaipan.so"));
    let archived = defined(&["-g"], &prefix.join("lib/libtaipan.a"));
    assert_eq!(shared, archived);
    assert!(shared.len() > 90 && shared.iter().all(|name| name.starts_with("tpn_")), "{shared:?}");
    let dynamic = printed(Command::new("readelf").arg("-d").arg(prefix.join("lib/libtaipan.so")));
    assert!(dynamic.contains("Library soname: [libtaipan.so.0]"), "{dynamic}");
}

/// A host with another Rust library in it: both bring the whole standard library along.
#[test]
fn the_archive_links_beside_another_rust_library() {
    let Some(prefix) = prefix() else { return };
    let folder = scratch("beside");
    let rust = "#[no_mangle] pub extern \"C\" fn other(n: usize) -> usize {
        std::panic::catch_unwind(|| if n == 0 { std::panic::resume_unwind(Box::new(n)) } else { vec![1; n].len() }).unwrap_or(7)
    }";
    let c = "#include <taipan.h>
size_t other(size_t n);
int main(void) {
    tpn_heap *heap; tpn_ctx *ctx; int64_t n = 0;
    if (tpn_heap_new(NULL, &heap, NULL, 0) != 0 || tpn_attach_heap(heap, &ctx) != 0) return 1;
    if (tpn_to_i64(ctx, tpn_eval(ctx, \"6 * 7\", TPN_STRLEN, NULL), &n) != 0 || n != 42) return 2;
    return other(0) == 7 && other(3) == 3 ? (int)tpn_heap_free(heap) : 3;
}";
    std::fs::write(folder.join("other.rs"), rust).unwrap();
    std::fs::write(folder.join("host.c"), c).unwrap();
    let rustc = Path::new(env!("CARGO")).with_file_name("rustc");
    checked(Command::new(rustc).current_dir(&folder).args(["--crate-type", "staticlib", "other.rs"]));
    let link = |taipan: &Path| {
        let mut command = Command::new("cc");
        command.current_dir(&folder).arg("-I").arg(prefix.join("include")).args(["host.c", "-o", "host"]);
        // All of both: what an archive has is otherwise only looked at when something is missing.
        command.arg("-Wl,--whole-archive").arg(taipan).args(["libother.a", "-Wl,--no-whole-archive"]);
        command.args(["-lpthread", "-ldl", "-lm"]);
        command
    };
    checked(&mut link(&prefix.join("lib/libtaipan.a")));
    checked(&mut Command::new(folder.join("host")));
    // So would it go without the script's work.
    let raw = link(&installed().join("libtaipan.a")).output().unwrap();
    assert!(
        String::from_utf8_lossy(&raw.stderr).contains("multiple definition"),
        "the raw archive links, too"
    );
}

/// A copy of the project, to build in.
fn project(name: &str) -> PathBuf {
    let folder = scratch(name);
    for entry in std::fs::read_dir(root().join("examples/project")).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, folder.join(path.file_name().unwrap())).unwrap();
    }
    folder
}

fn expected(name: &str) -> String {
    std::fs::read_to_string(root().join("examples/project").join(format!("{name}.expected"))).unwrap()
}

/// Runs what was built, in `folder` below the project, under every manager.
fn run_project(project: &Path, folder: &Path, shared: bool) {
    let library = if shared { "libtaipan.so.0" } else { "statically" };
    for (program, inputs) in [("filter", &["keep.py", "lines.txt"][..]), ("prices", &["prices.py"])] {
        let program_path = folder.join(program);
        let needs = printed(Command::new("readelf").arg("-d").arg(&program_path));
        assert_eq!(needs.contains("libtaipan.so.0]"), shared, "{program} should use {library}: {needs}");
        for manager in managers() {
            let mut command = Command::new(&program_path);
            command.current_dir(project).arg(manager).args(inputs);
            assert_eq!(printed(&mut command), expected(program), "{program}, {library}, {manager}");
        }
    }
}

#[test]
fn the_project_builds_with_pkg_config() {
    let Some(prefix) = prefix() else { return };
    if !has("pkg-config") || !has("make") {
        println!("SKIPPED: make or pkg-config is not installed");
        return;
    }
    for link in ["shared", "static"] {
        let folder = project(&format!("make-{link}"));
        let mut command = Command::new("make");
        command.current_dir(&folder).arg(format!("LINK={link}")).arg("CFLAGS=-Wall -Wextra -Werror");
        checked(
            command
                .arg("CXXFLAGS=-Wall -Wextra -Werror")
                .env("PKG_CONFIG_PATH", prefix.join("lib/pkgconfig")),
        );
        run_project(&folder, &folder, link == "shared");
    }
}

#[test]
fn the_project_builds_with_cmake() {
    let Some(prefix) = prefix() else { return };
    if !has("cmake") {
        println!("SKIPPED: cmake is not installed");
        return;
    }
    // The tree may be moved.
    let moved = scratch("moved").join("taipan");
    checked(Command::new("cp").arg("-R").arg(prefix).arg(&moved));
    let configure = |folder: &Path, link: &str| {
        let mut command = Command::new("cmake");
        command.current_dir(folder).args(["-S", ".", "-B", "build"]).arg(format!("-DLINK={link}"));
        command.arg(format!("-DCMAKE_PREFIX_PATH={}", moved.display()));
        command
    };
    for link in ["shared", "static"] {
        let folder = project(&format!("cmake-{link}"));
        checked(&mut configure(&folder, link));
        checked(Command::new("cmake").current_dir(&folder).args(["--build", "build"]));
        run_project(&folder, &folder.join("build"), link == "shared");
    }
    let folder = project("cmake-versions");
    let refused = configure(&folder, "borrowed").output().unwrap();
    let message = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && message.contains("no component borrowed"), "{message}");
    let lists = std::fs::read_to_string(folder.join("CMakeLists.txt")).unwrap();
    for (asked, good) in [("0.2", false), ("0.0.5", false), ("0.1.99", false), ("1", false), ("0.1.0", true)]
    {
        let lists = lists.replace("find_package(taipan 0.1 ", &format!("find_package(taipan {asked} "));
        std::fs::write(folder.join("CMakeLists.txt"), lists).unwrap();
        let output = configure(&folder, "shared").output().unwrap();
        assert_eq!(output.status.success(), good, "{asked}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// `dlopen` from C, and `ctypes` from CPython.
#[test]
fn the_library_can_be_loaded() {
    let Some(prefix) = prefix() else { return };
    let (folder, library) = (project("loaded"), prefix.join("lib/libtaipan.so.0"));
    let mut command = compiler("c99", &prefix.join("include"));
    checked(command.current_dir(&folder).args(["loader.c", "-o", "loader", "-ldl"]));
    let python = has("python3");
    if !python {
        println!("SKIPPED: python3 is not installed");
    }
    for manager in managers() {
        let mut loader = Command::new(folder.join("loader"));
        assert_eq!(printed(loader.arg(&library).arg(manager)), expected("loader"), "{manager}");
        if python {
            let mut ctypes = Command::new("python3");
            ctypes.current_dir(&folder).arg("ctypes_host.py").arg(&library).arg(manager);
            assert_eq!(printed(&mut ctypes), expected("ctypes_host"), "{manager}");
        }
    }
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let text = printed(Command::new("find").arg(folder).args(["(", "-type", "f", "-o", "-type", "l", ")"]));
    text.lines().map(PathBuf::from).collect()
}

#[test]
fn the_script_installs_packages_and_takes_them_away() {
    if prefix().is_none() {
        return;
    }
    let staging = scratch("staging");
    let script = || {
        let mut command = install_script();
        command.args(["--prefix=/opt/taipan", "--libdir", "lib/x86", "--includedir=/opt/taipan/include/tpn"]);
        command.arg("--destdir").arg(&staging);
        command
    };
    checked(&mut script());
    let found = files(&staging);
    assert_eq!(found.len(), 11, "{found:?}");
    let text = |name: &str| std::fs::read_to_string(staging.join("opt/taipan").join(name)).unwrap();
    assert!(text("lib/x86/pkgconfig/taipan.pc").contains("prefix=/opt/taipan\nlibdir=${prefix}/lib/x86\n"));
    assert!(text("lib/x86/cmake/taipan/taipan-config.cmake").contains("/../../../..\""));
    for name in found.iter().filter(|name| name.extension().is_some_and(|e| e == "pc" || e == "cmake")) {
        let text = std::fs::read_to_string(name).unwrap();
        assert!(!text.contains(&*staging.to_string_lossy()) && !text.contains("@libdir"), "{name:?}: {text}");
    }
    checked(script().arg("--uninstall"));
    assert_eq!(files(&staging), Vec::<PathBuf>::new());
}

#[test]
fn wrong_options_are_clear_errors() {
    for (arguments, message) in [
        (&["--prefx", "/opt"][..], "unknown option --prefx"),
        (&["--prefix"], "--prefix needs a value"),
        (&["--prefix", "here"], "--prefix here is not absolute"),
        (&["--prefix=/opt", "--libdir=/usr/lib"], "--libdir /usr/lib is not below the prefix /opt"),
        (&["--prefix=/opt", "--from=/nowhere"], "no libtaipan_ffi.so in /nowhere: run cargo build --release"),
        (&["everything"], "what is 'everything'?"),
    ] {
        let output = install_script().args(arguments).output().unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && text.contains(message), "{arguments:?}: {text}");
    }
    assert!(printed(install_script().arg("--help")).contains("--destdir"));
}

/// Compiles a C++ program against the installed headers.
fn cpp(source: &Path, flags: &[&str], output: &Path) -> Command {
    let mut command = Command::new("c++");
    command.args(flags).args(WARNINGS).arg(source).arg("-o").arg(output);
    command
}

#[test]
fn the_cpp_header_keeps_its_word() {
    let Some(prefix) = prefix() else { return };
    let (folder, source) = (scratch("cpp"), root().join("ffi/tests/cpp.cpp"));
    let include = format!("-I{}", prefix.join("include").display());
    let library = prefix.join("lib");
    let rpath = format!("-Wl,-rpath,{}", library.display());
    // Both kinds of errors in one program: the other's main has another name.
    let other = folder.join("other.o");
    checked(&mut cpp(
        &source,
        &["-std=c++17", &include, "-c", "-fno-exceptions", "-fno-rtti", "-Dmain=other"],
        &other,
    ));
    for flags in [&["-std=c++11"][..], &["-std=c++20"], &["-std=c++11", "-fno-exceptions", "-fno-rtti"]] {
        let program = folder.join(flags.concat());
        let mut command = cpp(&source, flags, &program);
        if flags == ["-std=c++11"] {
            command.arg(&other);
        }
        checked(command.arg(&include).arg("-L").arg(&library).args(["-ltaipan", &rpath]));
        for manager in managers() {
            checked(Command::new(&program).arg(manager));
        }
    }
}

/// The programs of the guide print what it says that they print.
#[test]
fn the_guide_is_right() {
    let Some(prefix) = prefix() else { return };
    let folder = scratch("guide");
    let guide = std::fs::read_to_string(root().join("docs/embedding.md")).unwrap();
    // Text and blocks by turns.
    let blocks: Vec<&str> = guide.split("```").skip(1).step_by(2).collect();
    let mut programs = 0;
    for (at, block) in blocks.iter().enumerate() {
        let (language, text) = block.split_once('\n').unwrap();
        let standard = match language {
            "c" => "c99",
            "cpp" => "c++11",
            _ => continue,
        };
        let output = blocks.get(at + 1).and_then(|next| next.strip_prefix("text\n"));
        let output = output.unwrap_or_else(|| panic!("what does this print?\n{text}"));
        let (source, program) = (folder.join(format!("guide.{language}")), folder.join(format!("guide{at}")));
        std::fs::write(&source, text).unwrap();
        let mut command = compiler(standard, &prefix.join("include"));
        command.arg(&source).args(["-x", "none", "-o"]).arg(&program).arg(prefix.join("lib/libtaipan.a"));
        checked(command.args(["-lpthread", "-ldl", "-lm"]));
        assert_eq!(printed(&mut Command::new(&program)), output, "{text}");
        programs += 1;
    }
    assert!(programs >= 5, "{programs} programs");
}
