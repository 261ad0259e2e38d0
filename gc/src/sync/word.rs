//! Words of the heap that several threads may touch one after the other: headers, and the mark bits of side tables. Today one thread at a time does: the
//! accesses are plain ones or relaxed, which cost the same, and a concurrent marker can make them read-modify-write in this one place.
//!
//! Under loom each access is told to a table of shadows, which ends the model when two threads touch a word and neither of them waits for the other: so
//! loom explores [whole heaps](crate::model).

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
        shadow::read(self);
        self.0.get()
    }

    #[inline(always)]
    pub(crate) fn set(&self, word: u64) {
        shadow::write(self);
        self.0.set(word);
    }

    /// As [`set`](Self::set), and never narrowed to a part of the word: volatile stores are not.
    #[inline(always)]
    pub(crate) fn write(&self, word: u64) {
        shadow::write(self);
        // SAFETY: the cell is valid, aligned, and used by one thread.
        unsafe { self.0.as_ptr().write_volatile(word) };
    }
}

/// 64 mark bits.
#[derive(Debug)]
#[repr(transparent)]
pub(crate) struct MarkWord(AtomicU64);

impl MarkWord {
    #[inline(always)]
    pub(crate) fn load(&self) -> u64 {
        shadow::read(self);
        self.0.load(Ordering::Relaxed)
    }

    #[inline(always)]
    pub(crate) fn store(&self, bits: u64) {
        shadow::write(self);
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
    pub(super) fn read<T>(_: &T) {}

    #[inline(always)]
    pub(super) fn write<T>(_: &T) {}
}

#[cfg(loom)]
pub(crate) mod shadow {
    use loom::cell::UnsafeCell;
    use std::cell::RefCell;
    use std::collections::HashMap;
    use std::rc::Rc;

    thread_local! {
        // Threads of a model are coroutines of one thread.
        static SHADOWS: RefCell<HashMap<usize, Rc<UnsafeCell<()>>>> = RefCell::default();
    }

    /// An execution of a model begins: it knows nothing of the words of others.
    pub(crate) fn begin() {
        SHADOWS.with(|shadows| shadows.borrow_mut().clear());
    }

    fn of<T>(word: &T) -> Rc<UnsafeCell<()>> {
        let address = std::ptr::from_ref(word) as usize;
        SHADOWS.with(|shadows| {
            let mut shadows = shadows.borrow_mut();
            shadows.entry(address).or_insert_with(|| Rc::new(UnsafeCell::new(()))).clone()
        })
    }

    pub(super) fn read<T>(word: &T) {
        // A model that has gone wrong takes its heap down with it.
        if std::thread::panicking() {
            return;
        }
        of(word).with(|_| ());
    }

    pub(super) fn write<T>(word: &T) {
        if std::thread::panicking() {
            return;
        }
        of(word).with_mut(|_| ());
    }
}
