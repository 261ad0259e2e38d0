//! `gen` empties sparse blocks, and nobody notices but the blocks. Beside the contract suite, whose heaps are too small to be fragmented, and which does not
//! know how many bytes of blocks a heap may take.

use std::cell::Cell;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::Arc;
use taipan_gc::{
    Any, CollectKind, Cx, Handle, Heap, HeapConfig, HeapFull, Local, Object, Owned, Slot, SlotMap, SlotVec,
    Tail, Weak, Zeal,
};

#[derive(Object, Debug)]
struct Node {
    next: Slot<Node>,
    other: Slot<Any>,
    key: Cell<i64>,
}

/// Of another size than nodes, so that it never lies in their blocks.
#[derive(Object, Debug)]
struct Holder {
    next: Slot<Holder>,
    node: Slot<Any>,
    key: i64,
    rest: [i64; 4],
}

#[derive(Object, Debug)]
struct Counted {
    next: Slot<Node>,
    token: Token,
}

#[derive(Object, Debug)]
#[object(finalize = mortal_dies)]
struct Mortal {
    node: Slot<Node>,
    key: i64,
}

#[derive(Object, Debug)]
struct Shelf {
    nodes: SlotVec<Node>,
    named: SlotMap<i64, Node>,
}

/// Counts how many live.
#[derive(Debug)]
struct Token(Arc<AtomicI64>);

impl Token {
    fn new(count: &Arc<AtomicI64>) -> Token {
        count.fetch_add(1, Ordering::Relaxed);
        Token(count.clone())
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        assert!(self.0.fetch_sub(1, Ordering::Relaxed) > 0, "a payload was dropped twice");
    }
}

fn mortal_dies<'s>(cx: &mut Cx<'s>, dying: Handle<'s>) {
    let mortal = dying.downcast::<Mortal>(cx).unwrap();
    let key = mortal.get(cx).key;
    assert_eq!(mortal.get(cx).node.get(cx).unwrap().key.get(), key, "what a dying object refers to");
    let dead = cx.host::<Cell<i64>>().unwrap();
    dead.set(dead.get() + key);
}

/// A generator of random numbers (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }
}

fn node<'a>(cx: &'a Cx<'_>, next: Option<Local<'_, Node>>, key: i64) -> Local<'a, Node> {
    cx.alloc(NodeInit { next, other: None, key: Cell::new(key) }).unwrap()
}

fn heap(config: HeapConfig) -> Heap {
    Heap::new("gen", &config).unwrap()
}

/// Tells how much came back; to be seen with `--nocapture`.
fn tell(cx: &Cx<'_>, full: u64) {
    let stats = cx.stats();
    let (after, live, pause) = (stats.heap_bytes, stats.live_bytes, stats.pause_max_ns / 1000);
    println!("{full} bytes before, {after} after, {live} alive, longest pause {pause} µs");
}

/// An array of values with so many nodes in it.
fn filled<'s>(cx: &mut Cx<'s>, len: usize) -> Handle<'s> {
    let shape = cx.tail_shape("values", Tail::Values).unwrap();
    let array = cx.root(cx.alloc_values(shape, len).unwrap());
    for at in 0..len {
        let fresh = node(cx, None, at as i64);
        cx.put_value(array.get(cx), at, Some(fresh.any()));
        cx.poll();
    }
    array
}

/// Takes all nodes but one in so many out of an array, at random places; how many are left of them.
fn thin(cx: &Cx<'_>, array: Handle<'_>, random: &mut Random, one_in: usize) -> usize {
    let len = cx.tail_len(array.get(cx)).unwrap();
    let mut left = 0;
    for at in 0..len {
        match random.below(one_in) {
            0 => left += usize::from(cx.value_at(array.get(cx), at).is_some()),
            _ => cx.put_value(array.get(cx), at, None),
        }
    }
    left
}

/// The nodes of an array are those that were put there.
fn check(cx: &Cx<'_>, array: Handle<'_>, left: usize) {
    let len = cx.tail_len(array.get(cx)).unwrap();
    let nodes = (0..len).filter_map(|at| {
        let found = cx.value_at(array.get(cx), at)?.downcast::<Node>(cx).unwrap();
        assert_eq!(found.key.get(), at as i64);
        Some(())
    });
    assert_eq!(nodes.count(), left);
}

/// Has a part of the heap live for a while, and die old, until so many slices and minor collections are over.
fn churn(cx: &mut Cx<'_>, collections: u64) {
    let end = cx.stats().collections + collections;
    let mut random = Random(end);
    cx.scoped(|cx| {
        let values = cx.tail_shape("values", Tail::Values).unwrap();
        let bytes = cx.tail_shape("bytes", Tail::Bytes(0)).unwrap();
        let some = cx.root(cx.alloc_values(values, 20_000).unwrap());
        while cx.stats().collections < end {
            for _ in 0..1000 {
                let fresh = cx.alloc_bytes(bytes, 100).unwrap();
                cx.put_value(some.get(cx), random.below(20_000), Some(fresh));
            }
            cx.poll();
        }
    });
}

