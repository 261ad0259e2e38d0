//! Which shape objects of a Rust type have in this heap: a small direct-mapped cache in front of a map by `TypeId`.
//!
//! Typed allocation asks for each object. The cache is keyed by the address of a constant per type, so that a hit costs an
//! indexed load and a compare. Two copies of a constant for one type only cost a miss; two types never share one, because
//! the `TypeId` is part of it.

use crate::header::ShapeId;
use hashbrown::HashMap;
use std::any::TypeId;

const ENTRIES: usize = 64;

/// A type's constant: its address is the key of the cache.
#[derive(Debug)]
#[repr(align(32))]
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
    cache: [(usize, ShapeId); ENTRIES],
    map: HashMap<TypeId, ShapeId>,
}

impl Default for TypeTable {
    fn default() -> TypeTable {
        TypeTable { cache: [(0, ShapeId::FREE); ENTRIES], map: HashMap::new() }
    }
}

impl TypeTable {
    #[inline(always)]
    fn place(key: &'static TypeKey) -> (usize, usize) {
        let address = key as *const TypeKey as usize;
        (address, address / align_of::<TypeKey>() % ENTRIES)
    }

    /// The type's shape; [`ShapeId::FREE`] if it was not registered.
    #[inline(always)]
    pub(crate) fn get(&mut self, key: &'static TypeKey) -> ShapeId {
        let (address, at) = TypeTable::place(key);
        let (cached, shape) = self.cache[at];
        if cached == address {
            shape
        } else {
            self.get_slow(key)
        }
    }

    #[cold]
    #[inline(never)]
    fn get_slow(&mut self, key: &'static TypeKey) -> ShapeId {
        let Some(&shape) = self.map.get(&key.id) else {
            return ShapeId::FREE;
        };
        let (address, at) = TypeTable::place(key);
        self.cache[at] = (address, shape);
        shape
    }

    /// Makes room for one more; whether there is memory.
    pub(crate) fn reserve(&mut self) -> bool {
        self.map.try_reserve(1).is_ok()
    }

    /// Registers a type's shape, after [`reserve`](Self::reserve).
    pub(crate) fn insert(&mut self, key: &'static TypeKey, shape: ShapeId) {
        self.map.insert(key.id, shape);
    }
}
