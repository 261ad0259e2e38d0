//! Quick halves: the common calls of common builtins, answered from raw arguments.
//!
//! They run no other code, don't collect and can't fail; `None` leaves a call to the full half, which does everything and words the errors. So they
//! need no handles and no scope.

use crate::object::dict::{self, Quick};
use crate::object::layout::{Class, ListInit, RangeInit};
use crate::object::{class, classes, compare, iter, list, names, set, shapes, str, tuple};
use std::cell::Cell;
use std::cmp::Ordering;
use taipan_gc::{Cx, Local, Value};

fn immediate<'a>(value: Value) -> Option<Local<'a>> {
    Local::immediate(value)
}

fn truth<'a>(value: bool) -> Option<Local<'a>> {
    immediate(Value::bool(value))
}

fn size<'a>(len: usize) -> Option<Local<'a>> {
    immediate(Value::int(len as i64)?)
}

/// `len(x)`
pub(super) fn len<'a>(cx: &'a Cx<'_>, args: &[Local<'a>]) -> Option<Local<'a>> {
    let &[x] = args else { return None };
    match x.shape()? {
        shapes::LIST => size(list::len(list::of(cx, x)?)),
        shapes::TUPLE => size(tuple::len(tuple::of(cx, x)?)),
        shapes::DICT => size(dict::len(dict::of(cx, x)?)),
        shapes::SET | shapes::FROZENSET => size(set::len(set::of(cx, x)?)),
        shapes::STR_ASCII | shapes::STR_WIDE => size(str::of(cx, x)?.len.get() as usize),
        shape if shape.0 < taipan_gc::STATIC_SHAPES => None,
        _ => {
            // A subclass of list that leaves `__len__` alone.
            let own = list::of(cx, x)?;
            let found = class::lookup(cx, class::of(cx, x), names::LEN)?;
            class::owner_is(cx, found, classes::LIST).then(|| size(list::len(own)))?
        }
    }
}

/// `isinstance(x, c)`
pub(super) fn is_instance<'a>(cx: &'a Cx<'_>, args: &[Local<'a>]) -> Option<Local<'a>> {
    let &[x, wanted] = args else { return None };
    let own = class::of(cx, x);
    if own.is(wanted) {
        return truth(true);
    }
    let wanted = class::as_class(cx, wanted)?;
    if !class::of(cx, wanted.any()).is(classes::local(cx, classes::TYPE)) {
        return None;
    }
    if class::is_subclass(cx, own, wanted) {
        return truth(true);
    }
    // Instances of other classes may claim to be of another one.
    x.shape().is_none_or(|shape| shape.0 < taipan_gc::STATIC_SHAPES).then(|| truth(false))?
}

/// `abs(x)`
pub(super) fn abs<'a>(_: &'a Cx<'_>, args: &[Local<'a>]) -> Option<Local<'a>> {
    let &[x] = args else { return None };
    let x = x.value();
    match x.as_int() {
        Some(i) => immediate(Value::int(i.abs())?),
        None => immediate(Value::float(x.as_float()?.abs())),
    }
}

/// `divmod(a, b)` of ints.
pub(super) fn divmod<'a>(cx: &'a Cx<'_>, args: &[Local<'a>]) -> Option<Local<'a>> {
    let &[a, b] = args else { return None };
    let (a, b) = (a.value().as_int()?, b.value().as_int()?);
    let (quotient, rest) = (a.checked_div_euclid(b)?, a.checked_rem_euclid(b)?);
    // Python rounds towards minus infinity, and the rest has the sign of `b`.
    let (quotient, rest) = if b < 0 && rest != 0 { (quotient - 1, rest + b) } else { (quotient, rest) };
    let pair = [Value::int(quotient)?, Value::int(rest)?];
    Some(tuple::alloc_values::<crate::object::layout::Tuple>(cx, shapes::TUPLE, 2, |n| pair[n]).ok()?.any())
}

