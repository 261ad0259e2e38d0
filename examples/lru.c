/* A cache of a program in C that lives wholly in the heap, without scripts: entries in a hash table and in a list from the newest to the oldest,
 * both of references that the memory manager follows. What falls out of the cache is unlinked, and that is all: it goes when nobody else has it.
 *
 *     lru MANAGER    prints the same under every manager, and the same as its twin in Rust, lru.rs; without MANAGER: under all of them */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <taipan.h>

#define CAPACITY 1000
#define BUCKETS 1024
#define LOOKUPS 100000

/* A reference to every other object is a slot, which is declared, so that the heap sees it. */
typedef struct { tpn_slot newer, older, next_in_bucket, value; int64_t key; } entry;
typedef struct { tpn_slot newest, oldest; int64_t size; } cache; /* and a tail of buckets */

typedef struct {
    tpn_ctx *ctx;
    tpn_type entry_type, cache_type;
    tpn_val object; /* the cache: a local of the outermost scope */
    cache *fields;
    tpn_slot *buckets;
    int64_t hits, misses, evicted, freed;
} program;

static void need(program *p, int good, const char *what)
{
    char report[300] = "";
    if (good)
        return;
    if (tpn_pending(p->ctx) == 1)
        (void)tpn_err_format(p->ctx, tpn_err_take(p->ctx), report, sizeof report);
    fprintf(stderr, "lru: %s: %s\n", what, report);
    exit(1);
}

/* Runs when an entry has become unreachable, whenever the memory manager finds out. */
static void entry_gone(void *payload, tpn_fin *fin, void *ud)
{
    (void)payload;
    (void)fin;
    ((program *)ud)->freed++;
}

static entry *fields_of(program *p, tpn_val object) { return (entry *)tpn_payload(p->ctx, object, p->entry_type); }

/* Stores a reference in a slot of an object; TPN_ABSENT for none. */
static void put(program *p, tpn_val owner, tpn_slot *slot, tpn_val value)
{
    need(p, tpn_slot_set(p->ctx, owner, slot, value) == TPN_OK, "a store");
}

/* ---- the list from the newest entry to the oldest ---- */

static void unlink_entry(program *p, tpn_val object)
{
    entry *e = fields_of(p, object);
    tpn_val newer = tpn_slot_get(p->ctx, object, &e->newer), older = tpn_slot_get(p->ctx, object, &e->older);
    if (tpn_is_absent(newer))
        put(p, p->object, &p->fields->newest, older);
    else
        put(p, newer, &fields_of(p, newer)->older, older);
    if (tpn_is_absent(older))
        put(p, p->object, &p->fields->oldest, newer);
    else
        put(p, older, &fields_of(p, older)->newer, newer);
    put(p, object, &e->newer, tpn_absent());
    put(p, object, &e->older, tpn_absent());
}

static void make_newest(program *p, tpn_val object)
{
    tpn_val before = tpn_slot_get(p->ctx, p->object, &p->fields->newest);
    if (tpn_is_absent(before))
        put(p, p->object, &p->fields->oldest, object);
    else
        put(p, before, &fields_of(p, before)->newer, object);
    put(p, object, &fields_of(p, object)->older, before);
    put(p, p->object, &p->fields->newest, object);
}

/* ---- the hash table ---- */

static tpn_slot *bucket_of(program *p, int64_t key) { return &p->buckets[(uint64_t)key * 0x9e3779b97f4a7c15u >> 54]; }

static tpn_val find(program *p, int64_t key)
{
    tpn_val at = tpn_slot_get(p->ctx, p->object, bucket_of(p, key));
    while (!tpn_is_absent(at)) {
        entry *e = fields_of(p, at);
        need(p, e != NULL, "an entry");
        if (e->key == key)
            break;
        at = tpn_slot_get(p->ctx, at, &e->next_in_bucket);
    }
    return at;
}

static void remove_from_bucket(program *p, tpn_val object)
{
    tpn_val owner = p->object, at;
    tpn_slot *slot = bucket_of(p, fields_of(p, object)->key);
    for (;;) {
        at = tpn_slot_get(p->ctx, owner, slot);
        if (tpn_is(p->ctx, at, object) == 1)
            break;
        owner = at;
        slot = &fields_of(p, at)->next_in_bucket;
    }
    put(p, owner, slot, tpn_slot_get(p->ctx, object, &fields_of(p, object)->next_in_bucket));
}

/* ---- the cache ---- */

static void evict(program *p)
{
    tpn_val oldest = tpn_slot_get(p->ctx, p->object, &p->fields->oldest);
    remove_from_bucket(p, oldest);
    unlink_entry(p, oldest);
    p->fields->size--;
    p->evicted++;
}

static void insert(program *p, int64_t key, tpn_val value)
{
    void *payload = NULL;
    tpn_val object;
    entry *e;
    if (p->fields->size == CAPACITY)
        evict(p);
    object = tpn_new(p->ctx, p->entry_type, &payload); /* may collect: locals and payloads stay good */
    need(p, !tpn_is_err(object), "an entry");
    e = (entry *)payload;
    e->key = key;
    put(p, object, &e->value, value);
    put(p, object, &e->next_in_bucket, tpn_slot_get(p->ctx, p->object, bucket_of(p, key)));
    put(p, p->object, bucket_of(p, key), object);
    make_newest(p, object);
    p->fields->size++;
}

