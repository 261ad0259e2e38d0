//! Allocation of `refcount`: freed cells come back through the cache by themselves, so refilling means a fresh block.

use crate::limits::HeapFull;
use crate::manager::Memory;

pub(super) fn refill(memory: &mut Memory, class: usize) -> Result<(), HeapFull> {
    memory.refill_with_block(class)
}
