//! `gc`: collecting now, switching automatic collection, looking at the heap.
//!
//! Every collection that programs ask for is a full one; those that come by themselves belong to generations, where the manager has them. Thresholds
//! are CPython's numbers, and steer `cycle` in proportion: its own unit is the heap's growth, so the first number, CPython's count of new objects, stands for
//! bytes, and the last for the growth of the old generation. A first threshold of 0 switches automatic collection off, as `disable()` does. Tracing
//! managers go on collecting then: without it they would only grow. Left out: the debugging flags.

use super::{put, with_extension, ModuleDef};
use crate::builtins::common::{fail, Res};
use crate::builtins::convert;
use crate::object::layout::Dict;
use crate::object::native::{Args, NativeDef};
use crate::object::raise::{self, Raised};
use crate::object::{bool, call, dict, finalizers, heap_walk, int, list, none, str, tuple};
use taipan_gc::{CollectKind, Collection, Cx, Extent, Generation, Handle, Owned, Phase, Thresholds};

/// The module.
pub const MODULE: ModuleDef = ModuleDef { name: "gc", functions: FUNCTIONS, types: &[], fill };

const FUNCTIONS: &[NativeDef] = &[
    NativeDef::new("collect", collect, "generation=2"),
    NativeDef::new("enable", enable, ""),
    NativeDef::new("disable", disable, ""),
    NativeDef::new("isenabled", is_enabled, ""),
    NativeDef::new("get_stats", stats, ""),
    NativeDef::new("get_count", count, ""),
    NativeDef::new("get_threshold", threshold, ""),
    NativeDef::new("set_threshold", set_threshold, "threshold0, threshold1=None, threshold2=None, /"),
    NativeDef::new("get_debug", zero, ""),
    NativeDef::new("set_debug", set_debug, "flags, /"),
    NativeDef::new("get_objects", objects, "generation=None"),
    NativeDef::new("get_referrers", referrers, "*objs"),
    NativeDef::new("get_referents", referents, "*objs"),
    NativeDef::new("is_tracked", is_tracked, "obj, /"),
    NativeDef::new("is_finalized", is_finalized, "obj, /"),
    NativeDef::new("freeze", nothing, ""),
    NativeDef::new("unfreeze", nothing, ""),
    NativeDef::new("get_freeze_count", zero, ""),
];

const CONSTANTS: &[(&str, i64)] = &[
    ("DEBUG_STATS", 1),
    ("DEBUG_COLLECTABLE", 2),
    ("DEBUG_UNCOLLECTABLE", 4),
    ("DEBUG_SAVEALL", 32),
    ("DEBUG_LEAK", 38),
];

/// CPython's thresholds, unless a program has set others.
const THRESHOLDS: [i64; 3] = [700, 10, 10];

/// So many bytes of growth stand for one of the new objects that CPython's first threshold counts: then the defaults of both are the same.
const OBJECT_BYTES: usize = Thresholds::DEFAULT.young_bytes / THRESHOLDS[0] as usize;

/// What `gc` remembers of a heap.
#[derive(Debug)]
struct State {
    enabled: bool,
    threshold: [i64; 3],
    /// `gc.callbacks`
    callbacks: Option<Owned>,
    /// Whether they are being called: a collection in one of them tells nobody.
    telling: bool,
}

impl Default for State {
    fn default() -> State {
        State { enabled: true, threshold: THRESHOLDS, callbacks: None, telling: false }
    }
}

fn fill<'s>(cx: &mut Cx<'s>, attributes: Handle<'s, Dict>) -> Result<(), Raised> {
    for &(name, flag) in CONSTANTS {
        let flag = int::from_i64(cx, flag)?;
        put(cx, attributes, name, flag)?;
    }
    let garbage = list::new(cx, &[])?.any();
    put(cx, attributes, "garbage", garbage)?;
    let callbacks = list::new(cx, &[])?.any();
    put(cx, attributes, "callbacks", callbacks)?;
    let owned = cx.own(callbacks.get(cx))?;
    with_extension(cx, |_, state: &mut State| state.callbacks = Some(owned));
    cx.set_collection_hook(Some(tell));
    Ok(())
}

