/* Every allocation of a C host may fail: a dry run counts them, then each fails in a heap of its own, alone and together with the next one.
 * Every call gives a status or TPN_ERR; afterwards the heap is sound, does the same again rightly, and is freed.
 *
 *     faults MANAGER STRIDE    fails every STRIDE-th allocation; prints how many failures there were */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "taipan.h"

typedef struct { tpn_slot next; int64_t number; } item;

typedef struct {
    tpn_type type;
    int64_t made, finalized, taken, freed; /* objects; functions that took their ud, and freed it */
} host;

static void wrong(const char *what, int64_t nth)
{
    fprintf(stderr, "faults: %s after failure %ld\n", what, (long)nth);
    exit(1);
}

static void finalize(void *payload, tpn_fin *fin, void *ud)
{
    (void)payload;
    (void)fin;
    ((host *)ud)->finalized++;
}

static void free_ud(void *ud)
{
    ((host *)ud)->freed++;
}

/* make(number, next) */
static tpn_val make(tpn_ctx *ctx, void *ud, tpn_val self, int32_t argc, const tpn_val *argv)
{
    host *state = (host *)ud;
    void *payload = NULL;
    tpn_val object = tpn_new(ctx, state->type, &payload);
    (void)self;
    (void)argc;
    if (tpn_is_err(object))
        return object;
    state->made++;
    if (tpn_to_i64(ctx, argv[0], &((item *)payload)->number) != TPN_OK)
        return tpn_err();
    if (!tpn_is_none(argv[1]) && tpn_slot_set(ctx, object, &((item *)payload)->next, argv[1]) != TPN_OK)
        return tpn_err();
    return object;
}

static const char SCRIPT[] =
    "from test import make\n"
    "class C:\n"
    "    def __init__(self, n): self.n, self.text = n, str(n)\n"
    "def build(n):\n"
    "    last = None\n"
    "    for i in range(n): last = make(i, last)\n"
    "    return [last, {C(i): [i] for i in range(n)}, 3 ** 100]\n";

/* Buffers of all kinds, and memory of the host's. What is open is closed, whatever fails. */
static void buffers(tpn_ctx *ctx, host *state)
{
    static const char *const sources[] = { "array.array('d', [1.0, 2.0])", "memoryview(array.array('B', b'abc'))[1:]", "b'bytes'",
        "'ascii'", "'gr\\xfc\\xdfe'", "memoryview(b'abcd').cast('h')" };
    static char memory[] = "memory";
    tpn_buf open[sizeof sources / sizeof *sources];
    size_t at, n = 0;
    tpn_val view;
    (void)tpn_is_err(tpn_exec(ctx, "import array", TPN_STRLEN, NULL));
    for (at = 0; at < sizeof sources / sizeof *sources && tpn_pending(ctx) == 0; at++) {
        memset(&open[n], 0, sizeof *open);
        open[n].size = (uint32_t)sizeof *open;
        if (tpn_buf_open(ctx, tpn_eval(ctx, sources[at], TPN_STRLEN, NULL), at < 2 ? TPN_BUF_WRITE : 0, &open[n]) == TPN_OK)
            n++;
    }
    view = tpn_memory(ctx, memory, sizeof memory - 1, TPN_MEMORY_WRITE, free_ud, state);
    if (!tpn_is_err(view)) {
        state->taken++;
        if (tpn_pending(ctx) == 0)
            (void)tpn_is_err(tpn_repr(ctx, view));
    }
    while (n-- > 0)
        (void)tpn_buf_close(ctx, &open[n]);
}

