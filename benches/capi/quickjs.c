// The kernels of driver.h over QuickJS's C API: objects are of a class whose opaque data, got by js_malloc, holds two values. The variant is ignored.
#include "quickjs.h"
#include "driver.h"

typedef struct {
    JSValue left, right;
    uint64_t number;
} Node;

static JSRuntime *runtime;
static JSContext *ctx;
static JSClassID class;
static JSValue object, other, function;

static JSValue native(JSContext *c, JSValueConst self, int argc, JSValueConst *argv) {
    (void)self, (void)argc;
    return JS_DupValue(c, argv[0]);
}

static void finalize(JSRuntime *of, JSValue value) {
    Node *node = JS_GetOpaque(value, class);
    if (!node) return;
    JS_FreeValueRT(of, node->left);
    JS_FreeValueRT(of, node->right);
    js_free_rt(of, node);
}

static void mark(JSRuntime *of, JSValueConst value, JS_MarkFunc *seen) {
    Node *node = JS_GetOpaque(value, class);
    if (!node) return;
    JS_MarkValue(of, node->left, seen);
    JS_MarkValue(of, node->right, seen);
}

static JSValue new_node(Node **place) {
    JSValue value = JS_NewObjectClass(ctx, class);
    Node *node = js_malloc(ctx, sizeof *node);
    must(!JS_IsException(value) && node);
    node->left = node->right = JS_UNDEFINED;
    node->number = 0;
    JS_SetOpaque(value, node);
    *place = node;
    return value;
}

static void start(const char *variant) {
    static const JSClassDef definition = {.class_name = "Node", .finalizer = finalize, .gc_mark = mark};
    (void)variant;
    must((runtime = JS_NewRuntime()) && (ctx = JS_NewContext(runtime)));
    JS_NewClassID(&class);
    must(!JS_NewClass(runtime, class, &definition));
    Node *node;
    other = new_node(&node);
    object = new_node(&node);
    node->left = JS_DupValue(ctx, other);
    JSValue global = JS_GetGlobalObject(ctx);
    JS_SetPropertyStr(ctx, global, "native", JS_NewCFunction(ctx, native, "native", 1));
    JS_FreeValue(ctx, global);
    const char *source = "(function f(x) { var r = native(x); return r; })";
    function = JS_Eval(ctx, source, strlen(source), "bench", JS_EVAL_TYPE_GLOBAL);
    must(JS_IsFunction(ctx, function));
}

static void stop(void) {
    JS_FreeValue(ctx, object);
    JS_FreeValue(ctx, other);
    JS_FreeValue(ctx, function);
    JS_FreeContext(ctx);
    JS_FreeRuntime(runtime);
}

static uint64_t get(uint64_t n) {
    uint64_t there = 0;
    for (uint64_t i = 0; i < n; i++) {
        Node *node = JS_GetOpaque(object, class);
        JSValue value = JS_DupValue(ctx, node->left);
        there += JS_IsObject(value);
        __asm__ volatile("" : : : "memory");
        JS_FreeValue(ctx, value);
    }
    return there;
}

static uint64_t set(uint64_t n) {
    for (uint64_t i = 0; i < n; i++) {
        Node *node = JS_GetOpaque(object, class);
        JSValue before = node->right;
        node->right = JS_DupValue(ctx, other);
        JS_FreeValue(ctx, before);
    }
    return n;
}

static uint64_t payload_of(uint64_t n) {
    uint64_t right = 0;
    for (uint64_t i = 0; i < n; i++) right += JS_GetOpaque(object, class) != NULL;
    return right;
}

static uint64_t local(uint64_t n) {
    uint64_t made = 0;
    for (uint64_t i = 0; i < n; i++) {
        JSValue value = JS_NewFloat64(ctx, 1.5);
        made += JS_IsNumber(value);
        __asm__ volatile("" : : : "memory");
        JS_FreeValue(ctx, value);
    }
    return made;
}

static uint64_t ref(uint64_t n) {
    uint64_t there = 0;
    for (uint64_t i = 0; i < n; i++) {
        JSValue value = JS_DupValue(ctx, other);
        there += JS_IsObject(value);
        __asm__ volatile("" : : : "memory");
        JS_FreeValue(ctx, value);
    }
    return there;
}

