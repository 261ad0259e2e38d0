//! What a finished program leaves behind: its heap's statistics, printed for people or handed to `taipan compare`.
//!
//! The handed ones are a JSON file, and with them goes what plots need: the heap's size over time and its collections. Both are bounded: slices of time
//! grow longer, and of two collections beside each other the shorter one is left out.

use crate::size::{show_bytes, show_count, show_time};
use serde::{Deserialize, Serialize};
use taipan_gc::sync::{lock, Arc, Mutex};
use taipan_gc::{CollectKind, Collection, Extent, Heap, Phase};

/// Most slices of time that are kept.
const MAX_SAMPLES: usize = 1000;
/// Most collections that are kept.
const MAX_MARKS: usize = 2000;

/// The figures of one run.
#[derive(Clone, PartialEq, Default, Debug, Serialize, Deserialize)]
pub(crate) struct Figures {
    /// From making the heap until it was closed.
    pub(crate) time_ns: u64,
    /// Most bytes of the heap at a time.
    pub(crate) peak_bytes: u64,
    /// Bytes of the heap on average over time.
    pub(crate) average_bytes: u64,
    /// Most bytes of memory that the system gave the process, where it says so.
    pub(crate) peak_rss: Option<u64>,
    /// Bytes made ready for allocation.
    pub(crate) allocated_bytes: u64,
    /// Collections run.
    pub(crate) collections: u64,
    /// Half of the collections are not longer.
    pub(crate) pause_p50_ns: u64,
    /// Nor are 99 of 100.
    pub(crate) pause_p99_ns: u64,
    /// The longest collection.
    pub(crate) pause_max_ns: u64,
    /// All collections together.
    pub(crate) pause_total_ns: u64,
    /// The heap's size over time.
    pub(crate) samples: Vec<Sample>,
    /// Collections: all, or the longer ones.
    pub(crate) marks: Vec<Mark>,
    /// How long collections took: from, to and how many.
    pub(crate) pauses: Vec<(u64, u64, u64)>,
}

/// The heap's size in a slice of time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Sample {
    /// When it begins, since the heap was made.
    pub(crate) at_ns: u64,
    /// The heap's bytes: most of them, and the last.
    pub(crate) most: u64,
    pub(crate) last: u64,
}

/// A collection, for plots.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub(crate) struct Mark {
    /// When it started, since the heap was made.
    pub(crate) at_ns: u64,
    /// How long it took.
    pub(crate) pause_ns: u64,
    /// The heap's bytes before and after it.
    pub(crate) before: u64,
    pub(crate) after: u64,
    /// Whether all garbage was asked for.
    pub(crate) full: bool,
    /// Whether it looked at the young generation only.
    pub(crate) minor: bool,
}

/// What is noted of collections while the program runs.
#[derive(Clone, Default, Debug)]
pub(crate) struct Recorder(Arc<Mutex<Vec<Mark>>>);

impl Recorder {
    /// Begins to note what happens on the heap.
    pub(crate) fn attach(&self, heap: &mut Heap) {
        // Without memory for it there is no plot.
        let _ = heap.keep_timeline(MAX_SAMPLES);
        let marks = self.0.clone();
        lock(&marks).reserve_exact(MAX_MARKS);
        heap.on_collection(Some(Box::new(move |collection| {
            if collection.phase == Phase::Stop {
                note(&mut lock(&marks), Mark::from(collection));
            }
        })));
    }

    fn marks(&self) -> Vec<Mark> {
        lock(&self.0).clone()
    }
}

/// Adds a mark; when there are too many, the shorter of each two goes.
fn note(marks: &mut Vec<Mark>, mark: Mark) {
    if marks.len() >= MAX_MARKS {
        let mut at = 0;
        for pair in 0..MAX_MARKS / 2 {
            let (a, b) = (marks[2 * pair], marks[2 * pair + 1]);
            marks[at] = if a.pause_ns >= b.pause_ns { a } else { b };
            at += 1;
        }
        marks.truncate(at);
    }
    marks.push(mark);
}

