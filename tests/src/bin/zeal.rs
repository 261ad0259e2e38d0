//! `zeal`: random graphs under every manager that collects, stressed, until so many collections have been seen.
//!
//!     zeal [--count 10000000] [--from 0] [--jobs 2]
//!
//! Seeds are taken one after the other, each with its own stress: a collection at the poll after every allocation, or after some; freed memory
//! filled with a pattern; one in four verified before and after each collection. At the first difference from the model the process ends with
//! a message that names manager and seed, and a status that is not zero; `--from SEED --count 1` shows it again.

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use taipan_gc::manager::ManagerFactory;
use taipan_gc::Zeal;
use taipan_tests::churn;

/// Steps of each graph.
const STEPS: usize = 4_000;

fn main() -> ExitCode {
    match options(std::env::args().skip(1)) {
        Ok([count, from, jobs]) => run(count, from, jobs),
        Err(message) => {
            eprintln!("zeal: {message}");
            ExitCode::from(2)
        }
    }
}

fn options(mut words: impl Iterator<Item = String>) -> Result<[u64; 3], String> {
    let jobs = std::thread::available_parallelism().map_or(2, |n| n.get());
    let mut values = [10_000_000, 0, jobs as u64];
    while let Some(flag) = words.next() {
        let names = ["--count", "--from", "--jobs"];
        let at = names.iter().position(|&name| name == flag).ok_or(format!("unknown argument '{flag}'"))?;
        let word = words.next().ok_or(format!("{flag} needs a value"))?;
        values[at] = word.parse().map_err(|_| format!("not a number: '{word}'"))?;
    }
    Ok(values)
}

/// The stress of a seed.
fn stress(seed: u64) -> Zeal {
    let collect_every = [1, 2, 3, 7][seed as usize % 4];
    Zeal { collect_every, verify: (seed / 4).is_multiple_of(4), poison: seed % 8 < 4, ..Zeal::OFF }
}

fn run(count: u64, from: u64, jobs: u64) -> ExitCode {
    let managers: Vec<ManagerFactory> =
        taipan_tests::managers().into_iter().filter(|make| make().facts().collects).collect();
    let seen: Vec<AtomicU64> = managers.iter().map(|_| AtomicU64::new(0)).collect();
    let total = || seen.iter().map(|n| n.load(Ordering::Relaxed)).sum::<u64>();
    let (next, failed, start) = (AtomicU64::new(from), AtomicU64::new(0), Instant::now());
    let work = || {
        while total() < count && failed.load(Ordering::Relaxed) == 0 {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            for (&factory, seen) in managers.iter().zip(&seen) {
                let done = std::panic::catch_unwind(|| churn::run(factory, stress(seed), seed, STEPS));
                match done {
                    Ok(collections) => seen.fetch_add(collections, Ordering::Relaxed),
                    Err(_) => {
                        println!("zeal: {}, seed {seed}: see above", factory().facts().name);
                        failed.fetch_add(1, Ordering::Relaxed)
                    }
                };
            }
        }
    };
    std::thread::scope(|scope| (0..jobs.max(1)).for_each(|_| drop(scope.spawn(work))));
    for (factory, seen) in managers.iter().zip(&seen) {
        println!("{:10} {:>12} collections", factory().facts().name, seen.load(Ordering::Relaxed));
    }
    let (graphs, failed) = (next.into_inner() - from, failed.into_inner());
    println!(
        "{} collections in {} s; seeds {from} to {}",
        total(),
        start.elapsed().as_secs(),
        from + graphs - 1
    );
    println!("{} passed, {failed} failed", graphs * managers.len() as u64 - failed);
    ExitCode::from((failed > 0) as u8)
}
