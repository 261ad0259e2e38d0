//! `heap-workload [--marking-thread] MANAGER WORKLOAD [N]`: the peers' workloads on our heap, with the output that scripts which compare them read:
//! `RES NAME ms=… check=…`, and before it, where a workload has them, lines `PAUSE …`, `FULLGC …` and `MEM …`.
//!
//! `heap-workload --list` prints a line `MANAGER WORKLOAD` for each pair that goes together. The exit status is 3, after a line that begins
//! with `NA`, when this manager can't do this work; 2 when there is no such thing.

use std::process::ExitCode;
use std::time::Instant;
use taipan_benches::{heap_with, workload};
use taipan_gc::{Facts, HeapConfig};

/// Why nothing was measured.
enum Failure {
    /// The command is wrong.
    Usage(String),
    /// This manager can't do this work.
    Unsuitable(String),
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Unsuitable(reason)) => {
            println!("NA {reason}");
            ExitCode::from(3)
        }
        Err(Failure::Usage(message)) => {
            let names: Vec<&str> = workload::ALL.iter().map(|w| w.name).collect();
            eprintln!("heap-workload: {message}");
            eprintln!(
                "usage: heap-workload [--marking-thread] MANAGER {} [N] | heap-workload --list",
                names.join("|")
            );
            ExitCode::from(2)
        }
    }
}

fn run(args: &[String]) -> Result<(), Failure> {
    if args == ["--list"] {
        list();
        return Ok(());
    }
    let (config, args) = match args {
        [flag, rest @ ..] if flag == "--marking-thread" => {
            (HeapConfig { marking_thread: true, ..HeapConfig::default() }, rest)
        }
        _ => (HeapConfig::default(), args),
    };
    let [manager, name, rest @ ..] = args else {
        return Err(Failure::Usage("a manager and a workload are missing".into()));
    };
    let Some(work) = workload::ALL.iter().find(|work| work.name == *name) else {
        return Err(Failure::Usage(format!("unknown workload '{name}'")));
    };
    let size = match rest {
        [] => work.size,
        [n] => n.parse().map_err(|_| Failure::Usage(format!("not a number: '{n}'")))?,
        _ => return Err(Failure::Usage("too many arguments".into())),
    };
    let mut heap = heap_with(manager, &config).map_err(Failure::Usage)?;
    if let Some(reason) = work.refuses(&heap.facts(), size, room()) {
        return Err(Failure::Unsuitable(format!("{name} under {manager}: {reason}")));
    }
    let start = Instant::now();
    let check = heap.enter(|cx| (work.run)(cx, size));
    let check = check.map_err(|error| Failure::Usage(error.to_string()))?;
    let ms = start.elapsed().as_secs_f64() * 1e3;
    print!("RES {name} ms={ms:.1} check={check}");
    if name == "w7" {
        print!(" ns_per_obj={:.2}", ms * 1e6 / size as f64);
    }
    let stats = heap.stats();
    let (peak, pause) = (stats.peak_bytes as f64 / 1e6, stats.pause_max_ns as f64 / 1e6);
    if config.marking_thread {
        print!(" beside={}", stats.marked_beside);
    }
    println!(" collections={} peak_mb={peak:.1} pause_max_ms={pause:.2}", stats.collections);
    Ok(())
}

fn list() {
    let all: Vec<Facts> = taipan_tests::managers().iter().map(|make| make().facts()).collect();
    for work in workload::ALL {
        for facts in all.iter().filter(|facts| work.refuses(facts, work.size, room()).is_none()) {
            println!("{} {}", facts.name, work.name);
        }
    }
}

/// Bytes of memory that may be used: half of what the system has to give.
fn room() -> u64 {
    let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"));
    let kib = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    kib.map_or(u64::MAX, |kib| kib * 1024 / 2)
}
