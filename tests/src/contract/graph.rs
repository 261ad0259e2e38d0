//! G34, G35: why objects are alive, and what is in a heap.

use super::objects::*;
use super::{Bench, Case};
use std::collections::VecDeque;
use taipan_gc::snapshot::ShapeNames;
use taipan_gc::{Any, CollectKind, Cx, Handle, Local, Place, Root, Tail};

pub(super) const CASES: &[Case] = &[
    Case { name: "G34_a_path_names_each_reference", reclaims: false, run: path_is_named },
    Case { name: "G34_a_path_is_the_shortest", reclaims: false, run: path_is_shortest },
    Case { name: "G34_what_no_root_reaches_has_no_path", reclaims: false, run: no_path },
    Case { name: "G34_paths_in_random_graphs", reclaims: false, run: random_graphs },
    Case { name: "G34_depth_is_no_problem", reclaims: false, run: deep },
    Case { name: "G35_a_snapshot_counts_all", reclaims: true, run: snapshot_counts },
    Case { name: "G35_a_snapshot_is_a_graph", reclaims: false, run: snapshot_is_a_graph },
];

/// The lines of the path to an object.
fn why(cx: &Cx<'_>, object: Local<'_>) -> Vec<String> {
    let path = must(cx.path_to(object));
    let path = path.unwrap_or_else(|| panic!("G34: no path to a {}", cx.shape_name(object)));
    assert!(path.end().is(object.any()), "G34: the path ends elsewhere");
    cx.path_text(&path).lines().map(|line| line.trim().to_owned()).collect()
}

fn path_is_named(bench: &Bench) {
    let mut heap = bench.heap();
    bench.run_in(&mut heap, |cx| {
        let values = must(cx.tail_shape("values", Tail::Values));
        let target = cx.root(node(cx, None, None, 7));
        let owned = cx.scoped(|cx| {
            let tail = cx.root(must(cx.alloc_values(values, 5)));
            cx.put_value(tail.get(cx), 3, Some(target.get(cx).any()));
            let boxed = must(cx.alloc(BoxedInit { item: Some(tail.get(cx)) }));
            must(cx.own(boxed))
        });
        cx.poll();
        // The handle of this function is not the answer while there is another.
        let expected = ["owned 0: Boxed", ".item -> values", "[3] -> Node"];
        assert_eq!(why(cx, target.get(cx).any()), expected);
        cx.collect(CollectKind::Full);
        assert_eq!(why(cx, target.get(cx).any()), expected);
        cx.disown(owned);
        cx.collect(CollectKind::Full);
        let alone = why(cx, target.get(cx).any());
        assert!(alone.len() == 1 && alone[0].starts_with("stack "), "G34: {alone:?}");
        let token = Token::new(&Default::default());
        let holder = must(cx.alloc(HolderInit { other: None, token }));
        let holder = cx.root(holder);
        must(holder.get(cx).push(cx, Holder::list, target.get(cx)));
        assert_eq!(why(cx, target.get(cx).any())[1..], ["reference 0 -> Node"]);
    });
}

fn path_is_shortest(bench: &Bench) {
    let mut heap = bench.heap();
    bench.run_in(&mut heap, |cx| {
        let target = cx.root(node(cx, None, None, 0));
        let mut long = cx.root(node(cx, None, Some(target.get(cx)), 1));
        for key in 2..20 {
            long = {
                let next = node(cx, Some(long.get(cx)), None, key);
                cx.root(next)
            };
        }
        let far = must(cx.own(long.get(cx)));
        let short = node(cx, Some(target.get(cx)), None, 99);
        let near = must(cx.own(short));
        cx.poll();
        let path = must(cx.path_to(target.get(cx).any()));
        let path = path.unwrap_or_else(|| panic!("G34: no path"));
        assert_eq!(path.steps.len(), 1, "G34: a path of {} references", path.steps.len());
        // All that is wanted, nearest first, and no more than were asked for.
        let all = must(cx.paths(1_000, &mut |local| local.downcast::<Node>(cx).is_some()));
        assert_eq!(all.len(), 21);
        assert!(
            all.windows(2)
                .all(|pair| pair[0].steps.len() <= pair[1].steps.len()
                    || matches!(pair[1].root, Root::Stack(_)))
        );
        assert_eq!(must(cx.paths(3, &mut |_| true)).len(), 3);
        cx.disown(far);
        cx.disown(near);
    });
}

