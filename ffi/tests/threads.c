/* Other threads and a heap: tasks that they post, references that they give back, links that outlive it; and leaving it. It prints the same under
 * every manager, but for `arena`, where nothing dies before the heap. The argument is the manager. */
#define _POSIX_C_SOURCE 200112L
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "check.h"

#define THREADS 4
#define POSTS 250

static tpn_remote *remote;
static int ran[THREADS], closed_tasks, inside;

static tpn_val global(const char *name) { return tpn_getattr(ctx, tpn_main(ctx), tpn_intern(ctx, name, TPN_STRLEN)); }

/* Each thread's tasks run in its order, none inside another, with a scope of their own and no error of anybody else. */
static void count(tpn_ctx *c, void *ud)
{
    int code = *(int *)ud, thread = code / POSTS;
    free(ud);
    CHECK(c == ctx && tpn_pending(c) == 0 && inside++ == 0);
    CHECK(ran[thread]++ == code % POSTS);
    CHECK(!tpn_is_err(tpn_call(c, global("told"), 0, NULL)));
    inside--;
}

static void *poster(void *ud)
{
    int thread = *(int *)ud, n;
    tpn_remote *mine = tpn_remote_dup(remote);
    for (n = 0; n < POSTS; n++) {
        int *code = (int *)malloc(sizeof *code);
        CHECK(code != NULL);
        *code = thread * POSTS + n;
        CHECK(tpn_remote_post(mine, count, code) == TPN_OK);
    }
    CHECK(tpn_remote_free(mine) == TPN_OK);
    return NULL;
}

static void stop(tpn_ctx *c, void *ud)
{
    (void)ud;
    CHECK(tpn_setattr(c, tpn_main(c), tpn_intern(c, "going", TPN_STRLEN), tpn_bool(0)) == TPN_OK);
}

static void fails(tpn_ctx *c, void *ud)
{
    (void)ud;
    CHECK(tpn_is_err(tpn_raise_std(c, "ValueError", "of a task")));
}

static void forgets_to_enter(tpn_ctx *c, void *ud)
{
    (void)ud;
    CHECK(tpn_leave(c) == TPN_OK);
}

static void at_close(tpn_ctx *c, void *ud)
{
    CHECK(c == NULL);
    ++*(int *)ud;
}

static void *in_thread(void *ud)
{
    CHECK(tpn_remote_ref_free(remote, *(tpn_ref *)ud) == TPN_OK);
    CHECK(tpn_remote_post(remote, stop, NULL) == TPN_OK);
    CHECK(tpn_leave(ctx) == TPN_E_THREAD && tpn_enter(ctx) == TPN_E_THREAD);
    return NULL;
}

static void *interrupts(void *ud)
{
    (void)ud;
    CHECK(tpn_remote_interrupt(remote) == TPN_OK);
    return NULL;
}

static void run(void *(*body)(void *), void *ud)
{
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, body, ud) == 0 && pthread_join(thread, NULL) == 0);
}

static tpn_val leaves(tpn_ctx *c, void *ud, tpn_val self, int32_t argc, const tpn_val *argv)
{
    int well = *(int *)ud;
    (void)self;
    CHECK(tpn_leave(c) == TPN_OK && tpn_leave(c) == TPN_E_THREAD && tpn_is_err(tpn_int(c, 1)) && tpn_gc_collect(c, TPN_GC_FULL) == TPN_E_THREAD);
    if (!well)
        return tpn_none();
    CHECK(tpn_enter(c) == TPN_OK && tpn_enter(c) == TPN_E_STATE);
    CHECK(argc == 1);
    return argv[0]; /* the local is as good as before */
}

static tpn_val function(const char *name, int *well)
{
    tpn_fnspec spec;
    memset(&spec, 0, sizeof spec);
    spec.size = (uint32_t)sizeof spec;
    spec.name = name;
    spec.fn = leaves;
    spec.ud = well;
    spec.max_args = 1;
    return tpn_func(ctx, &spec);
}

static void tell(tpn_val value)
{
    char text[200] = "";
    if (tpn_is_err(value))
        value = tpn_err_take(ctx);
    CHECK(tpn_str_copy(ctx, tpn_repr(ctx, value), text, sizeof text) >= 0);
    printf("%s\n", text);
}

