//! G8–G10, G25, G26: finalizers, resurrection, drops, panics.

use super::objects::*;
use super::{Bench, Case};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::atomic::AtomicI64;
use std::sync::Arc;
use taipan_gc::{CollectKind, Cx, Local, Object, Slot};

pub(super) const CASES: &[Case] = &[
    Case { name: "G8_finalizers_once", reclaims: true, run: finalizers_once },
    Case { name: "G8_finalizers_of_cycles", reclaims: true, run: finalizers_of_cycles },
    Case { name: "G8_finalizers_at_close", reclaims: false, run: finalizers_at_close },
    Case { name: "G8_order_of_weak_references", reclaims: true, run: order_of_weak_references },
    Case { name: "G9_resurrection", reclaims: true, run: resurrection },
    Case { name: "G10_drops_once", reclaims: true, run: drops_once },
    Case { name: "G25_finalizers_that_poll", reclaims: true, run: finalizers_that_poll },
    Case { name: "G26_panics", reclaims: true, run: panics },
];

/// Collects until nothing more comes of it: what finalizers kept alive goes one collection later.
fn settle(cx: &mut Cx<'_>) {
    for _ in 0..3 {
        cx.collect(CollectKind::Full);
    }
}

fn finalizers_once(bench: &Bench) {
    let (tokens, live) = counter();
    bench.run(|cx| {
        let kept = cx.root(mortal(cx, None, 1000, &tokens));
        for key in 0..50 {
            cx.scoped(|cx| {
                let chain = cx.root(mortal(cx, Some(kept.get(cx)), key, &tokens));
                cx.poll();
                assert_eq!(chain.get(cx).other.get(cx).map(|m| m.key), Some(1000));
            });
            cx.poll();
            if bench.facts().prompt {
                assert_eq!(finalized(cx).len() as i64, key + 1, "G8: not prompt");
            }
        }
        settle(cx);
        assert_eq!(finalized(cx), (0..50).collect::<Vec<_>>(), "G8");
        assert_eq!(cx.stats().finalizers, 50, "G23: finalizers");
        assert_eq!(live(), 1, "G10");
    });
    assert_eq!(live(), 0, "G10: payloads left at close");
}

fn finalizers_of_cycles(bench: &Bench) {
    let (tokens, live) = counter();
    bench.run(|cx| {
        for key in 0..20 {
            cx.scoped(|cx| {
                let a = cx.root(mortal(cx, None, 2 * key, &tokens));
                let b = cx.root(mortal(cx, Some(a.get(cx)), 2 * key + 1, &tokens));
                a.get(cx).put(cx, Mortal::other, Some(b.get(cx)));
                cx.poll();
            });
        }
        settle(cx);
        assert_eq!(finalized(cx), (0..40).collect::<Vec<_>>(), "G8: cycles");
        assert_eq!((live(), cx.stats().live_objects), (0, 0), "G10: a dead cycle was not freed");
    });
}

fn finalizers_at_close(bench: &Bench) {
    let (tokens, live) = counter();
    let log = Arc::new(std::sync::Mutex::new(Vec::new()));
    let mut heap = bench.heap();
    heap.set_host(Box::new(Closing(log.clone())));
    bench.run_in(&mut heap, |cx| {
        // Leaked: an owned reference never given back, a cycle, a cycle behind it.
        let leak = must(cx.alloc(LateInit { other: None, key: 1, token: Token::new(&tokens) }));
        must(cx.own(leak));
        cx.scoped(|cx| {
            let a = cx.root(must(cx.alloc(LateInit { other: None, key: 2, token: Token::new(&tokens) })));
            let b = must(cx.alloc(LateInit { other: Some(a.get(cx)), key: 3, token: Token::new(&tokens) }));
            a.get(cx).put(cx, Late::other, Some(b));
        });
    });
    drop(heap);
    let mut keys = std::mem::take(&mut *log.lock().unwrap_or_else(|e| e.into_inner()));
    keys.sort_unstable();
    // Each makes one with key + 100 that makes none.
    assert_eq!(keys, [1, 2, 3, 101, 102, 103], "G8: finalizers at close");
    assert_eq!(live(), 0, "G10: payloads at close");
}

