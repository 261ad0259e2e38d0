//! Allocation of `cycle`: cells freed by counting come back through the cache by themselves, so refilling means cells that a trace freed,
//! or a fresh block. The block that they are of is young from then on.

use super::Cycle;
use crate::header::Header;
use crate::limits::HeapFull;
use crate::manager::Memory;

pub(super) fn refill(manager: &mut Cycle, memory: &mut Memory, class: usize) -> Result<(), HeapFull> {
    let block = manager.sweeper.refill(memory, class)?;
    manager.generations.add(memory, block);
    Ok(())
}

pub(super) fn alloc_large(
    manager: &mut Cycle,
    memory: &mut Memory,
    size: usize,
) -> Result<*mut Header, HeapFull> {
    manager.sweeper.alloc_large(memory, size)
}
