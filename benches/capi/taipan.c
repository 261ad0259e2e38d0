// The kernels of driver.h over include/taipan.h. The variant is the memory manager.
#include "taipan.h"
#include "driver.h"

typedef struct {
    tpn_slot left, right;
    uint64_t number;
} Node;

static tpn_config config;
static tpn_heap *heap;
static tpn_ctx *ctx;
static tpn_type type;
static tpn_val object, other, function;
static tpn_ref reference;
static Node *payload;

static tpn_val native(tpn_ctx *c, void *ud, tpn_val self, int32_t argc, const tpn_val *argv) {
    (void)c, (void)ud, (void)self, (void)argc;
    return argv[0];
}

static void start(const char *variant) {
    must(!tpn_config_init(&config, sizeof config));
    config.manager = variant;
    must(!tpn_heap_new(&config, &heap, NULL, 0) && !tpn_attach_heap(heap, &ctx));
    uint32_t slots[] = {offsetof(Node, left), offsetof(Node, right)};
    tpn_typespec spec = {.size = sizeof spec, .name = "bench.Node", .payload_size = sizeof(Node),
                         .payload_align = _Alignof(Node), .slots = slots, .n_slots = 2};
    must(!tpn_type_new(ctx, &spec, &type));
    object = tpn_new(ctx, type, (void **)&payload);
    other = tpn_new(ctx, type, NULL);
    must(!tpn_slot_set(ctx, object, &payload->left, other));
    reference = tpn_ref_new(ctx, object);
    tpn_fnspec native_spec = {.size = sizeof native_spec, .name = "native", .fn = native, .min_args = 1, .max_args = 1};
    must(!tpn_setattr(ctx, tpn_main(ctx), tpn_intern(ctx, "native", TPN_STRLEN), tpn_func(ctx, &native_spec)));
    tpn_exec(ctx, "def f(x):\n    r = native(x)\n    return r\n", TPN_STRLEN, NULL);
    function = tpn_eval(ctx, "f", TPN_STRLEN, NULL);
    must(!tpn_is_err(function));
}

static void stop(void) { must(!tpn_pending(ctx) && !tpn_heap_free(heap)); }

#define BATCHES(n, step)                                   \
    do {                                                   \
        for (uint64_t left_ = (n); left_ >= BATCH; left_ -= BATCH) { \
            tpn_scope scope_ = tpn_scope_open(ctx);        \
            for (int i_ = 0; i_ < BATCH; i_++) { step; }   \
            tpn_scope_close(ctx, scope_);                  \
        }                                                  \
    } while (0)

static uint64_t get(uint64_t n) {
    uint64_t there = 0;
    BATCHES(n, there += !tpn_is_absent(tpn_slot_get(ctx, object, &payload->left)));
    return there;
}

static uint64_t set(uint64_t n) {
    uint64_t failed = 0;
    BATCHES(n, failed |= (uint64_t)tpn_slot_set(ctx, object, &payload->right, other));
    return n + failed;
}

static uint64_t payload_of(uint64_t n) {
    uint64_t right = 0;
    BATCHES(n, right += tpn_payload(ctx, object, type) == payload);
    return right;
}

static uint64_t local(uint64_t n) {
    uint64_t made = 0;
    BATCHES(n, made += !tpn_is_err(tpn_float(ctx, 1.5)));
    return made;
}

static uint64_t ref(uint64_t n) {
    uint64_t there = 0;
    BATCHES(n, there += !tpn_is_err(tpn_ref_get(ctx, reference)));
    return there;
}

static uint64_t new_object(uint64_t n) {
    uint64_t made = 0;
    Node *fresh;
    BATCHES(n, made += !tpn_is_err(tpn_new(ctx, type, (void **)&fresh)); fresh->number = 1);
    return made;
}

static uint64_t call(uint64_t n) {
    uint64_t right = 0;
    tpn_val argument = tpn_i32(7);
    BATCHES(n, right += tpn_call(ctx, function, 1, &argument).bits == argument.bits);
    return right;
}

static uint64_t state(uint64_t n) {
    for (uint64_t i = 0; i < n; i++) {
        tpn_heap *fresh;
        tpn_ctx *context;
        must(!tpn_heap_new(&config, &fresh, NULL, 0) && !tpn_attach_heap(fresh, &context) && !tpn_heap_free(fresh));
    }
    return n;
}

