/* Wrong calls: each gives a status and leaves the heap usable, in every build. Prints nothing but what is wrong.
 * c_hosts.rs checks that no function of the header is missing. */
#define _POSIX_C_SOURCE 200112L
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include "taipan.h"

static int told_of;

static void told(tpn_ctx *ctx, tpn_ref ref, void *ud)
{
    told_of++;
    (void)tpn_err_clear(ctx);
    (void)tpn_eval(ctx, "1 // 0", TPN_STRLEN, NULL); /* left pending: reported, and nobody's error afterwards */
    if (ud != NULL)
        (void)tpn_ref_free(ctx, ref);
}

#include "misuse_tables.h"

/* ---- the tests ---- */

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

/* Options by name: what is unknown or out of range is an error, and no heap. */
static void options(const char *manager)
{
    static const struct { tpn_opt option; tpn_status wanted; } tries[] = {
        { { "heap_growth", 50 }, TPN_OK },
        { { "heap_growth", 0 }, TPN_OK },
        { { "heap_growth", 10001 }, TPN_E_ARG },
        { { "heap_growth", -1 }, TPN_E_ARG },
        { { "marking_thread", 1 }, TPN_OK },
        { { "marking_thread", -1 }, TPN_E_ARG },
        { { "drain_portion", 1000 }, TPN_OK },
        { { "drain_portion", -1 }, TPN_E_ARG },
        { { "no_such_option", 1 }, TPN_E_ARG },
        { { "?no_such_option", 1 }, TPN_OK },
    };
    size_t i;
    for (i = 0; i < sizeof tries / sizeof *tries; i++) {
        tpn_config config;
        tpn_heap *heap = NULL;
        (void)tpn_config_init(&config, (uint32_t)sizeof config);
        config.manager = manager;
        config.opts = &tries[i].option;
        config.n_opts = 1;
        EXPECT(tpn_heap_new(&config, &heap, NULL, 0), tries[i].wanted);
        EXPECT(heap != NULL, tries[i].wanted == TPN_OK);
        EXPECT(tpn_heap_free(heap), TPN_OK);
    }
}

static tpn_ctx *saved;
static tpn_heap *saved_heap;
static good *saved_good;
static tpn_ref saved_ref, foreign_ref;
static int finalized;

/* A finalizer can call nothing but tpn_fin_ref_free. */
static void finalize(void *payload, tpn_fin *fin, void *ud)
{
    tpn_ref none = { 0 };
    (void)payload;
    (void)ud;
    finalized++;
    if (saved == NULL)
        return;
    bad_context(saved, saved_good, TPN_E_STATE);
    EXPECT(tpn_heap_free(saved_heap), TPN_E_STATE);
    EXPECT(tpn_fin_ref_free(NULL, saved_ref), TPN_E_ARG);
    EXPECT(tpn_fin_ref_free(fin, none), TPN_E_HANDLE);
    EXPECT(tpn_fin_ref_free(fin, foreign_ref), TPN_E_HEAP);
    EXPECT(tpn_fin_ref_free(fin, saved_ref), TPN_OK);
    EXPECT(tpn_fin_ref_free(fin, saved_ref), TPN_E_HANDLE);
    saved = NULL;
}

/* Good arguments, all of the innermost scope. */
static void prepare(tpn_ctx *ctx, good *g)
{
    static const uint32_t slots[] = { (uint32_t)offsetof(box, a) };
    tpn_typespec spec;
    void *payload = NULL;
    memset(g, 0, sizeof *g);
    memset(&spec, 0, sizeof spec);
    spec.size = (uint32_t)sizeof spec;
    spec.name = "test.Box";
    spec.payload_size = (uint32_t)sizeof(box);
    spec.payload_align = 8;
    spec.slots = slots;
    spec.n_slots = 1;
    spec.finalize = finalize;
    EXPECT(tpn_type_new(ctx, &spec, &g->type), TPN_OK);
    g->scope = tpn_scope_open(ctx);
    g->list = tpn_list(ctx, 0, NULL);
    g->dict = tpn_dict(ctx, 0, NULL);
    g->text = tpn_str(ctx, "text", 4);
    g->builtin = tpn_eval(ctx, "str", TPN_STRLEN, NULL);
    g->error = tpn_eval(ctx, "KeyError('first')", TPN_STRLEN, NULL);
    g->object = tpn_new(ctx, g->type, &payload);
    g->slot = &((box *)payload)->a;
    g->name = tpn_intern(ctx, "append", TPN_STRLEN);
    g->ref = tpn_ref_new(ctx, g->list);
    g->stats.size = (uint32_t)sizeof g->stats;
    EXPECT(tpn_kind(ctx, g->object), TPN_K_HOST);
    EXPECT(tpn_pending(ctx), 0);
}

