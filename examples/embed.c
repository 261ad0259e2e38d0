/* A host program in C: scripts that call C, C that calls scripts, an object type of the host's own with a slot and a finalizer, references,
 * errors, limits, and two heaps under different memory managers side by side.
 *
 *     embed MANAGER    prints the same bytes under every manager
 *     embed            runs all of them in turn
 *
 * Its Rust twin, which prints the same bytes, is embed.rs. */
#include <stdio.h>
#include <string.h>
#include "taipan.h"

/* The payload of demo.Node. `next` belongs to the heap's memory manager; the rest is ours. */
typedef struct { tpn_slot next; int64_t weight; } node;

/* What our functions share: they get it as `ud`. */
typedef struct { tpn_type node_type; int finalized; } app;

static const char SCRIPT[] =
    "from demo import node, log\n"
    "def greet(who):\n"
    "    return f'hello, {who}'\n"
    "def chain(weights):\n"
    "    head = None\n"
    "    for weight in weights:\n"
    "        fresh = node(weight)\n"
    "        if head is not None:\n"
    "            fresh.link(head)\n"
    "        head = fresh\n"
    "    return head\n"
    "def total(item):\n"
    "    sum = 0\n"
    "    while item is not None:\n"
    "        sum += item.weight\n"
    "        item = item.next\n"
    "    return sum\n"
    "def fail(x):\n"
    "    return 1 // x\n"
    "def endless():\n"
    "    kept = []\n"
    "    while True:\n"
    "        kept.append([0] * 1000)\n"
    "log('the script says: %d' % total(chain([10, 20, 30])))\n"
    "try:\n"
    "    endless()\n"
    "except MemoryError:\n"
    "    print('the heap is full, and the script goes on')\n";

/* ---- errors: a status and a message ---- */

/* Prints and takes the pending error. */
static void show_error(tpn_ctx *ctx)
{
    char text[1024];
    tpn_status status = tpn_err_status(ctx);
    tpn_val exception = tpn_err_take(ctx);
    if (tpn_err_format(ctx, exception, text, sizeof text) >= 0)
        printf("%s:\n%s", status == TPN_E_EXC ? "a script's error" : tpn_status_name(status), text);
}

/* ---- the functions and the type that scripts see ---- */

/* node(weight): a new node */
static tpn_val make_node(tpn_ctx *ctx, void *ud, tpn_val self, int32_t argc, const tpn_val *argv)
{
    void *payload;
    int64_t weight;
    tpn_val object;
    (void)self;
    (void)argc;
    if (tpn_to_i64(ctx, argv[0], &weight) != TPN_OK)
        return tpn_err();
    object = tpn_new(ctx, ((app *)ud)->node_type, &payload);
    if (!tpn_is_err(object))
        ((node *)payload)->weight = weight;
    return object;
}

/* log(text): prints through C */
static tpn_val log_text(tpn_ctx *ctx, void *ud, tpn_val self, int32_t argc, const tpn_val *argv)
{
    char text[256];
    (void)ud;
    (void)self;
    (void)argc;
    if (tpn_str_copy(ctx, argv[0], text, sizeof text) < 0)
        return tpn_err();
    printf("%s\n", text);
    return tpn_none();
}

/* node.link(other) */
static tpn_val link_node(tpn_ctx *ctx, void *ud, tpn_val self, int32_t argc, const tpn_val *argv)
{
    node *data = (node *)tpn_payload(ctx, self, ((app *)ud)->node_type);
    (void)argc;
    if (data == NULL || tpn_payload(ctx, argv[0], ((app *)ud)->node_type) == NULL)
        return tpn_err();
    return tpn_slot_set(ctx, self, &data->next, argv[0]) == TPN_OK ? tpn_none() : tpn_err();
}

