# __slots__: storage, errors, inheritance, defaults.
class P:
    __slots__ = ("x", "y")
    def __init__(self, x, y=None):
        self.x = x
        if y is not None:
            self.y = y
p = P(1, 2)
print(p.x, p.y, P.__slots__, hasattr(p, "__dict__"), type(P.x).__name__)
q = P(1)
p.x = 10; print(p.x, q.x)
def new_attr(): p.z = 1
def unset(): return q.y
def del_unset(): del q.y
def missing(): return p.zz
def del_get():
    r = P(5)
    del r.x
    return r.x
def no_dict(): return p.__dict__
def vars_slots(): return vars(p)
def conflict():
    class X:
        __slots__ = ("a",)
        a = 1
def bad_slot():
    class X:
        __slots__ = ("1a",)
def bad_type():
    class X:
        __slots__ = (1,)
def int_slots():
    class X(int):
        __slots__ = ("a",)
def set_method(): p.__init__ = 5
def two_layouts():
    class Q:
        __slots__ = ("q",)
    class X(P, Q): pass
for f in (
    new_attr, unset, del_unset, missing, del_get, no_dict, vars_slots, conflict, bad_slot,
    bad_type, int_slots, set_method, two_layouts,
):
    try:
        print(f.__name__, f())
    except Exception as e:
        print(f.__name__, "->", type(e).__name__, e)
class Sub(P):
    pass
s = Sub(1)
s.extra = 5
print(s.__dict__, s.x, hasattr(s, "y"))
class Sub2(P):
    __slots__ = ("z",)
t = Sub2(1, 2)
t.z = 3
print(t.x, t.y, t.z)
try:
    t.w = 1
except AttributeError as e:
    print(e)
class WithDict:
    __slots__ = ("a", "__dict__")
w = WithDict()
w.a, w.b = 1, 2
print(w.a, w.b, w.__dict__)
class One:
    __slots__ = "single"
o = One(); o.single = 1; print(o.single, One.__slots__)
class Empty:
    __slots__ = ()
try:
    Empty().a = 1
except AttributeError as e:
    print(e)
class Priv:
    __slots__ = ("__hidden",)
    def __init__(self): self.__hidden = "h"
    def get(self): return self.__hidden
v = Priv()
print(v.get(), v._Priv__hidden)
objs = [P(i, -i) for i in range(1000)]
print(sum(o.x + o.y for o in objs), objs[999].x)
P.x.__set__(p, "via descriptor"); print(p.x, P.x.__get__(p))
try:
    P.x.__get__(One())
except TypeError as e:
    print(e)
