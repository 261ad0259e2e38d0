//! G40: what dies at once can be freed in portions, and collections worked off in steps.

use super::objects::*;
use super::{Bench, Case};
use std::time::Duration;
use taipan_gc::{CollectKind, Cx, Heap, HeapConfig, Local, Tail};

pub(super) const CASES: &[Case] = &[
    Case { name: "G40_drains_in_portions", reclaims: true, run: in_portions },
    Case { name: "G40_long_tails_in_portions", reclaims: true, run: long_tails },
    Case { name: "G40_portions_and_finalizers", reclaims: true, run: finalizers },
    Case { name: "G40_what_waits_may_be_resurrected", reclaims: true, run: resurrected },
    Case { name: "G40_steps", reclaims: true, run: steps },
];

const PORTION: usize = 100;

fn heap(bench: &Bench) -> Heap {
    let mut heap = bench.heap_with(HeapConfig { drain_portion: Some(PORTION), ..HeapConfig::default() });
    heap.set_host(Box::new(Log::default()));
    heap
}

/// A chain of so many, whose ends are counted.
fn chain<'a>(cx: &'a Cx<'_>, len: usize, token: &Token) -> Local<'a, Droppable> {
    let link = |next| must(cx.alloc(DroppableInit { next, token: Token::new(&token.counter()) }));
    (1..len).fold(link(None), |next, _| link(Some(next)))
}

/// Polls until nobody but the given token is left; each poll frees some, and not more than two portions.
fn die(bench: &Bench, cx: &mut Cx<'_>, left: &impl Fn() -> i64) {
    if !bench.facts().prompt {
        cx.collect(CollectKind::Full);
    }
    let mut before = left();
    while before > 1 {
        cx.poll();
        let now = left();
        assert!(now < before, "G40: a poll frees nothing of {now}");
        if bench.mode.zeal.collect_every == 0 {
            assert!((before - now) as usize <= 2 * PORTION, "G40: a poll has freed {}", before - now);
        }
        before = now;
    }
}

fn in_portions(bench: &Bench) {
    let mut heap = heap(bench);
    bench.run_in(&mut heap, |cx| {
        let (alive, left) = counter();
        let token = Token::new(&alive);
        cx.scoped(|cx| {
            let kept = cx.root(chain(cx, 5_000, &token));
            // Others die meanwhile.
            chain(cx, 30, &token);
            cx.poll();
            assert!(kept.get(cx).token.is_live());
        });
        die(bench, cx, &left);
        // What is left to the next poll does not outlive a full collection.
        cx.scoped(|cx| {
            cx.root(chain(cx, 5_000, &token));
            cx.poll();
        });
        cx.collect(CollectKind::Full);
        assert_eq!(left(), 1, "G40: after a full collection");
        cx.root(chain(cx, 5_000, &token));
    });
    let stats = heap.close();
    assert_eq!(stats.heap_bytes, 0, "G40: after the close");
}

/// The values of one object.
fn long_tails(bench: &Bench) {
    let mut heap = heap(bench);
    bench.run_in(&mut heap, |cx| {
        let (alive, left) = counter();
        let token = Token::new(&alive);
        let shape = must(cx.tail_shape("values", Tail::Values));
        let mut weak = None;
        cx.scoped(|cx| {
            let list = cx.root(must(cx.alloc_values(shape, 20_000)));
            for at in 0..20_000 {
                let item = chain(cx, 1, &token).any();
                cx.put_value(list.get(cx), at, Some(item));
            }
            weak = must(cx.downgrade(list.get(cx)));
            cx.poll();
            assert_eq!(left(), 20_001);
        });
        if bench.facts().prompt {
            cx.poll();
            let found = weak.and_then(|weak| cx.upgrade(weak)).is_some();
            assert!(!found, "G40: half an object is found");
            cx.verify("with half an object");
        }
        die(bench, cx, &left);
    });
}

fn finalizers(bench: &Bench) {
    let mut heap = heap(bench);
    bench.run_in(&mut heap, |cx| {
        let (alive, left) = counter();
        let len = bench.scaled(3_000) as i64;
        cx.scoped(|cx| {
            let first = cx.root(mortal(cx, None, 0, &alive));
            for key in 1..len {
                let next = mortal(cx, Some(first.get(cx)), key, &alive);
                first.set(cx, next);
                cx.poll();
            }
        });
        if !bench.facts().prompt {
            cx.collect(CollectKind::Full);
        }
        for _ in 0..len {
            cx.poll();
        }
        cx.collect(CollectKind::Full);
        cx.collect(CollectKind::Full);
        assert_eq!(finalized(cx), (0..len).collect::<Vec<_>>(), "G40: each once");
        assert_eq!(left(), 0, "G40");
    });
}

/// A weak reference may still find what waits to be freed: then it lives, with all that it refers to.
fn resurrected(bench: &Bench) {
    let mut heap = heap(bench);
    bench.run_in(&mut heap, |cx| {
        let (mut weak, mut first) = (None, None);
        cx.scoped(|cx| {
            let list = cx.root(node(cx, None, None, 0));
            for key in 1..2_000 {
                let next = node(cx, Some(list.get(cx)), None, key);
                if key == 1_000 {
                    weak = must(cx.downgrade(next));
                }
                list.set(cx, next);
            }
            cx.poll();
        });
        cx.poll();
        if let Some(found) = weak.and_then(|weak| cx.upgrade(weak)) {
            first = Some(cx.root(found));
        }
        for _ in 0..50 {
            cx.poll();
        }
        cx.collect(CollectKind::Full);
        if let Some(first) = first {
            let (mut at, mut keys) = (Some(first.get(cx)), 1_000);
            while let Some(node) = at {
                assert_eq!(node.key.get(), keys, "G40: a chain that was resurrected");
                (at, keys) = (node.left.get(cx), keys - 1);
            }
            assert_eq!(keys, -1, "G40: its end");
        }
    });
}

fn steps(bench: &Bench) {
    let mut heap = heap(bench);
    bench.run_in(&mut heap, |cx| {
        let (alive, left) = counter();
        let token = Token::new(&alive);
        for round in 0..bench.scaled(300) {
            cx.scoped(|cx| {
                cx.root(chain(cx, 1_000, &token));
                if bench.facts().cycles {
                    let first = node(cx, None, None, round as i64);
                    let second = node(cx, Some(first), None, -1);
                    first.put(cx, Node::left, Some(second));
                }
            });
            cx.step(Duration::ZERO);
        }
        assert!(cx.step(Duration::from_secs(60)), "G40: a step of a minute leaves something");
        if bench.facts().prompt {
            assert_eq!(left(), 1, "G40: what a step has left");
        }
        cx.collect(CollectKind::Full);
        assert_eq!(left(), 1, "G40");
        assert!(cx.step(Duration::ZERO), "G40: there is something to do after a full collection");
    });
}
