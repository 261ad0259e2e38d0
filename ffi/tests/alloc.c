/* A heap whose memory comes from the host: all of it, each piece given back as it was asked for; none, wrong, and less and less of it. The argument is
 * the manager; with a second one not each call fails. */
#define _DEFAULT_SOURCE
#include <string.h>
#include <sys/mman.h>
#include "check.h"
#ifdef __GLIBC__
#  include <malloc.h>
#endif

#define MIB ((uint64_t)1 << 20)

typedef struct { void *memory, *base; size_t size, align, mapped; } piece;

/* Memory straight from the system, so that it is told apart from what the process allocates otherwise. */
static struct {
    piece pieces[4096];
    int used, calls, fail_at, fails_on, is_odd, asks_back;
    uint64_t bytes, most;
} host;

static void *take(void *ud, size_t size, size_t align)
{
    piece *p = &host.pieces[host.used];
    CHECK(ud == (void *)&host && size > 0 && align > 0 && (align & (align - 1)) == 0 && align <= 4 * MIB);
    if (host.asks_back && ctx != NULL)
        CHECK(tpn_safepoint(ctx) == TPN_E_STATE);
    host.calls++;
    if (host.fail_at > 0 && (host.calls == host.fail_at || (host.fails_on && host.calls > host.fail_at)))
        return NULL;
    CHECK(host.used < (int)(sizeof host.pieces / sizeof *host.pieces));
    p->mapped = size + align;
    p->base = mmap(NULL, p->mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(p->base != MAP_FAILED);
    p->memory = (char *)p->base + (align - (size_t)p->base % align) % align + (size_t)host.is_odd;
    if (!host.is_odd)
        memset(p->memory, 0xa5, size); /* nobody has said that it is zero */
    p->size = size;
    p->align = align;
    host.used++;
    host.bytes += size;
    if (host.bytes > host.most)
        host.most = host.bytes;
    return p->memory;
}

static void give(void *ud, void *memory, size_t size, size_t align)
{
    int i;
    CHECK(ud == (void *)&host);
    if (host.asks_back && ctx != NULL)
        CHECK(tpn_safepoint(ctx) == TPN_E_STATE);
    for (i = 0; i < host.used && host.pieces[i].memory != memory; i++) {}
    CHECK(i < host.used && host.pieces[i].size == size && host.pieces[i].align == align);
    CHECK(munmap(host.pieces[i].base, host.pieces[i].mapped) == 0);
    host.pieces[i] = host.pieces[--host.used];
    host.bytes -= size;
}

static int complaints;

static void log_fn(void *ud, int32_t level, const char *text, size_t len)
{
    (void)ud;
    if (level == 2 && len > 8 && strncmp(text, "taipan: ", 8) == 0)
        complaints++;
}

static tpn_status heap_of(const char *manager, tpn_heap **heap, char *message, size_t cap)
{
    tpn_config config;
    tpn_status status;
    CHECK(tpn_config_init(&config, (uint32_t)sizeof config) == TPN_OK);
    config.manager = manager;
    config.stack_limit = 1 << 14;
    config.log = log_fn;
    config.alloc = take;
    config.dealloc = give;
    config.alloc_ud = &host;
    ctx = NULL;
    status = tpn_heap_new(&config, heap, message, cap);
    if (status == TPN_OK)
        CHECK(tpn_attach_heap(*heap, &ctx) == TPN_OK);
    return status;
}

static void end(tpn_heap *heap)
{
    tpn_ctx *before = ctx;
    ctx = NULL;
    CHECK(before != NULL && tpn_heap_free(heap) == TPN_OK);
    CHECK(host.used == 0 && host.bytes == 0);
    host.calls = host.fail_at = host.fails_on = host.is_odd = host.asks_back = 0;
    host.most = 0;
}

static tpn_stats stats_of(void)
{
    tpn_stats stats;
    memset(&stats, 0, sizeof stats);
    stats.size = (uint32_t)sizeof stats;
    CHECK(tpn_gc_stats(ctx, &stats) == TPN_OK);
    return stats;
}

/* What the process has allocated besides. */
static uint64_t besides(void)
{
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 33)
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
#else
    return 0;
#endif
}

