//! Spaces: where cells come from. Blocks of equal cells for small objects, one allocation each for large ones.
//!
//! Spaces know sizes and addresses but no policy: when to sweep or free is the manager's business.

mod block;
mod chunk;
mod class;
mod large;
mod map;
mod pages;
mod youth;

pub use block::{BlockRef, BlockSpace};
pub use chunk::{BLOCK_BYTES, CHUNK_BYTES};
pub use class::{class_bytes, is_pinned_class, size_class, ALL_CLASSES, CLASSES, MAX_SMALL, PINNED};
pub use large::LargeSpace;

pub(crate) use chunk::{class_of, is_sparse, is_young, ChunkMap};
pub(crate) use map::BlockMap;
pub(crate) use pages::advise as advise_huge;
pub(crate) use youth::{is_old, is_pinned, make_old};
pub(crate) mod marks {
    //! Mark bits of small objects, by address.
    pub(crate) use super::chunk::{is_marked, mark, mark_address};
}