impl From<&Collection> for Mark {
    fn from(collection: &Collection) -> Mark {
        Mark {
            at_ns: collection.started_ns,
            pause_ns: collection.pause_ns,
            before: collection.heap_before,
            after: collection.heap_after,
            full: collection.kind == CollectKind::Full,
            minor: collection.extent.is_some_and(|extent| extent != Extent::Major),
        }
    }
}

impl Figures {
    /// The figures of a heap at its end; the time is still to be filled in.
    pub(crate) fn of(heap: &Heap, recorder: &Recorder) -> Figures {
        let (stats, pauses) = (heap.stats(), heap.pauses());
        let samples = heap.timeline().samples().iter();
        Figures {
            time_ns: 0,
            peak_bytes: stats.peak_bytes,
            average_bytes: stats.average_bytes,
            peak_rss: peak_rss(),
            allocated_bytes: stats.allocated_bytes,
            collections: stats.collections,
            pause_p50_ns: pauses.percentile(50.0),
            pause_p99_ns: pauses.percentile(99.0),
            pause_max_ns: stats.pause_max_ns,
            pause_total_ns: stats.pause_total_ns,
            samples: samples.map(|s| Sample { at_ns: s.from_ns, most: s.most, last: s.last }).collect(),
            marks: recorder.marks(),
            pauses: pauses.buckets().map(|bucket| (bucket.from_ns, bucket.to_ns, bucket.count)).collect(),
        }
    }

    /// For people.
    pub(crate) fn show(&self, manager: &str) -> String {
        let rows = [
            ("manager", manager.to_owned()),
            ("time", show_time(self.time_ns)),
            ("peak heap", show_bytes(self.peak_bytes)),
            ("average heap", show_bytes(self.average_bytes)),
            ("peak RSS", self.peak_rss.map_or("-".into(), show_bytes)),
            ("allocated", show_bytes(self.allocated_bytes)),
            ("collections", show_count(self.collections)),
            ("median pause", show_time(self.pause_p50_ns)),
            ("99 % pause", show_time(self.pause_p99_ns)),
            ("longest pause", show_time(self.pause_max_ns)),
            ("total pause", show_time(self.pause_total_ns)),
        ];
        rows.iter().map(|(name, value)| format!("{name:<15}{value}\n")).collect()
    }

    /// For [`parse`](Self::parse).
    pub(crate) fn to_json(&self) -> String {
        // There are no maps in it and no floats, so nothing can fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What [`to_json`](Self::to_json) has written; nothing when the program did not get so far.
    pub(crate) fn parse(text: &str) -> Option<Figures> {
        serde_json::from_str(text).ok()
    }
}

/// The most memory that the system gave this process: Linux's `VmHWM`.
fn peak_rss() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib << 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(pause_ns: u64) -> Mark {
        Mark { at_ns: 1, pause_ns, before: 2, after: 3, full: true, minor: false }
    }

    #[test]
    fn figures_survive_the_trip() {
        let figures = Figures {
            time_ns: u64::MAX,
            peak_rss: Some(7),
            samples: vec![Sample { at_ns: 1, most: 2, last: 3 }],
            marks: vec![mark(5)],
            pauses: vec![(1, 2, 3)],
            ..Figures::default()
        };
        assert_eq!(Figures::parse(&figures.to_json()), Some(figures));
        assert_eq!(Figures::parse(""), None);
    }

    #[test]
    fn marks_are_bounded_and_keep_the_longest() {
        let mut marks = Vec::new();
        for at in 0..10 * MAX_MARKS as u64 {
            note(&mut marks, mark(if at == 12_345 { 1_000_000 } else { at % 100 }));
        }
        assert!(marks.len() <= MAX_MARKS && marks.len() >= MAX_MARKS / 2, "{}", marks.len());
        assert!(marks.contains(&mark(1_000_000)));
    }

    #[test]
    fn this_process_takes_memory() {
        if cfg!(target_os = "linux") {
            assert!(peak_rss().is_some_and(|bytes| bytes > 1 << 16));
        }
    }
}
