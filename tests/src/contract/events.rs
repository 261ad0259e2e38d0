//! G33, G36: what hosts are told of collections and allocations, and what the heap remembers of them.

use super::objects::*;
use super::{Bench, Case};
use std::cell::Cell;
use std::sync::{Arc, Mutex, PoisonError};
use taipan_gc::{CollectKind, Collection, Cx, Extent, Heap, Phase, ShapeId};

pub(super) const CASES: &[Case] = &[
    Case { name: "G33_collections_are_told", reclaims: false, run: collections_are_told },
    Case { name: "G33_an_observer_that_panics_is_dropped", reclaims: false, run: panicking_observer },
    Case { name: "G33_the_size_is_kept_over_time", reclaims: false, run: timeline },
    Case { name: "G36_allocations_are_told", reclaims: false, run: allocations_are_told },
];

type Told = Arc<Mutex<Vec<Collection>>>;

fn observe(heap: &mut Heap) -> Told {
    let told = Told::default();
    let heard = told.clone();
    heap.on_collection(Some(Box::new(move |collection| {
        heard.lock().unwrap_or_else(PoisonError::into_inner).push(*collection);
    })));
    told
}

fn churn(cx: &mut Cx<'_>, objects: usize) {
    for i in 0..objects {
        cx.scoped(|cx| {
            let a = cx.root(node(cx, None, None, i as i64));
            a.get(cx).put(cx, Node::left, Some(a.get(cx)));
            cx.poll();
        });
    }
}

fn collections_are_told(bench: &Bench) {
    let mut heap = bench.heap();
    let told = observe(&mut heap);
    bench.run_in(&mut heap, |cx| {
        cx.collect(CollectKind::Full);
        churn(cx, bench.scaled(400_000));
        cx.collect(CollectKind::Auto);
        cx.collect(CollectKind::Full);
    });
    let (stats, told) = (heap.stats(), told.lock().unwrap_or_else(PoisonError::into_inner).clone());
    assert_eq!(told.len() as u64, 2 * stats.collections, "G33: not told of each start and end");
    let mut end = 0;
    for pair in told.chunks(2) {
        let (start, stop) = (pair[0], pair[1]);
        assert_eq!((start.phase, stop.phase), (Phase::Start, Phase::Stop));
        assert_eq!((start.pause_ns, start.heap_after), (0, start.heap_before));
        assert_eq!(
            (start.kind, start.started_ns, start.heap_before),
            (stop.kind, stop.started_ns, stop.heap_before)
        );
        assert!(start.started_ns >= end, "G33: collections overlap");
        end = start.started_ns + stop.pause_ns;
        let generations = ["cycle", "gen"].contains(&bench.facts().name);
        assert_eq!((start.extent.is_some(), stop.extent.is_some()), (generations, generations));
        if let (Some(planned), Some(extent)) = (start.extent, stop.extent) {
            assert!(planned.generation() <= extent.generation(), "G33: {start:?} came to {stop:?}");
            assert!(stop.kind == CollectKind::Auto || extent == Extent::Major, "G33: {stop:?}");
        }
    }
    let full = told.iter().filter(|c| c.phase == Phase::Stop && c.kind == CollectKind::Full).count();
    assert!(full >= 2, "G33: {full} full collections");
    let pauses = heap.pauses();
    let sum = told.iter().map(|c| c.pause_ns).sum::<u64>();
    assert_eq!((pauses.count(), pauses.total_ns()), (stats.collections, sum));
    assert_eq!((pauses.max_ns(), pauses.percentile(100.0)), (stats.pause_max_ns, stats.pause_max_ns));
    assert!(pauses.percentile(50.0) <= pauses.percentile(99.0));
    heap.on_collection(None);
    let Ok(()) = heap.enter(|cx| cx.collect(CollectKind::Full)) else { panic!("not entered") };
    assert_eq!(heap.pauses().count(), heap.stats().collections);
    assert!(heap.stats().collections > stats.collections, "G33: who doesn't listen changes something");
}

