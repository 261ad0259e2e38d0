//! The collections of `gen`: when which.

use super::{major, minor, pinned, pretenure, Gen};
use crate::events::Extent;
use crate::manager::{CollectKind, Memory};
use crate::pacing::Rule;
use crate::space::BLOCK_BYTES;
use crate::sync::fault::{seeded, Fault};

/// Sizes of the nursery in bytes. It grows when much survives: then objects get more time to die. It is small at first, and when nearly everything survives: that
/// is copied while the program waits.
const FIRST_NURSERY: usize = 1 << 20;
const MIN_NURSERY: usize = 4 << 20;
const MAX_NURSERY: usize = 32 << 20;

/// Bytes between two slices of marking, where there is a nursery, and how many of them may survive; and where there is none. The work of a slice is worth many
/// times as much, so marking ends before the heap has grown much.
const MARKING_NURSERY: usize = 1 << 20;
const MARKING_SURVIVORS: usize = 64 << 10;
const MARKING_STEP: usize = 32 << 10;
/// As many, where a thread marks meanwhile: slices are short, and the thread needs some time to get going.
const SURVIVORS_BESIDE: usize = 256 << 10;

/// For the old space.
const RULE: Rule = Rule { share: 100, least: 16 << 20, times: 2, small: 32 << 20 };

/// When to collect.
#[derive(Debug)]
pub(super) struct Pacing {
    nursery: usize,
    /// While a marking is under way.
    marking_nursery: usize,
    /// A major collection is due when the heap takes so many bytes, external ones included.
    major_at: usize,
    /// So many bytes are allocated before that, where there is no nursery.
    growth: usize,
    rule: Rule,
}

impl Default for Pacing {
    fn default() -> Pacing {
        Pacing {
            nursery: FIRST_NURSERY,
            marking_nursery: MARKING_NURSERY,
            major_at: RULE.least,
            growth: RULE.least,
            rule: RULE,
        }
    }
}

impl Pacing {
    /// The embedder may have said how much the heap may grow.
    pub(super) fn start(&mut self, growth: Option<u32>) {
        self.rule = RULE.with(growth);
        (self.growth, self.major_at) = (self.rule.least, self.rule.least);
    }

    /// How many bytes may be allocated before the next collection.
    pub(super) fn next(&self, pretenuring: bool, marking: bool) -> usize {
        match (pretenuring, marking) {
            // A nursery is a part of what the heap grows by.
            (false, false) => self.nursery.min(self.growth),
            (false, true) => self.marking_nursery,
            (true, false) => self.growth,
            (true, true) => MARKING_STEP,
        }
    }

    /// Whether a major collection is to begin.
    fn is_major_due(&self, memory: &Memory) -> bool {
        memory.bytes() >= self.major_at
    }

    /// How much the heap may grow while a thread marks, before the mutator helps it along: a part of what it may grow before the next marking.
    pub(super) fn patience(&self) -> usize {
        self.growth / 4
    }

    /// A major collection has found `live` bytes alive, external ones included.
    pub(super) fn plan_major(&mut self, live: usize) {
        self.growth = self.rule.allowance(live);
        self.major_at = live.saturating_add(self.growth);
    }

    /// Of `young` bytes so many survived.
    fn adapt(&mut self, survived: usize, young: usize, marking: bool, is_helped: bool) {
        let survivors = if is_helped { SURVIVORS_BESIDE } else { MARKING_SURVIVORS };
        let wanted = (survivors as u64 * young as u64).checked_div(survived as u64);
        self.marking_nursery =
            wanted.map_or(MARKING_NURSERY, |bytes| bytes as usize).clamp(BLOCK_BYTES, MARKING_NURSERY);
        if marking {
            // A nursery that is small tells nothing about one that is not.
        } else if pretenure::is_most(survived, young) {
            // Time is not what they lack.
            self.nursery = FIRST_NURSERY;
        } else if survived > young / 8 || self.nursery < MIN_NURSERY {
            self.nursery = (self.nursery * 2).min(MAX_NURSERY);
        } else if survived < young / 256 {
            self.nursery = (self.nursery / 2).max(MIN_NURSERY);
        }
    }
}

/// What the next collection of this kind looks at, if there is room to empty the nursery.
pub(super) fn extent(gen: &Gen, memory: &Memory, kind: CollectKind) -> Extent {
    let whole = kind == CollectKind::Full || gen.pretenuring.is_on() || gen.major.is_running();
    if whole || gen.pacing.is_major_due(memory) {
        Extent::Major
    } else {
        Extent::Minor
    }
}

pub(super) fn collect(gen: &mut Gen, memory: &mut Memory, kind: CollectKind) {
    memory.stats.collected_objects = 0;
    if !seeded(Fault::CollectWhileLent) {
        gen.major.take_back(&mut gen.beside, memory);
    }
    // Under stress all kinds get their share.
    let turn = (memory.zeal.collect_every != 0).then_some(memory.stats.collections % 32);
    let due = gen.pretenuring.is_on() || gen.major.is_running() || matches!(turn, Some(3 | 11 | 19));
    let emptied = match kind {
        // Who asks for all garbage wants to know how much there was: everything is looked at where it is.
        CollectKind::Full => false,
        CollectKind::Auto => gen.pretenuring.is_on() || empty_nursery(gen, memory),
    };
    let is_major = !emptied || due || gen.pacing.is_major_due(memory);
    memory.record.extent = Some(if is_major { Extent::Major } else { Extent::Minor });
    if !emptied {
        grow_old(gen, memory);
        major::complete(gen, memory, kind);
    } else if is_major {
        major::advance(gen, memory);
    }
    if turn == Some(23) {
        gen.pretenuring.force();
    }
    memory.roots.stack.wipe_stale();
    // Under stress the slices get their share, too. What is pretenured is made while the thread would look.
    if !gen.pretenuring.is_on() && turn.is_none_or(|turn| turn % 4 != 3) {
        gen.major.lend(&mut gen.beside, memory);
    }
    memory.allocated_since = 0;
    memory.collect_at = gen.pacing.next(gen.pretenuring.is_on(), gen.major.is_running());
}

/// Copies what survives out of the nursery, if there is room.
fn empty_nursery(gen: &mut Gen, memory: &mut Memory) -> bool {
    let young = gen.young.len() * BLOCK_BYTES + pinned::bytes(memory, &gen.pinned);
    let Some(survived) = minor::evacuate(gen, memory) else { return false };
    let is_helped = gen.major.is_helped(&gen.beside, &gen.pacing, memory);
    gen.pacing.adapt(survived, young, gen.major.is_running(), is_helped);
    // What is pretenured can't be marked beside the program.
    if !gen.major.is_running() && !memory.marking_thread {
        gen.pretenuring.begin(survived, young);
    }
    true
}

/// Makes all objects old where they are. A complete marking must follow: until then nobody knows their blocks' free cells, nor do they carry the log flag.
fn grow_old(gen: &mut Gen, memory: &mut Memory) {
    for block in gen.young.drain(..) {
        memory.blocks.set_young(block, false);
    }
    pinned::grow_old(gen, memory);
    gen.remembered.give_up(&mut gen.major);
}
