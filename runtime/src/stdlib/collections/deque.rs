//! `deque`: its methods. The ring that it is kept in is in [`deque_items`](super::deque_items).

use super::deque_items::{
    append, append_left, changes, clear, item, len, maxlen, pop, pop_left, rotate, set,
};
use crate::builtins::common::{fail, not_implemented, string, Res};
use crate::builtins::{convert, repr};
use crate::object::compare::CompareOp;
use crate::object::layout::{NativeIter, Record};
use crate::object::native::{wrong_self, Args, IterDef, NativeDef};
use crate::object::raise::{self, Raised};
use crate::object::{
    attr, bool, call, class, classes, compare, dict, int, iter, list, names, none, record, str, tuple,
};
use taipan_gc::{Cx, Handle};

pub(super) const METHODS: &[NativeDef] = &[
    NativeDef::new_static("__new__", new, "cls, /, *args, **kwargs"),
    NativeDef::new("__init__", init, "self, iterable=(), maxlen=None"),
    NativeDef::new("__repr__", repr_of, "self, /"),
    NativeDef::new("__len__", len_of, "self, /"),
    NativeDef::new("__getitem__", getitem, "self, key, /"),
    NativeDef::new("__setitem__", setitem, "self, key, value, /"),
    NativeDef::new("__delitem__", delitem, "self, key, /"),
    NativeDef::new("__contains__", contains, "self, key, /"),
    NativeDef::new("__iter__", |cx, a| iterate(cx, a, &ITER), "self, /"),
    NativeDef::new("__reversed__", |cx, a| iterate(cx, a, &REVERSED), "self, /"),
    NativeDef::new("__add__", add, "self, value, /"),
    NativeDef::new("__iadd__", iadd, "self, value, /"),
    NativeDef::new("__mul__", mul, "self, value, /"),
    NativeDef::new("__rmul__", mul, "self, value, /"),
    NativeDef::new("__imul__", imul, "self, value, /"),
    NativeDef::new("__eq__", |cx, a| rich(cx, a, CompareOp::Eq), "self, value, /"),
    NativeDef::new("__ne__", |cx, a| rich(cx, a, CompareOp::Ne), "self, value, /"),
    NativeDef::new("__lt__", |cx, a| rich(cx, a, CompareOp::Lt), "self, value, /"),
    NativeDef::new("__le__", |cx, a| rich(cx, a, CompareOp::Le), "self, value, /"),
    NativeDef::new("__gt__", |cx, a| rich(cx, a, CompareOp::Gt), "self, value, /"),
    NativeDef::new("__ge__", |cx, a| rich(cx, a, CompareOp::Ge), "self, value, /"),
    NativeDef::new("__copy__", copy, "self, /"),
    NativeDef::new("__reduce__", reduce, "self, /"),
    NativeDef::new("append", |cx, a| one(cx, a, append), "self, item, /"),
    NativeDef::new("appendleft", |cx, a| one(cx, a, append_left), "self, item, /"),
    NativeDef::new("clear", clear_it, "self, /"),
    NativeDef::new("copy", copy, "self, /"),
    NativeDef::new("count", count, "self, value, /"),
    NativeDef::new("extend", |cx, a| extend(cx, a, append), "self, iterable, /"),
    NativeDef::new("extendleft", |cx, a| extend(cx, a, append_left), "self, iterable, /"),
    NativeDef::new("index", index, "self, value, start=0, stop=, /"),
    NativeDef::new("insert", insert, "self, index, value, /"),
    NativeDef::new("pop", |cx, a| taken(cx, a, pop), "self, /"),
    NativeDef::new("popleft", |cx, a| taken(cx, a, pop_left), "self, /"),
    NativeDef::new("remove", remove, "self, value, /"),
    NativeDef::new("reverse", reverse, "self, /"),
    NativeDef::new("rotate", rotate_it, "self, n=1, /"),
    NativeDef::getter("maxlen", maxlen_getter),
    crate::builtins::CLASS_GETITEM,
];

static ITER: IterDef = IterDef { class: classes::DEQUE_ITER, next: |cx, it| next(cx, it, false) };
static REVERSED: IterDef = IterDef { class: classes::DEQUE_REVERSE_ITER, next: |cx, it| next(cx, it, true) };

type Deque<'s> = Handle<'s, Record>;

fn of<'s>(cx: &Cx<'_>, value: Handle<'s>) -> Option<Deque<'s>> {
    record::of(cx, value, classes::DEQUE)
}

fn own<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Result<Deque<'s>, Raised> {
    match of(cx, args.at(cx, 0)) {
        Some(own) => Ok(own),
        None => Err(wrong_self(cx, args, "collections.deque")),
    }
}

