/* Types of the host as classes: made, derived from and changed by scripts; slots in a tail, and where only a trace function knows of them. It
 * prints the same under every manager. Arguments: the manager, and "zeal" to collect at every safe point with the verifier on. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "check.h"

static int zeal;

/* Prints a value, or the exception that there is instead: without its traceback. */
static void tell(const char *what, tpn_val value)
{
    char text[400] = "";
    if (tpn_is_err(value)) {
        tpn_val exception = tpn_err_take(ctx);
        CHECK(tpn_str_copy(ctx, tpn_repr(ctx, exception), text, sizeof text) > 0);
    } else {
        CHECK(tpn_str_copy(ctx, tpn_repr(ctx, value), text, sizeof text) >= 0);
    }
    printf("%s: %s\n", what, text);
}

/* Runs a script, and prints what it raises. */
static void run(const char *source)
{
    if (tpn_is_err(tpn_exec(ctx, source, TPN_STRLEN, NULL)))
        tell("raised", tpn_err());
}

static void fill(tpn_fnspec *fn, const char *name, uint32_t flags, tpn_native_fn body, int32_t min, int32_t max)
{
    memset(fn, 0, sizeof *fn);
    fn->size = (uint32_t)sizeof *fn;
    fn->name = name;
    fn->flags = flags;
    fn->fn = body;
    fn->min_args = min;
    fn->max_args = max;
}

static void begin_type(tpn_typespec *spec, const char *name, size_t size, uint32_t flags)
{
    memset(spec, 0, sizeof *spec);
    spec->size = (uint32_t)sizeof *spec;
    spec->name = name;
    spec->payload_size = (uint32_t)size;
    spec->payload_align = 8;
    spec->flags = flags;
}

/* ---- a class that scripts make, change and derive from ---- */

typedef struct { double x, y; tpn_slot tag; int64_t made; } point;

static tpn_type point_type;
static int points, freed;

static point *point_of(tpn_val self) { return (point *)tpn_payload(ctx, self, point_type); }

static tpn_val point_init(tpn_ctx *c, void *ud, tpn_val self, int32_t argc, const tpn_val *argv)
{
    point *p = point_of(self);
    (void)c;
    (void)ud;
    (void)argc;
    if (p == NULL || tpn_to_f64(ctx, argv[0], &p->x) != TPN_OK)
        return tpn_err();
    if (!tpn_is_absent(argv[1]) && tpn_to_f64(ctx, argv[1], &p->y) != TPN_OK)
        return tpn_err();
    if (!tpn_is_absent(argv[2]) && tpn_slot_set(ctx, self, &p->tag, argv[2]) != TPN_OK)
        return tpn_err();
    p->made = ++points;
    return tpn_none();
}

static tpn_val get_x(tpn_ctx *c, void *ud, tpn_val self, int32_t argc, const tpn_val *argv)
{
    point *p = point_of(self);
    (void)c; (void)ud; (void)argc; (void)argv;
    return p == NULL ? tpn_err() : tpn_float(ctx, p->x);
}

static tpn_val set_x(tpn_ctx *c, void *ud, tpn_val self, int32_t argc, const tpn_val *argv)
{
    point *p = point_of(self);
    (void)c; (void)ud;
    CHECK(argc == 1);
    if (p == NULL)
        return tpn_err();
    if (tpn_is_absent(argv[0])) {
        p->x = -1.0;
        return tpn_none();
    }
    return tpn_to_f64(ctx, argv[0], &p->x) == TPN_OK ? tpn_none() : tpn_err();
}

static tpn_val get_tag(tpn_ctx *c, void *ud, tpn_val self, int32_t argc, const tpn_val *argv)
{
    point *p = point_of(self);
    tpn_val tag;
    (void)c; (void)ud; (void)argc; (void)argv;
    if (p == NULL)
        return tpn_err();
    tag = tpn_slot_get(ctx, self, &p->tag);
    return tpn_is_absent(tag) ? tpn_none() : tag;
}