static void finish(tpn_ctx *ctx, good *g)
{
    EXPECT(tpn_ref_free(ctx, g->ref), TPN_OK);
    EXPECT(tpn_scope_close(ctx, g->scope), TPN_OK);
    EXPECT(tpn_debug_verify(ctx), TPN_OK);
}

static void nulls(tpn_ctx *ctx, good *g)
{
    tpn_typespec type;
    char buffer[4];
    memset(&type, 0, sizeof type);
    bad_context(NULL, g, TPN_E_ARG);
    EXPECT(tpn_heap_new(NULL, NULL, NULL, 0), TPN_E_ARG);
    EXPECT(tpn_attach_heap(NULL, NULL), TPN_E_ARG);
    EXPECT(tpn_heap_free(NULL), TPN_OK);
    EXPECT(tpn_heap_user(NULL) == NULL, 1);
    EXPECT(tpn_heap_caps(NULL), 0);
    EXPECT(tpn_ctx_heap(NULL) == NULL, 1);
    EXPECT(tpn_ctx_heap(ctx) == saved_heap, 1);
    EXPECT(tpn_has(NULL), TPN_E_ARG);
    EXPECT(tpn_config_init(NULL, 64), TPN_E_ARG);
    EXPECT(VAL(ctx, tpn_str(ctx, NULL, 3)), TPN_E_ARG);
    EXPECT(VAL(ctx, tpn_str(ctx, "\xff", 1)), TPN_E_ARG);
    EXPECT(VAL(ctx, tpn_bytes(ctx, NULL, 3)), TPN_E_ARG);
    EXPECT(NAME(ctx, tpn_intern(ctx, NULL, 3)), TPN_E_ARG);
    EXPECT(VAL(ctx, tpn_list(ctx, 2, NULL)), TPN_E_ARG);
    EXPECT(VAL(ctx, tpn_tuple(ctx, -1, NULL)), TPN_E_ARG);
    EXPECT(VAL(ctx, tpn_dict(ctx, INT64_MAX, NULL)), TPN_E_ARG);
    EXPECT(VAL(ctx, tpn_set(ctx, 1, NULL)), TPN_E_ARG);
    EXPECT(VAL(ctx, tpn_call(ctx, g->builtin, 1, NULL)), TPN_E_ARG);
    EXPECT(VAL(ctx, tpn_call(ctx, g->builtin, -1, NULL)), TPN_E_ARG);
    EXPECT(VAL(ctx, tpn_call_method(ctx, g->list, g->name, 1, NULL)), TPN_E_ARG);
    EXPECT(VAL(ctx, tpn_exec(ctx, NULL, 1, NULL)), TPN_E_ARG);
    EXPECT(VAL(ctx, tpn_eval(ctx, NULL, 1, NULL)), TPN_E_ARG);
    EXPECT(VAL(ctx, tpn_func(ctx, NULL)), TPN_E_ARG);
    EXPECT(VAL(ctx, tpn_module(ctx, NULL, NULL, 0)), TPN_E_ARG);
    EXPECT(VAL(ctx, tpn_module(ctx, "m", NULL, 1)), TPN_E_ARG);
    EXPECT(VAL(ctx, tpn_raise_std(ctx, NULL, NULL)), TPN_E_ARG);
    EXPECT(VAL(ctx, tpn_raise_std(ctx, "int", "x")), TPN_E_ARG);
    EXPECT(NUM(ctx, tpn_type_new(ctx, NULL, NULL)), TPN_E_ARG);
    EXPECT(NUM(ctx, tpn_type_new(ctx, &type, &g->type)), TPN_E_ARG);
    EXPECT(NUM(ctx, tpn_to_i64(ctx, tpn_i32(1), NULL)), TPN_E_ARG);
    EXPECT(NUM(ctx, tpn_to_u64(ctx, tpn_i32(1), NULL)), TPN_E_ARG);
    EXPECT(NUM(ctx, tpn_to_f64(ctx, tpn_i32(1), NULL)), TPN_E_ARG);
    EXPECT(tpn_str_copy(ctx, g->text, NULL, 0), 4);
    EXPECT(tpn_gc_stats(ctx, NULL), TPN_E_ARG);
    EXPECT(tpn_gc_pause_percentile(ctx, 50, NULL), TPN_E_ARG);
    EXPECT(tpn_gc_pause_percentile(ctx, 100.5, &g->u64), TPN_E_RANGE);
    EXPECT(tpn_gc_pause_percentile(ctx, -1, &g->u64), TPN_E_RANGE);
    EXPECT(tpn_debug_dump(ctx, NULL, NULL), TPN_E_ARG);
    EXPECT(NUM(ctx, tpn_debug_why(ctx, tpn_i32(1), NULL, 0)), TPN_E_TYPE);
    EXPECT(tpn_debug_why(ctx, g->text, NULL, 0) > 0, 1);
    EXPECT(tpn_gc_collect(ctx, 9), TPN_E_ARG);
    EXPECT(tpn_debug_fail_alloc(ctx, -1), TPN_E_ARG);
    EXPECT(tpn_debug_fail_allocs(ctx, 1, 0), TPN_E_ARG);
    EXPECT(tpn_fuel_get(ctx, NULL), TPN_E_ARG);
    EXPECT(tpn_interrupt(NULL), TPN_E_ARG);
    EXPECT(tpn_interrupt_withdraw(NULL), TPN_E_ARG);
    EXPECT(tpn_manager_name(99, buffer, sizeof buffer), TPN_E_RANGE);
    EXPECT(tpn_manager_name(-1, NULL, 0), TPN_E_RANGE);
    EXPECT(strcmp(tpn_status_name(TPN_E_HEAP), "TPN_E_HEAP"), 0);
    EXPECT(strcmp(tpn_status_name(12345), "unknown status"), 0);
    EXPECT(strncmp(tpn_version_string(), "taipan ", 7), 0);
    EXPECT(tpn_abi_version(), TPN_ABI);
}

