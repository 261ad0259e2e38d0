//! `gc`: collecting now, switching automatic collection, statistics.
//!
//! Thresholds, `get_objects` and `callbacks` are left out.

use super::{with_extension, ModuleDef};
use crate::object::layout::Dict;
use crate::object::native::{Args, NativeDef};
use crate::object::raise::Raised;
use crate::object::{bool, dict, int, list, none, str, tuple};
use taipan_gc::{CollectKind, Cx, Handle};

type Res<'s> = Result<Handle<'s>, Raised>;

/// The module.
pub const MODULE: ModuleDef = ModuleDef { name: "gc", functions: FUNCTIONS, fill };

const FUNCTIONS: &[NativeDef] = &[
    NativeDef::new("collect", collect, "generation=2"),
    NativeDef::new("enable", enable, ""),
    NativeDef::new("disable", disable, ""),
    NativeDef::new("isenabled", is_enabled, ""),
    NativeDef::new("get_stats", stats, ""),
    NativeDef::new("get_count", count, ""),
    NativeDef::new("get_threshold", threshold, ""),
    NativeDef::new("set_threshold", set_threshold, "threshold0, threshold1=None, threshold2=None, /"),
    NativeDef::new("freeze", nothing, ""),
    NativeDef::new("unfreeze", nothing, ""),
    NativeDef::new("is_tracked", is_tracked, "obj, /"),
];

/// What `gc` remembers of a heap.
#[derive(Debug)]
struct State {
    enabled: bool,
    threshold: [i64; 3],
}

impl Default for State {
    fn default() -> State {
        State { enabled: true, threshold: [700, 10, 10] }
    }
}

fn fill<'s>(_: &mut Cx<'s>, _: Handle<'s, Dict>) -> Result<(), Raised> {
    Ok(())
}

/// The number of unreachable objects is not known to every manager; what is known is how many objects went away.
fn collect<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    cx.collect(CollectKind::Full);
    int::from_i64(cx, 0)
}

fn enable<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    with_extension(cx, |_, state: &mut State| state.enabled = true);
    Ok(none(cx))
}

/// Automatic collection goes on: without it a tracing heap would only grow.
fn disable<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    with_extension(cx, |_, state: &mut State| state.enabled = false);
    Ok(none(cx))
}

fn is_enabled<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    let enabled = with_extension(cx, |_, state: &mut State| state.enabled);
    Ok(bool(cx, enabled))
}

fn stats<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    let stats = cx.stats();
    let found = dict::new(cx)?;
    for (name, number) in [
        ("collections", stats.collections),
        ("collected", 0),
        ("uncollectable", 0),
        ("pause_total_ns", stats.pause_total_ns),
        ("pause_max_ns", stats.pause_max_ns),
        ("allocated_bytes", stats.allocated_bytes),
        ("live_objects", stats.live_objects),
        ("live_bytes", stats.live_bytes),
        ("heap_bytes", stats.heap_bytes),
        ("peak_bytes", stats.peak_bytes),
        ("external_bytes", stats.external_bytes),
        ("finalizers", stats.finalizers),
    ] {
        let key = str::new(cx, name)?;
        let number = int::from_usize(cx, number as usize)?;
        dict::set_name(cx, found, key, number)?;
    }
    Ok(list::new(cx, &[found.any()])?.any())
}

fn triple<'s>(cx: &mut Cx<'s>, numbers: [i64; 3]) -> Res<'s> {
    let mut items = Vec::new();
    for number in numbers {
        items.push(int::from_i64(cx, number)?);
    }
    Ok(tuple::new(cx, &items)?.any())
}

fn count<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    let collections = cx.stats().collections as i64;
    triple(cx, [0, 0, collections])
}

fn threshold<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    let threshold = with_extension(cx, |_, state: &mut State| state.threshold);
    triple(cx, threshold)
}

fn set_threshold<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let given: Vec<Option<i64>> =
        (0..3).map(|n| args.get(cx, n).and_then(|v| v.get(cx).value().as_int())).collect();
    with_extension(cx, |_, state: &mut State| {
        for (threshold, given) in state.threshold.iter_mut().zip(given) {
            *threshold = given.unwrap_or(*threshold);
        }
    });
    Ok(none(cx))
}

fn nothing<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    Ok(none(cx))
}

fn is_tracked<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    use crate::object::shapes;
    let tracked = match args.at(cx, 0).get(cx).shape() {
        None | Some(shapes::STR_ASCII | shapes::STR_WIDE | shapes::BYTES | shapes::BIGINT) => false,
        Some(_) => true,
    };
    Ok(bool(cx, tracked))
}
