//! [`BlockMap`]: which blocks were in use, and no nursery's, at some moment; by address, and without a look at a chunk, for a thread that runs beside the one which
//! uses the space.

use super::chunk::{Chunk, BLOCK_BYTES, CHUNK_BYTES, END_BLOCK, FIRST_BLOCK};
use crate::header::Header;

/// Chunks that are spread wider than over so many times their size, 256 GiB, get no map.
const MAX_SPAN: usize = 1 << 16;

/// One bit for each block.
type Bits = [u64; END_BLOCK / 64];

/// The map: bits for each 4 MiB between the lowest and the highest chunk.
#[derive(Debug, Default)]
pub(crate) struct BlockMap {
    first: usize,
    chunks: Vec<Bits>,
}

impl BlockMap {
    /// Sees how the blocks of these chunks are used now; whether it can: they are not spread too wide, and there is memory.
    pub(super) fn see(&mut self, chunks: &[Chunk]) -> bool {
        self.chunks.clear();
        let numbers = || chunks.iter().map(|chunk| chunk.address() / CHUNK_BYTES);
        let (Some(first), Some(last)) = (numbers().min(), numbers().max()) else { return true };
        self.first = first;
        if last - first >= MAX_SPAN || self.chunks.try_reserve(last - first + 1).is_err() {
            return false;
        }
        self.chunks.resize(last - first + 1, [0; END_BLOCK / 64]);
        for chunk in chunks.iter().filter(|chunk| chunk.is_ready()) {
            let bits = &mut self.chunks[chunk.address() / CHUNK_BYTES - first];
            for block in FIRST_BLOCK..END_BLOCK {
                let is_old = chunk.class(block) != 0 && !chunk.is_young(block);
                bits[block / 64] |= u64::from(is_old) << (block % 64);
            }
        }
        true
    }

    /// Whether the object lay in such a block.
    #[inline(always)]
    pub(crate) fn holds(&self, object: *mut Header) -> bool {
        let address = object as usize;
        let block = address % CHUNK_BYTES / BLOCK_BYTES;
        let bits = self.chunks.get((address / CHUNK_BYTES).wrapping_sub(self.first));
        bits.is_some_and(|bits| bits[block / 64] >> (block % 64) & 1 != 0)
    }
}
