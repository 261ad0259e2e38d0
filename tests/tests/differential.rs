//! Whether the expected outputs in the tree are CPython's: where there is a CPython 3.11 at `/usr/bin/python3`, it runs the programs again.
//!
//! The programs suite compares our output with those files; this one compares the files with their origin. Without that CPython it says so and
//! passes.

use std::path::Path;
use std::process::Command;
use taipan_tests::programs::{first_difference, folder, programs_in};

const PYTHON: &str = "/usr/bin/python3";

/// Runs the oracle in a folder; `None` when there is none of the right version.
fn python(folder: &Path, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new(PYTHON);
    command.args(arguments).current_dir(folder).env("PYTHONPATH", "lib").env("PYTHONIOENCODING", "utf-8");
    let output = command.output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn expected_outputs_are_cpythons() {
    let folder = folder("programs");
    let version = python(&folder, &["-c", "import sys; print(sys.version_info[:2])"]);
    if version.as_deref() != Some("(3, 11)\n") {
        println!("skipped: no CPython 3.11 at {PYTHON}");
        return;
    }
    let mut failures = Vec::new();
    let programs = programs_in(&folder);
    for program in &programs {
        let found = python(&folder, &["-B", &format!("{program}.py")]).unwrap_or_default();
        let expected = std::fs::read_to_string(folder.join(format!("{program}.out"))).unwrap_or_default();
        if let Some(difference) = first_difference(&expected, &found) {
            failures.push(format!("{program}: {difference}"));
        }
    }
    println!("{} programs compared with CPython", programs.len());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
