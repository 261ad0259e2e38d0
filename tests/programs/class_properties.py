# property in all its forms, classmethod, staticmethod.
class T:
    def __init__(self, c):
        self._c = c
    @property
    def c(self):
        "celsius"
        return self._c
    @c.setter
    def c(self, v):
        if v < -273:
            raise ValueError(f"too cold: {v}")
        self._c = v
    @c.deleter
    def c(self):
        print("deleting")
        del self._c
    @property
    def f(self):
        return self.c * 9 / 5 + 32
    def _getk(self): return self.c + 273
    k = property(_getk, doc="kelvin")
    wo = property(None, lambda self, v: print("write-only", v))
    nothing = property()
t = T(100)
print(t.c, t.f, t.k, T.c.__doc__, T.k.__doc__, type(T.c).__name__, T.c.fget.__name__, T.k.fset)
t.c = 0; print(t.c, t.f)
t.c += 5; print(t.c)
t.wo = 3
def set_bad(): t.c = -300
def set_ro(): t.f = 1
def del_ro(): del t.f
def get_wo(): return t.wo
def get_none(): return t.nothing
def set_k(): t.k = 1
for fn in (set_bad, set_ro, del_ro, get_wo, get_none, set_k):
    try:
        print(fn())
    except Exception as e:
        print(fn.__name__, "->", type(e).__name__, e)
del t.c
try:
    t.c
except AttributeError as e:
    print(e)
t.__dict__["f"] = "shadow?"
t._c = 10
print(t.f, T.f.__get__(t, T), T.c.fget(t))
class Sub(T):
    @property
    def f(self):
        return "sub " + str(super().f)
    @T.c.getter
    def c(self):
        return self._c * 2
s = Sub(1)
print(s.f, s.c)
s.c = 4
print(s.c, s._c)
class Attr:
    @property
    def p(self):
        return self.missing
    def __getattr__(self, n):
        return "fallback " + n
print(Attr().p, Attr().q)
class Broken:
    @property
    def p(self):
        raise AttributeError("from the getter")
    @property
    def q(self):
        raise KeyError("other")
print(hasattr(Broken(), "p"), getattr(Broken(), "p", "dflt"))
for n in "pq":
    try:
        getattr(Broken(), n)
    except Exception as e:
        print(type(e).__name__, e)
class M:
    count = 0
    @classmethod
    def inc(cls, by=1):
        cls.count += by
        return cls
    @staticmethod
    def add(a, b=1):
        return a + b
    sm = staticmethod(lambda: "sm")
    @classmethod
    def make(cls, *a, **k):
        return cls.__name__, a, k
class N(M): pass
print(M.inc().count, N.inc(5).count, M.count, M().inc() is M, M.add(1), M().add(1, 2), M.sm())
print(M().sm(), N.make(1, x=2), N().make())
print(type(M.__dict__["inc"]).__name__, type(M.__dict__["add"]).__name__, M.inc.__self__ is M)
print(N.inc.__self__ is N, M.inc.__func__ is N.inc.__func__, M.add is M().add)
M.count = "class attr"
print(N.count, N().count)
