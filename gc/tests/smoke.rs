//! The heap by itself: lists and trees under every manager of the registry.
use taipan_gc::{managers, CollectKind, Heap, HeapConfig, Object, Slot, Zeal};

#[derive(Object)]
struct Node {
    left: Slot<Node>,
    right: Slot<Node>,
}

#[derive(Object)]
struct Named {
    next: Slot<Named>,
    name: String,
}

fn tree<'a>(cx: &'a taipan_gc::Cx<'_>, depth: u32) -> taipan_gc::Local<'a, Node> {
    if depth == 0 {
        return cx.alloc(NodeInit { left: None, right: None }).unwrap();
    }
    let (left, right) = (tree(cx, depth - 1), tree(cx, depth - 1));
    cx.alloc(NodeInit { left: Some(left), right: Some(right) }).unwrap()
}

fn count(cx: &taipan_gc::Cx<'_>, node: taipan_gc::Local<'_, Node>) -> u64 {
    1 + node.left.get(cx).map_or(0, |n| count(cx, n)) + node.right.get(cx).map_or(0, |n| count(cx, n))
}

#[test]
fn trees_survive_and_die() {
    for facts in managers::all() {
        for zeal in [Zeal::default(), Zeal { collect_every: 1, verify: true, poison: true, ..Zeal::OFF }] {
            let mut heap = Heap::new(facts.name, &HeapConfig { zeal, ..HeapConfig::default() }).unwrap();
            heap.enter(|cx| {
                let kept = cx.root(tree(cx, 8));
                for _ in 0..20 {
                    cx.scoped(|cx| {
                        let t = cx.root(tree(cx, 6));
                        cx.poll();
                        assert_eq!(count(cx, t.get(cx)), 127);
                    });
                    cx.poll();
                }
                cx.collect(CollectKind::Full);
                assert_eq!(count(cx, kept.get(cx)), 511);
                cx.verify("at the end");
                assert!(!facts.collects || cx.stats().live_objects == 511, "{}", facts.name);
            })
            .unwrap();
        }
    }
}

#[test]
fn cycles_go_with_a_full_collection_and_payloads_are_dropped() {
    for facts in managers::all() {
        let mut heap = Heap::new(facts.name, &HeapConfig::default()).unwrap();
        heap.enter(|cx| {
            let weak = cx.scoped(|cx| {
                let a = cx.root(cx.alloc(NamedInit { next: None, name: "a".repeat(100) }).unwrap());
                let b = cx.root(cx.alloc(NamedInit { next: Some(a.get(cx)), name: "b".into() }).unwrap());
                a.get(cx).put(cx, Named::next, Some(b.get(cx)));
                assert_eq!(a.get(cx).next.get(cx).unwrap().name, "b");
                cx.downgrade(a.get(cx)).unwrap().unwrap()
            });
            assert!(cx.upgrade(weak).is_some());
            cx.collect(CollectKind::Full);
            assert_eq!(cx.upgrade(weak).is_none(), facts.collects, "{}", facts.name);
            cx.verify("at the end");
        })
        .unwrap();
    }
}

/// Resident bytes of this process, where the system tells.
fn resident() -> Option<u64> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    statm.split(' ').nth(1)?.parse::<u64>().ok().map(|pages| pages * 4096)
}

#[test]
fn a_full_collection_gives_memory_back_to_the_system() {
    const MOST: u64 = 96 << 20;
    for facts in managers::all().into_iter().filter(|facts| facts.collects) {
        let mut heap = Heap::new(facts.name, &HeapConfig::default()).unwrap();
        heap.enter(|cx| {
            cx.scoped(|cx| {
                let mut roots = Vec::new();
                while cx.stats().heap_bytes < MOST {
                    roots.push(cx.root(tree(cx, 14)));
                    cx.poll();
                }
                assert_eq!(count(cx, roots[0].get(cx)), (2 << 14) - 1);
            });
            let Some(before) = resident() else { return };
            cx.collect(CollectKind::Full);
            let Some(after) = resident() else { return };
            assert!(after + MOST / 2 < before, "{}: {after} bytes resident, {before} before", facts.name);
            // What was given back is used again.
            let again = cx.root(tree(cx, 18));
            cx.collect(CollectKind::Full);
            assert_eq!(count(cx, again.get(cx)), (2 << 18) - 1, "{}", facts.name);
            cx.verify("at the end");
        })
        .unwrap();
    }
}
