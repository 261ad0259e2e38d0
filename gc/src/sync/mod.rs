//! The seam: the only place that names std's or loom's synchronisation.
//!
//! Built with `--cfg loom` the same names are loom's, so that loom explores the shipped protocol structs.

pub mod fault;
pub(crate) mod ids;
pub(crate) mod word;

#[cfg(not(loom))]
pub(crate) use std::sync::{
    atomic::{AtomicU32, Ordering},
    Arc, Mutex,
};

#[cfg(loom)]
pub(crate) use loom::sync::{
    atomic::{AtomicU32, Ordering},
    Arc, Mutex,
};
