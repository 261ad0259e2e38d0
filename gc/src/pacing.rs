//! How much a heap may grow before it is collected again: one rule for all managers that collect by themselves.
//!
//! A collection that finds L bytes alive takes time in proportion to L, say c·L. Let the program allocate B(L) bytes before the next one. Then each byte allocated
//! pays for c·L / B(L), and the heap never takes more than L + B(L), and what is allocated while a collection in slices is under way. With B = s·L both are bounded for every
//! size of heap: work per byte by c / s, memory by (1 + s)·L. That is the rule; s is the manager's *share*. (It is that of most collectors since Appel, "Simple
//! generational garbage collection and fast allocation", 1989, who derives s = 1.)
//!
//! Two things bend it at the small end. Of a heap of a few bytes no collection is worth its fixed costs: B is at least some megabytes. And in a small heap space is
//! cheaper than time: there B is several times L, until that comes to as much as a big heap would not be given for nothing.
//!
//! An embedder who has more space than time, or less, names the share ([`HeapConfig::heap_growth`](crate::HeapConfig::heap_growth)), and then nothing bends it but the first
//! MiB.
//!
//! What is counted is bytes of blocks and large objects as they are made ready for allocation, and external bytes as they are charged: they are memory
//! like any other, and an object that owns much of it must not live long for being small. Under counting managers cells that are freed and used again are no
//! growth, and what is given back to the system is taken off: what counting frees costs no collection.

/// A manager's numbers in the rule.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// How much of what is alive, in percent: 100·s.
    pub share: usize,
    /// At least so many bytes.
    pub least: usize,
    /// In a small heap so many times what is alive,
    pub times: usize,
    /// if that is no more than so many bytes; else so many.
    pub small: usize,
}

impl Rule {
    /// The rule where the embedder has said how much a heap may grow, in percent.
    pub fn with(self, growth: Option<u32>) -> Rule {
        match growth {
            Some(growth) => {
                Rule { share: growth as usize, least: self.least.min(1 << 20), times: 0, small: 0 }
            }
            None => self,
        }
    }

    /// How many bytes may be allocated before the next collection, with `live` bytes alive, external ones included.
    pub fn allowance(&self, live: usize) -> usize {
        let small = live.saturating_mul(self.times).min(self.small);
        let share = live / 100 * self.share + live % 100 * self.share / 100;
        small.max(share).max(self.least)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_heaps_get_more() {
        let rule = Rule { share: 100, least: 4 << 20, times: 3, small: 40 << 20 };
        let mib = |n: usize| rule.allowance(n << 20) >> 20;
        assert_eq!([0, 1, 2, 10, 13, 14, 40, 41, 1000].map(mib), [4, 4, 6, 30, 39, 40, 40, 41, 1000]);
    }

    #[test]
    fn a_given_growth_is_kept_in_small_heaps_too() {
        let rule = Rule { share: 100, least: 4 << 20, times: 3, small: 40 << 20 }.with(Some(25));
        let mib = |n: usize| rule.allowance(n << 20) >> 20;
        assert_eq!([0, 2, 4, 8, 40, 400].map(mib), [1, 1, 1, 2, 10, 100]);
    }

    #[test]
    fn any_size_has_an_allowance() {
        let rule = Rule { share: 20, least: 2 << 20, times: 1, small: 4 << 20 };
        assert_eq!(rule.allowance(0), 2 << 20);
        assert_eq!(rule.allowance(100 << 20), 20 << 20);
        assert!(rule.allowance(usize::MAX) > usize::MAX / 6);
        let mut before = 0;
        for live in (0..1 << 30).step_by(1 << 20) {
            assert!(rule.allowance(live) >= before, "{live}");
            before = rule.allowance(live);
        }
    }
}
