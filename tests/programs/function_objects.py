# Functions and methods as objects: attributes, identity, code, partial application, storage in containers.
def f(a, b=2, *args, c, d=4, **kw) -> int:
    "doc of f"
    x = a
    return x
print(f.__name__, f.__qualname__, f.__doc__, f.__defaults__, f.__kwdefaults__, f.__annotations__)
print(f.__module__, f.__dict__, f.__closure__, f.__globals__ is globals())
co = f.__code__
print(co.co_name, co.co_argcount, co.co_kwonlyargcount, co.co_posonlyargcount, co.co_varnames)
print(co.co_freevars, co.co_flags & 0x0C, co.co_firstlineno, type(co).__name__)
f.__name__ = "renamed"; f.__doc__ = None; f.__qualname__ = "Q.renamed"; f.attr = [1]
print(f.__name__, f.__doc__, repr(f).split(" at ")[0], f.attr, vars(f))
try:
    f()
except TypeError as e:
    print(e)
del f.attr
for g in (
    lambda: f.attr,
    lambda: setattr(f, "__name__", 5),
    lambda: setattr(f, "__defaults__", 5),
    lambda: setattr(f, "__code__", 5),
    lambda: setattr(f, "__dict__", 5),
    lambda: delattr(f, "__name__"),
    lambda: f < f,
    lambda: f + 1,
    lambda: f[0],
    lambda: len(f),
    lambda: iter(f),
):
    try:
        print(g())
    except Exception as e:
        print(type(e).__name__, e)
def one(): return 1
def two(): return 2
one.__code__ = two.__code__
print(one(), one.__name__)
class C:
    def m(self, *a): return self, a
    @classmethod
    def c(cls): return cls
    @staticmethod
    def s(): return "s"
    l = lambda self: "lambda method"
    b = len
    def __len__(self): return 3
    def __call__(self, x): return x + 1
o = C()
print(o.m == o.m, o.m is o.m, o.m.__func__ is C.m, o.m.__self__ is o, o.m(1)[1], C.m(o, 2)[1])
print(hash(o.m) == hash(o.m), C.c.__self__ is C, C.c() is C, o.c() is C, o.s(), o.l())
print(C.s is o.s, o(1), o.b([1, 2]))
print(C.m.__qualname__, o.m.__qualname__, type(o.m).__name__, type(C.m).__name__)
print(type(C.c).__name__, type([].append).__name__, type(len).__name__, type(str.upper).__name__)
print(type("".upper).__name__)
table = {"add": lambda a, b: a + b, "neg": lambda a: -a, "len": len, "up": str.upper, "int": int, "m": o.m}
print(table["add"](1, 2), table["neg"](5), table["len"]("abc"), table["up"]("x"))
print(table["int"]("7"), table["m"]()[1], list(map(str.strip, [" a ", "b "])))
print(sorted(["b", "A"], key=str.lower), list(map(lambda f: f("1"), [int, float, str, list])))
print(str.join("-", "abc"), list.append.__name__, int.__add__(1, 2), (5).__mul__(3))
print("a".__eq__("a"), [].__len__(), dict.get({"k": 1}, "k"), type.__call__(int, "5"))
def partial(fn, *a, **k): return lambda *a2, **k2: fn(*a, *a2, **{**k, **k2})
def curry(fn, n, *got): return fn(*got) if len(got) == n else lambda x: curry(fn, n, *got, x)
print(partial(max, 5)(3, 9), partial(sorted, reverse=True)([1, 3, 2]), curry(lambda a, b, c: (a, b, c), 3)(1)(2)(3))
def counter():
    counter.n = getattr(counter, "n", 0) + 1
    return counter.n
print(counter(), counter(), counter.n)
def deco(fn):
    def w(*a): w.calls += 1; return fn(*a)
    w.calls, w.__wrapped__, w.__name__ = 0, fn, fn.__name__
    return w
@deco
def sq(x): return x * x
print(sq(3), sq(4), sq.calls, sq.__name__, sq.__wrapped__(5))
funcs = {}
for name in ("a", "b"):
    def fn(x, name=name): return name * x
    funcs[name] = fn
print(funcs["a"](2), funcs["b"](3), funcs["a"] is funcs["b"], funcs["a"].__code__ is funcs["b"].__code__)
def rec(n, me=None): return n if n <= 0 else rec(n - 1)
saved = rec
def rec(n): return "replaced"
print(saved(3))
Y = lambda f: (lambda x: f(lambda v: x(x)(v)))(lambda x: f(lambda v: x(x)(v)))
print(Y(lambda self: lambda n: 1 if n == 0 else n * self(n - 1))(6))
def default_is_shared(x, seen={}):
    seen[x] = seen.get(x, 0) + 1
    return seen
print(default_is_shared("a"), default_is_shared("a"), default_is_shared("b", {}), default_is_shared.__defaults__)
