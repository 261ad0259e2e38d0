//! Pretenuring of `gen`: while nearly everything survives the nursery, copying is waste, and objects are allocated in the old space at once.
//!
//! Whether that is so, minor collections show; whether it still is, a sample: one cell in each run of cells that is handed out is looked at
//! after the next marking. (Blackburn, Cheng, McKinley & Moss, "Pretenuring for Java", 2001, decide by allocation site and ahead of time; here the whole
//! heap changes over, and back.)

use crate::cache::Bin;
use crate::header::Header;
use crate::marker::is_marked;

/// So many bytes of nurseries in a row must show it, at first.
const PATIENCE: usize = 16 << 20;
const MAX_PATIENCE: usize = 256 << 20;
/// Most cells of a sample.
const MAX_SAMPLE: usize = 4096;

/// Whether nearly all of `young` bytes survived: then objects live long, and don't just need more time to die.
pub(super) fn is_most(survived: usize, young: usize) -> bool {
    survived >= young / 4 * 3
}

/// Where new objects go, and what speaks for it.
#[derive(Debug)]
pub(super) struct Pretenuring {
    /// New objects are old.
    on: bool,
    /// Bytes of the nurseries in a row that nearly everything survived.
    streak: usize,
    /// How long a streak must be. Longer after each mistake.
    patience: usize,
    /// Cells handed out since the last marking.
    sample: Vec<*mut Header>,
    /// One in so many runs gives a cell to the sample.
    stride: usize,
    /// Runs since the last one that gave a cell.
    skipped: usize,
}

impl Default for Pretenuring {
    fn default() -> Pretenuring {
        Pretenuring { on: false, streak: 0, patience: PATIENCE, sample: Vec::new(), stride: 1, skipped: 0 }
    }
}

impl Pretenuring {
    /// Whether new objects are old.
    pub(super) fn is_on(&self) -> bool {
        self.on
    }

    /// A minor collection is over, which so many of `young` bytes survived: begins if that is due.
    pub(super) fn begin(&mut self, survived: usize, young: usize) {
        self.streak = if is_most(survived, young) { self.streak.saturating_add(young) } else { 0 };
        self.on = self.streak >= self.patience;
    }

    /// Begins without a reason, under stress.
    pub(super) fn force(&mut self) {
        self.on = true;
    }

    /// These cells are about to be handed out.
    pub(super) fn note(&mut self, bin: &Bin) {
        self.skipped += 1;
        let cell = if bin.free.is_null() { bin.cursor.cast() } else { bin.free.cast() };
        if self.skipped < self.stride || self.sample.try_reserve(1).is_err() {
            return;
        }
        self.skipped = 0;
        self.sample.push(cell);
        if self.sample.len() == MAX_SAMPLE {
            let mut at = 0;
            self.sample.retain(|_| {
                at += 1;
                at % 2 == 0
            });
            self.stride *= 2;
        }
    }

    /// A marking is over: ends if little of the sample is alive. The sample starts anew.
    pub(super) fn end(&mut self) {
        // SAFETY: cells of blocks; none was swept since it was handed out.
        let alive = self.sample.iter().filter(|&&cell| unsafe { is_marked(cell) }).count();
        match self.on {
            true if alive * 3 < self.sample.len() => {
                // Begun by mistake, or the program is another now.
                self.patience = (self.patience * 2).min(MAX_PATIENCE);
                (self.on, self.streak) = (false, 0);
            }
            true => self.patience = PATIENCE,
            false => {}
        }
        self.sample.clear();
        (self.stride, self.skipped) = (1, 0);
    }
}
