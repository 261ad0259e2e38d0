//! Heaps: making, attaching, freeing.

use crate::abi::*;
use crate::config;
use crate::context::{Context, ROOM};
use crate::fail::Fault;
use crate::hook::Hook;
use crate::leaks;
use crate::origins::Origins;
use crate::pool::Pool;
use crate::scopes::Scopes;
use crate::text::copy_out;
use crate::values::TAG_BITS;
use std::cell::{Cell, RefCell};
use std::ffi::{c_char, c_void};
use std::io::{self, Write};
use std::panic::{catch_unwind, AssertUnwindSafe};
use taipan::{Interpreter, Interrupter, Poster, StartError};
use taipan_gc::sync::this_thread;
use taipan_gc::{Entered, HeapError, ShapeId};

/// A heap with the language in it: `tpn_heap`.
#[derive(Debug)]
pub struct HostHeap {
    // Dropped first: finalizers use the context. Last, behind all that has memory of it, the host's allocator.
    interpreter: Option<Interpreter>,
    pub(crate) context: Box<Context>,
    user: *mut c_void,
    log: (LogFn, *mut c_void),
    // Other threads read these.
    pub(crate) interrupter: Interrupter,
    pub(crate) poster: Poster,
    caps: u32,
    hook: Option<Box<Hook>>,
}

/// Locals in use at once, unless the configuration says otherwise.
const DEFAULT_LOCALS: usize = 1 << 20;

/// Sends what scripts print to the host.
pub(crate) struct Sink {
    pub(crate) log: unsafe extern "C" fn(*mut c_void, i32, *const c_char, usize),
    pub(crate) ud: *mut c_void,
    pub(crate) level: i32,
}

// SAFETY: the heap is used by the thread that made it alone.
unsafe impl Send for Sink {}

