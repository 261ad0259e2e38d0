//! Random graphs beside a model of them outside the heap: what is reachable keeps its contents, and after a full collection nothing else is left.
//!
//! The contract runs some of them (G5); the program `zeal` runs them under stress until millions of collections have been seen.

use crate::contract::objects::{counter, must, Token};
use crate::generate::Random;
use std::cell::Cell;
use std::sync::atomic::AtomicI64;
use std::sync::Arc;
use taipan_gc::manager::ManagerFactory;
use taipan_gc::{CollectKind, Cx, Handle, Heap, HeapConfig, Local, Object, Owned, Slot, Weak, Zeal};

/// Handles into the graph.
const ROOTS: usize = 24;
/// Owned references into it, at most.
const OWNED: usize = 8;
/// Weak references that are followed between two checks, at most.
const WEAK: usize = 32;
/// Steps between two checks of the whole graph.
const CHECK_EVERY: usize = 400;

/// Two references and a key; nobody notices its end.
#[derive(Object, Debug)]
struct Knot {
    left: Slot,
    right: Slot,
    key: u64,
}

/// As a knot, but its end is counted.
#[derive(Object, Debug)]
struct Tracked {
    left: Slot,
    right: Slot,
    key: u64,
    token: Token,
}

/// As a knot, but it stays where it was made, where the manager can do that.
#[derive(Object, Debug)]
#[object(pinned)]
struct Pinned {
    left: Slot,
    right: Slot,
    key: u64,
    place: Cell<u64>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Knot,
    Tracked,
    Pinned,
}

/// What the graph should look like: nodes by number, their keys, kinds and children.
#[derive(Clone, Copy, Debug)]
struct Node {
    key: u64,
    kind: Kind,
    children: [Option<usize>; 2],
}

/// The graph in the heap, and the model.
struct Graph<'s> {
    random: Random,
    /// Seed and step, for messages.
    at: (u64, usize),
    alive: Arc<AtomicI64>,
    nodes: Vec<Node>,
    roots: Vec<(Handle<'s>, usize)>,
    owned: Vec<(Owned, usize)>,
    weak: Vec<(Weak, usize)>,
}

/// Runs one graph for so many steps under a manager; how many collections it took.
///
/// # Panics
/// Where heap and model differ; the message says at which step.
pub fn run(factory: ManagerFactory, zeal: Zeal, seed: u64, steps: usize) -> u64 {
    let config = HeapConfig { zeal, marking_thread: (seed / 16).is_multiple_of(2), ..HeapConfig::default() };
    let mut heap = must(Heap::with_manager(factory(), &config));
    let facts = heap.facts();
    let (alive, living) = counter();
    let entered = heap.enter(|cx| {
        let mut graph = Graph::new(cx, seed, &alive);
        for step in 0..steps {
            graph.at = (seed, step);
            graph.step(cx);
            let last = step + 1 == steps;
            if last || step % CHECK_EVERY == CHECK_EVERY - 1 {
                cx.collect(CollectKind::Full);
                if facts.collects {
                    let reachable = graph.check(cx);
                    assert_eq!(living(), reachable, "G5: seed {seed}, step {step}: who is alive");
                }
            }
        }
        cx.verify("after a random graph");
    });
    must(entered);
    let collections = heap.close().collections;
    assert_eq!(living(), 0, "G5: seed {seed}: something outlives its heap");
    collections
}

