//! Records what a program calls of `libtaipan`, and replays it without the program.
//!
//! The recorder is a shared library that exports what `include/taipan.h` declares. Preloaded, or loaded in place of `libtaipan.so.0`, it writes down each
//! call and hands it on; libtaipan knows nothing of it. `taipan-replay` makes the same calls from the file. Both go by tables that are made from the header
//! ([ADR 34](../../../docs/adr/0034-record-and-replay.md)).
//!
//! Leaves out: hosts into which `libtaipan.a` is linked, whose calls nobody can step between; what hosts do besides calling.

#[rustfmt::skip]
mod calls;
#[rustfmt::skip]
mod exports;
pub mod format;
pub mod kinds;
mod known;
pub mod listing;
mod log;
mod recorder;
pub mod recording;
pub mod replay;
#[rustfmt::skip]
pub mod tables;
