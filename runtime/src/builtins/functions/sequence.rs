//! Functions over iterables: `len`, `iter`, `next`, `sorted`, `min`, `max`, `sum`, `any`, `all`.

use crate::builtins::common::{fail, Res};
use crate::builtins::{convert, iterators, quick, sort};
use crate::bytecode::Driver;
use crate::object::compare::{self, CompareOp};
use crate::object::native::{Args, NativeDef};
use crate::object::number::{self, BinaryOp};
use crate::object::raise::{self, Raised};
use crate::object::{bool, bytes, call, class, int, iter, limits, shapes, str, subscript};
use taipan_gc::{Cx, Handle, Local, Value};

/// `len`, `iter`, `next`, `sorted`, `min`, `max`, `sum`, `any`, `all`
pub(in crate::builtins) const FUNCTIONS: &[NativeDef] = &[
    NativeDef::new("len", len, "obj, /").quickly(quick::len),
    NativeDef::new("iter", iter_function, "object, sentinel=None, /"),
    NativeDef::new("next", next, "iterator, default=None, /"),
    NativeDef::new("sorted", sorted, "iterable, /, *, key=None, reverse=False").driven(Driver::Gathered),
    NativeDef::new(
        "min",
        |cx, args| extreme(cx, args, CompareOp::Lt, "min"),
        "*args, key=None, default=None",
    )
    .driven(Driver::Min)
    .quickly(quick::min),
    NativeDef::new(
        "max",
        |cx, args| extreme(cx, args, CompareOp::Gt, "max"),
        "*args, key=None, default=None",
    )
    .driven(Driver::Max)
    .quickly(quick::max),
    NativeDef::new("sum", sum, "iterable, /, start=0").driven(Driver::Sum),
    NativeDef::new("any", |cx, args| quantifier(cx, args, true), "iterable, /").driven(Driver::Any),
    NativeDef::new("all", |cx, args| quantifier(cx, args, false), "iterable, /").driven(Driver::All),
];

fn len<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let len = subscript::len(cx, args.at(cx, 0))?;
    int::from_usize(cx, len)
}

fn iter_function<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let object = args.at(cx, 0);
    let Some(sentinel) = args.get(cx, 1) else { return iter::iter(cx, object) };
    if !call::is_callable(cx, object.get(cx)) {
        fail!(cx, TYPE_ERROR, "iter(v, w): v must be callable");
    }
    iterators::callable_iter(cx, object, sentinel)
}

fn next<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let iterator = args.at(cx, 0);
    if !iter::is_iterator(cx, iterator.get(cx)) {
        fail!(cx, TYPE_ERROR, "'{}' object is not an iterator", class::type_name(cx, iterator.get(cx)));
    }
    let default = args.get(cx, 1);
    match iterator.get(cx).shape() {
        // What a `__next__` in Python raises goes on as it is.
        Some(shape) if shape.0 >= taipan_gc::STATIC_SHAPES && default.is_none() => {
            match call::call_special(cx, iterator, crate::object::names::NEXT, &[])? {
                Some(item) => Ok(item),
                None => Err(raise::stop_iteration(cx, None)),
            }
        }
        shape => match (iter::next(cx, iterator)?, default) {
            (Some(item), _) => Ok(item),
            (None, Some(default)) => Ok(default),
            (None, None) if shape == Some(shapes::GENERATOR) => {
                let generator = crate::object::casts::generator(cx, iterator);
                let result = generator.and_then(|g| crate::object::generator::take_result(cx, g));
                Err(raise::stop_iteration(cx, result))
            }
            (None, None) => Err(raise::stop_iteration(cx, None)),
        },
    }
}

fn sorted<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let items = iter::to_list(cx, args.at(cx, 0))?;
    let reverse = match args.get(cx, 2) {
        Some(reverse) => convert::index_i32(cx, reverse)? != 0,
        None => false,
    };
    sort::sort(cx, items, args.some(cx, 1), reverse)?;
    Ok(items.any())
}

/// The best item so far and its key, in slots of an outer scope.
struct Best<'s> {
    item: Handle<'s>,
    key: Handle<'s>,
    found: bool,
    op: CompareOp,
}

