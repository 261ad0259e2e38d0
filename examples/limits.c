/* What a host in C sets around scripts that it doesn't trust: a hard and a soft limit of memory, fuel, a recursion limit, an interrupt by
 * a watchdog's thread. Each ends in an error that the host sees, and the heap stays usable.
 *
 *     limits MANAGER    prints the same bytes under every manager
 *
 * Its Rust twin, which prints the same bytes, is limits.rs. */
#define _POSIX_C_SOURCE 200112L
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "taipan.h"

#define MIB ((uint64_t)1 << 20)

/* How often the heap was told to stay above its soft limit. */
static int told;

static uint64_t pressure(void *ud, uint64_t heap_bytes, uint64_t soft_limit)
{
    if (heap_bytes > soft_limit)
        ++*(int *)ud;
    return 0;
}

/* Runs a script and says how it ended: "fine", or its status and the last line of the report. */
static void run(tpn_ctx *ctx, const char *what, const char *script)
{
    char report[4096], *line, *end;
    tpn_status status;
    tpn_scope scope = tpn_scope_open(ctx);
    if (!tpn_is_err(tpn_exec(ctx, script, TPN_STRLEN, NULL))) {
        printf("%s: fine\n", what);
    } else {
        status = tpn_err_status(ctx);
        (void)tpn_err_format(ctx, tpn_err_take(ctx), report, sizeof report);
        end = report + strlen(report);
        if (end > report)
            *--end = '\0';
        line = strrchr(report, '\n');
        printf("%s: %s, %s\n", what, tpn_status_name(status), line == NULL ? report : line + 1);
    }
    (void)tpn_scope_close(ctx, scope);
}

static tpn_stats stats_of(tpn_ctx *ctx)
{
    tpn_stats stats;
    memset(&stats, 0, sizeof stats);
    stats.size = (uint32_t)sizeof stats;
    (void)tpn_gc_stats(ctx, &stats);
    return stats;
}

static void memory(tpn_ctx *ctx)
{
    run(ctx, "garbage", "for n in range(20000): x = [n] * 100");
    printf("told of it: %d\n", told);
    run(ctx, "kept", "kept = [[n] * 100 for n in range(12000)]");
    printf("told of it: %s\n", told > 0 ? "yes" : "no");
    run(ctx, "kept without end", "def f(more):\n    while True: more.append([0] * 100)\nf([])");
    run(ctx, "given up", "del kept");
    (void)tpn_gc_collect(ctx, TPN_GC_FULL);
    printf("reserve 8 MiB: %s\n", tpn_status_name(tpn_gc_reserve(ctx, 8 * MIB)));
    printf("reserve 80 MiB: %s\n", tpn_status_name(tpn_gc_reserve(ctx, 80 * MIB)));
    printf("charge 10 MiB: %s\n", tpn_status_name(tpn_gc_external(ctx, (int64_t)(10 * MIB))));
    printf("charge 10 MiB more: %s\n", tpn_status_name(tpn_gc_external(ctx, (int64_t)(10 * MIB))));
    printf("external: %d MiB\n", (int)(stats_of(ctx).external_bytes / MIB));
    (void)tpn_gc_external(ctx, -(int64_t)(100 * MIB));
    printf("discharged: %d\n", (int)stats_of(ctx).external_bytes);
    (void)tpn_gc_limits(ctx, 64 * MIB, 0);
    run(ctx, "with a higher limit", "kept = [[n] * 100 for n in range(30000)]; del kept");
}

static void fuel(tpn_ctx *ctx)
{
    uint64_t left = 0;
    (void)tpn_fuel_set(ctx, 1000);
    run(ctx, "an endless loop", "while True: pass");
    run(ctx, "one that catches everything",
        "def f():\n"
        "    while True:\n"
        "        try:\n"
        "            while True: pass\n"
        "        except BaseException: pass\n"
        "f()\n");
    run(ctx, "one inside a builtin", "sum(iter(int, 1))");
    (void)tpn_fuel_get(ctx, &left);
    printf("fuel left: %d\n", (int)left);
    (void)tpn_fuel_set(ctx, 1000);
    run(ctx, "with more", "for n in range(100): pass");
    (void)tpn_fuel_get(ctx, &left);
    printf("fuel left: %s\n", left >= 800 && left < 1000 ? "about 900" : "otherwise");
    (void)tpn_fuel_set(ctx, TPN_FUEL_ANY);
    run(ctx, "with any amount", "for n in range(10000): pass");
}

static void *watchdog(void *heap)
{
    struct timespec pause = { 0, 50 * 1000 * 1000 };
    (void)nanosleep(&pause, NULL);
    (void)tpn_interrupt((tpn_heap *)heap);
    return NULL;
}

static void interrupts(tpn_ctx *ctx)
{
    static const char *const scripts[] = { "while True: pass", "import time\ntime.sleep(1000)" };
    size_t i;
    for (i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, watchdog, tpn_ctx_heap(ctx)) != 0)
            return;
        run(ctx, "interrupted", scripts[i]);
        (void)pthread_join(thread, NULL);
    }
    (void)tpn_interrupt(tpn_ctx_heap(ctx));
    printf("withdrawn: %d", (int)tpn_interrupt_withdraw(tpn_ctx_heap(ctx)));
    printf(" %d\n", (int)tpn_interrupt_withdraw(tpn_ctx_heap(ctx)));
    run(ctx, "afterwards", "x = [n for n in range(1000)]");
}

int main(int argc, char **argv)
{
    char message[256];
    tpn_config config;
    tpn_heap *heap;
    tpn_ctx *ctx;
    tpn_opt recursion = { "recursion_limit", 200 };
    (void)tpn_config_init(&config, (uint32_t)sizeof config);
    config.manager = argc > 1 ? argv[1] : NULL;
    config.hard_limit = 16 * MIB;
    config.soft_limit = 8 * MIB;
    config.pressure = pressure;
    config.pressure_ud = &told;
    config.opts = &recursion;
    config.n_opts = 1;
    if (tpn_heap_new(&config, &heap, message, sizeof message) != TPN_OK || tpn_attach_heap(heap, &ctx) != TPN_OK) {
        fprintf(stderr, "limits: %s\n", message);
        return 2;
    }
    memory(ctx);
    fuel(ctx);
    run(ctx, "recursion", "def f(): f()\nf()");
    interrupts(ctx);
    printf("sound: %s\n", tpn_status_name(tpn_debug_verify(ctx)));
    return tpn_heap_free(heap) == TPN_OK ? 0 : 1;
}
