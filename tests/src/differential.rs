//! Runs a program in every way there is, and says where the ways part: under each manager, stressed and not, and under CPython.

use crate::generate;
use crate::programs::{first_difference, Job, Program};
use std::sync::Arc;
use taipan::compile::{compile_source, Options};
use taipan::syntax::Mode;
use taipan_gc::manager::{Facts, ManagerFactory};
use taipan_gc::Zeal;

/// What stress a program is put under, by name.
pub const STRESS: &[(&str, Zeal)] = &[
    ("zeal 1", Zeal { collect_every: 1, verify: false, poison: true, fail_at: 0, fail_more: 0 }),
    ("zeal 23, verified", Zeal { collect_every: 23, verify: true, poison: true, fail_at: 0, fail_more: 0 }),
];

const PLAIN: Zeal = Zeal { collect_every: 0, verify: false, poison: false, fail_at: 0, fail_more: 0 };

/// Where two ways of running a program part, for people; `None`: nowhere. `python` is what CPython prints, if it was asked.
pub fn difference(source: &str, python: Option<&str>, stressed: bool) -> Option<String> {
    let program = compiled(source);
    let mut expected = python.map(|output| ("CPython".to_owned(), output.to_owned()));
    let mut modes = vec![("plain", PLAIN)];
    if stressed {
        modes.extend(STRESS);
    }
    for (mode, zeal) in modes {
        for factory in crate::managers() {
            let facts = factory().facts();
            let name = format!("{}, {mode}", facts.name);
            let result = output(&program, factory, zeal);
            let (Ok(text) | Err(text)) = &result;
            if !facts.collects && text.contains("MemoryError") {
                // Where nothing is freed, less is left.
                continue;
            }
            let output = match result {
                Ok(output) => output,
                Err(message) => return Some(format!("under {name}: {message}")),
            };
            match &expected {
                None if facts.collects => expected = Some((name, output)),
                None => {}
                Some((base, expected)) => {
                    let (expected, output) = (comparable(expected, facts), comparable(&output, facts));
                    if let Some(difference) = first_difference(&expected, &output) {
                        return Some(format!("expected is {base}, found is {name}: {difference}"));
                    }
                }
            }
        }
    }
    None
}

/// An output without the lines that are a manager's own: what has died, where nothing is collected; that finalizers complained at the end,
/// where they still find the names of the program.
fn comparable(output: &str, facts: Facts) -> String {
    let accounts = ["after main ", "at the end "];
    let own = |line: &str| {
        (!facts.collects && accounts.iter().any(|account| line.starts_with(account)))
            || (!facts.prompt && line == COMPLAINT)
    };
    output.lines().filter(|line| !own(line)).flat_map(|line| [line, "\n"]).collect()
}

/// The last line of a program after whose end finalizers complained; `oracle.py` writes it, too.
const COMPLAINT: &str = "finalizers complained";
/// Most memory of a program: as much as CPython has in `oracle.py`, so that both lack it for the same programs.
const HEAP_LIMIT: Option<usize> = Some(2 << 30);
/// The name of programs in messages.
const FILENAME: &str = "program.py";

/// A program as code for all managers, or as its source where only running that says what is wrong with it.
fn compiled(source: &str) -> Program {
    match compile_source(source.as_bytes(), FILENAME, Mode::Exec, Options::default()) {
        Ok(unit) => Program::Unit(Arc::new(unit)),
        Err(_) => source.to_owned().into(),
    }
}

/// What a program prints under a manager.
fn output(program: &Program, factory: ManagerFactory, zeal: Zeal) -> Result<String, String> {
    let program = program.clone();
    let (filename, path) = (FILENAME.into(), Vec::new());
    let job = Job { factory, zeal, heap_limit: HEAP_LIMIT, program, filename, path };
    let mut outcome = job.run()?;
    let Facts { prompt, collects, .. } = factory().facts();
    if outcome.status != 0 || (collects && !prompt && !outcome.errors.is_empty()) {
        return Err(format!("it ended with status {} and this:\n{}", outcome.status, outcome.errors));
    }
    // What lives until its names are gone, in a cycle that nobody has collected, notices.
    if prompt && !outcome.errors.is_empty() {
        outcome.output += COMPLAINT;
        outcome.output += "\n";
    }
    Ok(outcome.output)
}

/// The smallest program found, by leaving statements out, of which `fails` still says so.
pub fn shrink(source: &str, fails: &mut dyn FnMut(&str) -> bool) -> String {
    let mut lines: Vec<String> = source.lines().map(str::to_owned).collect();
    loop {
        let before = lines.len();
        let mut at = lines.len();
        while at > 0 {
            at -= 1;
            if at >= lines.len() {
                continue;
            }
            for shorter in [without_statement(&lines, at), without_head(&lines, at)].into_iter().flatten() {
                if fails(&(shorter.join("\n") + "\n")) {
                    lines = shorter;
                    break;
                }
            }
        }
        if lines.len() == before {
            return lines.join("\n") + "\n";
        }
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The lines without the statement that begins at one of them, its suite included.
fn without_statement(lines: &[String], at: usize) -> Option<Vec<String>> {
    let depth = indent(&lines[at]);
    let suite =
        lines[at + 1..].iter().take_while(|line| line.trim().is_empty() || indent(line) > depth).count();
    let mut shorter = lines[..at].to_vec();
    shorter.extend_from_slice(&lines[at + 1 + suite..]);
    let emptied = at > 0 && lines[at - 1].trim_end().ends_with(':') && indent(&lines[at - 1]) < depth;
    let follows = shorter.get(at).is_some_and(|line| indent(line) == depth);
    if emptied && !follows {
        if lines[at].trim() == "pass" {
            return None;
        }
        shorter.insert(at, format!("{}pass", " ".repeat(depth)));
    }
    Some(shorter)
}

/// The lines with the suite of a compound statement in its place.
fn without_head(lines: &[String], at: usize) -> Option<Vec<String>> {
    let depth = indent(&lines[at]);
    if !lines[at].trim_end().ends_with(':') {
        return None;
    }
    let suite = lines[at + 1..].iter().take_while(|line| indent(line) > depth).count();
    let mut shorter = lines[..at].to_vec();
    shorter.extend(
        lines[at + 1..at + 1 + suite].iter().map(|line| line.get(4..).unwrap_or_default().to_owned()),
    );
    shorter.extend_from_slice(&lines[at + 1 + suite..]);
    Some(shorter)
}

/// Whether the program of a seed is put under stress, too: one in `every` is; none when that is 0.
pub fn is_stressed(seed: u64, every: u64) -> bool {
    every != 0 && generate::Random::new(seed ^ 0x5eed).bits().is_multiple_of(every)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shrinking_keeps_what_matters() {
        let source =
            "a = 1\nif a:\n    b = 2\n    for i in b:\n        needed()\n        c = 3\nelse:\n    d = 4\n";
        let shrunk = shrink(source, &mut |text| text.contains("needed()"));
        assert_eq!(shrunk, "needed()\n");
    }
}
