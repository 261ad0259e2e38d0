//! Programs in C are recorded under every manager, and replayed: the same statistics and results, under other managers the same handles and results.
//!
//! What is wrong with a recording is for `damage.rs`.

#[path = "../../tests/hosts/mod.rs"]
mod hosts;
mod shared;

use hosts::*;
use shared::*;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A program, and what it is run with after the manager.
struct Host {
    program: PathBuf,
    arguments: &'static [&'static str],
    /// It prints times, or what an allocation or an interrupt came upon, to its standard error stream alone.
    name: &'static str,
}

fn host(source: &str, arguments: &'static [&'static str]) -> Host {
    let name: &'static str =
        Box::leak(Path::new(source).file_stem().unwrap().to_string_lossy().into_owned().into());
    Host { program: compile(source, "c99", true), arguments, name }
}

fn examples() -> Vec<Host> {
    vec![
        host("examples/embed.c", &[]),
        host("examples/limits.c", &[]),
        host("examples/game.c", &["105"]),
        host("examples/vectors.c", &[]),
        fewer_lookups(),
    ]
}

fn tests() -> Vec<Host> {
    vec![
        host("ffi/tests/hosttypes.c", &[]),
        host("ffi/tests/buffers.c", &[]),
        host("ffi/tests/threads.c", &[]),
        host("ffi/tests/protocols.c", &[]),
        host("ffi/tests/sequences.c", &["0", "3"]),
    ]
}

/// The cache, with a twentieth of its work: what more of the same takes is time.
fn fewer_lookups() -> Host {
    let whole = std::fs::read_to_string(root().join("examples/lru.c")).unwrap();
    let less = whole.replace("#define LOOKUPS 100000", "#define LOOKUPS 2000");
    assert_ne!(whole, less);
    let folder = scratch("lru");
    let (source, program) = (folder.join("lru.c"), folder.join("lru"));
    std::fs::write(&source, less).unwrap();
    let mut command = compiler("c99", &root().join("include"));
    command.arg(&source).args(["-x", "none", "-o"]).arg(&program);
    link(&mut command, true);
    checked(&mut command);
    Host { program, arguments: &[], name: "lru" }
}

/// Records a host, which does what it does without that.
fn recorded(host: &Host, manager: &str, more: &[&str], folder: &Path) -> PathBuf {
    let arguments = [&[manager], host.arguments, more].concat();
    let file = folder.join(format!("{}.{manager}", host.name));
    let alone = checked(Command::new(&host.program).args(&arguments));
    let output = record(&host.program, &arguments, &file);
    assert!(output.status.success(), "{} {manager}: {}", host.name, text(&output.stderr));
    assert_eq!(text(&output.stdout), text(&alone.stdout), "{} {manager}", host.name);
    file
}

/// Under the manager of the recording everything is the same; under others what does not depend on them.
fn replay_everywhere(hosts: &[Host], folder: &str) {
    let folder = scratch(folder);
    let (mut recordings, mut replays, mut calls, mut callbacks) = (0, 0, 0, 0);
    for host in hosts {
        for (n, manager) in managers().iter().enumerate() {
            let file = recorded(host, manager, &[], &folder);
            let (made, called) = same(&mut replay(&file));
            recordings += 1;
            (calls, callbacks) = (calls + made, callbacks + called);
            // Each recording under one of the others, so that together all are seen.
            let others: Vec<_> =
                managers().into_iter().filter(|other| collects(other) && other != manager).collect();
            if collects(manager) {
                let other = others[n % others.len()];
                same(replay(&file).args(["--verify", "--manager", other]));
                replays += 1;
            }
            std::fs::remove_file(&file).unwrap();
        }
    }
    println!("{recordings} recordings of {calls} calls, in which {callbacks} functions of hosts were called; replayed, and {replays} under another manager");
}

#[test]
fn examples_replay_to_the_same_statistics() {
    replay_everywhere(&examples(), "examples");
}

#[test]
fn other_hosts_replay_to_the_same_statistics() {
    replay_everywhere(&tests(), "hosts");
}