static tpn_val point_call(tpn_ctx *c, void *ud, tpn_val self, int32_t argc, const tpn_val *argv)
{
    point *p = point_of(self);
    double by = 0;
    (void)c; (void)ud; (void)argc;
    if (p == NULL || tpn_to_f64(ctx, argv[0], &by) != TPN_OK)
        return tpn_err();
    return tpn_float(ctx, (p->x + p->y) * by);
}

static tpn_val point_len(tpn_ctx *c, void *ud, tpn_val self, int32_t argc, const tpn_val *argv)
{
    (void)c; (void)ud; (void)self; (void)argc; (void)argv;
    return tpn_i32(2);
}

static tpn_val point_add(tpn_ctx *c, void *ud, tpn_val self, int32_t argc, const tpn_val *argv)
{
    point *a = point_of(self), *b = point_of(argv[0]), *sum;
    void *payload = NULL;
    tpn_val made;
    (void)c; (void)ud; (void)argc;
    if (a == NULL || b == NULL)
        return tpn_err();
    made = tpn_new(ctx, point_type, &payload);
    if (tpn_is_err(made))
        return made;
    sum = (point *)payload;
    sum->x = a->x + b->x;
    sum->y = a->y + b->y;
    return made;
}

static void finalize(void *payload, tpn_fin *fin, void *ud)
{
    (void)payload; (void)fin; (void)ud;
    freed++;
}

static void free_ud(void *ud) { ++*(int *)ud; }

