/* taipan.h - the C interface of Taipan, an embeddable runtime for a Python dialect whose memory manager is chosen per heap.
 * The only public header. C99 and C++11.
 *
 * CONVENTIONS
 *  - Marks. What stands in brackets at the head of a function's comment is a mark, explained below. The reference (docs/c-api.md), the committed
 *    baseline of the ABI and a test of every wrong call are made from this file: signatures, marks and comments are all they know.
 *  - Context. Every function takes the context of the calling thread, unless marked [any]: any thread, attached or not.
 *    A context belongs to the thread that made its heap. One thread may use several heaps in turn.
 *  - Values. A tpn_val result is a new LOCAL of the innermost scope, or TPN_ERR (an error is pending). A local dies with its scope: it is
 *    detected when used later, in every build. A tpn_ref result is the caller's until tpn_ref_free.
 *  - Arguments. They are not consumed, except the handle of a function marked [ends], and not kept, except functions and their `ud` by those
 *    marked [keeps]. Parameters called value, item, items, pairs, argv, a or b take values of every type; any other is as its name says, else
 *    TPN_E_TYPE or, where marked [runs], the script's TypeError (TPN_E_EXC). TPN_ABSENT is TPN_E_ARG, but for [absent x]: the parameter x may
 *    be it. A zero tpn_type or tpn_name is TPN_E_ARG, a zero tpn_ref or tpn_scope TPN_E_HANDLE.
 *  - Errors. A failed call leaves an error pending, except those marked [any] or [quiet], and calls that say TPN_E_THREAD, TPN_E_STATE
 *    or TPN_E_PANIC, or whose context is NULL. The first error stays until it is taken (tpn_err_take, tpn_err_clear) or a native returns.
 *    Meanwhile a call marked [runs] and not [quiet] does nothing: it gives TPN_ERR, or TPN_E_STATE. A TPN_ERR argument makes the call fail at
 *    once with the pending error (TPN_E_ARG when there is none); so a chain of calls can be checked at its end.
 *  - Results. Statuses are 0 or negative. Predicates are 1, 0 or negative. Lengths are >= 0 or negative. Out-parameters are written on
 *    success only.
 *  - Collections. [runs]: may run script code, and so collect. [collects]: may collect; code may run then that is owed: finalizers, `died`
 *    functions. Others do neither (but an int of more than 48 bits among the arguments). A collection may move any object: locals, references,
 *    slots and the addresses of payloads stay good. The code that it runs does not see the pending error, nor end it.
 *  - Callbacks. Finalizers, trace, log, pressure, event and alloc functions, ud_free and free_fn must not call tpn_ functions, except those that take a
 *    tpn_fin or tpn_tracer or are marked [any]; what else they call fails with TPN_E_STATE. No function of the host may unwind or jump out (C++
 *    exceptions, longjmp).
 *  - Pointers. They must be NULL or good: NULL is detected (TPN_E_ARG), others can't be. [null x]: the parameter x may be NULL. Everywhere these
 *    may: a `ud`, an array or text of length 0, and a buffer, which is filled as snprintf does (NULL asks for the length alone).
 *    tpn_ctx * and tpn_heap * end with tpn_heap_free.
 *  - Panics. A caught internal error gives TPN_E_PANIC; from then on the heap accepts nothing but tpn_heap_free. */
#ifndef TPN_H
#define TPN_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#  define TPN_API __attribute__((visibility("default")))
#  define TPN_CHECK __attribute__((warn_unused_result))
#else
#  define TPN_API
#  define TPN_CHECK
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- versions ---- */

#define TPN_ABI_MAJOR 0u /* the SONAME is libtaipan.so.0; 0 is unstable */
#define TPN_ABI_MINOR 6u /* only ever adds */
#define TPN_ABI ((TPN_ABI_MAJOR << 16) | TPN_ABI_MINOR)

/* [any] The library's TPN_ABI. */
TPN_API uint32_t tpn_abi_version(void);
/* [any] Name and version; static. */
TPN_API const char *tpn_version_string(void);
/* [any] 1 if the library has a feature ("manager.mark", "host-types", "host-classes", "remotes", "weak", "modules", "verify", "limits", "arithmetic",
 * "keywords", "bulk", "bigints", "code", "bytecode", "buffers", "leaks", "allocators"), else 0. */
TPN_API int32_t tpn_has(const char *feature);

/* ---- types ---- */

typedef int32_t tpn_status;       /* 0 (TPN_OK) or a negative TPN_E_... */
typedef struct tpn_heap tpn_heap; /* objects, memory manager, modules */
typedef struct tpn_ctx tpn_ctx;   /* a thread's seat in a heap */
typedef struct tpn_fin tpn_fin;   /* what finalizers get in place of a context */
typedef struct tpn_tracer tpn_tracer; /* what trace functions get in place of a context */

/* A LOCAL: dies with its scope. Never store it, never compare its bits (tpn_is). */
typedef struct { uint64_t bits; } tpn_val;
/* An OWNED or WEAK reference: outlives scopes, may be stored. bits == 0: none. */
typedef struct { uint64_t bits; } tpn_ref;
/* A SLOT: a reference field inside a host payload. Zero is empty. Only tpn_slot_get and tpn_slot_set touch it. */
typedef struct { uint64_t bits; } tpn_slot;
typedef struct { uint32_t id; } tpn_type;              /* a host type of a heap; id == 0: none */
typedef struct { uint32_t id; uint32_t heap; } tpn_name; /* an interned string of a heap; id == 0: none */
typedef struct { uint32_t mark; uint32_t serial; } tpn_scope; /* an open scope; serial == 0: none */

#define TPN_OK 0
#define TPN_E_EXC (-1)        /* a script exception */
#define TPN_E_NOMEM (-2)      /* no memory, or the heap's limit; a script's MemoryError */
#define TPN_E_LIMIT (-3)      /* too many locals, scopes, references or types; a limit too small to start */
#define TPN_E_ARG (-4)        /* NULL, a wrong struct size, text that is not UTF-8, an unknown name */
#define TPN_E_TYPE (-5)       /* a value of another type */
#define TPN_E_RANGE (-6)      /* a number that does not fit */
#define TPN_E_HANDLE (-7)     /* a closed, expired or forged handle */
#define TPN_E_HEAP (-8)       /* a handle of another heap */
#define TPN_E_THREAD (-9)     /* a context of another thread, or detached */
#define TPN_E_STATE (-10)     /* not now: an error is pending, a collection runs, scopes are not innermost */
#define TPN_E_CLOSED (-11)    /* the heap is freed */
#define TPN_E_INTERRUPT (-12) /* a KeyboardInterrupt; see tpn_interrupt */
#define TPN_E_UNSUPP (-13)    /* not supported by this library */
#define TPN_E_PANIC (-14)     /* an internal error was caught: only free the heap */
#define TPN_E_FUEL (-15)      /* the fuel is used up; see tpn_fuel_set */

