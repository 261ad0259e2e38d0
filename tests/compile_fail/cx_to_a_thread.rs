//! A context stays on its thread.
use taipan_gc::{Heap, HeapConfig};

fn main() {
    let mut heap = Heap::new("mark", &HeapConfig::default()).unwrap();
    heap.enter(|cx| {
        std::thread::scope(|scope| {
            scope.spawn(|| cx.poll());
        });
    })
    .unwrap();
}
