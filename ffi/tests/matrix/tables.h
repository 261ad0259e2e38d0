/* What the tables of the misuse matrix are made of: arguments, results, functions, cases. The tables are made by taipan-abi (ffi/abi/src/matrix).
 * So that their calls have one form, an argument is a union, and a result says whether it is one. */
#ifndef MATRIX_TABLES_H
#define MATRIX_TABLES_H

#include <string.h>
#include "taipan.h"

typedef struct world world;

typedef union {
    tpn_ctx *ctx;
    tpn_heap *heap;
    tpn_fin *fin;
    tpn_tracer *tracer;
    tpn_remote *remote;
    tpn_val val;
    tpn_ref ref;
    tpn_type type;
    tpn_name name;
    tpn_scope scope;
    tpn_slot *slot;
    const void *in;
    void *out;
    int32_t i32;
    int64_t i64;
    uint32_t u32;
    uint64_t u64;
    size_t size;
    double f64;
    tpn_log_fn log_fn;
    tpn_died_fn died_fn;
    tpn_task_fn task_fn;
    tpn_gc_event_fn gc_event_fn;
    tpn_free_fn free_fn;
} arg;

typedef struct {
    int failed;
    int64_t status; /* where the result tells it; else 0 */
    arg made;
} outcome;

typedef struct {
    const char *name;
    const char *params[8];
    void (*good)(world *w, arg *a);
    void (*call)(const arg *a, outcome *o);
    void (*undo)(world *w, const arg *a, const outcome *o);
    size_t written; /* bytes that a call that succeeds writes */
    int may_collect;
} function;

enum { MAIN, PENDING, THREAD, FINALIZER, TRACE, EVENT, LOG, SINK, PRESSURE, UD_FREE, CLOSING, LEFT };
static const char *const places[] = { "", " with an error pending", " from another thread", " in a finalizer", " in a trace function", " in an event function",
    " in a log function", " in a dump", " in a pressure function", " in an ud_free", " in a finalizer while the heap closes",
    " after tpn_leave" };

typedef struct {
    int function, param;
    void (*spoil)(world *w, arg *a);
    const char *misuse;
    int place;
    tpn_status wanted;
    int pends; /* whether an error is pending afterwards */
} test;

extern const function functions[];
extern const int n_functions;
extern const test tests[];
extern const int n_tests;

/* ---- results ---- */

static void of_val(outcome *o, tpn_val v) { o->failed = tpn_is_err(v); o->made.val = v; }
static void of_ref(outcome *o, tpn_ref r) { o->failed = r.bits == 0; o->made.ref = r; }
static void of_name(outcome *o, tpn_name n) { o->failed = n.id == 0; o->made.name = n; }
static void of_scope(outcome *o, tpn_scope s) { o->failed = s.serial == 0; o->made.scope = s; }
static void of_pointer(outcome *o, const void *p) { o->failed = p == NULL; o->made.in = p; }
static void of_id(outcome *o, uint64_t id) { o->failed = id == 0; o->made.u64 = id; }
static void of_count(outcome *o, uint32_t n) { o->failed = 0; o->made.u32 = n; }
static void of_number(outcome *o, int64_t n) { o->failed = n < 0; o->status = n < 0 ? n : 0; o->made.i64 = n; }

#endif
