//! Functions of the host, as the library gets them: each writes down that it was called, calls the host's, and writes down what that gave.
//!
//! What a trace function shows is not written down: the slots that it shows are known from what the host stores in them (`slots`).

use super::{recorder, Recorder, HELD, INSIDE, TRACED};
use crate::format::Op;
use crate::kinds::{Call, Kind, CALLS};
use crate::tables::signature;
use std::cell::Cell;
use std::mem::transmute;

/// Functions that the host has given together, and the `ud` that they share.
#[derive(Debug)]
pub(super) struct Given {
    pub(super) number: u64,
    pub(super) ud: u64,
    /// By [`Call`].
    pub(super) functions: [usize; CALLS],
}

/// What the library gets in place of a function.
pub(super) fn trampoline(call: Call) -> u64 {
    let function = match call {
        Call::Native => native as *const (),
        Call::Loader => loader as *const (),
        Call::Task => task as *const (),
        Call::Died => died as *const (),
        Call::Finalize => finalize as *const (),
        Call::UdFree => ud_free as *const (),
        Call::Free => free as *const (),
        Call::Log => log as *const (),
        Call::Pressure => pressure as *const (),
        Call::Event => event as *const (),
        Call::Trace => trace as *const (),
        Call::Alloc => alloc as *const (),
        Call::Dealloc => dealloc as *const (),
    };
    function as u64
}

/// Calls the host between two events.
fn around(given: &Given, call: Call, words: &[u64], host: impl FnOnce() -> u64) -> u64 {
    // Inside a call during which this thread has the recorder: none of what the header promises.
    if HELD.get() {
        return host();
    }
    if let Some(mut recorder) = recorder() {
        // SAFETY: arguments of the library.
        unsafe { recorder.enter(given, call, words) };
    }
    let inside = INSIDE.replace(false);
    let result = host();
    INSIDE.set(inside);
    if let Some(mut recorder) = recorder() {
        // SAFETY: as above.
        unsafe { recorder.leave(call, words, result) };
    }
    result
}

impl Recorder {
    unsafe fn enter(&mut self, given: &Given, call: Call, words: &[u64]) {
        if call != Call::Trace {
            // Before code of the host can take slots away.
            // SAFETY: they were shown in the call that calls back.
            unsafe { self.settle() };
        }
        if call == Call::Free {
            self.regions.free(given.number);
        }
        self.event(Op::Enter);
        self.writer.number(call as u64);
        self.writer.number(given.number);
        for (at, (_, kind)) in signature(call).iter().flat_map(|s| s.params).enumerate() {
            if *kind != Kind::Ud {
                // SAFETY: by contract.
                unsafe { self.save_given(*kind, words, at) };
            }
        }
        self.write();
    }

    unsafe fn leave(&mut self, call: Call, words: &[u64], result: u64) {
        if call.is_ordered() {
            // SAFETY: what regions there are is good until it is taken away.
            unsafe { self.patch() };
        }
        if call == Call::Finalize {
            self.slots.end(words[0] as usize);
        }
        self.event(Op::Leave);
        if let Some(signature) = signature(call) {
            self.save_value(signature.result, result);
            for (at, (_, kind)) in signature.params.iter().enumerate() {
                if kind.is_out() && words[at] != 0 {
                    // SAFETY: a variable of the library's.
                    unsafe { self.save_out(&signature, at, *kind, words, Some(0)) };
                }
            }
        }
        self.write();
    }
}

/// The host's function.
macro_rules! theirs {
    ($given:expr, $call:ident, fn($($kind:ty),*) $(-> $result:ty)?) => {
        transmute::<usize, unsafe extern "C" fn($($kind),*) $(-> $result)?>($given.functions[Call::$call as usize])
    };
}

unsafe extern "C" fn native(ctx: u64, given: &Given, receiver: u64, argc: i32, argv: u64) -> u64 {
    let words = [ctx, 0, receiver, i64::from(argc) as u64, argv];
    // SAFETY: the host gave this function to be called so.
    around(given, Call::Native, &words, || unsafe {
        theirs!(given, Native, fn(u64, u64, u64, i32, u64) -> u64)(ctx, given.ud, receiver, argc, argv)
    })
}

unsafe extern "C" fn loader(ctx: u64, given: &Given, name: u64, is_package: u64) -> u64 {
    // SAFETY: as above.
    around(given, Call::Loader, &[ctx, 0, name, is_package], || unsafe {
        theirs!(given, Loader, fn(u64, u64, u64, u64) -> u64)(ctx, given.ud, name, is_package)
    })
}

unsafe extern "C" fn task(ctx: u64, given: &Given) {
    // SAFETY: as above.
    around(given, Call::Task, &[ctx, 0], || unsafe {
        theirs!(given, Task, fn(u64, u64))(ctx, given.ud);
        0
    });
}

