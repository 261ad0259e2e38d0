/* Buffers and memory of the host's: in place under every manager, kept by whoever looks at them. It prints the same under every manager. The
 * argument is the manager; a second one, that every allocation collects. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "check.h"

static tpn_heap *heap;
static int stressed;

static void run(const char *source) { CHECK(tpn_is_none(tpn_exec(ctx, source, TPN_STRLEN, NULL))); }

static tpn_stats stats(void)
{
    tpn_stats now;
    memset(&now, 0, sizeof now);
    now.size = (uint32_t)sizeof now;
    CHECK(tpn_gc_stats(ctx, &now) == TPN_OK);
    return now;
}

static void set_global(const char *name, tpn_val value)
{
    CHECK(tpn_setattr(ctx, tpn_main(ctx), tpn_intern(ctx, name, TPN_STRLEN), value) == TPN_OK);
}

static tpn_buf room(void)
{
    tpn_buf buf;
    memset(&buf, 0, sizeof buf);
    buf.size = (uint32_t)sizeof buf;
    return buf;
}

static tpn_buf open_buf(tpn_val value, uint32_t flags)
{
    tpn_buf buf = room();
    CHECK(tpn_buf_open(ctx, value, flags, &buf) == TPN_OK);
    CHECK(buf.data != NULL && buf.flags == flags && buf.id != 0);
    return buf;
}

static tpn_status opened(tpn_val value, uint32_t flags)
{
    tpn_buf buf = room();
    tpn_status status = tpn_buf_open(ctx, value, flags, &buf);
    if (status == TPN_OK)
        (void)tpn_buf_close(ctx, &buf);
    else
        CHECK(buf.data == NULL && buf.id == 0);
    return status;
}

/* Garbage and collections, that move what can be moved. */
static void stir(void)
{
    int turn;
    for (turn = 0; turn < 3; turn++) {
        run(stressed ? "stirred = bytes([1]) * 40" : "stirred = [bytes([n % 256]) * 40 for n in range(300)]");
        CHECK(tpn_gc_collect(ctx, TPN_GC_FULL) == TPN_OK);
    }
    run("del stirred");
}

static void immutable(void)
{
    static const struct { const char *source; const char *utf8; uint32_t item_size; uint32_t format; } cases[] = {
        { "b'some bytes'", "some bytes", 1, 'B' },
        { "b''", "", 1, 'B' },
        { "'ascii'", "ascii", 1, 'B' },
        { "''", "", 1, 'B' },
        { "'gr\\xfc\\xdfe \\u20ac'", "gr\xc3\xbc\xc3\x9f" "e \xe2\x82\xac", 1, 'B' },
        { "type('T', (bytes,), {})(b'of a subclass')", "of a subclass", 1, 'B' },
        { "type('T', (str,), {})('of a subclass')", "of a subclass", 1, 'B' },
        { "memoryview(b'some bytes')[5:]", "bytes", 1, 'B' },
        { "memoryview(b'abcd').cast('h')", "abcd", 2, 'h' },
    };
    tpn_scope scope = tpn_scope_open(ctx);
    tpn_buf all[sizeof cases / sizeof *cases];
    void *data[sizeof cases / sizeof *cases];
    size_t n = sizeof cases / sizeof *cases, at;
    for (at = 0; at < n; at++) {
        all[at] = open_buf(eval(cases[at].source), 0);
        data[at] = all[at].data;
        CHECK(all[at].item_size == cases[at].item_size && all[at].format == cases[at].format);
    }
    CHECK(stats().buffers == n);
    /* Nothing but the buffers keeps them. */
    CHECK(tpn_scope_close(ctx, scope) == TPN_OK);
    stir();
    for (at = 0; at < n; at++) {
        CHECK(all[at].data == data[at] && all[at].len == strlen(cases[at].utf8));
        CHECK(memcmp(all[at].data, cases[at].utf8, all[at].len) == 0);
        CHECK(tpn_buf_close(ctx, &all[at]) == TPN_OK);
        CHECK(all[at].data == NULL && all[at].len == 0 && all[at].id == 0);
        CHECK(tpn_buf_close(ctx, &all[at]) == TPN_E_HANDLE);
    }
    CHECK(stats().buffers == 0 && tpn_pending(ctx) == 0);
}

