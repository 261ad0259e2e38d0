/* Runs the misuse matrix: calls with one wrong argument, or in a wrong place, each followed by a look at whether the heap is as good as before.
 * The tables behind it are made from the header by taipan-abi (ffi/abi/src/matrix); what each call must come to stands in them.
 * Prints what is wrong, and how many calls were made under each manager. Leaves out sequences of calls: misuse.c. */
#define _POSIX_C_SOURCE 200112L
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include "taipan.h"

/* ---- what the tables are made of ---- */

typedef struct world world;

typedef union {
    tpn_ctx *ctx;
    tpn_heap *heap;
    tpn_fin *fin;
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
    tpn_gc_event_fn gc_event_fn;
} arg;

typedef struct {
    int failed;
    int64_t status; /* where the result tells it; else 0 */
    arg made;
} outcome;

typedef struct {
    const char *name;
    const char *params[6];
    void (*good)(world *w, arg *a);
    void (*call)(const arg *a, outcome *o);
    void (*undo)(world *w, const arg *a, const outcome *o);
    size_t written; /* bytes that a call that succeeds writes */
    int may_collect;
} function;

enum { MAIN, PENDING, THREAD, FINALIZER, EVENT, LOG, SINK, PRESSURE, UD_FREE, CLOSING };
static const char *const places[] = { "", " with an error pending", " from another thread", " in a finalizer", " in an event function",
    " in a log function", " in a dump", " in a pressure function", " in an ud_free", " in a finalizer while the heap closes" };

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

/* ---- the world: good arguments, and bad ones ---- */

typedef struct { tpn_slot slot; int64_t number; tpn_slot second; } payload;

/* Handles that are none of the heap's. */
typedef struct {
    tpn_heap *heap;
    tpn_val val;
    tpn_ref ref;
    tpn_type type;
    tpn_name name;
    tpn_scope scope;
    tpn_slot *slot;
} handles;

struct world {
    const char *manager;
    tpn_heap *heap, *spare, *gone_heap;
    tpn_ctx *ctx, *gone;
    tpn_fin *fin;
    tpn_config config;
    tpn_fnspec fnspec;
    tpn_typespec typespec;
    tpn_type type, second, trap;
    tpn_name name;
    handles foreign, dead;
    /* Made anew for each case. */
    tpn_scope scope, inner, closed;
    tpn_val text, list, host, thing, thing_with, callee, iterator, exception, exception_type, expired, items[2];
    tpn_ref ref, closed_ref;
    tpn_slot *slot, *other_slot;
    char buffer[64], message[128];
    _Alignas(16) unsigned char out[256], before[256];
};

static int failures, cases;

static void wrong(const char *what)
{
    printf("%s\n", what);
    failures++;
}

#define NEED(what) do { if (!(what)) wrong("while preparing: " #what); } while (0)

static const uint32_t good_slots[] = { (uint32_t)offsetof(payload, slot), (uint32_t)offsetof(payload, second) };
/* Not aligned; outside; the same twice. */
static const uint32_t bad_slots[] = { 4, 4096, 8, 8 };
static const char bad_text[] = "\xff\xfe";
static const tpn_opt no_option = { "no_such_option", 1 };

static double not_a_number(void)
{
    static volatile double zero;
    return zero / zero;
}

static void ignore_log(void *ud, int32_t level, const char *text, size_t len) { (void)ud; (void)level; (void)text; (void)len; }
static void ignore_death(tpn_ctx *ctx, tpn_ref ref, void *ud) { (void)ctx; (void)ref; (void)ud; }
static void ignore_event(void *ud, const tpn_gc_event *event) { (void)ud; (void)event; }

static tpn_val native(tpn_ctx *ctx, void *ud, tpn_val self, int32_t argc, const tpn_val *argv)
{
    (void)ctx;
    (void)ud;
    (void)self;
    return argc > 0 ? argv[0] : tpn_none();
}

static void trapped(void);
static void closing(tpn_fin *fin);

