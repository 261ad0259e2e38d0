//! Which shape objects of a Rust type have in this heap: a small direct-mapped cache in front of a map by `TypeId`.
//!
//! Typed allocation asks for each object. The cache is keyed by the address of a constant per type, so that a hit costs an
//! indexed load and a compare, and tells the whole header of a fresh object. Two copies of a constant for one type only cost a miss; two types never share one, because
//! the `TypeId` is part of it.

use hashbrown::HashMap;
use std::any::TypeId;

const ENTRIES: usize = 64;

/// A type's constant: its address is the key of the cache.
#[derive(Debug)]
pub(crate) struct TypeKey {
    id: TypeId,
}

/// Gives a type its constant.
#[derive(Debug)]
struct KeyOf<T>(T);

impl<T: 'static> KeyOf<T> {
    const KEY: &'static TypeKey = &TypeKey { id: TypeId::of::<T>() };
}

/// The key of `T`.
#[inline(always)]
pub(crate) fn key<T: 'static>() -> &'static TypeKey {
    KeyOf::<T>::KEY
}

/// The shapes of Rust types.
#[derive(Debug)]
pub(crate) struct TypeTable {
    cache: [(usize, u64); ENTRIES],
    /// The header word of a fresh object.
    map: HashMap<TypeId, u64>,
}

impl Default for TypeTable {
    fn default() -> TypeTable {
        TypeTable { cache: [(0, 0); ENTRIES], map: HashMap::new() }
    }
}

impl TypeTable {
    #[inline(always)]
    fn place(key: &'static TypeKey) -> (usize, usize) {
        let address = key as *const TypeKey as usize;
        (address, address / align_of::<TypeKey>() % ENTRIES)
    }

    /// The header word of a fresh object of the type, if it was registered and is at hand.
    #[inline(always)]
    pub(crate) fn at_hand(&self, key: &'static TypeKey) -> Option<u64> {
        let (address, at) = TypeTable::place(key);
        let (cached, word) = self.cache[at];
        (cached == address).then_some(word)
    }

    /// As [`at_hand`](Self::at_hand), wherever it is.
    #[cold]
    #[inline(never)]
    pub(crate) fn find(&mut self, key: &'static TypeKey) -> Option<u64> {
        let word = *self.map.get(&key.id)?;
        let (address, at) = TypeTable::place(key);
        self.cache[at] = (address, word);
        Some(word)
    }

    /// Makes room for one more; whether there is memory.
    pub(crate) fn reserve(&mut self) -> bool {
        self.map.try_reserve(1).is_ok()
    }

    /// Registers a type by the header word of its fresh objects, after [`reserve`](Self::reserve).
    pub(crate) fn insert(&mut self, key: &'static TypeKey, word: u64) {
        self.map.insert(key.id, word);
    }
}
