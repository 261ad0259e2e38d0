//! Frames and the machine that holds them.
//!
//! A frame is a record of control; the registers lie on the heap's value stack. Frames form a list of nodes that never move and are used
//! again, so that the loop keeps a plain pointer to the one that runs.

use super::calls::Return;
use super::captured::Captured;
use super::shared::Shared;
use crate::bytecode::code::FLAG_DRIVER;
use crate::object::layout::{CodeData, Function};
use crate::object::{rt, CallerInfo};
use std::cell::{Cell, UnsafeCell};
use std::ptr::null_mut;
use taipan_gc::{Cx, Discipline, Handle, HeapFull};

/// Returning from this frame ends the run.
pub(super) const ENTRY: u8 = 1;
/// The frame runs `__init__`: the result is the instance, which lies two slots below the registers.
pub(super) const CONSTRUCT: u8 = 2;
/// The frame belongs to a generator: its generator lies two slots below the registers.
pub(super) const GENERATOR: u8 = 4;
/// A generator's frame, on top of that of the generator that delegates to it.
pub(super) const DELEGATED: u8 = 8;

/// The frame runs an operator's method: the operands lie three and two slots below the registers.
pub(super) const OPERATOR: u8 = 16;
/// A traceback refers to the frame: see [`captured`](super::captured).
pub(super) const CAPTURED: u8 = 128;

/// The frame is a driver's, and no level of recursion.
pub(super) const DRIVER: u8 = 32;

/// Frames are allocated so many at a time.
const CHUNK: usize = 64;

/// One call of a Python function in progress. The function lies one stack slot below the registers.
#[derive(Debug)]
pub struct Frame {
    /// The code that runs; the function keeps it alive.
    pub(super) code: *const CodeData,
    /// The instruction that is running; up to date whenever something else runs.
    pub(super) pc: *const u32,
    /// Where the frame below goes on when it has this one's result; null for entry frames.
    pub(super) resume: *const u32,
    /// Stack index of register 0.
    pub(super) base: usize,
    /// The frame below; null for the one that stands for no frame at all.
    pub(super) below: *mut Frame,
    /// The node for the next call; null at the end of what is allocated.
    pub(super) above: *mut Frame,
    /// Register of the frame below that gets the result.
    pub(super) dst: u8,
    /// `ENTRY`, `CONSTRUCT`, `GENERATOR`, `DELEGATED`, `OPERATOR`, `DRIVER`.
    pub(super) flags: u8,
}

impl Frame {
    const UNUSED: Frame = Frame {
        code: std::ptr::null(),
        pc: std::ptr::null(),
        resume: std::ptr::null(),
        base: 0,
        below: null_mut(),
        above: null_mut(),
        dst: 0,
        flags: 0,
    };

    /// Makes an unused node the frame of a call.
    #[inline(always)]
    pub(super) fn fill(&mut self, new: NewFrame) {
        let NewFrame { code, base, pc, to, flags } = new;
        (self.code, self.base, self.pc) = (code, base, pc);
        (self.dst, self.resume, self.flags) = (to.dst, to.resume, flags);
    }

    /// How its result is handed back.
    pub(super) fn to(&self) -> Return {
        Return { dst: self.dst, resume: self.resume }
    }

    /// Word index of the instruction that is running.
    pub(super) fn index(&self) -> u32 {
        // SAFETY: `pc` points into the words of `code`.
        unsafe { self.pc.offset_from((*self.code).start()) as u32 }
    }

    /// The frame goes on at this word.
    pub(super) fn go_to(&mut self, index: u32) {
        // SAFETY: callers pass targets that the verifier has seen.
        self.pc = unsafe { (*self.code).start().add(index as usize) };
    }

    /// Stack index behind the last register.
    pub(super) fn end(&self) -> usize {
        // SAFETY: the frame's function keeps its code alive.
        self.base + unsafe { (*self.code).registers as usize }
    }
}

/// What a new frame is made of.
pub(super) struct NewFrame {
    pub(super) code: *const CodeData,
    pub(super) base: usize,
    pub(super) pc: *const u32,
    pub(super) to: Return,
    pub(super) flags: u8,
}

impl NewFrame {
    /// A frame that begins with the first instruction.
    #[inline(always)]
    pub(super) fn at_start(code: *const CodeData, base: usize, to: Return, flags: u8) -> NewFrame {
        // SAFETY: callers pass the code of a function that is on the stack.
        let pc = unsafe { (*code).start() };
        NewFrame { code, base, pc, to, flags }
    }
}

/// The VM's state in a heap.
#[derive(Debug)]
pub struct Machine {
    /// The innermost frame, or the node that stands for none.
    pub(super) current: Cell<*mut Frame>,
    /// Changes when chains of generators may no longer be as they remember: see [`generator`](super::generator).
    pub(super) epoch: Cell<u32>,
    /// The last stamp given to a delegation between generators.
    delegations: Cell<u32>,
    /// Where the nodes lie.
    chunks: UnsafeCell<Vec<Vec<Frame>>>,
    /// Frames that tracebacks refer to.
    captured: UnsafeCell<Vec<Captured>>,
    /// What inline caches share.
    pub(super) shared: Shared,
}

