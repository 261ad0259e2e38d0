/* Random sequences of calls beside a model: what every call gives, which objects are finalized, and what is left, under every manager.
 *
 * The model is a graph of objects, with what refers to them: locals of open scopes, owned references, other objects. After a full collection exactly
 * the host objects that the model can't reach have been finalized, and weak references to such find nothing. The same seed gives the same sequence
 * under every manager, so that what it prints can be compared.
 *
 *     sequences MANAGER FROM COUNT [zeal]    a line for each seed */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <taipan.h>

#define MOST 4000   /* objects of a run */
#define STEPS 1500  /* calls of a run */
#define DEPTH 10    /* open scopes */
#define WIDTH 48    /* locals of a scope */
#define REFS 64

/* ---- the model ---- */

enum { ABSENT, NONE, INT, OBJECT };
typedef struct { int kind; int64_t number; } value; /* an int, or the place of an object */

enum { LIST, TUPLE, HOST, THING, TEXT };
typedef struct { int kind, finalized, mark, n; value *items; } object;
typedef struct { tpn_val val; value model; } local;
typedef struct { tpn_scope scope; int n; local locals[WIDTH]; } scope;
typedef struct { tpn_ref ref; int weak, dead; value model; } reference;

typedef struct { tpn_slot slots[2]; int64_t place; } payload;

static struct {
    tpn_heap *heap;
    tpn_ctx *ctx;
    tpn_remote *remote;
    tpn_type type;
    tpn_name x;
    tpn_val expired;
    object objects[MOST];
    scope scopes[DEPTH];
    reference refs[REFS];
    int n, depth, n_refs, step, collects, finalized, hosts;
    uint32_t random;
    uint64_t hash;
    unsigned long seed;
} w;

static void fail(int line, const char *what)
{
    char report[300] = "";
    if (tpn_pending(w.ctx) == 1)
        (void)tpn_err_format(w.ctx, tpn_err_take(w.ctx), report, sizeof report);
    fprintf(stderr, "line %d, seed %lu, step %d: not so: %s %s\n", line, w.seed, w.step, what, report);
    exit(1);
}
#define CHECK(what) ((what) ? (void)0 : fail(__LINE__, #what))

static uint32_t any(uint32_t below)
{
    w.random = w.random * 1664525u + 1013904223u;
    return (w.random >> 8) % below;
}

/* What a call has given, for whoever compares managers. */
static void note(int64_t what) { w.hash = (w.hash ^ (uint64_t)what) * 0x100000001b3u; }

static value model_of(int kind, int64_t number)
{
    value made;
    made.kind = kind;
    made.number = number;
    return made;
}

static object *object_of(value model) { return &w.objects[model.number]; }

static value new_object(int kind, int n)
{
    object *made = &w.objects[w.n];
    CHECK(w.n < MOST);
    made->kind = kind;
    made->n = n;
    made->finalized = made->mark = 0;
    made->items = (value *)calloc((size_t)n + 1, sizeof *made->items);
    CHECK(made->items != NULL);
    return model_of(OBJECT, w.n++);
}

static void mark(value model)
{
    static int stack[MOST];
    int top = 0, i;
    if (model.kind != OBJECT || object_of(model)->mark)
        return;
    object_of(model)->mark = 1;
    stack[top++] = (int)model.number;
    while (top > 0) {
        object *at = &w.objects[stack[--top]];
        for (i = 0; i < at->n; i++) {
            value to = at->items[i];
            if (to.kind == OBJECT && !object_of(to)->mark) {
                object_of(to)->mark = 1;
                stack[top++] = (int)to.number;
            }
        }
    }
}

/* Marks what is reachable. */
static void reach(void)
{
    int i, k;
    for (i = 0; i < w.n; i++)
        w.objects[i].mark = 0;
    for (i = 0; i <= w.depth; i++)
        for (k = 0; k < w.scopes[i].n; k++)
            mark(w.scopes[i].locals[k].model);
    for (i = 0; i < w.n_refs; i++)
        if (!w.refs[i].weak)
            mark(w.refs[i].model);
}

/* ---- locals ---- */

