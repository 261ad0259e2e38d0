# Small classic algorithms: queens, permutations, Hanoi, life, knapsack, primes, word counts, dijkstra.
def queens(n):
    def place(row, cols, d1, d2):
        if row == n:
            yield cols
            return
        for c in range(n):
            if c not in cols and row + c not in d1 and row - c not in d2:
                yield from place(row + 1, cols + (c,), d1 | {row + c}, d2 | {row - c})
    return place(0, (), frozenset(), frozenset())
print([sum(1 for _ in queens(n)) for n in range(1, 8)], next(queens(8)))
def perms(xs):
    if not xs:
        yield []
    for i, x in enumerate(xs):
        for rest in perms(xs[:i] + xs[i + 1:]):
            yield [x] + rest
print(["".join(p) for p in perms(list("abc"))], sum(1 for _ in perms(list(range(6)))))
def hanoi(n, a="A", b="B", c="C"):
    if n:
        yield from hanoi(n - 1, a, c, b)
        yield a + c
        yield from hanoi(n - 1, b, a, c)
print(" ".join(hanoi(3)), sum(1 for _ in hanoi(10)))
def life(cells):
    counts = {}
    for x, y in cells:
        for dx in (-1, 0, 1):
            for dy in (-1, 0, 1):
                if dx or dy:
                    counts[x + dx, y + dy] = counts.get((x + dx, y + dy), 0) + 1
    return {p for p, n in counts.items() if n == 3 or (n == 2 and p in cells)}
glider = {(1, 0), (2, 1), (0, 2), (1, 2), (2, 2)}
for _ in range(20):
    glider = life(glider)
print(sorted(glider))
def knapsack(items, cap):
    best = [0] * (cap + 1)
    for w, v in items:
        for c in range(cap, w - 1, -1):
            best[c] = max(best[c], best[c - w] + v)
    return best[cap]
print(knapsack([(3, 4), (4, 5), (7, 10), (8, 11), (9, 13)], 17))
graph = {"a": {"b": 7, "c": 3}, "b": {"d": 2}, "c": {"b": 1, "d": 8}, "d": {"e": 1}, "e": {}}
def dijkstra(start):
    dist, todo = {start: 0}, [(0, start)]
    while todo:
        todo.sort(reverse=True)
        d, at = todo.pop()
        if d > dist[at]:
            continue
        for to, w in graph[at].items():
            if d + w < dist.get(to, float("inf")):
                dist[to] = d + w
                todo.append((d + w, to))
    return dist
print(sorted(dijkstra("a").items()))
def lcs(a, b):
    t = [[""] * (len(b) + 1) for _ in range(len(a) + 1)]
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            t[i + 1][j + 1] = t[i][j] + x if x == y else max(t[i][j + 1], t[i + 1][j], key=len)
    return t[-1][-1]
print(lcs("the quick brown fox", "a thick brow fix"))
def qsort(l):
    return l if len(l) < 2 else qsort([x for x in l[1:] if x < l[0]]) + [l[0]] + qsort([x for x in l[1:] if x >= l[0]])
print(qsort([5, 3, 8, 1, 9, 2, 5, 0]), qsort(list("sorting")))
def bsearch(l, v):
    lo, hi = 0, len(l)
    while lo < hi:
        mid = (lo + hi) // 2
        if l[mid] < v:
            lo = mid + 1
        else:
            hi = mid
    return lo
print([bsearch([1, 3, 5, 7], v) for v in range(9)])
def roman(n):
    out = ""
    for v, s in ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        q, n = divmod(n, v)
        out += s * q
    return out
print([roman(n) for n in (1, 4, 9, 14, 1994, 2024, 3999)])
