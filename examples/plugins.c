/* A host that plug-ins extend: it sends lines of text through hooks that scripts register. The loader of its configuration gives them their source, a
 * module `host` what they may do: on(event, function, priority), log(text), setting(name). One that fails (it can't be read, raises, runs for ever, takes all
 * memory) is reported and taken out; the others go on. Plug-ins are reloaded, and leave nothing behind.
 *
 *     plugins MANAGER    prints the same bytes under every manager that collects
 *
 * Its Rust twin, which prints the same bytes, is plugins.rs. */
#include <stdio.h>
#include <string.h>
#include "taipan.h"

#define FUEL 100000 /* for each call of a plug-in */
#define MEMORY ((uint64_t)16 << 20)

typedef struct {
    const char *name, *source;
    tpn_ref module; /* weak: whether it is loaded, and gone */
} plugin;

static plugin plugins[] = {
    { "counter",
      "import host\n"
      "words = 0\n"
      "def count(text):\n"
      "    global words\n"
      "    words += len(text.split())\n"
      "host.on('line', count)\n"
      "host.on('end', lambda text: host.log(f'{words} words'))\n", { 0 } },
    { "typo", "import host\ndef f(:\n", { 0 } },
    { "unset", "import host\nhost.setting('colour')\n", { 0 } },
    { "fragile",
      "import host\n"
      "def number(text):\n"
      "    return int(text.split()[0])\n"
      "def check(text):\n"
      "    number(text)\n"
      "host.on('line', check, priority=5)\n", { 0 } },
    { "shout",
      "import host\n"
      "mark = host.setting('mark')\n"
      "def shout(text):\n"
      "    return text.upper() + mark\n"
      "host.on('line', shout, priority=9)\n", { 0 } },
    { "spinner",
      "import host\n"
      "def spin(text):\n"
      "    while 'SAILS' in text: pass\n"
      "host.on('line', spin, priority=10)\n", { 0 } },
    { "hog",
      "import host\n"
      "def take(text):\n"
      "    taken = []\n"
      "    while 'OARS' in text: taken.append([0] * 100000)\n"
      "host.on('line', take, priority=10)\n", { 0 } },
};
#define N_PLUGINS ((int)(sizeof plugins / sizeof *plugins))

typedef struct { char event[16]; int64_t priority; int plugin; tpn_ref function; } hook;

/* In the order in which they are called. */
static hook hooks[32];
static int n_hooks, current; /* whose code runs */

/* ---- what plug-ins may do ---- */

static tpn_val on(tpn_ctx *ctx, void *ud, tpn_val self, int32_t argc, const tpn_val *argv)
{
    hook made;
    int at;
    (void)ud; (void)self; (void)argc;
    memset(&made, 0, sizeof made);
    made.plugin = current;
    if (tpn_str_copy(ctx, argv[0], made.event, sizeof made.event) < 0)
        return tpn_err();
    if (!tpn_is_absent(argv[2]) && tpn_to_i64(ctx, argv[2], &made.priority) != TPN_OK)
        return tpn_err();
    if (n_hooks == (int)(sizeof hooks / sizeof *hooks))
        return tpn_raise_std(ctx, "RuntimeError", "too many hooks");
    made.function = tpn_ref_new(ctx, argv[1]);
    if (made.function.bits == 0)
        return tpn_err();
    for (at = n_hooks++; at > 0 && hooks[at - 1].priority > made.priority; at--)
        hooks[at] = hooks[at - 1];
    hooks[at] = made;
    return tpn_none();
}

static tpn_val log_text(tpn_ctx *ctx, void *ud, tpn_val self, int32_t argc, const tpn_val *argv)
{
    char text[200];
    (void)ud; (void)self; (void)argc;
    if (tpn_str_copy(ctx, argv[0], text, sizeof text) < 0)
        return tpn_err();
    printf("%s says: %s\n", plugins[current].name, text);
    return tpn_none();
}

static tpn_val setting(tpn_ctx *ctx, void *ud, tpn_val self, int32_t argc, const tpn_val *argv)
{
    char name[50];
    (void)ud; (void)self; (void)argc;
    if (tpn_str_copy(ctx, argv[0], name, sizeof name) < 0)
        return tpn_err();
    return strcmp(name, "mark") == 0 ? tpn_str(ctx, "!", 1) : tpn_raise_std(ctx, "LookupError", "no such setting");
}

static tpn_val load_module(tpn_ctx *ctx, void *ud, const char *name, int32_t *is_package)
{
    int i;
    (void)ud; (void)is_package;
    for (i = 0; i < N_PLUGINS; i++)
        if (strcmp(plugins[i].name, name) == 0)
            return tpn_str(ctx, plugins[i].source, TPN_STRLEN);
    return tpn_absent();
}

/* ---- loading, unloading ---- */

