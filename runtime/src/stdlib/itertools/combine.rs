//! The combinatoric iterators. Each keeps its pools in a tuple and its positions in a list of integers, the number says whether it has begun.
//!
//! The algorithms are those of Knuth, The Art of Computer Programming 4A, 7.2.1.1 to 7.2.1.3, in lexicographic order of positions.

use super::{check_class, finish, more_list, state, Res, Step};
use crate::builtins::common::{fail, spread, text_of};
use crate::builtins::convert;
use crate::object::layout::{List, NativeIter, Tuple};
use crate::object::native::{Args, IterDef};
use crate::object::raise::Raised;
use crate::object::{check_room, classes, int, iter, list, tuple};
use taipan_gc::{Cx, Handle, Local, Value};

static PRODUCT: IterDef = IterDef { class: classes::ITER_PRODUCT, next: product_next };
static PERMUTATIONS: IterDef = IterDef { class: classes::ITER_PERMUTATIONS, next: permutations_next };
static COMBINATIONS: IterDef = IterDef { class: classes::ITER_COMBINATIONS, next: combinations_next };
static WITH_REPLACEMENT: IterDef =
    IterDef { class: classes::ITER_COMBINATIONS_WITH_REPLACEMENT, next: with_replacement_next };

const FRESH: i64 = 0;
const BEGUN: i64 = 1;

/// A list of positions.
fn positions<'s>(cx: &mut Cx<'s>, numbers: impl Iterator<Item = usize>) -> Result<Handle<'s, List>, Raised> {
    let made = list::with_capacity(cx, 0)?;
    for number in numbers {
        cx.scoped(|cx| {
            let number = int::from_usize(cx, number)?;
            list::append(cx, made, number)
        })?;
    }
    Ok(made)
}

fn at(cx: &Cx<'_>, numbers: Handle<'_, List>, n: usize) -> usize {
    list::item(cx, numbers.get(cx), n).and_then(|v| v.value().as_int()).unwrap_or(0) as usize
}

fn set(cx: &Cx<'_>, numbers: Handle<'_, List>, n: usize, to: usize) {
    if let Some(number) = Local::immediate(Value::int_wrapping(to as i64)) {
        list::set(cx, numbers.get(cx), n, number);
    }
}

fn parts<'s>(cx: &Cx<'s>, iter: Handle<'_, NativeIter>) -> Option<(Handle<'s, Tuple>, Handle<'s, List>)> {
    let pool = state(cx, iter)?;
    Some((tuple::of_handle(cx, pool)?, more_list(cx, iter)?))
}

/// The tuple of what is at the first `count` positions of a pool.
fn picked<'s>(cx: &mut Cx<'s>, pool: Handle<'s, Tuple>, numbers: Handle<'s, List>, count: usize) -> Step<'s> {
    let made = tuple::from_fn(cx, count, |cx, n| {
        tuple::values(pool.get(cx)).get(at(cx, numbers, n)).copied().unwrap_or(Value::NONE)
    })?;
    Ok(Some(made.any()))
}

// ---- product ----

pub(super) fn product<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    check_class(cx, args, classes::ITER_PRODUCT)?;
    let (values, keys) = spread(cx, args.keywords())?;
    let mut repeat = 1;
    for (n, value) in values.into_iter().enumerate() {
        let key = keys.and_then(|k| tuple::item(k.get(cx), n).and_then(|key| text_of(cx, key)));
        if key.as_deref() != Some("repeat") {
            let key = key.unwrap_or_default();
            fail!(cx, TYPE_ERROR, "'{key}' is an invalid keyword argument for product()");
        }
        repeat = convert::index_i64(cx, value)?;
    }
    let Ok(repeat) = usize::try_from(repeat) else {
        fail!(cx, VALUE_ERROR, "repeat argument cannot be negative");
    };
    let mut pools = Vec::new();
    if repeat > 0 {
        for given in args.rest_all(cx) {
            pools.push(iter::to_tuple(cx, given)?.any());
        }
    }
    let count = pools.len().saturating_mul(repeat);
    check_room(cx, count)?;
    if count > u32::MAX as usize {
        fail!(cx, OVERFLOW_ERROR, "repeat argument too large");
    }
    let numbers = positions(cx, (0..count).map(|_| 0))?;
    let width = pools.len();
    let pools = tuple::from_fn(cx, count, |cx, n| pools[n % width.max(1)].get(cx).value())?;
    iter::new_native(cx, &PRODUCT, Some(pools.any()), Some(numbers.any()), FRESH)
}

/// The n-th pool.
fn pool<'a>(cx: &'a Cx<'_>, pools: Handle<'_, Tuple>, n: usize) -> &'a [Value] {
    tuple::item(pools.get(cx), n).and_then(|p| tuple::of(cx, p)).map_or(&[], tuple::values)
}

fn product_next<'s>(cx: &mut Cx<'s>, iter: Handle<'s, NativeIter>) -> Step<'s> {
    let Some((pools, numbers)) = parts(cx, iter) else { return Ok(None) };
    let width = tuple::len(pools.get(cx));
    let more = if iter.get(cx).count.replace(BEGUN) == FRESH {
        (0..width).all(|n| !pool(cx, pools, n).is_empty())
    } else {
        let mut n = width;
        loop {
            if n == 0 {
                break false;
            }
            n -= 1;
            let next = at(cx, numbers, n) + 1;
            if next < pool(cx, pools, n).len() {
                set(cx, numbers, n, next);
                break true;
            }
            set(cx, numbers, n, 0);
        }
    };
    if !more {
        finish(cx, iter);
        return Ok(None);
    }
    let made = tuple::from_fn(cx, width, |cx, n| {
        pool(cx, pools, n).get(at(cx, numbers, n)).copied().unwrap_or(Value::NONE)
    })?;
    Ok(Some(made.any()))
}

