/* What a host does with values: operators, calls with names, whole objects. It prints the same under every manager. The argument is the
 * manager. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "check.h"

static tpn_name name(const char *text) { return tpn_intern(ctx, text, TPN_STRLEN); }
static uint64_t locals(void)
{
    tpn_stats stats;
    memset(&stats, 0, sizeof stats);
    stats.size = (uint32_t)sizeof stats;
    CHECK(tpn_gc_stats(ctx, &stats) == TPN_OK);
    return stats.locals;
}

static void operators(void)
{
    static const char *const signs[] = { "+", "-", "*", "/", "//", "%", "**", "&", "|", "^", "<<", ">>", "@", "divmod" };
    tpn_val big = tpn_binary(ctx, TPN_POW, tpn_i32(3), tpn_i32(50)), list = eval("[1, 2]"), vector, sum;
    int32_t op;
    int64_t hash = 0, same = 0;
    for (op = TPN_ADD; op <= TPN_DIVMOD; op++) {
        show(signs[op], tpn_binary(ctx, op, tpn_i32(-7), tpn_i32(3)));
        show(signs[op], tpn_binary(ctx, op, big, tpn_float(ctx, 0.0)));
    }
    for (op = TPN_NEG; op <= TPN_ABS; op++) {
        show("unary", tpn_unary(ctx, op, tpn_i32(-7)));
        show("unary", tpn_unary(ctx, op, list));
    }
    sum = tpn_inplace(ctx, TPN_ADD, list, eval("(3, 4)"));
    CHECK(tpn_is(ctx, sum, list) == 1);
    show("list += tuple", list);
    show("list + tuple", tpn_binary(ctx, TPN_ADD, list, eval("(3, 4)")));
    CHECK(tpn_is_none(tpn_exec(ctx,
        "class Vector:\n"
        "    def __init__(self, *items): self.items = items\n"
        "    def __eq__(self, other): return [a == b for a, b in zip(self.items, other.items)]\n"
        "    def __matmul__(self, other): return sum(a * b for a, b in zip(self.items, other.items))\n"
        "    def __rsub__(self, other): return f'{other} - {self.items}'\n", TPN_STRLEN, NULL)));
    vector = eval("Vector(1, 2, 3)");
    show("==", tpn_compare_val(ctx, TPN_EQ, vector, eval("Vector(1, 5, 3)")));
    show("<", tpn_compare_val(ctx, TPN_LT, vector, vector));
    show("@", tpn_binary(ctx, TPN_MATMUL, vector, vector));
    show("reflected", tpn_binary(ctx, TPN_SUB, tpn_i32(1), vector));
    CHECK(tpn_hash(ctx, tpn_str(ctx, "key", TPN_STRLEN), &hash) == TPN_OK);
    CHECK(tpn_hash(ctx, eval("'k' + 'ey'"), &same) == TPN_OK && hash == same);
    CHECK(tpn_hash(ctx, tpn_float(ctx, 7.0), &hash) == TPN_OK && hash == 7);
    CHECK(tpn_hash(ctx, list, &hash) == TPN_E_EXC && hash == 7);
    show("hash", tpn_err());
}

/* def box(width, /, height=, *sides, title, **rest) */
static tpn_val box(tpn_ctx *c, void *ud, tpn_val self, int32_t argc, const tpn_val *argv)
{
    int32_t *calls = (int32_t *)ud;
    tpn_val items[8];
    int32_t at;
    CHECK(tpn_is_absent(self) && argc >= 4 && argc < 8);
    (*calls)++;
    for (at = 0; at < argc; at++)
        items[at] = tpn_is_absent(argv[at]) ? tpn_str(c, "absent", TPN_STRLEN) : argv[at];
    return tpn_tuple(c, argc, items);
}

static tpn_val scaled(tpn_ctx *c, void *ud, tpn_val self, int32_t argc, const tpn_val *argv)
{
    (void)ud;
    CHECK(argc == 2 && tpn_kind(c, self) == TPN_K_HOST);
    return tpn_binary(c, TPN_MUL, tpn_is_absent(argv[0]) ? tpn_i32(10) : argv[0], tpn_is_absent(argv[1]) ? tpn_i32(1) : argv[1]);
}

static tpn_fnspec spec_of(const char *text, tpn_native_fn fn, uint32_t flags, const char *params)
{
    tpn_fnspec spec;
    memset(&spec, 0, sizeof spec);
    spec.size = (uint32_t)sizeof spec;
    spec.flags = flags;
    spec.name = text;
    spec.fn = fn;
    spec.params = params;
    return spec;
}

