//! G41: long arrays under random stores, beside a model of them.

use super::objects::*;
use super::{Bench, Case};
use crate::generate::Random;
use taipan_gc::{CollectKind, Cx, Local, Tail};

pub(super) const CASES: &[Case] = &[
    Case { name: "G41_tails_written_at_random", reclaims: false, run: tails },
    Case { name: "G41_vectors_written_at_random", reclaims: false, run: vectors },
    Case { name: "G41_arrays_that_are_filled", reclaims: false, run: filled },
];

/// Longer than any collector looks at as a whole.
const LEN: usize = 20_000;

/// Where to write next: often where it was lately.
fn place(random: &mut Random, recent: &mut [usize; 4], len: usize) -> usize {
    let at = match random.below(3) {
        0 => recent[random.below(4)],
        _ => random.below(len),
    };
    recent[random.below(4)] = at;
    at % len
}

/// A node that refers to another one, which must be found through it.
fn pair<'a>(cx: &'a Cx<'_>, key: i64) -> Local<'a, Node> {
    let other = node(cx, None, None, -key);
    node(cx, Some(other), None, key)
}

fn check(found: Option<Local<'_, Node>>, cx: &Cx<'_>, expected: Option<i64>, at: usize) {
    let keys = found.map(|found| (found.key.get(), found.left.get(cx).map(|other| other.key.get())));
    assert_eq!(keys, expected.map(|key| (key, Some(-key))), "G41: at {at}");
}

fn tails(bench: &Bench) {
    bench.run(|cx| {
        let mut random = Random::new(7);
        let (mut recent, mut model) = ([0; 4], vec![None; LEN]);
        let shape = must(cx.tail_shape("values", Tail::Values));
        let array = cx.root(must(cx.alloc_values(shape, LEN)));
        for step in 0..bench.scaled(400_000) as i64 {
            let at = place(&mut random, &mut recent, LEN);
            model[at] = (random.below(9) != 0).then_some(step + 1);
            let fresh = model[at].map(|key| pair(cx, key).any());
            cx.put_value(array.get(cx), at, fresh);
            if random.below(4) == 0 {
                cx.poll();
            }
            let at = random.below(LEN);
            let found = cx.value_at(array.get(cx), at).and_then(|value| value.downcast::<Node>(cx));
            check(found, cx, model[at], at);
        }
        cx.collect(CollectKind::Full);
        for (at, &expected) in model.iter().enumerate() {
            let found = cx.value_at(array.get(cx), at).and_then(|value| value.downcast::<Node>(cx));
            check(found, cx, expected, at);
        }
    });
}

/// They also grow, which moves their slots, and shrink.
fn vectors(bench: &Bench) {
    bench.run(|cx| {
        let mut random = Random::new(8);
        let (mut recent, mut model) = ([0; 4], Vec::new());
        let (alive, _) = counter();
        let array = holder(cx, Token::new(&alive));
        for key in 1..=LEN as i64 {
            must(array.get(cx).push(cx, Holder::list, pair(cx, key)));
            model.push(key);
        }
        for step in 0..bench.scaled(400_000) as i64 {
            let key = LEN as i64 + step;
            match random.below(400) {
                0 => {
                    for more in 0..random.below(2_000) as i64 {
                        must(array.get(cx).push(cx, Holder::list, pair(cx, key + more)));
                        model.push(key + more);
                    }
                }
                1 => {
                    let len = model.len() - random.below(2_000).min(model.len() / 4);
                    array.get(cx).truncate(cx, Holder::list, len);
                    model.truncate(len);
                }
                _ => {
                    let at = place(&mut random, &mut recent, model.len());
                    assert!(array.get(cx).set_at(cx, Holder::list, at, pair(cx, key)));
                    model[at] = key;
                }
            }
            if random.below(4) == 0 {
                cx.poll();
            }
            let at = random.below(model.len());
            check(array.get(cx).list.get(cx, at), cx, Some(model[at]), at);
        }
        cx.collect(CollectKind::Full);
        assert_eq!(array.get(cx).list.len(), model.len(), "G41");
        for (at, &key) in model.iter().enumerate() {
            check(array.get(cx).list.get(cx, at), cx, Some(key), at);
        }
    });
}

/// From one end to the other, over and over.
fn filled(bench: &Bench) {
    bench.run(|cx| {
        let shape = must(cx.tail_shape("values", Tail::Values));
        let array = cx.root(must(cx.alloc_values(shape, LEN)));
        let rounds = bench.scaled(20 * LEN);
        for step in 0..rounds {
            let fresh = pair(cx, step as i64).any();
            cx.put_value(array.get(cx), step % LEN, Some(fresh));
            if step % 16 == 0 {
                cx.poll();
            }
        }
        for at in 0..LEN.min(rounds) {
            let last = (rounds - 1 - at) / LEN * LEN + at;
            let found = cx.value_at(array.get(cx), at).and_then(|value| value.downcast::<Node>(cx));
            check(found, cx, Some(last as i64), at);
        }
    });
}
