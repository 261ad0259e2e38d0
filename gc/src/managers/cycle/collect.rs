//! The collections of `cycle`: which when.

use super::{old, young, Cycle};
use crate::counting;
use crate::events::Extent;
use crate::manager::{CollectKind, Memory};
use crate::pacing::Rule;

/// Bytes between two slices of marking. The work of a slice is worth many times as much, so marking ends before the heap has grown much.
const MARKING_STEP: usize = 32 << 10;

/// For the old generation; the share is the host's to choose, see [`Thresholds::old_growth`](crate::Thresholds). Only growth counts: cells that counting frees
/// are allocated again without it.
const RULE: Rule = Rule { share: 0, least: 2 << 20, times: 1, small: 4 << 20 };

/// When to collect the old generation.
#[derive(Debug)]
pub(super) struct Pacing {
    /// When the heap takes so many bytes, external ones included.
    old_at: usize,
}

impl Default for Pacing {
    fn default() -> Pacing {
        Pacing { old_at: RULE.least }
    }
}

impl Pacing {
    /// The old generation has been collected.
    fn plan_old(&mut self, memory: &Memory) {
        let rule = Rule { share: memory.thresholds.old_growth as usize, ..RULE.with(memory.growth) };
        self.old_at = memory.bytes().saturating_add(rule.allowance(memory.bytes()));
    }
}

/// How many bytes may be allocated before the next collection.
pub(super) fn interval(manager: &Cycle, memory: &Memory) -> usize {
    match manager.old.is_running() {
        true => MARKING_STEP,
        false => memory.thresholds.young_bytes,
    }
}

/// What the next collection of this kind looks at.
pub(super) fn extent(manager: &Cycle, memory: &Memory, kind: CollectKind) -> Extent {
    let middle = memory.generations[0] >= memory.thresholds.middle_after || is_turn(memory, 4);
    match kind {
        CollectKind::Full => Extent::Major,
        CollectKind::Auto if manager.old.is_running() => Extent::Major,
        CollectKind::Auto if middle => Extent::Middle,
        CollectKind::Auto => Extent::Minor,
    }
}

pub(super) fn collect(manager: &mut Cycle, memory: &mut Memory, kind: CollectKind) {
    memory.stats.collected_objects = 0;
    let extent = extent(manager, memory, kind);
    memory.record.extent = Some(extent);
    match (kind, extent) {
        (CollectKind::Full, _) => {
            old::abandon(manager, memory);
            manager.generations.clear(memory);
            counting::collect(memory, &mut manager.sweeper, &mut manager.empties, kind);
            end_old(manager, memory);
        }
        (_, Extent::Major) => {
            if old::advance(manager, memory) {
                end_old(manager, memory);
            }
        }
        (_, Extent::Minor | Extent::Middle) => {
            collect_young(manager, memory, extent.generation());
            if manager.pacing.old_at <= memory.bytes() || is_turn(memory, 8) {
                // From the next collection on: what the dead have let go of is on the zero queue now.
                manager.old.begin();
            }
        }
    }
    memory.allocated_since = 0;
    memory.collect_at = interval(manager, memory);
}

/// Under stress all kinds get their share.
fn is_turn(memory: &Memory, of: u64) -> bool {
    memory.zeal.collect_every != 0 && memory.stats.collections % of == of - 1
}

/// Collects the generations up to `last`.
fn collect_young(manager: &mut Cycle, memory: &mut Memory, last: usize) {
    memory.stats.collected_objects = young::collect(manager, memory, last).containers;
    let [minor, middle] = memory.generations;
    memory.generations = if last == 0 { [minor + 1, middle] } else { [0, middle + 1] };
}

/// The whole heap has been collected.
fn end_old(manager: &mut Cycle, memory: &mut Memory) {
    memory.generations = [0, 0];
    manager.pacing.plan_old(memory);
}
