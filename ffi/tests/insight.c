/* What a host sees of a heap: collections as they happen, how long they take, why objects are alive, what there is. The argument is the
 * manager. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "check.h"

/* What the events say together. */
typedef struct {
    uint64_t started, stopped, pause_ns, longest_ns, last_ns;
    uint64_t refused;
    tpn_ctx *ctx;
} seen;

static void on_event(void *ud, const tpn_gc_event *event)
{
    seen *s = (seen *)ud;
    tpn_stats stats;
    CHECK(event->size >= (uint32_t)sizeof *event);
    CHECK(event->level == TPN_GC_AUTO || event->level == TPN_GC_FULL);
    if (event->stopped) {
        s->stopped++;
        s->pause_ns += event->pause_ns;
        if (event->pause_ns > s->longest_ns)
            s->longest_ns = event->pause_ns;
        CHECK(event->extent >= TPN_GC_UNKNOWN && event->extent <= TPN_GC_MAJOR);
        CHECK(event->started_ns == s->last_ns);
    } else {
        s->started++;
        CHECK(event->pause_ns == 0 && event->heap_after == event->heap_before);
        CHECK(event->started_ns >= s->last_ns);
        s->last_ns = event->started_ns;
    }
    /* It is for recording: the heap can't be touched meanwhile. */
    memset(&stats, 0, sizeof stats);
    stats.size = (uint32_t)sizeof stats;
    s->refused += tpn_gc_stats(s->ctx, &stats) == TPN_E_STATE;
}

static void events(tpn_ctx *ctx)
{
    seen s;
    uint64_t half = 0, all = 0;
    int32_t done = 0, steps;
    tpn_stats stats;
    memset(&s, 0, sizeof s);
    memset(&stats, 0, sizeof stats);
    stats.size = (uint32_t)sizeof stats;
    s.ctx = ctx;
    CHECK(tpn_gc_on_event(ctx, on_event, &s) == TPN_OK);
    CHECK(tpn_gc_stats(ctx, &stats) == TPN_OK && stats.collections == 0);
    CHECK(tpn_gc_collect(ctx, TPN_GC_FULL) == TPN_OK);
    CHECK(!tpn_is_err(tpn_exec(ctx, "for i in range(200000):\n    a = [[], i]\n    a.append(a)\n", TPN_STRLEN, NULL)));
    CHECK(tpn_gc_collect(ctx, TPN_GC_FULL) == TPN_OK);
    CHECK(tpn_gc_stats(ctx, &stats) == TPN_OK);
    CHECK(s.started == stats.collections && s.stopped == stats.collections && s.stopped >= 2);
    CHECK(s.refused == s.started + s.stopped);
    CHECK(s.pause_ns == stats.pause_total_ns && s.longest_ns == stats.pause_max_ns);
    CHECK(stats.average_bytes > 0 && stats.average_bytes <= stats.peak_bytes);
    CHECK(tpn_gc_pause_percentile(ctx, 50, &half) == TPN_OK);
    CHECK(tpn_gc_pause_percentile(ctx, 100, &all) == TPN_OK);
    CHECK(half <= all && all == stats.pause_max_ns);
    for (done = 0, steps = 0; !done && steps < 100000; steps++)
        CHECK(tpn_gc_step(ctx, 100000, &done) == TPN_OK);
    CHECK(done);
    CHECK(tpn_gc_on_event(ctx, NULL, NULL) == TPN_OK);
    CHECK(tpn_gc_collect(ctx, TPN_GC_FULL) == TPN_OK);
    CHECK(s.stopped == stats.collections);
}

typedef struct { tpn_slot kept; int64_t number; } box;

/* Whether the reason for which a value is alive is this text from some place on. */
static int alive_by(tpn_ctx *ctx, tpn_val value, const char *end)
{
    char text[1000], cut[8];
    int64_t len = tpn_debug_why(ctx, value, text, sizeof text);
    CHECK(len > 0 && (size_t)len < sizeof text && strlen(text) == (size_t)len);
    CHECK(tpn_debug_why(ctx, value, cut, sizeof cut) == len && strlen(cut) == sizeof cut - 1 && strncmp(cut, text, sizeof cut - 1) == 0);
    if (strlen(text) >= strlen(end) && strcmp(text + strlen(text) - strlen(end), end) == 0)
        return 1;
    fprintf(stderr, "%s", text);
    return 0;
}

