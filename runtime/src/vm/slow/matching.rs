//! Structural pattern matching (PEP 634).

use crate::object::classes::{self, ClassId};
use crate::object::layout::Tuple;
use crate::object::raise::{type_error, Raised};
use crate::object::{attr, class, compare, names, none, str, subscript, tuple};
use crate::vm::step::{step, step_plain};
use taipan_gc::{Cx, Handle, Value};

/// Whether a value is a sequence (0) or a mapping (1) for patterns.
pub(in crate::vm) fn match_kind(cx: &mut Cx<'_>, value: Value, kind: usize) -> Result<bool, Raised> {
    step_plain(cx, [value], |cx, [value]| {
        let local = value.get(cx);
        let any = |ids: &[ClassId]| ids.iter().any(|&id| class::is_instance(cx, local, id));
        Ok(if kind == 0 {
            any(&[classes::LIST, classes::TUPLE, classes::RANGE])
        } else {
            any(&[classes::DICT, classes::MAPPING_PROXY])
        })
    })
}

/// The values of the keys, or None.
pub(in crate::vm) fn match_keys(cx: &mut Cx<'_>, mapping: Value, keys: Value) -> Result<Value, Raised> {
    step(cx, [mapping, keys], |cx, [mapping, keys]| {
        let Some(keys) = tuple::of_handle(cx, keys) else { return Ok(none(cx)) };
        let keys = tuple::handles(cx, keys)?;
        let mut found = Vec::new();
        for (n, &key) in keys.iter().enumerate() {
            for &earlier in &keys[..n] {
                if compare::equal(cx, earlier, key)? {
                    let shown = crate::builtins::repr::repr(cx, key)?;
                    let shown = str::lossy(shown.get(cx));
                    let message = format!("mapping pattern checks duplicate key ({shown})");
                    return Err(crate::object::raise::value_error(cx, message));
                }
            }
            if !subscript::contains(cx, mapping, key)? {
                return Ok(none(cx));
            }
            found.push(subscript::get(cx, mapping, key)?);
        }
        Ok(tuple::new(cx, &found)?.any())
    })
}

/// Builtins whose one positional pattern is the subject itself.
const SELF_MATCHING: &[ClassId] = &[
    classes::BOOL,
    classes::BYTES,
    classes::DICT,
    classes::FLOAT,
    classes::FROZENSET,
    classes::INT,
    classes::LIST,
    classes::SET,
    classes::STR,
    classes::TUPLE,
];

/// The attributes that a class pattern asks for, or None.
pub(in crate::vm) fn match_class(
    cx: &mut Cx<'_>,
    subject: Value,
    pattern: Value,
    shape: Value,
) -> Result<Value, Raised> {
    step(cx, [subject, pattern, shape], |cx, [subject, pattern, shape]| {
        let Some(class) = class::of_handle(cx, pattern) else {
            return Err(type_error(cx, "called match pattern must be a type"));
        };
        if !crate::builtins::is_instance(cx, subject, class.any())? {
            return Ok(none(cx));
        }
        // SAFETY: the verifier has seen that the constant is a tuple.
        let shape: Handle<'_, Tuple> = unsafe { shape.cast() };
        let shape = tuple::handles(cx, shape)?;
        let positional = shape[0].get(cx).value().as_int().unwrap_or(0) as usize;
        let mut found = Vec::new();
        let mut wanted: Vec<String> = Vec::new();
        if positional > 0 {
            let args = attr::get_opt(cx, class.any(), names::MATCH_ARGS)?;
            match args {
                None if SELF_MATCHING
                    .iter()
                    .any(|&id| class::is_subclass(cx, class.get(cx), classes::local(cx, id))) =>
                {
                    check_count(cx, class.any(), positional, 1)?;
                    found.push(subject);
                }
                None => check_count(cx, class.any(), positional, 0)?,
                Some(args) => wanted.extend(match_args(cx, class.any(), args, positional)?),
            }
        }
        for name in &shape[1..] {
            let name = str::of(cx, name.get(cx)).map(str::lossy).unwrap_or_default();
            if wanted.contains(&name) {
                let class = class::name(cx, class.get(cx));
                return Err(type_error(
                    cx,
                    format!("{class}() got multiple sub-patterns for attribute '{name}'"),
                ));
            }
            wanted.push(name);
        }
        for name in wanted {
            let id = names::intern(cx, &name)?;
            match attr::get_opt(cx, subject, id)? {
                Some(value) => found.push(value),
                None => return Ok(none(cx)),
            }
        }
        Ok(tuple::new(cx, &found)?.any())
    })
}

fn check_count(cx: &mut Cx<'_>, class: Handle<'_>, given: usize, allowed: usize) -> Result<(), Raised> {
    if given <= allowed {
        return Ok(());
    }
    let name = class::as_class(cx, class.get(cx)).map(|c| class::name(cx, c)).unwrap_or_default();
    let plural = if allowed == 1 { "" } else { "s" };
    Err(type_error(cx, format!("{name}() accepts {allowed} positional sub-pattern{plural} ({given} given)")))
}

fn match_args<'s>(
    cx: &mut Cx<'s>,
    class: Handle<'s>,
    args: Handle<'s>,
    positional: usize,
) -> Result<Vec<String>, Raised> {
    let Some(args) = tuple::of_handle(cx, args) else {
        let name = class::as_class(cx, class.get(cx)).map(|c| class::name(cx, c)).unwrap_or_default();
        let given = class::type_name(cx, args.get(cx));
        return Err(type_error(cx, format!("{name}.__match_args__ must be a tuple (got {given})")));
    };
    let args = tuple::handles(cx, args)?;
    check_count(cx, class, positional, args.len())?;
    let mut wanted = Vec::new();
    for arg in &args[..positional] {
        match str::of(cx, arg.get(cx)).map(str::lossy) {
            Some(name) => wanted.push(name),
            None => {
                let given = class::type_name(cx, arg.get(cx));
                return Err(type_error(cx, format!("__match_args__ elements must be strings (got {given})")));
            }
        }
    }
    Ok(wanted)
}
