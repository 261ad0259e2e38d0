//! Allocation of `cycle`: cells freed by counting come back through the cache by themselves, so refilling means cells that a trace freed,
//! cells of blocks that were looked at because they might be empty, or a block without objects. Cells that were in no object before make their block young.

use super::Cycle;
use crate::header::Header;
use crate::limits::HeapFull;
use crate::manager::Memory;

pub(super) fn refill(manager: &mut Cycle, memory: &mut Memory, class: usize) -> Result<(), HeapFull> {
    let Cycle { sweeper, empties, generations, old, .. } = manager;
    let swept = sweeper.refill_from_swept(memory, class);
    if swept.is_none() && empties.refill(memory, class) {
        return Ok(());
    }
    let block = match swept {
        Some(block) => block,
        None => {
            // What is being marked stays where it is (C3).
            if !old.is_running() && empties.search(memory, sweeper) {
                generations.forget_released(memory);
            }
            sweeper.refill(memory, class)?
        }
    };
    generations.add(memory, block);
    Ok(())
}

pub(super) fn alloc_large(
    manager: &mut Cycle,
    memory: &mut Memory,
    size: usize,
) -> Result<*mut Header, HeapFull> {
    let Cycle { sweeper, empties, generations, old, .. } = manager;
    if !memory.fits(size) && !old.is_running() && empties.make_room(memory, sweeper, size) {
        generations.forget_released(memory);
    }
    sweeper.alloc_large(memory, size)
}
