//! A local stays on its thread.
use taipan_gc::{Cx, Object, Slot};

#[derive(Object)]
struct Node {
    next: Slot<Node>,
    key: i64,
}

fn program(cx: &Cx<'_>) {
    let node = cx.alloc(NodeInit { next: None, key: 1 }).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| node.key);
    });
}

fn main() {}
