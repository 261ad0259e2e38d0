//! What the header promises of itself, beyond what its types and marks say: checked, so that it stays true.

use crate::layout;
use crate::model::*;
use crate::{refuse, Refused};

/// Checks a header.
pub(crate) fn check(header: &Header) -> Result<(), Refused> {
    if header.conventions.is_empty() {
        return refuse(1, "the header opens with a comment and its CONVENTIONS");
    }
    for section in &header.sections {
        for item in &section.items {
            names(item)?;
            match item {
                Item::Function(function) => self::function(header, function)?,
                Item::Struct(made) => no_holes(header, made)?,
                Item::Inline(signature) => inline(section, signature)?,
                Item::Callback(callback) if callback.doc.is_empty() => {
                    return refuse(callback.line, format!("{} has no comment", callback.name));
                }
                Item::Alias(alias) if alias.doc.is_empty() => {
                    return refuse(alias.line, format!("{} has no comment", alias.name));
                }
                _ => {}
            }
        }
    }
    Ok(())
}

fn names(item: &Item) -> Result<(), Refused> {
    let prefix = if matches!(item, Item::Constant(_)) { "TPN_" } else { "tpn_" };
    match item.name().starts_with(prefix) {
        true => Ok(()),
        false => refuse(item.line(), format!("{} must begin with {prefix}", item.name())),
    }
}

fn function(header: &Header, function: &Function) -> Result<(), Refused> {
    let Function { signature, marks, check } = function;
    let (line, name) = (signature.line, &signature.name);
    if signature.doc.is_empty() {
        return refuse(line, format!("the comment of {name} has marks only: say what it does"));
    }
    for named in marks.null.iter().chain(&marks.absent) {
        let Some(param) = signature.params.iter().find(|p| p.name == *named) else {
            return refuse(line, format!("{name} has no parameter {named}, of which a mark speaks"));
        };
        let fits = match marks.absent.contains(named) {
            true => param.kind.is("tpn_val"),
            false => is_pointer(header, &param.kind),
        };
        if !fits {
            return refuse(line, format!("the mark of {named} does not fit its type {}", param.kind));
        }
    }
    let seat = signature.params.first().map(|p| &p.kind);
    let seated = seat.is_some_and(|k| {
        ["tpn_ctx", "tpn_heap", "tpn_fin", "tpn_tracer"].iter().any(|name| k.points_to(name))
    });
    if !marks.any && !seated {
        return refuse(line, format!("{name} takes no context first: mark it [any], or add one"));
    }
    if marks.any && (marks.quiet || marks.runs || marks.collects) {
        return refuse(
            line,
            format!("{name} is marked [any], so it is quiet and does nothing to a heap: no other mark"),
        );
    }
    if marks.runs && marks.collects {
        return refuse(line, format!("{name} is marked [runs], which includes [collects]"));
    }
    if marks.quiet && !says_status(&signature.result) {
        return refuse(
            line,
            format!("{name} is marked [quiet], so its result must tell why it fails: a number"),
        );
    }
    let makes =
        signature.params.iter().any(|p| p.kind.is_out() && matches!(p.kind, Type::Named { pointers: 2, .. }));
    if signature.result.is("tpn_status") && makes && !check {
        return refuse(line, format!("{name} gives a status and makes something: write TPN_CHECK behind it"));
    }
    if *check && !signature.result.is("tpn_status") {
        return refuse(line, format!("{name} has TPN_CHECK, which is for statuses"));
    }
    Ok(())
}

/// Whether a result can be a status.
fn says_status(result: &Type) -> bool {
    ["tpn_status", "int32_t", "int64_t"].iter().any(|name| result.is(name))
}

fn is_pointer(header: &Header, kind: &Type) -> bool {
    match kind {
        Type::Named { base, pointers, .. } => *pointers > 0 || header.is_callback(base),
        Type::Function(_) => true,
    }
}

/// Bytes that belong to no field are nobody's, and could never be given to one.
fn no_holes(header: &Header, made: &Struct) -> Result<(), Refused> {
    let (Some(offsets), Some(whole)) = (layout::offsets(header, made), layout::struct_extent(header, made))
    else {
        return refuse(made.line, format!("a field of {} has a type without a size", made.name));
    };
    if made.doc.is_empty() {
        return refuse(made.line, format!("{} has no comment: say what it is", made.name));
    }
    let mut end = 0;
    for (field, offset) in made.fields.iter().zip(offsets) {
        if offset != end {
            return refuse(
                field.line,
                format!("there is a hole before {}: reorder, or add a reserved field", field.name),
            );
        }
        end = offset + layout::extent(header, &field.kind).map_or(0, |extent| extent.size);
    }
    match end == whole.size {
        true => Ok(()),
        false => refuse(made.line, format!("{} has a hole at its end: add a reserved field", made.name)),
    }
}

fn inline(section: &Section, signature: &Signature) -> Result<(), Refused> {
    match section.title.starts_with("immediates") {
        true => Ok(()),
        false => refuse(
            signature.line,
            format!(
                "{} is inline, which only immediates are: a program keeps what it was compiled with",
                signature.name
            ),
        ),
    }
}
