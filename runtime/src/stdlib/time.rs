//! `time`: clocks and sleeping. Calendar functions are left out.

use super::ModuleDef;
use crate::builtins::common::fail;
use crate::object::layout::Dict;
use crate::object::native::{Args, NativeDef};
use crate::object::raise::Raised;
use crate::object::{float, int, none, number};
use num_bigint::BigInt;
use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use taipan_gc::{Cx, Handle};

type Res<'s> = Result<Handle<'s>, Raised>;

/// The module.
pub const MODULE: ModuleDef = ModuleDef { name: "time", functions: FUNCTIONS, fill };

const FUNCTIONS: &[NativeDef] = &[
    NativeDef::new("time", time, ""),
    NativeDef::new("time_ns", time_ns, ""),
    NativeDef::new("perf_counter", steady, ""),
    NativeDef::new("perf_counter_ns", steady_ns, ""),
    NativeDef::new("monotonic", steady, ""),
    NativeDef::new("monotonic_ns", steady_ns, ""),
    NativeDef::new("process_time", process, ""),
    NativeDef::new("process_time_ns", process_ns, ""),
    NativeDef::new("thread_time", process, ""),
    NativeDef::new("sleep", sleep, "seconds, /"),
];

fn fill<'s>(_: &mut Cx<'s>, _: Handle<'s, Dict>) -> Result<(), Raised> {
    Ok(())
}

fn since_epoch() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Time since the first call in this process, plus a second, so that it is never zero.
fn since_start() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    Instant::now().duration_since(*START.get_or_init(Instant::now)) + Duration::from_secs(1)
}

/// Processor time of this process, as the kernel counts it; where it doesn't say, the time since the start.
fn processor() -> Duration {
    let read = || -> Option<Duration> {
        let text = std::fs::read_to_string("/proc/self/schedstat").ok()?;
        text.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
    };
    read().unwrap_or_else(since_start)
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
    Ok(float(cx, since_start().as_secs_f64()))
}

fn steady_ns<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    nanoseconds(cx, since_start())
}

fn process<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    Ok(float(cx, processor().as_secs_f64()))
}

fn process_ns<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    nanoseconds(cx, processor())
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
        Ok(duration) => std::thread::sleep(duration),
        Err(_) if seconds.is_nan() => fail!(cx, VALUE_ERROR, "Invalid value NaN (not a number)"),
        Err(_) => fail!(cx, OVERFLOW_ERROR, "timestamp too large to convert to C _PyTime_t"),
    }
    cx.poll();
    Ok(none(cx))
}