/* node.next */
static tpn_val next_node(tpn_ctx *ctx, void *ud, tpn_val self, int32_t argc, const tpn_val *argv)
{
    node *data = (node *)tpn_payload(ctx, self, ((app *)ud)->node_type);
    tpn_val next;
    (void)argc;
    (void)argv;
    if (data == NULL)
        return tpn_err();
    next = tpn_slot_get(ctx, self, &data->next);
    return tpn_is_absent(next) ? tpn_none() : next;
}

/* node.weight */
static tpn_val weight_node(tpn_ctx *ctx, void *ud, tpn_val self, int32_t argc, const tpn_val *argv)
{
    node *data = (node *)tpn_payload(ctx, self, ((app *)ud)->node_type);
    (void)argc;
    (void)argv;
    return data == NULL ? tpn_err() : tpn_int(ctx, data->weight);
}

/* Runs once for each node that has become unreachable. */
static void node_finalize(void *payload, tpn_fin *fin, void *ud)
{
    (void)payload;
    (void)fin;
    ((app *)ud)->finalized += 1;
}

static tpn_fnspec function(const char *name, tpn_native_fn fn, app *state, uint32_t flags, int32_t args)
{
    tpn_fnspec spec;
    memset(&spec, 0, sizeof spec);
    spec.size = (uint32_t)sizeof spec;
    spec.flags = flags;
    spec.name = name;
    spec.fn = fn;
    spec.ud = state;
    spec.min_args = args;
    spec.max_args = args;
    return spec;
}

/* Registers the type demo.Node and the module demo. */
static tpn_status setup(tpn_ctx *ctx, app *state)
{
    static const uint32_t slots[] = { (uint32_t)offsetof(node, next) };
    tpn_fnspec fns[3];
    tpn_typespec type;
    tpn_status status;
    fns[0] = function("link", link_node, state, TPN_FN_METHOD, 1);
    fns[1] = function("next", next_node, state, TPN_FN_GETTER, 0);
    fns[2] = function("weight", weight_node, state, TPN_FN_GETTER, 0);
    memset(&type, 0, sizeof type);
    type.size = (uint32_t)sizeof type;
    type.name = "demo.Node";
    type.payload_size = (uint32_t)sizeof(node);
    type.payload_align = 8;
    type.slots = slots;
    type.n_slots = 1;
    type.finalize = node_finalize;
    type.ud = state;
    type.fns = fns;
    type.n_fns = 3;
    status = tpn_type_new(ctx, &type, &state->node_type);
    if (status != TPN_OK)
        return status;
    fns[0] = function("node", make_node, state, TPN_FN_PLAIN, 1);
    fns[1] = function("log", log_text, state, TPN_FN_PLAIN, 1);
    return tpn_is_err(tpn_module(ctx, "demo", fns, 2)) ? tpn_err_status(ctx) : TPN_OK;
}

/* ---- heaps ---- */

/* Gets what scripts print. */
static void on_print(void *ud, int32_t level, const char *utf8, size_t len)
{
    (void)ud;
    (void)fwrite(utf8, 1, len, level == 1 ? stdout : stderr);
}

/* A heap of at most 16 MiB under this manager, with our module in it and SCRIPT run; NULL on failure. */
static tpn_heap *start(const char *manager, tpn_ctx **ctx, app *state)
{
    tpn_config config;
    tpn_heap *heap = NULL;
    char message[256];
    memset(state, 0, sizeof *state);
    (void)tpn_config_init(&config, (uint32_t)sizeof config);
    config.manager = manager;
    config.hard_limit = (uint64_t)16 << 20;
    config.log = on_print;
    if (tpn_heap_new(&config, &heap, message, sizeof message) != TPN_OK) {
        fprintf(stderr, "embed: %s\n", message);
        return NULL;
    }
    if (tpn_attach_heap(heap, ctx) == TPN_OK && setup(*ctx, state) == TPN_OK &&
        !tpn_is_err(tpn_exec(*ctx, SCRIPT, TPN_STRLEN, "embed.py")))
        return heap;
    show_error(*ctx);
    (void)tpn_heap_free(heap);
    return NULL;
}

/* ---- from C to the script ---- */

