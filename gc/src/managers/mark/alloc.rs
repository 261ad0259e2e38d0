//! Allocation of `mark`: cells of swept blocks, sweeping lazily, then fresh blocks.

use super::Mark;
use crate::header::Header;
use crate::limits::HeapFull;
use crate::manager::Memory;

pub(super) fn refill(mark: &mut Mark, memory: &mut Memory, class: usize) -> Result<(), HeapFull> {
    mark.sweeper.refill(memory, class).map(drop)
}

pub(super) fn alloc_large(
    mark: &mut Mark,
    memory: &mut Memory,
    size: usize,
) -> Result<*mut Header, HeapFull> {
    mark.sweeper.alloc_large(memory, size)
}
