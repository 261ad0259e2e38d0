/* A game: frames of a sixtieth of a second, in which scripts move what lives in the world; what is left of a frame goes to the memory manager, so that
 * it collects between frames and not within one. A script that takes too long for its frame is stopped, and the game goes on without it.
 *
 *     game MANAGER [FRAMES]    prints the same under every manager, and the same as its twin in Rust, game.rs; how long the frames took goes to the
 *                              standard error stream */
#define _POSIX_C_SOURCE 200112L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <taipan.h>

#define FRAME_NS 16666667u
#define FUEL 200000u /* loop turns and calls for all creatures of a frame */

static const char script[] =
    "from game import draw\n"
    "class Creature:\n"
    "    def __init__(self, name, seed):\n"
    "        self.name, self.seed, self.x, self.y, self.path = name, seed, 0, 0, []\n"
    "    def roll(self):\n"
    "        self.seed = (self.seed * 1103515245 + 12345) & 0x7fffffff\n"
    "        return self.seed >> 16\n"
    "    def step(self, frame):\n"
    "        # What it remembers is garbage soon.\n"
    "        self.path = [(x, y) for x, y in self.path[-20:]] + [(self.x, self.y)]\n"
    "        self.x += self.roll() % 3 - 1\n"
    "        self.y += self.roll() % 3 - 1\n"
    "        draw(self.x, self.y)\n"
    "class Thinker(Creature):\n"
    "    def step(self, frame):\n"
    "        if frame == 100:\n"
    "            while True: pass  # forgets that others wait\n"
    "        super().step(frame)\n"
    "world = [Creature(f'c{n}', n) for n in range(200)]\n"
    "world.insert(17, Thinker('thinker', 99))\n"
    "busy = None\n"
    "def update(frame):\n"
    "    global busy\n"
    "    for busy in list(world):\n"
    "        busy.step(frame)\n"
    "    busy = None\n"
    "def banish():\n"
    "    world.remove(busy)\n"
    "    return busy.name\n"
    "def where():\n"
    "    return len(world), sum(c.x for c in world), sum(c.y for c in world)\n";

static tpn_ctx *ctx;
static int64_t drawn;

static void need(int good, const char *what)
{
    char report[1000] = "";
    if (good)
        return;
    if (tpn_pending(ctx) == 1)
        (void)tpn_err_format(ctx, tpn_err_take(ctx), report, sizeof report);
    fprintf(stderr, "game: %s\n%s", what, report);
    exit(1);
}

static uint64_t now_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* draw(x, y): what a renderer would get. */
static tpn_val draw(tpn_ctx *c, void *ud, tpn_val self, int32_t argc, const tpn_val *argv)
{
    int64_t x, y;
    (void)ud;
    (void)self;
    (void)argc;
    if (tpn_to_i64(c, argv[0], &x) != TPN_OK || tpn_to_i64(c, argv[1], &y) != TPN_OK)
        return tpn_err();
    drawn += x * x + y * y;
    return tpn_none();
}

static tpn_val call(const char *function, tpn_val argument)
{
    tpn_val callee = tpn_getattr(ctx, tpn_main(ctx), tpn_intern(ctx, function, TPN_STRLEN));
    return tpn_call(ctx, callee, tpn_is_absent(argument) ? 0 : 1, &argument);
}

/* Lets the scripts move the world once. */
static void update(int frame)
{
    char name[64];
    need(tpn_fuel_set(ctx, FUEL) == TPN_OK, "no fuel");
    if (!tpn_is_err(call("update", tpn_i32(frame))))
        return;
    need(tpn_err_status(ctx) == TPN_E_FUEL, "a script's error");
    (void)tpn_err_clear(ctx);
    need(tpn_fuel_set(ctx, TPN_FUEL_ANY) == TPN_OK, "no fuel");
    need(tpn_str_copy(ctx, call("banish", tpn_absent()), name, sizeof name) > 0, "nobody was busy");
    printf("frame %d: %s took too long, and is banished\n", frame, name);
}

static void report(int frame)
{
    tpn_val where = call("where", tpn_absent()), parts[3];
    int64_t numbers[3];
    int i;
    need(tpn_seq_copy(ctx, where, 0, 3, parts) == 3, "where everybody is");
    for (i = 0; i < 3; i++)
        need(tpn_to_i64(ctx, parts[i], &numbers[i]) == TPN_OK, "a number");
    printf("frame %d: %lld creatures, around %lld %lld, drawn %lld\n", frame, (long long)numbers[0], (long long)numbers[1],
           (long long)numbers[2], (long long)drawn);
}

static void play(int frames)
{
    uint64_t longest = 0, late = 0;
    int frame;
    for (frame = 1; frame <= frames; frame++) {
        uint64_t begun = now_ns(), took;
        tpn_scope scope = tpn_scope_open(ctx);
        int32_t done = 0;
        update(frame);
        (void)tpn_fuel_set(ctx, TPN_FUEL_ANY);
        if (frame % 60 == 0)
            report(frame);
        need(tpn_scope_close(ctx, scope) == TPN_OK, "a scope");
        took = now_ns() - begun;
        longest = took > longest ? took : longest;
        late += took > FRAME_NS;
        /* A real game would wait for the next frame with what this leaves over. */
        if (took < FRAME_NS)
            need(tpn_gc_step(ctx, (FRAME_NS - took) / 4, &done) == TPN_OK, "a step");
    }
    fprintf(stderr, "the longest frame took %llu us; %llu of %d were late\n", (unsigned long long)longest / 1000, (unsigned long long)late, frames);
}

int main(int argc, char **argv)
{
    tpn_config config;
    tpn_heap *heap = NULL;
    tpn_fnspec fn;
    char message[200] = "";
    if (tpn_config_init(&config, (uint32_t)sizeof config) != TPN_OK)
        return 1;
    config.manager = argc > 1 ? argv[1] : NULL;
    if (tpn_heap_new(&config, &heap, message, sizeof message) != TPN_OK || tpn_attach_heap(heap, &ctx) != TPN_OK) {
        fprintf(stderr, "game: %s\n", message);
        return 2;
    }
    memset(&fn, 0, sizeof fn);
    fn.size = (uint32_t)sizeof fn;
    fn.name = "draw";
    fn.fn = draw;
    fn.min_args = fn.max_args = 2;
    need(!tpn_is_err(tpn_module(ctx, "game", &fn, 1)), "the module");
    need(!tpn_is_err(tpn_exec(ctx, script, TPN_STRLEN, "game.py")), "the script");
    play(argc > 2 ? atoi(argv[2]) : 300);
    need(tpn_debug_verify(ctx) == TPN_OK, "the heap");
    return tpn_heap_free(heap) == TPN_OK ? 0 : 1;
}
