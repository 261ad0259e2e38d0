//! G38: cyclic garbage that nobody asks for, young and old; and when it is looked for.

use super::objects::*;
use super::{Bench, Case};
use taipan_gc::{CollectKind, Cx, Facts, Handle, Local, ShapeId, Tail, Thresholds};

pub(super) const CASES: &[Case] = &[
    Case { name: "G38_rings_that_die_young", reclaims: true, run: die_young },
    Case { name: "G38_rings_that_die_old", reclaims: true, run: die_old },
    Case { name: "G38_rings_in_reused_cells", reclaims: true, run: in_reused_cells },
    Case { name: "G38_rings_of_large_objects", reclaims: true, run: of_large_objects },
    Case { name: "G38_rings_that_others_hold", reclaims: true, run: that_others_hold },
    Case { name: "G38_rings_are_finalized", reclaims: true, run: are_finalized },
    Case { name: "G39_thresholds", reclaims: true, run: thresholds },
];

/// The most that a heap may take when so many bytes live.
fn bound(facts: Facts, live: usize) -> usize {
    match facts.prompt {
        true => live / 10 * 13 + (4 << 20),
        false => 2 * live + (40 << 20),
    }
}

/// A ring of two.
fn ring<'a>(cx: &'a Cx<'_>, key: i64) -> Local<'a, Node> {
    let first = node(cx, None, None, key);
    let second = node(cx, Some(first), None, -key);
    first.put(cx, Node::left, Some(second));
    first
}

fn values(cx: &Cx<'_>) -> ShapeId {
    must(cx.tail_shape("values", Tail::Values))
}

/// Keeps `len` rings, fills a list of them and replaces the oldest `rounds` times, without ever asking for a collection.
fn replace_oldest(cx: &mut Cx<'_>, len: usize, rounds: usize) {
    let shape = values(cx);
    let list = cx.root(must(cx.alloc_values(shape, len)));
    for round in 0..rounds {
        let fresh = ring(cx, round as i64).any();
        cx.put_value(list.get(cx), round % len, Some(fresh));
        cx.poll();
    }
    for at in 0..len.min(rounds) {
        let found = cx.value_at(list.get(cx), at).and_then(|ring| ring.downcast::<Node>(cx));
        let key = found.map(|ring| ring.key.get());
        assert!(key.is_some_and(|key| key as usize % len == at), "G38: another ring at {at}: {key:?}");
        let back = found.and_then(|ring| ring.left.get(cx)).and_then(|other| other.left.get(cx));
        assert_eq!(back.map(|ring| ring.key.get()), key, "G38: a ring is broken");
    }
}

fn check_peak(bench: &Bench, cx: &mut Cx<'_>, what: &str) {
    if !bench.facts().cycles || bench.mode.zeal.collect_every != 0 {
        return;
    }
    cx.collect(CollectKind::Full);
    let (live, peak) = (cx.stats().live_bytes as usize, cx.stats().peak_bytes as usize);
    assert!(peak <= bound(bench.facts(), live), "G38: {what}: a peak of {peak} bytes, with {live} alive");
}

fn die_young(bench: &Bench) {
    bench.run(|cx| {
        let kept = cx.root(tree(cx, 14));
        for key in 0..bench.scaled(300_000) {
            ring(cx, key as i64);
            cx.poll();
        }
        assert_eq!(count(cx, kept.get(cx)), (1 << 15) - 1);
        check_peak(bench, cx, "rings that die young");
    });
}

/// They live longer than any nursery lasts.
fn die_old(bench: &Bench) {
    bench.run(|cx| {
        cx.scoped(|cx| replace_oldest(cx, bench.scaled(100_000), bench.scaled(600_000)));
        // The list is dead by now, and was what lived.
        let kept = cx.root(must(cx.alloc_values(values(cx), bench.scaled(100_000))));
        for at in 0..bench.scaled(100_000) {
            let fresh = ring(cx, at as i64).any();
            cx.put_value(kept.get(cx), at, Some(fresh));
            cx.poll();
        }
        check_peak(bench, cx, "rings that die old");
    });
}

/// Every second cell of what was there is free: new objects lie among old ones.
fn in_reused_cells(bench: &Bench) {
    bench.run(|cx| {
        let len = bench.scaled(200_000);
        let kept = cx.root(must(cx.alloc_values(values(cx), len)));
        for at in 0..len {
            let fresh = node(cx, None, None, at as i64).any();
            cx.put_value(kept.get(cx), at, Some(fresh));
            cx.poll();
        }
        cx.collect(CollectKind::Full);
        for at in (0..len).step_by(2) {
            cx.put_value(kept.get(cx), at, None);
        }
        cx.poll();
        for key in 0..bench.scaled(400_000) {
            ring(cx, key as i64);
            cx.poll();
        }
        for at in (1..len).step_by(2) {
            let found = cx.value_at(kept.get(cx), at).and_then(|found| found.downcast::<Node>(cx));
            assert_eq!(found.map(|found| found.key.get()), Some(at as i64), "G38: an old object");
        }
    });
}

/// Large objects in rings; others die by themselves meanwhile, which a marking may have seen.
fn of_large_objects(bench: &Bench) {
    bench.run(|cx| {
        let shape = values(cx);
        let list = cx.root(must(cx.alloc_values(shape, 64)));
        for round in 0..bench.scaled(6_000) {
            cx.scoped(|cx| {
                let large = cx.root(must(cx.alloc_values(shape, 1_200)));
                let small = ring(cx, round as i64);
                let other = must(cx.alloc(BoxedInit { item: Some(large.get(cx)) }));
                cx.put_value(large.get(cx), 0, Some(small.any()));
                if round % 3 != 0 {
                    cx.put_value(large.get(cx), 1_199, Some(other.any()));
                }
                cx.put_value(list.get(cx), round % 64, Some(large.get(cx)));
            });
            cx.poll();
        }
        let kept = bench.scaled(6_000).min(64);
        let held = |at| {
            let large = cx.value_at(list.get(cx), at);
            large.and_then(|large| cx.value_at(large, 0)).and_then(|ring| ring.downcast::<Node>(cx))
        };
        assert!((0..kept).all(|at| held(at).is_some_and(|ring| ring.key.get() as usize % 64 == at)), "G38");
        check_peak(bench, cx, "large objects in rings");
    });
}