/// Host data that outlives the heap.
struct Closing(Arc<std::sync::Mutex<Vec<i64>>>);

#[derive(Object)]
#[object(finalize = late_dies)]
struct Late {
    other: Slot<Late>,
    key: i64,
    token: Token,
}

fn late_dies<'s>(cx: &mut Cx<'s>, dying: taipan_gc::Handle<'s>) {
    let Some(late) = dying.downcast::<Late>(cx) else { panic!("finalized as something else") };
    let late = late.get(cx);
    if let Some(log) = cx.host::<Closing>() {
        log.0.lock().unwrap_or_else(|e| e.into_inner()).push(late.key);
    }
    if late.key < 100 {
        let tokens = late.token.counter();
        let fresh = must(cx.alloc(LateInit { other: None, key: late.key + 100, token: Token::new(&tokens) }));
        // Kept by the dying object, which may die with it.
        late.put(cx, Late::other, Some(fresh));
        cx.poll();
    }
}

fn order_of_weak_references(bench: &Bench) {
    let (tokens, _live) = counter();
    bench.run(|cx| {
        // In a cycle, or where nothing is counted, weak references are cleared before the finalizer runs (PEP 442).
        let weak = cx.scoped(|cx| {
            let a = cx.root(mortal(cx, None, 1, &tokens));
            a.get(cx).put(cx, Mortal::other, Some(a.get(cx)));
            must(cx.downgrade(a.get(cx)))
        });
        if let Some(log) = cx.host::<Log>() {
            log.resurrect.set(true);
        }
        cx.collect(CollectKind::Full);
        assert_eq!(finalized(cx), [1], "G8");
        assert!(
            weak.is_some_and(|w| cx.upgrade(w).is_none()),
            "G7: a weak reference outlived a traced death"
        );
        // The resurrected object may be referenced weakly again.
        let saved = cx.host::<Log>().map(|log| log.saved.borrow()[0]);
        let Some(object) = saved.and_then(|s| cx.owned(s)) else { panic!("G9: not resurrected") };
        let weak = must(cx.downgrade(object));
        cx.collect(CollectKind::Full);
        assert!(weak.is_some_and(|w| cx.upgrade(w).is_some()), "G7");
    });
}

fn resurrection(bench: &Bench) {
    let (tokens, live) = counter();
    bench.run(|cx| {
        if let Some(log) = cx.host::<Log>() {
            log.resurrect.set(true);
        }
        cx.scoped(|cx| {
            // Dies with a chain behind it, and in a cycle.
            let end = mortal(cx, None, 1, &tokens);
            let _head = cx.root(mortal(cx, Some(end), 2, &tokens));
            let a = cx.root(mortal(cx, None, 3, &tokens));
            let b = mortal(cx, Some(a.get(cx)), 4, &tokens);
            a.get(cx).put(cx, Mortal::other, Some(b));
        });
        settle(cx);
        // 1 dies only when nothing holds it: 2 does, as long as it was resurrected.
        let keys = finalized(cx);
        assert!([2, 3, 4].iter().all(|k| keys.contains(k)), "G9: {keys:?}");
        let saved = cx.host::<Log>().map(|log| std::mem::take(&mut *log.saved.borrow_mut()));
        let saved = saved.unwrap_or_default();
        assert_eq!(saved.len(), keys.len());
        for &owned in &saved {
            let Some(object) = cx.owned(owned) else { panic!("G9: lost") };
            assert!(keys.contains(&object.key) && object.token.is_live(), "G9: contents");
        }
        if let Some(log) = cx.host::<Log>() {
            log.resurrect.set(false);
        }
        for &owned in &saved {
            assert!(cx.disown(owned));
        }
        settle(cx);
        assert_eq!(finalized(cx), [1, 2, 3, 4], "G9: finalized twice, or not");
        assert_eq!((live(), cx.stats().live_objects), (0, 0), "G9: a second death");
    });
}