static tpn_val global(tpn_ctx *ctx, const char *name)
{
    return tpn_getattr(ctx, tpn_main(ctx), tpn_intern(ctx, name, TPN_STRLEN));
}

static void calls(tpn_ctx *ctx)
{
    tpn_scope scope = tpn_scope_open(ctx); /* what follows is given back when it closes */
    tpn_val who = tpn_str(ctx, "C", TPN_STRLEN);
    tpn_val zero = tpn_i32(0);
    char text[64];
    /* A failed call gives TPN_ERR, which the next call hands on: one check at the end is enough. */
    if (tpn_str_copy(ctx, tpn_call(ctx, global(ctx, "greet"), 1, &who), text, sizeof text) >= 0)
        printf("the script's function says: %s\n", text);
    if (tpn_is_err(tpn_call(ctx, global(ctx, "fail"), 1, &zero)))
        show_error(ctx);
    if (tpn_is_err(tpn_eval(ctx, "node('heavy')", TPN_STRLEN, "<embed>")))
        show_error(ctx);
    if (tpn_is_err(tpn_exec(ctx, "x = 1\ny = = 2\n", TPN_STRLEN, "<embed>")))
        show_error(ctx);
    (void)tpn_scope_close(ctx, scope);
}

static void lists(tpn_ctx *ctx)
{
    static const char *const words[] = { "one", "two", "three" };
    tpn_scope scope = tpn_scope_open(ctx);
    tpn_val list = tpn_list(ctx, 0, NULL);
    tpn_val iterator, item, separator;
    char text[64];
    size_t at;
    for (at = 0; at < sizeof words / sizeof *words; at++)
        (void)tpn_append(ctx, list, tpn_str(ctx, words[at], TPN_STRLEN));
    printf("%d words:", (int)tpn_len(ctx, list));
    iterator = tpn_iter(ctx, list);
    for (item = tpn_next(ctx, iterator); !tpn_is_absent(item) && !tpn_is_err(item); item = tpn_next(ctx, iterator))
        if (tpn_str_copy(ctx, item, text, sizeof text) >= 0)
            printf(" %s", text);
    separator = tpn_str(ctx, ", ", TPN_STRLEN);
    item = tpn_call_method(ctx, separator, tpn_intern(ctx, "join", TPN_STRLEN), 1, &list);
    if (tpn_str_copy(ctx, tpn_repr(ctx, item), text, sizeof text) >= 0)
        printf("; joined: %s\n", text);
    if (tpn_is_err(tpn_getitem(ctx, list, tpn_i32(3))))
        show_error(ctx);
    (void)tpn_scope_close(ctx, scope);
}

/* Owned references outlive scopes; weak ones tell when the object is gone. */
/* What a watching reference calls: it may use the API, unlike a finalizer. */
static void died(tpn_ctx *ctx, tpn_ref ref, void *ud)
{
    (void)ud;
    printf("told: the object is absent: %d\n", (int)tpn_is_absent(tpn_ref_get(ctx, ref)));
    (void)tpn_ref_free(ctx, ref);
}

static void references(tpn_ctx *ctx, app *state)
{
    tpn_scope scope = tpn_scope_open(ctx);
    tpn_val weights[2];
    tpn_val list, head;
    tpn_ref owned, weak;
    int64_t total = 0;
    weights[0] = tpn_i32(1);
    weights[1] = tpn_i32(2);
    list = tpn_list(ctx, 2, weights);
    head = tpn_call(ctx, global(ctx, "chain"), 1, &list);
    owned = tpn_ref_new(ctx, head);
    weak = tpn_weak_new(ctx, head);
    (void)tpn_weak_watch(ctx, head, died, NULL);
    (void)tpn_scope_close(ctx, scope);

    (void)tpn_gc_collect(ctx, TPN_GC_DRAIN);
    scope = tpn_scope_open(ctx);
    head = tpn_ref_get(ctx, owned);
    if (tpn_to_i64(ctx, tpn_call(ctx, global(ctx, "total"), 1, &head), &total) != TPN_OK)
        show_error(ctx);
    printf("owned: total %d, same as weak: %d, finalized so far: %d\n", (int)total,
           (int)tpn_is(ctx, head, tpn_ref_get(ctx, weak)), state->finalized);
    (void)tpn_scope_close(ctx, scope);

    (void)tpn_ref_free(ctx, owned);
    (void)tpn_gc_collect(ctx, TPN_GC_DRAIN);
    printf("given back: weak is absent: %d, finalized: %d\n", (int)tpn_is_absent(tpn_ref_get(ctx, weak)),
           state->finalized);
    printf("given back twice: %s\n", tpn_ref_free(ctx, owned) == TPN_E_HANDLE ? "refused" : "not noticed");
    (void)tpn_ref_free(ctx, weak);
}

