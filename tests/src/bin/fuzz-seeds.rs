//! `fuzz-seeds FOLDER`: writes what the targets of `fuzz/` start from into FOLDER/source, FOLDER/bytecode and FOLDER/kept: the programs of the suite,
//! the code units that the compiler makes of them, and the same as they are kept in files. `cargo fuzz cmin` then keeps what adds coverage.

use std::path::Path;
use std::process::ExitCode;
use taipan::bytecode::codec::{dump, HEADER};
use taipan::bytecode::{CodeUnit, Const};
use taipan::compile::{compile_source, Options};
use taipan::syntax::Mode;
use taipan_tests::fuzzing::encode;
use taipan_tests::programs::{folder, programs_in};

/// Bigger units teach a fuzzer little.
const LARGEST: usize = 1500;

fn main() -> ExitCode {
    let Some(target) = std::env::args().nth(1) else {
        eprintln!("usage: fuzz-seeds FOLDER");
        return ExitCode::from(2);
    };
    match write(Path::new(&target)) {
        Ok(count) => {
            println!("{count} seeds");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("fuzz-seeds: {error}");
            ExitCode::FAILURE
        }
    }
}

fn write(target: &Path) -> std::io::Result<usize> {
    let [sources, units, kept] = ["source", "bytecode", "kept"].map(|name| target.join(name));
    for folder in [&sources, &units, &kept] {
        std::fs::create_dir_all(folder)?;
    }
    let programs = folder("programs");
    let mut count = 0;
    for (n, name) in programs_in(&programs).iter().enumerate() {
        let text = std::fs::read(programs.join(format!("{name}.py")))?;
        // The first byte chooses the manager.
        std::fs::write(sources.join(name), [&[n as u8], &text[..]].concat())?;
        count += 1;
        let Ok(unit) = compile_source(&text[..], "fuzz.py", Mode::Exec, Options::default()) else { continue };
        let mut pending = vec![&unit];
        let mut number = 0;
        while let Some(unit) = pending.pop() {
            let bytes = encode(unit);
            if bytes.len() <= LARGEST {
                std::fs::write(
                    units.join(format!("{name}-{number}")),
                    [&[number as u8], &bytes[..]].concat(),
                )?;
                let bytes = dump(unit);
                std::fs::write(
                    kept.join(format!("{name}-{number}")),
                    [&[number as u8], &bytes[HEADER..]].concat(),
                )?;
                number += 1;
                count += 2;
            }
            pending.extend(nested(unit));
        }
    }
    Ok(count)
}

/// The units inside a unit.
fn nested(unit: &CodeUnit) -> impl Iterator<Item = &CodeUnit> {
    unit.constants.iter().filter_map(|constant| match constant {
        Const::Code(nested) => Some(&**nested),
        _ => None,
    })
}
