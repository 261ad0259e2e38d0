//! A `Local` does not live across a poll.
use taipan_gc::{Cx, Handle, Object, Slot};

#[derive(Object)]
struct Node {
    next: Slot<Node>,
    key: i64,
}

fn program(cx: &mut Cx<'_>, node: Handle<'_, Node>) -> i64 {
    let next = node.get(cx).next.get(cx).unwrap();
    cx.poll();
    next.key
}

fn main() {}
