//! Iterators: `enumerate`, `zip`, `map`, `filter`, `reversed`, `iter(callable, sentinel)`, and the methods that all iterators have.

use super::common::{check_self, fail, Res};
use super::convert;
use crate::object::layout::{NativeIter, SeqIter, Tuple};
use crate::object::native::{Args, IterDef, NativeDef};
use crate::object::number::{self, BinaryOp};
use crate::object::raise::{self, Raised};
use crate::object::{attr, call, class, classes, compare, int, iter, limits, names, subscript, tuple};
use taipan_gc::{Cx, Handle, Local};

/// Methods of iterators without more of their own.
pub(super) const PLAIN: &[NativeDef] = &[ITER, NEXT, LENGTH_HINT];
/// Methods of `enumerate`.
pub(super) const ENUMERATE: &[NativeDef] =
    &[NativeDef::new_static("__new__", enumerate, "cls, iterable=, start=0"), ITER, NEXT];
/// Methods of `zip`.
pub(super) const ZIP: &[NativeDef] =
    &[NativeDef::new_static("__new__", zip, "cls, /, *iterables, **kwargs"), ITER, NEXT];
/// Methods of `map`.
pub(super) const MAP: &[NativeDef] =
    &[NativeDef::new_static("__new__", map, "cls, /, *iterables"), ITER, NEXT];
/// Methods of `filter`.
pub(super) const FILTER: &[NativeDef] =
    &[NativeDef::new_static("__new__", filter, "cls, function, iterable, /"), ITER, NEXT];
/// Methods of `reversed`.
pub(super) const REVERSED: &[NativeDef] =
    &[NativeDef::new_static("__new__", reversed, "cls, sequence, /"), ITER, NEXT, LENGTH_HINT];

/// `__iter__` of iterators.
pub(crate) const ITER: NativeDef = NativeDef::new("__iter__", keep, "self, /");
/// `__next__` of iterators.
pub(crate) const NEXT: NativeDef = NativeDef::new("__next__", next, "self, /");
const LENGTH_HINT: NativeDef = NativeDef::new("__length_hint__", length_hint, "self, /");

static ENUMERATE_DEF: IterDef = IterDef { class: classes::ENUMERATE, next: enumerate_next };
static ZIP_DEF: IterDef = IterDef { class: classes::ZIP, next: zip_next };
static MAP_DEF: IterDef = IterDef { class: classes::MAP, next: map_next };
static FILTER_DEF: IterDef = IterDef { class: classes::FILTER, next: filter_next };
static CALLABLE_DEF: IterDef = IterDef { class: classes::CALLABLE_ITER, next: callable_next };

fn keep<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    check_self(cx, args)?;
    Ok(args.at(cx, 0))
}

fn next<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    check_self(cx, args)?;
    match iter::next(cx, args.at(cx, 0))? {
        Some(item) => Ok(item),
        None => Err(raise::stop_iteration(cx, None)),
    }
}

fn length_hint<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    check_self(cx, args)?;
    let iterator = args.at(cx, 0);
    if let Some(left) = iter::items_left(cx, iterator.get(cx)) {
        return int::from_usize(cx, left);
    }
    let state = iterator.downcast::<SeqIter>(cx).and_then(|i| {
        let local = i.get(cx);
        local.sequence.get(cx).map(|s| (cx.root(s), local.at.get()))
    });
    let Some((sequence, at)) = state else { return int::from_i64(cx, 0) };
    let len = subscript::len(cx, sequence)?;
    int::from_usize(cx, len.saturating_sub(at.max(0) as usize))
}

/// The first or second slot of an iterator's state, rooted.
fn state<'s>(cx: &Cx<'s>, iter: Handle<'_, NativeIter>) -> Option<Handle<'s>> {
    iter.get(cx).state.get(cx).map(|s| cx.root(s))
}

fn more<'s>(cx: &Cx<'s>, iter: Handle<'_, NativeIter>) -> Option<Handle<'s>> {
    iter.get(cx).more.get(cx).map(|s| cx.root(s))
}

// ---- enumerate ----

fn enumerate<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let start = match args.get(cx, 2) {
        Some(start) => Some(convert::index(cx, start)?),
        None => None,
    };
    let Some(items) = args.get(cx, 1) else {
        fail!(cx, TYPE_ERROR, "enumerate() missing required argument 'iterable'");
    };
    let items = iter::iter(cx, items)?;
    let small = start.map_or(Some(0), |s| s.get(cx).value().as_int());
    let big = start.filter(|_| small.is_none());
    iter::new_native(cx, &ENUMERATE_DEF, Some(items), big, small.unwrap_or(0))
}

