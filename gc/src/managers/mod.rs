//! Our managers, by name. To add one: copy a sibling's folder, add its line here.

pub mod arena;
pub mod cycle;
pub mod gen;
pub mod mark;
pub mod refcount;

#[allow(unused_imports)]
use crate::manager::Manager;
use crate::manager::{Facts, ManagerFactory};

/// The registry: one line per manager.
const REGISTRY: &[ManagerFactory] = &[
    || Box::new(arena::Arena::default()),
    || Box::new(refcount::RefCount::default()),
    || Box::new(cycle::Cycle::default()),
    || Box::new(mark::Mark::default()),
    || Box::new(gen::Gen::default()),
];

/// The factories of all our managers, in the order of the registry.
pub fn factories() -> &'static [ManagerFactory] {
    REGISTRY
}

/// Facts of all our managers.
pub fn all() -> Vec<Facts> {
    REGISTRY.iter().map(|make| make().facts()).collect()
}

/// The factory of the manager with this name.
pub fn find(name: &str) -> Option<ManagerFactory> {
    REGISTRY.iter().copied().find(|make| make().facts().name == name)
}

/// The manager that heaps get when nobody chooses one.
pub const DEFAULT: &str = "refcount";
