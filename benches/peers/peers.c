// The workloads w1 to w7 and mem in C. What each is stands in benches/src/workload; the random numbers and checksums are the same.
//
//   (nothing)  memory by malloc, freed by hand; w3, whose entries are shared, counts references to them
//   -DCOUNTED  every object has a count and a pointer to its type, as in a runtime that counts
//   -DBOEHM    the Boehm-Demers-Weiser collector
//
// Prints what benches/peers/run.py reads. Exit status 3: this variant can't do that.
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifdef BOEHM
#include <gc/gc.h>
#define MANAGED 1
#define allocate(size) GC_MALLOC(size)
#define allocate_plain(size) GC_MALLOC_ATOMIC(size)
#define allocate_table(count) GC_MALLOC((count) * sizeof(void *))
#define release(object) ((void)(object))
#else
#define MANAGED 0
#define allocate(size) malloc(size)
#define allocate_plain(size) malloc(size)
#define allocate_table(count) calloc(count, sizeof(void *))
#define release(object) free(object)
#endif

#ifdef COUNTED
#define HEADER intptr_t count; const void *type;
#define BIRTH(object) ((object)->count = 1, (object)->type = &generator)
#else
#define HEADER
#define BIRTH(object) ((void)0)
#endif
#define APART __attribute__((noinline))

static uint32_t generator = 42;

static inline uint32_t bits(void) { return generator = generator * 1664525u + 1013904223u; }
static inline uint32_t below(uint32_t n) { return (uint32_t)(((uint64_t)bits() * n) >> 32); }

static uint64_t nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000ull + now.tv_nsec;
}

__attribute__((unused)) static void unsuitable(const char *reason) {
    printf("NA %s\n", reason);
    exit(3);
}

// ---- w1, w2, w7, mem ----

typedef struct Tree {
    HEADER
    struct Tree *left, *right;
} Tree;

static APART Tree *pair(Tree *left, Tree *right) {
    Tree *tree = allocate(sizeof *tree);
    BIRTH(tree);
    tree->left = left;
    tree->right = right;
    return tree;
}

static APART Tree *make(uint64_t depth) {
    if (depth == 0) return pair(NULL, NULL);
    Tree *left = make(depth - 1), *right = make(depth - 1);
    return pair(left, right);
}

static APART uint64_t check(const Tree *tree) {
    return tree->left ? 1 + check(tree->left) + check(tree->right) : 1;
}

static APART void drop(Tree *tree) {
    if (MANAGED || !tree) return;
#ifdef COUNTED
    if (--tree->count) return;
#endif
    drop(tree->left);
    drop(tree->right);
    release(tree);
}

static uint64_t w1(uint64_t depth) {
    Tree *tree = make(depth + 1);
    uint64_t sum = check(tree);
    drop(tree);
    Tree *kept = make(depth);
    for (uint64_t d = 4; d <= depth; d += 2)
        for (uint64_t i = 0; i < 1ull << (depth - d + 4); i++) {
            sum += check(tree = make(d));
            drop(tree);
        }
    sum += check(kept);
    drop(kept);
    return sum;
}

typedef struct Node {
    HEADER
    struct Node *left, *right;
    int i, j;
} Node;

static inline Node *node(Node *left, Node *right) {
    Node *fresh = allocate(sizeof *fresh);
    BIRTH(fresh);
    fresh->left = left;
    fresh->right = right;
    fresh->i = fresh->j = 0;
    return fresh;
}

static APART void populate(uint64_t depth, Node *parent) {
    if (depth == 0) return;
    parent->left = node(NULL, NULL);
    parent->right = node(NULL, NULL);
    populate(depth - 1, parent->left);
    populate(depth - 1, parent->right);
}

static APART Node *bottom_up(uint64_t depth) {
    if (depth == 0) return node(NULL, NULL);
    Node *left = bottom_up(depth - 1), *right = bottom_up(depth - 1);
    return node(left, right);
}

static APART void drop_nodes(Node *tree) {
    if (MANAGED || !tree) return;
#ifdef COUNTED
    if (--tree->count) return;
#endif
    drop_nodes(tree->left);
    drop_nodes(tree->right);
    release(tree);
}

static uint64_t nodes(uint64_t depth) { return (2ull << depth) - 1; }

