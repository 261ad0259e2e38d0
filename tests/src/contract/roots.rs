//! G1–G7, G11: liveness, roots and references.

use super::objects::*;
use super::{Bench, Case};
use std::cell::Cell;
use std::panic::{catch_unwind, AssertUnwindSafe};
use taipan_gc::{CollectKind, Handle, Value, Weak};

pub(super) const CASES: &[Case] = &[
    Case { name: "G1_fresh_objects", reclaims: false, run: fresh_objects },
    Case { name: "G2_trees_survive", reclaims: false, run: trees_survive },
    Case { name: "G2_garbage_goes", reclaims: true, run: garbage_goes },
    Case { name: "G3_scopes", reclaims: true, run: scopes },
    Case { name: "G3_scopes_end_in_panics", reclaims: true, run: scopes_end_in_panics },
    Case { name: "G4_handles", reclaims: false, run: handles },
    Case { name: "G5_random_graphs", reclaims: false, run: random_graphs },
    Case { name: "G6_owned", reclaims: true, run: owned },
    Case { name: "G7_weak", reclaims: true, run: weak },
    Case { name: "G7_weak_entries_are_reused", reclaims: true, run: weak_entries_are_reused },
    Case { name: "G11_identity", reclaims: false, run: identity },
];

fn fresh_objects(bench: &Bench) {
    bench.run(|cx| {
        // Many locals at once, none rooted: nothing may collect under `&Cx`.
        let mut locals = Vec::new();
        for i in 0..2_000 {
            let left = locals.last().copied();
            locals.push(node(cx, left, locals.first().copied(), i));
        }
        for (i, local) in locals.iter().enumerate() {
            assert_eq!(local.key.get(), i as i64, "G1: contents of a fresh object");
            let left = local.left.get(cx).map(|n| n.key.get());
            assert_eq!(left, i.checked_sub(1).map(|i| i as i64), "G1: reference of a fresh object");
        }
    });
}

fn trees_survive(bench: &Bench) {
    bench.run(|cx| {
        let kept = cx.root(tree(cx, 9));
        for _ in 0..bench.scaled(100) {
            cx.scoped(|cx| {
                let temporary = cx.root(tree(cx, 5));
                cx.poll();
                assert_eq!(count(cx, temporary.get(cx)), 63, "G2");
            });
            cx.poll();
        }
        assert_eq!(count(cx, kept.get(cx)), 1023, "G2");
    });
}

fn garbage_goes(bench: &Bench) {
    bench.run(|cx| {
        let weak = cx.scoped(|cx| {
            let a = cx.root(node(cx, None, None, 1));
            let b = cx.root(node(cx, Some(a.get(cx)), None, 2));
            a.get(cx).put(cx, Node::left, Some(b.get(cx)));
            let alone = node(cx, None, None, 3);
            [a.get(cx), b.get(cx), alone].map(|n| must(cx.downgrade(n)))
        });
        cx.collect(CollectKind::Full);
        for weak in weak.into_iter().flatten() {
            assert!(cx.upgrade(weak).is_none(), "G2: garbage survived a full collection");
        }
        let live = cx.stats().live_objects;
        assert_eq!(live, 0, "G2: live objects after everything died");
    });
}

fn scopes(bench: &Bench) {
    bench.run(|cx| {
        let outer = cx.root(node(cx, None, None, 1));
        let (weak, kept) = cx.scoped(|cx| {
            let inner = cx.root(node(cx, Some(outer.get(cx)), None, 2));
            let outer_again = inner.get(cx).left.get(cx).map(|n| n.key.get());
            assert_eq!(outer_again, Some(1));
            (must(cx.downgrade(inner.get(cx))), inner.get(cx).key.get())
        });
        assert_eq!(kept, 2);
        cx.collect(CollectKind::Full);
        assert!(weak.is_some_and(|w| cx.upgrade(w).is_none()), "G3: a scope's end did not release");
        let kept: Result<Handle<'_, Node>, ()> = cx.scoped_keep(|cx| {
            let inner = cx.root(node(cx, Some(outer.get(cx)), None, 3));
            cx.root(node(cx, None, None, 4));
            Ok(inner)
        });
        cx.collect(CollectKind::Full);
        let kept = kept.map(|k| k.get(cx).key.get());
        assert_eq!(kept, Ok(3), "G3: scoped_keep");
        let failed: Result<Handle<'_, Node>, i32> = cx.scoped_keep(|_| Err(5));
        assert_eq!(failed.err(), Some(5));
        assert_eq!(outer.get(cx).key.get(), 1, "G3: an outer handle");
        assert_eq!(cx.stats().live_objects, 2, "G3");
    });
}

fn scopes_end_in_panics(bench: &Bench) {
    bench.run(|cx| {
        let outer = cx.root(node(cx, None, None, 1));
        let caught = catch_unwind(AssertUnwindSafe(|| {
            cx.scoped(|cx| {
                cx.root(tree(cx, 4));
                cx.scoped(|cx| {
                    cx.root(tree(cx, 3));
                    std::panic::resume_unwind(Box::new("on purpose"));
                })
            })
        }));
        assert!(caught.is_err());
        cx.collect(CollectKind::Full);
        assert_eq!(cx.stats().live_objects, 1, "G3: a panic kept a scope open");
        assert_eq!(outer.get(cx).key.get(), 1);
    });
}

