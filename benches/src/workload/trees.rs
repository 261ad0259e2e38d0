//! w1, binary trees; w2, Boehm's GCBench.

use crate::objects::{check, make, must};
use taipan_gc::{Cx, Local, Object, Slot, Tail};

/// Binary trees: a deep one, a long-lived one, and many that are checked and dropped.
pub(super) fn w1(cx: &mut Cx<'_>, depth: u64) -> u64 {
    let depth = depth as u32;
    let mut sum = check(cx, make(cx, depth + 1));
    cx.poll();
    let long_lived = cx.root(make(cx, depth));
    for d in (4..=depth).step_by(2) {
        for _ in 0..1u32 << (depth - d + 4) {
            sum += check(cx, make(cx, d));
            cx.poll();
        }
    }
    sum + check(cx, long_lived.get(cx))
}

/// A node of GCBench's trees.
#[derive(Object, Debug)]
struct Node {
    left: Slot<Node>,
    right: Slot<Node>,
    i: i32,
    j: i32,
}

/// Numbers in GCBench's long-lived array.
const NUMBERS: usize = 500_000;

/// GCBench: a tree to stretch the heap, a long-lived tree and array, and temporary trees of both kinds.
pub(super) fn w2(cx: &mut Cx<'_>, stretch: u64) -> u64 {
    let (stretch, deepest) = (stretch as u32, (stretch as u32).saturating_sub(2));
    bottom_up(cx, stretch);
    cx.poll();
    let long_lived = node(cx, None, None);
    populate(cx, deepest, long_lived);
    let long_lived = cx.root(long_lived);
    let shape = must(cx.tail_shape("numbers", Tail::Bytes(3)));
    let numbers = must(cx.alloc_bytes(shape, NUMBERS));
    for (i, cells) in cx.bytes(numbers).chunks_exact(8).enumerate() {
        let number = (1.0 / (i + 1) as f64).to_ne_bytes();
        cells.iter().zip(number).for_each(|(cell, byte)| cell.set(byte));
    }
    let numbers = cx.root(numbers);
    let mut sum = 0;
    for depth in (4..=deepest).step_by(2) {
        let times = 2 * nodes(stretch) / nodes(depth);
        for _ in 0..times {
            let tree = node(cx, None, None);
            populate(cx, depth, tree);
            sum += tree.left.get(cx).is_some() as u64;
            cx.poll();
        }
        for _ in 0..times {
            let tree = bottom_up(cx, depth);
            sum += tree.right.get(cx).is_some() as u64 + (tree.i + tree.j) as u64;
            cx.poll();
        }
    }
    let mut number = [0; 8];
    let kept = numbers.get(cx);
    number.iter_mut().zip(&cx.bytes(kept)[8_000..]).for_each(|(byte, cell)| *byte = cell.get());
    let intact = f64::from_ne_bytes(number) == 1.0 / 1001.0 && long_lived.get(cx).left.get(cx).is_some();
    if intact {
        sum
    } else {
        0
    }
}

/// Nodes of a full tree.
fn nodes(depth: u32) -> u64 {
    (2 << depth) - 1
}

#[inline(always)]
fn node<'a>(
    cx: &'a Cx<'_>,
    left: Option<Local<'_, Node>>,
    right: Option<Local<'_, Node>>,
) -> Local<'a, Node> {
    must(cx.alloc(NodeInit { left, right, i: 0, j: 0 }))
}

/// Grows a tree below a node, from the top down: every reference is stored into an object that is there already.
#[inline(never)]
fn populate(cx: &Cx<'_>, depth: u32, parent: Local<'_, Node>) {
    if depth == 0 {
        return;
    }
    let left = node(cx, None, None);
    parent.put(cx, Node::left, Some(left));
    let right = node(cx, None, None);
    parent.put(cx, Node::right, Some(right));
    populate(cx, depth - 1, left);
    populate(cx, depth - 1, right);
}

/// A tree made from the bottom up: every reference is there when its holder is made.
#[inline(never)]
fn bottom_up<'a>(cx: &'a Cx<'_>, depth: u32) -> Local<'a, Node> {
    if depth == 0 {
        return node(cx, None, None);
    }
    let (left, right) = (bottom_up(cx, depth - 1), bottom_up(cx, depth - 1));
    node(cx, Some(left), Some(right))
}
