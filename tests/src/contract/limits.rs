//! G12, G13, G20, G27 to G30: limits, failed allocations, external bytes, bounded churn, fuel, closing.

use super::objects::*;
use super::{Bench, Case};
use std::cell::Cell;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use taipan_gc::{CollectKind, Cx, Heap, HeapConfig, HeapError, HeapFull, Local, Tail, Zeal};

pub(super) const CASES: &[Case] = &[
    Case { name: "G12_the_limit_is_an_error", reclaims: true, run: limit_is_an_error },
    Case { name: "G12_garbage_never_fills_a_heap", reclaims: true, run: garbage_never_fills },
    Case { name: "G12_a_request_too_big", reclaims: true, run: too_big },
    Case { name: "G13_any_allocation_may_fail", reclaims: false, run: any_allocation_may_fail },
    Case { name: "G20_external_bytes", reclaims: true, run: external_bytes },
    Case { name: "G27_churn_is_bounded", reclaims: false, run: churn_is_bounded },
    Case { name: "G20_external_bytes_without_bounds", reclaims: false, run: external_without_bounds },
    Case { name: "G28_the_soft_limit_asks_and_tells", reclaims: true, run: soft_limit },
    Case { name: "G29_fuel_is_counted", reclaims: false, run: fuel },
    Case { name: "G30_a_closed_heap_is_empty", reclaims: false, run: closing },
    Case { name: "G45_what_is_set_aside_is_there", reclaims: true, run: set_aside },
];

const LIMIT: usize = 2 << 20;

fn limited(bench: &Bench) -> Heap {
    bench.heap_with(HeapConfig { heap_limit: Some(LIMIT), ..HeapConfig::default() })
}

/// Fills the heap with a list until it says that it is full.
fn fill<'s>(cx: &mut Cx<'s>) -> (usize, HeapFull) {
    let list = cx.root(Local::NONE);
    for n in 0.. {
        if n > LIMIT / 24 * 2 {
            panic!("G12: the limit did not hold");
        }
        let next = list.get(cx).downcast::<Node>(cx);
        let fresh = cx.alloc(NodeInit { left: next, right: None, key: Cell::new(n as i64) });
        match fresh {
            Ok(fresh) => list.set(cx, fresh.any()),
            Err(full) => return (n, full),
        }
        if n % 64 == 0 {
            if let Err(full) = cx.reserve(1024) {
                return (n, full);
            }
        }
    }
    unreachable!("an endless loop ended")
}

/// In a full heap what was set aside can be allocated, and no more was refused meanwhile than the limit says.
fn set_aside(bench: &Bench) {
    const BYTES: usize = 256 << 10;
    let mut heap = limited(bench);
    heap.enter(|cx| {
        assert!(cx.set_aside(LIMIT + 1).is_err(), "G45: more is set aside than the limit allows");
        let plain = cx.scoped(|cx| fill(cx).0);
        cx.collect(CollectKind::Full);
        if let Err(full) = cx.set_aside(BYTES) {
            panic!("G45: {full}");
        }
        let (less, _) = fill(cx);
        let gap = (plain - less) * size_of::<Node>();
        assert!(
            (BYTES / 2..BYTES * 2).contains(&gap),
            "G45: what is set aside takes {gap} bytes of the limit"
        );
    })
    .unwrap_or_else(|error| panic!("G45: {error}"));
    heap.set_zeal(Zeal { fail_at: 1, fail_more: u32::MAX, ..bench.mode.zeal });
    heap.enter(|cx| {
        let list = cx.root(Local::NONE);
        for n in 0..8 {
            cx.from_aside(BYTES / 8, |cx| {
                for key in 0..BYTES / 8 / 48 {
                    let next = list.get(cx).downcast::<Node>(cx);
                    let key = Cell::new((n * 100_000 + key) as i64);
                    match cx.alloc(NodeInit { left: next, right: None, key }) {
                        Ok(fresh) => list.set(cx, fresh.any()),
                        Err(full) => panic!("G45: {full}"),
                    }
                }
            });
        }
        assert!(
            cx.alloc(NodeInit { left: None, right: None, key: Cell::new(0) }).is_err(),
            "G45: it fails again"
        );
        let mut count = 0;
        let mut at = list.get(cx).downcast::<Node>(cx);
        while let Some(node) = at {
            count += 1;
            at = node.left.get(cx);
        }
        assert_eq!(count, 8 * (BYTES / 8 / 48), "G45");
    })
    .unwrap_or_else(|error| panic!("G45: {error}"));
}