static uint64_t w2(uint64_t stretch) {
    uint64_t deepest = stretch - 2, sum = 0;
    drop_nodes(bottom_up(stretch));
    Node *kept = node(NULL, NULL);
    populate(deepest, kept);
    double *numbers = allocate_plain(500000 * sizeof(double));
    for (int i = 0; i < 500000; i++) numbers[i] = 1.0 / (i + 1);
    for (uint64_t depth = 4; depth <= deepest; depth += 2) {
        uint64_t times = 2 * nodes(stretch) / nodes(depth);
        for (uint64_t i = 0; i < times; i++) {
            Node *tree = node(NULL, NULL);
            populate(depth, tree);
            sum += tree->left != NULL;
            drop_nodes(tree);
        }
        for (uint64_t i = 0; i < times; i++) {
            Node *tree = bottom_up(depth);
            sum += (tree->right != NULL) + tree->i + tree->j;
            drop_nodes(tree);
        }
    }
    if (numbers[1000] != 1.0 / 1001.0 || !kept->left) sum = 0;
    drop_nodes(kept);
    return sum;
}

static uint64_t w7(uint64_t n) {
    Tree *x = pair(NULL, NULL), *y = pair(NULL, NULL);
    uint64_t sum = 0;
    for (uint64_t i = 0; i < n; i++) {
        Tree *fresh = pair(x, y);
#ifdef COUNTED
        x->count++, y->count++;
#endif
        sum += fresh->right == y;
#ifdef COUNTED
        x->count--, y->count--;
#endif
        release(fresh);
    }
    return sum;
}

static double resident(void) {
    long all = 0, pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file && fscanf(file, "%ld %ld", &all, &pages) != 2) pages = 0;
    if (file) fclose(file);
    return (double)pages * sysconf(_SC_PAGESIZE);
}

static uint64_t mem(uint64_t n) {
    Tree **all = allocate_table(n);
    for (uint64_t i = 0; i < n; i++) *(Tree *volatile *)&all[i] = NULL;
    Tree *first = pair(NULL, NULL);
    double before = resident();
    for (uint64_t i = 0; i < n; i++) all[i] = pair(first, first);
    printf("MEM bytes_per_obj=%.1f\n", (resident() - before) / n);
    uint64_t sum = 0;
    for (uint64_t i = 0; i < n; i++) sum += all[i] != NULL;
    return sum;
}

// ---- w3 ----

typedef struct Entry {
#if !MANAGED
    intptr_t count;
#endif
#ifdef COUNTED
    const void *type;
#endif
    struct Entry *link;
    uint64_t number;
} Entry;

static inline Entry *entry(uint64_t number, Entry *link) {
    Entry *fresh = allocate(sizeof *fresh);
#if !MANAGED
    fresh->count = 1;
    if (link) link->count++;
#endif
#ifdef COUNTED
    fresh->type = &generator;
#endif
    fresh->number = number;
    fresh->link = link;
    return fresh;
}

static void drop_entry(Entry *old) {
#if !MANAGED
    while (old && --old->count == 0) {
        Entry *link = old->link;
        release(old);
        old = link;
    }
#endif
    (void)old;
}

enum { ENTRIES = 1000000 };

static uint64_t w3(uint64_t n) {
    Entry **table = allocate_table(ENTRIES);
    for (uint32_t i = 0; i < ENTRIES; i++) table[i] = entry(i, NULL);
    for (uint64_t number = 0; number < n; number++) {
        uint32_t at = below(ENTRIES), from = below(ENTRIES);
        Entry *link = table[from], *cut = link->link, *old = table[at];
        link->link = NULL;
        drop_entry(cut);
        table[at] = entry(number, link);
        drop_entry(old);
    }
    uint64_t sum = 0;
    for (uint32_t i = 0; i < ENTRIES; i++) sum += table[i]->number + (table[i]->link ? table[i]->link->number : 0);
    return sum;
}

// ---- w4 ----

typedef struct Link {
    struct Link *previous, *next;
    uint64_t number;
} Link;

enum { LINKS = 200000 };

static inline Link *ring_node(uint64_t number) {
    Link *fresh = allocate(sizeof *fresh);
    fresh->number = number;
    return fresh;
}

static APART Link *ring(uint64_t number) {
    Link *all[4];
    for (int i = 0; i < 4; i++) all[i] = ring_node(number + i);
    for (int i = 0; i < 4; i++) all[i]->next = all[(i + 1) & 3], all[i]->previous = all[(i + 3) & 3];
    return all[0];
}

