//! What the host holds and has not given back: references, open buffers, open scopes, each with its type, its number and where it was made.
//!
//! Nothing of the heap runs for it, and nothing is made in it. Leaves out: links of other threads.

use crate::abi::*;
use crate::buffers::Keeper;
use crate::context::Context;
use crate::heap::Sink;
use crate::origins::Names;
use crate::refs::State;
use std::ffi::c_void;
use std::io::Write;
use std::panic::{catch_unwind, AssertUnwindSafe};
use taipan::object::class;
use taipan::object::insight::describe;
use taipan_gc::{Cx, Entered, Local, Owned, Value};

/// What the host holds that was made since a serial number, in the order in which it was made; each as a line and, where they are kept, lines of its
/// origin. What has no number comes last.
fn held(ctx: &Context, cx: &Cx<'_>, since: u64) -> Vec<String> {
    let mut all: Vec<(u64, String)> = Vec::new();
    let mut names = Names::new(ctx);
    let mut add = |serial: u64, what: String| {
        let origin = names.lines(serial);
        all.push((serial, format!("#{serial} {what}\n{origin}")));
    };
    for (serial, state) in ctx.references.borrow().since(since) {
        add(serial, reference(cx, *state));
    }
    for (serial, keeper) in ctx.buffers.borrow().since(since) {
        add(serial, buffer(cx, keeper));
    }
    let mut unnumbered = Vec::new();
    for (scope, locals) in ctx.scopes.of_host() {
        let what = format!("open scope of {locals} local{}", if locals == 1 { "" } else { "s" });
        match ctx.serial_of(scope) {
            Some(serial) if serial >= since => add(serial, what),
            None if since == 0 => unnumbered.push(format!("{what}\n")),
            _ => {}
        }
    }
    all.sort_by_key(|(serial, _)| *serial);
    all.into_iter().map(|(_, text)| text).chain(unnumbered).collect()
}

fn reference(cx: &Cx<'_>, state: State) -> String {
    match state {
        State::Owned(owned) => format!("owned reference to {}", object(cx, owned)),
        State::Weak(weak) => format!("weak reference to {}", target(cx, cx.upgrade(weak))),
        State::Watched(weak, _) => format!("watching reference to {}", target(cx, cx.upgrade(weak))),
        State::Immediate(value) => format!("reference to {}", immediate(cx, value)),
    }
}

fn buffer(cx: &Cx<'_>, keeper: &Keeper) -> String {
    match keeper {
        Keeper::Copy(words) => format!("open buffer, a copy of up to {} bytes", size_of_val(&words[..])),
        Keeper::Object(owned) => format!("open buffer of {}", object(cx, *owned)),
        Keeper::View(view, _) | Keeper::CopiedView(view, _) => {
            let held = cx.owned(*view).and_then(|view| view.held.get(cx));
            format!("open buffer of {}", target(cx, held))
        }
    }
}

fn object(cx: &Cx<'_>, owned: Owned) -> String {
    target(cx, cx.owned(owned))
}

fn target(cx: &Cx<'_>, object: Option<Local<'_>>) -> String {
    object.map_or("nothing any more".to_owned(), |object| describe(cx, object))
}

fn immediate(cx: &Cx<'_>, value: Value) -> String {
    let kind = Local::immediate(value).map_or(String::new(), |value| class::type_name(cx, value));
    match (value.as_int(), value.as_float()) {
        (Some(int), _) => format!("{kind} {int}"),
        (_, Some(float)) => format!("{kind} {float}"),
        _ => kind,
    }
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_debug_serial(ctx: *mut Context) -> i64 {
    Context::enter(ctx, |ctx, _| ctx.serial.get() as i64).unwrap_or_else(i64::from)
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_debug_leaks(ctx: *mut Context, since: i64, sink: LogFn, ud: *mut c_void) -> i64 {
    let told = Context::enter(ctx, |ctx, cx| {
        let Ok(since) = u64::try_from(since) else { return E_ARG.into() };
        let held = held(ctx, cx, since);
        if let Some(log) = sink {
            let mut sink = Sink { log, ud, level: 0 };
            // The sink takes everything.
            held.iter().for_each(|text| drop(sink.write_all(text.as_bytes())));
        }
        held.len() as i64
    });
    told.unwrap_or_else(i64::from)
}

/// Before a heap is freed that keeps origins: tells the host's log, or else the process's standard error, what it still holds.
pub(crate) fn at_end(context: &Context, (log, ud): (LogFn, *mut c_void)) {
    if context.origins.is_none() || context.poisoned.get() {
        return;
    }
    let Ok(_entered) = Entered::new() else { return };
    // SAFETY: this thread has entered no heap (just checked), and only it may use this one.
    let cx = unsafe { Cx::from_core(context.core) };
    let told = catch_unwind(AssertUnwindSafe(|| {
        let held = held(context, &cx, 0);
        if held.is_empty() {
            return;
        }
        let mut sink: Box<dyn Write> = match log {
            Some(log) => Box::new(Sink { log, ud, level: 2 }),
            None => Box::new(std::io::stderr()),
        };
        let things = if held.len() == 1 { "thing was" } else { "things were" };
        // Teardown goes on, whoever listens.
        let _ = writeln!(sink, "taipan: {} {things} not given back:", held.len());
        held.iter().for_each(|text| drop(sink.write_all(text.as_bytes())));
    }));
    if let Err(panic) = told {
        // Its drop might panic again; the heap is freed all the same.
        std::mem::forget(panic);
    }
}