/// Calls `gc.callbacks` with the phase and what is known of the collection.
fn tell(cx: &mut Cx<'_>, &Collection { phase, extent, .. }: &Collection) {
    let (callbacks, telling) = with_extension(cx, |_, state: &mut State| (state.callbacks, state.telling));
    let callbacks = callbacks.filter(|_| !telling).and_then(|owned| cx.owned(owned));
    let Some(callbacks) = callbacks.and_then(|local| list::of(cx, local)) else { return };
    if list::len(callbacks) == 0 {
        return;
    }
    let callbacks = cx.root(callbacks);
    with_extension(cx, |_, state: &mut State| state.telling = true);
    let place = callbacks.any();
    finalizers::aside(cx, place, |cx| {
        let collected = if phase == Phase::Stop { cx.stats().collected_objects } else { 0 };
        let text = if phase == Phase::Stop { "stop" } else { "start" };
        let phase = str::new(cx, text)?.any();
        let info = dict::new(cx)?;
        let generation = extent.map_or(2, Extent::generation) as u64;
        for (name, number) in [("generation", generation), ("collected", collected), ("uncollectable", 0)] {
            set_number(cx, info, name, number)?;
        }
        let mut at = 0;
        while let Some(callback) = list::item(cx, callbacks.get(cx), at).map(|c| cx.root(c)) {
            finalizers::aside(cx, callback, |cx| call::call(cx, callback, &[phase, info.any()]).map(drop));
            at += 1;
        }
        Ok(())
    });
    with_extension(cx, |_, state: &mut State| state.telling = false);
}

fn set_number(cx: &mut Cx<'_>, into: Handle<'_, Dict>, name: &str, number: u64) -> Result<(), Raised> {
    cx.scoped(|cx| {
        let key = str::new(cx, name)?;
        let number = int::from_usize(cx, number as usize)?;
        dict::set_name(cx, into, key, number)
    })
}

/// How many unreachable objects there were, as far as programs could see them.
fn collect<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let generation = match args.get(cx, 0) {
        Some(given) => convert::index_i64(cx, given)?,
        None => 2,
    };
    if !(0..=2).contains(&generation) {
        fail!(cx, VALUE_ERROR, "invalid generation");
    }
    cx.collect(CollectKind::Full);
    let collected = cx.stats().collected_objects;
    int::from_usize(cx, collected as usize)
}

fn enable<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    switch(cx, true);
    Ok(none(cx))
}

fn disable<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    switch(cx, false);
    Ok(none(cx))
}

fn switch(cx: &Cx<'_>, on: bool) {
    let first = with_extension(cx, |_, state: &mut State| {
        state.enabled = on;
        state.threshold[0]
    });
    cx.set_automatic(on && first != 0);
}

fn is_enabled<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    let enabled = with_extension(cx, |_, state: &mut State| state.enabled);
    Ok(bool(cx, enabled))
}

/// Three dicts, as CPython has; the last one has more to say.
fn stats<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    let stats = cx.stats();
    let mut all = Vec::new();
    for (n, generation) in cx.generations().into_iter().enumerate() {
        let found = dict::new(cx)?;
        let Generation { collections, collected } = generation;
        for (name, number) in [("collections", collections), ("collected", collected), ("uncollectable", 0)] {
            set_number(cx, found, name, number)?;
        }
        if n == 2 {
            let percentile = |percent| cx.pauses().percentile(percent);
            let (p50, p90, p99) = (percentile(50.0), percentile(90.0), percentile(99.0));
            for (name, number) in [
                ("pause_p50_ns", p50),
                ("pause_p90_ns", p90),
                ("pause_p99_ns", p99),
                ("pause_total_ns", stats.pause_total_ns),
                ("pause_max_ns", stats.pause_max_ns),
                ("allocated_bytes", stats.allocated_bytes),
                ("live_objects", stats.live_objects),
                ("live_bytes", stats.live_bytes),
                ("heap_bytes", stats.heap_bytes),
                ("peak_bytes", stats.peak_bytes),
                ("average_bytes", stats.average_bytes),
                ("external_bytes", stats.external_bytes),
                ("finalizers", stats.finalizers),
            ] {
                set_number(cx, found, name, number)?;
            }
        }
        all.push(found.any());
    }
    Ok(list::new(cx, &all)?.any())
}

