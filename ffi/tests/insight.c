/* What a host sees of a heap: collections as they happen, and how long they take. The argument is the manager. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <taipan.h>

static void check(int good, int line, const char *what)
{
    if (!good) {
        fprintf(stderr, "line %d: not so: %s\n", line, what);
        exit(1);
    }
}
#define CHECK(what) check((what) != 0, __LINE__, #what)

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
    CHECK(tpn_gc_on_event(ctx, NULL, NULL) == TPN_OK);
    CHECK(tpn_gc_collect(ctx, TPN_GC_FULL) == TPN_OK);
    CHECK(s.stopped == stats.collections);
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
    CHECK(tpn_heap_free(heap) == TPN_OK);
    return 0;
}