static void log_trap(void *ud, int32_t level, const char *text, size_t len) { ignore_log(ud, level, text, len); trapped(); }
static void event_trap(void *ud, const tpn_gc_event *event) { ignore_event(ud, event); trapped(); }
static void ud_trap(void *ud) { (void)ud; trapped(); }
static uint64_t pressure_trap(void *ud, uint64_t bytes, uint64_t limit) { (void)ud; (void)bytes; trapped(); return limit; }
static void finalize_trap(void *data, tpn_fin *fin, void *ud);

static void good_specs(world *w)
{
    memset(&w->fnspec, 0, sizeof w->fnspec);
    w->fnspec.size = (uint32_t)sizeof w->fnspec;
    w->fnspec.name = "function";
    w->fnspec.fn = native;
    w->fnspec.max_args = 3;
    memset(&w->typespec, 0, sizeof w->typespec);
    w->typespec.size = (uint32_t)sizeof w->typespec;
    w->typespec.name = "matrix.Type";
    w->typespec.payload_size = (uint32_t)sizeof(payload);
    w->typespec.payload_align = 8;
    w->typespec.slots = good_slots;
    w->typespec.n_slots = 2;
    NEED(tpn_config_init(&w->config, (uint32_t)sizeof w->config) == TPN_OK);
    w->config.manager = w->manager;
    w->config.user = w;
    w->config.stack_limit = 1 << 14; /* sanitizers take long for large blocks */
}

/* Room for a result, filled so that a write is seen. */
static void *out(world *w)
{
    uint32_t size = (uint32_t)sizeof(tpn_stats);
    memset(w->out, 0x5a, sizeof w->out);
    memcpy(w->out, &size, sizeof size);
    return w->out;
}

static tpn_heap *spare_heap(world *w)
{
    NEED(tpn_heap_new(&w->config, &w->spare, NULL, 0) == TPN_OK);
    return w->spare;
}

static tpn_ctx *spare_context(world *w)
{
    tpn_ctx *ctx = NULL;
    NEED(tpn_attach_heap(spare_heap(w), &ctx) == TPN_OK);
    return ctx;
}

static tpn_scope inner_scope(world *w)
{
    w->inner = tpn_scope_open(w->ctx);
    return w->inner;
}

static tpn_val value_of(world *w, const char *source) { return tpn_eval(w->ctx, source, TPN_STRLEN, NULL); }

/* A heap of its own with one handle of each kind, which are foreign to all others. */
static void foreign_handles(world *w, handles *h)
{
    tpn_ctx *ctx = NULL;
    void *data = NULL;
    tpn_val host;
    NEED(tpn_heap_new(&w->config, &h->heap, NULL, 0) == TPN_OK);
    NEED(tpn_attach_heap(h->heap, &ctx) == TPN_OK);
    NEED(tpn_type_new(ctx, &w->typespec, &h->type) == TPN_OK);
    h->scope = tpn_scope_open(ctx);
    h->val = tpn_str(ctx, "foreign", TPN_STRLEN);
    h->ref = tpn_ref_new(ctx, h->val);
    h->name = tpn_intern(ctx, "foreign", TPN_STRLEN);
    host = tpn_new(ctx, h->type, &data);
    h->slot = &((payload *)data)->slot;
    NEED(!tpn_is_err(host) && tpn_pending(ctx) == 0);
}

static void make_world(world *w, const char *manager, const tpn_opt *option)
{
    memset(w, 0, sizeof *w);
    w->manager = manager;
    good_specs(w);
    foreign_handles(w, &w->foreign);
    foreign_handles(w, &w->dead);
    NEED(tpn_heap_free(w->dead.heap) == TPN_OK);
    w->gone = spare_context(w);
    w->gone_heap = w->spare;
    w->spare = NULL;
    NEED(tpn_detach(w->gone) == TPN_OK);
    w->config.opts = option;
    w->config.n_opts = option != NULL;
    w->config.log = log_trap;
    w->config.pressure = pressure_trap;
    NEED(tpn_heap_new(&w->config, &w->heap, NULL, 0) == TPN_OK);
    NEED(tpn_attach_heap(w->heap, &w->ctx) == TPN_OK);
    NEED(tpn_type_new(w->ctx, &w->typespec, &w->type) == TPN_OK);
    NEED(tpn_type_new(w->ctx, &w->typespec, &w->second) == TPN_OK);
    w->typespec.finalize = finalize_trap;
    NEED(tpn_type_new(w->ctx, &w->typespec, &w->trap) == TPN_OK);
    w->name = tpn_intern(w->ctx, "append", TPN_STRLEN);
    NEED(tpn_is_none(tpn_exec(w->ctx,
        "class Thing:\n"
        "    def __init__(self, own=False):\n"
        "        if own: self.append = 1\n"
        "    def append(self, *items): return items\n", TPN_STRLEN, NULL)));
}

