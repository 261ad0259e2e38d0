//! Criterion benches of the C ABI: the small things of `benches/capi`, through the same entry points, under every manager that a C host can name. Quick on
//! purpose, as those of the heap; `benches/capi/run.py` measures beside others, through the shared library.

use criterion::{criterion_group, criterion_main, BenchmarkGroup, Criterion, Throughput};
use std::ffi::{c_void, CString};
use std::mem::{offset_of, MaybeUninit};
use std::ptr::{null, null_mut};
use std::time::Duration;
use taipan_ffi::abi::{Config, FnSpec, HostSlot, Ref, TypeId, TypeSpec, Val, OK};
use taipan_ffi::*;

/// Steps in one scope.
const BATCH: usize = 64;

#[repr(C)]
struct Node {
    left: HostSlot,
    right: HostSlot,
    number: u64,
}

/// A heap, and what the steps need in it.
struct Host {
    heap: *mut HostHeap,
    ctx: *mut Context,
    kind: TypeId,
    object: Val,
    other: Val,
    payload: *mut Node,
    reference: Ref,
    function: Val,
}

unsafe extern "C" fn native(_: *mut Context, _: *mut c_void, _: Val, _: i32, argv: *const Val) -> Val {
    // SAFETY: a function of one argument, called by the library.
    unsafe { *argv }
}

/// A heap under a manager, with its context.
fn heap(manager: &str) -> (*mut HostHeap, *mut Context) {
    let manager = CString::new(manager).unwrap_or_default();
    let mut config = MaybeUninit::<Config>::zeroed();
    let (mut heap, mut ctx) = (null_mut(), null_mut());
    // SAFETY: the structure is as big as is said, and filled by the first call; the name outlives the second.
    unsafe {
        assert_eq!(tpn_config_init(config.as_mut_ptr(), size_of::<Config>() as u32), OK);
        (*config.as_mut_ptr()).manager = manager.as_ptr();
        assert_eq!(tpn_heap_new(config.as_ptr(), &mut heap, null_mut(), 0), OK);
        assert_eq!(tpn_attach_heap(heap, &mut ctx), OK);
    }
    (heap, ctx)
}

impl Host {
    fn new(manager: &str) -> Host {
        let (heap, ctx) = heap(manager);
        let slots = [offset_of!(Node, left) as u32, offset_of!(Node, right) as u32];
        let (mut kind, mut payload) = (TypeId { id: 0 }, null_mut());
        let source = "def f(x):\n    r = native(x)\n    return r\n";
        // SAFETY: the specifications are whole, all zero but for what is set, and texts as long as is said.
        unsafe {
            let mut spec: TypeSpec = MaybeUninit::zeroed().assume_init();
            (spec.size, spec.name) = (size_of::<TypeSpec>() as u32, c"bench.Node".as_ptr());
            (spec.payload_size, spec.payload_align) = (size_of::<Node>() as u32, align_of::<Node>() as u32);
            (spec.slots, spec.n_slots) = (slots.as_ptr(), 2);
            assert_eq!(tpn_type_new(ctx, &spec, &mut kind), OK);
            let object = tpn_new(ctx, kind, &mut payload);
            let (other, payload) = (tpn_new(ctx, kind, null_mut()), payload.cast::<Node>());
            assert_eq!(tpn_slot_set(ctx, object, &mut (*payload).left, other), OK);
            let mut spec: FnSpec = MaybeUninit::zeroed().assume_init();
            (spec.size, spec.name) = (size_of::<FnSpec>() as u32, c"native".as_ptr());
            spec.func = Some(native);
            (spec.min_args, spec.max_args) = (1, 1);
            let name = tpn_intern(ctx, spec.name, 6);
            assert_eq!(tpn_setattr(ctx, tpn_main(ctx), name, tpn_func(ctx, &spec)), OK);
            assert_ne!(tpn_exec(ctx, source.as_ptr().cast(), source.len(), null()), Val::ERR);
            let function = tpn_eval(ctx, c"f".as_ptr(), 1, null());
            assert_ne!(function, Val::ERR);
            let reference = tpn_ref_new(ctx, object);
            Host { heap, ctx, kind, object, other, payload, reference, function }
        }
    }

    /// A batch of steps in a scope of their own.
    fn batch(&self, step: impl Fn(&Host)) {
        let scope = tpn_scope_open(self.ctx);
        for _ in 0..BATCH {
            step(self);
        }
        assert_eq!(tpn_scope_close(self.ctx, scope), OK);
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // SAFETY: the heap is ours, and nothing of it is used any more.
        unsafe { tpn_heap_free(self.heap) };
    }
}

/// A kernel: its name, and a step of it.
type Step = (&'static str, fn(&Host));

/// The kernels; a result that is wrong ends the run.
const STEPS: &[Step] = &[
    // SAFETY: the slots are those of an object that is alive.
    ("get", |h| assert_ne!(unsafe { tpn_slot_get(h.ctx, h.object, &(*h.payload).left) }, Val::ERR)),
    // SAFETY: as above.
    ("set", |h| assert_eq!(unsafe { tpn_slot_set(h.ctx, h.object, &mut (*h.payload).right, h.other) }, OK)),
    ("payload", |h| assert_eq!(tpn_payload(h.ctx, h.object, h.kind), h.payload.cast())),
    ("local", |h| assert_ne!(tpn_float(h.ctx, 1.5), Val::ERR)),
    ("ref", |h| assert_ne!(tpn_ref_get(h.ctx, h.reference), Val::ERR)),
    // SAFETY: no address of the payload is asked for.
    ("new", |h| assert_ne!(unsafe { tpn_new(h.ctx, h.kind, null_mut()) }, Val::ERR)),
    ("call", |h| {
        let argument = Val { bits: 7 << 2 | 1 };
        // SAFETY: one argument.
        assert_eq!(unsafe { tpn_call(h.ctx, h.function, 1, &argument) }, argument);
    }),
];

fn quickly<'a>(c: &'a mut Criterion, name: &str) -> BenchmarkGroup<'a, criterion::measurement::WallTime> {
    let mut group = c.benchmark_group(format!("c-{name}"));
    group
        .sample_size(10)
        .warm_up_time(Duration::from_millis(100))
        .measurement_time(Duration::from_millis(300));
    group
}

fn steps(c: &mut Criterion) {
    for (name, step) in STEPS {
        let mut group = quickly(c, name);
        group.throughput(Throughput::Elements(BATCH as u64));
        for manager in taipan_gc::managers::all() {
            let host = Host::new(manager.name);
            group.bench_function(manager.name, |b| b.iter(|| host.batch(step)));
        }
        group.finish();
    }
}

/// A heap with the language in it, made and closed.
fn state(c: &mut Criterion) {
    let mut group = quickly(c, "state");
    for manager in taipan_gc::managers::all() {
        group.bench_function(manager.name, |b| {
            b.iter(|| {
                let (heap, _) = heap(manager.name);
                // SAFETY: made just now.
                assert_eq!(unsafe { tpn_heap_free(heap) }, OK);
            })
        });
    }
    group.finish();
}

criterion_group!(benches, steps, state);
criterion_main!(benches);