/// Rings that a root, a slot, an owned or a ring that lives refers to stay, whatever is found beside them.
fn that_others_hold(bench: &Bench) {
    bench.run(|cx| {
        let mut rooted: Vec<Handle<'_, Node>> = Vec::new();
        let mut owned = Vec::new();
        let holder = cx.root(node(cx, None, None, -1));
        for round in 0..bench.scaled(200_000) as i64 {
            let fresh = ring(cx, round);
            match round % 997 {
                1 => rooted.push(cx.root(fresh)),
                2 => owned.push((must(cx.own(fresh)), round)),
                3 => {
                    // A chain of rings, each held by the one before it.
                    fresh.put(cx, Node::right, holder.get(cx).right.get(cx));
                    holder.get(cx).put(cx, Node::right, Some(fresh));
                }
                _ => {}
            }
            cx.poll();
        }
        for (n, handle) in rooted.iter().enumerate() {
            let (first, expected) = (handle.get(cx), n as i64 * 997 + 1);
            let second = first.left.get(cx).map(|second| second.key.get());
            assert_eq!((first.key.get(), second), (expected, Some(-expected)), "G38: a rooted ring");
        }
        for (owned, key) in owned {
            assert_eq!(cx.owned(owned).map(|ring| ring.key.get()), Some(key), "G38: an owned ring");
            assert!(cx.disown(owned));
        }
        let (mut at, mut chain) = (holder.get(cx).right.get(cx), 0);
        while let Some(ring) = at {
            assert_eq!(ring.key.get() % 997, 3, "G38: a ring in the chain");
            (at, chain) = (ring.right.get(cx), chain + 1);
        }
        assert_eq!(chain, (bench.scaled(200_000) + 993) / 997, "G38: the chain");
    });
}

/// Each once, with what a finalizer reaches still there, and weak references to them cleared before.
fn are_finalized(bench: &Bench) {
    bench.run(|cx| {
        let rings = bench.scaled(60_000);
        let (alive, left) = counter();
        for key in 0..rings as i64 {
            cx.scoped(|cx| {
                let first = cx.root(mortal(cx, None, 2 * key, &alive));
                let second = mortal(cx, Some(first.get(cx)), 2 * key + 1, &alive);
                first.get(cx).put(cx, Mortal::other, Some(second));
                let weak = must(cx.downgrade(first.get(cx)));
                if key % 5 == 0 {
                    must(cx.own(first.get(cx)));
                }
                cx.poll();
                let found = weak.and_then(|weak| cx.upgrade(weak));
                assert!(found.is_some(), "G38: a weak reference lost an object that lives");
            });
        }
        let found = finalized(cx);
        let plain = bench.mode.zeal.collect_every == 0;
        if plain && bench.facts().prompt && bench.facts().cycles {
            assert!(found.len() > rings / 2, "G38: only {} finalizers have run unasked", found.len());
        }
        cx.collect(CollectKind::Full);
        cx.collect(CollectKind::Full);
        let found = finalized(cx);
        let expected: Vec<i64> = (0..2 * rings as i64).filter(|key| key / 2 % 5 != 0).collect();
        assert!(found == expected, "G38: {} finalizers have run, not {}", found.len(), expected.len());
        assert_eq!(left() as usize, 2 * rings - expected.len(), "G38: who lives");
    });
}

fn thresholds(bench: &Bench) {
    let collections = |thresholds: Thresholds| {
        bench.run(|cx| {
            must(cx.set_thresholds(thresholds));
            assert_eq!(cx.thresholds(), thresholds);
            for key in 0..bench.scaled(200_000) {
                ring(cx, key as i64);
                cx.poll();
            }
            let by_generation: u64 = cx.generations().iter().map(|g| g.collections).sum();
            assert_eq!(by_generation, cx.stats().collections, "G39: each collection has a generation");
            by_generation
        })
    };
    let usual = collections(Thresholds::DEFAULT);
    let rare = collections(Thresholds { young_bytes: 16 << 20, ..Thresholds::DEFAULT });
    let plain = bench.mode.zeal.collect_every == 0;
    if plain && bench.facts().prompt && bench.facts().cycles {
        assert!(usual > 4 && rare < usual / 4, "G39: {rare} collections, and {usual} as usual");
    }
    bench.run(|cx| {
        for wrong in [
            Thresholds { young_bytes: 0, ..Thresholds::DEFAULT },
            Thresholds { young_bytes: Thresholds::MIN_YOUNG - 1, ..Thresholds::DEFAULT },
            Thresholds { old_growth: 0, ..Thresholds::DEFAULT },
            Thresholds { old_growth: u32::MAX, ..Thresholds::DEFAULT },
        ] {
            assert!(cx.set_thresholds(wrong).is_err(), "G39: {wrong:?}");
            assert_eq!(cx.thresholds(), Thresholds::DEFAULT, "G39: after {wrong:?}");
        }
        // Whatever is in range works.
        must(cx.set_thresholds(Thresholds {
            young_bytes: usize::MAX,
            middle_after: u32::MAX,
            old_growth: Thresholds::MAX_GROWTH,
        }));
        ring(cx, 1);
        cx.collect(CollectKind::Auto);
    });
}