static uint64_t new_object(uint64_t n) {
    Node *node;
    for (uint64_t i = 0; i < n; i++) {
        JSValue value = new_node(&node);
        node->number = 1;
        JS_FreeValue(ctx, value);
    }
    return n;
}

static uint64_t call(uint64_t n) {
    uint64_t right = 0;
    JSValue argument = JS_NewInt32(ctx, 7);
    for (uint64_t i = 0; i < n; i++) {
        JSValue result = JS_Call(ctx, function, JS_UNDEFINED, 1, &argument);
        right += JS_VALUE_GET_INT(result) == 7;
        JS_FreeValue(ctx, result);
    }
    return right;
}

static uint64_t state(uint64_t n) {
    for (uint64_t i = 0; i < n; i++) {
        JSRuntime *fresh = JS_NewRuntime();
        JSContext *context = JS_NewContext(fresh);
        must(context);
        JS_FreeContext(context);
        JS_FreeRuntime(fresh);
    }
    return n;
}

static JSValue make(uint64_t depth) {
    Node *node;
    if (depth == 0) return new_node(&node);
    JSValue left = make(depth - 1), right = make(depth - 1);
    JSValue tree = new_node(&node);
    node->left = left;
    node->right = right;
    return tree;
}

static uint64_t check(JSValueConst tree) {
    Node *node = JS_GetOpaque(tree, class);
    return JS_IsObject(node->left) ? 1 + check(node->left) + check(node->right) : 1;
}

static uint64_t checked(uint64_t depth) {
    JSValue tree = make(depth);
    uint64_t sum = check(tree);
    JS_FreeValue(ctx, tree);
    return sum;
}

static uint64_t w1(uint64_t depth) {
    uint64_t sum = checked(depth + 1);
    JSValue kept = make(depth);
    for (uint64_t d = 4; d <= depth; d += 2)
        for (uint64_t i = 0; i < 1ull << (depth - d + 4); i++) sum += checked(d);
    sum += check(kept);
    JS_FreeValue(ctx, kept);
    return sum;
}

static uint64_t number_of(JSValueConst value) {
    Node *node = JS_GetOpaque(value, class);
    return node ? node->number : 0;
}

static uint64_t w4(uint64_t n) {
    JSValue kept = JS_NewArray(ctx);
    Node *place;
    for (uint32_t i = 0; i < LIVE; i++) {
        JSValue fresh = new_node(&place);
        place->number = i;
        place->right = JS_DupValue(ctx, fresh);
        must(JS_SetPropertyUint32(ctx, kept, i, JS_DupValue(ctx, fresh)) >= 0);
        place->left = JS_GetPropertyUint32(ctx, kept, below(i + 1));
        JS_FreeValue(ctx, fresh);
    }
    uint64_t sum = 0;
    for (uint64_t i = 0; i < n; i++) {
        JSValue nodes[4];
        Node *places[4];
        for (int j = 0; j < 4; j++) {
            nodes[j] = new_node(&places[j]);
            places[j]->number = i + j;
        }
        for (int j = 0; j < 4; j++) {
            places[j]->right = JS_DupValue(ctx, nodes[(j + 1) & 3]);
            places[j]->left = JS_DupValue(ctx, nodes[(j + 3) & 3]);
        }
        Node *second = JS_GetOpaque(places[0]->right, class);
        sum += number_of(second->right);
        for (int j = 0; j < 4; j++) JS_FreeValue(ctx, nodes[j]);
    }
    for (uint32_t i = 0; i < LIVE; i++) {
        JSValue value = JS_GetPropertyUint32(ctx, kept, i);
        place = JS_GetOpaque(value, class);
        sum += number_of(place->left);
        JS_FreeValue(ctx, value);
    }
    JS_FreeValue(ctx, kept);
    return sum;
}

const Kernel kernels[] = {
    {"get", get, 1 << 20, NULL}, {"set", set, 1 << 20, NULL}, {"payload", payload_of, 1 << 20, NULL},
    {"local", local, 1 << 20, NULL}, {"ref", ref, 1 << 20, NULL}, {"new", new_object, 1 << 18, NULL},
    {"call", call, 1 << 18, NULL}, {"state", state, 50, NULL}, {"w1", w1, 14, w1_nodes}, {"w4", w4, 300000, w4_nodes},
    {NULL, NULL, 0, NULL}};