static void posts(void)
{
    pthread_t threads[THREADS];
    int numbers[THREADS], i;
    CHECK(tpn_is_none(tpn_exec(ctx, "told_of = 0\ndef told():\n    global told_of\n    told_of += 1\n"
                                    "class Dies:\n    def __del__(self): print('died')\n", TPN_STRLEN, NULL)));
    for (i = 0; i < THREADS; i++) {
        numbers[i] = i;
        CHECK(pthread_create(&threads[i], NULL, poster, &numbers[i]) == 0);
    }
    /* They run in a loop of a script, which sees what they do. */
    CHECK(tpn_is_none(tpn_exec(ctx, "while told_of < 1000: pass", TPN_STRLEN, NULL)));
    for (i = 0; i < THREADS; i++)
        CHECK(pthread_join(threads[i], NULL) == 0 && ran[i] == POSTS);
    tell(global("told_of"));
}

static void references(void)
{
    tpn_scope scope = tpn_scope_open(ctx);
    tpn_ref ref = tpn_ref_new(ctx, eval("Dies()"));
    tpn_stats stats;
    CHECK(tpn_scope_close(ctx, scope) == TPN_OK);
    CHECK(tpn_is_none(tpn_exec(ctx, "going = True", TPN_STRLEN, NULL)));
    run(in_thread, &ref);
    CHECK(tpn_is_none(tpn_exec(ctx, "while going: pass", TPN_STRLEN, NULL)));
    CHECK(tpn_gc_collect(ctx, TPN_GC_DRAIN) == TPN_OK);
    CHECK(tpn_ref_free(ctx, ref) == TPN_E_HANDLE);
    memset(&stats, 0, sizeof stats);
    stats.size = (uint32_t)sizeof stats;
    CHECK(tpn_gc_stats(ctx, &stats) == TPN_OK && stats.owned == 0);
    run(interrupts, NULL);
    tell(tpn_exec(ctx, "while True: pass", TPN_STRLEN, NULL));
}

static void leaving(void)
{
    int well = 1, badly = 0;
    tpn_ctx *second = NULL;
    tpn_val text = tpn_str(ctx, "still here", TPN_STRLEN);
    CHECK(tpn_setattr(ctx, tpn_main(ctx), tpn_intern(ctx, "well", TPN_STRLEN), function("well", &well)) == TPN_OK);
    CHECK(tpn_setattr(ctx, tpn_main(ctx), tpn_intern(ctx, "badly", TPN_STRLEN), function("badly", &badly)) == TPN_OK);
    tell(eval("well([1, 2])"));
    tell(eval("badly()"));
    CHECK(tpn_leave(ctx) == TPN_OK);
    CHECK(tpn_attach_heap(tpn_ctx_heap(ctx), &second) == TPN_E_STATE && tpn_detach(ctx) == TPN_E_THREAD);
    CHECK(tpn_enter(ctx) == TPN_OK);
    tell(text);
    CHECK(tpn_remote_post(remote, fails, NULL) == TPN_OK && tpn_remote_post(remote, forgets_to_enter, NULL) == TPN_OK);
    CHECK(tpn_safepoint(ctx) == TPN_OK && tpn_pending(ctx) == 0);
}

int main(int argc, char **argv)
{
    tpn_config config;
    tpn_heap *heap = NULL;
    tpn_scope scope;
    CHECK(tpn_config_init(&config, (uint32_t)sizeof config) == TPN_OK);
    config.manager = argc > 1 ? argv[1] : NULL;
    config.log = print;
    CHECK(tpn_has("remotes") == 1);
    CHECK(tpn_heap_new(&config, &heap, NULL, 0) == TPN_OK && tpn_attach_heap(heap, &ctx) == TPN_OK);
    remote = tpn_remote_new(heap);
    CHECK(remote != NULL);
    scope = tpn_scope_open(ctx);
    posts();
    references();
    leaving();
    CHECK(tpn_scope_close(ctx, scope) == TPN_OK);
    CHECK(tpn_remote_post(remote, at_close, &closed_tasks) == TPN_OK);
    CHECK(tpn_heap_free(heap) == TPN_OK && closed_tasks == 1);
    CHECK(tpn_remote_post(remote, at_close, &closed_tasks) == TPN_E_CLOSED && closed_tasks == 1);
    CHECK(tpn_remote_interrupt(remote) == TPN_E_CLOSED);
    CHECK(tpn_remote_free(remote) == TPN_OK);
    return 0;
}
