# Sets, shown sorted.
s = {3, 1, 2}
print(sorted(s), len(s), 2 in s, 9 in s, sorted(s | {4}), sorted(s & {1, 9}), sorted(s - {1}))
print(sorted(s ^ {1, 9}), s == {1, 2, 3}, s != {1}, {1} < s, s <= s, s < s, s >= {1, 2}, s > {1})
print(s.isdisjoint({7}), s.issubset([1, 2, 3, 4]), s.issuperset((1,)))
print(sorted(s.union([7], (8,))), sorted(s.intersection([1, 2], [2])), sorted(s.difference([1])))
print(sorted(s.symmetric_difference([1, 5])), sorted(set("hello")), set(), repr(set()), {1})
print({"a"}, frozenset([1]), frozenset(), sorted(set([1, 1.0, True, 2])), sorted({*s, 10}))
print(sorted({x % 3 for x in range(10)}), bool(set()), type({}).__name__, type({1}).__name__)
s.add(4); s.add(4); s.discard(99); s.remove(1); print(sorted(s))
s.update([10, 11], {12}); print(sorted(s))
s.intersection_update({10, 11, 4}); print(sorted(s))
s.difference_update([4]); print(sorted(s))
s.symmetric_difference_update([11, 5]); print(sorted(s))
t = s; s |= {6}; s &= {5, 6}; s -= {5}; s ^= {7}; print(sorted(s), t is s)
c = s.copy(); c.clear(); print(c, sorted(s), {5}.pop())
f = frozenset([1, 2])
print(hash(f) == hash(frozenset([2, 1])), f == {1, 2}, {f: "key"}[frozenset((2, 1))], f in {f})
print(type(f | {3}).__name__, type({3} | f).__name__, sorted(f | {3}), {1, 2} in [f])
print({frozenset([1])} == {frozenset([1])})
def during():
    s = {1, 2}
    for x in s:
        s.add(x + 10)
for g in (
    during,
    lambda: {[]},
    lambda: set(5),
    lambda: {1}.remove(2),
    lambda: {1}.remove("a"),
    lambda: set().pop(),
    lambda: {1} + {2},
    lambda: {1} | [2],
    lambda: s[0],
    lambda: hash({1}),
    lambda: {1} < [1],
    lambda: {1} < 5,
    lambda: {{1}},
    lambda: set([[1]]),
    lambda: [] in {1},
    lambda: {1}.add([]),
    lambda: f.add(3),
    lambda: set(1, 2),
    lambda: {1}.nope(),
    lambda: {1}.union(5),
    lambda: {1} - [1],
    lambda: {1}.discard({}),
    lambda: {1}.remove([]),
):
    try:
        print(g())
    except Exception as e:
        print(type(e).__name__, e)
print({1} in [{1}], {1, 2} == frozenset({2, 1}), {1} == [1], set() in [set()])
print(frozenset({1}) in {frozenset({1})}, {1} in {frozenset({1})})
# a set that grows, shrinks and is compared with its definition
s = set()
for i in range(1000):
    s.add(i * 7 % 501)
for i in range(0, 501, 2):
    s.discard(i)
print(len(s), sum(s), sorted(s)[:5], sorted(s)[-5:], all(x in s for x in range(1, 501, 2)))
print(any(x in s for x in range(0, 501, 2)))
