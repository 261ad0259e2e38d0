//! The collection of `refcount`: a backup trace, when asked for.

use super::RefCount;
use crate::counting;
use crate::manager::Memory;

pub(super) fn collect(manager: &mut RefCount, memory: &mut Memory) {
    counting::collect(memory, &mut manager.sweeper);
}