/* Small and large objects, an array whose items don't move, objects of a host type outside of the heap's. */
static tpn_status work(void)
{
    static const char script[] =
        "import array\n"
        "class Node: pass\n"
        "small = [[n] for n in range(60000)]\n"
        "large = [[0] * 50000 for _ in range(6)]\n"
        "items = array.array('d', [0.5] * 20000)\n"
        "view = memoryview(items)\n"
        "for _ in range(3000):\n"
        "    node = Node()\n"
        "    node.me = node\n";
    tpn_scope scope = tpn_scope_open(ctx);
    tpn_status status = TPN_OK;
    tpn_typespec spec;
    tpn_type type;
    int i;
    memset(&spec, 0, sizeof spec);
    spec.size = (uint32_t)sizeof spec;
    spec.name = "host.Block";
    spec.payload_size = 512;
    spec.payload_align = 64;
    if (tpn_is_err(tpn_exec(ctx, script, TPN_STRLEN, NULL)))
        status = tpn_err_status(ctx);
    if (status == TPN_OK)
        status = tpn_type_new(ctx, &spec, &type);
    for (i = 0; i < 20 && status == TPN_OK; i++)
        if (tpn_is_err(tpn_new(ctx, type, NULL)))
            status = tpn_err_status(ctx);
    CHECK(status == TPN_OK || status == TPN_E_NOMEM);
    CHECK(tpn_err_clear(ctx) == TPN_OK && tpn_scope_close(ctx, scope) == TPN_OK);
    return status;
}

/* All that the heap says it takes has come from the host, and nothing of that size from elsewhere. */
static int plenty(const char *manager)
{
    tpn_heap *heap;
    tpn_stats stats;
    uint64_t before;
    int calls;
    CHECK(heap_of(manager, &heap, NULL, 0) == TPN_OK);
    host.asks_back = 1;
    before = besides();
    CHECK(work() == TPN_OK);
    stats = stats_of();
    CHECK(stats.heap_bytes > 6 * MIB && stats.heap_bytes - stats.external_bytes <= host.bytes);
    CHECK(host.bytes <= stats.heap_bytes + 12 * MIB);
    CHECK(besides() < before + 2 * MIB);
    /* Large objects go back when they die. */
    CHECK(!tpn_is_err(tpn_exec(ctx, "del large", TPN_STRLEN, NULL)));
    CHECK(tpn_gc_collect(ctx, TPN_GC_DRAIN) == TPN_OK);
    if (tpn_heap_caps(heap) & TPN_CAP_COLLECTS)
        CHECK(host.bytes + 2 * MIB <= host.most);
    CHECK(tpn_debug_verify(ctx) == TPN_OK);
    calls = host.calls;
    end(heap);
    return calls;
}

static void wrong(const char *manager)
{
    char message[200] = "";
    tpn_heap *heap = NULL;
    host.is_odd = 1;
    complaints = 0;
    CHECK(heap_of(manager, &heap, message, sizeof message) == TPN_E_ARG && heap == NULL);
    CHECK(strstr(message, "gave an address that is no multiple of ") != NULL && complaints == 1);
    CHECK(host.used == 0 && host.calls > 0);
    host.calls = host.is_odd = 0;
    host.fail_at = host.fails_on = 1;
    CHECK(heap_of(manager, &heap, message, sizeof message) == TPN_E_NOMEM && heap == NULL);
    CHECK(strstr(message, "gave no memory") != NULL && host.used == 0);
    host.calls = host.fails_on = host.fail_at = 0;
    /* Later it is as if there were none. */
    CHECK(heap_of(manager, &heap, NULL, 0) == TPN_OK);
    host.is_odd = 1;
    CHECK(work() == TPN_E_NOMEM && complaints == 2);
    host.is_odd = 0;
    CHECK(work() == TPN_OK);
    end(heap);
}

/* Each call fails once, and then all from it on. Whatever comes of it, the heap is sound, and closes. */
static void sweep(const char *manager, int calls)
{
    int n, failed[2] = { 0, 0 }, on;
    for (on = 0; on < 2; on++) {
        for (n = 1; n <= calls; n++) {
            tpn_heap *heap = NULL;
            tpn_status status;
            host.fail_at = n;
            host.fails_on = on;
            status = heap_of(manager, &heap, NULL, 0);
            CHECK(status == TPN_OK || status == TPN_E_NOMEM);
            if (status != TPN_OK) {
                failed[on]++;
                CHECK(host.used == 0 && heap == NULL);
                host.calls = 0;
                continue;
            }
            failed[on] += work() != TPN_OK;
            CHECK(tpn_debug_verify(ctx) == TPN_OK);
            host.fail_at = 0;
            CHECK(work() == TPN_OK);
            end(heap);
        }
    }
    CHECK(failed[1] > 0);
    printf("%s: %d calls; %d times memory was short for a moment, %d times for good\n", manager, calls, failed[0], failed[1]);
}

int main(int argc, char **argv)
{
    int calls;
    CHECK(argc >= 2);
    CHECK(tpn_has("allocators") == 1);
    wrong(argv[1]);
    calls = plenty(argv[1]);
    if (argc == 2)
        sweep(argv[1], calls);
    return 0;
}
