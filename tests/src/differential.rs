//! Runs a program in every way there is, and says where the ways part: under each manager, stressed and not, and under CPython.

use crate::generate;
use crate::programs::{first_difference, Job};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use taipan_gc::manager::ManagerFactory;
use taipan_gc::Zeal;

/// What stress a program is put under, by name.
pub const STRESS: &[(&str, Zeal)] = &[
    ("zeal 1", Zeal { collect_every: 1, verify: false, poison: true, fail_at: 0, fail_more: 0 }),
    ("zeal 23, verified", Zeal { collect_every: 23, verify: true, poison: true, fail_at: 0, fail_more: 0 }),
];

/// Modules that programs use if they are there.
const OPTIONAL: &[&str] = &["weakref"];

const PLAIN: Zeal = Zeal { collect_every: 0, verify: false, poison: false, fail_at: 0, fail_more: 0 };

/// Where two ways of running a program part, for people; `None`: nowhere. `python` is what CPython prints, if it was asked.
pub fn difference(source: &str, python: Option<&str>, stressed: bool) -> Option<String> {
    // What CPython can't hold in its memory is no program to compare.
    if python.is_some_and(|output| output.contains("MemoryError")) {
        return None;
    }
    let mut expected = python.map(|output| ("CPython".to_owned(), comparable(output)));
    let mut modes = vec![("plain", PLAIN)];
    if stressed {
        modes.extend(STRESS);
    }
    for (mode, zeal) in modes {
        for factory in crate::managers() {
            let facts = factory().facts();
            let name = format!("{}, {mode}", facts.name);
            let output = match output(source, factory, zeal) {
                Ok(output) => comparable(&output),
                Err(message) => return Some(format!("under {name}: {message}")),
            };
            match &expected {
                None if facts.collects => expected = Some((name, output)),
                None => {}
                Some((base, expected)) => {
                    let (expected, output) = match facts.collects {
                        true => (expected.clone(), output),
                        false => (without_accounts(expected), without_accounts(&output)),
                    };
                    if let Some(difference) = first_difference(&expected, &output) {
                        return Some(format!("expected is {base}, found is {name}: {difference}"));
                    }
                }
            }
        }
    }
    None
}

/// An output without the operands of comparisons that failed: in which order a sort compares what it can't compare is nobody's business.
fn comparable(output: &str) -> String {
    let phrase = " not supported between instances of";
    let lines = output.split_inclusive('\n').map(|line| match line.find(phrase) {
        Some(at) => format!("{}{phrase}\n", &line[..at]),
        None => line.to_owned(),
    });
    lines.collect()
}

/// An output without the lines that say what has died: nothing has, where nothing is collected.
fn without_accounts(output: &str) -> String {
    let accounts = ["after main ", "at the end "];
    let lines = output.lines().filter(|line| !accounts.iter().any(|account| line.starts_with(account)));
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// What a program prints under a manager.
fn output(source: &str, factory: ManagerFactory, zeal: Zeal) -> Result<String, String> {
    let job = Job { factory, zeal, source: source.into(), filename: "program.py".into(), path: Vec::new() };
    let outcome = job.run()?;
    // Finalizers that run when the heap closes find no globals any more.
    let complains = factory().facts().collects && !outcome.errors.is_empty();
    if outcome.status != 0 || complains {
        return Err(format!("it ended with status {} and this:\n{}", outcome.status, outcome.errors));
    }
    Ok(outcome.output)
}

/// What CPython prints for each of the programs.
pub fn python(command: &Path, programs: &[String]) -> Result<Vec<String>, String> {
    let folder = std::env::temp_dir().join(format!("taipan-differential-{}", std::process::id()));
    let failed = |error: std::io::Error| format!("{}: {error}", command.display());
    std::fs::create_dir_all(&folder).map_err(failed)?;
    let (batch, script) = (folder.join("programs"), folder.join("batch.py"));
    let write = || {
        std::fs::write(&script, include_str!("generate/batch.py"))?;
        let mut file = std::io::BufWriter::new(std::fs::File::create(&batch)?);
        for program in programs {
            write!(file, "{}\n{program}", program.len())?;
        }
        file.flush()
    };
    let mine = |name: &&&str| output(&format!("import {name}\n"), crate::managers()[0], PLAIN).is_err();
    let lacking: Vec<&&str> = OPTIONAL.iter().filter(mine).collect();
    let run = || {
        let mut command = Command::new(command);
        command.args(["-B", "-W", "ignore"]).arg(&script).arg(&batch).args(lacking);
        command.stdin(Stdio::null()).output()
    };
    let ended = write().and_then(|()| run());
    let _ = std::fs::remove_dir_all(&folder);
    let ended = ended.map_err(failed)?;
    let outputs = split(&ended.stdout);
    if !ended.status.success() || outputs.len() != programs.len() {
        let errors = String::from_utf8_lossy(&ended.stderr);
        return Err(format!(
            "{}: {} after {} programs\n{errors}",
            command.display(),
            ended.status,
            outputs.len()
        ));
    }
    Ok(outputs)
}

/// Takes a batch's output apart.
fn split(mut rest: &[u8]) -> Vec<String> {
    let mut outputs = Vec::new();
    while let Some(end) = rest.iter().position(|&byte| byte == b'\n') {
        let length = std::str::from_utf8(&rest[..end]).ok().and_then(|digits| digits.parse::<usize>().ok());
        let Some(output) = length.and_then(|length| rest.get(end + 1..end + 1 + length)) else { break };
        outputs.push(String::from_utf8_lossy(output).into_owned());
        rest = &rest[end + 1 + output.len()..];
    }
    outputs
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

    #[test]
    fn batches_are_taken_apart() {
        assert_eq!(split(b"3\nab\n0\n2\nxy"), ["ab\n", "", "xy"]);
    }
}