/// The order of two ints or two floats; `None` for others.
fn order(a: Value, b: Value) -> Option<Option<Ordering>> {
    match (a.as_int(), b.as_int()) {
        (Some(a), Some(b)) => Some(Some(a.cmp(&b))),
        // Ints of this size are exact as floats.
        (Some(a), None) => Some((a as f64).partial_cmp(&b.as_float()?)),
        (None, Some(b)) => Some(a.as_float()?.partial_cmp(&(b as f64))),
        (None, None) => Some(a.as_float()?.partial_cmp(&b.as_float()?)),
    }
}

fn extreme<'a>(args: &[Local<'a>], better: Ordering) -> Option<Local<'a>> {
    let (&first, others) = args.split_first()?;
    if others.is_empty() {
        return None;
    }
    let mut best = first;
    for &other in others {
        if order(other.value(), best.value())? == Some(better) {
            best = other;
        }
    }
    Some(best)
}

/// `min(a, b, …)`
pub(super) fn min<'a>(_: &'a Cx<'_>, args: &[Local<'a>]) -> Option<Local<'a>> {
    extreme(args, Ordering::Less)
}

/// `max(a, b, …)`
pub(super) fn max<'a>(_: &'a Cx<'_>, args: &[Local<'a>]) -> Option<Local<'a>> {
    extreme(args, Ordering::Greater)
}

/// `list.append(self, x)`
pub(super) fn append<'a>(cx: &'a Cx<'_>, args: &[Local<'a>]) -> Option<Local<'a>> {
    let &[own, x] = args else { return None };
    let own = list::of(cx, own)?;
    list::make_room(cx, own)?;
    list::push_within(cx, own, x.value());
    Some(Local::NONE)
}

/// `list.pop(self[, index])`
pub(super) fn pop<'a>(cx: &'a Cx<'_>, args: &[Local<'a>]) -> Option<Local<'a>> {
    let (own, at) = match *args {
        [own] => (own, -1),
        [own, at] => (own, at.value().as_int()?),
        _ => return None,
    };
    let own = list::of(cx, own)?;
    let len = list::len(own) as i64;
    let at = if at < 0 { at + len } else { at };
    (0..len).contains(&at).then(|| list::take(cx, own, at as usize))?
}

/// `dict.get(self, key[, default])`
pub(super) fn get<'a>(cx: &'a Cx<'_>, args: &[Local<'a>]) -> Option<Local<'a>> {
    let (own, key, default) = match *args {
        [own, key] => (own, key, Local::NONE),
        [own, key, default] => (own, key, default),
        _ => return None,
    };
    let own = dict::of(cx, own)?;
    match dict::quick(cx, own, key)? {
        Quick::Found(entry) => dict::entry_value(cx, own, entry),
        Quick::Missing(_) => Some(default),
    }
}

/// `hash(x)` of small ints.
pub(super) fn hash<'a>(_: &'a Cx<'_>, args: &[Local<'a>]) -> Option<Local<'a>> {
    let &[x] = args else { return None };
    let i = x.value().as_int()?;
    immediate(Value::int(if i == -1 { -2 } else { i })?)
}

/// `ord(c)` of one ASCII character.
pub(super) fn ord<'a>(cx: &'a Cx<'_>, args: &[Local<'a>]) -> Option<Local<'a>> {
    let &[c] = args else { return None };
    let text = str::text(str::of(cx, c)?);
    (text.len() == 1).then(|| immediate(Value::int(i64::from(text.get(0)?))?))?
}

/// `set.add(self, x)`
pub(super) fn add<'a>(cx: &'a Cx<'_>, args: &[Local<'a>]) -> Option<Local<'a>> {
    let &[own, x] = args else { return None };
    (own.shape()? == shapes::SET).then_some(())?;
    set::quick_add(cx, set::of(cx, own)?, x).then_some(Local::NONE)
}

