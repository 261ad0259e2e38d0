//! Frames and the machine that holds them.

use crate::object::layout::{CodeData, Function};
use crate::object::{rt, CallerInfo};
use std::cell::{Cell, UnsafeCell};
use taipan_gc::{Cx, Discipline, Handle};

/// Returning from this frame ends the run.
pub(super) const ENTRY: u8 = 1;
/// The frame runs `__init__`: the result is the instance, which lies two slots below the registers.
pub(super) const CONSTRUCT: u8 = 2;
/// The frame belongs to a generator: its generator lies two slots below the registers.
pub(super) const GENERATOR: u8 = 4;

/// One call of a Python function in progress. The function lies one stack slot below the registers.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// The code that runs; the function keeps it alive.
    pub(super) code: *const CodeData,
    /// Stack index of register 0.
    pub(super) base: usize,
    /// Word index of the instruction that is running; up to date whenever something else runs.
    pub(super) pc: u32,
    /// Register of the caller that gets the result.
    pub(super) dst: u8,
    /// `ENTRY`, `CONSTRUCT`, `GENERATOR`.
    pub(super) flags: u8,
}

/// The VM's state in a heap.
#[derive(Debug, Default)]
pub struct Machine {
    frames: UnsafeCell<Vec<Frame>>,
    /// Instructions left before `FuelExhausted`; negative: unlimited.
    pub fuel: Cell<i64>,
}

// SAFETY: frames point into objects of the heap that the machine belongs to, and move between threads with it.
unsafe impl Send for Machine {}

impl Machine {
    /// An idle machine.
    pub fn new() -> Machine {
        Machine { frames: UnsafeCell::new(Vec::new()), fuel: Cell::new(-1) }
    }

    /// The frames, innermost last. The reference must not be kept across anything that runs Python code.
    #[allow(clippy::mut_from_ref)]
    pub(super) fn frames(&self) -> &mut Vec<Frame> {
        // SAFETY: one thread uses the machine, and every caller lets go of the reference before it runs other code.
        unsafe { &mut *self.frames.get() }
    }
}

/// The machine of the heap.
#[inline(always)]
pub(super) fn machine<'a>(cx: &'a Cx<'_>) -> &'a Machine {
    // SAFETY: `Interpreter::new` stores the machine before anything runs, and it lives as long as the runtime.
    unsafe { &*(rt(cx).machine.get() as *const Machine) }
}

/// The innermost Python frame, for natives.
pub(super) fn caller<'s>(cx: &Cx<'s>) -> Option<CallerInfo<'s>> {
    let frame = machine(cx).frames().last()?;
    // SAFETY: every frame's function lies below its registers and stays there while it runs.
    let function: Handle<'s, Function> = unsafe { Handle::from_index(cx, frame.base - 1) };
    Some(CallerInfo { function, registers: frame.base, pc: frame.pc as usize })
}

/// A discipline, known when the loop is compiled.
pub(super) trait Counting {
    /// Whether registers own counts.
    const COUNTED: bool;
}

/// Registers own counts.
pub(super) struct Counted;
/// Registers own nothing.
pub(super) struct Traced;

impl Counting for Counted {
    const COUNTED: bool = true;
}

impl Counting for Traced {
    const COUNTED: bool = false;
}

/// Whether the heap's manager counts.
pub(super) fn is_counted(cx: &Cx<'_>) -> bool {
    cx.facts().discipline == Discipline::Counted
}