/* Large values are in place under every manager: two buffers have one address. */
static void in_place(void)
{
    static const char *const sources[] = { "b'x' * 100000", "'x' * 100000", "memoryview(b'x' * 100000)" };
    size_t at;
    for (at = 0; at < sizeof sources / sizeof *sources; at++) {
        tpn_val value = eval(sources[at]);
        tpn_buf first = open_buf(value, 0), second = open_buf(value, 0);
        CHECK(first.data == second.data && first.len == 100000 && ((char *)first.data)[99999] == 'x');
        CHECK(tpn_buf_close(ctx, &first) == TPN_OK && tpn_buf_close(ctx, &second) == TPN_OK);
    }
}

static void arrays(int64_t size)
{
    tpn_scope scope = tpn_scope_open(ctx), inner;
    tpn_val array, copy[1];
    tpn_buf buf, other;
    double *numbers, read[3];
    int64_t at, whole[2];
    set_global("size", tpn_int(ctx, size));
    run("import array\na = array.array('d', range(size))");
    array = eval("a");
    buf = open_buf(array, TPN_BUF_WRITE);
    CHECK(buf.len == (size_t)size * sizeof(double) && buf.item_size == sizeof(double) && buf.format == 'd');
    numbers = (double *)buf.data;
    for (at = 0; at < size; at++) {
        CHECK(numbers[at] == (double)at);
        numbers[at] = (double)at / 2;
    }
    stir();
    show("written by C", eval("a[:4], a[-1] == (size - 1) / 2, sum(a) == sum(range(size)) / 2"));
    run("a[1] = 100.0\na.reverse()");
    CHECK(numbers[0] == (double)(size - 1) / 2 && numbers[size - 2] == 100);
    show("append", eval("a.append(1.0)"));
    show("del", tpn_exec(ctx, "del a[0]", TPN_STRLEN, NULL));
    /* A view of it is the same memory. */
    inner = tpn_scope_open(ctx); /* the view is kept by the buffer alone */
    other = open_buf(eval("memoryview(a)[1:]"), TPN_BUF_WRITE);
    CHECK(tpn_scope_close(ctx, inner) == TPN_OK);
    CHECK(other.data == numbers + 1 && other.format == 'd' && stats().buffers == 2);
    run("del a");
    stir();
    numbers[1] = -1;
    CHECK(*(double *)other.data == -1);
    CHECK(tpn_buf_close(ctx, &buf) == TPN_OK);
    copy[0] = array;
    show("still open", tpn_call_method(ctx, array, tpn_intern(ctx, "pop", TPN_STRLEN), 0, copy));
    CHECK(tpn_buf_close(ctx, &other) == TPN_OK);
    copy[0] = tpn_float(ctx, 7);
    show("closed", tpn_call_method(ctx, array, tpn_intern(ctx, "append", TPN_STRLEN), 1, copy));
    CHECK(tpn_len(ctx, array) == size + 1);
    /* Grown since. */
    buf = open_buf(array, 0);
    CHECK(buf.len == (size_t)(size + 1) * sizeof(double) && ((double *)buf.data)[size] == 7);
    CHECK(tpn_buf_close(ctx, &buf) == TPN_OK);
    set_global("a", array);
    CHECK(tpn_seq_doubles(ctx, eval("memoryview(a)"), 1, 3, read) == 3 && read[0] == -1);
    CHECK(tpn_seq_doubles(ctx, eval("memoryview(a)[::-2]"), 0, 1, read) == 1 && read[0] == 7);
    CHECK(tpn_seq_i64(ctx, eval("memoryview(b'\\1\\2\\3')[::2]"), 0, 2, whole) == 2 && whole[0] == 1 && whole[1] == 3);
    CHECK(tpn_seq_i64(ctx, eval("memoryview(a)"), 0, 2, whole) == TPN_E_TYPE);
    CHECK(tpn_err_clear(ctx) == TPN_OK);
    run("del a");
    CHECK(tpn_scope_close(ctx, scope) == TPN_OK);
}

