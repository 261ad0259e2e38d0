//! w4: doubly linked rings of four nodes, built and dropped. Nothing but a tracing or cycle-collecting manager gets their memory back.

use crate::objects::must;
use crate::Random;
use taipan_gc::{Cx, Local, Object, Slot, SlotVec};

/// Nodes alive beside the rings.
pub(super) const LIVE: u32 = 200_000;

#[derive(Object, Debug)]
struct Kept {
    nodes: SlotVec<Node>,
}

#[derive(Object, Debug)]
struct Node {
    previous: Slot<Node>,
    next: Slot<Node>,
    number: u64,
}

/// Cyclic garbage.
pub(super) fn w4(cx: &mut Cx<'_>, n: u64) -> u64 {
    let mut random = Random(42);
    let kept = cx.root(must(cx.alloc(KeptInit {})));
    for i in 0..LIVE {
        let (all, fresh) = (kept.get(cx), node(cx, i as u64));
        must(all.push(cx, Kept::nodes, fresh));
        fresh.put(cx, Node::previous, all.nodes.get(cx, random.below(i + 1) as usize));
        fresh.put(cx, Node::next, Some(fresh));
        cx.poll();
    }
    let mut sum = 0;
    for i in 0..n {
        let far = ring(cx, i).next.get(cx).and_then(|node| node.next.get(cx));
        sum += far.map_or(0, |node| node.number);
        cx.poll();
    }
    let nodes = &kept.get(cx).nodes;
    let previous = |i| nodes.get(cx, i)?.previous.get(cx);
    sum + (0..nodes.len()).filter_map(previous).map(|node| node.number).sum::<u64>()
}

#[inline(always)]
fn node<'a>(cx: &'a Cx<'_>, number: u64) -> Local<'a, Node> {
    must(cx.alloc(NodeInit { previous: None, next: None, number }))
}

/// A ring; its first node.
#[inline(never)]
fn ring<'a>(cx: &'a Cx<'_>, number: u64) -> Local<'a, Node> {
    let nodes = [node(cx, number), node(cx, number + 1), node(cx, number + 2), node(cx, number + 3)];
    for i in 0..4 {
        nodes[i].put(cx, Node::next, Some(nodes[(i + 1) & 3]));
        nodes[i].put(cx, Node::previous, Some(nodes[(i + 3) & 3]));
    }
    nodes[0]
}
