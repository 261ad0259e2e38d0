//! A cache of a program in Rust that lives wholly in the heap, without scripts, on `taipan-gc` alone: entries in a map and in a list from the
//! newest to the oldest, both of references that the memory manager follows. What falls out of the cache is unlinked, and that is all.
//!
//! `lru MANAGER` prints the same under every manager, and the same as its twin in C, `lru.c`; `lru` alone runs all of them.

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;
use taipan_gc::{
    managers, CollectKind, Cx, Handle, Heap, HeapConfig, HeapFull, Local, Object, Slot, SlotMap,
};

const CAPACITY: u64 = 1000;
const LOOKUPS: u32 = 100_000;

/// One entry.
#[derive(Object)]
struct Entry {
    newer: Slot<Entry>,
    older: Slot<Entry>,
    value: Slot<Text>,
    key: i64,
    freed: Arc<AtomicU64>,
}

/// Runs when an entry has become unreachable, whenever the memory manager finds out.
impl Drop for Entry {
    fn drop(&mut self) {
        self.freed.fetch_add(1, Ordering::Relaxed);
    }
}

/// What is cached.
#[derive(Object)]
struct Text {
    text: String,
}

#[derive(Object)]
struct Cache {
    newest: Slot<Entry>,
    oldest: Slot<Entry>,
    entries: SlotMap<i64, Entry>,
}

#[derive(Default)]
struct Program {
    hits: u64,
    misses: u64,
    evicted: u64,
    size: u64,
    freed: Arc<AtomicU64>,
}

fn unlink(cx: &Cx<'_>, cache: Local<'_, Cache>, entry: Local<'_, Entry>) {
    let (newer, older) = (entry.newer.get(cx), entry.older.get(cx));
    match newer {
        Some(newer) => newer.put(cx, Entry::older, older),
        None => cache.put(cx, Cache::newest, older),
    }
    match older {
        Some(older) => older.put(cx, Entry::newer, newer),
        None => cache.put(cx, Cache::oldest, newer),
    }
    entry.put(cx, Entry::newer, None);
    entry.put(cx, Entry::older, None);
}

fn make_newest(cx: &Cx<'_>, cache: Local<'_, Cache>, entry: Local<'_, Entry>) {
    let before = cache.newest.get(cx);
    match before {
        Some(before) => before.put(cx, Entry::newer, Some(entry)),
        None => cache.put(cx, Cache::oldest, Some(entry)),
    }
    entry.put(cx, Entry::older, before);
    cache.put(cx, Cache::newest, Some(entry));
}

impl Program {
    /// What is cached under a key, or worked out now: its square, as text.
    fn look_up(&mut self, cx: &Cx<'_>, cache: Local<'_, Cache>, key: i64) -> Result<usize, HeapFull> {
        let entry = match cache.entries.get(cx, &key) {
            Some(found) => {
                self.hits += 1;
                unlink(cx, cache, found);
                found
            }
            None => {
                self.misses += 1;
                self.insert(cx, cache, key)?
            }
        };
        make_newest(cx, cache, entry);
        let Some(value) = entry.value.get(cx) else { return Ok(0) };
        assert_eq!(value.text.parse(), Ok(key * key), "another value");
        Ok(value.text.len())
    }

    fn insert<'a>(
        &mut self,
        cx: &'a Cx<'_>,
        cache: Local<'_, Cache>,
        key: i64,
    ) -> Result<Local<'a, Entry>, HeapFull> {
        if self.size == CAPACITY {
            if let Some(oldest) = cache.oldest.get(cx) {
                cache.remove(cx, Cache::entries, &oldest.key);
                unlink(cx, cache, oldest);
                self.size -= 1;
                self.evicted += 1;
            }
        }
        let value = cx.alloc(TextInit { text: (key * key).to_string() })?;
        let freed = self.freed.clone();
        let entry = cx.alloc(EntryInit { newer: None, older: None, value: Some(value), key, freed })?;
        cache.insert(cx, Cache::entries, key, entry)?;
        self.size += 1;
        Ok(entry)
    }

    fn freed(&self) -> u64 {
        self.freed.load(Ordering::Relaxed)
    }

    fn run(&mut self, cx: &mut Cx<'_>) -> Result<(), HeapFull> {
        let collects = managers::all().iter().any(|m| m.name == cx.facts().name && m.collects);
        let cache: Handle<'_, Cache> = cx.root(cx.alloc(CacheInit { newest: None, oldest: None })?);
        let (mut random, mut length) = (1u32, 0);
        for _ in 0..LOOKUPS {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let r = i64::from(random >> 16);
            // Small keys come more often than large ones.
            let key = (r & 0xff) * (r >> 8) / 16;
            // Allocating never collects: room is made beforehand.
            cx.reserve(256)?;
            length += self.look_up(cx, cache.get(cx), key)?;
            cx.poll();
        }
        let Program { hits, misses, evicted, size, .. } = self;
        println!("{hits} hits, {misses} misses, {evicted} evicted, {size} cached, {length} characters");
        // By now, everything that was evicted is gone: under every manager that collects at all.
        cx.collect(CollectKind::Full);
        assert!(!collects || self.freed() == self.evicted, "what was evicted is still there");
        cx.verify("at the end");
        Ok(())
    }
}

fn run(manager: &str) -> Result<(), Box<dyn std::error::Error>> {
    let mut program = Program::default();
    let mut heap = Heap::new(manager, &HeapConfig::default())?;
    heap.enter(|cx| program.run(cx))??;
    drop(heap);
    println!("{} freed", program.freed());
    Ok(())
}

fn main() -> ExitCode {
    let all = || managers::all().iter().map(|facts| facts.name.to_owned()).collect();
    let chosen: Vec<String> = std::env::args().nth(1).map_or_else(all, |name| vec![name]);
    for manager in &chosen {
        if chosen.len() > 1 {
            println!("-- {manager}");
        }
        if let Err(error) = run(manager) {
            eprintln!("lru: {error}");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}