static void keywords(void)
{
    int32_t calls = 0, round;
    tpn_fnspec spec = spec_of("box", box, TPN_FN_PLAIN, "width, /, height=, *sides, title, **rest");
    tpn_fnspec methods[1], old;
    tpn_typespec type;
    tpn_type made;
    tpn_kwarg named[2];
    tpn_val arguments[3], function, object;
    tpn_scope scope;
    uint64_t before;
    spec.ud = &calls;
    function = tpn_func(ctx, &spec);
    CHECK(tpn_setattr(ctx, tpn_main(ctx), name("box"), function) == TPN_OK);
    show("box", eval("box(1, title='t')"));
    show("box", eval("box(1, 2, 3, 4, title='t', color='red')"));
    show("box", eval("box(1, height=2, title='t', width=3)"));
    show("box", eval("box(1)"));
    show("box", eval("box(title='t')"));
    show("box", eval("box(1, 2, title='t', height=3)"));
    arguments[0] = tpn_i32(1);
    named[0].name = name("title");
    named[0].value = tpn_str(ctx, "from C", TPN_STRLEN);
    named[1].name = name("color");
    named[1].value = tpn_none();
    show("call_kw", tpn_call_kw(ctx, function, 1, arguments, 2, named));
    show("call_kw", tpn_call_kw(ctx, eval("lambda a, *, title, color: (a, title, color)"), 1, arguments, 2, named));
    show("call_kw", tpn_call_kw(ctx, eval("dict"), 0, NULL, 2, named));
    show("call_kw", tpn_call_kw(ctx, function, 1, arguments, 0, NULL));
    named[1] = named[0];
    show("twice", tpn_call_kw(ctx, function, 1, arguments, 2, named));
    before = locals();
    for (round = 0; round < 1000; round++) {
        scope = tpn_scope_open(ctx);
        CHECK(!tpn_is_err(tpn_call_kw(ctx, function, 1, arguments, 1, named)));
        CHECK(tpn_scope_close(ctx, scope) == TPN_OK);
    }
    CHECK(locals() == before && calls == 1004);

    methods[0] = spec_of("scaled", scaled, TPN_FN_METHOD, "by=, *, times=");
    memset(&type, 0, sizeof type);
    type.size = (uint32_t)sizeof type;
    type.name = "shapes.Shape";
    type.payload_size = type.payload_align = 8;
    type.fns = methods;
    type.n_fns = 1;
    CHECK(tpn_type_new(ctx, &type, &made) == TPN_OK);
    object = tpn_new(ctx, made, NULL);
    CHECK(tpn_setattr(ctx, tpn_main(ctx), name("shape"), object) == TPN_OK);
    show("method", eval("[shape.scaled(), shape.scaled(3), shape.scaled(by=4), shape.scaled(times=2), shape.scaled(5, times=6)]"));
    show("method", eval("shape.scaled(1, 2)"));
    show("method", eval("shape.scaled(by=1, sideways=2)"));
    named[0].name = name("times");
    named[0].value = tpn_i32(7);
    show("method_kw", tpn_call_method_kw(ctx, object, name("scaled"), 1, arguments, 1, named));
    show("method_kw", tpn_call_method_kw(ctx, eval("[3, 1, 2]"), name("sort"), 0, NULL, 1, named));

    /* As a program that was compiled before there were names: min_args and max_args count. */
    old = spec_of("old", box, TPN_FN_PLAIN, "not, looked, at");
    old.size = (uint32_t)offsetof(tpn_fnspec, params);
    old.min_args = 4;
    old.max_args = 4;
    old.ud = &calls;
    CHECK(tpn_setattr(ctx, tpn_main(ctx), name("old"), tpn_func(ctx, &old)) == TPN_OK);
    show("old", eval("old(1, 2, 3, 4)"));
    show("old", eval("old(1, 2, 3)"));
    show("old", eval("old(1, 2, 3, looked=4)"));
}

