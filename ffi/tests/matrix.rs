//! Every wrong call of every function of the header, made by a C host under every manager: see `taipan_abi::matrix` and the folder `matrix`.
//!
//! The host is generated and compiled here, and run once more with the sanitizers of the C compiler, where it has any. So is another one, which makes
//! good calls of every function in many rounds, after which nothing is left behind.

mod hosts;

use hosts::*;
use std::path::{Path, PathBuf};
use std::process::Command;
use taipan_abi::{files, matrix};

/// The host in a folder, compiled with these flags; none if the compiler refuses them.
fn host(folder: &Path, flags: &[&str]) -> Option<PathBuf> {
    let (text, _) = matrix::program(&files::header().unwrap()).unwrap();
    compiled(folder, &text, flags)
}

/// A generated program in a folder, compiled with these flags; none if the compiler refuses them.
fn compiled(folder: &Path, text: &str, flags: &[&str]) -> Option<PathBuf> {
    let (source, program) = (folder.join("matrix.c"), folder.join("matrix"));
    std::fs::write(&source, text).unwrap();
    let mut command = Command::new("cc");
    command.arg("-std=c11").args(WARNINGS).args(flags).arg("-I").arg(root().join("include"));
    command.arg("-I").arg(root().join("ffi/tests/matrix")).arg(&source).arg("-o").arg(&program);
    link(&mut command, true);
    if flags.is_empty() {
        checked(&mut command);
        return Some(program);
    }
    command.output().unwrap().status.success().then_some(program)
}

/// Runs it; it says how many calls it has made under each manager.
fn run(program: &Path) {
    let leaks = |detect: u8| {
        let mut command = Command::new(program);
        command.env("ASAN_OPTIONS", format!("detect_leaks={detect}"));
        command
    };
    // Looking for leaks needs ptrace, which is not allowed everywhere.
    let first = leaks(1).output().unwrap();
    let output = match String::from_utf8_lossy(&first.stderr)
        .contains("LeakSanitizer has encountered a fatal error")
    {
        true => {
            println!("SKIPPED: looking for leaks, which is not allowed here");
            checked(&mut leaks(0))
        }
        false => succeeded(&leaks(1), first),
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    println!("{text}");
    let (_, cases) = matrix::program(&files::header().unwrap()).unwrap();
    for manager in managers() {
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("{manager}: ")));
        let made: usize = line.and_then(|l| l.split(' ').next()?.parse().ok()).unwrap_or(0);
        // Where nothing is collected, no finalizer runs before the heap closes.
        let least = if collects(manager) { cases } else { cases / 2 };
        assert!(made >= least, "{manager}: {made} of {cases}");
    }
}

#[test]
fn every_wrong_call_comes_to_what_the_header_says() {
    let folder = tempfile::tempdir().unwrap();
    run(&host(folder.path(), &[]).unwrap());
}

#[test]
fn sanitizers_find_nothing() {
    let folder = tempfile::tempdir().unwrap();
    match host(folder.path(), &["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]) {
        Some(program) => run(&program),
        None => println!("SKIPPED: the C compiler has no sanitizers"),
    }
}

/// No parameter is left out but plain numbers, of which not all can be wrong.
#[test]
fn every_parameter_is_among_the_misuses() {
    let header = files::header().unwrap();
    let cases = matrix::cases(&header);
    for function in header.functions() {
        let signature = &function.signature;
        let (_, cases) = cases.iter().find(|(name, _)| *name == signature.name).unwrap();
        for (at, param) in signature.params.iter().enumerate() {
            let number = ["int32_t", "uint32_t", "int64_t", "uint64_t", "size_t", "double", "tpn_status"];
            let free = number.iter().any(|name| param.kind.is(name));
            let spoilt = cases.iter().any(|case| case.param == at && case.misuse != "good");
            assert!(free || spoilt, "{}: {}", signature.name, param.name);
        }
        assert!(cases.iter().any(|case| case.misuse == "good"), "{}", signature.name);
    }
}

/// Good calls of every function, all given back, leave the statistics as they were, under every manager; and it is noticed when something is not given
/// back, or is kept.
#[test]
fn rounds_of_good_calls_leave_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let (text, functions) = matrix::rounds(&files::header().unwrap()).unwrap();
    let program = compiled(folder.path(), &text, &[]).unwrap();
    let output = checked(&mut Command::new(&program));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    println!("{said}");
    for manager in managers() {
        // Nothing is finalized or traced where nothing is collected.
        let made = if collects(manager) { functions } else { functions - 2 };
        assert!(
            said.contains(&format!("{manager}: {made} functions, 200 rounds each\n")),
            "{manager}: {said}"
        );
    }
    for (mutation, function, left) in [
        ("forget", "tpn_ref_new", "owned references"),
        ("forget", "tpn_weak_new", "weak references"),
        ("forget", "tpn_weak_watch", "weak references"),
        ("forget", "tpn_buf_open", "open buffers"),
        ("forget", "tpn_gc_external", "external bytes"),
        ("keep", "tpn_truth", "live objects"),
    ] {
        let output = Command::new(&program).args([mutation, function]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(!output.status.success(), "{mutation} {function} is not noticed: {said}");
        // Where nothing is collected, only the counts of handles can tell.
        for manager in managers().into_iter().filter(|manager| collects(manager)) {
            let told = format!("{manager}: {function}: after 200 rounds {left} are ");
            assert!(said.contains(&told), "{manager}: {mutation} {function}: {said}");
        }
    }
}
