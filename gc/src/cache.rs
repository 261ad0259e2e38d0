//! The allocation cache: per size class a list of free cells and a run to bump through. Its pop and bump are the inline
//! allocation path of the VM and of [`Cx::alloc`](crate::Cx::alloc), the same under every manager; refilling it is the manager's.

use crate::header::Header;
use crate::space::{class_bytes, ALL_CLASSES};

/// A free cell: a zero header and the next free cell.
#[derive(Debug)]
#[repr(C)]
pub struct FreeCell {
    header: u64,
    /// The next free cell of the list.
    pub next: *mut FreeCell,
}

/// What freed memory is filled with under stress.
pub(crate) const POISON: u8 = 0xdd;

impl FreeCell {
    /// Turns a dead cell into a free one before `next`.
    ///
    /// # Safety
    /// `cell` is a cell of `size` bytes (at least 16) to which nothing refers.
    #[inline(always)]
    pub unsafe fn make(cell: *mut Header, size: usize, next: *mut FreeCell, poison: bool) -> *mut FreeCell {
        let free = cell as *mut FreeCell;
        // SAFETY: by contract the cell is ours to overwrite.
        unsafe {
            *free = FreeCell { header: 0, next };
            if poison {
                std::ptr::write_bytes((cell as *mut u8).add(16), POISON, size - 16);
            }
        }
        free
    }
}

/// What one size class has at hand.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Bin {
    /// Free cells, last freed first.
    pub free: *mut FreeCell,
    /// Start of the untouched run.
    pub cursor: *mut u8,
    /// End of the untouched run; a whole number of cells after `cursor`.
    pub limit: *mut u8,
}

impl Bin {
    /// Nothing at hand.
    pub const EMPTY: Bin =
        Bin { free: std::ptr::null_mut(), cursor: std::ptr::null_mut(), limit: std::ptr::null_mut() };

    /// Takes a cell of `size` bytes, or null.
    #[inline(always)]
    pub fn take(&mut self, size: usize) -> *mut Header {
        let free = self.free;
        if !free.is_null() {
            // SAFETY: cells on the list are free cells.
            self.free = unsafe { (*free).next };
            return free as *mut Header;
        }
        let (cell, end) = (self.cursor, self.cursor.wrapping_add(size));
        if end <= self.limit {
            // SAFETY: a cursor is null only where the limit is, too.
            unsafe { std::hint::assert_unchecked(!cell.is_null()) };
            self.cursor = end;
            return cell as *mut Header;
        }
        std::ptr::null_mut()
    }

    /// Addresses of the untouched run.
    pub(crate) fn untouched(&self) -> std::ops::Range<usize> {
        self.cursor as usize..self.limit as usize
    }

    /// Gives the cells of the untouched run, of `size` bytes each, zero headers.
    pub(crate) fn settle(&self, size: usize) {
        let mut cell = self.cursor;
        while cell < self.limit {
            // SAFETY: cells of the run are unused, and at least a header big.
            unsafe { *(cell as *mut u64) = 0 };
            cell = cell.wrapping_add(size);
        }
    }

    /// Whether nothing is at hand.
    pub fn is_empty(&self) -> bool {
        self.free.is_null() && self.cursor == self.limit
    }
}

/// The bins of all size classes.
#[derive(Debug)]
pub struct AllocCache {
    bins: [Bin; ALL_CLASSES],
    /// How many cells of each class counting has ever given back.
    given: [u64; ALL_CLASSES],
    /// Under zeal the real bins hide here, so that every allocation takes the slow path and is counted.
    hidden: Option<Box<[Bin; ALL_CLASSES]>>,
}

impl AllocCache {
    pub(crate) fn new() -> AllocCache {
        AllocCache { bins: [Bin::EMPTY; ALL_CLASSES], given: [0; ALL_CLASSES], hidden: None }
    }

    /// Takes a cell of this class, or null when the slow path must be taken.
    #[inline(always)]
    pub fn take(&mut self, class: usize) -> *mut Header {
        self.bins[class].take(class_bytes(class))
    }

    /// The bin that holds the cells of this class (the hidden one under zeal).
    #[inline(always)]
    pub fn bin(&mut self, class: usize) -> &mut Bin {
        match &mut self.hidden {
            None => &mut self.bins[class],
            Some(hidden) => &mut hidden[class],
        }
    }

    /// The bin that holds the cells of this class, while the bins don't hide.
    #[inline(always)]
    pub(crate) fn shown_bin(&mut self, class: usize) -> &mut Bin {
        debug_assert!(!self.is_hidden());
        &mut self.bins[class]
    }

    /// Whether the bins hide.
    pub(crate) fn is_hidden(&self) -> bool {
        self.hidden.is_some()
    }

    /// Puts a dead cell of this class on its list.
    ///
    /// # Safety
    /// As [`FreeCell::make`].
    #[inline(always)]
    pub unsafe fn give(&mut self, cell: *mut Header, class: usize, poison: bool) {
        self.given[class] += 1;
        let bin = self.bin(class);
        // SAFETY: by contract.
        bin.free = unsafe { FreeCell::make(cell, class_bytes(class), bin.free, poison) };
    }

    /// Puts a chain of dead cells of this class, from `first` on, in the place of its list, on which their last one lies.
    #[inline(always)]
    pub(crate) fn give_chain(&mut self, class: usize, first: *mut FreeCell, cells: u64) {
        self.given[class] += cells;
        self.shown_bin(class).free = first;
    }

    /// How many cells of this class counting has ever given back.
    pub(crate) fn given(&self, class: usize) -> u64 {
        self.given[class]
    }

    /// As [`given`](Self::given), of all classes, in bytes.
    pub(crate) fn given_bytes(&self) -> u64 {
        self.given.iter().enumerate().map(|(class, cells)| cells * class_bytes(class) as u64).sum()
    }

    /// Gives the cells of untouched runs zero headers, so that a walk over the blocks can tell them from objects.
    pub fn settle(&mut self) {
        let hidden = self.hidden.as_deref_mut().map_or(&mut [][..], |bins| &mut bins[..]);
        for bins in [&mut self.bins[..], hidden] {
            bins.iter_mut().enumerate().for_each(|(class, bin)| bin.settle(class_bytes(class)));
        }
    }

    /// Forgets the cells of this class: all of them have zero headers, by which they are found again.
    pub(crate) fn give_up(&mut self, class: usize) {
        let bin = self.bin(class);
        bin.settle(class_bytes(class));
        *bin = Bin::EMPTY;
    }

    /// Forgets all cells at hand; the manager finds them again when it sweeps.
    pub fn reset(&mut self) {
        self.bins = [Bin::EMPTY; ALL_CLASSES];
        if let Some(hidden) = &mut self.hidden {
            **hidden = [Bin::EMPTY; ALL_CLASSES];
        }
    }

    /// Hides the bins (every allocation takes the slow path) or shows them again.
    pub(crate) fn hide(&mut self, hide: bool) {
        match (hide, self.hidden.take()) {
            (true, None) => {
                self.hidden = Some(Box::new(std::mem::replace(&mut self.bins, [Bin::EMPTY; ALL_CLASSES])))
            }
            (true, shown) => self.hidden = shown,
            (false, Some(bins)) => self.bins = *bins,
            (false, None) => {}
        }
    }
}