static void begin(world *w)
{
    void *data = NULL;
    tpn_scope closed;
    good_specs(w);
    w->scope = tpn_scope_open(w->ctx);
    closed = tpn_scope_open(w->ctx);
    w->expired = tpn_str(w->ctx, "expired", TPN_STRLEN);
    NEED(tpn_scope_close(w->ctx, closed) == TPN_OK);
    w->closed = closed;
    w->text = tpn_str(w->ctx, "text", 4);
    w->items[0] = w->items[1] = w->text;
    w->list = tpn_list(w->ctx, 1, w->items);
    w->iterator = tpn_iter(w->ctx, w->list);
    w->callee = value_of(w, "str");
    w->thing = value_of(w, "Thing()");
    w->thing_with = value_of(w, "Thing(True)");
    w->exception_type = value_of(w, "KeyError");
    w->exception = value_of(w, "KeyError('first')");
    (void)tpn_new(w->ctx, w->type, &data);
    w->other_slot = &((payload *)data)->slot;
    w->host = tpn_new(w->ctx, w->type, &data);
    w->slot = &((payload *)data)->slot;
    w->closed_ref = tpn_ref_new(w->ctx, w->list);
    NEED(tpn_ref_free(w->ctx, w->closed_ref) == TPN_OK);
    w->ref = tpn_ref_new(w->ctx, w->list); /* in the place of the other */
    w->inner.serial = 0;
    memset(w->buffer, 0x5a, sizeof w->buffer);
    (void)out(w);
    NEED(tpn_pending(w->ctx) == 0);
}

static void end(world *w)
{
    (void)tpn_err_clear(w->ctx);
    (void)tpn_ref_free(w->ctx, w->ref);
    if (w->inner.serial != 0)
        (void)tpn_scope_close(w->ctx, w->inner);
    NEED(tpn_scope_close(w->ctx, w->scope) == TPN_OK);
    NEED(tpn_safepoint(w->ctx) == TPN_OK);
    if (w->spare != NULL)
        NEED(tpn_heap_free(w->spare) == TPN_OK);
    w->spare = NULL;
}

/* ---- misuses ---- */

#define SPOIL(name, statement) static void name(world *w, arg *a) { (void)w; (void)a; statement; }

