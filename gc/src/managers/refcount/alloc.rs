//! Allocation of `refcount`: cells freed by counting come back through the cache by themselves, so refilling means cells that a trace freed,
//! cells of blocks that were looked at because they might be empty, or a block without objects.

use super::RefCount;
use crate::header::Header;
use crate::limits::HeapFull;
use crate::manager::Memory;

pub(super) fn refill(manager: &mut RefCount, memory: &mut Memory, class: usize) -> Result<(), HeapFull> {
    let RefCount { sweeper, empties } = manager;
    if sweeper.refill_from_swept(memory, class).is_some() || empties.refill(memory, class) {
        return Ok(());
    }
    empties.search(memory, sweeper);
    sweeper.refill(memory, class).map(drop)
}

pub(super) fn alloc_large(
    manager: &mut RefCount,
    memory: &mut Memory,
    size: usize,
) -> Result<*mut Header, HeapFull> {
    if !memory.fits(size) {
        manager.empties.make_room(memory, &mut manager.sweeper, size);
    }
    manager.sweeper.alloc_large(memory, size)
}