/* [any] "TPN_E_ARG" and so on; static. */
TPN_API const char *tpn_status_name(tpn_status status);

#define TPN_STRLEN ((size_t)-1) /* as a length: the text ends with a NUL */

/* ---- immediates: the only published bits ---- */

#define TPN_BITS_ABSENT 0u /* "no value": the end of an iteration, a missing attribute, a dead weak reference */
#define TPN_BITS_ERR 2u    /* an error is pending */
#define TPN_BITS_NONE 6u
#define TPN_BITS_FALSE 10u
#define TPN_BITS_TRUE 14u

static inline tpn_val tpn_bits_(uint64_t bits) { tpn_val v; v.bits = bits; return v; }
static inline tpn_val tpn_none(void) { return tpn_bits_(TPN_BITS_NONE); }
static inline tpn_val tpn_absent(void) { return tpn_bits_(TPN_BITS_ABSENT); }
static inline tpn_val tpn_err(void) { return tpn_bits_(TPN_BITS_ERR); }
static inline tpn_val tpn_bool(int32_t x) { return tpn_bits_(x ? TPN_BITS_TRUE : TPN_BITS_FALSE); }
static inline tpn_val tpn_i32(int32_t x) { return tpn_bits_(((uint64_t)(int64_t)x << 2) | 1u); }
static inline int32_t tpn_is_err(tpn_val v) { return v.bits == TPN_BITS_ERR; }
static inline int32_t tpn_is_none(tpn_val v) { return v.bits == TPN_BITS_NONE; }
static inline int32_t tpn_is_absent(tpn_val v) { return v.bits == TPN_BITS_ABSENT; }

/* ---- heaps ---- */

/* Gets what scripts write to sys.stdout (level 1) and sys.stderr (level 2); what tpn_debug_dump and tpn_debug_leaks
 * write (level 0). */
typedef void (*tpn_log_fn)(void *ud, int32_t level, const char *utf8, size_t len);

/* An option by name: "recursion_limit", "drain_portion" (most objects that one drain frees; 0: no bound), "heap_growth" (percent of what is
 * alive between two collections; 0: the manager's own), "marking_thread" (1: gen marks in a thread of the heap's own beside the program),
 * "zeal.collect_every", "zeal.verify", "zeal.poison", "debug.origins" (how many of the host's frames tpn_debug_leaks shows of each thing; 0: none are
 * kept. With it, tpn_heap_free tells the log, level 2, what was not given back, or the process's standard error when there is none). Others are TPN_E_ARG unless the key starts with '?'. */
typedef struct { const char *key; int64_t value; } tpn_opt;

/* Told that a heap stays above its soft limit although all garbage was collected: its bytes now, and the limit. Called on the heap's thread
 * when it has passed the limit, and again whenever it has grown by an eighth. Gives the new soft limit; 0: it stays. */
typedef uint64_t (*tpn_pressure_fn)(void *ud, uint64_t heap_bytes, uint64_t soft_limit);

/* Gives a module that scripts import, by its dotted name: its source (a str or bytes), its code (tpn_compile), a module, or TPN_ABSENT when it has
 * none of that name. It is asked after the modules that are built in and before files. It may set *is_package to 1, so that modules can be inside
 * of this one; for them it is asked, too. It runs as a native does, in a scope of its own, and may raise. */
typedef tpn_val (*tpn_loader_fn)(tpn_ctx *ctx, void *ud, const char *name, int32_t *is_package);

/* Gives memory of a size and an alignment (a power of two up to 4 MiB), which stays the heap's until tpn_dealloc_fn gets it back with the same size and
 * alignment; NULL: there is none. Through it come, on the heap's thread alone, chunks of 4 MiB for small objects, each large object, runs of the manager
 * arena, payloads of host types that lie outside of objects, and the items of arrays whose address was given out. When it gives NULL all garbage
 * is collected and it is asked again; then scripts get MemoryError (TPN_E_NOMEM). An address that is not aligned is given back at once, told of in the log,
 * level 2, and counts as NULL; tpn_heap_new says so, TPN_E_ARG. The heap gives no advice to the system about this memory. Not through it come
 * the value stack, tables of the library (roots, names, shapes, marks that wait), sources and code, ints of more than 48 bits, copies that open buffers
 * are, and what the library needs for a call. */
typedef void *(*tpn_alloc_fn)(void *ud, size_t size, size_t align);
/* Takes memory of tpn_alloc_fn back: a large object, an array or a payload when it dies, all else when the heap is freed. */
typedef void (*tpn_dealloc_fn)(void *ud, void *memory, size_t size, size_t align);

/* What a heap is made with. Versions of the library add fields at its end; `size` says which of them the caller knows. */
typedef struct tpn_config {
    uint32_t size;        /* sizeof(tpn_config) as the caller was compiled */
    uint32_t abi;         /* TPN_ABI */
    const char *manager;  /* name of the memory manager; NULL: the default */
    uint32_t flags;       /* 0 */
    uint32_t local_limit; /* places of the value stack that locals may take; 0: the default, 2^20 */
    uint64_t hard_limit;  /* bytes of the heap; 0: none. At the limit scripts get MemoryError */
    uint64_t stack_limit; /* values on the value stack, 8 bytes of address space each; 0: the default, 2^26 */
    tpn_log_fn log;       /* NULL: the process's own streams */
    void *log_ud;
    void *user;           /* see tpn_heap_user */
    const tpn_opt *opts;  /* options by name; NULL allowed when there are none */
    uint32_t n_opts;      /* how many */
    uint32_t reserved;    /* 0 */
    uint64_t soft_limit;  /* bytes above which the heap collects all it can whenever it has grown; 0: none. Scripts notice nothing */
    tpn_pressure_fn pressure; /* NULL allowed */
    void *pressure_ud;
    tpn_loader_fn loader; /* NULL allowed */
    void *loader_ud;
    tpn_alloc_fn alloc; /* NULL: memory is the process's; else dealloc is not NULL, either */
    tpn_dealloc_fn dealloc;
    void *alloc_ud;
} tpn_config;

/* [any] Fills a configuration with defaults; size is sizeof(tpn_config). */
TPN_API tpn_status tpn_config_init(tpn_config *config, uint32_t size);
/* [any] How many memory managers there are. */
TPN_API int32_t tpn_manager_count(void);
/* [any] Copies a manager's name; its length. TPN_E_RANGE: no such manager. */
TPN_API int64_t tpn_manager_name(int32_t index, char *buffer, size_t cap);

