//! Size classes: every multiple of 8 up to 256 bytes, then four steps to each doubling up to 8 KiB; and once more for objects that stay where they are.

/// Number of size classes.
pub const CLASSES: usize = 53;

/// This bit makes of a class that for objects of the same size that never move: they lie in blocks of their own.
pub const PINNED: usize = 64;

/// One more than the last class, those with [`PINNED`] included.
pub const ALL_CLASSES: usize = PINNED + CLASSES;

/// Whether objects in cells of this class never move.
#[inline(always)]
pub const fn is_pinned_class(class: usize) -> bool {
    class & PINNED != 0
}

/// Largest cell in bytes; bigger objects go to the large-object space.
pub const MAX_SMALL: usize = 8192;

const FINE: usize = 32;

/// The class for objects of `size` bytes (16 to [`MAX_SMALL`]).
#[inline(always)]
pub const fn size_class(size: usize) -> usize {
    let words = size.div_ceil(8);
    if words <= FINE {
        words
    } else {
        coarse_class(words)
    }
}

const fn coarse_class(words: usize) -> usize {
    // 33..=64 words is the first doubling. The top two bits below the leading one choose the step.
    let last = words - 1;
    let doubling = (usize::BITS - 1 - last.leading_zeros()) as usize;
    let step = last >> (doubling - 2) & 3;
    FINE + 1 + (doubling - 5) * 4 + step
}

/// Bytes of a cell of this class.
#[inline(always)]
pub const fn class_bytes(class: usize) -> usize {
    let class = class & !PINNED;
    if class <= FINE {
        class * 8
    } else {
        let coarse = class - FINE - 1;
        let (doubling, step) = (coarse / 4 + 5, coarse % 4);
        ((1 << doubling) + ((step + 1) << (doubling - 2))) * 8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_cover_every_size_tightly() {
        for size in (16..=MAX_SMALL).step_by(8) {
            let class = size_class(size);
            assert!(class < CLASSES, "{size}");
            assert!(class_bytes(class) >= size, "{size}");
            assert_eq!(class_bytes(class | PINNED), class_bytes(class), "{size}");
            assert!(class == 0 || class_bytes(class - 1) < size, "{size}");
        }
        assert_eq!(class_bytes(CLASSES - 1), MAX_SMALL);
    }
}