static void absent(tpn_ctx *ctx, good *g)
{
    tpn_ref no_ref = { 0 };
    tpn_type no_type = { 0 };
    tpn_name no_name = { 0, 0 };
    tpn_scope no_scope = { 0, 0 };
    bad_value(ctx, g, tpn_absent(), TPN_E_ARG);
    bad_ref(ctx, no_ref, TPN_E_HANDLE);
    bad_type(ctx, g, no_type, TPN_E_ARG);
    bad_name(ctx, g, no_name, TPN_E_ARG);
    bad_scope(ctx, g, no_scope, TPN_E_HANDLE);
}

static void stale(tpn_ctx *ctx, good *g)
{
    tpn_scope outer = tpn_scope_open(ctx);
    tpn_scope inner = tpn_scope_open(ctx);
    tpn_val text = tpn_str(ctx, "gone", 4);
    tpn_val again, forged = text;
    tpn_ref ref = tpn_ref_new(ctx, text);
    tpn_ref weak = tpn_weak_new(ctx, text);
    tpn_ref watch = tpn_weak_watch(ctx, text, told, &told_of);
    tpn_ref other;
    tpn_type type = g->type;
    tpn_name name = g->name;
    bad_scope(ctx, g, outer, TPN_E_STATE);
    EXPECT(tpn_scope_close(ctx, inner), TPN_OK);
    bad_scope(ctx, g, inner, TPN_E_HANDLE);
    bad_value(ctx, g, text, TPN_E_HANDLE);
    again = tpn_str(ctx, "again", 5); /* in the place of the first */
    bad_value(ctx, g, text, TPN_E_HANDLE);
    EXPECT(tpn_len(ctx, again), 5);
    forged.bits += (uint64_t)1 << 40;
    bad_value(ctx, g, forged, TPN_E_HANDLE);
    forged.bits = 4;
    bad_value(ctx, g, forged, TPN_E_HANDLE);
    EXPECT(tpn_ref_free(ctx, ref), TPN_OK);
    bad_ref(ctx, ref, TPN_E_HANDLE);
    other = tpn_ref_new(ctx, again);
    bad_ref(ctx, ref, TPN_E_HANDLE);
    EXPECT(tpn_ref_free(ctx, other), TPN_OK);
    EXPECT(tpn_weak_watch(ctx, g->list, NULL, NULL).bits, 0);
    (void)tpn_err_clear(ctx);
    EXPECT(tpn_gc_collect(ctx, TPN_GC_DRAIN), TPN_OK);
    if (tpn_heap_caps(tpn_ctx_heap(ctx)) & TPN_CAP_COLLECTS) {
        EXPECT(tpn_is_absent(tpn_ref_get(ctx, weak)), 1);
        EXPECT(tpn_ref_strengthen(ctx, weak), TPN_E_HANDLE);
        EXPECT(told_of, 1);
        bad_ref(ctx, watch, TPN_E_HANDLE);
        told_of = 0;
    } else {
        EXPECT(tpn_ref_free(ctx, watch), TPN_OK);
    }
    EXPECT(tpn_ref_free(ctx, weak), TPN_OK);
    bad_ref(ctx, weak, TPN_E_HANDLE);
    type.id += 1000;
    bad_type(ctx, g, type, TPN_E_HANDLE);
    name.id += 1000000;
    bad_name(ctx, g, name, TPN_E_HANDLE);
    EXPECT(tpn_scope_close(ctx, outer), TPN_OK);
}