/* [any] [keeps] [null config] Makes a heap, which is the caller's until tpn_heap_free and belongs to the calling thread. On failure a
 * message is copied to the buffer. TPN_E_ARG: unknown manager or option, or `alloc` and `dealloc` are not both there; TPN_E_LIMIT: hard_limit too small to start; TPN_E_UNSUPP: another
 * version of the ABI, or an unknown flag; TPN_E_STATE: in a finalizer, although it is marked [any]. */
TPN_API tpn_status tpn_heap_new(const tpn_config *config, tpn_heap **out, char *buffer, size_t cap) TPN_CHECK;
/* [quiet] [runs] [ends] [null heap] Frees a heap. Runs each finalizer that is still owed exactly once: cycles, and references and locals
 * that were not given back included. Contexts, values, references, types and payloads of the heap end. TPN_E_STATE inside a native or
 * finalizer. */
TPN_API tpn_status tpn_heap_free(tpn_heap *heap);
/* [any] [null heap] The configuration's `user`; NULL for NULL. */
TPN_API void *tpn_heap_user(tpn_heap *heap);

#define TPN_CAP_PROMPT 1u /* acyclic garbage is finalized when its last reference goes */
#define TPN_CAP_CYCLES 2u /* finds cyclic garbage by itself */
#define TPN_CAP_MOVES 4u  /* moves objects; never payloads */
#define TPN_CAP_COLLECTS 8u /* finds garbage at all; else all of it lives until the heap is freed */
/* [any] [null heap] TPN_CAP_...: to tune, not to be correct. 0 for NULL. */
TPN_API uint32_t tpn_heap_caps(tpn_heap *heap);
/* [any] Has the script that runs raise KeyboardInterrupt at its next loop turn or call (TPN_E_INTERRUPT, unless it catches that); when
 * none runs, the next one. The caller sees to it that the heap is not freed meanwhile. */
TPN_API tpn_status tpn_interrupt(tpn_heap *heap);
/* [any] Takes an interrupt back that no script has seen; 1 if there was one, else 0. */
TPN_API int32_t tpn_interrupt_withdraw(tpn_heap *heap);

/* [quiet] The context of the thread that made the heap, and an outermost scope. The context is the heap's. TPN_E_STATE: attached already. */
TPN_API tpn_status tpn_attach_heap(tpn_heap *heap, tpn_ctx **out) TPN_CHECK;
/* [quiet] [collects] [ends] Ends every scope and the pending error. References stay. TPN_E_STATE inside a native. */
TPN_API tpn_status tpn_detach(tpn_ctx *ctx);
/* [any] [null ctx] The heap of a context; NULL for NULL. */
TPN_API tpn_heap *tpn_ctx_heap(tpn_ctx *ctx);

/* ---- threads ---- */

/* [quiet] Leaves the heap while its thread does what takes long and needs nothing of it: a system call, a computation on memory of its own. Locals,
 * scopes and payloads stay as they are. Until tpn_enter every call with the context is TPN_E_THREAD. Nothing else runs in the heap meanwhile, in
 * this version. */
TPN_API tpn_status tpn_leave(tpn_ctx *ctx);
/* [quiet] Comes back. TPN_E_STATE: it had not left. A native that returns without it raises a SystemError. */
TPN_API tpn_status tpn_enter(tpn_ctx *ctx);

typedef struct tpn_remote tpn_remote; /* a link to a heap for any thread, which may last longer than the heap */

/* [any] A link to a heap, which is the caller's until tpn_remote_free. The caller sees to it that the heap is not freed meanwhile. NULL for NULL. */
TPN_API tpn_remote *tpn_remote_new(tpn_heap *heap);
/* [any] The same link once more: it is to be given back once more. */
TPN_API tpn_remote *tpn_remote_dup(tpn_remote *remote);
/* [any] [ends] [null remote] Gives a link back. */
TPN_API tpn_status tpn_remote_free(tpn_remote *remote);
/* [any] As tpn_interrupt. TPN_E_CLOSED: the heap is freed. */
TPN_API tpn_status tpn_remote_interrupt(tpn_remote *remote);
/* A task: work for the heap's thread. It runs in a scope of its own, and may do whatever a native may. An error that it leaves pending is reported on
 * the script's standard error. It is called once: with NULL for the context when the heap is freed before its turn, so that it can free its `ud`. */
typedef void (*tpn_task_fn)(tpn_ctx *ctx, void *ud);
/* [any] [keeps] Has a task run on the heap's thread, at the next loop turn or call of a script, or in tpn_safepoint. Tasks run in the order in which
 * they are posted, never inside each other. TPN_E_CLOSED: the heap is freed, and `task` is not called. */
TPN_API tpn_status tpn_remote_post(tpn_remote *remote, tpn_task_fn task, void *ud);
/* [any] [ends] Gives a reference back from any thread, as a task does. TPN_E_CLOSED: it ended with its heap. One that was given back already is not
 * told of. */
TPN_API tpn_status tpn_remote_ref_free(tpn_remote *remote, tpn_ref ref);

/* ---- scopes and references ---- */

/* Opens a scope. serial == 0 on failure (TPN_E_LIMIT). */
TPN_API tpn_scope tpn_scope_open(tpn_ctx *ctx);
/* [quiet] [collects] [ends] Closes the innermost scope and ends its locals. TPN_E_STATE: not the innermost, or not opened by this native;
 * TPN_E_HANDLE: closed already. */
TPN_API tpn_status tpn_scope_close(tpn_ctx *ctx, tpn_scope scope);
/* [collects] [ends] Closes the scope, keeping one value as a local of the scope around it. Closes it also when the value is TPN_ERR.
 * TPN_E_STATE and TPN_E_HANDLE as for tpn_scope_close, but an error is pending. */
TPN_API tpn_val tpn_scope_escape(tpn_ctx *ctx, tpn_scope scope, tpn_val value);
/* An owned reference: keeps its object alive until tpn_ref_free. bits == 0 on failure. */
TPN_API tpn_ref tpn_ref_new(tpn_ctx *ctx, tpn_val value);
/* A weak reference; it must be given back with tpn_ref_free too. bits == 0 on failure. None, numbers and bools never die. */
TPN_API tpn_ref tpn_weak_new(tpn_ctx *ctx, tpn_val value);
/* Called with the reference, which finds nothing any more, when its object has died: after the object's __del__, before it is freed; in a cycle,
 * or where nothing is counted, before __del__ (PEP 442). It runs inside a function marked [collects] or [runs], in a scope of its own, and may do
 * whatever a native may, giving the reference back included. An error that it leaves pending is reported on the script's standard error. */
