//! `_functools`: `reduce`, `partial` and the wrapper that `lru_cache` makes. The rest of `functools` is written in Python.

mod lru;
mod partial;

use super::{ModuleDef, TypeDef};
use crate::builtins::common::{fail, Res};
use crate::object::native::{Args, NativeDef};
use crate::object::{call, class, classes, iter, names, none};
use taipan_gc::Cx;

/// The module.
pub const MODULE: ModuleDef = ModuleDef {
    name: "_functools",
    functions: &[NativeDef::new("reduce", reduce, "function, iterable, initial=, /")],
    types: &[
        TypeDef { has_dict: true, ..TypeDef::new(classes::PARTIAL, "functools", partial::METHODS) },
        TypeDef { has_dict: true, ..TypeDef::new(classes::LRU_CACHE, "functools", lru::METHODS) },
    ],
    fill: |_, _| Ok(()),
};

fn reduce<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (function, given) = (args.at(cx, 0), args.at(cx, 1));
    let class = class::of(cx, given.get(cx));
    let iterable = crate::object::subscript::builtin_len(cx, given.get(cx)).is_some()
        || [names::ITER, names::GETITEM].iter().any(|&name| class::lookup(cx, class, name).is_some());
    if !iterable {
        fail!(cx, TYPE_ERROR, "reduce() arg 2 must support iteration");
    }
    let items = iter::iter(cx, given)?;
    let total = none(cx);
    match args.get(cx, 2) {
        Some(initial) => total.set(cx, initial.get(cx)),
        None => match iter::next(cx, items)? {
            Some(first) => total.set(cx, first.get(cx)),
            None => fail!(cx, TYPE_ERROR, "reduce() of empty iterable with no initial value"),
        },
    }
    loop {
        let more = cx.scoped(|cx| {
            let Some(item) = iter::next(cx, items)? else { return Ok(false) };
            let next = call::call(cx, function, &[total, item])?;
            total.set(cx, next.get(cx));
            Ok::<_, crate::object::raise::Raised>(true)
        })?;
        if !more {
            return Ok(total);
        }
    }
}