static void why(tpn_ctx *ctx)
{
    static const uint32_t slots[] = { (uint32_t)offsetof(box, kept) };
    tpn_scope scope = tpn_scope_open(ctx);
    tpn_typespec spec;
    tpn_type type;
    tpn_val object, node;
    tpn_ref ref;
    void *payload = NULL;
    CHECK(!tpn_is_err(tpn_exec(ctx,
        "class Node: pass\n"
        "a = {'first': [Node()]}\n"
        "a['first'][0].next = Node()\n", TPN_STRLEN, NULL)));
    node = tpn_eval(ctx, "a['first'][0].next", TPN_STRLEN, NULL);
    CHECK(alive_by(ctx, node, "  ['a'] -> dict of 1\n  ['first'] -> list of 1\n  [0] -> Node\n  .next -> Node\n"));
    /* From a payload of the host's, which a reference of its keeps. */
    memset(&spec, 0, sizeof spec);
    spec.size = (uint32_t)sizeof spec;
    spec.name = "test.Box";
    spec.payload_size = (uint32_t)sizeof(box);
    spec.payload_align = 8;
    spec.slots = slots;
    spec.n_slots = 1;
    CHECK(tpn_type_new(ctx, &spec, &type) == TPN_OK);
    object = tpn_new(ctx, type, &payload);
    CHECK(tpn_slot_set(ctx, object, &((box *)payload)->kept, node) == TPN_OK);
    ref = tpn_ref_new(ctx, object);
    CHECK(!tpn_is_err(tpn_exec(ctx, "del a", TPN_STRLEN, NULL)));
    CHECK(tpn_gc_collect(ctx, TPN_GC_FULL) == TPN_OK);
    CHECK(alive_by(ctx, node, ": Box\n  reference 0 -> Node\n"));
    CHECK(tpn_ref_free(ctx, ref) == TPN_OK);
    CHECK(tpn_scope_close(ctx, scope) == TPN_OK);
}

typedef struct { char *text; size_t len, room; } sink;

static void take(void *ud, int32_t level, const char *text, size_t len)
{
    sink *s = (sink *)ud;
    CHECK(level == 0);
    if (s->len + len + 1 > s->room) {
        s->room = 2 * (s->len + len + 1);
        s->text = (char *)realloc(s->text, s->room);
        CHECK(s->text != NULL);
    }
    memcpy(s->text + s->len, text, len);
    s->len += len;
    s->text[s->len] = 0;
}

static void dump(tpn_ctx *ctx)
{
    sink s = { NULL, 0, 0 };
    const char *found;
    CHECK(!tpn_is_err(tpn_exec(ctx, "class Counted: pass\nkept = [Counted() for _ in range(1234)]\n", TPN_STRLEN, NULL)));
    CHECK(tpn_debug_dump(ctx, take, &s) == TPN_OK);
    CHECK(s.len > 10000 && strncmp(s.text, "{\"objects_total\":", 17) == 0);
    CHECK(strcmp(s.text + s.len - 3, "]}\n") == 0);
    found = strstr(s.text, "{\"name\":\"Counted\",\"objects\":1234,");
    CHECK(found != NULL);
    CHECK(strstr(s.text, "\"kind\":\"stack\"") != NULL);
    free(s.text);
}

int main(int argc, char **argv)
{
    tpn_config config;
    tpn_heap *heap = NULL;
    tpn_ctx *ctx = NULL;
    char error[200];
    CHECK(argc == 2);
    CHECK(tpn_config_init(&config, (uint32_t)sizeof config) == TPN_OK);
    config.manager = argv[1];
    if (tpn_heap_new(&config, &heap, error, sizeof error) != TPN_OK) {
        fprintf(stderr, "%s\n", error);
        return 1;
    }
    CHECK(tpn_attach_heap(heap, &ctx) == TPN_OK);
    events(ctx);
    why(ctx);
    dump(ctx);
    CHECK(tpn_heap_free(heap) == TPN_OK);
    return 0;
}
