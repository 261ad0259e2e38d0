//! The baseline: a line for each symbol, signature, struct, field and constant, committed, so that a change of the ABI is seen in review.
//!
//! What is added is fine: the minor version goes up. What is removed or changed breaks programs: the major version goes up.

use crate::layout;
use crate::model::*;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The baseline of a header.
pub fn text(header: &Header) -> String {
    let mut out = String::from(
        "# The ABI of include/taipan.h: symbols, signatures, sizes in bytes on 64-bit systems, numbers.\n\
         # Made by `cargo run -p taipan-abi -- --write`.\n",
    );
    // Writing to a string does not fail.
    for item in header.items() {
        let _ = match item {
            Item::Constant(c) => writeln!(out, "constant {} {}", c.name, c.value),
            Item::Alias(Alias { name, target: Some(target), .. }) => writeln!(out, "type {name} {target}"),
            Item::Alias(Alias { name, target: None, .. }) => writeln!(out, "opaque {name}"),
            Item::Callback(s) => writeln!(out, "callback {} {} ({})", s.name, s.result, s.types()),
            Item::Function(f) => {
                let s = &f.signature;
                writeln!(out, "function {} {} ({})", s.name, s.result, s.types())
            }
            Item::Inline(s) => writeln!(out, "inline {} {} ({})", s.name, s.result, s.types()),
            Item::Struct(made) => {
                of_struct(header, made, &mut out);
                Ok(())
            }
        };
    }
    out
}

fn of_struct(header: &Header, made: &Struct, out: &mut String) {
    let (Some(whole), Some(offsets)) = (layout::struct_extent(header, made), layout::offsets(header, made))
    else {
        return;
    };
    let _ = writeln!(out, "struct {} size {} align {}", made.name, whole.size, whole.align);
    for (field, offset) in made.fields.iter().zip(offsets) {
        let size = layout::extent(header, &field.kind).map_or(0, |extent| extent.size);
        let _ = writeln!(out, "field {}.{} at {offset} size {size} {}", made.name, field.name, field.kind);
    }
}

/// What differs between two baselines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Lines that are new.
    pub added: Vec<String>,
    /// What breaks programs: lines that are gone, or say something else.
    pub broken: Vec<String>,
}

impl Difference {
    /// Why a baseline must not be replaced by this one: programs break, and the major version does not say so. Version 0 may break.
    pub fn refusal(&self, after: &str) -> Option<String> {
        let lines = by_name(after);
        let major = lines.get("constant TPN_ABI_MAJOR").and_then(|line| line.rsplit(' ').next());
        let raised = self.broken.iter().any(|line| line.contains("constant TPN_ABI_MAJOR"));
        let stable = !self.broken.is_empty() && major != Some("0") && !raised;
        stable.then(|| "programs would break: raise TPN_ABI_MAJOR, or take the change back".to_owned())
    }

    /// What to do besides, where something was added and the version is the same.
    pub fn advice(&self) -> Option<&'static str> {
        let raised = self.added.iter().any(|line| line.contains("constant TPN_ABI"));
        (!self.added.is_empty() && !raised)
            .then_some("raise TPN_ABI_MINOR, unless this version has been raised since the last release")
    }
}

/// Lines by kind and name.
fn by_name(text: &str) -> BTreeMap<String, &str> {
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.map(|line| (line.split(' ').take(2).collect::<Vec<_>>().join(" "), line)).collect()
}

/// Compares the committed baseline with that of the header as it is.
pub fn compare(before: &str, after: &str) -> Difference {
    let (old, new) = (by_name(before), by_name(after));
    let mut difference = Difference::default();
    for (name, line) in &new {
        match old.get(name) {
            None => difference.added.push((*line).to_owned()),
            Some(before) if before == line => {}
            // These say themselves that something was added.
            Some(_) if ["constant TPN_ABI_MINOR", "constant TPN_ABI"].contains(&name.as_str()) => {
                difference.added.push((*line).to_owned());
            }
            Some(before) if grows(before, line, &new) => {
                difference.added.push(format!("{line} (was {before})"))
            }
            Some(before) => difference.broken.push(format!("changed: {before}\n     now: {line}")),
        }
    }
    let gone = old.iter().filter(|(name, _)| !new.contains_key(*name));
    difference.broken.extend(gone.map(|(_, line)| format!("removed: {line}")));
    difference
}

/// A struct that tells its size may grow at its end; that its old fields are where they were, their own lines say.
fn grows(before: &str, after: &str, new: &BTreeMap<String, &str>) -> bool {
    let size = |line: &str| line.split(' ').nth(3).and_then(|n| n.parse::<u64>().ok());
    let Some(name) = after.strip_prefix("struct ").and_then(|rest| rest.split(' ').next()) else {
        return false;
    };
    let sized = new.get(&format!("field {name}.size")).is_some_and(|line| line.contains(" at 0 "));
    let same_align = before.rsplit(' ').next() == after.rsplit(' ').next();
    sized && same_align && size(before) < size(after)
}
