//! [`BlockMap`]: which blocks were in use, and neither a nursery's nor of pinned objects, at some moment; by address, and without a look at a chunk, for a thread that runs beside the one which
//! uses the space.

use super::chunk::{Chunk, BLOCK_BYTES, CHUNK_BYTES, END_BLOCK, FIRST_BLOCK};
use super::class::is_pinned_class;
use crate::header::Header;

/// A chunk, by its address divided by its size, with a bit for each of its blocks.
#[derive(Clone, Copy, Debug)]
struct Entry {
    number: usize,
    blocks: [u64; END_BLOCK / 64],
}

/// No chunk has this number.
const NONE: Entry = Entry { number: 0, blocks: [0; END_BLOCK / 64] };

/// The map: a table by the last bits of the chunks' numbers, half of which is empty at the least. Chunks mostly lie side by side, and then in entries side by side.
#[derive(Debug, Default)]
pub(crate) struct BlockMap {
    entries: Vec<Entry>,
}

impl BlockMap {
    /// Sees how the blocks of these chunks are used now; whether there is memory to.
    pub(super) fn see(&mut self, chunks: &[Chunk]) -> bool {
        let len = (chunks.len() * 2).next_power_of_two();
        self.entries.clear();
        if self.entries.try_reserve(len).is_err() {
            return false;
        }
        self.entries.resize(len, NONE);
        for chunk in chunks.iter().filter(|chunk| chunk.is_ready()) {
            let number = chunk.address() / CHUNK_BYTES;
            let mut at = number % len;
            while self.entries[at].number != 0 {
                at = (at + 1) % len;
            }
            let entry = &mut self.entries[at];
            entry.number = number;
            for block in FIRST_BLOCK..END_BLOCK {
                // Pinned objects that are young come into blocks with old ones.
                let class = chunk.class(block);
                let is_old = class != 0 && !chunk.is_young(block) && !is_pinned_class(class);
                entry.blocks[block / 64] |= u64::from(is_old) << (block % 64);
            }
        }
        true
    }

    /// Whether the object lay in such a block.
    #[inline(always)]
    pub(crate) fn holds(&self, object: *mut Header) -> bool {
        let (number, block) = (object as usize / CHUNK_BYTES, object as usize % CHUNK_BYTES / BLOCK_BYTES);
        let mask = self.entries.len().wrapping_sub(1);
        let mut at = number & mask;
        while let Some(entry) = self.entries.get(at) {
            if entry.number == number {
                return entry.blocks[block / 64] >> (block % 64) & 1 != 0;
            }
            if entry.number == 0 {
                break;
            }
            at = (at + 1) & mask;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::raw::RawMemory;

    #[test]
    fn finds_blocks_in_use_and_no_others() {
        let mut chunks: Vec<Chunk> = (0..5).filter_map(|_| Chunk::new(RawMemory::default(), false)).collect();
        let address =
            |chunk: &Chunk, block: usize| (chunk.address() + block * BLOCK_BYTES + 16) as *mut Header;
        for (at, chunk) in chunks.iter_mut().enumerate().skip(1) {
            chunk.make_ready();
            chunk.set_class(FIRST_BLOCK + at, 4);
            chunk.set_class(END_BLOCK - 1, 4);
            chunk.set_young(END_BLOCK - 1, at % 2 == 0);
        }
        let mut map = BlockMap::default();
        assert!(!map.holds(address(&chunks[1], FIRST_BLOCK + 1)), "an empty map holds nothing");
        assert!(map.see(&chunks));
        for (at, chunk) in chunks.iter().enumerate() {
            for block in FIRST_BLOCK..END_BLOCK {
                let is_old = at > 0 && (block == FIRST_BLOCK + at || block == END_BLOCK - 1 && at % 2 == 1);
                assert_eq!(map.holds(address(chunk, block)), is_old, "chunk {at}, block {block}");
            }
        }
        assert!(!map.holds(16 as *mut Header));
        assert!(!map.holds((usize::MAX & !7) as *mut Header));
    }
}