/// Recordings of hosts that collect at every allocation, in which slots outside of payloads are copied; and recordings that are replayed so.
#[test]
fn stress_changes_nothing() {
    let folder = scratch("stress");
    let (hosttypes, buffers) = (host("ffi/tests/hosttypes.c", &[]), host("ffi/tests/buffers.c", &[]));
    // One that counts, and one that moves.
    for manager in ["cycle", "gen"] {
        same(&mut replay(&recorded(&hosttypes, manager, &["zeal"], &folder)));
        same(&mut replay(&recorded(&buffers, manager, &["stressed"], &folder)));
    }
    let gen = recorded(&hosttypes, "gen", &[], &folder);
    for manager in managers().into_iter().filter(|manager| collects(manager)) {
        same(replay(&gen).args(["--zeal", "10", "--manager", manager]));
    }
    let protocols = recorded(&host("ffi/tests/protocols.c", &[]), "cycle", &[], &folder);
    same(replay(&protocols).args(["--zeal", "400", "--manager", "gen"]));
}

#[test]
fn statistics_and_output_are_shown() {
    let folder = scratch("shown");
    let embed = host("examples/embed.c", &[]);
    let file = recorded(&embed, "refcount", &[], &folder);
    let shown = text(&checked(replay(&file).arg("--stats")).stdout);
    let row = |name: &str| {
        let line = shown.lines().find(|line| line.trim_start().starts_with(name)).unwrap_or_default();
        let numbers: Vec<u64> = line.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        numbers
    };
    assert_eq!(shown.matches("heap ").count(), 2, "{shown}");
    for name in ["owned", "host_objects", "host_finalized", "external_bytes"] {
        let numbers = row(name);
        assert!(numbers.len() == 2 && numbers[0] == numbers[1], "{name}: {shown}");
    }
    let output = text(&checked(replay(&file).arg("--output")).stdout);
    assert_eq!(output.lines().next(), Some("the heap is full, and the script goes on"), "{output}");
}

/// A host in C++, whose references are given back when functions die, and one in which allocations fail.
#[test]
fn hosts_of_other_kinds_replay() {
    let folder = scratch("others");
    let program = folder.join("cpp");
    let mut command = compiler("c++17", &root().join("include"));
    command.arg(root().join("ffi/tests/cpp.cpp")).args(["-x", "none", "-o"]).arg(&program);
    link(&mut command, true);
    checked(&mut command);
    let cpp = Host { program, arguments: &[], name: "cpp" };
    for (manager, other) in [("refcount", "mark"), ("gen", "cycle")] {
        let file = recorded(&cpp, manager, &[], &folder);
        same(&mut replay(&file));
        same(replay(&file).args(["--verify", "--manager", other]));
    }
    // Allocations that were to fail do so again: the recorder's own are not among them.
    let faults = recorded(&host("ffi/tests/faults.c", &["50"]), "cycle", &[], &folder);
    same(&mut replay(&faults));
}

/// Every function with every argument that it must refuse: nothing is left out of the tables.
#[test]
fn every_wrong_call_is_the_same() {
    let folder = scratch("matrix");
    let (source, program, file) = (folder.join("matrix.c"), folder.join("matrix"), folder.join("matrix.rec"));
    let (c, cases) = taipan_abi::matrix::program(&taipan_abi::files::header().unwrap()).unwrap();
    std::fs::write(&source, c).unwrap();
    let mut command = compiler("c99", &root().join("include"));
    command.arg("-std=c11").arg("-I").arg(root().join("ffi/tests/matrix")).arg(&source);
    command.args(["-x", "none", "-o"]).arg(&program);
    link(&mut command, true);
    checked(&mut command);
    // Under one manager: what is to be seen here is the same under each.
    let output = record(&program, &["gen"], &file);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let (calls, callbacks) = same(&mut replay(&file));
    assert!(calls as usize > cases, "{calls} of {cases}");
    println!("{calls} calls, {callbacks} functions of the host called");
}

/// The recorder in place of the library, for programs that load it by name.
#[test]
fn loaded_libraries_are_recorded() {
    let folder = scratch("loaded");
    let program = folder.join("loader");
    let mut command = compiler("c99", &root().join("include"));
    command
        .arg(root().join("examples/project/loader.c"))
        .args(["-x", "none", "-o"])
        .arg(&program)
        .arg("-ldl");
    checked(&mut command);
    let mut hosts = vec![Command::new(&program)];
    if has("python3") {
        let mut python = Command::new("python3");
        python.arg(root().join("examples/project/ctypes_host.py"));
        hosts.push(python);
    } else {
        println!("SKIPPED: python3 is not installed");
    }
    for (n, mut command) in hosts.into_iter().enumerate() {
        let file = folder.join(format!("{n}.rec"));
        command.arg(recorder()).arg("gen").env("TAIPAN_RECORD", &file);
        checked(command.env("TAIPAN_LIBRARY", installed().join("libtaipan.so.0")));
        assert!(same(&mut replay(&file)).0 > 5);
        same(replay(&file).args(["--manager", "cycle", "--verify"]));
    }
}

