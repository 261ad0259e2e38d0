//! `itertools`: every iterator is a [`NativeIter`] that keeps what it needs in two slots and a number.
//!
//! Endless ones are in [`endless`], those that pick and chain in [`select`], the combinatoric ones in [`combine`], `groupby` and `tee` in
//! [`group`]. Left out: deriving from these classes, and pickling (`__reduce__`, `__setstate__`).

mod combine;
mod endless;
mod group;
mod select;

use super::{ModuleDef, TypeDef};
use crate::builtins::iterators::{ITER, NEXT};
use crate::object::layout::{List, NativeIter};
use crate::object::native::{Args, NativeDef};
use crate::object::raise::Raised;
use crate::object::{class, classes, list};
use taipan_gc::{Cx, Handle};

use crate::builtins::common::Res;

/// What steps return: the next item, or `None` at the end.
type Step<'s> = Result<Option<Handle<'s>>, Raised>;

/// The module.
pub const MODULE: ModuleDef = ModuleDef {
    name: "itertools",
    functions: &[NativeDef::new("tee", group::tee, "iterable, n=2, /")],
    types: TYPES,
    fill: |_, _| Ok(()),
};

macro_rules! types {
    ($($id:ident $new:expr, $signature:literal $(, $more:expr)*;)*) => {
        &[$(TypeDef::new(
            classes::$id,
            "itertools",
            &[NativeDef::new_static("__new__", $new, $signature), ITER, NEXT $(, $more)*],
        )),*]
    };
}

const TYPES: &[TypeDef] = types! {
    ITER_COUNT endless::count, "cls, start=0, step=1", endless::COUNT_REPR;
    ITER_CYCLE endless::cycle, "cls, iterable, /";
    ITER_REPEAT endless::repeat, "cls, object, times=", endless::REPEAT_REPR, endless::REPEAT_HINT;
    ITER_ACCUMULATE select::accumulate, "cls, iterable, func=None, *, initial=None";
    ITER_CHAIN select::chain, "cls, /, *iterables", select::FROM_ITERABLE, CLASS_GETITEM;
    ITER_COMPRESS select::compress, "cls, data, selectors";
    ITER_DROPWHILE select::dropwhile, "cls, predicate, iterable, /";
    ITER_TAKEWHILE select::takewhile, "cls, predicate, iterable, /";
    ITER_FILTERFALSE select::filterfalse, "cls, function, iterable, /";
    ITER_STARMAP select::starmap, "cls, function, iterable, /";
    ITER_ISLICE select::islice, "cls, iterable, stop, stop_after=, step=, /";
    ITER_PAIRWISE select::pairwise, "cls, iterable, /";
    ITER_ZIP_LONGEST select::zip_longest, "cls, /, *iterables, **kwargs";
    ITER_PRODUCT combine::product, "cls, /, *iterables, **kwargs";
    ITER_PERMUTATIONS combine::permutations, "cls, iterable, r=None";
    ITER_COMBINATIONS combine::combinations, "cls, iterable, r";
    ITER_COMBINATIONS_WITH_REPLACEMENT combine::combinations_with_replacement, "cls, iterable, r";
    ITER_GROUPBY group::groupby, "cls, iterable, key=None";
    ITER_GROUPER group::grouper, "cls, parent, tgtkey, /";
    ITER_TEE group::tee_of, "cls, iterable, /", group::TEE_COPY;
};

const CLASS_GETITEM: NativeDef = crate::builtins::CLASS_GETITEM;

/// The first slot of an iterator's state, rooted.
#[inline]
fn state<'s>(cx: &Cx<'s>, iter: Handle<'_, NativeIter>) -> Option<Handle<'s>> {
    iter.get(cx).state.get(cx).map(|s| cx.root(s))
}

/// The second slot, rooted.
#[inline]
fn more<'s>(cx: &Cx<'s>, iter: Handle<'_, NativeIter>) -> Option<Handle<'s>> {
    iter.get(cx).more.get(cx).map(|s| cx.root(s))
}

/// The second slot, which holds a list.
fn more_list<'s>(cx: &Cx<'s>, iter: Handle<'_, NativeIter>) -> Option<Handle<'s, List>> {
    let found = more(cx, iter)?;
    list::of_handle(cx, found)
}

/// Empties both slots: the iterator is at its end and keeps nothing alive.
fn finish(cx: &Cx<'_>, iter: Handle<'_, NativeIter>) {
    iter.get(cx).put(cx, NativeIter::state, None);
    iter.get(cx).put(cx, NativeIter::more, None);
}

/// Replaces the first slot.
fn set_state(cx: &Cx<'_>, iter: Handle<'_, NativeIter>, value: Handle<'_>) {
    iter.get(cx).put(cx, NativeIter::state, Some(value.get(cx)));
}

/// Replaces the second slot.
fn set_more(cx: &Cx<'_>, iter: Handle<'_, NativeIter>, value: Handle<'_>) {
    iter.get(cx).put(cx, NativeIter::more, Some(value.get(cx)));
}

/// Refuses a `cls` of `__new__` that is not the class, or derives from it.
fn check_class<'s>(cx: &mut Cx<'s>, args: &Args<'s>, id: classes::ClassId) -> Result<(), Raised> {
    class::new_target(cx, args, id).map(drop)
}