typedef void (*tpn_died_fn)(tpn_ctx *ctx, tpn_ref ref, void *ud);
/* [keeps] A weak reference that calls `died` once, unless it is given back or made owned before. `died` is not called for objects that live
 * until the heap is freed. bits == 0 on failure. */
TPN_API tpn_ref tpn_weak_watch(tpn_ctx *ctx, tpn_val value, tpn_died_fn died, void *ud);
/* What it refers to; TPN_ABSENT when a weak reference's object is gone. */
TPN_API tpn_val tpn_ref_get(tpn_ctx *ctx, tpn_ref ref);
/* [quiet] [collects] Makes it weak. */
TPN_API tpn_status tpn_ref_weaken(tpn_ctx *ctx, tpn_ref ref);
/* [quiet] [collects] Makes it owned. TPN_E_HANDLE: the object is gone. */
TPN_API tpn_status tpn_ref_strengthen(tpn_ctx *ctx, tpn_ref ref);
/* [quiet] [collects] [ends] Gives it back. A second time is TPN_E_HANDLE. */
TPN_API tpn_status tpn_ref_free(tpn_ctx *ctx, tpn_ref ref);
/* [quiet] [ends] In a finalizer: gives a reference back; its object may die at the next collection. */
TPN_API tpn_status tpn_fin_ref_free(tpn_fin *fin, tpn_ref ref);
/* Whether both are the same object. */
TPN_API int32_t tpn_is(tpn_ctx *ctx, tpn_val a, tpn_val b);
/* A number that identifies the object as long as it lives; 0 on failure. */
TPN_API uint64_t tpn_id(tpn_ctx *ctx, tpn_val value);

/* ---- functions of the host ---- */

/* A function that scripts call. `argv` are locals of a scope of the call, which ends when it returns; so do scopes left open.
 * `self` is TPN_ABSENT for plain functions. Returns a value, or TPN_ERR with an error pending. An error that is pending is raised in the
 * script, whatever is returned. */
typedef tpn_val (*tpn_native_fn)(tpn_ctx *ctx, void *ud, tpn_val self, int32_t argc, const tpn_val *argv);

#define TPN_FN_PLAIN 0u
#define TPN_FN_METHOD 1u /* of a host type: gets the object as self */
#define TPN_FN_GETTER 2u /* an attribute of a host type, computed from self; min_args and max_args are 0 */
#define TPN_FN_SETTER 3u /* sets the attribute that a getter of the same name and type computes: argv[0] is the value, TPN_ABSENT to delete
                          * it; min_args and max_args are 0. What it returns does not matter, unless it is TPN_ERR. Without a setter the
                          * attribute is read-only */

/* What a function of the host is. */
typedef struct {
    uint32_t size; /* sizeof(tpn_fnspec) */
    uint32_t flags;
    const char *name; /* copied */
    tpn_native_fn fn;
    void *ud;
    void (*ud_free)(void *ud); /* called once, when the function object dies; NULL allowed. Not called if making it, or its
                                * module or type, fails: then ud is still the caller's */
    int32_t min_args;
    int32_t max_args; /* negative: any number */
    const char *params; /* NULL allowed: by position only, as many as min_args and max_args say. Else parameters as a script writes them, as in
                         * "a, b=, /, c=, *, d=", and min_args and max_args are 0; copied. One with '=' may be left out. `argv` has a place for
                         * each, TPN_ABSENT for one that was left out; then the dict of a "**name"; then all that a "*name" took */
} tpn_fnspec;

/* [collects] [keeps] A function object. TPN_E_ARG: it is no plain function, or its spec is wrong. */
TPN_API tpn_val tpn_func(tpn_ctx *ctx, const tpn_fnspec *spec);
/* [collects] [keeps] A module of functions, which scripts can import. The specs of an array have the size that the first one says. */
TPN_API tpn_val tpn_module(tpn_ctx *ctx, const char *name, const tpn_fnspec *fns, uint32_t n_fns);

/* ---- types of the host ---- */

/* Frees what a payload owns outside the heap. Called once, after the object has become unreachable, also when the heap is freed. The
 * slots are empty or stale by then. The payload itself is freed afterwards. */
typedef void (*tpn_finalize_fn)(void *payload, tpn_fin *fin, void *ud);

/* Shows slots of a payload that lie elsewhere than at declared places, as in an array that it owns, with tpn_trace_slots. It always shows the same
 * ones unless the host has changed the payload in between, and does nothing else. It may be called at any time, for a payload that is still all
 * zero, too. Slots may be moved with memcpy; before the memory of one goes otherwise than in `finalize`, it is to be emptied. */
typedef void (*tpn_trace_fn)(void *payload, tpn_tracer *tracer, void *ud);
/* [quiet] In a trace function: shows n slots in a row. TPN_E_ARG: NULL. */
TPN_API tpn_status tpn_trace_slots(tpn_tracer *tracer, tpn_slot *slots, size_t n);

#define TPN_TYPE_NEW 1u  /* scripts make objects by calling the class. Their payload is all zero until the method __init__, if the type has one, gets
                          * the arguments; a script may make one without it, and call it again */
#define TPN_TYPE_BASE 2u /* with TPN_TYPE_NEW: scripts may derive classes from it. Their objects have a payload, and attributes of their own */
#define TPN_TYPE_TAIL 4u /* payloads end in a tail of slots; its length is said when one is made (tpn_new_tail) */

/* What a host type is. */
typedef struct {
    uint32_t size;  /* sizeof(tpn_typespec) */
    uint32_t flags; /* TPN_TYPE_... */
    const char *name; /* "module.Type"; copied */
    uint32_t payload_size;
    uint32_t payload_align; /* a power of two up to 4096 */
    const uint32_t *slots;  /* offsetof() of each tpn_slot in the payload; copied */
    uint32_t n_slots;
    uint32_t n_fns;
    tpn_finalize_fn finalize; /* NULL allowed */
    void *ud;                 /* kept until the heap is freed */
    const tpn_fnspec *fns;    /* methods, getters and setters; copied. Methods with names like __len__ do what they do in a class of a script */
    tpn_trace_fn trace;       /* NULL allowed */
} tpn_typespec;

/* [runs] [keeps] Registers a host type, which lives as long as the heap. TPN_E_ARG: its spec is wrong. */
TPN_API tpn_status tpn_type_new(tpn_ctx *ctx, const tpn_typespec *spec, tpn_type *out) TPN_CHECK;
/* The type as scripts see it: a class. */
TPN_API tpn_val tpn_type_val(tpn_ctx *ctx, tpn_type type);
/* [collects] [null payload] A new object. Its payload, zeroed, is stored in *payload: its address never changes, under any manager. */
TPN_API tpn_val tpn_new(tpn_ctx *ctx, tpn_type type, void **payload);
/* [collects] [null payload tail] The same for a type with a tail of n slots, which are empty. The tail begins where the payload ends,
 * rounded up to 8 bytes; its address is stored in *tail. TPN_E_RANGE: more than 2^27 slots. */
