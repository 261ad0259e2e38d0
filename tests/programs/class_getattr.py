# __getattr__, __getattribute__, __setattr__, __delattr__, __dir__.
class G:
    real = "class"
    def __init__(self): self.inst = "instance"
    def __getattr__(self, n):
        if n.startswith("no"):
            raise AttributeError(f"custom: {n}")
        return f"made {n}"
g = G()
print(g.real, g.inst, g.other, hasattr(g, "anything"), hasattr(g, "nope"), getattr(g, "nope", "dflt"))
for f in (lambda: g.nothing, lambda: G.other, lambda: len(g), lambda: g + 1, lambda: g(), lambda: [x for x in g]):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)
class GA:
    x = 1
    def __getattribute__(self, n):
        if n == "boom":
            raise AttributeError(n)
        return "got " + n if n != "__dict__" else super().__getattribute__(n)
    def __getattr__(self, n): return "fallback " + n
a = GA()
a.y = 2
print(a.x, a.y, a.boom, a.__dict__, a.__class__ == GA, type(a) is GA)
class SA:
    def __setattr__(self, n, v):
        print("setattr", n, v)
        super().__setattr__(n, v * 2)
    def __delattr__(self, n):
        print("delattr", n)
        object.__delattr__(self, n)
    def __init__(self): self.a = 1
s = SA()
s.b = 5
s.b += 1
setattr(s, "c", "z")
print(s.__dict__)
del s.a
delattr(s, "b")
print(s.__dict__)
try:
    del s.a
except AttributeError as e:
    print(type(e).__name__, e)
object.__setattr__(s, "raw", 1)
s.__dict__["direct"] = 2
print(s.raw, s.direct)
class Frozen:
    def __init__(self, x): object.__setattr__(self, "x", x)
    def __setattr__(self, n, v): raise TypeError(f"frozen: cannot set {n!r}")
    def __delattr__(self, n): raise TypeError(f"frozen: cannot delete {n!r}")
fz = Frozen(3)
def set_it(): fz.x = 4
def del_it(): del fz.x
def tuple_it(): (fz.x, y) = 1, 2
def loop_it():
    for fz.x in (1,): pass
for f in (set_it, del_it, tuple_it, loop_it):
    try:
        f()
    except TypeError as e:
        print(e, fz.x)
class Proxy:
    def __init__(self, t): self._t = t
    def __getattr__(self, n): return getattr(self._t, n)
p = Proxy([3, 1])
p.append(2); p.sort()
print(p._t, p.count(1), p.index(3))
try:
    len(p)
except TypeError as e:
    print(e)
try:
    p.nope
except AttributeError as e:
    print(e)
class D:
    def __dir__(self): return ["z", "a"]
print(dir(D()))
class E:
    b = 1
    def __init__(self): self.a = 1
print([n for n in dir(E()) if not n.startswith("__")], "b" in dir(E), "a" in dir(E))
class Meta(type):
    def __getattr__(cls, n): return f"{cls.__name__}.{n}"
class WithMeta(metaclass=Meta): pass
print(WithMeta.anything)
try:
    WithMeta().anything
except AttributeError as e:
    print(e)
