//! `atexit`: functions that are called when the interpreter ends, the last registered first, before anything of the program is taken apart.

use super::{with_extension, ModuleDef};
use crate::builtins::common::{fail, Res};
use crate::object::native::{Args, NativeDef};
use crate::object::raise::Raised;
use crate::object::{call, compare, dict, finalizers, int, none, tuple};
use taipan_gc::{Cx, Handle, Owned};

/// The module.
pub const MODULE: ModuleDef = ModuleDef {
    name: "atexit",
    functions: &[
        NativeDef::new("register", register, "func, /, *args, **kwargs"),
        NativeDef::new("unregister", unregister, "func, /"),
        NativeDef::new("_run_exitfuncs", run_all, ""),
        NativeDef::new("_clear", clear, ""),
        NativeDef::new("_ncallbacks", count, ""),
    ],
    types: &[],
    fill: |_, _| Ok(()),
};

/// What is to be called: tuples of function, arguments and keywords.
#[derive(Debug, Default)]
struct State(Vec<Owned>);

fn register<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let function = args.at(cx, 0);
    if !call::is_callable(cx, function.get(cx)) {
        fail!(cx, TYPE_ERROR, "the first argument must be callable");
    }
    let rest = args.rest_all(cx);
    let arguments = tuple::new(cx, &rest)?.any();
    let keywords = match args.keywords() {
        Some(keywords) => dict::copy(cx, keywords)?,
        None => dict::new(cx)?,
    };
    let entry = tuple::new(cx, &[function, arguments, keywords.any()])?;
    let entry = cx.own(entry.get(cx).any())?;
    with_extension(cx, |_, state: &mut State| state.0.push(entry));
    Ok(function)
}

fn entry<'s>(cx: &Cx<'s>, owned: Owned) -> Option<[Handle<'s>; 3]> {
    let entry = cx.owned(owned).map(|local| cx.root(local))?;
    let parts = tuple::handles(cx, tuple::of_handle(cx, entry)?).ok()?;
    parts.try_into().ok()
}

fn unregister<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let function = args.at(cx, 0);
    let mut at = 0;
    while let Some(owned) = with_extension(cx, |_, state: &mut State| state.0.get(at).copied()) {
        let same = cx.scoped(|cx| match entry(cx, owned) {
            Some(parts) => compare::equal(cx, parts[0], function),
            None => Ok(true),
        })?;
        if same {
            with_extension(cx, |_, state: &mut State| state.0.retain(|o| o.ticket() != owned.ticket()));
            cx.disown(owned);
        } else {
            at += 1;
        }
    }
    Ok(none(cx))
}

/// Calls everything that is registered, each once; what they raise is reported.
pub(crate) fn run(cx: &mut Cx<'_>) {
    while let Some(owned) = with_extension(cx, |_, state: &mut State| state.0.pop()) {
        cx.scoped(|cx| {
            let parts = entry(cx, owned);
            cx.disown(owned);
            let Some([function, arguments, keywords]) = parts else { return };
            finalizers::aside(cx, function, |cx| call_entry(cx, function, arguments, keywords));
        });
    }
}

fn call_entry<'s>(
    cx: &mut Cx<'s>,
    function: Handle<'s>,
    arguments: Handle<'s>,
    keywords: Handle<'s>,
) -> Result<(), Raised> {
    let mut all = tuple::of_handle(cx, arguments).map_or(Ok(Vec::new()), |a| tuple::handles(cx, a))?;
    let mut named = Vec::new();
    if let Some(keywords) = dict::of_handle(cx, keywords) {
        let mut at = 0;
        while let Some((key, value)) = dict::next_entry(cx, keywords.get(cx), &mut at) {
            let (key, value) = (cx.root(key), cx.root(value));
            named.push(key);
            all.push(value);
        }
    }
    let named = if named.is_empty() { None } else { Some(tuple::new(cx, &named)?) };
    call::call_named(cx, function, &all, named).map(drop)
}

fn run_all<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    run(cx);
    Ok(none(cx))
}

fn clear<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    for owned in with_extension(cx, |_, state: &mut State| std::mem::take(&mut state.0)) {
        cx.disown(owned);
    }
    Ok(none(cx))
}

fn count<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    let count = with_extension(cx, |_, state: &mut State| state.0.len());
    int::from_usize(cx, count)
}