const LEN: usize = 400_000;

#[test]
fn a_thinned_heap_shrinks_when_it_is_collected() {
    let mut heap = heap(HeapConfig::default());
    heap.enter(|cx| {
        let array = filled(cx, LEN);
        cx.collect(CollectKind::Full);
        let full = cx.stats().heap_bytes;
        let left = thin(cx, array, &mut Random(7), 16);
        cx.collect(CollectKind::Full);
        tell(cx, full);
        let (stats, own) = (cx.stats(), LEN as u64 * 8);
        assert!(stats.evacuated_bytes > 0, "nothing was moved");
        assert!(
            stats.heap_bytes - own <= (stats.live_bytes - own) * 2 + (1 << 20),
            "{} of {full} bytes for {} live ones",
            stats.heap_bytes,
            stats.live_bytes
        );
        check(cx, array, left);
        cx.verify("when it has shrunk");
    })
    .unwrap();
}

#[test]
fn a_thinned_heap_shrinks_by_itself() {
    // It is small: without this it would hardly be marked.
    let mut heap = heap(HeapConfig { heap_growth: Some(10), ..HeapConfig::default() });
    heap.enter(|cx| {
        let array = filled(cx, LEN);
        cx.collect(CollectKind::Full);
        let full = cx.stats().heap_bytes;
        let left = thin(cx, array, &mut Random(8), 16);
        let mut rounds = 0;
        while cx.stats().heap_bytes > full / 2 && rounds < 100 {
            churn(cx, 20);
            rounds += 1;
        }
        let stats = cx.stats();
        tell(cx, full);
        assert!(stats.evacuated_bytes > 0, "nothing was moved");
        assert!(rounds < 100, "still {} of {full} bytes", stats.heap_bytes);
        check(cx, array, left);
        cx.verify("when it has shrunk");
    })
    .unwrap();
}

#[test]
fn popular_objects_stay() {
    let mut heap = heap(HeapConfig::default());
    heap.enter(|cx| {
        let array = filled(cx, LEN);
        cx.collect(CollectKind::Full);
        let left = thin(cx, array, &mut Random(9), 16);
        // Each of the old nodes has several holders: more than anybody would list.
        let first = HolderInit { next: None, node: None, key: 0, rest: [0; 4] };
        let holders = cx.root(cx.alloc(first).unwrap());
        for at in 0..LEN {
            if let Some(popular) = cx.value_at(array.get(cx), at) {
                for _ in 0..20 {
                    let next = Some(holders.get(cx));
                    let holder = HolderInit { next, node: Some(popular), key: at as i64, rest: [0; 4] };
                    holders.set(cx, cx.alloc(holder).unwrap());
                }
            }
            cx.poll();
        }
        churn(cx, 400);
        assert_eq!(cx.stats().evacuated_bytes, 0, "all their holders were listed");
        let ok = |cx: &Cx<'_>| {
            let mut at = Some(holders.get(cx));
            while let Some(holder) = at {
                if let Some(popular) = holder.node.get(cx) {
                    let popular = popular.downcast::<Node>(cx).unwrap();
                    assert_eq!((popular.key.get(), [0; 4]), (holder.key, holder.rest));
                }
                at = holder.next.get(cx);
            }
            check(cx, array, left);
        };
        ok(cx);
        // Who asks for a collection waits for a walk through the heap. What has churned goes first, or there may be so much of it that the rest isn't
        // worth moving.
        cx.collect(CollectKind::Full);
        cx.collect(CollectKind::Full);
        assert!(cx.stats().evacuated_bytes > 0, "nothing was moved");
        ok(cx);
        cx.verify("at the end");
    })
    .unwrap();
}

#[test]
fn without_room_for_copies_all_stay_where_they_are() {
    // Room for hardly more than there is.
    let mut heap = heap(HeapConfig { heap_limit: Some(12 << 20), ..HeapConfig::default() });
    heap.enter(|cx| {
        let shape = cx.tail_shape("values", Tail::Values).unwrap();
        let array = cx.root(cx.alloc_values(shape, LEN).unwrap());
        let mut made = 0;
        for at in 0..LEN {
            match cx.alloc(NodeInit { next: None, other: None, key: Cell::new(at as i64) }) {
                Ok(fresh) => cx.put_value(array.get(cx), at, Some(fresh.any())),
                Err(HeapFull { .. }) => break,
            }
            cx.poll();
            made = at;
        }
        assert!(made < LEN - 1, "the limit was not reached");
        // A quarter of each block is alive at the most, but there is hardly room for any of it.
        let left = thin(cx, array, &mut Random(10), 5);
        for _ in 0..3 {
            cx.collect(CollectKind::Full);
            check(cx, array, left);
            cx.verify("at the limit");
        }
        let stats = cx.stats();
        assert!(stats.peak_bytes <= (12 << 20) + (1 << 20), "{} bytes at most", stats.peak_bytes);
        // What was full has room now.
        for key in 0..50_000 {
            node(cx, None, key);
            cx.poll();
        }
    })
    .unwrap();
}

