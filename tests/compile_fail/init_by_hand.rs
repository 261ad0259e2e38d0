//! `Init` is not implemented without saying `unsafe`: its `build` could let slots escape.
use taipan_gc::{Init, Object, Slot, SlotMaker};

#[derive(Object)]
struct Node {
    next: Slot<Node>,
}

struct Mine;

impl Init for Mine {
    type Object = Node;
    fn build(self, slots: &SlotMaker<'_>) -> Node {
        Node { next: slots.slot(None) }
    }
}

fn main() {}
