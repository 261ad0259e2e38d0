/* Runs the misuse matrix: calls with one wrong argument, or in a wrong place, each followed by a look at whether the heap is as good as before.
 * The tables behind it are made from the header by taipan-abi (ffi/abi/src/matrix); what each call must come to stands in them.
 * Prints what is wrong, and how many calls were made under each manager. Leaves out sequences of calls: misuse.c. */
#define _POSIX_C_SOURCE 200112L
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include "misuses.h"

/* ---- running a case ---- */

static int cases;

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

static void event_trap(void *ud, const tpn_gc_event *event) { ignore_event(ud, event); trapped(); }
static void ud_trap(void *ud) { (void)ud; trapped(); }

static void finalize_trap(void *data, tpn_fin *fin, void *ud)
{
    (void)data;
    (void)ud;
    if (!now.waiting) {
        closing(fin);
        return;
    }
    if (is_at_home_in(now.f, "fin") && now.t->spoil != null)
        now.a[0].fin = fin;
    trapped();
}

static void trace_trap(void *data, tpn_tracer *tracer, void *ud)
{
    (void)data;
    (void)ud;
    if (!now.waiting)
        return;
    if (is_at_home_in(now.f, "tracer") && now.t->spoil != null)
        now.a[0].tracer = tracer;
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
    if (now.t->place == LEFT) {
        NEED(tpn_leave(w->ctx) == TPN_OK);
        call();
        NEED(tpn_enter(w->ctx) == TPN_OK);
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
    case TRACE:
        (void)tpn_new(w->ctx, w->traced, NULL);
        NEED(tpn_gc_collect(w->ctx, TPN_GC_FULL) == TPN_OK);
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

/* Takes the pending error: whether its report has a class and a message. */
static int says_why(world *w)
{
    char report[256];
    const char *message;
    if (tpn_err_format(w->ctx, tpn_err_take(w->ctx), report, sizeof report) < 0)
        return 0;
    message = strstr(report, ": ");
    return message != NULL && message[2] != '\0' && message[2] != '\n';
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
    /* NULL for the message asks for an exception without one. */
    if (t->pends && t->place != PENDING && !(t->spoil == null && t->wanted == TPN_E_EXC) && !says_why(w))
        say("its report does not say why");
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
        (void)tpn_enter(w.ctx); /* after tpn_leave */
        if (stats_of(&w).collections != before)
            say("it collects, and is not marked so");
        now.f->undo(&w, now.a, &now.o);
        cases++;
        end(&w);
    }
    NEED(tpn_heap_free(w.heap) == TPN_OK && tpn_remote_free(w.remote) == TPN_OK && tpn_heap_free(w.gone_heap) == TPN_OK && tpn_heap_free(w.foreign.heap) == TPN_OK);
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
    NEED(tpn_remote_post(w.remote, ignore_task, NULL) == TPN_E_CLOSED && tpn_remote_interrupt(w.remote) == TPN_E_CLOSED);
    NEED(tpn_remote_ref_free(w.remote, w.ref) == TPN_E_CLOSED && tpn_remote_free(w.remote) == TPN_OK);
    NEED(cases > before);
    NEED(tpn_heap_free(w.gone_heap) == TPN_OK && tpn_heap_free(w.foreign.heap) == TPN_OK);
    marks(manager);
    printf("%s: %d calls of %d functions\n", manager, cases, n_functions);
}

/* The argument is a manager; without one: under all of them. */
int main(int argc, char **argv)
{
    char manager[32];
    int32_t i;
    if (argc > 1) {
        matrix(argv[1]);
        return failures != 0;
    }
    for (i = 0; i < tpn_manager_count(); i++) {
        NEED(tpn_manager_name(i, manager, sizeof manager) > 0);
        matrix(manager);
    }
    return failures != 0;
}
