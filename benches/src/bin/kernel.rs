//! `kernel MANAGER NAME N`: runs one kernel with N steps, for `callgrind.sh`. `kernel --list` prints a line `MANAGER NAME N` for each kernel
//! under each manager of the registry; N is enough to see several collections.

use std::process::ExitCode;
use taipan_benches::kernels;

/// Steps that make start-up and single collections small beside them, and still take a second under valgrind.
const HEAP_STEPS: u32 = 600_000;
const VM_STEPS: u32 = 200_000;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let result = match words[..] {
        ["--list"] => {
            list();
            Ok(())
        }
        [manager, name, n] => match n.parse() {
            Ok(n) => kernels::run(manager, name, n),
            Err(_) => Err(format!("not a number: '{n}'")),
        },
        _ => Err("usage: kernel MANAGER NAME N | kernel --list".into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("kernel: {message}");
            ExitCode::from(2)
        }
    }
}

fn list() {
    for facts in taipan_gc::managers::all() {
        for (name, _) in kernels::HEAP {
            println!("{} {name} {HEAP_STEPS}", facts.name);
        }
        for (name, _) in kernels::VM {
            println!("{} {name} {VM_STEPS}", facts.name);
        }
    }
}
