//! A container is not a slot: it can't be `put`, made, or taken.
use taipan_gc::{Cx, Handle, Object, SlotVec};

#[derive(Object)]
struct Node {
    items: SlotVec<Node>,
}

fn program(cx: &mut Cx<'_>, node: Handle<'_, Node>) {
    node.get(cx).put(cx, Node::items, None);
    let made: SlotVec<Node> = SlotVec::default();
}

fn main() {}
