//! A slot is not moved out of its holder.
use taipan_gc::{Handle, Cx, Object, Slot};

#[derive(Object)]
struct Node {
    next: Slot<Node>,
}

fn program(cx: &mut Cx<'_>, node: Handle<'_, Node>) -> Slot<Node> {
    node.get(cx).next
}

fn main() {}
