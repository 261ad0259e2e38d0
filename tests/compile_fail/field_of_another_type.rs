//! A field belongs to its type, and takes its own kind of object.
use taipan_gc::{Cx, Handle, Object, Slot};

#[derive(Object)]
struct Node {
    next: Slot<Node>,
}

#[derive(Object)]
struct Other {
    item: Slot<Other>,
}

fn program(cx: &mut Cx<'_>, node: Handle<'_, Node>, other: Handle<'_, Other>) {
    node.get(cx).put(cx, Other::item, None);
    node.get(cx).put(cx, Node::next, Some(other.get(cx)));
}

fn main() {}
