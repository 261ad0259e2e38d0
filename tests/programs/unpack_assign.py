# Unpacking: nested, starred, swaps, order of targets, errors with their counts.
a, b = 1, 2
a, b = b, a
print(a, b)
a, (b, [c, *d]), *e = 1, (2, "xyz"), 4, 5
print(a, b, c, d, e)
*a, b = [1]; print(a, b)
a, *b, c = "hello"; print(a, b, c)
[a, b] = {1: "x", 2: "y"}; print(a, b)
(a), b = range(2); print(a, b)
a = b = c = []; a.append(1); print(a, b, c is a)
i = 0
l = [10, 20, 30]
i, l[i] = 2, "set"
print(i, l)
l[0], l[1], l[2] = l[2], l[0], l[1]; print(l)
x = [0, 1]; i = 0
i = x[i] = 1; print(i, x)
class O: pass
o, d = O(), {}
o.a, d["k"], (o.b, *d["r"]) = 1, 2, (3, 4, 5); print(o.__dict__, d)
for k, (v, *w) in [("a", (1, 2, 3)), ("b", "q")]: print(k, v, w)
for i, o.it in enumerate("xy"): print(i, o.it)
for x[0], x[1] in [(7, 8)]: pass
print(x)
def f(): return 1, (2, 3)
p, (q, r) = f(); print(p, q, r)
print([*range(3), *"ab"], (*[1], 2), {**{"a": 1}, "b": 2}, sorted({*[1, 2], 2}), *[1, 2], sep=" ")
*a, = (1, 2); print(a)
() = []; [] = ()
n = yielded = None
def tr(v, log): log.append(v); return v
log = []
class T:
    def __setitem__(self, k, v): log.append(("set", k, v))
    def __setattr__(self, k, v): log.append(("attr", k, v))
t = T()
t[tr("k1", log)], t.x, t[tr("k2", log)] = tr("v1", log), tr("v2", log), tr("v3", log)
print(log); log.clear()
t[tr("a", log)] = t.y = tr("val", log); print(log)
def gen():
    for i in range(5):
        print("pull", i)
        yield i
try:
    a, b = gen()
except ValueError as e:
    print(e)
def two(v): a, b = v
def three(v): a, b, c = v
def star(v): a, b, *c = v
def star3(v): a, *b, c, d = v
def nested(v): a, (b, c) = v
def empty(v): () = v
def one(v): a, = v
for fn, v in (
    (two, ()), (two, (1,)), (two, (1, 2, 3)), (two, "abc"), (two, 5), (two, None),
    (three, [1, 2]), (three, range(10)), (star, [1]), (star, []), (star3, "ab"),
    (nested, (1, 2)), (nested, (1, (2,))), (nested, (1, "abc")), (empty, [1]), (one, []),
    (one, [1, 2]), (two, {1: 2}), (two, {1, 2, 3}), (star, 5), (two, (i for i in range(3))),
    (one, 1.5), (two, iter([1])),
):
    try:
        fn(v); print("ok")
    except Exception as e:
        print(fn.__name__, type(e).__name__, e)