static void keep(tpn_val val, value model)
{
    scope *at = &w.scopes[w.depth];
    CHECK(!tpn_is_err(val));
    if (at->n == WIDTH) /* its place in the table is another's now; the local itself lives on, and so must what it refers to */
        CHECK(tpn_scope_close(w.ctx, at->scope) == TPN_OK), at->scope = tpn_scope_open(w.ctx), at->n = 0;
    else
        at->locals[at->n].val = val, at->locals[at->n++].model = model;
}

static int total(void)
{
    int i, n = 0;
    for (i = 0; i <= w.depth; i++)
        n += w.scopes[i].n;
    return n;
}

/* A local of any open scope; of this kind of object, unless that is negative. NULL if none is found soon. */
static local *pick(int kind)
{
    int tries, i;
    for (tries = 0; tries < 20; tries++) {
        int n = total();
        if (n == 0)
            return NULL;
        n = (int)any((uint32_t)n);
        for (i = 0; n >= w.scopes[i].n; i++)
            n -= w.scopes[i].n;
        if (kind < 0 || (w.scopes[i].locals[n].model.kind == OBJECT && object_of(w.scopes[i].locals[n].model)->kind == kind))
            return &w.scopes[i].locals[n];
    }
    return NULL;
}

/* Whether a value is what the model says. */
static void same(tpn_val val, value model)
{
    int64_t number = 0;
    payload *data;
    CHECK(!tpn_is_err(val));
    CHECK(tpn_is_absent(val) == (model.kind == ABSENT) && tpn_is_none(val) == (model.kind == NONE));
    if (model.kind == INT) {
        CHECK(tpn_to_i64(w.ctx, val, &number) == TPN_OK && number == model.number);
    } else if (model.kind == OBJECT) {
        object *at = object_of(model);
        char text[32];
        switch (at->kind) {
        case HOST:
            data = (payload *)tpn_payload(w.ctx, val, w.type);
            CHECK(data != NULL && data->place == model.number && !at->finalized);
            break;
        case TEXT:
            CHECK(tpn_str_copy(w.ctx, val, text, sizeof text) > 0 && atol(text + 1) == model.number);
            break;
        case THING:
            CHECK(tpn_kind(w.ctx, val) == TPN_K_OTHER);
            break;
        default:
            CHECK(tpn_len(w.ctx, val) == at->n && tpn_kind(w.ctx, val) == (at->kind == LIST ? TPN_K_LIST : TPN_K_TUPLE));
        }
    }
    note(model.kind);
    note(model.number);
}

/* ---- the calls ---- */

static void finalize(void *data, tpn_fin *fin, void *ud)
{
    object *at = &w.objects[((payload *)data)->place];
    (void)fin;
    (void)ud;
    if (at->finalized || at->kind != HOST) {
        fprintf(stderr, "seed %lu: finalized twice\n", w.seed);
        exit(1);
    }
    at->finalized = 1;
    w.finalized++;
}

static void make_sequence(int kind)
{
    tpn_val items[4];
    int n = (kind == TUPLE) + (int)any(4), i; /* there is but one empty tuple */
    value model = new_object(kind, n);
    for (i = 0; i < n; i++) {
        local *from = pick(-1);
        items[i] = from == NULL ? tpn_none() : from->val;
        object_of(model)->items[i] = from == NULL ? model_of(NONE, 0) : from->model;
    }
    keep(kind == LIST ? tpn_list(w.ctx, n, items) : tpn_tuple(w.ctx, n, items), model);
}

static void make_leaf(void)
{
    char text[32];
    void *data = NULL;
    tpn_val val;
    value model;
    switch (any(6)) {
    case 0:
        model = model_of(INT, (int64_t)any(1000) - 500);
        keep(tpn_int(w.ctx, model.number), model);
        break;
    case 1:
        model = model_of(INT, ((int64_t)any(1u << 20) << 40) + any(1000)); /* an object, mostly */
        keep(tpn_int(w.ctx, model.number), model);
        break;
    case 2:
        model = new_object(TEXT, 0);
        (void)snprintf(text, sizeof text, "s%ld", (long)model.number);
        keep(tpn_str(w.ctx, text, TPN_STRLEN), model);
        break;
    case 3:
        model = new_object(THING, 1);
        object_of(model)->items[0] = model_of(NONE, 0);
        keep(tpn_eval(w.ctx, "Thing()", TPN_STRLEN, NULL), model);
        break;
    default:
        model = new_object(HOST, 2);
        val = tpn_new(w.ctx, w.type, &data);
        CHECK(!tpn_is_err(val));
        ((payload *)data)->place = model.number;
        w.hosts++;
        keep(val, model);
    }
}

