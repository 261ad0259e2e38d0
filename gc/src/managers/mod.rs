//! Our managers, by name. To add one: copy a sibling's folder, add its line here.

pub mod arena;
pub mod cycle;
pub mod gen;
pub mod mark;
pub mod refcount;

#[allow(unused_imports)]
use crate::manager::Manager;
use crate::manager::{Facts, ManagerFactory};
use crate::sync::LazyLock;

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

/// What they say of themselves: managers are made for that once, and not for each heap.
static FACTS: LazyLock<[Facts; REGISTRY.len()]> =
    LazyLock::new(|| std::array::from_fn(|at| REGISTRY[at]().facts()));

/// Facts of all our managers.
pub fn all() -> Vec<Facts> {
    FACTS.to_vec()
}

/// The factory of the manager with this name.
pub fn find(name: &str) -> Option<ManagerFactory> {
    let at = FACTS.iter().position(|facts| facts.name == name)?;
    Some(REGISTRY[at])
}

/// The manager that heaps get when nobody chooses one.
pub const DEFAULT: &str = "refcount";
