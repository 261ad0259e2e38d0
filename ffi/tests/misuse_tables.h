/* Every function that takes a handle, once for each place where it takes one, as tables of calls; and what runs a table. For misuse.c. */
#ifndef MISUSE_TABLES_H
#define MISUSE_TABLES_H

#include <stdio.h>
#include "taipan.h"

static int failures;

/* Any failure at all, where a table's calls fail for different reasons. */
#define ANY 99

#define EXPECT(what, wanted) expect(__LINE__, #what, (int64_t)(what), (int64_t)(wanted))

static void expect(int line, const char *what, int64_t got, int64_t wanted)
{
    if (wanted == ANY ? got >= 0 : got != wanted) {
        printf("line %d: %s gave %ld, not %ld\n", line, what, (long)got, (long)wanted);
        failures++;
    }
}

/* ---- the status of a result, by its kind; 1 when it is none ---- */

static tpn_status failed(tpn_ctx *ctx, int is_failure)
{
    tpn_status status = is_failure ? tpn_err_status(ctx) : 1;
    (void)tpn_err_clear(ctx);
    return status;
}

static tpn_status VAL(tpn_ctx *ctx, tpn_val v) { return failed(ctx, tpn_is_err(v)); }
static tpn_status REF(tpn_ctx *ctx, tpn_ref r) { return failed(ctx, r.bits == 0); }
static tpn_status PTR(tpn_ctx *ctx, const void *p) { return failed(ctx, p == NULL); }
static tpn_status ID(tpn_ctx *ctx, uint64_t id) { return failed(ctx, id == 0); }
static tpn_status NAME(tpn_ctx *ctx, tpn_name name) { return failed(ctx, name.id == 0); }
static tpn_status SCOPE(tpn_ctx *ctx, tpn_scope scope) { return failed(ctx, scope.serial == 0); }
/* Numbers and statuses say it themselves; the pending error says the same. */
static tpn_status NUM(tpn_ctx *ctx, int64_t n)
{
    tpn_status pending = tpn_err_status(ctx);
    if (n < 0)
        EXPECT(pending, n);
    (void)tpn_err_clear(ctx);
    return n < 0 ? (tpn_status)n : 1;
}
/* Those that leave no error pending. */
static tpn_status QUIET(tpn_ctx *ctx, int64_t n) { (void)ctx; return n < 0 ? (tpn_status)n : 1; }

/* ---- good arguments ---- */

typedef struct { tpn_slot a; int64_t n; } box;

typedef struct {
    tpn_val list, dict, text, object, builtin, error;
    tpn_slot *slot;
    tpn_name name;
    tpn_type type;
    tpn_scope scope;
    tpn_ref ref;
    int64_t i64;
    uint64_t u64;
    double f64;
    tpn_stats stats;
    char buffer[8];
    tpn_val pair_key[2], pair_value[2];
} good;

static void nowhere(void *ud, int32_t level, const char *text, size_t len)
{
    (void)ud;
    (void)level;
    (void)text;
    (void)len;
}

/* A pair for tpn_dict. */
static const tpn_val *pair(tpn_val (*place)[2], tpn_val key, tpn_val value)
{
    (*place)[0] = key;
    (*place)[1] = value;
    return *place;
}

/* ---- the tables ---- */

