//! Criterion benches of the heap alone: allocation, trees, store, handle, and a heap's making and end, under every manager. Quick on purpose: they show order of
//! magnitude; `callgrind.sh` shows regressions.
//!
//! What is timed includes what each step costs later: the polls of its batch, with the drains and collections that they run.

use criterion::{criterion_group, criterion_main, Criterion, Throughput};
use std::time::Duration;
use taipan_benches::kernels;
use taipan_gc::{Heap, HeapConfig};

/// Steps of a kernel in one call: 20 trees of 1023 nodes.
const STEPS: u32 = 20 * 1023;

fn heap(c: &mut Criterion) {
    for (name, kernel) in kernels::HEAP {
        let mut group = c.benchmark_group(*name);
        group.throughput(Throughput::Elements(STEPS as u64));
        group
            .sample_size(10)
            .warm_up_time(Duration::from_millis(100))
            .measurement_time(Duration::from_millis(300));
        for factory in taipan_tests::managers() {
            let manager = factory().facts().name;
            let mut heap = match taipan_benches::heap(manager) {
                Ok(heap) => heap,
                Err(message) => panic!("{message}"),
            };
            let entered = heap.enter(|cx| {
                group.bench_function(manager, |b| b.iter(|| kernel(cx, STEPS)));
            });
            assert!(entered.is_ok());
        }
        group.finish();
    }
}

/// A heap from its making to its end, with one object.
fn whole(c: &mut Criterion) {
    let mut group = c.benchmark_group("whole");
    group
        .sample_size(10)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(300));
    for factory in taipan_tests::managers() {
        group.bench_function(factory().facts().name, |b| {
            b.iter(|| {
                let heap = Heap::with_manager(factory(), &HeapConfig::default());
                heap.map(|mut heap| heap.enter(|cx| kernels::HEAP[0].1(cx, 1)))
            });
        });
    }
    group.finish();
}

criterion_group!(benches, heap, whole);
criterion_main!(benches);
