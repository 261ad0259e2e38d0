// The kernels of driver.h over CPython's C API: objects are of a heap type with two references and collected. The variant is ignored.
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include "driver.h"
#include <structmember.h>

typedef struct {
    PyObject_HEAD
    PyObject *left, *right;
    uint64_t number;
} Node;

static PyTypeObject *type;
static Node *object;
static PyObject *other, *function;

static PyObject *native(PyObject *self, PyObject *argument) {
    (void)self;
    return Py_NewRef(argument);
}

static int traverse(Node *node, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(node));
    Py_VISIT(node->left);
    Py_VISIT(node->right);
    return 0;
}

static int clear(Node *node) {
    Py_CLEAR(node->left);
    Py_CLEAR(node->right);
    return 0;
}

static void dealloc(Node *node) {
    PyTypeObject *of = Py_TYPE(node);
    PyObject_GC_UnTrack(node);
    Py_TRASHCAN_BEGIN(node, dealloc);
    clear(node);
    of->tp_free((PyObject *)node);
    Py_DECREF(of);
    Py_TRASHCAN_END;
}

static PyObject *new_node(void) {
    PyObject *node = type->tp_alloc(type, 0);
    must(node);
    return node;
}

static void start(const char *variant) {
    (void)variant;
    static PyMethodDef method = {"native", native, METH_O, NULL};
    static PyType_Slot slots[] = {{Py_tp_dealloc, dealloc}, {Py_tp_traverse, traverse}, {Py_tp_clear, clear}, {0, NULL}};
    static PyType_Spec spec = {"bench.Node", sizeof(Node), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, slots};
    Py_InitializeEx(0);
    must((type = (PyTypeObject *)PyType_FromSpec(&spec)));
    object = (Node *)new_node();
    other = new_node();
    object->left = Py_NewRef(other);
    PyObject *main = PyImport_AddModule("__main__");
    must(!PyObject_SetAttrString(main, "native", PyCFunction_New(&method, NULL)));
    must(!PyRun_SimpleString("def f(x):\n    r = native(x)\n    return r\n"));
    must((function = PyObject_GetAttrString(main, "f")));
}

static void stop(void) {}

static uint64_t get(uint64_t n) {
    uint64_t there = 0;
    for (uint64_t i = 0; i < n; i++) {
        PyObject *value = Py_XNewRef(object->left);
        __asm__ volatile("" : : "r"(value) : "memory");
        there += value != NULL;
        Py_XDECREF(value);
    }
    return there;
}

static uint64_t set(uint64_t n) {
    for (uint64_t i = 0; i < n; i++) {
        Py_XSETREF(object->right, Py_NewRef(other));
        __asm__ volatile("" : : : "memory");
    }
    return n;
}

static uint64_t payload_of(uint64_t n) {
    uint64_t right = 0;
    for (uint64_t i = 0; i < n; i++) {
        PyObject *volatile value = (PyObject *)object;
        right += PyObject_TypeCheck(value, type) != 0;
    }
    return right;
}

static uint64_t local(uint64_t n) {
    for (uint64_t i = 0; i < n; i++) Py_DECREF(PyFloat_FromDouble(1.5));
    return n;
}

static uint64_t ref(uint64_t n) {
    for (uint64_t i = 0; i < n; i++) {
        PyObject *value = Py_NewRef(other);
        __asm__ volatile("" : : "r"(value) : "memory");
        Py_DECREF(value);
    }
    return n;
}

static uint64_t new_object(uint64_t n) {
    for (uint64_t i = 0; i < n; i++) {
        PyObject *node = new_node();
        ((Node *)node)->number = 1;
        Py_DECREF(node);
    }
    return n;
}

static uint64_t call(uint64_t n) {
    uint64_t right = 0;
    PyObject *argument = PyLong_FromLong(7);
    for (uint64_t i = 0; i < n; i++) {
        PyObject *result = PyObject_CallOneArg(function, argument);
        right += result == argument;
        Py_XDECREF(result);
    }
    Py_DECREF(argument);
    return right;
}

// An interpreter in the process: what is nearest to a heap of one's own.
static uint64_t state(uint64_t n) {
    PyThreadState *main = PyThreadState_Get();
    for (uint64_t i = 0; i < n; i++) {
        PyThreadState *fresh = Py_NewInterpreter();
        must(fresh);
        Py_EndInterpreter(fresh);
        PyThreadState_Swap(main);
    }
    return n;
}

static PyObject *make(uint64_t depth) {
    if (depth == 0) return new_node();
    PyObject *left = make(depth - 1), *right = make(depth - 1);
    Node *tree = (Node *)new_node();
    tree->left = left;
    tree->right = right;
    return (PyObject *)tree;
}

static uint64_t check(PyObject *tree) {
    must(PyObject_TypeCheck(tree, type));
    Node *node = (Node *)tree;
    return node->left ? 1 + check(node->left) + check(node->right) : 1;
}

static uint64_t checked(uint64_t depth) {
    PyObject *tree = make(depth);
    uint64_t sum = check(tree);
    Py_DECREF(tree);
    return sum;
}

static uint64_t w1(uint64_t depth) {
    uint64_t sum = checked(depth + 1);
    PyObject *kept = make(depth);
    for (uint64_t d = 4; d <= depth; d += 2)
        for (uint64_t i = 0; i < 1ull << (depth - d + 4); i++) sum += checked(d);
    sum += check(kept);
    Py_DECREF(kept);
    return sum;
}

static uint64_t w4(uint64_t n) {
    PyObject *kept = PyList_New(0);
    for (uint32_t i = 0; i < LIVE; i++) {
        Node *fresh = (Node *)new_node();
        fresh->number = i;
        must(!PyList_Append(kept, (PyObject *)fresh));
        fresh->left = Py_NewRef(PyList_GetItem(kept, below(i + 1)));
        fresh->right = Py_NewRef(fresh);
        Py_DECREF(fresh);
    }
    uint64_t sum = 0;
    for (uint64_t i = 0; i < n; i++) {
        Node *nodes[4];
        for (int j = 0; j < 4; j++) {
            nodes[j] = (Node *)new_node();
            nodes[j]->number = i + j;
        }
        for (int j = 0; j < 4; j++) {
            nodes[j]->right = Py_NewRef(nodes[(j + 1) & 3]);
            nodes[j]->left = Py_NewRef(nodes[(j + 3) & 3]);
        }
        sum += ((Node *)((Node *)nodes[0]->right)->right)->number;
        for (int j = 0; j < 4; j++) Py_DECREF(nodes[j]);
    }
    for (uint32_t i = 0; i < LIVE; i++) sum += ((Node *)((Node *)PyList_GetItem(kept, i))->left)->number;
    Py_DECREF(kept);
    return sum;
}

const Kernel kernels[] = {
    {"get", get, 1 << 20, NULL}, {"set", set, 1 << 20, NULL}, {"payload", payload_of, 1 << 20, NULL},
    {"local", local, 1 << 20, NULL}, {"ref", ref, 1 << 20, NULL}, {"new", new_object, 1 << 18, NULL},
    {"call", call, 1 << 18, NULL}, {"state", state, 5, NULL}, {"w1", w1, 14, w1_nodes}, {"w4", w4, 300000, w4_nodes},
    {NULL, NULL, 0, NULL}};