fn get<'s>(cx: &Cx<'s>, own: Deque<'_>, n: usize) -> Option<Handle<'s>> {
    item(cx, own.get(cx), n).map(|v| cx.root(v))
}

fn new<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let class = class::new_target(cx, args, classes::DEQUE)?;
    let made = record::new(cx, class)?;
    made.get(cx).z.set(-1);
    Ok(made.any())
}

fn init<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let most = match args.some(cx, 2) {
        Some(most) if int::is(cx, most.get(cx)) => convert::index_i64(cx, most)?,
        Some(_) => fail!(cx, TYPE_ERROR, "an integer is required"),
        None => -1,
    };
    if args.some(cx, 2).is_some() && most < 0 {
        fail!(cx, VALUE_ERROR, "maxlen must be non-negative");
    }
    own.get(cx).z.set(most);
    clear(cx, own);
    if let Some(items) = args.get(cx, 1) {
        extend_by(cx, own, items, append)?;
    }
    Ok(none(cx))
}

type Put = for<'t, 'h, 'v> fn(&mut Cx<'t>, Handle<'h, Record>, Handle<'v>) -> Result<(), Raised>;

/// Adds the items of an iterable by `put`; those of the deque itself are copied first.
fn extend_by(cx: &mut Cx<'_>, own: Deque<'_>, items: Handle<'_>, put: Put) -> Result<(), Raised> {
    cx.scoped(|cx| {
        let mut items = cx.root(items.get(cx));
        if items.get(cx).is(own.get(cx).any()) {
            items = iter::to_list(cx, items)?.any();
        }
        iter::for_each(cx, items, |cx, item| put(cx, own, item))
    })
}

fn one<'s>(cx: &mut Cx<'s>, args: &Args<'s>, put: Put) -> Res<'s> {
    let own = own(cx, args)?;
    put(cx, own, args.at(cx, 1))?;
    Ok(none(cx))
}

fn extend<'s>(cx: &mut Cx<'s>, args: &Args<'s>, put: Put) -> Res<'s> {
    let own = own(cx, args)?;
    extend_by(cx, own, args.at(cx, 1), put)?;
    Ok(none(cx))
}

fn taken<'s>(
    cx: &mut Cx<'s>,
    args: &Args<'s>,
    take: for<'t, 'h> fn(&Cx<'t>, Handle<'h, Record>) -> Option<Handle<'t>>,
) -> Res<'s> {
    let own = own(cx, args)?;
    match take(cx, own) {
        Some(found) => Ok(found),
        None => fail!(cx, INDEX_ERROR, "pop from an empty deque"),
    }
}

fn clear_it<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    clear(cx, own);
    Ok(none(cx))
}

fn len_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let count = len(own.get(cx));
    int::from_usize(cx, count)
}

fn maxlen_getter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    match maxlen(own.get(cx)) {
        Some(most) => int::from_usize(cx, most),
        None => Ok(none(cx)),
    }
}

/// An index within the deque.
fn position(cx: &mut Cx<'_>, own: Deque<'_>, key: Handle<'_>) -> Result<usize, Raised> {
    let at = match key.get(cx).value().as_int() {
        Some(at) => at,
        None => {
            let key = convert::index(cx, key)?;
            crate::object::number::index_i64(cx, key)?
        }
    };
    let count = len(own.get(cx)) as i64;
    let at = if at < 0 { at + count } else { at };
    if !(0..count).contains(&at) {
        fail!(cx, INDEX_ERROR, "deque index out of range");
    }
    Ok(at as usize)
}

fn getitem<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let at = position(cx, own, args.at(cx, 1))?;
    Ok(get(cx, own, at).unwrap_or_else(|| none(cx)))
}

fn setitem<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let at = position(cx, own, args.at(cx, 1))?;
    set(cx, own.get(cx), at, args.at(cx, 2).get(cx));
    Ok(none(cx))
}

/// Takes the item at an index out, and closes the gap.
fn delete(cx: &mut Cx<'_>, own: Deque<'_>, at: usize) -> Result<(), Raised> {
    rotate(cx, own, -(at as i64))?;
    pop_left(cx, own);
    rotate(cx, own, at as i64)
}

fn delitem<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let at = position(cx, own, args.at(cx, 1))?;
    delete(cx, own, at)?;
    Ok(none(cx))
}

