//! `operator`: the operators as functions, and `itemgetter`, `attrgetter`, `methodcaller`, which are in [`getters`].

mod getters;

use super::{ModuleDef, TypeDef};
use crate::builtins::common::{fail, Res};
use crate::builtins::convert;
use crate::object::compare::CompareOp;
use crate::object::layout::Dict;
use crate::object::native::{Args, NativeDef};
use crate::object::number::{self, BinaryOp};
use crate::object::raise::Raised;
use crate::object::{bool, class, classes, compare, int, iter, names, none, subscript};
use taipan_gc::{Cx, Handle};

/// The module.
pub const MODULE: ModuleDef = ModuleDef {
    name: "operator",
    functions: FUNCTIONS,
    types: &[
        TypeDef::new(classes::ITEMGETTER, "operator", getters::ITEMGETTER),
        TypeDef::new(classes::ATTRGETTER, "operator", getters::ATTRGETTER),
        TypeDef::new(classes::METHODCALLER, "operator", getters::METHODCALLER),
    ],
    fill,
};

macro_rules! binary {
    ($name:literal $op:ident) => {
        NativeDef::new($name, |cx, a| apply(cx, a, BinaryOp::$op), "a, b, /")
    };
}

macro_rules! inplace {
    ($name:literal $op:ident) => {
        NativeDef::new($name, |cx, a| apply_inplace(cx, a, BinaryOp::$op), "a, b, /")
    };
}

macro_rules! comparison {
    ($name:literal $op:ident) => {
        NativeDef::new($name, |cx, a| compared(cx, a, CompareOp::$op), "a, b, /")
    };
}

const FUNCTIONS: &[NativeDef] = &[
    binary!("add" Add),
    binary!("sub" Sub),
    binary!("mul" Mul),
    binary!("truediv" TrueDiv),
    binary!("floordiv" FloorDiv),
    binary!("mod" Mod),
    binary!("pow" Pow),
    binary!("and_" And),
    binary!("or_" Or),
    binary!("xor" Xor),
    binary!("lshift" Shl),
    binary!("rshift" Shr),
    binary!("matmul" MatMul),
    inplace!("iadd" Add),
    inplace!("isub" Sub),
    inplace!("imul" Mul),
    inplace!("itruediv" TrueDiv),
    inplace!("ifloordiv" FloorDiv),
    inplace!("imod" Mod),
    inplace!("ipow" Pow),
    inplace!("iand" And),
    inplace!("ior" Or),
    inplace!("ixor" Xor),
    inplace!("ilshift" Shl),
    inplace!("irshift" Shr),
    inplace!("imatmul" MatMul),
    comparison!("lt" Lt),
    comparison!("le" Le),
    comparison!("eq" Eq),
    comparison!("ne" Ne),
    comparison!("gt" Gt),
    comparison!("ge" Ge),
    NativeDef::new("abs", |cx, a| number::absolute(cx, a.at(cx, 0)), "a, /"),
    NativeDef::new("neg", |cx, a| number::negate(cx, a.at(cx, 0)), "a, /"),
    NativeDef::new("pos", |cx, a| number::positive(cx, a.at(cx, 0)), "a, /"),
    NativeDef::new("inv", |cx, a| number::invert(cx, a.at(cx, 0)), "a, /"),
    NativeDef::new("invert", |cx, a| number::invert(cx, a.at(cx, 0)), "a, /"),
    NativeDef::new("index", |cx, a| convert::index(cx, a.at(cx, 0)), "a, /"),
    NativeDef::new("truth", |cx, a| truth(cx, a, true), "a, /"),
    NativeDef::new("not_", |cx, a| truth(cx, a, false), "a, /"),
    NativeDef::new("is_", |cx, a| same(cx, a, true), "a, b, /"),
    NativeDef::new("is_not", |cx, a| same(cx, a, false), "a, b, /"),
    NativeDef::new("concat", |cx, a| concat(cx, a, false), "a, b, /"),
    NativeDef::new("iconcat", |cx, a| concat(cx, a, true), "a, b, /"),
    NativeDef::new("contains", contains, "a, b, /"),
    NativeDef::new("countOf", count_of, "a, b, /"),
    NativeDef::new("indexOf", index_of, "a, b, /"),
    NativeDef::new("getitem", |cx, a| subscript::get(cx, a.at(cx, 0), a.at(cx, 1)), "a, b, /"),
    NativeDef::new("setitem", setitem, "a, b, c, /"),
    NativeDef::new("delitem", delitem, "a, b, /"),
    NativeDef::new("length_hint", length_hint, "obj, default=0, /"),
    NativeDef::new("call", call, "obj, /, *args, **kwargs"),
];

