//! `taipan-peers rc|gc-arena|bumpalo WORKLOAD [N]`: the workloads of benches/src/workload over memory that Rust programs use today, all on
//! mimalloc. Same random numbers and checksums; what is printed, benches/peers/run.py reads. Exit status 3: not with this one.

mod arena;
mod bump;
mod counts;

use std::process::ExitCode;
use std::time::Instant;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Live entries of w3, nodes of w4, messages of w5; bytes of a message.
const ENTRIES: u32 = 1_000_000;
const LINKS: u32 = 200_000;
const MESSAGES: usize = 200_000;
const MESSAGE: usize = 1024;

/// The random numbers of all peers.
struct Random(u32);

impl Random {
    fn bits(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        self.0
    }

    fn below(&mut self, n: u32) -> u32 {
        ((self.bits() as u64 * n as u64) >> 32) as u32
    }
}

/// Nodes of a full binary tree.
fn nodes(depth: u32) -> u64 {
    (2 << depth) - 1
}

/// GCBench's long-lived numbers.
fn numbers() -> Vec<f64> {
    (1..=500_000).map(|i| 1.0 / i as f64).collect()
}

/// Numbers in the order in which w6 allocates its vertices.
fn shuffled(n: u32, random: &mut Random) -> Vec<u32> {
    let mut order: Vec<u32> = (0..n).collect();
    for i in (1..n).rev() {
        order.swap(i as usize, random.below(i + 1) as usize);
    }
    order
}

/// Times each push of w5.
struct Pushes {
    times: Vec<u32>,
    last: Instant,
}

impl Pushes {
    fn new(n: u64) -> Pushes {
        Pushes { times: Vec::with_capacity(n as usize), last: Instant::now() }
    }

    fn done(&mut self) {
        let now = Instant::now();
        self.times.push(u32::try_from((now - self.last).as_nanos()).unwrap_or(u32::MAX));
        self.last = now;
    }

    fn tell(mut self) {
        self.times.sort_unstable();
        let part = |part: f64| self.times[(self.times.len() as f64 * part) as usize] as f64 / 1e3;
        let max = self.times[self.times.len() - 1] as f64 / 1e3;
        println!("PAUSE max_us={max:.1} p9999_us={:.1} p999_us={:.1}", part(0.9999), part(0.999));
    }
}

/// Resident bytes.
fn resident() -> f64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    statm.split(' ').nth(1).and_then(|pages| pages.parse::<f64>().ok()).unwrap_or(0.0) * 4096.0
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (peer, work) = match &words[..] {
        [peer, work] | [peer, work, _] => (peer.as_str(), work.as_str()),
        _ => return usage(),
    };
    let size = match work {
        "w1" | "w2" => 18,
        "w3" => 20_000_000,
        "w5" => 2_000_000,
        "w7" => 200_000_000,
        _ => 5_000_000,
    };
    let Ok(n) = words.get(2).map_or(Ok(size), |n| n.parse()) else { return usage() };
    let run = match peer {
        "rc" => counts::run,
        "gc-arena" => arena::run,
        "bumpalo" => bump::run,
        _ => return usage(),
    };
    let start = Instant::now();
    let Some(check) = run(work, n) else {
        println!("NA {work} is nothing for {peer}");
        return ExitCode::from(3);
    };
    let ns = start.elapsed().as_nanos() as f64;
    println!("RES {work} ms={:.1} check={check} ns_per_obj={:.2}", ns / 1e6, ns / n as f64);
    ExitCode::SUCCESS
}

fn usage() -> ExitCode {
    eprintln!("usage: taipan-peers rc|gc-arena|bumpalo w1|w2|w3|w4|w5|w6|w7|mem [N]");
    ExitCode::from(2)
}
