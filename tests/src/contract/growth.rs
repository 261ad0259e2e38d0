//! G42: an embedder says how much a heap may grow between collections.

use super::objects::*;
use super::{Bench, Case};
use taipan_gc::{Heap, HeapConfig, HeapError, Stats, Thresholds};

pub(super) const CASES: &[Case] = &[
    Case { name: "G42_heaps_grow_as_they_may", reclaims: true, run: bounded },
    Case { name: "G42_growth_out_of_range", reclaims: false, run: out_of_range },
];

/// Bytes beyond what is alive and its share: a nursery and its copies, a MiB between collections, blocks that are partly used.
const ROOM: u64 = 3 << 20;

/// What a heap with this growth takes while 8 MiB are alive and as much again dies over and over; and how much was alive.
fn churn(bench: &Bench, heap_growth: Option<u32>) -> (Stats, u64) {
    // Under stress there are collections all the time.
    let depth = if bench.mode.zeal.collect_every == 0 { 17 } else { 5 };
    let mut heap = bench.heap_with(HeapConfig { heap_growth, ..HeapConfig::default() });
    bench.run_in(&mut heap, |cx| {
        let kept = cx.root(tree(cx, depth));
        cx.collect(taipan_gc::CollectKind::Full);
        let live = cx.stats().heap_bytes;
        for _ in 0..1 << 8 {
            cx.scoped(|cx| {
                cx.root(tree(cx, depth.saturating_sub(5)));
            });
            cx.poll();
        }
        assert_eq!(count(cx, kept.get(cx)), (2 << depth) - 1, "G42: what was kept");
        (cx.stats(), live)
    })
}

fn bounded(bench: &Bench) {
    let ((wide, _), (narrow, live)) = (churn(bench, None), churn(bench, Some(25)));
    assert!(
        narrow.peak_bytes <= wide.peak_bytes,
        "G42: a heap that may grow less takes more: {narrow:?}, {wide:?}"
    );
    let by_growth = matches!(bench.facts().name, "mark" | "gen");
    if by_growth && bench.mode.zeal.collect_every == 0 {
        assert!(narrow.collections > wide.collections, "G42: {narrow:?}, {wide:?}");
        let most = live / 4 * 5 + ROOM;
        assert!(narrow.peak_bytes <= most, "G42: {} bytes at most, {most} were allowed", narrow.peak_bytes);
    }
}

fn out_of_range(bench: &Bench) {
    for heap_growth in [Some(0), Some(Thresholds::MAX_GROWTH + 1)] {
        let refused =
            Heap::with_manager((bench.factory)(), &HeapConfig { heap_growth, ..HeapConfig::default() });
        assert!(matches!(refused, Err(HeapError::OutOfRange(_))), "G42: {heap_growth:?}");
    }
}
