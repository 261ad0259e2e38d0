/* Calls each function with good arguments many times over, each time in a scope of its own in which all is given back, and looks at whether the
 * heap's statistics are then what they were after the first few rounds. What is left behind by a call is found however little it is.
 *
 *     rounds                   prints how many functions and rounds there were under each manager
 *     rounds forget FUNCTION   forgets to give back what this function makes: must fail
 *     rounds keep FUNCTION     has the script keep an object for each call of it: must fail
 *
 * The tables are made from the header by taipan-abi (ffi/abi/src/matrix). Leaves out what a call that fails leaves behind: run.h. */
#include <stdlib.h>
#include "world.h"

enum { WARM_UP = 20, ROUNDS = 200 };

static const char *mutation = "", *mutated = "";

static struct {
    world *w;
    const function *f;
    arg a[8];
    outcome o;
    int reached, waiting;
} now;

static void call(void)
{
    now.reached = 1;
    memset(&now.o, 0, sizeof now.o);
    now.f->call(now.a, &now.o);
    if (!now.o.failed && !(strcmp(mutation, "forget") == 0 && strcmp(mutated, now.f->name) == 0))
        now.f->undo(now.w, now.a, &now.o);
}

/* Of these traps only those are used here in which a function is at home. */
static void trapped(void) {}
static void closing(tpn_fin *fin) { (void)fin; }

static void finalize_trap(void *data, tpn_fin *fin, void *ud)
{
    (void)data;
    (void)ud;
    if (!now.waiting) {
        closing(fin);
        return;
    }
    now.waiting = 0;
    now.a[0].fin = fin;
    call();
}

static void trace_trap(void *data, tpn_tracer *tracer, void *ud)
{
    (void)data;
    (void)ud;
    trapped();
    if (!now.waiting)
        return;
    now.waiting = 0;
    now.a[0].tracer = tracer;
    call();
}

static void in_place(world *w)
{
    tpn_scope scope;
    int in_fin = is_at_home_in(now.f, "fin");
    if (!in_fin && !is_at_home_in(now.f, "tracer")) {
        call();
        return;
    }
    scope = tpn_scope_open(w->ctx);
    now.waiting = 1;
    (void)tpn_new(w->ctx, in_fin ? w->trap : w->traced, NULL);
    if (!in_fin)
        NEED(tpn_gc_collect(w->ctx, TPN_GC_FULL) == TPN_OK);
    NEED(tpn_scope_close(w->ctx, scope) == TPN_OK);
    if (in_fin)
        NEED(tpn_gc_collect(w->ctx, TPN_GC_DRAIN) == TPN_OK);
    now.waiting = 0;
}

/* One round: fresh arguments, a call that succeeds (or raises, where that is what it is for), and all of it given back. */
static void one_round(world *w)
{
    int raises = strncmp(now.f->name, "tpn_raise", 9) == 0;
    begin(w);
    memset(now.a, 0, sizeof now.a);
    now.reached = 0;
    now.f->good(w, now.a);
    in_place(w);
    if (!now.reached || now.o.failed != raises) {
        printf("%s: %s: not what it does with good arguments\n", w->manager, now.f->name);
        failures++;
    }
    if (strcmp(mutation, "keep") == 0 && strcmp(mutated, now.f->name) == 0)
        (void)tpn_exec(w->ctx, "kept.append([])", TPN_STRLEN, NULL);
    end(w);
}

static tpn_stats settled(world *w)
{
    tpn_stats stats;
    memset(&stats, 0, sizeof stats);
    stats.size = (uint32_t)sizeof stats;
    NEED(tpn_gc_collect(w->ctx, TPN_GC_DRAIN) == TPN_OK);
    NEED(tpn_gc_stats(w->ctx, &stats) == TPN_OK);
    return stats;
}

static void same(const char *what, uint64_t before, uint64_t after)
{
    if (before == after)
        return;
    printf("%s: %s: after %d rounds %s are %llu, not %llu\n", now.w->manager, now.f->name, (int)ROUNDS, what, (unsigned long long)after,
        (unsigned long long)before);
    failures++;
}

static void compare(world *w, const tpn_stats *before, const tpn_stats *after)
{
    int collects = (tpn_heap_caps(w->heap) & TPN_CAP_COLLECTS) != 0;
    /* A type lives as long as the heap. */
    int grows = strcmp(now.f->name, "tpn_type_new") == 0;
    same("locals", before->locals, after->locals);
    same("owned references", before->owned, after->owned);
    same("weak references", before->weak, after->weak);
    same("open buffers", before->buffers, after->buffers);
    if (!collects)
        return;
    same("host objects", before->host_objects, after->host_objects);
    same("external bytes", before->external_bytes, after->external_bytes);
    if (grows)
        return;
    same("live objects", before->live_objects, after->live_objects);
    same("live bytes", before->live_bytes, after->live_bytes);
    /* Blocks: which of them are in use when a collection is over depends on where the last objects lay. */
    same("heap bytes, in MiB", before->heap_bytes >> 20, after->heap_bytes >> 20);
}

/* The rounds of a function, in a heap of their own; whether they were made. */
static int rounds_of(const char *manager, const function *f)
{
    world w;
    tpn_stats before, after;
    int round, is_made;
    now.f = f;
    now.w = &w;
    make_world(&w, manager, NULL);
    (void)tpn_exec(w.ctx, "kept = []", TPN_STRLEN, NULL);
    /* Nothing is finalized or traced there before the heap is freed. */
    is_made = (tpn_heap_caps(w.heap) & TPN_CAP_COLLECTS) || !(is_at_home_in(now.f, "fin") || is_at_home_in(now.f, "tracer"));
    for (round = 0; is_made && round < WARM_UP; round++)
        one_round(&w);
    before = settled(&w);
    for (round = 0; is_made && round < ROUNDS; round++)
        one_round(&w);
    after = settled(&w);
    compare(&w, &before, &after);
    NEED(tpn_debug_verify(w.ctx) == TPN_OK);
    NEED(tpn_heap_free(w.heap) == TPN_OK && tpn_remote_free(w.remote) == TPN_OK && tpn_heap_free(w.gone_heap) == TPN_OK && tpn_heap_free(w.foreign.heap) == TPN_OK);
    return is_made;
}

int main(int argc, char **argv)
{
    char manager[32];
    int32_t i;
    if (argc == 3) {
        mutation = argv[1];
        mutated = argv[2];
    }
    for (i = 0; i < tpn_manager_count(); i++) {
        int at, made = 0;
        NEED(tpn_manager_name(i, manager, sizeof manager) > 0);
        /* Others are none of a mutation's concern. */
        for (at = 0; at < n_functions; at++)
            if (mutated[0] == '\0' || strcmp(mutated, functions[at].name) == 0)
                made += rounds_of(manager, &functions[at]);
        printf("%s: %d functions, %d rounds each\n", manager, made, (int)ROUNDS);
    }
    return failures != 0;
}
