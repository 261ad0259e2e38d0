// The kernels of driver.h over Lua's C API: objects are userdata with two user values, long-lived references are those of the registry. The
// variant is "incremental" or "generational".
#include "driver.h"
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

typedef struct {
    uint64_t number;
} Node;

static lua_State *L;
static int object, other, function, reference; // places on the stack; a reference of the registry

static int native(lua_State *l) {
    lua_pushvalue(l, 1);
    return 1;
}

static Node *new_node(void) {
    Node *node = lua_newuserdatauv(L, sizeof(Node), 2);
    node->number = 0;
    lua_rawgeti(L, LUA_REGISTRYINDEX, reference);
    lua_setmetatable(L, -2);
    return node;
}

static void start(const char *variant) {
    must((L = luaL_newstate()));
    luaL_openlibs(L);
    if (!strcmp(variant, "generational")) lua_gc(L, LUA_GCGEN, 0, 0);
    else if (strcmp(variant, "incremental")) fail("the variants are incremental and generational");
    lua_settop(L, 0);
    luaL_newmetatable(L, "bench.Node");
    reference = luaL_ref(L, LUA_REGISTRYINDEX);
    new_node(), object = lua_gettop(L);
    new_node(), other = lua_gettop(L);
    lua_pushvalue(L, other);
    lua_setiuservalue(L, object, 1);
    lua_register(L, "native", native);
    must(!luaL_dostring(L, "function f(x) local r = native(x) return r end"));
    lua_getglobal(L, "f");
    function = lua_gettop(L);
}

static void stop(void) { lua_close(L); }

static uint64_t get(uint64_t n) {
    uint64_t there = 0;
    for (uint64_t i = 0; i < n; i++) {
        there += lua_getiuservalue(L, object, 1) == LUA_TUSERDATA;
        lua_pop(L, 1);
    }
    return there;
}

static uint64_t set(uint64_t n) {
    for (uint64_t i = 0; i < n; i++) {
        lua_pushvalue(L, other);
        lua_setiuservalue(L, object, 2);
    }
    return n;
}

static uint64_t payload_of(uint64_t n) {
    uint64_t right = 0;
    for (uint64_t i = 0; i < n; i++) right += luaL_testudata(L, object, "bench.Node") != NULL;
    return right;
}

static uint64_t local(uint64_t n) {
    for (uint64_t i = 0; i < n; i += BATCH) {
        for (int j = 0; j < BATCH; j++) {
            if (j % 16 == 0) luaL_checkstack(L, 16, NULL);
            lua_pushnumber(L, 1.5);
        }
        lua_pop(L, BATCH);
    }
    return n;
}

static uint64_t ref(uint64_t n) {
    uint64_t there = 0;
    for (uint64_t i = 0; i < n; i++) {
        there += lua_rawgeti(L, LUA_REGISTRYINDEX, reference) == LUA_TTABLE;
        lua_pop(L, 1);
    }
    return there;
}

static uint64_t new_object(uint64_t n) {
    for (uint64_t i = 0; i < n; i++) {
        new_node()->number = 1;
        lua_pop(L, 1);
    }
    return n;
}

static uint64_t call(uint64_t n) {
    uint64_t right = 0;
    for (uint64_t i = 0; i < n; i++) {
        lua_pushvalue(L, function);
        lua_pushinteger(L, 7);
        must(lua_pcall(L, 1, 1, 0) == LUA_OK);
        right += lua_tointeger(L, -1) == 7;
        lua_pop(L, 1);
    }
    return right;
}

static uint64_t state(uint64_t n) {
    for (uint64_t i = 0; i < n; i++) {
        lua_State *fresh = luaL_newstate();
        must(fresh);
        luaL_openlibs(fresh);
        lua_close(fresh);
    }
    return n;
}

// Leaves the tree on the stack.
static void make(uint64_t depth) {
    if (depth == 0) {
        new_node();
        return;
    }
    luaL_checkstack(L, 8, NULL);
    make(depth - 1);
    make(depth - 1);
    new_node();
    lua_insert(L, -3);
    lua_setiuservalue(L, -3, 2);
    lua_setiuservalue(L, -2, 1);
}

// Takes the tree off the stack.
static uint64_t check(void) {
    uint64_t sum = 1;
    luaL_checkstack(L, 8, NULL);
    if (lua_getiuservalue(L, -1, 1) == LUA_TUSERDATA) {
        sum += check();
        lua_getiuservalue(L, -1, 2);
        sum += check();
    } else {
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
    return sum;
}

static uint64_t w1(uint64_t depth) {
    make(depth + 1);
    uint64_t sum = check();
    make(depth);
    for (uint64_t d = 4; d <= depth; d += 2)
        for (uint64_t i = 0; i < 1ull << (depth - d + 4); i++) {
            make(d);
            sum += check();
        }
    return sum + check();
}

static uint64_t number_of(int at) {
    Node *node = lua_touserdata(L, at);
    return node ? node->number : 0;
}

static uint64_t w4(uint64_t n) {
    lua_createtable(L, 0, 0);
    int kept = lua_gettop(L);
    for (uint32_t i = 0; i < LIVE; i++) {
        new_node()->number = i;
        lua_pushvalue(L, -1);
        lua_rawseti(L, kept, i + 1);
        lua_rawgeti(L, kept, below(i + 1) + 1);
        lua_setiuservalue(L, -2, 1);
        lua_pushvalue(L, -1);
        lua_setiuservalue(L, -2, 2);
        lua_settop(L, kept);
    }
    uint64_t sum = 0;
    for (uint64_t i = 0; i < n; i++) {
        for (int j = 0; j < 4; j++) new_node()->number = i + j;
        for (int j = 0; j < 4; j++) {
            lua_pushvalue(L, kept + 1 + ((j + 1) & 3));
            lua_setiuservalue(L, kept + 1 + j, 2);
            lua_pushvalue(L, kept + 1 + ((j + 3) & 3));
            lua_setiuservalue(L, kept + 1 + j, 1);
        }
        lua_getiuservalue(L, kept + 1, 2);
        lua_getiuservalue(L, -1, 2);
        sum += number_of(-1);
        lua_settop(L, kept);
    }
    for (uint32_t i = 0; i < LIVE; i++) {
        lua_rawgeti(L, kept, i + 1);
        lua_getiuservalue(L, -1, 1);
        sum += number_of(-1);
        lua_settop(L, kept);
    }
    lua_settop(L, kept - 1);
    return sum;
}

const Kernel kernels[] = {
    {"get", get, 1 << 20, NULL}, {"set", set, 1 << 20, NULL}, {"payload", payload_of, 1 << 20, NULL},
    {"local", local, 1 << 20, NULL}, {"ref", ref, 1 << 20, NULL}, {"new", new_object, 1 << 18, NULL},
    {"call", call, 1 << 18, NULL}, {"state", state, 200, NULL}, {"w1", w1, 14, w1_nodes}, {"w4", w4, 300000, w4_nodes},
    {NULL, NULL, 0, NULL}};
