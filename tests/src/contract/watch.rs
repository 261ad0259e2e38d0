//! G31, G32: watchers, and what is never collected.

use super::objects::*;
use super::{Bench, Case};
use std::cell::Cell;
use taipan_gc::{CollectKind, Cx, Handle, Local, Object, Slot, Weak};

pub(super) const CASES: &[Case] = &[
    Case { name: "G31_watchers_are_told", reclaims: true, run: watchers_are_told },
    Case { name: "G31_watchers_of_cycles", reclaims: true, run: watchers_of_cycles },
    Case { name: "G31_lists_of_watchers", reclaims: false, run: lists_of_watchers },
    Case { name: "G32_until_the_close", reclaims: false, run: until_the_close },
];

/// Notes its key in the log when what it watches dies; may watch something else then.
#[derive(Object, Debug)]
#[object(notify = is_told)]
struct Watcher {
    keeps: Slot<Node>,
    key: i64,
    /// Whether it collects when it is told.
    collects: Cell<bool>,
}

fn is_told<'s>(cx: &mut Cx<'s>, told: Handle<'s>) {
    let Some(watcher) = told.downcast::<Watcher>(cx) else { panic!("told as something else") };
    let key = watcher.get(cx).key;
    if let Some(log) = cx.host::<Log>() {
        log.finalized.borrow_mut().push(key);
    }
    let kept = watcher.get(cx).keeps.get(cx).map(|node| node.key.get());
    assert!(kept.is_none_or(|kept| kept == key), "G31: contents of a watcher");
    if watcher.get(cx).collects.get() {
        cx.collect(CollectKind::Full);
        cx.verify("in a watcher");
    }
    // Whoever is told may watch again.
    let fresh = node(cx, None, None, key);
    must(cx.watch(fresh, watcher.get(cx).any(), false));
}

fn watcher<'s, T>(
    cx: &mut Cx<'s>,
    watched: Handle<'_, T>,
    key: i64,
    told: bool,
) -> (Handle<'s, Watcher>, Option<Weak<T>>) {
    let kept = node(cx, None, None, key);
    let fresh = must(cx.alloc(WatcherInit { keeps: Some(kept), key, collects: Cell::new(key % 3 == 0) }));
    let fresh = cx.root(fresh);
    let weak = must(cx.watch(watched.get(cx), fresh.get(cx).any(), told));
    (fresh, weak)
}

fn log(cx: &Cx<'_>) -> Vec<i64> {
    cx.host::<Log>().map(|log| std::mem::take(&mut *log.finalized.borrow_mut())).unwrap_or_default()
}

fn watchers_are_told(bench: &Bench) {
    bench.run(|cx| {
        let watched = cx.root(node(cx, None, None, 0));
        let mut weak = Vec::new();
        let mut keep = Vec::new();
        for key in 1..=6 {
            let (handle, reference) = watcher(cx, watched, key, key != 4);
            keep.push(handle);
            weak.extend(reference);
            cx.poll();
        }
        cx.scoped(|cx| {
            // Dies before: it is not told.
            watcher(cx, watched, 7, true);
        });
        cx.collect(CollectKind::Full);
        cx.verify("with watchers");
        assert_eq!(log(cx), [], "G31: told of a death that was none");
        cx.unwatch(keep[1].get(cx).any());
        watched.set(cx, node(cx, None, None, 100));
        cx.poll();
        if bench.facts().prompt {
            assert_eq!(log(cx), [6, 5, 3, 1], "G31: not prompt, or not newest first");
        } else {
            cx.collect(CollectKind::Full);
            assert_eq!(log(cx), [6, 5, 3, 1], "G31: not newest first");
        }
        assert!(weak.iter().all(|&w| cx.upgrade(w).is_none()), "G31: a weak reference outlived its object");
        for _ in 0..2 {
            cx.collect(CollectKind::Full);
        }
        assert_eq!(log(cx), [], "G31: told twice");
        assert_eq!(cx.stats().notices, 4, "G23: notices");
    });
}

fn watchers_of_cycles(bench: &Bench) {
    let (tokens, live) = counter();
    bench.run(|cx| {
        let outside = cx.root(Local::NONE);
        cx.scoped(|cx| {
            // Two in a cycle; one is finalized. Their watchers inside the cycle are not told, those outside are, before the finalizer runs.
            let a = cx.root(mortal(cx, None, 20, &tokens));
            let b = cx.root(mortal(cx, Some(a.get(cx)), 21, &tokens));
            a.get(cx).put(cx, Mortal::other, Some(b.get(cx)));
            let (told, _) = watcher(cx, a, 1, true);
            let holder = must(cx.tail_shape("values", taipan_gc::Tail::Values));
            let list = cx.root(must(cx.alloc_values(holder, 3)));
            cx.put_value(list.get(cx), 0, Some(told.get(cx).any()));
            let (told, _) = watcher(cx, b, 2, true);
            cx.put_value(list.get(cx), 1, Some(told.get(cx).any()));
            outside.set(cx, list.get(cx));
            watcher(cx, a, 3, true);
        });
        cx.collect(CollectKind::Full);
        let told = log(cx);
        assert!(told == [1, 2, 20, 21], "G31: {told:?}");
        assert_eq!(live(), 0, "G31: an explicit collection is complete");
    });
}

fn lists_of_watchers(bench: &Bench) {
    bench.run(|cx| {
        let watched = cx.root(node(cx, None, None, 0));
        let mut keep = Vec::new();
        for key in 1..=60 {
            keep.push(watcher(cx, watched, key, key % 2 == 0).0);
            if key % 5 == 0 {
                cx.poll();
            }
        }
        let keys = |cx: &Cx<'_>| -> Vec<i64> {
            let found = cx.watchers(watched.get(cx));
            found.map(|w| w.downcast::<Watcher>(cx).map_or(0, |w| w.key)).collect()
        };
        let newest_first = |keys: &dyn Fn(i64) -> bool| -> Vec<i64> {
            let told = |told: bool| (1..=60).rev().filter(move |key| (key % 2 == 0) == told);
            told(false).chain(told(true)).filter(|&key| keys(key)).collect()
        };
        assert_eq!(keys(cx), newest_first(&|_| true), "G31: who watches");
        for key in (0..60).step_by(3) {
            cx.unwatch(keep[key].get(cx).any());
        }
        cx.collect(CollectKind::Full);
        assert_eq!(keys(cx), newest_first(&|key| key % 3 != 1), "G31: who still watches");
        assert_eq!(cx.watchers(keep[0].get(cx)).count(), 0);
        assert!(
            must(cx.watch(Local::NONE, keep[0].get(cx).any(), true)).is_none(),
            "G31: immediates never die"
        );
    });
}

fn until_the_close(bench: &Bench) {
    if bench.facts().collects {
        return;
    }
    let (tokens, live) = counter();
    bench.run(|cx| {
        let weak = cx.scoped(|cx| {
            let dead = cx.root(mortal(cx, None, 1, &tokens));
            must(cx.alloc(BigInit { next: None, bytes: [1; 20_000] }));
            must(cx.downgrade(dead.get(cx)))
        });
        cx.collect(CollectKind::Full);
        assert!(weak.is_some_and(|w| cx.upgrade(w).is_some_and(|m| m.key == 1)), "G32");
        assert_eq!((finalized(cx).len(), live(), cx.stats().collected_objects), (0, 1, 0), "G32");
        let before = cx.stats().heap_bytes;
        assert!(before >= 20_000, "G32: {before} bytes");
    });
    assert_eq!(live(), 0, "G32: payloads left at close");
}
