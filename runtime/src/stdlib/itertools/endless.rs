//! `count`, `cycle`, `repeat`.

use super::{check_class, more, more_list, set_more, set_state, state, Res, Step};
use crate::builtins::common::{check_self, fail, string};
use crate::builtins::{convert, repr};
use crate::object::layout::NativeIter;
use crate::object::native::{Args, IterDef, NativeDef};
use crate::object::number::{self, BinaryOp};
use crate::object::raise::Raised;
use crate::object::{class, classes, int, iter, list, names, str};
use taipan_gc::{Cx, Handle};

pub(super) const COUNT_REPR: NativeDef = NativeDef::new("__repr__", count_repr, "self, /");
pub(super) const REPEAT_REPR: NativeDef = NativeDef::new("__repr__", repeat_repr, "self, /");
pub(super) const REPEAT_HINT: NativeDef = NativeDef::new("__length_hint__", repeat_hint, "self, /");

static COUNT: IterDef = IterDef { class: classes::ITER_COUNT, next: count_next };
static CYCLE: IterDef = IterDef { class: classes::ITER_CYCLE, next: cycle_next };
static REPEAT: IterDef = IterDef { class: classes::ITER_REPEAT, next: repeat_next };

// ---- count: small integers by steps of one in the number; everything else as value and step in the slots ----

fn is_number(cx: &Cx<'_>, value: Handle<'_>) -> bool {
    let class = class::of(cx, value.get(cx));
    [names::INDEX, names::FLOAT, names::COMPLEX, names::INT]
        .iter()
        .any(|&name| class::lookup(cx, class, name).is_some())
}

pub(super) fn count<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    check_class(cx, args, classes::ITER_COUNT)?;
    let (start, step) = (args.get(cx, 1), args.get(cx, 2));
    if [start, step].into_iter().flatten().any(|v| !is_number(cx, v)) {
        fail!(cx, TYPE_ERROR, "a number is required");
    }
    let small =
        |value: Option<Handle<'_>>, absent| value.map_or(Some(absent), |v| v.get(cx).value().as_int());
    if let (Some(at), Some(1)) = (small(start, 0), small(step, 1)) {
        return iter::new_native(cx, &COUNT, None, None, at);
    }
    let (zero, one) = (int::from_i64(cx, 0)?, int::from_i64(cx, 1)?);
    iter::new_native(cx, &COUNT, Some(start.unwrap_or(zero)), Some(step.unwrap_or(one)), 0)
}

fn count_next<'s>(cx: &mut Cx<'s>, iter: Handle<'s, NativeIter>) -> Step<'s> {
    let local = iter.get(cx);
    if local.state.is_empty() {
        let at = local.count.get();
        let found = int::from_i64(cx, at)?;
        match at.checked_add(1) {
            Some(next) => iter.get(cx).count.set(next),
            None => {
                let one = int::from_i64(cx, 1)?;
                let next = number::binary(cx, BinaryOp::Add, found, one)?;
                set_state(cx, iter, next);
                set_more(cx, iter, one);
            }
        }
        return Ok(Some(found));
    }
    let (Some(at), Some(step)) = (state(cx, iter), more(cx, iter)) else { return Ok(None) };
    let next = number::binary(cx, BinaryOp::Add, at, step)?;
    set_state(cx, iter, next);
    Ok(Some(at))
}

fn own<'s>(cx: &mut Cx<'s>, args: &Args<'s>, name: &str) -> Result<Handle<'s, NativeIter>, Raised> {
    check_self(cx, args)?;
    match args.at(cx, 0).downcast::<NativeIter>(cx) {
        Some(own) => Ok(own),
        None => Err(crate::object::native::wrong_self(cx, args, name)),
    }
}

fn count_repr<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args, "count")?;
    let (Some(at), Some(step)) = (state(cx, own), more(cx, own)) else {
        let text = format!("count({})", own.get(cx).count.get());
        return string(cx, &text);
    };
    let shown = repr::repr(cx, at)?;
    let mut text = format!("count({}", str::lossy(shown.get(cx)));
    if step.get(cx).value().as_int() != Some(1) {
        let shown = repr::repr(cx, step)?;
        text += &format!(", {}", str::lossy(shown.get(cx)));
    }
    string(cx, &(text + ")"))
}

// ---- cycle: an iterator and the list of what it gave; then the list alone, with a position ----

pub(super) fn cycle<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    check_class(cx, args, classes::ITER_CYCLE)?;
    let items = iter::iter(cx, args.at(cx, 1))?;
    let saved = list::with_capacity(cx, 0)?;
    iter::new_native(cx, &CYCLE, Some(items), Some(saved.any()), 0)
}

fn cycle_next<'s>(cx: &mut Cx<'s>, iter: Handle<'s, NativeIter>) -> Step<'s> {
    let Some(saved) = more_list(cx, iter) else { return Ok(None) };
    if let Some(items) = state(cx, iter) {
        if let Some(item) = iter::next(cx, items)? {
            list::append(cx, saved, item)?;
            return Ok(Some(item));
        }
        iter.get(cx).put(cx, NativeIter::state, None);
    }
    let at = iter.get(cx).count.get() as usize;
    let len = list::len(saved.get(cx));
    if len == 0 {
        return Ok(None);
    }
    iter.get(cx).count.set(if at + 1 >= len { 0 } else { at as i64 + 1 });
    Ok(list::item(cx, saved.get(cx), at).map(|v| cx.root(v)))
}

// ---- repeat: the object, and how often it is to come; -1 for ever ----

pub(super) fn repeat<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    check_class(cx, args, classes::ITER_REPEAT)?;
    let times = match args.get(cx, 2) {
        Some(times) => convert::index_i64(cx, times)?.max(0),
        None => -1,
    };
    iter::new_native(cx, &REPEAT, Some(args.at(cx, 1)), None, times)
}

fn repeat_next<'s>(cx: &mut Cx<'s>, iter: Handle<'s, NativeIter>) -> Step<'s> {
    let left = iter.get(cx).count.get();
    if left == 0 {
        return Ok(None);
    }
    if left > 0 {
        iter.get(cx).count.set(left - 1);
    }
    Ok(state(cx, iter))
}

fn repeat_repr<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args, "repeat")?;
    let Some(object) = state(cx, own) else { return string(cx, "repeat()") };
    let shown = repr::repr(cx, object)?;
    let shown = str::lossy(shown.get(cx));
    match own.get(cx).count.get() {
        -1 => string(cx, &format!("repeat({shown})")),
        left => string(cx, &format!("repeat({shown}, {left})")),
    }
}

fn repeat_hint<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let own = own(cx, args, "repeat")?;
    match own.get(cx).count.get() {
        -1 => fail!(cx, TYPE_ERROR, "len() of unsized object"),
        left => int::from_i64(cx, left),
    }
}