fn drops_once(bench: &Bench) {
    let (tokens, live) = counter();
    fn fresh<'a>(tokens: &Arc<AtomicI64>, next: Option<Local<'a, Droppable>>) -> DroppableInit<'a> {
        DroppableInit { next, token: Token::new(tokens) }
    }
    bench.run(|cx| {
        let kept = cx.root(must(cx.alloc(fresh(&tokens, None))));
        for _ in 0..bench.scaled(500) {
            cx.scoped(|cx| {
                let a = cx.root(must(cx.alloc(fresh(&tokens, Some(kept.get(cx))))));
                cx.poll();
                // A cycle every time.
                let b = must(cx.alloc(fresh(&tokens, Some(a.get(cx)))));
                a.get(cx).put(cx, Droppable::next, Some(b));
            });
            cx.poll();
        }
        cx.collect(CollectKind::Full);
        assert_eq!(live(), 1, "G10: dead payloads not dropped");
        // An acyclic chain, and one that leaks into the close.
        for _ in 0..100 {
            let next = kept.get(cx);
            kept.set(cx, must(cx.alloc(fresh(&tokens, Some(next)))));
            cx.poll();
        }
        assert_eq!(live(), 101, "G10: a live payload was dropped");
        assert!(kept.get(cx).token.is_live());
        must(cx.own(kept.get(cx)));
    });
    assert_eq!(live(), 0, "G10: payloads left at close");
}

fn finalizers_that_poll(bench: &Bench) {
    let (tokens, live) = counter();
    bench.run(|cx| {
        if let Some(log) = cx.host::<Log>() {
            log.poll.set(true);
        }
        let n = bench.scaled(20_000) as i64;
        cx.scoped(|cx| {
            // A chain: each dies when the one before is freed; and as many at once.
            let chain = cx.root(mortal(cx, None, 0, &tokens));
            for key in 1..n {
                let next = chain.get(cx);
                chain.set(cx, mortal(cx, Some(next), key, &tokens));
            }
            for key in n..2 * n {
                mortal(cx, None, key, &tokens);
            }
        });
        cx.poll();
        settle(cx);
        assert_eq!(finalized(cx), (0..2 * n).collect::<Vec<_>>(), "G25");
        assert_eq!(live(), 0, "G25");
    });
}

#[derive(Object)]
struct Explosive {
    next: Slot<Explosive>,
    fuse: Fuse,
}

/// Panics when dropped.
struct Fuse(Token);

impl Drop for Fuse {
    fn drop(&mut self) {
        if self.0.is_live() {
            std::panic::resume_unwind(Box::new("on purpose"));
        }
    }
}

fn panics(bench: &Bench) {
    let (tokens, live) = counter();
    bench.run(|cx| {
        for i in 0..10 {
            // In a drop: it goes no further, and the rest of the payload is dropped.
            let next = None;
            let fresh = must(cx.alloc(ExplosiveInit { next, fuse: Fuse(Token::new(&tokens)) }));
            assert!(fresh.fuse.0.is_live());
            cx.poll();
            cx.collect(CollectKind::Full);
            assert_eq!((live(), cx.stats().drop_panics), (0, i + 1), "G26: a drop that panics");
        }
        // In a finalizer: it passes through whoever polls; the object is finalized, freed, and the heap goes on.
        for key in 0..10 {
            if let Some(log) = cx.host::<Log>() {
                log.panic.set(true);
            }
            mortal(cx, None, key, &tokens);
            let caught = catch_unwind(AssertUnwindSafe(|| {
                cx.poll();
                cx.collect(CollectKind::Full);
            }));
            assert!(caught.is_err(), "G26: a finalizer's panic got lost");
            settle(cx);
            assert_eq!(live(), 0, "G26: a finalizer that panics");
        }
        assert_eq!(finalized(cx), (0..10).collect::<Vec<_>>(), "G26");
        assert_eq!(count(cx, tree(cx, 6)), 127, "G26: unusable afterwards");
    });
}
