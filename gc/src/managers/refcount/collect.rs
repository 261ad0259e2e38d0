//! The collection of `refcount`: a backup trace, when asked for.

use super::RefCount;
use crate::counting;
use crate::manager::{CollectKind, Memory};

pub(super) fn collect(manager: &mut RefCount, memory: &mut Memory, kind: CollectKind) {
    counting::collect(memory, &mut manager.sweeper, &mut manager.empties, kind);
}
