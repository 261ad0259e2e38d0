/* An extension module in C: arithmetic on arrays of doubles, in place, for scripts that import it. The host gives the module when a script asks for
 * it; its functions take arrays and memoryviews of such, and leave the heap while they compute, so that what may run beside them can.
 *
 *     vectors MANAGER [SCRIPT]    runs the script, or one of its own; prints the same under every manager, and the same as its twin in Rust, vectors.rs */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <taipan.h>

static const char script[] =
    "from array import array\n"
    "import vectors\n"
    "x = array('d', range(1, 6))\n"
    "y = array('d', [0.5]) * 5\n"
    "vectors.axpy(2.0, x, y)\n"
    "print(y, vectors.dot(x, y))\n"
    "vectors.scale(memoryview(y)[1:4], -10)\n"
    "print(y, vectors.dot(y, y))\n"
    "big = array('d', [0.25]) * 100000\n"
    "vectors.axpy(1.0, big, big)\n"
    "print(vectors.dot(big, big))\n"
    "def wrong(f, *arguments):\n"
    "    try:\n"
    "        f(*arguments)\n"
    "    except Exception as e:\n"
    "        print(type(e).__name__)\n"
    "wrong(vectors.scale, [1.0, 2.0], 3)\n"
    "wrong(vectors.scale, x, 'three')\n"
    "wrong(vectors.scale, memoryview(b'12345678'), 3)\n"
    "wrong(vectors.dot, x, array('i', [1]))\n"
    "wrong(vectors.dot, x, y[:2])\n"
    "x.append(6)  # nobody looks at it any more\n"
    "print(len(x))\n";

/* ---- buffers of doubles ---- */

/* Opens a buffer of doubles; 0 with an error pending if the value has none. */
static int open_doubles(tpn_ctx *ctx, tpn_val value, uint32_t flags, tpn_buf *buf)
{
    memset(buf, 0, sizeof *buf);
    buf->size = (uint32_t)sizeof *buf;
    if (tpn_buf_open(ctx, value, flags, buf) != TPN_OK)
        return 0;
    if (buf->format == 'd')
        return 1;
    (void)tpn_buf_close(ctx, buf);
    (void)tpn_raise_std(ctx, "TypeError", "an array of doubles is required");
    return 0;
}

static size_t count(const tpn_buf *buf) { return buf->len / sizeof(double); }

/* Two buffers of the same length. */
static int open_both(tpn_ctx *ctx, const tpn_val *values, uint32_t flags_of_second, tpn_buf *a, tpn_buf *b)
{
    if (!open_doubles(ctx, values[0], 0, a))
        return 0;
    if (open_doubles(ctx, values[1], flags_of_second, b)) {
        if (count(a) == count(b))
            return 1;
        (void)tpn_buf_close(ctx, b);
        (void)tpn_raise_std(ctx, "ValueError", "arrays of different lengths");
    }
    (void)tpn_buf_close(ctx, a);
    return 0;
}

/* ---- what scripts call; while a kernel runs the heap is left, and the buffers stay where they are ---- */

/* scale(x, by): multiplies each item. */
static tpn_val scale(tpn_ctx *ctx, void *ud, tpn_val self, int32_t argc, const tpn_val *argv)
{
    tpn_buf x;
    double by, *items;
    size_t at, n;
    (void)ud, (void)self, (void)argc;
    if (tpn_to_f64(ctx, argv[1], &by) != TPN_OK || !open_doubles(ctx, argv[0], TPN_BUF_WRITE, &x))
        return tpn_err();
    items = (double *)x.data, n = count(&x);
    if (tpn_leave(ctx) != TPN_OK)
        return tpn_err();
    for (at = 0; at < n; at++)
        items[at] *= by;
    return tpn_enter(ctx) == TPN_OK && tpn_buf_close(ctx, &x) == TPN_OK ? tpn_none() : tpn_err();
}

