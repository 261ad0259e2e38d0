/* What the C tests have in common: an assertion that says where, the context that they work in, and showing values. */
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <taipan.h>

static inline void check(int good, int line, const char *what)
{
    if (!good) {
        fprintf(stderr, "line %d: not so: %s\n", line, what);
        exit(1);
    }
}
#define CHECK(what) check((what) != 0, __LINE__, #what)

static tpn_ctx *ctx;

static inline tpn_val eval(const char *source) { return tpn_eval(ctx, source, TPN_STRLEN, NULL); }

/* Prints a value, or the report of the exception that there is instead. */
static inline void show(const char *what, tpn_val value)
{
    char text[400] = "";
    if (tpn_is_err(value)) {
        tpn_val exception = tpn_err_take(ctx);
        CHECK(tpn_err_format(ctx, exception, text, sizeof text) > 0);
        printf("%s: %s", what, text);
        return;
    }
    CHECK(tpn_str_copy(ctx, tpn_repr(ctx, value), text, sizeof text) >= 0);
    printf("%s: %s\n", what, text);
}

/* Where what scripts print goes, among what the test prints. */
static inline void print(void *ud, int32_t level, const char *text, size_t len)
{
    (void)ud;
    (void)level;
    fwrite(text, 1, len, stdout);
}

#endif
