//! The contract suite as tests: one for each manager, mode and case, named so.

use libtest_mimic::{Arguments, Trial};
use taipan_tests::contract::{cases, Bench, MODES};

fn main() {
    let mut trials = Vec::new();
    for factory in taipan_tests::managers() {
        for mode in MODES {
            let bench = Bench { factory, mode };
            for case in cases(bench.facts()) {
                let name = format!("{}::{}::{}", bench.facts().name, mode.name, case.name);
                trials.push(Trial::test(name, move || {
                    (case.run)(&bench);
                    Ok(())
                }));
            }
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}