static void foreign(tpn_ctx *ctx, good *g, good *other)
{
    bad_value(ctx, g, other->text, TPN_E_HEAP);
    bad_value(ctx, g, other->object, TPN_E_HEAP);
    bad_ref(ctx, other->ref, TPN_E_HEAP);
    bad_type(ctx, g, other->type, TPN_E_HEAP);
    bad_name(ctx, g, other->name, TPN_E_HEAP);
    bad_scope(ctx, g, other->scope, TPN_E_HANDLE);
    EXPECT(NUM(ctx, tpn_slot_set(ctx, g->object, other->slot, g->list)), TPN_E_ARG);
    EXPECT(VAL(ctx, tpn_slot_get(ctx, g->object, other->slot)), TPN_E_ARG);
}

static void slots(tpn_ctx *ctx, good *g)
{
    void *payload = NULL;
    tpn_val second = tpn_new(ctx, g->type, &payload);
    tpn_slot *wrong[4];
    size_t at;
    wrong[0] = NULL;
    wrong[1] = (tpn_slot *)(void *)((char *)g->slot + 4);
    wrong[2] = (tpn_slot *)(void *)((char *)g->slot + offsetof(box, n));
    wrong[3] = &((box *)payload)->a;
    for (at = 0; at < 4; at++) {
        EXPECT(VAL(ctx, tpn_slot_get(ctx, g->object, wrong[at])), TPN_E_ARG);
        EXPECT(NUM(ctx, tpn_slot_set(ctx, g->object, wrong[at], g->list)), TPN_E_ARG);
    }
    EXPECT(tpn_is_absent(tpn_slot_get(ctx, second, wrong[3])), 1);
    EXPECT(tpn_slot_set(ctx, second, wrong[3], g->object), TPN_OK);
    EXPECT(tpn_slot_set(ctx, g->object, g->slot, second), TPN_OK); /* a cycle */
    EXPECT(tpn_gc_collect(ctx, TPN_GC_FULL), TPN_OK);
    EXPECT(tpn_payload(ctx, second, g->type) == payload, 1);
    EXPECT(tpn_is(ctx, tpn_slot_get(ctx, g->object, g->slot), second), 1);
    EXPECT(tpn_slot_set(ctx, g->object, g->slot, tpn_absent()), TPN_OK);
    EXPECT(tpn_is_absent(tpn_slot_get(ctx, g->object, g->slot)), 1);
    EXPECT(tpn_slot_set(ctx, second, wrong[3], tpn_absent()), TPN_OK);
}

