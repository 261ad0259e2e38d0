//! Memory that is set aside: for objects that whoever fills the heap puts off making until somebody asks for them, in a place where nothing may fail.
//!
//! What is set aside counts against the limits at once, so a heap is never fuller than it says, and as many blocks are kept back, so that the system is not
//! asked for memory when the time comes. Leaves out tables outside the heap, for which embedders make room themselves.

use crate::heap::Core;
use crate::manager::Memory;
use crate::space::{BLOCK_BYTES, CLASSES};
use crate::{Cx, HeapFull};

/// What is set aside.
#[derive(Debug, Default)]
pub(crate) struct Aside {
    /// Bytes that are left of it.
    pub(crate) bytes: usize,
    /// Whether allocation takes from it now.
    pub(crate) taking: bool,
}

impl Cx<'_> {
    /// Sets so many bytes aside for what is going to be allocated within [`from_aside`](Self::from_aside). Never collects.
    pub fn set_aside(&self, bytes: usize) -> Result<(), HeapFull> {
        let Core { manager, memory, .. } = self.core_mut();
        let full = HeapFull { requested: bytes };
        if memory.fails_now() || !memory.fits_strictly(bytes) || !manager.set_aside(memory, bytes) {
            return Err(full);
        }
        memory.aside.bytes += bytes;
        memory.keep_blocks();
        match memory.blocks.has_kept() {
            true => Ok(()),
            false => Err(full),
        }
    }

    /// Allocates from what is set aside: within `body` no limit stops an allocation, and none is made to fail. Afterwards so many bytes fewer are set aside,
    /// which is for the caller to say, because cells are at hand in blocks already. Never collects.
    pub fn from_aside<R>(&self, bytes: usize, body: impl FnOnce(&Self) -> R) -> R {
        let outer = std::mem::replace(&mut self.core_mut().memory.aside.taking, true);
        let _guard = Taking { cx: self, outer, bytes };
        body(self)
    }
}

struct Taking<'a, 's> {
    cx: &'a Cx<'s>,
    outer: bool,
    bytes: usize,
}

impl Drop for Taking<'_, '_> {
    fn drop(&mut self) {
        let memory = &mut self.cx.core_mut().memory;
        memory.aside.taking = self.outer;
        memory.aside.bytes = memory.aside.bytes.saturating_sub(self.bytes);
        memory.keep_blocks();
    }
}

impl Memory {
    /// Keeps as many blocks back as what is set aside may take: a block more for each class of cells, because each of them begins one of its own.
    fn keep_blocks(&mut self) {
        let blocks = match self.aside.bytes {
            // Who has taken none so far has memory from elsewhere, and keeps it back by itself (`arena`).
            _ if self.blocks.bytes() == 0 => 0,
            0 => 0,
            bytes => bytes.div_ceil(BLOCK_BYTES) + CLASSES / 2,
        };
        self.blocks.keep(blocks, self.aside.taking);
    }
}