unsafe extern "C" fn died(ctx: u64, reference: u64, given: &Given) {
    // SAFETY: as above.
    around(given, Call::Died, &[ctx, reference, 0], || unsafe {
        theirs!(given, Died, fn(u64, u64, u64))(ctx, reference, given.ud);
        0
    });
}

unsafe extern "C" fn finalize(payload: u64, fin: u64, given: &Given) {
    // SAFETY: as above.
    around(given, Call::Finalize, &[payload, fin, 0], || unsafe {
        theirs!(given, Finalize, fn(u64, u64, u64))(payload, fin, given.ud);
        0
    });
}

unsafe extern "C" fn ud_free(given: &Given) {
    // SAFETY: as above.
    around(given, Call::UdFree, &[], || unsafe {
        theirs!(given, UdFree, fn(u64))(given.ud);
        0
    });
}

unsafe extern "C" fn free(given: &Given) {
    // SAFETY: as above.
    around(given, Call::Free, &[0], || unsafe {
        theirs!(given, Free, fn(u64))(given.ud);
        0
    });
}

/// Bytes of a log's text that are written down, for whoever reads: a replay does without.
const MOST_LOG: u64 = 1024;

unsafe extern "C" fn log(given: &Given, level: i32, text: u64, len: u64) {
    let words = [0, i64::from(level) as u64, text, len.min(MOST_LOG)];
    // SAFETY: as above.
    around(given, Call::Log, &words, || unsafe {
        theirs!(given, Log, fn(u64, i32, u64, u64))(given.ud, level, text, len);
        0
    });
}

unsafe extern "C" fn pressure(given: &Given, bytes: u64, limit: u64) -> u64 {
    // SAFETY: as above.
    around(given, Call::Pressure, &[0, bytes, limit], || unsafe {
        theirs!(given, Pressure, fn(u64, u64, u64) -> u64)(given.ud, bytes, limit)
    })
}

unsafe extern "C" fn event(given: &Given, event: u64) {
    // SAFETY: as above.
    around(given, Call::Event, &[0, event], || unsafe {
        theirs!(given, Event, fn(u64, u64))(given.ud, event);
        0
    });
}

/// Memory that was given, or not; or given where it should not be.
pub(crate) mod given {
    pub(crate) const NONE: u64 = 0;
    pub(crate) const SOME: u64 = 1;
    pub(crate) const ODD: u64 = 2;
}

unsafe extern "C" fn alloc(given: &Given, size: u64, align: u64) -> u64 {
    let mut memory = 0;
    around(given, Call::Alloc, &[0, size, align], || {
        // SAFETY: as above.
        memory = unsafe { theirs!(given, Alloc, fn(u64, u64, u64) -> u64)(given.ud, size, align) };
        match memory {
            0 => given::NONE,
            _ if memory % align.max(1) != 0 => given::ODD,
            _ => given::SOME,
        }
    });
    memory
}

unsafe extern "C" fn dealloc(given: &Given, memory: u64, size: u64, align: u64) {
    // SAFETY: as above.
    around(given, Call::Dealloc, &[0, memory, size, align], || unsafe {
        theirs!(given, Dealloc, fn(u64, u64, u64, u64))(given.ud, memory, size, align);
        0
    });
}

thread_local! {
    /// The trace function that runs: the number of its group, and its tracer. Taken when it is written down that it was called.
    static TRACE: Cell<Option<(u64, u64)>> = const { Cell::new(None) };
}

/// A trace function calls something else than is its business, which is mostly refused: now it is written down.
pub(super) fn enter_trace() {
    let (Some((number, tracer)), Some(mut recorder)) = (TRACE.take(), recorder()) else { return };
    let given = Given { number, ud: 0, functions: [0; CALLS] };
    // SAFETY: arguments of the library.
    unsafe { recorder.enter(&given, Call::Trace, &[TRACED.get() as u64, tracer, 0]) };
}

unsafe extern "C" fn trace(payload: u64, tracer: u64, given: &Given) {
    let shown = Some((given.number, tracer));
    let before = (TRACED.replace(payload as usize), TRACE.replace(shown), INSIDE.replace(false));
    // SAFETY: as above.
    unsafe { theirs!(given, Trace, fn(u64, u64, u64))(payload, tracer, given.ud) };
    if TRACE.take().is_none() {
        if let Some(mut recorder) = recorder() {
            // SAFETY: as above.
            unsafe { recorder.leave(Call::Trace, &[payload, tracer, 0], 0) };
        }
    }
    TRACED.set(before.0);
    TRACE.set(before.1);
    INSIDE.set(before.2);
}
