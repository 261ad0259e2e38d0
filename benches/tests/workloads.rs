//! Each workload, made small, has the peers' checksum under every manager that can do it.

use taipan_benches::{heap, workload};

/// Name, size, checksum: those of w1 and w3 to mem are what the peers' C program prints for this size; in w2 each tree counts once.
const EXPECTED: &[(&str, u64, u64)] = &[
    ("w1", 10, 135_854),
    ("w2", 12, 2 * (528 + 128 + 32 + 8)),
    ("w3", 1_000, 499_981_535_133),
    ("w4", 1_000, 9_977_979_986),
    ("w5", 250_000, 25_498_976),
    ("w6", 3_000, 4_493_057),
    ("w7", 1_000, 1_000),
    ("mem", 1_000, 1_000),
];

#[test]
fn the_work_is_the_peers() {
    let mut done = 0;
    for work in workload::ALL {
        let Some(&(_, size, check)) = EXPECTED.iter().find(|(name, ..)| *name == work.name) else {
            panic!("nothing is known of {}", work.name);
        };
        for factory in taipan_tests::managers() {
            let facts = factory().facts();
            if work.refuses(&facts, size, u64::MAX).is_some() {
                continue;
            }
            let mut heap = match heap(facts.name) {
                Ok(heap) => heap,
                Err(message) => panic!("{message}"),
            };
            let sum = heap.enter(|cx| (work.run)(cx, size));
            assert_eq!(sum.ok(), Some(check), "{} under {}", work.name, facts.name);
            done += 1;
        }
    }
    assert!(done >= workload::ALL.len(), "only {done} runs");
}

#[test]
fn unsuitable_work_is_refused() {
    for factory in taipan_tests::managers() {
        let facts = factory().facts();
        for work in workload::ALL {
            let refused = work.refuses(&facts, work.size, u64::MAX).is_some();
            let leaks = work.name == "w4" && facts.prompt && !facts.cycles;
            let collects_nothing = work.name == "w6" && !facts.collects;
            assert_eq!(refused, leaks || collects_nothing, "{} under {}", work.name, facts.name);
            assert_eq!(work.refuses(&facts, work.size, 1 << 20).is_some(), leaks || !facts.collects);
        }
    }
}