impl<'s> Graph<'s> {
    fn new(cx: &mut Cx<'s>, seed: u64, alive: &Arc<AtomicI64>) -> Graph<'s> {
        let nodes =
            (0..ROOTS).map(|n| Node { key: n as u64, kind: Kind::Knot, children: [None; 2] }).collect();
        let knot = |n| cx.root(must(cx.alloc(KnotInit { left: None, right: None, key: n as u64 })).any());
        let roots = (0..ROOTS).map(|n| (knot(n), n)).collect();
        let (random, alive) = (Random::new(seed), alive.clone());
        Graph { random, at: (seed, 0), alive, nodes, roots, owned: Vec::new(), weak: Vec::new() }
    }

    fn any_root(&mut self) -> usize {
        self.random.below(ROOTS)
    }

    /// A fresh node over what two handles refer to, in the heap and in the model.
    fn node<'a>(&mut self, cx: &'a Cx<'_>, key: u64, from: [(Local<'a>, usize); 2]) -> (Local<'a>, usize) {
        let [left, right] = from.map(|(local, _)| Some(local));
        let kind = [Kind::Knot, Kind::Tracked, Kind::Pinned][self.random.below(3)];
        let local = match kind {
            Kind::Knot => must(cx.alloc(KnotInit { left, right, key })).any(),
            Kind::Tracked => {
                let token = Token::new(&self.alive);
                must(cx.alloc(TrackedInit { left, right, key, token })).any()
            }
            Kind::Pinned => {
                let pinned = must(cx.alloc(PinnedInit { left, right, key, place: Cell::new(0) }));
                pinned.place.set(pinned.value().bits());
                pinned.any()
            }
        };
        self.nodes.push(Node { key, kind, children: from.map(|(_, n)| Some(n)) });
        (local, self.nodes.len() - 1)
    }

    fn somewhere<'a>(&mut self, cx: &'a Cx<'_>) -> (Local<'a>, usize) {
        let root = self.any_root();
        let (handle, n) = self.roots[root];
        (handle.get(cx), n)
    }

    fn step(&mut self, cx: &mut Cx<'_>) {
        let key = (ROOTS + self.at.1) as u64;
        let to = self.any_root();
        match self.random.below(12) {
            0 | 1 => {
                let from = [self.somewhere(cx), self.somewhere(cx)];
                let fresh = self.node(cx, key, from);
                self.set(cx, to, fresh);
            }
            // Several that nobody refers to yet, but one another.
            2 | 3 => {
                let from = [self.somewhere(cx), self.somewhere(cx), self.somewhere(cx)];
                let left = self.node(cx, key, [from[0], from[1]]);
                let right = self.node(cx, key, [left, from[2]]);
                let top = self.node(cx, key, [left, right]);
                let kept = if self.random.below(2) == 0 { top } else { right };
                self.set(cx, to, kept);
            }
            4 => {
                let child = self.somewhere(cx);
                self.put(cx, to, 0, Some(child));
            }
            5 => {
                let child = self.somewhere(cx);
                self.put(cx, to, 1, Some(child));
            }
            6 => self.put(cx, to, 1, None),
            // Nobody ever refers to it.
            7 => {
                let from = [self.somewhere(cx), self.somewhere(cx)];
                let inner = self.node(cx, key, from);
                self.node(cx, key, [inner, inner]);
            }
            8 => {
                let (local, n) = self.somewhere(cx);
                let side = self.random.below(2);
                if let (Some(child), Some(m)) = (child(cx, local, side), self.nodes[n].children[side]) {
                    self.set(cx, to, (child, m));
                }
            }
            9 => self.own(cx),
            10 => {
                let (local, n) = self.somewhere(cx);
                if self.weak.len() < WEAK {
                    self.weak.extend(must(cx.downgrade(local)).map(|weak| (weak, n)));
                }
            }
            _ => {}
        }
        // Several stores and deaths between two polls, as a rule.
        if self.random.chance(30) {
            cx.poll();
        }
        let (local, n) = self.somewhere(cx);
        self.compare(cx, local, n);
    }

    fn set(&mut self, cx: &Cx<'_>, to: usize, (local, n): (Local<'_>, usize)) {
        self.roots[to].0.set(cx, local);
        self.roots[to].1 = n;
    }

    /// Stores into what a handle refers to.
    fn put(&mut self, cx: &Cx<'_>, to: usize, side: usize, what: Option<(Local<'_>, usize)>) {
        let (handle, n) = self.roots[to];
        let (holder, value) = (handle.get(cx), what.map(|(local, _)| local));
        if let Some(knot) = holder.downcast::<Knot>(cx) {
            knot.put(cx, [Knot::left, Knot::right][side], value);
        } else if let Some(tracked) = holder.downcast::<Tracked>(cx) {
            tracked.put(cx, [Tracked::left, Tracked::right][side], value);
        } else if let Some(pinned) = holder.downcast::<Pinned>(cx) {
            pinned.put(cx, [Pinned::left, Pinned::right][side], value);
        }
        self.nodes[n].children[side] = what.map(|(_, n)| n);
    }

    /// Takes an owned reference, or gives one back.
    fn own(&mut self, cx: &mut Cx<'_>) {
        if self.owned.len() < OWNED {
            let (local, n) = self.somewhere(cx);
            self.owned.push((must(cx.own(local)), n));
        } else {
            let at = self.random.below(OWNED);
            let (owned, _) = self.owned.swap_remove(at);
            assert!(cx.disown(owned), "G6: giving back");
        }
    }

    /// One node and its children.
    fn compare(&self, cx: &Cx<'_>, local: Local<'_>, n: usize) {
        let Node { key, kind, children } = self.nodes[n];
        let (seed, step) = self.at;
        assert_eq!(shown(cx, local), Some((key, kind)), "G5: seed {seed}, step {step}: a node");
        for (side, expected) in children.into_iter().enumerate() {
            let found = child(cx, local, side).and_then(|child| shown(cx, child));
            let expected = expected.map(|n| (self.nodes[n].key, self.nodes[n].kind));
            assert_eq!(found, expected, "G5: seed {seed}, step {step}: a child of node {key}");
        }
    }

    /// The whole graph, after a full collection; how many tracked nodes are reachable. The model forgets the others.
    fn check(&mut self, cx: &mut Cx<'_>) -> i64 {
        let (seed, step) = self.at;
        let mut order = Vec::new();
        let mut numbers = vec![None; self.nodes.len()];
        let starts = self.roots.iter().map(|&(_, n)| n).chain(self.owned.iter().map(|&(_, n)| n));
        let mut stack: Vec<usize> = starts.collect();
        while let Some(n) = stack.pop() {
            if numbers[n].is_none() {
                numbers[n] = Some(order.len());
                order.push(self.nodes[n]);
                stack.extend(self.nodes[n].children.into_iter().flatten());
            }
        }
        for (weak, n) in self.weak.drain(..) {
            let found = cx.upgrade(weak).and_then(|local| shown(cx, local));
            let expected = numbers[n].map(|_| (self.nodes[n].key, self.nodes[n].kind));
            assert_eq!(found, expected, "G7: seed {seed}, step {step}: what a weak reference finds");
        }
        let new = |n: usize| numbers[n].unwrap_or_default();
        for node in &mut order {
            node.children = node.children.map(|child| child.map(new));
        }
        self.nodes = order;
        self.roots.iter_mut().for_each(|(_, n)| *n = new(*n));
        self.owned.iter_mut().for_each(|(_, n)| *n = new(*n));
        for &(handle, n) in &self.roots {
            self.compare(cx, handle.get(cx), n);
        }
        self.nodes.iter().filter(|node| node.kind == Kind::Tracked).count() as i64
    }
}

/// The key of a node, and its kind; one that has moved although it should not has none.
fn shown(cx: &Cx<'_>, local: Local<'_>) -> Option<(u64, Kind)> {
    if let Some(knot) = local.downcast::<Knot>(cx) {
        return Some((knot.key, Kind::Knot));
    }
    if let Some(pinned) = local.downcast::<Pinned>(cx) {
        let stays = !cx.can_pin() || cx.never_moves(local) && pinned.place.get() == local.value().bits();
        return stays.then_some((pinned.key, Kind::Pinned));
    }
    let tracked = local.downcast::<Tracked>(cx)?;
    tracked.token.is_live().then_some((tracked.key, Kind::Tracked))
}

fn child<'a>(cx: &'a Cx<'_>, local: Local<'a>, side: usize) -> Option<Local<'a>> {
    if let Some(knot) = local.downcast::<Knot>(cx) {
        return [&knot.left, &knot.right][side].get(cx);
    }
    if let Some(pinned) = local.downcast::<Pinned>(cx) {
        return [&pinned.left, &pinned.right][side].get(cx);
    }
    let tracked = local.downcast::<Tracked>(cx)?;
    [&tracked.left, &tracked.right][side].get(cx)
}