/// A program that crashes leaves a recording that ends with the call that it was in; its children write into none.
#[test]
fn crashes_are_recorded() {
    let folder = scratch("crash");
    let (source, program, file) = (folder.join("crash.c"), folder.join("crash"), folder.join("crash.rec"));
    let c = "#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <taipan.h>
#include <unistd.h>
static tpn_val falls(tpn_ctx *ctx, void *ud, tpn_val self, int32_t argc, const tpn_val *argv)
{
    (void)ud, (void)self, (void)argc;
    if (tpn_len(ctx, argv[0]) == 3)
        abort();
    return argv[0];
}
int main(void)
{
    tpn_heap *heap;
    tpn_ctx *ctx;
    tpn_fnspec spec;
    int status;
    if (tpn_heap_new(NULL, &heap, NULL, 0) != 0 || tpn_attach_heap(heap, &ctx) != 0)
        return 1;
    memset(&spec, 0, sizeof spec);
    spec.size = (uint32_t)sizeof spec;
    spec.name = \"falls\";
    spec.fn = falls;
    spec.max_args = 1;
    if (tpn_setattr(ctx, tpn_main(ctx), tpn_intern(ctx, \"falls\", TPN_STRLEN), tpn_func(ctx, &spec)) != 0)
        return 2;
    if (fork() == 0)
        _exit(tpn_is_err(tpn_exec(ctx, \"print(6 * 7)\", TPN_STRLEN, NULL)));
    (void)wait(&status);
    (void)tpn_exec(ctx, \"falls([1])\\nfalls([1, 2, 3])\\n\", TPN_STRLEN, NULL);
    return 0;
}
";
    std::fs::write(&source, c).unwrap();
    let mut command = compiler("c99", &root().join("include"));
    command.arg("-D_POSIX_C_SOURCE=200112L").arg(&source).args(["-x", "none", "-o"]).arg(&program);
    link(&mut command, true);
    checked(&mut command);
    let output = record(&program, &[], &file);
    assert!(!output.status.success() && text(&output.stdout) == "42\n", "{output:?}");
    let output = replay(&file).output().unwrap();
    let (shown, said) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(shown, "9 calls, 2 functions of the host called, 0 divergences\n", "{said}");
    assert!(said.contains("the recording ends within a function of the host"), "{said}");
}

#[test]
fn what_cannot_be_replayed_is_a_clear_error() {
    let folder = scratch("wrong");
    let nothing = folder.join("nothing.rec");
    std::fs::write(&nothing, "#!/bin/sh\n").unwrap();
    let file = nothing.to_string_lossy().into_owned();
    for (arguments, message) in [
        (vec![file.as_str()], "byte 0: this is no recording"),
        (vec!["/nowhere.rec"], "/nowhere.rec: No such file"),
        (vec![], "which recording?"),
        (vec!["--speed"], "unknown option --speed"),
        (vec![file.as_str(), "--zeal", "much"], "much is no number"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_taipan-replay")).args(&arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(text(&output.stderr).contains(message), "{arguments:?}: {}", text(&output.stderr));
    }
    // A file that can't be written stops nobody; nor does one that another program writes.
    let embed = host("examples/embed.c", &[]);
    let taken = folder.join("taken.rec");
    let file = std::fs::File::create(&taken).unwrap();
    file.lock().unwrap();
    for (to, why) in
        [(folder.join("no/such/folder.rec"), "No such file"), (taken, "another process writes to it")]
    {
        let output = record(&embed.program, &["gen"], &to);
        let said = text(&output.stderr);
        assert!(
            output.status.success() && said.contains("nothing is recorded") && said.contains(why),
            "{output:?}"
        );
    }
    // The number of the process.
    assert!(record(&embed.program, &["gen"], &folder.join("of-%p.rec")).status.success());
    let names =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let named: Vec<String> = names.filter(|name| name.starts_with("of-")).collect();
    assert!(named.len() == 1 && !named[0].contains('%'), "{named:?}");
    // Calls as text.
    let listed = text(&checked(replay(&folder.join(&named[0])).arg("--list")).stdout);
    assert!(listed.contains("tpn_intern(ctx 2, utf8 \"greet\", len 18446744073709551615)"), "{listed}");
}