TPN_API tpn_val tpn_new_tail(tpn_ctx *ctx, tpn_type type, uint32_t n, void **payload, tpn_slot **tail);
/* The payload of an object of this type, or of a class that a script has derived from it; else NULL (TPN_E_TYPE). Good as long as the object
 * lives. */
TPN_API void *tpn_payload(tpn_ctx *ctx, tpn_val object, tpn_type type);
/* What a slot of `owner`'s payload refers to; TPN_ABSENT when it is empty. TPN_E_ARG: not a slot of this object; what its
 * trace function shows is checked only under "zeal.verify", and must be good otherwise. */
TPN_API tpn_val tpn_slot_get(tpn_ctx *ctx, tpn_val owner, const tpn_slot *slot);
/* [absent value] Stores into a slot of `owner`'s payload; TPN_ABSENT empties it. TPN_E_ARG as for
 * tpn_slot_get. */
TPN_API tpn_status tpn_slot_set(tpn_ctx *ctx, tpn_val owner, tpn_slot *slot, tpn_val value);

/* ---- scalars and text ---- */

#define TPN_K_NONE 1
#define TPN_K_BOOL 2
#define TPN_K_INT 3
#define TPN_K_FLOAT 4
#define TPN_K_STR 5
#define TPN_K_BYTES 6
#define TPN_K_LIST 7
#define TPN_K_TUPLE 8
#define TPN_K_DICT 9
#define TPN_K_SET 10
#define TPN_K_FUNC 11
#define TPN_K_TYPE 12
#define TPN_K_MODULE 13
#define TPN_K_EXC 14
#define TPN_K_HOST 15
#define TPN_K_OTHER 16

/* TPN_K_..., subclasses included. */
TPN_API int32_t tpn_kind(tpn_ctx *ctx, tpn_val value);
/* [collects] An int. */
TPN_API tpn_val tpn_int(tpn_ctx *ctx, int64_t value);
/* [collects] An int. */
TPN_API tpn_val tpn_uint(tpn_ctx *ctx, uint64_t value);
#define TPN_INT_SIGNED 1u /* two's complement; else there is no sign */
#define TPN_INT_BIG 2u    /* the most significant byte comes first; else last */
/* [collects] An int of any size, from its bytes. `flags` are TPN_INT_... */
TPN_API tpn_val tpn_int_from_bytes(tpn_ctx *ctx, const void *bytes, size_t len, uint32_t flags);
/* Fills a buffer with the bytes of an int; how many it takes at least. When the buffer is smaller nothing is written. TPN_E_TYPE: no int or
 * bool; TPN_E_RANGE: it is negative, and TPN_INT_SIGNED is not set. */
TPN_API int64_t tpn_int_to_bytes(tpn_ctx *ctx, tpn_val number, void *buffer, size_t cap, uint32_t flags);
/* A float. */
TPN_API tpn_val tpn_float(tpn_ctx *ctx, double value);
/* An int or bool. TPN_E_TYPE: neither; TPN_E_RANGE: it does not fit. */
TPN_API tpn_status tpn_to_i64(tpn_ctx *ctx, tpn_val number, int64_t *out) TPN_CHECK;
/* An int or bool. TPN_E_TYPE: neither; TPN_E_RANGE: it is negative or does not fit. */
TPN_API tpn_status tpn_to_u64(tpn_ctx *ctx, tpn_val number, uint64_t *out) TPN_CHECK;
/* A float, int or bool. TPN_E_TYPE: none of them. */
TPN_API tpn_status tpn_to_f64(tpn_ctx *ctx, tpn_val number, double *out) TPN_CHECK;
/* [collects] A string of UTF-8, copied. */
TPN_API tpn_val tpn_str(tpn_ctx *ctx, const char *utf8, size_t len);
/* [collects] Bytes, copied. */
TPN_API tpn_val tpn_bytes(tpn_ctx *ctx, const void *bytes, size_t len);
/* Copies a str (as UTF-8) or bytes; its whole length. TPN_E_TYPE: neither; TPN_E_RANGE: a str with lone surrogates. */
TPN_API int64_t tpn_str_copy(tpn_ctx *ctx, tpn_val text, char *buffer, size_t cap);
/* [runs] repr(value) */
TPN_API tpn_val tpn_repr(tpn_ctx *ctx, tpn_val value);
/* [runs] str(value) */
TPN_API tpn_val tpn_tostr(tpn_ctx *ctx, tpn_val value);
/* A name for attributes and methods. It lives as long as the heap. id == 0 on failure, which later calls hand on. */
TPN_API tpn_name tpn_intern(tpn_ctx *ctx, const char *utf8, size_t len);

/* ---- buffers ---- */

#define TPN_BUF_WRITE 1u /* it will be written to */

/* An open buffer: the bytes of a value. They stay at their address until it is closed, under every manager, and the value stays alive. Like
 * references, buffers outlive scopes. */
typedef struct {
    uint32_t size;      /* sizeof(tpn_buf), set by the caller */
    uint32_t flags;     /* what it was opened with */
    void *data;         /* only to be read, unless it was opened with TPN_BUF_WRITE; not NULL */
    size_t len;         /* in bytes */
    uint32_t item_size; /* bytes of an item, in C's order; aligned as C wants it, unless a script has cast a view that begins elsewhere */
    uint32_t format;    /* what an item is, by a letter: a typecode of array.array ('d': double), or a format of memoryview; 'B' for text and
                         * bytes, 'w' for characters of an array */
    uint64_t id;        /* the library's */
} tpn_buf;

/* [collects] Opens a buffer of bytes, a str (as UTF-8), an array.array or a memoryview. Nothing is copied, except small immutable values under
 * managers that move objects, strs that are not ASCII, and the items of a small array once. As long as it is open, an array can't change its
 * length, nor a memoryview be released: scripts get BufferError. `flags`: 0 or TPN_BUF_WRITE. TPN_E_TYPE: none of these, it can't be written, or
 * a memoryview that is released or has gaps; TPN_E_RANGE: a str with lone surrogates; TPN_E_ARG: buf->size is wrong; TPN_E_LIMIT: too many. */
