//! The marker finds the same objects however small its stack is, and in long objects too. Beside the contract suite, which can't bound the
//! stack.

use taipan_gc::marker::Marker;
use taipan_gc::tracing::mark_all;
use taipan_gc::{Cx, Heap, HeapConfig, Object, Slot, Tail};

#[derive(Object, Debug)]
struct Node {
    next: Slot<Node>,
    other: Slot<Node>,
}

/// Roots a long object of chains of chains: 3000 values, every third one empty, 3 nodes behind each.
fn build(cx: &mut Cx<'_>) -> u64 {
    let shape = cx.tail_shape("nodes", Tail::Values).unwrap();
    let all = cx.alloc_values(shape, 3000).unwrap();
    let mut nodes = 1;
    for i in (0..3000).filter(|i| i % 3 != 0) {
        let last = cx.alloc(NodeInit { next: None, other: None }).unwrap();
        let middle = cx.alloc(NodeInit { next: Some(last), other: Some(last) }).unwrap();
        let first = cx.alloc(NodeInit { next: Some(middle), other: Some(last) }).unwrap();
        cx.put_value(all, i, Some(first.any()));
        nodes += 3;
    }
    cx.root(all);
    nodes
}

#[test]
fn a_bounded_stack_marks_everything() {
    let mut heap = Heap::new("mark", &HeapConfig::default()).unwrap();
    let core = heap.core();
    heap.enter(|cx| {
        let nodes = build(cx);
        for limit in [1, 2, 3, 63, 64, 65, 1000, usize::MAX] {
            let mut marker = Marker::default().bounded(limit);
            // SAFETY: nothing else uses the core meanwhile, and marking changes only mark bits.
            mark_all(unsafe { &mut (*core).memory }, &mut marker);
            assert_eq!(marker.objects, nodes, "with a stack of {limit}");
        }
    })
    .unwrap();
}
