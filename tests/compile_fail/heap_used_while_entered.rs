//! A heap is entered once at a time.
use taipan_gc::{Heap, HeapConfig};

fn main() {
    let mut heap = Heap::new("mark", &HeapConfig::default()).unwrap();
    heap.enter(|_| {
        let _ = heap.enter(|_| ());
    })
    .unwrap();
}
