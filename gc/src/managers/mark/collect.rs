//! The collection of `mark`.

use super::Mark;
use crate::manager::{CollectKind, Memory};
use crate::marker::Marker;
use crate::pacing::Rule;
use crate::tracing;

/// The heap stays below twice what is alive and 40 MiB.
pub(super) const RULE: Rule = Rule { share: 100, least: 4 << 20, times: 3, small: 40 << 20 };

pub(super) fn collect(mark: &mut Mark, memory: &mut Memory, kind: CollectKind) {
    // Marks of unswept blocks are about to be cleared.
    mark.sweeper.finish(memory);
    let mut marker = Marker::default();
    tracing::mark_all(memory, &mut marker);
    // SAFETY: the marking is complete.
    unsafe { tracing::reclaim(memory, &mut mark.sweeper, &marker, kind) };
    memory.roots.stack.wipe_stale();
    memory.allocated_since = 0;
    let live = marker.bytes.saturating_add(memory.stats.external_bytes);
    memory.collect_at = RULE.with(memory.growth).allowance(live as usize);
}