SPOIL(good, (void)0)
SPOIL(null, memset(a, 0, sizeof *a))
SPOIL(ctx_detached, a->ctx = w->gone)
SPOIL(val_absent, a->val = tpn_absent())
SPOIL(val_err, a->val = tpn_err())
SPOIL(val_none, a->val = tpn_none())
SPOIL(val_list, a->val = w->list)
SPOIL(val_expired, a->val = w->expired)
SPOIL(val_serial, a->val.bits = w->list.bits + ((uint64_t)1 << 32))
SPOIL(val_index, a->val.bits = w->list.bits + (1000u << 2))
SPOIL(val_tag, a->val.bits = w->list.bits ^ (1u << 22))
SPOIL(val_reserved, a->val.bits = 4)
SPOIL(val_foreign, a->val = w->foreign.val)
SPOIL(val_dead, a->val = w->dead.val)
SPOIL(items_absent, w->items[0] = tpn_absent())
SPOIL(items_err, w->items[0] = tpn_err())
SPOIL(items_none, w->items[0] = tpn_none())
SPOIL(items_list, w->items[0] = w->list)
SPOIL(items_expired, w->items[0] = w->expired)
SPOIL(items_serial, w->items[0].bits = w->list.bits + ((uint64_t)1 << 32))
SPOIL(items_reserved, w->items[0].bits = 4)
SPOIL(items_foreign, w->items[0] = w->foreign.val)
SPOIL(items_dead, w->items[0] = w->dead.val)
SPOIL(no_items, a->in = NULL; a[-1].i64 = 0)
SPOIL(negative_items, a[-1].i64 = -1)
SPOIL(no_arguments, a->in = NULL; a[-1].i32 = 0)
SPOIL(negative_arguments, a[-1].i32 = -1)
SPOIL(no_functions, a->in = NULL; a[1].u32 = 0)
SPOIL(ref_zero, a->ref.bits = 0)
SPOIL(ref_closed, a->ref = w->closed_ref)
SPOIL(ref_generation, a->ref.bits += (uint64_t)1 << 32)
SPOIL(ref_index, a->ref.bits += 1000)
SPOIL(ref_foreign, a->ref = w->foreign.ref)
SPOIL(ref_dead, a->ref = w->dead.ref)
SPOIL(type_zero, a->type.id = 0)
SPOIL(type_forged, a->type.id += 100000)
SPOIL(type_second, a->type = w->second)
SPOIL(type_foreign, a->type = w->foreign.type)
SPOIL(type_dead, a->type = w->dead.type)
SPOIL(name_zero, a->name.id = 0; a->name.heap = 0)
SPOIL(name_forged, a->name.id += 1000000)
SPOIL(name_foreign, a->name = w->foreign.name)
SPOIL(name_dead, a->name = w->dead.name)
SPOIL(scope_zero, a->scope.mark = 0; a->scope.serial = 0)
SPOIL(scope_closed, a->scope = w->closed)
SPOIL(scope_outer, a->scope = w->scope)
SPOIL(scope_mark, a->scope.mark++)
SPOIL(scope_serial, a->scope.serial += 1000)
SPOIL(scope_foreign, a->scope = w->foreign.scope)
SPOIL(scope_dead, a->scope = w->dead.scope)
SPOIL(slot_half, a->slot = (tpn_slot *)(void *)((char *)w->slot + 4))
SPOIL(slot_number, a->slot = (tpn_slot *)(void *)((char *)w->slot + offsetof(payload, number)))
SPOIL(slot_other, a->slot = w->other_slot)
SPOIL(slot_foreign, a->slot = w->foreign.slot)
SPOIL(text_bad, a->in = bad_text)
SPOIL(text_none, a->in = NULL; a[1].size = 0)
SPOIL(text_huge, a[1].size = (size_t)-2)

/* ---- running a case ---- */

/* The case under way. */
static struct {
    world *w;
    const test *t;
    const function *f;
    arg a[8];
    outcome o;
    int reached, waiting;
} now;

static void say(const char *what)
{
    const char *param = now.f->params[now.t->param];
    printf("%s: %s, %s of %s%s: %s: failed %d, status %ld; wanted %d, pending %d\n", now.w->manager, now.f->name, now.t->misuse,
        param != NULL ? param : "nothing", places[now.t->place], what, now.o.failed, (long)now.o.status, (int)now.t->wanted,
        (int)tpn_err_status(now.w->ctx));
    failures++;
}

/* The call; what it has made is taken back where it was made. */
static void call(void)
{
    now.reached = 1;
    memset(&now.o, 0, sizeof now.o);
    now.f->call(now.a, &now.o);
    if (!now.o.failed)
        now.f->undo(now.w, now.a, &now.o);
}

static void trapped(void)
{
    if (!now.waiting)
        return;
    now.waiting = 0;
    call();
}

static void finalize_trap(void *data, tpn_fin *fin, void *ud)
{
    (void)data;
    (void)ud;
    if (!now.waiting) {
        closing(fin);
        return;
    }
    if (now.f->params[0] != NULL && strcmp(now.f->params[0], "fin") == 0 && now.t->spoil != null)
        now.a[0].fin = fin;
    trapped();
}

