//! `time`: clocks and sleeping. Calendar functions are left out.

use super::ModuleDef;
use crate::builtins::common::fail;
use crate::object::layout::Dict;
use crate::object::native::{Args, NativeDef};
use crate::object::raise::Raised;
use crate::object::{float, int, limits, none, number};
use num_bigint::BigInt;
use rustix::time::{clock_gettime, ClockId};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use taipan_gc::{Cx, Handle};

type Res<'s> = Result<Handle<'s>, Raised>;

/// How long sleeping goes on before it looks whether it is interrupted.
const NAP: Duration = Duration::from_millis(10);

/// The module.
pub const MODULE: ModuleDef = ModuleDef { name: "time", functions: FUNCTIONS, types: &[], fill };

const FUNCTIONS: &[NativeDef] = &[
    NativeDef::new("time", time, ""),
    NativeDef::new("time_ns", time_ns, ""),
    NativeDef::new("perf_counter", steady, ""),
    NativeDef::new("perf_counter_ns", steady_ns, ""),
    NativeDef::new("monotonic", steady, ""),
    NativeDef::new("monotonic_ns", steady_ns, ""),
    NativeDef::new("process_time", process, ""),
    NativeDef::new("process_time_ns", process_ns, ""),
    NativeDef::new("thread_time", thread, ""),
    NativeDef::new("thread_time_ns", thread_ns, ""),
    NativeDef::new("sleep", sleep, "seconds, /"),
];

fn fill<'s>(_: &mut Cx<'s>, _: Handle<'s, Dict>) -> Result<(), Raised> {
    Ok(())
}

fn since_epoch() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// When this heap asked for the time first.
struct Start(Instant);

impl Default for Start {
    fn default() -> Start {
        Start(Instant::now())
    }
}

/// Time since the first call in this heap, plus a second, so that it is never zero.
fn since_start(cx: &Cx<'_>) -> Duration {
    let start = super::with_extension(cx, |_, start: &mut Start| start.0);
    start.elapsed() + Duration::from_secs(1)
}

/// Processor time that this process or this thread has taken.
fn processor(clock: ClockId) -> Duration {
    clock_gettime(clock).try_into().unwrap_or_default()
}

fn nanoseconds<'s>(cx: &mut Cx<'s>, time: Duration) -> Res<'s> {
    int::new(cx, BigInt::from(time.as_nanos()))
}

fn time<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    Ok(float(cx, since_epoch().as_secs_f64()))
}

fn time_ns<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    nanoseconds(cx, since_epoch())
}

fn steady<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    let time = since_start(cx);
    Ok(float(cx, time.as_secs_f64()))
}

fn steady_ns<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    let time = since_start(cx);
    nanoseconds(cx, time)
}

fn process<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    Ok(float(cx, processor(ClockId::ProcessCPUTime).as_secs_f64()))
}

fn process_ns<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    nanoseconds(cx, processor(ClockId::ProcessCPUTime))
}

fn thread<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    Ok(float(cx, processor(ClockId::ThreadCPUTime).as_secs_f64()))
}

fn thread_ns<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    nanoseconds(cx, processor(ClockId::ThreadCPUTime))
}

fn sleep<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let given = args.at(cx, 0);
    let seconds = match given.get(cx).value().as_float() {
        Some(seconds) => seconds,
        None => {
            let given = number::as_index(cx, given)?;
            let given = crate::object::int::from_int(cx, given)?;
            number::as_float(cx, given)?
        }
    };
    if seconds < 0.0 {
        fail!(cx, VALUE_ERROR, "sleep length must be non-negative");
    }
    match Duration::try_from_secs_f64(seconds) {
        Ok(duration) => sleep_for(cx, duration),
        Err(_) if seconds.is_nan() => fail!(cx, VALUE_ERROR, "Invalid value NaN (not a number)"),
        Err(_) => fail!(cx, OVERFLOW_ERROR, "timestamp too large to convert to C _PyTime_t"),
    }
    Ok(none(cx))
}

/// Sleeps in naps, so that an interrupt is not kept waiting. The poll after the call sees it.
fn sleep_for(cx: &Cx<'_>, duration: Duration) {
    let start = Instant::now();
    while !limits::is_interrupted(cx) {
        let left = duration.saturating_sub(start.elapsed());
        if left.is_zero() {
            return;
        }
        std::thread::sleep(left.min(NAP));
    }
}
