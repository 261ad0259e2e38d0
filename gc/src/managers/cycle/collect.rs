//! The collection of `cycle`: a backup trace, when the heap has grown.

use super::Cycle;
use crate::counting;
use crate::manager::{CollectKind, Memory};

/// An empty heap may grow by so much before its first trace, and every heap by so much more than in proportion to what is alive: tracing a
/// small heap often would cost more than the memory is worth.
pub(super) const MIN_GROWTH: usize = 4 << 20;

pub(super) fn collect(manager: &mut Cycle, memory: &mut Memory, kind: CollectKind) {
    counting::collect(memory, &mut manager.sweeper, kind);
    memory.collect_at = allowance(memory.stats.live_bytes as usize);
}

/// By how much the heap may grow before the next trace, with `live` bytes alive. Only growth counts: cells that counting frees are
/// allocated again without it. A trace of L live bytes is paid for by more than L / 2 bytes of growth, so work per byte of garbage is bounded,
/// and cycles that are garbage never take more than half of what is alive and 4 MiB.
fn allowance(live: usize) -> usize {
    live / 2 + MIN_GROWTH
}
