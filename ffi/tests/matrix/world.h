/* The world of the misuse matrix: heaps, and the good arguments and foreign handles that are made anew for each case.
 * What a case is, and how it is judged, is in run.h. */
#ifndef MATRIX_WORLD_H
#define MATRIX_WORLD_H

#include <stdio.h>
#include "tables.h"

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
    uint64_t buf;
} handles;

struct world {
    const char *manager;
    tpn_heap *heap, *spare, *gone_heap;
    tpn_ctx *ctx, *gone;
    tpn_fin *fin;
    tpn_tracer *tracer;
    tpn_remote *remote, *spare_remote;
    tpn_config config;
    tpn_fnspec fnspec, pair[2];
    tpn_typespec typespec;
    tpn_type type, second, trap, traced, tailed;
    tpn_name name, named_name, keys[2];
    handles foreign, dead;
    /* Made anew for each case. */
    tpn_scope scope, inner, closed;
    tpn_val text, list, host, thing, thing_with, callable, str_type, iterator, exception, exception_type, expired, named, numbers, dict, code, items[2];
    uint64_t position;
    tpn_kwarg kwargs[2];
    tpn_ref ref, closed_ref;
    tpn_slot *slot, *other_slot, shown[2];
    char dump[512]; /* bytecode */
    int64_t dump_len;
    uint64_t closed_buf;
    tpn_buf buf;
    char buffer[64], message[128];
    _Alignas(16) unsigned char out[256], before[256];
};

static int failures;

static void wrong(const char *what)
{
    printf("%s\n", what);
    failures++;
}

#define NEED(what) do { if (!(what)) wrong("while preparing: " #what); } while (0)

static const uint32_t good_slots[] = { (uint32_t)offsetof(payload, slot), (uint32_t)offsetof(payload, second) };
/* Not aligned; outside; the same twice. */
static const uint32_t bad_slots[] = { 4, 4096, 8, 8 };
static const double some_doubles[] = { 1.5, 2.5 };
static const int64_t some_ints[] = { 1, 2 };
static char some_memory[] = "text";
static const char bad_text[] = "\xff\xfe";
static const tpn_opt no_option = { "no_such_option", 1 };

static void ignore_log(void *ud, int32_t level, const char *text, size_t len) { (void)ud; (void)level; (void)text; (void)len; }
static void ignore_death(tpn_ctx *ctx, tpn_ref ref, void *ud) { (void)ctx; (void)ref; (void)ud; }
static void ignore_task(tpn_ctx *ctx, void *ud) { (void)ctx; (void)ud; }
static void ignore_event(void *ud, const tpn_gc_event *event) { (void)ud; (void)event; }

static void ignore_free(void *ud) { (void)ud; }

static tpn_val native(tpn_ctx *ctx, void *ud, tpn_val self, int32_t argc, const tpn_val *argv)
{
    (void)ctx;
    (void)ud;
    (void)self;
    return argc > 0 ? argv[0] : tpn_none();
}

/* Whether a function is called in a finalizer ("fin") or in a trace function ("tracer"): it gets what they get. */
static int is_at_home_in(const function *f, const char *what) { return f->params[0] != NULL && strcmp(f->params[0], what) == 0; }

static void trapped(void);
static void closing(tpn_fin *fin);

static void log_trap(void *ud, int32_t level, const char *text, size_t len) { ignore_log(ud, level, text, len); trapped(); }
static uint64_t pressure_trap(void *ud, uint64_t bytes, uint64_t limit) { (void)ud; (void)bytes; trapped(); return limit; }
static void finalize_trap(void *data, tpn_fin *fin, void *ud);
static void trace_trap(void *data, tpn_tracer *tracer, void *ud);

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

/* Room for a buffer. */
static void *buf_room(world *w)
{
    uint32_t size = (uint32_t)sizeof(tpn_buf);
    memset(w->out, 0x5a, sizeof w->out);
    memcpy(w->out, &size, sizeof size);
    return w->out;
}