TPN_API tpn_status tpn_buf_open(tpn_ctx *ctx, tpn_val bytes, uint32_t flags, tpn_buf *buf) TPN_CHECK;
/* [quiet] [collects] [ends] Closes a buffer; its data is gone. What is open when the heap is freed is closed then. A second time is TPN_E_HANDLE. */
TPN_API tpn_status tpn_buf_close(tpn_ctx *ctx, tpn_buf *buf);

/* Told that memory is used no more. It runs as finalizers do, and when the heap is freed. */
typedef void (*tpn_free_fn)(void *ud);

#define TPN_MEMORY_WRITE 1u     /* scripts may write to it */
#define TPN_MEMORY_UNCHARGED 2u /* it does not count as the heap's external bytes */

/* [collects] [keeps] [null free_fn] Memory of the host's as a memoryview of its bytes, which are not copied. It must stay until `free_fn` is called, once,
 * when the last view of it has died. If this fails, `free_fn` is not called, and memory and `ud` are still the caller's. `flags`: TPN_MEMORY_...
 * TPN_E_NOMEM: it does not fit the hard limit. */
TPN_API tpn_val tpn_memory(tpn_ctx *ctx, void *data, size_t len, uint32_t flags, tpn_free_fn free_fn, void *ud);

/* ---- objects ---- */

#define TPN_LT 0
#define TPN_LE 1
#define TPN_EQ 2
#define TPN_NE 3
#define TPN_GT 4
#define TPN_GE 5

/* [runs] bool(value) */
TPN_API int32_t tpn_truth(tpn_ctx *ctx, tpn_val value);
/* [runs] object.name */
TPN_API tpn_val tpn_getattr(tpn_ctx *ctx, tpn_val object, tpn_name name);
/* [runs] object.name; TPN_ABSENT, and no error, when there is no such attribute. */
TPN_API tpn_val tpn_getattr_opt(tpn_ctx *ctx, tpn_val object, tpn_name name);
/* [runs] object.name = value */
TPN_API tpn_status tpn_setattr(tpn_ctx *ctx, tpn_val object, tpn_name name, tpn_val value);
/* [runs] del object.name */
TPN_API tpn_status tpn_delattr(tpn_ctx *ctx, tpn_val object, tpn_name name);
/* [runs] object[key] */
TPN_API tpn_val tpn_getitem(tpn_ctx *ctx, tpn_val object, tpn_val key);
/* [runs] object[key]; TPN_ABSENT, and no error, for a LookupError. */
TPN_API tpn_val tpn_getitem_opt(tpn_ctx *ctx, tpn_val object, tpn_val key);
/* [runs] object[key] = value */
TPN_API tpn_status tpn_setitem(tpn_ctx *ctx, tpn_val object, tpn_val key, tpn_val value);
/* [runs] del object[key] */
TPN_API tpn_status tpn_delitem(tpn_ctx *ctx, tpn_val object, tpn_val key);
/* [runs] item in container */
TPN_API int32_t tpn_contains(tpn_ctx *ctx, tpn_val container, tpn_val item);
/* [runs] len(object) */
TPN_API int64_t tpn_len(tpn_ctx *ctx, tpn_val object);
/* [runs] The truth of a comparison (TPN_LT...). */
TPN_API int32_t tpn_compare(tpn_ctx *ctx, int32_t op, tpn_val a, tpn_val b);
/* [runs] The result of a comparison (TPN_LT...), which may be of any type. */
TPN_API tpn_val tpn_compare_val(tpn_ctx *ctx, int32_t op, tpn_val a, tpn_val b);
/* [runs] hash(key) */
TPN_API tpn_status tpn_hash(tpn_ctx *ctx, tpn_val key, int64_t *out);
/* [runs] isinstance(value, type) */
TPN_API int32_t tpn_isinstance(tpn_ctx *ctx, tpn_val value, tpn_val type);
/* [runs] iter(object) */
TPN_API tpn_val tpn_iter(tpn_ctx *ctx, tpn_val object);
/* [runs] The next item; TPN_ABSENT at the end. */
TPN_API tpn_val tpn_next(tpn_ctx *ctx, tpn_val iterator);
/* [collects] A list of n items. */
TPN_API tpn_val tpn_list(tpn_ctx *ctx, int64_t n, const tpn_val *items);
/* [collects] A tuple of n items. */
TPN_API tpn_val tpn_tuple(tpn_ctx *ctx, int64_t n, const tpn_val *items);
/* [runs] A dict of n pairs: key, value, key, value... */
TPN_API tpn_val tpn_dict(tpn_ctx *ctx, int64_t n, const tpn_val *pairs);
/* [runs] A set of n items, which must be hashable. */
TPN_API tpn_val tpn_set(tpn_ctx *ctx, int64_t n, const tpn_val *items);
/* [runs] A frozenset of n items, which must be hashable. */
TPN_API tpn_val tpn_frozenset(tpn_ctx *ctx, int64_t n, const tpn_val *items);
/* [collects] A list of n floats. */
TPN_API tpn_val tpn_list_doubles(tpn_ctx *ctx, int64_t n, const double *numbers);
/* [collects] A list of n ints. */
TPN_API tpn_val tpn_list_i64(tpn_ctx *ctx, int64_t n, const int64_t *numbers);
/* Items of a list or tuple, from a place on, n at most: each a new local. How many there are, which is less than n at the end. TPN_E_LIMIT: so
 * many locals don't fit, and none is made. */
TPN_API int64_t tpn_seq_copy(tpn_ctx *ctx, tpn_val sequence, int64_t from, int64_t n, tpn_val *out);
/* The same for floats, ints and bools of a list, tuple, array.array or memoryview, as doubles. TPN_E_TYPE: some are none; TPN_E_RANGE: some don't fit. */
TPN_API int64_t tpn_seq_doubles(tpn_ctx *ctx, tpn_val sequence, int64_t from, int64_t n, double *out);
/* The same for ints and bools. */
TPN_API int64_t tpn_seq_i64(tpn_ctx *ctx, tpn_val sequence, int64_t from, int64_t n, int64_t *out);
/* [null value] The next entry of a dict, in its order: 1, and key and value are new locals; 0 at the end. *position is 0 at first, and is moved on.
 * A dict that changes its size meanwhile may show an entry twice, or not at all. */
TPN_API int32_t tpn_dict_next(tpn_ctx *ctx, tpn_val dict, uint64_t *position, tpn_val *key, tpn_val *value);
/* [collects] Appends to a list. TPN_E_TYPE: it is none. */
TPN_API tpn_status tpn_append(tpn_ctx *ctx, tpn_val list, tpn_val item);

/* ---- arithmetic ---- */

