//! A local is not stored in an object's Rust field.
use taipan_gc::{Local, Object, Slot};

#[derive(Object)]
struct Node {
    next: Slot<Node>,
    hidden: Local<'static, Node>,
}

fn main() {}