impl Best<'_> {
    /// Takes the item if its key beats the best one's.
    fn offer(&mut self, cx: &mut Cx<'_>, item: Handle<'_>, key: Option<Handle<'_>>) -> Result<(), Raised> {
        cx.scoped(|cx| {
            let value = match key {
                Some(key) => call::call(cx, key, &[item])?,
                None => cx.root(item.get(cx)),
            };
            let better = match quick_order(value.get(cx).value(), self.key.get(cx).value(), self.op) {
                _ if !self.found => true,
                Some(better) => better,
                None => {
                    let result = compare::rich(cx, self.op, value, self.key)?;
                    compare::truth(cx, result)?
                }
            };
            if better {
                self.item.set(cx, item.get(cx));
                self.key.set(cx, value.get(cx));
                self.found = true;
            }
            Ok(())
        })
    }
}

/// Comparison of immediates of one kind.
fn quick_order(a: Value, b: Value, op: CompareOp) -> Option<bool> {
    if let (Some(a), Some(b)) = (a.as_int(), b.as_int()) {
        return Some(op.holds(Some(a.cmp(&b))));
    }
    let (a, b) = (a.as_float()?, b.as_float()?);
    Some(op.holds(a.partial_cmp(&b)))
}

fn extreme<'s>(cx: &mut Cx<'s>, args: &Args<'s>, op: CompareOp, name: &str) -> Res<'s> {
    let (key, default) = (args.some(cx, 0), args.get(cx, 1));
    let mut best = Best { item: cx.root(Local::NONE), key: cx.root(Local::NONE), found: false, op };
    match args.rest_len() {
        0 => fail!(cx, TYPE_ERROR, "{name} expected at least 1 argument, got 0"),
        1 => {
            let mut each = |cx: &mut Cx<'_>, item: Handle<'_>| best.offer(cx, item, key);
            iter::for_each(cx, args.rest(cx, 0), |cx, item| each(cx, item))?;
        }
        _ => {
            if default.is_some() {
                let message =
                    format!("Cannot specify a default for {name}() with multiple positional arguments");
                return Err(raise::type_error(cx, message));
            }
            for item in args.rest_all(cx) {
                best.offer(cx, item, key)?;
            }
        }
    }
    match (best.found, default) {
        (true, _) => Ok(best.item),
        (false, Some(default)) => Ok(default),
        (false, None) => fail!(cx, VALUE_ERROR, "{name}() arg is an empty sequence"),
    }
}

fn sum<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let start = args.get(cx, 1);
    if let Some(start) = start {
        let local = start.get(cx);
        if str::of(cx, local).is_some() {
            fail!(cx, TYPE_ERROR, "sum() can't sum strings [use ''.join(seq) instead]");
        }
        if bytes::of(cx, local).is_some() {
            fail!(cx, TYPE_ERROR, "sum() can't sum bytes [use b''.join(seq) instead]");
        }
    }
    let total = match start {
        Some(start) => cx.root(start.get(cx)),
        None => int::from_i64(cx, 0)?,
    };
    iter::for_each(cx, args.at(cx, 0), |cx, item| {
        let (a, b) = (total.get(cx).value(), item.get(cx).value());
        let quick = if a.is_int() && b.is_int() {
            a.add_ints(b)
        } else {
            a.as_float().zip(b.as_float()).map(|(a, b)| Value::float(a + b))
        };
        if let Some(local) = quick.and_then(Local::immediate) {
            total.set(cx, local);
            return Ok(());
        }
        let next = number::binary(cx, BinaryOp::Add, total, item)?;
        total.set(cx, next.get(cx));
        Ok(())
    })?;
    Ok(total)
}

/// `any` (looks for a true item) and `all` (looks for a false one).
fn quantifier<'s>(cx: &mut Cx<'s>, args: &Args<'s>, wanted: bool) -> Res<'s> {
    let items = iter::iter(cx, args.at(cx, 0))?;
    loop {
        let truth = cx.scoped(|cx| match iter::next(cx, items)? {
            Some(item) => compare::truth(cx, item).map(Some),
            None => Ok(None),
        })?;
        match truth {
            None => return Ok(bool(cx, !wanted)),
            Some(truth) if truth == wanted => return Ok(bool(cx, wanted)),
            Some(_) => limits::tick(cx)?,
        }
    }
}