#define TPN_ADD 0
#define TPN_SUB 1
#define TPN_MUL 2
#define TPN_TRUEDIV 3  /* a / b */
#define TPN_FLOORDIV 4 /* a // b */
#define TPN_MOD 5
#define TPN_POW 6
#define TPN_AND 7
#define TPN_OR 8
#define TPN_XOR 9
#define TPN_LSHIFT 10
#define TPN_RSHIFT 11
#define TPN_MATMUL 12 /* a @ b */
#define TPN_DIVMOD 13 /* divmod(a, b), a tuple; it has no in-place form */

#define TPN_NEG 0
#define TPN_POS 1
#define TPN_INVERT 2 /* ~a */
#define TPN_ABS 3

/* [runs] left op right (TPN_ADD...). TPN_E_ARG: no such operator. */
TPN_API tpn_val tpn_binary(tpn_ctx *ctx, int32_t op, tpn_val left, tpn_val right);
/* [runs] What `left op= right` makes of left: mostly left itself where that can change, else a new object. TPN_E_ARG: no such operator. */
TPN_API tpn_val tpn_inplace(tpn_ctx *ctx, int32_t op, tpn_val left, tpn_val right);
/* [runs] -number and its like (TPN_NEG...). TPN_E_ARG: no such operator. */
TPN_API tpn_val tpn_unary(tpn_ctx *ctx, int32_t op, tpn_val number);

/* ---- calls and code ---- */

/* An argument that is given by name. */
typedef struct { tpn_name name; tpn_val value; } tpn_kwarg;


/* [runs] callee(*argv) */
TPN_API tpn_val tpn_call(tpn_ctx *ctx, tpn_val callee, int32_t argc, const tpn_val *argv);
/* [runs] object.name(*argv) */
TPN_API tpn_val tpn_call_method(tpn_ctx *ctx, tpn_val object, tpn_name name, int32_t argc, const tpn_val *argv);
/* [runs] callee(*argv, **kwargs) */
TPN_API tpn_val tpn_call_kw(tpn_ctx *ctx, tpn_val callee, int32_t argc, const tpn_val *argv, int32_t n_kwargs, const tpn_kwarg *kwargs);
/* [runs] object.name(*argv, **kwargs) */
TPN_API tpn_val tpn_call_method_kw(tpn_ctx *ctx, tpn_val object, tpn_name name, int32_t argc, const tpn_val *argv, int32_t n_kwargs,
                                   const tpn_kwarg *kwargs);
/* [runs] [null file] Runs statements among the globals of __main__; None. `file` is for messages. */
TPN_API tpn_val tpn_exec(tpn_ctx *ctx, const char *source, size_t len, const char *file);
/* [runs] [null file] Evaluates an expression among the globals of __main__. */
TPN_API tpn_val tpn_eval(tpn_ctx *ctx, const char *source, size_t len, const char *file);
#define TPN_CODE_EXEC 0 /* statements */
#define TPN_CODE_EVAL 1 /* an expression */
/* [runs] [null file] Code of a source, to be run any number of times. `mode` is TPN_CODE_...; `file` is for messages. */
TPN_API tpn_val tpn_compile(tpn_ctx *ctx, const char *source, size_t len, const char *file, int32_t mode);
/* [runs] [absent globals] Runs code in the globals that a dict holds; TPN_ABSENT: those of __main__. The value of an expression, else None. */
TPN_API tpn_val tpn_run(tpn_ctx *ctx, tpn_val code, tpn_val globals);
/* [collects] Code as bytes, to be kept: libraries with the same instructions load them in any process, under any manager. TPN_E_TYPE: no
 * code. */
TPN_API tpn_val tpn_code_dump(tpn_ctx *ctx, tpn_val code);
/* [collects] The code that bytes of tpn_code_dump are, verified, for tpn_run. Any bytes may be given. TPN_E_ARG: they were changed, are not
 * safe to run, or come from a library with other instructions; the message says what is wrong, and at which byte. */
TPN_API tpn_val tpn_code_load(tpn_ctx *ctx, const void *bytes, size_t len);
/* [runs] The module of a dotted name, imported if need be with the packages around it. */
TPN_API tpn_val tpn_import(tpn_ctx *ctx, const char *name);
/* [collects] The module __main__: its attributes are the globals. */
TPN_API tpn_val tpn_main(tpn_ctx *ctx);
/* [quiet] Hands on what scripts have written; tpn_exec and tpn_eval do so by themselves. */
TPN_API tpn_status tpn_flush(tpn_ctx *ctx);

#define TPN_FUEL_ANY UINT64_MAX /* no fuel is needed */

/* [quiet] Fuel for scripts: each loop turn, each call and each item that a builtin steps over burns a unit. Without any left each of them
 * raises FuelExhausted, a BaseException (TPN_E_FUEL), until there is more; the heap stays usable. Finalizers in Python burn it, too.
 * TPN_FUEL_ANY, the default: none is needed. */
TPN_API tpn_status tpn_fuel_set(tpn_ctx *ctx, uint64_t fuel);
/* [quiet] What is left. */
TPN_API tpn_status tpn_fuel_get(tpn_ctx *ctx, uint64_t *out);

/* ---- errors ---- */

/* [runs] [null message] Makes an exception pending: an instance (message is ignored), or a class, called with the message. Gives TPN_ERR.
 * TPN_E_TYPE: neither. */
TPN_API tpn_val tpn_raise(tpn_ctx *ctx, tpn_val exception, const char *message);
/* [collects] [null message] As tpn_raise, by the name of a builtin exception ("ValueError"). Gives TPN_ERR. TPN_E_ARG: there is none. */
TPN_API tpn_val tpn_raise_std(tpn_ctx *ctx, const char *name, const char *message);
/* [quiet] Whether an error is pending. */
TPN_API int32_t tpn_pending(tpn_ctx *ctx);
/* [quiet] The status of the pending error; TPN_OK if there is none. */
TPN_API tpn_status tpn_err_status(tpn_ctx *ctx);
/* Takes the pending error: its exception; TPN_ABSENT if there is none. */
TPN_API tpn_val tpn_err_take(tpn_ctx *ctx);
/* [quiet] Drops the pending error, if any. */
TPN_API tpn_status tpn_err_clear(tpn_ctx *ctx);
/* [runs] Copies the report of an exception, traceback included; its length. TPN_E_TYPE: it is none. */
TPN_API int64_t tpn_err_format(tpn_ctx *ctx, tpn_val exception, char *buffer, size_t cap);

/* ---- memory ---- */

#define TPN_GC_AUTO 0  /* as the manager's own pacing would */
#define TPN_GC_FULL 1  /* find all garbage */
#define TPN_GC_DRAIN 2 /* full, until no finalizer is left */