/// The first index from `start` on, before `stop`, at which something equal is.
fn find(
    cx: &mut Cx<'_>,
    own: Deque<'_>,
    value: Handle<'_>,
    start: usize,
    stop: usize,
) -> Result<Option<usize>, Raised> {
    let before = changes(own.get(cx));
    for at in start..stop.min(len(own.get(cx))) {
        let equal = cx.scoped(|cx| match get(cx, own, at) {
            Some(item) => compare::equal(cx, item, value),
            None => Ok(false),
        })?;
        if changes(own.get(cx)) != before {
            fail!(cx, RUNTIME_ERROR, "deque mutated during iteration");
        }
        if equal {
            return Ok(Some(at));
        }
        cx.poll();
    }
    Ok(None)
}

fn contains<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let found = find(cx, own, args.at(cx, 1), 0, usize::MAX)?.is_some();
    Ok(bool(cx, found))
}

fn count<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let (mut count, mut at) = (0, 0);
    while let Some(found) = find(cx, own, args.at(cx, 1), at, usize::MAX)? {
        count += 1;
        at = found + 1;
    }
    int::from_i64(cx, count)
}

fn index<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let (start, stop) = convert::bounds(cx, args, 2, len(own.get(cx)))?;
    if let Some(at) = find(cx, own, args.at(cx, 1), start, stop)? {
        return int::from_usize(cx, at);
    }
    let shown = repr::repr(cx, args.at(cx, 1))?;
    let shown = str::lossy(shown.get(cx));
    fail!(cx, VALUE_ERROR, "{shown} is not in deque");
}

fn remove<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let before = changes(own.get(cx));
    let found = match find(cx, own, args.at(cx, 1), 0, usize::MAX) {
        Err(raised) if changes(own.get(cx)) != before => {
            raise::catch(cx, raised, classes::RUNTIME_ERROR)?;
            fail!(cx, INDEX_ERROR, "deque mutated during remove().");
        }
        found => found?,
    };
    match found {
        Some(at) => delete(cx, own, at)?,
        None => {
            let shown = repr::repr(cx, args.at(cx, 1))?;
            let shown = str::lossy(shown.get(cx));
            fail!(cx, VALUE_ERROR, "{shown} is not in deque");
        }
    }
    Ok(none(cx))
}

fn insert<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let at = convert::index_i64(cx, args.at(cx, 1))?;
    let count = len(own.get(cx)) as i64;
    if maxlen(own.get(cx)) == Some(count as usize) {
        fail!(cx, INDEX_ERROR, "deque already at its maximum size");
    }
    let at = if at < 0 { (at + count).max(0) } else { at.min(count) };
    rotate(cx, own, -at)?;
    append_left(cx, own, args.at(cx, 2))?;
    rotate(cx, own, at)?;
    Ok(none(cx))
}

fn reverse<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let count = len(own.get(cx));
    for at in 0..count / 2 {
        cx.scoped(|cx| {
            if let (Some(low), Some(high)) = (get(cx, own, at), get(cx, own, count - 1 - at)) {
                set(cx, own.get(cx), at, high.get(cx));
                set(cx, own.get(cx), count - 1 - at, low.get(cx));
            }
        });
    }
    Ok(none(cx))
}

fn rotate_it<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let by = match args.get(cx, 1) {
        Some(by) => convert::index_i64(cx, by)?,
        None => 1,
    };
    rotate(cx, own, by)?;
    Ok(none(cx))
}

/// A deque of the same class with the same items and bound.
fn duplicate<'s>(cx: &mut Cx<'s>, own: Deque<'s>) -> Res<'s> {
    let class = class::of_value(cx, own.get(cx).any());
    if class.get(cx).is(classes::local(cx, classes::DEQUE)) {
        let made = record::new(cx, class)?;
        made.get(cx).z.set(own.get(cx).z.get());
        extend_by(cx, made, own.any(), append)?;
        return Ok(made.any());
    }
    match maxlen(own.get(cx)) {
        None => call::call(cx, class.any(), &[own.any()]),
        Some(most) => {
            let most = int::from_usize(cx, most)?;
            call::call(cx, class.any(), &[own.any(), most])
        }
    }
}

fn copy<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    duplicate(cx, own)
}

/// Class, arguments, attributes, items: what copying and pickling go by.
fn reduce<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let class = class::of_value(cx, own.get(cx).any()).any();
    let how = match maxlen(own.get(cx)) {
        None => tuple::new(cx, &[])?,
        Some(most) => {
            let (empty, most) = (tuple::new(cx, &[])?.any(), int::from_usize(cx, most)?);
            tuple::new(cx, &[empty, most])?
        }
    };
    let attributes = attr::get_opt(cx, own.any(), names::DICT)?.and_then(|d| dict::of_handle(cx, d));
    let attributes = match attributes.filter(|d| dict::len(d.get(cx)) > 0) {
        Some(attributes) => attributes.any(),
        None => none(cx),
    };
    let items = iter::iter(cx, own.any())?;
    Ok(tuple::new(cx, &[class, how.any(), attributes, items])?.any())
}

