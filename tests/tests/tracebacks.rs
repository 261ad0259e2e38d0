//! Every program of `tests/tracebacks` under every manager: what it prints on standard error, to the caret, and its exit status must be as
//! CPython 3.11 had them.
//!
//! Of syntax errors only the place and the exception's type are compared: CPython's parser and ours word some reasons differently.

use libtest_mimic::{Arguments, Failed, Trial};
use std::sync::Arc;
use taipan_gc::manager::ManagerFactory;
use taipan_gc::Zeal;
use taipan_tests::programs::{first_difference, folder, programs_in, Job, KnownFailures};

fn main() {
    let arguments = Arguments::from_args();
    let programs = folder("tracebacks");
    // The expected lines name the files without a folder, and tracebacks read them again.
    if let Err(error) = std::env::set_current_dir(&programs) {
        panic!("{}: {error}", programs.display());
    }
    let known = Arc::new(KnownFailures::read(&programs.join("known_failures.txt")));
    let mut trials = Vec::new();
    for factory in taipan_tests::managers() {
        let manager = factory().facts().name;
        for program in programs_in(&programs) {
            let known = known.clone();
            trials.push(Trial::test(format!("{manager}::{program}"), move || {
                known.judge(&program, manager, check(factory, &program)).map_err(Failed::from)
            }));
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn check(factory: ManagerFactory, program: &str) -> Result<(), String> {
    let folder = folder("tracebacks");
    let read = |ending: &str| std::fs::read_to_string(folder.join(format!("{program}.{ending}"))).ok();
    let source = read("py").ok_or("no program")?;
    let job = Job {
        factory,
        zeal: Zeal::default(),
        heap_limit: None,
        program: source.into(),
        filename: format!("{program}.py"),
        path: vec![folder.to_string_lossy().into_owned()],
    };
    let outcome = job.run()?;
    let expected = (read("err").unwrap_or_default(), read("out").unwrap_or_default());
    let syntax = program.starts_with("syntax_");
    let (errors, found) =
        if syntax { (outline(&expected.0), outline(&outcome.errors)) } else { (expected.0, outcome.errors) };
    if let Some(difference) = first_difference(&errors, &found) {
        return Err(format!("standard error, {difference}"));
    }
    if let Some(difference) = first_difference(&expected.1, &outcome.output) {
        return Err(format!("standard output, {difference}"));
    }
    let status = read("status").and_then(|s| s.trim().parse().ok()).unwrap_or(1);
    if outcome.status != status {
        return Err(format!("exit status {}, expected {status}", outcome.status));
    }
    Ok(())
}

/// Places, and the type of the exception.
fn outline(errors: &str) -> String {
    let places = errors.lines().filter(|line| line.trim_start().starts_with("File "));
    let last = errors.lines().last().and_then(|line| line.split(':').next());
    places.chain(last).flat_map(|line| [line, "\n"]).collect()
}
