//! A slot is not written but through its holder.
use taipan_gc::{Cx, Handle, Object, Slot};

#[derive(Object)]
struct Node {
    next: Slot<Node>,
    other: Slot<Node>,
}

fn program(cx: &mut Cx<'_>, node: Handle<'_, Node>) {
    let node = node.get(cx);
    std::mem::swap(&mut node.next, &mut node.other);
}

fn main() {}