fn limit_is_an_error(bench: &Bench) {
    let mut heap = limited(bench);
    bench.run_in(&mut heap, |cx| {
        for round in 0..3 {
            let (nodes, full) = cx.scoped(fill);
            assert!(full.to_string().contains("heap is full"));
            assert!(nodes * 32 > LIMIT / 2, "G12: full after {nodes} nodes in round {round}");
            let peak = cx.stats().peak_bytes as usize;
            let copies = if bench.facts().moves { 2 } else { 1 };
            assert!(peak <= (LIMIT + (512 << 10)) * copies, "G12: {peak} bytes under a limit of {LIMIT}");
            // Usable at once: what filled it is garbage now.
            assert!(cx.reserve(LIMIT / 2).is_ok(), "G12: garbage reported as fullness");
            assert_eq!(count(cx, tree(cx, 10)), 2047, "G12");
        }
    });
}

fn garbage_never_fills(bench: &Bench) {
    let mut heap = limited(bench);
    bench.run_in(&mut heap, |cx| {
        for i in 0..bench.scaled(60_000) {
            cx.scoped(|cx| {
                // Cyclic, of several sizes.
                must(cx.reserve(30_000));
                let a = cx.root(node(cx, None, None, 0));
                a.get(cx).put(cx, Node::left, Some(a.get(cx)));
                match i % 50 {
                    0 => cx.root(must(cx.alloc(BigInit { next: None, bytes: [1; 20_000] })).any()),
                    1 => cx.root(must(cx.alloc(BoxedInit { item: None })).any()),
                    _ => a.any(),
                };
            });
        }
    });
}

fn too_big(bench: &Bench) {
    let mut heap = limited(bench);
    bench.run_in(&mut heap, |cx| {
        let bytes = must(cx.tail_shape("bytes", Tail::Bytes(0)));
        let values = must(cx.tail_shape("values", Tail::Values));
        for len in [LIMIT * 2, u32::MAX as usize, u32::MAX as usize + 1, usize::MAX / 8, usize::MAX] {
            assert!(cx.alloc_bytes(bytes, len).is_err(), "G12: {len} bytes fit {LIMIT}");
            assert!(cx.alloc_values(values, len).is_err(), "G12: {len} values fit {LIMIT}");
            assert!(cx.reserve(len).is_err(), "G12: reserving {len}");
        }
        assert!(cx.alloc_bytes(bytes, LIMIT / 2).is_ok());
        cx.poll();
        assert!(cx.alloc_bytes(bytes, LIMIT / 2).is_ok());
    });
}

/// A program that uses everything that may fail, and gives every failure up to its caller.
fn program(cx: &mut Cx<'_>, tokens: &std::sync::Arc<std::sync::atomic::AtomicI64>) -> Result<i64, HeapFull> {
    cx.scoped(|cx| {
        let values = cx.tail_shape("values", Tail::Values)?;
        let list = cx.root(cx.alloc_values(values, 40)?);
        let first = cx.alloc(DroppableInit { next: None, token: Token::new(tokens) })?;
        let chain = cx.root(first);
        for i in 0..12 {
            let fresh = cx.alloc(NodeInit { left: None, right: None, key: Cell::new(i) })?;
            cx.put_value(list.get(cx), i as usize, Some(fresh.any()));
            let next = cx.alloc(DroppableInit { next: Some(chain.get(cx)), token: Token::new(tokens) })?;
            chain.set(cx, next);
            cx.poll();
            let mortal = cx.alloc(MortalInit { other: None, key: i, token: Token::new(tokens) })?;
            let mortal = cx.root(mortal);
            let again =
                cx.alloc(MortalInit { other: Some(mortal.get(cx)), key: i, token: Token::new(tokens) })?;
            cx.downgrade(again)?;
            cx.id(mortal.get(cx))?;
            let owned = cx.own(mortal.get(cx))?;
            cx.disown(owned);
            let still = cx.alloc(StillInit { next: Some(chain.get(cx)), token: Token::new(tokens) })?;
            assert!(still.token.is_live() && still.next.get(cx).is_some_and(|next| next.is(chain.get(cx))));
        }
        let holder = cx.root(cx.alloc(HolderInit { other: None, token: Token::new(tokens) })?);
        for i in 0..20 {
            let fresh = cx.alloc(NodeInit { left: None, right: None, key: Cell::new(i) })?;
            holder.get(cx).push(cx, Holder::list, fresh)?;
            holder.get(cx).insert(cx, Holder::map, i.to_string(), fresh)?;
        }
        cx.alloc(BigInit { next: None, bytes: [2; 20_000] })?;
        cx.poll();
        let list = list.get(cx);
        let sum = (0..12).filter_map(|i| cx.value_at(list, i)?.downcast::<Node>(cx)).map(|n| n.key.get());
        Ok(sum.sum::<i64>() + holder.get(cx).list.len() as i64)
    })
}

