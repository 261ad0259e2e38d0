//! G44: what objects of one size let go of serves objects of others.

use super::objects::*;
use super::{Bench, Case};
use crate::generate::Random;
use taipan_gc::header::ShapeId;
use taipan_gc::{CollectKind, Cx, Handle, HeapConfig, Tail, Zeal};

pub(super) const CASES: &[Case] = &[
    Case { name: "G44_sizes_in_turn", reclaims: true, run: in_turn },
    Case { name: "G44_sizes_in_turn_within_a_limit", reclaims: true, run: within_a_limit },
    Case { name: "G44_sizes_at_random", reclaims: false, run: at_random },
];

/// Lengths of what is allocated, in bytes: cells of as many sizes.
const LENGTHS: [usize; 6] = [8, 24, 40, 100, 300, 1000];

/// Bytes of the objects of a turn.
const TURN: usize = 6 << 20;

fn shapes(cx: &Cx<'_>) -> (ShapeId, ShapeId) {
    (must(cx.tail_shape("items", Tail::Values)), must(cx.tail_shape("bytes", Tail::Bytes(0))))
}

/// Fills the array with objects of this length that are marked by their place.
fn fill(cx: &mut Cx<'_>, array: Handle<'_>, shape: ShapeId, count: usize, len: usize) {
    for at in 0..count {
        must(cx.reserve(len + 64));
        let fresh = must(cx.alloc_bytes(shape, len));
        cx.bytes(fresh)[0].set(at as u8);
        cx.put_value(array.get(cx), at, Some(fresh));
        cx.poll();
    }
}

fn check(cx: &Cx<'_>, array: Handle<'_>, at: usize, len: usize, mark: u8) {
    let held = must(cx.value_at(array.get(cx), at).ok_or("G44: an object is gone"));
    let bytes = cx.bytes(held);
    assert!(bytes.len() == len && bytes[0].get() == mark, "G44: the object at {at} is not as it was");
}

/// Has each length fill the heap in turn, all of it dropped before the next.
fn turns(bench: &Bench, cx: &mut Cx<'_>, collect: bool) {
    let (items, bytes) = shapes(cx);
    let most = bench.scaled(TURN / 24);
    let array = must(cx.alloc_values(items, most));
    let array = cx.root(array);
    for round in 0..2 * LENGTHS.len() {
        let len = LENGTHS[round % LENGTHS.len()];
        let count = most.min(TURN / (len + 16));
        fill(cx, array, bytes, count, len);
        (0..count).for_each(|at| check(cx, array, at, len, at as u8));
        (0..count).for_each(|at| cx.put_value(array.get(cx), at, None));
        cx.poll();
        if collect {
            cx.collect(CollectKind::Full);
        }
    }
}

fn in_turn(bench: &Bench) {
    let prompt = bench.facts().prompt;
    let stats = bench.run(|cx| {
        turns(bench, cx, !prompt);
        cx.stats()
    });
    if bench.mode.zeal.collect_every == 0 {
        // A turn and the array; room to grow in, and a nursery.
        let most = 2 * TURN as u64 + (8 << 20);
        assert!(stats.peak_bytes <= most, "G44: {} bytes for {TURN} at a time", stats.peak_bytes);
        assert!(!prompt || bench.facts().cycles || stats.collections == 0, "G44: {stats:?}");
    }
}

fn within_a_limit(bench: &Bench) {
    let mut heap = bench.heap_with(HeapConfig { heap_limit: Some(2 * TURN), ..HeapConfig::default() });
    bench.run_in(&mut heap, |cx| turns(bench, cx, false));
}

/// Replaces objects at random, each round by more of another length, beside a model of them.
fn at_random(bench: &Bench) {
    let mut heap = bench.heap();
    // Freed cells are filled with a pattern, and blocks without objects are given back as soon as may be.
    heap.set_zeal(Zeal { poison: true, ..bench.mode.zeal });
    bench.run_in(&mut heap, |cx| {
        let (items, bytes) = shapes(cx);
        let places = 2000;
        let array = must(cx.alloc_values(items, places));
        let array = cx.root(array);
        let mut model = vec![None; places];
        let mut random = Random::new(7);
        for step in 0..bench.scaled(200_000) {
            let at = random.below(places);
            if let Some((len, mark)) = model[at] {
                check(cx, array, at, len, mark);
            }
            let favoured = LENGTHS[step / 5000 % LENGTHS.len()];
            let len = if random.below(8) > 0 { favoured } else { LENGTHS[random.below(LENGTHS.len())] };
            if random.below(4) == 0 {
                model[at] = None;
                cx.put_value(array.get(cx), at, None);
            } else {
                let fresh = must(cx.alloc_bytes(bytes, len));
                cx.bytes(fresh)[0].set(step as u8);
                cx.put_value(array.get(cx), at, Some(fresh));
                model[at] = Some((len, step as u8));
            }
            cx.poll();
            if step % 20_000 == 19_999 {
                cx.verify("between rounds");
            }
        }
        for (at, kept) in model.iter().enumerate() {
            match *kept {
                Some((len, mark)) => check(cx, array, at, len, mark),
                None => assert!(cx.value_at(array.get(cx), at).is_none(), "G44: something at {at}"),
            }
        }
    });
}
