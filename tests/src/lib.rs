//! What must hold under every memory manager: the contract suite, and `copying`, a manager of this crate that moves every object at
//! every collection. It proves that managers plug in from outside and that nobody holds on to an address.

pub mod churn;
pub mod contract;
pub mod copying;
pub mod differential;
pub mod faults;
pub mod fuzzing;
pub mod generate;
pub mod oracle;
pub mod programs;

use taipan_gc::manager::ManagerFactory;

/// Every manager there is: those of the registry, and ours. Suites run over this list, so a new manager is picked up by itself.
pub fn managers() -> Vec<ManagerFactory> {
    let mut all = taipan_gc::managers::factories().to_vec();
    all.push(|| Box::new(copying::Copying::default()));
    all
}
