//! The C interface under every manager there is, one that moves everything at each collection included, with collections all the time: locals,
//! references, slots and payloads stay good. Such managers have no name that a C host could give, so the calls are made from here.

use std::cell::Cell;
use std::ffi::c_void;
use std::ptr::{null, null_mut};
use taipan::{Config, Interpreter};
use taipan_ffi::abi::{self, Buf, FnSpec, TypeSpec, Val, OK};
use taipan_ffi::*;
use taipan_gc::{Heap, HeapConfig, Zeal};

thread_local! {
    static FINALIZED: Cell<usize> = const { Cell::new(0) };
    static TYPE: Cell<abi::TypeId> = const { Cell::new(abi::TypeId { id: 0 }) };
}

#[repr(C)]
struct Payload {
    next: abi::HostSlot,
    number: i64,
}

unsafe extern "C" fn finalize(_: *mut c_void, _: *mut abi::Fin, _: *mut c_void) {
    FINALIZED.set(FINALIZED.get() + 1);
}

/// `make(number, next)`: a new object; `next` is another one or None.
unsafe extern "C" fn make(ctx: *mut Context, _: *mut c_void, _: Val, _: i32, argv: *const Val) -> Val {
    // SAFETY: a native of two arguments, called by the library; the payload is of this type.
    unsafe {
        let (number, next) = (*argv, *argv.add(1));
        let mut payload = null_mut();
        let object = tpn_new(ctx, TYPE.get(), &mut payload);
        let payload = payload.cast::<Payload>();
        assert_eq!(tpn_to_i64(ctx, number, &mut (*payload).number), OK);
        tpn_gc_collect(ctx, 1);
        if next != Val::NONE {
            assert_eq!(tpn_slot_set(ctx, object, &mut (*payload).next, next), OK);
        }
        assert_eq!(tpn_payload(ctx, object, TYPE.get()), payload.cast());
        object
    }
}

fn text(ctx: *mut Context, value: Val) -> String {
    let mut buffer = [0u8; 64];
    // SAFETY: the buffer is that big.
    let len = unsafe { tpn_str_copy(ctx, value, buffer.as_mut_ptr().cast(), buffer.len()) };
    String::from_utf8_lossy(&buffer[..usize::try_from(len).unwrap()]).into_owned()
}

fn string(ctx: *mut Context, content: &str) -> Val {
    // SAFETY: the text is that long.
    unsafe { tpn_str(ctx, content.as_ptr().cast(), content.len()) }
}

fn run(ctx: *mut Context, source: &str, evaluate: bool) -> Val {
    let call = if evaluate { tpn_eval } else { tpn_exec };
    // SAFETY: the text is that long.
    let result = unsafe { call(ctx, source.as_ptr().cast(), source.len(), null()) };
    assert_ne!(result, Val::ERR, "{source}");
    result
}

fn host(ctx: *mut Context) {
    let spec = TypeSpec {
        size: size_of::<TypeSpec>() as u32,
        flags: 0,
        name: c"test.Item".as_ptr(),
        payload_size: size_of::<Payload>() as u32,
        payload_align: 8,
        slots: [0u32].as_ptr(),
        n_slots: 1,
        n_fns: 0,
        finalize: Some(finalize),
        ud: null_mut(),
        fns: null(),
        trace: None,
    };
    let function = FnSpec {
        size: size_of::<FnSpec>() as u32,
        flags: 0,
        name: c"make".as_ptr(),
        func: Some(make),
        ud: null_mut(),
        ud_free: None,
        min_args: 2,
        max_args: 2,
        params: std::ptr::null(),
    };
    let mut kind = abi::TypeId { id: 0 };
    // SAFETY: the specs are good, and copied.
    unsafe {
        assert_eq!(tpn_type_new(ctx, &spec, &mut kind), OK);
        assert_ne!(tpn_module(ctx, c"test".as_ptr(), &function, 1), Val::ERR);
    }
    TYPE.set(kind);
}