/* Functions of a value `v`. */
#define VALUE_CALLS(X)                                                  \
    X(VAL, tpn_scope_escape(ctx, tpn_scope_open(ctx), v))               \
    X(REF, tpn_ref_new(ctx, v))                                         \
    X(REF, tpn_weak_new(ctx, v))                                        \
    X(REF, tpn_weak_watch(ctx, v, told, NULL))                          \
    X(NUM, tpn_is(ctx, v, g->list))                                     \
    X(NUM, tpn_is(ctx, g->list, v))                                     \
    X(ID, tpn_id(ctx, v))                                               \
    X(PTR, tpn_payload(ctx, v, g->type))                                \
    X(VAL, tpn_slot_get(ctx, v, g->slot))                               \
    X(NUM, tpn_slot_set(ctx, v, g->slot, g->list))                      \
    X(NUM, tpn_kind(ctx, v))                                            \
    X(NUM, tpn_to_i64(ctx, v, &g->i64))                                 \
    X(NUM, tpn_to_u64(ctx, v, &g->u64))                                 \
    X(NUM, tpn_to_f64(ctx, v, &g->f64))                                 \
    X(NUM, tpn_str_copy(ctx, v, g->buffer, sizeof g->buffer))           \
    X(VAL, tpn_repr(ctx, v))                                            \
    X(VAL, tpn_tostr(ctx, v))                                           \
    X(NUM, tpn_truth(ctx, v))                                           \
    X(VAL, tpn_getattr(ctx, v, g->name))                                \
    X(VAL, tpn_getattr_opt(ctx, v, g->name))                            \
    X(NUM, tpn_setattr(ctx, v, g->name, g->list))                       \
    X(NUM, tpn_setattr(ctx, g->builtin, g->name, v))                    \
    X(NUM, tpn_delattr(ctx, v, g->name))                                \
    X(VAL, tpn_getitem(ctx, v, tpn_i32(0)))                             \
    X(VAL, tpn_getitem(ctx, g->dict, v))                                \
    X(VAL, tpn_getitem_opt(ctx, v, tpn_i32(0)))                         \
    X(VAL, tpn_getitem_opt(ctx, g->dict, v))                            \
    X(NUM, tpn_setitem(ctx, v, tpn_i32(0), g->text))                    \
    X(NUM, tpn_setitem(ctx, g->dict, v, g->text))                       \
    X(NUM, tpn_setitem(ctx, g->dict, g->text, v))                       \
    X(NUM, tpn_delitem(ctx, v, tpn_i32(0)))                             \
    X(NUM, tpn_delitem(ctx, g->dict, v))                                \
    X(NUM, tpn_contains(ctx, v, tpn_i32(0)))                            \
    X(NUM, tpn_contains(ctx, g->dict, v))                               \
    X(NUM, tpn_len(ctx, v))                                             \
    X(NUM, tpn_compare(ctx, TPN_EQ, v, g->text))                        \
    X(NUM, tpn_compare(ctx, TPN_EQ, g->text, v))                        \
    X(NUM, tpn_isinstance(ctx, v, g->builtin))                          \
    X(NUM, tpn_isinstance(ctx, g->text, v))                             \
    X(VAL, tpn_iter(ctx, v))                                            \
    X(VAL, tpn_next(ctx, v))                                            \
    X(VAL, tpn_list(ctx, 1, &v))                                        \
    X(VAL, tpn_tuple(ctx, 1, &v))                                       \
    X(VAL, tpn_dict(ctx, 1, pair(&g->pair_key, v, g->text)))            \
    X(VAL, tpn_dict(ctx, 1, pair(&g->pair_value, g->text, v)))          \
    X(VAL, tpn_set(ctx, 1, &v))                                         \
    X(NUM, tpn_append(ctx, v, g->text))                                 \
    X(NUM, tpn_append(ctx, g->list, v))                                 \
    X(VAL, tpn_call(ctx, v, 0, NULL))                                   \
    X(VAL, tpn_call(ctx, g->builtin, 1, &v))                            \
    X(VAL, tpn_call_method(ctx, v, g->name, 0, NULL))                   \
    X(VAL, tpn_call_method(ctx, g->list, g->name, 1, &v))               \
    X(VAL, tpn_raise(ctx, v, NULL))                                     \
    X(NUM, tpn_debug_why(ctx, v, g->buffer, sizeof g->buffer))          \
    X(NUM, tpn_err_format(ctx, v, g->buffer, sizeof g->buffer))

/* The one place where TPN_ABSENT means something. */
#define STORE_CALLS(X) X(NUM, tpn_slot_set(ctx, g->object, g->slot, v))

/* Functions of a reference `r`, a type `t`, a name `n`. */
#define REF_CALLS(X)                                                    \
    X(VAL, tpn_ref_get(ctx, r))                                         \
    X(QUIET, tpn_ref_weaken(ctx, r))                                    \
    X(QUIET, tpn_ref_strengthen(ctx, r))                                \
    X(QUIET, tpn_ref_free(ctx, r))
#define TYPE_CALLS(X)                                                   \
    X(VAL, tpn_type_val(ctx, t))                                        \
    X(VAL, tpn_new(ctx, t, NULL))                                       \
    X(PTR, tpn_payload(ctx, g->object, t))
#define NAME_CALLS(X)                                                   \
    X(VAL, tpn_getattr(ctx, g->list, n))                                \
    X(VAL, tpn_getattr_opt(ctx, g->list, n))                            \
    X(NUM, tpn_setattr(ctx, g->builtin, n, g->list))                    \
    X(NUM, tpn_delattr(ctx, g->builtin, n))                             \
    X(VAL, tpn_call_method(ctx, g->list, n, 0, NULL))
/* Functions of a scope `s`, which is not the innermost one of the context. */
#define SCOPE_CALLS(X)                                                  \
    X(QUIET, tpn_scope_close(ctx, s))                                   \
    X(VAL, tpn_scope_escape(ctx, s, g->list))
