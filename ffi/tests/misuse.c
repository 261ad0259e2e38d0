/* Wrong calls that need more than one bad argument: sequences, what natives and finalizers do wrong, what stays behind after many calls. Each
 * gives a status and leaves the heap usable, in every build. Prints nothing but what is wrong. Single wrong arguments: the folder matrix. */
#define _POSIX_C_SOURCE 200112L
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

/* ---- the status of a result, by its kind; 1 when it is none ---- */

static tpn_status VAL(tpn_ctx *ctx, tpn_val v)
{
    tpn_status status = tpn_is_err(v) ? tpn_err_status(ctx) : 1;
    (void)tpn_err_clear(ctx);
    return status;
}

/* Numbers and statuses say it themselves; the pending error says the same. */
static tpn_status NUM(tpn_ctx *ctx, int64_t n)
{
    tpn_status pending = tpn_err_status(ctx);
    if (n < 0)
        EXPECT(pending, n);
    (void)tpn_err_clear(ctx);
    return n < 0 ? (tpn_status)n : 1;
}

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
} good;

static int told_of;

static void told(tpn_ctx *ctx, tpn_ref ref, void *ud)
{
    told_of++;
    (void)tpn_err_clear(ctx);
    (void)tpn_eval(ctx, "1 // 0", TPN_STRLEN, NULL); /* left pending: reported, and nobody's error afterwards */
    if (ud != NULL)
        (void)tpn_ref_free(ctx, ref);
}

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

static tpn_heap *saved_heap;
static int finalized;

static void finalize(void *payload, tpn_fin *fin, void *ud)
{
    (void)payload;
    (void)fin;
    (void)ud;
    finalized++;
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
    EXPECT(tpn_kind(ctx, g->object), TPN_K_HOST);
    EXPECT(tpn_pending(ctx), 0);
}

static void finish(tpn_ctx *ctx, good *g)
{
    EXPECT(tpn_ref_free(ctx, g->ref), TPN_OK);
    EXPECT(tpn_scope_close(ctx, g->scope), TPN_OK);
    EXPECT(tpn_debug_verify(ctx), TPN_OK);
}

/* What is told besides a status. */
static void words(tpn_ctx *ctx, good *g)
{
    EXPECT(tpn_ctx_heap(ctx) == saved_heap, 1);
    EXPECT(tpn_str_copy(ctx, g->text, NULL, 0), 4);
    EXPECT(VAL(ctx, tpn_dict(ctx, INT64_MAX, NULL)), TPN_E_ARG);
    EXPECT(VAL(ctx, tpn_raise_std(ctx, "int", "x")), TPN_E_ARG);
    EXPECT(tpn_debug_why(ctx, g->text, NULL, 0) > 0, 1);
    EXPECT(strcmp(tpn_status_name(TPN_E_HEAP), "TPN_E_HEAP"), 0);
    EXPECT(strcmp(tpn_status_name(12345), "unknown status"), 0);
    EXPECT(strncmp(tpn_version_string(), "taipan ", 7), 0);
    EXPECT(tpn_abi_version(), TPN_ABI);
}

/* Weak references and what they tell, when the object dies. */
static void stale(tpn_ctx *ctx, good *g)
{
    tpn_scope outer = tpn_scope_open(ctx);
    tpn_scope inner = tpn_scope_open(ctx);
    tpn_val text = tpn_str(ctx, "gone", 4);
    tpn_val again;
    tpn_ref weak = tpn_weak_new(ctx, text);
    tpn_ref watch = tpn_weak_watch(ctx, text, told, &told_of);
    EXPECT(tpn_scope_close(ctx, inner), TPN_OK);
    again = tpn_str(ctx, "again", 5); /* in the place of the first */
    EXPECT(NUM(ctx, tpn_len(ctx, text)), TPN_E_HANDLE);
    EXPECT(tpn_len(ctx, again), 5);
    EXPECT(tpn_gc_collect(ctx, TPN_GC_DRAIN), TPN_OK);
    if (tpn_heap_caps(tpn_ctx_heap(ctx)) & TPN_CAP_COLLECTS) {
        EXPECT(tpn_is_absent(tpn_ref_get(ctx, weak)), 1);
        EXPECT(tpn_ref_strengthen(ctx, weak), TPN_E_HANDLE);
        EXPECT(told_of, 1);
        EXPECT(tpn_ref_free(ctx, watch), TPN_E_HANDLE);
        told_of = 0;
    } else {
        EXPECT(tpn_ref_free(ctx, watch), TPN_OK);
    }
    EXPECT(tpn_ref_free(ctx, weak), TPN_OK);
    EXPECT(tpn_scope_close(ctx, outer), TPN_OK);
    EXPECT(tpn_len(ctx, g->list), 0);
}

static void slots(tpn_ctx *ctx, good *g)
{
    void *payload = NULL;
    tpn_val second = tpn_new(ctx, g->type, &payload);
    tpn_slot *own = &((box *)payload)->a;
    EXPECT(tpn_is_absent(tpn_slot_get(ctx, second, own)), 1);
    EXPECT(tpn_slot_set(ctx, second, own, g->object), TPN_OK);
    EXPECT(tpn_slot_set(ctx, g->object, g->slot, second), TPN_OK); /* a cycle */
    EXPECT(tpn_gc_collect(ctx, TPN_GC_FULL), TPN_OK);
    EXPECT(tpn_payload(ctx, second, g->type) == payload, 1);
    EXPECT(tpn_is(ctx, tpn_slot_get(ctx, g->object, g->slot), second), 1);
    EXPECT(tpn_slot_set(ctx, g->object, g->slot, tpn_absent()), TPN_OK);
    EXPECT(tpn_is_absent(tpn_slot_get(ctx, g->object, g->slot)), 1);
    EXPECT(tpn_slot_set(ctx, second, own, tpn_absent()), TPN_OK);
}