/* Statistics of a heap; at its end more may be added, so the caller says how much of it is known. */
typedef struct {
    uint32_t size; /* sizeof(tpn_stats), set by the caller */
    uint32_t reserved;
    uint64_t live_bytes, live_objects; /* that the last collection found */
    uint64_t heap_bytes, peak_bytes, external_bytes, allocated_bytes;
    uint64_t collections, pause_total_ns, pause_max_ns;
    uint64_t finalizers; /* __del__ methods run */
    uint64_t locals, owned, weak;
    uint64_t host_objects, host_finalized;
    uint64_t pressures;         /* how often the heap stayed above its soft limit */
    uint64_t injected_failures; /* that tpn_debug_fail_alloc made */
    uint64_t average_bytes;     /* of the heap since it was made, weighted by time */
    uint64_t buffers;           /* open ones */
} tpn_stats;

#define TPN_GC_UNKNOWN (-1) /* where the manager has no generations */
#define TPN_GC_MINOR 0      /* the young generation */
#define TPN_GC_MIDDLE 1     /* besides, what has survived one such collection */
#define TPN_GC_MAJOR 2      /* the old generation, or a part of what that takes */

/* A collection that starts or has stopped. */
typedef struct {
    uint32_t size;       /* sizeof(tpn_gc_event) as the library knows it */
    int32_t stopped;     /* 0: it starts */
    int32_t level;       /* what was asked for: TPN_GC_AUTO, TPN_GC_FULL */
    int32_t extent;      /* what it has come to, or at its start what it will: TPN_GC_MINOR ... */
    uint64_t started_ns; /* since the heap was made */
    uint64_t pause_ns;   /* how long it took; 0 at its start */
    uint64_t heap_before, heap_after; /* bytes of the heap; at its start both are those now */
    uint64_t live_bytes; /* that the last trace of the whole heap found alive */
} tpn_gc_event;

/* Told of the start and the end of each collection, on the heap's thread. */
typedef void (*tpn_gc_event_fn)(void *ud, const tpn_gc_event *event);

/* [quiet] [runs] Collects now: TPN_GC_... Finalizers that are due run. */
TPN_API tpn_status tpn_gc_collect(tpn_ctx *ctx, int32_t level);
/* [quiet] [runs] [null done] Works off what is put off, for about budget_ns: what drains have left, a collection in slices that is under
 * way, and one that is more than half due. *done: nothing is left. For hosts that know when they have time, as between two frames. */
TPN_API tpn_status tpn_gc_step(tpn_ctx *ctx, uint64_t budget_ns, int32_t *done);
/* [quiet] [runs] Where long natives let collections, finalizers and tasks happen. */
TPN_API tpn_status tpn_safepoint(tpn_ctx *ctx);
/* [quiet] [runs] Charges (or discharges) memory outside the heap that objects own. Payloads are charged by themselves. TPN_E_NOMEM: it does
 * not fit the hard limit, even without the garbage; nothing is charged. Discharging more than was charged leaves zero. */
TPN_API tpn_status tpn_gc_external(tpn_ctx *ctx, int64_t delta_bytes);
/* [quiet] [runs] Makes sure that so many bytes fit the hard limit, collecting if need be. TPN_E_NOMEM: they don't. */
TPN_API tpn_status tpn_gc_reserve(tpn_ctx *ctx, uint64_t bytes);
/* [quiet] Changes the limits; 0: none. What the heap takes already stays, even above them. */
TPN_API tpn_status tpn_gc_limits(tpn_ctx *ctx, uint64_t hard_limit, uint64_t soft_limit);
/* [quiet] What the heap takes and has done. `size` is the caller's; the rest is written. */
TPN_API tpn_status tpn_gc_stats(tpn_ctx *ctx, tpn_stats *out);
/* [quiet] A pause, in nanoseconds, that so many percent (0 to 100, else TPN_E_RANGE) of all collections don't exceed, to an eighth; 100: the
 * longest. */
TPN_API tpn_status tpn_gc_pause_percentile(tpn_ctx *ctx, double percent, uint64_t *out);
/* [quiet] [keeps] [null event] Has a function told of collections; NULL: none. It replaces the one before. */
TPN_API tpn_status tpn_gc_on_event(tpn_ctx *ctx, tpn_gc_event_fn event, void *ud);
/* [quiet] Walks the whole heap and checks its invariants. TPN_E_PANIC: one does not hold; the standard error stream says which. */
TPN_API tpn_status tpn_debug_verify(tpn_ctx *ctx);
/* Copies why an object is alive; its length. The first line is a root, each other one a reference from the object before: how the script
 * calls it, and what it leads to. It is a shortest path; the caller's own local counts only if there is no other. TPN_E_TYPE: None, a bool
 * or a number that is no object of the heap. */
TPN_API int64_t tpn_debug_why(tpn_ctx *ctx, tpn_val object, char *buffer, size_t cap);
/* [quiet] Writes all objects of the heap, in pieces: a JSON object of "types" (name, objects, bytes), "roots" (kind, index, object) and "objects"
 * (type, bytes, refs), which refer to types and objects by their place in these lists. Garbage that is not collected yet is among them. */
TPN_API tpn_status tpn_debug_dump(tpn_ctx *ctx, tpn_log_fn sink, void *ud);
/* [quiet] The serial number of the next reference or buffer; scopes count, too, under "debug.origins". */
TPN_API int64_t tpn_debug_serial(tpn_ctx *ctx);
/* [quiet] [null sink] Tells what the host holds now, of what was made since a serial number; how much that is. `since` 0: all of it; else the result of
 * tpn_debug_serial. Owned, weak and watching references, open buffers, scopes that the host has open (without "debug.origins", only when `since` is 0).
 * The sink is called once for each, in the order in which they were made: a line with its number, kind, type and a short description; then, with
 * "debug.origins", a line for each frame of the host's that led to it, the innermost first, up to `main`, and one for the script's line that ran. Frames
 * have names and lines where the program was compiled with symbols (-g). No script code runs. NULL: it is only counted.
 * TPN_E_ARG: `since` is negative. */
TPN_API int64_t tpn_debug_leaks(tpn_ctx *ctx, int64_t since, tpn_log_fn sink, void *ud);
/* [quiet] The nth allocation from now fails, once; 0: none does. The library collects and tries again, so little of that is seen. */
TPN_API tpn_status tpn_debug_fail_alloc(tpn_ctx *ctx, int64_t nth);
/* [quiet] The nth allocation from now and the count - 1 after it fail; an nth of 0: none does. */
TPN_API tpn_status tpn_debug_fail_allocs(tpn_ctx *ctx, int64_t nth, uint32_t count);

#ifdef __cplusplus
}
#endif
#endif /* TPN_H */