/* An open buffer. */
static void *open_buf(world *w)
{
    NEED(tpn_buf_open(w->ctx, w->text, 0, (tpn_buf *)buf_room(w)) == TPN_OK);
    memcpy(&w->buf, w->out, sizeof w->buf);
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

static tpn_remote *spare_remote(world *w)
{
    w->spare_remote = tpn_remote_dup(w->remote);
    return w->spare_remote;
}

static tpn_ctx *left_context(world *w)
{
    tpn_ctx *ctx = spare_context(w);
    NEED(tpn_leave(ctx) == TPN_OK);
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
    tpn_buf buf;
    NEED(tpn_heap_new(&w->config, &h->heap, NULL, 0) == TPN_OK);
    NEED(tpn_attach_heap(h->heap, &ctx) == TPN_OK);
    NEED(tpn_type_new(ctx, &w->typespec, &h->type) == TPN_OK);
    h->scope = tpn_scope_open(ctx);
    h->val = tpn_str(ctx, "foreign", TPN_STRLEN);
    h->ref = tpn_ref_new(ctx, h->val);
    memset(&buf, 0, sizeof buf);
    buf.size = (uint32_t)sizeof buf;
    NEED(tpn_buf_open(ctx, h->val, 0, &buf) == TPN_OK);
    h->buf = buf.id;
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
    w->remote = tpn_remote_new(w->heap);
    NEED(w->remote != NULL);
    NEED(tpn_type_new(w->ctx, &w->typespec, &w->type) == TPN_OK);
    NEED(tpn_type_new(w->ctx, &w->typespec, &w->second) == TPN_OK);
    w->typespec.finalize = finalize_trap;
    NEED(tpn_type_new(w->ctx, &w->typespec, &w->trap) == TPN_OK);
    w->typespec.finalize = NULL;
    w->typespec.trace = trace_trap;
    NEED(tpn_type_new(w->ctx, &w->typespec, &w->traced) == TPN_OK);
    w->typespec.trace = NULL;
    w->typespec.flags = TPN_TYPE_TAIL;
    NEED(tpn_type_new(w->ctx, &w->typespec, &w->tailed) == TPN_OK);
    w->name = tpn_intern(w->ctx, "append", TPN_STRLEN);
    w->named_name = tpn_intern(w->ctx, "named", TPN_STRLEN);
    w->keys[0] = tpn_intern(w->ctx, "first", TPN_STRLEN);
    w->keys[1] = tpn_intern(w->ctx, "second", TPN_STRLEN);
    NEED(tpn_is_none(tpn_exec(w->ctx,
        "class Thing:\n"
        "    def __init__(self, own=False):\n"
        "        if own: self.append = 1\n"
        "    def append(self, *items): return items\n"
        "    def named(self, *items, first=1, second=2): return items\n", TPN_STRLEN, NULL)));
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
    w->callable = value_of(w, "Thing().append");
    w->numbers = value_of(w, "[7]");
    w->dict = value_of(w, "{'a': 'b'}");
    w->code = tpn_compile(w->ctx, "1", 1, NULL, TPN_CODE_EVAL);
    w->dump_len = tpn_str_copy(w->ctx, tpn_code_dump(w->ctx, w->code), w->dump, sizeof w->dump);
    NEED(w->dump_len > 0 && (size_t)w->dump_len < sizeof w->dump);
    w->position = 0;
    w->named = value_of(w, "Thing().named");
    w->kwargs[0].name = w->keys[0];
    w->kwargs[1].name = w->keys[1];
    w->kwargs[0].value = w->kwargs[1].value = w->text;
    w->str_type = value_of(w, "str");
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
    (void)open_buf(w);
    w->closed_buf = w->buf.id;
    NEED(tpn_buf_close(w->ctx, &w->buf) == TPN_OK);
    w->inner.serial = 0;
    memset(w->buffer, 0x5a, sizeof w->buffer);
    (void)out(w);
    NEED(tpn_pending(w->ctx) == 0);
}

static void end(world *w)
{
    (void)tpn_err_clear(w->ctx);
    (void)tpn_ref_free(w->ctx, w->ref);
    (void)tpn_remote_free(w->spare_remote);
    w->spare_remote = NULL;
    if (w->buf.id != 0)
        (void)tpn_buf_close(w->ctx, &w->buf);
    w->buf.id = 0;
    if (w->inner.serial != 0)
        (void)tpn_scope_close(w->ctx, w->inner);
    NEED(tpn_scope_close(w->ctx, w->scope) == TPN_OK);
    NEED(tpn_safepoint(w->ctx) == TPN_OK);
    if (w->spare != NULL)
        NEED(tpn_heap_free(w->spare) == TPN_OK);
    w->spare = NULL;
}

#endif
