//! Iterators that pick, join or transform what others give: `chain`, `islice`, `takewhile` and their like.

use super::{check_class, finish, more, more_list, set_more, state, Res, Step};
use crate::builtins::common::{fail, spread, text_of};
use crate::object::layout::NativeIter;
use crate::object::native::{Args, IterDef, NativeDef};
use crate::object::number::{self, BinaryOp};
use crate::object::raise::{self, Raised};
use crate::object::{call, classes, compare, int, iter, list, none, tuple};
use taipan_gc::{Cx, Handle};

pub(super) const FROM_ITERABLE: NativeDef =
    NativeDef::new_class("from_iterable", from_iterable, "cls, iterable, /");

static ACCUMULATE: IterDef = IterDef { class: classes::ITER_ACCUMULATE, next: accumulate_next };
static CHAIN: IterDef = IterDef { class: classes::ITER_CHAIN, next: chain_next };
static COMPRESS: IterDef = IterDef { class: classes::ITER_COMPRESS, next: compress_next };
static DROPWHILE: IterDef = IterDef { class: classes::ITER_DROPWHILE, next: dropwhile_next };
static TAKEWHILE: IterDef = IterDef { class: classes::ITER_TAKEWHILE, next: takewhile_next };
static FILTERFALSE: IterDef = IterDef { class: classes::ITER_FILTERFALSE, next: filterfalse_next };
static STARMAP: IterDef = IterDef { class: classes::ITER_STARMAP, next: starmap_next };
static ISLICE: IterDef = IterDef { class: classes::ITER_ISLICE, next: islice_next };
static PAIRWISE: IterDef = IterDef { class: classes::ITER_PAIRWISE, next: pairwise_next };
static ZIP_LONGEST: IterDef = IterDef { class: classes::ITER_ZIP_LONGEST, next: zip_longest_next };

// ---- accumulate: the iterator; a list of function and total; whether there is a total (1) or a first one to give (2) ----

pub(super) fn accumulate<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    check_class(cx, args, classes::ITER_ACCUMULATE)?;
    let items = iter::iter(cx, args.at(cx, 1))?;
    let initial = args.some(cx, 3);
    let (function, total) = (args.at(cx, 2), initial.unwrap_or_else(|| none(cx)));
    let kept = list::new(cx, &[function, total])?;
    iter::new_native(cx, &ACCUMULATE, Some(items), Some(kept.any()), if initial.is_some() { 2 } else { 0 })
}

fn accumulate_next<'s>(cx: &mut Cx<'s>, iter: Handle<'s, NativeIter>) -> Step<'s> {
    let (Some(items), Some(kept)) = (state(cx, iter), more_list(cx, iter)) else { return Ok(None) };
    let part = |cx: &Cx<'s>, n| list::item(cx, kept.get(cx), n).map(|v| cx.root(v));
    let (Some(function), Some(total)) = (part(cx, 0), part(cx, 1)) else { return Ok(None) };
    let mode = iter.get(cx).count.replace(1);
    if mode == 2 {
        return Ok(Some(total));
    }
    let Some(item) = iter::next(cx, items)? else {
        iter.get(cx).count.set(mode);
        return Ok(None);
    };
    let found = match mode {
        0 => item,
        _ if function.get(cx).value().is_none() => number::binary(cx, BinaryOp::Add, total, item)?,
        _ => call::call(cx, function, &[total, item])?,
    };
    if list::len(kept.get(cx)) == 2 {
        list::set(cx, kept.get(cx), 1, found.get(cx));
    }
    Ok(Some(found))
}

// ---- chain: an iterator of iterables, and the iterator of the current one ----

pub(super) fn chain<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    check_class(cx, args, classes::ITER_CHAIN)?;
    let all = tuple::new(cx, &args.rest_all(cx))?;
    let all = iter::iter(cx, all.any())?;
    iter::new_native(cx, &CHAIN, Some(all), None, 0)
}

fn from_iterable<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let all = iter::iter(cx, args.at(cx, 1))?;
    iter::new_native(cx, &CHAIN, Some(all), None, 0)
}

