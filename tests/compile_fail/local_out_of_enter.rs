//! A `Local` does not leave the heap.
use taipan_gc::{Heap, HeapConfig, Object, Slot};

#[derive(Object)]
struct Node {
    next: Slot<Node>,
}

fn main() {
    let mut heap = Heap::new("mark", &HeapConfig::default()).unwrap();
    let node = heap.enter(|cx| cx.alloc(NodeInit { next: None }).unwrap()).unwrap();
    drop(node);
}
