//! `bisect`: places in sorted sequences.

use super::{put, ModuleDef};
use crate::builtins::common::{fail, Res};
use crate::builtins::convert;
use crate::object::layout::Dict;
use crate::object::native::{Args, NativeDef};
use crate::object::raise::Raised;
use crate::object::{call, compare, dict, int, list, names, none, shapes, subscript};
use taipan_gc::{Cx, Handle};

/// The module.
pub const MODULE: ModuleDef = ModuleDef { name: "bisect", functions: FUNCTIONS, types: &[], fill };

const FUNCTIONS: &[NativeDef] = &[
    NativeDef::new("bisect_left", |cx, a| place(cx, a, true), "a, x, lo=0, hi=None, *, key=None"),
    NativeDef::new("bisect_right", |cx, a| place(cx, a, false), "a, x, lo=0, hi=None, *, key=None"),
    NativeDef::new("insort_left", |cx, a| insort(cx, a, true), "a, x, lo=0, hi=None, *, key=None"),
    NativeDef::new("insort_right", |cx, a| insort(cx, a, false), "a, x, lo=0, hi=None, *, key=None"),
];

fn fill<'s>(cx: &mut Cx<'s>, attributes: Handle<'s, Dict>) -> Result<(), Raised> {
    for (alias, name) in [("bisect", "bisect_right"), ("insort", "insort_right")] {
        let id = names::intern(cx, name)?;
        let found = dict::get_name(cx, attributes.get(cx), names::local(cx, id)).map(|f| cx.root(f));
        if let Some(function) = found {
            put(cx, attributes, alias, function)?;
        }
    }
    Ok(())
}

/// Where `x` belongs: before those equal to it, or behind.
fn find<'s>(cx: &mut Cx<'s>, args: &Args<'s>, x: Handle<'s>, left: bool) -> Result<i64, Raised> {
    let sequence = args.at(cx, 0);
    let low = match args.get(cx, 2) {
        Some(low) => convert::index_i64(cx, low)?,
        None => 0,
    };
    if low < 0 {
        fail!(cx, VALUE_ERROR, "lo must be non-negative");
    }
    let high = match args.some(cx, 3) {
        Some(high) => convert::index_i64(cx, high)?,
        None => subscript::len(cx, sequence)? as i64,
    };
    let key = args.some(cx, 4);
    let (mut low, mut high) = (low, high);
    while low < high {
        let middle = low + (high - low) / 2;
        let goes_right = cx.scoped(|cx| {
            let middle = int::from_i64(cx, middle)?;
            let mut item = subscript::get(cx, sequence, middle)?;
            if let Some(key) = key {
                item = call::call(cx, key, &[item])?;
            }
            match left {
                true => compare::less(cx, item, x),
                false => compare::less(cx, x, item).map(|less| !less),
            }
        })?;
        match goes_right {
            true => low = middle + 1,
            false => high = middle,
        }
    }
    Ok(low)
}

fn place<'s>(cx: &mut Cx<'s>, args: &Args<'s>, left: bool) -> Res<'s> {
    let at = find(cx, args, args.at(cx, 1), left)?;
    int::from_i64(cx, at)
}

fn insort<'s>(cx: &mut Cx<'s>, args: &Args<'s>, left: bool) -> Res<'s> {
    let (sequence, item) = (args.at(cx, 0), args.at(cx, 1));
    let x = match args.some(cx, 4) {
        Some(key) => call::call(cx, key, &[item])?,
        None => item,
    };
    let at = find(cx, args, x, left)?;
    if sequence.get(cx).shape() == Some(shapes::LIST) {
        if let Some(list) = list::of_handle(cx, sequence) {
            let at = (at as usize).min(list::len(list.get(cx)));
            list::splice(cx, list, at, at, &[item])?;
            return Ok(none(cx));
        }
    }
    let insert = names::intern(cx, "insert")?;
    let at = int::from_i64(cx, at)?;
    call::call_method(cx, sequence, insert, &[at, item])?;
    Ok(none(cx))
}