fn chain_next<'s>(cx: &mut Cx<'s>, iter: Handle<'s, NativeIter>) -> Step<'s> {
    loop {
        if let Some(current) = more(cx, iter) {
            if let Some(item) = iter::next(cx, current)? {
                return Ok(Some(item));
            }
            iter.get(cx).put(cx, NativeIter::more, None);
        }
        let Some(all) = state(cx, iter) else { return Ok(None) };
        let begun = cx.scoped(|cx| {
            let found = match iter::next(cx, all) {
                Ok(Some(items)) => iter::iter(cx, items).map(Some),
                Ok(None) => Ok(None),
                Err(raised) => Err(raised),
            };
            match found {
                Ok(Some(items)) => {
                    set_more(cx, iter, items);
                    Ok(true)
                }
                Ok(None) => Ok(false),
                Err(raised) => Err(raised),
            }
        });
        match begun {
            Ok(true) => cx.poll(),
            Ok(false) => {
                finish(cx, iter);
                return Ok(None);
            }
            Err(raised) => {
                finish(cx, iter);
                return Err(raised);
            }
        }
    }
}

// ---- compress: data and selectors ----

pub(super) fn compress<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    check_class(cx, args, classes::ITER_COMPRESS)?;
    let data = iter::iter(cx, args.at(cx, 1))?;
    let selectors = iter::iter(cx, args.at(cx, 2))?;
    iter::new_native(cx, &COMPRESS, Some(data), Some(selectors), 0)
}

/// Goes through an iterator until `wanted` says yes to an item; each item is in a scope of its own.
fn first<'s>(
    cx: &mut Cx<'s>,
    items: Handle<'s>,
    mut wanted: impl for<'t> FnMut(&mut Cx<'t>, Handle<'t>) -> Result<Option<bool>, Raised>,
) -> Step<'s> {
    let kept = none(cx);
    loop {
        let found = cx.scoped(|cx| {
            let Some(item) = iter::next(cx, items)? else { return Ok(None) };
            kept.set(cx, item.get(cx));
            wanted(cx, item)
        })?;
        match found {
            Some(true) => return Ok(Some(kept)),
            Some(false) => cx.poll(),
            None => return Ok(None),
        }
    }
}

fn compress_next<'s>(cx: &mut Cx<'s>, iter: Handle<'s, NativeIter>) -> Step<'s> {
    let (Some(data), Some(selectors)) = (state(cx, iter), more(cx, iter)) else { return Ok(None) };
    first(cx, data, |cx, _| match iter::next(cx, selectors)? {
        Some(selector) => compare::truth(cx, selector).map(Some),
        None => Ok(None),
    })
}

// ---- with a function: it, the iterator, and whether the change has come ----

fn by_function<'s>(cx: &mut Cx<'s>, args: &Args<'s>, def: &'static IterDef) -> Res<'s> {
    check_class(cx, args, def.class)?;
    let items = iter::iter(cx, args.at(cx, 2))?;
    iter::new_native(cx, def, Some(args.at(cx, 1)), Some(items), 0)
}

pub(super) fn dropwhile<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    by_function(cx, args, &DROPWHILE)
}

pub(super) fn takewhile<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    by_function(cx, args, &TAKEWHILE)
}

pub(super) fn filterfalse<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    by_function(cx, args, &FILTERFALSE)
}

pub(super) fn starmap<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    by_function(cx, args, &STARMAP)
}

fn dropwhile_next<'s>(cx: &mut Cx<'s>, iter: Handle<'s, NativeIter>) -> Step<'s> {
    let (Some(function), Some(items)) = (state(cx, iter), more(cx, iter)) else { return Ok(None) };
    if iter.get(cx).count.get() != 0 {
        return iter::next(cx, items);
    }
    let found = first(cx, items, |cx, item| {
        let answer = call::call(cx, function, &[item])?;
        compare::truth(cx, answer).map(|drops| Some(!drops))
    })?;
    if found.is_some() {
        iter.get(cx).count.set(1);
    }
    Ok(found)
}

fn takewhile_next<'s>(cx: &mut Cx<'s>, iter: Handle<'s, NativeIter>) -> Step<'s> {
    let (Some(function), Some(items)) = (state(cx, iter), more(cx, iter)) else { return Ok(None) };
    if iter.get(cx).count.get() != 0 {
        return Ok(None);
    }
    let Some(item) = iter::next(cx, items)? else { return Ok(None) };
    let answer = call::call(cx, function, &[item])?;
    if compare::truth(cx, answer)? {
        return Ok(Some(item));
    }
    iter.get(cx).count.set(1);
    Ok(None)
}