static void classes(int *uds)
{
    static const uint32_t slots[] = { (uint32_t)offsetof(point, tag) };
    tpn_typespec spec;
    tpn_fnspec fns[7];
    tpn_val derived, exact;
    begin_type(&spec, "geometry.Point", sizeof(point), TPN_TYPE_NEW | TPN_TYPE_BASE);
    fill(&fns[0], "x", TPN_FN_SETTER, set_x, 0, 0); /* before its getter: any order will do */
    fill(&fns[1], "__init__", TPN_FN_METHOD, point_init, 0, 0);
    fns[1].params = "x, y=, /, *, tag=";
    fill(&fns[2], "x", TPN_FN_GETTER, get_x, 0, 0);
    fill(&fns[3], "tag", TPN_FN_GETTER, get_tag, 0, 0);
    fill(&fns[4], "__call__", TPN_FN_METHOD, point_call, 1, 1);
    fill(&fns[5], "__len__", TPN_FN_METHOD, point_len, 0, 0);
    fill(&fns[6], "__add__", TPN_FN_METHOD, point_add, 1, 1);
    fns[0].ud = fns[2].ud = uds;
    fns[0].ud_free = fns[2].ud_free = free_ud;
    spec.slots = slots;
    spec.n_slots = 1;
    spec.fns = fns;
    spec.n_fns = 7;
    spec.finalize = finalize;
    CHECK(tpn_type_new(ctx, &spec, &point_type) == TPN_OK);
    CHECK(tpn_setattr(ctx, tpn_main(ctx), tpn_intern(ctx, "Point", TPN_STRLEN), tpn_type_val(ctx, point_type)) == TPN_OK);
    CHECK(tpn_setattr(ctx, tpn_type_val(ctx, point_type), tpn_intern(ctx, "DIMENSIONS", TPN_STRLEN), tpn_i32(2)) == TPN_OK);

    tell("class", eval("Point"));
    tell("made", eval("[Point(3).x, Point(1, 2)(10), len(Point(1)), Point(1, tag='t').tag, Point(1).tag, Point.DIMENSIONS]"));
    tell("sum", eval("(Point(1, 2) + Point(3, 4))(1)"));
    tell("no arguments", eval("Point()"));
    tell("too many", eval("Point(1, 2, 3)"));
    tell("unknown name", eval("Point(1, z=2)"));
    tell("of no number", eval("Point('a')"));
    run("p = Point(5)\np.x = 7\nprint(p.x)\ndel p.x\nprint(p.x)\n");
    run("p.x = 'text'");
    run("p.tag = 1");
    run("del p.tag");
    run("p.other = 1");
    tell("getset", eval("type(Point.x).__name__"));
    tell("a getter with another self", eval("Point.x.__get__(5)"));

    run("class Named(Point):\n"
        "    kind = 'named'\n"
        "    def __init__(self, name, *rest):\n"
        "        super().__init__(*rest, tag=self)\n"
        "        self.name = name\n"
        "    def __len__(self): return super().__len__() + 1\n"
        "    def __repr__(self): return f'<{self.name} {self.x}>'\n"
        "class Slotted(Point):\n"
        "    __slots__ = 'left',\n"
        "class Both(Named, Slotted): pass\n"
        "n = Named('first', 4, 5)\n"
        "n.x += 1\n"
        "n.extra = [n]\n"
        "print(n, len(n), n(2), n.tag is n, isinstance(n, Point), n.__dict__.keys())\n"
        "s = Slotted(1); s.left = 2\n"
        "print(s.left, s.x, Both.__mro__)\n"
        "b = Both('both', 6); b.left = b; b.right = n\n"
        "print(b, b.left, b.right)\n"
        "print([Named(str(i), i) for i in range(3)])\n");
    run("class Lazy(Point):\n    def __init__(self): pass\nprint(Lazy().x, Lazy().tag)\n");
    run("class WithDel(Point):\n    def __del__(self): print('del', self.x)\nw = WithDel(9)\ndel w\nimport gc\ngc.collect()\n");
    tell("a class of no type", eval("Point.__new__(int)"));
    tell("object.__new__", eval("object.__new__(Named)"));
    run("class Bad(Point, list): pass");
    run("n.__class__ = Slotted");
    derived = eval("Named('c', 2)");
    CHECK(tpn_payload(ctx, derived, point_type) != NULL && tpn_kind(ctx, derived) == TPN_K_HOST);
    CHECK(tpn_isinstance(ctx, derived, tpn_type_val(ctx, point_type)) == 1);
    CHECK(tpn_slot_set(ctx, derived, &point_of(derived)->tag, eval("'set'")) == TPN_OK);
    tell("tag", tpn_getattr(ctx, derived, tpn_intern(ctx, "tag", TPN_STRLEN)));
    exact = eval("Point(1)");
    CHECK(tpn_slot_set(ctx, exact, &point_of(derived)->tag, exact) == TPN_E_ARG);
    CHECK(tpn_err_clear(ctx) == TPN_OK);
    CHECK(tpn_payload(ctx, tpn_i32(1), point_type) == NULL && tpn_err_clear(ctx) == TPN_OK);
    /* Cycles through a payload and through attributes. */
    run("for i in range(20):\n    n = Named('cycle', i)\n    n.self = n\nn = s = b = p = None\n");
}

/* ---- types that scripts may not make, or not derive from ---- */

static void closed_types(void)
{
    tpn_typespec spec;
    tpn_type type;
    begin_type(&spec, "Sealed", 8, 0);
    CHECK(tpn_type_new(ctx, &spec, &type) == TPN_OK);
    CHECK(tpn_setattr(ctx, tpn_main(ctx), tpn_intern(ctx, "Sealed", TPN_STRLEN), tpn_type_val(ctx, type)) == TPN_OK);
    tell("sealed", eval("Sealed()"));
    run("class Sub(Sealed): pass");
    begin_type(&spec, "Final", 8, TPN_TYPE_NEW);
    CHECK(tpn_type_new(ctx, &spec, &type) == TPN_OK);
    CHECK(tpn_setattr(ctx, tpn_main(ctx), tpn_intern(ctx, "Final", TPN_STRLEN), tpn_type_val(ctx, type)) == TPN_OK);
    tell("final", eval("type(Final()).__name__"));
    tell("takes nothing", eval("Final(1)"));
    run("class Sub(Final): pass");
}