static uint64_t w4(uint64_t n) {
#ifdef COUNTED
    unsuitable("counts alone don't find cycles");
#endif
    Link **kept = allocate_table(LINKS);
    for (uint32_t i = 0; i < LINKS; i++) {
        kept[i] = ring_node(i);
        kept[i]->previous = kept[below(i + 1)];
        kept[i]->next = kept[i];
    }
    uint64_t sum = 0;
    for (uint64_t k = 0; k < n; k++) {
        Link *first = ring(k), *second = first->next, *third = second->next, *fourth = third->next;
        sum += third->number;
        release(first), release(second), release(third), release(fourth);
    }
    for (uint32_t i = 0; i < LINKS; i++) sum += kept[i]->previous->number;
    return sum;
}

// ---- w5 ----

static int by_size(const void *left, const void *right) {
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return a < b ? -1 : a > b;
}

enum { MESSAGES = 200000, MESSAGE = 1024 };

static uint64_t w5(uint64_t n) {
    unsigned char **buffer = allocate_table(MESSAGES);
    uint32_t *times = malloc(n * sizeof *times);
    memset(times, 1, n * sizeof *times);
    uint64_t start = nanoseconds(), last = start, sum = 0;
    for (uint64_t i = 0; i < n; i++) {
        unsigned char *fresh = allocate_plain(MESSAGE), **slot = &buffer[i % MESSAGES];
        memset(fresh, (int)(i & 255), MESSAGE);
        if (*slot) release(*slot);
        *slot = fresh;
        uint64_t now = nanoseconds(), time = now - last;
        times[i] = time > UINT32_MAX ? UINT32_MAX : (uint32_t)time;
        last = now;
    }
    for (uint32_t i = 0; i < MESSAGES && i < n; i++) sum += buffer[i][MESSAGE / 2];
    qsort(times, n, sizeof *times, by_size);
    printf("PAUSE max_us=%.1f p9999_us=%.1f p999_us=%.1f p50_ns=%u push_per_s=%.0f\n", times[n - 1] / 1e3,
           times[(uint64_t)(n * 0.9999)] / 1e3, times[(uint64_t)(n * 0.999)] / 1e3, times[n / 2], n / ((last - start) / 1e9));
    return sum;
}

// ---- w6 ----

#ifdef BOEHM
typedef struct Vertex {
    struct Vertex *a, *b, *c;
    uint64_t id;
} Vertex;

static uint64_t w6(uint64_t n) {
    Vertex **graph = allocate_table(n);
    uint32_t *order = malloc(n * sizeof *order);
    for (uint32_t i = 0; i < n; i++) order[i] = i;
    for (uint32_t i = n - 1; i > 0; i--) {
        uint32_t j = below(i + 1), swap = order[i];
        order[i] = order[j], order[j] = swap;
    }
    for (uint32_t i = 0; i < n; i++) (graph[order[i]] = allocate(sizeof(Vertex)))->id = order[i];
    free(order);
    for (uint32_t i = 0; i < n; i++) {
        graph[i]->a = graph[below(n)];
        graph[i]->b = graph[below(n)];
        graph[i]->c = bits() >> 31 ? graph[below(n)] : NULL;
    }
    for (int i = 0; i < 5; i++) {
        uint64_t start = nanoseconds();
        GC_gcollect();
        double time = nanoseconds() - start;
        printf("FULLGC ms=%.1f ns_per_obj=%.1f\n", time / 1e6, time / n);
    }
    uint64_t sum = 0;
    for (uint32_t i = 0; i < n; i++) sum += graph[i]->a->id;
    return sum;
}
#else
static uint64_t w6(uint64_t n) {
    (void)n;
    unsuitable("nothing collects");
    return 0;
}
#endif

static const struct {
    const char *name;
    uint64_t size;
    uint64_t (*run)(uint64_t);
} all[] = {{"w1", 18, w1},      {"w2", 18, w2},      {"w3", 20000000, w3},  {"w4", 5000000, w4},
           {"w5", 2000000, w5}, {"w6", 5000000, w6}, {"w7", 200000000, w7}, {"mem", 5000000, mem}};

int main(int count, char **words) {
#ifdef BOEHM
    GC_INIT();
#endif
    for (size_t i = 0; count > 1 && i < sizeof all / sizeof *all; i++) {
        if (strcmp(words[1], all[i].name)) continue;
        uint64_t n = count > 2 ? strtoull(words[2], NULL, 10) : all[i].size, start = nanoseconds();
        uint64_t sum = all[i].run(n);
        double ns = nanoseconds() - start;
        printf("RES %s ms=%.1f check=%llu ns_per_obj=%.2f\n", words[1], ns / 1e6, (unsigned long long)sum, ns / n);
        return 0;
    }
    fprintf(stderr, "usage: %s w1|w2|w3|w4|w5|w6|w7|mem [N]\n", words[0]);
    return 2;
}