fn filterfalse_next<'s>(cx: &mut Cx<'s>, iter: Handle<'s, NativeIter>) -> Step<'s> {
    let (Some(function), Some(items)) = (state(cx, iter), more(cx, iter)) else { return Ok(None) };
    let by_truth =
        function.get(cx).value().is_none() || function.get(cx).is(classes::local(cx, classes::BOOL));
    first(cx, items, |cx, item| {
        let answer = if by_truth { item } else { call::call(cx, function, &[item])? };
        compare::truth(cx, answer).map(|passes| Some(!passes))
    })
}

fn starmap_next<'s>(cx: &mut Cx<'s>, iter: Handle<'s, NativeIter>) -> Step<'s> {
    let (Some(function), Some(items)) = (state(cx, iter), more(cx, iter)) else { return Ok(None) };
    let Some(given) = iter::next(cx, items)? else { return Ok(None) };
    let arguments = iter::to_vec(cx, given)?;
    call::call(cx, function, &arguments).map(Some)
}

// ---- islice: the iterator; how many are left (-1: no end), or a list of position, next position, end and step ----

/// An argument of `islice`: absent or None, or a number that is not negative.
fn position(cx: &mut Cx<'_>, value: Option<Handle<'_>>, message: &str) -> Result<Option<i64>, Raised> {
    let Some(value) = value.filter(|v| !v.get(cx).value().is_none()) else { return Ok(None) };
    let number = match value.get(cx).value().as_int() {
        Some(number) => Some(number),
        None => match number::index_i64(cx, value) {
            Ok(number) => Some(number),
            Err(raised) => {
                raise::catch(cx, raised, classes::EXCEPTION)?;
                None
            }
        },
    };
    match number.filter(|&n| n >= 0) {
        Some(number) => Ok(Some(number)),
        None => fail!(cx, VALUE_ERROR, "{message}"),
    }
}

const STOP: &str = "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
const INDICES: &str = "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.";
const STEP: &str = "Step for islice() must be a positive integer or None.";

pub(super) fn islice<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    check_class(cx, args, classes::ITER_ISLICE)?;
    let (start, stop) = match args.get(cx, 3) {
        None => (0, position(cx, args.get(cx, 2), STOP)?),
        Some(second) => {
            let stop = position(cx, Some(second), STOP)?;
            (position(cx, args.get(cx, 2), INDICES)?.unwrap_or(0), stop)
        }
    };
    let step = position(cx, args.get(cx, 4), STEP)?.unwrap_or(1);
    if step == 0 {
        fail!(cx, VALUE_ERROR, "{STEP}");
    }
    let items = iter::iter(cx, args.at(cx, 1))?;
    if start == 0 && step == 1 {
        return iter::new_native(cx, &ISLICE, Some(items), None, stop.unwrap_or(-1));
    }
    let mut numbers = Vec::new();
    for number in [0, start, stop.unwrap_or(-1), step] {
        numbers.push(int::from_i64(cx, number)?);
    }
    let numbers = list::new(cx, &numbers)?;
    iter::new_native(cx, &ISLICE, Some(items), Some(numbers.any()), 0)
}

fn islice_next<'s>(cx: &mut Cx<'s>, iter: Handle<'s, NativeIter>) -> Step<'s> {
    let Some(items) = state(cx, iter) else { return Ok(None) };
    if !iter.get(cx).more.is_empty() {
        return islice_by_step(cx, iter, items);
    }
    let left = iter.get(cx).count.get();
    let item = if left == 0 { None } else { iter::next(cx, items)? };
    match item {
        Some(_) if left > 0 => iter.get(cx).count.set(left - 1),
        Some(_) => {}
        None => finish(cx, iter),
    }
    Ok(item)
}