static void statistics(tpn_ctx *ctx)
{
    tpn_stats stats;
    memset(&stats, 0, sizeof stats);
    stats.size = (uint32_t)sizeof stats;
    if (tpn_gc_stats(ctx, &stats) == TPN_OK)
        printf("host objects: %d, collected: %s\n", (int)stats.host_objects, stats.collections > 0 ? "yes" : "no");
}

/* A second heap, under the manager that follows in the list, or stands before the last: nothing of one gets into the other. */
static int side_by_side(tpn_ctx *ctx, const char *manager)
{
    char name[64] = "";
    int32_t at = 0, count = tpn_manager_count();
    tpn_heap *heap;
    tpn_ctx *other;
    tpn_val greeting;
    char text[64] = "";
    app state;
    while (at < count && (tpn_manager_name(at, name, sizeof name), strcmp(name, manager) != 0))
        at++;
    (void)tpn_manager_name(at + 1 < count ? at + 1 : at - 1, name, sizeof name);
    heap = start(name, &other, &state);
    if (heap == NULL)
        return 1;
    /* Values can't cross (TPN_E_HEAP), copies can. */
    (void)tpn_str_copy(ctx, tpn_eval(ctx, "greet('the first heap')", TPN_STRLEN, NULL), text, sizeof text);
    greeting = tpn_str(other, text, TPN_STRLEN);
    if (tpn_str_copy(other, tpn_call(other, global(other, "greet"), 1, &greeting), text, sizeof text) >= 0)
        printf("%s\n", text);
    if (tpn_is_err(tpn_exec(other, "print(greet('the second heap'), total(chain([3, 4])))", TPN_STRLEN, NULL)))
        show_error(other);
    (void)tpn_heap_free(heap);
    printf("the second heap is gone: finalized %d\n", state.finalized);
    if (tpn_is_err(tpn_exec(ctx, "print('the first one is not:', total(chain([5, 6])))", TPN_STRLEN, NULL)))
        show_error(ctx);
    return 0;
}

static int run(const char *manager)
{
    tpn_ctx *ctx;
    app state;
    int status;
    tpn_heap *heap = start(manager, &ctx, &state);
    if (heap == NULL)
        return 2;
    calls(ctx);
    lists(ctx);
    references(ctx, &state);
    statistics(ctx);
    status = side_by_side(ctx, manager);
    /* A cycle that nobody can reach any more: closing the heap finalizes it, too. */
    if (tpn_is_err(tpn_exec(ctx, "kept = chain([7])\nkept.link(kept)\ndel kept", TPN_STRLEN, "embed.py")))
        show_error(ctx);
    (void)tpn_heap_free(heap);
    printf("at the end: finalized %d\n", state.finalized);
    return status;
}

int main(int argc, char **argv)
{
    int32_t at;
    if (argc > 1)
        return run(argv[1]);
    for (at = 0; at < tpn_manager_count(); at++) {
        char name[64];
        int status;
        (void)tpn_manager_name(at, name, sizeof name);
        printf("-- %s\n", name);
        status = run(name);
        if (status != 0)
            return status;
    }
    return 0;
}
