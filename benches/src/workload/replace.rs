//! w3: entries of a large table are replaced at random, each by a fresh one that refers to another.

use crate::objects::must;
use crate::Random;
use std::time::Instant;
use taipan_gc::{Cx, Local, Object, Slot, SlotVec};

/// Entries alive.
pub(super) const LIVE: u32 = 1_000_000;

#[derive(Object, Debug)]
struct Table {
    entries: SlotVec<Entry>,
}

#[derive(Object, Debug)]
struct Entry {
    link: Slot<Entry>,
    number: u64,
}

/// Random replacement.
pub(super) fn w3(cx: &mut Cx<'_>, n: u64) -> u64 {
    let mut random = Random(42);
    let table = cx.root(must(cx.alloc(TableInit {})));
    for number in 0..LIVE as u64 {
        let fresh = must(cx.alloc(EntryInit { link: None, number }));
        must(table.get(cx).push(cx, Table::entries, fresh));
        cx.poll();
    }
    let start = Instant::now();
    for number in 0..n {
        let (at, from) = (random.below(LIVE), random.below(LIVE));
        replace(cx, table.get(cx), at as usize, from as usize, number);
        cx.poll();
    }
    eprintln!("loop_ms={:.1}", start.elapsed().as_secs_f64() * 1e3);
    let entries = &table.get(cx).entries;
    let number = |entry: Local<'_, Entry>| entry.number + entry.link.get(cx).map_or(0, |link| link.number);
    (0..entries.len()).filter_map(|i| entries.get(cx, i)).map(number).sum()
}

/// Puts a fresh entry at `at`, which refers to the entry at `from`; that one's own link is cut, so that no chains grow.
#[inline(always)]
fn replace(cx: &Cx<'_>, table: Local<'_, Table>, at: usize, from: usize, number: u64) {
    let link = table.entries.get(cx, from);
    if let Some(entry) = link {
        entry.put(cx, Entry::link, None);
    }
    let fresh = must(cx.alloc(EntryInit { link, number }));
    table.set_at(cx, Table::entries, at, fresh);
}