/* What can't be opened, and how it is said. */
static void wrong(void)
{
    static const struct { const char *source; uint32_t flags; tpn_status status; } cases[] = {
        { "None", 0, TPN_E_TYPE }, { "[1]", 0, TPN_E_TYPE }, { "b'x'", TPN_BUF_WRITE, TPN_E_TYPE }, { "'x'", TPN_BUF_WRITE, TPN_E_TYPE },
        { "memoryview(b'x')", TPN_BUF_WRITE, TPN_E_TYPE }, { "memoryview(array.array('B', b'x')).toreadonly()", TPN_BUF_WRITE, TPN_E_TYPE },
        { "memoryview(b'abc')[::2]", 0, TPN_E_TYPE }, { "'\\ud800'", 0, TPN_E_RANGE }, { "b'x'", 2, TPN_E_ARG }, { "gone", 0, TPN_E_TYPE },
        { "gone", TPN_BUF_WRITE, TPN_E_TYPE }, { "memoryview(b'abc')[::2][:1]", 0, TPN_OK }, { "memoryview(b'abc')[5:]", 0, TPN_OK },
        { "array.array('d')", TPN_BUF_WRITE, TPN_OK }, { "array.array('u', 'ab')", 0, TPN_OK },
    };
    tpn_buf buf, copy;
    tpn_val view;
    size_t at;
    run("gone = memoryview(array.array('B', b'abc'))\ngone.release()");
    for (at = 0; at < sizeof cases / sizeof *cases; at++) {
        CHECK(opened(eval(cases[at].source), cases[at].flags) == cases[at].status);
        if (cases[at].status != TPN_OK)
            show(cases[at].source, tpn_err());
    }
    view = eval("memoryview(array.array('B', b'abc'))");
    set_global("view", view);
    buf = open_buf(view, 0);
    copy = open_buf(view, 0);
    show("release", eval("view.release()"));
    CHECK(tpn_buf_close(ctx, &copy) == TPN_OK);
    show("release", eval("view.release()"));
    copy = buf;
    CHECK(tpn_buf_close(ctx, &buf) == TPN_OK && tpn_buf_close(ctx, &copy) == TPN_E_HANDLE);
    show("release", eval("view.release()"));
    buf = open_buf(eval("b'x'"), 0);
    copy.id = buf.id ^ ((uint64_t)1 << 40);
    CHECK(tpn_buf_close(ctx, &copy) == TPN_E_HANDLE);
    copy.id = buf.id ^ ((uint64_t)1 << 22);
    CHECK(tpn_buf_close(ctx, &copy) == TPN_E_HEAP);
    CHECK(tpn_buf_close(ctx, &buf) == TPN_OK && tpn_pending(ctx) == 0);
}

static int freed;

static void free_memory(void *ud)
{
    freed++;
    CHECK(tpn_is_err(tpn_eval(ctx, "1", 1, NULL)) && tpn_gc_collect(ctx, TPN_GC_FULL) == TPN_E_STATE);
    free(ud);
}

static tpn_val memory(const char *text, uint32_t flags)
{
    size_t len = strlen(text);
    char *data = (char *)malloc(len + 1);
    tpn_val view;
    CHECK(data != NULL);
    memcpy(data, text, len + 1);
    view = tpn_memory(ctx, data, len, flags, free_memory, data);
    CHECK(!tpn_is_err(view));
    return view;
}

