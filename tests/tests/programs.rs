//! Every program of `tests/programs` under every manager, plain and stressed: what it prints must be what CPython 3.11 printed.
//!
//! One case for each program, manager and mode: `cargo test -p taipan-tests --test programs mark::plain::closures`. Failures that are known
//! are listed with their reasons in `programs/known_failures.txt`; one that passes is an error.

use libtest_mimic::{Arguments, Failed, Trial};
use std::sync::Arc;
use taipan_gc::manager::ManagerFactory;
use taipan_gc::{Facts, Zeal};
use taipan_tests::programs::{first_difference, folder, programs_in, Job, KnownFailures, Program};

/// A way to run programs.
#[derive(Clone, Copy)]
struct Mode {
    name: &'static str,
    zeal: Zeal,
}

impl Mode {
    /// Where nothing is ever freed, all garbage is verified with each collection: fewer of them.
    fn zeal_of(self, collects: bool) -> Zeal {
        let rarer = if collects { 1 } else { 97 };
        Zeal { collect_every: self.zeal.collect_every * rarer, ..self.zeal }
    }
}

/// Verified collections cost time in proportion to the heap, which holds the builtins: prime numbers of allocations between them, so that
/// the moments differ from program to program.
const MODES: [Mode; 2] = [
    Mode { name: "plain", zeal: Zeal::OFF },
    Mode { name: "zeal", zeal: Zeal { collect_every: 997, verify: true, poison: true, ..Zeal::OFF } },
];

fn main() {
    let arguments = Arguments::from_args();
    let programs = folder("programs");
    // Programs that open files and the names in their messages are relative to their folder.
    if let Err(error) = std::env::set_current_dir(&programs) {
        panic!("{}: {error}", programs.display());
    }
    let known = Arc::new(KnownFailures::read(&programs.join("known_failures.txt")));
    let mut trials = Vec::new();
    for factory in taipan_tests::managers() {
        let Facts { name: manager, collects, .. } = factory().facts();
        for mode in MODES {
            for program in programs_in(&programs) {
                let known = known.clone();
                let zeal = mode.zeal_of(collects);
                trials.push(Trial::test(format!("{manager}::{}::{program}", mode.name), move || {
                    let result = check(factory, zeal, &program);
                    known.judge(&program, manager, result).map_err(Failed::from)
                }));
            }
        }
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn check(factory: ManagerFactory, zeal: Zeal, program: &str) -> Result<(), String> {
    let folder = folder("programs");
    let read =
        |ending: &str| std::fs::read(folder.join(format!("{program}.{ending}"))).map_err(|e| e.to_string());
    let here = folder.to_string_lossy().into_owned();
    let job = Job {
        factory,
        zeal,
        heap_limit: None,
        program: Program::Source(read("py")?),
        filename: format!("{program}.py"),
        path: vec![here.clone(), format!("{here}/lib")],
    };
    let outcome = job.run()?;
    let expected = String::from_utf8_lossy(&read("out")?).into_owned();
    match first_difference(&expected, &outcome.output) {
        None if outcome.status == 0 => Ok(()),
        None => Err(format!("exit status {}\n{}", outcome.status, outcome.errors)),
        Some(difference) => Err(format!("{difference}\n{}", outcome.errors)),
    }
}
