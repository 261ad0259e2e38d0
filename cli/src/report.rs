//! What a finished program leaves behind: its heap's statistics, printed for people or handed to `taipan compare`.

use crate::size::{show_bytes, show_count, show_time};
use taipan_gc::Stats;

/// The figures of one run.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(crate) struct Figures {
    /// From making the heap until it was closed.
    pub(crate) time_ns: u64,
    /// Most bytes of the heap at a time.
    pub(crate) peak_bytes: u64,
    /// Bytes made ready for allocation.
    pub(crate) allocated_bytes: u64,
    /// Collections run.
    pub(crate) collections: u64,
    /// The longest collection.
    pub(crate) pause_max_ns: u64,
    /// All collections together.
    pub(crate) pause_total_ns: u64,
}

impl Figures {
    /// The figures of a heap that was used for so long.
    pub(crate) fn new(stats: &Stats, time_ns: u64) -> Figures {
        Figures {
            time_ns,
            peak_bytes: stats.peak_bytes,
            allocated_bytes: stats.allocated_bytes,
            collections: stats.collections,
            pause_max_ns: stats.pause_max_ns,
            pause_total_ns: stats.pause_total_ns,
        }
    }

    /// For people.
    pub(crate) fn show(&self, manager: &str) -> String {
        format!(
            "manager        {manager}\ntime           {}\npeak heap      {}\nallocated      {}\ncollections    {}\nlongest pause  {}\ntotal pause    {}\n",
            show_time(self.time_ns),
            show_bytes(self.peak_bytes),
            show_bytes(self.allocated_bytes),
            show_count(self.collections),
            show_time(self.pause_max_ns),
            show_time(self.pause_total_ns),
        )
    }

    /// For [`parse`](Self::parse).
    pub(crate) fn to_line(self) -> String {
        format!(
            "{} {} {} {} {} {}",
            self.time_ns,
            self.peak_bytes,
            self.allocated_bytes,
            self.collections,
            self.pause_max_ns,
            self.pause_total_ns
        )
    }

    /// What [`to_line`](Self::to_line) has written; nothing when the program did not get so far.
    pub(crate) fn parse(line: &str) -> Option<Figures> {
        let numbers: Result<Vec<u64>, _> = line.split_whitespace().map(str::parse).collect();
        let numbers = numbers.ok()?;
        let &[time_ns, peak_bytes, allocated_bytes, collections, pause_max_ns, pause_total_ns] = &numbers[..]
        else {
            return None;
        };
        Some(Figures { time_ns, peak_bytes, allocated_bytes, collections, pause_max_ns, pause_total_ns })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_survive_the_trip() {
        let figures = Figures {
            time_ns: 1,
            peak_bytes: 2,
            allocated_bytes: 3,
            collections: 4,
            pause_max_ns: 5,
            pause_total_ns: 6,
        };
        assert_eq!(Figures::parse(&figures.to_line()), Some(figures));
        assert_eq!(Figures::parse(""), None);
    }
}