static void external(void)
{
    static char lasting[] = "for ever";
    tpn_scope scope = tpn_scope_open(ctx);
    tpn_buf buf;
    uint64_t before, charged;
    char *data;
    freed = 0;
    set_global("m", memory("memory of the host's", TPN_MEMORY_WRITE));
    show("memory", eval("m.readonly, m.obj, m.format, m[:6].tobytes(), bytes(m)"));
    run("m[0:6] = b'MEMORY'\npart = m[10:].toreadonly()\ndel m");
    show("part", eval("bytes(part)"));
    buf = open_buf(eval("part"), 0);
    data = (char *)buf.data - 10;
    CHECK(memcmp(data, "MEMORY of the host's", 21) == 0);
    CHECK(tpn_scope_close(ctx, scope) == TPN_OK);
    scope = tpn_scope_open(ctx);
    run("del part");
    stir();
    CHECK(freed == 0 && memcmp(buf.data, "the host's", 10) == 0);
    CHECK(tpn_buf_close(ctx, &buf) == TPN_OK);
    CHECK(tpn_scope_close(ctx, scope) == TPN_OK);
    CHECK(tpn_gc_collect(ctx, TPN_GC_FULL) == TPN_OK);
    /* Where nothing is collected the heap's end frees it. */
    CHECK(freed == ((tpn_heap_caps(heap) & TPN_CAP_COLLECTS) != 0));
    scope = tpn_scope_open(ctx);
    before = stats().external_bytes;
    set_global("uncharged", memory("0123456789", TPN_MEMORY_UNCHARGED));
    CHECK(stats().external_bytes - before < 10);
    before = stats().external_bytes;
    set_global("m", memory("0123456789", 0));
    charged = stats().external_bytes - before;
    CHECK(charged >= 10);
    show("read only", tpn_exec(ctx, "m[0] = 1", TPN_STRLEN, NULL));
    show("numbers", eval("m[2:].cast('d').format, m.cast('B') == b'0123456789', hash(m) == hash(b'0123456789'), m[::-1].hex()"));
    set_global("m", tpn_memory(ctx, lasting, sizeof lasting - 1, 0, NULL, NULL));
    show("lasting", eval("m.tobytes()"));
    set_global("m", tpn_memory(ctx, NULL, 0, TPN_MEMORY_WRITE, NULL, NULL));
    show("empty", eval("m.tobytes(), m.nbytes, len(m)"));
    show("NULL", tpn_memory(ctx, NULL, 1, 0, free_memory, NULL));
    show("flags", tpn_memory(ctx, lasting, 1, 8, free_memory, NULL));
    show("length", tpn_memory(ctx, lasting, (size_t)-1, 0, free_memory, NULL));
    CHECK(tpn_gc_limits(ctx, stats().heap_bytes + 1000000, 0) == TPN_OK);
    CHECK(tpn_is_err(tpn_memory(ctx, lasting, (size_t)1 << 32, 0, free_memory, NULL)));
    CHECK(tpn_err_status(ctx) == TPN_E_NOMEM && tpn_err_clear(ctx) == TPN_OK);
    CHECK(!tpn_is_err(tpn_memory(ctx, lasting, (size_t)1 << 32, TPN_MEMORY_UNCHARGED, NULL, NULL)));
    CHECK(tpn_gc_limits(ctx, 0, 0) == TPN_OK);
    run("del m, uncharged");
    CHECK(tpn_scope_close(ctx, scope) == TPN_OK);
}

int main(int argc, char **argv)
{
    static const tpn_opt stress[] = { { "zeal.collect_every", 1 }, { "zeal.verify", 1 }, { "zeal.poison", 1 } };
    tpn_config config;
    tpn_buf left;
    CHECK(argc > 1 && tpn_config_init(&config, (uint32_t)sizeof config) == TPN_OK);
    config.manager = argv[1];
    stressed = argc > 2;
    if (stressed) {
        config.opts = stress;
        config.n_opts = 3;
    }
    CHECK(tpn_heap_new(&config, &heap, NULL, 0) == TPN_OK && tpn_attach_heap(heap, &ctx) == TPN_OK);
    CHECK(tpn_has("buffers") == 1);
    immutable();
    in_place();
    arrays(5);
    arrays(stressed ? 1200 : 20000);
    wrong();
    external();
    CHECK(tpn_debug_verify(ctx) == TPN_OK && stats().buffers == 0);
    /* What is open, and memory that is looked at, when the heap is freed. */
    set_global("m", memory("until the end", TPN_MEMORY_WRITE));
    left = open_buf(eval("m"), TPN_BUF_WRITE);
    left = open_buf(eval("array.array('d', [1.0])"), TPN_BUF_WRITE);
    left = open_buf(eval("'small'"), 0);
    left = open_buf(eval("'gr\\xfc\\xdfe'"), 0);
    CHECK(left.len == 7 && stats().buffers == 4);
    CHECK(tpn_heap_free(heap) == TPN_OK);
    printf("freed %d\n", freed);
    return 0;
}
