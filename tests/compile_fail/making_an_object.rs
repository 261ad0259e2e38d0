//! An object is not made outside of the heap: nobody can fill its slots.
use taipan_gc::{Object, Slot};

#[derive(Object)]
struct Node {
    next: Slot<Node>,
    key: i64,
}

fn main() {
    let node = Node { next: None, key: 1 };
}