fn handles(bench: &Bench) {
    bench.run(|cx| {
        let handles: Vec<_> = (0..300).map(|i| cx.root(node(cx, None, None, i))).collect();
        let moving = cx.root(handles[0].get(cx));
        for round in 0..5 {
            cx.collect(CollectKind::Full);
            for (i, handle) in handles.iter().enumerate() {
                assert_eq!(handle.get(cx).key.get(), i as i64 + round, "G4");
                handle.get(cx).key.set(i as i64 + round + 1);
            }
            moving.set(cx, handles[round as usize].get(cx));
            assert!(moving.get(cx).is(handles[round as usize].get(cx)), "G4: two handles of one object");
        }
        if bench.facts().collects {
            assert_eq!(cx.stats().live_objects, 300, "G4");
        }
    });
}

fn random_graphs(bench: &Bench) {
    for seed in 0..3 {
        crate::churn::run(bench.factory, bench.mode.zeal, seed, bench.scaled(4_000));
    }
}

fn owned(bench: &Bench) {
    bench.run(|cx| {
        let owned: Vec<_> = (0..100).map(|i| must(cx.own(node(cx, None, None, i)))).collect();
        cx.collect(CollectKind::Full);
        for (i, &owned) in owned.iter().enumerate() {
            assert_eq!(cx.owned(owned).map(|n| n.key.get()), Some(i as i64), "G6");
        }
        let weak = cx.owned(owned[7]).and_then(|n| must(cx.downgrade(n)));
        for &owned in &owned {
            assert!(cx.disown(owned), "G6: giving back");
            assert!(!cx.disown(owned), "G6: giving back twice");
            assert!(cx.owned(owned).is_none(), "G6: a stale reference found something");
        }
        cx.collect(CollectKind::Full);
        assert!(weak.is_some_and(|w| cx.upgrade(w).is_none()), "G6: disowned, but alive");
        // Entries are reused; the old tickets stay stale.
        let again: Vec<_> = (0..100).map(|i| must(cx.own(node(cx, None, None, i)))).collect();
        assert!(owned.iter().all(|&o| cx.owned(o).is_none()), "G6: a stale reference fits again");
        assert!(again.iter().all(|&o| cx.disown(o)));
        let immediate = must(taipan_gc::Local::immediate(Value::int32(7)).ok_or("immediate"));
        let owned = must(cx.own(immediate));
        assert_eq!(cx.owned(owned).map(|l| l.value()), Some(Value::int32(7)));
    });
}

fn weak(bench: &Bench) {
    bench.run(|cx| {
        let live = cx.root(node(cx, None, None, 1));
        let weak = must(cx.downgrade(live.get(cx)));
        let same = must(cx.downgrade(live.get(cx)));
        for _ in 0..3 {
            cx.collect(CollectKind::Full);
            for weak in [weak, same].into_iter().flatten() {
                let found = cx.upgrade(weak);
                assert!(found.is_some_and(|n| n.is(live.get(cx))), "G7: a live object was not found");
            }
        }
        live.set(cx, node(cx, None, None, 2));
        cx.poll();
        if bench.facts().prompt {
            assert!(weak.is_some_and(|w| cx.upgrade(w).is_none()), "G7: not prompt");
        }
        cx.collect(CollectKind::Full);
        assert!(weak.is_some_and(|w| cx.upgrade(w).is_none()), "G7: a dead object was found");
        assert!(must(cx.downgrade(taipan_gc::Local::NONE)).is_none(), "G7: immediates never die");
    });
}

fn weak_entries_are_reused(bench: &Bench) {
    bench.run(|cx| {
        let mut stale: Vec<Weak<Node>> = Vec::new();
        for round in 0..bench.scaled(200) {
            cx.scoped(|cx| {
                let fresh = cx.root(node(cx, None, None, round as i64));
                cx.poll();
                assert!(stale.iter().all(|&w| cx.upgrade(w).is_none()), "G7: a stale reference fits");
                stale.extend(must(cx.downgrade(fresh.get(cx))));
            });
            cx.collect(CollectKind::Full);
        }
    });
}

fn identity(bench: &Bench) {
    bench.run(|cx| {
        let handles: Vec<_> = (0..200).map(|i| cx.root(node(cx, None, None, i))).collect();
        let ids: Vec<u64> = handles.iter().map(|h| must(cx.id(h.get(cx)))).collect();
        let seen = Cell::new(0);
        for _ in 0..3 {
            for i in 0..50 {
                let fresh = must(cx.id(node(cx, None, None, i)));
                assert!(!ids.contains(&fresh), "G11: two live objects share an id");
                seen.set(seen.get() + 1);
            }
            cx.collect(CollectKind::Full);
            for (handle, &id) in handles.iter().zip(&ids) {
                assert_eq!(must(cx.id(handle.get(cx))), id, "G11: an id changed");
            }
        }
        let mut unique = ids.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), ids.len(), "G11: two objects share an id");
    });
}