impl Write for Sink {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        // SAFETY: the host gave this function to be called so.
        unsafe { (self.log)(self.ud, self.level, text.as_ptr().cast(), text.len()) };
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A heap for C around an interpreter of any manager.
pub fn heap_of(interpreter: Interpreter, config: &Config) -> Box<HostHeap> {
    let mut heap = Box::new_uninit();
    let place: *mut HostHeap = heap.as_mut_ptr();
    let mut interpreter = interpreter;
    let core = interpreter.heap().core();
    // SAFETY: the core is alive, and the borrow ends with the statement.
    let id = unsafe { (*core).id };
    let tag = id & ((1 << TAG_BITS) - 1);
    let facts = interpreter.heap().facts();
    let bits = [
        (CAP_PROMPT, facts.prompt),
        (CAP_CYCLES, facts.cycles),
        (CAP_MOVES, facts.moves),
        (CAP_COLLECTS, facts.collects),
    ];
    let caps = bits.iter().filter(|(_, has)| *has).fold(0, |caps, (bit, _)| caps | bit);
    let (interrupter, poster) = (interpreter.interrupter(), interpreter.poster());
    let limit = if config.local_limit == 0 { DEFAULT_LOCALS } else { config.local_limit as usize };
    // SAFETY: as above.
    let raw = unsafe { (*core).memory.raw };
    // SAFETY: as above. Where locals may lie there is room for the temporaries of calls.
    let places = unsafe { (*core).memory.roots.stack.room() }.saturating_sub(ROOM) + 1;
    let context = Box::new(Context {
        core,
        tag,
        thread: this_thread(),
        ready: Cell::new(Context::NOBODY),
        quick: Cell::new(Context::NOBODY),
        attached: Cell::new(false),
        left: Cell::new(false),
        poisoned: Cell::new(false),
        // Far from those of heaps with the same tag.
        scopes: Scopes::new(id.wrapping_mul(0x9e37_79b9), tag, limit.min(places)),
        pending: Cell::new(None),
        references: RefCell::default(),
        buffers: RefCell::default(),
        types: RefCell::default(),
        names: Cell::new(0),
        native_shape: Cell::new(ShapeId::FREE),
        loader: (config.loader, config.loader_ud),
        counters: Default::default(),
        serial: Cell::new(1),
        origins: None,
        pool: Pool::new(raw),
        releases: interpreter.heap().releases(),
        heap: Cell::new(place),
    });
    heap.write(HostHeap {
        interpreter: Some(interpreter),
        context,
        user: config.user,
        log: (config.log, config.log_ud),
        interrupter,
        poster,
        caps,
        hook: None,
    });
    // SAFETY: just written.
    unsafe { heap.assume_init() }
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_heap_new(
    config: *const Config,
    out: *mut *mut HostHeap,
    errbuf: *mut c_char,
    cap: usize,
) -> Status {
    let made = catch_unwind(AssertUnwindSafe(|| {
        if out.is_null() {
            return Err((E_ARG, "NULL for the result".to_owned()));
        }
        // SAFETY: as the header says.
        unsafe { new_heap(config) }
    }));
    let (status, message) = match made {
        Ok(Ok(heap)) => {
            // SAFETY: C's variable.
            unsafe { *out = Box::into_raw(heap) };
            return OK;
        }
        Ok(Err(failure)) => failure,
        Err(panic) => {
            std::mem::forget(panic);
            (E_PANIC, "an internal error".to_owned())
        }
    };
    // SAFETY: as the header says.
    unsafe { copy_out(message.as_bytes(), errbuf, cap) };
    status
}

unsafe fn new_heap(config: *const Config) -> Result<Box<HostHeap>, (Status, String)> {
    let told = |fault| match fault {
        Fault::Api(status, message) => (status, message),
        _ => (E_ARG, "the configuration is wrong".to_owned()),
    };
    // SAFETY: as the header says.
    let config = unsafe { config::read(config) }.map_err(told)?;
    // SAFETY: as the header says.
    let mut settings = unsafe { config::settings(&config) }.map_err(told)?;
    let hook = Hook::of(&config).map_err(told)?;
    if let Some(hook) = &hook {
        settings.interpreter.heap.raw_memory = hook.memory();
    }
    let interpreter = Interpreter::new(&settings.interpreter);
    let mut interpreter = interpreter.map_err(|error| {
        let why = hook.as_ref().and_then(|hook| hook.blame());
        why.unwrap_or_else(|| (start_status(&error), error.to_string()))
    })?;
    if let Some(log) = config.log {
        let redirected = interpreter.enter(|cx| {
            for (error, level) in [(false, 1), (true, 2)] {
                taipan::builtins::file::redirect(cx, error, Box::new(Sink { log, ud: config.log_ud, level }));
            }
        });
        redirected.map_err(|error| (E_STATE, error.to_string()))?;
    }
    if let Some(pressure) = config.pressure {
        let told = Told { pressure, ud: config.pressure_ud };
        interpreter.heap().on_pressure(Some(Box::new(move |bytes, limit| told.tell(bytes, limit))));
    }
    let mut heap = heap_of(interpreter, &config);
    heap.hook = hook;
    heap.context.origins = settings.origins.map(Origins::new);
    if config.loader.is_some() {
        let data = std::ptr::from_ref::<Context>(&heap.context) as usize;
        if let Some(interpreter) = &mut heap.interpreter {
            let set =
                interpreter.enter(|cx| taipan::builtins::import::set_loader(cx, crate::code::load, data));
            set.map_err(|error| (E_STATE, error.to_string()))?;
        }
    }
    Ok(heap)
}

/// Tells the host that its heap stays above its soft limit.
struct Told {
    pressure: unsafe extern "C" fn(*mut c_void, u64, u64) -> u64,
    ud: *mut c_void,
}

// SAFETY: the heap is used by the thread that made it alone.
unsafe impl Send for Told {}

impl Told {
    fn tell(&self, bytes: usize, limit: usize) -> Option<usize> {
        // SAFETY: the host gave this function to be called so.
        let limit = unsafe { (self.pressure)(self.ud, bytes as u64, limit as u64) };
        config::limit(limit)
    }
}

fn start_status(error: &StartError) -> Status {
    match error {
        StartError::Heap(HeapError::UnknownManager { .. } | HeapError::OutOfRange(_)) => E_ARG,
        StartError::Heap(HeapError::AlreadyEntered | HeapError::Closed) => E_STATE,
        StartError::Heap(HeapError::NoMemory) => E_NOMEM,
        StartError::LimitTooSmall => E_LIMIT,
    }
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_heap_free(heap: *mut HostHeap) -> Status {
    if heap.is_null() {
        return OK;
    }
    // SAFETY: C passes a heap that is not freed; the borrow ends before it is.
    let context = unsafe { &(*heap).context };
    if context.thread != this_thread() {
        return E_THREAD;
    }
    // Inside a heap (a finalizer, a log function) or inside one of this heap's natives.
    if Entered::new().is_err() || context.in_native() {
        return E_STATE;
    }
    // SAFETY: as above.
    leaks::at_end(context, unsafe { (*heap).log });
    context.set_attached(false);
    // SAFETY: it came from `heap_of`, and C gives it up.
    let mut heap = unsafe { Box::from_raw(heap) };
    let closed = catch_unwind(AssertUnwindSafe(|| drop(heap.interpreter.take())));
    match closed {
        Ok(()) => OK,
        Err(panic) => {
            std::mem::forget(panic);
            E_PANIC
        }
    }
}

impl Context {
    /// Whether a native of the host is running.
    pub(crate) fn in_native(&self) -> bool {
        self.scopes.fixed() > usize::from(self.attached.get() || self.left.get())
    }
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_heap_user(heap: *mut HostHeap) -> *mut c_void {
    // SAFETY: C passes NULL or a heap that is not freed.
    unsafe { heap.as_ref() }.map_or(std::ptr::null_mut(), |heap| heap.user)
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_heap_caps(heap: *mut HostHeap) -> u32 {
    // SAFETY: C passes NULL or a heap that is not freed.
    unsafe { heap.as_ref() }.map_or(0, |heap| heap.caps)
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_interrupt(heap: *mut HostHeap) -> Status {
    // SAFETY: C passes NULL or a heap that is not freed; signals are made to be raised by any thread.
    let Some(heap) = (unsafe { heap.as_ref() }) else { return E_ARG };
    heap.interrupter.interrupt();
    OK
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_interrupt_withdraw(heap: *mut HostHeap) -> i32 {
    // SAFETY: as in `tpn_interrupt`.
    unsafe { heap.as_ref() }.map_or(E_ARG, |heap| heap.interrupter.withdraw().into())
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_attach_heap(heap: *mut HostHeap, out: *mut *mut Context) -> Status {
    // SAFETY: C passes NULL or a heap that is not freed.
    let Some(heap) = (unsafe { heap.as_ref() }) else { return E_ARG };
    if out.is_null() {
        return E_ARG;
    }
    let context = &heap.context;
    if context.thread != this_thread() {
        return E_THREAD;
    }
    if context.left.get() || context.attached.get() {
        return E_STATE;
    }
    context.set_attached(true);
    let opened = Context::enter(&**context, |context, cx| context.open_scope(cx, true).is_some());
    match opened {
        Ok(true) => {
            // SAFETY: C's variable.
            unsafe { *out = std::ptr::from_ref::<Context>(context).cast_mut() };
            OK
        }
        failed => {
            context.set_attached(false);
            failed.err().unwrap_or(E_NOMEM)
        }
    }
}

/// See the header.
#[no_mangle]
pub extern "C" fn tpn_detach(ctx: *mut Context) -> Status {
    Context::enter(ctx, detach).unwrap_or_else(|status| status)
}

fn detach(context: &Context, cx: &mut taipan_gc::Cx<'_>) -> Status {
    if context.in_native() {
        return E_STATE;
    }
    context.take_pending(cx);
    let base = context.scopes.first_base();
    context.scopes.truncate(0);
    if let Some(base) = base {
        context.pop_to(cx, base);
    }
    cx.poll();
    context.set_attached(false);
    OK
}

/// See the header.
///
/// # Safety
/// As the header says.
#[no_mangle]
pub unsafe extern "C" fn tpn_ctx_heap(ctx: *mut Context) -> *mut HostHeap {
    // SAFETY: C passes NULL or a context whose heap is not freed.
    unsafe { ctx.as_ref() }.map_or(std::ptr::null_mut(), |ctx| ctx.heap.get())
}
