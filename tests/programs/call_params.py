# All the kinds of parameters, called every right way.
def f(a, b=2, *args, c, d=4, **kw):
    return a, b, args, c, d, kw
print(f(1, c=3), f(1, 2, 3, 4, c=5), f(a=1, c=2), f(1, c=3, x=9, y=10))
print(f(*[1, 2, 3], **{"c": 4, "z": 5}), f(1, *(), c=1), f(*"ab", c=0, **{}), f(c=1, b=2, a=3))
def g(a, b=2, /, c=3, *, d=4):
    return a, b, c, d
print(g(1), g(1, 5), g(1, c=6), g(1, 5, 6, d=7), g(1, d=8, c=9))
def h(a, /, **kw):
    return a, kw
print(h(1, a=2), h(1, b=2))
def star(*a, **k):
    return a, k
print(star(), star(1, 2), star(x=1), star(*range(3), *"ab", 9))
print(star(**{"a": 1}, b=2, **{"c": 3}), star(*{"k": 1}), star(*(i for i in range(2))))
print(star(1, *[2], 3, *[4], k=5), star(**{"not an identifier": 1, "": 2}))
def mutable(x, acc=[]):
    acc.append(x)
    return acc
print(mutable(1), mutable(2), mutable(3, []), mutable(4), mutable.__defaults__)
n = 5
def early(x=n, *, y=n + 1):
    return x, y
n = 100
print(early(), early.__defaults__, early.__kwdefaults__)
early.__defaults__ = (77,)
early.__kwdefaults__ = {"y": 78}
print(early())
def own_args(*args, **kw):
    args += (1,)
    kw["new"] = 1
    return args, kw
t, dd = (0,), {"old": 0}
print(own_args(*t, **dd), t, dd)
print((lambda *a, k=1, **kw: (a, k, kw))(1, 2, k=3, z=4), (lambda: 5)())
print((lambda x, y=(lambda: 6)(): x + y)(1), (lambda a, /, b, *, c: (a, b, c))(1, b=2, c=3))
log = []
def trace(v):
    log.append(v)
    return v
star(trace(1), *[trace(2)], trace(3), x=trace(4), **{"y": trace(5)}, z=trace(6))
print(log)
log.clear()
def deco(d=trace("default"), *, k=trace("kw default")) -> trace("annotation"):
    pass
print(log, deco.__annotations__, f.__name__, f.__defaults__, f.__kwdefaults__)
print(f.__code__.co_argcount, f.__code__.co_varnames[:6])
def many(a, b, c, d, e, f, g, h, i, j, k=11, l=12, m=13):
    return a + b + c + d + e + f + g + h + i + j + k + l + m
print(many(*range(10)), many(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, m=0), many(**{c: 1 for c in "abcdefghij"}))
def ret_none():
    return
def no_ret():
    pass
print(ret_none(), no_ret(), ret_none() is None)
def doc():
    "the doc"
    return doc.__doc__
print(doc(), (lambda: 0).__doc__, (lambda: 0).__name__, doc.__module__, doc.__qualname__)
doc.attr = 5
print(doc.attr, doc.__dict__, callable(doc))
def nested(a, b):
    def inner(a, c=b):
        return a, b, c
    return inner(a * 10)
print(nested(1, 2))
