//! The C ABI: `libtaipan.so` and `libtaipan.a` behind `include/taipan.h`, which is its reference.
//!
//! Every entry point takes plain words, checks them, enters the heap for its own duration only (so that one thread may use several
//! heaps in turn), and never unwinds: a panic becomes `TPN_E_PANIC`, and the heap refuses everything but being freed. C never sees an
//! address of the heap: locals are places on the value stack with the serial number of their scope, references are entries of a table with a
//! generation, and payloads of host objects stay where they are, so all of it works under managers that move objects.
//!
//! Leaves out: calls from threads other than the one that made the heap, isolates, the event loop.

pub mod abi;
#[rustfmt::skip]
mod agreed;
mod bigints;
mod buffers;
mod bulk;
mod calls;
mod code;
mod collections;
mod config;
mod context;
mod direct;
mod errors;
mod fail;
mod gc;
mod heap;
mod hook;
mod host;
mod hosttypes;
mod insight;
mod leaks;
mod native;
mod objects;
mod operators;
mod origins;
mod params;
mod pool;
mod quick;
mod refs;
mod run;
mod scalars;
mod scopes;
mod sized;
mod table;
mod text;
mod threads;
mod values;
mod watch;

pub use bigints::*;
pub use buffers::*;
pub use bulk::*;
pub use calls::*;
pub use code::*;
pub use collections::*;
pub use config::*;
pub use context::Context;
pub use errors::*;
pub use gc::*;
pub use heap::*;
pub use host::Tracer;
pub use hosttypes::*;
pub use insight::*;
pub use leaks::*;
pub use native::*;
pub use objects::*;
pub use operators::*;
pub use refs::*;
pub use run::*;
pub use scalars::*;
pub use scopes::*;
pub use text::*;
pub use threads::*;
pub use watch::*;
