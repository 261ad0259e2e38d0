//! The objects of the workloads: as the peers' structs, without what a garbage collector keeps for itself.

use taipan_gc::{Cx, Local, Object, Slot};

/// Two references: 24 bytes.
#[derive(Object, Debug)]
pub struct Tree {
    /// Left.
    pub left: Slot<Tree>,
    /// Right.
    pub right: Slot<Tree>,
}

/// Three references and a number.
#[derive(Object, Debug)]
pub struct Vertex {
    /// First.
    pub a: Slot<Vertex>,
    /// Second.
    pub b: Slot<Vertex>,
    /// Third, half the time.
    pub c: Slot<Vertex>,
    /// Its number.
    pub id: u64,
}

/// A node; a heap without a limit is never full.
#[inline(never)]
pub fn pair<'a>(
    cx: &'a Cx<'_>,
    left: Option<Local<'_, Tree>>,
    right: Option<Local<'_, Tree>>,
) -> Local<'a, Tree> {
    must(cx.alloc(TreeInit { left, right }))
}

/// A full binary tree.
#[inline(never)]
pub fn make<'a>(cx: &'a Cx<'_>, depth: u32) -> Local<'a, Tree> {
    if depth == 0 {
        return must(cx.alloc(TreeInit { left: None, right: None }));
    }
    let (left, right) = (make(cx, depth - 1), make(cx, depth - 1));
    must(cx.alloc(TreeInit { left: Some(left), right: Some(right) }))
}

/// How many nodes a full binary tree has.
#[inline(never)]
pub fn check(cx: &Cx<'_>, tree: Local<'_, Tree>) -> u64 {
    match (tree.left.get(cx), tree.right.get(cx)) {
        (Some(left), Some(right)) => 1 + check(cx, left) + check(cx, right),
        _ => 1,
    }
}

/// The value of something that fails only without memory.
#[inline(always)]
pub fn must<T, E: std::fmt::Display>(result: Result<T, E>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => fail(&error),
    }
}

#[cold]
#[inline(never)]
fn fail(error: &dyn std::fmt::Display) -> ! {
    panic!("{error}")
}
