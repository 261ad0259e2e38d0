//! `heap-workload MANAGER w1|w6|w7|mem [n]`: the peers' workloads on our heap, with the output that their `run` script reads.

use std::process::ExitCode;
use std::time::Instant;
use taipan_benches::{heap, workload};

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("heap-workload: {message}");
            eprintln!("usage: heap-workload MANAGER w1|w6|w7|mem [N]");
            ExitCode::from(2)
        }
    }
}

fn run(args: &[String]) -> Result<(), String> {
    let [manager, name, rest @ ..] = args else { return Err("a manager and a workload are missing".into()) };
    let default = match name.as_str() {
        "w1" => 18,
        "w6" | "mem" => 5_000_000,
        "w7" => 200_000_000,
        _ => return Err(format!("unknown workload '{name}'")),
    };
    let n: u64 = match rest {
        [] => default,
        [n] => n.parse().map_err(|_| format!("not a number: '{n}'"))?,
        _ => return Err("too many arguments".into()),
    };
    let mut heap = heap(manager)?;
    let start = Instant::now();
    let check = heap.enter(|cx| match name.as_str() {
        "w1" => workload::w1(cx, n as u32),
        "w6" => workload::w6(cx, n as u32),
        "w7" => workload::w7(cx, n),
        _ => workload::mem(cx, n as usize),
    });
    let check = check.map_err(|error| error.to_string())?;
    let ms = start.elapsed().as_secs_f64() * 1e3;
    print!("RES {name} ms={ms:.1} check={check}");
    if name == "w7" {
        print!(" ns_per_obj={:.2}", ms * 1e6 / n as f64);
    }
    let stats = heap.stats();
    let (peak, pause) = (stats.peak_bytes as f64 / 1e6, stats.pause_max_ns as f64 / 1e6);
    println!(" collections={} peak_mb={peak:.1} pause_max_ms={pause:.2}", stats.collections);
    Ok(())
}
