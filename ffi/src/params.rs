//! Named parameters of the host's functions, and arguments given by name.
//!
//! A native of the runtime has a signature as text; so has a spec. Here it is checked and brought into the runtime's form. Binding, and what
//! is said of wrong arguments, is the runtime's.

use crate::abi::*;
use crate::context::Context;
use crate::fail::{fault, Fault};
use std::collections::HashSet;
use taipan::object::layout::Tuple;
use taipan::object::raise::type_error;
use taipan::object::{names, str, tuple};
use taipan_gc::{Cx, Handle};

/// Most parameters: the runtime counts them in bytes.
const MAX_PARAMS: usize = 100;

/// The runtime's signature of a function with such parameters.
pub(crate) fn signature(params: &str, is_method: bool) -> Result<String, Fault> {
    let mut parts: Vec<&str> = params.split(',').map(str::trim).collect();
    if params.trim().is_empty() {
        parts.clear();
    }
    check(&parts)?;
    if !is_method {
        return Ok(parts.join(", "));
    }
    let first: &[&str] = if parts.contains(&"/") { &["self"] } else { &["self", "/"] };
    Ok([first, &parts].concat().join(", "))
}

fn check(parts: &[&str]) -> Result<(), Fault> {
    let wrong = |why: String| fault(E_ARG, format!("in the parameters of a function: {why}"));
    if parts.len() > MAX_PARAMS {
        return wrong(format!("there are more than {MAX_PARAMS}"));
    }
    let (mut seen, mut optional, mut star, mut slash) = (HashSet::new(), false, false, false);
    for (at, part) in parts.iter().copied().enumerate() {
        let last = at + 1 == parts.len();
        let (name, is_optional) = part.strip_suffix('=').map_or((part, false), |name| (name, true));
        let name = match part {
            "/" if slash || star || at == 0 => return wrong("a '/' in the wrong place".into()),
            "/" => {
                slash = true;
                continue;
            }
            "*" if star || last || parts[at + 1].starts_with('*') => {
                return wrong("names must follow a '*'".into());
            }
            "*" => {
                star = true;
                continue;
            }
            _ if part.starts_with("**") && last => &part[2..],
            _ if part.starts_with("**") => return wrong(format!("{part} is not the last one")),
            _ if part.starts_with('*') && !star => {
                star = true;
                &part[1..]
            }
            _ => {
                if optional && !is_optional && !star {
                    return wrong(format!("{part} can't be left out, but one before it can"));
                }
                optional |= is_optional;
                name
            }
        };
        if !is_name(name) || !seen.insert(name) {
            return wrong(format!("'{part}' is no name, or there twice"));
        }
    }
    Ok(())
}

fn is_name(text: &str) -> bool {
    let begins = |c: char| c.is_alphabetic() || c == '_';
    text.chars().next().is_some_and(begins) && text.chars().all(|c| begins(c) || c.is_numeric())
}

/// The parameters that must be given by name, and their places among all. The runtime's own natives have none, so it does not ask for them.
pub(crate) fn required(signature: &str) -> Vec<(usize, Box<str>)> {
    let parts = signature.split(',').map(str::trim);
    let mut behind_star = false;
    let named = parts.filter_map(|part| {
        behind_star |= part.starts_with('*');
        (!part.starts_with('*') && part != "/" && !part.is_empty()).then_some((part, behind_star))
    });
    let wanted = |(at, (part, by_name)): (usize, (&str, bool))| {
        (by_name && !part.ends_with('=')).then(|| (at, part.into()))
    };
    named.enumerate().filter_map(wanted).collect()
}

impl Context {
    /// Adds the arguments that are given by name to the others; the tuple of their names.
    pub(crate) fn resolve_named<'t>(
        &self,
        cx: &mut Cx<'t>,
        count: i32,
        given: *const KwArg,
        arguments: &mut Vec<Handle<'t>>,
    ) -> Result<Option<Handle<'t, Tuple>>, Fault> {
        let Ok(count) = usize::try_from(count) else { return fault(E_ARG, "a negative count") };
        if count == 0 {
            return Ok(None);
        }
        if given.is_null() {
            return fault(E_ARG, "NULL for an array of arguments");
        }
        self.room(cx, count.saturating_mul(2))?;
        let (mut seen, mut all) = (HashSet::new(), Vec::new());
        for at in 0..count {
            // SAFETY: by the header, they are that many.
            let KwArg { name, value } = unsafe { *given.add(at) };
            let name = self.name(name)?;
            let key = names::handle(cx, name);
            if !seen.insert(name.0) {
                let key = str::lossy(key.get(cx));
                let message = format!("got multiple values for keyword argument '{key}'");
                return Err(type_error(cx, message).into());
            }
            all.push(key.any());
            arguments.push(self.resolve(cx, value)?);
        }
        Ok(Some(tuple::new(cx, &all)?))
    }
}