static void wrong_types(tpn_ctx *ctx, good *g)
{
    tpn_val one = tpn_i32(1), items[2];
    tpn_typespec spec;
    tpn_type second;
    static const uint32_t wrong[] = { 4 };
    items[0] = items[1] = g->list;
    memset(&spec, 0, sizeof spec);
    spec.size = (uint32_t)sizeof spec;
    spec.name = "test.Box";
    spec.payload_size = (uint32_t)sizeof(box);
    spec.payload_align = 8;
    EXPECT(tpn_type_new(ctx, &spec, &second), TPN_OK);
    spec.slots = wrong;
    spec.n_slots = 1;
    EXPECT(NUM(ctx, tpn_type_new(ctx, &spec, &second)), TPN_E_ARG);
    EXPECT(PTR(ctx, tpn_payload(ctx, g->object, second)), TPN_E_TYPE);
    EXPECT(PTR(ctx, tpn_payload(ctx, one, g->type)), TPN_E_TYPE);
    EXPECT(VAL(ctx, tpn_slot_get(ctx, one, g->slot)), TPN_E_TYPE);
    EXPECT(NUM(ctx, tpn_slot_set(ctx, g->text, g->slot, one)), TPN_E_TYPE);
    EXPECT(NUM(ctx, tpn_to_i64(ctx, tpn_none(), &g->i64)), TPN_E_TYPE);
    EXPECT(NUM(ctx, tpn_to_i64(ctx, tpn_uint(ctx, UINT64_MAX), &g->i64)), TPN_E_RANGE);
    EXPECT(NUM(ctx, tpn_to_u64(ctx, g->text, &g->u64)), TPN_E_TYPE);
    EXPECT(NUM(ctx, tpn_to_u64(ctx, tpn_i32(-1), &g->u64)), TPN_E_RANGE);
    EXPECT(NUM(ctx, tpn_to_f64(ctx, g->text, &g->f64)), TPN_E_TYPE);
    EXPECT(NUM(ctx, tpn_str_copy(ctx, one, g->buffer, sizeof g->buffer)), TPN_E_TYPE);
    EXPECT(VAL(ctx, tpn_getattr(ctx, one, g->name)), TPN_E_EXC);
    EXPECT(tpn_is_absent(tpn_getattr_opt(ctx, one, g->name)), 1);
    EXPECT(NUM(ctx, tpn_setattr(ctx, one, g->name, one)), TPN_E_EXC);
    EXPECT(NUM(ctx, tpn_delattr(ctx, one, g->name)), TPN_E_EXC);
    EXPECT(VAL(ctx, tpn_getitem(ctx, one, one)), TPN_E_EXC);
    EXPECT(VAL(ctx, tpn_getitem_opt(ctx, one, one)), TPN_E_EXC);
    EXPECT(tpn_is_absent(tpn_getitem_opt(ctx, g->list, tpn_i32(1000))), 1);
    EXPECT(NUM(ctx, tpn_setitem(ctx, g->text, one, one)), TPN_E_EXC);
    EXPECT(NUM(ctx, tpn_delitem(ctx, g->text, one)), TPN_E_EXC);
    EXPECT(NUM(ctx, tpn_contains(ctx, one, one)), TPN_E_EXC);
    EXPECT(NUM(ctx, tpn_len(ctx, one)), TPN_E_EXC);
    EXPECT(NUM(ctx, tpn_compare(ctx, TPN_LT, g->text, one)), TPN_E_EXC);
    EXPECT(NUM(ctx, tpn_compare(ctx, 9, one, one)), TPN_E_ARG);
    EXPECT(NUM(ctx, tpn_isinstance(ctx, one, one)), TPN_E_EXC);
    EXPECT(VAL(ctx, tpn_iter(ctx, one)), TPN_E_EXC);
    EXPECT(VAL(ctx, tpn_next(ctx, one)), TPN_E_EXC);
    EXPECT(VAL(ctx, tpn_dict(ctx, 1, items)), TPN_E_EXC);
    EXPECT(VAL(ctx, tpn_set(ctx, 2, items)), TPN_E_EXC);
    EXPECT(NUM(ctx, tpn_append(ctx, one, one)), TPN_E_TYPE);
    EXPECT(VAL(ctx, tpn_call(ctx, one, 0, NULL)), TPN_E_EXC);
    EXPECT(VAL(ctx, tpn_call(ctx, tpn_type_val(ctx, g->type), 0, NULL)), TPN_E_EXC);
    EXPECT(VAL(ctx, tpn_call_method(ctx, one, g->name, 0, NULL)), TPN_E_EXC);
    EXPECT(VAL(ctx, tpn_raise(ctx, one, NULL)), TPN_E_TYPE);
    EXPECT(NUM(ctx, tpn_err_format(ctx, one, g->buffer, sizeof g->buffer)), TPN_E_TYPE);
    EXPECT(VAL(ctx, tpn_eval(ctx, "1 +", TPN_STRLEN, NULL)), TPN_E_EXC);
}

