//! G46: objects that never move, among others that may. Where the manager moves nothing all this holds of any object.

use super::objects::*;
use super::{Bench, Case};
use std::cell::Cell;
use taipan_gc::{CollectKind, Cx, Handle, HeapConfig, Local, Object, Owned, Slot, Tail};

pub(super) const CASES: &[Case] = &[
    Case { name: "G46_pinned_objects_stay", reclaims: false, run: stay },
    Case { name: "G46_held_by_old_objects_alone", reclaims: false, run: held_by_old },
    Case { name: "G46_cycles_with_others", reclaims: true, run: cycles },
    Case { name: "G46_many_at_once", reclaims: false, run: many },
    Case { name: "G46_few_survive_each_time", reclaims: true, run: few },
    Case { name: "G46_weak_references_and_identities", reclaims: true, run: weak },
    Case { name: "G46_finalizers", reclaims: true, run: finalizers },
    Case { name: "G46_nearly_all_survive", reclaims: true, run: survivors },
    Case { name: "G46_stores_beside_a_marking", reclaims: false, run: beside },
];

/// References to anything, and where it was made.
#[derive(Object, Debug)]
#[object(pinned)]
struct Pin {
    left: Slot,
    right: Slot,
    key: i64,
    place: Cell<u64>,
}

/// One with a finalizer and a drop.
#[derive(Object, Debug)]
#[object(pinned, finalize = pinned_dies)]
struct PinnedMortal {
    other: Slot,
    key: i64,
    token: Token,
}

fn pinned_dies<'s>(cx: &mut Cx<'s>, dying: Handle<'s>) {
    let Some(dying) = dying.downcast::<PinnedMortal>(cx) else { panic!("finalized as something else") };
    let Some(log) = cx.host::<Log>() else { return };
    assert!(dying.get(cx).token.is_live(), "G46: dropped before it was finalized");
    log.finalized.borrow_mut().push(dying.get(cx).key);
}

fn pin<'a>(cx: &'a Cx<'_>, left: Option<Local<'_>>, right: Option<Local<'_>>, key: i64) -> Local<'a, Pin> {
    let made = must(cx.alloc(PinInit { left, right, key, place: Cell::new(0) }));
    made.place.set(made.value().bits());
    made
}

/// A pinned object with this key, which is where it was made.
fn found<'a>(cx: &'a Cx<'_>, local: Option<Local<'a>>, key: i64) -> Local<'a, Pin> {
    let pin = must(local.and_then(|local| local.downcast::<Pin>(cx)).ok_or("G46: not a pinned object"));
    assert_eq!(pin.key, key, "G46: another object");
    let stays = !cx.can_pin() || cx.never_moves(pin) && pin.place.get() == pin.value().bits();
    assert!(stays, "G46: object {key} has moved");
    pin
}

fn collect(cx: &mut Cx<'_>, round: usize) {
    cx.collect(if round % 5 == 4 { CollectKind::Full } else { CollectKind::Auto });
}

fn stay(bench: &Bench) {
    bench.run(|cx| {
        assert!(cx.can_pin() || bench.facts().moves, "G46: what never moves is pinned");
        let rooted = pin(cx, None, None, 1);
        let rooted = cx.root(rooted);
        // From a nursery object alone, from a pinned one alone, and with one behind it.
        let inner = pin(cx, None, None, 3).any();
        let middle = pin(cx, Some(inner), None, 2).any();
        let boxed = cx.root(must(cx.alloc(BoxedInit { item: Some(middle) })));
        for round in 0..24 {
            let near = node(cx, None, None, round as i64).any();
            found(cx, Some(rooted.get(cx).any()), 1).put(cx, Pin::left, Some(near));
            // What dies between them.
            for key in 0..bench.scaled(300) as i64 {
                pin(cx, None, None, key);
                must(cx.alloc(BoxedInit { item: None }));
            }
            collect(cx, round);
            let near = rooted.get(cx).left.get(cx).and_then(|near| near.downcast::<Node>(cx));
            assert_eq!(near.map(|near| near.key.get()), Some(round as i64), "G46: what it refers to");
            let middle = found(cx, boxed.get(cx).item.get(cx), 2);
            found(cx, middle.left.get(cx), 3);
        }
    });
}

