/* Wrong calls: each gives a status and leaves the heap usable. Prints nothing but what is wrong. */
#include <stdio.h>
#include <string.h>
#include "taipan.h"

static int failures;

#define EXPECT(what, wanted) expect(__LINE__, #what, (int64_t)(what), (int64_t)(wanted))

static void expect(int line, const char *what, int64_t got, int64_t wanted)
{
    if (got != wanted) {
        printf("line %d: %s gave %ld, not %ld\n", line, what, (long)got, (long)wanted);
        failures++;
    }
}

/* The status behind a TPN_ERR; clears it. */
static tpn_status err(tpn_ctx *ctx, tpn_val v)
{
    tpn_status status = tpn_is_err(v) ? tpn_err_status(ctx) : 1;
    (void)tpn_err_clear(ctx);
    return status;
}

/* A status that also left its error pending; clears it. */
static tpn_status st(tpn_ctx *ctx, tpn_status status)
{
    EXPECT(tpn_err_status(ctx), status);
    (void)tpn_err_clear(ctx);
    return status;
}

static tpn_heap *heap_of(const char *manager, tpn_ctx **ctx)
{
    tpn_config config;
    tpn_heap *heap = NULL;
    (void)tpn_config_init(&config, (uint32_t)sizeof config);
    config.manager = manager;
    EXPECT(tpn_heap_new(&config, &heap, NULL, 0), TPN_OK);
    EXPECT(tpn_attach_heap(heap, ctx), TPN_OK);
    return heap;
}

static void nulls(tpn_ctx *ctx)
{
    tpn_typespec type;
    tpn_type none = { 0 };
    tpn_name no_name = { 0, 0 };
    tpn_heap *heap = NULL;
    tpn_ref no_ref = { 0 };
    char buffer[4];
    memset(&type, 0, sizeof type);
    EXPECT(tpn_heap_new(NULL, NULL, NULL, 0), TPN_E_ARG);
    EXPECT(tpn_attach_heap(NULL, NULL), TPN_E_ARG);
    EXPECT(tpn_detach(NULL), TPN_E_ARG);
    EXPECT(tpn_heap_free(heap), TPN_OK);
    EXPECT(tpn_config_init(NULL, 64), TPN_E_ARG);
    EXPECT(tpn_is_err(tpn_int(NULL, 1)), 1);
    EXPECT(tpn_scope_open(NULL).serial, 0);
    EXPECT(tpn_pending(NULL), TPN_E_ARG);
    EXPECT(err(ctx, tpn_str(ctx, NULL, 3)), TPN_E_ARG);
    EXPECT(err(ctx, tpn_str(ctx, "\xff", 1)), TPN_E_ARG);
    EXPECT(err(ctx, tpn_list(ctx, 2, NULL)), TPN_E_ARG);
    EXPECT(err(ctx, tpn_list(ctx, -1, NULL)), TPN_E_ARG);
    EXPECT(err(ctx, tpn_exec(ctx, NULL, 1, NULL)), TPN_E_ARG);
    EXPECT(err(ctx, tpn_func(ctx, NULL)), TPN_E_ARG);
    EXPECT(err(ctx, tpn_raise_std(ctx, "int", "x")), TPN_E_ARG);
    EXPECT(err(ctx, tpn_new(ctx, none, NULL)), TPN_E_ARG);
    EXPECT(err(ctx, tpn_getattr(ctx, tpn_none(), no_name)), TPN_E_ARG);
    EXPECT(st(ctx, tpn_type_new(ctx, NULL, NULL)), TPN_E_ARG);
    EXPECT(st(ctx, tpn_type_new(ctx, &type, &none)), TPN_E_ARG);
    EXPECT(st(ctx, tpn_to_i64(ctx, tpn_i32(1), NULL)), TPN_E_ARG);
    EXPECT(tpn_ref_free(ctx, no_ref), TPN_E_HANDLE);
    EXPECT(tpn_gc_stats(ctx, NULL), TPN_E_ARG);
    EXPECT(tpn_gc_collect(ctx, 9), TPN_E_ARG);
    EXPECT(tpn_manager_name(99, buffer, sizeof buffer), TPN_E_RANGE);
}

