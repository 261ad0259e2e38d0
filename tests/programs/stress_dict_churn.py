# Dictionaries and sets under insertion and deletion, with keys of many types.
words = {}
seed = 7
for i in range(150000):
    seed = (seed * 1103515245 + 12345) & 0x7FFFFFFF
    w = "w" + str((seed >> 7) % 3000)
    words[w] = words.get(w, 0) + 1
top = sorted(words.items(), key=lambda kv: (-kv[1], kv[0]))
print(len(words), sum(words.values()), top[:3], top[-2:])
d = {}
for i in range(150000):
    d[i] = i
    if i >= 100:
        del d[i - 100]
print(len(d), next(iter(d)), list(d)[-1])
mixed = {}
for i in range(3000):
    for k in (i, str(i), (i, str(i)), i + 0.5, frozenset((i, i + 1)), -i * 2**60, bytes([i % 256, i // 256])):
        mixed[k] = mixed.get(k, 0) + 1
print(len(mixed), mixed[5], mixed["7"], mixed[(3, "3")], mixed[2.5], mixed[frozenset((8, 9))])
print(mixed[-3 * 2**60], mixed[b"\x01\x02"], mixed[0.0])
for i in range(0, 3000, 2):
    del mixed[i or 0], mixed[str(i)], mixed[(i, str(i))]
    mixed.pop(i + 0.5)
print(len(mixed), 2 in mixed, 3 in mixed, "4" in mixed, sum(1 for k in mixed if isinstance(k, str)))
s = set()
for i in range(150000):
    s.add(i * 37 % 1009)
    s.discard(i * 53 % 1013)
print(len(s), sum(s), min(s), max(s))
grid = {(x, y): x * y for x in range(100) for y in range(100)}
print(sum(grid[x, x] for x in range(100)), len(grid), sum(1 for (x, y), v in grid.items() if v % 2 and x < y))
inv = {}
for k, v in grid.items():
    inv.setdefault(v, []).append(k)
print(len(inv), len(inv[0]), inv[9801], max(len(v) for v in inv.values()))
nested = {}
for i in range(5000):
    nested.setdefault(i % 10, {}).setdefault(i % 7, []).append(i)
print(len(nested), nested[3][4][:3], sum(len(v) for d in nested.values() for v in d.values()))
