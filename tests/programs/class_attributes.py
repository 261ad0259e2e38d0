# Class and instance attributes, lookup order, class bodies, names and docs.
class A:
    "docs of A"
    shared = []
    n = 1
    def m(self):
        "docs of m"
        return self.n
    k = n + 1
    if k > 1:
        cond = "yes"
    for i in range(3):
        pass
    m2 = m
a, b = A(), A()
a.shared.append(1); a.n = 5
print(b.shared, a.n, b.n, A.n, A.k, A.cond, A.i, a.m(), b.m2(), A.m(a), A.__doc__, A.m.__doc__, a.__doc__)
A.n = 9
print(a.n, b.n, a.__dict__, b.__dict__, "n" in A.__dict__, sorted(k for k in A.__dict__ if not k.startswith("__")))
del a.n
print(a.n, hasattr(a, "n"), hasattr(a, "zz"), getattr(a, "zz", "default"), A.__name__)
print(A.__qualname__, A.__module__, A.m.__qualname__, A.m.__name__, a.__class__.__name__)
print(type(a).__name__, type(A).__name__)
setattr(a, "dyn", 1); print(a.dyn, getattr(a, "dyn")); delattr(a, "dyn")
for f in (
    lambda: a.dyn,
    lambda: delattr(a, "dyn"),
    lambda: A.zz,
    lambda: delattr(A, "zz"),
    lambda: a.m.x,
    lambda: setattr(a.m, "x", 1),
    lambda: (5).x,
    lambda: setattr(5, "x", 1),
    lambda: None.x,
    lambda: getattr(a, 5),
    lambda: setattr(a, 5, 1),
    lambda: "".x,
    lambda: len.x,
    lambda: setattr(len, "x", 1),
    lambda: delattr(a, "n"),
    lambda: [].append.x,
    lambda: setattr("", "x", 1),
    lambda: setattr(a, "__class__", 5),
    lambda: setattr(a, "__dict__", 5),
    lambda: setattr(A, "__name__", 5),
    lambda: object.__new__(5),
    lambda: print.__x__,
    lambda: f.x,
    lambda: type.zz,
):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
m = a.m
a.n = "bound"
print(m(), m.__self__ is a, m.__func__ is A.m, m == a.m, a.m == b.m, m.__name__)
a.m = lambda: "instance function"
print(a.m(), b.m())
A.m = lambda self: "patched"
print(b.m(), a.m())
class Outer:
    x = 1
    class Inner:
        class Deep:
            def f(self): pass
        y = 2
    def make(self):
        class Local: pass
        def fn(): pass
        return Local, fn, lambda: 0
print(Outer.Inner.Deep.__qualname__, Outer.Inner.Deep.f.__qualname__, Outer.Inner.y)
print(repr(Outer.Inner), [o.__qualname__ for o in Outer().make()])
class B: pass
class C: 
    z = "C attr"
    def __init__(self): self.w = 1
o = C()
o.__class__ = B
print(type(o).__name__, o.w, hasattr(o, "z"))
o.__dict__["q"] = 5
o.__dict__ = {"r": 6}
print(o.r, hasattr(o, "q"))
class Priv:
    __secret = 1
    def __hid(self): return self.__secret
    def get(self): return self.__hid()
    def __init__(self): self.__mine = 2
p = Priv()
print(p.get(), p._Priv__secret, p.__dict__, hasattr(p, "__secret"), sorted(k for k in Priv.__dict__ if "_Priv" in k))
class Sub(Priv):
    def get(self):
        try:
            return self.__secret
        except AttributeError as e:
            return str(e)
print(Sub().get())
class Body:
    print("in body", __name__, __qualname__, __module__)
    locals()["made"] = 1
    x = y = 5
    x += 1
    (a, b), c = (1, 2), 3
    del y
    import sys as mod
    def __init__(self): pass
print(Body.made, Body.x, hasattr(Body, "y"), Body.a, Body.c, Body.mod.__name__)
def raises():
    class X:
        a = 1
        raise ValueError("in body")
try:
    raises()
except ValueError as e:
    print(e)
class Annot:
    x: int = 5
    y: str
print(Annot.__annotations__, hasattr(Annot, "y"), Annot.x)
print(repr(A), str(B), f"{C}")
