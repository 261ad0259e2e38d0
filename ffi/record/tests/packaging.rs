//! Recorder and replayer, installed by `ffi/install.sh` beside the library.

#[path = "../../tests/hosts/mod.rs"]
mod hosts;
mod shared;

use hosts::*;
use shared::*;
use std::path::Path;
use std::process::Command;

#[test]
fn they_are_installed_and_taken_away() {
    let tools = ["ld", "nm", "objcopy", "readelf", "strip"];
    if let Some(missing) = tools.into_iter().find(|tool| !has(tool)) {
        println!("SKIPPED: {missing} is not installed");
        return;
    }
    let (from, prefix) = (scratch("from"), scratch("prefix"));
    let replayer = Path::new(env!("CARGO_BIN_EXE_taipan-replay"));
    for (file, name) in [
        (installed().join("libtaipan.so.0").as_path(), "libtaipan_ffi.so"),
        (&installed().join("libtaipan.a"), "libtaipan_ffi.a"),
        (&recorder(), "libtaipan_record.so"),
        (replayer, "taipan-replay"),
    ] {
        std::os::unix::fs::symlink(file, from.join(name)).unwrap();
    }
    let script = || {
        let mut command = Command::new("sh");
        command.arg(root().join("ffi/install.sh")).args(["--strip", "--from"]).arg(&from);
        command.arg("--prefix").arg(&prefix);
        command
    };
    checked(&mut script());
    let library = prefix.join("lib/libtaipan-record.so");
    let names = |file: &Path| {
        let listed = checked(Command::new("nm").args(["-D", "--defined-only"]).arg(file));
        let mut names: Vec<String> = text(&listed.stdout)
            .lines()
            .filter_map(|line| Some(line.split(' ').nth(2)?.to_owned()))
            .collect();
        names.sort();
        names
    };
    // The recorder has what the library has.
    assert_eq!(names(&library), names(&prefix.join("lib/libtaipan.so.0")));
    // The replayer finds the library beside itself.
    let (program, file) = (compile("examples/embed.c", "c99", true), prefix.join("embed.rec"));
    let mut command = Command::new(&program);
    checked(command.arg("mark").env("LD_PRELOAD", &library).env("TAIPAN_RECORD", &file));
    assert!(same(Command::new(prefix.join("bin/taipan-replay")).arg(&file)).0 > 100);
    checked(script().arg("--uninstall"));
    assert!(!library.exists() && !prefix.join("bin/taipan-replay").exists());
}
