//! [`Pauses`]: how long collections took, as a histogram of fixed size.
//!
//! Buckets are as wide as an eighth of the power of two below them, so a percentile is at most 12.5 % above the truth; short of 8 ns they are
//! exact. Recording is a shift and an increment, and never allocates, for it happens inside collections. Leaves out when each pause was: see
//! [`events`](crate::events).

use std::time::Duration;

/// Buckets per power of two.
const PARTS: usize = 1 << PART_BITS;
const PART_BITS: u32 = 3;

/// Pauses of 2^42 ns (73 minutes) and more share the last bucket.
const MAX_EXPONENT: u32 = 42;

const BUCKETS: usize = (MAX_EXPONENT - PART_BITS + 1) as usize * PARTS;

/// A histogram of pauses, in nanoseconds.
#[derive(Clone, Debug)]
pub struct Pauses {
    counts: [u64; BUCKETS],
    count: u64,
    total_ns: u64,
    max_ns: u64,
}

/// Pauses of about the same length.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bucket {
    /// The shortest that belongs here.
    pub from_ns: u64,
    /// The longest that belongs here.
    pub to_ns: u64,
    /// How many there were.
    pub count: u64,
}

impl Default for Pauses {
    fn default() -> Pauses {
        Pauses { counts: [0; BUCKETS], count: 0, total_ns: 0, max_ns: 0 }
    }
}

impl Pauses {
    pub(crate) fn record(&mut self, pause: Duration) {
        let ns = u64::try_from(pause.as_nanos()).unwrap_or(u64::MAX);
        self.counts[index(ns)] += 1;
        self.count += 1;
        self.total_ns = self.total_ns.saturating_add(ns);
        self.max_ns = self.max_ns.max(ns);
    }

    /// How many there were.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// All of them together.
    pub fn total_ns(&self) -> u64 {
        self.total_ns
    }

    /// The longest; exact.
    pub fn max_ns(&self) -> u64 {
        self.max_ns
    }

    /// A pause that at least `percent` percent of them don't exceed: 50 gives the median, 100 (and whatever is above) the longest. It is the
    /// upper end of a bucket, though never more than the longest. 0 when there were none.
    pub fn percentile(&self, percent: f64) -> u64 {
        // NaN asks for the first, too.
        let share = (percent / 100.0).clamp(0.0, 1.0);
        let rank = ((share * self.count as f64).ceil() as u64).clamp(1, self.count.max(1));
        let mut seen = 0;
        for (at, &count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= rank {
                return end(at).min(self.max_ns);
            }
        }
        self.max_ns
    }

    /// The buckets that are not empty, shortest first.
    pub fn buckets(&self) -> impl Iterator<Item = Bucket> + '_ {
        let used = self.counts.iter().enumerate().filter(|(_, &count)| count > 0);
        used.map(|(at, &count)| Bucket { from_ns: start(at), to_ns: end(at), count })
    }
}

/// The bucket of a pause.
fn index(ns: u64) -> usize {
    if ns < PARTS as u64 {
        return ns as usize;
    }
    let exponent = ns.ilog2();
    if exponent >= MAX_EXPONENT {
        return BUCKETS - 1;
    }
    let part = (ns >> (exponent - PART_BITS)) as usize & (PARTS - 1);
    (exponent - PART_BITS + 1) as usize * PARTS + part
}

/// The shortest pause of a bucket.
fn start(at: usize) -> u64 {
    if at < PARTS {
        return at as u64;
    }
    ((PARTS + at % PARTS) as u64) << (at / PARTS - 1)
}

/// The longest.
fn end(at: usize) -> u64 {
    if at + 1 == BUCKETS {
        return u64::MAX;
    }
    start(at + 1) - 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_touch_and_hold_what_is_theirs() {
        for at in 0..BUCKETS - 1 {
            assert_eq!(start(at + 1), end(at) + 1, "{at}");
            assert_eq!((index(start(at)), index(end(at))), (at, at));
            assert!(end(at) - start(at) <= start(at) / 8, "bucket {at} is too wide");
        }
        assert_eq!(index(u64::MAX), BUCKETS - 1);
        assert_eq!(index(1 << MAX_EXPONENT), BUCKETS - 1);
    }

    #[test]
    fn percentiles_are_near_the_truth() {
        let mut pauses = Pauses::default();
        assert_eq!((pauses.percentile(50.0), pauses.count()), (0, 0));
        for ns in 1..=10_000 {
            pauses.record(Duration::from_nanos(ns));
        }
        for (percent, truth) in [(50.0, 5_000), (90.0, 9_000), (99.0, 9_900)] {
            let found = pauses.percentile(percent);
            assert!((truth..=truth + truth / 8).contains(&found), "{percent}: {found}");
        }
        assert_eq!((pauses.percentile(0.0), pauses.percentile(f64::NAN)), (1, 1));
        assert_eq!((pauses.percentile(100.0), pauses.percentile(1e9)), (10_000, 10_000));
        assert_eq!(pauses.buckets().map(|bucket| bucket.count).sum::<u64>(), pauses.count());
    }

    #[test]
    fn the_longest_is_exact() {
        let mut pauses = Pauses::default();
        pauses.record(Duration::from_secs(1 << 40));
        assert_eq!(pauses.percentile(50.0), pauses.max_ns());
        pauses.record(Duration::from_nanos(7));
        assert_eq!((pauses.percentile(50.0), pauses.max_ns()), (7, u64::MAX));
    }
}