static void wrong_types(tpn_ctx *ctx)
{
    int64_t number;
    uint64_t big;
    double real;
    EXPECT(st(ctx, tpn_to_i64(ctx, tpn_none(), &number)), TPN_E_TYPE);
    EXPECT(st(ctx, tpn_to_i64(ctx, tpn_uint(ctx, UINT64_MAX), &number)), TPN_E_RANGE);
    EXPECT(st(ctx, tpn_to_u64(ctx, tpn_i32(-1), &big)), TPN_E_RANGE);
    EXPECT(st(ctx, tpn_to_f64(ctx, tpn_str(ctx, "1", 1), &real)), TPN_E_TYPE);
    EXPECT(tpn_str_copy(ctx, tpn_i32(1), NULL, 0), TPN_E_TYPE);
    (void)tpn_err_clear(ctx);
    EXPECT(st(ctx, tpn_append(ctx, tpn_i32(1), tpn_i32(1))), TPN_E_TYPE);
    EXPECT(err(ctx, tpn_call(ctx, tpn_i32(1), 0, NULL)), TPN_E_EXC);
    EXPECT(err(ctx, tpn_raise(ctx, tpn_i32(1), NULL)), TPN_E_TYPE);
    EXPECT(err(ctx, tpn_eval(ctx, "1 +", TPN_STRLEN, NULL)), TPN_E_EXC);
    EXPECT(err(ctx, tpn_call(ctx, tpn_absent(), 0, NULL)), TPN_E_ARG);
    EXPECT(tpn_to_i64(ctx, tpn_uint(ctx, (uint64_t)INT64_MAX), &number), TPN_OK);
    EXPECT(number, INT64_MAX);
}

static void stale(tpn_ctx *ctx)
{
    tpn_scope outer = tpn_scope_open(ctx);
    tpn_scope inner = tpn_scope_open(ctx);
    tpn_val text = tpn_str(ctx, "text", 4);
    tpn_val again, forged = text;
    tpn_ref ref = tpn_ref_new(ctx, text);
    tpn_ref other;
    EXPECT(tpn_scope_close(ctx, outer), TPN_E_STATE);
    EXPECT(tpn_scope_close(ctx, inner), TPN_OK);
    EXPECT(tpn_scope_close(ctx, inner), TPN_E_HANDLE);
    EXPECT(err(ctx, tpn_repr(ctx, text)), TPN_E_HANDLE);
    again = tpn_str(ctx, "again", 5);
    EXPECT(err(ctx, tpn_repr(ctx, text)), TPN_E_HANDLE);
    EXPECT(tpn_len(ctx, again), 5);
    forged.bits += (uint64_t)1 << 40;
    EXPECT(err(ctx, tpn_repr(ctx, forged)), TPN_E_HANDLE);
    forged.bits = 4;
    EXPECT(err(ctx, tpn_repr(ctx, forged)), TPN_E_HANDLE);
    EXPECT(tpn_ref_free(ctx, ref), TPN_OK);
    EXPECT(tpn_ref_free(ctx, ref), TPN_E_HANDLE);
    other = tpn_ref_new(ctx, again);
    EXPECT(tpn_ref_free(ctx, ref), TPN_E_HANDLE);
    EXPECT(err(ctx, tpn_ref_get(ctx, ref)), TPN_E_HANDLE);
    EXPECT(tpn_ref_free(ctx, other), TPN_OK);
    EXPECT(tpn_scope_close(ctx, outer), TPN_OK);
}

static void foreign(tpn_ctx *ctx, tpn_ctx *other)
{
    tpn_val text = tpn_str(ctx, "text", 4);
    tpn_ref ref = tpn_ref_new(ctx, text);
    tpn_name name = tpn_intern(ctx, "name", 4);
    EXPECT(err(other, tpn_repr(other, text)), TPN_E_HEAP);
    EXPECT(tpn_ref_free(other, ref), TPN_E_HEAP);
    EXPECT(err(other, tpn_getattr(other, tpn_none(), name)), TPN_E_HEAP);
    EXPECT(tpn_ref_free(ctx, ref), TPN_OK);
}