/* Takes a plug-in out: its hooks, its module, and so all that it has made. */
static void unload(tpn_ctx *ctx, plugin *p)
{
    tpn_scope scope = tpn_scope_open(ctx);
    tpn_val modules = tpn_getattr(ctx, tpn_import(ctx, "sys"), tpn_intern(ctx, "modules", TPN_STRLEN));
    int i, kept = 0;
    for (i = 0; i < n_hooks; i++) {
        if (&plugins[hooks[i].plugin] == p)
            (void)tpn_ref_free(ctx, hooks[i].function);
        else
            hooks[kept++] = hooks[i];
    }
    n_hooks = kept;
    (void)tpn_delitem(ctx, modules, tpn_str(ctx, p->name, TPN_STRLEN));
    (void)tpn_err_clear(ctx); /* one that never was loaded is none of the modules */
    (void)tpn_scope_close(ctx, scope);
    (void)tpn_gc_collect(ctx, TPN_GC_FULL);
    scope = tpn_scope_open(ctx);
    if (p->module.bits != 0)
        printf("%s is unloaded, %s\n", p->name, tpn_is_absent(tpn_ref_get(ctx, p->module)) ? "and gone" : "but kept");
    (void)tpn_scope_close(ctx, scope);
    (void)tpn_ref_free(ctx, p->module);
    p->module.bits = 0;
}

/* Reports the pending error of a plug-in, which is unloaded. */
static void fail(tpn_ctx *ctx, plugin *p)
{
    char report[2000], *line;
    tpn_scope scope = tpn_scope_open(ctx);
    (void)tpn_fuel_set(ctx, TPN_FUEL_ANY);
    printf("%s fails: %s\n", p->name, tpn_status_name(tpn_err_status(ctx)));
    (void)tpn_err_format(ctx, tpn_err_take(ctx), report, sizeof report);
    for (line = strtok(report, "\n"); line != NULL; line = strtok(NULL, "\n"))
        printf("    %s\n", line);
    (void)tpn_scope_close(ctx, scope);
    unload(ctx, p);
}

static void load(tpn_ctx *ctx, plugin *p)
{
    tpn_scope scope = tpn_scope_open(ctx);
    tpn_val module;
    current = (int)(p - plugins);
    (void)tpn_fuel_set(ctx, FUEL);
    module = tpn_import(ctx, p->name);
    if (!tpn_is_err(module))
        p->module = tpn_weak_new(ctx, module);
    (void)tpn_scope_close(ctx, scope);
    if (p->module.bits == 0)
        fail(ctx, p);
    else
        printf("%s is loaded\n", p->name);
}

/* Calls the hooks of an event, in their order, each with the text that the one before has made of it. */
static void send(tpn_ctx *ctx, const char *event, const char *line)
{
    char text[200];
    int i, k, gone;
    (void)snprintf(text, sizeof text, "%s", line);
    for (i = 0; i < n_hooks; i++) {
        tpn_scope scope;
        tpn_val argument, result;
        if (strcmp(hooks[i].event, event) != 0)
            continue;
        scope = tpn_scope_open(ctx);
        current = hooks[i].plugin;
        (void)tpn_fuel_set(ctx, FUEL);
        argument = tpn_str(ctx, text, TPN_STRLEN);
        result = tpn_call(ctx, tpn_ref_get(ctx, hooks[i].function), 1, &argument);
        if (!tpn_is_err(result) && !tpn_is_none(result))
            (void)tpn_str_copy(ctx, result, text, sizeof text);
        (void)tpn_scope_close(ctx, scope);
        if (tpn_pending(ctx)) {
            for (gone = 0, k = 0; k <= i; k++)
                gone += hooks[k].plugin == current;
            fail(ctx, &plugins[current]);
            i -= gone;
        }
    }
    if (strcmp(event, "line") == 0)
        printf("%s -> %s\n", line, text);
}

int main(int argc, char **argv)
{
    static const char *const lines[] = { "1 little boat", "2 sails", "no number", "4 oars", "5 men" };
    static const tpn_fnspec functions[] = {
        { sizeof(tpn_fnspec), TPN_FN_PLAIN, "on", on, NULL, NULL, 0, 0, "event, function, priority=" },
        { sizeof(tpn_fnspec), TPN_FN_PLAIN, "log", log_text, NULL, NULL, 1, 1, NULL },
        { sizeof(tpn_fnspec), TPN_FN_PLAIN, "setting", setting, NULL, NULL, 1, 1, NULL },
    };
    char message[256];
    tpn_config config;
    tpn_heap *heap;
    tpn_ctx *ctx;
    size_t i;
    (void)tpn_config_init(&config, (uint32_t)sizeof config);
    config.manager = argc > 1 ? argv[1] : NULL;
    config.hard_limit = MEMORY;
    config.loader = load_module;
    if (tpn_heap_new(&config, &heap, message, sizeof message) != TPN_OK || tpn_attach_heap(heap, &ctx) != TPN_OK) {
        fprintf(stderr, "plugins: %s\n", message);
        return 2;
    }
    if (tpn_is_err(tpn_module(ctx, "host", functions, 3)))
        return 3;
    for (i = 0; i < (size_t)N_PLUGINS; i++)
        load(ctx, &plugins[i]);
    for (i = 0; i < sizeof lines / sizeof *lines; i++)
        send(ctx, "line", lines[i]);
    unload(ctx, &plugins[4]);
    plugins[4].source =
        "import host\n"
        "host.on('line', str.title)\n";
    load(ctx, &plugins[4]);
    send(ctx, "line", "6 more");
    send(ctx, "end", "");
    unload(ctx, &plugins[4]);
    unload(ctx, &plugins[0]);
    printf("references left: %d\n", (int)tpn_debug_leaks(ctx, 0, NULL, NULL));
    return tpn_heap_free(heap) == TPN_OK ? 0 : 1;
}
