//! Programs of pyperformance, unmodified, under every manager, plain and stressed: what they compute must be what CPython computed.
//!
//! The programs are not kept here: `tests/pyperformance/run.sh` gets them, and gives their folder in `PYPERFORMANCE`. Without it there is
//! nothing to run.

use libtest_mimic::{Arguments, Failed, Trial};
use std::path::Path;
use taipan_gc::manager::ManagerFactory;
use taipan_gc::Zeal;
use taipan_tests::programs::{first_difference, folder, names_in, Job};

/// A verified collection costs time in proportion to the heap: a prime number of allocations between them.
const MODES: [(&str, Zeal); 2] =
    [("plain", Zeal::OFF), ("zeal", Zeal { collect_every: 997, verify: true, poison: true, ..Zeal::OFF })];

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    match std::env::var("PYPERFORMANCE") {
        Ok(programs) => {
            for factory in taipan_tests::managers() {
                let manager = factory().facts().name;
                for (mode, zeal) in MODES {
                    for program in names_in(&folder("pyperformance"), ".out") {
                        let programs = programs.clone();
                        trials.push(Trial::test(format!("{manager}::{mode}::{program}"), move || {
                            check(factory, zeal, &programs, &program).map_err(Failed::from)
                        }));
                    }
                }
            }
        }
        Err(_) => eprintln!(
            "PYPERFORMANCE is not set: nothing to run (tests/pyperformance/run.sh gets the programs)"
        ),
    }
    libtest_mimic::run(&arguments, trials).exit();
}

fn check(factory: ManagerFactory, zeal: Zeal, programs: &str, program: &str) -> Result<(), String> {
    let here = folder("pyperformance");
    let read = |path: &Path| std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()));
    let driver = read(&here.join("driver.py"))?;
    let job = Job {
        factory,
        zeal,
        heap_limit: None,
        program: format!("FOLDER = {programs:?}\nNAME = {program:?}\n{driver}").into(),
        filename: "driver.py".to_owned(),
        path: Vec::new(),
    };
    let outcome = job.run()?;
    let expected = read(&here.join(format!("{program}.out")))?;
    match first_difference(&expected, &outcome.output) {
        None if outcome.status == 0 => Ok(()),
        None => Err(format!("exit status {}\n{}", outcome.status, outcome.errors)),
        Some(difference) => Err(format!("{difference}\n{}", outcome.errors)),
    }
}
