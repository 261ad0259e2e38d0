//! Words of the heap that several threads may touch: headers, slots, and the mark bits of side tables.
//!
//! The mutator alone writes headers and slots, and reads them with plain loads. A thread that marks beside it reads them with relaxed ones, so what the mutator writes
//! while such a thread may look is stored relaxed, which costs what a plain store does. Counts are stored plainly: where there are any, nobody marks beside the
//! program. Mark bits belong to whoever has the marking in hand.
//!
//! Under loom each access is told to a table of shadows, which ends the model when two threads touch a word, one of them writes, neither waits for the other, and they do
//! not both use the accesses meant for that: so loom explores [whole heaps](crate::model).

use super::fault::{seeded, Fault};
use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

/// The header of an object.
#[derive(Debug)]
#[repr(transparent)]
pub(crate) struct HeaderWord(Cell<u64>);

impl HeaderWord {
    #[inline(always)]
    pub(crate) fn new(word: u64) -> HeaderWord {
        HeaderWord(Cell::new(word))
    }

    #[inline(always)]
    pub(crate) fn get(&self) -> u64 {
        shadow::read(self.0.as_ptr());
        self.0.get()
    }

    #[inline(always)]
    pub(crate) fn set(&self, word: u64) {
        shadow::write(self.0.as_ptr(), word);
        self.0.set(word);
    }

    /// As [`set`](Self::set), where another thread may read the word meanwhile; and never narrowed to a part of it: atomic stores are not.
    #[inline(always)]
    pub(crate) fn write(&self, word: u64) {
        if seeded(Fault::WritePlainly) {
            return self.set(word);
        }
        shadow::write_shared(self.0.as_ptr(), word);
        // SAFETY: the cell is valid and aligned; whoever else touches it meanwhile does so by `read_shared`.
        unsafe { write(self.0.as_ptr(), word) };
    }

    /// The word, while the mutator goes on; for another thread than its.
    #[inline(always)]
    pub(crate) fn read_shared(&self) -> u64 {
        shadow::read_shared(self.0.as_ptr());
        // SAFETY: the cell is valid and aligned, and written by `write` meanwhile.
        unsafe { read(self.0.as_ptr()) }
    }
}

/// Writes a word that another thread may read meanwhile.
///
/// # Safety
/// It is valid and aligned, and other threads touch it only by [`read`].
#[inline(always)]
pub(crate) unsafe fn write(word: *mut u64, value: u64) {
    // SAFETY: by contract.
    unsafe { AtomicU64::from_ptr(word) }.store(value, Ordering::Relaxed);
}

/// Reads a word that the mutator may write meanwhile.
///
/// # Safety
/// It is valid and aligned, and the mutator writes it by [`write()`].
#[inline(always)]
pub(crate) unsafe fn read(word: *mut u64) -> u64 {
    // SAFETY: by contract.
    unsafe { AtomicU64::from_ptr(word) }.load(Ordering::Relaxed)
}

/// 64 mark bits.
#[derive(Debug)]
#[repr(transparent)]
pub(crate) struct MarkWord(AtomicU64);

impl MarkWord {
    #[inline(always)]
    pub(crate) fn load(&self) -> u64 {
        shadow::read(self.0.as_ptr());
        self.0.load(Ordering::Relaxed)
    }

    #[inline(always)]
    pub(crate) fn store(&self, bits: u64) {
        shadow::write(self.0.as_ptr(), bits);
        self.0.store(bits, Ordering::Relaxed);
    }

    /// Sets one bit; whether it was clear.
    #[inline(always)]
    pub(crate) fn set_bit(&self, bit: usize) -> bool {
        let old = self.load();
        self.store(old | 1 << bit);
        old >> bit & 1 == 0
    }
}

/// Without loom nobody is told.
#[cfg(not(loom))]
mod shadow {
    #[inline(always)]
    pub(super) fn read(_: *mut u64) {}

    #[inline(always)]
    pub(super) fn write(_: *mut u64, _: u64) {}

    #[inline(always)]
    pub(super) fn read_shared(_: *mut u64) {}

    #[inline(always)]
    pub(super) fn write_shared(_: *mut u64, _: u64) {}
}

#[cfg(loom)]
pub(crate) mod shadow {
    use loom::cell::UnsafeCell;
    use std::cell::RefCell;
    use std::collections::HashMap;
    use std::rc::Rc;

    /// Of one word, two cells: plain reads touch the first, shared ones the second; plain writes write both, shared ones the first. So a shared read may meet a shared
    /// write, and any read another; everything else must be ordered.
    #[derive(Default)]
    struct Shadow {
        plain: UnsafeCell<()>,
        shared: UnsafeCell<()>,
    }

    thread_local! {
        // Threads of a model are coroutines of one thread.
        static SHADOWS: RefCell<HashMap<usize, Rc<Shadow>>> = RefCell::default();
    }

    /// An execution of a model begins: it knows nothing of the words of others.
    pub(crate) fn begin() {
        SHADOWS.with(|shadows| shadows.borrow_mut().clear());
    }

    /// Words that are zero and stay so, as most are in any table, are left out: loom counts 65,535 accesses and no more. Where two threads touch one that one of them
    /// writes, there is an order of theirs in which neither finds a zero.
    fn touch(word: *mut u64, new: u64, touch: impl FnOnce(&Shadow)) {
        // SAFETY: whoever tells of an access is about to make it, and threads of a model take turns.
        let is_zero = unsafe { word.read_volatile() } | new == 0;
        // A model that has gone wrong takes its heap down with it.
        if is_zero || std::thread::panicking() {
            return;
        }
        let shadow = SHADOWS.with(|shadows| shadows.borrow_mut().entry(word as usize).or_default().clone());
        touch(&shadow);
    }

    pub(super) fn read(word: *mut u64) {
        touch(word, 0, |shadow| shadow.plain.with(|_| ()));
    }

    pub(super) fn write(word: *mut u64, new: u64) {
        touch(word, new, |shadow| {
            shadow.plain.with_mut(|_| ());
            shadow.shared.with_mut(|_| ());
        });
    }

    pub(super) fn read_shared(word: *mut u64) {
        touch(word, 0, |shadow| shadow.shared.with(|_| ()));
    }

    pub(super) fn write_shared(word: *mut u64, new: u64) {
        touch(word, new, |shadow| shadow.plain.with_mut(|_| ()));
    }
}
