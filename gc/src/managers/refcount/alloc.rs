//! Allocation of `refcount`: cells freed by counting come back through the cache by themselves, so refilling means cells that a trace freed,
//! or a fresh block.

use super::RefCount;
use crate::header::Header;
use crate::limits::HeapFull;
use crate::manager::Memory;

pub(super) fn refill(manager: &mut RefCount, memory: &mut Memory, class: usize) -> Result<(), HeapFull> {
    manager.sweeper.refill(memory, class).map(drop)
}

pub(super) fn alloc_large(
    manager: &mut RefCount,
    memory: &mut Memory,
    size: usize,
) -> Result<*mut Header, HeapFull> {
    manager.sweeper.alloc_large(memory, size)
}
