//! Taipan: an embeddable runtime for a Python dialect whose memory manager is chosen per heap.
//!
//! Data flows one way through the rooms: `syntax` → `compile` → `bytecode` → `vm` → `object` → the heap (`taipan-gc`).

pub mod bytecode;
pub mod object;
pub mod text;