fn held_by_old(bench: &Bench) {
    bench.run(|cx| {
        let old = cx.root(must(cx.alloc(BoxedInit { item: None })));
        let pinned = pin(cx, None, None, -1);
        let pinned = cx.root(pinned);
        let shape = must(cx.tail_shape("values", Tail::Values));
        let array = cx.root(must(cx.alloc_values(shape, 5000)));
        for round in 0..20 {
            collect(cx, round);
            let key = round as i64;
            let fresh = [
                pin(cx, None, None, key).any(),
                pin(cx, None, None, key).any(),
                pin(cx, None, None, key).any(),
            ];
            old.get(cx).put(cx, Boxed::item, Some(fresh[0]));
            pinned.get(cx).put(cx, Pin::right, Some(fresh[1]));
            cx.put_value(array.get(cx), round * 200, Some(fresh[2]));
            cx.collect(CollectKind::Auto);
            found(cx, old.get(cx).item.get(cx), key);
            found(cx, pinned.get(cx).right.get(cx), key);
            for at in 0..=round {
                found(cx, cx.value_at(array.get(cx), at * 200), at as i64);
            }
        }
    });
}

fn cycles(bench: &Bench) {
    let (alive, living) = counter();
    bench.run(|cx| {
        let make = |cx: &Cx<'_>, key: i64| {
            let boxed = must(cx.alloc(BoxedInit { item: None }));
            let mortal =
                must(cx.alloc(PinnedMortalInit { other: Some(boxed.any()), key, token: Token::new(&alive) }));
            let pin = pin(cx, Some(mortal.any()), Some(boxed.any()), key);
            boxed.put(cx, Boxed::item, Some(pin.any()));
            must(cx.own(pin))
        };
        let kept: Vec<Owned<Pin>> = (0..40).map(|key| make(cx, key)).collect();
        for round in 0..12 {
            collect(cx, round);
            for (owned, key) in kept.iter().zip(0..) {
                let pin = found(cx, cx.owned(*owned).map(Local::any), key);
                let boxed = pin.right.get(cx).and_then(|boxed| boxed.downcast::<Boxed>(cx));
                found(cx, boxed.and_then(|boxed| boxed.item.get(cx)), key);
            }
            let dropped = make(cx, 100);
            cx.disown(dropped);
        }
        if bench.facts().cycles {
            kept.iter().for_each(|&owned| assert!(cx.disown(owned)));
            (0..3).for_each(|_| cx.collect(CollectKind::Full));
            assert_eq!(living(), 0, "G46: cycles through pinned objects are left");
        }
    });
    assert_eq!(living(), 0, "G46: payloads are left");
}

/// More than any stack of a collector that is stressed holds: wide, and deep.
fn many(bench: &Bench) {
    let n = bench.scaled(20_000);
    bench.run(|cx| {
        let shape = must(cx.tail_shape("values", Tail::Values));
        let array = cx.root(must(cx.alloc_values(shape, n)));
        let list = cx.root(pin(cx, None, None, 0));
        for key in 0..n {
            let near = node(cx, None, None, key as i64).any();
            let fresh = pin(cx, Some(near), Some(list.get(cx).any()), key as i64 + 1);
            list.set(cx, fresh);
            let fresh = pin(cx, Some(near), None, key as i64);
            cx.put_value(array.get(cx), key, Some(fresh.any()));
            if key % 1000 == 999 {
                cx.poll();
            }
        }
        for round in 0..3 {
            collect(cx, round);
            let mut at = list.get(cx);
            for key in (0..n).rev() {
                at = found(cx, Some(at.any()), key as i64 + 1);
                let wide = found(cx, cx.value_at(array.get(cx), key), key as i64);
                let (near, same) = (at.left.get(cx), wide.left.get(cx));
                let near = near.filter(|near| same.is_some_and(|same| near.is(same)));
                let near = near.and_then(|near| near.downcast::<Node>(cx));
                assert_eq!(near.map(|near| near.key.get()), Some(key as i64), "G46: what both refer to");
                at = must(at.right.get(cx).and_then(|next| next.downcast(cx)).ok_or("G46: a list is cut"));
            }
        }
    });
}

/// Cells between those that survive are used again: the heap stays small.
fn few(bench: &Bench) {
    let facts = bench.facts();
    if !facts.cycles && !facts.prompt {
        return;
    }
    bench.run(|cx| {
        let shape = must(cx.tail_shape("values", Tail::Values));
        let array = cx.root(must(cx.alloc_values(shape, 1000)));
        let n = bench.scaled(1_000_000);
        for key in 0..n {
            let fresh = pin(cx, None, None, key as i64);
            if key % 97 == 0 {
                cx.put_value(array.get(cx), key / 97 % 1000, Some(fresh.any()));
            }
            cx.poll();
        }
        for key in (0..n).step_by(97).skip((n.div_ceil(97)).saturating_sub(1000)) {
            found(cx, cx.value_at(array.get(cx), key / 97 % 1000), key as i64);
        }
        let peak = cx.stats().peak_bytes;
        assert!(peak <= 24 << 20, "G46: a peak of {peak} bytes, with 40,000 alive");
    });
}