fn any_allocation_may_fail(bench: &Bench) {
    let (tokens, live) = counter();
    let run = |fail_at: u64| {
        let mut heap = bench.heap();
        heap.set_host(Box::new(Log::default()));
        heap.set_zeal(Zeal { fail_at, ..bench.mode.zeal });
        let failed = bench.run_in(&mut heap, |cx| {
            let first = program(cx, &tokens);
            cx.poll();
            cx.verify("after a failed allocation");
            first.is_err()
        });
        heap.set_zeal(bench.mode.zeal);
        bench.run_in(&mut heap, |cx| {
            assert_eq!(program(cx, &tokens), Ok(86), "G13: the second program after failing {fail_at}");
            for _ in 0..3 {
                cx.collect(CollectKind::Full);
            }
            if bench.facts().collects {
                assert_eq!((cx.stats().live_objects, live()), (0, 0), "G13: leaked after failing {fail_at}");
            }
        });
        drop(heap);
        assert_eq!(live(), 0, "G13: payloads left after failing {fail_at}");
        failed
    };
    let mut n = 1;
    while run(n) {
        n += 1;
    }
    assert!(n > 80, "G13: the sweep ended after {n} failures");
}

fn external_bytes(bench: &Bench) {
    let mut heap = limited(bench);
    bench.run_in(&mut heap, |cx| {
        let blob = |n: usize| BlobInit { next: None, data: Vec::with_capacity(n) };
        cx.external(-5);
        assert_eq!(cx.stats().external_bytes, 0, "G20: below zero");
        cx.external(1000);
        cx.external(-400);
        assert_eq!(cx.stats().external_bytes, 600, "G20");
        cx.external(-10_000);
        assert_eq!(cx.stats().external_bytes, 0, "G20: below zero");
        let kept = cx.root(must(cx.alloc(blob(10_000))));
        assert_eq!(cx.stats().external_bytes as usize, kept.get(cx).data.capacity(), "G20: charged");
        // Garbage that is nearly all outside: the limit sees it, and a collection frees it.
        for _ in 0..100 {
            must(cx.reserve(LIMIT / 4));
            must(cx.alloc(blob(LIMIT / 4)));
            cx.poll();
        }
        cx.collect(CollectKind::Full);
        assert_eq!(cx.stats().external_bytes, 10_000, "G20: discharged with their owner");
        assert!(cx.charge(LIMIT * 2).is_err(), "G20: external bytes over the limit");
        assert!(cx.charge(LIMIT / 2).is_ok(), "G20");
        assert!(cx.reserve(LIMIT / 2).is_err(), "G20: they count against it");
        cx.external(-(LIMIT as i64 / 2));
        assert!(cx.reserve(LIMIT / 2).is_ok(), "G20");
        assert_eq!(kept.get(cx).data.capacity(), 10_000);
    });
}

