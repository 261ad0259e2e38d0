//! Nor one with a lifetime of its own: types in the heap have no parameters.
use taipan_gc::{Local, Object, Slot};

#[derive(Object)]
struct Node<'a> {
    next: Slot,
    hidden: Local<'a>,
}

fn main() {}
