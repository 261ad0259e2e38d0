//! `_heapq`: the binary heap of `heapq` (Williams, 1964), kept in a list.
//!
//! Comparisons may run Python code that changes the list: then the operation stops with an error, as in CPython.

use super::ModuleDef;
use crate::builtins::common::{fail, Res};
use crate::object::layout::List;
use crate::object::native::{Args, NativeDef};
use crate::object::raise::Raised;
use crate::object::{class, compare, list, none};
use taipan_gc::{Cx, Handle};

/// The module.
pub const MODULE: ModuleDef =
    ModuleDef { name: "_heapq", functions: FUNCTIONS, types: &[], fill: |_, _| Ok(()) };

const FUNCTIONS: &[NativeDef] = &[
    NativeDef::new("heappush", heappush, "heap, item, /"),
    NativeDef::new("heappop", |cx, a| heappop(cx, a, MIN), "heap, /"),
    NativeDef::new("heapify", |cx, a| heapify(cx, a, MIN), "heap, /"),
    NativeDef::new("heapreplace", |cx, a| heapreplace(cx, a, MIN), "heap, item, /"),
    NativeDef::new("heappushpop", heappushpop, "heap, item, /"),
    NativeDef::new("_heappop_max", |cx, a| heappop(cx, a, MAX), "heap, /"),
    NativeDef::new("_heapify_max", |cx, a| heapify(cx, a, MAX), "heap, /"),
    NativeDef::new("_heapreplace_max", |cx, a| heapreplace(cx, a, MAX), "heap, item, /"),
];

/// Which item is at the top.
type Order = bool;
const MIN: Order = false;
const MAX: Order = true;

fn own<'s>(cx: &mut Cx<'s>, args: &Args<'s>, name: &str) -> Result<Handle<'s, List>, Raised> {
    match list::of_handle(cx, args.at(cx, 0)) {
        Some(heap) => Ok(heap),
        None => {
            let given = class::type_name(cx, args.at(cx, 0).get(cx));
            let which = if args.get(cx, 1).is_some() { "argument 1" } else { "argument" };
            fail!(cx, TYPE_ERROR, "{name}() {which} must be list, not {given}");
        }
    }
}

/// Whether the item at `a` belongs above the one at `b`.
fn above(cx: &mut Cx<'_>, heap: Handle<'_, List>, a: usize, b: usize, order: Order) -> Result<bool, Raised> {
    let len = list::len(heap.get(cx));
    let above = cx.scoped(|cx| {
        let local = heap.get(cx);
        let (Some(x), Some(y)) = (list::item(cx, local, a), list::item(cx, local, b)) else {
            return Ok(false);
        };
        let (x, y) = (cx.root(x), cx.root(y));
        match order {
            MIN => compare::less(cx, x, y),
            MAX => compare::less(cx, y, x),
        }
    })?;
    if list::len(heap.get(cx)) != len {
        fail!(cx, RUNTIME_ERROR, "list changed size during iteration");
    }
    Ok(above)
}

/// Moves the item at `at` towards the top, to below `top`.
fn rise(
    cx: &mut Cx<'_>,
    heap: Handle<'_, List>,
    top: usize,
    mut at: usize,
    order: Order,
) -> Result<(), Raised> {
    while at > top {
        let parent = (at - 1) / 2;
        if !above(cx, heap, at, parent, order)? {
            break;
        }
        list::swap(cx, heap.get(cx), at, parent);
        at = parent;
    }
    Ok(())
}

/// Moves the item at `at` down to a leaf, and then up to where it belongs: it usually belongs far down.
fn sink(cx: &mut Cx<'_>, heap: Handle<'_, List>, at: usize, order: Order) -> Result<(), Raised> {
    let end = list::len(heap.get(cx));
    let mut now = at;
    while 2 * now + 1 < end {
        let mut child = 2 * now + 1;
        if child + 1 < end && !above(cx, heap, child, child + 1, order)? {
            child += 1;
        }
        list::swap(cx, heap.get(cx), now, child);
        now = child;
    }
    rise(cx, heap, at, now, order)
}

fn heappush<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let heap = own(cx, args, "heappush")?;
    list::append(cx, heap, args.at(cx, 1))?;
    let at = list::len(heap.get(cx)) - 1;
    rise(cx, heap, 0, at, MIN)?;
    Ok(none(cx))
}

fn heappop<'s>(cx: &mut Cx<'s>, args: &Args<'s>, order: Order) -> Res<'s> {
    let heap = own(cx, args, "heappop")?;
    let len = list::len(heap.get(cx));
    if len == 0 {
        fail!(cx, INDEX_ERROR, "index out of range");
    }
    list::swap(cx, heap.get(cx), 0, len - 1);
    let found = list::item(cx, heap.get(cx), len - 1).map(|v| cx.root(v)).unwrap_or_else(|| none(cx));
    list::splice(cx, heap, len - 1, len, &[])?;
    if len > 1 {
        sink(cx, heap, 0, order)?;
    }
    Ok(found)
}

fn heapify<'s>(cx: &mut Cx<'s>, args: &Args<'s>, order: Order) -> Res<'s> {
    let heap = own(cx, args, "heapify")?;
    for at in (0..list::len(heap.get(cx)) / 2).rev() {
        sink(cx, heap, at, order)?;
        cx.poll();
    }
    Ok(none(cx))
}

/// Puts `item` at the top and lets it sink; gives what was there.
fn replaced<'s>(cx: &mut Cx<'s>, heap: Handle<'s, List>, item: Handle<'s>, order: Order) -> Res<'s> {
    let found = list::item(cx, heap.get(cx), 0).map(|v| cx.root(v)).unwrap_or_else(|| none(cx));
    list::set(cx, heap.get(cx), 0, item.get(cx));
    sink(cx, heap, 0, order)?;
    Ok(found)
}

fn heapreplace<'s>(cx: &mut Cx<'s>, args: &Args<'s>, order: Order) -> Res<'s> {
    let heap = own(cx, args, "heapreplace")?;
    if list::len(heap.get(cx)) == 0 {
        fail!(cx, INDEX_ERROR, "index out of range");
    }
    replaced(cx, heap, args.at(cx, 1), order)
}

fn heappushpop<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let heap = own(cx, args, "heappushpop")?;
    let item = args.at(cx, 1);
    let Some(top) = list::item(cx, heap.get(cx), 0).map(|v| cx.root(v)) else { return Ok(item) };
    if !compare::less(cx, top, item)? {
        return Ok(item);
    }
    if list::len(heap.get(cx)) == 0 {
        fail!(cx, INDEX_ERROR, "index out of range");
    }
    replaced(cx, heap, item, MIN)
}