static void bulk(void)
{
    static const double doubles[] = { 1.5, -2.0, 1e300 };
    static const int64_t ints[] = { INT64_MIN, 0, INT64_MAX };
    double read[8];
    int64_t whole[8];
    tpn_val items[8], key, value, dict = eval("{'a': 1, 2: ['b'], (3,): None}"), made;
    uint64_t position = 0, before;
    tpn_scope scope;
    int32_t round;
    int64_t n, at;
    show("doubles", tpn_list_doubles(ctx, 3, doubles));
    show("ints", tpn_list_i64(ctx, 3, ints));
    show("none", tpn_list_i64(ctx, 0, NULL));
    CHECK(tpn_seq_doubles(ctx, tpn_list_doubles(ctx, 3, doubles), 1, 8, read) == 2);
    CHECK(memcmp(read, doubles + 1, 2 * sizeof *read) == 0);
    CHECK(tpn_seq_i64(ctx, tpn_list_i64(ctx, 3, ints), 0, 3, whole) == 3 && memcmp(whole, ints, sizeof ints) == 0);
    CHECK(tpn_seq_doubles(ctx, eval("(1, 2.5, True, 2**100)"), 0, 8, read) == 4);
    CHECK(read[0] == 1.0 && read[1] == 2.5 && read[2] == 1.0 && read[3] > 1.26e30 && read[3] < 1.27e30);
    CHECK(tpn_is_none(tpn_exec(ctx, "from array import array", TPN_STRLEN, NULL)));
    CHECK(tpn_seq_doubles(ctx, eval("array('d', [0.5, 1.5, 2.5])"), 1, 1, read) == 1 && read[0] == 1.5);
    CHECK(tpn_seq_doubles(ctx, eval("array('f', [0.5, 1.5])"), 0, 8, read) == 2 && read[1] == 1.5);
    CHECK(tpn_seq_doubles(ctx, eval("array('b', [-3, 4])"), 0, 8, read) == 2 && read[0] == -3.0);
    CHECK(tpn_seq_i64(ctx, eval("array('h', [-300, 4])"), 0, 8, whole) == 2 && whole[0] == -300);
    CHECK(tpn_seq_i64(ctx, eval("array('d')"), 0, 8, whole) == 0);
    read[0] = 7.0;
    CHECK(tpn_seq_doubles(ctx, eval("[1.0, 'two']"), 0, 8, read) == TPN_E_TYPE && read[0] == 7.0);
    show("doubles", tpn_err());
    CHECK(tpn_seq_doubles(ctx, eval("[1.0, 10**400]"), 0, 8, read) == TPN_E_RANGE && read[0] == 7.0);
    show("doubles", tpn_err());
    CHECK(tpn_seq_i64(ctx, eval("array('Q', [2**63])"), 0, 8, whole) == TPN_E_RANGE);
    show("ints", tpn_err());
    CHECK(tpn_seq_i64(ctx, eval("[1.5]"), 0, 8, whole) == TPN_E_TYPE);
    show("ints", tpn_err());
    CHECK(tpn_seq_i64(ctx, eval("{1}"), 0, 8, whole) == TPN_E_TYPE);
    show("ints", tpn_err());

    n = tpn_seq_copy(ctx, eval("['x', 1, None, ('y',), 2**70]"), 1, 8, items);
    CHECK(n == 4);
    for (at = 0; at < n; at++)
        show("item", items[at]);
    CHECK(tpn_seq_copy(ctx, eval("('x',)"), 5, 8, items) == 0);
    before = locals();
    for (round = 0; round < 1000; round++) {
        scope = tpn_scope_open(ctx);
        CHECK(tpn_seq_copy(ctx, dict, 0, 8, items) == TPN_E_TYPE && tpn_err_clear(ctx) == TPN_OK);
        CHECK(tpn_seq_copy(ctx, eval("['x', 1, None, ('y',), 2**70]"), 1, 8, items) == n);
        CHECK(tpn_dict_next(ctx, dict, &position, &key, &value) == 1);
        CHECK(tpn_scope_close(ctx, scope) == TPN_OK);
        position = 0;
    }
    CHECK(locals() == before);
    while (tpn_dict_next(ctx, dict, &position, &key, &value) == 1) {
        show("key", key);
        show("value", value);
    }
    position = 0;
    CHECK(tpn_dict_next(ctx, dict, &position, &key, NULL) == 1 && position == 1);
    CHECK(tpn_dict_next(ctx, dict, &position, &key, NULL) == 1 && key.bits == tpn_i32(2).bits);
    items[0] = items[1] = tpn_i32(4);
    made = tpn_frozenset(ctx, 2, items);
    show("frozenset", made);
    CHECK(tpn_kind(ctx, made) == TPN_K_SET && tpn_hash(ctx, made, whole) == TPN_OK);
}

