//! Which pinned objects are old. Objects of [pinned classes](super::PINNED) never move, so that where one lies does not tell its age, as it does of others: a bit for each of
//! their cells does. It is set for those that a collection of the young has reached, or that were alive when everything was marked last; a cell without it holds a young
//! object, a dead one, or nothing. (Sticky mark bits: Demers, Weiser, Hayes, Boehm, Bobrow & Shenker, "Combining generational and conservative garbage collection", 1990; these are
//! not the mark bits, because objects are born, grow old and die while a marking in slices needs those.)

use super::block::{BlockRef, BlockSpace};
use super::chunk::{class_of, BLOCK_BYTES, BLOCK_OLD, CHUNK_BYTES, FIRST_BLOCK, OLD_BITS};
use super::class::{class_bytes, is_pinned_class};
use crate::header::Header;
use std::cell::Cell;

/// The bits of a block, one for every 16 bytes: no cell is smaller.
type OldBits = [Cell<u64>; BLOCK_OLD];

/// The bits of the block at this place.
///
/// # Safety
/// It lies in a block of a pinned class.
#[inline(always)]
unsafe fn bits_at<'a>(address: usize) -> &'a OldBits {
    let (chunk, block) = (address & !(CHUNK_BYTES - 1), (address & (CHUNK_BYTES - 1)) / BLOCK_BYTES);
    // SAFETY: by contract the block has such bits, in the head of its chunk, which were initialised when it was taken.
    unsafe { &*((chunk + OLD_BITS) as *const OldBits).add(block - FIRST_BLOCK) }
}

/// Where the bit of a cell is, by the cell's address or its place in the block.
#[inline(always)]
fn bit_of(address: usize) -> (usize, u64) {
    let at = address % BLOCK_BYTES / 16;
    (at / 64, 1 << (at % 64))
}

/// Whether a small object is pinned.
///
/// # Safety
/// `object` is a cell of a live chunk.
#[inline(always)]
pub(crate) unsafe fn is_pinned(object: *mut Header) -> bool {
    // SAFETY: by contract.
    is_pinned_class(unsafe { class_of(object) })
}

/// Whether a pinned object is old.
///
/// # Safety
/// `object` is a cell of a pinned class.
#[inline(always)]
pub(crate) unsafe fn is_old(object: *mut Header) -> bool {
    let (word, bit) = bit_of(object as usize);
    // SAFETY: by contract.
    unsafe { bits_at(object as usize)[word].get() & bit != 0 }
}

/// Makes a pinned object old; whether it was not.
///
/// # Safety
/// `object` is a cell of a pinned class.
#[inline(always)]
pub(crate) unsafe fn make_old(object: *mut Header) -> bool {
    let (word, bit) = bit_of(object as usize);
    // SAFETY: by contract.
    let word = unsafe { &bits_at(object as usize)[word] };
    let before = word.get();
    word.set(before | bit);
    before & bit == 0
}

/// A bit for each two neighbouring ones: whether any of them is set.
fn pairs(bits: u64) -> u64 {
    // Of 32 bits, each in front of an empty place, those of one half after the other close up to their neighbours.
    let mut bits = (bits | bits >> 1) & 0x5555_5555_5555_5555;
    for (shift, mask) in [
        (1, 0x3333_3333_3333_3333),
        (2, 0x0f0f_0f0f_0f0f_0f0f),
        (4, 0x00ff_00ff_00ff_00ff),
        (8, 0x0000_ffff_0000_ffff),
        (16, 0x0000_0000_ffff_ffff),
    ] {
        bits = (bits | bits >> shift) & mask;
    }
    bits
}

impl BlockSpace {
    /// The bits of a block of a pinned class.
    #[inline(always)]
    pub(super) fn old_bits(&self, block: BlockRef) -> &OldBits {
        debug_assert!(self.is_pinned_block(block));
        // SAFETY: it is one.
        unsafe { bits_at(self.start(block) as usize) }
    }

    /// Whether objects of the block are pinned.
    #[inline(always)]
    pub(crate) fn is_pinned_block(&self, block: BlockRef) -> bool {
        is_pinned_class(self.class(block))
    }

    /// Makes all objects old that are in a block or come into it before it is swept; or none.
    pub(crate) fn set_all_old(&self, block: BlockRef, old: bool) {
        self.old_bits(block).iter().for_each(|word| word.set(if old { u64::MAX } else { 0 }));
    }

    /// Bytes of the cells of a block without old objects.
    pub(crate) fn bytes_not_old(&self, block: BlockRef) -> usize {
        let old: u32 = self.old_bits(block).iter().map(|word| word.get().count_ones()).sum();
        (self.cells(block) - old as usize) * class_bytes(self.class(block))
    }

    /// The old objects of a block, those that become old meanwhile perhaps among them.
    pub(crate) fn old_in(&self, block: BlockRef) -> impl Iterator<Item = *mut Header> + use<> {
        // SAFETY: cells of the block, which have a header, zero when free, if they are old.
        self.cells_of(block).filter(|&cell| unsafe { is_old(cell) && !(*cell).is_free() })
    }

    /// Everything is marked that is alive: the marked pinned objects are old, and no others.
    pub(crate) fn make_marked_old(&self) {
        for &block in self.used().iter().filter(|&&block| self.is_pinned_block(block)) {
            let marks = self.marks(block);
            for (at, word) in self.old_bits(block).iter().enumerate() {
                word.set(pairs(marks[at * 2].load()) | pairs(marks[at * 2 + 1].load()) << 32);
            }
        }
    }

    /// Whether the block has an old object.
    pub(super) fn any_old(&self, block: BlockRef) -> bool {
        self.old_bits(block).iter().any(|word| word.get() != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::pairs;

    #[test]
    fn each_pair_has_its_bit() {
        for n in 0..32 {
            for pair in [0b01, 0b10, 0b11] {
                assert_eq!(pairs(pair << (2 * n)), 1 << n);
                assert_eq!(
                    pairs(!(pair << (2 * n))),
                    u64::MAX >> 32 & if pair == 0b11 { !(1 << n) } else { u64::MAX }
                );
            }
        }
        assert_eq!(pairs(0), 0);
    }
}
