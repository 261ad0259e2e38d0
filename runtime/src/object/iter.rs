//! Iteration: making iterators, stepping them, and gathering what they yield.
//!
//! Iterators over the core types step without calls; generators resume through the VM's hook; everything else has `__iter__` and
//! `__next__`, or the old `__getitem__` with numbers from 0.

mod builtin;
mod gather;

pub use gather::{extend_list, for_each, length_hint, to_list, to_tuple, to_vec};

use super::layout::{Generator, NativeIter, NativeIterInit, SeqIter, TableIter};
use super::names;
use super::native::IterDef;
use super::protocol::{is_static, own_method};
use super::raise::{self, type_error, Raised};
use super::{call, class, classes, none, retrying, rt, shapes};
use std::cell::Cell;
use taipan_gc::{Cx, Handle, Local};

pub(crate) use builtin::{items_left, quick_iter, quick_reversed};
pub use builtin::{new_sequence_iter, new_table_iter};

/// `iter(value)`
pub fn iter<'s>(cx: &mut Cx<'s>, value: Handle<'_>) -> Result<Handle<'s>, Raised> {
    let local = value.get(cx);
    if !is_static(local) {
        if let Some(method) = own_method(cx, local, names::ITER) {
            if method.value().is_none() {
                return Err(not_iterable(cx, value));
            }
            return iter_by_method(cx, value);
        }
    }
    if let Some(made) = iter_builtin(cx, value)? {
        return Ok(made);
    }
    let class = class::of(cx, value.get(cx));
    if class::lookup(cx, class, names::ITER).is_some_and(|found| !found.value().is_none()) {
        return iter_by_method(cx, value);
    }
    if !is_static(value.get(cx)) && class::lookup(cx, class, names::GETITEM).is_some() {
        return new_sequence_iter(cx, value, 0, false);
    }
    Err(not_iterable(cx, value))
}

fn iter_by_method<'s>(cx: &mut Cx<'s>, value: Handle<'_>) -> Result<Handle<'s>, Raised> {
    let Some(made) = call::call_special(cx, value, names::ITER, &[])? else {
        return Err(not_iterable(cx, value));
    };
    if !is_iterator(cx, made.get(cx)) {
        let given = class::type_name(cx, made.get(cx));
        return Err(type_error(cx, format!("iter() returned non-iterator of type '{given}'")));
    }
    Ok(made)
}

#[cold]
fn not_iterable(cx: &mut Cx<'_>, value: Handle<'_>) -> Raised {
    let name = class::type_name(cx, value.get(cx));
    type_error(cx, format!("'{name}' object is not iterable"))
}

/// Whether the value can be stepped.
pub fn is_iterator(cx: &Cx<'_>, value: Local<'_>) -> bool {
    match value.shape() {
        Some(shapes::RANGE_ITER | shapes::SEQ_ITER | shapes::TABLE_ITER | shapes::NATIVE_ITER) => true,
        Some(shapes::GENERATOR) => class::of(cx, value).is(classes::local(cx, classes::GENERATOR)),
        _ => {
            class::lookup(cx, class::of(cx, value), names::NEXT).is_some_and(|found| !found.value().is_none())
        }
    }
}

/// The iterator of a core type or of an instance of a subclass, whatever that overrides: `list.__iter__` and so on. `None` for
/// everything else.
pub fn iter_builtin<'s>(cx: &mut Cx<'s>, value: Handle<'_>) -> Result<Option<Handle<'s>>, Raised> {
    builtin::iter(cx, value)
}

/// The next item; `None` at the end.
pub fn next<'s>(cx: &mut Cx<'s>, iterator: Handle<'_>) -> Result<Option<Handle<'s>>, Raised> {
    // SAFETY: each shape says what the object is.
    match iterator.get(cx).shape() {
        // SAFETY: as said above.
        Some(shapes::RANGE_ITER) => Ok(builtin::next_of_range(cx, unsafe { iterator.cast() })),
        // SAFETY: as said above.
        Some(shapes::SEQ_ITER) => builtin::next_of_sequence(cx, unsafe { iterator.cast::<SeqIter>() }),
        // SAFETY: as said above.
        Some(shapes::TABLE_ITER) => builtin::next_of_table(cx, unsafe { iterator.cast::<TableIter>() }),
        Some(shapes::NATIVE_ITER) => {
            // SAFETY: as said above.
            let iterator: Handle<'s, NativeIter> = unsafe { cx.root(iterator.get(cx)).cast() };
            // StopIteration out of a callback ends the iteration, as in CPython.
            match (iterator.get(cx).def.next)(cx, iterator) {
                Err(raised) => raise::catch(cx, raised, classes::STOP_ITERATION).map(|()| None),
                stepped => stepped,
            }
        }
        Some(shapes::GENERATOR) => {
            // SAFETY: as said above.
            let generator: Handle<'s, Generator> = unsafe { cx.root(iterator.get(cx)).cast() };
            if generator.get(cx).flavour.get() != 0 {
                return next_by_method(cx, iterator);
            }
            let nothing = none(cx);
            (rt(cx).hooks.resume)(cx, generator, nothing, false)
        }
        _ => next_by_method(cx, iterator),
    }
}

fn next_by_method<'s>(cx: &mut Cx<'s>, iterator: Handle<'_>) -> Result<Option<Handle<'s>>, Raised> {
    match call::call_special(cx, iterator, names::NEXT, &[]) {
        Ok(Some(item)) => Ok(Some(item)),
        Ok(None) => {
            let name = class::type_name(cx, iterator.get(cx));
            Err(type_error(cx, format!("'{name}' object is not an iterator")))
        }
        Err(raised) => raise::catch(cx, raised, classes::STOP_ITERATION).map(|()| None),
    }
}

/// An iterator written in Rust.
pub fn new_native<'s>(
    cx: &mut Cx<'s>,
    def: &'static IterDef,
    state: Option<Handle<'_>>,
    more: Option<Handle<'_>>,
    count: i64,
) -> Result<Handle<'s>, Raised> {
    let made = retrying(cx, |cx| {
        cx.alloc(NativeIterInit {
            def,
            state: state.map(|s| s.get(cx)),
            more: more.map(|m| m.get(cx)),
            count: Cell::new(count),
        })
    })?;
    Ok(made.any())
}

/// `reversed(value)` of a core type; `None` for everything else.
pub fn reversed_builtin<'s>(cx: &mut Cx<'s>, value: Handle<'_>) -> Result<Option<Handle<'s>>, Raised> {
    builtin::reversed(cx, value)
}
