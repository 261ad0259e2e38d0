//! Bytecode that is kept and loaded again: every program of the suite comes back as it was and runs as it did, and bytecode that has been
//! changed is refused, or harmless. The number of changes: `TAIPAN_CHANGES=10000 cargo test -p taipan-tests --test bytecode changed`.

use std::sync::Arc;
use taipan::bytecode::codec::{dump, load, LoadError};
use taipan::bytecode::CodeUnit;
use taipan::compile::{compile_source, Options};
use taipan::syntax::Mode;
use taipan_gc::{Facts, Zeal};
use taipan_tests::fuzzing::{changed, run_loaded, Stress};
use taipan_tests::generate::Random;
use taipan_tests::programs::{first_difference, folder, programs_in, Job, KnownFailures, Program};

/// How many changed versions of each program are loaded, and how many are run of all that are accepted.
const CHANGES: usize = 100;
const RUNS: usize = 150;

/// The programs of the suite, compiled.
fn programs() -> Vec<(String, CodeUnit)> {
    let there = folder("programs");
    let all = programs_in(&there).into_iter();
    let compiled = all.map(|name| {
        let file = format!("{name}.py");
        let text = std::fs::read(there.join(&file)).expect("a program");
        let unit = compile_source(&text[..], &file, Mode::Exec, Options::default());
        (name, unit.unwrap_or_else(|error| panic!("{file}: {}", error.message)))
    });
    compiled.collect()
}

#[test]
fn programs_come_back_as_they_were() {
    let (mut count, mut bytes_in_all) = (0, 0);
    for (name, unit) in programs() {
        let bytes = dump(&unit);
        let again = load(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        // Constants that are NaN are not equal to themselves; their bytes are.
        assert!(again == unit || dump(&again) == bytes, "{name} is not what it was");
        assert_eq!(dump(&again), bytes, "{name}");
        count += 1;
        bytes_in_all += bytes.len();
    }
    println!("{count} programs, {bytes_in_all} bytes");
}

/// Each program under one of the managers: what they do with code is the same whether it was loaded.
#[test]
fn loaded_programs_print_the_same() {
    let here = folder("programs");
    std::env::set_current_dir(&here).expect("the programs' folder");
    let known = KnownFailures::read(&here.join("known_failures.txt"));
    let managers = taipan_tests::managers();
    let folder = here.to_string_lossy().into_owned();
    let mut failures = Vec::new();
    for (n, (name, unit)) in programs().into_iter().enumerate() {
        let factory = managers[n % managers.len()];
        let Facts { name: manager, .. } = factory().facts();
        let job = Job {
            factory,
            zeal: Zeal::OFF,
            heap_limit: None,
            program: Program::Unit(Arc::new(load(&dump(&unit)).expect("it loads"))),
            filename: format!("{name}.py"),
            path: vec![folder.clone(), format!("{folder}/lib")],
        };
        let expected = std::fs::read_to_string(here.join(format!("{name}.out"))).expect("its output");
        let result = job.run().and_then(|outcome| match first_difference(&expected, &outcome.output) {
            None if outcome.status == 0 => Ok(()),
            difference => Err(format!("{}\n{}", difference.unwrap_or_default(), outcome.errors)),
        });
        if let Err(why) = known.judge(&name, manager, result) {
            failures.push(format!("{name} under {manager}: {why}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn changed_bytecode_is_refused_or_harmless() {
    let changes = std::env::var("TAIPAN_CHANGES").ok().and_then(|text| text.parse().ok()).unwrap_or(CHANGES);
    let runs = RUNS.max(RUNS * changes / CHANGES);
    let all: Vec<Vec<u8>> = programs().iter().map(|(_, unit)| dump(unit)).collect();
    let managers = taipan_tests::managers().len();
    // Programs take turns, so that the accepted ones that are run are of all of them.
    let per_program = runs.div_ceil(all.len());
    let (mut malformed, mut refused, mut accepted, mut run) = (0, 0, 0, 0);
    for (n, bytes) in all.iter().enumerate() {
        let mut left = per_program;
        for case in 0..changes {
            let mut random = Random::new((n * changes + case) as u64);
            let other = &all[random.below(all.len())];
            match load(&changed(&mut random, bytes, other)) {
                Ok(unit) => {
                    accepted += 1;
                    // Verified collections take long: the heap holds the builtins.
                    if left > 0 && run < runs && !(n + case).is_multiple_of(2) {
                        let zeal = Zeal { collect_every: 997, verify: true, poison: true, ..Zeal::OFF };
                        run_loaded((run % managers) as u8, Stress { zeal, fuel: Some(100_000) }, unit);
                        left -= 1;
                        run += 1;
                    }
                }
                Err(LoadError::Refused(_)) => refused += 1,
                Err(LoadError::Malformed { .. }) => malformed += 1,
                Err(error) => panic!("program {n}, case {case}: the header is right, but: {error}"),
            }
        }
    }
    println!(
        "{} cases: {malformed} malformed, {refused} refused by the verifier, {accepted} accepted, {run} of them run",
        all.len() * changes
    );
    assert!(malformed > 0 && refused > 0 && run > 0);
}