fn churn_is_bounded(bench: &Bench) {
    let facts = bench.facts();
    if !facts.cycles && !facts.prompt {
        return;
    }
    bench.run(|cx| {
        let kept = cx.root(tree(cx, 14));
        cx.collect(CollectKind::Full);
        let live = cx.stats().live_bytes as usize;
        for _ in 0..bench.scaled(400_000) {
            cx.scoped(|cx| {
                let a = cx.root(node(cx, None, None, 0));
                let b = cx.root(node(cx, Some(a.get(cx)), None, 1));
                if facts.cycles {
                    a.get(cx).put(cx, Node::left, Some(b.get(cx)));
                }
                cx.poll();
            });
        }
        assert_eq!(count(cx, kept.get(cx)), (1 << 15) - 1);
        let peak = cx.stats().peak_bytes as usize;
        let bound = 3 * live + (8 << 20);
        assert!(peak <= bound, "G27: a peak of {peak} bytes, with {live} alive");
    });
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whatever an embedder charges and discharges, the books stay in range.
fn external_without_bounds(bench: &Bench) {
    let mut heap = limited(bench);
    bench.run_in(&mut heap, |cx| {
        for _ in 0..4 {
            cx.external(i64::MAX);
        }
        assert!(
            cx.alloc(NodeInit { left: None, right: None, key: Cell::new(1) }).is_err(),
            "G20: room beyond the limit"
        );
        assert!(cx.reserve(1).is_err() && cx.charge(1).is_err(), "G20: room beyond the limit");
        for _ in 0..4 {
            cx.external(i64::MIN);
        }
        assert_eq!(cx.stats().external_bytes, 0, "G20: below zero");
        assert!(cx.reserve(LIMIT / 2).is_ok(), "G20: what was discharged is still charged");
    });
}

fn soft_limit(bench: &Bench) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let config = HeapConfig { heap_limit: Some(2 * LIMIT), soft_limit: Some(LIMIT), ..HeapConfig::default() };
    let mut heap = bench.heap_with(config);
    let (heard, calls) = (told.clone(), move || lock(&told).clone());
    heap.on_pressure(Some(Box::new(move |bytes, limit| {
        lock(&heard).push((bytes, limit));
        None
    })));
    bench.run_in(&mut heap, |cx| {
        // Garbage, cyclic too, is no pressure: it is collected.
        for i in 0..bench.scaled(40_000) {
            cx.scoped(|cx| {
                let a = cx.root(node(cx, None, None, i as i64));
                a.get(cx).put(cx, Node::left, Some(a.get(cx)));
                must(cx.alloc(BigInit { next: None, bytes: [1; 20_000] }));
                cx.poll();
            });
        }
        assert!(calls().is_empty() && cx.stats().pressures == 0, "G28: told of garbage");
        assert_eq!(cx.stats().external_bytes, 0);
    });
    let charge = |cx: &mut Cx<'_>, bytes: usize| {
        cx.external(bytes as i64);
        cx.poll();
    };
    bench.run_in(&mut heap, |cx| {
        charge(cx, LIMIT + LIMIT / 32);
        let first = calls();
        assert_eq!((first.len(), cx.stats().pressures), (1, 1), "G28: not told once");
        assert!(first[0].0 > LIMIT && first[0].1 == LIMIT, "G28: {first:?}");
        // Told again when it has grown by an eighth.
        charge(cx, LIMIT / 16);
        assert_eq!(calls().len(), 1, "G28: told too often");
        charge(cx, LIMIT / 4);
        assert_eq!(calls().len(), 2, "G28: not told of growth");
        // Below the limit all begins anew.
        cx.external(-(LIMIT as i64) * 2);
        cx.collect(CollectKind::Full);
        charge(cx, LIMIT + LIMIT / 32);
        assert_eq!(calls().len(), 3, "G28: not told again");
        cx.set_limits(None, None);
        charge(cx, LIMIT + LIMIT / 32);
        assert_eq!(calls().len(), 3, "G28: told without a limit");
    });
    // The host may move the limit, from where it is told of it.
    heap.on_pressure(Some(Box::new(|bytes, _| Some(bytes * 2))));
    heap.set_limits(None, Some(LIMIT));
    bench.run_in(&mut heap, |cx| {
        let before = cx.stats().pressures;
        for _ in 0..8 {
            charge(cx, LIMIT / 8);
        }
        assert_eq!(cx.stats().pressures, before + 1, "G28: the host's new limit");
    });
}

fn fuel(bench: &Bench) {
    bench.run(|cx| {
        assert!(cx.fuel().is_none() && cx.burn(1) && cx.fuel().is_none(), "G29: none is needed");
        cx.set_fuel(Some(2));
        cx.poll();
        assert_eq!(cx.fuel(), Some(2), "G29: the heap's own polls burn nothing");
        assert_eq!([cx.burn(1), cx.burn(1), cx.burn(1), cx.burn(1)], [true, true, false, false], "G29");
        assert_eq!(cx.fuel(), Some(0), "G29");
        // The heap works as before.
        assert_eq!(count(cx, tree(cx, 6)), 127, "G29");
        cx.collect(CollectKind::Full);
        cx.set_fuel(Some(u64::MAX));
        assert!(cx.burn(1) && cx.fuel() == Some(u64::MAX - 1), "G29: filled up again");
        cx.set_fuel(None);
        assert!(cx.burn(1) && cx.fuel().is_none(), "G29");
    });
}

fn closing(bench: &Bench) {
    let (tokens, live) = counter();
    let mut heap = bench.heap();
    heap.set_host(Box::new(Log::default()));
    bench.run_in(&mut heap, |cx| {
        assert_eq!(program(cx, &tokens), Ok(86), "G30");
        let kept = cx.root(must(cx.alloc(MortalInit { other: None, key: 7, token: Token::new(&tokens) })));
        kept.get(cx).put(cx, Mortal::other, Some(kept.get(cx)));
        must(cx.own(kept.get(cx)));
        must(cx.alloc(BlobInit { next: None, data: Vec::with_capacity(10_000) }));
    });
    let stats = heap.close();
    assert_eq!((stats.heap_bytes, stats.external_bytes, live()), (0, 0, 0), "G30");
    // 24 in the program, and the one that was leaked.
    assert_eq!(stats.finalizers, 25, "G30: not every finalizer once");
    assert_eq!(heap.enter(|_| ()), Err(HeapError::Closed), "G30: entered");
    assert_eq!(heap.close().finalizers, 25, "G30: closed twice");
}