static void change(void)
{
    local *to = pick((int)any(2) ? HOST : any(2) ? LIST : THING), *from = pick(-1);
    object *at;
    uint32_t k = any(2);
    if (to == NULL || from == NULL)
        return;
    at = object_of(to->model);
    if (at->kind == HOST) {
        payload *data = (payload *)tpn_payload(w.ctx, to->val, w.type);
        int empty = any(4) == 0;
        CHECK(tpn_slot_set(w.ctx, to->val, &data->slots[k], empty ? tpn_absent() : from->val) == TPN_OK);
        at->items[k] = empty ? model_of(ABSENT, 0) : from->model;
    } else if (at->kind == LIST) {
        value *more = (value *)realloc(at->items, ((size_t)at->n + 2) * sizeof *more);
        CHECK(more != NULL && tpn_append(w.ctx, to->val, from->val) == TPN_OK);
        at->items = more;
        at->items[at->n++] = from->model;
    } else {
        CHECK(tpn_setattr(w.ctx, to->val, w.x, from->val) == TPN_OK);
        at->items[0] = from->model;
    }
}

static void look(void)
{
    local *from = pick((int)any(4));
    object *at;
    uint32_t k = any(4);
    tpn_val got;
    if (from == NULL)
        return;
    at = object_of(from->model);
    if (at->kind == HOST) {
        payload *data = (payload *)tpn_payload(w.ctx, from->val, w.type);
        got = tpn_slot_get(w.ctx, from->val, &data->slots[k % 2]);
        same(got, at->items[k % 2]);
        if (!tpn_is_absent(got))
            keep(got, at->items[k % 2]);
    } else if (at->kind == THING) {
        got = tpn_getattr(w.ctx, from->val, w.x);
        same(got, at->items[0]);
        keep(got, at->items[0]);
    } else if ((int)k < at->n) {
        got = tpn_getitem(w.ctx, from->val, tpn_i32((int32_t)k));
        same(got, at->items[k]);
        keep(got, at->items[k]);
    } else {
        CHECK(tpn_is_err(tpn_getitem(w.ctx, from->val, tpn_i32((int32_t)k))) && tpn_err_status(w.ctx) == TPN_E_EXC);
        CHECK(tpn_len(w.ctx, from->val) == TPN_E_STATE && tpn_err_clear(w.ctx) == TPN_OK);
        note(-1);
    }
}

static void refer(void)
{
    local *from = pick(-1);
    reference *at = w.n_refs == 0 ? NULL : &w.refs[any((uint32_t)w.n_refs)];
    int alive;
    switch (any(6)) {
    case 0:
    case 1:
        if (from == NULL || from->model.kind != OBJECT || w.n_refs == REFS)
            return;
        at = &w.refs[w.n_refs++];
        at->weak = (int)any(2), at->dead = 0, at->model = from->model;
        if (object_of(from->model)->kind == TEXT)
            at->weak = 0;
        at->ref = at->weak ? tpn_weak_new(w.ctx, from->val) : tpn_ref_new(w.ctx, from->val);
        CHECK(at->ref.bits != 0);
        return;
    case 2:
        if (at == NULL)
            return;
        if (any(2)) {
            CHECK(tpn_ref_free(w.ctx, at->ref) == TPN_OK && tpn_ref_free(w.ctx, at->ref) == TPN_E_HANDLE);
        } else {
            CHECK(tpn_remote_ref_free(w.remote, at->ref) == TPN_OK && tpn_safepoint(w.ctx) == TPN_OK);
            CHECK(tpn_is_err(tpn_ref_get(w.ctx, at->ref)) && tpn_err_status(w.ctx) == TPN_E_HANDLE && tpn_err_clear(w.ctx) == TPN_OK);
        }
        *at = w.refs[--w.n_refs];
        return;
    default:
        break;
    }
    if (at == NULL)
        return;
    reach();
    alive = object_of(at->model)->mark;
    if (at->weak && !alive && !at->dead)
        return; /* whether it is gone already is the manager's business */
    if (any(3) == 0 && object_of(at->model)->kind != TEXT) {
        if (at->weak && at->dead) {
            CHECK(!w.collects || tpn_ref_strengthen(w.ctx, at->ref) == TPN_E_HANDLE);
            return;
        }
        CHECK((at->weak ? tpn_ref_strengthen(w.ctx, at->ref) : tpn_ref_weaken(w.ctx, at->ref)) == TPN_OK);
        at->weak = !at->weak;
        return;
    }
    if (at->dead) {
        CHECK(!w.collects || tpn_is_absent(tpn_ref_get(w.ctx, at->ref)));
    } else {
        tpn_val got = tpn_ref_get(w.ctx, at->ref);
        same(got, at->model);
        keep(got, at->model);
    }
}