/// Functions that are also there under the names of the special methods.
const SPECIAL: &[&str] = &[
    "lt",
    "le",
    "eq",
    "ne",
    "ge",
    "gt",
    "not_",
    "abs",
    "add",
    "and_",
    "floordiv",
    "index",
    "inv",
    "invert",
    "lshift",
    "mod",
    "mul",
    "matmul",
    "neg",
    "or_",
    "pos",
    "pow",
    "rshift",
    "sub",
    "truediv",
    "xor",
    "concat",
    "contains",
    "delitem",
    "getitem",
    "setitem",
    "iadd",
    "iand",
    "iconcat",
    "ifloordiv",
    "ilshift",
    "imod",
    "imul",
    "imatmul",
    "ior",
    "ipow",
    "irshift",
    "isub",
    "itruediv",
    "ixor",
    "call",
];

fn fill<'s>(cx: &mut Cx<'s>, attributes: Handle<'s, Dict>) -> Result<(), Raised> {
    for name in SPECIAL {
        cx.scoped(|cx| {
            let id = names::intern(cx, name)?;
            let found = crate::object::dict::get_name(cx, attributes.get(cx), names::local(cx, id));
            let Some(function) = found.map(|f| cx.root(f)) else { return Ok(()) };
            super::put(cx, attributes, &format!("__{}__", name.trim_end_matches('_')), function)
        })?;
    }
    Ok(())
}

fn apply<'s>(cx: &mut Cx<'s>, args: &Args<'s>, op: BinaryOp) -> Res<'s> {
    number::binary(cx, op, args.at(cx, 0), args.at(cx, 1))
}

fn apply_inplace<'s>(cx: &mut Cx<'s>, args: &Args<'s>, op: BinaryOp) -> Res<'s> {
    number::inplace(cx, op, args.at(cx, 0), args.at(cx, 1))
}

fn compared<'s>(cx: &mut Cx<'s>, args: &Args<'s>, op: CompareOp) -> Res<'s> {
    compare::rich(cx, op, args.at(cx, 0), args.at(cx, 1))
}

fn truth<'s>(cx: &mut Cx<'s>, args: &Args<'s>, wanted: bool) -> Res<'s> {
    let truth = compare::truth(cx, args.at(cx, 0))?;
    Ok(bool(cx, truth == wanted))
}

fn same<'s>(cx: &mut Cx<'s>, args: &Args<'s>, wanted: bool) -> Res<'s> {
    let same = args.at(cx, 0).get(cx).is(args.at(cx, 1).get(cx));
    Ok(bool(cx, same == wanted))
}

fn concat<'s>(cx: &mut Cx<'s>, args: &Args<'s>, in_place: bool) -> Res<'s> {
    let a = args.at(cx, 0);
    let class = class::of(cx, a.get(cx));
    if class::lookup(cx, class, names::GETITEM).is_none() {
        let given = class::type_name(cx, a.get(cx));
        fail!(cx, TYPE_ERROR, "'{given}' object can't be concatenated");
    }
    match in_place {
        true => number::inplace(cx, BinaryOp::Add, a, args.at(cx, 1)),
        false => number::binary(cx, BinaryOp::Add, a, args.at(cx, 1)),
    }
}

fn contains<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let found = subscript::contains(cx, args.at(cx, 0), args.at(cx, 1))?;
    Ok(bool(cx, found))
}

fn count_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let wanted = args.at(cx, 1);
    let mut count = 0;
    iter::for_each(cx, args.at(cx, 0), |cx, item| {
        count += i64::from(compare::equal(cx, item, wanted)?);
        Ok(())
    })?;
    int::from_i64(cx, count)
}

fn index_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let wanted = args.at(cx, 1);
    let items = iter::iter(cx, args.at(cx, 0))?;
    for at in 0.. {
        let found = cx.scoped(|cx| match iter::next(cx, items)? {
            Some(item) => compare::equal(cx, item, wanted).map(Some),
            None => Ok(None),
        })?;
        match found {
            Some(true) => return int::from_usize(cx, at),
            Some(false) => cx.poll(),
            None => break,
        }
    }
    fail!(cx, VALUE_ERROR, "sequence.index(x): x not in sequence");
}

fn setitem<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    subscript::set(cx, args.at(cx, 0), args.at(cx, 1), args.at(cx, 2))?;
    Ok(none(cx))
}

fn delitem<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    subscript::delete(cx, args.at(cx, 0), args.at(cx, 1))?;
    Ok(none(cx))
}

fn length_hint<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let default = match args.get(cx, 1) {
        Some(default) if int::is(cx, default.get(cx)) => convert::index_i64(cx, default)?,
        Some(default) => {
            let given = class::type_name(cx, default.get(cx));
            fail!(cx, TYPE_ERROR, "'{given}' object cannot be interpreted as an integer");
        }
        None => 0,
    };
    let hint = iter::length_hint(cx, args.at(cx, 0), usize::MAX)?;
    match hint {
        usize::MAX => int::from_i64(cx, default),
        hint => int::from_usize(cx, hint),
    }
}

fn call<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (all, names) = crate::builtins::common::forward(cx, args, &[])?;
    crate::object::call::call_named(cx, args.at(cx, 0), &all, names)
}