static void *in_thread(void *ud)
{
    (void)ud;
    call();
    return NULL;
}

static void in_place(world *w)
{
    tpn_scope scope;
    pthread_t thread;
    if (now.t->place == MAIN || now.t->place == PENDING) {
        call();
        return;
    }
    scope = tpn_scope_open(w->ctx); /* so that what is made to set the trap ends with it */
    now.waiting = 1;
    switch (now.t->place) {
    case THREAD:
        NEED(pthread_create(&thread, NULL, in_thread, NULL) == 0 && pthread_join(thread, NULL) == 0);
        break;
    case FINALIZER:
        (void)tpn_new(w->ctx, w->trap, NULL);
        break;
    case EVENT:
        NEED(tpn_gc_on_event(w->ctx, event_trap, w) == TPN_OK);
        NEED(tpn_gc_collect(w->ctx, TPN_GC_FULL) == TPN_OK);
        NEED(tpn_gc_on_event(w->ctx, NULL, NULL) == TPN_OK);
        break;
    case LOG:
        (void)tpn_exec(w->ctx, "print('text')", TPN_STRLEN, NULL);
        break;
    case SINK:
        NEED(tpn_debug_dump(w->ctx, log_trap, w) == TPN_OK);
        break;
    case PRESSURE:
        NEED(tpn_gc_limits(w->ctx, 0, 1) == TPN_OK);
        NEED(tpn_gc_collect(w->ctx, TPN_GC_FULL) == TPN_OK && tpn_safepoint(w->ctx) == TPN_OK);
        NEED(tpn_gc_limits(w->ctx, 0, 0) == TPN_OK);
        break;
    case UD_FREE:
        w->fnspec.ud_free = ud_trap;
        (void)tpn_func(w->ctx, &w->fnspec);
        break;
    default:
        break;
    }
    NEED(tpn_scope_close(w->ctx, scope) == TPN_OK);
    if (now.t->place == FINALIZER || now.t->place == UD_FREE)
        NEED(tpn_gc_collect(w->ctx, TPN_GC_DRAIN) == TPN_OK);
    now.waiting = 0;
}

/* Whether the result, what was written and the pending error are as they must be. */
static void judge(world *w)
{
    const test *t = now.t;
    tpn_status pending = tpn_err_status(w->ctx);
    int failed = t->wanted != TPN_OK;
    if (now.o.failed != failed || (now.o.status != 0 && now.o.status != t->wanted))
        say("another result");
    if (failed && (memcmp(w->out, w->before, sizeof w->out) != 0 || w->buffer[0] != 0x5a))
        say("a call that failed has written");
    if (!failed && now.f->written > 0 && t->spoil != null && memcmp(w->out, w->before, now.f->written) == 0)
        say("nothing was written");
    if (pending != (t->pends ? t->place == PENDING ? TPN_E_EXC : t->wanted : TPN_OK))
        say("another error is pending");
    if (t->pends && t->place == PENDING && tpn_is(w->ctx, tpn_err_take(w->ctx), w->exception) != 1)
        say("the first error is gone");
}

static tpn_stats stats_of(world *w)
{
    tpn_stats stats;
    memset(&stats, 0, sizeof stats);
    stats.size = (uint32_t)sizeof stats;
    NEED(tpn_gc_stats(w->ctx, &stats) == TPN_OK);
    return stats;
}

/* Whether the heap is as good as before: scripts run, its invariants hold, and nothing is left behind. */
static void still_works(world *w, const tpn_stats *before)
{
    tpn_scope scope = tpn_scope_open(w->ctx);
    tpn_stats after;
    int64_t number = 0;
    /* The whole heap is walked once for each function: that takes longer than all the rest. */
    int last = now.t + 1 == tests + n_tests || now.t[1].function != now.t->function;
    if (tpn_to_i64(w->ctx, value_of(w, "sum([n for n in range(4)]) * 7"), &number) != TPN_OK || number != 42)
        say("scripts don't run any more");
    if (tpn_scope_close(w->ctx, scope) != TPN_OK || (last && tpn_debug_verify(w->ctx) != TPN_OK))
        say("the heap is broken");
    after = stats_of(w);
    if (after.locals != before->locals || after.owned != before->owned || after.weak != before->weak)
        say("something is left behind");
}

