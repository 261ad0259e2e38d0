/* What a host holds and has not given back: of which kind and type it is, what was made since when, and where it was made. The arguments are the
 * manager and the frames to show. Prints the same under every manager. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "check.h"

static tpn_ref kept[8];
static int n_kept;

/* Prints what the library tells, each thing behind a mark of its own. */
static void tell(void *ud, int32_t level, const char *text, size_t len)
{
    tpn_stats stats;
    memset(&stats, 0, sizeof stats);
    stats.size = (uint32_t)sizeof stats;
    CHECK(level == 0 && ud == (void *)&n_kept && text[len - 1] == '\n');
    CHECK(tpn_gc_stats(ctx, &stats) == TPN_E_STATE);
    printf("- ");
    fwrite(text, 1, len, stdout);
}

static int64_t told(int64_t since)
{
    int64_t count = tpn_debug_leaks(ctx, since, tell, &n_kept);
    CHECK(tpn_debug_leaks(ctx, since, NULL, NULL) == count);
    printf("%d\n", (int)count);
    return count;
}

static void died(tpn_ctx *c, tpn_ref ref, void *ud) { (void)c; (void)ref; (void)ud; }

static tpn_ref keep(tpn_val value) { return tpn_ref_new(ctx, value); }

/* keep(value): the host forgets what it holds. */
static tpn_val native(tpn_ctx *c, void *ud, tpn_val self, int32_t argc, const tpn_val *argv)
{
    (void)c; (void)ud; (void)self;
    CHECK(argc == 1);
    kept[n_kept++] = keep(argv[0]);
    return tpn_none();
}

static void open_buffer(tpn_buf *buf, const char *source)
{
    memset(buf, 0, sizeof *buf);
    buf->size = (uint32_t)sizeof *buf;
    CHECK(tpn_buf_open(ctx, eval(source), 0, buf) == TPN_OK);
}

/* One of each kind, none of which goes. */
static void each_kind(void)
{
    tpn_buf buf, view, text;
    kept[n_kept++] = keep(eval("[1, 2, 3]"));
    kept[n_kept++] = tpn_weak_new(ctx, eval("Thing"));
    kept[n_kept++] = tpn_weak_watch(ctx, eval("thing"), died, NULL);
    kept[n_kept++] = keep(tpn_i32(7));
    open_buffer(&buf, "b'bytes'");
    open_buffer(&view, "memoryview(b'bytes')");
    open_buffer(&text, "'t\\xebxt'");
    CHECK(tpn_buf_close(ctx, &buf) == TPN_OK);
    puts("each kind:");
    CHECK(told(0) == 7); /* the scope around it, too */
    CHECK(tpn_buf_close(ctx, &text) == TPN_OK && tpn_buf_close(ctx, &view) == TPN_OK);
}

/* What a turn of a host's loop leaves behind. */
static void turns(void)
{
    int64_t since = tpn_debug_serial(ctx);
    tpn_ref lost;
    CHECK(since > 0);
    CHECK(tpn_ref_free(ctx, keep(eval("{}"))) == TPN_OK);
    puts("a turn without leaks:");
    CHECK(told(since) == 0);
    since = tpn_debug_serial(ctx);
    CHECK(tpn_ref_free(ctx, keep(eval("{}"))) == TPN_OK);
    lost = keep(eval("{'a': 1}"));
    puts("a turn with one:");
    CHECK(told(since) == 1);
    puts("the same, weak, and dead:");
    CHECK(tpn_ref_weaken(ctx, lost) == TPN_OK);
    CHECK(tpn_ref_free(ctx, keep(eval("()"))) == TPN_OK);
    CHECK(told(since) == 1);
    kept[n_kept++] = lost;
}

static void from_scripts(void)
{
    tpn_fnspec spec;
    tpn_scope inner;
    int64_t since;
    tpn_val module;
    memset(&spec, 0, sizeof spec);
    spec.size = (uint32_t)sizeof spec;
    spec.name = "keep";
    spec.fn = native;
    spec.min_args = spec.max_args = 1;
    module = tpn_module(ctx, "host", &spec, 1);
    CHECK(!tpn_is_err(module));
    since = tpn_debug_serial(ctx);
    CHECK(!tpn_is_err(tpn_exec(ctx,
        "import host\n"
        "def careless(what):\n"
        "    host.keep(what)\n"
        "careless('some text')\n", TPN_STRLEN, "careless.py")));
    puts("from a script:");
    CHECK(told(since) == 1);
    inner = tpn_scope_open(ctx);
    (void)tpn_str(ctx, "a", 1);
    (void)tpn_str(ctx, "b", 1);
    puts("scopes:");
    (void)told(0);
    CHECK(tpn_scope_close(ctx, inner) == TPN_OK);
}

static void free_kept(int from)
{
    while (n_kept > from)
        CHECK(tpn_ref_free(ctx, kept[--n_kept]) == TPN_OK);
}

/* What is left when the heap is freed goes to the log. */
static void end_log(void *ud, int32_t level, const char *text, size_t len)
{
    CHECK(ud == NULL && level == 2);
    fwrite(text, 1, len, stdout);
}

int main(int argc, char **argv)
{
    tpn_opt option = { "debug.origins", 0 };
    tpn_config config;
    tpn_heap *heap = NULL;
    tpn_scope scope;
    CHECK(argc == 3);
    option.value = atoi(argv[2]);
    CHECK(tpn_config_init(&config, (uint32_t)sizeof config) == TPN_OK);
    config.manager = argv[1];
    config.opts = &option;
    config.n_opts = 1;
    config.log = end_log;
    CHECK(tpn_heap_new(&config, &heap, NULL, 0) == TPN_OK);
    CHECK(tpn_attach_heap(heap, &ctx) == TPN_OK);
    CHECK(tpn_debug_leaks(ctx, 0, NULL, NULL) == 0 && tpn_has("leaks") == 1);
    CHECK(tpn_debug_leaks(ctx, -1, NULL, NULL) == TPN_E_ARG && tpn_debug_leaks(NULL, 0, NULL, NULL) == TPN_E_ARG);
    scope = tpn_scope_open(ctx);
    CHECK(!tpn_is_err(tpn_exec(ctx, "class Thing: pass\nthing = Thing()\n", TPN_STRLEN, NULL)));
    each_kind();
    turns();
    from_scripts();
    free_kept(3);
    CHECK(tpn_scope_close(ctx, scope) == TPN_OK);
    free_kept(1);
    puts("at the end:");
    CHECK(tpn_heap_free(heap) == TPN_OK);
    return 0;
}
