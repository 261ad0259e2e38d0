//! The types and numbers of `include/taipan.h`, as Rust sees them. Plain data only: no enums, no bools.

use crate::context::Context;
use crate::host::Tracer;
use std::ffi::{c_char, c_void};

/// A status: 0 or one of the negative codes.
pub type Status = i32;

macro_rules! statuses {
    ($($name:ident = $code:literal, $text:literal;)*) => {
        $( #[doc = concat!("`TPN_", stringify!($name), "`: ", $text)] pub const $name: Status = $code; )*

        /// The name of a status, NUL-terminated.
        pub(crate) fn status_name(status: Status) -> &'static std::ffi::CStr {
            match status {
                $( $code => c_str(concat!("TPN_", stringify!($name), "\0")), )*
                _ => c"unknown status",
            }
        }
    };
}

const fn c_str(text: &str) -> &std::ffi::CStr {
    match std::ffi::CStr::from_bytes_with_nul(text.as_bytes()) {
        Ok(text) => text,
        Err(_) => c"",
    }
}

statuses! {
    OK = 0, "success";
    E_EXC = -1, "a script exception";
    E_NOMEM = -2, "no memory, or the heap's limit reached";
    E_LIMIT = -3, "too many locals, scopes or references";
    E_ARG = -4, "NULL, a wrong struct size, text that is not UTF-8";
    E_TYPE = -5, "a value of another type";
    E_RANGE = -6, "a number or index out of range";
    E_HANDLE = -7, "an expired, closed or forged handle";
    E_HEAP = -8, "a handle of another heap";
    E_THREAD = -9, "a context of another thread, or detached";
    E_STATE = -10, "not now";
    E_CLOSED = -11, "the heap is freed";
    E_INTERRUPT = -12, "interrupted";
    E_UNSUPP = -13, "not supported";
    E_PANIC = -14, "an internal error: the heap is poisoned";
    E_FUEL = -15, "the fuel is used up";
}

/// Major version of the ABI, that of the SONAME.
pub const ABI_MAJOR: u32 = 0;
/// Minor version of the ABI: only ever adds.
pub const ABI_MINOR: u32 = 6;
/// Both, as `tpn_abi_version` gives them.
pub const ABI: u32 = ABI_MAJOR << 16 | ABI_MINOR;

