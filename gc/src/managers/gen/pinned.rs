//! Young objects that never move: those of pinned shapes, in blocks of classes of their own. They are born in cells that a sweep has found there, beside old ones. A collection
//! of the young [makes those old](crate::space) that it reaches; when it is over the blocks wait to be swept, and the others' cells are free: nobody looks at each.

use super::Gen;
use crate::limits::HeapFull;
use crate::manager::Memory;
use crate::space::{is_old, BlockRef, BLOCK_BYTES};

/// Cells for pinned objects.
pub(super) fn refill(gen: &mut Gen, memory: &mut Memory, class: usize) -> Result<(), HeapFull> {
    gen.pinned.try_reserve(1).map_err(|_| HeapFull { requested: BLOCK_BYTES })?;
    let block = gen.sweeper.refill(memory, class)?;
    memory.blocks.set_young(block, true);
    gen.pinned.push(block);
    Ok(())
}

/// Bytes of the young objects in these blocks, and of what has not been handed out.
pub(super) fn bytes(memory: &Memory, blocks: &[BlockRef]) -> usize {
    blocks.iter().map(|&block| memory.blocks.bytes_not_old(block)).sum()
}

/// Those that were reached are old. The others are dead, and dropped.
pub(super) fn end_minor(gen: &mut Gen, memory: &mut Memory) {
    for block in gen.pinned.drain(..) {
        memory.blocks.set_young(block, false);
        match memory.blocks.is_dead(block) {
            true => memory.blocks.discard(block, memory.zeal.poison),
            false => {
                // Walks see free cells then (N4).
                memory.cache.give_up(memory.blocks.class(block));
                gen.sweeper.wait(&memory.blocks, block);
            }
        }
    }
}

/// Makes all old where they are: a complete marking must follow.
pub(super) fn grow_old(gen: &mut Gen, memory: &Memory) {
    for block in gen.pinned.drain(..) {
        memory.blocks.set_young(block, false);
        memory.blocks.set_all_old(block, true);
    }
}

/// Checks N9.
///
/// # Panics
/// When it does not hold; `when` goes into the message.
pub(super) fn check(gen: &Gen, memory: &Memory, when: &str) {
    let blocks = &memory.blocks;
    for &block in blocks.used().iter().filter(|&&block| blocks.is_pinned_block(block)) {
        let is_listed = gen.pinned.contains(&block);
        assert!(
            blocks.is_young_block(block) == is_listed,
            "N9 {when}: a block of pinned objects is not listed as it is"
        );
        // SAFETY: cells of the block, which have a header, zero when free.
        let all_old = || blocks.all_cells(block, |cell| unsafe { (*cell).is_free() || is_old(cell) });
        assert!(is_listed || all_old(), "N9 {when}: a pinned object is young in a block that is not");
    }
}