// SAFETY: frames point into objects of the heap that the machine belongs to, and move between threads with it.
unsafe impl Send for Machine {}

impl Default for Machine {
    fn default() -> Machine {
        Machine::new()
    }
}

impl Machine {
    /// An idle machine.
    ///
    /// # Panics
    /// Without memory for the first few frames.
    pub fn new() -> Machine {
        let machine = Machine {
            current: Cell::new(null_mut()),
            epoch: Cell::new(0),
            delegations: Cell::new(0),
            chunks: UnsafeCell::new(Vec::new()),
            captured: UnsafeCell::new(Vec::new()),
            shared: Shared::default(),
        };
        let Some(first) = machine.grow(null_mut()) else { panic!("no memory for frames") };
        machine.current.set(first);
        machine
    }

    /// Links a chunk of new nodes behind `last`. `None` without memory.
    fn grow(&self, last: *mut Frame) -> Option<*mut Frame> {
        // SAFETY: one thread uses the machine, and the reference ends with this call.
        let chunks = unsafe { &mut *self.chunks.get() };
        chunks.try_reserve(1).ok()?;
        let mut chunk = Vec::new();
        chunk.try_reserve_exact(CHUNK).ok()?;
        chunk.resize_with(CHUNK, || Frame::UNUSED);
        let nodes = chunk.as_mut_ptr();
        chunks.push(chunk);
        let mut below = last;
        for n in 0..CHUNK {
            // SAFETY: within the chunk; `last` is a node of an earlier one.
            unsafe {
                let node = nodes.add(n);
                (*node).below = below;
                if !below.is_null() {
                    (*below).above = node;
                }
                below = node;
            }
        }
        Some(nodes)
    }

    /// Frames that tracebacks refer to, inner ones last. The reference must not be kept across anything that runs code.
    #[allow(clippy::mut_from_ref)]
    pub(super) fn captured(&self) -> &mut Vec<Captured> {
        // SAFETY: one thread uses the machine, and callers let go of the reference before they call anything that gets another.
        unsafe { &mut *self.captured.get() }
    }

    /// The innermost frame, if anything runs. The reference must not be kept across anything that pops the frame.
    #[allow(clippy::mut_from_ref)]
    pub(super) fn innermost(&self) -> Option<&mut Frame> {
        // SAFETY: the current node is one of ours; one thread uses the machine.
        let frame = unsafe { &mut *self.current.get() };
        (!frame.code.is_null()).then_some(frame)
    }

    /// Makes sure that there is a node for one more frame.
    #[inline]
    pub(super) fn reserve(&self, cx: &Cx<'_>) -> Result<(), HeapFull> {
        let current = self.current.get();
        // SAFETY: the current node is one of ours.
        if unsafe { !(*current).above.is_null() } {
            return Ok(());
        }
        let full = HeapFull { requested: CHUNK * size_of::<Frame>() };
        cx.may_grow(full.requested)?;
        self.grow(current).map(drop).ok_or(full)
    }

    /// Pushes a frame, after [`reserve`](Self::reserve).
    pub(super) fn push(&self, new: NewFrame) {
        // SAFETY: the current node is one of ours, and the one above it, reserved beforehand, is used by no frame.
        let above = unsafe { (*self.current.get()).above };
        assert!(!above.is_null(), "a frame without a node");
        // SAFETY: as above.
        let frame = unsafe { &mut *above };
        frame.fill(new);
        self.current.set(above);
    }

    /// A stamp for a delegation; never 0.
    pub(super) fn next_delegation(&self) -> u32 {
        let stamp = self.delegations.get().wrapping_add(1).max(1);
        self.delegations.set(stamp);
        stamp
    }

    /// Pops the innermost frame.
    pub(super) fn pop(&self) {
        // SAFETY: the current node is one of ours, and not the lowest, because a frame is innermost.
        self.current.set(unsafe { (*self.current.get()).below });
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
    let mut frame = machine(cx).innermost()?;
    // SAFETY: frames in use; code outlives its frames.
    while unsafe { (*frame.code).unit.flags } & FLAG_DRIVER != 0 {
        // SAFETY: a driver was called by another frame, which lies below.
        frame = unsafe { &mut *frame.below };
        if frame.code.is_null() {
            return None;
        }
    }
    // SAFETY: every frame's function lies below its registers and stays there while it runs.
    let function: Handle<'s, Function> = unsafe { Handle::from_index(cx, frame.base - 1) };
    Some(CallerInfo { function, code: frame.code, registers: frame.base, pc: frame.index() as usize })
}

/// The function of the n-th Python frame, counted from the innermost.
pub(super) fn function_at<'s>(cx: &Cx<'s>, depth: usize) -> Option<Handle<'s, Function>> {
    let mut frame: *const Frame = machine(cx).innermost()?;
    for _ in 0..depth {
        // SAFETY: a node that holds a frame has one below it; the lowest node holds none.
        frame = unsafe { (*frame).below };
        // SAFETY: as above.
        if unsafe { (*frame).code.is_null() } {
            return None;
        }
    }
    // SAFETY: as in `caller`.
    Some(unsafe { Handle::from_index(cx, (*frame).base - 1) })
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
