//! Unwinding: from the frame that raised to the handler that catches, adding a traceback level per frame.

use super::calls::{give_up, give_up_from_top, leave_frame, put_at, set_top, top};
use super::frame::{is_counted, machine, CAPTURED, CONSTRUCT, ENTRY, GENERATOR, OPERATOR};
use super::step::register;
use super::{captured, generator};
use crate::bytecode::code::{FLAG_COLLECTOR, FLAG_DRIVER};
use crate::object::layout::{Code, Function, Traceback, TracebackInit};
use crate::object::raise::{self, Raised, TRACEBACK_WORD};
use crate::object::{classes, instance};
use std::cell::Cell;
use taipan_gc::{Cx, Handle, Value};

/// Finds the handler of the pending exception. `Err`: the entry frame has been left. `mark` adds a traceback level for the innermost
/// frame; a re-raise there has it already.
#[cold]
#[inline(never)]
pub(super) fn unwind(cx: &mut Cx<'_>, mark: bool) -> Result<(), Raised> {
    let mut mark = mark;
    loop {
        let Some(frame) = machine(cx).innermost() else { return Err(raise::pending()) };
        let (base, end, flags, index) = (frame.base, frame.end(), frame.flags, frame.index());
        // SAFETY: the frame's function keeps its code alive.
        let unit = unsafe { &(*frame.code).unit };
        // The frame's registers are what is in use, whatever raised had on top: arguments, maybe.
        give_up_from_top(cx, end, top(cx));
        set_top(cx, end);
        let handler = unit.handlers.iter().find(|h| h.start <= index && index < h.end);
        let consumer = unit.is_consumer(index as usize);
        if mark && unit.flags & FLAG_DRIVER == 0 && !consumer {
            cx.scoped(|cx| add_level(cx, base, index, handler.is_some()));
        }
        mark = true;
        if let Some(handler) = handler {
            let from = base + handler.depth as usize;
            give_up_from_top(cx, from, end);
            // What the frames above left in these registers would stay alive until they are used again.
            for n in from..end {
                put_at(cx, n, Value::HOLE);
            }
            if let Some(frame) = machine(cx).innermost() {
                frame.go_to(handler.target);
            }
            // Also looks for what a MemoryError has let go of: the handler may need room before the next back-edge.
            cx.poll();
            return Ok(());
        }
        give_up_from_top(cx, base + unit.local_names.len(), end);
        if machine(cx).innermost().is_some_and(|frame| frame.flags & CAPTURED != 0) {
            captured::release(cx, true);
        }
        if flags & GENERATOR != 0 {
            generator::fail(cx, base);
        } else if unit.flags & FLAG_COLLECTOR != 0 && !consumer {
            generator::no_stop_iteration(cx, "generator");
        }
        give_up(cx, base, end);
        if flags & GENERATOR != 0 {
            if generator::leave_failed(cx, base) {
                continue;
            }
        } else {
            if flags & CONSTRUCT != 0 {
                give_up(cx, base - 2, base - 1);
            }
            if flags & OPERATOR != 0 {
                give_up(cx, base - 3, base - 1);
            }
            if flags & ENTRY == 0 {
                give_up(cx, base - 1, base);
            }
            leave_frame(cx, flags);
        }
        if is_counted(cx) {
            if flags & ENTRY == 0 {
                if let Some(outer) = machine(cx).innermost() {
                    set_top(cx, outer.end());
                }
            }
            cx.drain();
        }
        if flags & ENTRY != 0 {
            return Err(raise::pending());
        }
    }
}

/// Adds a level to the traceback of the pending exception. `stays`: the frame catches it; else its variables go with the level.
fn add_level(cx: &mut Cx<'_>, base: usize, pc: u32, stays: bool) {
    let mut exception = raise::take(cx);
    if raise::is_made_beforehand(cx, exception.get(cx)) {
        // What was too large for the heap leaves room for a MemoryError of its own.
        let class = classes::handle(cx, classes::MEMORY_ERROR);
        exception = raise::new_exception(cx, class, &[]).unwrap_or(exception);
    }
    let first = {
        let object = exception.get(cx);
        let traceback = raise::exception(cx, object).and_then(|e| e.traceback.get(cx));
        if traceback.is_none_or(|t| !t.value().is_ref()) {
            raise::chain_context(cx, object);
        }
        traceback.filter(|t| t.value().is_ref()).map(|t| cx.root(t))
    };
    // SAFETY: a frame's function lies below its registers.
    let function: Handle<'_, Function> = unsafe { register(cx, base - 1) };
    let code: Option<Handle<'_, Code>> = function.get(cx).code.get(cx).map(|c| cx.root(c));
    let frame = captured::record(cx, base, stays);
    let level: Option<Handle<'_, Traceback>> = cx
        .alloc(TracebackInit {
            next: first.map(|f| f.get(cx)),
            code: code.map(|c| c.get(cx)),
            frame: frame.map(|f| f.get(cx)),
            pc: Cell::new(pc),
        })
        .ok()
        .map(|level| cx.root(level));
    // Without memory the exception goes on with a shorter traceback. The one made beforehand is shared and gets none.
    let shared = raise::is_made_beforehand(cx, exception.get(cx));
    if let (Some(level), false) = (level, shared) {
        instance::put_word(cx, exception.get(cx), TRACEBACK_WORD, level.get(cx).any());
        if let (Some(frame), false) = (frame, stays) {
            captured::hand_over(cx, frame.get(cx));
        }
    }
    raise::set_pending(cx, exception.get(cx));
}
