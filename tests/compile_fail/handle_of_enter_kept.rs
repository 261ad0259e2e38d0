//! A handle does not survive the heap's being left.
use taipan_gc::{Handle, Heap, HeapConfig, Local};

fn main() {
    let mut heap = Heap::new("mark", &HeapConfig::default()).unwrap();
    let handle: Handle<'_> = heap.enter(|cx| cx.root(Local::NONE)).unwrap();
    heap.enter(|cx| {
        handle.get(cx);
    })
    .unwrap();
}
