//! The collection of `arena`: there is none.

use crate::manager::Memory;

pub(super) fn collect(memory: &mut Memory) {
    memory.allocated_since = 0;
}
