/* Loads libtaipan when it runs, as a program does that can do without it: the header is included for types and constants alone.
 *
 *     loader libtaipan.so.0 MANAGER */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <taipan.h>

/* The functions that are used, by the types that the header gives them. */
static struct {
    uint32_t (*abi_version)(void);
    tpn_status (*config_init)(tpn_config *config, uint32_t size);
    tpn_status (*heap_new)(const tpn_config *config, tpn_heap **out, char *buffer, size_t cap);
    tpn_status (*heap_free)(tpn_heap *heap);
    tpn_status (*attach_heap)(tpn_heap *heap, tpn_ctx **out);
    tpn_val (*eval)(tpn_ctx *ctx, const char *source, size_t len, const char *file);
    int64_t (*str_copy)(tpn_ctx *ctx, tpn_val text, char *buffer, size_t cap);
} api;

/* Stores the address of a function. ISO C knows no cast from objects to functions, POSIX sees to it that the bytes are the same. */
static int find(void *library, const char *name, void *function)
{
    void *address = dlsym(library, name);
    if (address == NULL)
        fprintf(stderr, "loader: %s\n", dlerror());
    else
        memcpy(function, &address, sizeof address);
    return address != NULL;
}

static int load(void *library)
{
    return find(library, "tpn_abi_version", &api.abi_version) && find(library, "tpn_config_init", &api.config_init) &&
           find(library, "tpn_heap_new", &api.heap_new) && find(library, "tpn_heap_free", &api.heap_free) &&
           find(library, "tpn_attach_heap", &api.attach_heap) && find(library, "tpn_eval", &api.eval) &&
           find(library, "tpn_str_copy", &api.str_copy);
}

static int work(const char *manager)
{
    tpn_config config;
    tpn_heap *heap;
    tpn_ctx *ctx;
    char text[256] = "";
    int status = 1;
    (void)api.config_init(&config, (uint32_t)sizeof config);
    config.manager = manager;
    if (api.heap_new(&config, &heap, text, sizeof text) != TPN_OK) {
        fprintf(stderr, "loader: %s\n", text);
        return 1;
    }
    if (api.attach_heap(heap, &ctx) == TPN_OK &&
        api.str_copy(ctx, api.eval(ctx, "', '.join(f'{n} squared is {n * n}' for n in range(2, 5))", TPN_STRLEN, NULL),
                     text, sizeof text) >= 0) {
        printf("%s\n", text);
        status = 0;
    }
    return api.heap_free(heap) == TPN_OK ? status : 1;
}

int main(int argc, char **argv)
{
    void *library;
    int status;
    if (argc != 3) {
        fprintf(stderr, "usage: loader libtaipan.so.0 MANAGER\n");
        return 2;
    }
    library = dlopen(argv[1], RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        fprintf(stderr, "loader: %s\n", dlerror());
        return 2;
    }
    if (!load(library))
        return 2;
    if (api.abi_version() >> 16 != TPN_ABI_MAJOR || api.abi_version() < TPN_ABI) {
        fprintf(stderr, "loader: the library has another ABI\n");
        return 2;
    }
    status = work(argv[2]);
    (void)dlclose(library);
    return status;
}
