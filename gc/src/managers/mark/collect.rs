//! The collection of `mark`.

use super::Mark;
use crate::manager::{CollectKind, Memory};
use crate::marker::Marker;
use crate::tracing;

/// A heap smaller than this is not worth collecting.
pub(super) const MIN_THRESHOLD: usize = 4 << 20;

pub(super) fn collect(mark: &mut Mark, memory: &mut Memory, kind: CollectKind) {
    // Marks of unswept blocks are about to be cleared.
    mark.sweeper.finish(memory);
    let mut marker = Marker::default();
    tracing::mark_all(memory, &mut marker);
    // SAFETY: the marking is complete.
    unsafe { tracing::reclaim(memory, &mut mark.sweeper, &marker, kind) };
    memory.roots.stack.wipe_stale();
    memory.allocated_since = 0;
    memory.collect_at = allowance(marker.bytes as usize);
}

/// How much may be allocated before the next collection, with `live` bytes alive. A collection that marks L live bytes is paid for by at
/// least L allocated ones, so work per allocated byte is bounded; the heap stays below 2 L + 40 MiB.
fn allowance(live: usize) -> usize {
    (3 * live).min(SMALL_HEAP).max(live).max(MIN_THRESHOLD)
}

/// Up to this size space is cheaper than time.
const SMALL_HEAP: usize = 40 << 20;
