//! G16–G19, G21, G23: large objects, tails, depth, counts, containers, statistics.

use super::objects::*;
use super::{Bench, Case};
use taipan_gc::header::COUNT_STUCK;
use taipan_gc::{CollectKind, Local, Tail, Value};

pub(super) const CASES: &[Case] = &[
    Case { name: "G16_large_objects", reclaims: true, run: large_objects },
    Case { name: "G17_tails", reclaims: true, run: tails },
    Case { name: "G17_sizes", reclaims: false, run: sizes },
    Case { name: "G18_depth", reclaims: true, run: depth },
    Case { name: "G19_counts_stick", reclaims: true, run: counts_stick },
    Case { name: "G21_vectors", reclaims: true, run: vectors },
    Case { name: "G21_maps", reclaims: true, run: maps },
    Case { name: "G23_statistics", reclaims: true, run: statistics },
];

fn large_objects(bench: &Bench) {
    bench.run(|cx| {
        let kept = cx.root(must(cx.alloc(BigInit { next: None, bytes: [7; 20_000] })));
        let before = cx.stats().heap_bytes;
        for i in 0..bench.scaled(500) {
            cx.scoped(|cx| {
                let next = Some(kept.get(cx));
                let fresh = cx.root(must(cx.alloc(BigInit { next, bytes: [i as u8; 20_000] })));
                cx.poll();
                assert!(fresh.get(cx).bytes.iter().all(|&b| b == i as u8), "G16: contents");
                let next = fresh.get(cx).next.get(cx).map(|n| n.bytes[19_999]);
                assert_eq!(next, Some(7), "G16: reference");
            });
        }
        cx.collect(CollectKind::Full);
        assert_eq!(cx.stats().live_objects, 1, "G16");
        assert!(cx.stats().heap_bytes <= before + 40_000, "G16: bytes of dead large objects are kept");
        assert!(kept.get(cx).bytes.iter().all(|&b| b == 7), "G16");
    });
}

fn tails(bench: &Bench) {
    bench.run(|cx| {
        let values = must(cx.tail_shape("values", Tail::Values));
        let bytes = must(cx.tail_shape("bytes", Tail::Bytes(0)));
        let words = must(cx.tail_shape("words", Tail::Bytes(2)));
        // Small, of an odd size, and large.
        for len in [0, 1, 5, 100, 3_000] {
            cx.scoped(|cx| {
                let list = cx.root(must(cx.alloc_values(values, len)));
                let text = cx.root(must(cx.alloc_bytes(bytes, len)));
                let wide = cx.root(must(cx.alloc_bytes(words, len)));
                assert_eq!(cx.tail_len(list.get(cx)), Some(len), "G17");
                assert_eq!(cx.bytes(wide.get(cx)).len(), 4 * len, "G17");
                for at in 0..len {
                    assert!(cx.value_at(list.get(cx), at).is_none(), "G17: a fresh slot is not empty");
                    let item = node(cx, None, None, at as i64);
                    cx.put_value(list.get(cx), at, Some(item.any()));
                    cx.bytes(text.get(cx))[at].set(at as u8);
                    if at % 100 == 0 {
                        cx.poll();
                    }
                }
                cx.collect(CollectKind::Full);
                for at in 0..len {
                    let item = cx.value_at(list.get(cx), at).and_then(|v| v.downcast::<Node>(cx));
                    assert_eq!(item.map(|n| n.key.get()), Some(at as i64), "G17: a value");
                    assert_eq!(cx.bytes(text.get(cx))[at].get(), at as u8, "G17: a byte");
                }
                if let Some(four) = Local::immediate(Value::int32(4)).filter(|_| len > 4) {
                    cx.put_value(list.get(cx), 4, Some(four));
                    cx.put_value(list.get(cx), 3, None);
                    cx.collect(CollectKind::Full);
                    assert_eq!(cx.value_at(list.get(cx), 4).map(|v| v.value()), Some(Value::int32(4)));
                    assert_eq!(cx.stats().live_objects as usize, len + 1, "G17: tails keep what they hold");
                }
            });
        }
        assert_eq!(cx.tail_len(node(cx, None, None, 1).any()), None);
    });
}