fn repr_of<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    let mut text = String::new();
    let ran = repr::guarded(cx, own.any(), |cx| {
        let items = iter::to_list(cx, own.any())?.any();
        let shown = repr::repr(cx, items)?;
        text = str::lossy(shown.get(cx));
        Ok(())
    })?;
    if !ran {
        return string(cx, "[...]");
    }
    let class = class::of_value(cx, own.get(cx).any());
    let name = class::name(cx, class.get(cx));
    match maxlen(own.get(cx)) {
        Some(most) => string(cx, &format!("{name}({text}, maxlen={most})")),
        None => string(cx, &format!("{name}({text})")),
    }
}

fn add<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    if of(cx, args.at(cx, 1)).is_none() {
        let given = class::type_name(cx, args.at(cx, 1).get(cx));
        fail!(cx, TYPE_ERROR, "can only concatenate deque (not \"{given}\") to deque");
    }
    let made = duplicate(cx, own)?;
    if let Some(made) = of(cx, made) {
        extend_by(cx, made, args.at(cx, 1), append)?;
    }
    Ok(made)
}

fn iadd<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    extend_by(cx, own, args.at(cx, 1), append)?;
    Ok(own.any())
}

/// The items so many times over, in place.
fn multiply(cx: &mut Cx<'_>, own: Deque<'_>, times: Handle<'_>) -> Result<(), Raised> {
    let times = convert::index_i64(cx, times)?;
    let count = len(own.get(cx)) as i64;
    if times <= 0 || count == 0 {
        clear(cx, own);
        return Ok(());
    }
    if times > (1 << 31) / count {
        return Err(convert::memory_error(cx));
    }
    cx.scoped(|cx| {
        let items = iter::to_list(cx, own.any())?;
        for _ in 1..times {
            extend_by(cx, own, items.any(), append)?;
        }
        Ok(())
    })
}

fn mul<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    convert::index_i64(cx, args.at(cx, 1))?;
    let made = duplicate(cx, own)?;
    if let Some(made) = of(cx, made) {
        multiply(cx, made, args.at(cx, 1))?;
    }
    Ok(made)
}

fn imul<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args)?;
    multiply(cx, own, args.at(cx, 1))?;
    Ok(own.any())
}

/// Compared as the lists of their items are.
fn rich<'s>(cx: &mut Cx<'s>, args: &Args<'s>, op: CompareOp) -> Res<'s> {
    let own = own(cx, args)?;
    let Some(other) = of(cx, args.at(cx, 1)) else { return Ok(not_implemented(cx)) };
    if len(own.get(cx)) != len(other.get(cx)) && matches!(op, CompareOp::Eq | CompareOp::Ne) {
        return Ok(bool(cx, op == CompareOp::Ne));
    }
    let (mine, theirs) = (iter::to_list(cx, own.any())?, iter::to_list(cx, other.any())?);
    debug_assert!(list::len(mine.get(cx)) == len(own.get(cx)));
    compare::rich(cx, op, mine.any(), theirs.any())
}

fn iterate<'s>(cx: &mut Cx<'s>, args: &Args<'s>, def: &'static IterDef) -> Res<'s> {
    let own = own(cx, args)?;
    let seen = int::from_i64(cx, changes(own.get(cx)))?;
    iter::new_native(cx, def, Some(own.any()), Some(seen), 0)
}

fn next<'s>(
    cx: &mut Cx<'s>,
    iter: Handle<'s, NativeIter>,
    backwards: bool,
) -> Result<Option<Handle<'s>>, Raised> {
    let Some(deque) = iter.get(cx).state.get(cx).map(|s| cx.root(s)).and_then(|s| of(cx, s)) else {
        return Ok(None);
    };
    let seen = iter.get(cx).more.get(cx).and_then(|m| m.value().as_int());
    if seen != Some(changes(deque.get(cx))) {
        iter.get(cx).put(cx, NativeIter::state, None);
        fail!(cx, RUNTIME_ERROR, "deque mutated during iteration");
    }
    let (at, count) = (iter.get(cx).count.get() as usize, len(deque.get(cx)));
    if at >= count {
        iter.get(cx).put(cx, NativeIter::state, None);
        return Ok(None);
    }
    iter.get(cx).count.set(at as i64 + 1);
    Ok(get(cx, deque, if backwards { count - 1 - at } else { at }))
}
