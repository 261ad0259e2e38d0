# list.sort and sorted: keys, reverse, stability, errors, counting comparisons-independent results.
l = [3, 1, 2]
print(l.sort(), l, sorted([3, 1, 2], reverse=True), sorted("hello"), sorted({"b": 1, "a": 2}))
print(sorted((3, 1)), sorted([]), sorted(range(5), key=lambda x: -x))
recs = [("b", 2), ("a", 2), ("c", 1), ("d", 2), ("e", 1)]
print(sorted(recs, key=lambda r: r[1]))
print(sorted(recs, key=lambda r: r[1], reverse=True))
print(sorted(recs), sorted(recs, key=None)[0], sorted(["b", "A", "c"], key=str.lower))
print(sorted(["bb", "a", "ccc"], key=len, reverse=True), sorted([1, True, 0, False, 1.0]))
print(sorted([-3, 2, -1], key=abs))
print(sorted([[2, 1], [1, 2], [1]]), sorted([(1, "b"), (1, "a")]), sorted([1.5, 1, 2, -1]), sorted([2**70, 1, -2**70, 0.5]))
# a long pseudo-random list, checked against its definition
seed = 12345
big = []
for i in range(2000):
    seed = (seed * 1103515245 + 12345) % 2**31
    big.append((seed >> 8) % 300)
pairs = [(v, i) for i, v in enumerate(big)]
s = sorted(pairs, key=lambda p: p[0])
print(all(s[i][0] < s[i + 1][0] or (s[i][0] == s[i + 1][0] and s[i][1] < s[i + 1][1]) for i in range(len(s) - 1)))
print(s[0], s[-1], sum(big))
r = sorted(pairs, key=lambda p: p[0], reverse=True)
print(all(r[i][0] > r[i + 1][0] or (r[i][0] == r[i + 1][0] and r[i][1] < r[i + 1][1]) for i in range(len(r) - 1)), r[0], r[-1])
# partly ordered runs
runs = list(range(50)) + list(range(25, 0, -1)) + list(range(10, 60))
print(sorted(runs) == sorted(runs[::-1]), sorted(runs)[:12], sorted(runs, reverse=True)[:5])
class V:
    def __init__(self, n):
        self.n = n
    def __lt__(self, o):
        return self.n < o.n
    def __repr__(self):
        return f"V{self.n}"
print(sorted([V(3), V(1), V(2)]), sorted([V(3), V(1), V(2)], reverse=True))
print(max([V(1), V(3)], key=lambda v: v.n), min(V(2), V(1)))
for f in (
    lambda: [1, "a"].sort(),
    lambda: sorted([1, None]),
    lambda: sorted([{}, {}]),
    lambda: sorted([None, None]),
    lambda: sorted(5),
    lambda: sorted(),
    lambda: sorted([1], lambda x: x),
    lambda: [].sort(5),
    lambda: [2, 1].sort(key=lambda x: 1 / 0),
    lambda: [2, 1].sort(kee=1),
    lambda: sorted([object(), object()]),
    lambda: [1, 2].sort(key=5),
    lambda: sorted([2, 1], reverse="x"),
    lambda: sorted([(1, {}), (1, {})]),
    lambda: sorted([1], key=5),
):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
print(sorted([None]), sorted([(1, None), (2, None)]))
class Boom(Exception):
    pass
l = [5, 4, 3, 2, 1]
def key(x):
    if x == 2:
        raise Boom(x)
    return x
try:
    l.sort(key=key)
except Boom as e:
    print("Boom", e, l)
l = [3, 2, 1]
def mutate(x):
    l.append(x)
    return x
try:
    l.sort(key=mutate)
except ValueError as e:
    print(e)
l = [3, 2, 1]
seen = []
l.sort(key=lambda x: seen.append(len(l)) or x)
print(l, seen)
calls = []
sorted([3, 1, 2], key=lambda x: calls.append(x) or x)
print(calls)
