//! The peers' workloads on our heap: same work, same random numbers, same checksum.
//!
//! Where a counting peer frees at once, we poll: after every tree (w1, w2), operation (w3), ring (w4) and push (w5), after every
//! 64th object (w7). The code is written as an embedder would write it: safe, over locals and handles.

mod graph;
mod messages;
mod pairs;
mod replace;
mod rings;
mod trees;

use crate::objects::must;
use taipan_gc::{Cx, Facts, Handle, Local, Object, Payload, Tail};

/// A piece of work.
#[derive(Debug)]
pub struct Workload {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is, for people.
    pub summary: &'static str,
    /// How much of it there is, if nobody says: a depth, or a number of steps or objects.
    pub size: u64,
    /// Does it; gives the checksum.
    pub run: fn(&mut Cx<'_>, u64) -> u64,
    /// Bytes that it allocates in all, roughly.
    allocates: fn(u64) -> u64,
    /// Whether what it drops is cyclic.
    cyclic: bool,
}

/// All of them.
pub const ALL: &[Workload] = &[
    Workload {
        name: "w1",
        summary: "binary trees: allocation and short lives",
        size: 18,
        run: trees::w1,
        allocates: |depth| (depth + 4) * (24 << depth) * 2,
        cyclic: false,
    },
    Workload {
        name: "w2",
        summary: "GCBench: trees built top-down and bottom-up beside long-lived ones",
        size: 18,
        run: trees::w2,
        allocates: |depth| 16 * (32 << (depth + 1)),
        cyclic: false,
    },
    Workload {
        name: "w3",
        summary: "random replacement among a million live entries: barrier, cache misses",
        size: 20_000_000,
        run: replace::w3,
        allocates: |n| (n + replace::LIVE as u64) * 24,
        cyclic: false,
    },
    Workload {
        name: "w4",
        summary: "rings of four nodes, built and dropped: cyclic garbage",
        size: 5_000_000,
        run: rings::w4,
        allocates: |n| (n * 4 + rings::LIVE as u64) * 32,
        cyclic: true,
    },
    Workload {
        name: "w5",
        summary: "a ring buffer of messages of 1 KiB: pauses",
        size: 2_000_000,
        run: messages::w5,
        allocates: |n| n * 1040,
        cyclic: false,
    },
    Workload {
        name: "w6",
        summary: "a shuffled graph and five full collections: marking",
        size: 5_000_000,
        run: graph::w6,
        allocates: |n| n * 48,
        cyclic: false,
    },
    Workload {
        name: "w7",
        summary: "objects allocated and dropped: the allocator alone",
        size: 200_000_000,
        run: pairs::w7,
        allocates: |n| n * 24,
        cyclic: false,
    },
    Workload {
        name: "mem",
        summary: "live objects: bytes of each",
        size: 5_000_000,
        run: pairs::mem,
        allocates: |n| n * 48,
        cyclic: false,
    },
];

impl Workload {
    /// Why a manager with these facts can't do it, if it can't; `room` is the memory there is, in bytes.
    pub fn refuses(&self, facts: &Facts, size: u64, room: u64) -> Option<String> {
        if self.cyclic && facts.prompt && !facts.cycles {
            return Some("its garbage is cyclic, which this manager doesn't find by itself".into());
        }
        if self.name == "w6" && !facts.collects {
            return Some("it measures collections, and this manager makes none".into());
        }
        let bytes = (self.allocates)(size);
        (!facts.collects && bytes > room).then(|| {
            let (bytes, room) = (bytes >> 20, room >> 20);
            format!("this manager frees nothing, and {bytes} MiB don't fit the {room} MiB that may be used")
        })
    }
}

/// A rooted array of `len` references, all of them empty.
fn array<'s>(cx: &Cx<'s>, name: &'static str, len: usize) -> Handle<'s> {
    let shape = must(cx.tail_shape(name, Tail::Values));
    cx.root(must(cx.alloc_values(shape, len)))
}

/// What an array holds at an index, if it is of this type.
#[inline(always)]
fn item<'a, T: Object>(cx: &'a Cx<'_>, array: Local<'_>, at: u32) -> Option<Local<'a, T>> {
    cx.value_at(array, at as usize)?.downcast(cx)
}

/// Stores into an array.
#[inline(always)]
fn set_item<T: Payload>(cx: &Cx<'_>, array: Local<'_>, at: u32, item: Local<'_, T>) {
    cx.put_value(array, at as usize, Some(item.any()));
}
