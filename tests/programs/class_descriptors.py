# Descriptors: __get__, __set__, __delete__, __set_name__, data against non-data.
class Data:
    def __set_name__(self, owner, name):
        print("set_name", owner.__name__, name)
        self.name = name
    def __get__(self, obj, owner):
        if obj is None:
            return f"class access via {owner.__name__}"
        return obj.__dict__.get("_" + self.name, "unset")
    def __set__(self, obj, v):
        print("set", self.name, v)
        obj.__dict__["_" + self.name] = v
    def __delete__(self, obj):
        print("delete", self.name)
        obj.__dict__.pop("_" + self.name, None)
class NonData:
    def __get__(self, obj, owner=None):
        return "non-data"
class SetOnly:
    def __set__(self, obj, v):
        obj.__dict__["so"] = v * 2
class O:
    d = Data()
    e = Data()
    nd = NonData()
    so = SetOnly()
o = O()
print(o.d, O.d, o.nd, O.nd, type(o.so).__name__)
o.d = 5; print(o.d, o.e, o.__dict__)
o.__dict__["d"] = "ignored"; print(o.d)
o.__dict__["nd"] = "instance wins"; print(o.nd)
o.so = 4; print(o.so)
del o.d; print(o.d)
try:
    del o.so
except AttributeError as e:
    print(type(e).__name__, e)
class S(O): pass
print(S().d, S.d)
class Validated:
    def __init__(self, kind): self.kind = kind
    def __set_name__(self, owner, name): self.slot = "_" + name
    def __get__(self, obj, owner): return self if obj is None else getattr(obj, self.slot)
    def __set__(self, obj, v):
        if not isinstance(v, self.kind):
            raise TypeError(f"{self.slot[1:]} must be {self.kind.__name__}, not {type(v).__name__}")
        setattr(obj, self.slot, v)
class P:
    x, name = Validated(int), Validated(str)
    def __init__(self, x, name): self.x, self.name = x, name
p = P(1, "n")
print(p.x, p.name, p.__dict__)
for args in (("1", "n"), (1, None)):
    try:
        P(*args)
    except TypeError as e:
        print(e)
class Method:
    "A function-like descriptor that binds."
    def __init__(self, f): self.f = f
    def __get__(self, obj, owner):
        return lambda *a: self.f(obj, owner.__name__, *a)
class Q:
    m = Method(lambda obj, owner, *a: (obj is None, owner, a))
print(Q.m(1), Q().m(2))
class Lazy:
    def __init__(self, f): self.f, self.n = f, f.__name__
    def __get__(self, obj, owner):
        print("computing")
        v = obj.__dict__[self.n] = self.f(obj)
        return v
class R:
    @Lazy
    def val(self): return 42
r = R()
print(r.val, r.val)
class BadName:
    def __set_name__(self, owner, name): raise ValueError("bad name")
try:
    class U:
        b = BadName()
except Exception as e:
    print(type(e).__name__, e, repr(e.__cause__))
def plain(self): return self.v
class W: v = 7
print(plain.__get__(W())(), plain.__get__(W(), W).__self__.v, type(plain.__get__(None, W)).__name__)
w = W()
w.fn = plain
try:
    w.fn()
except TypeError as e:
    print(e)