fn enumerate_next<'s>(cx: &mut Cx<'s>, iter: Handle<'s, NativeIter>) -> Result<Option<Handle<'s>>, Raised> {
    let Some(items) = state(cx, iter) else { return Ok(None) };
    let Some(item) = iter::next(cx, items)? else { return Ok(None) };
    let number = match more(cx, iter) {
        Some(number) => {
            let one = int::from_i64(cx, 1)?;
            let after = number::binary(cx, BinaryOp::Add, number, one)?;
            iter.get(cx).put(cx, NativeIter::more, Some(after.get(cx)));
            number
        }
        None => {
            let count = iter.get(cx).count.get();
            iter.get(cx).count.set(count + 1);
            int::from_i64(cx, count)?
        }
    };
    Ok(Some(tuple::new(cx, &[number, item])?.any()))
}

// ---- zip ----

/// A tuple of iterators over these iterables.
fn iterators<'s>(cx: &mut Cx<'s>, given: &[Handle<'s>]) -> Result<Handle<'s, Tuple>, Raised> {
    let mut made = Vec::with_capacity(given.len());
    for &items in given {
        made.push(iter::iter(cx, items)?);
    }
    tuple::new(cx, &made)
}

fn zip<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let (values, keywords) = super::common::spread(cx, args.keywords())?;
    let mut strict = false;
    if let Some(keywords) = keywords {
        for (key, value) in tuple::handles(cx, keywords)?.into_iter().zip(values) {
            match super::common::text_of(cx, key.get(cx)).as_deref() {
                Some("strict") => strict = compare::truth(cx, value)?,
                Some(other) => fail!(cx, TYPE_ERROR, "'{other}' is an invalid keyword argument for zip()"),
                None => fail!(cx, TYPE_ERROR, "keywords must be strings"),
            }
        }
    }
    let all = iterators(cx, &args.rest_all(cx))?;
    iter::new_native(cx, &ZIP_DEF, Some(all.any()), None, i64::from(strict))
}

fn zip_next<'s>(cx: &mut Cx<'s>, iter: Handle<'s, NativeIter>) -> Result<Option<Handle<'s>>, Raised> {
    let strict = iter.get(cx).count.get() != 0;
    let Some(all) = state(cx, iter).and_then(|s| tuple::of_handle(cx, s)) else { return Ok(None) };
    let all = tuple::handles(cx, all)?;
    if all.is_empty() {
        return Ok(None);
    }
    let mut items = Vec::with_capacity(all.len());
    for (n, &each) in all.iter().enumerate() {
        match iter::next(cx, each)? {
            Some(item) => items.push(item),
            None if strict => return Err(zip_lengths(cx, &all, n)),
            None => return Ok(None),
        }
    }
    Ok(Some(tuple::new(cx, &items)?.any()))
}

/// Strict `zip`: the n-th iterator is at its end. If it is the first and the others are too, there is no error.
#[cold]
fn zip_lengths<'s>(cx: &mut Cx<'s>, all: &[Handle<'s>], n: usize) -> Raised {
    let before = |n: usize| if n == 1 { "argument 1".to_owned() } else { format!("arguments 1-{n}") };
    if n > 0 {
        let message = format!("zip() argument {} is shorter than {}", n + 1, before(n));
        return raise::value_error(cx, message);
    }
    for (n, &each) in all.iter().enumerate().skip(1) {
        match iter::next(cx, each) {
            Ok(Some(_)) => {
                let message = format!("zip() argument {} is longer than {}", n + 1, before(n));
                return raise::value_error(cx, message);
            }
            Ok(None) => {}
            Err(raised) => return raised,
        }
    }
    raise::stop_iteration(cx, None)
}

// ---- map and filter ----

fn map<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    if args.rest_len() < 2 {
        fail!(cx, TYPE_ERROR, "map() must have at least two arguments.");
    }
    let given = args.rest_all(cx);
    let all = iterators(cx, &given[1..])?;
    iter::new_native(cx, &MAP_DEF, Some(given[0]), Some(all.any()), 0)
}