/// Every size class once, and beyond.
fn sizes(bench: &Bench) {
    bench.run(|cx| {
        let bytes = must(cx.tail_shape("bytes", Tail::Bytes(0)));
        let step = if bench.mode.zeal.collect_every == 0 { 8 } else { 472 };
        let sizes: Vec<usize> = (0..10_000).step_by(step).collect();
        let kept: Vec<_> = sizes
            .iter()
            .map(|&len| {
                let fresh = must(cx.alloc_bytes(bytes, len));
                cx.bytes(fresh).iter().for_each(|b| b.set(len as u8));
                cx.root(fresh)
            })
            .collect();
        for _ in 0..2 {
            for &len in &sizes {
                let garbage = must(cx.alloc_bytes(bytes, len));
                cx.bytes(garbage).iter().for_each(|b| b.set(0xff));
            }
            cx.collect(CollectKind::Full);
        }
        for (&len, kept) in sizes.iter().zip(&kept) {
            let intact = cx.bytes(kept.get(cx)).iter().all(|b| b.get() == len as u8);
            assert!(intact, "G17: objects of {len} bytes overlap with others");
        }
    });
}

fn depth(bench: &Bench) {
    // Ten million where nothing is stressed: a megabyte of stack holds no such recursion.
    let n = if bench.mode.zeal.collect_every == 0 { 10_000_000 } else { 20_000 };
    let run = || {
        let mut heap = bench.heap();
        let config = bench.mode.zeal;
        // Building it would collect at every poll; the depth is what matters.
        heap.set_zeal(Default::default());
        let result = heap.enter(|cx| {
            let weak = cx.scoped(|cx| {
                let list = cx.root(node(cx, None, None, 0));
                for i in 1..n {
                    let next = list.get(cx);
                    list.set(cx, node(cx, Some(next), None, i));
                    if i % 100_000 == 0 {
                        cx.poll();
                    }
                }
                cx.collect(CollectKind::Full);
                assert_eq!(cx.stats().live_objects, n as u64, "G18: tracing a deep list");
                must(cx.downgrade(list.get(cx)))
            });
            cx.poll();
            cx.collect(CollectKind::Full);
            assert!(weak.is_some_and(|w| cx.upgrade(w).is_none()), "G18: a deep list did not die");
            assert_eq!(cx.stats().live_objects, 0, "G18");
            // A second one dies with the heap.
            let list = cx.root(node(cx, None, None, 0));
            for i in 1..n / 10 {
                let next = list.get(cx);
                list.set(cx, node(cx, Some(next), None, i));
            }
        });
        assert!(result.is_ok());
        heap.set_zeal(config);
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(1 << 20).spawn_scoped(scope, run);
        match thread.map(|t| t.join()) {
            Ok(Ok(())) => {}
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(error) => panic!("{error}"),
        }
    });
}

fn counts_stick(bench: &Bench) {
    if !bench.counted() {
        return;
    }
    bench.run(|cx| {
        let count_of = |at: Local<'_, Node>| at.header().map(|h| h.count());
        let weak = cx.scoped(|cx| {
            let object = cx.root(node(cx, None, None, 1));
            if let Some(header) = object.get(cx).header() {
                header.overcount(COUNT_STUCK - 3);
            }
            let holders: Vec<_> = (0..10).map(|i| cx.root(node(cx, Some(object.get(cx)), None, i))).collect();
            assert_eq!(count_of(object.get(cx)), Some(COUNT_STUCK), "G19: an overflow");
            for holder in &holders {
                holder.get(cx).put(cx, Node::left, None);
            }
            cx.poll();
            assert_eq!(count_of(object.get(cx)), Some(COUNT_STUCK), "G19: a stuck count moved");
            must(cx.downgrade(object.get(cx)))
        });
        cx.poll();
        if bench.mode.zeal.collect_every == 0 {
            assert!(weak.is_some_and(|w| cx.upgrade(w).is_some()), "G19: freed by counts");
        }
        cx.collect(CollectKind::Full);
        assert!(weak.is_some_and(|w| cx.upgrade(w).is_none()), "G19: not found by a trace");
    });
}