/* The first error stays, and what would run script code meanwhile does nothing. */
static void sticky(tpn_ctx *ctx, good *g)
{
    tpn_val error = tpn_raise(ctx, g->error, NULL), taken;
    EXPECT(tpn_is_err(tpn_raise_std(ctx, "ValueError", "second")), 1);
    EXPECT(tpn_is_err(tpn_list(ctx, 1, &error)), 1);
    EXPECT(tpn_is_err(tpn_eval(ctx, "1", 1, NULL)), 1);
    EXPECT(tpn_len(ctx, g->list), TPN_E_STATE);
    EXPECT(tpn_len(ctx, error), TPN_E_STATE);
    EXPECT(tpn_is(ctx, error, error), TPN_E_EXC);
    EXPECT(tpn_ref_new(ctx, error).bits, 0);
    EXPECT(tpn_err_status(ctx), TPN_E_EXC);
    EXPECT(tpn_pending(ctx), 1);
    taken = tpn_err_take(ctx);
    EXPECT(tpn_is(ctx, taken, g->error), 1);
    EXPECT(tpn_pending(ctx), 0);
    EXPECT(tpn_is_absent(tpn_err_take(ctx)), 1);
}

static tpn_val bad_native(tpn_ctx *ctx, void *ud, tpn_val self, int32_t argc, const tpn_val *argv)
{
    (void)self;
    (void)argc;
    (void)argv;
    (void)tpn_scope_open(ctx); /* left open */
    EXPECT(tpn_heap_free(saved_heap), TPN_E_STATE);
    EXPECT(tpn_detach(ctx), TPN_E_STATE);
    return ud == NULL ? tpn_err() : tpn_bits_(0x1234567890abcdeu);
}

static void natives(tpn_ctx *ctx, good *g)
{
    tpn_fnspec fn;
    memset(&fn, 0, sizeof fn);
    fn.size = (uint32_t)sizeof fn;
    fn.name = "bad";
    EXPECT(VAL(ctx, tpn_func(ctx, &fn)), TPN_E_ARG);
    fn.fn = bad_native;
    fn.flags = TPN_FN_METHOD;
    EXPECT(VAL(ctx, tpn_func(ctx, &fn)), TPN_E_ARG);
    fn.flags = TPN_FN_PLAIN;
    fn.max_args = -1;
    EXPECT(VAL(ctx, tpn_call(ctx, tpn_func(ctx, &fn), 1, &g->list)), TPN_E_EXC);
    fn.ud = &fn;
    EXPECT(VAL(ctx, tpn_call(ctx, tpn_func(ctx, &fn), 1, &g->list)), TPN_E_EXC);
    fn.max_args = 0;
    EXPECT(VAL(ctx, tpn_call(ctx, tpn_func(ctx, &fn), 1, &g->list)), TPN_E_EXC);
}