/* ---- a tail: nodes with as many children as they are made with ---- */

typedef struct { uint32_t n; tpn_slot children[1]; } node; /* the tail begins where children does */

static void tails(void)
{
    tpn_typespec spec;
    tpn_type type;
    tpn_val root, leaf, got;
    void *payload = NULL;
    tpn_slot *tail = NULL;
    uint32_t i;
    int64_t sum = 0, number = 0;
    begin_type(&spec, "tree.Node", offsetof(node, children), TPN_TYPE_TAIL);
    spec.finalize = finalize;
    CHECK(tpn_type_new(ctx, &spec, &type) == TPN_OK);
    CHECK(tpn_is_err(tpn_new(ctx, type, NULL)) && tpn_err_status(ctx) == TPN_E_ARG && tpn_err_clear(ctx) == TPN_OK);
    root = tpn_new_tail(ctx, type, 100, &payload, &tail);
    CHECK(tail == ((node *)payload)->children);
    ((node *)payload)->n = 100;
    for (i = 0; i < 100; i++) {
        tpn_scope scope = tpn_scope_open(ctx);
        leaf = tpn_list(ctx, 0, NULL);
        CHECK(tpn_append(ctx, leaf, tpn_i32((int32_t)i)) == TPN_OK);
        CHECK(tpn_slot_set(ctx, root, &tail[i], leaf) == TPN_OK);
        CHECK(tpn_scope_close(ctx, scope) == TPN_OK);
    }
    CHECK(tpn_gc_collect(ctx, TPN_GC_FULL) == TPN_OK && tpn_debug_verify(ctx) == TPN_OK);
    for (i = 0; i < 100; i++) {
        tpn_scope scope = tpn_scope_open(ctx);
        got = tpn_getitem(ctx, tpn_slot_get(ctx, root, &tail[i]), tpn_i32(0));
        CHECK(tpn_to_i64(ctx, got, &number) == TPN_OK);
        sum += number;
        CHECK(tpn_scope_close(ctx, scope) == TPN_OK);
    }
    printf("tail: %ld\n", (long)sum);
    CHECK(tpn_slot_set(ctx, root, tail + 100, root) == TPN_E_ARG && tpn_err_clear(ctx) == TPN_OK);
    CHECK(tpn_slot_set(ctx, root, (tpn_slot *)payload, root) == TPN_E_ARG && tpn_err_clear(ctx) == TPN_OK);
    /* A cycle through the tail; an empty tail. */
    CHECK(tpn_slot_set(ctx, root, &tail[7], root) == TPN_OK);
    leaf = tpn_new_tail(ctx, type, 0, NULL, &tail);
    CHECK(tpn_slot_set(ctx, leaf, tail, root) == TPN_E_ARG && tpn_err_clear(ctx) == TPN_OK);
}

/* ---- a trace function: a bag whose slots lie in an array of its own, which grows ---- */

typedef struct { size_t n, room; tpn_slot *items; } bag;

static void trace_bag(void *payload, tpn_tracer *tracer, void *ud)
{
    bag *b = (bag *)payload;
    (void)ud;
    CHECK(tpn_trace_slots(tracer, b->items, b->n) == TPN_OK || b->n == 0);
}

static void free_bag(void *payload, tpn_fin *fin, void *ud)
{
    finalize(payload, fin, ud);
    free(((bag *)payload)->items);
}

static void push(tpn_val self, bag *b, tpn_val value)
{
    if (b->n == b->room) {
        size_t room = b->room == 0 ? 2 : b->room * 2;
        tpn_slot *items = (tpn_slot *)calloc(room, sizeof *items);
        CHECK(items != NULL);
        if (b->n > 0)
            memcpy(items, b->items, b->n * sizeof *items);
        free(b->items);
        b->items = items;
        b->room = room;
    }
    b->n++;
    CHECK(tpn_slot_set(ctx, self, &b->items[b->n - 1], value) == TPN_OK);
}