/* Functions of a context and no handle. */
#define CONTEXT_CALLS(X)                                                \
    X(SCOPE, tpn_scope_open(ctx))                                       \
    X(VAL, tpn_func(ctx, NULL))                                         \
    X(VAL, tpn_module(ctx, "m", NULL, 0))                               \
    X(NUM, tpn_type_new(ctx, NULL, &g->type))                           \
    X(VAL, tpn_int(ctx, 1))                                             \
    X(VAL, tpn_uint(ctx, 1))                                            \
    X(VAL, tpn_float(ctx, 1))                                           \
    X(VAL, tpn_str(ctx, "", 0))                                         \
    X(VAL, tpn_bytes(ctx, "", 0))                                       \
    X(NAME, tpn_intern(ctx, "", 0))                                     \
    X(VAL, tpn_list(ctx, 0, NULL))                                      \
    X(VAL, tpn_tuple(ctx, 0, NULL))                                     \
    X(VAL, tpn_dict(ctx, 0, NULL))                                      \
    X(VAL, tpn_set(ctx, 0, NULL))                                       \
    X(VAL, tpn_exec(ctx, "", 0, NULL))                                  \
    X(VAL, tpn_eval(ctx, "1", 1, NULL))                                 \
    X(VAL, tpn_main(ctx))                                               \
    X(QUIET, tpn_flush(ctx))                                            \
    X(VAL, tpn_raise_std(ctx, "ValueError", NULL))                      \
    X(QUIET, tpn_pending(ctx))                                          \
    X(QUIET, tpn_err_status(ctx))                                       \
    X(VAL, tpn_err_take(ctx))                                           \
    X(QUIET, tpn_err_clear(ctx))                                        \
    X(QUIET, tpn_gc_collect(ctx, TPN_GC_FULL))                          \
    X(QUIET, tpn_safepoint(ctx))                                        \
    X(QUIET, tpn_gc_step(ctx, 1000, NULL))                              \
    X(QUIET, tpn_gc_external(ctx, 8))                                   \
    X(QUIET, tpn_gc_stats(ctx, &g->stats))                              \
    X(QUIET, tpn_gc_pause_percentile(ctx, 50, &g->u64))                 \
    X(QUIET, tpn_gc_on_event(ctx, NULL, NULL))                          \
    X(QUIET, tpn_debug_verify(ctx))                                     \
    X(QUIET, tpn_debug_dump(ctx, nowhere, NULL))                        \
    X(QUIET, tpn_gc_reserve(ctx, 8))                                    \
    X(QUIET, tpn_gc_limits(ctx, 0, 0))                                  \
    X(QUIET, tpn_fuel_set(ctx, TPN_FUEL_ANY))                           \
    X(QUIET, tpn_fuel_get(ctx, &g->u64))                                \
    X(QUIET, tpn_debug_fail_alloc(ctx, 0))                              \
    X(QUIET, tpn_debug_fail_allocs(ctx, 0, 1))                          \
    X(QUIET, tpn_detach(ctx))

#define CHECK(kind, call) expect(__LINE__, #call, kind(ctx, call), wanted);

static void bad_value(tpn_ctx *ctx, good *g, tpn_val v, tpn_status wanted)
{
    VALUE_CALLS(CHECK)
    if (!tpn_is_absent(v)) {
        STORE_CALLS(CHECK)
    }
}

static void bad_ref(tpn_ctx *ctx, tpn_ref r, tpn_status wanted)
{
    REF_CALLS(CHECK)
}

static void bad_type(tpn_ctx *ctx, good *g, tpn_type t, tpn_status wanted)
{
    TYPE_CALLS(CHECK)
}

static void bad_name(tpn_ctx *ctx, good *g, tpn_name n, tpn_status wanted)
{
    NAME_CALLS(CHECK)
}

static void bad_scope(tpn_ctx *ctx, good *g, tpn_scope s, tpn_status wanted)
{
    SCOPE_CALLS(CHECK)
}

/* Everything that takes a context. */
static void bad_context(tpn_ctx *ctx, good *g, tpn_status wanted)
{
    tpn_val v = tpn_none();
    tpn_type t = g->type;
    tpn_name n = g->name;
    tpn_scope s = g->scope;
    VALUE_CALLS(CHECK)
    STORE_CALLS(CHECK)
    TYPE_CALLS(CHECK)
    NAME_CALLS(CHECK)
    SCOPE_CALLS(CHECK)
    CONTEXT_CALLS(CHECK)
    bad_ref(ctx, g->ref, wanted);
}

#endif
