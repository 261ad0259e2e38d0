//! G37: objects that nobody has referred to yet.

use super::objects::*;
use super::{Bench, Case};
use taipan_gc::{CollectKind, Cx, Handle, Local};

pub(super) const CASES: &[Case] = &[
    Case { name: "G37_newborns_that_live", reclaims: false, run: live },
    Case { name: "G37_newborns_that_die", reclaims: true, run: die },
    Case { name: "G37_newborns_are_written_to", reclaims: true, run: are_written_to },
    Case { name: "G37_newborns_take_over", reclaims: true, run: take_over },
    Case { name: "G37_newborns_are_watched", reclaims: true, run: are_watched },
    Case { name: "G37_many_newborns", reclaims: false, run: many },
];

fn boxed<'a>(cx: &'a Cx<'_>, item: Local<'_>) -> Local<'a, Boxed> {
    must(cx.alloc(BoxedInit { item: Some(item) }))
}

fn droppable<'a>(cx: &'a Cx<'_>, token: &Token) -> Local<'a, Droppable> {
    must(cx.alloc(DroppableInit { next: None, token: Token::new(&token.counter()) }))
}

/// What is dead is gone by now, where it dies at once; by the end of a collection elsewhere.
fn settle(bench: &Bench, cx: &mut Cx<'_>) {
    cx.poll();
    if !bench.facts().prompt {
        cx.collect(CollectKind::Full);
    }
}

/// Only the top of a tree is referred to; the rest lives by it, through polls and collections.
fn live(bench: &Bench) {
    bench.run(|cx| {
        for depth in 0..7 {
            cx.scoped(|cx| {
                let top = cx.root(tree(cx, depth));
                let aside = cx.root(node(cx, Some(top.get(cx)), None, 1));
                tree(cx, depth);
                cx.poll();
                cx.verify("after a poll");
                assert_eq!(count(cx, top.get(cx)), (2 << depth) - 1, "G37");
                cx.collect(CollectKind::Full);
                let again = aside.get(cx).left.get(cx);
                assert_eq!(again.map(|top| count(cx, top)), Some((2 << depth) - 1), "G37");
            });
        }
    });
}

/// What only newborns refer to dies with them, whether its end is noticed or not.
fn die(bench: &Bench) {
    bench.run(|cx| {
        let (alive, left) = counter();
        let token = Token::new(&alive);
        for _ in 0..bench.scaled(200) {
            let inner = boxed(cx, droppable(cx, &token).any());
            boxed(cx, boxed(cx, inner.any()).any());
            settle(bench, cx);
            assert_eq!(left(), 1, "G37: what a newborn referred to is kept");
            cx.scoped(|cx| {
                // Of the two that refer to it, one lives on.
                let shared = droppable(cx, &token);
                boxed(cx, shared.any());
                let kept = cx.root(boxed(cx, shared.any()));
                settle(bench, cx);
                assert_eq!(left(), 2, "G37: what a survivor refers to has died");
                let shared = kept.get(cx).item.get(cx).and_then(|item| item.downcast::<Droppable>(cx));
                assert!(shared.is_some_and(|shared| shared.token.is_live()), "G37");
            });
            settle(bench, cx);
            assert_eq!(left(), 1, "G37");
        }
        settle(bench, cx);
        cx.verify("when all have died");
    });
}

/// A slot of a newborn is overwritten, before and after somebody refers to it.
fn are_written_to(bench: &Bench) {
    bench.run(|cx| {
        let (alive, left) = counter();
        let token = Token::new(&alive);
        for rooted in [false, true] {
            cx.scoped(|cx| {
                let holder = boxed(cx, droppable(cx, &token).any());
                let root: Option<Handle<'_, Boxed>> = rooted.then(|| cx.root(holder));
                let second = droppable(cx, &token);
                holder.put(cx, Boxed::item, Some(second.any()));
                let third = boxed(cx, second.any());
                holder.put(cx, Boxed::item, Some(third.any()));
                settle(bench, cx);
                cx.verify("after stores");
                // The holder, and by it the third and the second, if anybody holds it.
                assert_eq!(left(), if rooted { 2 } else { 1 }, "G37: a store into a newborn");
                if let Some(root) = root {
                    root.get(cx).put(cx, Boxed::item, None);
                    settle(bench, cx);
                    assert_eq!(left(), 1, "G37: a store into what was a newborn");
                }
            });
        }
    });
}

/// The last other reference goes while a newborn refers to an object: the object lives exactly if the newborn does.
fn take_over(bench: &Bench) {
    bench.run(|cx| {
        let (alive, left) = counter();
        let token = Token::new(&alive);
        for lives in [false, true] {
            cx.scoped(|cx| {
                let old = boxed(cx, droppable(cx, &token).any());
                let old = cx.root(old);
                settle(bench, cx);
                let item = old.get(cx).item.get(cx);
                let fresh = item.map(|item| boxed(cx, item));
                old.get(cx).put(cx, Boxed::item, None);
                let root = fresh.filter(|_| lives).map(|fresh| cx.root(fresh));
                settle(bench, cx);
                assert_eq!(left(), 1 + lives as i64, "G37: who takes a reference over");
                let item = root.and_then(|root| root.get(cx).item.get(cx));
                assert_eq!(item.is_some(), lives, "G37");
            });
            settle(bench, cx);
            assert_eq!(left(), 1, "G37");
        }
    });
}

/// A weak reference to a newborn.
fn are_watched(bench: &Bench) {
    bench.run(|cx| {
        let kept = node(cx, None, None, 1);
        let weak = must(cx.downgrade(kept));
        let kept = cx.root(kept);
        let lost = must(cx.downgrade(node(cx, Some(kept.get(cx)), None, 2)));
        settle(bench, cx);
        assert!(weak.is_some_and(|weak| cx.upgrade(weak).is_some()), "G37: it lives");
        assert!(lost.is_some_and(|lost| cx.upgrade(lost).is_none()), "G37: it has died");
        assert_eq!(kept.get(cx).key.get(), 1);
    });
}

/// More objects between two polls than a queue would hold.
fn many(bench: &Bench) {
    let nodes = bench.scaled(1_200_000) as i64;
    bench.run(|cx| {
        let mut list = node(cx, None, None, 0);
        for key in 1..nodes {
            list = node(cx, Some(list), None, key);
        }
        let list = cx.root(list);
        cx.poll();
        let mut keys = std::iter::successors(Some(list.get(cx)), |node| node.left.get(cx));
        assert!((0..nodes).rev().all(|key| keys.next().is_some_and(|node| node.key.get() == key)), "G37");
        assert!(keys.next().is_none(), "G37");
    });
}