static void scopes(void)
{
    scope *at = &w.scopes[w.depth];
    if (any(2) == 0 && w.depth + 1 < DEPTH) {
        at++;
        w.depth++;
        at->n = 0;
        at->scope = tpn_scope_open(w.ctx);
        CHECK(at->scope.serial != 0);
    } else if (w.depth > 0) {
        local *last = at->n > 0 ? &at->locals[any((uint32_t)at->n)] : NULL;
        w.depth--;
        if (last != NULL && any(2)) {
            tpn_val kept = tpn_scope_escape(w.ctx, at->scope, last->val);
            same(kept, last->model);
            keep(kept, last->model);
        } else {
            CHECK(tpn_scope_close(w.ctx, at->scope) == TPN_OK && tpn_scope_close(w.ctx, at->scope) == TPN_E_HANDLE);
        }
        if (last != NULL && last->model.kind == OBJECT)
            w.expired = last->val;
    }
}

static void others(void)
{
    local *a = pick(-1), *b = pick(-1);
    tpn_val pair[2], got;
    value model;
    if (a == NULL || b == NULL)
        return;
    switch (any(3)) {
    case 0:
        if (a->model.kind == OBJECT && b->model.kind == OBJECT && object_of(a->model)->kind != TEXT && object_of(a->model)->n > 0) {
            int is = tpn_is(w.ctx, a->val, b->val), should = a->model.number == b->model.number;
            CHECK(is == should && (tpn_id(w.ctx, a->val) == tpn_id(w.ctx, b->val)) == should);
            note(is);
        }
        return;
    case 1:
        if (w.expired.bits != 0) {
            CHECK(tpn_len(w.ctx, w.expired) == TPN_E_HANDLE && tpn_err_clear(w.ctx) == TPN_OK);
            CHECK(tpn_is_err(tpn_list(w.ctx, 1, &w.expired)) && tpn_err_status(w.ctx) == TPN_E_HANDLE && tpn_err_clear(w.ctx) == TPN_OK);
        }
        return;
    default:
        pair[0] = a->val, pair[1] = b->val;
        model = new_object(LIST, 2);
        object_of(model)->items[0] = a->model, object_of(model)->items[1] = b->model;
        got = tpn_call(w.ctx, tpn_getattr(w.ctx, tpn_main(w.ctx), tpn_intern(w.ctx, "pair", TPN_STRLEN)), 2, pair);
        same(got, model);
        keep(got, model);
    }
}

static tpn_stats stats_of(void)
{
    tpn_stats stats;
    memset(&stats, 0, sizeof stats);
    stats.size = (uint32_t)sizeof stats;
    CHECK(tpn_gc_stats(w.ctx, &stats) == TPN_OK);
    return stats;
}

/* Collects all garbage; then exactly what the model can't reach is gone, unless the manager collects nothing. How many host objects that are. */
static int collect(void)
{
    tpn_stats stats;
    uint64_t hosts = 0, owned = 0, weak = 0;
    int i;
    CHECK(tpn_gc_collect(w.ctx, TPN_GC_DRAIN) == TPN_OK);
    reach();
    for (i = 0; i < w.n; i++) {
        object *at = &w.objects[i];
        CHECK(at->kind != HOST || !w.collects || at->finalized == !at->mark);
        hosts += at->kind == HOST && at->mark;
    }
    for (i = 0; i < w.n_refs; i++) {
        reference *at = &w.refs[i];
        at->dead |= at->weak && !object_of(at->model)->mark;
        CHECK(!at->dead || !w.collects || tpn_is_absent(tpn_ref_get(w.ctx, at->ref)));
        owned += !at->weak;
        weak += (uint64_t)at->weak;
    }
    stats = stats_of();
    CHECK(stats.owned == owned && stats.weak == weak && stats.host_finalized == (uint64_t)w.finalized);
    CHECK(!w.collects || stats.host_objects == hosts);
    CHECK(tpn_debug_verify(w.ctx) == TPN_OK);
    return w.hosts - (int)hosts;
}

