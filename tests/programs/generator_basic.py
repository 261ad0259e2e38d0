# Generators: yield, return values, send, throw, close, yield from.
def g(n):
    for i in range(n):
        yield i
    return "ret"
print(list(g(3)), [*g(2)], sum(g(4)), max(g(3)), dict(zip("ab", g(5))), 2 in g(5), tuple(g(0)))
it = g(1)
print(next(it), it is iter(it), type(it).__name__, it.__name__)
try:
    next(it)
except StopIteration as e:
    print("stop", e.value, e.args)
try:
    next(it)
except StopIteration as e:
    print("again", e.value)
print(next(it, "default"))
def lazy():
    print("started")
    yield 1
    print("resumed")
    yield 2
    print("finished")
z = lazy()
print("created")
for v in z:
    print("got", v)
def echo():
    got = []
    while True:
        v = yield len(got)
        if v is None:
            break
        got.append(v)
    return got
e = echo()
print(next(e), e.send("a"), e.send("b"))
try:
    e.send(None)
except StopIteration as s:
    print(s.value)
def deleg():
    r = yield from g(2)
    print("result", r)
    yield from "xy"
    yield from ()
    return 99
print(list(deleg()))
def fin():
    try:
        yield 1
        yield 2
    except ValueError as e:
        print("caught", e)
        yield "handled"
    finally:
        print("cleanup")
f = fin()
print(next(f), f.throw(ValueError("boo")), next(f, "end"))
f = fin(); next(f); f.close(); print(next(f, "closed"))
f = fin()
f.close()
print(list(f))
def fibs():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b
fb = fibs()
print([next(fb) for _ in range(12)], [x for x, _ in zip(fb, range(3))])
def bad():
    yield 1
    raise StopIteration("inner")
def raises():
    yield 1
    1 / 0
def not_started():
    return (yield)
for make in (
    lambda: list(bad()),
    lambda: list(raises()),
    lambda: not_started().send(5),
    lambda: g(),
    lambda: g(1, 2),
    lambda: next(5),
    lambda: list(g("a")),
    lambda: len(g(3)),
    lambda: g(3)[0],
):
    try:
        print(make())
    except Exception as e:
        print(type(e).__name__, e, "| cause:", repr(e.__cause__))
def self_iter():
    yield from me
me = self_iter()
try:
    next(me)
except ValueError as e:
    print(e)
class Tree:
    def __init__(self, v, l=None, r=None):
        self.v, self.l, self.r = v, l, r
    def __iter__(self):
        if self.l:
            yield from self.l
        yield self.v
        if self.r:
            yield from self.r
print(list(Tree(4, Tree(2, Tree(1), Tree(3)), Tree(6, Tree(5)))))
sq = (i * i for i in range(5))
ev = (i for i in sq if i % 2 == 0)
print(list(ev), list(sq), type(sq).__name__)
def unpack():
    a, b, *c = g(5)
    return a, b, c
print(unpack(), *g(3))
def early():
    for v in g(10):
        if v == 3:
            return v
print(early())
def loop_try():
    for i in range(3):
        try:
            yield i
            if i == 1:
                continue
            yield -i
        finally:
            yield "f%d" % i
print(list(loop_try()))
