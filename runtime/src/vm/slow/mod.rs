//! Slow paths of the loop, by theme; and the quick helpers that its fast paths share.

mod arith;
mod build;
mod exceptions;
mod imports;
mod items;
mod matching;
mod names;
mod slices;

pub(super) use arith::*;
pub(super) use build::*;
pub(super) use exceptions::*;
pub(super) use imports::*;
pub(super) use items::*;
pub(super) use matching::*;
pub(super) use names::*;
pub(super) use slices::*;
