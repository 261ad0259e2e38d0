# sorted, min, max, sum, any, all, zip, enumerate, map, filter, reversed, iter, next.
print(min(3, 1, 2), max([3, 1, 2]), min("hello"), max((1, 5), (2, 0)), min([], default="d"))
print(max([1], default=0), max("a", "bb", key=len), min(["b", "A"], key=str.lower))
print(max([1, 1.0, True]), min([1.0, 1]), max(x for x in (2, 3)), max({"a": 1, "b": 0}))
print(min(-1, 2**70, 0.5))
print(sum([]), sum([1, 2], 10), sum([1, 2], start=5), sum([[1], [2]], []), sum((0.1, 0.2, 0.3)))
print(sum([1, 2.5]), sum([2**62, 2**62, -1]), sum(range(1000)), sum([True, True]))
print(sum([(1,), (2,)], ()), sum([0.1] * 10), sum({1: "a", 2: "b"}))
print(any([]), all([]), any([0, "", 1]), all([1, "a", []]), any(x > 2 for x in [1, 3, 1 / 1]), all(x < 2 for x in [1, 3]))
print(list(zip([1, 2, 3], "ab")), list(zip()), list(zip([1])))
print(list(zip("ab", range(10), [True, False])), dict(zip("ab", [1, 2])))
print(list(zip(*[(1, 2), (3, 4)])), list(zip([1], [2], strict=True)), list(enumerate("ab")))
print(list(enumerate("ab", 5)), list(enumerate([], start=1)), list(enumerate(enumerate("x"))))
print(list(map(str, [1, 2])), list(map(lambda a, b: a + b, [1, 2, 3], [10, 20])))
print(list(map(int, "123")), list(filter(None, [0, 1, "", "a", None])))
print(list(filter(lambda x: x % 2, range(5))), list(filter(str.isalpha, "a1b")))
print(list(map(max, [1, 5], [3, 2])))
print(list(reversed([1, 2])), list(reversed("ab")), list(reversed(range(3))))
print(list(reversed((1,))), list(reversed({"a": 1, "b": 2})), "".join(reversed("añ😀")))
print(sorted(reversed([3, 1])))
z = zip([1, 2, 3], [4, 5, 6]); print(next(z), list(z), list(z), type(z).__name__, type(map(int, [])).__name__, type(enumerate([])).__name__, type(reversed([])).__name__, type(filter(None, [])).__name__)
it = iter([1, 2]); print(next(it), next(it), next(it, "d"), next(it, None), iter(it) is it)
vals = [3, 2, 1, 0, 5]
print(list(iter(vals.pop, 1)), vals, list(iter(lambda: 5, 5)))
m = map(print, ["lazy"]); print("before"); list(m)
a = iter([1, 2, 3, 4]); print(list(zip(a, a)))
a = iter([1, 2, 3]); print(list(zip(a, [9])), list(a)); a = iter([1, 2, 3]); print(list(zip([9], a)), list(a))
e = enumerate("ab"); print(next(e), list(e)); big = enumerate("a", 2**63 - 1); print(list(big))
l = [1, 2, 3]; r = reversed(l); l.append(4); print(list(r)); it = iter(l); l.clear(); print(list(it))
it = iter([1]); list(it); print(next(it, "exhausted stays"))
for f in (
    lambda: min([]),
    lambda: max(()),
    lambda: min(1),
    lambda: max(1, "a"),
    lambda: min("a", 1, key=5),
    lambda: max(1, 2, default=3),
    lambda: sum("ab"),
    lambda: sum(["a"], ""),
    lambda: sum([[1]]),
    lambda: sum([1], []),
    lambda: sum([b"a"], b""),
    lambda: list(zip([1], [1, 2], strict=True)),
    lambda: list(zip([1, 2], [1], strict=True)),
    lambda: list(zip([1, 2], [1], [1], strict=True)),
    lambda: list(zip([1], 5)),
    lambda: list(map(5, [1])),
    lambda: list(map(int, ["x"])),
    lambda: list(map(lambda a: a, [1], [2])),
    lambda: list(filter(5, [1])),
    lambda: map(int, 5),
    lambda: reversed({1: 2}.values()) and reversed(iter([])),
    lambda: enumerate([], "a"),
    lambda: next(iter([])),
    lambda: next(5),
    lambda: iter(5),
    lambda: any(5),
    lambda: sorted([1, "a"]),
    lambda: sorted(None),
    lambda: max([1, None]),
    lambda: min([[], 1]),
    lambda: len(iter([])),
    lambda: zip([1])[0],
    lambda: len(map(int, [])),
    lambda: sorted([1], bad=1),
    lambda: max([1, 2], foo=1),
):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