static void bigints(void)
{
    static const unsigned char bytes[] = { 0xfe, 0xff, 0x01, 0, 0, 0, 0, 0, 0, 0, 0x80 };
    unsigned char back[16];
    uint32_t flags;
    tpn_val number;
    for (flags = 0; flags <= (TPN_INT_SIGNED | TPN_INT_BIG); flags++) {
        number = tpn_int_from_bytes(ctx, bytes, sizeof bytes, flags);
        show("from bytes", number);
        CHECK(tpn_int_to_bytes(ctx, number, NULL, 0, flags) == (int64_t)sizeof bytes);
        memset(back, 0x5a, sizeof back);
        CHECK(tpn_int_to_bytes(ctx, number, back, sizeof bytes - 1, flags) == (int64_t)sizeof bytes && back[0] == 0x5a);
        CHECK(tpn_int_to_bytes(ctx, number, back, sizeof bytes, flags) == (int64_t)sizeof bytes);
        CHECK(memcmp(back, bytes, sizeof bytes) == 0);
        CHECK(tpn_int_to_bytes(ctx, number, back, sizeof back, flags) == (int64_t)sizeof bytes);
        CHECK(tpn_compare(ctx, TPN_EQ, tpn_int_from_bytes(ctx, back, sizeof back, flags), number) == 1);
    }
    show("nothing", tpn_int_from_bytes(ctx, NULL, 0, TPN_INT_SIGNED));
    CHECK(tpn_int_to_bytes(ctx, tpn_i32(0), back, 2, 0) == 1 && back[0] == 0 && back[1] == 0);
    CHECK(tpn_int_to_bytes(ctx, tpn_i32(-1), back, 2, TPN_INT_SIGNED) == 1 && back[0] == 0xff && back[1] == 0xff);
    CHECK(tpn_int_to_bytes(ctx, tpn_i32(128), NULL, 0, TPN_INT_SIGNED) == 2 && tpn_int_to_bytes(ctx, tpn_i32(128), NULL, 0, 0) == 1);
    CHECK(tpn_int_to_bytes(ctx, tpn_i32(-1), back, 2, 0) == TPN_E_RANGE);
    show("to bytes", tpn_err());
    CHECK(tpn_int_to_bytes(ctx, tpn_float(ctx, 1.0), back, 2, 0) == TPN_E_TYPE);
    show("to bytes", tpn_err());
}

static int32_t asked;

static tpn_val loader(tpn_ctx *c, void *ud, const char *module, int32_t *is_package)
{
    ++*(int32_t *)ud;
    CHECK(*is_package == 0);
    if (strcmp(module, "game") == 0) {
        *is_package = 1;
        return tpn_str(c, "from . import rules\nfrom game.rules import LIMIT\nname = __name__, __package__, __file__, __path__", TPN_STRLEN);
    }
    if (strcmp(module, "game.rules") == 0)
        return tpn_compile(c, "LIMIT = 6 * 7", TPN_STRLEN, "rules.py", TPN_CODE_EXEC);
    if (strcmp(module, "made") == 0)
        return tpn_eval(c, "__import__('sys')", TPN_STRLEN, NULL);
    if (strcmp(module, "broken") == 0)
        return tpn_str(c, "x = 1\nraise KeyError(x)\n", TPN_STRLEN);
    if (strcmp(module, "refused") == 0)
        return tpn_raise_std(c, "PermissionError", "not for scripts");
    return tpn_absent();
}

static void code(void)
{
    tpn_val twice = tpn_compile(ctx, "x * 2", TPN_STRLEN, "twice.py", TPN_CODE_EVAL);
    tpn_val define = tpn_compile(ctx, "def f(): return len(x)\ny = f()", TPN_STRLEN, "define.py", TPN_CODE_EXEC);
    tpn_val first = eval("{'x': [1]}"), second = eval("{'x': 'text'}");
    int32_t before;
    show("twice", tpn_run(ctx, twice, first));
    show("twice", tpn_run(ctx, twice, second));
    show("twice", tpn_run(ctx, twice, tpn_dict(ctx, 0, NULL)));
    show("define", tpn_run(ctx, define, second));
    show("y", tpn_getitem(ctx, second, tpn_str(ctx, "y", 1)));
    CHECK(tpn_setattr(ctx, tpn_main(ctx), name("x"), tpn_i32(21)) == TPN_OK);
    show("main", tpn_run(ctx, twice, tpn_absent()));
    show("syntax", tpn_compile(ctx, "x = ", TPN_STRLEN, "bad.py", TPN_CODE_EXEC));
    show("syntax", tpn_compile(ctx, "x = 1", TPN_STRLEN, "bad.py", TPN_CODE_EVAL));
    show("free", tpn_run(ctx, eval("(lambda a: lambda: a)(1).__code__"), first));
    show("no code", tpn_run(ctx, first, first));
    show("no dict", tpn_run(ctx, twice, twice));

    show("math", tpn_getattr(ctx, tpn_import(ctx, "math"), name("pi")));
    before = asked;
    show("LIMIT", tpn_getattr(ctx, tpn_import(ctx, "game.rules"), name("LIMIT")));
    show("name", eval("__import__('game').name"));
    CHECK(asked == before + 2);
    CHECK(tpn_is(ctx, tpn_import(ctx, "made"), eval("__import__('sys')")) == 1);
    show("missing", tpn_import(ctx, "game.missing"));
    show("missing", tpn_import(ctx, "missing.too"));
    show("broken", tpn_import(ctx, "broken"));
    show("refused", tpn_exec(ctx, "try:\n    import refused\nexcept PermissionError as error:\n    refusal = str(error)", TPN_STRLEN, NULL));
    show("refused", eval("refusal"));
    CHECK(asked == before + 7);
}