fn triple<'s>(cx: &mut Cx<'s>, numbers: [i64; 3]) -> Res<'s> {
    let mut items = Vec::new();
    for number in numbers {
        items.push(int::from_i64(cx, number)?);
    }
    Ok(tuple::new(cx, &items)?.any())
}

/// How much has been allocated, in objects as thresholds count them, and how many collections of younger generations there were.
fn count<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    let (bytes, [young, middle]) = cx.since_collections();
    triple(cx, [(bytes / OBJECT_BYTES) as i64, young.into(), middle.into()])
}

fn threshold<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    let threshold = with_extension(cx, |_, state: &mut State| state.threshold);
    triple(cx, threshold)
}

fn set_threshold<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let mut given = [None; 3];
    for (n, number) in given.iter_mut().enumerate() {
        if let Some(value) = args.some(cx, n) {
            *number = Some(convert::index_i64(cx, value)?);
        }
    }
    let (enabled, threshold) = with_extension(cx, |_, state: &mut State| {
        for (threshold, given) in state.threshold.iter_mut().zip(given) {
            *threshold = given.unwrap_or(*threshold);
        }
        (state.enabled, state.threshold)
    });
    // CPython takes any number; what makes no sense here is the nearest that does.
    if cx.set_thresholds(in_bytes(threshold)).is_err() {
        fail!(cx, VALUE_ERROR, "threshold out of range");
    }
    switch(cx, enabled);
    Ok(none(cx))
}

/// What CPython's thresholds stand for.
fn in_bytes(threshold: [i64; 3]) -> Thresholds {
    let [young, middle, old] = threshold.map(|number| number.max(0) as u64);
    let growth = old.saturating_mul(Thresholds::DEFAULT.old_growth as u64) / THRESHOLDS[2] as u64;
    Thresholds {
        young_bytes: (young as usize).saturating_mul(OBJECT_BYTES).max(Thresholds::MIN_YOUNG),
        middle_after: middle.min(u32::MAX as u64) as u32,
        old_growth: growth.clamp(1, Thresholds::MAX_GROWTH as u64) as u32,
    }
}

fn set_debug<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    if convert::index_i64(cx, args.at(cx, 0))? != 0 {
        return Err(raise::value_error(
            cx,
            "no debugging flags but 0: use 'taipan run --stats', or gc.callbacks",
        ));
    }
    Ok(none(cx))
}

fn objects<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let all = match args.some(cx, 0) {
        None => heap_walk::containers(cx)?,
        Some(generation) => match convert::index_i64(cx, generation)? {
            0 | 1 => Vec::new(),
            2 => heap_walk::containers(cx)?,
            _ => fail!(
                cx,
                VALUE_ERROR,
                "generation parameter must be less than the number of available generations (3)"
            ),
        },
    };
    Ok(list::new(cx, &all)?.any())
}

fn referrers<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let wanted = args.rest_all(cx);
    let found = list::new(cx, &[])?;
    let all = heap_walk::containers(cx)?;
    for holder in all {
        let refers = cx.scoped(|cx| {
            let held = heap_walk::referents(cx, holder)?;
            let is_wanted = |held: &Handle<'_>| wanted.iter().any(|w| w.get(cx).is(held.get(cx)));
            Ok::<_, Raised>(held.iter().any(is_wanted))
        })?;
        if refers {
            list::append(cx, found, holder)?;
        }
    }
    Ok(found.any())
}

fn referents<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let found = list::new(cx, &[])?;
    for holder in args.rest_all(cx) {
        cx.scoped(|cx| {
            for held in heap_walk::referents(cx, holder)? {
                list::append(cx, found, held)?;
            }
            Ok::<_, Raised>(())
        })?;
    }
    Ok(found.any())
}

fn nothing<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    Ok(none(cx))
}

fn zero<'s>(cx: &mut Cx<'s>, _: &Args<'s>) -> Res<'s> {
    int::from_i64(cx, 0)
}

fn is_tracked<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let tracked = heap_walk::is_container(cx, args.at(cx, 0).get(cx));
    Ok(bool(cx, tracked))
}

fn is_finalized<'s>(cx: &mut Cx<'s>, args: &Args<'s>) -> Res<'s> {
    let finalized = heap_walk::is_finalized(args.at(cx, 0).get(cx));
    Ok(bool(cx, finalized))
}