/// What refers to one object in all ways there are.
struct Things<'s> {
    at: usize,
    handle: Handle<'s, Node>,
    owned: Owned<Node>,
    weak: Weak<Node>,
    id: u64,
}

fn all_ways(zeal: Zeal, len: usize) {
    let mut heap = heap(HeapConfig { zeal, ..HeapConfig::default() });
    heap.set_host(Box::new(Cell::new(0i64)));
    let alive = Arc::new(AtomicI64::new(0));
    heap.enter(|cx| {
        let array = filled(cx, len);
        let shelf = cx.root(cx.alloc(ShelfInit {}).unwrap());
        let (mut things, mut random, mut mortal, mut due) = (Vec::new(), Random(11), Vec::new(), 0);
        for _ in 0..40 {
            let at = random.below(len);
            let found = cx.value_at(array.get(cx), at).unwrap().downcast::<Node>(cx).unwrap();
            let counted = cx.alloc(CountedInit { next: Some(found), token: Token::new(&alive) }).unwrap();
            found.put(cx, Node::other, Some(counted.any()));
            shelf.get(cx).push(cx, Shelf::nodes, found).unwrap();
            shelf.get(cx).insert(cx, Shelf::named, at as i64, found).unwrap();
            let dying = cx.alloc(MortalInit { node: Some(found), key: at as i64 }).unwrap();
            mortal.push(cx.own(dying).unwrap());
            due += at as i64;
            let (owned, weak) = (cx.own(found).unwrap(), cx.downgrade(found).unwrap().unwrap());
            let (id, handle) = (cx.id(found).unwrap(), cx.root(found));
            things.push(Things { at, handle, owned, weak, id });
            cx.poll();
        }
        let left = thin(cx, array, &mut random, 16);
        for round in 0..4 {
            match round {
                0 | 2 => cx.collect(CollectKind::Full),
                _ => churn(cx, 120),
            }
            check(cx, array, left);
            let mut keys = Vec::new();
            for (n, thing) in things.iter().enumerate() {
                let object = thing.handle.get(cx);
                assert_eq!(object.key.get(), thing.at as i64);
                let same = [
                    cx.owned(thing.owned).unwrap(),
                    cx.upgrade(thing.weak).unwrap(),
                    shelf.get(cx).nodes.get(cx, n).unwrap(),
                    shelf.get(cx).named.get(cx, &(thing.at as i64)).unwrap(),
                ];
                assert!(same.iter().all(|other| other.is(object)), "not the same object");
                assert_eq!(cx.id(object).unwrap(), thing.id);
                let counted = object.other.get(cx).unwrap().downcast::<Counted>(cx).unwrap();
                assert!(counted.token.0.load(Ordering::Relaxed) > 0, "its payload was dropped");
                assert!(counted.next.get(cx).unwrap().is(object), "not the same object");
                keys.push(thing.at);
            }
            keys.sort_unstable();
            keys.dedup();
            // Those that were found twice have lost their first one.
            assert!(alive.load(Ordering::Relaxed) >= keys.len() as i64, "a payload was dropped");
            cx.verify("while all live");
        }
        assert!(cx.stats().evacuated_bytes > 0, "nothing was moved");
        mortal.drain(..).for_each(|owned| assert!(cx.disown(owned)));
        cx.collect(CollectKind::Full);
        cx.poll();
        assert_eq!(cx.host::<Cell<i64>>().unwrap().get(), due, "finalizers run once");
        things.iter().for_each(|thing| assert!(cx.disown(thing.owned)));
    })
    .unwrap();
    heap.close();
    assert_eq!(alive.load(Ordering::Relaxed), 0, "payloads are dropped");
}

#[test]
fn all_references_find_what_has_moved() {
    all_ways(Zeal::OFF, LEN);
}

#[test]
fn all_references_find_what_has_moved_under_stress() {
    for collect_every in [1, 7, 100] {
        // The verifier takes its time.
        let verify = collect_every != 1;
        all_ways(Zeal { collect_every, verify, poison: true, ..Zeal::OFF }, 300);
    }
}
