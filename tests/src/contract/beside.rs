//! G43: a thread that marks beside the program.

use super::objects::*;
use super::{Bench, Case};
use std::time::{Duration, Instant};
use taipan_gc::{CollectKind, Cx, Handle, HeapConfig, Local};

pub(super) const CASES: &[Case] = &[
    Case { name: "G43_stores_beside_a_marking", reclaims: false, run: stores },
    Case { name: "G43_closing_beside_a_marking", reclaims: false, run: closing },
];

/// Trees that exchange their branches.
const TREES: usize = 16;
/// A thread that the system does not let run for so long will not run.
const LONGEST: Duration = Duration::from_secs(30);

fn config() -> HeapConfig {
    // Collected for each MiB.
    HeapConfig { marking_thread: true, heap_growth: Some(100), ..HeapConfig::default() }
}

fn depth(bench: &Bench) -> u32 {
    if bench.mode.zeal.collect_every == 0 {
        11
    } else {
        4
    }
}

/// Trees in a container, which a thread can't look into.
fn forest<'s>(cx: &mut Cx<'s>, depth: u32) -> Handle<'s, Holder> {
    let (alive, _) = counter();
    let holder = holder(cx, Token::new(&alive));
    for _ in 0..TREES {
        let tree = tree(cx, depth);
        must(holder.get(cx).push(cx, Holder::list, tree));
    }
    holder
}

fn at<'a>(cx: &'a Cx<'_>, forest: Handle<'_, Holder>, n: usize) -> Local<'a, Node> {
    must(forest.get(cx).list.get(cx, n % TREES).ok_or("G43: a tree is gone"))
}

/// Lets two trees exchange branches, a few steps down, so that what has not been looked at comes to lie behind what has; and gives one of them a new root.
fn exchange(cx: &Cx<'_>, forest: Handle<'_, Holder>, round: usize) {
    let (mut a, mut b) = (at(cx, forest, round), at(cx, forest, round * 7 + 1));
    for step in 0..round % 3 {
        let child = |node: Local<'_, Node>| match (round >> step) % 2 {
            0 => node.left.get(cx),
            _ => node.right.get(cx),
        };
        (a, b) = (must(child(a).ok_or("a leaf")), must(child(b).ok_or("a leaf")));
    }
    let (left, right) = (a.left.get(cx), b.right.get(cx));
    a.put(cx, Node::left, right);
    b.put(cx, Node::right, left);
    let old = at(cx, forest, round * 3);
    let fresh = node(cx, old.left.get(cx), old.right.get(cx), old.key.get());
    assert!(forest.get(cx).set_at(cx, Holder::list, round * 3 % TREES, fresh), "G43");
}

/// Small objects that a thread looks at, each the only one that refers to a large one, which only the mutator marks.
fn boxes<'s>(cx: &mut Cx<'s>) -> [Handle<'s, Boxed>; 4] {
    [1, 2, 3, 4].map(|n| {
        let big = must(cx.alloc(BigInit { next: None, bytes: [n; 20_000] })).any();
        cx.root(must(cx.alloc(BoxedInit { item: Some(big) })))
    })
}

fn check_boxes(cx: &Cx<'_>, boxes: [Handle<'_, Boxed>; 4]) {
    for (boxed, n) in boxes.into_iter().zip(1..) {
        let big = boxed.get(cx).item.get(cx).and_then(|item| item.downcast::<Big>(cx));
        assert!(big.is_some_and(|big| big.bytes == [n; 20_000]), "G43: a large object is not as it was");
    }
}

fn stores(bench: &Bench) {
    let (depth, begun) = (depth(bench), Instant::now());
    let mut heap = bench.heap_with(config());
    let is_enough = |cx: &Cx<'_>| {
        !bench.facts().marks_beside || cx.stats().marked_beside > 0 || begun.elapsed() > LONGEST
    };
    bench.run_in(&mut heap, |cx| {
        let (forest, boxes) = (forest(cx, depth), boxes(cx));
        let (least, mut round) = (bench.scaled(2000), 0);
        while round < least || !is_enough(cx) {
            exchange(cx, forest, round);
            if round % TREES == 0 {
                // What dies is old.
                let fresh = tree(cx, depth);
                assert!(forest.get(cx).set_at(cx, Holder::list, round / TREES % TREES, fresh), "G43");
            }
            cx.poll();
            round += 1;
        }
        check_boxes(cx, boxes);
        let nodes: u64 = (0..TREES).map(|n| count(cx, at(cx, forest, n))).sum();
        assert_eq!(nodes, TREES as u64 * ((2 << depth) - 1), "G43: nodes are lost");
    });
    let marked = heap.stats().marked_beside;
    assert_eq!(marked > 0, bench.facts().marks_beside, "G43: the thread has marked {marked} objects");
}

fn closing(bench: &Bench) {
    for rounds in 0..bench.scaled(24) {
        let (alive, living) = counter();
        let mut heap = bench.heap_with(config());
        bench.run_in(&mut heap, |cx| {
            let forest = forest(cx, depth(bench));
            holder(cx, Token::new(&alive));
            for round in 0..rounds * 16 {
                exchange(cx, forest, round);
                cx.poll();
            }
            if rounds % 3 == 0 {
                cx.collect(CollectKind::Full);
            }
        });
        heap.close();
        assert_eq!(living(), 0, "G43: something outlives its heap");
    }
}