fn map_next<'s>(cx: &mut Cx<'s>, iter: Handle<'s, NativeIter>) -> Result<Option<Handle<'s>>, Raised> {
    let Some(function) = state(cx, iter) else { return Ok(None) };
    let Some(all) = more(cx, iter).and_then(|s| tuple::of_handle(cx, s)) else { return Ok(None) };
    let mut items = Vec::new();
    for each in tuple::handles(cx, all)? {
        match iter::next(cx, each)? {
            Some(item) => items.push(item),
            None => return Ok(None),
        }
    }
    call::call(cx, function, &items).map(Some)
}

fn filter<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let items = iter::iter(cx, args.at(cx, 2))?;
    iter::new_native(cx, &FILTER_DEF, Some(args.at(cx, 1)), Some(items), 0)
}

fn filter_next<'s>(cx: &mut Cx<'s>, iter: Handle<'s, NativeIter>) -> Result<Option<Handle<'s>>, Raised> {
    let (Some(function), Some(items)) = (state(cx, iter), more(cx, iter)) else { return Ok(None) };
    let by_truth =
        function.get(cx).value().is_none() || function.get(cx).is(classes::local(cx, classes::BOOL));
    let kept = cx.root(Local::NONE);
    loop {
        // Each item in a scope of its own; the one that passes is kept.
        let found = cx.scoped(|cx| {
            let Some(item) = iter::next(cx, items)? else { return Ok(None) };
            let passes = if by_truth {
                compare::truth(cx, item)?
            } else {
                let answer = call::call(cx, function, &[item])?;
                compare::truth(cx, answer)?
            };
            kept.set(cx, item.get(cx));
            Ok::<_, Raised>(Some(passes))
        })?;
        match found {
            Some(true) => return Ok(Some(kept)),
            Some(false) => limits::tick(cx)?,
            None => return Ok(None),
        }
    }
}

// ---- reversed ----

fn reversed<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let sequence = args.at(cx, 1);
    let class = class::of_value(cx, sequence.get(cx));
    match class::lookup(cx, class.get(cx), names::REVERSED).map(|m| cx.root(m)) {
        Some(method) if !method.get(cx).value().is_none() => {
            if let Some(found) = call::call_special(cx, sequence, names::REVERSED, &[])? {
                return Ok(found);
            }
        }
        Some(_) => return Err(not_reversible(cx, sequence)),
        None => {}
    }
    let is_mapping = crate::object::set::of(cx, sequence.get(cx)).is_some();
    let has = |cx: &Cx<'_>, name| attr::special(cx, sequence.get(cx), name).is_some();
    let builtin = subscript::builtin_len(cx, sequence.get(cx)).is_some();
    if is_mapping
        || !(builtin || (has(cx, names::LEN) && has(cx, names::GETITEM)))
        || !has(cx, names::GETITEM)
    {
        return Err(not_reversible(cx, sequence));
    }
    let len = subscript::len(cx, sequence)?;
    iter::new_sequence_iter(cx, sequence, len as isize - 1, true)
}

#[cold]
fn not_reversible(cx: &mut Cx<'_>, value: Handle<'_>) -> Raised {
    let given = class::type_name(cx, value.get(cx));
    raise::type_error(cx, format!("'{given}' object is not reversible"))
}

// ---- iter(callable, sentinel) ----

/// `iter(callable, sentinel)`
pub(super) fn callable_iter<'s>(cx: &mut Cx<'s>, callable: Handle<'s>, sentinel: Handle<'s>) -> Res<'s> {
    iter::new_native(cx, &CALLABLE_DEF, Some(callable), Some(sentinel), 0)
}

fn callable_next<'s>(cx: &mut Cx<'s>, iter: Handle<'s, NativeIter>) -> Result<Option<Handle<'s>>, Raised> {
    let (Some(callable), Some(sentinel)) = (state(cx, iter), more(cx, iter)) else { return Ok(None) };
    let found = match call::call(cx, callable, &[]) {
        Ok(found) if !compare::equal(cx, sentinel, found)? => Some(found),
        Ok(_) => None,
        Err(raised) => {
            raise::catch(cx, raised, classes::STOP_ITERATION)?;
            None
        }
    };
    if found.is_none() {
        iter.get(cx).put(cx, NativeIter::state, None);
        iter.get(cx).put(cx, NativeIter::more, None);
    }
    Ok(found)
}