static void sticky(tpn_ctx *ctx)
{
    tpn_val failed = tpn_raise_std(ctx, "KeyError", "first");
    tpn_val items[2];
    items[0] = failed;
    items[1] = tpn_raise_std(ctx, "ValueError", "second");
    EXPECT(tpn_is_err(tpn_list(ctx, 2, items)), 1);
    EXPECT(tpn_is_err(tpn_eval(ctx, "1", 1, NULL)), 1);
    EXPECT(tpn_len(ctx, failed), TPN_E_STATE);
    EXPECT(tpn_pending(ctx), 1);
    EXPECT(tpn_isinstance(ctx, tpn_err_take(ctx), tpn_eval(ctx, "KeyError", TPN_STRLEN, NULL)), 1);
    EXPECT(tpn_pending(ctx), 0);
    EXPECT(tpn_is_absent(tpn_err_take(ctx)), 1);
}

typedef struct { tpn_slot a; int64_t n; } box;
static tpn_ctx *saved;
static tpn_heap *saved_heap;

static void finalize(void *payload, tpn_fin *fin, void *ud)
{
    (void)payload; (void)fin; (void)ud;
    EXPECT(tpn_is_err(tpn_int(saved, 1)), 1);
    EXPECT(tpn_gc_collect(saved, TPN_GC_FULL), saved == NULL ? TPN_E_ARG : TPN_E_STATE);
}

static tpn_val bad_native(tpn_ctx *ctx, void *ud, tpn_val self, int32_t argc, const tpn_val *argv)
{
    (void)self; (void)argc; (void)argv;
    (void)tpn_scope_open(ctx); /* left open */
    EXPECT(tpn_heap_free(saved_heap), TPN_E_STATE);
    EXPECT(tpn_detach(ctx), TPN_E_STATE);
    return ud == NULL ? tpn_err() : tpn_bits_(0x1234567890abcdeu);
}

static void host(tpn_ctx *ctx)
{
    static const uint32_t slots[] = { 0 }, wrong[] = { 4 };
    tpn_typespec spec;
    tpn_type type, second;
    tpn_fnspec fn;
    void *payload, *other;
    tpn_val object, list;
    tpn_scope scope;
    memset(&spec, 0, sizeof spec);
    spec.size = (uint32_t)sizeof spec;
    spec.name = "test.Box";
    spec.payload_size = (uint32_t)sizeof(box);
    spec.payload_align = 8;
    spec.slots = wrong;
    spec.n_slots = 1;
    spec.finalize = finalize;
    EXPECT(st(ctx, tpn_type_new(ctx, &spec, &type)), TPN_E_ARG);
    spec.slots = slots;
    EXPECT(tpn_type_new(ctx, &spec, &type), TPN_OK);
    EXPECT(tpn_type_new(ctx, &spec, &second), TPN_OK);
    scope = tpn_scope_open(ctx);
    object = tpn_new(ctx, type, &payload);
    EXPECT(tpn_kind(ctx, object), TPN_K_HOST);
    EXPECT(tpn_payload(ctx, object, second) == NULL, 1);
    EXPECT(tpn_err_status(ctx), TPN_E_TYPE);
    (void)tpn_err_clear(ctx);
    EXPECT(tpn_is_absent(tpn_slot_get(ctx, object, &((box *)payload)->a)), 1);
    EXPECT(err(ctx, tpn_slot_get(ctx, object, NULL)), TPN_E_ARG);
    EXPECT(err(ctx, tpn_slot_get(ctx, tpn_none(), &((box *)payload)->a)), TPN_E_TYPE);
    list = tpn_list(ctx, 1, &object);
    EXPECT(tpn_slot_set(ctx, object, &((box *)payload)->a, list), TPN_OK); /* a cycle */
    (void)tpn_new(ctx, type, &other);
    EXPECT(st(ctx, tpn_slot_set(ctx, object, &((box *)other)->a, list)), TPN_E_ARG);
    EXPECT(tpn_gc_collect(ctx, TPN_GC_FULL), TPN_OK);
    EXPECT(tpn_payload(ctx, object, type) == payload, 1);
    EXPECT(tpn_is(ctx, tpn_slot_get(ctx, object, &((box *)payload)->a), list), 1);
    EXPECT(err(ctx, tpn_call(ctx, tpn_type_val(ctx, type), 0, NULL)), TPN_E_EXC);
    memset(&fn, 0, sizeof fn);
    fn.size = (uint32_t)sizeof fn;
    fn.name = "bad";
    fn.fn = bad_native;
    fn.max_args = -1;
    EXPECT(err(ctx, tpn_call(ctx, tpn_func(ctx, &fn), 1, &list)), TPN_E_EXC);
    fn.ud = &fn;
    EXPECT(err(ctx, tpn_call(ctx, tpn_func(ctx, &fn), 1, &list)), TPN_E_EXC);
    EXPECT(tpn_scope_close(ctx, scope), TPN_OK);
    EXPECT(tpn_gc_collect(ctx, TPN_GC_DRAIN), TPN_OK);
}