macro_rules! numbers {
    ($($what:literal: $kind:ident { $($name:ident = $value:expr,)* })*) => {
        $($( #[doc = concat!("`TPN_", stringify!($name), "`: ", $what)] pub const $name: $kind = $value; )*)*
    };
}

numbers! {
    "as a length, the text ends with a NUL": usize { STRLEN = usize::MAX, }
    "bits of a value": u64 { BITS_ABSENT = 0, BITS_ERR = 2, BITS_NONE = 6, BITS_FALSE = 10, BITS_TRUE = 14, }
    "what a manager does": u32 { CAP_PROMPT = 1, CAP_CYCLES = 2, CAP_MOVES = 4, CAP_COLLECTS = 8, }
    "a kind of values": i32 {
        K_NONE = 1, K_BOOL = 2, K_INT = 3, K_FLOAT = 4, K_STR = 5, K_BYTES = 6, K_LIST = 7, K_TUPLE = 8, K_DICT = 9, K_SET = 10,
        K_FUNC = 11, K_TYPE = 12, K_MODULE = 13, K_EXC = 14, K_HOST = 15, K_OTHER = 16,
    }
    "a comparison": i32 { LT = 0, LE = 1, EQ = 2, NE = 3, GT = 4, GE = 5, }
    "the form of an int as bytes": u32 { INT_SIGNED = 1, INT_BIG = 2, }
    "what an open buffer is for": u32 { BUF_WRITE = 1, }
    "what memory of the host's is": u32 { MEMORY_WRITE = 1, MEMORY_UNCHARGED = 2, }
    "what code is compiled from": i32 { CODE_EXEC = 0, CODE_EVAL = 1, }
    "an operator of two operands": i32 {
        ADD = 0, SUB = 1, MUL = 2, TRUEDIV = 3, FLOORDIV = 4, MOD = 5, POW = 6, AND = 7, OR = 8, XOR = 9, LSHIFT = 10, RSHIFT = 11,
        MATMUL = 12, DIVMOD = 13,
    }
    "an operator of one operand": i32 { NEG = 0, POS = 1, INVERT = 2, ABS = 3, }
    "how much is collected": i32 { GC_AUTO = 0, GC_FULL = 1, GC_DRAIN = 2, }
    "what a collection has come to": i32 { GC_UNKNOWN = -1, GC_MINOR = 0, GC_MIDDLE = 1, GC_MAJOR = 2, }
}

/// `tpn_val`: an immediate, or a place in a scope.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C)]
pub struct Val {
    /// See `values.rs`.
    pub bits: u64,
}

/// `tpn_ref`: an owned or weak reference.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C)]
pub struct Ref {
    /// Generation, index, heap; 0 for none.
    pub bits: u64,
}

/// `tpn_slot`: a reference field inside a host payload.
#[derive(Debug)]
#[repr(C)]
pub struct HostSlot {
    /// The heap's word; 0 is empty.
    pub bits: u64,
}

/// `tpn_type`: a registered host type.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C)]
pub struct TypeId {
    /// Heap and number; 0 for none.
    pub id: u32,
}

/// `tpn_name`: an interned string.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C)]
pub struct Name {
    /// Number in the heap plus 1; 0 for none.
    pub id: u32,
    /// Tag of the heap.
    pub heap: u32,
}

/// `tpn_kwarg`: an argument that is given by name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C)]
pub struct KwArg {
    /// The parameter.
    pub name: Name,
    /// The argument.
    pub value: Val,
}

/// `tpn_buf`: an open buffer.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Buf {
    /// Its size as the caller knows it.
    pub size: u32,
    /// `TPN_BUF_…`
    pub flags: u32,
    /// The bytes.
    pub data: *mut c_void,
    /// How many.
    pub len: usize,
    /// Bytes of an item.
    pub item_size: u32,
    /// What an item is: a letter.
    pub format: u32,
    /// Generation, heap, place; 0 for a closed one.
    pub id: u64,
}

/// `tpn_scope`: an open scope.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(C)]
pub struct ScopeId {
    /// Its depth.
    pub mark: u32,
    /// Its serial number; 0 for none.
    pub serial: u32,
}

/// `tpn_log_fn`: receives what scripts print.
pub type LogFn = Option<unsafe extern "C" fn(*mut c_void, i32, *const c_char, usize)>;
/// `tpn_pressure_fn`: told the heap's bytes and its soft limit, gives the new one.
pub type PressureFn = Option<unsafe extern "C" fn(*mut c_void, u64, u64) -> u64>;
/// `tpn_alloc_fn`: gives memory of a size and an alignment.
pub type AllocFn = Option<unsafe extern "C" fn(*mut c_void, usize, usize) -> *mut c_void>;
/// `tpn_dealloc_fn`: takes it back.
pub type DeallocFn = Option<unsafe extern "C" fn(*mut c_void, *mut c_void, usize, usize)>;
/// `tpn_loader_fn`: gives a module by its dotted name.
pub type LoaderFn = Option<unsafe extern "C" fn(*mut Context, *mut c_void, *const c_char, *mut i32) -> Val>;
/// `tpn_gc_event_fn`: told of a collection.
pub type GcEventFn = Option<unsafe extern "C" fn(*mut c_void, *const GcEvent)>;
/// `tpn_finalize_fn`: releases what a payload owns.
pub type FinalizeFn = Option<unsafe extern "C" fn(*mut c_void, *mut Fin, *mut c_void)>;
/// `tpn_trace_fn`: shows slots of a payload.
pub type TraceFn = Option<unsafe extern "C" fn(*mut c_void, *mut Tracer<'_>, *mut c_void)>;
/// `tpn_died_fn`: told that the object of a weak reference has died.
pub type DiedFn = Option<unsafe extern "C" fn(*mut Context, Ref, *mut c_void)>;
/// `tpn_task_fn`: work that another thread has posted; the context is NULL when the heap is gone.
pub type TaskFn = Option<unsafe extern "C" fn(*mut Context, *mut c_void)>;
/// `tpn_native_fn`: a function that scripts call.
pub type NativeFn = Option<unsafe extern "C" fn(*mut Context, *mut c_void, Val, i32, *const Val) -> Val>;
/// `tpn_free_fn`: told that memory, or the data of a native, is used no more.
pub type UdFreeFn = Option<unsafe extern "C" fn(*mut c_void)>;

/// `tpn_fin`: what finalizers get in place of a context.
#[derive(Debug)]
pub struct Fin {
    pub(crate) context: *const Context,
}

/// `tpn_opt`: an option by name.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Opt {
    /// Its key; one that starts with `?` may be unknown.
    pub key: *const c_char,
    /// Its value.
    pub value: i64,
}

/// `tpn_config`
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Config {
    /// Its size as the caller knows it.
    pub size: u32,
    /// The ABI that the caller was compiled for.
    pub abi: u32,
    /// Name of the manager, or NULL.
    pub manager: *const c_char,
    /// None yet: 0.
    pub flags: u32,
    /// Most locals in use at once; 0 for the default.
    pub local_limit: u32,
    /// Most bytes; 0 for no limit.
    pub hard_limit: u64,
    /// Most values on the value stack; 0 for the default.
    pub stack_limit: u64,
    /// Gets what scripts write to `sys.stdout` (level 1) and `sys.stderr` (level 2); NULL: the process's own.
    pub log: LogFn,
    /// First argument of `log`.
    pub log_ud: *mut c_void,
    /// The caller's own; see `tpn_heap_user`.
    pub user: *mut c_void,
    /// Options by name.
    pub opts: *const Opt,
    /// How many.
    pub n_opts: u32,
    /// 0
    pub reserved: u32,
    /// Bytes above which the heap collects and tells its host; 0 for none.
    pub soft_limit: u64,
    /// Who is told; or NULL.
    pub pressure: PressureFn,
    /// First argument of `pressure`.
    pub pressure_ud: *mut c_void,
    /// Who gives modules to import; or NULL.
    pub loader: LoaderFn,
    /// Second argument of `loader`.
    pub loader_ud: *mut c_void,
    /// Who gives memory for objects; NULL: the process's allocator.
    pub alloc: AllocFn,
    /// Who takes it back.
    pub dealloc: DeallocFn,
    /// First argument of both.
    pub alloc_ud: *mut c_void,
}

/// `TPN_FUEL_ANY`: no fuel is needed.
pub const FUEL_ANY: u64 = u64::MAX;

/// `tpn_fnspec`
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct FnSpec {
    /// Its size as the caller knows it.
    pub size: u32,
    /// `TPN_FN_…`
    pub flags: u32,
    /// Its name.
    pub name: *const c_char,
    /// The function.
    pub func: NativeFn,
    /// Its second argument.
    pub ud: *mut c_void,
    /// Frees `ud` when the function object dies.
    pub ud_free: UdFreeFn,
    /// Least number of arguments, `self` not counted.
    pub min_args: i32,
    /// Most of them; negative for any number.
    pub max_args: i32,
    /// Parameters with names, or NULL.
    pub params: *const c_char,
}

/// A plain function.
pub const FN_PLAIN: u32 = 0;
/// A method: its first argument is `self`.
pub const FN_METHOD: u32 = 1;
/// An attribute, computed by the function from `self`.
pub const FN_GETTER: u32 = 2;
/// What sets the attribute of a getter.
pub const FN_SETTER: u32 = 3;
/// Scripts make objects of the type.
pub const TYPE_NEW: u32 = 1;
/// Scripts may derive classes from it.
pub const TYPE_BASE: u32 = 2;
/// Payloads end in a tail of slots.
pub const TYPE_TAIL: u32 = 4;

/// `tpn_typespec`
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct TypeSpec {
    /// Its size as the caller knows it.
    pub size: u32,
    /// `TYPE_…`
    pub flags: u32,
    /// `module.Type`, or just `Type`.
    pub name: *const c_char,
    /// Bytes of a payload.
    pub payload_size: u32,
    /// Its alignment: a power of two, at most 4096.
    pub payload_align: u32,
    /// Offsets of its slots.
    pub slots: *const u32,
    /// How many.
    pub n_slots: u32,
    /// How many functions there are in `fns`.
    pub n_fns: u32,
    /// Called once, after the object has become unreachable.
    pub finalize: FinalizeFn,
    /// Last argument of `finalize`.
    pub ud: *mut c_void,
    /// Methods, getters and setters.
    pub fns: *const FnSpec,
    /// Shows slots that lie elsewhere than at declared places.
    pub trace: TraceFn,
}

/// `tpn_stats`
#[derive(Clone, Copy, Default, Debug)]
#[repr(C)]
#[allow(missing_docs)]
pub struct Stats {
    pub size: u32,
    pub reserved: u32,
    pub live_bytes: u64,
    pub live_objects: u64,
    pub heap_bytes: u64,
    pub peak_bytes: u64,
    pub external_bytes: u64,
    pub allocated_bytes: u64,
    pub collections: u64,
    pub pause_total_ns: u64,
    pub pause_max_ns: u64,
    pub finalizers: u64,
    pub locals: u64,
    pub owned: u64,
    pub weak: u64,
    pub host_objects: u64,
    pub host_finalized: u64,
    pub pressures: u64,
    pub injected_failures: u64,
    pub average_bytes: u64,
    pub buffers: u64,
}

/// `tpn_gc_event`
#[derive(Clone, Copy, Debug)]
#[repr(C)]
#[allow(missing_docs)]
pub struct GcEvent {
    pub size: u32,
    pub stopped: i32,
    pub level: i32,
    pub extent: i32,
    pub started_ns: u64,
    pub pause_ns: u64,
    pub heap_before: u64,
    pub heap_after: u64,
    pub live_bytes: u64,
}