fn everything(ctx: *mut Context) {
    host(ctx);
    let scope = tpn_scope_open(ctx);
    let texts: Vec<Val> = (0..50).map(|n| string(ctx, &format!("text {n}"))).collect();
    let list = {
        // SAFETY: they are that many.
        unsafe { tpn_list(ctx, 50, texts.as_ptr()) }
    };
    run(ctx, "from test import make\nlast = None\nfor n in range(20): last = make(n, last)\n", false);
    let last = run(ctx, "last", true);
    let payload = tpn_payload(ctx, last, TYPE.get()).cast::<Payload>();
    let (owned, weak) = (tpn_ref_new(ctx, last), tpn_weak_new(ctx, last));
    for _ in 0..3 {
        assert_eq!(tpn_gc_collect(ctx, 1), OK);
        for (n, &value) in texts.iter().enumerate() {
            assert_eq!(text(ctx, value), format!("text {n}"));
            let index = tpn_int(ctx, n as i64);
            assert_eq!(tpn_is(ctx, tpn_getitem(ctx, list, index), value), 1);
        }
    }
    assert_eq!(tpn_payload(ctx, last, TYPE.get()), payload.cast());
    // Along the slots.
    let mut at = last;
    let mut numbers = Vec::new();
    while at != Val::ABSENT {
        let payload = tpn_payload(ctx, at, TYPE.get()).cast::<Payload>();
        // SAFETY: the object lives: `last` keeps it.
        unsafe {
            numbers.push((*payload).number);
            at = tpn_slot_get(ctx, at, &(*payload).next);
        }
    }
    assert_eq!(numbers, (0..20).rev().collect::<Vec<_>>());
    run(ctx, "last = None", false);
    assert_eq!(tpn_scope_close(ctx, scope), OK);
    assert_eq!(tpn_gc_collect(ctx, 2), OK);
    assert_eq!(FINALIZED.get(), 0);
    assert_eq!(tpn_is(ctx, tpn_ref_get(ctx, owned), tpn_ref_get(ctx, weak)), 1);
    assert_eq!(tpn_ref_free(ctx, owned), OK);
    let scope = tpn_scope_open(ctx);
    assert_eq!(tpn_scope_close(ctx, scope), OK);
    assert_eq!(tpn_debug_verify(ctx), OK);
}

/// An open buffer.
fn open(ctx: *mut Context, value: Val, flags: u32) -> Buf {
    let size = size_of::<Buf>() as u32;
    let mut buf = Buf { size, flags: 0, data: null_mut(), len: 0, item_size: 0, format: 0, id: 0 };
    // SAFETY: room for one.
    assert_eq!(unsafe { tpn_buf_open(ctx, value, flags, &mut buf) }, OK);
    buf
}

/// Bytes of every size stay where they are, and what is written on one side is read on the other.
fn buffers(ctx: *mut Context) {
    let scope = tpn_scope_open(ctx);
    run(ctx, "import array", false);
    for size in [3, 1000, 20000] {
        let inner = tpn_scope_open(ctx);
        run(
            ctx,
            &format!("a = array.array('q', range({size}))\nb = bytes([7]) * {size}\nv = memoryview(b)[1:]"),
            false,
        );
        let mut opened = [(run(ctx, "a", true), 1), (run(ctx, "b", true), 0), (run(ctx, "v", true), 0)]
            .map(|(value, flags)| open(ctx, value, flags));
        run(ctx, "m = memoryview(a)\ndel b, v", false);
        assert_eq!(tpn_scope_close(ctx, inner), OK);
        let numbers = opened[0].data.cast::<i64>();
        for turn in 0..3 {
            assert_eq!(tpn_gc_collect(ctx, 1), OK);
            // SAFETY: the buffers are open, and that long.
            unsafe {
                assert_eq!(*numbers.add(size - 1), size as i64 - 1);
                *numbers = 100 + turn;
                for (buf, len) in opened[1..].iter().zip([size, size - 1]) {
                    let bytes = std::slice::from_raw_parts(buf.data.cast::<u8>(), buf.len);
                    assert!(bytes.len() == len && bytes.iter().all(|&byte| byte == 7));
                }
            }
            run(ctx, &format!("assert a[0] == m[0] == {}\nm[1] = {turn}", 100 + turn), false);
            // SAFETY: as above.
            assert_eq!(unsafe { *numbers.add(1) }, turn);
        }
        for buf in &mut opened {
            // SAFETY: an open one.
            assert_eq!(unsafe { tpn_buf_close(ctx, buf) }, OK);
        }
        run(ctx, "try: a.append(1)\nexcept BufferError: m.release()\na.append(1)\ndel a, m", false);
    }
    assert_eq!(tpn_scope_close(ctx, scope), OK);
}

#[test]
fn all_managers_serve_c_hosts() {
    for factory in taipan_tests::managers() {
        let zeal = Zeal { collect_every: 101, verify: true, poison: true, ..Zeal::OFF };
        let heap = Heap::with_manager(factory(), &HeapConfig { zeal, ..HeapConfig::default() }).unwrap();
        let interpreter = Interpreter::on_heap(heap, &Config::default()).unwrap();
        let heap = Box::into_raw(heap_of(interpreter, &abi::Config::default()));
        FINALIZED.set(0);
        let mut ctx = null_mut();
        // SAFETY: the heap is good, and freed once.
        unsafe {
            assert_eq!(tpn_attach_heap(heap, &mut ctx), OK);
            everything(ctx);
            buffers(ctx);
            assert_eq!(tpn_heap_free(heap), OK);
        }
        assert_eq!(FINALIZED.get(), 20, "{}", factory().facts().name);
    }
}