static void rounds(tpn_ctx *ctx, int count)
{
    int i;
    for (i = 0; i < count; i++) {
        tpn_scope scope = tpn_scope_open(ctx);
        tpn_val items[2];
        tpn_ref ref, weak;
        items[0] = tpn_str(ctx, "key", 3);
        items[1] = tpn_float(ctx, 1.5);
        ref = tpn_ref_new(ctx, tpn_dict(ctx, 1, items));
        weak = tpn_weak_new(ctx, tpn_list(ctx, 2, items));
        (void)tpn_tuple(ctx, 2, items);
        (void)tpn_set(ctx, 2, items);
        (void)tpn_repr(ctx, tpn_ref_get(ctx, ref));
        (void)tpn_eval(ctx, "[n for n in range(9)]", TPN_STRLEN, NULL);
        (void)tpn_eval(ctx, "1 // 0", TPN_STRLEN, NULL);
        (void)tpn_err_clear(ctx);
        (void)tpn_ref_weaken(ctx, ref);
        (void)tpn_ref_free(ctx, ref);
        (void)tpn_ref_free(ctx, weak);
        (void)tpn_scope_close(ctx, scope);
    }
    (void)tpn_gc_collect(ctx, TPN_GC_DRAIN);
}

static void steady(tpn_ctx *ctx)
{
    tpn_stats before, after;
    memset(&before, 0, sizeof before);
    before.size = (uint32_t)sizeof before;
    after = before;
    rounds(ctx, 20);
    EXPECT(tpn_gc_stats(ctx, &before), TPN_OK);
    rounds(ctx, 100);
    EXPECT(tpn_gc_stats(ctx, &after), TPN_OK);
    EXPECT(after.live_objects, before.live_objects);
    EXPECT(after.live_bytes, before.live_bytes);
    EXPECT(after.external_bytes, before.external_bytes);
    EXPECT(after.locals, before.locals);
    EXPECT(after.owned, before.owned);
    EXPECT(after.weak, before.weak);
}

int main(int argc, char **argv)
{
    tpn_ctx *ctx, *other;
    tpn_heap *heap, *second;
    (void)argc;
    heap = heap_of(argv[1], &ctx);
    second = heap_of(argv[2], &other);
    EXPECT(tpn_attach_heap(heap, &ctx), TPN_E_STATE);
    saved = ctx;
    saved_heap = heap;
    nulls(ctx);
    wrong_types(ctx);
    stale(ctx);
    foreign(ctx, other);
    foreign(other, ctx);
    sticky(ctx);
    host(ctx);
    steady(ctx);
    EXPECT(tpn_debug_verify(ctx), TPN_OK);
    EXPECT(tpn_debug_verify(other), TPN_OK);
    saved = NULL;
    EXPECT(tpn_detach(other), TPN_OK);
    EXPECT(tpn_is_err(tpn_int(other, 1)), 1);
    EXPECT(tpn_pending(other), TPN_E_THREAD);
    EXPECT(tpn_heap_free(heap), TPN_OK);
    EXPECT(tpn_heap_free(second), TPN_OK);
    return failures != 0;
}