fn panicking_observer(bench: &Bench) {
    let mut heap = bench.heap();
    let calls = Arc::new(Mutex::new(0));
    let counted = calls.clone();
    heap.on_collection(Some(Box::new(move |_| {
        *counted.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        // Not `panic!`: the hook would print.
        std::panic::resume_unwind(Box::new("an observer's panic"));
    })));
    bench.run_in(&mut heap, |cx| {
        cx.collect(CollectKind::Full);
        cx.collect(CollectKind::Full);
    });
    assert_eq!(*calls.lock().unwrap_or_else(PoisonError::into_inner), 1);
    assert!(heap.stats().collections >= 2);
}

fn timeline(bench: &Bench) {
    let mut heap = bench.heap();
    assert!(heap.keep_timeline(64));
    bench.run_in(&mut heap, |cx| {
        cx.scoped(|cx| {
            let mut list = cx.root(node(cx, None, None, 0));
            for i in 0..bench.scaled(200_000) {
                let next = list.get(cx);
                list = {
                    let fresh = node(cx, Some(next), None, i as i64);
                    list.set(cx, fresh);
                    list
                };
            }
            cx.external(8 << 20);
            cx.external(-(8 << 20));
        });
        cx.collect(CollectKind::Full);
    });
    let stats = heap.stats();
    let samples = heap.timeline().samples();
    assert!((1..=64).contains(&samples.len()), "G33: {} samples", samples.len());
    assert!(samples.windows(2).all(|pair| pair[0].from_ns < pair[1].from_ns), "G33: {samples:?}");
    let most = samples.iter().map(|sample| sample.most).max().unwrap_or(0);
    let near = |a: u64, b: u64| a.abs_diff(b) < 64 << 10;
    assert!(near(most, stats.peak_bytes), "G33: {most} kept of {}", stats.peak_bytes);
    assert!(most >= 8 << 20, "G33: {most}");
    assert!(0 < stats.average_bytes && stats.average_bytes <= stats.peak_bytes, "G33: {stats:?}");
    let closed = heap.close();
    std::thread::sleep(std::time::Duration::from_millis(2));
    assert_eq!(heap.stats().average_bytes, closed.average_bytes, "G33: a closed heap goes on");
}

/// What the hook was told: how often, and of how many bytes. A hook is a plain function, so it is found through the host's data.
#[derive(Default)]
struct Told36 {
    calls: Cell<u64>,
    bytes: Cell<u64>,
    nodes: Cell<u64>,
}

fn hook(cx: &Cx<'_>, bytes: usize, shape: ShapeId) {
    let Some(told) = cx.host::<Told36>() else { return };
    told.calls.set(told.calls.get() + 1);
    told.bytes.set(told.bytes.get() + bytes as u64);
    if cx.shape_of::<Node>() == Some(shape) {
        told.nodes.set(told.nodes.get() + 1);
    }
}

fn allocations_are_told(bench: &Bench) {
    let mut heap = bench.heap();
    heap.set_host(Box::new(Told36::default()));
    bench.run_in(&mut heap, |cx| {
        let told = |cx: &Cx<'_>| {
            let Some(told) = cx.host::<Told36>() else { panic!("no host") };
            (told.calls.get(), told.bytes.get(), told.nodes.get())
        };
        churn(cx, 100);
        assert_eq!(told(cx), (0, 0, 0), "G36: told without a hook");
        cx.set_allocation_hook(Some(hook));
        churn(cx, 100);
        assert_eq!(told(cx), (100, 3200, 100), "G36: not told of each");
        must(cx.alloc(BigInit { next: None, bytes: [0; 20_000] }));
        let (calls, bytes, nodes) = told(cx);
        assert_eq!((calls, nodes), (101, 100));
        assert!(bytes >= 23_200, "G36: {bytes} bytes");
        // Also where other stress comes and goes.
        cx.collect(CollectKind::Full);
        churn(cx, 10);
        assert_eq!(told(cx).2, 110);
        cx.set_allocation_hook(None);
        churn(cx, 100);
        assert_eq!(told(cx).2, 110, "G36: told after the hook was taken away");
    });
    heap.set_zeal(taipan_gc::Zeal::OFF);
}
