/* Prints the lines of a file that a script wants to keep, as grep does, but with Python for the pattern.
 *
 *     filter MANAGER RULES.py FILE
 *
 * The script defines keep(line, number), and may define summary(). It has 16 MiB and a million steps for each line: a rule that is
 * greedy, or never ends, is an error of that line, and the next line is tried. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <taipan.h>

#define FUEL_PER_LINE 1000000u

/* Prints and takes the pending error. */
static void report(tpn_ctx *ctx, const char *where)
{
    char text[2048] = "no report\n";
    tpn_scope scope = tpn_scope_open(ctx);
    tpn_val exception = tpn_err_take(ctx);
    (void)tpn_err_format(ctx, exception, text, sizeof text);
    printf("! %s: %s", where, text);
    (void)tpn_scope_close(ctx, scope);
}

/* The whole file, with a NUL at its end; NULL if it can't be read. */
static char *contents(const char *path)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    long size;
    if (file == NULL)
        return NULL;
    if (fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) >= 0 && fseek(file, 0, SEEK_SET) == 0) {
        text = (char *)malloc((size_t)size + 1);
        if (text != NULL)
            text[fread(text, 1, (size_t)size, file)] = '\0';
    }
    (void)fclose(file);
    return text;
}

/* Asks the script about each line; how many it keeps. */
static long filter(tpn_ctx *ctx, tpn_val keep, char *text)
{
    long number = 0, kept = 0;
    char *line;
    for (line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        tpn_scope scope = tpn_scope_open(ctx); /* so that a long file does not fill the heap with locals */
        tpn_val argv[2];
        int32_t answer;
        char where[32];
        argv[0] = tpn_str(ctx, line, TPN_STRLEN);
        argv[1] = tpn_int(ctx, ++number);
        (void)tpn_fuel_set(ctx, FUEL_PER_LINE);
        answer = tpn_truth(ctx, tpn_call(ctx, keep, 2, argv));
        (void)tpn_fuel_set(ctx, TPN_FUEL_ANY);
        if (answer > 0) {
            printf("%s\n", line);
            kept++;
        } else if (answer < 0) {
            (void)snprintf(where, sizeof where, "line %ld", number);
            report(ctx, where);
        }
        (void)tpn_scope_close(ctx, scope);
    }
    return kept;
}

/* Runs the script, then the lines through its function. */
static int work(tpn_ctx *ctx, const char *name, const char *rules, char *text)
{
    tpn_val keep, summary, result;
    char says[256];
    if (tpn_is_err(tpn_exec(ctx, rules, TPN_STRLEN, name))) {
        report(ctx, name);
        return 1;
    }
    keep = tpn_getattr_opt(ctx, tpn_main(ctx), tpn_intern(ctx, "keep", TPN_STRLEN));
    if (tpn_is_absent(keep)) {
        fprintf(stderr, "filter: %s defines no keep(line, number)\n", name);
        return 1;
    }
    printf("%ld kept\n", filter(ctx, keep, text));
    summary = tpn_getattr_opt(ctx, tpn_main(ctx), tpn_intern(ctx, "summary", TPN_STRLEN));
    if (tpn_is_absent(summary))
        return 0;
    result = tpn_tostr(ctx, tpn_call(ctx, summary, 0, NULL));
    if (tpn_str_copy(ctx, result, says, sizeof says) < 0) {
        report(ctx, "summary");
        return 1;
    }
    printf("%s\n", says);
    return 0;
}

int main(int argc, char **argv)
{
    tpn_config config;
    tpn_heap *heap = NULL;
    tpn_ctx *ctx = NULL;
    char message[256], *rules, *text;
    int status = 2;
    if (argc != 4) {
        fprintf(stderr, "usage: filter MANAGER RULES.py FILE\n");
        return 2;
    }
    (void)tpn_config_init(&config, (uint32_t)sizeof config);
    config.manager = argv[1];
    config.hard_limit = (uint64_t)16 << 20;
    rules = contents(argv[2]);
    text = contents(argv[3]);
    if (rules == NULL || text == NULL)
        fprintf(stderr, "filter: can't read %s\n", rules == NULL ? argv[2] : argv[3]);
    else if (tpn_heap_new(&config, &heap, message, sizeof message) != TPN_OK)
        fprintf(stderr, "filter: %s\n", message);
    else if (tpn_attach_heap(heap, &ctx) == TPN_OK)
        status = work(ctx, argv[2], rules, text);
    (void)tpn_heap_free(heap);
    free(rules);
    free(text);
    return status;
}