static void finalizers(tpn_ctx *ctx, good *g, good *other)
{
    tpn_scope scope = tpn_scope_open(ctx);
    int before = finalized;
    saved = ctx;
    saved_good = g;
    saved_ref = tpn_ref_new(ctx, g->text);
    foreign_ref = other->ref;
    (void)tpn_new(ctx, g->type, NULL);
    EXPECT(tpn_scope_close(ctx, scope), TPN_OK);
    EXPECT(tpn_gc_collect(ctx, TPN_GC_DRAIN), TPN_OK);
    if (tpn_heap_caps(tpn_ctx_heap(ctx)) & TPN_CAP_COLLECTS)
        EXPECT(finalized, before + 1);
    saved = NULL;
}

static void *elsewhere(void *ud)
{
    bad_context(tpn_heap_user(NULL) == NULL ? (tpn_ctx *)ud : NULL, saved_good, TPN_E_THREAD);
    EXPECT(tpn_heap_free(saved_heap), TPN_E_THREAD);
    return NULL;
}

static void threads(tpn_ctx *ctx, good *g)
{
    pthread_t thread;
    saved_good = g;
    EXPECT(pthread_create(&thread, NULL, elsewhere, ctx), 0);
    EXPECT(pthread_join(thread, NULL), 0);
}

static void rounds(tpn_ctx *ctx, int count)
{
    int i;
    for (i = 0; i < count; i++) {
        tpn_scope scope = tpn_scope_open(ctx);
        tpn_val items[2];
        tpn_ref ref, weak, watch;
        items[0] = tpn_str(ctx, "key", 3);
        items[1] = tpn_float(ctx, 1.5);
        ref = tpn_ref_new(ctx, tpn_dict(ctx, 1, items));
        weak = tpn_weak_new(ctx, tpn_list(ctx, 2, items));
        watch = tpn_weak_watch(ctx, tpn_list(ctx, 1, items), told, NULL);
        (void)tpn_tuple(ctx, 2, items);
        (void)tpn_set(ctx, 2, items);
        (void)tpn_repr(ctx, tpn_ref_get(ctx, ref));
        (void)tpn_eval(ctx, "[n for n in range(9)]", TPN_STRLEN, NULL);
        (void)tpn_eval(ctx, "1 // 0", TPN_STRLEN, NULL);
        (void)tpn_err_clear(ctx);
        (void)tpn_ref_weaken(ctx, ref);
        (void)tpn_ref_free(ctx, ref);
        (void)tpn_ref_free(ctx, weak);
        (void)tpn_ref_free(ctx, watch);
        (void)tpn_scope_close(ctx, scope);
    }
    (void)tpn_gc_collect(ctx, TPN_GC_DRAIN);
}

/* Nothing is left behind by what is done again and again. */
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
    if (tpn_heap_caps(tpn_ctx_heap(ctx)) & TPN_CAP_COLLECTS)
        EXPECT(after.external_bytes, before.external_bytes);
    EXPECT(after.locals, before.locals);
    EXPECT(after.owned, before.owned);
    EXPECT(after.weak, before.weak);
}

int main(int argc, char **argv)
{
    tpn_ctx *ctx, *other;
    tpn_heap *heap, *second;
    good first_good, second_good;
    if (argc < 3)
        return 2;
    options(argv[1]);
    heap = heap_of(argv[1], &ctx);
    second = heap_of(argv[2], &other);
    EXPECT(tpn_attach_heap(heap, &ctx), TPN_E_STATE);
    saved_heap = heap;
    prepare(ctx, &first_good);
    prepare(other, &second_good);
    nulls(ctx, &first_good);
    absent(ctx, &first_good);
    stale(ctx, &first_good);
    foreign(ctx, &first_good, &second_good);
    foreign(other, &second_good, &first_good);
    slots(ctx, &first_good);
    wrong_types(ctx, &first_good);
    sticky(ctx, &first_good);
    natives(ctx, &first_good);
    finalizers(ctx, &first_good, &second_good);
    threads(ctx, &first_good);
    steady(ctx);
    finish(ctx, &first_good);
    finish(other, &second_good);
    EXPECT(tpn_detach(other), TPN_OK);
    bad_context(other, &second_good, TPN_E_THREAD);
    EXPECT(tpn_heap_free(second), TPN_OK);
    EXPECT(tpn_heap_free(heap), TPN_OK);
    return failures != 0;
}
