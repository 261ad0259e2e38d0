//! Frames that a traceback refers to: their variables live as long as the traceback does, as under CPython, where frames are objects.
//!
//! A frame that an exception leaves hands its variables over to the record in its traceback level at once. A frame that catches one goes on:
//! it is marked as captured, and hands them over when it ends, if somebody still has the record then. One record serves all tracebacks of an
//! activation. Only variables with a name are handed over: what the frame holds besides (iterators, the exception that a `finally` puts aside)
//! CPython has on its evaluation stack, which an exception clears. A generator that comes to rest keeps its variables; only its end, or an exception that leaves it, can hand them over.

use super::calls::slot;
use super::frame::{is_counted, machine, Frame, CAPTURED};
use crate::object::layout::{Array, FrameObject, FrameObjectInit, Function};
use crate::object::{shapes, tuple};
use taipan_gc::{refs, Cx, Handle, Local, Owned, Value};

/// A frame and its record, which is owned until the frame ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Captured {
    frame: *const Frame,
    record: Owned<FrameObject>,
}

/// The record of the innermost frame, whose function lies below `base`. `stays`: it goes on running, so it is remembered. `None` without
/// memory.
pub(super) fn record<'s>(cx: &Cx<'s>, base: usize, stays: bool) -> Option<Handle<'s, FrameObject>> {
    let frame = machine(cx).innermost()?;
    if frame.flags & CAPTURED != 0 {
        let known = find(cx, frame)?.record;
        return cx.owned(known).map(|record| cx.root(record));
    }
    // SAFETY: every frame's function lies below its registers and stays there while it runs.
    let function: Handle<'_, Function> = unsafe { Handle::from_index(cx, base - 1) };
    let init = FrameObjectInit { function: Some(function.get(cx)), variables: None };
    let record = cx.root(cx.alloc(init).ok()?);
    if stays {
        let all = machine(cx).captured();
        all.try_reserve(1).ok()?;
        let record = cx.own(record.get(cx)).ok()?;
        all.push(Captured { frame, record });
        frame.flags |= CAPTURED;
    }
    Some(record)
}

fn find(cx: &Cx<'_>, frame: *const Frame) -> Option<Captured> {
    machine(cx).captured().iter().rev().find(|c| std::ptr::eq(c.frame, frame)).copied()
}

/// Moves the variables of the innermost frame into its record.
pub(super) fn hand_over(cx: &Cx<'_>, record: Local<'_, FrameObject>) {
    let Some(frame) = machine(cx).innermost() else { return };
    // SAFETY: the frame's function keeps its code alive.
    let variables = unsafe { (*frame.code).unit.local_names.len() };
    let first = slot(cx, frame.base);
    // SAFETY: registers of the frame.
    let any = (0..variables).any(|n| unsafe { (*first.add(n)).is_ref() });
    if !any {
        return;
    }
    let array = tuple::alloc_values(cx, shapes::ENTRIES, variables, |_| Value::HOLE);
    // Without memory they die with the frame.
    let Ok(array) = array else { return };
    let array: Local<'_, Array> = array;
    // SAFETY: the fresh array's slots are holes; the frame ends, and what it leaves are holes.
    unsafe {
        refs::move_in(cx.core(), array.value().header(), tuple::array_slot(array, 0), first, variables)
    };
    record.put(cx, FrameObject::variables, Some(array));
}

/// The innermost frame, which is captured, ends or comes to rest: its record gets the variables if `ends`, and if anybody still has it.
#[cold]
#[inline(never)]
pub(super) fn release(cx: &Cx<'_>, ends: bool) {
    let Some(frame) = machine(cx).innermost() else { return };
    frame.flags &= !CAPTURED;
    let all = machine(cx).captured();
    let Some(at) = all.iter().rposition(|c| std::ptr::eq(c.frame, frame)) else { return };
    let Captured { record, .. } = all.remove(at);
    if let Some(local) = cx.owned(record) {
        let alone = is_counted(cx) && local.any().header().is_some_and(|header| header.count() == 1);
        if ends && !alone {
            hand_over(cx, local);
        }
    }
    cx.disown(record);
}