static void step(void)
{
    uint32_t what = any(100);
    if (what < 16)
        scopes();
    else if (what < 36)
        make_leaf();
    else if (what < 48)
        make_sequence(any(2) ? LIST : TUPLE);
    else if (what < 66)
        change();
    else if (what < 80)
        look();
    else if (what < 91)
        refer();
    else if (what < 97)
        others();
    else if (what < 99)
        CHECK(any(2) ? tpn_safepoint(w.ctx) == TPN_OK : tpn_gc_step(w.ctx, 20000, NULL) == TPN_OK);
    else
        (void)collect();
}

static void run(const char *manager, unsigned long seed, int zeal)
{
    static const tpn_opt options[] = { { "zeal.collect_every", 3 }, { "zeal.verify", 1 }, { "zeal.poison", 1 } };
    static const uint32_t slots[] = { (uint32_t)offsetof(payload, slots), (uint32_t)(offsetof(payload, slots) + 8) };
    tpn_config config;
    tpn_typespec spec;
    char message[200] = "";
    int i, finalized;
    memset(&w, 0, sizeof w);
    w.seed = seed;
    w.random = (uint32_t)(seed * 2654435761u + 1u);
    w.hash = 0xcbf29ce484222325u;
    CHECK(tpn_config_init(&config, (uint32_t)sizeof config) == TPN_OK);
    config.manager = manager;
    config.opts = options;
    config.n_opts = zeal ? 3 : 0;
    if (tpn_heap_new(&config, &w.heap, message, sizeof message) != TPN_OK || tpn_attach_heap(w.heap, &w.ctx) != TPN_OK) {
        fprintf(stderr, "%s\n", message);
        exit(2);
    }
    w.collects = (tpn_heap_caps(w.heap) & TPN_CAP_COLLECTS) != 0;
    w.remote = tpn_remote_new(w.heap);
    memset(&spec, 0, sizeof spec);
    spec.size = (uint32_t)sizeof spec;
    spec.name = "Item";
    spec.payload_size = (uint32_t)sizeof(payload);
    spec.payload_align = 8;
    spec.slots = slots;
    spec.n_slots = 2;
    spec.finalize = finalize;
    if (seed % 3 == 0)
        spec.flags = TPN_TYPE_NEW | TPN_TYPE_BASE; /* payloads lie elsewhere then */
    CHECK(tpn_type_new(w.ctx, &spec, &w.type) == TPN_OK);
    w.x = tpn_intern(w.ctx, "x", TPN_STRLEN);
    w.scopes[0].scope = tpn_scope_open(w.ctx);
    CHECK(tpn_is_none(tpn_exec(w.ctx, "class Thing: x = None\ndef pair(a, b): return [a, b]\n", TPN_STRLEN, NULL)));
    for (w.step = 0; w.step < STEPS; w.step++)
        step();
    (void)collect();
    while (w.depth > 0)
        CHECK(tpn_scope_close(w.ctx, w.scopes[w.depth--].scope) == TPN_OK);
    CHECK(tpn_scope_close(w.ctx, w.scopes[0].scope) == TPN_OK);
    w.scopes[0].n = 0;
    finalized = collect();
    CHECK(tpn_heap_free(w.heap) == TPN_OK && tpn_remote_free(w.remote) == TPN_OK);
    CHECK(w.finalized == w.hosts); /* those that references kept, too */
    printf("seed %lu: %d objects, %d references left, %016llx, %d of %d finalized before the end\n", seed, w.n, w.n_refs, (unsigned long long)w.hash,
           finalized, w.hosts);
    for (i = 0; i < w.n; i++)
        free(w.objects[i].items);
}

int main(int argc, char **argv)
{
    unsigned long seed, from = argc > 2 ? strtoul(argv[2], NULL, 10) : 0, count = argc > 3 ? strtoul(argv[3], NULL, 10) : 1;
    for (seed = from; seed < from + count; seed++)
        run(argc > 1 ? argv[1] : "gen", seed, argc > 4 && strcmp(argv[4], "zeal") == 0);
    return 0;
}