fn no_path(bench: &Bench) {
    let mut heap = bench.heap();
    bench.run_in(&mut heap, |cx| {
        let lonely = node(cx, None, None, 1);
        let found = must(cx.paths(1, &mut |local| local.is(lonely.any())));
        // Under counting managers what nothing refers to waits to die; that is why it is there.
        assert!(found.iter().all(|path| matches!(path.root, Root::Queued(_))), "G34: {found:?}");
        assert_eq!(found.is_empty(), !bench.counted());
        assert!(must(cx.paths(1, &mut |_| false)).is_empty());
    });
}

/// Distances in random graphs are those of a model outside the heap.
fn random_graphs(bench: &Bench) {
    let mut heap = bench.heap();
    let mut state = 12_345_u64;
    let mut random = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    bench.run_in(&mut heap, |cx| {
        for _ in 0..4 {
            cx.scoped(|cx| {
                let count = bench.scaled(60).max(10);
                let nodes: Vec<Handle<'_, Node>> = (0..count)
                    .map(|key| {
                        let fresh = node(cx, None, None, key as i64);
                        cx.root(fresh)
                    })
                    .collect();
                let mut edges: Vec<[Option<usize>; 2]> = vec![[None; 2]; count];
                for at in 0..count {
                    for (side, field) in [Node::left, Node::right].into_iter().enumerate() {
                        let to = random(count + 5);
                        if to < count {
                            nodes[at].get(cx).put(cx, field, Some(nodes[to].get(cx)));
                            edges[at][side] = Some(to);
                        }
                    }
                }
                let root = random(count);
                let owned = must(cx.own(nodes[root].get(cx)));
                cx.poll();
                let distances = distances(&edges, root);
                for (at, distance) in distances.iter().enumerate() {
                    let path = must(cx.path_to(nodes[at].get(cx).any()));
                    let path = path.unwrap_or_else(|| panic!("G34: no path to what is rooted"));
                    // The stack refers to all of them, and so is one step away at most from what others refer to.
                    let others = |to: &usize| {
                        edges.iter().enumerate().any(|(from, sides)| from != at && sides.contains(&Some(*to)))
                    };
                    match distance {
                        Some(0) => assert!(path.steps.is_empty()),
                        _ if others(&at) => assert_eq!(path.steps.len(), 1, "G34: {distance:?}"),
                        _ => assert!(path.steps.is_empty() && matches!(path.root, Root::Stack(_))),
                    }
                    let mut holder = path.start;
                    for step in &path.steps {
                        assert!(refers(cx, holder, step.object), "G34: a step where there is no reference");
                        holder = step.object;
                    }
                }
                cx.disown(owned);
            });
        }
    });
}

fn refers(cx: &Cx<'_>, holder: Local<'_>, object: Local<'_>) -> bool {
    let Some(holder) = holder.downcast::<Node>(cx) else { panic!("not a node") };
    [holder.left.get(cx), holder.right.get(cx)].into_iter().flatten().any(|held| held.any().is(object))
}

fn distances(edges: &[[Option<usize>; 2]], root: usize) -> Vec<Option<usize>> {
    let mut found = vec![None; edges.len()];
    let mut queue = VecDeque::from([(root, 0)]);
    while let Some((at, distance)) = queue.pop_front() {
        if found[at].is_none() {
            found[at] = Some(distance);
            queue.extend(edges[at].iter().flatten().map(|&to| (to, distance + 1)));
        }
    }
    found
}