// ---- permutations: positions of the whole pool, then how far each of the first r has still to go round ----

/// `r`, which must not be negative.
fn length(cx: &mut Cx<'_>, value: Handle<'_>) -> Result<usize, Raised> {
    match usize::try_from(convert::index_i64(cx, value)?) {
        Ok(r) => Ok(r),
        Err(_) => fail!(cx, VALUE_ERROR, "r must be non-negative"),
    }
}

pub(super) fn permutations<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    check_class(cx, args, classes::ITER_PERMUTATIONS)?;
    let pool = iter::to_tuple(cx, args.at(cx, 1))?;
    let n = tuple::len(pool.get(cx));
    let r = match args.some(cx, 2) {
        Some(r) if int::is(cx, r.get(cx)) => length(cx, r)?,
        Some(_) => fail!(cx, TYPE_ERROR, "Expected int as r"),
        None => n,
    };
    if r > n {
        return iter::new_native(cx, &PERMUTATIONS, None, None, FRESH);
    }
    let numbers = positions(cx, (0..n).chain((0..r).map(|i| n - i)))?;
    iter::new_native(cx, &PERMUTATIONS, Some(pool.any()), Some(numbers.any()), FRESH)
}

fn permutations_next<'s>(cx: &mut Cx<'s>, iter: Handle<'s, NativeIter>) -> Step<'s> {
    let Some((pool, numbers)) = parts(cx, iter) else { return Ok(None) };
    let n = tuple::len(pool.get(cx));
    let r = list::len(numbers.get(cx)) - n;
    if iter.get(cx).count.replace(BEGUN) == FRESH {
        return picked(cx, pool, numbers, r);
    }
    for i in (0..r).rev() {
        let left = at(cx, numbers, n + i) - 1;
        if left > 0 {
            set(cx, numbers, n + i, left);
            list::swap(cx, numbers.get(cx), i, n - left);
            return picked(cx, pool, numbers, r);
        }
        // Round once: the position moves to the end.
        let moved = at(cx, numbers, i);
        for j in i..n - 1 {
            let next = at(cx, numbers, j + 1);
            set(cx, numbers, j, next);
        }
        set(cx, numbers, n - 1, moved);
        set(cx, numbers, n + i, n - i);
    }
    finish(cx, iter);
    Ok(None)
}

// ---- combinations ----

pub(super) fn combinations<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    check_class(cx, args, classes::ITER_COMBINATIONS)?;
    let pool = iter::to_tuple(cx, args.at(cx, 1))?;
    let r = length(cx, args.at(cx, 2))?;
    if r > tuple::len(pool.get(cx)) {
        return iter::new_native(cx, &COMBINATIONS, None, None, FRESH);
    }
    let numbers = positions(cx, 0..r)?;
    iter::new_native(cx, &COMBINATIONS, Some(pool.any()), Some(numbers.any()), FRESH)
}

fn combinations_next<'s>(cx: &mut Cx<'s>, iter: Handle<'s, NativeIter>) -> Step<'s> {
    let Some((pool, numbers)) = parts(cx, iter) else { return Ok(None) };
    let (n, r) = (tuple::len(pool.get(cx)), list::len(numbers.get(cx)));
    if iter.get(cx).count.replace(BEGUN) == FRESH {
        return picked(cx, pool, numbers, r);
    }
    let Some(i) = (0..r).rev().find(|&i| at(cx, numbers, i) != i + n - r) else {
        finish(cx, iter);
        return Ok(None);
    };
    let first = at(cx, numbers, i) + 1;
    for j in i..r {
        set(cx, numbers, j, first + j - i);
    }
    picked(cx, pool, numbers, r)
}

pub(super) fn combinations_with_replacement<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    check_class(cx, args, classes::ITER_COMBINATIONS_WITH_REPLACEMENT)?;
    let pool = iter::to_tuple(cx, args.at(cx, 1))?;
    let r = length(cx, args.at(cx, 2))?;
    if r > 0 && tuple::len(pool.get(cx)) == 0 {
        return iter::new_native(cx, &WITH_REPLACEMENT, None, None, FRESH);
    }
    check_room(cx, r)?;
    let numbers = positions(cx, (0..r).map(|_| 0))?;
    iter::new_native(cx, &WITH_REPLACEMENT, Some(pool.any()), Some(numbers.any()), FRESH)
}

fn with_replacement_next<'s>(cx: &mut Cx<'s>, iter: Handle<'s, NativeIter>) -> Step<'s> {
    let Some((pool, numbers)) = parts(cx, iter) else { return Ok(None) };
    let (n, r) = (tuple::len(pool.get(cx)), list::len(numbers.get(cx)));
    if iter.get(cx).count.replace(BEGUN) == FRESH {
        return picked(cx, pool, numbers, r);
    }
    let Some(i) = (0..r).rev().find(|&i| at(cx, numbers, i) + 1 != n) else {
        finish(cx, iter);
        return Ok(None);
    };
    let next = at(cx, numbers, i) + 1;
    for j in i..r {
        set(cx, numbers, j, next);
    }
    picked(cx, pool, numbers, r)
}
