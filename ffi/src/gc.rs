//! Control of the memory manager, limits, statistics, checks.

use crate::abi::*;
use crate::config::limit;
use crate::context::Context;
use std::ffi::c_void;
use std::time::Duration;
use taipan::object::tasks;
use taipan_gc::{CollectKind, Collection, Observer, Phase};

/// How often a drain collects at most.
const MAX_DRAIN: usize = 64;

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_gc_collect(ctx: *mut Context, level: i32) -> Status {
    Context::quiet(ctx, |ctx, cx| {
        match level {
            GC_AUTO => cx.collect(CollectKind::Auto),
            GC_FULL => cx.collect(CollectKind::Full),
            GC_DRAIN => {
                for _ in 0..MAX_DRAIN {
                    let before = (cx.stats().finalizers, ctx.counters.finalized.get());
                    cx.collect(CollectKind::Full);
                    if before == (cx.stats().finalizers, ctx.counters.finalized.get()) {
                        break;
                    }
                }
            }
            _ => return Err(E_ARG),
        }
        Ok(())
    })
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_gc_step(ctx: *mut Context, budget_ns: u64, done: *mut i32) -> Status {
    Context::quiet(ctx, |_, cx| {
        let nothing_left = cx.step(Duration::from_nanos(budget_ns));
        // SAFETY: C passes NULL or a variable.
        if let Some(done) = unsafe { done.as_mut() } {
            *done = nothing_left.into();
        }
        Ok(())
    })
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_safepoint(ctx: *mut Context) -> Status {
    Context::quiet(ctx, |_, cx| {
        cx.poll();
        tasks::run(cx);
        Ok(())
    })
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_gc_external(ctx: *mut Context, delta: i64) -> Status {
    Context::quiet(ctx, |_, cx| {
        if delta > 0 {
            let bytes = usize::try_from(delta).map_err(|_| E_ARG)?;
            cx.reserve(bytes).map_err(|_| E_NOMEM)?;
            cx.charge(bytes).map_err(|_| E_NOMEM)?;
        } else {
            cx.external(delta);
        }
        Ok(())
    })
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_gc_reserve(ctx: *mut Context, bytes: u64) -> Status {
    Context::quiet(ctx, |_, cx| {
        let bytes = usize::try_from(bytes).map_err(|_| E_NOMEM)?;
        cx.reserve(bytes).map_err(|_| E_NOMEM)
    })
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_gc_limits(ctx: *mut Context, hard: u64, soft: u64) -> Status {
    Context::quiet(ctx, |_, cx| {
        cx.set_limits(limit(hard), limit(soft));
        Ok(())
    })
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_gc_stats(ctx: *mut Context, out: *mut Stats) -> Status {
    Context::quiet(ctx, |ctx, cx| {
        if out.is_null() {
            return Err(E_ARG);
        }
        // SAFETY: C passes stats, whose size comes first.
        let size = unsafe { (*out).size };
        if !(8..=4096).contains(&size) {
            return Err(E_ARG);
        }
        let stats = cx.stats();
        let (owned, weak) = ctx.references.borrow().counts();
        let all = Stats {
            size,
            reserved: 0,
            live_bytes: stats.live_bytes,
            live_objects: stats.live_objects,
            heap_bytes: stats.heap_bytes,
            peak_bytes: stats.peak_bytes,
            external_bytes: stats.external_bytes,
            allocated_bytes: stats.allocated_bytes,
            collections: stats.collections,
            pause_total_ns: stats.pause_total_ns,
            pause_max_ns: stats.pause_max_ns,
            finalizers: stats.finalizers,
            locals: ctx.scopes.locals() as u64,
            owned,
            weak,
            // SAFETY: the core is this heap's, which has been entered.
            host_objects: ctx.counters.live.get() + unsafe { ctx.types.borrow().count_plain(cx.core()) },
            host_finalized: ctx.counters.finalized.get(),
            pressures: stats.pressures,
            injected_failures: stats.injected_failures,
            average_bytes: stats.average_bytes,
            buffers: ctx.buffers.borrow().iter().count() as u64,
        };
        let len = size_of::<Stats>().min(size as usize);
        // SAFETY: C's variable is that big.
        unsafe { std::ptr::copy_nonoverlapping((&raw const all).cast::<u8>(), out.cast(), len) };
        Ok(())
    })
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_gc_pause_percentile(ctx: *mut Context, percent: f64, out: *mut u64) -> Status {
    Context::quiet(ctx, |_, cx| {
        // SAFETY: C passes NULL or a variable.
        let out = unsafe { out.as_mut() }.ok_or(E_ARG)?;
        if !(0.0..=100.0).contains(&percent) {
            return Err(E_RANGE);
        }
        *out = cx.pauses().percentile(percent);
        Ok(())
    })
}

/// Tells the host of collections.
struct Listener {
    event: unsafe extern "C" fn(*mut c_void, *const GcEvent),
    ud: *mut c_void,
}

// SAFETY: the heap is used by the thread that made it alone.
unsafe impl Send for Listener {}

impl Listener {
    fn tell(&self, collection: &Collection) {
        let event = GcEvent {
            size: size_of::<GcEvent>() as u32,
            stopped: (collection.phase == Phase::Stop).into(),
            level: if collection.kind == CollectKind::Full { GC_FULL } else { GC_AUTO },
            extent: collection.extent.map_or(GC_UNKNOWN, |extent| extent.generation() as i32),
            started_ns: collection.started_ns,
            pause_ns: collection.pause_ns,
            heap_before: collection.heap_before,
            heap_after: collection.heap_after,
            live_bytes: collection.live_bytes,
        };
        // SAFETY: the host gave this function to be called so.
        unsafe { (self.event)(self.ud, &event) };
    }
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_gc_on_event(ctx: *mut Context, event: GcEventFn, ud: *mut c_void) -> Status {
    Context::quiet(ctx, |_, cx| {
        let listener = event.map(|event| Listener { event, ud });
        cx.on_collection(listener.map(|l| Box::new(move |c: &Collection| l.tell(c)) as Observer));
        Ok(())
    })
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_debug_verify(ctx: *mut Context) -> Status {
    Context::quiet(ctx, |_, cx| {
        cx.verify("as the host asked");
        Ok(())
    })
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_debug_fail_alloc(ctx: *mut Context, nth: i64) -> Status {
    tpn_debug_fail_allocs(ctx, nth, 1)
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_debug_fail_allocs(ctx: *mut Context, nth: i64, count: u32) -> Status {
    Context::quiet(ctx, |_, cx| {
        let fail_at = u64::try_from(nth).map_err(|_| E_ARG)?;
        let fail_more = count.checked_sub(1).ok_or(E_ARG)?;
        // SAFETY: the core is this thread's; the borrow ends with the block.
        unsafe {
            let core = cx.core();
            let zeal = taipan_gc::Zeal { fail_at, fail_more, ..(*core).memory.zeal };
            (*core).set_zeal(zeal);
        }
        Ok(())
    })
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_fuel_set(ctx: *mut Context, fuel: u64) -> Status {
    Context::quiet(ctx, |_, cx| {
        cx.set_fuel((fuel != FUEL_ANY).then_some(fuel));
        Ok(())
    })
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_fuel_get(ctx: *mut Context, out: *mut u64) -> Status {
    Context::quiet(ctx, |_, cx| {
        // SAFETY: C passes NULL or a variable.
        let out = unsafe { out.as_mut() }.ok_or(E_ARG)?;
        *out = cx.fuel().unwrap_or(FUEL_ANY);
        Ok(())
    })
}
