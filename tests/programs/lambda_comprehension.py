# Comprehensions of all four kinds: scopes, conditions, nesting, evaluation of the first iterable.
print([x * x for x in range(5)], [x for x in range(10) if x % 2 if x % 3])
print([x if x % 2 else -x for x in range(5)], [(x, y) for x in range(3) for y in range(x)])
print([[y for y in range(x)] for x in range(4)], {x: x * x for x in range(4)})
print({k: v for v, k in enumerate("abc")}, sorted({x % 3 for x in range(10)}))
print(sum(x for x in range(5)), list(x for x in "ab"), tuple(i for i in (1, 2)))
print([*(x for x in range(3)), 9])
print([x for x in [1, 2] for x in [x, x + 10]], [y for x in ([1, 2], [3]) for y in x if y != 2])
print([a + b for a, b in [(1, 2), (3, 4)]], [a for a, *b in ["xyz", "pq"]])
print([b for a, *b in ["xyz", "pq"]], [y for x in range(3) if (y := x * 2)], y)
x = "outer"
print([x for x in range(2)], x, [(lambda: x)() for x in range(2)], [f() for f in [lambda: x for x in range(3)]], x)
try:
    [inner for inner in range(3)]
    inner
except NameError as e:
    print(e)
def scope():
    n = 10
    return [i + n for i in range(3)], {i: n for i in range(2)}, list(j * n for j in range(2)), [lambda: n + i for i in range(2)][0]()
print(scope())
class C:
    items = [1, 2, 3]
    doubled = [i * 2 for i in items]
    try:
        bad = [i * len(items) for i in range(2)]
    except NameError as e:
        bad = str(e)
print(C.doubled, C.bad)
def first_now():
    log = []
    def src():
        log.append("src evaluated")
        return [1, 2]
    g = (log.append(i) for i in src())
    log.append("made")
    list(g)
    return log
print(first_now())
try:
    g = (i for i in 5)
except TypeError as e:
    print(e)
for f in (
    lambda: [i for i in None],
    lambda: [1 / i for i in (1, 0)],
    lambda: {[]: i for i in range(1)},
    lambda: [a for a, b in [(1, 2, 3)]],
    lambda: [nope for _ in range(1)],
    lambda: [i for i in range(3) if nope],
    lambda: {i: 1 / 0 for i in range(1)},
    lambda: list(i / 0 for i in range(1)),
    lambda: [i.x for i in (1,)],
    lambda: sum(c for c in "ab"),
):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
order = []
def t(v):
    order.append(v)
    return v
{t("k1"): t("v1"), t("k2"): t("v2")}
print(order); order.clear()
{t(i): t(i * 10) for i in range(2)}
print(order); order.clear()
[t(i) for i in range(4) if t(-i) % 2]
print(order)
def last():
    return [(last := v) for v in range(4)], last
print(last())
m = [[1, 2, 3], [4, 5, 6]]
print([[row[i] for row in m] for i in range(3)], [sum(r) for r in zip(*m)])
print({i: {j: i * j for j in range(2)} for i in range(2)})
print([n for n in range(2, 30) if all(n % d for d in range(2, n))])
print((lambda: [i for i in range(3)])(), [(lambda i: i * 2)(i) for i in range(3)])
print((lambda n: [lambda: n for _ in range(1)])(5)[0](), [i for i in range(5)][::-1])
print([[]  for _ in range(2)], any(i > 3 for i in range(5)))
print(max((len(w), w) for w in ["a", "bbb", "cc"]))
