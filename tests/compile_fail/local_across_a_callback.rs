//! A `Local` does not live across a call of other code, which may collect.
use taipan_gc::{Cx, Object, Slot};

#[derive(Object)]
struct Node {
    next: Slot<Node>,
    key: i64,
}

fn program<'s>(cx: &mut Cx<'s>, callback: &mut dyn FnMut(&mut Cx<'s>)) -> i64 {
    let node = cx.alloc(NodeInit { next: None, key: 1 }).unwrap();
    callback(cx);
    node.key
}

fn main() {}
