//! Locals of two heaps do not meet: the outer context is taken while the inner heap is entered.
use taipan_gc::{Heap, HeapConfig, Object, Slot};

#[derive(Object)]
struct Node {
    next: Slot<Node>,
}

fn main() {
    let mut one = Heap::new("mark", &HeapConfig::default()).unwrap();
    let mut two = Heap::new("mark", &HeapConfig::default()).unwrap();
    one.enter(|a| {
        let ours = a.alloc(NodeInit { next: None }).unwrap();
        a.leave(|| {
            two.enter(|b| {
                let theirs = b.alloc(NodeInit { next: None }).unwrap();
                theirs.put(b, Node::next, Some(ours));
            })
        })
    })
    .unwrap();
}