/// `class(…)` of a builtin class.
pub(crate) fn construct<'a>(
    cx: &'a Cx<'_>,
    class: Local<'a, Class>,
    args: &[Local<'a>],
) -> Option<Local<'a>> {
    let is = |id| class.is(classes::local(cx, id));
    match *args {
        [x] if is(classes::TYPE) => Some(class::of(cx, x).any()),
        [x] if is(classes::INT) => integer(x.value()),
        [x] if is(classes::FLOAT) => match x.value().as_int() {
            Some(i) => immediate(Value::float(i as f64)),
            None => x.value().is_float().then_some(x),
        },
        [x] if is(classes::STR) => text(cx, x),
        [x] if is(classes::BOOL) => match x.value() {
            value if value.is_bool() => Some(x),
            value => truth(value.as_int()? != 0),
        },
        [x] if is(classes::TUPLE) => match x.shape()? {
            shapes::TUPLE => Some(x),
            shapes::LIST => {
                let items = list::values(cx, list::of(cx, x)?);
                let made = (!items.is_empty())
                    .then(|| tuple::alloc_values(cx, shapes::TUPLE, items.len(), |n| items[n]).ok())??;
                let made: Local<'a, crate::object::layout::Tuple> = made;
                Some(made.any())
            }
            _ => None,
        },
        [] if is(classes::LIST) => Some(cx.alloc(ListInit { items: None, len: Cell::new(0) }).ok()?.any()),
        [x] if is(classes::LIST) => {
            let items = match x.shape()? {
                shapes::TUPLE => tuple::values(tuple::of(cx, x)?),
                shapes::LIST => list::values(cx, list::of(cx, x)?),
                _ => return None,
            };
            list::alloc_joined(cx, items, &[])
        }
        [x] if is(classes::REVERSED) => iter::quick_reversed(cx, x),
        _ if is(classes::RANGE) => range(cx, args),
        _ => None,
    }
}

fn integer<'a>(x: Value) -> Option<Local<'a>> {
    if x.is_int() {
        return immediate(x);
    }
    let x = x.as_float()?;
    // Beyond, ints are no immediates.
    (x.abs() < (1u64 << 46) as f64).then(|| immediate(Value::int(x as i64)?))?
}

fn text<'a>(cx: &'a Cx<'_>, x: Local<'a>) -> Option<Local<'a>> {
    if str::is_exact(x.value(), x.shape()) {
        return Some(x);
    }
    let i = x.value().as_int()?;
    let mut buffer = [0; 20];
    let text = crate::text::int::small_to_decimal(i, &mut buffer);
    Some(str::alloc(cx, text).ok()?.any())
}

fn range<'a>(cx: &'a Cx<'_>, args: &[Local<'a>]) -> Option<Local<'a>> {
    let int = |x: Local<'a>| x.value().is_int().then_some(x);
    let (zero, one) = (immediate(Value::int(0)?)?, immediate(Value::int(1)?)?);
    let (start, stop, step) = match *args {
        [stop] => (zero, stop, one),
        [start, stop] => (start, stop, one),
        [start, stop, step] => (start, stop, step),
        _ => return None,
    };
    let (start, stop, step) = (int(start)?, int(stop)?, int(step)?);
    (step.value().as_int()? != 0).then_some(())?;
    Some(cx.alloc(RangeInit { start: Some(start), stop: Some(stop), step: Some(step) }).ok()?.any())
}

/// Whether `item` is in a builtin container, when that can be told by comparing without running code.
pub(crate) fn contains(cx: &Cx<'_>, container: Local<'_>, item: Local<'_>) -> Option<bool> {
    let items = match container.shape()? {
        shapes::LIST => list::values(cx, list::of(cx, container)?),
        shapes::TUPLE => tuple::values(tuple::of(cx, container)?),
        shapes::DICT => {
            return Some(matches!(dict::quick(cx, dict::of(cx, container)?, item)?, Quick::Found(_)))
        }
        shapes::SET | shapes::FROZENSET => {
            return Some(matches!(dict::quick(cx, set::of(cx, container)?, item)?, Quick::Found(_)));
        }
        _ => return None,
    };
    compare::any_equal_quick(cx, items, item)
}