static void traced(void)
{
    tpn_typespec spec;
    tpn_type type;
    tpn_val object, list;
    tpn_slot elsewhere;
    void *payload = NULL;
    bag *b;
    int32_t i;
    char text[80] = "";
    begin_type(&spec, "Bag", sizeof(bag), 0);
    spec.trace = trace_bag;
    spec.finalize = free_bag;
    CHECK(tpn_type_new(ctx, &spec, &type) == TPN_OK);
    object = tpn_new(ctx, type, &payload);
    b = (bag *)payload;
    for (i = 0; i < 300; i++) {
        tpn_scope scope = tpn_scope_open(ctx);
        list = tpn_list(ctx, 0, NULL);
        CHECK(tpn_append(ctx, list, tpn_int(ctx, (int64_t)i << 40)) == TPN_OK);
        push(object, b, list);
        if (i % 10 == 9)
            push(object, b, object);
        CHECK(tpn_scope_close(ctx, scope) == TPN_OK);
        if (i % 50 == 0)
            CHECK(tpn_gc_collect(ctx, TPN_GC_FULL) == TPN_OK);
    }
    CHECK(tpn_debug_verify(ctx) == TPN_OK);
    CHECK(tpn_str_copy(ctx, tpn_repr(ctx, tpn_slot_get(ctx, object, &b->items[200])), text, sizeof text) > 0);
    printf("bag: %d of %s\n", (int)b->n, text);
    /* What goes is emptied before. */
    while (b->n > 100) {
        CHECK(tpn_slot_set(ctx, object, &b->items[b->n - 1], tpn_absent()) == TPN_OK);
        b->n--;
    }
    CHECK(tpn_gc_collect(ctx, TPN_GC_FULL) == TPN_OK && tpn_debug_verify(ctx) == TPN_OK);
    memset(&elsewhere, 0, sizeof elsewhere);
    CHECK(tpn_slot_set(ctx, object, NULL, object) == TPN_E_ARG && tpn_err_clear(ctx) == TPN_OK);
    if (zeal)
        CHECK(tpn_slot_set(ctx, object, &elsewhere, object) == TPN_E_ARG && tpn_err_clear(ctx) == TPN_OK);
}

int main(int argc, char **argv)
{
    static const tpn_opt options[] = { { "zeal.collect_every", 1 }, { "zeal.verify", 1 } };
    tpn_config config;
    tpn_heap *heap = NULL;
    tpn_scope scope;
    char message[200] = "";
    int uds = 0, before;
    CHECK(tpn_config_init(&config, (uint32_t)sizeof config) == TPN_OK);
    config.manager = argc > 1 ? argv[1] : NULL;
    zeal = argc > 2 && strcmp(argv[2], "zeal") == 0;
    config.log = print;
    config.opts = options;
    config.n_opts = zeal ? 2 : 0;
    if (tpn_heap_new(&config, &heap, message, sizeof message) != TPN_OK) {
        fprintf(stderr, "%s\n", message);
        return 2;
    }
    CHECK(tpn_attach_heap(heap, &ctx) == TPN_OK);
    CHECK(tpn_has("host-classes") == 1);
    scope = tpn_scope_open(ctx);
    classes(&uds);
    closed_types();
    tails();
    traced();
    CHECK(tpn_scope_close(ctx, scope) == TPN_OK);
    CHECK(tpn_gc_collect(ctx, TPN_GC_DRAIN) == TPN_OK && tpn_debug_verify(ctx) == TPN_OK);
    before = freed;
    CHECK(uds == 0);
    CHECK(tpn_heap_free(heap) == TPN_OK);
    CHECK(uds == 2);
    printf("freed: %d before the heap closed, %d in all\n", before, freed);
    return 0;
}
