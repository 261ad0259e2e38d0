//! [`Timeline`]: how big a heap was when, for its average size and for plots.
//!
//! The average is weighted by time: a heap that takes 1 GiB for a second and 1 MiB for nine averages 103 MiB. The clock is read when the heap's
//! size has changed by [`GRAIN`] since, so the average is exact to that, and code that allocates within what the heap has pays nothing.
//! Slices of time are kept only when a host asks for them: at most so many, twice as long whenever there is no room for another.

use std::time::Instant;

/// Smaller changes of the heap's size are not looked at: two blocks.
const GRAIN: u64 = 64 << 10;

/// Slices begin so long, in nanoseconds.
const FIRST_SLICE: u64 = 50_000;

/// A slice of time in which the heap's size has changed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sample {
    /// When it begins, since the heap was made.
    pub from_ns: u64,
    /// Most bytes of the heap during it.
    pub most: u64,
    /// Bytes of the heap at its end, and until the next slice begins.
    pub last: u64,
}

/// The size of a heap over time.
#[derive(Clone, Debug)]
pub struct Timeline {
    born: Instant,
    closed: Option<Instant>,
    /// Since when the heap has had `bytes`, in nanoseconds since it was made.
    since: u64,
    bytes: u64,
    /// Bytes times nanoseconds until `since`.
    area: u128,
    slice: u64,
    room: usize,
    samples: Vec<Sample>,
}

impl Default for Timeline {
    fn default() -> Timeline {
        let born = Instant::now();
        Timeline {
            born,
            closed: None,
            since: 0,
            bytes: 0,
            area: 0,
            slice: FIRST_SLICE,
            room: 0,
            samples: Vec::new(),
        }
    }
}

impl Timeline {
    /// Nanoseconds since the heap was made, until it was closed.
    pub(crate) fn now_ns(&self) -> u64 {
        let now = self.closed.unwrap_or_else(Instant::now);
        u64::try_from(now.duration_since(self.born).as_nanos()).unwrap_or(u64::MAX)
    }

    /// The heap takes so many bytes now.
    #[inline]
    pub(crate) fn note(&mut self, bytes: u64) {
        if bytes.abs_diff(self.bytes) >= GRAIN {
            self.set(bytes);
        }
    }

    /// As [`note`](Self::note), however small the change.
    #[cold]
    #[inline(never)]
    pub(crate) fn set(&mut self, bytes: u64) {
        let now = self.now_ns();
        self.area += u128::from(self.bytes) * u128::from(now.saturating_sub(self.since));
        (self.since, self.bytes) = (now, bytes);
        if self.room > 0 {
            self.keep(now, bytes);
        }
    }

    /// The heap closes: time stands still from here on.
    pub(crate) fn close(&mut self, bytes: u64) {
        self.set(bytes);
        self.closed.get_or_insert_with(Instant::now);
    }

    /// The average since the heap was made.
    pub(crate) fn average(&self) -> u64 {
        let now = self.now_ns();
        let area = self.area + u128::from(self.bytes) * u128::from(now.saturating_sub(self.since));
        u64::try_from(area / u128::from(now.max(1))).unwrap_or(u64::MAX)
    }

    /// Keeps at most `room` slices from here on; whether there is memory for them.
    pub(crate) fn keep_samples(&mut self, room: usize) -> bool {
        self.samples = Vec::new();
        self.slice = FIRST_SLICE;
        // With fewer than two, making slices longer may not make room.
        self.room = if room == 0 { 0 } else { room.max(2) };
        if self.samples.try_reserve_exact(self.room).is_err() {
            self.room = 0;
            return false;
        }
        if self.room > 0 {
            self.set(self.bytes);
        }
        true
    }

    /// The slices kept, in the order of time.
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }

    fn keep(&mut self, now: u64, bytes: u64) {
        loop {
            let from_ns = now - now % self.slice;
            if let Some(last) = self.samples.last_mut().filter(|last| last.from_ns >= from_ns) {
                (last.most, last.last) = (last.most.max(bytes), bytes);
                return;
            }
            if self.samples.len() < self.room {
                self.samples.push(Sample { from_ns, most: bytes, last: bytes });
                return;
            }
            self.lengthen();
        }
    }

    /// Makes slices twice as long: what falls into one becomes one.
    fn lengthen(&mut self) {
        self.slice = self.slice.saturating_mul(2);
        let slice = self.slice;
        self.samples.dedup_by(|next, kept| {
            let same = next.from_ns / slice == kept.from_ns / slice;
            if same {
                (kept.most, kept.last) = (kept.most.max(next.most), next.last);
            }
            same
        });
        for sample in &mut self.samples {
            sample.from_ns -= sample.from_ns % slice;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_grow_and_keep_peaks() {
        let mut timeline = Timeline::default();
        assert!(timeline.keep_samples(8));
        for turn in 1..=1_000_u64 {
            timeline.keep(turn * FIRST_SLICE, if turn == 700 { 1 << 40 } else { turn });
        }
        let samples = timeline.samples();
        assert!((4..=8).contains(&samples.len()), "{samples:?}");
        assert!(samples.windows(2).all(|pair| pair[0].from_ns < pair[1].from_ns), "{samples:?}");
        assert_eq!(samples.iter().map(|sample| sample.most).max(), Some(1 << 40));
        assert_eq!(samples.last().map(|sample| sample.last), Some(1_000));
    }

    #[test]
    fn slices_far_apart_make_room_too() {
        let mut timeline = Timeline::default();
        assert!(timeline.keep_samples(2));
        for turn in 0..40 {
            timeline.keep(FIRST_SLICE << turn, turn);
        }
        assert!(timeline.samples().len() <= 2);
        assert_eq!(timeline.samples().last().map(|sample| sample.last), Some(39));
        assert!(timeline.keep_samples(0));
        assert!(timeline.samples().is_empty());
    }

    #[test]
    fn averages_are_weighted_by_time() {
        let mut timeline = Timeline::default();
        // As if a second had gone by at 1 GiB, and then nine at 1 MiB.
        timeline.area = (1_u128 << 30) * 1_000_000_000 + (1_u128 << 20) * 9_000_000_000;
        timeline.since = 10_000_000_000;
        timeline.closed = Some(timeline.born + std::time::Duration::from_secs(10));
        let expected = ((1_u64 << 30) + 9 * (1 << 20)) / 10;
        assert_eq!(timeline.average(), expected);
    }
}
