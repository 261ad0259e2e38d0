//! MT19937 over storage of the heap.

use std::cell::Cell;

/// Words of the state.
pub(super) const WORDS: usize = 624;
/// Distance of the words that are mixed.
const MIDDLE: usize = 397;

/// A generator: its words, four bytes each in the machine's order, and the position of the next one.
pub(super) struct Twister<'a> {
    pub(super) words: &'a [Cell<u8>],
    pub(super) at: &'a Cell<i64>,
}

impl Twister<'_> {
    #[inline]
    fn get(&self, n: usize) -> u32 {
        let bytes = &self.words[n * 4..][..4];
        u32::from_ne_bytes([bytes[0].get(), bytes[1].get(), bytes[2].get(), bytes[3].get()])
    }

    #[inline]
    fn set(&self, n: usize, word: u32) {
        for (cell, byte) in self.words[n * 4..][..4].iter().zip(word.to_ne_bytes()) {
            cell.set(byte);
        }
    }

    /// All words.
    pub(super) fn all(&self) -> Vec<u32> {
        (0..WORDS).map(|n| self.get(n)).collect()
    }

    /// Sets all words.
    pub(super) fn fill(&self, words: &[u32]) {
        words.iter().take(WORDS).enumerate().for_each(|(n, &word)| self.set(n, word));
    }

    fn seed_by_word(&self, seed: u32) {
        let mut word = seed;
        self.set(0, word);
        for n in 1..WORDS {
            word = 1_812_433_253u32.wrapping_mul(word ^ (word >> 30)).wrapping_add(n as u32);
            self.set(n, word);
        }
    }

    /// Seeds by any number of words, at least one.
    pub(super) fn seed(&self, key: &[u32]) {
        self.seed_by_word(19_650_218);
        let (mut n, mut from) = (1, 0);
        let mixed = |n: usize, factor: u32| {
            let before = self.get(n - 1);
            self.get(n) ^ (before ^ (before >> 30)).wrapping_mul(factor)
        };
        let step = |n: usize| {
            if n + 1 >= WORDS {
                self.set(0, self.get(WORDS - 1));
                1
            } else {
                n + 1
            }
        };
        for _ in 0..WORDS.max(key.len()) {
            self.set(n, mixed(n, 1_664_525).wrapping_add(key[from]).wrapping_add(from as u32));
            n = step(n);
            from = (from + 1) % key.len();
        }
        for _ in 1..WORDS {
            self.set(n, mixed(n, 1_566_083_941).wrapping_sub(n as u32));
            n = step(n);
        }
        self.set(0, 0x8000_0000);
        self.at.set(WORDS as i64);
    }

    /// Makes the next words.
    #[cold]
    fn twist(&self) {
        for n in 0..WORDS {
            let next = self.get((n + 1) % WORDS);
            let y = (self.get(n) & 0x8000_0000) | (next & 0x7fff_ffff);
            let odd = if y & 1 == 1 { 0x9908_b0df } else { 0 };
            self.set(n, self.get((n + MIDDLE) % WORDS) ^ (y >> 1) ^ odd);
        }
        self.at.set(0);
    }

    /// 32 random bits.
    #[inline]
    pub(super) fn word(&self) -> u32 {
        if self.at.get() >= WORDS as i64 {
            self.twist();
        }
        let at = self.at.get();
        self.at.set(at + 1);
        let mut y = self.get(at as usize);
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c_5680;
        y ^= (y << 15) & 0xefc6_0000;
        y ^ (y >> 18)
    }

    /// A float in [0, 1) with 53 random bits.
    #[inline]
    pub(super) fn float(&self) -> f64 {
        let (high, low) = (self.word() >> 5, self.word() >> 6);
        (f64::from(high) * 67_108_864.0 + f64::from(low)) / 9_007_199_254_740_992.0
    }
}
