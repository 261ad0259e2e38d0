//! What lies in the heap is Send, because the heap is.
use std::rc::Rc;
use taipan_gc::{Object, Slot};

#[derive(Object)]
struct Node {
    next: Slot<Node>,
    shared: Rc<i64>,
}

fn main() {}
