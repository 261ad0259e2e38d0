//! When objects die: the programs of `tests/promptness` print from finalizers and from functions that weak references call back, and must print
//! exactly what CPython 3.11 printed, under every manager that finalizes promptly, plain and stressed.
//!
//! One case for each program, manager and mode: `cargo test -p taipan-tests --test promptness cycle::plain::exceptions`.

use libtest_mimic::{Arguments, Failed, Trial};
use taipan_gc::manager::ManagerFactory;
use taipan_gc::{Facts, Zeal};
use taipan_tests::programs::{first_difference, folder, programs_in, Job};

/// Stress must not change when anything dies but what only a collection finds: no cycle of these programs is left to chance for so long.
const MODES: [(&str, Zeal); 2] =
    [("plain", Zeal::OFF), ("zeal", Zeal { collect_every: 211, verify: true, poison: true, ..Zeal::OFF })];

/// The texts under the lines `#: title` of a file.
fn sections(file: &str) -> Result<Vec<(String, String)>, String> {
    let path = folder("promptness").join(file);
    let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let parts = text.split("#: ").skip(1).map(|part| part.split_once('\n').unwrap_or((part, "")));
    Ok(parts.map(|(title, body)| (title.to_owned(), body.to_owned())).collect())
}

fn main() {
    let arguments = Arguments::from_args();
    match trials() {
        Ok(trials) => libtest_mimic::run(&arguments, trials).exit(),
        Err(error) => panic!("{error}"),
    }
}

fn trials() -> Result<Vec<Trial>, String> {
    let prelude =
        std::fs::read_to_string(folder("promptness").join("prelude.py")).map_err(|e| e.to_string())?;
    let prompt: Vec<ManagerFactory> =
        taipan_tests::managers().into_iter().filter(|factory| factory().facts().prompt).collect();
    let mut trials = Vec::new();
    for topic in programs_in(&folder("promptness")).into_iter().filter(|t| t != "prelude" && t != "regen") {
        let expected = sections(&format!("{topic}.out"))?;
        for (n, (title, source)) in sections(&format!("{topic}.py"))?.into_iter().enumerate() {
            let wanted = match expected.get(n) {
                Some((same, wanted)) if *same == title => wanted,
                _ => return Err(format!("{topic}.out has no part '{title}': run regen.py")),
            };
            for &factory in &prompt {
                for (mode, zeal) in MODES {
                    // Collecting again and again finds cycles early, which is what those programs are about.
                    if zeal.collect_every > 0 && source.contains("import gc") {
                        continue;
                    }
                    let (source, wanted) = (prelude.clone() + &source, wanted.clone());
                    let Facts { name, .. } = factory().facts();
                    trials.push(Trial::test(format!("{name}::{mode}::{topic}::{title}"), move || {
                        check(factory, zeal, source, &wanted).map_err(Failed::from)
                    }));
                }
            }
        }
    }
    Ok(trials)
}

fn check(factory: ManagerFactory, zeal: Zeal, source: String, wanted: &str) -> Result<(), String> {
    let job = Job {
        factory,
        zeal,
        heap_limit: None,
        program: source.into(),
        filename: "<string>".into(),
        path: Vec::new(),
    };
    let outcome = job.run()?;
    match first_difference(wanted, &outcome.output) {
        None if outcome.status == 0 => Ok(()),
        None => Err(format!("exit status {}\n{}", outcome.status, outcome.errors)),
        Some(difference) => Err(format!("{difference}\n{}", outcome.errors)),
    }
}