/* Code as bytes: from a heap of another manager, too. */
static void bytecode(void)
{
    static char bytes[4096], changed[4096];
    tpn_val globals = tpn_dict(ctx, 0, NULL), loaded;
    int64_t len, at;
    int32_t refused = 0;
    len = tpn_str_copy(ctx, tpn_code_dump(ctx, tpn_compile(ctx, "def f(n, *, by=2):\n    return [n / i for i in range(by)]\ny = x * 1.5, 'z', 1 << 70\n",
                                                           TPN_STRLEN, "kept.py", TPN_CODE_EXEC)), bytes, sizeof bytes);
    CHECK(len > 20 && len < (int64_t)sizeof bytes);
    loaded = tpn_code_load(ctx, bytes, (size_t)len);
    show("no globals", tpn_run(ctx, loaded, globals));
    CHECK(tpn_setitem(ctx, globals, tpn_str(ctx, "x", 1), tpn_i32(3)) == TPN_OK);
    show("loaded", tpn_run(ctx, loaded, globals));
    show("y", tpn_getitem(ctx, globals, tpn_str(ctx, "y", 1)));
    show("f", tpn_call(ctx, tpn_getitem(ctx, globals, tpn_str(ctx, "f", 1)), 1, &globals));
    CHECK(tpn_is(ctx, loaded, tpn_code_load(ctx, bytes, (size_t)len)) == 0);
    CHECK(tpn_compare(ctx, TPN_EQ, tpn_code_dump(ctx, loaded), tpn_bytes(ctx, bytes, (size_t)len)) == 1);
    show("expression", tpn_run(ctx, tpn_code_load(ctx, bytes, 0), globals));
    show("no bytecode", tpn_code_load(ctx, "def f(): pass", 13));
    show("no code", tpn_code_dump(ctx, globals));
    for (at = 0; at < len; at++) {
        tpn_val result;
        memcpy(changed, bytes, (size_t)len);
        changed[at] ^= 0x10;
        result = tpn_code_load(ctx, changed, (size_t)len);
        refused += tpn_is_err(result) && tpn_err_status(ctx) == TPN_E_ARG;
        CHECK(tpn_err_clear(ctx) == TPN_OK);
    }
    CHECK(refused == len);
}

int main(int argc, char **argv)
{
    tpn_config config;
    tpn_heap *heap = NULL;
    char message[200] = "";
    static void (*const parts[])(void) = { operators, keywords, bulk, bigints, code, bytecode };
    size_t part;
    CHECK(tpn_config_init(&config, (uint32_t)sizeof config) == TPN_OK);
    config.loader = loader;
    config.loader_ud = &asked;
    config.manager = argc > 1 ? argv[1] : NULL;
    if (tpn_heap_new(&config, &heap, message, sizeof message) != TPN_OK) {
        fprintf(stderr, "%s\n", message);
        return 2;
    }
    CHECK(tpn_attach_heap(heap, &ctx) == TPN_OK);
    CHECK(tpn_has("arithmetic") == 1 && tpn_has("keywords") == 1 && tpn_has("nonsense") == 0);
    CHECK(tpn_has("bulk") == 1 && tpn_has("bigints") == 1 && tpn_has("code") == 1 && tpn_has("bytecode") == 1);
    for (part = 0; part < sizeof parts / sizeof *parts; part++) {
        tpn_scope scope = tpn_scope_open(ctx);
        uint64_t before = locals();
        parts[part]();
        CHECK(tpn_pending(ctx) == 0 && locals() > before);
        CHECK(tpn_scope_close(ctx, scope) == TPN_OK && locals() == before);
        CHECK(tpn_gc_collect(ctx, TPN_GC_DRAIN) == TPN_OK && tpn_debug_verify(ctx) == TPN_OK);
    }
    CHECK(tpn_heap_free(heap) == TPN_OK);
    return 0;
}
