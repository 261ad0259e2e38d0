//! What the benchmarks share: making a heap by its manager's name, the object types, and the peers' random numbers.

pub mod kernels;
pub mod objects;
pub mod workload;

use taipan_gc::{Heap, HeapConfig};

/// A heap under the manager of this name, with a large stack for natives; a message for people if there is none.
pub fn heap(manager: &str) -> Result<Heap, String> {
    heap_with(manager, &HeapConfig::default())
}

/// As [`heap`], as configured.
pub fn heap_with(manager: &str, config: &HeapConfig) -> Result<Heap, String> {
    let factories = taipan_tests::managers();
    let Some(factory) = factories.iter().find(|make| make().facts().name == manager) else {
        let names: Vec<&str> = factories.iter().map(|make| make().facts().name).collect();
        return Err(format!("unknown memory manager '{manager}' (there are: {})", names.join(", ")));
    };
    Heap::with_manager(factory(), config).map_err(|error| error.to_string())
}

/// The peers' generator of random numbers.
#[derive(Debug)]
pub struct Random(pub u32);

impl Random {
    /// The next 32 bits.
    #[inline(always)]
    pub fn bits(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        self.0
    }

    /// The next number below `n`.
    #[inline(always)]
    pub fn below(&mut self, n: u32) -> u32 {
        ((self.bits() as u64 * n as u64) >> 32) as u32
    }
}
