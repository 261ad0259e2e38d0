//! Protocols between threads: small structs that the heap embeds and that loom explores as they ship.

pub mod handover;
pub mod mailbox;
pub mod signals;