static tpn_val make(uint64_t depth) {
    if (depth == 0) return tpn_new(ctx, type, NULL);
    tpn_scope scope = tpn_scope_open(ctx);
    tpn_val left = make(depth - 1), right = make(depth - 1);
    Node *node;
    tpn_val tree = tpn_new(ctx, type, (void **)&node);
    must(!tpn_is_err(tree));
    tpn_slot_set(ctx, tree, &node->left, left);
    tpn_slot_set(ctx, tree, &node->right, right);
    return tpn_scope_escape(ctx, scope, tree);
}

static uint64_t check(tpn_val tree) {
    Node *node = tpn_payload(ctx, tree, type);
    tpn_scope scope = tpn_scope_open(ctx);
    tpn_val left = tpn_slot_get(ctx, tree, &node->left);
    uint64_t sum = 1;
    if (!tpn_is_absent(left)) {
        tpn_val right = tpn_slot_get(ctx, tree, &node->right);
        sum += check(left) + check(right);
    }
    tpn_scope_close(ctx, scope);
    return sum;
}

static uint64_t checked(uint64_t depth) {
    tpn_scope scope = tpn_scope_open(ctx);
    uint64_t sum = check(make(depth));
    tpn_scope_close(ctx, scope);
    return sum;
}

static uint64_t w1(uint64_t depth) {
    uint64_t sum = checked(depth + 1);
    tpn_scope scope = tpn_scope_open(ctx);
    tpn_val kept = make(depth);
    for (uint64_t d = 4; d <= depth; d += 2)
        for (uint64_t i = 0; i < 1ull << (depth - d + 4); i++) sum += checked(d);
    sum += check(kept);
    tpn_scope_close(ctx, scope);
    return sum;
}

static tpn_val node(uint64_t number, Node **place) {
    tpn_val fresh = tpn_new(ctx, type, (void **)place);
    (*place)->number = number;
    return fresh;
}

static tpn_val ring(uint64_t number) {
    tpn_val nodes[4];
    Node *places[4];
    for (int i = 0; i < 4; i++) nodes[i] = node(number + i, &places[i]);
    for (int i = 0; i < 4; i++) {
        tpn_slot_set(ctx, nodes[i], &places[i]->right, nodes[(i + 1) & 3]);
        tpn_slot_set(ctx, nodes[i], &places[i]->left, nodes[(i + 3) & 3]);
    }
    return nodes[0];
}

static uint64_t number_of(tpn_val value) {
    Node *place = tpn_payload(ctx, value, type);
    return place ? place->number : 0;
}

static uint64_t w4(uint64_t n) {
    tpn_scope whole = tpn_scope_open(ctx);
    tpn_val kept = tpn_list(ctx, 0, NULL), value;
    for (uint32_t i = 0; i < LIVE; i++) {
        tpn_scope scope = tpn_scope_open(ctx);
        Node *place;
        tpn_val fresh = node(i, &place);
        tpn_append(ctx, kept, fresh);
        must(tpn_seq_copy(ctx, kept, below(i + 1), 1, &value) == 1);
        tpn_slot_set(ctx, fresh, &place->left, value);
        tpn_slot_set(ctx, fresh, &place->right, fresh);
        tpn_scope_close(ctx, scope);
    }
    uint64_t sum = 0;
    for (uint64_t i = 0; i < n; i++) {
        tpn_scope scope = tpn_scope_open(ctx);
        tpn_val first = ring(i);
        Node *place = tpn_payload(ctx, first, type);
        tpn_val second = tpn_slot_get(ctx, first, &place->right);
        place = tpn_payload(ctx, second, type);
        sum += number_of(tpn_slot_get(ctx, second, &place->right));
        tpn_scope_close(ctx, scope);
    }
    for (uint32_t i = 0; i < LIVE; i++) {
        tpn_scope scope = tpn_scope_open(ctx);
        must(tpn_seq_copy(ctx, kept, i, 1, &value) == 1);
        Node *place = tpn_payload(ctx, value, type);
        sum += number_of(tpn_slot_get(ctx, value, &place->left));
        tpn_scope_close(ctx, scope);
    }
    tpn_scope_close(ctx, whole);
    return sum;
}

const Kernel kernels[] = {
    {"get", get, 1 << 20, NULL}, {"set", set, 1 << 20, NULL}, {"payload", payload_of, 1 << 20, NULL},
    {"local", local, 1 << 20, NULL}, {"ref", ref, 1 << 20, NULL}, {"new", new_object, 1 << 18, NULL},
    {"call", call, 1 << 18, NULL}, {"state", state, 50, NULL}, {"w1", w1, 14, w1_nodes}, {"w4", w4, 300000, w4_nodes},
    {NULL, NULL, 0, NULL}};