fn weak(bench: &Bench) {
    bench.run(|cx| {
        let kept = pin(cx, None, None, 1);
        let (kept, kept_weak) = (cx.root(kept), must(cx.downgrade(kept)));
        let id = must(cx.id(kept.get(cx)));
        for round in 0..12 {
            let lost = cx.scoped(|cx| {
                let lost = cx.root(pin(cx, None, None, 2));
                must(cx.id(lost.get(cx)));
                let weak = must(cx.downgrade(lost.get(cx)));
                collect(cx, round % 2);
                found(cx, weak.and_then(|weak| cx.upgrade(weak)).map(Local::any), 2);
                weak
            });
            cx.collect(CollectKind::Full);
            assert!(lost.and_then(|weak| cx.upgrade(weak)).is_none(), "G46: a dead object is found");
            let found = kept_weak.and_then(|weak| cx.upgrade(weak));
            assert!(found.is_some_and(|found| found.is(kept.get(cx))), "G46: a live object is not found");
            assert_eq!(must(cx.id(kept.get(cx))), id, "G46: an identity");
        }
    });
}

fn finalizers(bench: &Bench) {
    let (alive, living) = counter();
    bench.run(|cx| {
        let make = |cx: &Cx<'_>, key: i64| {
            let other = Some(pin(cx, None, None, key).any());
            must(cx.own(must(cx.alloc(PinnedMortalInit { other, key, token: Token::new(&alive) }))))
        };
        let kept = make(cx, 0);
        for key in 1..=30 {
            let dying = make(cx, key);
            if key % 3 == 0 {
                // Old by then.
                cx.collect(CollectKind::Auto);
            }
            cx.disown(dying);
            cx.collect(CollectKind::Auto);
            cx.poll();
        }
        (0..3).for_each(|_| cx.collect(CollectKind::Full));
        assert_eq!(finalized(cx), (1..=30).collect::<Vec<_>>(), "G46: who was finalized");
        assert_eq!(living(), 1, "G46: who was dropped");
        assert!(cx.disown(kept));
    });
    assert_eq!(living(), 0, "G46: payloads are left");
}

/// So many survive that objects are old from birth, and then most of them die.
fn survivors(bench: &Bench) {
    bench.run(|cx| {
        let n = bench.scaled(800_000);
        let shape = must(cx.tail_shape("values", Tail::Values));
        let array = cx.root(must(cx.alloc_values(shape, n)));
        for round in 0..3 {
            for key in 0..n {
                if round == 0 || key % 7 != 0 {
                    let fresh = pin(cx, None, None, key as i64);
                    cx.put_value(array.get(cx), key, Some(fresh.any()));
                }
                cx.poll();
            }
            for key in 0..n {
                found(cx, cx.value_at(array.get(cx), key), key as i64);
                if key % 7 != 0 {
                    cx.put_value(array.get(cx), key, None);
                }
            }
        }
        (0..2).for_each(|_| cx.collect(CollectKind::Full));
        let pins = n.div_ceil(7) as u64;
        assert!(
            cx.stats().live_objects <= pins + 8,
            "G46: {} objects are left of {pins}",
            cx.stats().live_objects
        );
        for key in (0..n).step_by(7) {
            found(cx, cx.value_at(array.get(cx), key), key as i64);
        }
    });
}

/// Pinned objects come and go among old ones while a thread marks.
fn beside(bench: &Bench) {
    const CHAINS: usize = 64;
    let config = HeapConfig { marking_thread: true, heap_growth: Some(100), ..HeapConfig::default() };
    let mut heap = bench.heap_with(config);
    bench.run_in(&mut heap, |cx| {
        let shape = must(cx.tail_shape("values", Tail::Values));
        let array = cx.root(must(cx.alloc_values(shape, CHAINS)));
        let mut lengths = [0; CHAINS];
        for round in 0..bench.scaled(300_000) {
            let chain = (round * 31 + round / 7) % CHAINS;
            if lengths[chain] == 2000 {
                lengths[chain] = 0;
                cx.put_value(array.get(cx), chain, None);
            }
            let next = cx.value_at(array.get(cx), chain);
            let near = node(cx, None, None, round as i64).any();
            lengths[chain] += 1;
            let fresh = match round % 2 {
                0 => pin(cx, next, Some(near), lengths[chain]).any(),
                _ => pin(cx, next, None, lengths[chain]).any(),
            };
            cx.put_value(array.get(cx), chain, Some(fresh));
            cx.poll();
        }
        for (chain, &length) in lengths.iter().enumerate() {
            let mut at = cx.value_at(array.get(cx), chain);
            for key in (1..=length).rev() {
                at = found(cx, at, key).left.get(cx);
            }
            assert!(at.is_none(), "G46: a chain is longer than it was made");
        }
    });
}