/* What is cached under a key, or worked out now: its square, as text. */
static int64_t look_up(program *p, int64_t key)
{
    tpn_scope scope = tpn_scope_open(p->ctx); /* its end ends all locals of this look-up */
    tpn_val found = find(p, key);
    char text[32];
    int64_t length;
    if (tpn_is_absent(found)) {
        p->misses++;
        (void)snprintf(text, sizeof text, "%lld", (long long)(key * key));
        insert(p, key, tpn_str(p->ctx, text, TPN_STRLEN));
        found = find(p, key);
    } else {
        p->hits++;
        unlink_entry(p, found);
        make_newest(p, found);
    }
    length = tpn_str_copy(p->ctx, tpn_slot_get(p->ctx, found, &fields_of(p, found)->value), text, sizeof text);
    need(p, length > 0 && strtoll(text, NULL, 10) == key * key, "another value");
    need(p, tpn_scope_close(p->ctx, scope) == TPN_OK, "a scope");
    return length;
}

static void define_types(program *p)
{
    static const uint32_t of_entry[] = { (uint32_t)offsetof(entry, newer), (uint32_t)offsetof(entry, older),
                                         (uint32_t)offsetof(entry, next_in_bucket), (uint32_t)offsetof(entry, value) };
    static const uint32_t of_cache[] = { (uint32_t)offsetof(cache, newest), (uint32_t)offsetof(cache, oldest) };
    tpn_typespec spec;
    void *payload = NULL;
    memset(&spec, 0, sizeof spec);
    spec.size = (uint32_t)sizeof spec;
    spec.name = "lru.Entry";
    spec.payload_size = (uint32_t)sizeof(entry);
    spec.payload_align = 8;
    spec.slots = of_entry;
    spec.n_slots = 4;
    spec.finalize = entry_gone;
    spec.ud = p;
    need(p, tpn_type_new(p->ctx, &spec, &p->entry_type) == TPN_OK, "a type");
    spec.name = "lru.Cache";
    spec.flags = TPN_TYPE_TAIL;
    spec.payload_size = (uint32_t)sizeof(cache);
    spec.slots = of_cache;
    spec.n_slots = 2;
    spec.finalize = NULL;
    need(p, tpn_type_new(p->ctx, &spec, &p->cache_type) == TPN_OK, "a type");
    p->object = tpn_new_tail(p->ctx, p->cache_type, BUCKETS, &payload, &p->buckets);
    need(p, !tpn_is_err(p->object), "the cache");
    p->fields = (cache *)payload;
}

static int run(const char *manager)
{
    tpn_config config;
    tpn_heap *heap = NULL;
    program p;
    char message[200] = "";
    uint32_t random = 1;
    int64_t length = 0;
    int i;
    memset(&p, 0, sizeof p);
    if (tpn_config_init(&config, (uint32_t)sizeof config) != TPN_OK)
        return 1;
    config.manager = manager;
    if (tpn_heap_new(&config, &heap, message, sizeof message) != TPN_OK || tpn_attach_heap(heap, &p.ctx) != TPN_OK) {
        fprintf(stderr, "lru: %s\n", message);
        return 2;
    }
    define_types(&p);
    for (i = 0; i < LOOKUPS; i++) {
        uint32_t r;
        random = random * 1664525u + 1013904223u;
        r = random >> 16;
        /* Small keys come more often than large ones. */
        length += look_up(&p, (int64_t)((r & 0xff) * (r >> 8) / 16));
        if (i % 1000 == 999)
            need(&p, tpn_safepoint(p.ctx) == TPN_OK, "a safepoint");
    }
    printf("%lld hits, %lld misses, %lld evicted, %lld cached, %lld characters\n", (long long)p.hits, (long long)p.misses, (long long)p.evicted,
           (long long)p.fields->size, (long long)length);
    /* By now, everything that was evicted is gone: under every manager that collects at all. */
    need(&p, tpn_gc_collect(p.ctx, TPN_GC_DRAIN) == TPN_OK && tpn_debug_verify(p.ctx) == TPN_OK, "the heap");
    if (tpn_heap_caps(heap) & TPN_CAP_COLLECTS)
        need(&p, p.freed == p.evicted, "what was evicted is still there");
    need(&p, tpn_heap_free(heap) == TPN_OK, "the end");
    printf("%lld freed\n", (long long)p.freed);
    return 0;
}

int main(int argc, char **argv)
{
    char manager[32];
    int32_t i;
    if (argc > 1)
        return run(argv[1]);
    for (i = 0; i < tpn_manager_count(); i++) {
        int status;
        (void)tpn_manager_name(i, manager, sizeof manager);
        printf("-- %s\n", manager);
        if ((status = run(manager)) != 0)
            return status;
    }
    return 0;
}
