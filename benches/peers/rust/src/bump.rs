//! A bump allocator that frees whole arenas: bumpalo. The floor of what allocation costs; only for trees and pairs, which die together.

use crate::{nodes, numbers};
use bumpalo::Bump;
use std::cell::Cell;
use std::hint::black_box;

struct Tree<'a> {
    left: Cell<Option<&'a Tree<'a>>>,
    right: Cell<Option<&'a Tree<'a>>>,
    i: Cell<u64>,
}

struct Pair<'a>(Option<&'a Pair<'a>>, Option<&'a Pair<'a>>);

pub(crate) fn run(work: &str, n: u64) -> Option<u64> {
    Some(match work {
        "w1" => w1(n as u32),
        "w2" => w2(n as u32),
        "w7" => w7(n),
        _ => return None,
    })
}

#[inline(never)]
fn make(bump: &Bump, depth: u32) -> &Pair<'_> {
    if depth == 0 {
        return bump.alloc(Pair(None, None));
    }
    let (left, right) = (make(bump, depth - 1), make(bump, depth - 1));
    bump.alloc(Pair(Some(left), Some(right)))
}

#[inline(never)]
fn check(tree: &Pair<'_>) -> u64 {
    match (tree.0, tree.1) {
        (Some(left), Some(right)) => 1 + check(left) + check(right),
        _ => 1,
    }
}

fn w1(depth: u32) -> u64 {
    let mut sum = check(make(&Bump::new(), depth + 1));
    let long_lived = Bump::new();
    let kept = make(&long_lived, depth);
    let mut bump = Bump::new();
    for d in (4..=depth).step_by(2) {
        for _ in 0..1u32 << (depth - d + 4) {
            sum += check(make(&bump, d));
            bump.reset();
        }
    }
    sum + check(kept)
}

fn node<'a>(bump: &'a Bump, left: Option<&'a Tree<'a>>, right: Option<&'a Tree<'a>>) -> &'a Tree<'a> {
    bump.alloc(Tree { left: Cell::new(left), right: Cell::new(right), i: Cell::new(0) })
}

#[inline(never)]
fn populate<'a>(bump: &'a Bump, depth: u32, parent: &'a Tree<'a>) {
    if depth == 0 {
        return;
    }
    let (left, right) = (node(bump, None, None), node(bump, None, None));
    parent.left.set(Some(left));
    parent.right.set(Some(right));
    populate(bump, depth - 1, left);
    populate(bump, depth - 1, right);
}

#[inline(never)]
fn bottom_up(bump: &Bump, depth: u32) -> &Tree<'_> {
    if depth == 0 {
        return node(bump, None, None);
    }
    let (left, right) = (bottom_up(bump, depth - 1), bottom_up(bump, depth - 1));
    node(bump, Some(left), Some(right))
}

fn w2(stretch: u32) -> u64 {
    let mut bump = Bump::new();
    black_box(bottom_up(&bump, stretch));
    bump.reset();
    let long_lived = Bump::new();
    let kept = node(&long_lived, None, None);
    populate(&long_lived, stretch - 2, kept);
    let numbers = black_box(numbers());
    let mut sum = 0;
    for depth in (4..=stretch - 2).step_by(2) {
        let times = 2 * nodes(stretch) / nodes(depth);
        for _ in 0..times {
            let tree = node(&bump, None, None);
            populate(&bump, depth, tree);
            sum += tree.left.get().is_some() as u64;
            bump.reset();
        }
        for _ in 0..times {
            let tree = bottom_up(&bump, depth);
            sum += tree.right.get().is_some() as u64 + tree.i.get();
            bump.reset();
        }
    }
    let intact = numbers[1000] == 1.0 / 1001.0 && kept.left.get().is_some();
    if intact {
        sum
    } else {
        0
    }
}

fn w7(n: u64) -> u64 {
    let kept = Bump::new();
    let (x, y) = (make(&kept, 0), make(&kept, 0));
    let mut bump = Bump::new();
    let mut sum = 0;
    for i in 0..n {
        let fresh = black_box(bump.alloc(Pair(Some(x), Some(y))));
        sum += fresh.1.is_some_and(|right| std::ptr::eq(right, y)) as u64;
        if i % 1000 == 999 {
            bump.reset();
        }
    }
    sum
}
