//! The methods of `str`: argument conversion around the algorithms of the text room.

pub(super) mod case;
pub(super) mod codec;
pub(super) mod edit;
pub(super) mod operators;
pub(super) mod search;
pub(super) mod split;
