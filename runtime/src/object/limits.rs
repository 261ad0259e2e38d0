//! What ends a program from outside: fuel, interrupts; and the poll, where that happens.
//!
//! The virtual machine polls at back-edges and calls, natives that loop over an iterator at each item. Out of fuel, every further poll raises
//! again until the host gives more, so a program that catches the exception gets no further than its handlers.

use super::classes;
use super::raise::{raise, raise_with, Raised};
use super::tasks;
use taipan_gc::protocol::signals::{Signals, COLLECT, FINALIZERS, FUEL, INTERRUPT, TASKS};
use taipan_gc::Cx;

#[inline(always)]
fn signals<'a>(cx: &'a Cx<'_>) -> &'a Signals {
    // SAFETY: the signals live as long as the core, which is this thread's.
    unsafe { &*std::ptr::from_ref::<Signals>(&(*cx.core()).memory.signals) }
}

/// Does what is asked of the mutator: collects, runs finalizers and tasks, burns fuel, or raises KeyboardInterrupt.
#[cold]
#[inline(never)]
pub fn poll(cx: &mut Cx<'_>) -> Result<(), Raised> {
    let pending = signals(cx).pending();
    if pending & (COLLECT | FINALIZERS) != 0 {
        cx.poll();
    }
    if pending & TASKS != 0 {
        tasks::run(cx);
    }
    if pending & FUEL != 0 {
        burn(cx, 1)?;
    }
    if pending & INTERRUPT != 0 && signals(cx).take(INTERRUPT) != 0 {
        return Err(raise_with(cx, classes::KEYBOARD_INTERRUPT, &[]));
    }
    Ok(())
}

/// Burns fuel, if programs need it: for work that takes long between two polls.
pub fn burn(cx: &mut Cx<'_>, units: u64) -> Result<(), Raised> {
    match cx.burn(units) {
        true => Ok(()),
        false => Err(raise(cx, classes::FUEL_EXHAUSTED, "the program has used up its fuel")),
    }
}

/// Whether another thread has asked for an interrupt, which the next poll raises.
pub fn is_interrupted(cx: &Cx<'_>) -> bool {
    signals(cx).pending() & INTERRUPT != 0
}

/// A poll in a loop of a native.
#[inline(always)]
pub fn tick(cx: &mut Cx<'_>) -> Result<(), Raised> {
    match signals(cx).pending() {
        0 => Ok(()),
        _ => poll(cx),
    }
}