fn deep(bench: &Bench) {
    let mut heap = bench.heap();
    bench.run_in(&mut heap, |cx| {
        let count = bench.scaled(300_000);
        let first = cx.root(node(cx, None, None, 0));
        let last = must(cx.own(first.get(cx)));
        for key in 1..count {
            let next = node(cx, Some(first.get(cx)), None, key as i64);
            first.set(cx, next);
        }
        let start = must(cx.own(first.get(cx)));
        let target = cx.owned(last).unwrap_or_else(|| panic!("gone"));
        let target = cx.root(target);
        cx.disown(last);
        first.set(cx, target.get(cx));
        cx.poll();
        let path = must(cx.path_to(target.get(cx).any()));
        let path = path.unwrap_or_else(|| panic!("G34: no path"));
        assert_eq!(path.steps.len(), count - 1);
        assert!(path.steps.iter().all(|step| step.place == Place::Field(0)));
        cx.disown(start);
    });
}

fn snapshot_counts(bench: &Bench) {
    let mut heap = bench.heap();
    bench.run_in(&mut heap, |cx| {
        let list = cx.root(node(cx, None, None, 0));
        for key in 1..50 {
            let next = node(cx, Some(list.get(cx)), None, key);
            list.set(cx, next);
            node(cx, None, None, -1);
            cx.poll();
        }
        let blob = must(cx.alloc(BlobInit { next: None, data: Vec::with_capacity(10_000) }));
        let blob = cx.root(blob);
        let big = must(cx.alloc(BigInit { next: None, bytes: [1; 20_000] }));
        let big = cx.root(big);
        cx.collect(CollectKind::Full);
        let snapshot = must(cx.snapshot(&ShapeNames));
        let of = |name: &str| {
            let types = snapshot.types();
            let found = types.iter().find(|count| count.name == name);
            found.map_or((0, 0), |count| (count.objects, count.bytes))
        };
        assert_eq!(of("Node"), (50, 50 * 32), "G35: {:?}", snapshot.types());
        assert_eq!(of("Blob").0, 1);
        assert!(of("Blob").1 >= 10_000 && of("Big") >= (1, 20_000), "G35: {:?}", snapshot.types());
        assert!(snapshot.types().windows(2).all(|pair| pair[0].bytes >= pair[1].bytes));
        assert_eq!((snapshot.objects(), must(snapshot.reachable()), snapshot.references()), (52, 52, 49));
        assert!(snapshot.bytes() <= cx.stats().heap_bytes, "G35: more bytes than the heap has");
        let _ = (blob, big);
    });
}

fn snapshot_is_a_graph(bench: &Bench) {
    let mut heap = bench.heap();
    bench.run_in(&mut heap, |cx| {
        let a = cx.root(node(cx, None, None, 1));
        let b = cx.root(node(cx, Some(a.get(cx)), None, 2));
        a.get(cx).put(cx, Node::left, Some(b.get(cx)));
        let odd = must(cx.tail_shape("odd \"name\"\\\n", Tail::Bytes(0)));
        let text: Local<'_, Any> = must(cx.alloc_bytes(odd, 3));
        let text = cx.root(text);
        let snapshot = must(cx.snapshot(&ShapeNames));
        let mut json = Vec::new();
        must(snapshot.write_json(&mut json));
        let json = String::from_utf8(json).unwrap_or_else(|error| panic!("{error}"));
        assert!(
            json.contains("{\"name\":\"odd \\\"name\\\"\\\\\\u000a\",\"objects\":1,\"bytes\":24}"),
            "{json}"
        );
        // Each refers to the other.
        assert_eq!(
            json.matches("\"bytes\":32,\"refs\":[0]").count()
                + json.matches("\"bytes\":32,\"refs\":[1]").count()
                + json.matches("\"bytes\":32,\"refs\":[2]").count(),
            2,
            "{json}"
        );
        assert_eq!(json.matches("\"kind\":\"stack\"").count(), 3, "{json}");
        assert!(json.starts_with("{\"objects_total\":3,"), "{json}");
        let _ = text;
    });
}
