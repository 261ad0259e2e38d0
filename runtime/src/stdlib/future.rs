//! `__future__`: the names exist; the compiler does what they mean.

use super::{put, ModuleDef};
use crate::object::layout::Dict;
use crate::object::none;
use crate::object::raise::Raised;
use taipan_gc::{Cx, Handle};

/// The module.
pub const MODULE: ModuleDef = ModuleDef { name: "__future__", functions: &[], types: &[], fill };

const FEATURES: &[&str] = &[
    "nested_scopes",
    "generators",
    "division",
    "absolute_import",
    "with_statement",
    "print_function",
    "unicode_literals",
    "barry_as_FLUFL",
    "generator_stop",
    "annotations",
];

fn fill<'s>(cx: &mut Cx<'s>, attributes: Handle<'s, Dict>) -> Result<(), Raised> {
    for feature in FEATURES {
        let value = none(cx);
        put(cx, attributes, feature, value)?;
    }
    Ok(())
}