fn vectors(bench: &Bench) {
    let (tokens, live) = counter();
    bench.run(|cx| {
        let fresh = || HolderInit { other: None, token: Token::new(&tokens) };
        let holder = cx.root(must(cx.alloc(fresh())));
        let n = bench.scaled(1_000);
        for i in 0..n {
            let item = node(cx, None, None, i as i64);
            must(holder.get(cx).push(cx, Holder::list, item));
            cx.poll();
        }
        let charged = cx.stats().external_bytes as usize;
        assert!(charged >= 8 * n, "G21: a vector's memory is not charged");
        for i in 0..n {
            let item = holder.get(cx).list.get(cx, i).map(|n| n.key.get());
            assert_eq!(item, Some(i as i64), "G21: an element");
        }
        assert!(holder.get(cx).list.get(cx, n).is_none());
        let first = holder.get(cx).list.get(cx, 0);
        let Some(first) = first.map(|f| cx.root(f)) else { panic!("G21") };
        assert!(holder.get(cx).set_at(cx, Holder::list, 1, first.get(cx)), "G21");
        assert!(!holder.get(cx).set_at(cx, Holder::list, n, first.get(cx)), "G21");
        let last = holder.get(cx).pop(cx, Holder::list).map(|n| n.key.get());
        assert_eq!(last, Some(n as i64 - 1), "G21: what was popped lives on until the next `&mut` point");
        holder.get(cx).truncate(cx, Holder::list, 5);
        cx.collect(CollectKind::Full);
        // The holder and elements 0, 2, 3, 4; 0 twice.
        assert_eq!(cx.stats().live_objects, 5, "G21: a vector kept what it gave up");
        // A cycle through a vector is garbage like any other.
        cx.scoped(|cx| {
            let a = cx.root(must(cx.alloc(fresh())));
            a.get(cx).put(cx, Holder::other, Some(a.get(cx)));
            for _ in 0..10 {
                must(a.get(cx).push(cx, Holder::list, first.get(cx)));
            }
        });
        assert_eq!(live(), 2);
        cx.collect(CollectKind::Full);
        assert!(holder.get(cx).token.is_live());
        assert_eq!(live(), 1, "G21: a cycle past a vector");
        assert_eq!(cx.stats().external_bytes as usize, charged, "G21: discharged with its owner");
    });
    assert_eq!(live(), 0);
}

fn maps(bench: &Bench) {
    let (tokens, live) = counter();
    bench.run(|cx| {
        let holder = cx.root(must(cx.alloc(HolderInit { other: None, token: Token::new(&tokens) })));
        let n = bench.scaled(500);
        for round in 0..2 {
            for i in 0..n {
                let item = node(cx, None, None, (i + round) as i64);
                must(holder.get(cx).insert(cx, Holder::map, i.to_string(), item));
                cx.poll();
            }
        }
        assert_eq!(holder.get(cx).map.len(), n);
        for i in 0..n {
            let item = holder.get(cx).map.get(cx, &i.to_string()).map(|n| n.key.get());
            assert_eq!(item, Some(i as i64 + 1), "G21: an entry");
        }
        cx.collect(CollectKind::Full);
        assert_eq!(cx.stats().live_objects as usize, n + 1, "G21: a map kept what was replaced");
        for key in holder.get(cx).map.keys() {
            if key != "3" {
                let removed = holder.get(cx).remove(cx, Holder::map, &key);
                assert!(removed.is_some(), "G21: removing {key}");
                cx.poll();
            }
        }
        assert!(holder.get(cx).remove(cx, Holder::map, &"none".to_string()).is_none());
        cx.collect(CollectKind::Full);
        assert_eq!(cx.stats().live_objects, 2, "G21: a map kept what was removed");
        assert!(!holder.get(cx).map.is_empty());
    });
    assert_eq!(live(), 0);
}

fn statistics(bench: &Bench) {
    bench.run(|cx| {
        let before = cx.stats();
        let kept: Vec<_> = (0..1000).map(|_| cx.root(must(cx.alloc(BoxedInit { item: None })))).collect();
        let _tree = cx.root(tree(cx, 5));
        cx.collect(CollectKind::Full);
        let stats = cx.stats();
        assert_eq!(stats.live_objects, kept.len() as u64 + 63, "G23: live objects");
        assert_eq!(stats.live_bytes, 16 * kept.len() as u64 + 32 * 63, "G23: live bytes");
        assert!(stats.collections > before.collections, "G23: collections");
        assert!(stats.pause_max_ns <= stats.pause_total_ns, "G23: pauses");
        assert!(stats.peak_bytes >= stats.heap_bytes, "G23: peak");
        assert!(stats.heap_bytes >= stats.live_bytes, "G23: heap");
        assert!(stats.allocated_bytes >= stats.live_bytes, "G23: allocated");
        // Allocation goes on being counted when cells are used again.
        for _ in 0..bench.scaled(100_000) {
            node(cx, None, None, 0).key.set(1);
            cx.poll();
        }
        let more = cx.stats().allocated_bytes - stats.allocated_bytes;
        let wanted = 32 * bench.scaled(100_000) as u64;
        assert!(more + (64 << 10) >= wanted, "G23: {more} bytes allocated of {wanted}");
    });
}