/* A bit of everything. The sum that it comes to, or a negative status; no error is pending then. */
static int64_t scenario(tpn_ctx *ctx, host *state)
{
    static const uint32_t slots[] = { (uint32_t)offsetof(item, next) };
    tpn_typespec type;
    tpn_fnspec fn, fns[2];
    tpn_scope scope = tpn_scope_open(ctx), inner;
    tpn_val items[3], list, built;
    tpn_ref owned, weak;
    int64_t sum = 0, number = 0;
    tpn_status status = TPN_OK;
    memset(&type, 0, sizeof type);
    memset(&fn, 0, sizeof fn);
    type.size = (uint32_t)sizeof type;
    type.name = "test.Item";
    type.payload_size = (uint32_t)sizeof(item);
    type.payload_align = 8;
    type.slots = slots;
    type.n_slots = 1;
    type.finalize = finalize;
    type.ud = state;
    fn.size = (uint32_t)sizeof fn;
    fn.name = "make";
    fn.fn = make;
    fn.ud = state;
    fn.ud_free = free_ud;
    fn.min_args = fn.max_args = 2;
    fns[0] = fns[1] = fn;
    fns[1].name = "again";
    if (tpn_type_new(ctx, &type, &state->type) != TPN_OK || tpn_is_err(tpn_module(ctx, "test", fns, 2)))
        goto end;
    state->taken += 2;
    items[0] = tpn_str(ctx, "a text", TPN_STRLEN);
    items[1] = tpn_int(ctx, INT64_MAX);
    items[2] = tpn_bytes(ctx, "bytes", 5);
    list = tpn_list(ctx, 3, items);
    if (tpn_append(ctx, list, tpn_tuple(ctx, 2, items)) != TPN_OK)
        goto end;
    if (tpn_setitem(ctx, tpn_dict(ctx, 1, items), items[2], tpn_set(ctx, 3, items)) != TPN_OK)
        goto end;
    sum += tpn_len(ctx, list);
    owned = tpn_ref_new(ctx, list);
    weak = tpn_weak_new(ctx, list);
    (void)tpn_setattr(ctx, tpn_main(ctx), tpn_intern(ctx, "shared", TPN_STRLEN), tpn_ref_get(ctx, owned));
    (void)tpn_ref_free(ctx, owned);
    (void)tpn_ref_free(ctx, weak);
    if (tpn_is_err(tpn_exec(ctx, SCRIPT, TPN_STRLEN, "faults.py")))
        goto end;
    inner = tpn_scope_open(ctx);
    items[0] = tpn_i32(5);
    built = tpn_call(ctx, tpn_getattr(ctx, tpn_main(ctx), tpn_intern(ctx, "build", TPN_STRLEN)), 1, items);
    built = tpn_scope_escape(ctx, inner, built);
    sum += tpn_len(ctx, built);
    if (tpn_to_i64(ctx, tpn_eval(ctx, "len(shared) + sum(build(4)[1].values(), [])[3]", TPN_STRLEN, NULL), &number)
        == TPN_OK)
        sum += number;
    (void)tpn_is_err(tpn_repr(ctx, list));
    buffers(ctx, state);
end:
    status = tpn_err_status(ctx);
    (void)tpn_err_clear(ctx);
    (void)tpn_scope_close(ctx, scope);
    return status < 0 ? status : sum;
}

/* How many allocations the scenario makes. */
static int64_t count(const tpn_config *config)
{
    int64_t low = 1, high = 1 << 20;
    /* The first number whose failure never comes. */
    while (low < high) {
        int64_t middle = (low + high) / 2;
        host state;
        tpn_heap *heap;
        tpn_ctx *ctx = NULL;
        tpn_stats stats;
        memset(&state, 0, sizeof state);
        memset(&stats, 0, sizeof stats);
        stats.size = (uint32_t)sizeof stats;
        if (tpn_heap_new(config, &heap, NULL, 0) != TPN_OK || tpn_attach_heap(heap, &ctx) != TPN_OK)
            wrong("no heap", 0);
        (void)tpn_debug_fail_alloc(ctx, middle);
        (void)scenario(ctx, &state);
        (void)tpn_gc_stats(ctx, &stats);
        (void)tpn_heap_free(heap);
        if (stats.injected_failures > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low - 1;
}

static int64_t fail(const tpn_config *config, int64_t nth, uint32_t many)
{
    host state;
    tpn_heap *heap;
    tpn_ctx *ctx = NULL;
    tpn_stats stats;
    int64_t ended;
    memset(&state, 0, sizeof state);
    memset(&stats, 0, sizeof stats);
    stats.size = (uint32_t)sizeof stats;
    if (tpn_heap_new(config, &heap, NULL, 0) != TPN_OK || tpn_attach_heap(heap, &ctx) != TPN_OK)
        wrong("no heap", nth);
    if (tpn_debug_fail_allocs(ctx, nth, many) != TPN_OK)
        wrong("no failure", nth);
    ended = scenario(ctx, &state);
    if (ended != 14 && ended != TPN_E_NOMEM)
        wrong(ended < 0 ? tpn_status_name((tpn_status)ended) : "a wrong sum", nth);
    if (tpn_debug_fail_alloc(ctx, 0) != TPN_OK || tpn_debug_verify(ctx) != TPN_OK)
        wrong("an unsound heap", nth);
    if (scenario(ctx, &state) != 14)
        wrong("a wrong sum in the second run", nth);
    if (tpn_gc_stats(ctx, &stats) != TPN_OK || stats.owned != 0 || stats.weak != 0 || stats.buffers != 0)
        wrong("references left", nth);
    if (tpn_heap_free(heap) != TPN_OK)
        wrong("a heap that can't be freed", nth);
    if (state.made > state.finalized)
        wrong("objects that were not finalized", nth);
    if (state.freed != state.taken)
        wrong("functions that did not free their ud, or did although their module was not made", nth);
    return (int64_t)stats.injected_failures;
}

int main(int argc, char **argv)
{
    tpn_config config;
    int64_t all, nth, failures = 0, stride = argc > 2 ? atoi(argv[2]) : 1;
    (void)tpn_config_init(&config, (uint32_t)sizeof config);
    config.manager = argc > 1 ? argv[1] : NULL;
    all = count(&config);
    for (nth = 1; nth <= all; nth += stride) {
        failures += fail(&config, nth, 1);
        failures += fail(&config, nth, 2);
    }
    printf("%ld failures injected\n", (long)failures);
    return failures > 0 ? 0 : 1;
}