/* axpy(a, x, y): adds a * x to y, item by item. */
static tpn_val axpy(tpn_ctx *ctx, void *ud, tpn_val self, int32_t argc, const tpn_val *argv)
{
    tpn_buf x, y;
    double a, *to;
    const double *from;
    size_t at, n;
    (void)ud, (void)self, (void)argc;
    if (tpn_to_f64(ctx, argv[0], &a) != TPN_OK || !open_both(ctx, argv + 1, TPN_BUF_WRITE, &x, &y))
        return tpn_err();
    from = (const double *)x.data, to = (double *)y.data, n = count(&x);
    if (tpn_leave(ctx) != TPN_OK)
        return tpn_err();
    for (at = 0; at < n; at++)
        to[at] += a * from[at];
    if (tpn_enter(ctx) != TPN_OK || tpn_buf_close(ctx, &x) != TPN_OK || tpn_buf_close(ctx, &y) != TPN_OK)
        return tpn_err();
    return tpn_none();
}

/* dot(x, y): the sum of the products. */
static tpn_val dot(tpn_ctx *ctx, void *ud, tpn_val self, int32_t argc, const tpn_val *argv)
{
    tpn_buf x, y;
    const double *a, *b;
    double sum = 0;
    size_t at, n;
    (void)ud, (void)self, (void)argc;
    if (!open_both(ctx, argv, 0, &x, &y))
        return tpn_err();
    a = (const double *)x.data, b = (const double *)y.data, n = count(&x);
    if (tpn_leave(ctx) != TPN_OK)
        return tpn_err();
    for (at = 0; at < n; at++)
        sum += a[at] * b[at];
    if (tpn_enter(ctx) != TPN_OK || tpn_buf_close(ctx, &x) != TPN_OK || tpn_buf_close(ctx, &y) != TPN_OK)
        return tpn_err();
    return tpn_float(ctx, sum);
}

/* Gives the module when a script imports it. */
static tpn_val load(tpn_ctx *ctx, void *ud, const char *name, int32_t *is_package)
{
    static const struct { const char *name; tpn_native_fn fn; int32_t args; } all[] = { { "scale", scale, 2 }, { "axpy", axpy, 3 }, { "dot", dot, 2 } };
    tpn_fnspec fns[3];
    int i;
    (void)ud, (void)is_package;
    if (strcmp(name, "vectors") != 0)
        return tpn_absent();
    memset(fns, 0, sizeof fns);
    for (i = 0; i < 3; i++) {
        fns[i].size = (uint32_t)sizeof fns[i];
        fns[i].name = all[i].name;
        fns[i].fn = all[i].fn;
        fns[i].min_args = fns[i].max_args = all[i].args;
    }
    return tpn_module(ctx, name, fns, 3);
}

/* The text of a file, which the caller frees. */
static char *text_of(const char *name)
{
    FILE *file = fopen(name, "rb");
    char *text = NULL;
    size_t len = 0, got = 1;
    while (file != NULL && got > 0) {
        char *more = (char *)realloc(text, len + 4096);
        if (more == NULL)
            break;
        text = more;
        got = fread(text + len, 1, 4095, file);
        len += got;
        text[len] = '\0';
    }
    if (file != NULL)
        (void)fclose(file);
    return text;
}

int main(int argc, char **argv)
{
    tpn_config config;
    tpn_heap *heap = NULL;
    tpn_ctx *ctx = NULL;
    char message[1000] = "", *given = argc > 2 ? text_of(argv[2]) : NULL;
    int status = 0;
    if (tpn_config_init(&config, (uint32_t)sizeof config) != TPN_OK)
        return 1;
    config.manager = argc > 1 ? argv[1] : NULL;
    config.loader = load;
    if ((argc > 2 && given == NULL) || tpn_heap_new(&config, &heap, message, sizeof message) != TPN_OK || tpn_attach_heap(heap, &ctx) != TPN_OK) {
        fprintf(stderr, "vectors: %s\n", message[0] != '\0' ? message : "can't read the script");
        free(given);
        return 2;
    }
    if (tpn_is_err(tpn_exec(ctx, given != NULL ? given : script, TPN_STRLEN, argc > 2 ? argv[2] : "vectors.py"))) {
        (void)tpn_err_format(ctx, tpn_err_take(ctx), message, sizeof message);
        fprintf(stderr, "%s", message);
        status = 1;
    }
    free(given);
    return tpn_heap_free(heap) == TPN_OK ? status : 1;
}
