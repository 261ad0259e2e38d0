//! Criterion benches of the heap alone: allocation, store, handle, for every manager. Quick on purpose: they show order of magnitude;
//! `callgrind.sh` shows regressions.

use criterion::{criterion_group, criterion_main, BatchSize, Criterion, Throughput};
use std::hint::black_box;
use std::time::Duration;
use taipan_benches::objects::{make, pair, Tree};
use taipan_gc::Cx;

const BATCH: u64 = 1000;

fn in_heaps(
    c: &mut Criterion,
    name: &str,
    mut body: impl FnMut(&mut Cx<'_>, &mut dyn FnMut(&mut dyn FnMut())),
) {
    let mut group = c.benchmark_group(name);
    group.throughput(Throughput::Elements(BATCH));
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
            body(cx, &mut |step| {
                group.bench_function(manager, |b| b.iter_batched(|| (), |()| step(), BatchSize::SmallInput));
            });
        });
        assert!(entered.is_ok());
    }
    group.finish();
}

fn allocation(c: &mut Criterion) {
    in_heaps(c, "alloc", |cx, bench| {
        bench(&mut || {
            for _ in 0..BATCH {
                black_box(pair(cx, None, None));
            }
            cx.poll();
        });
    });
}

fn trees(c: &mut Criterion) {
    in_heaps(c, "tree", |cx, bench| {
        bench(&mut || {
            black_box(make(cx, 9));
            cx.poll();
        });
    });
}

fn stores(c: &mut Criterion) {
    in_heaps(c, "store", |cx, bench| {
        let (holder, item) = (cx.root(pair(cx, None, None)), cx.root(pair(cx, None, None)));
        bench(&mut || {
            let (holder, item) = (holder.get(cx), item.get(cx));
            for _ in 0..BATCH {
                black_box(holder).put(cx, Tree::left, Some(black_box(item)));
            }
            cx.poll();
        });
    });
}

fn handles(c: &mut Criterion) {
    in_heaps(c, "handle", |cx, bench| {
        let kept = cx.root(pair(cx, None, None));
        bench(&mut || {
            cx.scoped(|cx| {
                for _ in 0..BATCH {
                    let handle = cx.root(kept.get(cx));
                    black_box(handle.get(cx));
                }
            });
            cx.poll();
        });
    });
}

criterion_group!(heap, allocation, trees, stores, handles);
criterion_main!(heap);