fn islice_by_step<'s>(cx: &mut Cx<'s>, iter: Handle<'s, NativeIter>, items: Handle<'s>) -> Step<'s> {
    let Some(numbers) = more_list(cx, iter) else { return Ok(None) };
    let number = |cx: &Cx<'_>, n| {
        list::item(cx, numbers.get(cx), n).and_then(|v| int::to_i64(cx, v)).unwrap_or_default()
    };
    let (mut at, next, stop, step) = (number(cx, 0), number(cx, 1), number(cx, 2), number(cx, 3));
    while at < next {
        let more = cx.scoped(|cx| iter::next(cx, items).map(|found| found.is_some()))?;
        if !more {
            finish(cx, iter);
            return Ok(None);
        }
        at += 1;
        cx.poll();
    }
    let item = if stop >= 0 && at >= stop { None } else { iter::next(cx, items)? };
    if item.is_none() {
        finish(cx, iter);
        return Ok(None);
    }
    let following = next.checked_add(step).filter(|&n| stop < 0 || n <= stop);
    for (n, value) in [(0, at + 1), (1, following.unwrap_or(if stop < 0 { i64::MAX } else { stop }))] {
        let value = int::from_i64(cx, value)?;
        list::set(cx, numbers.get(cx), n, value.get(cx));
    }
    Ok(item)
}

// ---- pairwise: the iterator and the item before ----

pub(super) fn pairwise<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    check_class(cx, args, classes::ITER_PAIRWISE)?;
    let items = iter::iter(cx, args.at(cx, 1))?;
    iter::new_native(cx, &PAIRWISE, Some(items), None, 0)
}

fn pairwise_next<'s>(cx: &mut Cx<'s>, iter: Handle<'s, NativeIter>) -> Step<'s> {
    let Some(items) = state(cx, iter) else { return Ok(None) };
    let before = match more(cx, iter) {
        Some(before) => Some(before),
        None => iter::next(cx, items)?,
    };
    if let Some(before) = before {
        set_more(cx, iter, before);
        if let Some(item) = iter::next(cx, items)? {
            set_more(cx, iter, item);
            return Ok(Some(tuple::new(cx, &[before, item])?.any()));
        }
    }
    finish(cx, iter);
    Ok(None)
}

// ---- zip_longest: a list of iterators (None for those at their end), what fills, how many are not at their end ----

pub(super) fn zip_longest<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    check_class(cx, args, classes::ITER_ZIP_LONGEST)?;
    let (values, keys) = spread(cx, args.keywords())?;
    let mut filler = none(cx);
    for (n, value) in values.into_iter().enumerate() {
        let key = keys.and_then(|k| tuple::item(k.get(cx), n).and_then(|key| text_of(cx, key)));
        if key.as_deref() != Some("fillvalue") {
            fail!(cx, TYPE_ERROR, "zip_longest() got an unexpected keyword argument");
        }
        filler = value;
    }
    let all = list::with_capacity(cx, args.rest_len())?;
    for items in args.rest_all(cx) {
        let items = iter::iter(cx, items)?;
        list::append(cx, all, items)?;
    }
    iter::new_native(cx, &ZIP_LONGEST, Some(all.any()), Some(filler), args.rest_len() as i64)
}

fn zip_longest_next<'s>(cx: &mut Cx<'s>, iter: Handle<'s, NativeIter>) -> Step<'s> {
    let (Some(all), Some(filler)) = (state(cx, iter), more(cx, iter)) else { return Ok(None) };
    let Some(all) = list::of_handle(cx, all) else { return Ok(None) };
    if iter.get(cx).count.get() == 0 {
        return Ok(None);
    }
    let mut items = Vec::with_capacity(list::len(all.get(cx)));
    for n in 0..list::len(all.get(cx)) {
        let each = list::item(cx, all.get(cx), n).map(|v| cx.root(v)).unwrap_or_else(|| none(cx));
        if each.get(cx).value().is_none() {
            items.push(filler);
            continue;
        }
        match iter::next(cx, each)? {
            Some(item) => items.push(item),
            None => {
                let left = iter.get(cx).count.get() - 1;
                iter.get(cx).count.set(left);
                if left == 0 {
                    finish(cx, iter);
                    return Ok(None);
                }
                let nothing = none(cx);
                list::set(cx, all.get(cx), n, nothing.get(cx));
                items.push(filler);
            }
        }
    }
    Ok(Some(tuple::new(cx, &items)?.any()))
}
