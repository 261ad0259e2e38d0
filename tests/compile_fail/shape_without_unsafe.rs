//! A fixed shape is a promise that the heap can't check.
use taipan_gc::{Object, ShapeId, Slot};

#[derive(Object)]
#[object(shape = ShapeId(7))]
struct Node {
    next: Slot<Node>,
}

fn main() {}
