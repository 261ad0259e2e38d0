//! Small kernels, one for each thing that must not get slower: on the heap alone, and Python functions for the virtual machine.
//!
//! Criterion times them, `callgrind.sh` counts their instructions. A kernel does its step `n` times, so that the difference between two
//! runs is free of start-up.

use crate::objects::{make, pair, Tree};
use std::hint::black_box;
use taipan::{Config, Interpreter};
use taipan_gc::Cx;

/// A kernel on the heap alone.
pub type HeapKernel = fn(&mut Cx<'_>, u32);

/// Kernels on the heap, by name. One step of `tree` is a node.
pub const HEAP: &[(&str, HeapKernel)] =
    &[("alloc", alloc), ("tree", tree), ("store", store), ("handle", handle)];

/// Kernels for the virtual machine, by name: sources that define `kernel(n)`.
pub const VM: &[(&str, &str)] = &[
    ("int_loop", include_str!("../kernels/int_loop.py")),
    ("float", include_str!("../kernels/float.py")),
    ("call", include_str!("../kernels/call.py")),
    ("attribute", include_str!("../kernels/attribute.py")),
    ("fib", include_str!("../kernels/fib.py")),
    ("method", include_str!("../kernels/method.py")),
    ("instance", include_str!("../kernels/instance.py")),
    ("listcomp", include_str!("../kernels/listcomp.py")),
    ("genexpr", include_str!("../kernels/genexpr.py")),
    ("collector", include_str!("../kernels/collector.py")),
    ("await", include_str!("../kernels/await.py")),
];

/// Steps between two polls, as a virtual machine or a careful native would do it.
const POLL_EVERY: u32 = 1000;

fn polled(cx: &mut Cx<'_>, n: u32, mut steps: impl FnMut(&mut Cx<'_>, u32)) {
    let mut left = n;
    while left > 0 {
        let now = left.min(POLL_EVERY);
        steps(cx, now);
        cx.poll();
        left -= now;
    }
}

/// Allocates objects with two references, and drops them.
fn alloc(cx: &mut Cx<'_>, n: u32) {
    polled(cx, n, |cx, steps| {
        for _ in 0..steps {
            black_box(pair(cx, None, None));
        }
    });
}

/// Depth of the trees of [`tree`].
const DEPTH: u32 = 9;

/// Builds and drops full binary trees with `n` nodes in all, rounded up to whole trees.
fn tree(cx: &mut Cx<'_>, n: u32) {
    for _ in 0..n.div_ceil((2 << DEPTH) - 1) {
        black_box(make(cx, DEPTH));
        cx.poll();
    }
}

/// Stores a reference into an object, over the same one.
fn store(cx: &mut Cx<'_>, n: u32) {
    cx.scoped(|cx| {
        let (holder, item) = (cx.root(pair(cx, None, None)), cx.root(pair(cx, None, None)));
        polled(cx, n, |cx, steps| {
            let (holder, item) = (holder.get(cx), item.get(cx));
            for _ in 0..steps {
                black_box(holder).put(cx, Tree::left, Some(black_box(item)));
            }
        });
    });
}

/// Roots an object in a scope and reads it back; a scope for each batch.
fn handle(cx: &mut Cx<'_>, n: u32) {
    cx.scoped(|cx| {
        let kept = cx.root(pair(cx, None, None));
        polled(cx, n, |cx, steps| {
            cx.scoped(|cx| {
                for _ in 0..steps {
                    let handle = cx.root(kept.get(cx));
                    black_box(handle.get(cx));
                }
            });
        });
    });
}

/// An interpreter under the manager of this name, with the `kernel` of this source defined.
pub fn interpreter(manager: &str, source: &str) -> Result<Interpreter, String> {
    let config = Config { manager: manager.into(), ..Config::default() };
    let mut python =
        Interpreter::on_heap(crate::heap(manager)?, &config).map_err(|error| error.to_string())?;
    python.run(source.as_bytes(), "kernel.py").map_err(|failure| failure.to_string())?;
    Ok(python)
}

/// Runs a kernel by name.
pub fn run(manager: &str, name: &str, n: u32) -> Result<(), String> {
    if let Some((_, kernel)) = HEAP.iter().find(|(known, _)| *known == name) {
        return crate::heap(manager)?.enter(|cx| kernel(cx, n)).map_err(|error| error.to_string());
    }
    let Some((_, source)) = VM.iter().find(|(known, _)| *known == name) else {
        return Err(format!("unknown kernel '{name}'"));
    };
    let mut python = interpreter(manager, source)?;
    python.eval(&format!("kernel({n})")).map(drop).map_err(|failure| failure.to_string())
}
