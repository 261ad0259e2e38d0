// What the programs of this folder share: a table of kernels, the clock, the output that run.py reads.
//
//   PROGRAM VARIANT KERNEL [N [ROUNDS]]
//
// does N steps of a kernel ROUNDS times and prints `RES KERNEL ns=TIME check=NUMBER`: the least time of a step, and what proves equal work.
// Start-up is not measured. `PROGRAM --list` prints a line `KERNEL N` for each kernel. Exit status 3: this variant can't do that.
//
// The kernels, the same in every program:
//
//   get, set    a reference in an object of the host's own type is read and given back; is written
//   payload     the host's data of such an object, after asking whether the object is of that type
//   local       a float made and given back
//   ref         what a long-lived reference refers to, as a value at hand, and given back
//   new         an object of the host's type, with a number and a reference, made and dropped
//   call        a script's function is called, which calls a function of the host
//   state       the whole runtime made and closed
//   w1, w4      the workloads of that name (benches/src/workload), their nodes objects of the host's type; N as there, times for a node
#ifndef DRIVER_H
#define DRIVER_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct {
    const char *name;
    uint64_t (*run)(uint64_t n); // gives the checksum
    uint64_t n;
    uint64_t (*steps)(uint64_t n); // how many those are; NULL: n
} Kernel;

// Each program has these three.
extern const Kernel kernels[];
static void start(const char *variant);
static void stop(void);

// So many steps share a scope, or are followed by a safe point.
#define BATCH 64

static uint32_t generator = 42;

static inline uint32_t below(uint32_t n) {
    generator = generator * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)generator * n) >> 32);
}

__attribute__((noreturn, unused)) static void fail(const char *what) {
    fprintf(stderr, "failed: %s\n", what);
    exit(1);
}

__attribute__((noreturn, unused)) static void unsuitable(const char *reason) {
    printf("NA %s\n", reason);
    exit(3);
}

#define must(condition) ((condition) ? (void)0 : fail(#condition))

// Nodes of all trees of w1.
__attribute__((unused)) static uint64_t w1_nodes(uint64_t depth) {
    uint64_t nodes = (4ull << depth) - 1 + (2ull << depth) - 1;
    for (uint64_t d = 4; d <= depth; d += 2) nodes += ((2ull << d) - 1) << (depth - d + 4);
    return nodes;
}

// Nodes alive beside the rings of w4, and nodes in all.
#define LIVE 200000u
__attribute__((unused)) static uint64_t w4_nodes(uint64_t n) { return 4 * n + LIVE; }

static uint64_t nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000ull + now.tv_nsec;
}

int main(int argc, char **argv) {
    if (argc == 2 && !strcmp(argv[1], "--list")) {
        for (const Kernel *k = kernels; k->name; k++) printf("%s %llu\n", k->name, (unsigned long long)k->n);
        return 0;
    }
    if (argc < 3) fail("usage: VARIANT KERNEL [N [ROUNDS]] | --list");
    const Kernel *kernel = kernels;
    while (kernel->name && strcmp(kernel->name, argv[2])) kernel++;
    if (!kernel->name) fail("no such kernel");
    uint64_t n = argc > 3 ? strtoull(argv[3], NULL, 10) : kernel->n;
    uint64_t rounds = argc > 4 ? strtoull(argv[4], NULL, 10) : 5;
    uint64_t best = UINT64_MAX, check = 0;
    start(argv[1]);
    for (uint64_t i = 0; i < rounds; i++) {
        generator = 42;
        uint64_t before = nanoseconds();
        check = kernel->run(n);
        uint64_t time = nanoseconds() - before;
        if (time < best) best = time;
    }
    printf("RES %s ns=%.3f check=%llu\n", kernel->name, (double)best / (kernel->steps ? kernel->steps(n) : n),
           (unsigned long long)check);
    stop();
    return 0;
}

#endif
