//! The methods of `str` over [`Text`](super::Text), without their argument conversion.
//!
//! Functions that take parts out of a string return [`Span`]s, so that the caller copies each part
//! once, into the heap (`text.piece(start, end)` narrows it). Positions are counted in code points.
//! Leaves out `format`, `%` and `encode`, which have rooms of their own.

pub mod case;
pub mod classify;
pub mod edit;
pub mod layout;
pub mod repr;
pub mod search;
pub mod split;

/// Start and end of a part of a string, in code points.
pub type Span = (usize, usize);