/* Values of the right type that don't do, and of types that only some functions refuse. */
static void wrong_values(tpn_ctx *ctx, good *g)
{
    tpn_val one = tpn_i32(1);
    EXPECT(NUM(ctx, tpn_to_i64(ctx, tpn_uint(ctx, UINT64_MAX), &g->i64)), TPN_E_RANGE);
    EXPECT(NUM(ctx, tpn_to_u64(ctx, tpn_i32(-1), &g->u64)), TPN_E_RANGE);
    EXPECT(NUM(ctx, tpn_str_copy(ctx, tpn_eval(ctx, "'\\ud800'", TPN_STRLEN, NULL), NULL, 0)), TPN_E_RANGE);
    EXPECT(tpn_is_absent(tpn_getitem_opt(ctx, g->list, tpn_i32(1000))), 1);
    EXPECT(NUM(ctx, tpn_setitem(ctx, g->text, one, one)), TPN_E_EXC);
    EXPECT(NUM(ctx, tpn_delitem(ctx, g->text, one)), TPN_E_EXC);
    EXPECT(NUM(ctx, tpn_compare(ctx, TPN_LT, g->text, one)), TPN_E_EXC);
    EXPECT(VAL(ctx, tpn_call(ctx, tpn_type_val(ctx, g->type), 0, NULL)), TPN_E_EXC);
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
    return ud == NULL ? tpn_err() : tpn_bits_(0x1234567890abcdcu);
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

/* A finalizer of a script runs while an error is pending: what it calls knows nothing of that error, and does not end it. */
static tpn_val note(tpn_ctx *ctx, void *ud, tpn_val self, int32_t argc, const tpn_val *argv)
{
    (void)self;
    (void)argc;
    (void)argv;
    ++*(int *)ud;
    EXPECT(tpn_pending(ctx), 0);
    EXPECT(tpn_len(ctx, tpn_str(ctx, "text", 4)), 4);
    return tpn_raise_std(ctx, "ValueError", "reported, and nobody's error afterwards");
}

static void finalizers(tpn_ctx *ctx, good *g)
{
    int notes = 0;
    tpn_fnspec fn;
    tpn_scope scope = tpn_scope_open(ctx);
    memset(&fn, 0, sizeof fn);
    fn.size = (uint32_t)sizeof fn;
    fn.name = "note";
    fn.fn = note;
    fn.ud = &notes;
    EXPECT(tpn_setattr(ctx, tpn_main(ctx), tpn_intern(ctx, "note", 4), tpn_func(ctx, &fn)), TPN_OK);
    (void)tpn_exec(ctx, "class Dying:\n    def __del__(self): note()\n", TPN_STRLEN, NULL);
    (void)tpn_eval(ctx, "Dying()", TPN_STRLEN, NULL);
    EXPECT(tpn_is_err(tpn_raise(ctx, g->error, NULL)), 1);
    EXPECT(tpn_scope_close(ctx, scope), TPN_OK);
    EXPECT(tpn_gc_collect(ctx, TPN_GC_DRAIN), TPN_OK);
    EXPECT(tpn_err_status(ctx), TPN_E_EXC);
    EXPECT(tpn_is(ctx, tpn_err_take(ctx), g->error), 1);
    if (tpn_heap_caps(tpn_ctx_heap(ctx)) & TPN_CAP_COLLECTS)
        EXPECT(notes, 1);
    (void)tpn_exec(ctx, "del Dying, note", TPN_STRLEN, NULL);
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

/* Attaching twice; and what a context that is attached again does not know any more. */
static void attaching(tpn_heap *heap, tpn_ctx *ctx)
{
    tpn_ctx *again = NULL;
    tpn_scope scope;
    tpn_val text;
    tpn_ref ref;
    EXPECT(tpn_attach_heap(heap, &again), TPN_E_STATE);
    EXPECT(again == NULL, 1);
    scope = tpn_scope_open(ctx);
    text = tpn_str(ctx, "text", 4);
    ref = tpn_ref_new(ctx, text);
    (void)tpn_raise_std(ctx, "ValueError", NULL);
    EXPECT(tpn_detach(ctx), TPN_OK);
    EXPECT(tpn_detach(ctx), TPN_E_THREAD);
    EXPECT(tpn_attach_heap(heap, &again), TPN_OK);
    EXPECT(tpn_pending(again), 0);
    EXPECT(NUM(again, tpn_len(again, text)), TPN_E_HANDLE);
    EXPECT(tpn_scope_close(again, scope), TPN_E_HANDLE);
    EXPECT(tpn_len(again, tpn_ref_get(again, ref)), 4);
    EXPECT(tpn_ref_free(again, ref), TPN_OK);
}

int main(int argc, char **argv)
{
    tpn_ctx *ctx;
    tpn_heap *heap;
    good arguments;
    if (argc < 2)
        return 2;
    options(argv[1]);
    heap = heap_of(argv[1], &ctx);
    saved_heap = heap;
    prepare(ctx, &arguments);
    words(ctx, &arguments);
    stale(ctx, &arguments);
    slots(ctx, &arguments);
    wrong_values(ctx, &arguments);
    sticky(ctx, &arguments);
    natives(ctx, &arguments);
    finalizers(ctx, &arguments);
    steady(ctx);
    finish(ctx, &arguments);
    attaching(heap, ctx);
    EXPECT(tpn_heap_free(heap), TPN_OK);
    EXPECT(finalized > 0, 1);
    return failures != 0;
}
