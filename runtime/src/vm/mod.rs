//! The virtual machine: frames, the dispatch loop in two disciplines, calls, unwinding, generators.
//!
//! Python-to-Python calls push a [`frame::Frame`] and stay in the same loop; natives that call back start a nested run. Registers live on the heap's
//! value stack, which never moves, so the loop keeps a plain pointer to them; objects may move at any `&mut` point, so nothing else is kept.

mod bind;
mod cache;
mod calls;
mod captured;
pub mod code;
mod construct;
pub(crate) mod drivers;
pub mod frame;
mod generator;
mod hooks;
mod natives;
mod operators;
mod run;
mod shared;
mod slow;
mod step;
mod unwind;

pub use frame::Machine;
pub use hooks::HOOKS;