static void run(world *w, const test *t)
{
    tpn_stats before = stats_of(w);
    now.w = w;
    now.t = t;
    now.f = &functions[t->function];
    now.reached = 0;
    begin(w);
    memset(now.a, 0, sizeof now.a);
    now.f->good(w, now.a);
    t->spoil(w, &now.a[t->param]);
    memcpy(w->before, w->out, sizeof w->out);
    if (t->place == PENDING)
        NEED(tpn_is_err(tpn_raise(w->ctx, w->exception, NULL)));
    in_place(w);
    if (now.reached) {
        cases++;
        judge(w);
    } else if (tpn_heap_caps(w->heap) & TPN_CAP_COLLECTS) {
        say("the call was not made");
    }
    end(w);
    still_works(w, &before);
}

/* ---- while the heap closes, where also managers that collect nothing call finalizers ---- */

static world *closes;

static void closing(tpn_fin *fin)
{
    int i;
    (void)fin;
    if (closes == NULL)
        return;
    now.w = closes;
    closes = NULL;
    for (i = 0; i < n_tests; i++) {
        const function *f = &functions[tests[i].function];
        if (tests[i].place != CLOSING)
            continue;
        memset(now.a, 0, sizeof now.a);
        now.t = &tests[i];
        now.f = f;
        /* What needs more than the context is not good any more, but nobody looks at it. */
        now.a[0].ctx = now.w->ctx;
        call();
        cases++;
        if (!now.o.failed || (now.o.status != 0 && now.o.status != TPN_E_STATE))
            say("another result");
    }
}

/* ---- whether the marks are true: collections happen in marked functions only, even when each safe point collects ---- */

static void marks(const char *manager)
{
    static const tpn_opt every = { "zeal.collect_every", 1 };
    world w;
    int i;
    make_world(&w, manager, &every);
    for (i = 0; i < n_tests; i++) {
        uint64_t before;
        now.w = &w;
        now.t = &tests[i];
        now.f = &functions[tests[i].function];
        if (now.t->place != MAIN || now.t->spoil != good || now.f->may_collect)
            continue;
        begin(&w);
        memset(now.a, 0, sizeof now.a);
        now.f->good(&w, now.a);
        (void)tpn_str(w.ctx, "fresh", 5); /* so that a collection is due */
        before = stats_of(&w).collections;
        memset(&now.o, 0, sizeof now.o);
        now.f->call(now.a, &now.o);
        if (stats_of(&w).collections != before)
            say("it collects, and is not marked so");
        now.f->undo(&w, now.a, &now.o);
        cases++;
        end(&w);
    }
    NEED(tpn_heap_free(w.heap) == TPN_OK && tpn_heap_free(w.gone_heap) == TPN_OK && tpn_heap_free(w.foreign.heap) == TPN_OK);
}

static void matrix(const char *manager)
{
    world w;
    int i, before;
    cases = 0;
    make_world(&w, manager, NULL);
    for (i = 0; i < n_tests; i++) {
        if (tests[i].place != CLOSING)
            run(&w, &tests[i]);
    }
    begin(&w);
    (void)tpn_ref_new(w.ctx, tpn_new(w.ctx, w.trap, NULL));
    closes = &w;
    before = cases;
    NEED(tpn_heap_free(w.heap) == TPN_OK);
    NEED(cases > before);
    NEED(tpn_heap_free(w.gone_heap) == TPN_OK && tpn_heap_free(w.foreign.heap) == TPN_OK);
    marks(manager);
    printf("%s: %d calls of %d functions\n", manager, cases, n_functions);
}

int main(void)
{
    char manager[32];
    int32_t i;
    for (i = 0; i < tpn_manager_count(); i++) {
        NEED(tpn_manager_name(i, manager, sizeof manager) > 0);
        matrix(manager);
    }
    return failures != 0;
}
