//! A `Local` does not live across a collection.
use taipan_gc::{CollectKind, Cx, Object, Slot};

#[derive(Object)]
struct Node {
    next: Slot<Node>,
    key: i64,
}

fn program(cx: &mut Cx<'_>) -> i64 {
    let node = cx.alloc(NodeInit { next: None, key: 1 }).unwrap();
    cx.collect(CollectKind::Full);
    node.key
}

fn main() {}
